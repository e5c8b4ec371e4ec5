"""The staging area of an import: rows as read, rows rejected, problems found.

Every check notes its findings here by code; where a row stands in its file and whether a value
may be shown is worked out in one place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from data.errors import Problem, Severity
from data.imports.catalogue import fill, find_kinds
from data.imports.cells import write_cell
from data.imports.columns import SheetSpec, find_fields

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.QUESTION: 2}
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Record:
    """A row that could be read: its number in the file and its values."""

    row: int
    value: Any


@dataclass(kw_only=True)
class StagedSheet:
    """One sheet on its way in.

    Attributes
    ----------
    shown
        Name of the sheet in the file, or of the CSV file.
    letters, headings
        Column letter and heading in the file, by attribute.
    cells
        Cells as found by row, for quarantine and faults workbook: (letter, heading, value).
    records
        Rows read without a fault of their own.
    rejected
        Codes by row, for rows that are kept out.
    is_stored
        Filled from the stored version because the file has no such sheet.
    """

    spec: SheetSpec
    file: str = ""
    shown: str = ""
    letters: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)
    cells: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    cell_headings: tuple[str, ...] = ()
    records: list[Record] = field(default_factory=list)
    rejected: dict[int, list[str]] = field(default_factory=dict)
    n_read: int = 0
    n_blank: int = 0
    n_header: int = 0
    is_stored: bool = False

    def cell(self, row: int, attribute: str) -> str:
        """Text of a cell as found, also of a row that could not be read; '' for none."""
        heading = self.headings.get(attribute)
        if heading not in self.cell_headings:
            return ""
        cells = self.cells.get(row, ())
        at = self.cell_headings.index(heading)
        cell = cells[at] if at < len(cells) else ""
        if isinstance(cell, float) and cell.is_integer():
            return str(int(cell))
        return str(cell).strip()

    def live(self) -> Iterator[Record]:
        """Records that are not rejected."""
        return (record for record in self.records if record.row not in self.rejected)


def mask(value: str) -> str:
    """Mask a personal value: its shape stays, so that it can be found, its content does not.

    Examples
    --------
    >>> mask("31/02/2015"), mask("O'Neill")
    ("99/99/9999", "x'xxxxx")
    """
    shape = re.sub(r"\d", "9", value[:_SHOWN])
    return re.sub(r"[^\W\d_]", "x", shape)


class Staging:
    """Sheets by name, and every problem found so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.sheets: dict[str, StagedSheet] = {}
        self.problems: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def records(self, sheet: str) -> list[Record]:
        """Rows of a sheet that could be read, faulty ones among them: checks look at all.

        Stored rows that are out of date are nobody's fault and left out.
        """
        staged = self.sheets.get(sheet)
        if staged is None:
            return []
        return list(staged.live() if staged.is_stored else staged.records)

    def accepted(self, sheet: str) -> list[Record]:
        """Rows of a sheet that are not rejected."""
        staged = self.sheets.get(sheet)
        return [] if staged is None else list(staged.live())

    @property
    def is_blocked(self) -> bool:
        """Whether a problem was found with which nothing at all can be imported."""
        kinds = find_kinds()
        return any(kinds[problem.code].blocks for problem in self.problems)

    def has(self, code: str, file: str) -> bool:
        """Whether a problem was noted for a file already."""
        return any(p.code == code and p.file == file for p in self.problems)

    def count_codes(self, codes: frozenset[str]) -> int:
        """Count the problems of these codes found so far."""
        return sum(self._counts[code] for code in codes)

    def note_file(
        self,
        code: str,
        *,
        file: str = "",
        sheet: str = "",
        row: int | None = None,
        column: str = "",
        value: str = "",
        **context: Any,
    ) -> None:
        """Note a problem of a file or sheet as a whole."""
        kind = find_kinds()[code]
        self._counts[code] += 1
        self.problems.append(
            Problem(
                code=code,
                severity=kind.severity,
                file=file or self.source,
                sheet=sheet,
                row=row,
                column=column,
                value=value[:_SHOWN],
                cause=fill(kind.cause, context),
                suggestion=fill(kind.suggestion, context),
            )
        )

    def note(
        self,
        code: str,
        sheet: str,
        record: Record | int | None,
        attribute: str = "",
        *,
        value: Any = "",
        **context: Any,
    ) -> None:
        """Note a problem of a row; an ERROR rejects the row.

        Parameters
        ----------
        attribute
            Column of the row model it is about, or empty for the row as a whole.
        value
            Cell found, or a value in the unit of the domain for a check of read rows; masked
            where the column is sensitive.
        context
            Fills the sentences of the code; must hold no personal value.
        """
        staged = self.sheets[sheet]
        kind = find_kinds()[code]
        self._counts[code] += 1
        row = record.row if isinstance(record, Record) else record
        column = ""
        text = _show(value)
        if attribute:
            spec = next((f for f in staged.spec.fields if f.attribute == attribute), None)
            heading = staged.headings.get(attribute) or (spec.heading if spec else attribute)
            letter = staged.letters.get(attribute, "")
            column = f"{letter} ({heading})" if letter else heading
            if spec is not None and spec.column.is_sensitive and text:
                text = mask(text)
        self.problems.append(
            Problem(
                code=code,
                severity=kind.severity,
                file="(stored)" if staged.is_stored else staged.file,
                sheet=staged.shown or sheet,
                row=row,
                column=column,
                value=text,
                cause=fill(kind.cause, context),
                suggestion=fill(kind.suggestion, context),
            )
        )
        if kind.severity is Severity.ERROR and row is not None:
            self.reject(sheet, row, code)

    def reject(self, sheet: str, row: int, code: str) -> None:
        """Keep a row out."""
        codes = self.sheets[sheet].rejected.setdefault(row, [])
        if code not in codes:
            codes.append(code)

    def sorted_problems(self) -> tuple[Problem, ...]:
        """All problems: errors first, then in the order of sheets and rows."""
        sheets = {
            (staged.shown or name): position
            for position, (name, staged) in enumerate(self.sheets.items())
        }
        return tuple(
            sorted(
                self.problems,
                key=lambda p: (
                    _ORDER[p.severity],
                    sheets.get(p.sheet, -1),
                    p.row or 0,
                    p.column,
                    p.code,
                ),
            )
        )


def _show(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return str(value)[:_SHOWN]


def show(record: Record, attribute: str) -> Any:
    """Show a value as its cell would be written, not in the unit of the domain."""
    spec = next(f for f in find_fields(record.value.__class__) if f.attribute == attribute)
    return write_cell(spec.column, getattr(record.value, attribute))


def find_first(records: Iterable[Record], key: Any) -> dict[Any, list[Record]]:
    """Group records by a key function, in the order of the rows; None keys are left out."""
    groups: dict[Any, list[Record]] = {}
    for record in records:
        found = key(record.value)
        if found is not None:
            groups.setdefault(found, []).append(record)
    return groups
