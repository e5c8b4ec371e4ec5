"""Forecast against outturn: the baseline frozen with a paper, and the months as they came.

A baseline says, month by month, what each measure would be without the decision (the reference:
today's routes) and with it (the plan: the recommended option). What a month brings is compared
with both: the reference less the actual is the benefit that came.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from io import StringIO

from data.errors import InputError, Problem, Severity
from data.inputs import fingerprint


class Measure(StrEnum):
    """What is tracked, a month at a time."""

    OWN_COST = "own_cost"
    """What the own company's work costs, fixed cost left out. [pounds in files]"""
    SUPPLIER_COST = "supplier_cost"
    """What suppliers are paid, net of recoverable VAT. [pounds in files]"""
    OFFERS_COST = "offers_cost"
    """Travel training, passes, budgets. [pounds in files]"""
    VEHICLES = "vehicles"
    """Vehicles at work on a usual day."""
    PASSENGERS = "passengers"
    """Passengers on a usual day."""

    @property
    def is_money(self) -> bool:
        """Whether it is counted in pence and adds up over months."""
        return self in (Measure.OWN_COST, Measure.SUPPLIER_COST, Measure.OFFERS_COST)


MONEY = tuple(measure for measure in Measure if measure.is_money)
MOST_POUNDS = 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineMonth:
    """One measure in one month.

    Attributes
    ----------
    month
        ``YYYY-MM``.
    reference, planned
        Without and with the decision. [pence, or a count]
    """

    month: str
    measure: Measure
    reference: int
    planned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What an approved paper promised; never changed.

    Attributes
    ----------
    reference_id, planned_id
        Scenarios of the study.
    """

    baseline_id: str
    paper_id: str
    place: str
    title: str
    reference_id: str
    planned_id: str
    created_utc: datetime
    code_version: str
    months: tuple[BaselineMonth, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """What a month brought. [pence, or a count]"""

    month: str
    measure: Measure
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualBook:
    """One file of actual months; a later one corrects an earlier."""

    book_id: str
    baseline_id: str
    place: str
    file_sha256: str
    created_utc: datetime
    code_version: str
    actuals: tuple[Actual, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """One measure in one month, promised and come; ``actual`` None where it has not."""

    month: str
    measure: Measure
    reference: int
    planned: int
    actual: int | None

    @property
    def planned_benefit(self) -> int:
        """What the decision was to save."""
        return self.reference - self.planned

    @property
    def benefit(self) -> int | None:
        """What it saved."""
        return None if self.actual is None else self.reference - self.actual


def build_book_id(book: ActualBook) -> str:
    """Build the id of a file of actual months."""
    content = fingerprint(replace(book, book_id=""))
    return f"{book.place}-outturn-{book.created_utc:%Y%m%dT%H%M%SZ}-{content[:8]}"


def track(baseline: Baseline, books: Iterable[ActualBook]) -> tuple[Tracked, ...]:
    """Put what came beside what was promised; the newest file counts for each month."""
    came: dict[tuple[str, Measure], int] = {}
    for book in sorted(books, key=lambda one: one.created_utc):
        came |= {(a.month, a.measure): a.value for a in book.actuals}
    return tuple(
        Tracked(
            month=m.month,
            measure=m.measure,
            reference=m.reference,
            planned=m.planned,
            actual=came.get((m.month, m.measure)),
        )
        for m in baseline.months
    )


_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_HEADER = ("month", "measure", "value")


def read_actuals(content: bytes, file: str, baseline: Baseline) -> tuple[Actual, ...]:
    """Read actual months from CSV with the columns month, measure, value.

    Money is in pounds. Every fault is found before any is told.

    Raises
    ------
    InputError
        O001 not CSV with these columns, O002 month, O003 measure, O004 value, O005 twice,
        O006 a month outside the baseline.
    """
    try:
        rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        rows = []
    header = tuple(cell.strip().casefold() for cell in rows[0]) if rows else ()
    if header != _HEADER:
        raise InputError(
            [
                _fault(
                    file,
                    "O001",
                    1,
                    "",
                    "The columns must be month, measure, value.",
                    "Save it as CSV (UTF-8) with these three headings.",
                )
            ]
        )
    known = {(m.month, m.measure) for m in baseline.months}
    months = sorted({month for month, _ in known})
    problems: list[Problem] = []
    found: dict[tuple[str, Measure], Actual] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        cells = [*(cell.strip() for cell in row), "", "", ""][:3]
        faults = _find_faults(file, number, cells, months)
        if len(row) > len(_HEADER) and any(cell.strip() for cell in row[3:]):
            faults.append(
                _fault(
                    file,
                    "O001",
                    number,
                    "",
                    "The row has too many cells.",
                    "Keep three; write amounts without commas.",
                )
            )
        problems += faults
        if faults:
            continue
        measure = Measure(cells[1].casefold())
        key = (cells[0], measure)
        if key in found:
            problems.append(
                _fault(
                    file,
                    "O005",
                    number,
                    "A (month)",
                    "The month has this measure twice.",
                    "Keep one row.",
                )
            )
        value = _read_value(cells[2], measure)
        found[key] = Actual(month=cells[0], measure=measure, value=value or 0)
    if not found and not problems:
        problems.append(_fault(file, "O001", 1, "", "The file has no rows.", "Add some."))
    if problems:
        raise InputError(problems)
    return tuple(found[key] for key in sorted(found))


def _find_faults(file: str, number: int, cells: list[str], months: list[str]) -> list[Problem]:
    faults = []
    if not _MONTH.fullmatch(cells[0]):
        faults.append(
            _fault(file, "O002", number, "A (month)", "It is no month.", "Write it as 2026-09.")
        )
    elif cells[0] not in months:
        faults.append(
            _fault(
                file,
                "O006",
                number,
                "A (month)",
                f"The baseline runs from {months[0]} to {months[-1]}.",
                "Track later months against a later paper.",
            )
        )
    known = [str(measure) for measure in Measure]
    if cells[1].casefold() not in known:
        faults.append(
            _fault(
                file,
                "O003",
                number,
                "B (measure)",
                "There is no such measure.",
                f"Choose from {', '.join(known)}.",
            )
        )
    elif _read_value(cells[2], Measure(cells[1].casefold())) is None:
        faults.append(
            _fault(
                file,
                "O004",
                number,
                "C (value)",
                "It is no amount: pounds with two decimals at most, or a whole "
                "number of vehicles or passengers, not below nought.",
                "Write it without signs, e.g. 1234.50.",
            )
        )
    return faults


def _read_value(text: str, measure: Measure) -> int | None:
    """Read an amount into pence, or a count; None if it is neither."""
    try:
        value = Decimal(text.removeprefix("£").replace(",", ""))
    except InvalidOperation:
        return None
    if not value.is_finite() or not 0 <= value <= MOST_POUNDS:
        return None
    scaled = value * 100 if measure.is_money else value
    return int(scaled) if scaled == scaled.to_integral_value() else None


def _fault(file: str, code: str, row: int, column: str, cause: str, how: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=file,
        row=row,
        column=column,
        cause=cause,
        suggestion=how,
    )
