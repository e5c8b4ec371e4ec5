"""Cells of tables that stand alone, as pydantic types: text, dates, pounds, shares."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BeforeValidator

from data.imports.clocks import read_date

MOST_POUNDS = Decimal(10) ** 10


def _text(value: Any) -> str:
    return str(value).strip()


def _date(value: Any) -> date:
    return read_date(value, lambda *_, **__: None)


def _number(value: Any) -> Decimal:
    text = str(value).strip().replace(",", "").removeprefix("£").removesuffix("%").strip()
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError("It is not a number") from None
    if not number.is_finite():
        raise ValueError("It is not a number")
    return number


def _pence(value: Any) -> int:
    pounds = _number(value)
    if abs(pounds) > MOST_POUNDS:
        raise ValueError("It is more than any real amount")
    pence = pounds * 100
    if pence != int(pence):
        raise ValueError("Pounds have at most two decimals")
    return int(pence)


def _amount(value: Any) -> int:
    pence = _pence(value)
    if pence < 0:
        raise ValueError("The amount is below nought")
    return pence


def _basis_points(value: Any) -> int:
    points = _number(value) * 100
    if points != int(points):
        raise ValueError("A percentage has at most two decimals")
    return int(points)


def _share(value: Any) -> int:
    points = _basis_points(value)
    if not 0 <= points <= 10_000:
        raise ValueError("It is not between 0 and 100 per cent")
    return points


def _whole(value: Any) -> int:
    number = _number(value)
    if number != int(number) or number < 0:
        raise ValueError("A whole number, nought or more, is needed")
    return int(number)


def _yes_no(value: Any) -> bool:
    words = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
    found = words.get(str(value).strip().casefold())
    if found is None:
        raise ValueError("It is neither yes nor no")
    return found


Text = Annotated[str, BeforeValidator(_text)]
"""Text without spaces at its ends."""
Day = Annotated[date, BeforeValidator(_date)]
"""A date, as spreadsheets and people write it."""
Pence = Annotated[int, BeforeValidator(_pence)]
"""Pounds in the cell, pence in the field; may be below nought. [pence]"""
Amount = Annotated[int, BeforeValidator(_amount)]
"""Pounds in the cell, pence in the field; nought or more. [pence]"""
BasisPoints = Annotated[int, BeforeValidator(_basis_points)]
"""Per cent in the cell, hundredths of a per cent in the field. [0.01 %]"""
ShareBp = Annotated[int, BeforeValidator(_share)]
"""Per cent from 0 to 100 in the cell. [0.01 %]"""
Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number, nought or more."""
YesNo = Annotated[bool, BeforeValidator(_yes_no)]
"""Yes or no."""
