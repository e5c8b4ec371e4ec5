"""The table of options as a file: a row a criterion, a column an option.

Columns: criterion_id, group, criterion, weight, one for each option, then optionally
``inferred`` (y or n for each option), ``levels`` and ``only_one`` (levels the criterion
defines, and those exactly one option may have), and for any option ``reason: OPTION``. Lists
are separated by semicolons. A row without a weight is a gateway: pass or fail.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from data.errors import InputError, Problem, Severity
from data.imports.files import read_single_grid
from data.imports.grids import Grid, column_letter
from scenarios.options import POINTS, Criterion, Gateway, OptionsTable

FIRST = ("criterion_id", "group", "criterion", "weight")
EXTRA = ("inferred", "levels", "only_one")
REASON = "reason:"


def read_options(path: Path) -> OptionsTable:
    """Read a table of options.

    Raises
    ------
    InputError
        With every problem: Q001 column missing, Q002 column not known or twice, Q003 value,
        Q004 criterion twice, Q005 nothing to score, and those of the file itself.
    """
    reader = _Reader(read_single_grid(path))
    table = reader.read()
    if reader.problems:
        raise InputError(reader.problems)
    return table


class _Reader:
    """Reads one grid, gathering every problem."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.problems: list[Problem] = []
        self.at: dict[str, int] = {}
        self.options: tuple[str, ...] = ()

    def blame(
        self, code: str, cause: str, how: str, row: int | None = None, column: str = ""
    ) -> None:
        """Note a problem."""
        value = ""
        self.problems.append(
            Problem(
                code=code,
                severity=Severity.ERROR,
                file=self.grid.file,
                row=row,
                column=column,
                value=value,
                cause=cause,
                suggestion=how,
            )
        )

    def read(self) -> OptionsTable:
        """Read headings, then every row."""
        nothing = OptionsTable(options=(), gateways=(), criteria=())
        if not self.grid.rows:
            self.blame("Q005", "The table is empty.", "Give criteria and options.")
            return nothing
        self._read_headings()
        if self.problems:
            return nothing
        gateways: list[Gateway] = []
        criteria: list[Criterion] = []
        seen: dict[str, int] = {}
        for number, cells in self.grid.rows[1:]:
            texts = [str(cell).strip() for cell in cells]
            name = self._cell(texts, "criterion_id")
            if not name:
                self.blame("Q003", "criterion_id is blank.", "Name the criterion.", number)
            elif name in seen:
                cause = f"criterion {name} stands in row {seen[name]} too."
                self.blame("Q004", cause, "Give each its own.", number)
            seen.setdefault(name, number)
            if self._cell(texts, "weight"):
                criteria.append(self._read_criterion(number, texts))
            else:
                gateways.append(self._read_gateway(number, texts))
        if not criteria:
            self.blame("Q005", "No row has a weight.", "Give each scored criterion a weight.")
        return OptionsTable(
            options=self.options, gateways=tuple(gateways), criteria=tuple(criteria)
        )

    def _read_headings(self) -> None:
        number, cells = self.grid.rows[0]
        options = []
        for position, cell in enumerate(cells):
            name = str(cell).strip()
            key = name.casefold() if name.casefold() in FIRST + EXTRA else name
            if not name:
                continue
            if key in self.at:
                column = f"{column_letter(position)} ({name})"
                self.blame("Q002", "The column stands twice.", "Keep one.", number, column)
            self.at[key] = position
            if key not in FIRST + EXTRA and not key.startswith(REASON):
                options.append(name)
        for name in FIRST:
            if name not in self.at:
                how = f"The table begins with {', '.join(FIRST)}."
                self.blame("Q001", f"The column {name} is missing.", how, number)
        for name in self.at:
            if name.startswith(REASON) and name.removeprefix(REASON).strip() not in options:
                self.blame("Q002", f"{name} names no option.", "Name one.", number)
        self.options = tuple(options)
        if len(options) < 2:
            self.blame(
                "Q001", "There are fewer than two options.", "Give each a column.", number
            )

    def _cell(self, texts: list[str], name: str) -> str:
        position = self.at.get(name, -1)
        return texts[position] if 0 <= position < len(texts) else ""

    def _column(self, name: str) -> str:
        return f"{column_letter(self.at[name])} ({name})" if name in self.at else name

    def _list(self, texts: list[str], name: str) -> tuple[str, ...]:
        cell = self._cell(texts, name)
        return tuple(part.strip().casefold() for part in cell.split(";")) if cell else ()

    def _choose(self, number: int, texts: list[str], choices: tuple[str, ...]) -> list[str]:
        """Read the cell of each option, one of the choices."""
        found = []
        for option in self.options:
            cell = self._cell(texts, option).casefold()
            if cell not in choices:
                what = f"{cell!r} is" if cell else "The cell is blank:"
                cause = f"{what} none of {', '.join(choices)}."
                self.blame("Q003", cause, "Correct the cell.", number, self._column(option))
                cell = choices[-1]
            found.append(cell)
        return found

    def _read_gateway(self, number: int, texts: list[str]) -> Gateway:
        levels = self._choose(number, texts, ("pass", "fail"))
        return Gateway(
            criterion_id=self._cell(texts, "criterion_id"),
            group=self._cell(texts, "group"),
            title=self._cell(texts, "criterion"),
            is_passed=tuple(level == "pass" for level in levels),
        )

    def _read_criterion(self, number: int, texts: list[str]) -> Criterion:
        weight = Fraction(0)
        try:
            value = Decimal(self._cell(texts, "weight"))
            if not value.is_finite() or value < 0:
                raise InvalidOperation
            weight = Fraction(value)
        except InvalidOperation:
            cause = "The weight is not a number, nought or more."
            self.blame("Q003", cause, "Correct the cell.", number, self._column("weight"))
        inferred = self._list(texts, "inferred")
        if inferred and (len(inferred) != len(self.options) or set(inferred) - {"y", "n"}):
            cause = f"inferred needs y or n for each of {len(self.options)} options."
            self.blame("Q003", cause, "Write e.g. n;n;y.", number, self._column("inferred"))
        for name in ("levels", "only_one"):
            if set(self._list(texts, name)) - set(POINTS):
                cause = f"{name} holds something else than {', '.join(POINTS)}."
                self.blame("Q003", cause, "Correct the cell.", number, self._column(name))
        return Criterion(
            criterion_id=self._cell(texts, "criterion_id"),
            group=self._cell(texts, "group"),
            title=self._cell(texts, "criterion"),
            weight=weight,
            levels=tuple(self._choose(number, texts, tuple(POINTS))),
            is_inferred=tuple(mark == "y" for mark in inferred),
            defined=self._list(texts, "levels"),
            only_one=self._list(texts, "only_one"),
            reasons=tuple(self._cell(texts, f"{REASON} {o}") for o in self.options),
        )
