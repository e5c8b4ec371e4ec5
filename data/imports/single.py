"""One table in one file, a row a pydantic model: for commands that take a table of their own.

The council's linked tables go through the staged import; this door serves tables that stand
alone (cases to assess, options to score). Nothing is used unless every row is right.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from data.errors import InputError, Problem, Severity
from data.imports.catalogue import fill, find_kinds
from data.imports.files import read_single_grid
from data.imports.grids import Grid, column_letter
from data.imports.headings import find_near, fold

RowT = TypeVar("RowT", bound=BaseModel)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TableRow(Generic[RowT]):
    """One row.

    Attributes
    ----------
    number
        As the spreadsheet shows it.
    """

    number: int
    value: RowT


def read_single_table(
    path: Path,
    row_type: type[RowT],
    *,
    key: str = "",
    secret: frozenset[str] = frozenset(),
) -> tuple[TableRow[RowT], ...]:
    """Read the table of a CSV file or of the first sheet of a workbook.

    A heading names a field of the model, without regard to capitals, spaces and punctuation.
    Blank cells are left to the model's defaults.

    Parameters
    ----------
    key
        Field that must not stand twice.
    secret
        Fields whose values are never shown in a problem.

    Raises
    ------
    InputError
        With every problem: Q001 column missing, Q002 column not known, Q003 value, Q004 the
        same key twice, Q005 no rows, and those of the file itself (F...).
    """
    grid = read_single_grid(path)
    if not grid.rows:
        raise InputError([_blame("Q005", grid, cause="The table is empty.", how="Fill it in.")])
    names = {fold(name): name for name in row_type.model_fields}
    found, problems = _read_headings(grid, row_type, names)
    rows: list[TableRow[RowT]] = []
    seen: dict[Any, int] = {}
    for number, cells in grid.rows[1:]:
        texts = {
            name: cells[position]
            for name, position in found.items()
            if position < len(cells) and str(cells[position]).strip()
        }
        try:
            value = row_type.model_validate(texts)
        except ValidationError as fault:
            problems += _explain(grid, number, found, fault, secret)
            continue
        mark = getattr(value, key) if key else None
        if key and mark in seen:
            cause = f"{key} stands in row {seen[mark]} too."
            problems.append(
                _blame("Q004", grid, row=number, cause=cause, how="Give each row its own.")
            )
        seen.setdefault(mark, number)
        rows.append(TableRow(number=number, value=value))
    if len(grid.rows) == 1:
        cause = "The table has headings but no rows."
        problems.append(_blame("Q005", grid, cause=cause, how="Fill it in."))
    if problems:
        raise InputError(problems)
    return tuple(rows)


def _read_headings(
    grid: Grid, row_type: type[BaseModel], names: dict[str, str]
) -> tuple[dict[str, int], list[Problem]]:
    """Find the column of each field, and what is wrong with the headings."""
    number, headings = grid.rows[0]
    found: dict[str, int] = {}
    problems = []
    for position, heading in enumerate(headings):
        if not str(heading).strip():
            continue
        name = names.get(fold(heading))
        if name is None or name in found:
            hint = find_near(heading, list(row_type.model_fields))
            problems.append(
                _blame(
                    "Q002",
                    grid,
                    row=number,
                    column=f"{column_letter(position)} ({str(heading)[:40]})",
                    cause="The column is not known." if name is None else "It stands twice.",
                    how=f"Remove or rename it{hint}.",
                )
            )
            continue
        found[name] = position
    for name, spec in row_type.model_fields.items():
        if spec.is_required() and name not in found:
            problems.append(
                _blame(
                    "Q001",
                    grid,
                    row=number,
                    cause=f"The column {name} is missing.",
                    how=f"The columns are {', '.join(row_type.model_fields)}.",
                )
            )
    return found, problems


def _explain(
    grid: Grid,
    number: int,
    found: dict[str, int],
    fault: ValidationError,
    secret: frozenset[str],
) -> list[Problem]:
    """Say what is wrong with the cells of one row."""
    problems = []
    for error in fault.errors(include_url=False):
        name = str(error["loc"][0]) if error["loc"] else ""
        if name not in found and error["type"] == "missing" and name:
            continue  # the column itself was named missing
        is_blank = error["type"] == "missing"
        shown = "" if is_blank or name in secret or not name else str(error["input"])[:40]
        where = f"{column_letter(found[name])} ({name})" if name in found else name
        code, how = "Q003", "Correct the cell."
        cause = "The cell is blank." if is_blank else error["msg"].removeprefix("Value error, ")
        if error["type"] == "cell":  # raised by a reader of the staged import, with its words
            context = error["ctx"]
            kind = find_kinds()[context["code"]]
            code, cause, how = (
                kind.code,
                fill(kind.cause, context),
                fill(kind.suggestion, context),
            )
        problems.append(
            _blame(
                code,
                grid,
                row=number,
                column=where,
                value=shown,
                cause=cause if cause.endswith(".") else f"{cause}.",
                how=how,
            )
        )
    return problems


def _blame(
    code: str,
    grid: Grid,
    *,
    cause: str,
    how: str,
    row: int | None = None,
    column: str = "",
    value: str = "",
) -> Problem:
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=grid.file,
        row=row,
        column=column,
        value=value,
        cause=cause,
        suggestion=how,
    )
