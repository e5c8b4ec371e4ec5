"""The night of a date on which a site closes early: what it begins from, repairs and says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from data.demand import find_day_type, find_sites
from data.inputs import Inputs
from data.nights import DayChange, DayChangeKind, Envelope
from data.places import EarlyClosing
from nightly.day_inputs import apply_day_changes
from nightly.desk import find_reference
from nightly.explain import explain_plan
from nightly.solve import repair_date
from routing import check_plan
from tests.nightly.nights import begin, build_candidate, build_publication, open_store
from tests.reports.hand_made import SERVICE_DATE, build_inputs, build_plan
from tests.routing.grid_day import build_grid, plan_grid
from tests.routing.test_early_closings import close, find_busy_site

FORTNIGHT = timedelta(days=14)


def close_early(inputs: Inputs, *dates: date, leave_from_s: int = 13 * 3600) -> Inputs:
    """The small council, whose school closes early on some dates."""
    closings = tuple(
        EarlyClosing(site_id="school", on=on, leave_from_s=leave_from_s) for on in dates
    )
    return replace(inputs, early_closings=closings)


def test_it_begins_from_such_a_day_else_from_the_day_as_it_usually_is(tmp_path: Path) -> None:
    first, second, other = (SERVICE_DATE + k * FORTNIGHT for k in (1, 2, 3))
    always = frozenset(SERVICE_DATE + k * FORTNIGHT for k in range(4))
    inputs = close_early(build_inputs(), first, second)
    inputs = replace(
        inputs,
        calendars=tuple(
            replace(c, open_dates=always, last_date=other, week_b_dates=frozenset())
            for c in inputs.calendars
        ),
    )
    with open_store(tmp_path / "store.sqlite") as store:
        store.save_inputs(inputs, created_utc=begin(store).started_utc, code_version="test")
        # A usual Wednesday is published; the first early one begins from it.
        usual = replace(build_plan(), plan_id="usual")
        night = begin(store)
        fence_no = store.nights.take_fence(night.place, taken_utc=night.started_utc)
        kept = build_candidate(store, usual)
        store.nights.publish(build_publication(kept, fence_no), kept.plan_hash)
        assert find_reference(store, inputs, first).plan.plan_id == "usual"
        # It is published; the next one begins from it, a usual day from the usual day.
        early = find_day_type(inputs, first)
        assert early is not None
        plan = replace(build_plan(), plan_id="early", day_type=early, service_date=first)
        begin(store, "b" * 64, first)
        kept = build_candidate(store, plan)
        store.nights.publish(build_publication(kept, fence_no, "b" * 64, first), kept.plan_hash)
        assert find_reference(store, inputs, second).plan.plan_id == "early"
        assert find_reference(store, inputs, other).plan.plan_id == "usual"


def test_the_night_repairs_the_usual_plan_and_says_why() -> None:
    grid, known = build_grid(), plan_grid()
    on, site_id = grid.inputs.service_date, find_busy_site(known)
    inputs = close(grid.inputs, on, site_id)
    day = apply_day_changes(inputs, (), on)
    assert not day.is_changed
    inside, wider = repair_date(known, day, grid.matrix, Envelope())
    assert wider is None
    # Whoever must travel two hours earlier is no surprise: the calendar said so.
    assert inside.breaches == ()
    assert inside.plan.day_type == find_day_type(inputs, on)
    assert check_plan(inside.plan, day.inputs, grid.matrix).violations == ()
    told = explain_plan(known, inside.plan, changes=day.applied + day.announced)
    assert told.reasons
    assert {r.cause for r in told.reasons} <= {"site_leaves_early", "unserved"}
    assert f"site leaves early: {site_id}" in " ".join(r.text for r in told.reasons)


def build_change(leave_s: int) -> DayChange:
    """A change of the day that lets the school go at a time."""
    return DayChange(
        kind=DayChangeKind.SITE_LEAVES_EARLY,
        target_id="school",
        first_date=SERVICE_DATE,
        last_date=SERVICE_DATE,
        leave_s=leave_s,
    )


def test_a_change_of_the_day_counts_if_it_is_earlier_than_the_calendar() -> None:
    inputs = close_early(build_inputs(), SERVICE_DATE)
    sooner = apply_day_changes(inputs, [build_change(11 * 3600)], SERVICE_DATE)
    assert [c.leave_s for c in sooner.applied] == [11 * 3600]
    day_type = find_day_type(sooner.inputs, SERVICE_DATE)
    assert day_type is not None
    assert find_sites(sooner.inputs, day_type)["school"].leave_from_s == 11 * 3600
    assert find_sites(sooner.standing, day_type)["school"].leave_from_s == 13 * 3600
    # The calendar closes earlier already: the change does nothing and is listed as such.
    later = apply_day_changes(inputs, [build_change(14 * 3600)], SERVICE_DATE)
    assert later.applied == ()
    assert [c.leave_s for c in later.idle] == [14 * 3600]
    assert find_sites(later.inputs, day_type)["school"].leave_from_s == 13 * 3600
