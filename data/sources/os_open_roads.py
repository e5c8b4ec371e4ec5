"""Read OS Open Roads: the GeoPackage that Ordnance Survey publishes.

It has a layer of road links with ``start_node`` and ``end_node``, a road function, a form of
way and no one-ways, turn bans or footpaths (Ordnance Survey, OS Open Roads technical
specification).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import InputError, Problem, Severity

LINK_LAYER = "road_link"
COLUMNS = (
    "id",
    "start_node",
    "end_node",
    "road_function",
    "form_of_way",
    "trunk_road",
)
GRID_EPSG = 27700

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRoads:
    """Links of OS Open Roads as they stand there.

    Attributes
    ----------
    link_ids, start_nodes, end_nodes
        Identifiers, as text.
    functions, forms
        Road function (``A Road``, ``Local Road``, ...) and form of way (``Roundabout``, ...).
    is_trunk
        Whether the link is part of the trunk road network.
    shapes
        (k, 2) easting and northing of each link. [m]
    n_unreadable
        Links left out because they have no line or no nodes.
    """

    name: str
    link_ids: tuple[str, ...]
    start_nodes: tuple[str, ...]
    end_nodes: tuple[str, ...]
    functions: tuple[str, ...]
    forms: tuple[str, ...]
    is_trunk: tuple[bool, ...]
    shapes: tuple[NDArray[np.float64], ...]
    n_unreadable: int = 0


def number_of(identifier: str) -> int:
    """Turn a text identifier into a whole number of 63 bits, the same for ever."""
    digest = hashlib.sha256(identifier.encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def read_open_roads(path: Path, *, bounds: Bounds | None = None) -> OpenRoads:
    """Read the road links of an OS Open Roads GeoPackage.

    Parameters
    ----------
    bounds
        West, south, east, north on the British National Grid: only links that touch the box are
        read. The national file is large; give the council's area with a margin. [m]

    Raises
    ------
    InputError
        If the file is missing or damaged, lacks the layer or columns of the published schema,
        is not on the British National Grid, or holds no links.
    """
    import pyogrio
    import shapely

    path = Path(path)
    if not path.is_file():
        raise _fault(path, "N001", "There is no such file.", "Check the path.")
    try:
        layers = {_plain(name): str(name) for name, _ in pyogrio.list_layers(path)}
        layer = layers.get(_plain(LINK_LAYER))
        if layer is None:
            raise _fault(
                path,
                "N004",
                "The file has no layer of road links.",
                f"Give the OS Open Roads GeoPackage, which has a layer {LINK_LAYER}.",
                ", ".join(sorted(layers.values())),
            )
        about = pyogrio.read_info(path, layer=layer)
        columns = {_plain(c): str(c) for c in about["fields"]}
        missing = [c for c in COLUMNS if _plain(c) not in columns]
        if missing:
            raise _fault(
                path,
                "N005",
                "Columns of the road links are missing.",
                "Give the OS Open Roads GeoPackage as it is published.",
                ", ".join(missing),
            )
        if about["crs"] not in (f"EPSG:{GRID_EPSG}", None):
            raise _fault(
                path,
                "N009",
                "The roads are not on the British National Grid.",
                f"Give the file as published, in EPSG:{GRID_EPSG}.",
                str(about["crs"])[:60],
            )
        used = [columns[_plain(c)] for c in COLUMNS]
        meta, _, lines, fields = pyogrio.raw.read(
            path, layer=layer, columns=used, bbox=bounds, force_2d=True
        )
        position = {_plain(str(c)): i for i, c in enumerate(meta["fields"])}
        values = {c: fields[position[_plain(c)]].tolist() for c in COLUMNS}
        shapes = shapely.from_wkb(lines)
    except InputError:
        raise
    except (RuntimeError, OSError, ValueError) as error:
        raise _fault(
            path,
            "N003",
            f"The file cannot be read as a GeoPackage: {str(error)[:120]}",
            "Download it again; give the .gpkg file itself, not the .zip around it.",
        ) from error
    return _collect(path, values, shapes)


def _collect(path: Path, values: dict[str, list[Any]], shapes: Any) -> OpenRoads:
    """Keep the links that have a line and both nodes."""
    import shapely

    kept: list[int] = []
    lines: list[NDArray[np.float64]] = []
    for i, shape in enumerate(shapes):
        if shape is not None and shape.geom_type == "MultiLineString" and len(shape.geoms) == 1:
            shape = shape.geoms[0]
        if (
            shape is None
            or shape.geom_type != "LineString"
            or shape.is_empty
            or not values["start_node"][i]
            or not values["end_node"][i]
        ):
            continue
        kept.append(i)
        lines.append(shapely.get_coordinates(shape))
    if not kept:
        raise _fault(
            path,
            "N006",
            "The file holds no road links in the area.",
            "Check that the file, and the box if one was given, cover the council's area.",
        )

    def column(name: str) -> tuple[str, ...]:
        return tuple(str(values[name][i] or "") for i in kept)

    return OpenRoads(
        name=path.stem,
        link_ids=column("id"),
        start_nodes=column("start_node"),
        end_nodes=column("end_node"),
        functions=column("road_function"),
        forms=column("form_of_way"),
        is_trunk=tuple(
            str(values["trunk_road"][i]).lower() in ("true", "1", "1.0", "yes") for i in kept
        ),
        shapes=tuple(lines),
        n_unreadable=len(shapes) - len(kept),
    )


def _plain(name: str) -> str:
    """Compare names without case and underscores: road_link, RoadLink."""
    return name.lower().replace("_", "")


def _fault(path: Path, code: str, cause: str, suggestion: str, value: str = "") -> InputError:
    """Build the error for a file that cannot be used."""
    return InputError(
        [
            Problem(
                code=code,
                severity=Severity.ERROR,
                file=path.name,
                value=value,
                cause=cause,
                suggestion=suggestion,
            )
        ]
    )
