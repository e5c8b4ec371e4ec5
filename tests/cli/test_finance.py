"""`wayfare finance` and `wayfare contracts` as a user runs them, with their workbooks."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

import data
from tests.cli.conftest import Town, run
from tests.reports.readers import find_faults, read_sheets

CONTRACTS = (
    "contract_id,supplier_id,route,starts_on,ends_on,price_pounds,cpi_percent,late_pounds\n"
    "K1,T01,R1,01/09/2025,31/08/2028,100.00,,5\n"
    "K2,T02,R2,01/09/2025,31/08/2028,80.50,50,5\n"
)
INDICES = "index,month,value\ncpi,2025-06,100\ncpi,2026-06,104\n"


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_day_services_reconcile_with_what_is_printed(tmp_path: Path) -> None:
    table = write(
        tmp_path,
        "care.csv",
        "phase,service,people,places,annual_contract_pounds\n"
        "1,Viking House,adults,34,813295\n1,Project 49,day,100,1005113\n",
    )
    book = tmp_path / "day.xlsx"
    done = run("finance", "day-services", table, "--days", 250, "--printed", "1=1868408",
               "--out", book, "--basis", "2021 contracts")  # fmt: skip
    assert done.code == 0
    assert "£95.68" in done.out
    assert "warning: Phase 1: the lines add up to 1,818,408 pounds" in done.out
    sheet = openpyxl.load_workbook(book)["Attended days"]
    row = [c.value for c in sheet[5]]
    assert row[0] == "Viking House"
    assert row[5] == 95.68
    assert sheet["A2"].value == "2021 contracts"


def test_the_shipped_care_contracts_are_fifty_thousand_short_of_their_printed_total() -> None:
    table = Path(data.__file__).parent / "open" / "southend" / "care_contracts_2021.csv"
    done = run("finance", "day-services", table, "--printed", "1=6543128")
    assert done.code == 0, done.err
    (row,) = (line for line in done.out.splitlines() if "£6,543,128.00" in line)
    assert row.split() == ["1", "£6,493,128.00", "£6,543,128.00", "£50,000.00"]


def test_transport_of_a_kept_run_is_added(town: Town, tmp_path: Path) -> None:
    from data.samples import build_sample

    site = next((s for s in build_sample("grid").sites if s.is_day_service), None)
    assert site is not None
    table = write(
        tmp_path,
        "care.csv",
        f"service,places,annual_contract_pounds,site_id\nGrid,40,100000,{site.site_id}\n",
    )
    done = run(
        "finance", "day-services", table, "--place", "grid", "--json", folder=town.folder
    )
    assert done.code == 0
    [row] = json.loads(done.out)["tables"]["Attended days"]
    assert row["transport_pence"] > 0
    assert (
        row["with_transport_pence"] == row["a_day_as_occupied_pence"] + row["transport_pence"]
    )


def test_invoices_and_scorecards(tmp_path: Path) -> None:
    contracts = write(tmp_path, "contracts.csv", CONTRACTS)
    indices = write(tmp_path, "indices.csv", INDICES)
    lines = write(
        tmp_path,
        "invoices.csv",
        "invoice,supplier_id,contract_id,service_date,amount_pounds\n"
        "I1,T01,K1,07/09/2026,100.00\nI1,T01,K1,07/09/2026,100.00\nI2,T02,K2,07/09/2026,85\n",
    )
    ran = write(
        tmp_path,
        "ran.csv",
        "contract_id,service_date,due,run,late\nK1,07/09/2026,2,2,1\nK2,07/09/2026,2,2,0\n",
    )
    done = run("contracts", "invoices", lines, "--contracts", contracts, "--records", ran,
               "--indices", indices, "--json")  # fmt: skip
    assert done.code == 0
    found = json.loads(done.out)
    # K2: half of 80.50 rises by 4 %: 82.11; 85.00 is claimed. K1 is claimed twice.
    assert [(r["difference_pence"], r["reason"]) for r in found["tables"]["Differences"]] == [
        (10_000, "claimed already"),
        (289, "not the contract's price"),
    ]
    assert found["totals"]["By reason"]["claimed_less_due_pence"] == 10_289
    cards = run("contracts", "scorecard", ran, "--contracts", contracts, "--indices", indices)
    assert cards.code == 0
    assert "£5.00" in cards.out
    shown = run("contracts", "register", contracts, "--on", "2026-09-07", "--indices", indices)
    assert "£82.11" in shown.out
    missing = run(
        "contracts", "register", contracts, "--on", "2027-09-07", "--indices", indices
    )
    assert missing.code == 30
    assert "cpi 2027-06 is missing" in missing.err


@pytest.mark.parametrize(
    ("command", "text", "codes"),
    [
        (
            ("finance", "central"),
            "line,today_pounds,runner,price_pounds,avoidable_percent\n"
            "a,100,nobody,5,50\na,200,market,5,150\n",
            ["Q003", "Q007"],
        ),
        (
            ("finance", "savings"),
            "saving_id,title,starts_on,yearly_pounds\nA,x,soon,1\nA,y,01/04/2026,1.001\n",
            ["V020", "Q003"],
        ),
        (("finance", "company"), "name,kind,pounds\na,gift,1\n", ["Q007"]),
        (
            ("contracts", "register", "--on", "2026-09-01"),
            CONTRACTS.replace("31/08/2028", "31/08/2020"),
            ["Q008"],
        ),
    ],
)
def test_bad_tables_are_refused_whole(
    tmp_path: Path, command: tuple[str, ...], text: str, codes: list[str]
) -> None:
    table = write(tmp_path, "bad.csv", text)
    out = tmp_path / "never.xlsx"
    done = run(*command, table, "--out", out)
    assert done.code == 30
    assert not out.exists()
    assert any(code in done.err for code in codes), done.err


def test_savings_against_the_budget_and_budget_moved(tmp_path: Path) -> None:
    table = write(
        tmp_path,
        "savings.csv",
        "saving_id,title,starts_on,yearly_pounds,budget_line\nA,Bells,01/09/2026,12000,buses\n",
    )
    budget = write(
        tmp_path,
        "budget.csv",
        "line,directorate,moves_to,financial_year,pounds\nbuses,Place,Children,2026,100000\n",
    )
    done = run("finance", "savings", table, "--budget", budget, "--years", 1, "--json")
    found = json.loads(done.out)
    [line] = found["tables"]["Budget"]
    assert line["after_pence"] == 10_000_000 - 700_000
    moved = {r["directorate"]: r["moved_in_pence"] for r in found["tables"]["Directorates"]}
    assert moved == {"Children": 10_000_000, "Place": -10_000_000}


def test_the_companys_years_are_a_workbook_too(tmp_path: Path) -> None:
    table = write(
        tmp_path,
        "company.csv",
        "name,kind,pounds,growth_percent,from_year,to_year,source\n"
        "cash,opening_cash,250000,,,,accounts\n"
        "council contract,income,1900000,2,,,contract\n"
        "pay,cost,1350000,3,,,plan\n",
    )
    book = tmp_path / "company.xlsx"
    done = run("finance", "company", table, "--out", book, "--basis", "cash prices")
    assert done.code == 0, done.err
    assert find_faults(book.read_bytes()) == []
    sheets = read_sheets(book.read_bytes())
    cells = [cell for rows in sheets.values() for row in rows for cell in row]
    assert 1_900_000 in cells
    assert "Line" in cells
