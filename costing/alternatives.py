"""Each route of a plan priced both ways: as bought from anyone who could, and as own fleet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from costing.charges import PriceBook, build_book, compute_amount_pence
from costing.own_fleet import Piece, find_type_rates
from costing.own_prices import price_piece
from costing.prices import price_plan
from costing.rate_cards import Terms, build_terms, find_rate_card, find_vat_bp, is_licensed
from costing.shares import share_duty_costs
from costing.suitability import (
    RouteNeed,
    find_locked_out,
    find_need,
    is_able,
    is_fitting,
    is_in_area,
)
from costing.supplier_prices import (
    SESSION_IDX,
    compute_crew_pence,
    compute_run_pence,
    find_use,
)
from data.errors import ModelError, NoRateError
from data.fleet import OWN_PROVIDER_ID, Supplier, VehicleType
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import Passenger
from data.places import Place, Session
from data.plans import Duty, Plan, Route
from data.runs import RouteAlternatives
from data.units import divide_half_up, split_pence

VEHICLE_SHARE_BP = 5_000
"""Part of an own vehicle's day that one route bears: a vehicle kept for a route runs it out and
home (planning figure). [0.01 %]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seller:
    """A supplier with a vehicle type and the terms that hold."""

    supplier: Supplier
    vehicle_type: VehicleType
    terms: Terms
    vat_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quote:
    """A price of a route by one seller; smaller is better, ties to the smaller ids."""

    pence: int
    provider_id: str
    vehicle_type_id: str
    rate_card_id: str

    @property
    def key(self) -> tuple[int, str, str, str]:
        return (self.pence, self.provider_id, self.vehicle_type_id, self.rate_card_id)


def price_alternatives(
    plan: Plan, inputs: Inputs, matrix: TravelMatrix, on: date | None = None
) -> tuple[RouteAlternatives, ...]:
    """Price each route of a plan as bought and as own fleet, in order of the plan's routes.

    As bought: by every rate card of a supplier with a vehicle type that fits the load, the
    licence for it, the assistants, and an area that holds the route, who is not barred by any
    passenger. Dead miles are from the supplier's base and back. A day rate counts where it
    would hold for the duty's first AM and first PM route, split by their loaded distance.

    As own fleet: one piece of work from the nearest depot with a vehicle type that fits, and
    back; in full with half a vehicle's day and overhead.

    Capacity is not looked at: each row answers "what if this route alone were given to ...".
    Formula F5 is the difference of two columns.

    Parameters
    ----------
    matrix
        Travel times and distances between the plan's places, depots and bases.
    on
        Date whose rates hold; the plan's service date, or else that of the inputs, by default.

    Raises
    ------
    NoRateError
        If the plan itself has no price on the date.
    ModelError
        If the plan names passengers or places that the inputs or the matrix have not.
    """
    date_priced = on or plan.service_date or inputs.service_date
    lines = price_plan(plan, inputs, date_priced)
    costs = {(c.duty_id, c.route_id): c for c in share_duty_costs(lines, plan)}
    book = build_book(plan, inputs, date_priced)
    sellers = _find_sellers(inputs, date_priced)
    reach = _Reach(inputs, matrix)
    passengers = {p.passenger_id: p for p in inputs.passengers}
    _check_known(plan, passengers, reach.find_lost(plan))
    locked = find_locked_out(inputs)
    rows: list[RouteAlternatives] = []
    for duty in plan.duties:
        needs = [find_need(route, passengers, locked) for route in duty.routes]
        quotes = [
            _find_quotes(route, need, sellers, reach, book)
            for route, need in zip(duty.routes, needs, strict=True)
        ]
        _add_pairs(duty, needs, quotes, sellers, reach, book)
        for route, need, offered in zip(duty.routes, needs, quotes, strict=True):
            best = min(offered.values(), key=lambda q: q.key, default=None)
            own = _price_as_own(route, need, reach, book)
            cost = costs[duty.duty_id, route.route_id]
            rows.append(
                RouteAlternatives(
                    plan_id=plan.plan_id,
                    duty_id=duty.duty_id,
                    route_id=route.route_id,
                    session=route.session,
                    provider_id=duty.provider_id,
                    vehicle_type_id=duty.vehicle_type_id,
                    planned_pence=cost.cost_pence,
                    planned_full_pence=cost.full_cost_pence,
                    n_rate_cards=len({q.rate_card_id for q in offered.values()}),
                    bought_pence=best.pence if best else None,
                    bought_provider_id=best.provider_id if best else "",
                    bought_vehicle_type_id=best.vehicle_type_id if best else "",
                    bought_rate_card_id=best.rate_card_id if best else "",
                    own_avoidable_pence=own[1] if own else None,
                    own_full_pence=own[0] if own else None,
                    own_vehicle_type_id=own[2] if own else "",
                    own_depot_id=own[3] if own else "",
                )
            )
    return tuple(rows)


def _check_known(
    plan: Plan, passengers: Mapping[str, Passenger], lost_places: list[str]
) -> None:
    """Refuse a plan of people or places that nobody knows, naming them all."""
    aboard = {p for route in plan.routes for p in route.passenger_ids}
    lost = [*sorted(aboard - set(passengers)), *lost_places]
    if lost:
        raise ModelError(f"plan {plan.plan_id!r} needs what is not there: {', '.join(lost)}")


class _Reach:
    """Distances and times from bases and depots."""

    def __init__(self, inputs: Inputs, matrix: TravelMatrix) -> None:
        self._matrix = matrix
        self.places: Mapping[str, Place] = {p.place_id: p for p in inputs.places}
        self.supplier_bases = {s.base_place_id for s in inputs.suppliers if s.base_place_id}
        self.own_bases = sorted(
            {
                (v.vehicle_type_id, d.depot_id, d.place_id)
                for d in inputs.depots
                for v in inputs.vehicles
                if v.depot_id == d.depot_id
            }
        )

    def find_lost(self, plan: Plan) -> list[str]:
        """Find places of the plan, depots and bases that have no times or no position."""
        needed = {stop.place_id for route in plan.routes for stop in route.stops}
        needed |= {place_id for _, _, place_id in self.own_bases} | self.supplier_bases
        return sorted(needed - (self._matrix.index.keys() & self.places.keys()))

    def find_runs(self, base_place_id: str, route: Route) -> tuple[int, int, int] | None:
        """Find the runs from a base to a route and back: (out [s], back [s], both [m])."""
        index = self._matrix.index
        period = route.session.period
        base = index[base_place_id]
        first, last = index[route.stops[0].place_id], index[route.stops[-1].place_id]
        seconds, metres = self._matrix.duration_s[period], self._matrix.distance_m[period]
        out_s, back_s = int(seconds[base, first]), int(seconds[last, base])
        if out_s < 0 or back_s < 0:
            return None
        return out_s, back_s, int(metres[base, first]) + int(metres[last, base])


def _find_sellers(inputs: Inputs, on: date) -> list[_Seller]:
    """Find every supplier and vehicle type with a licence and a valid card."""
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    sellers = []
    for supplier in inputs.suppliers:
        for type_id in sorted(
            {v.vehicle_type_id for v in supplier.vehicles if v.n_vehicles > 0}
        ):
            if not is_licensed(supplier, types[type_id]):
                continue
            try:
                card = find_rate_card(inputs.rate_cards, supplier.supplier_id, type_id, on)
            except NoRateError:
                continue
            vat_bp = find_vat_bp(card, supplier, types[type_id])
            sellers.append(
                _Seller(
                    supplier=supplier,
                    vehicle_type=types[type_id],
                    terms=build_terms(card, type_id, on),
                    vat_bp=0 if inputs.policy.is_vat_recovered else vat_bp,
                )
            )
    return sellers


def _can_serve(seller: _Seller, need: RouteNeed, places: Mapping[str, Place]) -> bool:
    """Say whether a seller can run a route by law and in fact."""
    return is_able(seller.supplier, seller.vehicle_type, need) and is_in_area(
        seller.supplier, need.place_ids, places
    )


def _find_quotes(
    route: Route, need: RouteNeed, sellers: list[_Seller], reach: _Reach, book: PriceBook
) -> dict[int, _Quote]:
    """Price a route alone by every seller that can serve it, by position of the seller."""
    use = find_use(route, 0, book)
    quotes: dict[int, _Quote] = {}
    for i, seller in enumerate(sellers):
        terms = seller.terms.sessions[SESSION_IDX[route.session]]
        if not terms.is_priced or not _can_serve(seller, need, reach.places):
            continue
        base_id = seller.supplier.base_place_id
        if base_id is not None and terms.dead_mpence:
            runs = reach.find_runs(base_id, route)
            if runs is None:
                continue
            net_pence = compute_run_pence(replace(use, dead_m=runs[2]), terms)
        else:
            net_pence = compute_run_pence(use, terms)
        net_pence += compute_crew_pence(use, terms)
        quotes[i] = _build_quote(seller, net_pence + _vat_pence(net_pence, seller))
    return quotes


def _vat_pence(net_pence: int, seller: _Seller) -> int:
    """Work out the VAT that counts as cost. [pence]"""
    return compute_amount_pence(net_pence, "pence", 10 * seller.vat_bp)


def _build_quote(seller: _Seller, pence: int) -> _Quote:
    return _Quote(
        pence=pence,
        provider_id=seller.supplier.supplier_id,
        vehicle_type_id=seller.vehicle_type.vehicle_type_id,
        rate_card_id=seller.terms.rate_card_id,
    )


def _add_pairs(
    duty: Duty,
    needs: list[RouteNeed],
    quotes: list[dict[int, _Quote]],
    sellers: list[_Seller],
    reach: _Reach,
    book: PriceBook,
) -> None:
    """Put day rates in place of single prices, for the two routes that they would join."""
    sessions = [route.session for route in duty.routes]
    if not {Session.AM, Session.PM} <= set(sessions):
        return
    pair = (sessions.index(Session.AM), sessions.index(Session.PM))
    routes = [duty.routes[i] for i in pair]
    uses = [find_use(route, 0, book) for route in routes]
    loaded_m = [use.loaded_m for use in uses]
    ids = [route.route_id for route in routes]
    for s, seller in enumerate(sellers):
        terms = seller.terms
        if terms.day_pair_pence is None:
            continue
        if not all(_can_serve(seller, needs[i], reach.places) for i in pair):
            continue
        beyond_m = max(0, sum(loaded_m) - terms.day_included_m)
        net_pence = terms.day_pair_pence + compute_amount_pence(
            beyond_m, "m", terms.day_excess_mpence
        )
        net_pence += sum(
            compute_crew_pence(use, terms.sessions[SESSION_IDX[use.session]]) for use in uses
        )
        whole_pence = net_pence + _vat_pence(net_pence, seller)
        shares = split_pence(whole_pence, loaded_m, ids)
        for i, pence in zip(pair, shares, strict=True):
            quotes[i][s] = _build_quote(seller, pence)


def _price_as_own(
    route: Route, need: RouteNeed, reach: _Reach, book: PriceBook
) -> tuple[int, int, str, str] | None:
    """Price a route as own fleet: (full, avoidable [pence], vehicle type, depot), or None."""
    if OWN_PROVIDER_ID in need.barred:
        return None
    nearest: dict[str, tuple[int, int, int, str]] = {}
    for type_id, depot_id, place_id in reach.own_bases:
        if not is_fitting(book.types[type_id], need):
            continue
        runs = reach.find_runs(place_id, route)
        if runs is None:
            continue
        out_s, back_s, dead_m = runs
        found = (out_s + back_s, dead_m, out_s, depot_id)
        nearest[type_id] = min(nearest.get(type_id, found), found)
    costs, rates = book.inputs.own_costs, book.own_rates
    options = []
    for type_id, (dead_s, dead_m, out_s, depot_id) in nearest.items():
        of_type = find_type_rates(rates, type_id)
        piece = Piece(
            first_route=0,
            n_routes=1,
            from_s=route.start_s - out_s,
            to_s=route.end_s + dead_s - out_s,
            total_m=dead_m + route.loaded_m,
            n_assistants=need.n_assistants,
            n_trained_assistants=need.n_trained_assistants,
        )
        charges = price_piece(piece, costs, rates, of_type.running_mpence)
        avoidable_pence = sum(c.amount_pence for c in charges)
        day_pence = of_type.vehicle_day_pence + of_type.standing_day_pence
        direct_pence = avoidable_pence + divide_half_up(day_pence * VEHICLE_SHARE_BP, 10_000)
        overhead_pence = compute_amount_pence(direct_pence, "pence", 10 * costs.overhead_bp)
        options.append((direct_pence + overhead_pence, avoidable_pence, type_id, depot_id))
    return min(options, default=None)
