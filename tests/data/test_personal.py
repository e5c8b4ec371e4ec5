"""Every field that can hold personal data is registered; one that is not fails here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.personal import (
    RegisteredField,
    find_holders,
    find_missing,
    read_categories,
    read_register,
    read_retention,
    write_register_page,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "personal-data.md"

HOW = (
    "Add each to data/personal/register.csv with its category (or `none` if it can never hold "
    "anything on a person), and write the page again: "
    "python -c 'from data.personal import write_register_page as w; print(w(), end=str())' "
    "> docs/reference/personal-data.md"
)


def test_every_field_that_can_hold_personal_data_is_registered() -> None:
    missing, lost = find_missing(find_holders(), read_register())
    assert not missing, HOW
    assert not lost, "registered, but there no more: take it out of data/personal/register.csv"


def test_a_forgotten_field_is_found_and_so_is_a_lost_one() -> None:
    holders = {"a.Person": {"name": True, "n_seats": False}, "a.Rate": {"amount": False}}
    known = (RegisteredField(holder="a.Person", field="name", category="identity"),)
    # A number beside a name is personal; a number of nobody is not.
    assert find_missing(holders, known) == (["a.Person.n_seats"], [])
    assert find_missing(holders, ()) == (["a.Person.name"], [])
    gone = replace(known[0], field="surname")
    assert find_missing(holders, (*known, gone))[1] == ["a.Person.surname"]


def test_every_category_says_why_by_which_right_and_how_long() -> None:
    kept = read_retention()
    used = {entry.category for entry in read_register()}
    for category in read_categories().values():
        assert category.category in used, "a category without a field"
        if category.category == "none":
            continue
        assert category.purpose and category.readers  # noqa: PT018
        assert "UK GDPR Art. 6" in category.lawful_basis
        assert category.retention in kept
    assert "Art. 9" in read_categories()["health"].special_condition
    assert all(r.months > 0 and r.counts_from and r.why for r in kept.values())


def test_what_identifies_a_passenger_is_never_under_nobody() -> None:
    register = {(e.holder, e.field): e.category for e in read_register()}
    passenger = {f: c for (h, f), c in register.items() if h == "data.passengers.Passenger"}
    assert "none" not in passenger.values()
    assert (passenger["name"], passenger["need"]) == ("identity", "health")
    for (holder, field), category in register.items():
        if field in ("passenger_id", "passenger_ids", "home_id", "birth_date", "crew_ids"):
            assert category != "none", (holder, field)


def test_the_page_says_what_the_register_says() -> None:
    assert PAGE.read_text("utf-8") == write_register_page(), HOW
