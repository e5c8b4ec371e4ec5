"""The faults workbook: a copy of what was read, bad cells marked, and a list of problems.

It can be mended in place and imported again: the list and the added column are not read as
data. It holds the personal data of the original and is to be kept as safely.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from data.errors import Problem, Severity
from data.imports.catalogue import find_kinds
from data.imports.cells import write_neutral
from data.imports.grids import Grid, read_csv_grid, read_workbook_grids
from data.imports.headings import PROBLEMS_HEADING
from data.imports.report import ImportResult

_COLOURS = {
    Severity.ERROR: "#F4B6B6",
    Severity.WARNING: "#FCE3B0",
    Severity.QUESTION: "#C9DDF2",
}
_WORST = (Severity.ERROR, Severity.WARNING, Severity.QUESTION)
_LETTER = re.compile(r"^([A-Z]{1,3})(?: \(|$)")
_MAX_SHEET_NAME = 31
_MESSAGE_WIDTH = 100
_SENTENCE_WIDTH = 60
_LINE_HEIGHT = 15

Marks = dict[tuple[str, str], dict[int, list[Problem]]]
"""Problems by (file, sheet) and row."""


def write_faults_workbook(result: ImportResult, path: Path) -> None:
    """Write the faults workbook of an import: a summary sheet, the problems, the marked tables.

    Errors are marked red, warnings amber, questions blue; the last column of each row says in
    words what is wrong.
    """
    import xlsxwriter

    grids = _read_grids(result)
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(
        str(path),
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "date_1904": any(grid.is_1904 for grid in grids),
        },
    )
    book.set_properties({"author": "", "title": "wayfare: problems of an import"})
    formats = _Formats(book)
    _write_summary(book, result, formats)
    _write_problems(book, result, formats)
    marks: Marks = {}
    for problem in result.report.problems:
        if problem.row is not None:
            rows = marks.setdefault((problem.file, problem.sheet), {})
            rows.setdefault(problem.row, []).append(problem)
    taken = {"summary", "problems"}
    for grid in grids:
        name = _sheet_name(grid.sheet, taken)
        if name is not None:
            _write_grid(book, name, grid, marks.get((grid.file, grid.sheet), {}), formats)
    book.close()


def _sheet_name(name: str, taken: set[str]) -> str | None:
    """Take a grid's own name; a guide or summary of the original is not copied."""
    if name.casefold() in taken:
        return None
    taken.add(name.casefold())
    return re.sub(r"[\[\]:*?/\\]", " ", name)[:_MAX_SHEET_NAME].strip("'") or "sheet"


def _read_grids(result: ImportResult) -> list[Grid]:
    grids = []
    for original in result.originals:
        if original.name.casefold().endswith(".xlsx"):
            grids.extend(read_workbook_grids(original.name, original.content))
        else:
            stem = original.name.rsplit(".", 1)[0]
            grids.append(read_csv_grid(original.name, stem, original.content))
    return grids


class _Formats:
    """Cell formats by mark and kind of value, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[Severity | None, str], Any] = {}
        self.bold = book.add_format({"bold": True})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})

    def find(self, mark: Severity | None, number_format: str = "") -> Any:
        key = (mark, number_format)
        if key not in self._made:
            style: dict[str, Any] = {}
            if mark is not None:
                style["bg_color"] = _COLOURS[mark]
            if number_format:
                style["num_format"] = number_format
            self._made[key] = self._book.add_format(style)
        return self._made[key]


def _write_summary(book: Any, result: ImportResult, formats: _Formats) -> None:
    sheet = book.add_worksheet("summary")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 5, 12)
    sheet.set_column(6, 6, 60)
    report = result.report
    sheet.write_string(0, 0, f"Import of {report.source}", formats.title)
    verdict = "accepted" if report.is_accepted else "refused: nothing was imported"
    if report.is_accepted and result.quarantine:
        verdict = f"accepted, with {len(result.quarantine)} rows in quarantine"
    sheet.write_string(1, 0, f"This import was {verdict}.")
    row = 3
    for severity in _WORST:
        sheet.write_string(row, 0, f"{severity.value}s", formats.find(severity))
        sheet.write_number(row, 1, report.count(severity))
        row += 1
    row += 1
    for column, title in enumerate(
        ("sheet", "read", "accepted", "rejected", "blank", "header")
    ):
        sheet.write_string(row, column, title, formats.bold)
    for count in report.counts:
        row += 1
        sheet.write_string(row, 0, count.sheet)
        numbers = (
            count.n_read,
            count.n_accepted,
            count.n_rejected,
            count.n_blank,
            count.n_header,
        )
        for column, number in enumerate(numbers, 1):
            sheet.write_number(row, column, number)
    row += 2
    for column, title in ((0, "what is wrong"), (1, "how often"), (2, "code")):
        sheet.write_string(row, column, title, formats.bold)
    kinds = find_kinds()
    found = Counter(problem.code for problem in report.problems)
    for code, times in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        row += 1
        kind = kinds[code]
        sheet.write_string(row, 0, kind.title, formats.find(kind.severity))
        sheet.write_number(row, 1, times)
        sheet.write_string(row, 2, code)
    for original in report.files:
        row += 1
        sheet.write_string(row + 1, 0, original.name)
        sheet.write_string(row + 1, 1, f"SHA-256 {original.sha256}")


def _write_problems(book: Any, result: ImportResult, formats: _Formats) -> None:
    sheet = book.add_worksheet("problems")
    titles = (
        "severity",
        "code",
        "file",
        "sheet",
        "row",
        "column",
        "value",
        "cause",
        "what to do",
    )
    for column, (title, width) in enumerate(
        zip(titles, (10, 7, 20, 18, 7, 24, 18, _SENTENCE_WIDTH, _SENTENCE_WIDTH), strict=True)
    ):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, formats.bold)
    sheet.freeze_panes(1, 0)
    for row, problem in enumerate(result.report.problems, 1):
        sheet.write_string(row, 0, problem.severity.value, formats.find(problem.severity))
        for column, text in enumerate((problem.code, problem.file, problem.sheet), 1):
            sheet.write_string(row, column, write_neutral(text))
        if problem.row is not None:
            sheet.write_number(row, 4, problem.row)
        texts = (problem.column, problem.value, problem.cause, problem.suggestion)
        longest = max(len(problem.cause), len(problem.suggestion))
        sheet.set_row(row, _LINE_HEIGHT * (1 + longest // _SENTENCE_WIDTH))
        for column, text in enumerate(texts, 5):
            style = formats.wrap if column > 6 else None
            sheet.write_string(row, column, write_neutral(text), style)


def _write_grid(
    book: Any, name: str, grid: Grid, marks: dict[int, list[Problem]], formats: _Formats
) -> None:
    sheet = book.add_worksheet(name)
    width = max((len(cells) for _, cells in grid.rows), default=0)
    sheet.set_column(0, max(width - 1, 0), 14)
    sheet.set_column(width, width, _MESSAGE_WIDTH)
    is_headed = False
    for row, cells in grid.rows:
        problems = marks.get(row, [])
        by_column: dict[int, Severity] = {}
        for problem in problems:
            match = _LETTER.match(problem.column)
            at = _position(match[1]) if match else -1
            if at not in by_column or _worse(problem.severity, by_column[at]):
                by_column[at] = problem.severity
        whole_row = by_column.get(-1)
        for column, cell in enumerate(cells):
            _write_cell(sheet, row - 1, column, cell, by_column.get(column, whole_row), formats)
        for column in by_column:
            if column >= len(cells) or (column >= 0 and cells[column] == ""):
                sheet.write_blank(row - 1, column, None, formats.find(by_column[column]))
        if not is_headed and sum(isinstance(cell, str) and cell != "" for cell in cells) > 1:
            is_headed = True
            sheet.write_string(row - 1, width, PROBLEMS_HEADING, formats.bold)
            sheet.freeze_panes(row, 0)
        elif problems:
            texts = [f"{p.code} {p.cause} {p.suggestion}" for p in problems]
            n_lines = sum(1 + len(text) // _MESSAGE_WIDTH for text in texts)
            sheet.set_row(row - 1, _LINE_HEIGHT * n_lines)
            sheet.write_string(row - 1, width, write_neutral("\n".join(texts)), formats.wrap)


def _worse(severity: Severity, other: Severity) -> bool:
    return _WORST.index(severity) < _WORST.index(other)


def _position(letters: str) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + ord(letter) - 64
    return position - 1


def _write_cell(
    sheet: Any, row: int, column: int, cell: Any, mark: Severity | None, formats: _Formats
) -> None:
    """Write a cell as it was read, marked if something is wrong with it."""
    if cell == "" or cell is None:
        if mark is not None:
            sheet.write_blank(row, column, None, formats.find(mark))
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell, formats.find(mark))
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, column, cell, formats.find(mark))
    elif isinstance(cell, timedelta):
        days = cell.total_seconds() / 86_400
        sheet.write_number(row, column, days, formats.find(mark, "[hh]:mm:ss"))
    elif isinstance(cell, time):
        sheet.write_datetime(row, column, cell, formats.find(mark, "hh:mm:ss"))
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell, formats.find(mark, "dd/mm/yyyy hh:mm"))
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, formats.find(mark, "dd/mm/yyyy"))
    else:
        text = write_neutral(str(cell))[:32_767]
        sheet.write_string(row, column, text, formats.find(mark))
