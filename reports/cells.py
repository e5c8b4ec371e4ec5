"""Workbooks that are safe to open and to print: text stays text, no formulas, no author."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from typing import Any

import xlsxwriter

from data.units import MM_PER_MILE, S_PER_DAY

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d+)?")
_RISKY = "=+-@\t\r\x00\n\uff1d\uff0b\uff0d\uff20"
_CONTROLS = {code: "\ufffd" for code in range(0x20) if code not in (0x09, 0x0A)}
_LONGEST = 32_000

LINE_POINTS = 13.5
"""Height of a line of text. [1/72 inch]"""

NAVY, PALE, GREY = "#12436D", "#E8EEF4", "#595959"
"""Colours of headings, bands and notes; white on navy and grey on white exceed 7 to 1."""


def clean_text(text: str) -> str:
    """Make text harmless in a spreadsheet: a leading sign that starts a formula is quoted.

    Plain numbers keep their sign. Control characters become the replacement character.

    Examples
    --------
    >>> clean_text("=1+1"), clean_text("-5"), clean_text("Elm Road")
    ("'=1+1", '-5', 'Elm Road')
    """
    if text and text[0] in _RISKY and not _NUMBER.fullmatch(text):
        text = "'" + text
    text = text.translate(_CONTROLS)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class Kind(StrEnum):
    """What a column holds, which decides how its cells are written."""

    TEXT = "text"
    WRAPPED = "wrapped"
    COUNT = "count"
    TIME = "time"
    """Seconds after midnight, shown as hours and minutes."""
    MINUTES = "minutes"
    """Seconds, shown as minutes and seconds."""
    MILES = "miles"
    """Metres, shown as miles with two decimals."""
    POUNDS = "pounds"
    """Pence, shown as pounds."""
    RATE = "rate"
    """Thousandths of a penny, shown as pounds with up to five decimals."""
    TENTHS = "tenths"
    """Whole tenths, e.g. of a per cent, shown with one decimal."""
    DATE = "date"


_NUMBER_FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.TIME: "hh:mm",
    Kind.MINUTES: "[m]:ss",
    Kind.MILES: "#,##0.00",
    Kind.POUNDS: "#,##0.00",
    Kind.RATE: "#,##0.00###",
    Kind.TENTHS: "#,##0.0",
    Kind.DATE: "d mmm yyyy",
}

_SIDES = {Kind.TEXT: "left", Kind.WRAPPED: "left", Kind.TIME: "center", Kind.DATE: "left"}
"""Side of the cell that a kind stands at; all others stand at the right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: heading, kind and width in characters."""

    heading: str
    kind: Kind = Kind.TEXT
    width: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a workbook comes from; shown in its first sheet or foot of every page.

    Attributes
    ----------
    title
        Title of the workbook's properties.
    footer
        Short text in the foot of every page, e.g. the run.
    """

    title: str
    footer: str
    created_utc: datetime


class Book:
    """A workbook in memory; equal calls give equal bytes."""

    def __init__(self, origin: Origin) -> None:
        self._buffer = BytesIO()
        self._origin = origin
        # In memory: names must not pass through temporary files.
        self._book = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties(
            {
                "title": clean_text(origin.title),
                "author": "wayfare",
                "created": origin.created_utc.replace(tzinfo=None, microsecond=0),
            }
        )
        self._formats: dict[tuple[str, str], Any] = {}
        self._names: set[str] = set()

    def add_sheet(self, name: str, *, is_landscape: bool = True) -> Sheet:
        """Add a sheet set up for A4; the name is cut, cleaned and made unlike the others."""
        sheet = self._book.add_worksheet(self._build_name(name))
        if is_landscape:
            sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        footer = clean_text(self._origin.footer).replace("&", "&&")
        # a digit straight after the font size would be read as part of it
        gap = " " if footer[:1].isdigit() else ""
        sheet.set_footer(f"&L&8{gap}{footer[:200]}&R&8Page &P of &N")
        sheet.hide_gridlines(2)
        return Sheet(self, sheet)

    def close(self) -> bytes:
        """Finish the workbook and return its bytes."""
        self._book.close()
        return self._buffer.getvalue()

    def find_format(self, style: str, kind: Kind = Kind.TEXT) -> Any:
        """Find the format of a style and kind, made at first use."""
        key = (style, kind.value)
        if key not in self._formats:
            self._formats[key] = self._book.add_format(_build_format(style, kind))
        return self._formats[key]

    def _build_name(self, name: str) -> str:
        """Build a sheet name that Excel accepts: at most 31 plain characters, unique."""
        clean = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "-", name).strip("' ")[:31] or "Sheet"
        found, n = clean, 1
        while found.casefold() in self._names:
            n += 1
            found = f"{clean[: 31 - len(str(n)) - 1]} {n}"
        self._names.add(found.casefold())
        return found


class Sheet:
    """One sheet, written from top to bottom."""

    def __init__(self, book: Book, sheet: Any) -> None:
        self._book = book
        self._sheet = sheet
        self._row = 0
        self._breaks: list[int] = []
        self._rows_on_page = 0

    @property
    def name(self) -> str:
        """Name of the sheet as it stands in the workbook."""
        return str(self._sheet.get_name())

    def set_widths(self, widths: Sequence[int]) -> None:
        """Set the width of the first columns. [characters]"""
        for i, width in enumerate(widths):
            self._sheet.set_column(i, i, width)

    def write_title(self, text: str, note: str = "") -> None:
        """Write a title, and a line of explanation beneath it."""
        self._sheet.set_row(self._row, 24)
        self._write(0, text, "title", Kind.TEXT)
        self._advance()
        if note:
            self.write_note(note)

    def write_heading(self, text: str) -> None:
        """Write a heading inside the sheet."""
        self._sheet.set_row(self._row, 19)
        self._write(0, text, "heading", Kind.TEXT)
        self._advance()

    def write_note(self, text: str, style: str = "note") -> None:
        """Write a line of text that runs over the columns to its right."""
        self._write(0, text, style, Kind.TEXT)
        self._advance()

    def write_paragraph(self, text: str, n_columns: int, n_lines: int) -> None:
        """Write text over several columns, as high as it has lines."""
        self._sheet.set_row(self._row, 15 * n_lines)
        cell_format = self._book.find_format("paragraph")
        self._sheet.merge_range(
            self._row, 0, self._row, n_columns - 1, clean_text(text), cell_format
        )
        self._advance()

    def skip(self) -> None:
        """Leave a row empty."""
        self._advance()

    def write_pair(
        self, label: str, value: Any, kind: Kind = Kind.TEXT, note: str = ""
    ) -> None:
        """Write a label with its value and a note."""
        self._write(0, label, "label", Kind.TEXT)
        self._write(1, value, "value", kind)
        if note:
            self._write(2, note, "note", Kind.TEXT)
        self._advance()

    def write_band(self, text: str, n_columns: int) -> None:
        """Write a coloured row with text that runs over it, which heads a block of a table."""
        for i in range(n_columns):
            self._write(i, text if i == 0 else None, "band", Kind.TEXT)
        self._advance()

    def write_header(self, columns: Sequence[Column], *, is_repeated: bool = False) -> None:
        """Write the head of a table; repeated on every printed page if asked."""
        # Bold letters are wider: a heading is counted with two figures less of room.
        n_lines = max(_count_lines(c.heading, max(c.width - 2, 4)) for c in columns)
        self._sheet.set_row(self._row, max(32, 15 * n_lines + 2))
        for i, column in enumerate(columns):
            side = _SIDES.get(column.kind, "right")
            self._write(i, column.heading, f"head {side}", Kind.TEXT)
        if is_repeated:
            self._sheet.repeat_rows(self._row)
            self._sheet.freeze_panes(self._row + 1, 0)
        self._advance()

    def write_row(
        self, columns: Sequence[Column], values: Sequence[Any], *, style: str = "cell"
    ) -> None:
        """Write one row of a table, as high as its longest wrapped cell; None is empty."""
        n_lines = max(
            (
                _count_lines(value, column.width)
                for column, value in zip(columns, values, strict=True)
                if column.kind is Kind.WRAPPED and isinstance(value, str)
            ),
            default=1,
        )
        if n_lines > 1:
            self._sheet.set_row(self._row, LINE_POINTS * n_lines)
            self._rows_on_page += n_lines - 1
        for i, (column, value) in enumerate(zip(columns, values, strict=True)):
            self._write(i, value, style, column.kind)
        self._advance()

    def write_table(
        self,
        columns: Sequence[Column],
        rows: Sequence[Sequence[Any]],
        *,
        total: Sequence[Any] | None = None,
    ) -> None:
        """Write a whole table with its head, a filter, and a row of totals if given."""
        self.set_widths([c.width for c in columns])
        first = self._row
        self.write_header(columns, is_repeated=True)
        for row in rows:
            self.write_row(columns, row)
        if rows:
            self._sheet.autofilter(first, 0, self._row - 1, len(columns) - 1)
        if total is not None:
            self.write_row(columns, total, style="total")

    def start_block(self, n_rows: int, rows_per_page: int) -> None:
        """Begin a block that should not be torn: on a new page if it does not fit on this."""
        if self._rows_on_page and self._rows_on_page + n_rows > rows_per_page:
            self._breaks.append(self._row)
            self._sheet.set_h_pagebreaks(self._breaks)
            self._rows_on_page = 0

    def _advance(self) -> None:
        self._row += 1
        self._rows_on_page += 1

    def _write(self, column: int, value: Any, style: str, kind: Kind) -> None:
        """Write one cell as its kind wants it."""
        cell_format = self._book.find_format(style, kind)
        row = self._row
        if value is None:
            self._sheet.write_blank(row, column, None, cell_format)
        elif isinstance(value, str):
            self._sheet.write_string(row, column, clean_text(value), cell_format)
        elif isinstance(value, datetime | date):
            self._sheet.write_datetime(row, column, value, cell_format)
        else:
            self._sheet.write_number(row, column, _scale(value, kind), cell_format)


def _count_lines(text: str, width: int) -> int:
    """Count the lines that text needs in a column, broken between words."""
    # A column is as wide as so many figures; words set in Arial take a tenth less.
    room = max(width * 11 // 10 - 1, 1)
    n_lines, used = 1, 0
    for word in text.split(" "):
        if used and used + 1 + len(word) > room:
            n_lines, used = n_lines + 1, len(word)
        else:
            used += len(word) + (1 if used else 0)
        n_lines += max(used - 1, 0) // room
        used = (used - 1) % room + 1 if used else 0
    return n_lines


def _scale(value: int, kind: Kind) -> Decimal | int | float:
    """Turn whole units into what a spreadsheet shows; money stays exact to its last digit."""
    if kind is Kind.POUNDS:
        return Decimal(value) / 100
    if kind is Kind.RATE:
        return Decimal(value) / 100_000
    if kind is Kind.TENTHS:
        return Decimal(value) / 10
    if kind in (Kind.TIME, Kind.MINUTES):
        return value / S_PER_DAY
    if kind is Kind.MILES:
        return value * 1_000 / MM_PER_MILE
    return value


def _build_format(style: str, kind: Kind) -> dict[str, Any]:
    """Build the properties of a cell format."""
    made: dict[str, Any] = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    if kind in _NUMBER_FORMATS:
        made |= {"num_format": _NUMBER_FORMATS[kind], "align": _SIDES.get(kind, "right")}
    if kind is Kind.TEXT:
        made["num_format"] = "@"
    if kind in (Kind.TEXT, Kind.WRAPPED) and style in ("cell", "total", "band"):
        made |= {"indent": 1, "align": "left"}
    if kind is Kind.WRAPPED or style == "paragraph":
        made |= {"text_wrap": True, "num_format": "@"}
    styles: dict[str, dict[str, Any]] = {
        "title": {"font_size": 16, "bold": True, "font_color": NAVY},
        "heading": {"font_size": 12, "bold": True, "font_color": NAVY},
        "band": {"bold": True, "bg_color": PALE},
        "note": {"font_color": GREY, "italic": True},
        "warning": {"bold": True, "font_color": "#942514"},
        "paragraph": {},
        "label": {},
        "value": {"bold": True},
        "cell": {"bottom": 1, "bottom_color": "#D0D7DE"},
        "total": {"bold": True, "top": 1, "bg_color": PALE},
    }
    if style.startswith("head "):
        made |= {
            "bold": True,
            "font_color": "white",
            "bg_color": NAVY,
            "text_wrap": True,
            "valign": "vcenter",
            "align": style.removeprefix("head "),
        }
        if style == "head left":
            made["indent"] = 1
    return made | styles.get(style, {})
