"""Writing the council's workbook: the empty template, a full export, and the same as CSV.

Exports hold cells and nothing else: no formulas, comments, links, hidden sheets or author. Text
that a spreadsheet might take for a formula gets an apostrophe, which reading takes off again.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from data.imports.cells import write_cell, write_neutral
from data.imports.clocks import read_time
from data.imports.columns import CellKind, FieldSpec, SheetSpec
from data.imports.settings import find_settings, write_setting
from data.imports.sheets import SHEETS
from data.imports.stage import EXAMPLE_MARK
from data.inputs import Inputs
from data.units import S_PER_DAY

_LAST_ROW = 20_000
"""Drop-down lists reach down to here."""

_WIDTHS = {CellKind.TEXT: 26, CellKind.TEXTS: 26, CellKind.VALUE: 26}


def write_template(path: Path, forms: Sequence[SheetSpec] = SHEETS) -> None:
    """Write the empty workbook: guide, one sheet each, drop-down lists, notes, an example row.

    The example row begins with ``EXAMPLE:`` and is never read as data.

    Parameters
    ----------
    forms
        Sheets to write; those of the council's workbook by default.
    """
    book = _open_book(path)
    formats = _build_formats(book)
    _write_guide(book, formats, forms)
    sheets = {sheet.name: book.add_worksheet(sheet.name) for sheet in forms}
    for sheet in forms:
        target = sheets[sheet.name]
        _write_headings(target, sheet.fields, formats)
        _write_notes(target, sheet)
        if sheet.name == "settings":
            _write_settings(target, sheet, formats)
        else:
            _write_example(target, sheet, formats)
            _write_lists(target, sheet)
    book.close()


def write_workbook(inputs: Inputs, path: Path) -> None:
    """Write inputs in full as a workbook in the template's form.

    Reading the file gives equal inputs.
    """
    from data.tables import inputs_to_tables

    book = _open_book(path)
    formats = _build_formats(book)
    for name, table in inputs_to_tables(inputs).items():
        sheet = next(spec for spec in SHEETS if spec.name == name)
        target = book.add_worksheet(name)
        fields = [f for f in sheet.fields if not f.column.is_import_only]
        _write_headings(target, fields, formats)
        if name == "settings":
            _widen_settings(target, formats)
        for column, spec in enumerate(fields):
            for row, value in enumerate(table[spec.heading], 1):
                if value is not None:
                    _write_cell(target, row, column, spec, value, formats)
        target.ignore_errors({"number_stored_as_text": f"A1:AZ{len(table) + 1}"})
    book.close()


def write_forms(
    path: Path, forms: Sequence[SheetSpec], rows: Mapping[str, Sequence[Any]]
) -> None:
    """Write records as a workbook of forms; reading it gives equal records.

    Parameters
    ----------
    rows
        By sheet, values with the attributes of the sheet's columns.
    """
    book = _open_book(path)
    formats = _build_formats(book)
    for sheet in forms:
        target = book.add_worksheet(sheet.name)
        fields = [f for f in sheet.fields if not f.column.is_import_only]
        _write_headings(target, fields, formats)
        held = rows.get(sheet.name, ())
        for column, spec in enumerate(fields):
            for row, record in enumerate(held, 1):
                value = write_cell(spec.column, getattr(record, spec.attribute))
                if value is not None:
                    _write_cell(target, row, column, spec, value, formats)
        target.ignore_errors({"number_stored_as_text": f"A1:AZ{len(held) + 1}"})
    book.close()


def write_csv_folder(inputs: Inputs, folder: Path) -> None:
    """Write inputs in full as a folder of CSV, one a sheet, UTF-8 with a byte order mark.

    Reading the folder gives equal inputs.
    """
    from data.tables import inputs_to_tables

    folder.mkdir(parents=True, exist_ok=True)
    for name, table in inputs_to_tables(inputs).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(table.columns)
            for row in table.itertuples(index=False, name=None):
                writer.writerow([write_csv_cell(cell) for cell in row])


def write_csv_cell(value: Any) -> str:
    """Write a cell as text: dates in ISO form, text that looks like a formula neutralised."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    return write_neutral(value) if isinstance(value, str) else repr(value)


def _open_book(path: Path) -> Any:
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(
        str(path),
        {
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "dd/mm/yyyy",
        },
    )
    book.set_properties({"author": "", "title": "wayfare", "comments": ""})
    return book


def _build_formats(book: Any) -> dict[str, Any]:
    head = {"bold": True, "text_wrap": True, "valign": "top", "border": 1}
    return {
        "required": book.add_format({**head, "bg_color": "#C7D9EC"}),
        "optional": book.add_format({**head, "bg_color": "#EDEDED", "bold": False}),
        "example": book.add_format({"italic": True, "font_color": "#666666"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy", "align": "left"}),
        "example_date": book.add_format(
            {
                "num_format": "dd/mm/yyyy",
                "align": "left",
                "italic": True,
                "font_color": "#666666",
            }
        ),
        "time": book.add_format({"num_format": "[hh]:mm", "align": "left"}),
        "time_s": book.add_format({"num_format": "[hh]:mm:ss", "align": "left"}),
        "example_time": book.add_format(
            {"num_format": "[hh]:mm", "align": "left", "italic": True, "font_color": "#666666"}
        ),
        "text": book.add_format({"num_format": "@"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _write_headings(target: Any, fields: Sequence[FieldSpec], formats: dict[str, Any]) -> None:
    for column, spec in enumerate(fields):
        kind = spec.column.kind
        width = max(_WIDTHS.get(kind, 13), min(len(spec.heading) + 2, 26))
        base = {CellKind.DATE: "date", CellKind.TIME: "time"}.get(kind)
        if kind in (CellKind.IDENTIFIER, CellKind.IDENTIFIERS, CellKind.VALUE):
            base = "text"  # so that the spreadsheet keeps leading noughts and 1-2 as typed
        target.set_column(column, column, width, formats[base] if base else None)
        shade = formats["required" if spec.is_required else "optional"]
        target.write_string(0, column, spec.heading, shade)
    target.freeze_panes(1, 1)


def _write_cell(
    target: Any, row: int, column: int, spec: FieldSpec, value: Any, formats: dict[str, Any]
) -> None:
    """Write one cell so that reading it back gives the very same value."""
    if isinstance(value, str) and spec.column.kind is CellKind.TIME:
        seconds = read_time(value, _ignore)
        style = formats["time" if seconds % 60 == 0 else "time_s"]
        target.write_number(row, column, seconds / S_PER_DAY, style)
    elif isinstance(value, str):
        target.write_string(row, column, write_neutral(value))
    elif isinstance(value, date):
        target.write_datetime(row, column, value, formats["date"])
    elif isinstance(value, float) and float(f"{value:.16G}") != value:
        target.write_string(row, column, repr(value))  # a number cell keeps 16 digits only
    else:
        target.write_number(row, column, value)


def _ignore(code: str, **context: Any) -> None:
    """Ignore a note: what is written comes from our own tables."""


def _write_notes(target: Any, sheet: SheetSpec) -> None:
    for column, spec in enumerate(sheet.fields):
        about = spec.column
        lines = [about.about, f"Kind: {about.kind.value}."]
        if about.choices:
            lines.append(f"One of: {', '.join(about.choices)}.")
        lines.append("Required." if spec.is_required else "May be blank.")
        target.write_comment(
            0, column, "\n".join(lines), {"author": "", "x_scale": 1.8, "y_scale": 1.1}
        )


def _write_example(target: Any, sheet: SheetSpec, formats: dict[str, Any]) -> None:
    is_marked = False
    for column, spec in enumerate(sheet.fields):
        value = spec.column.example
        if not is_marked:
            value, is_marked = f"{EXAMPLE_MARK} {value}".strip(), True
        if value == "":
            continue
        if isinstance(value, date):
            target.write_datetime(1, column, value, formats["example_date"])
        elif isinstance(value, str) and spec.column.kind is CellKind.TIME:
            fraction = read_time(value, _ignore) / S_PER_DAY
            target.write_number(1, column, fraction, formats["example_time"])
        elif isinstance(value, str):
            target.write_string(1, column, value, formats["example"])
        else:
            target.write_number(1, column, value, formats["example"])


def _write_lists(target: Any, sheet: SheetSpec) -> None:
    """Put drop-down lists under the headings: choices, and identifiers of other sheets."""
    for column, spec in enumerate(sheet.fields):
        about = spec.column
        options: dict[str, Any] | None = None
        if about.kind is CellKind.CHOICE:
            options = {"validate": "list", "source": list(about.choices)}
        elif about.kind is CellKind.YES_NO:
            options = {"validate": "list", "source": ["yes", "no"]}
        elif about.kind is CellKind.IDENTIFIER and about.refers_to:
            options = {
                "validate": "list",
                "source": f"={about.refers_to}!$A$3:$A${_LAST_ROW}",
                "error_type": "warning",
                "error_title": "Not in that sheet",
                "error_message": f"Is there no such row in the sheet {about.refers_to}?",
            }
        if options is not None:
            target.data_validation(1, column, _LAST_ROW, column, options)


def _widen_settings(target: Any, formats: dict[str, Any]) -> None:
    target.set_column(0, 0, 38)
    target.set_column(1, 1, 26, formats["text"])
    target.set_column(2, 2, 90)


def _write_settings(target: Any, sheet: SheetSpec, formats: dict[str, Any]) -> None:
    """Write every setting with its default; required ones have a blank to fill in."""
    _widen_settings(target, formats)
    for row, spec in enumerate(find_settings().values(), 1):
        name = formats["bold"] if spec.is_required else None
        target.write_string(row, 0, spec.name, name)
        if spec.default is not None:
            value = write_setting(spec, spec.default)
            target.write_string(row, 1, str(value), formats["text"])
        note = f"Required. {spec.about}" if spec.is_required else spec.about
        target.write_string(row, 2, f"{note} ({spec.kind.value})".strip())


def _write_guide(book: Any, formats: dict[str, Any], forms: Sequence[SheetSpec]) -> None:
    guide = book.add_worksheet("guide")
    guide.set_column(0, 0, 20)
    guide.set_column(1, 1, 28)
    guide.set_column(2, 2, 18)
    guide.set_column(3, 3, 100)
    guide.write_string(0, 0, "The wayfare workbook", formats["title"])
    lines = (
        "One thing a row. Columns with a blue heading must be filled in; grey may be blank.",
        f"Rows that begin with {EXAMPLE_MARK} are examples and are never read. Delete them or "
        "leave them.",
        "Identifiers are your own; the same one means the same thing in every sheet.",
        "Dates are day first, times 08:45, money in pounds. This sheet is not read.",
    )
    for row, line in enumerate(lines, 1):
        guide.write_string(row, 0, line)
    row = len(lines) + 2
    for column, title in enumerate(("Sheet", "Column", "Kind", "What stands in it")):
        guide.write_string(row, column, title, formats["bold"])
    for sheet in forms:
        row += 1
        guide.write_url(
            row, 0, f"internal:'{sheet.name}'!A1", formats["bold"], string=sheet.name
        )
        guide.write_string(row, 3, f"{sheet.title}. {sheet.about}", formats["bold"])
        for spec in sheet.fields:
            row += 1
            mark = " (required)" if spec.is_required else ""
            guide.write_string(row, 1, spec.heading + mark)
            guide.write_string(row, 2, spec.column.kind.value)
            about = spec.column.about
            if spec.column.choices:
                about += f" One of: {', '.join(spec.column.choices)}."
            guide.write_string(row, 3, about, formats["wrap"])
