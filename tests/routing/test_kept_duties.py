"""Duties of a reference day kept: everything that can stay does, the rest is worked cheaply."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import routing
from data.places import Session
from data.plans import Duty, Plan
from routing.day import DayCase
from routing.starts import read_reference
from tests.routing.grid_day import Grid, build_grid, plan_grid
from tests.routing.test_duties import make_limits, make_rules, make_work


def keep(grid: Grid, plan: Plan) -> tuple[Duty, ...]:
    """The duties of a plan, kept for these inputs."""
    case = DayCase(grid.inputs, grid.matrix, grid.cost_model, grid.day_type)
    found = read_reference(case, plan, 0).state
    return case.keep_duties(found.problems, found.routes, usual=plan.duties).duties


@cache
def find_leaver() -> str:
    """Somebody who shares every route, so that no route ends with them."""
    plan = plan_grid()
    shared = [set(r.passenger_ids) for r in plan.routes if len(r.passenger_ids) > 3]
    return min(set.union(*shared))


def test_duties_without_a_leaver_stay_as_they_are_to_the_byte() -> None:
    grid, plan = build_grid(), plan_grid()
    leaver = find_leaver()
    gone = tuple(d for d in grid.inputs.demands if d.passenger_id != leaver)
    kept = {d.duty_id: d for d in keep(build_grid(replace(grid.inputs, demands=gone)), plan)}
    for duty in plan.duties:
        if all(leaver not in route.passenger_ids for route in duty.routes):
            assert kept[duty.duty_id] == duty
    aboard = {p for d in kept.values() for r in d.routes for p in r.passenger_ids}
    assert leaver not in aboard
    everybody = {p for r in plan.routes for p in r.passenger_ids}
    assert aboard == everybody - {leaver}


def test_routes_arrive_at_and_leave_their_sites_when_they_did() -> None:
    grid, plan = build_grid(), plan_grid()
    leaver = find_leaver()
    gone = tuple(d for d in grid.inputs.demands if d.passenger_id != leaver)
    kept = {
        r.route_id: r
        for d in keep(build_grid(replace(grid.inputs, demands=gone)), plan)
        for r in d.routes
    }
    touched = [r for r in plan.routes if leaver in r.passenger_ids]
    assert touched
    for route in touched:
        now = kept.get(route.route_id)
        if now is None:
            continue
        # But for the leaver's own boarding or alighting, where the bell leaves no room.
        if route.session.is_homeward:
            assert route.start_s <= now.start_s <= route.start_s + 60
        else:
            assert route.end_s - 60 <= now.end_s <= route.end_s


def test_duties_of_vehicles_that_are_gone_are_worked_by_others() -> None:
    grid, plan = build_grid(), plan_grid()
    n_own = sum(d.provider_id == "own" for d in plan.duties)
    assert n_own >= 2
    fewer = build_grid(replace(grid.inputs, vehicles=grid.inputs.vehicles[:1]))
    kept = keep(fewer, plan)
    assert sum(d.provider_id == "own" for d in kept) <= 1
    found = replace(plan, duties=kept)
    codes = {v.code for v in routing.check_plan(found, fewer.inputs, grid.matrix).violations}
    assert codes <= {"PASSENGER_MISSING"}
    aboard = [(r.session, p) for d in kept for r in d.routes for p in r.passenger_ids]
    assert len(aboard) == len(set(aboard))


def test_route_without_usual_duty_goes_where_it_costs_least() -> None:
    from routing.kept_duties import keep_duties

    rules = make_rules(make_work(0), make_work(1))
    drafts, dropped = keep_duties(rules, (), make_limits(n_own=1, n_cabs=1))
    assert dropped == ()
    assert sorted(i for d in drafts for i in d.works) == [0, 1]
    none, left = keep_duties(rules, (), make_limits(n_own=0, n_cabs=0))
    assert (none, left) == ((), (0, 1))


def test_every_session_is_kept() -> None:
    grid, plan = build_grid(), plan_grid()
    kept = keep(grid, plan)
    for session in Session:
        before = {r.passenger_ids for r in plan.routes if r.session is session}
        assert {r.passenger_ids for d in kept for r in d.routes if r.session is session} == (
            before
        )
