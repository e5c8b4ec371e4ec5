"""Dates and times of day as spreadsheets and people write them.

Numbers are days since the spreadsheet's epoch; a reader of workbooks turns the 1904 system into
the 1900 one before the cell gets here. Dates are day first, as in Britain.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from data.imports.columns import Warn, build_fault
from data.units import S_PER_DAY, S_PER_HOUR

_EPOCH = date(1899, 12, 30)
_FIRST_SERIAL = 7_306  # 1 January 1920: nobody alive and travelling has an earlier date
_LAST_SERIAL = 73_415  # 31 December 2100
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_ISO = re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?$")
_BRITISH = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{2}|\d{4})(?: 00:00(?::00)?)?$")
_WORDS = re.compile(
    r"^(?:[a-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[- ]([a-z]{3,9})\.?[-, ]+(\d{2}|\d{4})$"
)
_TIME = re.compile(
    r"^(\d{1,2})(?:[:.h](\d{2}))?(?:[:.](\d{2})(?:\.0+)?)?\s*(am|pm|a\.m\.|p\.m\.|noon)?$"
)
_MILITARY = re.compile(r"^([01]\d|2[0-4])([0-5]\d)$")


def read_date(value: Any, warn: Warn) -> date:
    """Read a date: a date cell, a serial number, or text with the day first.

    Raises
    ------
    PydanticCustomError
        V020 to V024.
    """
    if isinstance(value, datetime):
        if value.time() != time(0):
            warn("V024")
        return _check_year(value.date())
    if isinstance(value, date):
        return _check_year(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not _FIRST_SERIAL <= value <= _LAST_SERIAL:
            raise build_fault("V020")
        warn("V023")
        return _EPOCH + timedelta(days=int(value))
    if not isinstance(value, str):
        raise build_fault("V020")
    return _read_date_text(value, warn)


def _read_date_text(text: str, warn: Warn) -> date:
    if re.fullmatch(r"\d{5}", text):
        return read_date(int(text), warn)
    if match := _ISO.match(text):
        return _build_date(match[1], match[2], match[3])
    if match := _BRITISH.match(text):
        if int(match[2]) > 12 >= int(match[1]):
            raise build_fault("V021")
        return _build_date(match[3], match[2], match[1])
    if match := _WORDS.match(text.casefold()):
        month = _MONTHS.get(match[2][:3])
        if month is not None:
            return _build_date(match[3], str(month), match[1])
    raise build_fault("V020")


def _build_date(year: str, month: str, day: str) -> date:
    if len(year) == 2:
        raise build_fault("V022")
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        raise build_fault("V020") from None
    return _check_year(found)


def _check_year(found: date) -> date:
    if not 1900 <= found.year <= 2100:
        raise build_fault("V025")
    return found


def read_time(value: Any, warn: Warn) -> int:
    """Read a time of day, 00:00 to 48:00. [s after midnight]

    Spreadsheets keep times as fractions of a day; 24:00 comes as 1, as a duration or as the
    first day of the epoch.

    Raises
    ------
    PydanticCustomError
        V030 to V032.
    """
    if isinstance(value, datetime):
        days = (value.date() - _EPOCH).days
        if not 0 <= days <= 2:
            raise build_fault("V031")
        days = max(0, days - 1)  # 31 December 1899 is day nought of a clock time
        return _check_time(days * S_PER_DAY + _seconds(value.time()))
    if isinstance(value, date):
        return _check_time({0: 0, 1: 0, 2: S_PER_DAY}.get((value - _EPOCH).days, -1))
    if isinstance(value, time):
        return _seconds(value)
    if isinstance(value, timedelta):
        return _check_time(round(value.total_seconds()))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if 0 <= value < 2 and (value <= 1 or value != int(value)):
            return round(value * S_PER_DAY)
        raise build_fault("V032")
    if not isinstance(value, str):
        raise build_fault("V030")
    return _read_time_text(value)


def _seconds(value: time) -> int:
    seconds = value.hour * S_PER_HOUR + value.minute * 60 + value.second
    return seconds + (1 if value.microsecond >= 500_000 else 0)


def _check_time(seconds: int) -> int:
    if not 0 <= seconds <= 2 * S_PER_DAY:
        raise build_fault("V031")
    return seconds


def _read_time_text(text: str) -> int:
    folded = text.casefold()
    if match := _MILITARY.match(folded):
        return int(match[1]) * S_PER_HOUR + int(match[2]) * 60
    match = _TIME.match(folded)
    if match is None:
        return _read_fraction_text(folded)
    if (match[2] is None and match[4] is None) or re.match(r"0?\.", folded):
        return _read_fraction_text(folded)
    hours, minutes, seconds = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    half = (match[4] or "").replace(".", "")
    if minutes > 59 or seconds > 59 or (half and not 1 <= hours <= 12):
        raise build_fault("V030")
    if half == "pm" and hours < 12:
        hours += 12
    if half == "am" and hours == 12:
        hours = 0
    if hours > 48:
        raise build_fault("V031")
    return _check_time(hours * S_PER_HOUR + minutes * 60 + seconds)


def _read_fraction_text(text: str) -> int:
    """Read a fraction of a day that a CSV export left as a number."""
    if re.fullmatch(r"0?\.\d{3,}|[01]", text):
        return round(float(text) * S_PER_DAY)
    if re.fullmatch(r"\d+(\.\d+)?", text):
        raise build_fault("V032")
    raise build_fault("V030")
