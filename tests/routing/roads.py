"""Small road networks to test with, and the sample networks built once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from data.networks import RoadNetwork
from data.places import Period, Place
from data.sources.speeds import RoadSpeed, SpeedTable
from routing.network import build_sample_network
from routing.road_graph import RoadGraph, Segment

# 36 km/h is 10 m/s: a metre takes a decisecond, so times in tests are lengths.
FLAT_M_PER_H = 36_000
ORIGIN = (588_000.0, 186_000.0)


def flat_speeds(*classes: str, **m_per_h: int) -> SpeedTable:
    """Give a table with 36 km/h for every class and period, but for the classes named."""
    return SpeedTable(
        speeds=tuple(
            RoadSpeed(
                road_class=road_class,
                period=period,
                m_per_h=m_per_h.get(road_class, FLAT_M_PER_H),
                presumed_limit_mph=30,
                source="made for a test",
                year="2026",
                grade="C",
            )
            for road_class in dict.fromkeys((*classes, *m_per_h))
            for period in Period
        )
    )


def draw_roads(
    junctions: Mapping[str, tuple[float, float]],
    roads: Sequence[tuple[str, str] | tuple[str, str, str]],
    *,
    lengths: Mapping[tuple[str, str], float] | None = None,
) -> RoadGraph:
    """Draw straight roads between named junctions; a third entry '>' makes one one-way."""
    graph = RoadGraph()
    for i, (name, (east, north)) in enumerate(junctions.items()):
        graph.add_junction(name, ORIGIN[0] + east, ORIGIN[1] + north, i)
    for i, (u, v, *rest) in enumerate(roads):
        shape = np.array([junctions[u], junctions[v]], dtype=np.float64) + np.array(ORIGIN)
        straight = float(np.hypot(*(shape[1] - shape[0])))
        graph.add_segment(
            u,
            v,
            Segment(
                way_id=100 + i,
                road_class="residential",
                shape=shape,
                length_m=(lengths or {}).get((u, v), straight),
            ),
            forward=True,
            backward=not rest,
        )
    return graph


def draw_network(
    junctions: Mapping[str, tuple[float, float]],
    roads: Sequence[tuple[str, str] | tuple[str, str, str]],
    *,
    lengths: Mapping[tuple[str, str], float] | None = None,
    flags: Sequence[str] = (),
) -> RoadNetwork:
    """Build a network of straight roads, a decisecond to the metre."""
    graph = draw_roads(junctions, roads, lengths=lengths)
    return graph.build_arrays(
        name="drawn", speeds=flat_speeds("residential"), flags=flags, attribution=("a test",)
    )


def place_at(
    place_id: str, east: float, north: float, *, is_beyond_network: bool = False
) -> Place:
    """Give a place at metres east and north of the origin of drawn networks."""
    return Place(
        place_id=place_id,
        easting_m=round(ORIGIN[0] + east),
        northing_m=round(ORIGIN[1] + north),
        lon=0.7,
        lat=51.5,
        is_beyond_network=is_beyond_network,
    )


@cache
def sample_network(place: str) -> RoadNetwork:
    """Give a sample place's network, built once per test process."""
    return build_sample_network(place)


def scatter_places(network: RoadNetwork, n: int, *, seed: int) -> list[Place]:
    """Scatter places beside the network's roads, up to 40 m off."""
    rng = np.random.default_rng(seed)
    node = rng.integers(0, len(network.node_ids), n)
    off = rng.integers(-40, 41, (n, 2))
    return [
        Place(
            place_id=f"p{i:05d}",
            easting_m=int(network.node_easting_m[k]) + int(off[i, 0]),
            northing_m=int(network.node_northing_m[k]) + int(off[i, 1]),
            lon=0.0,
            lat=0.0,
        )
        for i, k in enumerate(node)
    ]


def is_metric(duration_s: np.ndarray) -> bool:
    """Say whether the triangle inequality holds for all triples, and every place is reached."""
    times = np.asarray(duration_s, dtype=np.int32)
    return bool((times >= 0).all()) and all(
        bool((times[:, [k]] + times[[k], :] >= times).all()) for k in range(len(times))
    )


def write_osm(
    path: Path,
    nodes: Mapping[int, tuple[float, float]],
    ways: Iterable[tuple[int, Sequence[int], Mapping[str, str]]],
    restrictions: Iterable[tuple[str, int, int, int]] = (),
    *,
    barriers: Mapping[int, Mapping[str, str]] | None = None,
    via_way_restrictions: Iterable[tuple[str, int, int, int]] = (),
) -> Path:
    """Write an OpenStreetMap XML file; node positions in metres about Southend.

    A restriction is (kind, from way, via node, to way).
    """
    rows = ['<?xml version="1.0"?><osm version="0.6" generator="test">']
    for node_id, (east, north) in nodes.items():
        # About 69.3 km to a degree of longitude and 111.2 km to one of latitude here.
        lon, lat = 0.71 + east / 69_300, 51.54 + north / 111_250
        tags = "".join(
            f'<tag k="{k}" v="{v}"/>' for k, v in ((barriers or {}).get(node_id) or {}).items()
        )
        rows.append(f'<node id="{node_id}" lat="{lat:.7f}" lon="{lon:.7f}">{tags}</node>')
    for way_id, refs, tags in ways:
        inside = "".join(f'<nd ref="{r}"/>' for r in refs)
        inside += "".join(f'<tag k="{k}" v="{v}"/>' for k, v in tags.items())
        rows.append(f'<way id="{way_id}">{inside}</way>')
    relations = [(row, "node") for row in restrictions]
    relations += [(row, "way") for row in via_way_restrictions]
    for i, ((kind, from_way, via, to_way), via_kind) in enumerate(relations, start=1):
        rows.append(
            f'<relation id="{i}"><member type="way" ref="{from_way}" role="from"/>'
            f'<member type="{via_kind}" ref="{via}" role="via"/>'
            f'<member type="way" ref="{to_way}" role="to"/>'
            f'<tag k="type" v="restriction"/><tag k="restriction" v="{kind}"/></relation>'
        )
    rows.append("</osm>")
    path.write_text("\n".join(rows), encoding="utf-8")
    return path
