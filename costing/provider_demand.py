"""What a choice of provider for fixed routes stands on: needs, prices, pieces of work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from costing.charges import PriceBook, compute_amount_pence
from costing.market_prices import MarketPrices, price_pair
from costing.own_fleet import find_pieces
from costing.own_pieces import build_own_pieces
from costing.reach import Reach
from costing.route_market import build_route_market
from costing.sellers import Seller
from costing.suitability import RouteNeed
from costing.supplier_prices import find_pair, find_use
from data.choices import OwnPiece
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Duty, Plan, Route

_PAIRED = (Session.AM, Session.PM)


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
    is_apart
        (r, r) whether no vehicle can run both, in either order.
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
    is_apart: NDArray[np.bool_]


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
    on_market = build_route_market(alone, inputs, matrix, priced_on)
    book, reach, needs = on_market.book, on_market.reach, on_market.needs
    sellers, prices = on_market.sellers, on_market.prices
    can_follow = _find_following(alone.routes, matrix)
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
        can_follow=can_follow,
        is_apart=~(can_follow | can_follow.T),
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
