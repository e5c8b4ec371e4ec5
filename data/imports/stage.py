"""From grids to rows: headings found, every cell read, every row accounted for."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from data.imports.cells import is_blank
from data.imports.columns import CellKind, FieldSpec, SheetSpec
from data.imports.grids import Grid, column_letter
from data.imports.headings import (
    HEADER_WITHIN,
    HeaderRow,
    find_header,
    find_mapped_header,
    find_near,
    fold,
    get_field,
)
from data.imports.staging import Record, StagedSheet, Staging

if TYPE_CHECKING:
    from data.mapping import SheetMapping

EXAMPLE_MARK = "EXAMPLE:"
"""A row whose first filled cell begins so is the template's example and never data."""

_TOTAL = re.compile(r"^(grand |sub-?\s?)?(total|sum|count|average)s?\b", re.IGNORECASE)
_DAYS_1904 = 1_462
"""Days from the epoch of 1900 to that of 1904."""


def stage_grid(
    staging: Staging, sheet: SheetSpec, grid: Grid, mapping: SheetMapping | None = None
) -> None:
    """Read one grid as one of our sheets; problems and rows go to the staging area.

    Parameters
    ----------
    mapping
        How the columns of a council's own sheet are read; None for our headings.
    """
    staged = StagedSheet(spec=sheet, file=grid.file, shown=grid.sheet, n_read=grid.n_rows)
    staging.sheets[sheet.name] = staged
    staged.n_blank = grid.n_rows - len(grid.rows)
    for code, context in grid.warnings:
        staging.note_file(code, file=grid.file, sheet=grid.sheet, **context)
    if grid.is_1904 and not staging.has("S017", grid.file):
        staging.note_file("S017", file=grid.file)
    if grid.is_hidden:
        staging.note_file("S009", file=grid.file, sheet=grid.sheet)
    if mapping is None:
        header = find_header(sheet, grid)
    else:
        header = find_mapped_header(sheet, grid, mapping)
    if header is None:
        staged.n_header = len(grid.rows)
        staging.note_file("S004", file=grid.file, sheet=grid.sheet, most=HEADER_WITHIN)
        return
    _note_headings(staging, staged, grid, header, mapping)
    _stage_rows(staging, staged, grid, header, mapping)
    _note_hidden(staging, staged, grid, header)
    _note_lost_noughts(staging, staged)
    if not staged.records and not staged.rejected and sheet.is_required:
        staging.note_file("S016", file=grid.file, sheet=grid.sheet)


def _note_headings(
    staging: Staging,
    staged: StagedSheet,
    grid: Grid,
    header: HeaderRow,
    mapping: SheetMapping | None,
) -> None:
    cells = grid.rows[header.position][1]
    known = [spec.heading for spec in staged.spec.fields]

    def note(code: str, column: int, heading: str, **context: Any) -> None:
        staging.note_file(
            code,
            file=grid.file,
            sheet=grid.sheet,
            row=header.row,
            column=f"{column_letter(column)} ({heading})",
            **context,
        )

    for column, spec in header.fields:
        staged.letters[spec.attribute] = column_letter(column)
        staged.headings[spec.attribute] = str(cells[column]).strip()
    staged.cell_headings = tuple(str(cell).strip() for cell in cells)
    for column in header.twice:
        heading = str(cells[column]).strip()
        note("S007", column, heading)
    for column, heading in header.unknown.items():
        note("S006", column, heading, hint=find_near(heading, known))
    present = {spec.attribute for _, spec in header.fields}
    if mapping is not None:
        _note_unmapped(staging, staged, grid, mapping)
        present |= {get_field(staged.spec, ours).attribute for ours in mapping.constants}
    for spec in staged.spec.fields:
        if spec.is_required and spec.attribute not in present:
            staging.note_file(
                "S005",
                file=grid.file,
                sheet=grid.sheet,
                row=header.row,
                heading=spec.heading,
            )
    if mapping is None:
        _note_unheaded(staging, staged, grid, header)


def _note_unmapped(
    staging: Staging,
    staged: StagedSheet,
    grid: Grid,
    mapping: SheetMapping,
) -> None:
    """Note columns that a mapping names and the sheet does not have."""
    known = {fold(heading) for heading in staged.cell_headings}
    for ours, theirs in mapping.columns.items():
        spec = get_field(staged.spec, ours)
        for heading in (theirs,) if isinstance(theirs, str) else theirs:
            if fold(heading) not in known:
                staging.note_file(
                    "M004",
                    file=grid.file,
                    sheet=grid.sheet,
                    column=heading,
                    heading=spec.heading,
                    hint=find_near(heading, [h for h in staged.cell_headings if h]),
                )


def _note_unheaded(
    staging: Staging, staged: StagedSheet, grid: Grid, header: HeaderRow
) -> None:
    """Note filled cells under no heading, once a column, and rows longer than the headings."""
    headed = header.columns | {*header.unknown, *header.twice, *header.ignored}
    width = max(headed, default=-1) + 1
    noted: set[int] = set()
    for row, cells in grid.rows[header.position + 1 :]:
        for column, cell in enumerate(cells):
            if column in headed or column in noted or is_blank(cell, CellKind.TEXT):
                continue
            if column < width:
                noted.add(column)
                staging.note_file(
                    "S008",
                    file=grid.file,
                    sheet=grid.sheet,
                    row=row,
                    column=column_letter(column),
                )
            else:
                staging.note_file("S018", file=grid.file, sheet=grid.sheet, row=row)
                break


def _stage_rows(
    staging: Staging,
    staged: StagedSheet,
    grid: Grid,
    header: HeaderRow,
    mapping: SheetMapping | None,
) -> None:
    heading_cells = grid.rows[header.position][1]
    read_row = RowReader(staged.spec, header, mapping)
    staged.n_header = header.position + 1
    for row, cells in grid.rows[header.position + 1 :]:
        first = next((cell for cell in cells if not is_blank(cell, CellKind.TEXT)), "")
        if isinstance(first, str) and first.strip().upper().startswith(EXAMPLE_MARK):
            staged.n_header += 1
            continue
        if cells == heading_cells:
            staged.n_header += 1
            continue
        found = read_row.collect(cells)
        is_faulty = any((row, column) in grid.faults for column in header.columns)
        if not found and not is_faulty:
            staged.n_blank += 1
            continue
        staged.cells[row] = tuple(cells)
        missing = any(s.is_required and s.attribute not in found for s in staged.spec.fields)
        if missing and isinstance(first, str) and _TOTAL.match(first.strip()):
            staging.note("S013", staged.spec.name, row, value=first)
            staging.reject(staged.spec.name, row, "S013")
            continue
        _stage_row(staging, staged, grid, header, row, found)
    _note_merged(staging, staged, grid, header)


class RowReader:
    """Collects the filled cells of a row by attribute, as a mapping says."""

    def __init__(
        self, sheet: SheetSpec, header: HeaderRow, mapping: SheetMapping | None
    ) -> None:
        self._fields = header.fields
        self._constants: dict[str, str] = {}
        self._values: dict[str, dict[str, str]] = {}
        if mapping is None:
            return
        for ours, constant in mapping.constants.items():
            self._constants[get_field(sheet, ours).attribute] = constant
        for ours, table in mapping.values.items():
            attribute = get_field(sheet, ours).attribute
            self._values[attribute] = {fold(k): v for k, v in table.items()}

    def collect(self, cells: Sequence[Any]) -> dict[str, Any]:
        """Collect the cells that are not blank; constants only beside at least one."""
        found: dict[str, Any] = {}
        for column, spec in self._fields:
            if column >= len(cells) or cells[column] == "":
                continue
            cell = cells[column]
            table = self._values.get(spec.attribute)
            if table is not None:
                cell = table.get(fold(_text(cell)), cell)
            if is_blank(cell, spec.column.kind, spec.column.choices):
                continue
            if spec.attribute in found:  # a mapping joins several columns into one text
                cell = f"{_text(found[spec.attribute])} {_text(cell)}"
            found[spec.attribute] = cell
        if found:
            for attribute, constant in self._constants.items():
                found.setdefault(attribute, constant)
        return found


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _stage_row(
    staging: Staging,
    staged: StagedSheet,
    grid: Grid,
    header: HeaderRow,
    row: int,
    found: dict[str, Any],
) -> None:
    name = staged.spec.name
    faulty = set()
    if grid.faults:
        for column, spec in header.fields:
            code = grid.faults.get((row, column))
            if code is not None:
                faulty.add(spec.attribute)
                staging.note(code, name, row, spec.attribute)
    if grid.is_1904:
        _shift_1904(staged.spec.fields, found)
    notes: list[tuple[str, str, dict[str, Any]]] = []
    try:
        value = staged.spec.model.model_validate(found, context=notes)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False):
            attribute = str(fault["loc"][0])
            if attribute not in faulty:
                _note_fault(staging, staged, row, attribute, fault, found.get(attribute))
    else:
        if not faulty:
            staged.records.append(Record(row, value))
    for attribute, code, context in notes:
        staging.note(code, name, row, attribute, value=found.get(attribute, ""), **context)


def _note_fault(
    staging: Staging,
    staged: StagedSheet,
    row: int,
    attribute: str,
    fault: Any,
    value: Any,
) -> None:
    context: dict[str, Any] = {}
    if fault["type"] == "cell":
        context = dict(fault["ctx"])
        code = context.pop("code")
    elif fault["type"] == "missing" and attribute not in staged.headings:
        staging.reject(staged.spec.name, row, "S005")  # said once, for the whole column
        return
    elif fault["type"] == "missing":
        code = "V001"
        context["about"] = next(
            f.column.about for f in staged.spec.fields if f.attribute == attribute
        )
    else:
        code = "V060"
    staging.note(code, staged.spec.name, row, attribute, value=value, **context)


def _shift_1904(fields: tuple[FieldSpec, ...], found: dict[str, Any]) -> None:
    """Turn bare day numbers of the 1904 system into those of 1900; date cells come right."""
    for spec in fields:
        value = found.get(spec.attribute)
        if spec.column.kind is CellKind.DATE and isinstance(value, float):
            found[spec.attribute] = value + _DAYS_1904


def _note_merged(staging: Staging, staged: StagedSheet, grid: Grid, header: HeaderRow) -> None:
    numbers = sorted(staged.cells)
    for top, left, bottom, right in grid.merged:
        columns = [(c, spec) for c, spec in header.fields if left <= c <= right]
        rows = numbers[bisect_left(numbers, top) : bisect_right(numbers, bottom)]
        if not columns or not rows:
            continue
        shown = f"{column_letter(left)}{top}:{column_letter(right)}{bottom}"
        attribute = columns[0][1].attribute
        staging.note("S012", staged.spec.name, rows[0], attribute, cells=shown)
        for row in rows:
            staging.reject(staged.spec.name, row, "S012")


def _note_hidden(staging: Staging, staged: StagedSheet, grid: Grid, header: HeaderRow) -> None:
    rows = [row for row in grid.hidden_rows if row in staged.cells]
    if rows:
        staging.note_file(
            "S010",
            file=grid.file,
            sheet=grid.sheet,
            row=rows[0],
            count=len(rows),
            first=rows[0],
        )
    for column in grid.hidden_columns:
        spec = next((spec for at, spec in header.fields if at == column), None)
        if spec is not None:
            staging.note_file(
                "S011",
                file=grid.file,
                sheet=grid.sheet,
                column=f"{column_letter(column)} ({spec.heading})",
            )


def _note_lost_noughts(staging: Staging, staged: StagedSheet) -> None:
    """Warn of identifiers of digits that are shorter than their neighbours with noughts."""
    key = staged.spec.fields[0]
    if key.column.kind is not CellKind.IDENTIFIER:
        return
    digits = [
        (record, value)
        for record in staged.records
        if (value := getattr(record.value, key.attribute)) and value.isdigit()
    ]
    lengths = Counter(len(value) for _, value in digits if value.startswith("0"))
    if not lengths:
        return
    usual = lengths.most_common(1)[0][0]
    for record, value in digits:
        if len(value) < usual:
            staging.note("V013", staged.spec.name, record, key.attribute, value=value)
