"""Rates and the company's books, as a commissioner would ask from the shell."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from data.accounts import Accounts
from data.errors import StoreError
from data.store import Store
from tests.cli.conftest import Town, run
from tests.reports.readers import read_sheets, read_table


def test_compare_shows_every_price_and_its_book_adds_up_to_the_plan(town: Town) -> None:
    done = run("rates", "compare", "--place", "grid", "--routes", "plan", folder=town.folder)
    assert done.code == 0, done.err
    assert "short run (bid less own avoidable)" in done.out
    book = (town.folder / "grid" / "outputs" / "rates_compare.xlsx").read_bytes()
    sheets = read_sheets(book)
    rows = read_table(sheets["Routes"], "Route")
    planned = sum(round(100 * row["Priced at its rates, £"]) for row in rows)
    assert planned == town.record["cost_pence"]
    for row in read_table(sheets["Net and gross"], "Route"):
        parts = [row[f"Cheapest card, {part}, £"] for part in ("net", "VAT", "gross")]
        if parts[0] != "":
            assert round(100 * parts[0]) + round(100 * parts[1]) == round(100 * parts[2])
    assert (town.folder / "grid" / "outputs" / "rates_compare.png").read_bytes()[
        :4
    ] == b"\x89PNG"


def test_today_is_compared_by_default_with_what_is_paid(town: Town) -> None:
    done = run("rates", "compare", "--place", "grid", folder=town.folder)
    assert "today's routes" in done.out
    assert "contract price paid" in done.out


def test_options_that_are_nobody_are_refused_before_any_planning(town: Town) -> None:
    done = run("rates", "compare", "--place", "grid", "--best", "them", folder=town.folder)
    assert done.code == 2
    assert "'them' is nobody" in done.err


def test_benchmark_says_that_a_small_town_has_too_few_prices(town: Town) -> None:
    done = run("rates", "benchmark", "--place", "grid", folder=town.folder)
    assert done.code == 0, done.err
    assert "too few for a regression" in done.out
    assert "concentration of spend" in done.out
    book = (town.folder / "grid" / "outputs" / "rates_benchmark.xlsx").read_bytes()
    suppliers = read_table(read_sheets(book)["Suppliers"], "Supplier")
    assert suppliers[-1]["Supplier"] == "All"
    paid = [round(100 * row["Paid a day, £"]) for row in suppliers]
    assert sum(paid[:-1]) == paid[-1]


def test_a_faulty_table_of_bids_or_market_costs_is_exit_30(town: Town, tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("name,value\nx,1\n", encoding="utf-8")
    for words in (("benchmark", "--bids"), ("compare", "--market")):
        done = run("rates", *words[:1], "--place", "grid", words[1], table, folder=town.folder)
        assert done.code == 30
        assert "table.csv" in done.err


def test_books_go_from_sample_to_cost_and_tie_to_the_penny(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(town.folder, folder)
    books = tmp_path / "books.xlsx"
    assert run("company", "sample", books, "--place", "grid", folder=folder).code == 0
    dry = run("company", "import", books, "--place", "grid", "--dry-run", folder=folder)
    assert "nothing was stored" in dry.out
    done = run("company", "import", books, "--place", "grid", folder=folder)
    assert done.code == 0, done.out
    done = run("company", "cost", "--place", "grid", folder=folder)
    assert done.code == 0, done.err
    assert "the books are made up" in done.out
    sheets = read_sheets((folder / "grid" / "outputs" / "company_cost.xlsx").read_bytes())
    whole = read_table(sheets["Cost centres"], "Cost centre")[-1]
    parts = ("On work, £", "Unused, £", "No record to go by, £")
    ledger = round(100 * whole["Ledger lines, £"])
    assert sum(round(100 * whole[part]) for part in parts) == ledger
    for name, heading in (("Duties", "Duty"), ("Routes", "Route")):
        rows = read_table(sheets[name], heading)
        assert sum(round(100 * r["Full, £"]) for r in rows[:-1]) == round(
            100 * rows[-1]["Full, £"]
        )
        assert round(100 * rows[-1]["Full, £"]) == round(100 * whole["On work, £"])


def test_books_that_do_not_add_up_are_refused_and_nothing_is_stored(
    town: Town, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    shutil.copytree(town.folder, folder)
    books = tmp_path / "books"
    from tests.data.ledger_fixtures import build_books

    books.mkdir()
    forms = build_books()
    forms["ledger_totals"][0]["amount_pounds"] = "12386.01"
    for name, rows in forms.items():
        with (books / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    done = run("company", "import", books, "--place", "grid", folder=folder)
    assert done.code == 30
    assert "H001" in done.out
    assert "£0.01 apart" in done.out
    with (
        Store.open(folder / "grid" / "wayfare.sqlite") as store,
        pytest.raises(StoreError, match="no accounts"),
    ):
        store.find_result(Accounts, place="grid")
    assert run("company", "cost", "--place", "grid", folder=folder).code == 40


def test_the_template_of_books_has_a_sheet_for_each_form(tmp_path: Path) -> None:
    path = tmp_path / "books.xlsx"
    assert run("company", "template", path).code == 0
    assert set(read_sheets(path.read_bytes())) == {
        *("guide", "period", "cost_centres", "ledger", "ledger_totals"),
        *("vehicle_records", "crew_records", "work_records"),
    }


def test_carbon_of_routes_is_that_of_providers(town: Town) -> None:
    done = run("carbon", "--place", "grid", folder=town.folder)
    assert done.code == 0, done.err
    assert "kg CO2e a day" in done.out
    sheets = read_sheets((town.folder / "grid" / "outputs" / "carbon.xlsx").read_bytes())
    providers = read_table(sheets["Providers"], "Provider")
    routes = read_table(sheets["Routes"], "Route")
    grams = "g CO\u2082e"
    assert sum(r[grams] for r in routes[:-1]) == routes[-1][grams]
    # Providers are shown in kilograms to a tenth, half up.
    assert round(10 * providers[-1][f"k{grams} a day"]) == (routes[-1][grams] + 50) // 100
