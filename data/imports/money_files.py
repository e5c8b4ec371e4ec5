"""TOML files about money, read strictly into frozen types: every fault at once.

Keys that end in ``_pounds`` become whole pence and those in ``_percent`` hundredths of a per
cent, exactly: a number is read as it is written, never as a binary fraction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from data.documents import Faults, build_value
from data.errors import InputError, Problem
from data.imports.toml_files import read_toml_document

T = TypeVar("T")

_UNITS = {"_pounds": "_pence", "_percent": "_bp"}
_NAMES = {"_pounds": "pounds", "_percent": "per cent"}


def read_money_file(path: Path, kind: type[T]) -> T:
    """Read a file into a value of a frozen type.

    Raises
    ------
    InputError
        With every fault: J001 not TOML, J007 key not known, J008 missing, J009 of the wrong
        kind, J012 too large, J013 not a date, J014 more than two decimals.
    """
    faults = Faults(file=path.name)
    document = read_toml_document(path, "J001", parse_float=Decimal)
    plain = _convert(document, "", faults)
    value = build_value(kind, plain, "", faults)
    if faults.problems:
        raise InputError([_name_as_written(p) for p in faults.problems])
    found: T = value
    return found


def _convert(value: Any, path: str, faults: Faults) -> Any:
    """Turn TOML values into plain ones, amounts into whole pence and hundredths."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, inner in value.items():
            at = f"{path}.{key}"
            ending = next((e for e in _UNITS if key.endswith(e)), None)
            if ending is None:
                found[key] = _convert(inner, at, faults)
            else:
                name = key.removesuffix(ending) + _UNITS[ending]
                found[name] = _convert_amount(inner, at, ending, faults)
        return found
    if isinstance(value, list):
        return [_convert(inner, f"{path}[{k + 1}]", faults) for k, inner in enumerate(value)]
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value


def _convert_amount(value: Any, path: str, ending: str, faults: Faults) -> Any:
    """Turn pounds into pence and per cent into hundredths, exactly."""
    if isinstance(value, list):
        return [
            _convert_amount(inner, f"{path}[{k + 1}]", ending, faults)
            for k, inner in enumerate(value)
        ]
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return value
    hundred = Decimal(value) * 100
    if not hundred.is_finite() or abs(hundred) > 10**12:
        return value
    if hundred != int(hundred):
        cause = f"has more than two decimals: {_NAMES[ending]} are read to a hundredth."
        faults.add("J014", path, cause, "Round it.")
    return int(hundred)


def _name_as_written(problem: Problem) -> Problem:
    """Name a key, and others in the advice, as the file writes them."""

    def rename(text: str) -> str:
        for written, kept in _UNITS.items():
            text = text.replace(kept, written)
        return text

    return replace(
        problem,
        column=rename(problem.column).removeprefix("."),
        suggestion=rename(problem.suggestion),
        cause=rename(problem.cause),
    )
