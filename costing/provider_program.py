"""The choice of provider for fixed routes as a program: own pieces of work and suppliers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from costing.charges import PriceBook, build_book, compute_amount_pence
from costing.market_prices import MarketPrices, price_market, price_pair
from costing.own_fleet import find_pieces, find_type_rates
from costing.own_pieces import build_own_pieces
from costing.programs import Choice, Row, is_kept
from costing.reach import Reach
from costing.sellers import Seller, find_sellers
from costing.suitability import RouteNeed, find_locked_out, find_need
from costing.supplier_prices import find_pair, find_use
from data.choices import CostHorizon, OwnPiece, ProviderRules
from data.errors import ModelError
from data.fleet import OWN_PROVIDER_ID, Crew, CrewRole
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Duty, Plan, Route
from data.tenders import BidDiscount
from data.units import divide_half_up

GRID_S = 600
"""Vehicles and crews are counted in steps of this; a piece of work holds every step it touches.
[s]"""

MOST_BOUGHT = 400
"""Vehicles of a type that may be bought in the long run: more than any company has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Fixed routes with what each provider would cost for them.

    Attributes
    ----------
    prices
        Of each route alone, by seller.
    pairs
        (first route, second route, seller, cost [pence]): day rates for two routes.
    before_ids
        Who runs each route today; '' where not known.
    planned
        What the plan itself does: (routes, seller or None for a piece of work of its own).
    planned_bases
        Vehicle type and depot of each own piece of work of the plan.
    can_follow
        (r, r) whether a vehicle can run the second route after the first.
    """

    routes: tuple[Route, ...]
    needs: tuple[RouteNeed, ...]
    sellers: tuple[Seller, ...]
    prices: MarketPrices
    pairs: tuple[tuple[int, int, int, int], ...]
    pieces: tuple[OwnPiece, ...]
    before_ids: tuple[str, ...]
    planned: tuple[tuple[tuple[int, ...], int | None], ...]
    planned_bases: Mapping[tuple[int, ...], tuple[str, str]]
    can_follow: NDArray[np.bool_]
    book: PriceBook
    reach: Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderColumn:
    """What one column of the program means.

    Attributes
    ----------
    routes
        Positions of the routes that it runs; none for vehicles and for discounts.
    seller, piece
        Position of the seller or of the own piece of work, or None.
    paid_pence, fixed_pence, risk_pence, transition_pence
        Parts of its cost. [pence]
    """

    routes: tuple[int, ...] = ()
    seller: int | None = None
    piece: int | None = None
    vehicle_type_id: str = ""
    paid_pence: int = 0
    fixed_pence: int = 0
    risk_pence: int = 0
    transition_pence: int = 0

    @property
    def cost_pence(self) -> int:
        """What the program minimises. [pence]"""
        return self.paid_pence + self.fixed_pence + self.risk_pence + self.transition_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderProgram:
    """The program and the meaning of its columns.

    Attributes
    ----------
    start
        Columns of the plan itself, where it keeps the rules: a choice to begin with.
    """

    choice: Choice
    columns: tuple[ProviderColumn, ...]
    start: frozenset[int] | None


def build_demand(
    plan: Plan, inputs: Inputs, matrix: TravelMatrix, on: date | None = None
) -> Demand:
    """Build what a choice of provider stands on: routes, needs, prices, pieces of work.

    Raises
    ------
    ModelError
        If the plan names passengers or places that the inputs or the matrix have not.
    """
    priced_on = on or plan.service_date or inputs.service_date
    # Each route by itself: day rates are columns of their own here.
    alone = replace(
        plan,
        duties=tuple(
            replace(duty, duty_id=route.route_id, routes=(route,), dead_runs=())
            for duty in plan.duties
            for route in duty.routes
        ),
    )
    book = build_book(alone, inputs, priced_on)
    reach = Reach(inputs, matrix)
    reach.check_known(plan)
    passengers = {p.passenger_id: p for p in inputs.passengers}
    locked = find_locked_out(inputs)
    needs = tuple(find_need(route, passengers, locked) for route in alone.routes)
    sellers = find_sellers(inputs, priced_on)
    prices = price_market(alone, needs, sellers, reach, book)
    return Demand(
        routes=alone.routes,
        needs=needs,
        sellers=sellers,
        prices=prices,
        pairs=_find_pairs(plan, alone.routes, sellers, prices, book),
        pieces=build_own_pieces(
            alone.routes, needs, reach, book, _find_planned(plan, alone.routes)
        ),
        before_ids=_find_before(alone.duties, inputs),
        planned=_find_all_planned(plan, alone.routes, sellers),
        planned_bases=_find_planned_bases(plan, alone.routes, inputs),
        can_follow=_find_following(alone.routes, matrix),
        book=book,
        reach=reach,
    )


def _find_planned(plan: Plan, routes: Sequence[Route]) -> list[tuple[int, ...]]:
    """Find the routes of each own piece of work of a plan."""
    position = {route.route_id: r for r, route in enumerate(routes)}
    return [
        tuple(
            position[route.route_id]
            for route in duty.routes[piece.first_route : piece.first_route + piece.n_routes]
        )
        for duty in plan.duties
        if duty.provider_id == OWN_PROVIDER_ID
        for piece in find_pieces(duty)
    ]


def _find_following(routes: Sequence[Route], matrix: TravelMatrix) -> NDArray[np.bool_]:
    """Find which routes a vehicle can run after which, in time."""
    first = np.array([matrix.index[route.stops[0].place_id] for route in routes])
    last = np.array([matrix.index[route.stops[-1].place_id] for route in routes])
    start = np.array([route.start_s for route in routes], np.int64)
    end = np.array([route.end_s for route in routes], np.int64)
    can = np.zeros((len(routes), len(routes)), np.bool_)
    for period in {route.session.period for route in routes}:
        columns = np.array([r for r, x in enumerate(routes) if x.session.period is period])
        run = np.asarray(matrix.duration_s[period])[np.ix_(last, first[columns])]
        run = np.where(last[:, None] == first[columns][None, :], 0, run).astype(np.int64)
        wait = start[columns][None, :] - end[:, None]
        can[:, columns] = (run >= 0) & (wait >= 0) & (run <= wait)
    np.fill_diagonal(can, False)
    # What follows through another route follows: times of roads are not exact to the second.
    for k in range(len(routes)):
        can |= can[:, k : k + 1] & can[k : k + 1, :]
    return can


def _find_planned_bases(
    plan: Plan, routes: Sequence[Route], inputs: Inputs
) -> dict[tuple[int, ...], tuple[str, str]]:
    """Find the vehicle type and depot of each own piece of work of a plan."""
    depots = {d.place_id: d.depot_id for d in inputs.depots}
    pieces = iter(_find_planned(plan, routes))
    return {
        next(pieces): (duty.vehicle_type_id, depots.get(duty.base_place_id or "", ""))
        for duty in plan.duties
        if duty.provider_id == OWN_PROVIDER_ID
        for _ in find_pieces(duty)
    }


def _find_all_planned(
    plan: Plan, routes: Sequence[Route], sellers: Sequence[Seller]
) -> tuple[tuple[tuple[int, ...], int | None], ...]:
    """Find what a plan does: own pieces of work, bought routes and day pairs."""
    position = {route.route_id: r for r, route in enumerate(routes)}
    index = {
        (s.supplier.supplier_id, s.vehicle_type.vehicle_type_id): i
        for i, s in enumerate(sellers)
    }
    found: list[tuple[tuple[int, ...], int | None]] = [
        (held, None) for held in _find_planned(plan, routes)
    ]
    for duty in plan.duties:
        seller = index.get((duty.provider_id, duty.vehicle_type_id))
        if seller is None:
            continue
        pair = find_pair(duty, sellers[seller].terms)
        if pair:
            found.append((tuple(position[duty.routes[i].route_id] for i in pair), seller))
        found += [
            ((position[route.route_id],), seller)
            for i, route in enumerate(duty.routes)
            if i not in pair
        ]
    return tuple(found)


def _find_before(duties: Sequence[Duty], inputs: Inputs) -> tuple[str, ...]:
    """Find who carries most of each route's passengers today."""
    today = {(r.passenger_id, r.session): r.provider_id for r in inputs.current_routes}
    found = []
    for duty in duties:
        route = duty.routes[0]
        counts = Counter(
            today[p, route.session] for p in route.passenger_ids if (p, route.session) in today
        )
        found.append(min(counts, key=lambda s: (-counts[s], s), default=""))
    return tuple(found)


def _find_pairs(
    plan: Plan,
    routes: Sequence[Route],
    sellers: Sequence[Seller],
    prices: MarketPrices,
    book: PriceBook,
) -> tuple[tuple[int, int, int, int], ...]:
    """Price day rates for the first AM and PM routes of each duty, and of shared passengers."""
    position = {route.route_id: r for r, route in enumerate(routes)}
    wanted: set[tuple[int, int]] = set()
    for duty in plan.duties:
        held = [next((x for x in duty.routes if x.session is s), None) for s in _PAIRED]
        if held[0] is not None and held[1] is not None:
            wanted.add((position[held[0].route_id], position[held[1].route_id]))
    for a, out in enumerate(routes):
        if out.session is Session.AM:
            aboard = set(out.passenger_ids)
            wanted |= {
                (a, b)
                for b, home in enumerate(routes)
                if home.session is Session.PM and aboard & set(home.passenger_ids)
            }
    uses = [find_use(route, 0, book) for route in routes]
    counted = 0 if book.inputs.policy.is_vat_recovered else 1
    found = []
    for s, seller in enumerate(sellers):
        if seller.terms.day_pair_pence is None:
            continue
        for a, b in sorted(wanted):
            if prices.net_pence[a, s] < 0 or prices.net_pence[b, s] < 0:
                continue
            net_pence = price_pair((uses[a], uses[b]), seller.terms)
            vat_pence = compute_amount_pence(net_pence, "pence", 10 * seller.vat_bp)
            found.append((a, b, s, net_pence + counted * vat_pence))
    return tuple(found)


_PAIRED = (Session.AM, Session.PM)


class _Builder:
    """Columns and rows as they are put together."""

    def __init__(self) -> None:
        self.columns: list[ProviderColumn] = []
        self.rows: list[Row] = []

    def add_column(self, column: ProviderColumn) -> int:
        self.columns.append(column)
        return len(self.columns) - 1

    def add_row(
        self, terms: Iterable[tuple[int, int]], low: int | None = None, high: int | None = None
    ) -> None:
        self.rows.append(Row(low=low, high=high, terms=tuple(terms)))


def build_provider_program(demand: Demand, rules: ProviderRules) -> ProviderProgram:
    """Build the choice of provider for fixed routes."""
    made = _Builder()
    bought = _add_sellers(made, demand, rules)
    own = _add_pieces(made, demand, rules)
    covering: dict[int, list[int]] = defaultdict(list)
    for c, column in enumerate(made.columns):
        for r in column.routes:
            covering[r].append(c)
    lost = [demand.routes[r].route_id for r in range(len(demand.routes)) if not covering[r]]
    if lost:
        raise ModelError(f"nobody can run route(s) {', '.join(lost)}")
    for r in range(len(demand.routes)):
        made.add_row([(c, 1) for c in covering[r]], 1, 1)
    _add_own_limits(made, demand, own, rules)
    _add_seller_limits(made, demand, bought)
    _add_shares(made, demand, rules)
    _add_supplier_rules(made, demand, bought, rules)
    _add_lots(made, demand, rules)
    choice = Choice(
        costs=tuple(column.cost_pence for column in made.columns), rows=tuple(made.rows)
    )
    start = _find_start(made, demand)
    return ProviderProgram(
        choice=choice,
        columns=tuple(made.columns),
        start=start if start is not None and is_kept(choice, start) else None,
    )


def _find_start(made: _Builder, demand: Demand) -> frozenset[int] | None:
    """Find the columns of the plan itself; None where one of them is not there."""
    cheapest: dict[tuple[tuple[int, ...], int | None, int | None], int] = {}
    for c, column in enumerate(made.columns):
        if column.routes:
            # The first of equal columns is the one without a discount.
            cheapest.setdefault((column.routes, column.seller, column.piece), c)
    planned_pieces = {routes for routes, seller in demand.planned if seller is None}
    by_routes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for c, column in enumerate(made.columns):
        if column.piece is not None and column.routes in planned_pieces:
            by_routes[column.routes].append(c)
    taken: set[int] = set()
    for routes, seller in demand.planned:
        if seller is not None:
            found = cheapest.get((routes, seller, None))
        else:
            # A piece may be on another type or depot than planned: the one of the plan counts.
            wanted = demand.planned_bases.get(routes)
            found = next(
                (
                    c
                    for c in by_routes[routes]
                    if wanted
                    == (
                        demand.pieces[made.columns[c].piece or 0].vehicle_type_id,
                        demand.pieces[made.columns[c].piece or 0].depot_id,
                    )
                ),
                None,
            )
        if found is None:
            return None
        taken.add(found)
    return frozenset(taken | _find_start_vehicles(made, taken))


def _find_start_vehicles(made: _Builder, taken: set[int]) -> set[int]:
    """Find as many vehicles to keep as the pieces of work taken have out at one time."""
    needed: dict[tuple[int, ...], int] = {}
    for row in made.rows:
        vehicles = tuple(c for c, k in row.terms if k == -1 and made.columns[c].vehicle_type_id)
        if vehicles:
            n_out = sum(k for c, k in row.terms if c in taken)
            needed[vehicles] = max(needed.get(vehicles, 0), n_out)
    return {c for vehicles, n in needed.items() for c in vehicles[:n]}


def _find_discounts(rules: ProviderRules, supplier_id: str) -> list[BidDiscount | None]:
    held = [d for d in rules.discounts if d.supplier_id == supplier_id]
    return [None, *sorted(held, key=lambda d: d.from_contracts)]


def _add_sellers(
    made: _Builder, demand: Demand, rules: ProviderRules
) -> dict[str, dict[int, list[int]]]:
    """Add routes and day pairs as each seller would run them, by supplier and discount."""
    found: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    offers: list[tuple[tuple[int, ...], int, int]] = [
        ((r,), s, int(demand.prices.cost_pence[r, s]))
        for r in range(len(demand.routes))
        for s in range(len(demand.sellers))
        if demand.prices.cost_pence[r, s] >= 0
    ]
    offers += [((a, b), s, pence) for a, b, s, pence in demand.pairs]
    for routes, s, pence in offers:
        seller = demand.sellers[s]
        supplier_id = seller.supplier.supplier_id
        for tier, discount in enumerate(_find_discounts(rules, supplier_id)):
            off_bp = discount.discount_bp if discount is not None else 0
            paid_pence = divide_half_up(pence * (10_000 - off_bp), 10_000)
            risk = paid_pence * rules.hand_back_bp * rules.hand_back_shock_bp
            column = made.add_column(
                ProviderColumn(
                    routes=routes,
                    seller=s,
                    vehicle_type_id=seller.vehicle_type.vehicle_type_id,
                    paid_pence=paid_pence,
                    risk_pence=divide_half_up(risk, 10_000 * 10_000),
                    transition_pence=_find_transition(demand, routes, supplier_id, rules),
                )
            )
            found[supplier_id][tier].append(column)
    return found


def _find_transition(
    demand: Demand, routes: tuple[int, ...], provider_id: str, rules: ProviderRules
) -> int:
    """Spread what it costs once that routes leave who runs them today. [pence a day]"""
    n_moved = sum(demand.before_ids[r] not in ("", provider_id) for r in routes)
    return divide_half_up(n_moved * rules.transition_pence, rules.transition_days)


def _add_pieces(made: _Builder, demand: Demand, rules: ProviderRules) -> list[int]:
    """Add the own pieces of work; in the long run with overhead on what they cost."""
    position = {route.route_id: r for r, route in enumerate(demand.routes)}
    overhead = 10 * demand.book.inputs.own_costs.overhead_bp
    is_long = rules.horizon is CostHorizon.LONG_RUN
    found = []
    for p, piece in enumerate(demand.pieces):
        routes = tuple(position[i] for i in piece.route_ids)
        fixed_pence = compute_amount_pence(piece.avoidable_pence, "pence", overhead)
        found.append(
            made.add_column(
                ProviderColumn(
                    routes=routes,
                    piece=p,
                    vehicle_type_id=piece.vehicle_type_id,
                    paid_pence=piece.avoidable_pence,
                    fixed_pence=fixed_pence if is_long else 0,
                    transition_pence=_find_transition(demand, routes, OWN_PROVIDER_ID, rules),
                )
            )
        )
    return found


def find_vehicle_day_pence(book: PriceBook, vehicle_type_id: str) -> int:
    """Find what keeping an own vehicle costs a day, overhead included. [pence]"""
    of_type = find_type_rates(book.own_rates, vehicle_type_id)
    day_pence = of_type.vehicle_day_pence + of_type.standing_day_pence
    overhead_mpence = 10 * book.inputs.own_costs.overhead_bp
    return day_pence + compute_amount_pence(day_pence, "pence", overhead_mpence)


def _add_own_limits(
    made: _Builder, demand: Demand, own: Sequence[int], rules: ProviderRules
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
    made: _Builder,
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


def _add_seller_limits(
    made: _Builder,
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
            wanted.append((s, _widen(demand, now, held)))
    for s, routes in dict.fromkeys(wanted):
        if len(routes) > count_vehicles(demand.sellers[s]):
            made.rows.append(_build_cut(made.columns, of_seller[s], demand, s, routes))
    for tiers in bought.values():
        columns = [c for held in tiers.values() for c in held]
        _limit_assistants(made, demand, columns)


def _build_cut(
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


def add_cuts(
    program: ProviderProgram, demand: Demand, cuts: Sequence[tuple[int, frozenset[int]]]
) -> ProviderProgram:
    """Add that a seller runs at most its vehicles of routes of which no two can share one.

    Parameters
    ----------
    cuts
        (seller, routes).
    """
    rows = []
    for seller, routes in cuts:
        held = [c for c, column in enumerate(program.columns) if column.seller == seller]
        could = {r for c in held for r in program.columns[c].routes}
        widened = _widen(demand, set(routes), could)
        rows.append(_build_cut(program.columns, held, demand, seller, widened))
    choice = replace(program.choice, rows=(*program.choice.rows, *rows))
    start = program.start
    return replace(
        program,
        choice=choice,
        start=start if start is not None and is_kept(choice, start) else None,
    )


def _widen(demand: Demand, now: set[int], held: set[int]) -> frozenset[int]:
    """Add routes to those under way at a moment of which no vehicle can run two."""
    if not now:
        return frozenset()
    middle_s = sum(demand.routes[r].start_s for r in now) // len(now)
    apart = ~(demand.can_follow | demand.can_follow.T)
    widened = set(now)
    for r in sorted(held - now, key=lambda r: (abs(demand.routes[r].start_s - middle_s), r)):
        if all(apart[r, other] for other in widened):
            widened.add(r)
    return frozenset(widened)


def _limit_assistants(made: _Builder, demand: Demand, columns: Sequence[int]) -> None:
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


def _add_shares(made: _Builder, demand: Demand, rules: ProviderRules) -> None:
    """Add the least and most share of journeys that the own company carries."""
    journeys = [len(route.passenger_ids) for route in demand.routes]
    terms = [
        (c, sum(journeys[r] for r in column.routes))
        for c, column in enumerate(made.columns)
        if column.piece is not None
    ]
    n_all = sum(journeys)
    if rules.min_own_bp > 0:
        made.add_row(terms, low=-(-rules.min_own_bp * n_all // 10_000))
    if rules.max_own_bp < 10_000:
        made.add_row(terms, high=rules.max_own_bp * n_all // 10_000)


def _add_supplier_rules(
    made: _Builder,
    demand: Demand,
    bought: Mapping[str, Mapping[int, Sequence[int]]],
    rules: ProviderRules,
) -> None:
    """Add least numbers of routes and discounts of suppliers."""
    least_of = dict(rules.min_routes)
    for supplier_id in sorted(bought):
        discounts = _find_discounts(rules, supplier_id)
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


def _add_lots(made: _Builder, demand: Demand, rules: ProviderRules) -> None:
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
