"""Files, archives and mappings in corners that no catalogue fixture reaches."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from data.errors import InputError
from data.imports import guards as guards_module
from data.imports import read_source, read_tables, write_faults_workbook
from data.imports.grids import Grid, _look_beneath, read_csv_grid
from data.imports.guards import GuardError, check_workbook
from data.imports.report import ImportResult
from data.mapping import (
    ColumnMapping,
    SheetMapping,
    propose_mapping,
    read_mapping,
    write_mapping,
)
from tests.data.import_council import (
    Rows,
    add,
    all_of,
    build_council,
    put,
    tables,
    write_book,
    write_folder,
)


def _ignore(code: str, **context: Any) -> None:
    """Ignore a note."""


def _read(*changes: Callable[[Rows], None], **options: Any) -> ImportResult:
    rows = build_council()
    all_of(*changes)(rows)
    return read_tables(tables(rows), **options)


def _codes(result: ImportResult) -> set[str]:
    return {problem.code for problem in result.report.problems}


def test_an_empty_sheet_that_is_not_needed_is_no_problem(tmp_path: Path) -> None:
    path = write_book(
        build_council(),
        tmp_path / "council.xlsx",
        spoil=lambda book, sheets: (
            book.add_worksheet("pick_up_points"),
            book.add_chartsheet(),
        ),
    )
    assert _codes(read_source(path)) == set()


def test_whole_workbooks_of_other_kinds_are_refused(tmp_path: Path) -> None:
    (tmp_path / "council.xlsm").write_bytes(b"PK")
    assert _codes(read_source(tmp_path / "council.xlsm")) == {"F006"}
    (tmp_path / "empty").mkdir()
    assert _codes(read_source(tmp_path / "empty")) == {"F018"}
    with zipfile.ZipFile(tmp_path / "council.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert _codes(read_source(tmp_path / "council.xlsx")) == {"F004"}


def test_folders_may_hold_notes_and_hidden_files(tmp_path: Path) -> None:
    folder = write_folder(build_council(), tmp_path / "council")
    (folder / "readme.txt").write_text("about")
    (folder / ".hidden.csv").write_text("a")
    (folder / "old").mkdir()
    (folder / "mapping.toml").write_text("")
    assert _codes(read_source(folder)) == set()


def test_folders_larger_than_is_read_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data.imports.files.MAX_FOLDER_BYTES", 500)
    folder = write_folder(build_council(), tmp_path / "council")
    assert "F003" in _codes(read_source(folder))


def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_book(build_council(), tmp_path / "council.xlsx")

    def refuse(self: Path) -> bytes:
        raise PermissionError(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert _codes(read_source(path)) == {"F001"}


def _archive(*parts: tuple[str, bytes]) -> bytes:
    import io

    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_made_to_harm_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def code(content: bytes) -> str:
        with pytest.raises(GuardError) as caught:
            check_workbook(content)
        return caught.value.code

    assert code(_archive(*((f"xl/{n}.xml", b"") for n in range(1_001)))) == "F005"
    assert code(_archive(("xl/workbook.xml", b"<a/>"), ("xl/workbook.xml", b"<b/>"))) == "F004"
    assert code(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old .xls") == "F004"
    utf16 = '<?xml version="1.0"?><!ENTITY a "b">'.encode("utf-16")
    assert code(_archive(("xl/workbook.xml", utf16))) == "F009"
    locked = bytearray(_archive(("xl/workbook.xml", b"<a/>")))
    at = locked.rindex(b"PK\x01\x02")
    locked[at + 8] |= 1  # the flag of an encrypted entry
    assert code(bytes(locked)) == "F008"
    monkeypatch.setattr(guards_module, "MAX_INFLATED_BYTES", 1_000)
    assert code(_archive(("xl/workbook.xml", b"x" * 2_000))) == "F005"


def test_a_reader_that_panics_is_a_damaged_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import python_calamine

    path = write_book(build_council(), tmp_path / "council.xlsx")

    class PanicException(BaseException):
        """As the reader's own language raises it."""

    class Broken:
        """Stands in for the reader's workbook."""

        @staticmethod
        def from_filelike(stream: object) -> None:
            raise PanicException

        @staticmethod
        def interrupt(stream: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(python_calamine, "CalamineWorkbook", Broken)
    assert _codes(read_source(path)) == {"F016"}
    monkeypatch.setattr(Broken, "from_filelike", Broken.interrupt)
    with pytest.raises(KeyboardInterrupt):
        read_source(path)


def test_text_files_that_are_no_text_are_refused() -> None:
    for content, code in ((b"\xff\xfe\x00", "F013"), (b" \n \n", "F011"), (b"\0" * 9, "F013")):
        with pytest.raises(GuardError) as caught:
            read_csv_grid("x.csv", "x", content)
        assert caught.value.code == code


def test_hidden_rows_without_cells_and_hidden_columns_not_read_are_no_matter(
    tmp_path: Path,
) -> None:
    def spoil(book: Any, sheets: dict[str, Any]) -> None:
        sheets["homes"].set_row(30, None, None, {"hidden": True})
        sheets["homes"].set_column(20, 20, None, None, {"hidden": True})
        sheets["homes"].set_column(1, 1, 30)
        sheets["homes"].merge_range("J20:K21", "")

    assert _codes(
        read_source(write_book(build_council(), tmp_path / "c.xlsx", spoil=spoil))
    ) == (set())


def test_an_error_cell_is_told_once_and_its_neighbours_are_checked(tmp_path: Path) -> None:
    rows = build_council()
    put("passengers", 3, phase="primry")(rows)

    def spoil(book: Any, sheets: dict[str, Any]) -> None:
        sheets["passengers"].write_formula("C3", "=1/0", None, "#DIV/0!")
        sheets["passengers"].write_formula("B2", '="Ann"', None, "#NAME?")

    result = read_source(write_book(rows, tmp_path / "council.xlsx", spoil=spoil))
    found = [(p.code, p.row, p.column[0]) for p in result.report.problems]
    assert sorted(found) == [("S015", 2, "B"), ("S015", 3, "C"), ("V040", 3, "D")]


def test_the_faults_workbook_copies_every_kind_of_cell(tmp_path: Path) -> None:
    rows = build_council()
    put("passengers", 2, phase=None)(rows)

    def spoil(book: Any, sheets: dict[str, Any]) -> None:
        style = book.add_format({"num_format": "hh:mm"})
        long = book.add_format({"num_format": "[h]:mm"})
        stamp = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheets["sites"].write_number("E2", 0.3541666666666667, style)
        sheets["sites"].write_number("F2", 0.3680555555555556, long)
        sheets["passengers"].write_datetime("C3", datetime(2012, 2, 29, 10, 0), stamp)
        sheets["vehicle_types"].write_boolean("D3", False)
        guide = book.add_worksheet("Summary")
        guide.write(0, 0, "not copied")

    result = read_source(write_book(rows, tmp_path / "council.xlsx", spoil=spoil))
    write_faults_workbook(result, tmp_path / "faults.xlsx")
    book = openpyxl.load_workbook(tmp_path / "faults.xlsx")
    assert "Summary" not in book.sheetnames
    assert book["sites"]["E2"].value == time(8, 30)
    assert book["sites"]["F2"].value == timedelta(hours=8, minutes=50)
    assert book["passengers"]["C3"].value == datetime(2012, 2, 29, 10, 0)
    assert book["vehicle_types"]["D3"].value is False
    assert book["passengers"]["D2"].fill.fgColor.rgb == "FFF4B6B6"  # blank, and marked


def test_the_faults_workbook_says_what_went_into_quarantine(tmp_path: Path) -> None:
    rows = build_council()
    put("homes", 2, postcode=None)(rows)
    folder = write_folder(rows, tmp_path / "council")
    (folder / "crews.csv").write_bytes(b"crew_id\n\x81\n")
    result = read_source(folder, accept_valid=True)
    write_faults_workbook(result, tmp_path / "faults.xlsx")
    book = openpyxl.load_workbook(tmp_path / "faults.xlsx")
    assert "refused" in book["summary"]["A2"].value  # a file could not be read at all
    (folder / "crews.csv").unlink()
    result = read_source(folder, accept_valid=True)
    write_faults_workbook(result, tmp_path / "faults.xlsx")
    book = openpyxl.load_workbook(tmp_path / "faults.xlsx")
    assert "rows in quarantine" in book["summary"]["A2"].value
    # a row that is wrong as a whole is marked as a whole
    assert {cell.fill.fgColor.rgb for cell in book["homes"][2][:2]} == {"FFF4B6B6"}


def test_a_mapping_translates_numbers_and_may_name_the_row_of_headings(
    tmp_path: Path,
) -> None:
    base = _read().inputs
    (tmp_path / "people.csv").write_text(
        "made by the case system\nNo,Born,Stage\n17,17/05/2016,2\n", encoding="utf-8"
    )
    mapping = ColumnMapping(
        sheets={
            "passengers": SheetMapping(
                source="people",
                columns={"passenger_id": "No", "birth_date": "Born", "phase": "Stage"},
                values={"phase": {"2": "primary"}},
                header_row=2,
            )
        }
    )
    result = read_source(tmp_path / "people.csv", mapping, base=base)
    assert result.inputs is not None, [str(p) for p in result.report.problems]
    assert [p.phase for p in result.inputs.passengers] == ["primary"]


def test_a_mapping_of_a_damaged_or_strange_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK")
    with pytest.raises(InputError):
        propose_mapping(tmp_path / "broken.xlsx")


def test_a_proposal_guesses_words_and_passes_over_long_lists(tmp_path: Path) -> None:
    lines = ["Pupil ID,DOB,Phase,Wheelchair,Solo transport,Pupil ref"]
    lines += ["1,17/05/2016,Primary school,Transfers to seat,Yes,9"]
    lines += ["2,17/05/2016,Secondry,None,perhaps,8", "3"]
    (tmp_path / "pupils.csv").write_text("\n".join(lines) + "\n" + "\n" * 30 + "9,,,,,\n")
    mapping, notes = propose_mapping(tmp_path / "pupils.csv")
    sheet = mapping.sheets["passengers"]
    assert sheet.columns["passenger_id"] in ("Pupil ID", "Pupil ref")
    assert sheet.values["phase"] == {"Primary school": "primary", "Secondry": "secondary"}
    assert sheet.values["wheelchair"] == {"Transfers to seat": "transfers"}
    assert any("perhaps" in note for note in notes)
    many = [lines[0], *(f"{n},17/05/2016,word {n},none,no,{n}" for n in range(40))]
    (tmp_path / "pupils.csv").write_text("\n".join(many))
    assert (
        "phase" not in propose_mapping(tmp_path / "pupils.csv")[0].sheets["passengers"].values
    )


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD9999"><v>1</v></c>',
        "<c s='1' r='zzzzz1'><v>1</v></c>",
        '<c r="A9999999999"/>',
        "<c><v>1</v></c>" * 900 + '</row><row r="99999"><c><v>1</v></c>',
    ],
)
def test_one_stray_cell_does_not_fill_the_memory(tmp_path: Path, cell: str) -> None:
    path = write_book(build_council(), tmp_path / "council.xlsx")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet2.xml"
    parts[name] = parts[name].replace(
        b"</row></sheetData>", cell.encode() + b"</row></sheetData>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    result = read_source(path)
    assert [p.code for p in result.report.problems] == ["F020"]
    assert "passengers" in result.report.problems[0].cause


def test_a_csv_of_ten_thousand_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "passengers.csv").write_text("passenger_id" + "," * 20_000)
    assert _codes(read_source(tmp_path / "passengers.csv")) == {"F020"}


def test_blank_rows_and_empty_sheets_of_tables_count() -> None:
    rows = build_council()
    rows["homes"].insert(1, {})
    result = read_tables(tables(rows))
    count = next(c for c in result.report.counts if c.sheet == "homes")
    assert (count.n_read, count.n_blank) == (5, 1)


def test_a_needed_sheet_without_a_single_cell_is_missing(tmp_path: Path) -> None:
    rows = build_council()
    del rows["sites"]
    path = write_book(
        rows, tmp_path / "council.xlsx", spoil=lambda book, sheets: book.add_worksheet("sites")
    )
    assert "S001" in _codes(read_source(path))


def test_large_shared_texts_are_not_kept_twice(tmp_path: Path) -> None:
    rows = build_council()
    words = random.Random(1)  # noqa: S311
    for number in range(400):
        text = "".join(words.choices("abcdefgh", k=1_900))
        add("sites", site_id=f"X{number}", note=text)(rows)
    result = read_source(write_book(rows, tmp_path / "council.xlsx"))
    assert result.inputs is not None
    assert len(result.inputs.sites) == 403


def test_error_cells_without_an_address_are_passed_over() -> None:
    grid = Grid(file="", sheet="", rows=[], n_rows=0)
    part = b'<col min="1" max="x" hidden="1"/><c t="e"><v>#N/A</v></c><c r="B2" t="e"></c>'
    _look_beneath(grid, part)
    assert grid.faults == {(2, 1): "S015"}
    assert grid.hidden_columns == ()


def test_headings_of_a_mapping_are_looked_for_near_the_top_only(tmp_path: Path) -> None:
    base = _read().inputs
    (tmp_path / "people.csv").write_text("\n".join(["a"] * 25 + ["No,Born", "1,2016-05-17"]))
    sheet = SheetMapping(source="people", columns={"passenger_id": "No", "birth_date": "Born"})
    mapping = ColumnMapping(sheets={"passengers": sheet})
    assert "S004" in _codes(read_source(tmp_path / "people.csv", mapping, base=base))


def test_a_mapping_without_a_row_of_headings_is_saved_without_one(tmp_path: Path) -> None:
    sheet = SheetMapping(source="people", columns={"passenger_id": "No"})
    mapping = ColumnMapping(sheets={"passengers": sheet})
    write_mapping(mapping, tmp_path / "m.toml")
    assert "header_row" not in (tmp_path / "m.toml").read_text()
    assert read_mapping(tmp_path / "m.toml") == mapping


def test_mappings_too_large_or_not_there_are_refused(tmp_path: Path) -> None:
    (tmp_path / "big.toml").write_bytes(b"#" * (1024 * 1024 + 1))
    for name in ("big.toml", "missing.toml"):
        with pytest.raises(InputError) as caught:
            read_mapping(tmp_path / name)
        assert caught.value.problems[0].code == "M001"


def test_number_cells_are_translated_and_joined(tmp_path: Path) -> None:
    import xlsxwriter

    base = _read().inputs
    book = xlsxwriter.Workbook(str(tmp_path / "people.xlsx"))
    sheet = book.add_worksheet("people")
    sheet.write_row(0, 0, ["No", "Born", "Stage", "First", "Second", "###"])
    sheet.write_row(1, 0, [17, "17/05/2016", 2, 1, 2.5, "x"])
    book.close()
    how = SheetMapping(
        source="people",
        columns={
            "passenger_id": "No",
            "birth_date": "Born",
            "phase": "Stage",
            "name": ("First", "Second"),
        },
        values={"phase": {"2": "primary"}},
    )
    mapping = ColumnMapping(sheets={"passengers": how})
    result = read_source(tmp_path / "people.xlsx", mapping, base=base)
    assert result.inputs is not None, [str(p) for p in result.report.problems]
    assert result.inputs.passengers[0].name == "1 2.5"
    assert result.inputs.passengers[0].phase == "primary"


def test_headings_without_letters_are_like_nothing(tmp_path: Path) -> None:
    (tmp_path / "sites.csv").write_text("URN,Name,Kind,###\n1,Oak,school,x\n")
    with pytest.raises(InputError):
        propose_mapping(tmp_path / "sites.csv")
    (tmp_path / "vehicles.csv").write_text("vehicle_id,vehicle_type_id,depot_id\nV1,a,b\n")
    mapping, notes = propose_mapping(tmp_path / "vehicles.csv")
    assert set(mapping.sheets) == {"vehicles"}
    assert notes == ()
