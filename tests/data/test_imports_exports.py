"""Exports: nothing a spreadsheet runs, nothing hidden, and everything reads back."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.imports import (
    read_source,
    read_tables,
    write_csv_folder,
    write_faults_workbook,
    write_template,
    write_workbook,
)
from data.imports.cells import read_text, write_neutral
from data.imports.sheets import SHEETS
from data.inputs import Inputs
from tests.data.import_council import build_council, put, tables, write_book, write_folder

DANGEROUS = "=+-@\t\r\0"


def _council(**cells: str) -> Inputs:
    rows = build_council()
    put("passengers", 2, **cells)(rows)
    inputs = read_tables(tables(rows)).inputs
    assert inputs is not None
    return inputs


@settings(max_examples=1_000, deadline=None)
@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=20))
def test_no_text_cell_begins_like_a_formula_and_each_reads_back(text: str) -> None:
    written = write_neutral(text)
    is_number = re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text, re.ASCII) is not None
    assert written[:1] not in tuple(DANGEROUS) or is_number
    assert read_text(written) == read_text("x" + text)[1:].strip() or text != read_text(text)


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "-cmd", "+44 1702", "'=x", "''-y"])
def test_risky_names_come_back_unchanged_from_workbook_and_csv(
    tmp_path: Path, text: str
) -> None:
    # what comes in from the first file: one apostrophe of a neutralised cell is taken off
    inputs = _council(name=write_neutral(text))
    assert inputs.passengers[0].name == text
    write_workbook(inputs, tmp_path / "out.xlsx")
    write_csv_folder(inputs, tmp_path / "out")
    assert read_source(tmp_path / "out.xlsx").inputs == inputs
    assert read_source(tmp_path / "out").inputs == inputs
    cell = openpyxl.load_workbook(tmp_path / "out.xlsx")["passengers"]["B2"]
    assert cell.data_type == "s"
    assert str(cell.value)[0] not in DANGEROUS
    with (tmp_path / "out" / "passengers.csv").open(encoding="utf-8-sig") as stream:
        assert list(csv.reader(stream))[1][1][0] not in DANGEROUS


def _look_inside(path: Path) -> None:
    """See that a workbook holds cells and nothing else."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names if "theme" not in name)
        core = archive.read("docProps/core.xml")
    assert not [name for name in names if re.search("comment|drawing|external|pivot|vba", name)]
    assert b"<f>" not in everything
    assert b"<hyperlink" not in everything
    assert b'state="hidden"' not in everything
    assert b'hidden="1"' not in everything
    assert b"<dc:creator></dc:creator>" in core
    assert b"<cp:lastModifiedBy></cp:lastModifiedBy>" in core


def test_a_full_export_holds_cells_and_nothing_else(tmp_path: Path) -> None:
    write_workbook(_council(), tmp_path / "out.xlsx")
    _look_inside(tmp_path / "out.xlsx")


def test_the_faults_workbook_marks_bad_cells_and_holds_nothing_else(tmp_path: Path) -> None:
    rows = build_council()
    put("passengers", 3, birth_date="31/02/2012", name="=HYPERLINK(1)")(rows)
    put("sites", 2, arrive_from="08:50")(rows)
    result = read_source(write_book(rows, tmp_path / "council.xlsx"))
    write_faults_workbook(result, tmp_path / "faults.xlsx")
    _look_inside(tmp_path / "faults.xlsx")
    book = openpyxl.load_workbook(tmp_path / "faults.xlsx")
    assert book.sheetnames[:2] == ["summary", "problems"]
    assert book["passengers"]["C3"].fill.fgColor.rgb == "FFF4B6B6"  # red: an error
    assert book["passengers"]["C2"].fill.fill_type is None
    assert book["sites"]["F2"].fill.fgColor.rgb == "FFFCE3B0"  # amber: a warning
    assert "V020" in book["passengers"]["H3"].value
    problems = list(book["problems"].iter_rows(min_row=2, values_only=True))
    assert {row[1] for row in problems} == {"V020", "E003"}
    assert book["summary"]["B5"].value == 1  # errors


def test_a_faults_workbook_mended_in_place_can_be_imported(tmp_path: Path) -> None:
    rows = build_council()
    put("passengers", 3, birth_date="31/02/2012")(rows)
    result = read_source(write_folder(rows, tmp_path / "council"))
    assert result.inputs is None
    write_faults_workbook(result, tmp_path / "faults.xlsx")
    book = openpyxl.load_workbook(tmp_path / "faults.xlsx")
    book["passengers"]["C3"] = "29/02/2012"
    book.save(tmp_path / "mended.xlsx")
    mended = read_source(tmp_path / "mended.xlsx")
    assert [str(p) for p in mended.report.problems] == []
    assert mended.inputs == read_tables(tables(build_council())).inputs


def test_the_template_has_lists_notes_and_a_marked_example(tmp_path: Path) -> None:
    write_template(tmp_path / "template.xlsx")
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    assert book.sheetnames == ["guide", *(sheet.name for sheet in SHEETS)]
    sheet = book["passengers"]
    assert sheet["A1"].value == "passenger_id"
    assert "identifier" in sheet["A1"].comment.text
    assert sheet["A2"].value.startswith("EXAMPLE:")
    assert sheet.freeze_panes == "B2"
    lists = {
        str(v.sqref).split(":")[0]: v.formula1 for v in sheet.data_validations.dataValidation
    }
    assert lists["D2"] == '"primary,secondary,post_16,adult"'
    demand = book["demand"].data_validations.dataValidation
    assert any("sites!" in str(v.formula1) for v in demand)


def test_a_filled_template_is_an_import(tmp_path: Path) -> None:
    """The council's rows typed under the example rows of the template read as they should."""
    write_template(tmp_path / "template.xlsx")
    book = openpyxl.load_workbook(tmp_path / "template.xlsx")
    for name, rows in build_council().items():
        sheet = book[name]
        headings = {cell.value: cell.column for cell in sheet[1]}
        at = 2 if name == "settings" else 3
        if name == "settings":
            places = {sheet.cell(r, 1).value: r for r in range(2, sheet.max_row + 1)}
            for row in rows:
                sheet.cell(places[row["name"]], 2).value = row["value"]
            continue
        for row in rows:
            for heading, value in row.items():
                sheet.cell(at, headings[heading]).value = value
            at += 1
    book.save(tmp_path / "filled.xlsx")
    result = read_source(tmp_path / "filled.xlsx")
    assert [str(p) for p in result.report.problems] == []
    assert result.inputs == read_tables(tables(build_council())).inputs
