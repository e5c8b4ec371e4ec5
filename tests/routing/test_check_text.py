"""What the checker says: every violation is a sentence a planner can act on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.places import Period, Session
from data.plans import Plan
from routing.check import build_report_lines, check_plan
from routing.checks.findings import Findings, Where, format_clock, format_duration
from tests.routing.example_town import (
    DRIVE_M,
    DRIVE_S,
    build_small_inputs,
    build_small_matrix,
    read_example,
    with_stop,
)


def _sentences(plan: Plan, **changes: object) -> list[str]:
    inputs = replace(build_small_inputs(), **changes)
    report = check_plan(plan, inputs, build_small_matrix())
    return [violation.sentence for violation in report.violations]


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (4_500, "75 min"),
        (-1, "-1 s"),
        (-60, "-1 min"),
        (-61, "-1 min 1 s"),
    ],
)
def test_durations_read_as_minutes_and_seconds(duration_s: int, text: str) -> None:
    assert format_duration(duration_s) == text


@pytest.mark.parametrize(
    ("time_s", "text"),
    [(0, "00:00:00"), (30_601, "08:30:01"), (90_000, "25:00:00"), (-61, "-00:01:01")],
)
def test_clocks_read_as_hours_also_outside_the_day(time_s: int, text: str) -> None:
    assert format_clock(time_s) == text


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (Where(), "the plan"),
        (Where(duty_id="D"), "duty D"),
        (Where(duty_id="D", route_id="R", session=Session.AM), "duty D, route R"),
        (Where(duty_id="D", session=Session.PM), "duty D, session pm"),
        (Where(session=Session.DAY_OUT), "session day_out"),
        (Where(duty_id="D", route_id="R").at_stop(0), "duty D, route R, stop 1"),
    ],
)
def test_places_read_from_duty_to_stop(where: Where, text: str) -> None:
    assert str(where) == text


def test_amount_over_needs_both_sides() -> None:
    findings = Findings(plan_id="p")
    for found, limit in ((5, None), (None, 5), (None, None), (5, 7), (7, 5)):
        findings.add("AREA", Where(), "so.", found=found, limit=limit, unit="m")
    assert [v.over for v in findings.violations] == [0, 0, 0, 2, 2]
    assert [v.rule for v in findings.violations] == ["5.6"] * 5
    assert findings.n_legs == 0


def test_wrong_ends_are_said_in_the_direction_of_the_route() -> None:
    plan = read_example()
    (duty,) = plan.duties
    am, pm = duty.routes
    cut = (replace(am, stops=am.stops[:2]), replace(pm, stops=pm.stops[1:]))
    said = _sentences(replace(plan, duties=(replace(duty, routes=cut),)))
    assert (
        "Duty D1, route D1-am, stop 2: an outward route ends at a site, this is a home stop."
    ) in said
    assert (
        "Duty D1, route D1-pm, stop 1: a homeward route begins at a site, this is a home stop."
    ) in said


def test_boarding_at_the_wrong_end_is_said_with_the_kind_of_stop() -> None:
    plan = with_stop(read_example(), 0, 2, boarding=("P1",))
    plan = with_stop(plan, 1, 1, boarding=("P1",))
    said = _sentences(plan)
    assert "Duty D1, route D1-am, stop 3: P1 board(s) at a site of an outward route." in said
    assert (
        "Duty D1, route D1-pm, stop 2: P1 board(s) at a home stop of a homeward route."
    ) in said


def test_site_of_another_session_is_said_with_its_kind() -> None:
    plan = read_example()
    (duty,) = plan.duties
    routes = (replace(duty.routes[0], session=Session.DAY_OUT), duty.routes[1])
    said = _sentences(replace(plan, duties=(replace(duty, routes=routes),)))
    assert (
        "Duty D1, route D1-am, stop 3: site school is not a day centre; session day_out does "
        "not serve it."
    ) in said


@pytest.mark.parametrize(("route", "stop", "word"), [(0, 2, "last"), (1, 0, "first")])
def test_waiting_at_an_end_is_said_with_the_end(route: int, stop: int, word: str) -> None:
    plan = read_example()
    leave_s = plan.routes[route].stops[stop].leave_s
    said = _sentences(with_stop(plan, route, stop, leave_s=leave_s + 65))
    assert any(
        f"waits 1 min 5 s at site school, the {word} stop, where there is no waiting." in line
        for line in said
    )


def test_getting_on_and_off_at_one_stop_is_no_ride() -> None:
    plan = with_stop(read_example(), 0, 0, alighting=("P1",))
    report = check_plan(plan, build_small_inputs(), build_small_matrix())
    found = {(v.code, v.stop_number) for v in report.violations}
    assert ("ALIGHTS_BEFORE_BOARDING", 1) in found
    assert ("ALIGHTS_TWICE", 3) in found


def test_places_at_no_distance_are_no_missing_path() -> None:
    # P2 lives next door to P1, to which the drive takes no second and no metre: the bus comes
    # 240 s later to P1, so that all later times stay, and need not drive between the doors.
    matrix = build_small_matrix()
    times, lengths = DRIVE_S.copy(), DRIVE_M.copy()
    for table in (times, lengths):
        table[1, 2] = table[2, 1] = 0
    near = replace(
        matrix,
        duration_s=dict.fromkeys(Period, times),
        distance_m=dict.fromkeys(Period, lengths),
    )
    plan = with_stop(read_example(), 0, 0, arrive_s=28_740, leave_s=28_800)
    plan = with_stop(plan, 0, 1, drive_s=0, drive_m=0)
    plan = with_stop(plan, 1, 2, arrive_s=55_650, leave_s=55_680, drive_s=0, drive_m=0)
    (duty,) = plan.duties
    first, *middle, last = duty.dead_runs
    first = replace(first, depart_s=28_440, arrive_s=28_740)
    last = replace(last, depart_s=55_680, arrive_s=55_980)
    plan = replace(plan, duties=(replace(duty, dead_runs=(first, *middle, last)),))
    report = check_plan(plan, build_small_inputs(), near)
    assert report.violations == ()


@pytest.mark.parametrize("table", ["duration_s", "distance_m"])
def test_matrix_without_a_period_or_a_length_has_no_path(table: str) -> None:
    matrix = build_small_matrix()
    missing = replace(matrix, **{table: {}})
    assert "NO_PATH" in check_plan(read_example(), build_small_inputs(), missing).codes
    closed = np.full_like(DRIVE_S, -1)
    blocked = replace(matrix, **{table: dict.fromkeys(Period, closed)})
    assert "NO_PATH" in check_plan(read_example(), build_small_inputs(), blocked).codes


def test_direct_drive_without_a_path_is_said() -> None:
    matrix = build_small_matrix()
    times = DRIVE_S.copy()
    times[1, 3] = -1  # from the first home straight to the school, a way the route never takes
    broken = replace(matrix, duration_s=dict.fromkeys(Period, times))
    report = check_plan(read_example(), build_small_inputs(), broken)
    (violation,) = report.violations
    assert (violation.code, violation.passenger_ids) == ("NO_PATH", ("P1",))
    assert violation.sentence.endswith("no direct drive for passenger P1.")


def test_report_counts_codes_and_cuts_long_lists() -> None:
    plan = replace(read_example(), duties=(), unserved=())
    report = check_plan(plan, build_small_inputs(), build_small_matrix())
    lines = build_report_lines(report, n_most=3)
    assert lines[0] == "Plan example (wed-a-term): 4 BROKEN RULES"
    assert "  JOURNEY_MISSING          6.1        4" in lines
    assert sum("neither aboard" in line for line in lines) == 3
    assert "  and 1 more" in lines
    assert all(len(line) <= 110 for line in lines)


def test_report_of_a_good_plan_says_so_and_shows_the_money() -> None:
    report = check_plan(read_example(), build_small_inputs(), build_small_matrix(), lines=())
    # Without any line the one duty is not priced, and nothing costs nothing.
    assert report.codes == ("DUTY_NOT_PRICED",)
    lines = build_report_lines(replace(report, violations=()))
    assert lines[0] == "Plan example (wed-a-term): GOOD: no rule is broken"
    assert any("£0.00, full cost £0.00" in line for line in lines)
    assert any("longest 17 min" in line for line in lines)
