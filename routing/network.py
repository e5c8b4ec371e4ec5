"""Networks: read, write, and build from files or for the sample places."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from data.errors import InputError, Problem, Severity
from data.networks import RoadNetwork, WalkNetwork, WayOverride
from data.places import Period
from data.sources.os_open_roads import Bounds
from data.sources.speeds import SpeedTable, read_speeds
from routing.road_graph import NETWORK_FORMAT, fingerprint_network
from routing.schematic import build_grid_network, build_proxy_network

OPEN_DATA = Path(__file__).resolve().parent.parent / "data" / "open"

_ARRAYS = (
    "node_ids",
    "node_easting_m",
    "node_northing_m",
    "arc_from",
    "arc_to",
    "arc_m",
    "arc_way_id",
    "arc_class",
    "arc_shape_from",
    "shape_easting_m",
    "shape_northing_m",
    "arc_segment",
    "arc_is_reversed",
    "contraction_order",
)
_WALK_ARRAYS = (
    "node_ids",
    "node_easting_m",
    "node_northing_m",
    "edge_u",
    "edge_v",
    "edge_mm",
    "edge_way_id",
    "edge_class",
    "edge_shape_from",
    "shape_easting_m",
    "shape_northing_m",
)


def build_sample_network(place: str, *, seed: int = 1) -> RoadNetwork:
    """Build the network of a sample place: ``grid``, ``southend``, ``rutland`` or ``newport``.

    Raises
    ------
    ValueError
        If there is no such sample place.
    """
    if place == "grid":
        return build_grid_network(seed=seed)
    if place == "southend":
        return build_proxy_network(
            OPEN_DATA / "southend" / "roads_proxy_nodes.parquet",
            OPEN_DATA / "southend" / "roads_proxy_edges.parquet",
            name="southend",
            attribution=(
                "Schematic stand-in for roads, made from postcode points and bus stops.",
                "Contains OS data (c) Crown copyright and database right 2025.",
                "Contains Royal Mail data (c) Royal Mail copyright and database right 2025.",
                "Source: Office for National Statistics licensed under the Open Government "
                "Licence v3.0.",
                "Contains Department for Transport NaPTAN data, licensed under the Open "
                "Government Licence v3.0.",
            ),
        )
    if place == "rutland":
        return build_osm_network(OPEN_DATA / place / f"{place}_highways.osm.pbf", name=place)
    if place == "newport":
        return build_osm_network(
            OPEN_DATA / place / f"{place}_highways.osm.pbf",
            name=place,
            flags=("not_english_law", "not_for_eligibility"),
        )
    raise ValueError(f"no sample place {place!r}")


def build_osm_network(
    path: Path,
    *,
    overrides: Sequence[WayOverride] = (),
    speeds: SpeedTable | None = None,
    name: str = "",
    flags: Sequence[str] = (),
) -> RoadNetwork:
    """Build the network of an OpenStreetMap file: driving with turn restrictions, and walking.

    Raises
    ------
    InputError
        If the file is missing or damaged, or no way of it can be driven.
    """
    from data.sources.osm import read_osm
    from routing.osm_roads import build_network_of_ways

    return build_network_of_ways(
        read_osm(path),
        speeds=speeds or read_speeds(),
        overrides=overrides,
        flags=flags,
        name=name,
    )


def build_open_roads_network(
    path: Path,
    *,
    overrides: Sequence[WayOverride] = (),
    speeds: SpeedTable | None = None,
    name: str = "",
    bounds: Bounds | None = None,
) -> RoadNetwork:
    """Build the network of an OS Open Roads GeoPackage.

    Parameters
    ----------
    bounds
        West, south, east, north on the British National Grid, to read part of a national file.
        [m]

    Raises
    ------
    InputError
        If the file is missing or damaged, or not of the published schema.
    """
    from data.sources.os_open_roads import read_open_roads
    from routing.open_roads import build_network_of_links

    return build_network_of_links(
        read_open_roads(path, bounds=bounds),
        speeds=speeds or read_speeds(),
        overrides=overrides,
        name=name,
    )


def build_network(
    path: Path,
    overrides: Sequence[WayOverride] | None = None,
    *,
    speeds: SpeedTable | None = None,
    name: str = "",
    bounds: Bounds | None = None,
) -> RoadNetwork:
    """Build a network of whatever kind of file is given: the door of ``wayfare roads import``.

    ``.osm.pbf``, ``.osm``, ``.osm.bz2``, ``.osm.gz``: OpenStreetMap; ``.gpkg``: OS Open Roads;
    ``.npz``: a network that wayfare wrote.

    Raises
    ------
    InputError
        If the file cannot be used, with what is wrong and what to do.
    """
    kind = path.name.lower()
    if kind.endswith((".pbf", ".osm", ".osm.bz2", ".osm.gz")):
        return build_osm_network(path, overrides=overrides or (), speeds=speeds, name=name)
    if kind.endswith(".gpkg"):
        return build_open_roads_network(
            path, overrides=overrides or (), speeds=speeds, name=name, bounds=bounds
        )
    if kind.endswith(".npz"):
        return read_network(path)
    raise InputError(
        [
            Problem(
                code="N002",
                severity=Severity.ERROR,
                file=path.name,
                cause="The kind of file is not one that roads are read from.",
                suggestion="Give OpenStreetMap (.osm.pbf) or OS Open Roads (.gpkg, unzipped).",
            )
        ]
    )


def write_network(network: RoadNetwork, path: Path) -> None:
    """Write a network as a compressed .npz of plain arrays, without pickles."""
    arrays: dict[str, Any] = {name: getattr(network, name) for name in _ARRAYS}
    for period, arc_ds in network.arc_ds.items():
        arrays[f"arc_ds_{period}"] = arc_ds
    head = {
        "format": NETWORK_FORMAT,
        "name": network.name,
        "classes": network.classes,
        "flags": network.flags,
        "attribution": network.attribution,
        "fingerprint": network.fingerprint,
        "stretch_from_m": network.stretch_from_m,
        "stretch_bp": network.stretch_bp,
        "notes": network.notes,
        "walk_classes": network.walk.classes if network.walk else None,
    }
    if network.walk is not None:
        arrays |= {f"walk_{name}": getattr(network.walk, name) for name in _WALK_ARRAYS}
    arrays["head"] = np.frombuffer(json.dumps(head).encode(), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    building = path.with_name(path.name + ".part")
    with building.open("wb") as file:
        np.savez_compressed(file, **arrays)
    building.replace(path)


def read_network(path: Path) -> RoadNetwork:
    """Read a network written by `write_network`.

    Raises
    ------
    InputError
        If the file is missing, damaged, of another format, or not what its fingerprint says.
    """
    try:
        # Opened here: numpy leaves a file open when it turns out to be no archive.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            head = json.loads(bytes(file["head"]))
            if head["format"] != NETWORK_FORMAT:
                raise ValueError(f"format {head['format']}, not {NETWORK_FORMAT}")
            walk = None
            if head["walk_classes"] is not None:
                walk = WalkNetwork(
                    classes=tuple(head["walk_classes"]),
                    **{name: file[f"walk_{name}"] for name in _WALK_ARRAYS},
                )
            network = RoadNetwork(
                name=head["name"],
                classes=tuple(head["classes"]),
                flags=tuple(head["flags"]),
                attribution=tuple(head["attribution"]),
                fingerprint=head["fingerprint"],
                stretch_from_m=tuple(head["stretch_from_m"]),
                stretch_bp=tuple(head["stretch_bp"]),
                notes=tuple(head["notes"]),
                walk=walk,
                arc_ds={
                    period: file[f"arc_ds_{period}"]
                    for period in Period
                    if f"arc_ds_{period}" in file
                },
                **{name: file[name] for name in _ARRAYS},
            )
        if fingerprint_network(network) != network.fingerprint:
            raise ValueError("its content is not what its fingerprint says")
    except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile) as error:
        raise InputError(
            [
                Problem(
                    code="N003",
                    severity=Severity.ERROR,
                    file=path.name,
                    value=str(error)[:80],
                    cause="The road network file cannot be read.",
                    suggestion="Import the roads again with `wayfare roads import FILE`.",
                )
            ]
        ) from error
    return network
