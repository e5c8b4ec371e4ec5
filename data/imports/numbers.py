"""Numbers as spreadsheets and people write them; money passes through no binary fractions."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from data.imports.columns import CellKind, Column, Warn, build_fault
from data.units import MM_PER_MILE

LEAST_PERCENT_BP = 50
"""Below half a per cent a bare number is more likely a fraction of one. [0.01 %]"""

_LARGEST = Decimal(10) ** 12
_MONEY = frozenset({CellKind.POUNDS, CellKind.RATE})
_DISTANCE = re.compile(r"^([\d.,]+)\s*(m|metres?|meters?|km|mi|miles?)$")
_DURATION = re.compile(r"^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$")
_PERCENT = re.compile(r"\s*(%|per cent)$")
_UNIT_WORDS = {
    CellKind.MINUTES: re.compile(r"\s*(min|mins|minutes?)$"),
    CellKind.SECONDS: re.compile(r"\s*(s|sec|secs|seconds?)$"),
    CellKind.PERCENT: _PERCENT,
}
_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")


def read_decimal(column: Column, value: Any) -> Decimal:
    """Read an exact number from a number cell or from text such as ``£1,234.50``.

    Raises
    ------
    PydanticCustomError
        V050 for anything that is not a number.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise build_fault("V050", unit=column.kind.value)
    # fourteen digits drop what binary fractions add to a sum made in a spreadsheet
    text = f"{value:.14g}" if isinstance(value, float) else str(value).strip().casefold()
    if column.kind in _MONEY:
        text = re.sub(r"\s*(gbp|pounds?)$", "", text).removeprefix("£").strip()
        if text.startswith("-£"):
            text = "-" + text[2:]
    word = _UNIT_WORDS.get(column.kind)
    if word is not None:
        text = word.sub("", text)
    if _THOUSANDS.match(text):
        text = text.replace(",", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise build_fault("V050", unit=column.kind.value) from None
    if not number.is_finite() or abs(number) > _LARGEST:
        raise build_fault("V050", unit=column.kind.value)
    return number


def read_whole(column: Column, value: Any, warn: Warn, *, scale: int) -> int:
    """Read a number in the unit of the heading as whole units of the domain.

    Parameters
    ----------
    scale
        Units of the domain in one unit of the heading: 60 for minutes, 100 for pounds in pence.

    Raises
    ------
    PydanticCustomError
        V050 to V054.
    """
    number = _read_with_unit(column, value)
    if number is None:
        number = read_decimal(column, value) * scale
    is_small = column.kind is CellKind.PERCENT and 0 < abs(number) < LEAST_PERCENT_BP
    if is_small and not (isinstance(value, str) and _PERCENT.search(value)):
        raise build_fault("V054")
    whole = number.to_integral_value()
    if whole != number:
        if column.kind is CellKind.MINUTES and abs(whole - number) < Decimal("0.0001"):
            return _check_bounds(column, int(whole), scale)
        raise build_fault("V053" if column.kind in _MONEY else "V051")
    return _check_bounds(column, int(whole), scale)


def _read_with_unit(column: Column, value: Any) -> Decimal | None:
    """Read a distance with its own unit, or a duration as h:mm; None for a plain number."""
    if not isinstance(value, str):
        return None
    text = value.strip().casefold()
    if column.kind is CellKind.METRES and (match := _DISTANCE.match(text)):
        try:
            amount = Decimal(match[1].replace(",", ""))
        except InvalidOperation:
            raise build_fault("V050", unit=column.kind.value) from None
        if match[2].startswith("mi"):
            exact = amount * MM_PER_MILE / 1000
        else:
            exact = amount * (1000 if match[2] == "km" else 1)
        return (exact + Decimal("0.5")).to_integral_value(rounding="ROUND_FLOOR")
    if column.kind is CellKind.MINUTES and (duration := _DURATION.match(text)):
        hours, minutes, seconds = (int(part or 0) for part in duration.groups())
        return Decimal(hours * 3600 + minutes * 60 + seconds)
    return None


def _check_bounds(column: Column, whole: int, scale: int) -> int:
    if column.least is not None and whole < column.least:
        if column.least == 0:
            raise build_fault("V052")
        raise build_fault("V055", bound="least", limit=_show(column.least, scale))
    if column.most is not None and whole > column.most:
        raise build_fault("V055", bound="most", limit=_show(column.most, scale))
    return whole


def _show(bound: int, scale: int) -> str:
    shown = Decimal(bound) / scale
    return f"{shown.normalize():f}"
