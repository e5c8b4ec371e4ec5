"""Turn bans: only the banned turn is lost, and only its junction is split."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.networks import RoadNetwork
from data.places import Period
from routing.engines import build_engine
from routing.network import build_osm_network
from tests.routing.roads import flat_speeds, write_osm

AM = Period.MORNING_PEAK

# A crossing at node 2 with arms to 1 (west, way 11), 3 (east, 12), 5 (north, 13), 4 (south,
# 14).
# Outer roads 1-6-4 (15), 3-7-5 (16) and 1-8-5 (17) join the ends, so that every arm stays
# reachable when a turn is banned.
CROSS = {
    1: (-300.0, 0.0),
    2: (0.0, 0.0),
    3: (300.0, 0.0),
    4: (0.0, -300.0),
    5: (0.0, 300.0),
    6: (-300.0, -300.0),
    7: (300.0, 300.0),
    8: (-300.0, 300.0),
}
TAGS = {"highway": "residential"}
CROSS_WAYS = [
    (11, [1, 2], TAGS),
    (12, [2, 3], TAGS),
    (13, [2, 5], TAGS),
    (14, [2, 4], TAGS),
    (15, [1, 6, 4], TAGS),
    (16, [3, 7, 5], TAGS),
    (17, [1, 8, 5], TAGS),
]


def build_cross(tmp_path: Path, *restrictions: tuple[str, int, int, int]) -> RoadNetwork:
    """Build the crossing with turn restrictions."""
    path = write_osm(tmp_path / "cross.osm", CROSS, CROSS_WAYS, restrictions)
    return build_osm_network(path, speeds=flat_speeds("residential"))


def drive(network: RoadNetwork, start: int, end: int) -> list[int]:
    """Give the source's nodes along the fastest path, from one way's end to another's."""
    node = {int(n): i for i, n in reversed(list(enumerate(network.node_ids)))}
    path = build_engine(network).find_path(node[start], node[end], AM)
    assert path is not None
    return [start, *network.node_ids[network.arc_to[path.arcs]].tolist()]


def test_without_bans_every_turn_is_made(tmp_path: Path) -> None:
    network = build_cross(tmp_path)
    assert drive(network, 1, 5) in ([1, 2, 5], [1, 8, 5], [1, 5])
    assert drive(network, 4, 3) == [4, 2, 3]
    assert len(set(network.node_ids.tolist())) == len(network.node_ids)


def test_banned_turn_is_not_made_and_the_others_are(tmp_path: Path) -> None:
    network = build_cross(tmp_path, ("no_right_turn", 14, 2, 12))
    # From the south to the east: by the west and the ring in the north, never 4-2-3.
    path = drive(network, 4, 3)
    assert path != [4, 2, 3]
    assert "4, 2, 3" not in ", ".join(map(str, path))
    assert drive(network, 4, 5) == [4, 2, 5]
    assert drive(network, 4, 1)[:2] in ([4, 2], [4, 1])
    # The same turn from the west and the other way round stay open.
    assert drive(network, 1, 3) == [1, 2, 3]
    assert drive(network, 3, 4) == [3, 2, 4]


def test_prescribed_turn_leaves_only_itself(tmp_path: Path) -> None:
    network = build_cross(tmp_path, ("only_straight_on", 14, 2, 13))
    assert drive(network, 4, 5) == [4, 2, 5]
    assert drive(network, 4, 3)[:3] != [4, 2, 3]
    assert drive(network, 1, 3) == [1, 2, 3]


def test_only_junctions_with_a_ban_are_split(tmp_path: Path) -> None:
    plain = build_cross(tmp_path)
    banned = build_cross(tmp_path, ("no_right_turn", 14, 2, 12), ("no_left_turn", 14, 2, 11))
    # One copy of junction 2, for those who come by way 14.
    assert len(banned.node_ids) == len(plain.node_ids) + 1
    assert (banned.node_ids == 2).sum() == 2
    assert any("2 applied" in note for note in banned.notes)


def test_two_bans_at_one_junction_have_a_copy_each(tmp_path: Path) -> None:
    network = build_cross(tmp_path, ("no_right_turn", 14, 2, 12), ("no_left_turn", 11, 2, 13))
    assert (network.node_ids == 2).sum() == 3
    assert drive(network, 1, 3) == [1, 2, 3]
    assert drive(network, 4, 5) == [4, 2, 5]
    assert drive(network, 1, 5) != [1, 2, 5]


def test_turning_round_is_no_way_around_a_ban(tmp_path: Path) -> None:
    network = build_cross(tmp_path, ("no_right_turn", 14, 2, 12))
    path = drive(network, 4, 3)
    assert [4, 2, 4] not in [path[i : i + 3] for i in range(len(path))]


def test_ban_through_a_way_stops_the_way_round_between_carriageways(tmp_path: Path) -> None:
    # Two one-way carriageways joined by a link 2-6: no U-turn from 1-2 by the link to 6-5.
    #   1 -> 2 -> 3
    #        |         link 2-6, 20 m
    #   5 <- 6 <- 4
    nodes = {
        1: (-300.0, 0.0),
        2: (0.0, 0.0),
        3: (300.0, 0.0),
        4: (300.0, -20.0),
        5: (-300.0, -20.0),
        6: (0.0, -20.0),
    }
    one_way = {"highway": "residential", "oneway": "yes"}
    ways = [
        (21, [1, 2], one_way),
        (22, [2, 3], one_way),
        (23, [4, 6], one_way),
        (24, [6, 5], one_way),
        (25, [2, 6], TAGS),
        (26, [3, 4], TAGS),
        (27, [5, 1], TAGS),
    ]
    free = build_osm_network(
        write_osm(tmp_path / "free.osm", nodes, ways), speeds=flat_speeds("residential")
    )
    assert drive(free, 1, 5) in ([1, 5], [1, 2, 6, 5])
    banned = build_osm_network(
        write_osm(
            tmp_path / "banned.osm",
            nodes,
            [way for way in ways if way[0] != 27] + [(28, [5, 1], one_way)],
            via_way_restrictions=[("no_u_turn", 21, 25, 24)],
        ),
        speeds=flat_speeds("residential"),
    )
    assert drive(banned, 1, 5) == [1, 2, 3, 4, 6, 5]
    # Those who come from the link by another road may still turn there.
    assert drive(banned, 4, 3) != []
    assert any("1 applied" in note for note in banned.notes)


@pytest.mark.parametrize(
    ("restriction", "words"),
    [
        (("no_right_turn", 14, 2, 99), "1 on roads that are not driven"),
        (("no_right_turn", 14, 3, 12), "1 of a kind or form"),
        (("give_way", 14, 2, 12), "1 of a kind or form"),
    ],
)
def test_what_cannot_be_applied_is_counted(
    tmp_path: Path, restriction: tuple[str, int, int, int], words: str
) -> None:
    network = build_cross(tmp_path, restriction)
    assert any(words in note for note in network.notes)
    assert drive(network, 4, 3) == [4, 2, 3]
