"""The same routes given to somebody else: what today's routes cost at another's rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from costing.charges import PriceBook, build_book
from costing.own_prices import price_own_duty
from costing.reach import Reach
from costing.sellers import Seller, find_sellers
from costing.suitability import (
    RouteNeed,
    find_locked_out,
    find_need,
    is_able,
    is_fitting,
    is_in_area,
)
from costing.supplier_prices import price_supplier_duty
from costing.totals import COST_BASES, FULL_COST_BASES
from data.comparisons import CostView
from data.errors import NoRateError
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.money import CostLine
from data.networks import TravelMatrix
from data.plans import DeadRun, Duty, Plan, Route

VIEW_BASES = {CostView.SHORT_RUN: COST_BASES, CostView.LONG_RUN: FULL_COST_BASES}
"""What a cost is made of in the short and in the long run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassigned:
    """A plan whose duties were given to others.

    Attributes
    ----------
    plan
        The same routes; duties that nobody of the others can serve are as they were.
    kept
        Ids of those.
    lines
        Cost lines of the duties that were given to others.
    """

    plan: Plan
    kept: frozenset[str]
    lines: tuple[CostLine, ...]


def reassign_plan(
    plan: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    provider_ids: frozenset[str],
    *,
    view: CostView,
    is_keeping_types: bool,
    on: date | None = None,
) -> Reassigned:
    """Give each duty of a plan, whole, to the cheapest of some providers that can serve it.

    Routes, stops and times stay; dead runs are from the new base. Numbers of vehicles and crews
    are not looked at.

    Parameters
    ----------
    provider_ids
        Who may be given duties; `OWN_PROVIDER_ID` for the own company.
    view
        Whether own duties compete at avoidable or at full cost.
    is_keeping_types
        Only with the vehicle type the duty has.

    Raises
    ------
    ModelError
        If the plan names passengers or places that the inputs or the matrix have not.
    """
    book = build_book(plan, inputs, on or plan.service_date or inputs.service_date)
    reach = Reach(inputs, matrix)
    reach.check_known(plan)
    sellers = [
        s for s in find_sellers(inputs, book.on) if s.supplier.supplier_id in provider_ids
    ]
    passengers = {p.passenger_id: p for p in inputs.passengers}
    locked = find_locked_out(inputs)
    duties: list[Duty] = []
    kept: set[str] = set()
    lines: list[CostLine] = []
    for duty in plan.duties:
        needs = [find_need(route, passengers, locked) for route in duty.routes]
        options = list(_find_own_duties(duty, needs, reach, book, provider_ids))
        options += _find_supplier_duties(duty, needs, sellers, reach, book)
        if is_keeping_types:
            options = [d for d in options if d.vehicle_type_id == duty.vehicle_type_id]
        priced = []
        for position, option in enumerate(options):
            try:
                found = _price_duty(option, book)
            except NoRateError:
                continue
            cost = sum(x.amount_pence for x in found if x.basis in VIEW_BASES[view])
            priced.append((cost, position, found))
        if not priced:
            duties.append(duty)
            kept.add(duty.duty_id)
            continue
        _, position, found = min(priced, key=lambda p: p[:2])
        duties.append(options[position])
        lines.extend(found)
    then = build_book(replace(plan, duties=tuple(duties)), inputs, book.on)
    if then.n_routes != book.n_routes:
        # Lot discounts were those of the plan as it was: price what each card prices now.
        lines = [
            line
            for duty in duties
            if duty.duty_id not in kept
            for line in _price_duty(duty, then)
        ]
    return Reassigned(
        plan=replace(plan, duties=tuple(duties), cost_pence=None, full_cost_pence=None),
        kept=frozenset(kept),
        lines=tuple(lines),
    )


def _price_duty(duty: Duty, book: PriceBook) -> list[CostLine]:
    if duty.provider_id == OWN_PROVIDER_ID:
        return price_own_duty(duty, book)
    return price_supplier_duty(duty, book)


def _find_own_duties(
    duty: Duty,
    needs: list[RouteNeed],
    reach: Reach,
    book: PriceBook,
    provider_ids: frozenset[str],
) -> Iterator[Duty]:
    """Find the duty as the own company could run it: by vehicle type and depot."""
    if OWN_PROVIDER_ID not in provider_ids or any(OWN_PROVIDER_ID in n.barred for n in needs):
        return
    for type_id, _, place_id in reach.own_bases:
        if not all(is_fitting(book.types[type_id], need) for need in needs):
            continue
        given = give_duty(
            duty, OWN_PROVIDER_ID, type_id, place_id, reach, book.inputs.own_costs.split_gap_s
        )
        if given is not None:
            yield given


def _find_supplier_duties(
    duty: Duty, needs: list[RouteNeed], sellers: list[Seller], reach: Reach, book: PriceBook
) -> Iterator[Duty]:
    """Find the duty as each seller could run it."""
    for seller in sellers:
        supplier, vehicle_type = seller.supplier, seller.vehicle_type
        if not all(
            is_able(supplier, vehicle_type, need)
            and is_in_area(supplier, need.place_ids, reach.places)
            for need in needs
        ):
            continue
        given = give_duty(
            duty,
            supplier.supplier_id,
            vehicle_type.vehicle_type_id,
            supplier.base_place_id,
            reach,
            book.inputs.own_costs.split_gap_s,
        )
        if given is not None:
            yield replace(given, rate_card_id=seller.terms.rate_card_id)


def give_duty(
    duty: Duty,
    provider_id: str,
    vehicle_type_id: str,
    base_place_id: str | None,
    reach: Reach,
    split_gap_s: int,
) -> Duty | None:
    """Give a duty's routes to another provider, with dead runs from its base.

    Between two routes the vehicle goes by its base where it would be there at least so long as
    splits a duty; else straight from the one to the other.

    Returns
    -------
    None where there is no road.
    """
    runs: list[DeadRun] = []
    for k in range(len(duty.routes) + 1):
        before = duty.routes[k - 1] if k else None
        after = duty.routes[k] if k < len(duty.routes) else None
        found = _find_gap_runs(before, after, k, base_place_id, reach, split_gap_s)
        if found is None:
            return None
        runs.extend(found)
    return replace(
        duty,
        provider_id=provider_id,
        vehicle_type_id=vehicle_type_id,
        base_place_id=base_place_id,
        dead_runs=tuple(runs),
        vehicle_id=None,
        crew_ids=(),
        rate_card_id=None,
    )


def _find_gap_runs(
    before: Route | None,
    after: Route | None,
    k: int,
    base_place_id: str | None,
    reach: Reach,
    split_gap_s: int,
) -> list[DeadRun] | None:
    """Find the dead runs at one gap of a duty; None where there is no road."""
    away: DeadRun | None = None
    out: DeadRun | None = None
    if base_place_id is not None:
        if before is not None:
            end = before.stops[-1].place_id
            away = _build_run(reach, end, base_place_id, before, k, depart_s=before.end_s)
        if after is not None:
            start = after.stops[0].place_id
            out = _build_run(reach, base_place_id, start, after, k, arrive_s=after.start_s)
    if before is None or after is None:
        needed = [run for run in (away, out) if run is not None]
        return needed if base_place_id is None or len(needed) == 1 else None
    if away is not None and out is not None and out.depart_s - away.arrive_s >= split_gap_s:
        return [away, out]
    ends = (before.stops[-1].place_id, after.stops[0].place_id)
    direct = _build_run(reach, *ends, after, k, arrive_s=after.start_s)
    return None if direct is None else [direct]


def _build_run(
    reach: Reach,
    from_id: str,
    to_id: str,
    route: Route,
    k: int,
    *,
    depart_s: int | None = None,
    arrive_s: int | None = None,
) -> DeadRun | None:
    """Build a dead run that departs or arrives at a time; None where there is no road."""
    index, period = reach.matrix.index, route.session.period
    a, b = index[from_id], index[to_id]
    drive_s = int(reach.matrix.duration_s[period][a, b])
    if drive_s < 0:
        return None
    leave_s = depart_s if depart_s is not None else (arrive_s or 0) - drive_s
    return DeadRun(
        from_place_id=from_id,
        to_place_id=to_id,
        depart_s=leave_s,
        arrive_s=leave_s + drive_s,
        drive_m=int(reach.matrix.distance_m[period][a, b]),
        before_route=k,
    )
