"""Working days: Monday to Friday without bank holidays, by a calendar or by the rule."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.places import Calendar, Nation


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDays:
    """Which days are worked.

    Attributes
    ----------
    calendar
        Its open dates are the working days; None for Monday to Friday without the bank
        holidays of the nation, those by the rule and those proclaimed so far.
    nation
        Whose bank holidays hold where there is no calendar.
    """

    calendar: Calendar | None = None
    nation: Nation = Nation.ENGLAND

    @property
    def source(self) -> str:
        """Where the holidays come from, in words."""
        if self.calendar is None:
            return f"bank holidays of {self.nation.label} by the rule"
        return f"calendar {self.calendar.calendar_id}"

    def is_worked(self, on: date) -> bool:
        """Say whether a day is a working day.

        Raises
        ------
        InputError
            If the calendar has no data for the day (C010): it is never guessed.
        """
        if self.calendar is None:
            return on.weekday() < 5 and on not in find_bank_holidays(on.year, self.nation)
        if not self.calendar.first_date <= on <= self.calendar.last_date:
            name = self.calendar.calendar_id
            raise InputError(
                [
                    Problem(
                        code="C010",
                        severity=Severity.ERROR,
                        sheet="calendars",
                        value=on.isoformat(),
                        cause=f"calendar {name} has no data for {on.isoformat()}.",
                        suggestion="Extend the calendar, or leave it out to count by the "
                        "bank holidays of the nation.",
                    )
                ]
            )
        return on in self.calendar.open_dates

    def add(self, on: date, n_days: int) -> date:
        """Find the n-th working day after a day; the day itself does not count.

        Raises
        ------
        ValueError
            If `n_days` is not positive.
        """
        if n_days < 1:
            raise ValueError("a clock runs for at least one working day")
        day, left = on, n_days
        while left:
            day += timedelta(days=1)
            left -= self.is_worked(day)
        return day

    def count(self, first: date, last: date) -> int:
        """Count the working days after `first` up to and with `last`."""
        n = (last - first).days
        return sum(self.is_worked(first + timedelta(days=k + 1)) for k in range(max(0, n)))


def find_easter(year: int) -> date:
    """Find Easter Sunday of the Gregorian calendar.

    Notes
    -----
    The anonymous algorithm (Meeus, Astronomical Algorithms, 1991, chapter 8).

    Examples
    --------
    >>> find_easter(2027).isoformat(), find_easter(2024).isoformat()
    ('2027-03-28', '2024-03-31')
    """
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


@cache
def find_bank_holidays(year: int, nation: Nation = Nation.ENGLAND) -> frozenset[date]:
    """Find the bank holidays of a nation of the United Kingdom in a year.

    Banking and Financial Dealings Act 1971, schedule 1; St Andrew's Day Bank Holiday (Scotland)
    Act 2007; those that a royal proclamation repeats every year (1 May's Monday, New Year's
    Day, 12 July); and the customary substitutes: a holiday at a weekend moves to the next
    weekday that is none. Days added and moved by a proclamation of their own are data, each
    with its source (``data/sources/bank_holidays.csv``).

    Examples
    --------
    >>> [d.isoformat() for d in sorted(find_bank_holidays(2027))][-2:]
    ['2027-12-27', '2027-12-28']
    >>> date(2026, 11, 30) in find_bank_holidays(2026, Nation.SCOTLAND)
    True
    """
    easter = find_easter(year)
    is_scotland = nation is Nation.SCOTLAND
    found = {
        easter - timedelta(days=2),
        _find_monday(date(year, 5, 1)),
        _find_monday(date(year, 5, 25)),
        _find_monday(date(year, 8, 1 if is_scotland else 25)),
    }
    if not is_scotland:
        found.add(easter + timedelta(days=1))
    for month, day_of_month in _FIXED[nation]:
        day = date(year, month, day_of_month)
        while day.weekday() >= 5 or day in found:
            day += timedelta(days=1)
        found.add(day)
    added, removed = read_proclaimed(nation)
    return frozenset((found - removed) | {day for day in added if day.year == year})


_FIXED: dict[Nation, tuple[tuple[int, int], ...]] = {
    Nation.ENGLAND: ((1, 1), (12, 25), (12, 26)),
    Nation.WALES: ((1, 1), (12, 25), (12, 26)),
    Nation.SCOTLAND: ((1, 1), (1, 2), (11, 30), (12, 25), (12, 26)),
    Nation.NORTHERN_IRELAND: ((1, 1), (3, 17), (7, 12), (12, 25), (12, 26)),
}
"""Month and day of the holidays with a date of their own, in the order in which they move."""


@cache
def read_proclaimed(nation: Nation) -> tuple[frozenset[date], frozenset[date]]:
    """Read the bank holidays of a nation that were added by proclamation, and those moved."""
    path = Path(__file__).parent / "sources" / "bank_holidays.csv"
    days: dict[str, set[date]] = {"added": set(), "removed": set()}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["nations"] == "all" or nation in row["nations"].split():
                days[row["change"]].add(date.fromisoformat(row["date"]))
    return frozenset(days["added"]), frozenset(days["removed"])


def _find_monday(day: date) -> date:
    """Find the first Monday on or after a day."""
    return day + timedelta(days=-day.weekday() % 7)
