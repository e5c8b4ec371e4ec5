"""Networks: built from files and for the sample places, written and read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import InputError
from data.networks import RoadNetwork, WayOverride
from data.places import Period
from routing.engines import build_engine
from routing.network import build_network, build_osm_network, read_network, write_network
from routing.road_graph import fingerprint_network
from routing.schematic import build_grid_network
from tests.routing.roads import flat_speeds, sample_network, write_osm

AM = Period.MORNING_PEAK
ROAD = {"highway": "residential"}

# Two towns, 1 at the west and 3 at the east, joined by a main road over 2 and a lane over 4.
NODES = {1: (0.0, 0.0), 2: (500.0, 0.0), 3: (1_000.0, 0.0), 4: (500.0, 400.0)}
WAYS = [
    (10, [1, 2, 3], {"highway": "primary"}),
    (11, [1, 4, 3], ROAD),
]


def codes(error: InputError) -> list[str]:
    """Give the codes of the problems raised."""
    return [problem.code for problem in error.problems]


def minutes_between(network: RoadNetwork, start: int, end: int) -> float:
    """Give the drive between two nodes of the source. [min]"""
    node = {int(n): i for i, n in enumerate(network.node_ids)}
    path = build_engine(network).find_path(node[start], node[end], AM)
    assert path is not None
    return path.time_ds / 600


@pytest.mark.parametrize(
    ("place", "flags"),
    [
        ("grid", {"schematic_network", "not_for_eligibility"}),
        ("southend", {"schematic_network", "not_for_eligibility"}),
        ("rutland", set()),
        ("newport", {"not_english_law", "not_for_eligibility"}),
    ],
)
def test_sample_networks_carry_the_gaps_of_their_sources(place: str, flags: set[str]) -> None:
    network = sample_network(place)
    assert set(network.flags) == flags
    assert network.name == place
    assert network.attribution
    assert (network.walk is not None) is (place in ("rutland", "newport"))
    assert network.is_schematic is ("schematic_network" in flags)
    for period in Period:
        assert int(network.arc_ds[period].min()) >= 1
        assert bool((network.arc_ds[period] >= network.arc_ds[Period.FREE_FLOW]).all())


@pytest.mark.parametrize(
    ("place", "n_nodes", "km"), [("rutland", 7_217, 911), ("newport", 8_486, 645)]
)
def test_imports_hold_as_much_road_as_an_independent_reading(
    place: str, n_nodes: int, km: int
) -> None:
    # The figures are those of the data's own description, read by other code, before the parts
    # outside the main component (2 to 4 % of nodes) are dropped.
    network = sample_network(place)
    _, first = np.unique(network.arc_segment, return_index=True)
    own_km = network.arc_m[first].sum() / 1000
    assert 0.93 * km < own_km < 1.01 * km
    assert 0.9 * n_nodes < len(set(network.node_ids.tolist())) < 1.02 * n_nodes
    assert any("cannot be both reached and left" in note for note in network.notes)


def test_grid_depends_on_its_seed_alone() -> None:
    assert build_grid_network(seed=1).fingerprint == build_grid_network(seed=1).fingerprint
    assert build_grid_network(seed=1).fingerprint != build_grid_network(seed=2).fingerprint


@pytest.mark.parametrize("place", ["grid", "southend", "newport"])
def test_network_is_read_back_as_it_was_written(place: str, tmp_path: Path) -> None:
    network = sample_network(place)
    path = tmp_path / "deep" / "network.npz"
    write_network(network, path)
    again = read_network(path)
    assert [p.name for p in path.parent.iterdir()] == ["network.npz"]
    for name in RoadNetwork.__dataclass_fields__:
        old, new = getattr(network, name), getattr(again, name)
        if isinstance(old, np.ndarray):
            assert old.dtype == new.dtype
            assert np.array_equal(old, new)
        elif name == "arc_ds":
            assert list(old) == list(new)
            assert all(np.array_equal(old[p], new[p]) for p in old)
        elif name == "walk" and old is not None:
            assert np.array_equal(old.edge_mm, new.edge_mm)
            assert old.classes == new.classes
        else:
            assert old == new
    assert build_network(path).fingerprint == network.fingerprint


def test_damaged_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "network.npz"
    write_network(sample_network("grid"), path)
    whole = path.read_bytes()
    for broken in (b"", b"nonsense", whole[: len(whole) // 2]):
        path.write_bytes(broken)
        with pytest.raises(InputError) as caught:
            read_network(path)
        assert codes(caught.value) == ["N003"]
    with pytest.raises(InputError):
        read_network(tmp_path / "absent.npz")


def test_network_changed_behind_its_fingerprint_is_refused(tmp_path: Path) -> None:
    network = sample_network("grid")
    arc_m = network.arc_m.copy()
    arc_m[0] += 1
    path = tmp_path / "network.npz"
    write_network(replace(network, arc_m=arc_m), path)
    with pytest.raises(InputError, match="fingerprint"):
        read_network(path)


def test_network_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "network.npz"
    write_network(sample_network("grid"), path)
    with np.load(path) as file:
        arrays = dict(file)
    head = json.loads(bytes(arrays["head"]))
    head["format"] = 99
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
    np.savez(path, **arrays)
    with pytest.raises(InputError, match="format 99"):
        read_network(path)


def test_fingerprint_moves_with_the_walking_graph() -> None:
    network = sample_network("rutland")
    assert network.walk is not None
    longer = replace(network.walk, edge_mm=network.walk.edge_mm + 1)
    assert fingerprint_network(replace(network, walk=longer)) != network.fingerprint


@pytest.mark.parametrize("name", ["roads.xlsx", "roads.zip", "roads"])
def test_other_kinds_of_file_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        build_network(tmp_path / name)
    assert codes(caught.value) == ["N002"]


def test_file_without_roads_to_drive_is_refused(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm", NODES, [(1, [1, 2], {"highway": "footway"})])
    with pytest.raises(InputError) as caught:
        build_network(path)
    assert codes(caught.value) == ["N006"]


def test_roads_outside_great_britain_are_refused(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm", NODES, WAYS)
    path.write_text(path.read_text().replace('lat="51.', 'lat="21.'))
    with pytest.raises(InputError) as caught:
        build_network(path)
    assert codes(caught.value) == ["N010"]


def test_lengths_on_the_ground_are_right(tmp_path: Path) -> None:
    network = build_osm_network(write_osm(tmp_path / "a.osm", NODES, WAYS))
    # 1 000 m were drawn with 69.3 km to the degree; a degree of longitude at 51.54 N on WGS 84
    # is 69 369 m (111 412.84 cos p - 93.5 cos 3p + 0.118 cos 5p), so 1 001 m.
    main = network.arc_m[network.arc_way_id == 10]
    assert main.tolist() == [1_001, 1_001]


def test_closed_way_is_not_driven(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm", NODES, WAYS)
    speeds = flat_speeds("primary", "residential")
    free = build_network(path, speeds=speeds)
    closed = build_network(path, [WayOverride(way_id="10", is_closed=True)], speeds=speeds)
    # By the main road 1 001 m; by the lane 2 x 640.9 m, at 10 m/s.
    assert minutes_between(free, 1, 3) == pytest.approx(1_001 / 600, abs=0.01)
    assert minutes_between(closed, 1, 3) == pytest.approx(1_282 / 600, abs=0.01)
    assert 10 not in closed.arc_way_id
    assert any("1 corrections" in note for note in closed.notes)


def test_speed_of_the_planner_wins_over_class_and_sign(tmp_path: Path) -> None:
    ways = [(10, [1, 2, 3], {"highway": "primary", "maxspeed": "30 mph"}), WAYS[1]]
    path = write_osm(tmp_path / "a.osm", NODES, ways)
    slow = build_network(path, [WayOverride(way_id="10", m_per_h=5_000)])
    arcs = slow.arc_way_id == 10
    for period in Period:
        speed = slow.arc_m[arcs] / slow.arc_ds[period][arcs] * 36
        assert speed == pytest.approx([5.0, 5.0], rel=0.002)


def test_correction_of_an_unknown_way_is_noted(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm", NODES, WAYS)
    network = build_network(
        path, [WayOverride(way_id="77", is_closed=True), WayOverride(way_id="A13")]
    )
    assert any("not in the file: 77, A13" in note for note in network.notes)


def test_road_is_cut_at_a_bollard(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm", NODES, WAYS, barriers={2: {"barrier": "bollard"}})
    network = build_osm_network(path, speeds=flat_speeds("primary", "residential"))
    # The main road is two dead ends now; both are kept, the way through is the lane.
    assert (network.node_ids == 2).sum() == 2
    assert minutes_between(network, 1, 3) == pytest.approx(1_282 / 600, abs=0.01)
    assert network.walk is not None
    assert (network.walk.node_ids == 2).sum() == 0


def test_parts_that_cannot_be_left_are_dropped_and_counted(tmp_path: Path) -> None:
    nodes = {**NODES, 5: (2_000.0, 0.0), 6: (3_000.0, 0.0), 7: (3_100.0, 0.0)}
    ways = [
        *WAYS,
        (12, [3, 5], {"highway": "residential", "oneway": "yes"}),
        (13, [6, 7], ROAD),
    ]
    network = build_osm_network(write_osm(tmp_path / "a.osm", nodes, ways))
    assert set(network.arc_way_id.tolist()) == {10, 11}
    dropped = [note for note in network.notes if note.startswith("Dropped")]
    # 1 001 m of one-way that leads nowhere, and 100 m apart.
    assert dropped == [
        "Dropped 3 of 5 junctions and 1.1 km of road that cannot be both reached and left "
        "(2 parts)."
    ]


def test_touching_ends_are_joined(tmp_path: Path) -> None:
    # Way 12 was drawn from a node of its own, half a metre beside junction 3.
    nodes = {**NODES, 5: (1_000.5, 0.0), 6: (1_600.0, 0.0)}
    ways = [*WAYS, (12, [5, 6], ROAD)]
    network = build_osm_network(write_osm(tmp_path / "a.osm", nodes, ways))
    assert 12 in network.arc_way_id
    assert any(note.startswith("Joined 1 road ends") for note in network.notes)


def test_pieces_that_only_meet_each_other_become_one(tmp_path: Path) -> None:
    # Node 2 is a junction with way 12, which leads nowhere and is dropped.
    nodes = {**NODES, 5: (500.0, -300.0)}
    ways = [*WAYS, (12, [2, 5], {"highway": "residential", "oneway": "yes"})]
    network = build_osm_network(write_osm(tmp_path / "a.osm", nodes, ways))
    assert 2 not in network.node_ids
    assert network.arc_m[network.arc_way_id == 10].tolist() == [1_001, 1_001]
    assert any(note.startswith("Joined 1 pairs") for note in network.notes)


def test_network_is_the_same_whatever_order_ways_come_in_for_times(tmp_path: Path) -> None:
    one = build_osm_network(write_osm(tmp_path / "a.osm", NODES, WAYS))
    other = build_osm_network(write_osm(tmp_path / "b.osm", NODES, WAYS[::-1]))
    assert minutes_between(one, 1, 3) == minutes_between(other, 1, 3)
    assert minutes_between(one, 3, 1) == minutes_between(other, 3, 1)
