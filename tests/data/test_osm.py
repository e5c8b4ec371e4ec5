"""Reading OpenStreetMap files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data.errors import InputError
from data.sources.osm import read_osm
from tests.routing.roads import write_osm

OPEN = Path(__file__).resolve().parents[2] / "data" / "open"
NODES = {1: (0.0, 0.0), 2: (500.0, 0.0), 3: (1_000.0, 0.0)}
WAYS = [
    (10, [1, 2], {"highway": "residential", "name": "Lane"}),
    (11, [2, 3], {"highway": "path"}),
]


def test_ways_nodes_and_restrictions_are_read_as_they_stand(tmp_path: Path) -> None:
    path = write_osm(
        tmp_path / "small.osm",
        NODES,
        WAYS,
        [("no_left_turn", 10, 2, 11)],
        barriers={2: {"barrier": "gate", "access": "private"}},
        via_way_restrictions=[("no_u_turn", 10, 11, 10)],
    )
    ways = read_osm(path)
    assert ways.name == "small"
    assert ways.way_ids.tolist() == [10, 11]
    assert ways.tags[0] == {"highway": "residential", "name": "Lane"}
    assert ways.node_ids[ways.way_nodes].tolist() == [1, 2, 2, 3]
    assert ways.way_from.tolist() == [0, 2, 4]
    assert ways.node_lon[0] == pytest.approx(0.71)
    assert ways.barriers == {2: {"barrier": "gate", "access": "private"}}
    first, second = ways.restrictions
    assert (first.kind, first.from_ways, first.via_nodes, first.to_ways) == (
        "no_left_turn",
        (10,),
        (2,),
        (11,),
    )
    assert (second.via_nodes, second.via_ways) == ((), (11,))
    assert ways.n_missing_nodes == 0


def test_ways_without_highway_are_left_out(tmp_path: Path) -> None:
    path = write_osm(tmp_path / "a.osm", NODES, [*WAYS, (12, [1, 3], {"waterway": "river"})])
    assert read_osm(path).way_ids.tolist() == [10, 11]


def test_nodes_an_extract_cut_off_are_counted(tmp_path: Path) -> None:
    ways = [(10, [1, 2, 99], {"highway": "residential"}), (11, [98, 99], {"highway": "path"})]
    read = read_osm(write_osm(tmp_path / "a.osm", NODES, ways))
    assert read.way_ids.tolist() == [10]
    assert read.n_missing_nodes == 3


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "N001"),
        (b"nonsense, not a map", "N003"),
        (b'<?xml version="1.0"?><osm version="0.6"></osm>', "N006"),
    ],
)
def test_files_that_cannot_be_used_say_why(
    tmp_path: Path, content: bytes | None, code: str
) -> None:
    path = tmp_path / "roads.osm"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_osm(path)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert problem.file == "roads.osm"
    assert problem.suggestion


def test_truncated_pbf_is_refused(tmp_path: Path) -> None:
    whole = (OPEN / "rutland" / "rutland_highways.osm.pbf").read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError) as caught:
        read_osm(path)
    assert caught.value.problems[0].code == "N003"


@pytest.mark.parametrize(
    ("place", "n_ways", "n_nodes", "n_restrictions"),
    [("rutland", 6_665, 43_833, 3), ("newport", 8_965, 48_760, 93)],
)
def test_shipped_files_hold_what_their_description_says(
    place: str, n_ways: int, n_nodes: int, n_restrictions: int
) -> None:
    ways = read_osm(OPEN / place / f"{place}_highways.osm.pbf")
    assert len(ways.way_ids) == n_ways
    assert len(ways.node_ids) == n_nodes
    assert len(ways.restrictions) == n_restrictions
    assert ways.n_missing_nodes == 0
    assert bool(np.isfinite(ways.node_lon).all())
