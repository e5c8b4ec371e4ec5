"""Books: read whole or not at all, every problem at once, every form read as it was meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from data.accounts import Activity, EntryKind
from data.errors import Severity
from data.fleet import CrewRole
from data.imports import LEDGER_SHEETS, read_ledger, write_forms, write_template
from data.samples import build_sample, build_sample_accounts
from data.store import Store
from tests.data.ledger_fixtures import LEDGER_FIXTURES, STAMP, build_books, read_books
from tests.store_places import Place


def test_right_books_are_read_as_meant(tmp_path: Path) -> None:
    found = read_books(build_books(), tmp_path)
    assert [str(p) for p in found.report.problems] == []
    books = found.accounts
    assert books is not None
    assert (books.from_on, books.to_on) == (date(2025, 9, 1), date(2026, 8, 31))
    assert books.is_synthetic
    assert [c.activity for c in books.cost_centres][:3] == [
        Activity.CREW,
        Activity.VEHICLE,
        Activity.MILES,  # written "mileage"
    ]
    assert books.cost_centres[0].role is CrewRole.DRIVER
    assert (books.cost_centres[3].short_run_bp, books.cost_centres[3].long_run_bp) == (0, 5_000)
    assert books.lines[0].amount_pence == 800_000
    assert books.lines[2].amount_pence == -10_000
    assert (books.lines[7].kind, books.lines[7].customer_id) == (EntryKind.INCOME, "Y")
    assert books.totals[0].cost_centre_id == ""
    assert (books.vehicles[0].odometer_m, books.vehicles[1].disposal_on) == (6_000, None)
    assert books.crews[0].paid_s == 400 * 3_600
    assert (books.works[0].driver_s, books.works[0].total_m) == (300 * 3_600, 3_000)
    assert books.accounts_id.startswith("tiny-books-20260831-")


@pytest.mark.parametrize("code", sorted(LEDGER_FIXTURES))
def test_each_fault_is_found_and_only_errors_refuse(code: str, tmp_path: Path) -> None:
    problems = LEDGER_FIXTURES[code](tmp_path)
    assert code in {p.code for p in problems}
    again = read_ledger(tmp_path / "books", place="tiny", created_utc=STAMP)
    has_error = any(p.severity is Severity.ERROR for p in problems)
    assert (again.accounts is None) == has_error


def test_a_penny_off_the_printed_total_is_said_with_both_sums(tmp_path: Path) -> None:
    (problem,) = LEDGER_FIXTURES["H001"](tmp_path)
    assert (problem.sheet, problem.row) == ("ledger_totals", 3)
    assert "£2,000.00" in problem.cause
    assert "£2,000.01" in problem.cause
    assert "£0.01 apart" in problem.cause


def test_all_faults_of_a_ledger_are_told_at_once(tmp_path: Path) -> None:
    forms = build_books()
    forms["ledger"][0].update(posted_on="01/01/2020")
    forms["ledger"][1].update(cost_centre_id="C9")
    forms["ledger"].append(dict(forms["ledger"][3]))
    forms["work_records"][2].update(vehicle_id="V9")
    found = read_books(forms, tmp_path)
    codes = {p.code for p in found.report.problems}
    assert {"H001", "H002", "X001", "X002"} <= codes
    assert found.accounts is None


def test_the_template_is_read_as_empty_books(tmp_path: Path) -> None:
    write_template(tmp_path / "books.xlsx", LEDGER_SHEETS)
    found = read_ledger(tmp_path / "books.xlsx", place="tiny", created_utc=STAMP)
    assert found.accounts is None
    assert {p.code for p in found.report.problems} == {"S016"}


def test_made_up_books_written_and_read_are_the_same(tmp_path: Path) -> None:
    made = build_sample_accounts(build_sample("grid"), created_utc=STAMP)
    rows = {
        "period": (made,),
        "cost_centres": made.cost_centres,
        "ledger": made.lines,
        "ledger_totals": made.totals,
        "vehicle_records": made.vehicles,
        "crew_records": made.crews,
        "work_records": made.works,
    }
    write_forms(tmp_path / "books.xlsx", LEDGER_SHEETS, rows)
    found = read_ledger(tmp_path / "books.xlsx", place="grid", created_utc=STAMP)
    assert [str(p) for p in found.report.problems] == []
    books = found.accounts
    assert books is not None
    assert books.is_synthetic
    for name in ("cost_centres", "lines", "totals", "vehicles", "crews", "works", "title"):
        assert getattr(books, name) == getattr(made, name), name


def test_equal_seeds_give_equal_books_and_others_do_not() -> None:
    inputs = build_sample("grid")
    made = build_sample_accounts(inputs, created_utc=STAMP)
    assert build_sample_accounts(inputs, created_utc=STAMP) == made
    other = build_sample_accounts(inputs, created_utc=STAMP, seed=2)
    assert other.accounts_id != made.accounts_id


def test_books_are_kept_with_their_bytes(tmp_path: Path, store_place: Place) -> None:
    found = read_books(build_books(), tmp_path)
    assert found.accounts is not None
    with Store.open(store_place) as store:
        files = {f.name: f.content for f in found.originals}
        accounts_id = store.save_result(found.accounts, place="tiny", files=files)
        assert store.find_result(type(found.accounts), place="tiny") == found.accounts
        assert accounts_id == found.accounts.accounts_id
        for original in found.originals:
            assert store.read_import_file(original.sha256) == original.content
