"""Violations planted in duties: order, dead runs, hours, vehicles, crews, suppliers, money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from data.fleet import OWN_PROVIDER_ID, CrewRole
from data.money import CostBasis
from data.plans import DeadRun, Route
from tests.routing.plan_factory import DutyFact
from tests.routing.planted import Planted, Planter, Spot, plants


def _own(spot: Spot) -> bool:
    return spot.duty.provider_id == OWN_PROVIDER_ID


def _bought(spot: Spot) -> bool:
    return not _own(spot)


def _own_bus(spot: Spot) -> bool:
    return _own(spot) and spot.duty.vehicle_type_id == "bus"


def _fact(p: Planter, spot: Spot) -> DutyFact:
    return next(x for x in p.case.duties if x.duty_id == spot.duty.duty_id)


def _duty_change(
    p: Planter, keep: Callable[[Spot], bool], *, is_only: bool = False, **changes: Any
) -> Planted | None:
    spot = p.spot(keep)
    if spot is None:
        return None
    return p.planted(spot, "duty", plan=p.with_duty(spot, **changes), is_only=is_only)


@plants("DUTY_EMPTY")
def run_no_routes(p: Planter) -> Planted | None:
    return _duty_change(p, lambda x: True, routes=(), dead_runs=())


@plants("DUTY_ID_TWICE")
def give_two_duties_one_id(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.d > 0)
    if spot is None:
        return None
    plan = p.with_duty(spot, duty_id=p.plan.duties[0].duty_id)
    return p.planted(plan=plan, over=1)


@plants("ROUTE_ID_TWICE")
def give_two_routes_one_id(p: Planter) -> Planted | None:
    first = p.plan.duties[0].routes[0].route_id
    spot = p.spot(lambda x: x.route.route_id != first)
    if spot is None:
        return None
    plan = p.with_route(spot, route_id=first)
    lines = tuple(replace(x, route_id=None, shared_by=()) for x in p.case.lines)
    return p.planted(plan=plan, lines=lines, over=1, is_only=True)


def _shift(route: Route, by_s: int) -> Route:
    stops = tuple(
        replace(s, arrive_s=s.arrive_s + by_s, leave_s=s.leave_s + by_s) for s in route.stops
    )
    return replace(route, stops=stops)


@plants("ROUTES_OVERLAP")
def begin_before_the_end(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.r > 0)
    if spot is None:
        return None
    gap_s = spot.route.start_s - spot.duty.routes[spot.r - 1].end_s
    route = _shift(spot.route, -gap_s - 1)
    return p.planted(spot, "route", plan=p.with_route(spot, stops=route.stops), over=1)


@plants("GAP_TOO_SHORT")
def begin_before_arrival(p: Planter) -> Planted | None:
    def drive_s(spot: Spot) -> int:
        ends = spot.duty.routes[spot.r - 1].stops[-1].place_id, spot.route.stops[0].place_id
        a, b = (p.case.matrix.index[x] for x in ends)
        return int(p.case.matrix.duration_s[spot.route.session.period][a, b])

    spot = p.spot(lambda x: x.r > 0 and drive_s(x) > 1)
    if spot is None:
        return None
    gap_s = spot.route.start_s - spot.duty.routes[spot.r - 1].end_s
    route = _shift(spot.route, drive_s(spot) - 1 - gap_s)
    return p.planted(spot, "route", plan=p.with_route(spot, stops=route.stops), over=1)


@plants("BASE_WRONG")
def start_elsewhere(p: Planter) -> Planted | None:
    return _duty_change(p, lambda x: True, base_place_id="S-elsewhere", is_only=True)


@plants("DEPOT_CLOSED")
def open_depot_too_late(p: Planter) -> Planted | None:
    spot = p.spot(_own)
    if spot is None:
        return None
    opens_s = _fact(p, spot).start_s + 30
    place_id = spot.duty.base_place_id
    inputs = p.with_one("depots", "place_id", place_id, opens_s=opens_s)
    return p.planted(spot, "duty", inputs=inputs, over=30, is_only=True)


@plants("DEPOT_CLOSED")
def close_depot_too_soon(p: Planter) -> Planted | None:
    spot = p.spot(_own)
    if spot is None:
        return None
    closes_s = _fact(p, spot).end_s - 30
    place_id = spot.duty.base_place_id
    inputs = p.with_one("depots", "place_id", place_id, closes_s=closes_s)
    return p.planted(spot, "duty", inputs=inputs, over=30, is_only=True)


def _inner_runs(spot: Spot) -> list[DeadRun]:
    return [run for run in spot.duty.dead_runs if run.before_route == spot.r and spot.r > 0]


@plants("GAP_NOT_BY_BASE")
def skip_the_base(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: len(_inner_runs(x)) == 2)
    if spot is None:
        return None
    to_base, from_base = _inner_runs(spot)
    direct = replace(to_base, to_place_id=from_base.to_place_id)
    runs = tuple(
        direct if run is to_base else run for run in spot.duty.dead_runs if run is not from_base
    )
    plan = p.with_duty(spot, dead_runs=runs)
    return p.planted(spot, "route", plan=plan, is_only=True)


@plants("GAP_NOT_DIRECT")
def go_round_by_the_base(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: len(_inner_runs(x)) == 1 and x.duty.base_place_id is not None)
    if spot is None:
        return None
    (direct,) = _inner_runs(spot)
    base = spot.duty.base_place_id
    pair = (replace(direct, to_place_id=base), replace(direct, from_place_id=base))
    runs = tuple(
        new for run in spot.duty.dead_runs for new in (pair if run is direct else (run,))
    )
    plan = p.with_duty(spot, dead_runs=runs)
    return p.planted(spot, "route", plan=plan, is_only=True)


def _real_runs(spot: Spot) -> list[DeadRun]:
    runs = spot.duty.dead_runs
    return [
        run
        for run in runs
        if run.from_place_id != run.to_place_id
        and (run.before_route in (0, len(spot.duty.routes)))
    ]


def _change_run(p: Planter, *, is_only: bool = True, **shifts: int) -> Planted | None:
    spot = p.spot(lambda x: bool(_real_runs(x)))
    if spot is None:
        return None
    run = p.draw.pick(_real_runs(spot))
    changed = replace(run, **{key: getattr(run, key) + by for key, by in shifts.items()})
    runs = tuple(changed if x is run else x for x in spot.duty.dead_runs)
    plan = p.with_duty(spot, dead_runs=runs)
    return p.planted(spot, "duty", plan=plan, over=1, is_only=is_only)


@plants("DEAD_RUN_DEPART")
def leave_base_early(p: Planter) -> Planted | None:
    return _change_run(p, depart_s=-1)


@plants("DEAD_RUN_ARRIVE")
def return_late(p: Planter) -> Planted | None:
    return _change_run(p, arrive_s=1)


@plants("DEAD_RUN_DISTANCE")
def shorten_dead_run(p: Planter) -> Planted | None:
    return _change_run(p, drive_m=-1)


@plants("DEAD_RUN_MISSING")
def forget_dead_run(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: bool(_real_runs(x)))
    if spot is None:
        return None
    run = p.draw.pick(_real_runs(spot))
    runs = tuple(x for x in spot.duty.dead_runs if x is not run)
    plan = p.with_duty(spot, dead_runs=runs)
    return p.planted(spot, "duty", plan=plan, is_only=True)


@plants("DEAD_RUN_EXTRA")
def add_dead_run(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: bool(_real_runs(x)))
    if spot is None:
        return None
    runs = (*spot.duty.dead_runs, _real_runs(spot)[0])
    plan = p.with_duty(spot, dead_runs=runs)
    return p.planted(spot, "duty", plan=plan, over=1, is_only=True)


def _tighten(p: Planter, name: str, measure: Callable[[DutyFact], int]) -> Planted | None:
    worst = max(p.case.duties, key=measure)
    spot = p.spot(lambda x: x.duty.duty_id == worst.duty_id)
    most_s = measure(worst) - 11
    if name == "min_rest_s":
        most_s = 86_400 - most_s
    inputs = p.with_policy(**{name: most_s})
    return p.planted(spot, "duty", inputs=inputs, over=11, is_only=True)


@plants("HOURS_DRIVING")
def drive_too_long(p: Planter) -> Planted | None:
    return _tighten(p, "max_driving_s", lambda x: x.driving_s)


@plants("HOURS_BREAK")
def drive_without_break(p: Planter) -> Planted | None:
    return _tighten(p, "break_after_driving_s", lambda x: x.stretch_s)


@plants("HOURS_SPREAD")
def work_too_long(p: Planter) -> Planted | None:
    return _tighten(p, "max_spread_s", lambda x: x.end_s - x.start_s)


@plants("HOURS_REST")
def rest_too_little(p: Planter) -> Planted | None:
    return _tighten(p, "min_rest_s", lambda x: x.end_s - x.start_s)


@plants("PROVIDER_UNKNOWN")
def name_unknown_provider(p: Planter) -> Planted | None:
    return _duty_change(p, lambda x: True, provider_id="nobody")


@plants("VEHICLE_TYPE_UNKNOWN")
def name_unknown_type(p: Planter) -> Planted | None:
    return _duty_change(p, lambda x: True, vehicle_type_id="boat")


@plants("VEHICLE_MISSING")
def run_without_vehicle(p: Planter) -> Planted | None:
    return _duty_change(p, _own, vehicle_id=None, is_only=True)


@plants("VEHICLE_UNKNOWN")
def run_with_unknown_vehicle(p: Planter) -> Planted | None:
    return _duty_change(p, _own, vehicle_id="V-none", is_only=True)


@plants("VEHICLE_TYPE")
def swap_vehicle_type(p: Planter) -> Planted | None:
    spot = p.spot(_own)
    if spot is None:
        return None
    other = "wav" if spot.duty.vehicle_type_id != "wav" else "bus"
    vehicle_id = spot.duty.vehicle_id
    inputs = p.with_one("vehicles", "vehicle_id", vehicle_id, vehicle_type_id=other)
    return p.planted(spot, "duty", inputs=inputs, is_only=True)


@plants("VEHICLE_TWICE")
def share_vehicle(p: Planter) -> Planted | None:
    one = p.spot(_own)
    two = p.spot(lambda x: one is not None and _own(x) and x.d != one.d)
    if one is None or two is None:
        return None
    return p.planted(plan=p.with_duty(one, vehicle_id=two.duty.vehicle_id), over=1)


@plants("CREW_TWICE")
def share_driver(p: Planter) -> Planted | None:
    one = p.spot(_own)
    two = p.spot(lambda x: one is not None and _own(x) and x.d != one.d)
    if one is None or two is None:
        return None
    crew_ids = (two.duty.crew_ids[0], *one.duty.crew_ids[1:])
    return p.planted(plan=p.with_duty(one, crew_ids=crew_ids), over=1)


@plants("CREW_TWICE")
def count_assistant_twice(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: len(x.duty.crew_ids) > 1)
    if spot is None:
        return None
    crew_ids = (*spot.duty.crew_ids, spot.duty.crew_ids[-1])
    plan = p.with_duty(spot, crew_ids=crew_ids)
    return p.planted(spot, "duty", plan=plan, over=1, is_only=True)


@plants("CREW_UNKNOWN")
def add_unknown_crew(p: Planter) -> Planted | None:
    spot = p.spot(_own)
    if spot is None:
        return None
    plan = p.with_duty(spot, crew_ids=(*spot.duty.crew_ids, "C-none"))
    return p.planted(spot, "duty", plan=plan, is_only=True)


@plants("CREW_DEPOT")
def borrow_crew(p: Planter) -> Planted | None:
    spot = p.spot(_own)
    if spot is None:
        return None
    inputs = p.with_one("crews", "crew_id", spot.duty.crew_ids[-1], depot_id="depot-far")
    return p.planted(spot, "duty", inputs=inputs, is_only=True)


@plants("CREW_HOURS")
def start_before_crew(p: Planter) -> Planted | None:
    spot = p.spot(_own)
    if spot is None:
        return None
    from_s = _fact(p, spot).start_s + 1
    inputs = p.with_one("crews", "crew_id", spot.duty.crew_ids[0], from_s=from_s)
    return p.planted(spot, "duty", inputs=inputs, over=1, is_only=True)


@plants("CREW_HOURS")
def keep_crew_late(p: Planter) -> Planted | None:
    spot = p.spot(_own)
    if spot is None:
        return None
    to_s = _fact(p, spot).end_s - 1
    inputs = p.with_one("crews", "crew_id", spot.duty.crew_ids[0], to_s=to_s)
    return p.planted(spot, "duty", inputs=inputs, over=1, is_only=True)


@plants("DRIVER_COUNT")
def leave_driver_at_home(p: Planter) -> Planted | None:
    spot = p.spot(_own)
    if spot is None:
        return None
    plan = p.with_duty(spot, crew_ids=spot.duty.crew_ids[1:])
    return p.planted(spot, "duty", plan=plan, over=1, is_only=True)


@plants("CREW_ASSISTANTS")
def leave_assistants_at_home(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: len(x.duty.crew_ids) > 1)
    if spot is None:
        return None
    plan = p.with_duty(spot, crew_ids=spot.duty.crew_ids[:1])
    is_needed = any(route.n_assistants > len(route.assistant_ids) for route in spot.duty.routes)
    return p.planted(spot, "duty", plan=plan) if is_needed else None


@plants("CREW_TRAINED")
def send_untrained_crew(p: Planter) -> Planted | None:
    trained = {c.crew_id for c in p.inputs.crews if c.is_medically_trained}
    spot = p.spot(lambda x: bool(trained & set(x.duty.crew_ids)))
    if spot is None:
        return None
    (crew_id, *_) = sorted(trained & set(spot.duty.crew_ids))
    inputs = p.with_one("crews", "crew_id", crew_id, is_medically_trained=False)
    return p.planted(spot, "duty", inputs=inputs, over=1, is_only=True)


@plants("CREW_ASSISTANTS")
def send_named_assistant_of_other_crew(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: _own(x) and x.route.n_assistants > len(x.route.assistant_ids))
    if spot is None:
        return None
    driver = next(c for c in p.inputs.crews if c.crew_id == spot.duty.crew_ids[0])
    stranger = replace(driver, crew_id="A-new", role=CrewRole.ASSISTANT)
    inputs = replace(p.inputs, crews=(*p.inputs.crews, stranger))
    plan = p.with_route(spot, assistant_ids=(*spot.route.assistant_ids, "A-new"))
    return p.planted(spot, "route", plan=plan, inputs=inputs, is_only=True)


@plants("OWN_WITH_SUPPLIER")
def lend_vehicle_to_supplier(p: Planter) -> Planted | None:
    return _duty_change(p, _bought, vehicle_id="V-lent", is_only=True)


def _licence(p: Planter, *, is_bus: bool, **changes: bool) -> Planted | None:
    spot = p.spot(lambda x: _bought(x) and (x.duty.vehicle_type_id == "bus") is is_bus)
    if spot is None:
        return None
    inputs = p.with_one("suppliers", "supplier_id", spot.duty.provider_id, **changes)
    return p.planted(spot, "duty", inputs=inputs)


@plants("LICENCE_PSV")
def take_psv_licence(p: Planter) -> Planted | None:
    return _licence(
        p,
        is_bus=True,
        has_psv_licence=False,
        has_section_19_permit=False,
        has_private_hire_licence=True,
    )


@plants("LICENCE_PSV")
def use_permit_for_profit(p: Planter) -> Planted | None:
    return _licence(
        p,
        is_bus=True,
        has_psv_licence=False,
        has_section_19_permit=True,
        is_for_profit=True,
    )


@plants("LICENCE_PRIVATE_HIRE")
def take_private_hire_licence(p: Planter) -> Planted | None:
    return _licence(
        p,
        is_bus=False,
        has_psv_licence=False,
        has_section_19_permit=True,
        is_for_profit=False,
        has_private_hire_licence=False,
    )


def _take_entitlement(p: Planter, name: str) -> Planted | None:
    spot = p.spot(_own_bus)
    if spot is None:
        return None
    inputs = p.with_one("crews", "crew_id", spot.duty.crew_ids[0], **{name: False})
    return p.planted(spot, "duty", inputs=inputs, is_only=True)


@plants("DRIVER_D1")
def take_d1(p: Planter) -> Planted | None:
    return _take_entitlement(p, "has_d1")


@plants("DRIVER_CPC")
def take_cpc(p: Planter) -> Planted | None:
    return _take_entitlement(p, "has_cpc")


@plants("SUPPLIER_VEHICLES")
def take_a_vehicle(p: Planter) -> Planted | None:
    spot = p.spot(_bought)
    if spot is None:
        return None
    inputs = p.with_one("suppliers", "supplier_id", spot.duty.provider_id, vehicles=())
    n_used = sum(
        (d.provider_id, d.vehicle_type_id) == (spot.duty.provider_id, spot.duty.vehicle_type_id)
        for d in p.plan.duties
    )
    return p.planted(inputs=inputs, over=n_used, is_only=True)


def _take_assistants(p: Planter, name: str, count: str) -> Planted | None:
    spot = p.spot(lambda x: _bought(x) and getattr(x.route, count) > 0)
    if spot is None:
        return None
    n_out = sum(
        getattr(route, count)
        for duty in p.plan.duties
        for route in duty.routes
        if duty.provider_id == spot.duty.provider_id and route.session is spot.route.session
    )
    supplier_id = spot.duty.provider_id
    inputs = p.with_one("suppliers", "supplier_id", supplier_id, **{name: n_out - 1})
    return p.planted(inputs=inputs, over=1, is_only=True)


@plants("SUPPLIER_ASSISTANTS")
def take_an_assistant(p: Planter) -> Planted | None:
    return _take_assistants(p, "n_assistants", "n_assistants")


@plants("SUPPLIER_TRAINED")
def take_a_trained_assistant(p: Planter) -> Planted | None:
    return _take_assistants(p, "n_trained_assistants", "n_trained_assistants")


@plants("AREA")
def shrink_area(p: Planter) -> Planted | None:
    spot = p.spot(_bought)
    if spot is None:
        return None
    places = {x.place_id: x for x in p.inputs.places}
    stop, centre = places[spot.stop.place_id], places[p.inputs.depots[0].place_id]
    east_m, north_m = stop.easting_m - centre.easting_m, stop.northing_m - centre.northing_m
    away_m = 0
    while away_m**2 < east_m**2 + north_m**2:
        away_m += 1
    if not away_m:
        return None
    inputs = p.with_one(
        "suppliers",
        "supplier_id",
        spot.duty.provider_id,
        area_centre_place_id=centre.place_id,
        area_radius_m=away_m - 1,
    )
    return p.planted(spot, "stop", inputs=inputs, over=1, is_only=True)


@plants("RATE_CARD_MISSING")
def buy_without_card(p: Planter) -> Planted | None:
    return _duty_change(p, _bought, rate_card_id=None, is_only=True)


@plants("RATE_CARD_UNKNOWN")
def buy_with_unknown_card(p: Planter) -> Planted | None:
    return _duty_change(p, _bought, rate_card_id="R-none", is_only=True)


@plants("RATE_CARD_OWN")
def charge_own_duty(p: Planter) -> Planted | None:
    return _duty_change(p, _own, rate_card_id="R-T0", is_only=True)


@plants("RATE_CARD_SUPPLIER")
def buy_at_anothers_rate(p: Planter) -> Planted | None:
    spot = p.spot(_bought)
    if spot is None:
        return None
    other = "T0" if spot.duty.provider_id != "T0" else "T1"
    return _duty_change(
        p,
        lambda x: x.d == spot.d,
        rate_card_id=f"R-{other}",
        is_only=True,
    )


@plants("RATE_CARD_DATE")
def let_card_expire(p: Planter) -> Planted | None:
    spot = p.spot(_bought)
    if spot is None:
        return None
    last = p.inputs.service_date - timedelta(days=2)
    card_id = spot.duty.rate_card_id
    inputs = p.with_one(
        "rate_cards", "rate_card_id", card_id, valid_from=date(2020, 1, 1), valid_to=last
    )
    return p.planted(spot, "duty", inputs=inputs, over=2, is_only=True)


@plants("RATE_CARD_TYPE")
def let_card_cover_others(p: Planter) -> Planted | None:
    spot = p.spot(_bought)
    if spot is None:
        return None
    card_id = spot.duty.rate_card_id
    (card,) = (x for x in p.inputs.rate_cards if x.rate_card_id == card_id)
    rates = tuple(replace(rate, vehicle_type_id="boat") for rate in card.rates)
    inputs = p.with_one("rate_cards", "rate_card_id", card_id, rates=rates)
    return p.planted(spot, "route", inputs=inputs, is_only=True)


@plants("DAY_TYPE_DATE")
def plan_another_week(p: Planter) -> Planted | None:
    if p.plan.service_date is None:
        return None
    day_type = replace(p.plan.day_type, weekday=(p.plan.day_type.weekday + 1) % 7)
    return p.planted(plan=replace(p.plan, day_type=day_type))


@plants("DAY_TYPE_DATE")
def plan_a_closed_day(p: Planter) -> Planted | None:
    if p.plan.service_date is None:
        return None
    on = p.plan.service_date + timedelta(days=2)
    return p.planted(plan=replace(p.plan, service_date=on))


@plants("DAY_TYPE_UNKNOWN")
def invent_calendar(p: Planter) -> Planted | None:
    open_ids = p.plan.day_type.open_calendar_ids | {"never"}
    day_type = replace(p.plan.day_type, open_calendar_ids=open_ids)
    return p.planted(plan=replace(p.plan, day_type=day_type))


@plants("DATE_NO_CALENDAR")
def plan_beyond_calendars(p: Planter) -> Planted | None:
    return p.planted(plan=replace(p.plan, service_date=date(2031, 5, 5)))


@plants("COST_TOTAL")
def believe_the_search(p: Planter) -> Planted | None:
    plan = replace(p.plan, cost_pence=p.plan.cost_pence + 1)
    return p.planted(plan=plan, over=1, is_only=True)


@plants("FULL_COST_TOTAL")
def forget_fixed_cost(p: Planter) -> Planted | None:
    plan = replace(p.plan, full_cost_pence=p.plan.full_cost_pence - 1)
    return p.planted(plan=plan, over=1, is_only=True)


@plants("BOUND_OVER_COST")
def prove_the_impossible(p: Planter) -> Planted | None:
    if p.plan.unserved:
        return None
    plan = replace(p.plan, bound_pence=p.plan.cost_pence + 5)
    return p.planted(plan=plan, over=5, is_only=True)


def _change_line(p: Planter, **changes: Any) -> Planted:
    line = p.draw.pick(p.case.lines)
    lines = tuple(replace(x, **changes) if x is line else x for x in p.case.lines)
    return p.planted(lines=lines, is_only=True)


@plants("COST_LINE_PLAN")
def price_another_plan(p: Planter) -> Planted | None:
    return _change_line(p, plan_id="another")


@plants("COST_LINE_UNKNOWN")
def price_unknown_route(p: Planter) -> Planted | None:
    return _change_line(p, route_id="R-none")


@plants("COST_LINE_UNKNOWN")
def share_with_unknown_route(p: Planter) -> Planted | None:
    return _change_line(p, route_id=None, shared_by=("R-none",))


@plants("COST_LINE_BASIS")
def charge_to_another(p: Planter) -> Planted | None:
    return _change_line(p, provider_id="T9")


@plants("COST_LINE_BASIS")
def buy_from_oneself(p: Planter) -> Planted | None:
    line = p.draw.pick(p.case.lines)
    is_bought = line.basis in (CostBasis.CONTRACT, CostBasis.RECOVERABLE_VAT)
    basis = CostBasis.AVOIDABLE if is_bought else CostBasis.CONTRACT
    lines = tuple(replace(x, basis=basis) if x is line else x for x in p.case.lines)
    return p.planted(lines=lines)


@plants("DUTY_NOT_PRICED")
def run_for_nothing(p: Planter) -> Planted | None:
    spot = p.spot()
    lines = tuple(x for x in p.case.lines if x.duty_id != spot.duty.duty_id)
    return p.planted(spot, "duty", lines=lines)
