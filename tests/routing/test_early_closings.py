"""A date on which a site closes early is a kind of day of its own, planned and checked so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

import routing
from data.changes import ChangeBudget
from data.demand import find_day_type, find_day_types, find_sites, find_usual_day_type
from data.errors import InputError
from data.inputs import Inputs
from data.places import EarlyClosing
from data.plans import Plan, UnservedReason
from tests.routing.grid_day import Grid, build_grid, plan_grid

EARLY_S = 13 * 3600
"""When the site closes; the grid's schools let go after three. [s after midnight]"""


def close(inputs: Inputs, on: date, *site_ids: str) -> Inputs:
    """The inputs with sites that close early on a date."""
    closings = tuple(EarlyClosing(site_id=s, on=on, leave_from_s=EARLY_S) for s in site_ids)
    return replace(inputs, early_closings=(*inputs.early_closings, *closings))


def find_busy_site(plan: Plan) -> str:
    """The school that most routes of the afternoon leave."""
    found = [
        s.site_id
        for r in plan.routes
        if r.session.value == "pm"
        for s in r.stops
        if s.site_id is not None
    ]
    return max(sorted(set(found)), key=found.count)


@pytest.fixture(scope="module")
def grid() -> Grid:
    """The grid, whose busiest school closes early on the service date."""
    inputs = build_grid().inputs
    return build_grid(close(inputs, inputs.service_date, find_busy_site(plan_grid())))


@pytest.fixture(scope="module")
def site_id(grid: Grid) -> str:
    """The school that closes early."""
    return grid.inputs.early_closings[0].site_id


def find_leaving(plan: Plan, site_id: str) -> list[int]:
    """When homeward routes leave a site. [s after midnight]"""
    return [
        s.leave_s
        for r in plan.routes
        if r.session.is_homeward
        for s in r.stops
        if s.site_id == site_id
    ]


def test_such_a_date_alone_is_a_kind_of_day_of_its_own(grid: Grid, site_id: str) -> None:
    inputs, on = grid.inputs, grid.inputs.service_date
    plain = replace(inputs, early_closings=())
    usual, early = find_day_type(plain, on), find_day_type(inputs, on)
    assert usual is not None
    assert early is not None
    assert early.early_closings == ((site_id, EARLY_S),)
    assert early.day_type_id.startswith(f"{usual.day_type_id}-early-")
    assert find_usual_day_type(early) == usual
    assert find_usual_day_type(usual) == usual
    old = {s.site_id: s for s in inputs.sites}
    new = find_sites(inputs, early)
    assert find_sites(inputs, usual) == old
    changed = new[site_id]
    assert changed.leave_from_s == EARLY_S
    assert changed.leave_by_s - EARLY_S == old[site_id].leave_by_s - old[site_id].leave_from_s
    assert {s: new[s] for s in new if s != site_id} == {s: old[s] for s in old if s != site_id}
    # Every other date of the year is what it was.
    _, before = find_day_types(plain)
    _, after = find_day_types(inputs)
    assert {d for d in before if before[d] != after[d]} == {on}


def test_equal_closings_are_one_kind_of_day_and_others_are_not(grid: Grid) -> None:
    inputs, on = replace(grid.inputs, early_closings=()), grid.inputs.service_date
    first, second = (s.site_id for s in inputs.sites[:2])
    week = timedelta(days=14)  # the same week of the fortnight
    kinds = [
        find_day_type(close(close(inputs, on, *today), on + week, *later), day)
        for today, later in (((first, second), (second, first)), ((first,), (second,)))
        for day in (on, on + week)
    ]
    assert kinds[0] == kinds[1]
    assert len({k.day_type_id for k in kinds if k is not None}) == 3


def test_a_site_that_is_closed_anyway_makes_no_kind_of_day(grid: Grid) -> None:
    inputs = replace(grid.inputs, early_closings=())
    _, dates = find_day_types(inputs)
    shut = next(
        inputs.year_from + timedelta(days=n)
        for n in range((inputs.year_to - inputs.year_from).days)
        if inputs.year_from + timedelta(days=n) not in dates
    )
    assert find_day_type(close(inputs, shut, inputs.sites[0].site_id), shut) is None


def test_a_date_without_calendar_data_is_an_error_with_an_early_closing_too(
    grid: Grid,
) -> None:
    after = max(c.last_date for c in grid.inputs.calendars) + timedelta(days=1)
    with pytest.raises(InputError, match="no data for"):
        find_day_type(close(grid.inputs, after, grid.inputs.sites[0].site_id), after)


def test_the_checker_wants_the_early_time(grid: Grid, site_id: str) -> None:
    # The usual plan on the early date: another kind of day, and it comes two hours late.
    plan, on = plan_grid(), grid.inputs.service_date
    dated = replace(plan, service_date=on)
    codes = routing.check_plan(dated, grid.inputs, grid.matrix).codes
    assert "DAY_TYPE_DATE" in codes
    assert "LEAVE_LATE" not in codes  # judged by the kind of day that it says it is for
    early = find_day_type(grid.inputs, on)
    assert early is not None
    report = routing.check_plan(replace(dated, day_type=early), grid.inputs, grid.matrix)
    late = [v for v in report.violations if v.code == "LEAVE_LATE"]
    assert len(late) == len(find_leaving(plan, site_id)) > 0
    assert "DAY_TYPE_DATE" not in report.codes
    # And a plan for the early kind of day on a usual date is refused as well.
    usual = replace(grid.inputs, early_closings=())
    wrong = routing.check_plan(replace(dated, day_type=early), usual, grid.matrix)
    assert "DAY_TYPE_DATE" in wrong.codes


def test_a_repair_moves_those_of_the_site_and_nobody_else(grid: Grid, site_id: str) -> None:
    early = find_day_type(grid.inputs, grid.inputs.service_date)
    given = plan_grid()
    found = routing.repair_plan(
        given,
        grid.inputs,
        grid.matrix,
        grid.cost_model,
        judge=routing.find_violations,
        day_type=early,
        budget=ChangeBudget(shift_s=300),
    )
    report = routing.check_plan(found.plan, grid.inputs, grid.matrix)
    assert report.violations == ()
    window = find_sites(grid.inputs, found.plan.day_type)[site_id]
    leaving = find_leaving(found.plan, site_id)
    assert leaving
    assert all(window.leave_from_s <= at <= window.leave_by_s for at in leaving)
    # Nobody is set down where nobody is in yet: they are listed, with the proof.
    assert {u.reason for u in found.plan.unserved} == {UnservedReason.NOT_RECEIVED}
    others = {t.passenger_id for t in grid.inputs.demands if t.site_id == site_id}
    assert {u.passenger_id for u in found.plan.unserved} <= others
    # A duty that does not call there is what it was.
    before = {d.duty_id: d for d in given.duties}
    after = {d.duty_id: d for d in found.plan.duties}
    calls = {
        d.duty_id
        for d in given.duties
        if any(s.site_id == site_id for r in d.routes if r.session.is_homeward for s in r.stops)
    }
    assert 0 < len(calls) < len(before)
    assert all(after[d] == before[d] for d in before.keys() - calls)


def test_a_search_of_the_day_plans_it_early(grid: Grid, site_id: str) -> None:
    early = find_day_type(grid.inputs, grid.inputs.service_date)
    assert early is not None
    plan = routing.optimise(
        grid.inputs, grid.matrix, grid.cost_model, day_type=early, steps=60, seed=1
    )
    assert routing.check_plan(plan, grid.inputs, grid.matrix).violations == ()
    window = find_sites(grid.inputs, early)[site_id]
    leaving = find_leaving(plan, site_id)
    assert leaving
    assert all(window.leave_from_s <= at <= window.leave_by_s for at in leaving)


def test_a_year_holds_a_plan_for_the_early_dates_and_the_usual_one_for_the_others(
    grid: Grid, site_id: str
) -> None:
    on = grid.inputs.service_date
    dates = [on, on + timedelta(days=14)]
    # Shown is a usual day, so that the early one follows it and does not take it whole.
    inputs = replace(grid.inputs, service_date=dates[1])
    timetable = routing.optimise_timetable(
        inputs, grid.matrix, grid.cost_model, steps=60, seed=1, dates=dates
    )
    by_id = {p.day_type.day_type_id: p for p in timetable.plans}
    early, usual = (by_id[dict(timetable.dates)[d]] for d in dates)
    assert max(find_leaving(early, site_id)) < 14 * 3600 < min(find_leaving(usual, site_id))
    for plan in (early, usual):
        assert routing.check_plan(plan, inputs, grid.matrix).violations == ()
