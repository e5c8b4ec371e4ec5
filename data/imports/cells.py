"""How one cell is read and written, kind by kind.

Every reader takes what the spreadsheet or CSV gives (text, number, date, time, yes or no) and
returns the value in the unit of the domain types, or raises a fault of the catalogue. Every
writer is the exact opposite.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from functools import cache
from typing import Any

from data.fleet import Layout
from data.imports.clocks import read_date, read_time
from data.imports.columns import CellKind, Column, Warn, build_fault
from data.imports.numbers import LEAST_PERCENT_BP, read_decimal, read_whole
from data.units import format_time

MAX_TEXT = 2_000
MAX_IDENTIFIER = 64

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_NEUTRALISED = re.compile(r"^'+[=+\-@\t\r\x00]")
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$")
_EXPONENT = re.compile(r"^\d(\.\d+)?[eE]\+\d+$")
_NOT_IN_IDENTIFIERS = re.compile(r"[;,|\r\n\t]")
_NO_VALUE = frozenset({"n/a", "na", "-", "\u2013", "\u2014", "none", "null", "nil"})
_TEXT_KINDS = frozenset({CellKind.TEXT, CellKind.TEXTS, CellKind.VALUE})

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAY_WORDS = {
    word: position
    for position, words in enumerate(
        (
            ("mon", "monday", "m", "mo"),
            ("tue", "tues", "tuesday", "tu"),
            ("wed", "weds", "wednesday", "w", "we"),
            ("thu", "thur", "thurs", "thursday", "th"),
            ("fri", "friday", "f", "fr"),
            ("sat", "saturday", "sa"),
            ("sun", "sunday", "su"),
        )
    )
    for word in words
}


def is_blank(value: Any, kind: CellKind, choices: tuple[str, ...] = ()) -> bool:
    """Tell whether a cell holds nothing: empty, spaces, or (except in text) a word for none."""
    if not isinstance(value, str):
        return False
    text = value.strip()
    if not text:
        return True
    if kind in _TEXT_KINDS or text.casefold() in choices:
        return False
    return text.casefold() in _NO_VALUE


def read_cell(column: Column, value: Any, warn: Warn) -> Any:
    """Read one cell that is not blank.

    Raises
    ------
    PydanticCustomError
        With the code of the fault in its context.
    """
    if isinstance(value, str):
        value = read_text(value, warn)
    return _READERS[column.kind](column, value, warn)


def read_text(value: str, warn: Warn | None = None) -> str:
    """Read text as people meant it: composed letters, no invisible ones, spaces trimmed.

    A leading apostrophe that an export put before ``= + - @`` is taken off again.
    """
    if value.isascii() and value.isprintable() and value[:1] != "'":
        return value.strip()
    text = unicodedata.normalize("NFC", value.replace("\u00a0", " ").replace("\r\n", "\n"))
    if _CONTROL.search(text):
        text = _CONTROL.sub("", text)
        if warn is not None:
            warn("V003")
    text = text.strip()
    if _NEUTRALISED.match(text):
        text = text[1:]
    return text


def write_neutral(text: str) -> str:
    """Write text so that no spreadsheet takes it for a formula; `read_text` undoes it."""
    is_risky = bool(text) and (text[0] in "=+-@\t\r\0" or _NEUTRALISED.match(text) is not None)
    return "'" + text if is_risky and not _NUMBER.match(text) else text


def _read_plain_text(column: Column, value: Any, warn: Warn) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        value = repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    elif isinstance(value, datetime) and value.time() == time(0):
        value = value.date().isoformat()
    elif isinstance(value, (date, time)):
        value = value.isoformat()
    elif isinstance(value, timedelta):
        value = format_time(round(value.total_seconds()))
    text = str(value)
    if len(text) > MAX_TEXT:
        raise build_fault("V002", most=MAX_TEXT)
    return text


def _read_identifier(column: Column, value: Any, warn: Warn) -> str:
    if isinstance(value, (date, time, timedelta)):
        raise build_fault("V012")
    if isinstance(value, bool):
        raise build_fault("V014")
    if isinstance(value, float):
        if abs(value) >= 1e15:
            raise build_fault("V011")
        value = str(int(value)) if value.is_integer() else repr(value)
    text = str(value)
    if _EXPONENT.match(text):
        raise build_fault("V011")
    if len(text) > MAX_IDENTIFIER:
        raise build_fault("V015", most=MAX_IDENTIFIER)
    if _NOT_IN_IDENTIFIERS.search(text):
        raise build_fault("V014")
    return text


def _split(value: Any, pattern: str) -> list[str]:
    parts = [part.strip() for part in re.split(pattern, str(value))]
    return [part for part in parts if part]


def _read_identifiers(column: Column, value: Any, warn: Warn) -> list[str]:
    if not isinstance(value, str):
        return [_read_identifier(column, value, warn)]
    return [_read_identifier(column, part, warn) for part in _split(value, r"[;,|\n]")]


def _read_texts(column: Column, value: Any, warn: Warn) -> list[str]:
    return _split(_read_plain_text(column, value, warn), r"[;|\n]")


def _fold(text: str) -> str:
    return re.sub(r"[\s\-/]+", "_", text.strip().casefold())


@cache
def _spellings(
    choices: tuple[str, ...], synonyms: tuple[tuple[str, str], ...]
) -> dict[str, str]:
    return {
        **{_fold(choice): choice for choice in choices},
        **{_fold(word): choice for word, choice in synonyms},
    }


def find_choice(column: Column, value: Any) -> str:
    """Find which choice a cell means.

    Raises
    ------
    PydanticCustomError
        V040 with the nearest choice.
    """
    text = "yes" if value is True else "no" if value is False else str(value)
    folded = _fold(text)
    by_fold = _spellings(column.choices, column.synonyms)
    if folded in by_fold:
        return by_fold[folded]
    near = get_close_matches(folded, by_fold, n=1)
    raise build_fault(
        "V040",
        choices=", ".join(column.choices),
        hint=f" Did you mean {by_fold[near[0]]}?" if near else "",
    )


def _read_choice(column: Column, value: Any, warn: Warn) -> str:
    return find_choice(column, value)


def _read_choices(column: Column, value: Any, warn: Warn) -> list[Any]:
    parts = _split(value, r"[;,|/\s+]+")
    if column.choices == DAY_NAMES:
        return _read_days(parts)
    return [find_choice(column, part) for part in parts]


def _read_days(parts: list[str]) -> list[int]:
    days: list[int] = []
    for part in parts:
        first, _, last = part.casefold().replace("\u2013", "-").partition("-")
        ends = [_DAY_WORDS.get(word) for word in (first, last or first)]
        if ends[0] is None or ends[1] is None or ends[1] < ends[0]:
            raise build_fault("V041")
        days.extend(range(ends[0], ends[1] + 1))
    return days


_YES = frozenset({"yes", "y", "true", "t", "1", "x", "✓"})
_NO = frozenset({"no", "n", "false", "f", "0"})


def _read_yes_no(column: Column, value: Any, warn: Warn) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value in (0.0, 1.0):
        return bool(value)
    text = str(value).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise build_fault("V042")


def _read_date(column: Column, value: Any, warn: Warn) -> date:
    return read_date(value, warn)


def _read_time(column: Column, value: Any, warn: Warn) -> int:
    return read_time(value, warn)


def _read_number(scale: int) -> Callable[[Column, Any, Warn], int]:
    def read(column: Column, value: Any, warn: Warn) -> int:
        return read_whole(column, value, warn, scale=scale)

    return read


def _read_degrees(column: Column, value: Any, warn: Warn) -> float:
    if isinstance(value, float):
        return value
    return float(read_decimal(column, value))


def _read_postcode(column: Column, value: Any, warn: Warn) -> str:
    """Normalise; text of a postcode's length stays, for the postcode table to mend."""
    from data.sources.postcodes import normalise_postcode, squeeze_postcode

    text = str(value)
    squeezed = squeeze_postcode(text)
    if not 4 <= len(squeezed) <= 8 or isinstance(value, (float, date, time)):
        raise build_fault("L001")
    return normalise_postcode(text) or f"{squeezed[:-3]} {squeezed[-3:]}"


_LAYOUT = re.compile(r"^(\d{1,3})\s*(?:\+\s*(\d{1,3}))?$")


def _read_layouts(column: Column, value: Any, warn: Warn) -> list[Layout]:
    if isinstance(value, float) and value.is_integer():
        value = str(int(value))
    layouts = []
    for part in _split(value, r"[;,|\n]"):
        match = _LAYOUT.match(part)
        if match is None:
            raise build_fault("T001")
        layouts.append(Layout(n_seats=int(match[1]), n_wheelchair_spaces=int(match[2] or 0)))
    return layouts


def _read_value(column: Column, value: Any, warn: Warn) -> Any:
    return value


_READERS: dict[CellKind, Callable[[Column, Any, Warn], Any]] = {
    CellKind.IDENTIFIER: _read_identifier,
    CellKind.IDENTIFIERS: _read_identifiers,
    CellKind.TEXT: _read_plain_text,
    CellKind.TEXTS: _read_texts,
    CellKind.CHOICE: _read_choice,
    CellKind.CHOICES: _read_choices,
    CellKind.YES_NO: _read_yes_no,
    CellKind.DATE: _read_date,
    CellKind.TIME: _read_time,
    CellKind.MINUTES: _read_number(60),
    CellKind.SECONDS: _read_number(1),
    CellKind.METRES: _read_number(1),
    CellKind.WHOLE: _read_number(1),
    CellKind.DEGREES: _read_degrees,
    CellKind.POUNDS: _read_number(100),
    CellKind.RATE: _read_number(100_000),
    CellKind.PERCENT: _read_number(100),
    CellKind.POSTCODE: _read_postcode,
    CellKind.LAYOUTS: _read_layouts,
    CellKind.VALUE: _read_value,
}

_SCALES = {
    CellKind.POUNDS: 100,
    CellKind.RATE: 100_000,
    CellKind.PERCENT: 100,
}


def write_cell(column: Column, value: Any) -> Any:
    """Write a domain value as a cell: text, whole or decimal number, date, None for blank.

    Times of day are text ``HH:MM`` (``HH:MM:SS`` with seconds); yes and no are words.
    """
    if value is None:
        return None
    kind = column.kind
    if kind is CellKind.YES_NO:
        return "yes" if value else "no"
    if kind is CellKind.TIME:
        return format_time(value)
    if kind is CellKind.MINUTES:
        return value // 60 if value % 60 == 0 else value / 60
    if kind is CellKind.PERCENT and 0 < abs(value) < LEAST_PERCENT_BP:
        return f"{value / 100} %"
    if kind in _SCALES:
        scale = _SCALES[kind]
        return value // scale if value % scale == 0 else float(Decimal(value) / scale)
    if kind is CellKind.LAYOUTS:
        return "; ".join(f"{x.n_seats}+{x.n_wheelchair_spaces}" for x in value) or None
    if kind is CellKind.CHOICES:
        return _write_choices(column, value)
    if kind in (CellKind.IDENTIFIERS, CellKind.TEXTS):
        ordered = sorted(value) if isinstance(value, frozenset) else value
        return "; ".join(ordered) or None
    if isinstance(value, Enum):
        return value.value
    return None if value == "" else value


def _write_choices(column: Column, value: Any) -> str | None:
    if column.choices == DAY_NAMES:
        return " ".join(DAY_NAMES[day] for day in sorted(value)) or None
    return " ".join(choice for choice in column.choices if choice in value) or None
