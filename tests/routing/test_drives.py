"""Shortest drives: by length and not by time, one-ways kept, to the millimetre."""

from __future__ import annotations

import numpy as np
import pytest

from routing.drives import measure_drives
from routing.walking import find_walk_offsets
from tests.routing.roads import draw_network, place_at, sample_network, scatter_places

# A square of 1 000 m sides with a one-way side from b to c.
SQUARE = draw_network(
    {"a": (0, 0), "b": (1_000, 0), "c": (1_000, 1_000), "d": (0, 1_000)},
    (("a", "b"), ("b", "c", ">"), ("c", "d"), ("d", "a")),
)
# The grid is 1.000035 times the ground at this easting (188 500 m from the meridian):
# 0.9996012717 x (1 + 188 500^2 / (2 x 6 382 000^2)) = 1.0000373.
ON_GROUND = 1 / 1.0000373


def test_a_drive_is_the_shortest_way_in_its_direction() -> None:
    places = [place_at("p", 500, 0), place_at("q", 1_000, 500)]
    there, back = measure_drives(SQUARE, places, [("p", "q"), ("q", "p")]).tolist()
    # there: 500 + 500; back: 500 on to c, then 1 000 + 1 000 round by d, then 500
    assert there == pytest.approx(1_000_000 * ON_GROUND, abs=20)
    assert back == pytest.approx(3_000_000 * ON_GROUND, abs=50)


def test_the_shortest_way_wins_over_the_quickest() -> None:
    # the detour is as long as said, not as drawn: 1 400 m against 1 100 m
    found = draw_network(
        {"a": (0, 0), "b": (1_000, 0), "c": (500, 200)},
        (("a", "b"), ("a", "c"), ("c", "b")),
        lengths={("a", "b"): 1_400.0, ("a", "c"): 550.0, ("c", "b"): 550.0},
    )
    places = [place_at("p", 0, -1), place_at("q", 1_000, -1)]
    (drive_mm,) = measure_drives(found, places, [("p", "q")]).tolist()
    assert 1_090_000 < drive_mm < 1_110_000


def test_no_pairs_and_unknown_places() -> None:
    assert measure_drives(SQUARE, [], []).tolist() == []
    with pytest.raises(ValueError, match="unknown places: z"):
        measure_drives(SQUARE, [place_at("p", 0, 0)], [("p", "z")])


def test_real_drives_are_no_longer_than_the_quickest_ways() -> None:
    from data.places import Period
    from routing.matrix import build_matrix

    network = sample_network("rutland")
    places = scatter_places(network, 12, seed=5)
    matrix = build_matrix(network, places, periods=(Period.FREE_FLOW,), engine="dijkstra")
    ids = matrix.place_ids
    pairs = [(a, b) for a in ids for b in ids if a != b]
    shortest = measure_drives(network, places, pairs)
    quickest_m = matrix.distance_m[Period.FREE_FLOW]
    longer = np.array([quickest_m[matrix.index[a], matrix.index[b]] for a, b in pairs])
    reached = longer >= 0
    assert reached.sum() > 100
    # a metre's rounding an arc is all that may speak for the quickest way
    assert (shortest[reached] <= longer[reached] * 1_000 + 150_000).all()
    assert (shortest[reached] < longer[reached] * 1_000 - 500_000).any()


def test_the_offset_is_the_straight_line_to_the_nearest_way() -> None:
    places = [place_at("on", 200, 0), place_at("off", 200, -260)]
    assert find_walk_offsets(SQUARE, places).tolist() == [0, 260_000]
