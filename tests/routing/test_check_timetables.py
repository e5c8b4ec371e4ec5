"""The checker on timetables: every open date has its plan, nobody works a fortnight through."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from data.demand import find_day_types, find_travellers
from data.places import Session
from data.plan_files import write_plan_file
from data.plans import Plan, Timetable, Unserved, UnservedReason
from routing.check import build_report_lines, check_timetable, judge_file
from tests.routing.plan_factory import GoodCase, build_good_case

SEEDS = range(25)


def _case(seed: int) -> GoodCase:
    """A good case whose plan stands for its day type."""
    case = build_good_case(seed)
    return replace(case, plan=replace(case.plan, service_date=None))


def _timetable(case: GoodCase) -> Timetable:
    """The case's plan on its date; on the other open date nobody is carried."""
    day_types, dates = find_day_types(case.inputs)
    plans = []
    for day_type in day_types:
        if day_type == case.plan.day_type:
            plans.append(case.plan)
            continue
        unserved = tuple(
            Unserved(
                passenger_id=t.passenger_id,
                session=session,
                reason=UnservedReason.NO_CAPACITY_LEFT,
            )
            for session in Session
            for t in find_travellers(case.inputs, day_type, session)
        )
        plans.append(
            Plan(
                plan_id=f"nobody-{day_type.day_type_id}",
                place="factory",
                day_type=day_type,
                service_date=None,
                duties=(),
                unserved=unserved,
            )
        )
    return Timetable(timetable_id="year", plans=tuple(plans), dates=tuple(dates.items()))


def _codes(case: GoodCase, timetable: Timetable) -> tuple[str, ...]:
    return check_timetable(timetable, case.inputs, case.matrix).codes


@pytest.mark.parametrize("seed", SEEDS)
def test_good_timetables_raise_no_alarm(seed: int) -> None:
    case = _case(seed)
    report = check_timetable(_timetable(case), case.inputs, case.matrix)
    assert report.violations == ()
    assert len(report.parts) == 2
    assert report.counts.n_routes == len(case.plan.routes)
    assert report.counts.n_journeys == sum(p.counts.n_journeys for p in report.parts)


def test_violations_of_the_plans_are_those_of_the_timetable() -> None:
    case = _case(0)
    timetable = _timetable(case)
    plans = tuple(replace(plan, unserved=(), duties=()) for plan in timetable.plans)
    report = check_timetable(replace(timetable, plans=plans), case.inputs, case.matrix)
    assert set(report.codes) == {"JOURNEY_MISSING"}
    assert len(report.violations) == sum(len(part.violations) for part in report.parts)
    assert "2 plans" in build_report_lines(report)[0]


def test_open_date_without_plan_is_named() -> None:
    case = _case(1)
    timetable = _timetable(case)
    report = check_timetable(
        replace(timetable, dates=timetable.dates[1:]), case.inputs, case.matrix
    )
    (violation,) = report.violations
    assert violation.code == "DATE_WITHOUT_PLAN"
    assert timetable.dates[0][0].isoformat() in violation.sentence


def test_service_on_a_closed_date_is_named() -> None:
    case = _case(2)
    timetable = _timetable(case)
    closed = case.inputs.year_from
    dates = ((closed, case.plan.day_type.day_type_id), *timetable.dates)
    report = check_timetable(replace(timetable, dates=dates), case.inputs, case.matrix)
    assert "DATE_CLOSED" in report.codes
    assert any(closed.isoformat() in v.sentence for v in report.violations)


def test_date_listed_twice_is_named() -> None:
    case = _case(3)
    timetable = _timetable(case)
    dates = (*timetable.dates, timetable.dates[0])
    assert _codes(case, replace(timetable, dates=dates)) == ("DATE_TWICE",)


def test_date_that_runs_another_days_plan_is_named() -> None:
    case = _case(4)
    timetable = _timetable(case)
    days, types = zip(*timetable.dates, strict=True)
    dates = tuple(zip(days, types[::-1], strict=True))
    assert "DATE_DAY_TYPE" in _codes(case, replace(timetable, dates=dates))


def test_day_type_without_plan_and_with_two_is_named() -> None:
    case = _case(5)
    timetable = _timetable(case)
    lacking = replace(timetable, plans=timetable.plans[1:])
    assert _codes(case, lacking) == ("PLAN_MISSING",)
    double = replace(timetable, plans=(*timetable.plans, timetable.plans[0]))
    assert _codes(case, double) == ("PLAN_TWICE",)


def test_day_type_of_another_form_is_named() -> None:
    case = _case(6)
    timetable = _timetable(case)
    plan = next(p for p in timetable.plans if p == case.plan)
    odd = replace(plan, day_type=replace(plan.day_type, weekday=6))
    plans = tuple(odd if p == plan else p for p in timetable.plans)
    assert "DAY_TYPE_UNKNOWN" in _codes(case, replace(timetable, plans=plans))


def test_missing_calendar_data_is_named_and_no_school_day() -> None:
    case = _case(7)
    inputs = replace(case.inputs, year_to=date(2030, 1, 1))
    report = check_timetable(_timetable(case), inputs, case.matrix)
    assert "DATE_NO_CALENDAR" in report.codes


def test_rate_card_must_hold_on_every_date_its_duty_runs() -> None:
    case = next(c for c in map(_case, SEEDS) if any(d.rate_card_id for d in c.plan.duties))
    (card_id, *_) = (d.rate_card_id for d in case.plan.duties if d.rate_card_id)
    timetable = _timetable(case)
    day_type_id = case.plan.day_type.day_type_id
    (card,) = (c for c in case.inputs.rate_cards if c.rate_card_id == card_id)
    later = card.valid_to + timedelta(days=1)
    dates = (*timetable.dates, (later, day_type_id))
    report = check_timetable(replace(timetable, dates=dates), case.inputs, case.matrix)
    named = [v for v in report.violations if v.code == "RATE_CARD_DATE"]
    assert any(later.isoformat() in v.sentence and card_id in v.sentence for v in named)


@pytest.mark.parametrize(("n_days", "over"), [(12, None), (13, 1), (14, 2)])
def test_duty_needs_two_days_off_in_a_fortnight(n_days: int, over: int | None) -> None:
    case = next(c for c in map(_case, SEEDS) if any(d.crew_ids for d in c.plan.duties))
    timetable = _timetable(case)
    first = date(2026, 11, 2)
    # Two full weeks but the days off, then the fifteenth day, which is in no fortnight with the
    # first.
    worked = [first + timedelta(days=i) for i in (*range(n_days), 14)]
    dates = tuple((on, case.plan.day_type.day_type_id) for on in worked)
    report = check_timetable(replace(timetable, dates=dates), case.inputs, case.matrix)
    found = [v for v in report.violations if v.code == "HOURS_FORTNIGHT"]
    if over is None:
        assert found == []
        return
    n_workers = len(case.plan.duties) + sum(len(d.crew_ids) for d in case.plan.duties)
    assert len(found) == n_workers
    assert {v.over for v in found} == {over}
    duty_ids = {duty.duty_id for duty in case.plan.duties}
    assert {v.duty_id for v in found} == duty_ids | {None}


def test_crew_of_different_duties_on_different_days_is_counted_together() -> None:
    case = next(c for c in map(_case, SEEDS) if any(d.crew_ids for d in c.plan.duties))
    timetable = _timetable(case)
    other = next(p for p in timetable.plans if p != case.plan)
    (duty, *_) = (d for d in case.plan.duties if d.crew_ids)
    renamed = replace(other, duties=(replace(duty, duty_id="another"),))
    plans = (case.plan, renamed)
    first = date(2026, 11, 2)
    types = (case.plan.day_type.day_type_id, other.day_type.day_type_id)
    dates = tuple((first + timedelta(days=i), types[i % 2]) for i in range(14))
    report = check_timetable(
        replace(timetable, plans=plans, dates=dates), case.inputs, case.matrix
    )
    named = [v.sentence for v in report.violations if v.code == "HOURS_FORTNIGHT"]
    assert len(named) == len(duty.crew_ids)
    assert all("crew" in sentence for sentence in named)


def test_timetable_is_judged_from_a_file(tmp_path: Path) -> None:
    case = _case(8)
    path = tmp_path / "year.json"
    write_plan_file(_timetable(case), path)
    report = judge_file(path, case.inputs, case.matrix)
    assert report == check_timetable(_timetable(case), case.inputs, case.matrix)
    assert report.is_good


def test_judging_changes_nothing() -> None:
    case = _case(9)
    before = _case(9)
    check_timetable(_timetable(case), case.inputs, case.matrix)
    assert case.inputs == before.inputs
    assert case.plan == before.plan
