"""A supplier is told what to run and what it is paid, with the least that serves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reports.facts import RunFacts, build_facts
from reports.orders import build_orders_book
from tests.reports.hand_made import build_inputs, build_run
from tests.reports.readers import read_sheets, read_table


@pytest.fixture(scope="module")
def sheets(facts: RunFacts) -> dict[str, list[list[object]]]:
    return read_sheets(build_orders_book(facts, facts.inputs.suppliers[1]))


def test_an_order_holds_own_routes_only(sheets: dict[str, list[list[object]]]) -> None:
    rows = read_table(sheets["Routes"], "Route")
    assert len(rows) == 1
    row = rows[0]
    assert row["Route"] == "r4"
    assert row["Vehicle type, set up as"] == "Car: 4 seats"
    assert (row["Passengers"], row["stay in wheelchair"], row["transfer to a seat"]) == (
        2,
        0,
        1,
    )
    assert (row["First stop near"], row["Sites"]) == ("SS6 4", "Viking Day Centre")
    assert str(row["Start"])[:5] == "09:25"


def test_an_order_shows_what_is_paid(sheets: dict[str, list[list[object]]]) -> None:
    rows = read_table(sheets["Price of the day"], "Duty")
    assert [(r["Item"], r["Amount, £"]) for r in rows] == [("fixed", 17.08)]
    assert sheets["Price of the day"][2][0] == "Net £17.08, with VAT £17.08."


def test_a_protected_first_stop_is_withheld() -> None:
    inputs = build_inputs()
    homes = tuple(replace(h, is_protected=h.place_id == "pl-h6") for h in inputs.homes)
    inputs = replace(inputs, homes=homes)
    facts = build_facts(build_run(inputs), inputs)
    book = build_orders_book(facts, inputs.suppliers[1])
    assert read_table(read_sheets(book)["Routes"], "Route")[0]["First stop near"] == "withheld"
