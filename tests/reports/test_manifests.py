"""A driver has all that is needed for the day; the office sees every route."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from data.passengers import AssistantNeed, Wheelchair
from data.places import PickUpPoint
from reports.facts import RunFacts, build_facts
from reports.manifests import WITHHELD, build_drivers_book, build_routes_book
from reports.words import describe_equipment
from tests.reports.hand_made import (
    PROTECTED_POSTCODE,
    build_inputs,
    build_passenger,
    build_run,
)
from tests.reports.readers import read_sheets, read_table


@pytest.fixture(scope="module")
def own(outputs: dict[str, Path]) -> list[list[Any]]:
    return read_sheets(outputs["drivers/drivers_own.xlsx"].read_bytes())["own-1"]


def read_moves(rows: list[list[Any]]) -> list[tuple[str, str, str, str]]:
    """Read (leave, place, on or off, passenger) of each row, stops carried down."""
    found = []
    leave = place = ""
    for row in rows:
        if len(row) > 4 and row[3] in ("on", "off"):
            leave, place = (str(row[1])[:5], row[2]) if row[2] else (leave, place)
            found.append((leave, place, row[3], row[4]))
    return found


def test_a_drivers_sheet_follows_the_day(own: list[list[Any]]) -> None:
    assert read_moves(own)[:4] == [
        ("08:01", "SS1 4AB", "on", "Canaryname A"),
        ("08:05", PROTECTED_POSTCODE, "on", "Canaryname B"),
        ("08:09", "SS3 4AB", "on", "Canaryname C"),
        ("08:34", "Cedar School", "off", "Canaryname A"),
    ]
    assert [move[2:] for move in read_moves(own)[-3:]] == [
        ("off", "Canaryname C"),
        ("off", "Canaryname B"),
        ("off", "Canaryname A"),
    ]


def test_a_drivers_sheet_says_how_to_set_up_and_whom_to_take(own: list[list[Any]]) -> None:
    heads = [row[0] for row in own if str(row[0]).startswith("Route ")]
    assert heads == [
        "Route r1: Morning, to school, set up as 8 seats and 2 wheelchair spaces, 1 assistant",
        "Route r2: Afternoon, home from school, set up as 8 seats and 2 wheelchair spaces, "
        "1 assistant",
    ]
    assert any("v1, crew c1, c2" in str(row[0]) for row in own)


def test_a_drivers_sheet_says_what_to_know_about_each(own: list[list[Any]]) -> None:
    knows = {
        row[4]: (row[5], row[6]) for row in own if len(row) > 6 and row[3] == "on" and row[6]
    }
    assert knows["Canaryname B"] == ("1 seat", "harness; hand over to a person at home")
    assert knows["Canaryname C"] == (
        "wheelchair space",
        "stays in wheelchair; assistant aboard",
    )


def test_drives_without_passengers_name_no_home(own: list[list[Any]]) -> None:
    empty = [row for row in own if "drive empty" in str(row[2])]
    assert [row[2] for row in empty] == [
        "drive empty from Depot to the next stop, there at 08:00",
        "drive empty from the last stop to Depot, there at 15:22",
    ]
    assert [str(row[1])[:5] for row in empty] == ["07:55", "15:17"]


def test_the_office_sees_every_route_but_no_protected_address(facts: RunFacts) -> None:
    sheets = read_sheets(build_routes_book(facts))
    moves = read_moves(sheets["Routes"])
    assert len(moves) == sum(2 * len(route.passenger_ids) for route in facts.run.plan.routes)
    withheld = {move[3] for move in moves if move[1] == WITHHELD}
    assert withheld == {"Canaryname B"}
    contents = read_table(sheets["Contents"], "Route")
    assert [row["Route"] for row in contents] == ["r1", "r3", "r4", "r2"]


def test_each_duty_has_its_own_sheet(facts: RunFacts) -> None:
    assert list(read_sheets(build_drivers_book(facts, "own"))) == ["own-1"]
    assert list(read_sheets(build_drivers_book(facts, "abc"))) == ["abc-1"]


def test_a_pick_up_point_is_called_by_its_name() -> None:
    inputs = build_inputs()
    point = PickUpPoint(pick_up_point_id="pp1", name="Elm Road shelter", place_id="pl-h1")
    inputs = replace(inputs, pick_up_points=(point,))
    book = build_drivers_book(build_facts(build_run(inputs), inputs), "own")
    assert read_moves(read_sheets(book)["own-1"])[0][1] == "Elm Road shelter"


def test_a_place_without_postcode_is_given_by_its_position() -> None:
    inputs = build_inputs()
    places = tuple(replace(p, postcode=None) for p in inputs.places)
    inputs = replace(inputs, places=places)
    book = build_drivers_book(build_facts(build_run(inputs), inputs), "own")
    assert read_moves(read_sheets(book)["own-1"])[0][1] == "585200 E 186900 N"


def test_everything_a_crew_must_know_has_words() -> None:
    passenger = build_passenger(
        1,
        n_seats=2,
        needs_lift=True,
        assistant=AssistantNeed.ONE_TO_ONE,
        needs_trained_assistant=True,
        travels_alone=True,
        apart_from=frozenset({"p9"}),
    )
    words = describe_equipment(passenger)
    assert words == (
        "needs the lift",
        "assistant of own",
        "assistant medically trained",
        "seat beside kept free",
        "travels alone",
    )
    # Nothing of another passenger, nor of the reason.
    assert "p9" not in "".join(words)
    assert passenger.need not in "".join(words)


def test_a_wheelchair_is_said_once() -> None:
    chair = build_passenger(
        1, wheelchair=Wheelchair.TRANSFERS, equipment=("wheelchair", "harness")
    )
    assert describe_equipment(chair) == ("transfers to a seat, wheelchair stowed", "harness")
    # Without one of their own it is luggage that the crew must know of.
    assert describe_equipment(replace(chair, wheelchair=Wheelchair.NONE)) == (
        "wheelchair",
        "harness",
    )


def test_drives_between_places_with_names_use_them() -> None:
    inputs = build_inputs()
    run = build_run(inputs)
    own = run.plan.duties[0]
    back = replace(own.dead_runs[0], from_place_id="pl-school", to_place_id="pl-depot")
    duty = replace(own, dead_runs=(replace(back, before_route=1),))
    run = replace(run, plan=replace(run.plan, duties=(duty, *run.plan.duties[1:])))
    rows = read_sheets(build_drivers_book(build_facts(run, inputs), "own"))["own-1"]
    assert any("drive empty from Cedar School to Depot" in str(row[2]) for row in rows)
