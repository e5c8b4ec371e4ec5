"""Shortest walks: footpaths, both ways, never along a motorway."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.networks import RoadNetwork, WayOverride
from data.places import Place
from routing.bng import find_grid_position
from routing.network import build_network
from routing.walking import build_walk_network, find_walks, measure_walks
from tests.routing.roads import (
    draw_network,
    place_at,
    sample_network,
    scatter_places,
    write_osm,
)

# A road of 1 000 m from w to e, and a path m-n that cuts off a corner.
ROAD = draw_network(
    {"w": (0, 0), "m": (400, 0), "e": (1_000, 0), "n": (400, 300)},
    (("w", "m"), ("m", "e", ">"), ("m", "n")),
)


def place_on_osm(place_id: str, east: float, north: float) -> Place:
    """Give a place near the nodes that `write_osm` places at these metres."""
    lon, lat = 0.71 + east / 69_300, 51.54 + north / 111_250
    easting_m, northing_m = find_grid_position(np.array([lon]), np.array([lat]))
    return Place(
        place_id=place_id,
        easting_m=round(float(easting_m[0])),
        northing_m=round(float(northing_m[0])),
        lon=lon,
        lat=lat,
    )


def test_walk_counts_the_way_to_the_road_and_rounds_up() -> None:
    places = [place_at("home", 100, 30), place_at("stop", 350, -20)]
    # 30 m to the road, 250 m along it, 20 m from it.
    assert find_walks(ROAD, places, [("home", "stop", 300)]) == (("home", "stop", 300),)
    assert find_walks(ROAD, places, [("home", "stop", 299)]) == ()
    assert measure_walks(ROAD, places, [("home", "stop")]).tolist() == [300_000]


def test_one_way_streets_are_walked_both_ways() -> None:
    places = [place_at("a", 500, 0), place_at("b", 900, 0)]
    found = measure_walks(ROAD, places, [("a", "b"), ("b", "a")])
    assert found.tolist() == [400_000, 400_000]


def test_walk_to_itself_is_nought() -> None:
    assert find_walks(ROAD, [place_at("a", 500, 90)], [("a", "a", 0)]) == (("a", "a", 0),)


def test_unavailable_way_is_walked_around_or_not_at_all() -> None:
    square = draw_network(
        {"a": (0, 0), "b": (100, 0), "c": (100, 100), "d": (0, 100)},
        (("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")),
    )
    places = [place_at("p", 0, 40), place_at("q", 100, 40)]
    # Ways are 100 (south) to 103 (west). By the south 40 + 100 + 40, by the north 60 + 100 +
    # 60.
    assert measure_walks(square, places, [("p", "q")]).tolist() == [180_000]
    found = measure_walks(square, places, [("p", "q")], unavailable_ways=[100])
    assert found.tolist() == [220_000]
    found = measure_walks(square, places, [("p", "q")], unavailable_ways=[100, 102])
    assert found.tolist() == [-1]


def test_longest_walk_is_a_limit() -> None:
    places = [place_at("a", 100, 0), place_at("b", 300, 0), place_at("c", 900, 0)]
    found = measure_walks(ROAD, places, [("a", "b"), ("a", "c")], longest_m=200)
    assert found.tolist() == [200_000, -1]


def test_unknown_places_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown places: b"):
        find_walks(ROAD, [place_at("a", 0, 0)], [("a", "b", 100)])


def test_nothing_wanted_is_nothing_found() -> None:
    assert find_walks(ROAD, [place_at("a", 0, 0)], []) == ()


NODES = {
    1: (0.0, 0.0),
    2: (800.0, 0.0),
    3: (800.0, 600.0),
    4: (0.0, 600.0),
    5: (-10.0, 0.0),
}
WAYS = [
    # Round by the roads 800 + 600 = 1 400 m; straight by the steps 1 000 m.
    (10, [1, 2], {"highway": "residential", "oneway": "yes"}),
    (11, [2, 3], {"highway": "residential", "oneway": "yes"}),
    (12, [3, 4], {"highway": "residential", "oneway": "yes"}),
    (13, [4, 1], {"highway": "residential", "oneway": "yes"}),
    (14, [1, 3], {"highway": "steps"}),
]


def build_town(tmp_path: Path, *overrides: WayOverride, ways: list = WAYS) -> RoadNetwork:
    """Build a ring of one-way streets with steps across it."""
    return build_network(write_osm(tmp_path / "town.osm", NODES, ways), overrides)


def test_steps_shorten_a_walk_but_not_a_drive(tmp_path: Path) -> None:
    places = [place_on_osm("p", 0, 0), place_on_osm("q", 800, 600)]
    town = build_town(tmp_path)
    walked = measure_walks(town, places, [("p", "q"), ("q", "p")]) / 1000
    assert walked == pytest.approx([1_000, 1_000], abs=3)
    assert 14 not in town.arc_way_id
    shut = build_town(tmp_path, WayOverride(way_id="14", is_walk_unavailable=True))
    walked = measure_walks(shut, places, [("p", "q")]) / 1000
    assert walked == pytest.approx([1_400], abs=3)


def test_trunk_road_without_a_pavement_is_not_walked(tmp_path: Path) -> None:
    trunk = [(14, [1, 3], {"highway": "trunk"}), *WAYS[:4]]
    paved = [(14, [1, 3], {"highway": "trunk", "sidewalk": "left"}), *WAYS[:4]]
    places = [place_on_osm("p", 0, 0), place_on_osm("q", 800, 600)]
    for ways, metres in ((trunk, 1_400), (paved, 1_000)):
        town = build_town(tmp_path, ways=ways)
        assert 14 in town.arc_way_id
        walked = measure_walks(town, places, [("p", "q")]) / 1000
        assert walked == pytest.approx([metres], abs=3)


def test_walking_graph_without_footpaths_stands_on_the_roads() -> None:
    walk = build_walk_network(ROAD)
    assert sorted(walk.edge_mm.tolist()) == [300_000, 400_000, 600_000]
    assert len(walk.node_ids) == 4


def test_split_junctions_are_walked_through() -> None:
    network = sample_network("newport")
    assert len(set(network.node_ids.tolist())) < len(network.node_ids)
    walk = build_walk_network(replace(network, walk=None))
    assert len(set(walk.node_ids.tolist())) == len(walk.node_ids)


def test_walks_are_symmetric_and_no_shorter_than_a_straight_line() -> None:
    network = sample_network("rutland")
    places = scatter_places(network, 40, seed=31)
    pairs = [(a.place_id, b.place_id) for a in places for b in places]
    walked = measure_walks(network, places, pairs).reshape(40, 40)
    assert np.array_equal(walked, walked.T)
    east = np.array([p.easting_m for p in places], dtype=np.float64)
    north = np.array([p.northing_m for p in places], dtype=np.float64)
    straight = np.hypot(east[:, None] - east, north[:, None] - north)
    assert bool((walked >= 0).all())
    # The grid is up to 0.04 % off the ground.
    assert bool((walked / 1000 >= straight * 0.9995 - 0.01).all())


def test_footpaths_make_walks_shorter_than_roads_alone() -> None:
    network = sample_network("newport")
    places = scatter_places(network, 30, seed=32)
    pairs = [(a.place_id, b.place_id) for a in places for b in places]
    with_paths = measure_walks(network, places, pairs)
    by_road = measure_walks(replace(network, walk=None), places, pairs)
    both = (with_paths > 0) & (by_road > 0)
    assert float(np.mean(with_paths[both] <= by_road[both])) > 0.8
    assert float(np.median(with_paths[both] / by_road[both])) < 0.97


def test_walking_graph_is_connected() -> None:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    walk = sample_network("newport").walk
    assert walk is not None
    n = len(walk.node_ids)
    graph = csr_matrix((np.ones(len(walk.edge_u)), (walk.edge_u, walk.edge_v)), shape=(n, n))
    assert connected_components(graph, directed=False)[0] == 1
