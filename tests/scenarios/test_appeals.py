"""Proposal, decision, appeal: in order, by different people, to the working day (APP-1)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from data.eligibility import Answer, Assessment, CaseEvent, CaseHistory, EventKind
from data.errors import InputError, RefusedError
from data.people import Person, Role, RoleTerm
from data.samples.calendars import build_calendars
from data.working_days import WorkingDays
from scenarios.appeals import build_event, build_proposals, find_clock

NOW = datetime(2026, 12, 14, 9, tzinfo=UTC)
DAYS = WorkingDays(calendar=next(c for c in build_calendars() if c.calendar_id == "adult"))
K = EventKind


def person(name: str) -> Person:
    return Person(person_id=name, name=name, terms=(RoleTerm(role=Role.PLANNER, from_utc=NOW),))


ANN, BEN, CAT, DAN = (person(f"p.{n}") for n in ("ann", "ben", "cat", "dan"))


def assessment(**values: Any) -> Assessment:
    plain: dict[str, Any] = {
        "case_id": "C1", "place": "town", "passenger_id": "P1", "site_id": "S1",
        "assessed_on": date(2026, 12, 1), "answer": Answer.NO, "rule": "ELIG-2",
        "reason": "near", "walk_mm": 4_000_000, "drive_mm": 4_100_000, "school_rank": 1,
        "schools": (), "evidence": (), "against": (), "tested": (), "roads": "town abc",
    }  # fmt: skip
    return Assessment(**(plain | values))


def start(**values: Any) -> CaseHistory:
    (event,) = build_proposals([assessment(**values)], [], ANN, now_utc=NOW)
    return CaseHistory(place="town", case_id="C1", events=(event,))


def go(
    history: CaseHistory, kind: EventKind, who: Person, on: date, **more: Any
) -> CaseHistory:
    event: CaseEvent = build_event(history, kind, who, on=on, now_utc=NOW, days=DAYS, **more)
    return CaseHistory(place="town", case_id="C1", events=(*history.events, event))


def confirm() -> CaseHistory:
    return go(start(), K.CONFIRMED, ANN, date(2026, 12, 14))


def test_the_whole_way_with_every_last_day_over_christmas_and_easter() -> None:
    case = confirm()
    # Working days after Mon 14 Dec: 15-18 (4), 21-24 (8), 29-31 (11), 4-8 Jan (16), 11-14 (20).
    (clock,) = find_clock(case, DAYS, date(2027, 1, 14))
    assert (clock.due, clock.state, clock.days_left) == (date(2027, 1, 14), "running", 0)
    assert find_clock(case, DAYS, date(2027, 1, 15))[0].state == "lapsed"
    assert find_clock(case, DAYS, date(2026, 12, 24))[0].days_left == 12

    case = go(case, K.STAGE_1_ASKED, ANN, date(2027, 1, 14))
    # Thu 14 Jan: 15 (1), 18-22 (6), 25-29 (11), 1-5 Feb (16), 8-11 (20).
    assert find_clock(case, DAYS, date(2027, 1, 14))[1].due == date(2027, 2, 11)
    assert find_clock(case, DAYS, date(2027, 2, 12))[1].state == "overdue"

    case = go(case, K.STAGE_1_DECIDED, BEN, date(2027, 2, 12), answer=Answer.NO, note="near")
    assert [c.state for c in find_clock(case, DAYS, date(2027, 2, 12))] == [
        "met", "late", "running",
    ]  # fmt: skip
    # Fri 12 Feb: 15-19 (5), 22-26 (10), 1-5 Mar (15), 8-12 (20).
    assert find_clock(case, DAYS, date(2027, 2, 12))[2].due == date(2027, 3, 12)

    case = go(case, K.STAGE_2_ASKED, ANN, date(2027, 3, 12))
    # Fri 12 Mar: 15-19 (5), 22-25 (9), [26 and 29 Easter] 30-31 (11), 1-2 Apr (13), 5-9 (18),
    # 12-16 (23), 19-23 (28), 26-30 (33), [3 May] 4-7 (37), 10-12 (40).
    assert find_clock(case, DAYS, date(2027, 3, 12))[3].due == date(2027, 5, 12)

    case = go(case, K.STAGE_2_HEARD, CAT, date(2027, 5, 12), answer=Answer.YES, note="unsafe")
    # Wed 12 May: 13, 14, 17, 18, 19.
    assert find_clock(case, DAYS, date(2027, 5, 12))[4].due == date(2027, 5, 19)
    case = go(case, K.STAGE_2_LETTER, BEN, date(2027, 5, 19))
    assert case.last.answer is Answer.YES
    assert [c.state for c in find_clock(case, DAYS, date(2027, 6, 1))] == [
        "met", "late", "met", "met", "met",
    ]  # fmt: skip


def test_nobody_judges_a_case_twice() -> None:
    case = go(confirm(), K.STAGE_1_ASKED, ANN, date(2026, 12, 15))
    with pytest.raises(RefusedError, match=r"p\.ann confirmed the decision"):
        go(case, K.STAGE_1_DECIDED, ANN, date(2026, 12, 16), answer=Answer.NO, note="x")
    case = go(case, K.STAGE_1_DECIDED, BEN, date(2026, 12, 16), answer=Answer.NO, note="x")
    case = go(case, K.STAGE_2_ASKED, ANN, date(2026, 12, 17))
    for judge in (ANN, BEN):
        with pytest.raises(RefusedError, match="another person"):
            go(case, K.STAGE_2_HEARD, judge, date(2026, 12, 18), answer=Answer.NO, note="x")


@pytest.mark.parametrize(
    ("kind", "on", "more", "words"),
    [
        (K.STAGE_1_DECIDED, date(2026, 12, 15), {"answer": Answer.NO, "note": "x"}, "follow"),
        (K.STAGE_1_ASKED, date(2026, 12, 13), {}, "before the last step"),
        (K.STAGE_1_ASKED, date(2027, 1, 15), {}, "last day to ask was 2027-01-14"),
        (K.CONFIRMED, date(2026, 12, 15), {}, "does not follow"),
    ],
)
def test_steps_out_of_order_are_refused(
    kind: EventKind, on: date, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        go(confirm(), kind, BEN, on, **more)


def test_a_late_request_is_taken_with_a_reason_and_stays_late() -> None:
    case = go(confirm(), K.STAGE_1_ASKED, ANN, date(2027, 1, 15), note="letter went astray")
    assert find_clock(case, DAYS, date(2027, 1, 15))[0].state == "late"


def test_a_referred_case_needs_an_answer_and_a_changed_one_its_reason() -> None:
    referred = start(answer=Answer.REFER, rule="ELIG-7")
    with pytest.raises(RefusedError, match="yes or no"):
        go(referred, K.CONFIRMED, ANN, date(2026, 12, 2))
    with pytest.raises(RefusedError, match="needs a reason"):
        go(referred, K.CONFIRMED, ANN, date(2026, 12, 2), answer=Answer.YES)
    with pytest.raises(RefusedError, match="needs a reason"):
        go(start(), K.CONFIRMED, ANN, date(2026, 12, 2), answer=Answer.YES)
    case = go(start(), K.CONFIRMED, ANN, date(2026, 12, 2), answer=Answer.YES, note="unlit")
    assert (case.last.answer, case.last.rule) == (Answer.YES, "ELIG-2")


def test_a_new_proposal_stands_only_where_something_changed_and_no_appeal_is_open() -> None:
    case = confirm()
    assert build_proposals([assessment()], [case], ANN, now_utc=NOW) == ()
    moved = assessment(walk_mm=5_000_000, answer=Answer.YES)
    (event,) = build_proposals([moved], [case], ANN, now_utc=NOW)
    assert (event.number, event.kind) == (3, K.PROPOSED)
    again = CaseHistory(place="town", case_id="C1", events=(*case.events, event))
    assert find_clock(again, DAYS, date(2026, 12, 15)) == ()  # the old decision's clock is over
    open_case = go(case, K.STAGE_1_ASKED, ANN, date(2026, 12, 15))
    assert build_proposals([moved], [open_case], ANN, now_utc=NOW) == ()


def test_a_trial_is_never_kept() -> None:
    with pytest.raises(RefusedError, match="never kept"):
        start(is_trial=True)


def test_a_clock_beyond_the_calendar_is_refused() -> None:
    case = go(start(), K.CONFIRMED, ANN, date(2027, 8, 20))
    with pytest.raises(InputError, match="C010"):
        find_clock(case, DAYS, date(2027, 8, 21))
