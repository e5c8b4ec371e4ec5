"""Working days: weekends and bank holidays left out, to the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputError
from data.places import Calendar, Nation
from data.samples.calendars import BANK_HOLIDAYS, YEAR_FROM, YEAR_TO, build_calendars
from data.working_days import WorkingDays, find_bank_holidays, find_easter

PLAIN = WorkingDays()
ADULT = next(c for c in build_calendars() if c.calendar_id == "adult")


@pytest.mark.parametrize(
    ("year", "easter"),
    # tables of the Book of Common Prayer
    [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5)),
     (2027, date(2027, 3, 28)), (2038, date(2038, 4, 25)), (2285, date(2285, 3, 22))],
)  # fmt: skip
def test_easter(year: int, easter: date) -> None:
    assert find_easter(year) == easter


def test_bank_holidays_are_the_published_ones() -> None:
    # www.gov.uk/bank-holidays, England and Wales: two years by the rule alone, and 2022, whose
    # spring holiday was moved and which had two proclaimed days besides.
    assert sorted(find_bank_holidays(2021)) == [
        date(2021, 1, 1), date(2021, 4, 2), date(2021, 4, 5), date(2021, 5, 3),
        date(2021, 5, 31), date(2021, 8, 30), date(2021, 12, 27), date(2021, 12, 28),
    ]  # fmt: skip
    assert sorted(find_bank_holidays(2022)) == [
        date(2022, 1, 3), date(2022, 4, 15), date(2022, 4, 18), date(2022, 5, 2),
        date(2022, 6, 2), date(2022, 6, 3), date(2022, 8, 29), date(2022, 9, 19),
        date(2022, 12, 26), date(2022, 12, 27),
    ]  # fmt: skip
    assert date(2020, 5, 8) in find_bank_holidays(2020)
    assert date(2020, 5, 4) not in find_bank_holidays(2020)
    assert date(2023, 5, 8) in find_bank_holidays(2023)
    assert len(find_bank_holidays(2023)) == 9
    assert sorted(find_bank_holidays(2024)) == [
        date(2024, 1, 1), date(2024, 3, 29), date(2024, 4, 1), date(2024, 5, 6),
        date(2024, 5, 27), date(2024, 8, 26), date(2024, 12, 25), date(2024, 12, 26),
    ]  # fmt: skip
    # 26 December 2026 is a Saturday: Monday the 28th in its place
    assert {date(2026, 12, 25), date(2026, 12, 28)} <= find_bank_holidays(2026)
    # Sunday 25 December 2022 and Monday the 26th: Tuesday the 27th in place of Christmas Day
    assert {date(2022, 12, 26), date(2022, 12, 27)} <= find_bank_holidays(2022)


def test_wales_keeps_the_holidays_of_england() -> None:
    for year in range(2011, 2040):
        assert find_bank_holidays(year, Nation.WALES) == find_bank_holidays(year)


def test_bank_holidays_of_scotland_are_the_published_ones() -> None:
    # www.gov.uk/bank-holidays, Scotland. 2022: 1 and 2 January fell on a weekend. 2024: 30
    # November was a Saturday. 2026: a day proclaimed for Scotland alone.
    assert sorted(find_bank_holidays(2022, Nation.SCOTLAND)) == [
        date(2022, 1, 3), date(2022, 1, 4), date(2022, 4, 15), date(2022, 5, 2),
        date(2022, 6, 2), date(2022, 6, 3), date(2022, 8, 1), date(2022, 9, 19),
        date(2022, 11, 30), date(2022, 12, 26), date(2022, 12, 27),
    ]  # fmt: skip
    assert sorted(find_bank_holidays(2023, Nation.SCOTLAND)) == [
        date(2023, 1, 2), date(2023, 1, 3), date(2023, 4, 7), date(2023, 5, 1),
        date(2023, 5, 8), date(2023, 5, 29), date(2023, 8, 7), date(2023, 11, 30),
        date(2023, 12, 25), date(2023, 12, 26),
    ]  # fmt: skip
    assert sorted(find_bank_holidays(2024, Nation.SCOTLAND)) == [
        date(2024, 1, 1), date(2024, 1, 2), date(2024, 3, 29), date(2024, 5, 6),
        date(2024, 5, 27), date(2024, 8, 5), date(2024, 12, 2), date(2024, 12, 25),
        date(2024, 12, 26),
    ]  # fmt: skip
    assert date(2026, 6, 15) in find_bank_holidays(2026, Nation.SCOTLAND)
    assert date(2026, 6, 15) not in find_bank_holidays(2026)


def test_bank_holidays_of_northern_ireland_are_the_published_ones() -> None:
    # www.gov.uk/bank-holidays, Northern Ireland: 17 March 2024 and 12 July 2026 are Sundays, 12
    # July 2025 is a Saturday.
    assert sorted(find_bank_holidays(2024, Nation.NORTHERN_IRELAND)) == [
        date(2024, 1, 1), date(2024, 3, 18), date(2024, 3, 29), date(2024, 4, 1),
        date(2024, 5, 6), date(2024, 5, 27), date(2024, 7, 12), date(2024, 8, 26),
        date(2024, 12, 25), date(2024, 12, 26),
    ]  # fmt: skip
    assert sorted(find_bank_holidays(2025, Nation.NORTHERN_IRELAND)) == [
        date(2025, 1, 1), date(2025, 3, 17), date(2025, 4, 18), date(2025, 4, 21),
        date(2025, 5, 5), date(2025, 5, 26), date(2025, 7, 14), date(2025, 8, 25),
        date(2025, 12, 25), date(2025, 12, 26),
    ]  # fmt: skip
    assert date(2026, 7, 13) in find_bank_holidays(2026, Nation.NORTHERN_IRELAND)


def test_a_clock_of_working_days_counts_by_its_nation() -> None:
    # From Friday 27 November 2026: Monday the 30th is St Andrew's Day, a holiday in Scotland.
    friday = date(2026, 11, 27)
    assert WorkingDays().add(friday, 1) == date(2026, 11, 30)
    scottish = WorkingDays(nation=Nation.SCOTLAND)
    assert scottish.add(friday, 1) == date(2026, 12, 1)
    assert scottish.source == "bank holidays of Scotland by the rule"
    northern = WorkingDays(nation=Nation.NORTHERN_IRELAND)
    assert northern.source == "bank holidays of Northern Ireland by the rule"


def test_the_rule_and_the_sample_calendar_agree_over_its_year() -> None:
    by_rule = find_bank_holidays(2026) | find_bank_holidays(2027)
    assert {d for d in by_rule if YEAR_FROM <= d <= YEAR_TO} == BANK_HOLIDAYS


def test_twenty_working_days_over_christmas() -> None:
    # From Monday 14 December 2026: 15-18 (4), 21-24 (8), [25 and 28 holidays] 29-31 (11),
    # [1 January] 4-8 (16), 11-14 (20).
    assert PLAIN.add(date(2026, 12, 14), 20) == date(2027, 1, 14)
    calendar = WorkingDays(calendar=ADULT)
    assert calendar.add(date(2026, 12, 14), 20) == date(2027, 1, 14)
    assert PLAIN.count(date(2026, 12, 14), date(2027, 1, 14)) == 20


def test_a_day_that_is_not_worked_does_not_count_itself() -> None:
    # from a Saturday the first working day is the Monday
    assert PLAIN.add(date(2026, 11, 21), 1) == date(2026, 11, 23)
    assert PLAIN.add(date(2027, 3, 25), 1) == date(2027, 3, 30)  # over Easter


def test_beyond_the_calendar_is_refused_and_never_guessed() -> None:
    with pytest.raises(InputError, match="C010"):
        WorkingDays(calendar=ADULT).add(date(2027, 8, 27), 20)


def test_a_council_closing_between_the_years_moves_the_clock() -> None:
    closed = frozenset({date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31)})
    own = Calendar(
        calendar_id="office",
        name="",
        first_date=ADULT.first_date,
        last_date=ADULT.last_date,
        open_dates=ADULT.open_dates - closed,
    )
    assert WorkingDays(calendar=own).add(date(2026, 12, 14), 20) == date(2027, 1, 19)


@settings(deadline=None)
@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_the_nth_day_is_worked_and_n_days_away(start: date, n: int) -> None:
    due = PLAIN.add(start, n)
    assert PLAIN.is_worked(due)
    assert PLAIN.count(start, due) == n
    assert PLAIN.count(start, due - timedelta(days=1)) == n - 1
