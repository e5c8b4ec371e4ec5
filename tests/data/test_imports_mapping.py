"""A council's own spreadsheet, read through a mapping that is proposed, saved and read back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from data.errors import InputError
from data.imports import read_source, read_tables
from data.inputs import Inputs
from data.mapping import (
    ColumnMapping,
    SheetMapping,
    propose_mapping,
    read_mapping,
    write_mapping,
)
from tests.data.import_council import build_council, tables

HEADINGS = (
    "Pupil No", "Forename", "Surname", "DOB", "Key Stage", "Wheelchair user", "Escort",
    "Home post code", "School", "Days of travel",
)  # fmt: skip
PUPILS: tuple[tuple[Any, ...], ...] = (
    (
        "00017",
        "Ann",
        "Archer",
        date(2016, 5, 17),
        "KS2",
        "N",
        "1:1",
        "ss26er",
        "S001",
        "Mon-Fri",
    ),
    (
        "00018",
        "Ben",
        "Baker",
        date(2012, 2, 29),
        "KS4",
        "W/C",
        "No",
        "SS11BL",
        "S002",
        "Mon Wed",
    ),
)


@pytest.fixture
def base() -> Inputs:
    inputs = read_tables(tables(build_council())).inputs
    assert inputs is not None
    return inputs


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export of a case system: a title line, own headings, everything in one sheet."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(tmp_path / "export.xlsx"), {"default_date_format": "dd/mm/yyyy"}
    )
    sheet = book.add_worksheet("Pupil list")
    sheet.write(0, 0, "Transport list")
    sheet.write_row(2, 0, HEADINGS)
    for number, pupil in enumerate(PUPILS, 3):
        for column, cell in enumerate(pupil):
            if isinstance(cell, date):
                sheet.write_datetime(number, column, cell)
            else:
                sheet.write(number, column, cell)
    book.close()
    return tmp_path / "export.xlsx"


def _mend(mapping: ColumnMapping) -> ColumnMapping:
    """What a person adds to the proposal: what their words mean."""
    passengers = mapping.sheets["passengers"].model_copy(
        update={
            "values": {
                "phase": {"KS2": "primary", "KS4": "secondary"},
                "wheelchair": {"W/C": "stays"},
            }
        }
    )
    return mapping.model_copy(update={"sheets": {**mapping.sheets, "passengers": passengers}})


def test_one_sheet_of_theirs_is_proposed_for_three_of_ours(export: Path) -> None:
    mapping, notes = propose_mapping(export)
    assert set(mapping.sheets) == {"passengers", "homes", "demand"}
    assert mapping.sheets["passengers"].columns == {
        "passenger_id": "Pupil No",
        "name": ("Forename", "Surname"),
        "birth_date": "DOB",
        "phase": "Key Stage",
        "wheelchair": "Wheelchair user",
        "assistant": "Escort",
    }
    assert mapping.sheets["homes"].columns["postcode"] == "Home post code"
    assert mapping.sheets["demand"].constants == {"direction": "both"}
    # words nobody can guess are asked about
    assert any("KS2" in note and "KS4" in note for note in notes)
    assert any("W/C" in note for note in notes)


def test_an_export_is_read_through_its_mapping(export: Path, base: Inputs) -> None:
    mapping = _mend(propose_mapping(export)[0])
    result = read_source(export, mapping, base=base)
    assert result.inputs is not None, [str(p) for p in result.report.problems]
    first, second = result.inputs.passengers
    assert (first.passenger_id, first.name, first.assistant) == (
        "00017", "Ann Archer", "one_to_one",
    )  # fmt: skip
    assert second.wheelchair == "stays"
    assert {d.weekdays for d in result.inputs.demands if d.passenger_id == "00018"} == {
        frozenset({0, 2})
    }
    assert {p.postcode for p in result.inputs.places} >= {"SS2 6ER", "SS1 1BL"}
    # sheets the export does not have come from the stored inputs
    assert result.inputs.sites == base.sites
    assert result.inputs.policy == base.policy


def test_problems_name_their_sheet_row_and_heading(export: Path, base: Inputs) -> None:
    mapping, _ = propose_mapping(export)
    result = read_source(export, mapping, base=base)
    found = [p for p in result.report.problems if p.code == "V040"]
    assert [(p.sheet, p.row, p.column) for p in found] == [
        ("Pupil list", 4, "E (Key Stage)"),
        ("Pupil list", 5, "E (Key Stage)"),
        ("Pupil list", 5, "F (Wheelchair user)"),
    ]


def test_a_saved_mapping_reads_back_equal(export: Path, tmp_path: Path) -> None:
    mapping, notes = propose_mapping(export)
    mapping = _mend(mapping)
    write_mapping(mapping, tmp_path / "mapping.toml", notes=notes)
    assert read_mapping(tmp_path / "mapping.toml") == mapping
    assert "KS2" in (tmp_path / "mapping.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("x = ", "M001", "TOML"),
        ('[sheets.pupils]\nsource = "A"\ncolumns = {}\n', "M002", "no sheet pupils"),
        ('[sheets.sites]\nsource = "A"\ncolumns = { nam = "B" }\n', "M002", "mean name"),
        ('[sheets.sites]\nsource = "A"\ncolumn = { name = "B" }\n', "M002", "sites.column"),
        ('[sheets.sites]\nsource = "A"\ncolumns = { name = 3 }\n', "M002", "sites.columns"),
    ],
)
def test_unknown_keys_and_values_are_errors(
    tmp_path: Path, text: str, code: str, words: str
) -> None:
    (tmp_path / "mapping.toml").write_text(text)
    with pytest.raises(InputError) as caught:
        read_mapping(tmp_path / "mapping.toml")
    assert caught.value.problems[0].code == code
    assert words in str(caught.value.problems[0])


def test_constants_stand_only_beside_data(export: Path, base: Inputs) -> None:
    mapping = ColumnMapping(
        sheets={
            "passengers": SheetMapping(
                source="Pupil list",
                columns={"passenger_id": "Pupil No", "birth_date": "DOB"},
                constants={"phase": "secondary"},
            )
        }
    )
    result = read_source(export, mapping, base=base)
    count = next(c for c in result.report.counts if c.sheet == "passengers")
    assert (count.n_read, count.n_accepted, count.n_blank) == (5, 2, 1)


def test_a_file_unlike_any_of_ours_cannot_be_mapped(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("alpha,beta\n1,2\n")
    with pytest.raises(InputError) as caught:
        propose_mapping(tmp_path / "prices.csv")
    assert caught.value.problems[0].code == "F018"
