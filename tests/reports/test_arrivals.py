"""A site knows whom to expect, when, by whom; and nobody else's passengers."""

from __future__ import annotations

from typing import Any

import pytest

from reports.arrivals import build_arrivals_books
from reports.facts import RunFacts
from tests.reports.readers import read_sheets, read_table


@pytest.fixture(scope="module")
def tables(facts: RunFacts) -> dict[str, list[dict[str, Any]]]:
    books = build_arrivals_books(facts)
    return {
        site_id: read_table(read_sheets(book)["Arrivals"], "Passenger")
        for site_id, book in books.items()
    }


def test_each_site_has_its_own_passengers_only(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    names = {
        site_id: {row["Passenger"][-1] for row in rows} for site_id, rows in tables.items()
    }
    assert names == {"school": set("ABCDEH"), "centre": set("FG")}


def test_arrivals_follow_the_plan(tables: dict[str, list[dict[str, Any]]]) -> None:
    row = next(r for r in tables["school"] if r["Passenger"] == "Canaryname C")
    assert (str(row["Arrives"])[:5], row["Brought by"], row["Route"]) == (
        "08:31",
        "Own company, Accessible minibus",
        "r1",
    )
    assert (str(row["Leaves"])[:5], row["Route home"]) == ("15:00", "r2")
    assert row["To know at the kerb"] == "stays in wheelchair"


def test_who_is_expected_but_not_carried_stands_first(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    first = tables["school"][:2]
    assert [(r["Passenger"][-1], r["Brought by"]) for r in first] == [
        ("E", "not carried"),
        ("H", "not carried"),
    ]


def test_a_site_is_told_how_to_help_and_nothing_of_home(
    tables: dict[str, list[dict[str, Any]]],
) -> None:
    know = {row["Passenger"][-1]: row["To know at the kerb"] for row in tables["school"]}
    assert know["B"] == "harness"
    assert know["D"] == ""
