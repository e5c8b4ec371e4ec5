"""Which walks are measured: homes of those who may walk, points within a straight line."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.inputs import Inputs
from data.places import PickUpPoint, Place
from data.samples import build_sample
from routing.walks_wanted import find_walks_wanted
from tests.routing.small_town import make_inputs, make_passenger


def with_points(inputs: Inputs, *place_ids: str) -> Inputs:
    points = tuple(
        PickUpPoint(pick_up_point_id=f"p-{p}", name=p, place_id=p) for p in place_ids
    )
    return replace(inputs, pick_up_points=points)


def test_only_those_with_a_limit_and_points_in_reach() -> None:
    # Home-a lies 600 m from base and 1 800 m from the corner, home-b 1 200 m from both.
    people = (make_passenger("a", walk_limit_m=1_200), make_passenger("b"))
    town = with_points(make_inputs(*people), "corner", "base")
    assert find_walks_wanted(town) == (("home-a", "base", 1_200),)


def test_straight_line_as_long_as_the_limit_is_in_reach() -> None:
    for limit_m, n_walks in ((1_800, 1), (1_799, 0)):
        town = with_points(make_inputs(make_passenger("a", walk_limit_m=limit_m)), "corner")
        assert len(find_walks_wanted(town)) == n_walks


def test_the_largest_limit_at_a_home_counts() -> None:
    people = (
        make_passenger("a1", walk_limit_m=700),
        make_passenger("a2", walk_limit_m=900),
        make_passenger("a3", walk_limit_m=800),
        make_passenger("a4"),
    )
    town = with_points(make_inputs(*people), "base")
    assert find_walks_wanted(town) == (("home-a", "base", 900),)


def test_nothing_without_points_or_without_limits() -> None:
    walker = make_inputs(make_passenger("a", walk_limit_m=5_000))
    assert find_walks_wanted(walker) == ()
    assert find_walks_wanted(with_points(make_inputs(), "base", "corner")) == ()


@pytest.mark.parametrize("seed", range(5))
def test_walks_of_the_grid_equal_brute_force(seed: int) -> None:
    """The grid with limits for some, 40 points, some of them twice and some at homes."""
    inputs = build_sample("grid")
    rng = np.random.default_rng(seed)
    limits = rng.choice([0, 0, 400, 800, 1_600], size=len(inputs.passengers))
    people = tuple(
        replace(p, walk_limit_m=int(limit))
        for p, limit in zip(inputs.passengers, limits, strict=True)
    )
    homes = [h.place_id for h in inputs.homes]
    at = {p.place_id: p for p in inputs.places}
    made = [
        Place(
            place_id=f"point-{k}",
            easting_m=at[homes[k]].easting_m + int(rng.integers(-1_000, 1_000)),
            northing_m=at[homes[k]].northing_m + int(rng.integers(-1_000, 1_000)),
            lon=0.0,
            lat=0.0,
        )
        for k in range(30)
    ]
    point_ids = [p.place_id for p in made] + homes[:5] + ["point-0", "point-1"]
    points = tuple(
        PickUpPoint(pick_up_point_id=f"p{k}", name=f"p{k}", place_id=place_id)
        for k, place_id in enumerate(point_ids)
    )
    town = replace(
        inputs, passengers=people, places=(*inputs.places, *made), pick_up_points=points
    )
    at |= {p.place_id: p for p in made}
    limit_of = {p.passenger_id: p.walk_limit_m for p in people}
    expected: dict[tuple[str, str], int] = {}
    for home in inputs.homes:
        limit_m = limit_of[home.passenger_id]
        for point in points:
            a, b = at[home.place_id], at[point.place_id]
            away_m = np.hypot(a.easting_m - b.easting_m, a.northing_m - b.northing_m)
            near_m = max(
                limit_of[h.passenger_id] for h in inputs.homes if h.place_id == home.place_id
            )
            if limit_m > 0 and away_m <= near_m:
                expected[home.place_id, point.place_id] = near_m
    found = find_walks_wanted(town)
    assert found == tuple(sorted((h, p, m) for (h, p), m in expected.items()))
    assert len(found) > 10
