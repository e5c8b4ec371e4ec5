"""Which sheet and column of a file is which of ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING

from data.imports.columns import FieldSpec, Row, SheetSpec, find_fields
from data.imports.grids import Grid
from data.imports.sheets import GUIDE_SHEETS, SHEETS

if TYPE_CHECKING:
    from data.mapping import SheetMapping

PROBLEMS_HEADING = "wayfare_problems"
"""Heading of the column that a faults workbook adds; it is never read."""

HEADER_WITHIN = 20
"""Rows from the top in which the row of headings must stand."""


def fold(text: object) -> str:
    """Fold a heading or sheet name: letters and digits in lower case, one underscore between.

    Examples
    --------
    >>> fold("Ride limit (minutes)"), fold(" Passenger-ID* ")
    ('ride_limit_minutes', 'passenger_id')
    """
    return re.sub(r"[\W_]+", "_", str(text).casefold()).strip("_")


def find_near(name: object, known: list[str]) -> str:
    """Find the known name nearest to a mistyped one, as the end of a sentence, or ''."""
    by_fold = {fold(item): item for item in known}
    near = get_close_matches(fold(name), by_fold, n=1, cutoff=0.7)
    return f" (did you mean {by_fold[near[0]]}?)" if near else ""


def find_sheet_spec(name: str) -> SheetSpec | None:
    """Find which of our sheets a sheet or file name means."""
    return _sheets_by_name().get(fold(name))


def is_guide(name: str) -> bool:
    """Tell whether a sheet is the template's guide or another that never holds data."""
    return name.casefold().strip() in GUIDE_SHEETS


@cache
def _fields_by_name(model: type[Row]) -> dict[str, FieldSpec]:
    fields = find_fields(model)
    return {
        **{spec.attribute: spec for spec in fields},
        **{fold(spec.heading): spec for spec in fields},
    }


def find_field(sheet: SheetSpec, heading: object) -> FieldSpec | None:
    """Find the column a heading means: its heading or the attribute's name."""
    return _fields_by_name(sheet.model).get(fold(heading))


def get_field(sheet: SheetSpec, heading: object) -> FieldSpec:
    """Get the column of a heading that a mapping was checked for.

    Raises
    ------
    KeyError
        If there is none.
    """
    return _fields_by_name(sheet.model)[fold(heading)]


@cache
def _sheets_by_name() -> dict[str, SheetSpec]:
    return {
        fold(name): sheet for sheet in reversed(SHEETS) for name in (sheet.name, *sheet.aliases)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderRow:
    """The row of headings of a grid.

    Attributes
    ----------
    position
        Position among the grid's filled rows.
    fields
        Column position with the column of ours it holds; a mapping may read one twice.
    unknown
        Column position to a heading that is not read.
    """

    position: int
    row: int
    fields: tuple[tuple[int, FieldSpec], ...]
    unknown: dict[int, str]
    twice: tuple[int, ...] = ()
    ignored: tuple[int, ...] = ()

    @property
    def columns(self) -> frozenset[int]:
        """Positions of the columns that are read."""
        return frozenset(column for column, _ in self.fields)


def find_header(sheet: SheetSpec, grid: Grid) -> HeaderRow | None:
    """Find the row of headings: the one near the top that names most of our columns."""
    best: HeaderRow | None = None
    for position, (row, cells) in enumerate(grid.rows):
        if row > HEADER_WITHIN:
            break
        header = _read_header(sheet, position, row, cells)
        if len(header.fields) >= 2 and (best is None or len(header.fields) > len(best.fields)):
            best = header
    return best


def _read_header(sheet: SheetSpec, position: int, row: int, cells: list[object]) -> HeaderRow:
    fields: dict[int, FieldSpec] = {}
    unknown: dict[int, str] = {}
    twice: list[int] = []
    ignored: list[int] = []
    seen: set[str] = set()
    for column, cell in enumerate(cells):
        if not isinstance(cell, str) or not cell.strip():
            continue
        if cell == PROBLEMS_HEADING:
            ignored.append(column)
            continue
        spec = find_field(sheet, cell)
        if spec is None:
            unknown[column] = cell.strip()
        elif spec.attribute in seen:
            twice.append(column)
        else:
            seen.add(spec.attribute)
            fields[column] = spec
    return HeaderRow(
        position=position,
        row=row,
        fields=tuple(fields.items()),
        unknown=unknown,
        twice=tuple(twice),
        ignored=tuple(ignored),
    )


def find_mapped_header(sheet: SheetSpec, grid: Grid, mapping: SheetMapping) -> HeaderRow | None:
    """Find the row of a council's own headings that a mapping names."""
    wanted: dict[str, list[FieldSpec]] = {}
    for ours, theirs in mapping.columns.items():
        for heading in (theirs,) if isinstance(theirs, str) else theirs:
            wanted.setdefault(fold(heading), []).append(get_field(sheet, ours))
    best: HeaderRow | None = None
    for position, (row, cells) in enumerate(grid.rows):
        if row > HEADER_WITHIN and mapping.header_row is None:
            break
        if mapping.header_row not in (None, row):
            continue
        found: list[tuple[int, FieldSpec]] = []
        seen: set[str] = set()
        for column, cell in enumerate(cells):
            folded = fold(cell) if isinstance(cell, str) else ""
            if folded in wanted and folded not in seen:
                seen.add(folded)
                found.extend((column, spec) for spec in wanted[folded])
        if found and (best is None or len(found) > len(best.fields)):
            best = HeaderRow(position=position, row=row, fields=tuple(found), unknown={})
    return best
