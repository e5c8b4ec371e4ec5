"""What spreadsheets do to data: each way is read right, or noticed (I8); rows add up (I2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.imports import read_source, read_tables
from data.imports.report import ImportResult, SheetCount
from tests.data.import_council import (
    Rows,
    add,
    build_council,
    find_loose_ends,
    put,
    setting,
    tables,
    write_book,
    write_folder,
)


def _read(change: Callable[[Rows], None]) -> ImportResult:
    rows = build_council()
    change(rows)
    return read_tables(tables(rows))


def _codes(result: ImportResult) -> set[str]:
    return {problem.code for problem in result.report.problems}


@pytest.mark.parametrize(
    "cell",
    [
        "08:50",
        "8.50 am",
        "0850",
        "08:50:00",
        (8 * 60 + 50) / 1440,
        timedelta(hours=8, minutes=50),
        datetime(1899, 12, 31, 8, 50),
        "0.368055555555556",
    ],
)
def test_times_are_read_however_they_are_kept(cell: Any) -> None:
    result = _read(put("sites", 2, arrive_by=cell))
    assert result.inputs is not None
    assert result.inputs.sites[0].arrive_by_s == 8 * 3600 + 50 * 60


@pytest.mark.parametrize(
    "cell", ["24:00", 1.0, timedelta(days=1), date(1900, 1, 1), datetime(1900, 1, 1)]
)
def test_midnight_at_the_end_of_the_day_is_24_hours(cell: Any) -> None:
    result = _read(put("depots", 2, closes=cell))
    assert result.inputs is not None
    assert result.inputs.depots[0].closes_s == 86_400


@pytest.mark.parametrize(
    "cell",
    [
        "17/05/2016",
        "17.5.2016",
        "2016-05-17",
        "17 May 2016",
        "17th May 2016",
        "Tuesday, 17 May 2016",
        "17-MAY-2016",
        "2016-05-17T00:00:00",
        42507.0,  # days since 30 December 1899
        "42507",
    ],
)
def test_dates_are_read_day_first_however_they_are_kept(cell: Any) -> None:
    result = _read(put("passengers", 2, birth_date=cell))
    assert result.inputs is not None
    assert result.inputs.passengers[0].birth_date == date(2016, 5, 17)


def test_dates_of_both_systems_come_out_the_same(tmp_path: Path) -> None:
    new = read_source(write_book(build_council(), tmp_path / "new.xlsx"))
    old = read_source(
        write_book(build_council(), tmp_path / "old.xlsx", options={"date_1904": True})
    )
    assert new.inputs is not None
    assert old.inputs == new.inputs


def test_a_bare_day_number_of_the_1904_system_is_shifted(tmp_path: Path) -> None:
    rows = build_council()
    # 17 May 2016 is day 42 507 from 1900 and day 41 045 from 1904
    put("passengers", 2, birth_date=41_045)(rows)
    result = read_source(write_book(rows, tmp_path / "old.xlsx", options={"date_1904": True}))
    assert result.inputs is not None
    assert result.inputs.passengers[0].birth_date == date(2016, 5, 17)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_names_with_accents_survive_every_encoding(tmp_path: Path, encoding: str) -> None:
    rows = build_council()
    put("passengers", 2, name="Zoë O\u2019Brien")(rows)
    folder = write_folder(rows, tmp_path / encoding, encoding=encoding)
    result = read_source(folder)
    assert result.inputs is not None
    assert result.inputs.passengers[0].name == "Zoë O\u2019Brien"
    assert ("F012" in _codes(result)) == (encoding == "cp1252")


def test_leading_noughts_of_a_csv_are_kept(tmp_path: Path) -> None:
    rows = build_council()
    for row, identifier in ((2, "007"), (3, "008"), (4, "009")):
        put("sites", row, site_id=identifier)(rows)
        put("demand", row, site_id=identifier)(rows)
    result = read_source(write_folder(rows, tmp_path / "council"))
    assert result.inputs is not None
    assert [site.site_id for site in result.inputs.sites] == ["007", "008", "009"]


def test_a_number_cell_is_an_identifier_of_digits() -> None:
    def change(rows: Rows) -> None:
        put("sites", 2, site_id=114718.0)(rows)
        put("demand", 2, site_id=114718.0)(rows)

    result = _read(change)
    assert result.inputs is not None
    assert result.inputs.sites[0].site_id == "114718"


def test_lines_above_the_headings_blank_rows_and_totals_are_accounted_for(
    tmp_path: Path,
) -> None:
    folder = write_folder(build_council(), tmp_path / "council")
    path = folder / "passengers.csv"
    lines = path.read_text().splitlines()
    # rows: 1 title, 2 blank, 3 headings, 4-6 people, 7 blank, 8 headings again, 9 total
    path.write_text("\n".join(["Pupils 2026", "", *lines, ",,", lines[0], "Total,3"]))
    result = read_source(folder)
    count = next(c for c in result.report.counts if c.sheet == "passengers")
    assert (count.n_read, count.n_header, count.n_accepted) == (9, 3, 3)
    assert (count.n_blank, count.n_rejected) == (2, 1)
    total = next(p for p in result.report.problems if p.code == "S013")
    assert total.row == 9
    assert result.inputs is not None  # a total left out is no error


def test_a_quoted_line_break_does_not_shift_row_numbers(tmp_path: Path) -> None:
    rows = build_council()
    put("sites", 2, note="first line\nsecond line")(rows)
    put("sites", 4, arrive_by="later")(rows)
    result = read_source(write_folder(rows, tmp_path / "council"))
    assert [p.row for p in result.report.problems if p.code == "V030"] == [4]


def test_money_typed_in_pounds_is_exact_pence() -> None:
    def change(rows: Rows) -> None:
        put("rate_cards", 2, amount_pounds="£1,234.56789")(rows)
        put("rate_cards", 3, amount_pounds=0.1 + 0.2)(rows)  # 0.30000000000000004

    result = _read(change)
    assert result.inputs is not None
    first, second, _ = result.inputs.rate_cards[0].rates
    assert (first.amount_mpence, second.amount_mpence) == (123_456_789, 30_000)


def test_distances_may_carry_their_unit() -> None:
    def change(rows: Rows) -> None:
        put("passengers", 2, walk_limit_m="0.5 miles", ride_limit_minutes="1:15")(rows)

    result = _read(change)
    assert result.inputs is not None
    passenger = result.inputs.passengers[0]
    assert passenger.walk_limit_m == 805  # 804.672 m, rounded half up
    assert passenger.max_ride_s == 75 * 60


def test_postcodes_are_normalised() -> None:
    result = _read(put("homes", 2, postcode=" ss26er."))
    assert result.inputs is not None
    assert result.inputs.places[1].postcode == "SS2 6ER"  # after the places sheet's one


def test_percent_with_its_sign_may_be_small() -> None:
    def change(rows: Rows) -> None:
        for row in (2, 3, 4):
            put("rate_cards", row, uplift_percent_a_year="0.03 %")(rows)

    result = _read(change)
    assert result.inputs is not None
    assert result.inputs.rate_cards[0].uplift_bp == 3


def test_twins_raise_no_question() -> None:
    def change(rows: Rows) -> None:
        add("passengers", passenger_id="P004", name="Amy Archer")(rows)
        add("homes", home_id="H004", passenger_id="P004")(rows)
        add("demand", demand_id="D004", passenger_id="P004", home_id="H004")(rows)

    assert _codes(_read(change)) == set()


def test_two_homes_by_weekday_are_allowed() -> None:
    def change(rows: Rows) -> None:
        add("homes", home_id="H001B", postcode="SS1 1AA")(rows)
        put("demand", 2, weekdays="Mon-Wed")(rows)
        add("demand", demand_id="D001B", home_id="H001B", weekdays="Thu Fri")(rows)

    result = _read(change)
    assert _codes(result) == set()
    assert result.inputs is not None
    assert len(result.inputs.demands) == 8


def test_weeks_a_and_b_do_not_overlap() -> None:
    def change(rows: Rows) -> None:
        put("demand", 2, weeks="A")(rows)
        add("demand", demand_id="D009", weeks="B")(rows)

    assert "D001" not in _codes(_read(change))


def test_a_blank_home_is_the_only_one() -> None:
    result = _read(put("demand", 2, home_id=None, demand_id=None))
    assert result.inputs is not None
    assert {d.home_id for d in result.inputs.demands if d.passenger_id == "P001"} == {"H001"}


def test_words_for_nothing_are_blank_where_nothing_is_meant() -> None:
    result = _read(put("passengers", 2, assistant_id="n/a", ride_limit_minutes="-"))
    assert result.inputs is not None
    assert result.inputs.passengers[0].assistant_id is None
    assert result.inputs.passengers[0].max_ride_s is None


def test_a_rule_on_either_side_holds_both_ways() -> None:
    result = _read(put("passengers", 2, together_with="P002", apart_from="P003"))
    assert result.inputs is None  # apart in the relationships sheet, together here
    assert "P009" in _codes(result)
    result = _read(put("passengers", 2, apart_from="P003"))
    assert result.inputs is not None
    assert result.inputs.passengers[2].apart_from == {"P001"}


def test_settings_left_out_keep_their_defaults_and_others_are_exact() -> None:
    result = _read(setting("policy.ride_cap_primary", "50 min"))
    assert result.inputs is not None
    assert result.inputs.policy.ride_cap_primary_s == 3_000
    assert result.inputs.policy.ride_cap_secondary_s == 4_500
    assert result.inputs.own_costs.driver.pay_mpence_per_hour == 1_347_000
    assert result.inputs.own_costs.driver.worked_minutes_per_year == 52_650


def test_seventy_thousand_blank_rows_add_up(tmp_path: Path) -> None:
    folder = write_folder(build_council(), tmp_path / "council")
    path = folder / "homes.csv"
    first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([first, *[",,"] * 70_000, *rest]) + "\n")
    result = read_source(folder)
    count = next(c for c in result.report.counts if c.sheet == "homes")
    assert (count.n_read, count.n_blank, count.n_accepted) == (70_004, 70_000, 3)
    assert result.inputs is not None


def test_counts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="accounted for"):
        SheetCount(
            file_name="",
            sha256="",
            sheet="homes",
            n_read=5,
            n_accepted=1,
            n_rejected=1,
            n_blank=1,
            n_header=1,
        )


_CELLS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.floats(allow_nan=False),
    st.integers(-(10**18), 10**18),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3)),
    st.sampled_from(["EXAMPLE: x", "Total", "=1+1", "P001", "S001", "24:00", "1E+20", "nan"]),
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_cell_can_break_the_import_and_rows_always_add_up(data: st.DataObject) -> None:
    rows = build_council()
    for _ in range(data.draw(st.integers(1, 4))):
        sheet = data.draw(st.sampled_from(sorted(rows)))
        row = data.draw(st.sampled_from(rows[sheet]))
        row[data.draw(st.sampled_from(sorted(row)))] = data.draw(_CELLS)
    n_rows = {sheet: len(items) + 1 for sheet, items in rows.items()}
    for accept_valid in (False, True):
        result = read_tables(tables(rows), accept_valid=accept_valid)
        # SheetCount itself asserts read = accepted + rejected + blank + header
        assert {
            c.sheet: c.n_read for c in result.report.counts
        } == n_rows or result.report.problems
        if result.inputs is None:
            assert result.report.n_errors > 0
        else:
            assert find_loose_ends(result.inputs) == set()
        quarantined = {(q.sheet, q.row) for q in result.quarantine}
        assert len(quarantined) == sum(c.n_rejected for c in result.report.counts)
