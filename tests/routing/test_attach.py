"""Places joined to the network as nodes of their own."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.places import Period
from data.policy import Policy
from routing.attach import attach_places
from routing.engines import build_engine, measure_legs
from routing.segments import cut_shape
from tests.routing.roads import (
    draw_network,
    draw_roads,
    flat_speeds,
    place_at,
    sample_network,
    scatter_places,
)

AM = Period.MORNING_PEAK


def test_place_on_a_one_way_road_is_left_in_its_direction_only() -> None:
    # A one-way ring of 400 m: from the place at 50 m of a-b on to b is 50 m, back to a 350 m.
    network = draw_network(
        {"a": (0, 0), "b": (100, 0), "c": (100, 100), "d": (0, 100)},
        (("a", "b", ">"), ("b", "c", ">"), ("c", "d", ">"), ("d", "a", ">")),
    )
    attached = attach_places(network, [place_at("p", 50, -20)], Policy())
    engine = build_engine(attached.network)
    node = int(attached.place_node[0])
    time_ds, _ = measure_legs(engine, [node, 0], [0, 1, node], AM)
    assert time_ds.tolist() == [[350, 50, 0], [0, 100, 50]]


def test_cutting_a_road_changes_no_time_between_its_ends() -> None:
    network = sample_network("newport")
    places = scatter_places(network, 400, seed=21)
    attached = attach_places(network, places, Policy())
    nodes = list(range(0, len(network.node_ids), 60))
    before = measure_legs(build_engine(network), nodes, nodes, AM)
    after = measure_legs(build_engine(attached.network), nodes, nodes, AM)
    # A stop is a place to turn round, so a time may fall where a turn is banned, never rise.
    assert bool((after[0] <= before[0]).all())
    assert float(np.mean(after[0] < before[0])) < 0.02
    same = after[0] == before[0]
    assert bool((after[1][same] <= before[1][same]).all())


def test_pieces_of_a_cut_road_add_up_to_the_whole() -> None:
    network = draw_network({"w": (0, 0), "e": (997, 0)}, (("w", "e"),))
    uneven = replace(
        network, arc_ds={p: np.array([1_003, 611], dtype=np.int32) for p in Period}
    )
    places = [place_at(f"p{i}", 83 * i + 5, 1) for i in range(11)]
    cut = attach_places(uneven, places, Policy()).network
    for is_reversed, whole_ds in ((False, 1_003), (True, 611)):
        arcs = cut.arc_is_reversed == is_reversed
        assert int(cut.arc_m[arcs].sum()) == 997
        assert int(cut.arc_ds[AM][arcs].sum()) == whole_ds
        assert int(cut.arc_m[arcs].min()) >= 1


def test_motorways_have_no_frontage() -> None:
    roads = draw_roads(
        {"a": (0, 0), "b": (1_000, 0), "c": (0, 200), "d": (1_000, 200)},
        (("a", "b"), ("c", "d"), ("a", "c"), ("b", "d")),
    )
    roads.segments[0] = replace(roads.segments[0], road_class="motorway")
    network = roads.build_arrays(name="m", speeds=flat_speeds("residential", "motorway"))
    attached = attach_places(network, [place_at("p", 500, 40)], Policy())
    assert float(attached.offset_m[0]) == pytest.approx(160)


def test_network_without_frontage_is_refused() -> None:
    roads = draw_roads({"a": (0, 0), "b": (1_000, 0)}, (("a", "b"),))
    roads.segments[0] = replace(roads.segments[0], road_class="motorway")
    network = roads.build_arrays(name="m", speeds=flat_speeds("motorway"))
    with pytest.raises(ValueError, match="no road that places can be joined to"):
        attach_places(network, [place_at("p", 500, 40)], Policy())


def test_base_nodes_and_shapes_keep_their_places() -> None:
    network = sample_network("grid")
    places = scatter_places(network, 50, seed=22)
    cut = attach_places(network, places, Policy()).network
    n = len(network.node_ids)
    assert np.array_equal(cut.node_easting_m[:n], network.node_easting_m)
    assert int(cut.arc_m.sum()) == int(network.arc_m.sum())
    first, last = cut.arc_shape_from[:-1], cut.arc_shape_from[1:] - 1
    for at, node in ((first, cut.arc_from), (last, cut.arc_to)):
        assert np.abs(cut.shape_easting_m[at] - cut.node_easting_m[node]).max() < 0.01
        assert np.abs(cut.shape_northing_m[at] - cut.node_northing_m[node]).max() < 0.01


def test_place_is_cut_where_it_projects() -> None:
    network = sample_network("rutland")
    places = scatter_places(network, 200, seed=23)
    attached = attach_places(network, places, Policy())
    node = attached.place_node
    reach = np.hypot(
        attached.network.node_easting_m[node] - [p.easting_m for p in places],
        attached.network.node_northing_m[node] - [p.northing_m for p in places],
    )
    # A cut lies at a whole metre, at least one from the junctions.
    assert bool((reach <= attached.offset_m + 1.6).all())


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8),
    st.lists(st.floats(0.001, 0.999), min_size=1, max_size=4),
)
def test_cut_shape_loses_no_length(points: list[tuple[int, int]], shares: list[float]) -> None:
    shape = np.array(points, dtype=np.float64)
    total = float(np.hypot(*np.diff(shape, axis=0).T).sum())
    pieces = cut_shape(shape, sorted(shares))
    assert len(pieces) == len(shares) + 1
    assert np.array_equal(pieces[0][0], shape[0])
    assert np.array_equal(pieces[-1][-1], shape[-1])
    for one, following in pairwise(pieces):
        assert np.array_equal(one[-1], following[0])
    lengths = [float(np.hypot(*np.diff(p, axis=0).T).sum()) for p in pieces]
    assert sum(lengths) == pytest.approx(total, abs=1e-6)
