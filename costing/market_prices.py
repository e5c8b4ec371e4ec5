"""Every route of a plan under every rate card that could serve it, at once, to the penny.

Arrays of whole numbers: 1 500 routes under 40 cards take milliseconds. The sums are those of
`costing.supplier_prices`, which prices one route line by line; tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from costing.charges import UNIT_SIZES, PriceBook, compute_amount_pence
from costing.rate_cards import SessionTerms, Terms
from costing.reach import Reach
from costing.sellers import Seller
from costing.suitability import RouteNeed
from costing.supplier_prices import SESSION_IDX, RouteUse, compute_crew_pence, find_use
from data.places import Place, Session
from data.plans import Plan, Route
from data.units import MM_PER_MILE, split_pence

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NO_PRICE = -1
"""Where a seller cannot serve a route, or has no price for it."""


@dataclass(frozen=True, kw_only=True)
class MarketPrices:
    """Prices of r routes by s sellers.

    Attributes
    ----------
    net_pence, vat_pence
        (r, s) price without VAT, and VAT on it, recovered or not; `NO_PRICE` and 0 where the
        seller is no choice. [pence]
    cost_pence
        (r, s) what counts as cost: net, with VAT where the council does not recover it. [pence]
    """

    sellers: tuple[Seller, ...]
    net_pence: IntArray
    vat_pence: IntArray
    cost_pence: IntArray

    def find_best(self, route: int) -> int | None:
        """Find the cheapest seller of a route by position, ties to the smaller ids; or None."""
        cost = self.cost_pence[route]
        able = np.flatnonzero(cost >= 0)
        if not len(able):
            return None
        return int(min(able, key=lambda s: (int(cost[s]), self.sellers[s].key)))

    def count_cards(self, route: int) -> int:
        """Count the rate cards that price a route."""
        able = np.flatnonzero(self.cost_pence[route] >= 0)
        return len({self.sellers[s].terms.rate_card_id for s in able})


@dataclass(frozen=True, kw_only=True)
class Uses:
    """What suppliers charge for, of r routes, as arrays; see `RouteUse`."""

    session: IntArray
    loaded_m: IntArray
    dead_m: IntArray
    route_s: IntArray
    waiting_s: IntArray
    n_assistants: IntArray
    n_trained: IntArray


def stack_uses(uses: Sequence[RouteUse]) -> Uses:
    """Put the uses of routes into arrays."""

    def stack(values: list[int]) -> IntArray:
        return np.array(values, np.int64)

    return Uses(
        session=stack([SESSION_IDX[u.session] for u in uses]),
        loaded_m=stack([u.loaded_m for u in uses]),
        dead_m=stack([u.dead_m for u in uses]),
        route_s=stack([u.route_s for u in uses]),
        waiting_s=stack([u.waiting_s for u in uses]),
        n_assistants=stack([u.n_assistants for u in uses]),
        n_trained=stack([u.n_trained_assistants for u in uses]),
    )


def price_uses(uses: Uses, terms: Terms, dead_m: IntArray | None = None) -> IntArray:
    """Price routes one by one under one card, net of VAT; `NO_PRICE` for no price. [pence]

    Parameters
    ----------
    dead_m
        Dead distance charged with each route, that of the uses by default. [m]
    """
    if dead_m is None:
        dead_m = uses.dead_m
    found = np.full(len(uses.session), NO_PRICE, np.int64)
    for position, of_session in enumerate(terms.sessions):
        rows = np.flatnonzero(uses.session == position)
        if not of_session.is_priced or not len(rows):
            continue
        run = _price_runs(uses, of_session, rows, dead_m[rows])
        found[rows] = run + _price_crews(uses, of_session, rows)
    return found


def _price_runs(uses: Uses, terms: SessionTerms, rows: IntArray, dead_m: IntArray) -> IntArray:
    """Price runs without assistants (F3). [pence]"""
    loaded_m = uses.loaded_m[rows]
    mpence = np.zeros(len(rows), np.int64)
    from_m = 0
    for to_m, rate_mpence in terms.bands:
        mpence += np.clip(loaded_m - from_m, 0, to_m - from_m) * rate_mpence
        from_m = to_m
    run = terms.fixed_pence + _round(mpence, MM_PER_MILE)
    run += _round(dead_m * terms.dead_mpence, UNIT_SIZES["m"])
    run += _round(uses.route_s[rows] * terms.hour_mpence, UNIT_SIZES["s"])
    run += _round(uses.waiting_s[rows] * terms.waiting_mpence, UNIT_SIZES["s"])
    return np.maximum(run, terms.minimum_pence)


def _price_crews(uses: Uses, terms: SessionTerms, rows: IntArray) -> IntArray:
    """Price the assistants of runs. [pence]"""
    n = uses.n_assistants[rows]
    seconds = n * uses.route_s[rows] * terms.assistant_hour_mpence
    crew = n * terms.assistant_pence + _round(seconds, UNIT_SIZES["s"])
    # As in `compute_crew_pence`: who has no assistant has no trained one.
    return crew + np.where(n > 0, uses.n_trained[rows] * terms.trained_pence, 0)


def _round(numerator: IntArray, denominator: int) -> IntArray:
    """Divide whole numbers that are not negative, rounding half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def price_market(
    plan: Plan,
    needs: Sequence[RouteNeed],
    sellers: Sequence[Seller],
    reach: Reach,
    book: PriceBook,
) -> MarketPrices:
    """Price each route of a plan by every seller who can serve it.

    Dead miles are from the seller's base and back. A day rate stands in place of the single
    prices of the duty's first AM and first PM route, split by their loaded distance.

    Parameters
    ----------
    needs
        What each route asks for, in the order of the plan's routes.
    """
    routes = plan.routes
    uses = [find_use(route, 0, book) for route in routes]
    stacked = stack_uses(uses)
    able = _find_able(routes, needs, sellers, reach.places)
    net = np.full((len(routes), len(sellers)), NO_PRICE, np.int64)
    for s, seller in enumerate(sellers):
        dead_m = _find_dead_m(routes, seller, reach)
        net[:, s] = price_uses(stacked, seller.terms, np.maximum(dead_m, 0))
        if any(t.dead_mpence for t in seller.terms.sessions):
            is_charged = np.array(
                [seller.terms.sessions[p].dead_mpence > 0 for p in stacked.session], np.bool_
            )
            net[(dead_m < 0) & is_charged, s] = NO_PRICE
    net[~able] = NO_PRICE
    vat_bp = np.array([seller.vat_bp for seller in sellers], np.int64)
    vat = np.where(net >= 0, _round(np.maximum(net, 0) * vat_bp, 10_000), 0)
    _put_pairs(plan, uses, able, sellers, net, vat)
    counted = 0 if book.inputs.policy.is_vat_recovered else 1
    return MarketPrices(
        sellers=tuple(sellers),
        net_pence=net,
        vat_pence=vat,
        cost_pence=np.where(net >= 0, net + counted * vat, NO_PRICE),
    )


def _find_dead_m(routes: Sequence[Route], seller: Seller, reach: Reach) -> IntArray:
    """Find the runs from a seller's base to each route and back; -1 for no road. [m]"""
    base_id = seller.supplier.base_place_id
    if base_id is None or not any(t.dead_mpence for t in seller.terms.sessions):
        return np.zeros(len(routes), np.int64)
    found = [reach.find_runs(base_id, route) for route in routes]
    return np.array([-1 if runs is None else runs[2] for runs in found], np.int64)


def _find_able(
    routes: Sequence[Route],
    needs: Sequence[RouteNeed],
    sellers: Sequence[Seller],
    places: Mapping[str, Place],
) -> BoolArray:
    """Find who can serve which route by law and in fact; the arrays' form of `is_able`."""
    able = np.zeros((len(routes), len(sellers)), np.bool_)
    if not routes:
        return able
    seats = np.array([need.n_seats for need in needs], np.int64)
    spaces = np.array([need.n_spaces for need in needs], np.int64)
    lifts = np.array([need.needs_lift for need in needs], np.bool_)
    assistants = np.array([need.n_assistants for need in needs], np.int64)
    trained = np.array([need.n_trained_assistants for need in needs], np.int64)
    area = _AreaCheck(needs, places)
    for s, seller in enumerate(sellers):
        fits = np.zeros(len(routes), np.bool_)
        for layout in seller.vehicle_type.layouts:
            fits |= (layout.n_seats >= seats) & (layout.n_wheelchair_spaces >= spaces)
        if not seller.vehicle_type.has_lift:
            fits &= ~lifts
        supplier = seller.supplier
        fits &= (supplier.n_assistants >= assistants) & (
            supplier.n_trained_assistants >= trained
        )
        able[:, s] = fits & area.find_within(
            supplier.area_centre_place_id, supplier.area_radius_m
        )
    for r, need in enumerate(needs):
        if need.barred:
            barred = [seller.supplier.supplier_id in need.barred for seller in sellers]
            able[r, barred] = False
    return able


class _AreaCheck:
    """Which routes lie wholly within a circle."""

    def __init__(self, needs: Sequence[RouteNeed], places: Mapping[str, Place]) -> None:
        at = [[places[place_id] for place_id in need.place_ids] for need in needs]
        self._places = places
        self._first = np.cumsum([0, *(len(found) for found in at[:-1])])
        self._east_m = np.array([p.easting_m for found in at for p in found], np.int64)
        self._north_m = np.array([p.northing_m for found in at for p in found], np.int64)
        self._n_routes = len(needs)

    def find_within(self, centre_id: str | None, radius_m: int | None) -> BoolArray:
        """Find the routes all of whose places lie within the radius; all without one."""
        if centre_id is None or radius_m is None:
            return np.ones(self._n_routes, np.bool_)
        centre = self._places[centre_id]
        east_m, north_m = self._east_m - centre.easting_m, self._north_m - centre.northing_m
        is_near = east_m * east_m + north_m * north_m <= radius_m * radius_m
        return np.asarray(np.logical_and.reduceat(is_near, self._first), np.bool_)


def _put_pairs(
    plan: Plan,
    uses: Sequence[RouteUse],
    able: BoolArray,
    sellers: Sequence[Seller],
    net: IntArray,
    vat: IntArray,
) -> None:
    """Put day rates in place of single prices, for the two routes that they would join."""
    paired = [s for s, seller in enumerate(sellers) if seller.terms.day_pair_pence is not None]
    first = 0
    for duty in plan.duties:
        sessions = [route.session for route in duty.routes]
        if paired and {Session.AM, Session.PM} <= set(sessions):
            at = [first + sessions.index(Session.AM), first + sessions.index(Session.PM)]
            ids = [duty.routes[i - first].route_id for i in at]
            for s in paired:
                if able[at, s].all():
                    _put_pair(at, ids, uses, sellers[s], s, net, vat)
        first += len(sessions)


def _put_pair(
    at: list[int],
    ids: list[str],
    uses: Sequence[RouteUse],
    seller: Seller,
    s: int,
    net: IntArray,
    vat: IntArray,
) -> None:
    """Price two routes by a seller's day rate, and split price and VAT between them."""
    whole_pence = price_pair([uses[i] for i in at], seller.terms)
    vat_pence = compute_amount_pence(whole_pence, "pence", 10 * seller.vat_bp)
    loaded_m = [uses[i].loaded_m for i in at]
    net[at, s] = split_pence(whole_pence, loaded_m, ids)
    vat[at, s] = split_pence(vat_pence, loaded_m, ids)


def price_pair(uses: Sequence[RouteUse], terms: Terms) -> int:
    """Price a morning and an afternoon route by a day rate, both crews in, no VAT. [pence]"""
    beyond_m = max(0, sum(use.loaded_m for use in uses) - terms.day_included_m)
    net_pence = (terms.day_pair_pence or 0) + compute_amount_pence(
        beyond_m, "m", terms.day_excess_mpence
    )
    return net_pence + sum(
        compute_crew_pence(use, terms.sessions[SESSION_IDX[use.session]]) for use in uses
    )
