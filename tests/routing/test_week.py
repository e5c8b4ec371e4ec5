"""Tests of the timetable: all day types of the year, planned to share routes and duties."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import pytest

import costing
import routing
from data.demand import find_day_types, find_travellers
from data.errors import InfeasibleError
from data.inputs import write_document
from data.passengers import Phase
from data.places import Session
from data.plans import Plan, Timetable
from routing.progress import ProgressReport
from tests.routing.grid_day import Grid, build_grid, plan_grid

STEPS = 400


@cache
def plan_week() -> tuple[Timetable, tuple[ProgressReport, ...]]:
    """The timetable of the grid, and what was told of its search."""
    grid = build_grid()
    told: list[ProgressReport] = []
    timetable = routing.optimise_timetable(
        grid.inputs, grid.matrix, grid.cost_model, steps=STEPS, seed=1, progress=told.append
    )
    return timetable, tuple(told)


@pytest.fixture(scope="module")
def grid() -> Grid:
    """The unchanged grid."""
    return build_grid()


@pytest.fixture(scope="module")
def timetable() -> Timetable:
    """Its timetable."""
    return plan_week()[0]


def find_duties(plan: Plan) -> dict[tuple[str, Session], str]:
    """The duty that carries each passenger in each session."""
    return {
        (p, route.session): duty.duty_id
        for duty in plan.duties
        for route in duty.routes
        for p in route.passenger_ids
    }


def test_every_day_type_has_one_plan_and_every_date_its_day_type(
    timetable: Timetable, grid: Grid
) -> None:
    day_types, dates = find_day_types(grid.inputs)
    planned = [plan.day_type.day_type_id for plan in timetable.plans]
    assert sorted(planned) == sorted(d.day_type_id for d in day_types)
    assert dict(timetable.dates) == dates
    assert len(timetable.dates) == len(dates)
    assert all(grid.inputs.year_from <= on <= grid.inputs.year_to for on in dates)


def test_timetable_breaks_no_rule(timetable: Timetable, grid: Grid) -> None:
    assert routing.check_timetable(timetable, grid.inputs, grid.matrix).violations == ()


def test_every_plan_is_complete_and_exact_to_the_penny(
    timetable: Timetable, grid: Grid
) -> None:
    for plan in timetable.plans:
        on = next(d for d, name in timetable.dates if name == plan.day_type.day_type_id)
        lines = costing.price_plan(plan, grid.inputs, on)
        assert plan.cost_pence == costing.total_cost_pence(lines)
        listed = [(u.passenger_id, u.session) for u in plan.unserved]
        travelling = [
            (t.passenger_id, session)
            for session in Session
            for t in find_travellers(grid.inputs, plan.day_type, session)
        ]
        assert sorted([*find_duties(plan), *listed]) == sorted(travelling)


def test_first_plan_is_that_of_the_service_date(timetable: Timetable, grid: Grid) -> None:
    base = timetable.plans[0]
    assert base.day_type == grid.day_type
    assert base.service_date == grid.inputs.service_date
    assert all(plan.service_date is None for plan in timetable.plans[1:])


def test_days_when_schools_are_closed_carry_adults_only(
    timetable: Timetable, grid: Grid
) -> None:
    phases = {p.passenger_id: p.phase for p in grid.inputs.passengers}
    adult_days = [p for p in timetable.plans if p.day_type.day_type_id.endswith("-adult")]
    assert len(adult_days) == 5
    for plan in adult_days:
        assert plan.duties
        carried = {phases[p] for route in plan.routes for p in route.passenger_ids}
        assert carried == {Phase.ADULT}


def test_plan_ids_differ_between_day_types(timetable: Timetable) -> None:
    names = [plan.plan_id for plan in timetable.plans]
    assert len(set(names)) == len(names)


def count_kept(grid: Grid, price_pence: int) -> tuple[int, int]:
    """Count school journeys on the base day's duty, and all that the base day has too."""
    policy = replace(grid.inputs.policy, weekday_difference_pence=price_pence)
    priced = build_grid(replace(grid.inputs, policy=policy))
    timetable = routing.optimise_timetable(
        priced.inputs, priced.matrix, priced.cost_model, steps=STEPS, seed=1
    )
    base = find_duties(timetable.plans[0])
    n_shared = n_kept = 0
    for plan in timetable.plans[1:]:
        found = find_duties(plan)
        shared = [k for k in base.keys() & found.keys() if k[1] in (Session.AM, Session.PM)]
        n_shared += len(shared)
        n_kept += sum(base[key] == found[key] for key in shared)
    return n_kept, n_shared


def test_priced_weekday_differences_keep_most_school_journeys_on_their_duty(
    grid: Grid,
) -> None:
    n_kept, n_shared = count_kept(grid, 1_000)
    assert n_shared > 500
    assert 4 * n_kept > 3 * n_shared
    n_kept_free, n_shared_free = count_kept(grid, 0)
    assert n_kept_free * n_shared < n_kept * n_shared_free


def test_default_price_keeps_nine_school_journeys_in_ten_on_their_duty(grid: Grid) -> None:
    n_kept, n_shared = count_kept(grid, grid.inputs.policy.weekday_difference_pence)
    assert 10 * n_kept >= 9 * n_shared


def test_cost_told_is_always_that_of_the_first_day(timetable: Timetable) -> None:
    told = plan_week()[1]
    base_pence = timetable.plans[0].cost_pence
    names = [plan.day_type.day_type_id for plan in timetable.plans]
    assert {report.n_days for report in told} == {len(names)}
    numbers = [report.day_number for report in told]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, len(names) + 1))
    assert {report.day_name for report in told} == set(names)
    assert {r.best_cost_pence for r in told if r.day_number > 1} == {base_pence}


def test_progress_of_all_days_is_told_on_one_clock() -> None:
    told = plan_week()[1]
    used = [report.seconds_used for report in told]
    assert len(told) >= 4
    assert used == sorted(used)
    assert all(report.stage for report in told)


def test_equal_seed_and_steps_give_an_equal_timetable(timetable: Timetable, grid: Grid) -> None:
    again = routing.optimise_timetable(
        grid.inputs, grid.matrix, grid.cost_model, steps=STEPS, seed=1, n_workers=1
    )
    assert {plan.search.n_workers for plan in again.plans} == {1}
    plans = tuple(
        replace(plan, search=replace(plan.search, n_workers=2)) for plan in again.plans
    )
    assert write_document(replace(again, plans=plans)) == write_document(timetable)


def test_dates_given_are_the_only_ones_planned(grid: Grid) -> None:
    on = grid.inputs.service_date
    # A fortnight on is the same weekday of the same week; the day after is another day type.
    dates = [on, on + timedelta(days=1)]
    found = routing.optimise_timetable(
        grid.inputs, grid.matrix, grid.cost_model, steps=40, dates=dates
    )
    assert [d for d, _ in found.dates] == dates
    assert len(found.plans) == 2
    assert (
        routing.check_timetable(
            found, replace(grid.inputs, year_from=dates[0], year_to=dates[1]), grid.matrix
        ).violations
        == ()
    )


def test_no_open_date_is_said_to_be_nothing_to_plan(grid: Grid) -> None:
    with pytest.raises(InfeasibleError, match="no site is open"):
        routing.optimise_timetable(grid.inputs, grid.matrix, grid.cost_model, dates=[])


def test_stop_wish_at_once_still_plans_every_day(grid: Grid) -> None:
    day_types, _ = find_day_types(grid.inputs)
    found = routing.optimise_timetable(
        grid.inputs, grid.matrix, grid.cost_model, seconds=60.0, should_stop=lambda: True
    )
    assert len(found.plans) == len(day_types)
    assert {plan.search.limit for plan in found.plans} == {"interrupted"}
    assert routing.check_timetable(found, grid.inputs, grid.matrix).violations == ()


def plan_from(grid: Grid, start: Plan | None, **values: Any) -> Timetable:
    """The service date alone, from a plan, by few steps."""
    wanted: dict[str, Any] = {"steps": 120, "seed": 5} | values
    return routing.optimise_timetable(
        grid.inputs,
        grid.matrix,
        grid.cost_model,
        dates=[grid.inputs.service_date],
        start=start,
        **wanted,
    )


def test_timetable_from_a_plan_is_never_dearer_than_the_plan(grid: Grid) -> None:
    start = plan_grid()
    # Forty steps find nothing from scratch; from the plan they need not.
    found = plan_from(grid, start, steps=40).plans[0]
    assert found.unserved == start.unserved
    assert (found.cost_pence or 0) <= (start.cost_pence or 0)
    assert (plan_from(grid, None, steps=40).plans[0].cost_pence or 0) > (start.cost_pence or 0)


def test_no_day_is_dearer_from_a_timetable_when_people_only_leave(
    grid: Grid, timetable: Timetable
) -> None:
    gone = {plan.routes[0].passenger_ids[0] for plan in timetable.plans}
    demands = tuple(d for d in grid.inputs.demands if d.passenger_id not in gone)
    fewer = build_grid(replace(grid.inputs, demands=demands))
    # Thirty steps over all days: a search from scratch, day following day, finds less.
    found = routing.optimise_timetable(
        fewer.inputs, fewer.matrix, fewer.cost_model, steps=30, start=timetable
    )
    for plan in found.plans:
        before = timetable.plan_of(plan.day_type.day_type_id)
        assert plan.unserved == ()
        assert (plan.cost_pence or 0) <= (before.cost_pence or 0), plan.day_type.day_type_id
    assert routing.check_timetable(found, fewer.inputs, fewer.matrix).violations == ()


def test_timetable_from_a_plan_leaves_out_who_travels_no_more(grid: Grid) -> None:
    start = plan_grid()
    gone = {start.routes[0].passenger_ids[0], start.routes[-1].passenger_ids[0]}
    demands = tuple(d for d in grid.inputs.demands if d.passenger_id not in gone)
    fewer = build_grid(replace(grid.inputs, demands=demands))
    found = plan_from(fewer, start)
    assert not gone & {p for route in found.plans[0].routes for p in route.passenger_ids}
    assert (found.plans[0].cost_pence or 0) <= (start.cost_pence or 0)
    on = fewer.inputs.service_date
    one_day = replace(fewer.inputs, year_from=on, year_to=on)
    assert routing.check_timetable(found, one_day, fewer.matrix).violations == ()


def test_timetable_from_a_plan_is_equal_for_equal_steps(grid: Grid) -> None:
    start = plan_grid()
    found = plan_from(grid, start)
    assert write_document(plan_from(grid, start)) == write_document(found)
    assert found.plans[0].service_date == grid.inputs.service_date
