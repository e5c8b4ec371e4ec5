"""The reference pages of imports, written from the code so that they cannot fall behind it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from data.imports.catalogue import find_kinds
from data.imports.columns import FieldSpec
from data.imports.settings import find_settings, write_setting
from data.imports.sheets import SHEETS
from data.imports.stage import EXAMPLE_MARK

_GROUPS = (
    ("F", "Files"),
    ("S", "Sheets, headings, rows"),
    ("M", "Column mapping"),
    ("V", "Values of cells"),
    ("G", "Settings"),
    ("X", "Identifiers and references"),
    ("L", "Places"),
    ("P", "Passengers and the rules between them"),
    ("D", "Journeys"),
    ("E", "Sites and homes: windows"),
    ("T", "Vehicles, crews, suppliers"),
    ("R", "Rate cards"),
    ("K", "Calendars"),
    ("B", "Today's plan"),
    ("A", "Bids for a tender"),
    ("H", "The company's books"),
)

ELSEWHERE = {
    "C": "planning a date: C010, a calendar in use has no data for it. Extend the calendar.",
    "I": "a council's own Word template for a paper: I001 no such document, I002 "
    "{{paper_body}} does not stand in it once, I003 a field that is not known.",
    "J": "plan files and settings, see the [plan format](plan-format.md).",
    "N": "roads, speeds and corrections of ways, see the [guide](../guide/roads.md).",
    "O": "monthly actuals against a paper (`wayfare outturn import`): O001 not CSV with these "
    "columns, O002 a month, O003 a measure, O004 a value, O005 a row twice, O006 a month "
    "outside the baseline.",
    "Q": "tables that a command takes alone: Q001 a column is missing, Q002 one is not known, "
    "Q003 a value, Q004 an identifier twice, Q005 no rows, Q006 a name the inputs do not hold, "
    "Q007 none of the choices, Q008 cells that cannot both be right, Q009 an index is missing; "
    "settings files: Q010 not TOML, Q011 a key not known, Q012 a value.",
    "U": "market costs for should-cost, see [money](money.md).",
    "W": "the working folder: W001, a place's name is not lower-case letters, digits, - and _; "
    "W002, a place has inputs but no roads yet (`wayfare roads import`); W010 no eligibility "
    "decision may stand on the loaded roads, W011 a place has no register of schools; W003 the "
    "name of a recipient of pseudonyms; W005 somebody in the register of people; W006 what a "
    "driver reports.",
    "Y": "scenario files: Y001 not TOML, Y002 a key not known, Y003 a value, Y004 a kind of "
    "change, Y005 two of one name, Y006 the base, Y007 no such file, Y008 one name with two "
    "distributions; Y010 a change names what the inputs do not hold, Y011 it does not fit "
    "them, Y013 it would switch off a statutory right, Y014 there is no plan of today to keep; "
    "Y015 a study names what is not there, Y016 its words hold a figure; Y017 nothing is "
    "uncertain in a scenario that is to be drawn.",
    "Z": "timetables in GTFS (`wayfare timetable import`): Z001 not a feed that can be read, "
    "Z002 a file or Z003 a column missing, Z004 a value, Z005 an identifier twice, Z006 a "
    "reference "
    "to nothing, Z007 times that go backwards, Z008 a stop outside Great Britain, Z009 a trip "
    "of fewer than two calls, Z010 no trip on any date; Z015 a place has no timetable, or a "
    "damaged one. File, table, row and column are named; alike ones beyond ten are counted.",
}
"""Codes of what is not an import of the council's tables, by their first letter."""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|") or " "


def build_problems_page() -> str:
    """Build the catalogue of problem codes as Markdown."""
    kinds = find_kinds()
    lines = [
        "# Problems an import can find",
        "",
        f"{len(kinds)} codes. An **error** stops the import (or, with `--accept-valid`, puts",
        "the row in quarantine); one marked **stops all** concerns the import as a whole.",
        "A **warning** and a **question** stop nothing. A code never changes its meaning.",
        "Names in braces are filled in; personal values are shown by their shape only",
        "(`99/99/9999`).",
        "",
        "This page is written from the code (`data/imports/pages.py`).",
    ]
    for letter, title in _GROUPS:
        lines += ["", f"## {title}", "", "| code | severity | problem | cause | what to do |"]
        lines.append("|---|---|---|---|---|")
        for kind in kinds.values():
            if kind.code[0] == letter:
                severity = "error, stops all" if kind.blocks else kind.severity.value
                cells = (kind.code, severity, kind.title, kind.cause, kind.suggestion)
                lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    lines += [
        "",
        "## Elsewhere",
        "",
        "Other first letters come from other doors:",
        "",
    ]
    lines += [f"- **{letter}** {text}" for letter, text in ELSEWHERE.items()]
    return "\n".join(lines) + "\n"


def build_workbook_page() -> str:
    """Build the description of every sheet and column as Markdown."""
    lines = [
        "# The workbook",
        "",
        "`wayfare template` writes it empty. A folder of CSV files named like the sheets",
        "holds the same tables and is read alike; an export writes either. Sheets may stand",
        "in any order, columns too, and columns that may be blank may be missing. Headings",
        "are matched without regard to capitals, spaces and punctuation.",
        "",
        f"Rows whose first cell begins with `{EXAMPLE_MARK}` are examples and never read.",
        "Dates are day first, times `08:45` (up to `48:00`), money in pounds without VAT,",
        "lists separated by `;`. Distances may carry a unit (`0.5 miles`). A cell that begins",
        "with an apostrophe before `= + - @` was neutralised by an export; reading takes it",
        "off.",
        "",
        "This page is written from the code (`data/imports/pages.py`).",
        "",
        "| sheet | holds | needed |",
        "|---|---|---|",
    ]
    for sheet in SHEETS:
        needed = "yes" if sheet.is_required else ""
        lines.append(f"| [{sheet.name}](#{sheet.name}) | {_cell(sheet.title)} | {needed} |")
    for sheet in SHEETS:
        lines += ["", f"## {sheet.name}", "", f"{sheet.title}. {sheet.about}", ""]
        lines += ["| column | kind | what stands in it | if blank |", "|---|---|---|---|"]
        lines += [_write_column(spec, sheet.model.model_fields) for spec in sheet.fields]
        if sheet.name == "settings":
            lines += _write_settings()
    return "\n".join(lines) + "\n"


def _write_column(spec: FieldSpec, fields: Mapping[str, object]) -> str:
    from data.imports.cells import write_cell

    about = spec.column.about
    if spec.column.choices:
        about += f" One of: {', '.join(spec.column.choices)}."
    if spec.column.refers_to:
        about += f" Must stand in the sheet {spec.column.refers_to}."
    blank = "**must be filled in**"
    if not spec.is_required:
        default = getattr(fields[spec.attribute], "default", None)
        shown = write_cell(spec.column, default) if default not in (None, "", ()) else None
        blank = "" if shown is None or shown == "" else str(shown)
    cells = (f"`{spec.heading}`", spec.column.kind.value, about, blank)
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _write_settings() -> list[str]:
    lines = ["", "Settings by name; a value carries its unit.", ""]
    lines += ["| name | unit | default | what it is |", "|---|---|---|---|"]
    for spec in find_settings().values():
        default = "**must be filled in**" if spec.is_required else ""
        if spec.default is not None:
            default = str(write_setting(spec, spec.default))
        cells = (f"`{spec.name}`", spec.kind.value, default, spec.about)
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return lines


def write_pages(folder: Path) -> None:
    """Write both pages into the folder of reference documents."""
    (folder / "problems.md").write_text(build_problems_page(), encoding="utf-8")
    (folder / "workbook.md").write_text(build_workbook_page(), encoding="utf-8")
