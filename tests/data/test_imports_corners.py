"""Values and rules in corners of the import that no catalogue fixture reaches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

import data.imports
from data.imports import read_tables, write_report_text
from data.imports.catalogue import find_kinds
from data.imports.cells import read_cell, write_cell
from data.imports.columns import CellKind, Column
from data.imports.references import NearIdentifiers
from data.imports.report import ImportResult
from data.imports.settings import SettingSpec, find_settings, read_setting, write_setting
from data.imports.sheets import find_sheet
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


def test_the_report_reads_in_lines() -> None:
    result = _read(put("passengers", 2, phase="nonsense"), put("sites", 2, arrive_by="late"))
    lines = write_report_text(result.report, most=1).splitlines()
    assert lines[0].split() == ["sheet", "read", "accepted", "rejected", "blank", "header"]
    assert lines[2].split() == ["passengers", "4", "2", "1", "0", "1"]
    assert lines[-2] == "(and 1 more)"
    assert lines[-1] == "2 errors, 0 warnings, 0 questions; refused."


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


def test_journeys_need_no_identifier_of_their_own() -> None:
    unnamed = without("demand", "demand_id")
    result = _read(unnamed, put("demand", 2, weekdays="some"), accept_valid=True)
    assert result.inputs is not None
    identifiers = [demand.demand_id for demand in result.inputs.demands]
    assert identifiers == ["P002-S002-3-out", "P002-S002-3-home", "P003-S003-4-out",
                           "P003-S003-4-home"]  # fmt: skip
