"""What the choice of provider keeps: vehicles, crews, shares, lots, discounts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from costing.charges import PriceBook, compute_amount_pence
from costing.own_fleet import find_type_rates
from costing.programs import Row
from costing.provider_columns import Builder, ProviderColumn, find_discounts
from costing.provider_demand import Demand
from costing.sellers import Seller
from data.choices import CostHorizon, OwnPiece, ProviderRules
from data.fleet import OWN_PROVIDER_ID, Crew, CrewRole
from data.inputs import Inputs
from data.places import Session

GRID_S = 600
"""Vehicles and crews are counted in steps of this; a piece of work holds every step it touches.
[s]"""

MOST_BOUGHT = 400
"""Vehicles of a type that may be bought in the long run: more than any company has."""


def find_vehicle_day_pence(book: PriceBook, vehicle_type_id: str) -> int:
    """Find what keeping an own vehicle costs a day, overhead included. [pence]"""
    of_type = find_type_rates(book.own_rates, vehicle_type_id)
    day_pence = of_type.vehicle_day_pence + of_type.standing_day_pence
    overhead_mpence = 10 * book.inputs.own_costs.overhead_bp
    return day_pence + compute_amount_pence(day_pence, "pence", overhead_mpence)


def add_own_limits(
    made: Builder, demand: Demand, own: Sequence[int], rules: ProviderRules
) -> None:
    """Limit own vehicles, and in the short run crews, at every moment."""
    inputs = demand.book.inputs
    held = [(c, demand.pieces[made.columns[c].piece or 0]) for c in own]
    is_long = rules.horizon is CostHorizon.LONG_RUN
    extra = dict(rules.extra_vehicles)
    for type_id, depot_id, _ in demand.reach.own_bases:
        of_base = [
            (c, 1, p) for c, p in held if (p.vehicle_type_id, p.depot_id) == (type_id, depot_id)
        ]
        if not of_base:
            continue
        if is_long:
            day_pence = find_vehicle_day_pence(demand.book, type_id)
            columns = [
                made.add_column(ProviderColumn(vehicle_type_id=type_id, fixed_pence=day_pence))
                for _ in range(min(MOST_BOUGHT, _count_most(p for _, _, p in of_base)))
            ]
            _limit(made, of_base, partial(_always, 0), [(c, -1) for c in columns])
            continue
        n = sum(
            v.vehicle_type_id == type_id and v.depot_id == depot_id for v in inputs.vehicles
        )
        # More or fewer vehicles of a type stand at its first depot.
        depots = sorted(d for t, d, _ in demand.reach.own_bases if t == type_id)
        n += extra.get(type_id, 0) if depot_id == depots[0] else 0
        _limit(made, of_base, partial(_always, max(0, n)))
    if is_long:
        return
    for depot in inputs.depots:
        of_depot = [(c, p) for c, p in held if p.depot_id == depot.depot_id]
        crews = [c for c in inputs.crews if c.depot_id == depot.depot_id]
        for is_counted, count in _CREW_KINDS:
            terms = [
                (c, count(p, inputs, demand), p)
                for c, p in of_depot
                if count(p, inputs, demand)
            ]
            ready = [c for c in crews if is_counted(c)]
            _limit(made, terms, _build_ready(ready, sum(extra.values())))


def _always(n: int, at_s: int) -> int:
    """Count what is there at any time."""
    return n


def _build_ready(crews: list[Crew], n_extra: int) -> Callable[[int], int]:
    """Build what counts the crews at work at a time; each more vehicle brings its crew."""
    return lambda at_s: (
        sum(c.from_s <= at_s and at_s + GRID_S <= c.to_s for c in crews) + max(0, n_extra)
    )


def _is_driver(crew: Crew) -> bool:
    return crew.role is CrewRole.DRIVER


def _is_d1_driver(crew: Crew) -> bool:
    return crew.role is CrewRole.DRIVER and crew.has_d1 and crew.has_cpc


def _is_assistant(crew: Crew) -> bool:
    return crew.role is CrewRole.ASSISTANT


def _is_trained(crew: Crew) -> bool:
    return crew.role is CrewRole.ASSISTANT and crew.is_medically_trained


def _needs_d1(piece: OwnPiece, inputs: Inputs, demand: Demand) -> int:
    return int(demand.book.types[piece.vehicle_type_id].needs_psv_licence)


_CREW_KINDS: tuple[
    tuple[Callable[[Crew], bool], Callable[[OwnPiece, Inputs, Demand], int]], ...
] = (
    (_is_driver, lambda piece, inputs, demand: 1),
    (_is_d1_driver, _needs_d1),
    (_is_assistant, lambda piece, inputs, demand: piece.n_assistants),
    (_is_trained, lambda piece, inputs, demand: piece.n_trained_assistants),
)


def _count_most(pieces: Iterable[OwnPiece]) -> int:
    """Count most routes that may want a vehicle at one time: no more vehicles are of use."""
    routes: dict[int, set[str]] = defaultdict(set)
    for piece in pieces:
        for at_s in range(piece.from_s // GRID_S * GRID_S, piece.to_s, GRID_S):
            routes[at_s] |= set(piece.route_ids)
    return max((len(held) for held in routes.values()), default=0)


def _limit(
    made: Builder,
    held: Sequence[tuple[int, int, OwnPiece]],
    find_most: Callable[[int], int],
    more: Sequence[tuple[int, int]] = (),
) -> None:
    """Limit what pieces of work take at every step of time that any of them touches."""
    at: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for column, n, piece in held:
        for at_s in range(piece.from_s // GRID_S * GRID_S, piece.to_s, GRID_S):
            at[at_s].append((column, n))
    before: set[tuple[int, int]] = set()
    before_most = -1
    for at_s in sorted(at):
        terms, most = at[at_s], find_most(at_s)
        now = set(terms)
        # A step whose pieces were all out a step before, under the same limit, adds nothing.
        if now <= before and most >= before_most:
            continue
        before, before_most = now, most
        if more or sum(n for _, n in terms) > most:
            made.add_row([*terms, *more], high=most)


def add_seller_limits(
    made: Builder,
    demand: Demand,
    bought: Mapping[str, Mapping[int, Sequence[int]]],
) -> None:
    """Limit each seller's vehicles at every moment, and suppliers' assistants by session."""
    of_seller: dict[int, list[int]] = defaultdict(list)
    for tiers in bought.values():
        for columns in tiers.values():
            for c in columns:
                seller = made.columns[c].seller
                assert seller is not None  # noqa: S101  these are sellers' columns
                of_seller[seller].append(c)
    wanted: list[tuple[int, frozenset[int]]] = []
    for s in sorted(of_seller):
        held = {r for c in of_seller[s] for r in made.columns[c].routes}
        for at_s in sorted({demand.routes[r].start_s for r in held}):
            now = {r for r in held if demand.routes[r].start_s <= at_s < demand.routes[r].end_s}
            wanted.append((s, widen(demand, now, held)))
    for s, routes in dict.fromkeys(wanted):
        if len(routes) > count_vehicles(demand.sellers[s]):
            made.rows.append(build_cut(made.columns, of_seller[s], demand, s, routes))
    for tiers in bought.values():
        columns = [c for held in tiers.values() for c in held]
        _limit_assistants(made, demand, columns)


def build_cut(
    columns: Sequence[ProviderColumn],
    of_seller: Iterable[int],
    demand: Demand,
    seller: int,
    routes: frozenset[int],
) -> Row:
    """Build the row that gives a seller no more of some routes than it has vehicles."""
    terms = [(c, len(routes & set(columns[c].routes))) for c in of_seller]
    return Row(
        low=None,
        high=count_vehicles(demand.sellers[seller]),
        terms=tuple((c, n) for c, n in terms if n),
    )


def widen(demand: Demand, now: set[int], held: set[int]) -> frozenset[int]:
    """Add routes to those under way at a moment of which no vehicle can run two."""
    if not now:
        return frozenset()
    middle_s = sum(demand.routes[r].start_s for r in now) // len(now)
    widened = set(now)
    is_free: NDArray[np.bool_] = np.logical_and.reduce(demand.is_apart[sorted(now)])
    for r in sorted(held - now, key=lambda r: (abs(demand.routes[r].start_s - middle_s), r)):
        if is_free[r]:
            widened.add(r)
            is_free &= demand.is_apart[r]
    return frozenset(widened)


def _limit_assistants(made: Builder, demand: Demand, columns: Sequence[int]) -> None:
    """Limit a supplier's assistants in each session."""
    if not columns:
        return
    seller = made.columns[columns[0]].seller
    assert seller is not None  # noqa: S101
    supplier = demand.sellers[seller].supplier
    for session in Session:
        for name, most in (
            ("n_assistants", supplier.n_assistants),
            ("n_trained_assistants", supplier.n_trained_assistants),
        ):
            terms = []
            for c in columns:
                n = sum(
                    getattr(demand.needs[r], name)
                    for r in made.columns[c].routes
                    if demand.routes[r].session is session
                )
                if n:
                    terms.append((c, n))
            if sum(n for _, n in terms) > most:
                made.add_row(terms, high=most)


def count_vehicles(seller: Seller) -> int:
    """Count the vehicles of a seller's type that its supplier can put out."""
    type_id = seller.vehicle_type.vehicle_type_id
    return sum(v.n_vehicles for v in seller.supplier.vehicles if v.vehicle_type_id == type_id)


def build_shares(
    columns: Sequence[ProviderColumn], demand: Demand, rules: ProviderRules
) -> tuple[Row, ...]:
    """Build the least and most share of journeys that the own company carries."""
    journeys = [len(route.passenger_ids) for route in demand.routes]
    terms = tuple(
        (c, sum(journeys[r] for r in column.routes))
        for c, column in enumerate(columns)
        if column.piece is not None
    )
    n_all = sum(journeys)
    rows = []
    if rules.min_own_bp > 0:
        rows.append(Row(low=-(-rules.min_own_bp * n_all // 10_000), high=None, terms=terms))
    if rules.max_own_bp < 10_000:
        rows.append(Row(low=None, high=rules.max_own_bp * n_all // 10_000, terms=terms))
    return tuple(rows)


def add_supplier_rules(
    made: Builder,
    demand: Demand,
    bought: Mapping[str, Mapping[int, Sequence[int]]],
    rules: ProviderRules,
) -> None:
    """Add most and least numbers of routes and discounts of suppliers."""
    for supplier_id, most in rules.most_routes:
        terms = [
            (c, len(made.columns[c].routes))
            for held in bought.get(supplier_id, {}).values()
            for c in held
        ]
        made.add_row(terms, high=most)
    least_of = dict(rules.min_routes)
    for supplier_id in sorted(bought):
        discounts = find_discounts(rules, supplier_id)
        least = least_of.get(supplier_id, 0)
        if len(discounts) == 1 and least <= 1:
            continue
        used = []
        for tier, discount in enumerate(discounts):
            column = made.add_column(ProviderColumn())
            used.append(column)
            held = bought[supplier_id][tier]
            for c in held:
                made.add_row([(c, 1), (column, -1)], high=0)
            needed = max(least, discount.from_contracts if discount is not None else 0)
            if needed > 1:
                terms = [(c, len(made.columns[c].routes)) for c in held]
                made.add_row([*terms, (column, -needed)], low=0)
        if len(used) > 1:
            made.add_row([(c, 1) for c in used], high=1)


def add_lots(made: Builder, demand: Demand, rules: ProviderRules) -> None:
    """Keep the routes of a lot with one provider."""
    position = {route.route_id: r for r, route in enumerate(demand.routes)}
    by_provider: dict[tuple[str, int], list[int]] = defaultdict(list)
    for c, column in enumerate(made.columns):
        provider_id = OWN_PROVIDER_ID
        if column.seller is not None:
            provider_id = demand.sellers[column.seller].supplier.supplier_id
        for r in column.routes:
            by_provider[provider_id, r].append(c)
    providers = sorted({provider_id for provider_id, _ in by_provider})
    for lot in rules.lots:
        routes = [position[i] for i in lot if i in position]
        for provider_id in providers:
            for a, b in pairwise(routes):
                first = Counter(by_provider[provider_id, a])
                first.subtract(Counter(by_provider[provider_id, b]))
                terms = [(c, n) for c, n in sorted(first.items()) if n]
                if terms:
                    made.add_row(terms, 0, 0)
