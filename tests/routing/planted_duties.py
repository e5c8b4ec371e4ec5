"""Violations planted in duties: order, base, dead runs, hours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from data.fleet import Electric
from data.plans import DeadRun, Duty, Route
from tests.routing.plan_factory import DutyFact
from tests.routing.planted import (
    Planted,
    Planter,
    Spot,
    change_duty,
    find_fact,
    is_own,
    plants,
)


@plants("DUTY_EMPTY")
def run_no_routes(p: Planter) -> Planted | None:
    return change_duty(p, lambda x: True, routes=(), dead_runs=())


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
    return change_duty(p, lambda x: True, base_place_id="S-elsewhere", is_only=True)


@plants("BASE_WRONG")
def start_where_no_depot_is(p: Planter) -> Planted | None:
    spot = p.spot(is_own)
    if spot is None:
        return None
    plan = p.with_duty(spot, vehicle_id=None, base_place_id=spot.stop.place_id)
    return p.planted(spot, "duty", plan=plan)


@plants("DEPOT_CLOSED")
def open_depot_too_late(p: Planter) -> Planted | None:
    spot = p.spot(is_own)
    if spot is None:
        return None
    opens_s = find_fact(p, spot).start_s + 30
    place_id = spot.duty.base_place_id
    inputs = p.with_one("depots", "place_id", place_id, opens_s=opens_s)
    return p.planted(spot, "duty", inputs=inputs, over=30, is_only=True)


@plants("DEPOT_CLOSED")
def close_depot_too_soon(p: Planter) -> Planted | None:
    spot = p.spot(is_own)
    if spot is None:
        return None
    closes_s = find_fact(p, spot).end_s - 30
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


def _measure_m(duty: Duty) -> int:
    return sum(r.loaded_m for r in duty.routes) + sum(run.drive_m for run in duty.dead_runs)


@plants("RANGE")
def drive_farther_than_the_battery(p: Planter) -> Planted | None:
    worst = max(p.plan.duties, key=_measure_m)
    spot = p.spot(lambda x: x.duty.duty_id == worst.duty_id)
    electric = Electric(range_m=_measure_m(worst) - 11, energy_wh_per_mile=700, charge_w=0)
    inputs = p.with_one(
        "vehicle_types", "vehicle_type_id", worst.vehicle_type_id, electric=electric
    )
    return p.planted(spot, "duty", inputs=inputs, over=11, is_only=worst.provider_id != "own")


@plants("CHARGERS_SHORT")
def charge_without_chargers(p: Planter) -> Planted | None:
    own = [d for d in p.plan.duties if d.provider_id == "own"]
    if not own:
        return None
    worst = max(own, key=_measure_m)
    electric = Electric(range_m=_measure_m(worst) - 1, energy_wh_per_mile=700, charge_w=0)
    inputs = p.with_one(
        "vehicle_types", "vehicle_type_id", worst.vehicle_type_id, electric=electric
    )
    return p.planted(inputs=inputs, over=1)
