"""A small GeoPackage made to the published schema of OS Open Roads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
from shapely.geometry import LineString, Point

ORIGIN = (588_000.0, 186_000.0)
NODES = {"n1": (0, 0), "n2": (500, 0), "n3": (1_000, 0), "n4": (500, 400)}

# id, start, end, classification, function, form of way, trunk road, name
LINKS: tuple[tuple[str, str, str, str, str, str, bool, str | None], ...] = (
    ("L-main-1", "n1", "n2", "A Road", "A Road", "Single Carriageway", False, "High Street"),
    ("L-main-2", "n2", "n3", "A Road", "A Road", "Roundabout", True, None),
    ("L-lane-1", "n1", "n4", "Unclassified", "Local Road", "Single Carriageway", False, "Lane"),
    ("L-lane-2", "n4", "n3", "B Road", "B Road", "Single Carriageway", False, None),
    ("L-bus", "n2", "n4", "Not Classified", "Local Road", "Guided Busway", False, None),
)


def write_open_roads(
    path: Path,
    *,
    links: Sequence[tuple[str, str, str, str, str, str, bool, str | None]] = LINKS,
    layer: str = "road_link",
    without: Sequence[str] = (),
    crs: str = "EPSG:27700",
) -> Path:
    """Write the links, with every column the published GeoPackage has."""

    def at(node: str) -> tuple[float, float]:
        return ORIGIN[0] + NODES[node][0], ORIGIN[1] + NODES[node][1]

    rows = [
        {
            "id": link_id,
            "fictitious": False,
            "road_classification": classification,
            "road_function": function,
            "form_of_way": form,
            "road_classification_number": "A13" if function == "A Road" else None,
            "name_1": name,
            "name_1_lang": None,
            "name_2": None,
            "name_2_lang": None,
            "road_structure": None,
            "length": round(LineString([at(start), at(end)]).length),
            "length_uom": "m",
            "loop": False,
            "primary_route": False,
            "trunk_road": is_trunk,
            "start_node": start,
            "end_node": end,
            "road_number_toid": None,
            "road_name_toid": None,
            "geometry": LineString([at(start), at(end)]),
        }
        for link_id, start, end, classification, function, form, is_trunk, name in links
    ]
    frame = gpd.GeoDataFrame(rows, crs="EPSG:27700").drop(columns=list(without))
    if crs != "EPSG:27700":
        frame = frame.set_crs(crs, allow_override=True)
    frame.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    nodes = [
        {"id": node, "form_of_road_node": "junction", "geometry": Point(at(node))}
        for node in NODES
    ]
    gpd.GeoDataFrame(nodes, crs="EPSG:27700").to_file(
        path, layer="road_node", driver="GPKG", engine="pyogrio"
    )
    return path
