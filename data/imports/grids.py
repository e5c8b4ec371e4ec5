"""Sheets and CSV files as grids of cells, with what the spreadsheet program hides noticed."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from data.imports.guards import GuardError, check_workbook

Cell = Any
"""Text, float, bool, date, datetime, time or timedelta; '' for blank."""


@dataclass(kw_only=True)
class Grid:
    """One table as it stands in a file.

    Attributes
    ----------
    rows
        Rows with any cell filled: number as the spreadsheet shows it, cells from column A.
    n_rows
        Rows from the first to the last used, blank ones included.
    faults
        Code by (row, column position): formulas never calculated, error values.
    merged
        First row, first column, last row, last column; columns count from 0.
    """

    file: str
    sheet: str
    rows: list[tuple[int, list[Cell]]]
    n_rows: int
    is_hidden: bool = False
    is_1904: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    warnings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


def column_letter(position: int) -> str:
    """Write a column position as the spreadsheet does.

    Examples
    --------
    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def read_workbook_grids(file: str, content: bytes) -> list[Grid]:
    """Read every sheet of a workbook.

    Raises
    ------
    GuardError
        With the code of the catalogue when the workbook must not or cannot be read.
    """
    parts = check_workbook(content)
    is_1904 = _is_1904(parts)
    sheet_parts = _find_sheet_parts(parts)
    names = {part: name for name, part in sheet_parts.items()}
    for name, part in parts.items():
        if b"sheetData" in part:
            _check_extent(names.get(name, name.rsplit("/", 1)[-1]), part)
    grids = []
    try:
        import python_calamine

        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for meta in book.sheets_metadata:
            if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            rows, n_rows = _filled_rows(sheet.iter_rows())
            grid = Grid(
                file=file,
                sheet=meta.name,
                rows=rows,
                n_rows=n_rows,
                is_hidden=meta.visible != python_calamine.SheetVisibleEnum.Visible,
                is_1904=is_1904,
                merged=tuple(
                    (top + 1, left, bottom + 1, right)
                    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
                ),
            )
            _look_beneath(grid, parts.get(sheet_parts.get(meta.name, ""), b""))
            grids.append(grid)
    except BaseException as error:
        # the reader is not Python; when it breaks off it raises something of its own
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise GuardError("F016") from None
        raise
    return grids


MAX_AREA = 10_000_000
MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384
"""The reader keeps every cell of the rectangle it finds: one stray cell can fill the memory."""

_CELL_ADDRESS = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\sr\s*=\s*["']\s*([A-Za-z]*)(\d*)[^"']*["']"""
)
_ROW_START = re.compile(rb"<(?:\w+:)?row\b")
_ROW_ADDRESS = re.compile(rb"""<(?:\w+:)?row\b[^>]*?\sr\s*=\s*["']\s*(\d+)""")


def _check_extent(name: str, part: bytes) -> None:
    """Check how far the cells of a sheet spread, before the reader makes room for them.

    Raises
    ------
    GuardError
        F020 if the rectangle that holds them is too large.
    """
    n_rows = max((int(match[1][:12]) for match in _ROW_ADDRESS.finditer(part)), default=0)
    longest = b""
    for match in _CELL_ADDRESS.finditer(part):
        letters, digits = match[1].upper(), match[2]
        if (len(letters), letters) > (len(longest), longest):
            longest = letters
        if digits:
            n_rows = max(n_rows, int(digits[:12]))
    # rows and cells may leave their address out; then they follow each other
    rows = _ROW_START.split(part)[1:]
    n_rows = max(n_rows, len(rows))
    widest = max((row.count(b"<c") + row.count(b":c ") for row in rows), default=0)
    n_columns = max(_position(longest[:8]) + 1, widest)
    if n_rows > MAX_ROWS or n_columns > MAX_COLUMNS or n_rows * n_columns > MAX_AREA:
        raise GuardError("F020", sheet_name=name, rows=n_rows, columns=n_columns)


def _filled_rows(rows: Any) -> tuple[list[tuple[int, list[Cell]]], int]:
    found = []
    number = 0
    for number, row in enumerate(rows, 1):
        if any(cell != "" for cell in row):
            found.append((number, row))
    return found, number


def _is_1904(parts: dict[str, bytes]) -> bool:
    book = parts.get("xl/workbook.xml", b"")
    return re.search(rb'<(?:\w+:)?workbookPr\b[^>]*date1904="(?:1|true|on)"', book) is not None


def _attribute(text: str, name: str) -> str:
    match = re.search(rf'(?:^|\s){name}="([^"]*)"', text)
    return unescape(match[1]) if match else ""


def _find_sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """Find which part of the archive holds each sheet."""
    book = parts.get("xl/workbook.xml", b"").decode("utf-8", "replace")
    rels = parts.get("xl/_rels/workbook.xml.rels", b"").decode("utf-8", "replace")
    targets = {}
    for match in re.finditer(r"<(?:\w+:)?Relationship\b([^>]*)>", rels):
        target = _attribute(match[1], "Target")
        targets[_attribute(match[1], "Id")] = (
            target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        )
    found = {}
    for match in re.finditer(r"<(?:\w+:)?sheet\b([^>]*)>", book):
        found[_attribute(match[1], "name")] = targets.get(_attribute(match[1], r"\w+:id"), "")
    return found


_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_ROW_NUMBER = re.compile(rb'\sr="(\d{1,7})"')
_IS_ERROR = re.compile(rb'\st="e"')
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is)\b[^>/]*>[^<]|<(?:\w+:)?is>")


def _look_beneath(grid: Grid, part: bytes) -> None:
    """Notice hidden rows and columns, formulas without a value and error values."""
    if _HIDDEN.search(part):
        hidden = []
        for position, match in enumerate(_ROW.finditer(part), 1):
            if _HIDDEN.search(match[1]):
                number = _ROW_NUMBER.search(match[1])
                hidden.append(int(number[1]) if number else position)
        filled = {number for number, _ in grid.rows}
        grid.hidden_rows = tuple(row for row in hidden if row in filled)
        columns: set[int] = set()
        for match in _COLUMN.finditer(part):
            if _HIDDEN.search(match[1]):
                text = match[1].decode("ascii", "replace")
                first, last = _attribute(text, "min"), _attribute(text, "max")
                if first.isdigit() and last.isdigit() and len(columns) < MAX_COLUMNS:
                    columns |= set(range(int(first) - 1, min(int(last), MAX_COLUMNS)))
        grid.hidden_columns = tuple(sorted(columns))
    if not (_FORMULA.search(part) or _IS_ERROR.search(part)):
        return
    starts = list(_CELL.finditer(part))
    ends = [match.start() for match in starts[1:]] + [len(part)]
    for match, end in zip(starts, ends, strict=True):
        reference = _REFERENCE.search(match[1])
        if reference is None:
            continue
        inner = part[match.end() : end]
        if _IS_ERROR.search(match[1]):
            code = "S015"
        elif _FORMULA.search(inner) and not _VALUE.search(inner):
            code = "S014"
        else:
            continue
        grid.faults[int(reference[2]), _position(reference[1])] = code


def _position(letters: bytes) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + letter - 64
    return position - 1


_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}


def read_csv_grid(file: str, sheet: str, content: bytes) -> Grid:
    """Read one CSV file; a row is a record, as a spreadsheet would show it.

    Raises
    ------
    GuardError
        F011, F013 or F015.
    """
    text, is_assumed = _decode(content)
    if not text.strip():
        raise GuardError("F011")
    delimiter = _find_delimiter(text)
    widest = max(line.count(delimiter) for line in text.split("\n"))
    if widest >= MAX_COLUMNS:
        raise GuardError("F020", sheet_name=sheet, rows=text.count("\n"), columns=widest + 1)
    grid = Grid(file=file, sheet=sheet, rows=[], n_rows=0)
    if is_assumed:
        grid.warnings.append(("F012", {}))
    if delimiter != ",":
        grid.warnings.append(("F014", {"separator": _DELIMITERS[delimiter]}))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, 1):
            if any(cell.strip() for cell in row):
                grid.rows.append((number, list(row)))
    except csv.Error:
        raise GuardError("F015", row=number + 1) from None
    grid.n_rows = number
    return grid


def _decode(content: bytes) -> tuple[str, bool]:
    """Decode by byte order mark, else UTF-8, else UTF-16 by its noughts, else Windows-1252."""
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            return content.decode("utf-16"), False
        if content[:200].count(0) * 4 >= len(content[:200]):
            is_big = content[:1] == b"\0"
            return content.decode("utf-16-be" if is_big else "utf-16-le"), False
    except UnicodeDecodeError:
        raise GuardError("F013") from None
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), True
    except UnicodeDecodeError:
        raise GuardError("F013") from None


def _find_delimiter(text: str) -> str:
    """Take the separator that the first filled lines have most of."""
    lines = [line for line in text.splitlines()[:20] if line.strip()][:5]
    counts = {
        mark: max((line.count(mark) for line in lines), default=0) for mark in _DELIMITERS
    }
    best = max(counts, key=lambda mark: (counts[mark], mark == ","))
    return best if counts[best] else ","
