"""A statement as a workbook and as lines for the screen, from the same plain values."""

from __future__ import annotations

from datetime import datetime

from data.statements import Heading, Measure, Statement, StatementTable, Value
from data.units import format_pounds
from reports.cells import Book, Column, Kind, Origin

_KINDS = {
    Measure.TEXT: Kind.WRAPPED,
    Measure.COUNT: Kind.COUNT,
    Measure.POUNDS: Kind.POUNDS,
    Measure.TENTHS: Kind.TENTHS,
}
_MOST_COLUMN = 44
_MOST_IN_BOOK = 34
"""Longer texts wrap, so that a table of many columns still prints to be read."""


def build_statement_book(
    statement: Statement, *, code_version: str, created_utc: datetime
) -> bytes:
    """Build the workbook of a statement; equal calls give equal bytes."""
    footer = f"{statement.basis}   code {code_version}"
    book = Book(Origin(title=statement.title, footer=footer, created_utc=created_utc))
    for n, table in enumerate(statement.tables):
        sheet = book.add_sheet(table.name)
        columns = [_build_column(table, k) for k in range(len(table.headings))]
        sheet.set_widths([c.width for c in columns])
        sheet.write_title(statement.title if n == 0 else table.name, statement.basis)
        for warning in statement.warnings if n == 0 else ():
            sheet.write_note(warning, style="warning")
        sheet.write_table(
            columns,
            [list(row) for row in table.rows],
            total=None if table.total is None else list(table.total),
        )
        sheet.skip()
        for note in table.notes:
            sheet.write_note(note)
    return book.close()


def build_statement_lines(statement: Statement, *, most: int = 40) -> tuple[str, ...]:
    """Build the lines of a statement for a terminal; long tables are cut, and say so."""
    lines = [statement.title, f"({statement.basis})"]
    lines += [f"warning: {text}" for text in statement.warnings]
    for table in statement.tables:
        lines += ["", table.name]
        shown = [tuple(h.name for h in table.headings)]
        shown += [_write_row(table.headings, row) for row in table.rows[:most]]
        if table.total is not None:
            shown.append(_write_row(table.headings, table.total))
        widths = [
            min(_MOST_COLUMN, max(len(row[k]) for row in shown))
            for k in range(len(table.headings))
        ]
        for row in shown:
            cells = (
                cell[:width].ljust(width) if h.measure is Measure.TEXT else cell.rjust(width)
                for cell, width, h in zip(row, widths, table.headings, strict=True)
            )
            lines.append(("  " + "  ".join(cells)).rstrip())
        if len(table.rows) > most:
            lines.append(f"  ({len(table.rows) - most} more rows in the workbook)")
        lines += [f"  {note}" for note in table.notes]
    return tuple(lines)


def build_statement_record(statement: Statement) -> dict[str, object]:
    """Build a statement as plain values for JSON; amounts in pence."""
    return {
        "title": statement.title,
        "basis": statement.basis,
        "warnings": list(statement.warnings),
        "tables": {
            table.name: [
                {_key(h): value for h, value in zip(table.headings, row, strict=True)}
                for row in table.rows
            ]
            for table in statement.tables
        },
        "totals": {
            table.name: {
                _key(h): value for h, value in zip(table.headings, table.total, strict=True)
            }
            for table in statement.tables
            if table.total is not None
        },
    }


def _key(heading: Heading) -> str:
    """Name a value in JSON, with its unit."""
    words = "".join(c if c.isalnum() else " " for c in heading.name.replace("£", ""))
    name = "_".join(words.lower().split())
    return f"{name}_pence" if heading.measure is Measure.POUNDS else name


def _build_column(table: StatementTable, k: int) -> Column:
    heading = table.headings[k]
    widest = max(
        (len(_write_cell(heading, row[k])) for row in table.rows), default=len(heading.name)
    )
    name = f"{heading.name}, £" if heading.measure is Measure.POUNDS else heading.name
    # Headings wrap to two lines, and a gap keeps them apart.
    longest_word = max((len(word) for word in name.split()), default=0)
    needed = max(widest + 2, longest_word + 4, len(name) // 2 + 6)
    width = max(10, min(_MOST_IN_BOOK, needed))
    return Column(heading=name, kind=_KINDS[heading.measure], width=width)


def _write_row(headings: tuple[Heading, ...], row: tuple[Value, ...]) -> tuple[str, ...]:
    return tuple(_write_cell(h, value) for h, value in zip(headings, row, strict=True))


def _write_cell(heading: Heading, value: Value) -> str:
    if value is None:
        return "-"
    if isinstance(value, str):
        return value
    if heading.measure is Measure.POUNDS:
        return format_pounds(value)
    if heading.measure is Measure.TENTHS:
        sign = "-" if value < 0 else ""
        return f"{sign}{abs(value) // 10:,}.{abs(value) % 10}"
    return f"{value:,}"
