"""The statutory tests at their boundaries; every expectation is worked from the law's text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.eligibility import Answer
from data.passengers import Phase
from scenarios.eligibility import (
    EligibilityCase,
    assess_case,
    find_age,
    find_compulsory_end,
    find_compulsory_start,
)

ON = date(2026, 9, 10)


def case(age_years: int = 9, **changes: object) -> EligibilityCase:
    """Build a child of ordinary means near the school, whose birthday was the day before."""
    born = date(ON.year - age_years, 9, 9)
    plain = EligibilityCase(
        case_id="c",
        birth_date=born,
        assessment_date=ON,
        walk_m=Decimal(1000),
        drive_m=Decimal(1200),
        is_low_income=False,
        school_rank=1,
        is_faith_school=False,
        phase=Phase.PRIMARY if age_years < 11 else Phase.SECONDARY,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def decide(one: EligibilityCase) -> tuple[str, str]:
    found = assess_case(one)
    assert found.case_id == one.case_id
    assert found.reason
    return found.eligible.value, found.rule


@pytest.mark.parametrize(
    ("walk_m", "age", "expected"),
    [
        # 2.000 miles is within walking distance, more is beyond it
        ("3218.688", 7, ("no", "ELIG-1")),
        ("3218.6881", 7, ("yes", "ELIG-1")),
        ("3218.6881", 8, ("no", "ELIG-2")),
        # 3.000 miles from the eighth birthday
        ("4828.032", 8, ("no", "ELIG-2")),
        ("4828.0321", 8, ("yes", "ELIG-2")),
        ("4828.0321", 15, ("yes", "ELIG-2")),
    ],
)
def test_walking_distance_is_two_miles_under_eight_and_three_from_eight(
    walk_m: str, age: int, expected: tuple[str, str]
) -> None:
    assert decide(case(age, walk_m=Decimal(walk_m))) == expected


def test_threshold_changes_on_the_eighth_birthday_itself() -> None:
    walk = Decimal(4000)
    born = date(2018, 9, 10)
    assert decide(case(birth_date=born, walk_m=walk)) == ("no", "ELIG-2")
    later = born + timedelta(days=1)
    assert decide(case(birth_date=later, walk_m=walk)) == ("yes", "ELIG-1")


@pytest.mark.parametrize(
    ("age", "changes", "expected"),
    [
        (8, {"walk_m": Decimal("3218.69")}, ("yes", "ELIG-3")),
        (10, {"walk_m": Decimal("3218.69")}, ("yes", "ELIG-3")),
        (10, {"walk_m": Decimal("3218.688")}, ("no", "ELIG-3")),
        (10, {"walk_m": Decimal(4000), "school_rank": 2}, ("no", "ELIG-9")),
        # from eleven: one of the three nearest, two to six miles
        (11, {"walk_m": Decimal(4000), "school_rank": 3}, ("yes", "ELIG-4")),
        (11, {"walk_m": Decimal(4000), "school_rank": 4}, ("no", "ELIG-9")),
        (11, {"walk_m": Decimal("3218.688"), "school_rank": 2}, ("no", "ELIG-9")),
        (11, {"walk_m": Decimal("3218.688")}, ("no", "ELIG-4")),
        (12, {"walk_m": Decimal(4000), "drive_m": Decimal("9656.064")}, ("yes", "ELIG-4")),
        (12, {"walk_m": Decimal(4000), "drive_m": Decimal("9656.0641")}, ("no", "ELIG-4")),
        # religion or belief: two to fifteen miles, any rank among all schools
        (
            12,
            {
                "walk_m": Decimal(20_000),
                "drive_m": Decimal("24140.16"),
                "school_rank": 9,
                "is_faith_school": True,
            },
            ("yes", "ELIG-5"),
        ),
        (
            12,
            {
                "walk_m": Decimal(20_000),
                "drive_m": Decimal("24140.161"),
                "school_rank": 9,
                "is_faith_school": True,
            },
            ("no", "ELIG-9"),
        ),
    ],
)
def test_low_income_extends_the_right(
    age: int, changes: dict[str, object], expected: tuple[str, str]
) -> None:
    changes = {"drive_m": Decimal(5000), **changes}
    assert decide(case(age, is_low_income=True, **changes)) == expected


def test_the_day_before_the_eleventh_birthday_is_still_the_younger_rule() -> None:
    born = date(2015, 9, 11)
    young = case(birth_date=born, walk_m=Decimal(4000), is_low_income=True)
    assert decide(young) == ("yes", "ELIG-3")
    assert decide(replace(young, assessment_date=date(2026, 9, 11)))[1] == "ELIG-4"


@pytest.mark.parametrize(
    ("reasons", "rule"),
    [
        ({"send_reason": "cannot walk safely even if accompanied"}, "ELIG-7"),
        ({"unsafe_reason": "no footway on an A road"}, "ELIG-8"),
        ({"send_reason": "x", "unsafe_reason": "y"}, "ELIG-7"),
    ],
)
def test_a_recorded_reason_gives_the_right_at_any_distance_within_walking_distance(
    reasons: dict[str, str], rule: str
) -> None:
    assert decide(case(**reasons)) == ("yes", rule)
    assert decide(case(**reasons, walk_m=Decimal(0))) == ("yes", rule)
    assert decide(case(**reasons, school_rank=3)) == ("yes", rule)
    # beyond walking distance the distance itself decides
    assert decide(case(**reasons, walk_m=Decimal(5000))) == ("yes", "ELIG-2")
    assert decide(case(**reasons, walk_m=None)) == ("refer", rule)
    # a blank that is only spaces is no reason
    assert decide(case(send_reason="  ")) == ("no", "ELIG-2")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"birth_date": None}, "ELIG-10"),
        ({"assessment_date": None}, "ELIG-10"),
        ({"phase": None}, "ELIG-10"),
        ({"walk_m": None}, "ELIG-2"),
        ({"walk_m": Decimal(5000), "school_rank": None}, "ELIG-2"),
        ({"walk_m": Decimal(4000), "is_low_income": None}, "ELIG-3"),
    ],
)
def test_a_blank_that_a_rule_needs_is_referred_with_that_rule(
    changes: dict[str, object], rule: str
) -> None:
    assert decide(case(9, **changes)) == ("refer", rule)


def test_a_blank_that_no_rule_needs_is_not_referred() -> None:
    # within two miles low income cannot matter; nor can the rank
    assert decide(case(9, is_low_income=None))[0] == "no"
    assert decide(case(9, school_rank=None)) == ("no", "ELIG-2")
    assert decide(case(9, drive_m=None)) == ("no", "ELIG-2")


def test_later_blanks_are_referred_with_their_own_rule() -> None:
    poor = case(12, is_low_income=True, walk_m=Decimal(4000), drive_m=Decimal(5000))
    assert decide(replace(poor, drive_m=None)) == ("refer", "ELIG-4")
    far = replace(poor, school_rank=5, drive_m=Decimal(20_000), is_faith_school=None)
    assert decide(far) == ("refer", "ELIG-5")


@pytest.mark.parametrize(
    ("born", "start", "end"),
    [
        # prescribed days: 31 March, 31 August, 31 December; a birthday on one counts
        (date(2021, 8, 31), date(2026, 8, 31), date(2037, 6, 26)),
        (date(2021, 9, 1), date(2026, 12, 31), date(2038, 6, 25)),
        (date(2021, 12, 31), date(2026, 12, 31), date(2038, 6, 25)),
        (date(2022, 1, 1), date(2027, 3, 31), date(2038, 6, 25)),
        (date(2022, 4, 1), date(2027, 8, 31), date(2038, 6, 25)),
        # 29 February: the birthday is 1 March in other years
        (date(2020, 2, 29), date(2025, 3, 31), date(2036, 6, 27)),
    ],
)
def test_compulsory_school_age(born: date, start: date, end: date) -> None:
    assert find_compulsory_start(born) == start
    assert find_compulsory_end(born) == end
    assert end.weekday() == 4
    before = case(birth_date=born, assessment_date=start - timedelta(days=1))
    assert decide(before) == ("no", "ELIG-10")
    assert decide(replace(before, assessment_date=start))[1] != "ELIG-10"
    assert decide(replace(before, assessment_date=end))[0] == "no"
    after = replace(before, assessment_date=end + timedelta(days=1), phase=Phase.SECONDARY)
    assert decide(after) == ("refer", "ELIG-11")


def test_post_16_and_adults_are_referred_to_their_own_rules() -> None:
    assert decide(case(15, phase=Phase.POST_16, send_reason="x")) == ("refer", "ELIG-11")
    assert decide(case(40, phase=Phase.ADULT)) == ("refer", "ELIG-12")
    assert decide(case(4, phase=Phase.PRIMARY, send_reason="x")) == ("no", "ELIG-10")


def test_leap_day_age() -> None:
    born = date(2016, 2, 29)
    assert find_age(born, date(2024, 2, 28)) == 7
    assert find_age(born, date(2024, 2, 29)) == 8
    assert find_age(born, date(2025, 2, 28)) == 8
    assert find_age(born, date(2025, 3, 1)) == 9


distances = st.none() | st.decimals(0, 40_000, places=3)
flags = st.none() | st.booleans()


@given(
    age=st.integers(5, 15),
    walk=distances,
    drive=distances,
    low=flags,
    rank=st.none() | st.integers(1, 9),
    faith=flags,
)
def test_learning_more_never_turns_yes_into_no(
    age: int,
    walk: Decimal | None,
    drive: Decimal | None,
    low: bool | None,
    rank: int | None,
    faith: bool | None,
) -> None:
    one = case(
        age, walk_m=walk, drive_m=drive, is_low_income=low, school_rank=rank,
        is_faith_school=faith,
    )  # fmt: skip
    found = assess_case(one)
    filled = replace(
        one,
        walk_m=Decimal(100) if walk is None else walk,
        drive_m=Decimal(100) if drive is None else drive,
        is_low_income=bool(low),
        school_rank=rank or 1,
        is_faith_school=bool(faith),
    )
    more = assess_case(filled)
    if found.eligible is not Answer.REFER:
        assert more.eligible is found.eligible
    assert more.eligible is not Answer.REFER
    # the rule named is the last one tested, and all before it failed
    assert found.tested[-1].rule == found.rule or found.eligible is Answer.NO
    assert all(rule.outcome is False for rule in found.tested[:-1])
