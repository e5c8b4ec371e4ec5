"""Calendars of the sample year: 190 school days and 253 adult service days."""

from __future__ import annotations

from datetime import date, timedelta

from data.places import Calendar

YEAR_FROM = date(2026, 9, 1)
YEAR_TO = date(2027, 8, 31)
SERVICE_DATE = date(2026, 11, 25)
"""A Wednesday in term."""

SCHOOL_CALENDAR_ID = "school"
ADULT_CALENDAR_ID = "adult"

BANK_HOLIDAYS = frozenset(
    {
        date(2026, 12, 25),
        date(2026, 12, 28),  # in place of Saturday 26 December
        date(2027, 1, 1),
        date(2027, 3, 26),
        date(2027, 3, 29),
        date(2027, 5, 3),
        date(2027, 5, 31),
        date(2027, 8, 30),
    }
)
"""Bank holidays in England and Wales (Banking and Financial Dealings Act 1971, sch. 1)."""

TERMS = (
    (date(2026, 9, 1), date(2026, 10, 23)),
    (date(2026, 11, 2), date(2026, 12, 18)),
    (date(2027, 1, 4), date(2027, 2, 12)),
    (date(2027, 2, 22), date(2027, 3, 25)),
    (date(2027, 4, 12), date(2027, 5, 28)),
    (date(2027, 6, 7), date(2027, 7, 21)),
)
"""Half terms in the usual shape of an English school year; the exact dates are assumed."""

TRAINING_DAYS = frozenset(
    {
        date(2026, 9, 1),
        date(2026, 9, 2),
        date(2026, 11, 2),
        date(2027, 1, 4),
        date(2027, 6, 7),
    }
)
"""Five days on which staff train and pupils stay at home (assumed dates)."""


def build_calendars() -> tuple[Calendar, ...]:
    """Build the school and the adult calendar of the sample year.

    Weeks of term alternate A and B from the first week on; days without school are all week A,
    so that they make no day types of their own.
    """
    every = [YEAR_FROM + timedelta(days=i) for i in range((YEAR_TO - YEAR_FROM).days + 1)]
    working = [d for d in every if d.weekday() < 5 and d not in BANK_HOLIDAYS]
    in_term = [d for d in working if any(a <= d <= b for a, b in TERMS)]
    mondays = sorted({d - timedelta(days=d.weekday()) for d in in_term})
    week_b = frozenset(mondays[1::2])
    school = frozenset(d for d in in_term if d not in TRAINING_DAYS)
    b_dates = frozenset(d for d in school if d - timedelta(days=d.weekday()) in week_b)
    return (
        Calendar(
            calendar_id=ADULT_CALENDAR_ID,
            name="Adult services: Monday to Friday but for bank holidays",
            first_date=YEAR_FROM,
            last_date=YEAR_TO,
            open_dates=frozenset(working),
            week_b_dates=b_dates,
        ),
        Calendar(
            calendar_id=SCHOOL_CALENDAR_ID,
            name="Schools and colleges 2026/27 (assumed term dates)",
            first_date=YEAR_FROM,
            last_date=YEAR_TO,
            open_dates=school,
            week_b_dates=b_dates,
        ),
    )
