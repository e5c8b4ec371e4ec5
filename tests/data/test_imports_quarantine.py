"""Accepting valid rows: what goes into quarantine, and what it takes with it."""

from __future__ import annotations

from collections.abc import Callable

from data.imports import read_tables
from data.imports.report import ImportResult
from tests.data.import_council import Rows, all_of, build_council, drop, put, setting, tables


def _read(change: Callable[[Rows], None]) -> ImportResult:
    rows = build_council()
    change(rows)
    return read_tables(tables(rows), accept_valid=True)


def _kept_out(result: ImportResult) -> set[tuple[str, int]]:
    return {(row.sheet, row.row) for row in result.quarantine}


def test_a_faulty_passenger_takes_homes_journeys_rules_and_routes() -> None:
    result = _read(put("passengers", 2, phase="nonsense"))
    assert _kept_out(result) == {
        ("passengers", 2),
        ("homes", 2),
        ("demand", 2),
        ("relationships", 2),
        ("current_plan", 2),
    }
    assert result.inputs is not None
    assert [p.passenger_id for p in result.inputs.passengers] == ["P002", "P003"]
    assert all(d.passenger_id != "P001" for d in result.inputs.demands)
    # no place of the home that was left out stays behind
    assert "home-H001" not in {place.place_id for place in result.inputs.places}


def test_a_faulty_calendar_row_takes_the_calendar_its_sites_and_journeys() -> None:
    result = _read(put("calendars", 3, from_date="soon"))
    assert _kept_out(result) >= {
        ("calendars", 2),
        ("calendars", 3),
        ("sites", 2),
        ("demand", 2),
    }
    assert result.inputs is not None
    assert result.inputs.sites == ()
    assert result.inputs.calendars == ()


def test_a_faulty_rate_takes_its_whole_card() -> None:
    result = _read(put("rate_cards", 4, amount_pounds="dear"))
    assert {key for key in _kept_out(result) if key[0] == "rate_cards"} == {
        ("rate_cards", 2),
        ("rate_cards", 3),
        ("rate_cards", 4),
    }
    assert result.inputs is not None
    assert result.inputs.rate_cards == ()


def test_a_faulty_rule_keeps_its_passenger_out_rather_than_being_dropped() -> None:
    # P001 must be apart from somebody who cannot be found: planning P001 without the rule
    # might put the two together
    result = _read(put("relationships", 2, other_id="P0O9"))
    assert result.inputs is not None
    assert [p.passenger_id for p in result.inputs.passengers] == ["P002", "P003"]
    assert ("passengers", 2) in _kept_out(result)


def test_both_rows_of_an_identifier_that_stands_twice_are_kept_out() -> None:
    result = _read(put("passengers", 3, passenger_id="P001"))
    assert {key for key in _kept_out(result) if key[0] == "passengers"} == {
        ("passengers", 2),
        ("passengers", 3),
    }


def test_journeys_that_overlap_are_both_kept_out() -> None:
    def change(rows: Rows) -> None:
        rows["demand"].append({**rows["demand"][0], "demand_id": "D009", "site_id": "S002"})

    result = _read(change)
    assert {key for key in _kept_out(result) if key[0] == "demand"} == {
        ("demand", 2),
        ("demand", 5),
    }


def test_quarantined_rows_keep_their_cells_and_codes() -> None:
    result = _read(put("passengers", 2, phase="nonsense"))
    row = next(row for row in result.quarantine if row.sheet == "passengers")
    assert row.codes == ("V040",)
    assert ("phase", "nonsense") in row.cells
    assert ("name", "Ann Archer") in row.cells


def test_faults_of_the_settings_or_a_missing_sheet_refuse_all() -> None:
    assert _read(setting("service_date", "never")).inputs is None
    assert _read(drop("sites")).inputs is None


def test_without_faults_nothing_is_kept_out() -> None:
    result = _read(all_of())
    assert result.quarantine == ()
    assert result.inputs is not None


def test_refusing_is_the_default() -> None:
    rows = build_council()
    put("passengers", 2, phase="nonsense")(rows)
    result = read_tables(tables(rows))
    assert result.inputs is None
    assert not result.report.is_accepted
    # what would be kept out is told all the same
    assert [row.sheet for row in result.quarantine] == ["passengers"]


def test_a_journey_without_a_home_goes_with_the_only_home() -> None:
    result = _read(all_of(put("homes", 2, postcode=None), put("demand", 2, home_id=None)))
    assert ("demand", 2) in _kept_out(result)
    assert result.inputs is not None
    assert all(d.passenger_id != "P001" for d in result.inputs.demands)


def test_own_vehicles_go_with_the_costs_of_their_type() -> None:
    result = _read(put("own_vehicle_costs", 2, vehicle_pounds_per_year="dear"))
    assert ("vehicles", 2) in _kept_out(result)
    assert result.inputs is not None
    assert result.inputs.vehicles == ()


def test_a_faulty_row_is_checked_in_every_other_respect() -> None:
    """All problems at once: a wrong reference does not hide a wrong postcode."""
    rows = build_council()
    put("homes", 2, passenger_id="P009", postcode="ZE1 0AA")(rows)
    found = {p.code for p in read_tables(tables(rows)).report.problems}
    assert found >= {"X002", "L003"}
