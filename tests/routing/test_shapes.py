"""Lines of legs on a map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.places import Period
from data.policy import Policy
from routing.attach import attach_places
from routing.engines import build_engine, measure_legs
from routing.shapes import build_leg_shapes
from tests.routing.roads import (
    ORIGIN,
    draw_network,
    place_at,
    sample_network,
    scatter_places,
)

AM = Period.MORNING_PEAK
CORNER = draw_network({"a": (0, 0), "b": (100, 0), "c": (100, 100)}, (("a", "b"), ("b", "c")))


def test_leg_follows_the_street_round_the_corner() -> None:
    legs = [(place_at("p", 20, 5), place_at("q", 103, 70))]
    (shape,) = build_leg_shapes(CORNER, legs, AM)
    assert (shape - np.array(ORIGIN)).tolist() == [[20, 0], [100, 0], [100, 70]]


def test_schematic_network_draws_straight_lines_between_the_places() -> None:
    network = replace(CORNER, flags=("schematic_network",))
    legs = [(place_at("p", 20, 5), place_at("q", 103, 70))]
    (shape,) = build_leg_shapes(network, legs, AM)
    assert (shape - np.array(ORIGIN)).tolist() == [[20, 5], [103, 70]]


def test_leg_to_a_place_beyond_the_network_ends_there() -> None:
    outside = place_at("z", 400, 100, is_beyond_network=True)
    (shape,) = build_leg_shapes(CORNER, [(place_at("p", 20, 0), outside)], AM)
    assert (shape[-1] - np.array(ORIGIN)).tolist() == [400, 100]
    assert len(shape) >= 3


def test_leg_between_one_spot_is_a_line_of_two_points() -> None:
    place = place_at("p", 20, 0)
    (shape,) = build_leg_shapes(CORNER, [(place, place)], AM)
    assert shape.shape == (2, 2)


def test_no_legs_give_no_shapes() -> None:
    assert build_leg_shapes(CORNER, [], AM) == ()


@pytest.mark.parametrize("place", ["rutland", "newport"])
def test_lines_are_as_long_as_the_path_they_draw(place: str) -> None:
    network = sample_network(place)
    places = scatter_places(network, 30, seed=41)
    legs = [(a, b) for a in places[:10] for b in places[10:] if a != b]
    shapes = build_leg_shapes(network, legs, AM)
    attached = attach_places(network, sorted(places, key=lambda p: p.place_id), Policy())
    nodes = attached.place_node.tolist()
    _, length_m = measure_legs(build_engine(attached.network), nodes, nodes, AM)
    position = {p.place_id: i for i, p in enumerate(sorted(places, key=lambda p: p.place_id))}
    for (start, end), shape in zip(legs, shapes, strict=True):
        drawn = float(np.hypot(*np.diff(shape, axis=0).T).sum())
        measured = int(length_m[position[start.place_id], position[end.place_id]])
        # Arcs are rounded to whole metres, and the grid is up to 0.04 % off the ground.
        assert drawn == pytest.approx(measured, rel=0.01, abs=20)
