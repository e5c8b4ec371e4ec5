"""Points on residential streets of a shipped OpenStreetMap extract, to live at."""

from __future__ import annotations

from importlib import resources

import numpy as np

from data.samples.geography import find_bng
from data.samples.seeds import FloatArray, IntArray, Points, StopSeed

HOME_CLASSES = frozenset({"residential", "living_street"})
STOP_CLASSES = frozenset({"residential", "tertiary", "secondary", "unclassified"})
STOP_SQUARE_M = 500


def read_street_nodes(
    folder: str, name: str, classes: frozenset[str]
) -> tuple[FloatArray, FloatArray]:
    """Read the nodes of ways of some classes, in order of their identifier. [degrees]

    Private ways are left out.
    """
    import osmium

    path = str(resources.files("data").joinpath("open", folder, name))
    found: dict[int, tuple[float, float]] = {}
    for way in osmium.FileProcessor(path).with_locations():
        if not isinstance(way, osmium.osm.Way) or way.tags.get("highway") not in classes:
            continue
        if way.tags.get("access") in ("private", "no"):
            continue
        for node in way.nodes:
            if node.location.valid():
                found[node.ref] = (node.location.lon, node.location.lat)
    at = np.array([found[ref] for ref in sorted(found)], dtype=np.float64)
    return at[:, 0].round(7), at[:, 1].round(7)


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
