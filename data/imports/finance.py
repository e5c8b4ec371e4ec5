"""The finance commands' tables read whole, or refused with every problem."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.imports.finance_rows import BudgetRow, IndexRow
from data.imports.single import TableRow, read_single_table

CHOICE = "Q007"
CLASH = "Q008"


def read_budget(path: Path) -> dict[tuple[str, int], int]:
    """Read a budget: (line, financial year) -> pence.

    Raises
    ------
    InputError
        With every problem; Q008 a line that stands twice in a year.
    """
    return {
        (row.value.line, row.value.financial_year): row.value.pounds
        for row in read_budget_rows(path)
    }


def read_budget_rows(path: Path) -> tuple[TableRow[BudgetRow], ...]:
    """Read the rows of a budget, each line once a year."""
    rows = read_single_table(path, BudgetRow)
    seen: dict[tuple[str, int], int] = {}
    problems = []
    for row in rows:
        key = (row.value.line, row.value.financial_year)
        if key in seen:
            cause = f"The line stands in row {seen[key]} for the same year too."
            problems.append(blame(path, CLASH, row.number, "line", cause, "Keep one."))
        seen.setdefault(key, row.number)
    if problems:
        raise InputError(problems)
    return rows


def read_indices(path: Path) -> dict[tuple[str, int], Fraction]:
    """Read index values: (index, month counted from year nought) -> value."""
    rows = read_single_table(path, IndexRow)
    found: dict[tuple[str, int], Fraction] = {}
    problems = []
    for row in rows:
        year, month = (int(part) for part in row.value.month.split("-"))
        key = (row.value.index, 12 * year + month - 1)
        if key in found:
            cause = "The index has the month twice."
            problems.append(blame(path, CLASH, row.number, "month", cause, "Keep one."))
        if row.value.value <= 0:
            cause = "An index is above nought."
            problems.append(blame(path, "Q003", row.number, "value", cause, "Correct it."))
        found[key] = Fraction(row.value.value, 100)
    if problems:
        raise InputError(problems)
    return found


def check_choice(
    path: Path, row: int, column: str, value: str, choices: Sequence[str]
) -> list[Problem]:
    """Find the problem of a word that is none of the choices."""
    if value in choices:
        return []
    cause = f"It is none of {', '.join(choices)}."
    return [blame(path, CHOICE, row, column, cause, "Choose one.", value=value[:40])]


def blame(
    path: Path, code: str, row: int | None, column: str, cause: str, how: str, value: str = ""
) -> Problem:
    """Build the problem of one row."""
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=path.name,
        row=row,
        column=column,
        value=value,
        cause=cause,
        suggestion=how,
    )
