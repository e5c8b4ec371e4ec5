"""Points on residential streets of a shipped OpenStreetMap extract, to live at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from data.samples.geography import find_bng
from data.samples.seeds import FloatArray, IntArray, Points, StopSeed
from data.sources.osm import OsmWays, read_osm

HOME_CLASSES = frozenset({"residential", "living_street"})
STOP_CLASSES = frozenset({"residential", "tertiary", "secondary", "unclassified"})
STOP_SQUARE_M = 500


DRIVE_CLASSES = HOME_CLASSES | frozenset(
    name + link
    for name in ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified")
    for link in ("", "_link")
)


@cache
def read_ways(folder: str, name: str) -> OsmWays:
    """Read a shipped OpenStreetMap extract, once a process."""
    return read_osm(Path(str(resources.files("data").joinpath("open", folder, name))))


def read_street_nodes(
    folder: str, name: str, classes: frozenset[str]
) -> tuple[FloatArray, FloatArray]:
    """Read the nodes of ways of some classes, in order of their identifier. [degrees]

    Private ways are left out, and so is everything that does not hang together with the main
    part of the roads.
    """
    ways = read_ways(folder, name)
    is_main = _find_main_part(ways)
    is_wanted = np.zeros(ways.node_ids.size, dtype=bool)
    for i, tags in enumerate(ways.tags):
        if tags["highway"] in classes and _is_public(tags):
            is_wanted[ways.way_nodes[ways.way_from[i] : ways.way_from[i + 1]]] = True
    is_wanted &= is_main
    return ways.node_lon[is_wanted].round(7), ways.node_lat[is_wanted].round(7)


def _is_public(tags: Mapping[str, str]) -> bool:
    """Whether anybody may drive on a way."""
    refused = ("private", "no")
    return tags.get("access") not in refused and tags.get("motor_vehicle") not in refused


def _find_main_part(ways: OsmWays) -> NDArray[np.bool_]:
    """Mark the nodes of the largest connected part of the public roads."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = []
    for i, tags in enumerate(ways.tags):
        if tags["highway"] in DRIVE_CLASSES and _is_public(tags):
            nodes = ways.way_nodes[ways.way_from[i] : ways.way_from[i + 1]]
            pairs.append(np.stack([nodes[:-1], nodes[1:]]))
    u, v = np.concatenate(pairs, axis=1)
    n_nodes = ways.node_ids.size
    links = coo_array((np.ones(u.size, dtype=np.int8), (u, v)), shape=(n_nodes, n_nodes))
    _, part = connected_components(links, directed=False)
    return np.asarray(part == np.bincount(part).argmax())


def find_square(easting_m: int, northing_m: int, size_m: int) -> str:
    """Name the square a point lies in, by its south-west corner in hundreds of metres."""
    return f"{easting_m // size_m * size_m // 100}/{northing_m // size_m * size_m // 100}"


def build_points(
    lon: FloatArray,
    lat: FloatArray,
    child_weight: FloatArray,
    young_weight: FloatArray,
    adult_weight: FloatArray,
    *,
    area_size_m: int,
) -> Points:
    """Build points without postcodes; their areas are squares of the national grid."""
    easting_m, northing_m = find_bng(lon, lat)
    return Points(
        easting_m=easting_m,
        northing_m=northing_m,
        lon=lon,
        lat=lat,
        postcodes=(None,) * lon.size,
        areas=tuple(
            find_square(int(x), int(y), area_size_m)
            for x, y in zip(easting_m, northing_m, strict=True)
        ),
        child_weight=child_weight,
        young_weight=young_weight,
        adult_weight=adult_weight,
    )


def build_street_stops(lon: FloatArray, lat: FloatArray) -> tuple[StopSeed, ...]:
    """Assume one pick-up point in each square that has a street: its first node."""
    easting_m, northing_m = find_bng(lon, lat)
    first: dict[str, int] = {}
    for i, (x, y) in enumerate(zip(easting_m.tolist(), northing_m.tolist(), strict=True)):
        first.setdefault(find_square(x, y, STOP_SQUARE_M), i)
    return tuple(
        StopSeed(
            name=f"Assumed stop {square}",
            easting_m=int(easting_m[i]),
            northing_m=int(northing_m[i]),
            lon=float(lon[i]),
            lat=float(lat[i]),
        )
        for square, i in sorted(first.items())
    )


def find_nearest(points: Points, easting_m: int, northing_m: int) -> int:
    """Position of the point nearest to a coordinate."""
    return int(
        np.argmin(np.hypot(points.easting_m - easting_m, points.northing_m - northing_m))
    )


def find_nearest_of(
    easting_m: IntArray, northing_m: IntArray, to_easting_m: IntArray, to_northing_m: IntArray
) -> IntArray:
    """Find, for each point, the position of the nearest of some others."""
    from scipy.spatial import cKDTree

    tree = cKDTree(np.column_stack([to_easting_m, to_northing_m]))
    _, nearest = tree.query(np.column_stack([easting_m, northing_m]))
    return np.asarray(nearest, dtype=np.int64)
