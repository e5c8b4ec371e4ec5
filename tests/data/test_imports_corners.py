"""Corners of the import that no catalogue fixture reaches."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pydantic_core import PydanticCustomError

import data.imports
from data.errors import InputError
from data.imports import guards as guards_module
from data.imports import read_source, read_tables, write_faults_workbook, write_report_text
from data.imports.catalogue import find_kinds
from data.imports.cells import read_cell, write_cell
from data.imports.columns import CellKind, Column
from data.imports.grids import Grid, _look_beneath, read_csv_grid
from data.imports.guards import GuardError, check_workbook
from data.imports.references import NearIdentifiers
from data.imports.report import ImportResult
from data.imports.settings import SettingSpec, find_settings, read_setting, write_setting
from data.imports.sheets import find_sheet
from data.mapping import (
    ColumnMapping,
    SheetMapping,
    propose_mapping,
    read_mapping,
    write_mapping,
)
from data.places import Session
from data.plans import LockKind
from data.tables import inputs_to_tables
from tests.data.import_council import (
    Rows,
    add,
    all_of,
    build_council,
    put,
    setting,
    tables,
    without,
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


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (CellKind.YES_NO, 1.0, True),
        (CellKind.YES_NO, 0.0, False),
        (CellKind.YES_NO, True, True),
        (CellKind.LAYOUTS, 4.0, 4),
        (CellKind.TIME, time(8, 30), 30_600),
        (CellKind.TIME, time(8, 29, 59, 600_000), 30_600),
        (CellKind.TIME, "8:30 pm", 73_800),
        (CellKind.TIME, "12:15 am", 900),
        (CellKind.TIME, "12.30 pm", 45_000),
        (CellKind.TIME, 0.0, 0),
        (CellKind.POUNDS, "-£1.50", -150),
        (CellKind.POUNDS, "12.50 GBP", 1_250),
        (CellKind.METRES, "2 km", 2_000),
        (CellKind.METRES, "350 m", 350),
        (CellKind.MINUTES, "45 mins", 2_700),
        (CellKind.SECONDS, "90 s", 90),
        (CellKind.PERCENT, "3 %", 300),
        (CellKind.TEXT, 5.0, "5"),
        (CellKind.TEXT, 5.25, "5.25"),
        (CellKind.TEXT, True, "yes"),
        (CellKind.TEXT, datetime(2026, 1, 2), "2026-01-02"),
        (CellKind.TEXT, timedelta(hours=1), "01:00"),
        (CellKind.TEXT, date(2026, 1, 2), "2026-01-02"),
        (CellKind.IDENTIFIERS, 7.0, ["7"]),
        (CellKind.DATE, "1 Sept 2026", date(2026, 9, 1)),
    ],
)
def test_cells_are_read_as_people_write_them(kind: CellKind, cell: Any, value: Any) -> None:
    read = read_cell(Column(kind=kind, about="", least=None), cell, _ignore)
    assert (read[0].n_seats if kind is CellKind.LAYOUTS else read) == value


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        (CellKind.IDENTIFIER, 1e16, "V011"),
        (CellKind.IDENTIFIER, True, "V014"),
        (CellKind.TIME, datetime(2026, 1, 2, 8, 30), "V031"),
        (CellKind.TIME, timedelta(days=3), "V031"),
        (CellKind.TIME, date(2026, 1, 2), "V031"),
        (CellKind.TIME, "8:75", "V030"),
        (CellKind.TIME, "13:00 pm", "V030"),
        (CellKind.TIME, "830", "V032"),
        (CellKind.TIME, "0.25", "V032"),
        (CellKind.TIME, True, "V030"),
        (CellKind.DATE, "1 Foo 2026", "V020"),
        (CellKind.DATE, True, "V020"),
        (CellKind.DATE, 1e9, "V020"),
        (CellKind.WHOLE, "1e400", "V050"),
        (CellKind.WHOLE, True, "V050"),
        (CellKind.METRES, "1.2.3 km", "V050"),
        (CellKind.POSTCODE, 5.0, "L001"),
    ],
)
def test_cells_that_mean_nothing_are_faults(kind: CellKind, cell: Any, code: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        read_cell(Column(kind=kind, about=""), cell, _ignore)
    assert caught.value.context is not None
    assert caught.value.context["code"] == code


def test_a_number_above_its_bound_says_the_bound() -> None:
    result = _read(put("passengers", 2, ride_limit_minutes=500))
    problem = next(p for p in result.report.problems if p.code == "V055")
    assert "at most 360" in problem.cause  # six hours, in the unit of the heading


def test_small_shares_are_written_with_their_sign() -> None:
    column = Column(kind=CellKind.PERCENT, about="", least=None)
    assert write_cell(column, 3) == "0.03 %"
    assert write_cell(column, 300) == 3
    assert read_cell(column, "0.03 %", _ignore) == 3


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("policy.max_sites_per_route", 3.0, 3),
        ("policy.walk_limit_primary", "0.5 miles", 805),
        ("policy.walk_speed", "3 mph", 4_828),
        ("driver.ni_threshold", "£5,000", 500_000),
    ],
)
def test_settings_are_read_with_their_units(name: str, text: Any, value: int) -> None:
    spec = find_settings()[name]
    assert read_setting(spec, text, _ignore) == value
    assert read_setting(spec, write_setting(spec, value), _ignore) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("driver.ni_threshold", "5000"),
        ("policy.max_sites_per_route", "2.5"),
        ("policy.ride_cap_primary", "45 miles"),
        ("policy.ride_cap_primary", "-5 min"),
        ("policy.ride_cap_primary", "about 45 min"),
    ],
)
def test_settings_without_a_fitting_unit_are_faults(name: str, text: str) -> None:
    with pytest.raises(PydanticCustomError):
        read_setting(find_settings()[name], text, _ignore)


def test_a_setting_with_a_faulty_date_or_odd_date_is_noted() -> None:
    assert "V020" in _codes(_read(setting("year_from", "soon")))
    noted = _read(setting("service_date", datetime(2026, 11, 18, 9, 0)))
    assert "V024" in _codes(noted)
    assert noted.inputs is not None


def test_a_council_without_a_settings_sheet_can_stand_on_stored_ones() -> None:
    base = _read().inputs
    rows = build_council()
    del rows["settings"]
    del rows["rate_cards"]
    result = read_tables(tables(rows), base=base)
    assert result.inputs is not None
    assert base is not None
    assert result.inputs.rate_cards == base.rate_cards
    assert {c.sheet for c in result.report.counts} == set(rows)


def test_locks_without_an_identifier_get_one_of_their_own() -> None:
    result = _read(
        add("relationships", kind="passenger_on_supplier", other_id="SUP", lock_id="lock-4"),
        add("relationships", kind="passenger_not_with_supplier", other_id="own", session="am"),
    )
    assert result.inputs is not None
    locks = result.inputs.locks
    assert [lock.lock_id for lock in locks] == ["lock-4", "lock-4-2"]
    assert locks[1].kind is LockKind.PASSENGER_NOT_WITH_SUPPLIER
    assert locks[1].session is Session.AM


def test_a_lock_identifier_that_stands_twice_is_an_error() -> None:
    lock = add("relationships", kind="passenger_on_route", other_id="R1", lock_id="L")
    other = add("relationships", kind="passenger_on_route", other_id="R2", lock_id="L")
    assert "X001" in _codes(_read(lock, other))


def test_a_lock_on_what_is_in_quarantine_goes_too() -> None:
    result = _read(
        put("suppliers", 2, assistants="many"),
        add("relationships", kind="passenger_on_supplier", other_id="SUP"),
        accept_valid=True,
    )
    assert ("relationships", 3) in {(row.sheet, row.row) for row in result.quarantine}
    assert result.inputs is not None
    assert result.inputs.locks == ()
    # the passenger stays: being carried by a supplier is a wish, not a safeguard
    assert len(result.inputs.passengers) == 3


def test_one_passenger_may_stand_twice_on_one_route() -> None:
    assert "B001" not in _codes(_read(add("current_plan", sequence=2)))


def test_being_apart_from_oneself_is_an_error_in_the_passengers_sheet_too() -> None:
    assert "P008" in _codes(_read(put("passengers", 2, apart_from="P001")))


def test_a_rule_stated_on_both_sides_needs_no_word() -> None:
    both = (put("passengers", 2, apart_from="P003"), put("passengers", 4, apart_from="P001"))
    assert _codes(_read(*both)) == set()


def test_rules_about_strangers_are_told_once() -> None:
    result = _read(put("passengers", 2, apart_from="P999"))
    assert _codes(result) == {"X002"}


def test_cards_that_follow_each_other_or_price_other_types_do_not_vie() -> None:
    later = [
        add("rate_cards", like=row, rate_card_id="RC2", valid_from=date(2027, 9, 1),
            valid_to=date(2028, 8, 31))
        for row in (2, 3, 4)
    ]  # fmt: skip
    assert _codes(_read(*later)) == set()
    typed = [put("rate_cards", row, vehicle_type_id="car4") for row in (2, 3, 4)]
    other = [
        add("supplier_vehicles", vehicle_type_id="bus16"),
        put("suppliers", 2, has_psv_licence="yes"),
        *(add("rate_cards", like=row, rate_card_id="RC2", vehicle_type_id="bus16")
          for row in (2, 3, 4)),
    ]  # fmt: skip
    assert "R010" not in _codes(_read(*typed, *other))


def test_a_single_open_day_may_be_a_weekend() -> None:
    result = _read(add("calendars", like=3, from_date=date(2026, 11, 21), to_date=None))
    assert result.inputs is not None
    assert date(2026, 11, 21) in result.inputs.calendars[0].open_dates  # a Saturday


def test_suppliers_may_stand_at_a_postcode() -> None:
    result = _read(
        put("suppliers", 2, base_place_id=None, base_postcode="SS1 1AA",
            area_centre_postcode="SS26ER", area_radius_m="10 km")
    )  # fmt: skip
    assert result.inputs is not None
    supplier = result.inputs.suppliers[0]
    places = {place.place_id: place for place in result.inputs.places}
    assert supplier.base_place_id is not None
    assert places[supplier.base_place_id].postcode == "SS1 1AA"
    assert supplier.area_centre_place_id is not None
    assert places[supplier.area_centre_place_id].postcode == "SS2 6ER"
    assert supplier.area_radius_m == 10_000


def test_a_place_that_is_nowhere_is_an_error() -> None:
    result = _read(put("homes", 2, postcode=None, place_id="NOWHERE"))
    assert "X002" in _codes(result)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"easting_m": 900_000, "northing_m": 1_400_000}, "L011"),
        ({"lat": 50.0, "lon": -8.9}, "L011"),  # in the box of Britain, but out at sea
    ],
)
def test_positions_off_the_grid_are_errors(cells: dict[str, Any], code: str) -> None:
    assert code in _codes(_read(put("sites", 2, postcode=None, **cells)))


def test_degrees_and_grid_that_agree_need_no_word() -> None:
    # SS2 4HL: 589 297, 186 327 on the grid
    result = _read(
        put("sites", 2, easting_m=589_297, northing_m=186_327, lat=51.5441, lon=0.7281)
    )
    assert _codes(result) == set()
    only = _read(put("sites", 2, lat=51.5441, lon=0.7281))
    assert only.inputs is not None
    place = next(p for p in only.inputs.places if p.place_id == "site-S001")
    assert abs(place.easting_m - 589_297) < 100
    assert (place.lat, place.lon) == (51.5441, 0.7281)


def test_a_postcode_outside_the_table_is_not_doubted_beside_a_position() -> None:
    result = _read(put("sites", 2, postcode="CT1 2AA", easting_m=589_297, northing_m=186_327))
    assert _codes(result) == set()
    assert result.inputs is not None
    assert "CT1 2AA" in {place.postcode for place in result.inputs.places}


def test_a_mistyped_postcode_beside_a_position_is_not_kept() -> None:
    result = _read(put("sites", 2, postcode="SS2 4H1X", easting_m=589_297, northing_m=186_327))
    assert "L019" in _codes(result)
    assert result.inputs is not None
    place = next(p for p in result.inputs.places if p.place_id == "site-S001")
    assert place.postcode is None


def test_no_suggestion_is_made_for_a_protected_address() -> None:
    for is_protected, is_told in (("no", True), ("yes", False)):
        result = _read(put("homes", 2, postcode="SS2 6WE", protected=is_protected))
        problem = next(p for p in result.report.problems if p.code == "L002")
        assert ("Did you mean" in problem.suggestion) == is_told


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


def test_the_report_reads_in_lines() -> None:
    result = _read(put("passengers", 2, phase="nonsense"), put("sites", 2, arrive_by="late"))
    lines = write_report_text(result.report, most=1).splitlines()
    assert lines[0].split() == ["sheet", "read", "accepted", "rejected", "blank", "header"]
    assert lines[2].split() == ["passengers", "4", "2", "1", "0", "1"]
    assert lines[-2] == "(and 1 more)"
    assert lines[-1] == "2 errors, 0 warnings, 0 questions; refused."


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


def test_names_not_offered_are_refused() -> None:
    assert "read_source" in data.imports.__all__
    with pytest.raises(AttributeError, match="no attribute"):
        _ = data.imports.nothing


def test_a_code_may_stand_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from data.imports import catalogue_files

    find_kinds.cache_clear()
    twice = catalogue_files.FILE_KINDS + catalogue_files.FILE_KINDS[:1]
    monkeypatch.setattr(catalogue_files, "FILE_KINDS", twice)
    with pytest.raises(ValueError, match="stands twice"):
        find_kinds()
    monkeypatch.undo()
    find_kinds.cache_clear()
    assert len(find_kinds()) > 60


def test_settings_know_their_kind_by_name() -> None:
    spec: SettingSpec = find_settings()["policy.walk_limit_primary"]
    assert write_setting(spec, 805) == "805 m"


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


def test_a_place_of_the_places_sheet_needs_a_position_too() -> None:
    assert "L004" in _codes(_read(put("places", 2, postcode=None)))


def test_a_date_cell_at_midnight_is_a_date() -> None:
    result = _read(put("passengers", 2, birth_date=datetime(2016, 5, 17)))
    assert _codes(result) == set()


def test_a_rule_with_a_stranger_is_told_and_checked_no_further() -> None:
    result = _read(add("relationships", kind="together", other_id="P999"))
    assert _codes(result) == {"X002"}


def test_near_identifiers_give_up_in_time() -> None:
    known = {f"P{number:05d}" for number in range(6_000)}
    assert NearIdentifiers(known).find("PO0012") == " (did you mean P00012?)"
    assert NearIdentifiers(known).find("Q00012") == ""  # too many to compare with each
    few = NearIdentifiers({"S001", "S002"})
    hints = [few.find("S0015") for _ in range(60)]
    assert hints[0] != ""
    assert hints[-1] == ""


def test_the_wrong_postcode_table_does_not_hold_the_import_up() -> None:
    rows = build_council()
    rows["homes"] = [
        {"home_id": f"H{n}", "passenger_id": "P001", "postcode": f"ZE{n % 9} {n % 10}AA"}
        for n in range(300)
    ]
    rows["demand"] = rows["demand"][1:]
    result = read_tables(tables(rows))
    found = [p for p in result.report.problems if p.code == "L003"]
    assert len(found) == 300


def test_a_known_form_that_is_no_postcode_of_the_district_is_told_beside_a_position() -> None:
    result = _read(put("sites", 2, postcode="SS2 6WE", easting_m=587_939, northing_m=186_364))
    assert "L019" in _codes(result)
    assert result.inputs is not None
    assert "SS2 6WE" in {place.postcode for place in result.inputs.places}


def test_degrees_at_sea_beside_a_grid_position_are_passed_over() -> None:
    result = _read(put("sites", 2, easting_m=589_297, northing_m=186_327, lat=50.0, lon=-8.9))
    assert result.inputs is not None


def test_a_council_without_rules_has_none_to_protect() -> None:
    rows = build_council()
    del rows["relationships"]
    put("sites", 2, arrive_by="late")(rows)
    result = read_tables(tables(rows), accept_valid=True)
    assert result.inputs is not None


def test_stored_rules_about_people_who_left_are_dropped_with_a_word() -> None:
    base = _read().inputs
    rows = {"passengers": build_council()["passengers"]}
    del rows["passengers"][1]  # P002, from whom P001 must be apart
    result = read_tables(tables(rows), base=base)
    assert result.inputs is not None, [str(p) for p in result.report.problems]
    assert {p.code for p in result.report.problems} == {"X006"}
    assert [p.passenger_id for p in result.inputs.passengers] == ["P001", "P003"]


def test_the_whole_report_may_be_written() -> None:
    result = _read(put("passengers", 2, phase="nonsense"))
    assert "more)" not in write_report_text(result.report)


def test_a_setting_of_two_signs_is_a_fault() -> None:
    with pytest.raises(PydanticCustomError):
        read_setting(find_settings()["driver.ni_threshold"], "-£-5", _ignore)


def test_an_empty_title_is_left_out_of_an_export() -> None:
    result = _read(setting("title", None))
    assert result.inputs is not None
    names = inputs_to_tables(result.inputs)["settings"]["name"].tolist()
    assert "title" not in names


def test_there_is_no_sheet_of_another_name() -> None:
    with pytest.raises(KeyError):
        find_sheet("pupils")


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


def test_journeys_need_no_identifier_of_their_own() -> None:
    unnamed = without("demand", "demand_id")
    result = _read(unnamed, put("demand", 2, weekdays="some"), accept_valid=True)
    assert result.inputs is not None
    identifiers = [demand.demand_id for demand in result.inputs.demands]
    assert identifiers == ["P002-S002-3-out", "P002-S002-3-home", "P003-S003-4-out",
                           "P003-S003-4-home"]  # fmt: skip
