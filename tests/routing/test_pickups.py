"""Pick-up points: fewest stops, then least walking, and nobody further than allowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest

from data.demand import Traveller
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import Passenger
from data.places import PickUpPoint, Session
from routing.pickups import Option, choose_pick_ups, cover
from tests.routing.small_town import make_inputs, make_matrix, make_passenger

POINTS = ("base", "corner", "school-2")
"""Places of the line that serve as pick-up points."""


Town = tuple[Inputs, TravelMatrix]


def make_town(*people: Passenger, walks: Sequence[tuple[str, str, int]], **values: Any) -> Town:
    points = tuple(
        PickUpPoint(pick_up_point_id=f"p-{place}", name=place, place_id=place)
        for place in POINTS
    )
    inputs = make_inputs(*people, pick_up_points=points, **values)
    return inputs, replace(make_matrix(), walks=tuple(walks))


def find_all(
    inputs: Inputs, session: Session = Session.AM, sites: Mapping[str, str] | None = None
) -> list[Traveller]:
    """Everybody of the town, to school-1 unless `sites` says otherwise."""
    return [
        Traveller(
            passenger_id=home.passenger_id,
            site_id=(sites or {}).get(home.passenger_id, "school-1"),
            home_id=home.home_id,
            session=session,
        )
        for home in inputs.homes
    ]


def choose(town: Town, session: Session = Session.AM, **values: Any) -> dict[str, Option]:
    sites = values.pop("sites", None)
    return choose_pick_ups(*town, find_all(town[0], session, sites), **values)


def judge(options: Sequence[Option]) -> tuple[int, int]:
    """Stops and metres walked."""
    return len({place for place, _ in options}), sum(walk_m for _, walk_m in options)


@pytest.mark.parametrize("seed", range(25))
def test_cover_equals_brute_force(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    rows = []
    for r in range(random.randint(1, 6)):
        places = random.sample("PQRST", random.randint(0, 4))
        row = [(place, random.choice((0, 50, 120, 300, 799))) for place in places]
        if not row or random.random() < 0.8:
            row.append((f"door {r}", 0))
        rows.append(row)
    chosen = cover(rows)
    assert all(option in row for option, row in zip(chosen, rows, strict=True))
    assert judge(chosen) == min(judge(options) for options in product(*rows))


def test_cover_proves_the_last_metre_of_a_long_list() -> None:
    # 80 people at one of two points: with Q everybody walks as far as with P, one a metre less.
    rows = [[("P", 1_500), ("Q", 1_500 - (r == 40))] for r in range(80)]
    assert judge(cover(rows)) == (1, 80 * 1_500 - 1)


def test_two_share_the_corner_and_the_third_stays_at_the_door() -> None:
    people = [make_passenger(p, walk_limit_m=800) for p in "abc"]
    walks = [("home-a", "corner", 700), ("home-b", "corner", 500), ("home-c", "corner", 801)]
    chosen = choose(make_town(*people, walks=walks))
    assert chosen == {"a": ("corner", 700), "b": ("corner", 500)}


def test_least_walking_decides_between_as_few_points() -> None:
    # Base and corner both take all; 300 + 400 < 600 + 200.
    people = [make_passenger(p, walk_limit_m=800) for p in "ab"]
    walks = [
        ("home-a", "base", 600),
        ("home-a", "corner", 300),
        ("home-b", "base", 200),
        ("home-b", "corner", 400),
    ]
    assert choose(make_town(*people, walks=walks)) == {
        "a": ("corner", 300),
        "b": ("corner", 400),
    }


def test_nobody_walks_when_no_stop_is_saved() -> None:
    people = [make_passenger(p, walk_limit_m=800) for p in "ab"]
    walks = [("home-a", "corner", 10), ("home-b", "base", 10)]
    assert choose(make_town(*people, walks=walks)) == {}


def test_walk_as_long_as_the_limit_is_allowed_and_a_metre_more_is_not() -> None:
    walks = [("home-a", "corner", 700), ("home-b", "corner", 500)]
    for limit_m, expected in ((700, {"a", "b"}), (699, set())):
        people = (
            make_passenger("a", walk_limit_m=limit_m),
            make_passenger("b", walk_limit_m=800),
        )
        assert set(choose(make_town(*people, walks=walks))) == expected


def test_door_to_door_passengers_never_walk() -> None:
    # No limit means no walk, not even over 0 m.
    people = (make_passenger("a"), make_passenger("b", walk_limit_m=800))
    walks = [("home-a", "corner", 0), ("home-b", "corner", 5)]
    assert choose(make_town(*people, walks=walks)) == {}


def test_who_must_be_received_is_brought_home_but_may_walk_out() -> None:
    people = [make_passenger(p, walk_limit_m=800, must_be_received=p == "a") for p in "abc"]
    walks = [(f"home-{p}", "corner", 400) for p in "abc"]
    town = make_town(*people, walks=walks)
    assert set(choose(town, Session.AM)) == {"a", "b", "c"}
    assert set(choose(town, Session.PM)) == {"b", "c"}
    assert set(choose(town, Session.DAY_HOME)) == {"b", "c"}


def test_only_pick_up_points_are_chosen() -> None:
    people = [make_passenger(p, walk_limit_m=800) for p in "ab"]
    walks = [("home-a", "home-c", 100), ("home-b", "home-c", 100)]
    assert choose(make_town(*people, walks=walks)) == {}


def test_passengers_of_two_sites_are_not_brought_to_one_point() -> None:
    people = [make_passenger(p, walk_limit_m=800) for p in "ab"]
    walks = [(f"home-{p}", "corner", 400) for p in "ab"]
    town = make_town(*people, walks=walks)
    assert set(choose(town)) == {"a", "b"}
    assert choose(town, sites={"b": "school-2"}) == {}


def test_siblings_stay_at_their_common_door() -> None:
    # One stop either way; the door takes no walk.
    people = [make_passenger(p, walk_limit_m=800) for p in ("a1", "a2")]
    town = make_town(*people, walks=[("home-a", "corner", 100)])
    assert choose(town) == {}


def test_door_that_is_a_stop_anyway_saves_a_point() -> None:
    # With a2 collected at the door, a1 there and b at hers are two stops; so are a2's door and
    # the corner for a1 and b, after 700 m of walking.
    people = (
        make_passenger("a1", walk_limit_m=800),
        make_passenger("a2"),
        make_passenger("b", walk_limit_m=800),
    )
    walks = [("home-a", "corner", 300), ("home-b", "corner", 400)]
    assert choose(make_town(*people, walks=walks)) == {}
    assert choose(make_town(people[0], people[2], walks=walks)) == {
        "a1": ("corner", 300),
        "b": ("corner", 400),
    }


def test_who_cannot_be_carried_from_home_walks() -> None:
    def is_possible(traveller: Traveller, place_id: str, walk_m: int) -> bool:
        return (traveller.passenger_id, place_id) != ("a", "home-a") and walk_m < 600

    people = [make_passenger(p, walk_limit_m=800) for p in "ab"]
    walks = [("home-a", "corner", 500), ("home-a", "base", 400), ("home-b", "base", 700)]
    town = make_town(*people, walks=walks)
    assert choose(town, is_possible=is_possible) == {"a": ("base", 400)}


def test_known_point_is_kept_where_it_is_still_allowed() -> None:
    people = [make_passenger(p, walk_limit_m=800) for p in "ab"]
    walks = [(f"home-{p}", place, 400) for p in "ab" for place in ("base", "corner")]
    walks = [(h, p, 300 if p == "base" else m) for h, p, m in walks]
    town = make_town(*people, walks=walks)
    assert {place for place, _ in choose(town).values()} == {"base"}
    kept = choose(town, fixed={"a": ("corner", 400)})
    assert kept == {"a": ("corner", 400), "b": ("corner", 400)}
    gone = choose(town, fixed={"a": ("school-2", 400)})
    assert {place for place, _ in gone.values()} == {"base"}


@pytest.mark.parametrize("seed", range(15))
def test_choice_equals_brute_force_over_stops(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    names = sorted(random.sample(["a1", "a2", "a3", "b1", "b2", "c1"], random.randint(2, 6)))
    people = [
        make_passenger(
            name,
            walk_limit_m=random.choice((0, 250, 600, 800)),
            must_be_received=random.random() < 0.3,
        )
        for name in names
    ]
    walks = [
        (f"home-{letter}", place, random.randint(0, 900))
        for letter in "abc"
        for place in POINTS
        if random.random() < 0.7
    ]
    town = make_town(*people, walks=walks)
    for session in (Session.AM, Session.PM):
        chosen = choose(town, session)
        rows = []
        for p in people:
            home = f"home-{p.passenger_id[0]}"
            is_free = not (session is Session.PM and p.must_be_received)
            rows.append(
                [(home, 0)]
                + [
                    (place, m)
                    for at, place, m in walks
                    if at == home and is_free and p.walk_limit_m > 0 and m <= p.walk_limit_m
                ]
            )
        mine = [chosen.get(p.passenger_id, row[0]) for p, row in zip(people, rows, strict=True)]
        assert all(option in row for option, row in zip(mine, rows, strict=True))
        assert judge(mine) == min(judge(options) for options in product(*rows))
