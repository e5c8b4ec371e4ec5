"""Read OpenStreetMap: ways with a ``highway`` tag, barriers on them, turn restrictions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import InputError, Problem, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRestriction:
    """A turn that is banned or prescribed.

    Attributes
    ----------
    kind
        The tag's value, e.g. ``no_left_turn`` or ``only_straight_on``.
    via_nodes, via_ways
        What lies between the two ways: one node, or ways.
    """

    relation_id: int
    kind: str
    from_ways: tuple[int, ...]
    via_nodes: tuple[int, ...]
    via_ways: tuple[int, ...]
    to_ways: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OsmWays:
    """Ways of an OpenStreetMap file as they stand there; w ways, n nodes.

    Attributes
    ----------
    way_ids
        (w,) identifiers.
    tags
        Tags of each way.
    way_from
        (w + 1,) where each way's nodes start in ``way_nodes``.
    way_nodes
        Node positions, in the order each way was drawn.
    node_ids
        (n,) identifiers, ascending.
    node_lon, node_lat
        (n,) WGS 84. [degrees]
    barriers
        Tags of the nodes that carry a ``barrier``, by node identifier.
    restrictions
        Turn restrictions.
    n_missing_nodes
        Nodes the ways name that the file does not hold (an extract cut through a way).
    """

    name: str
    way_ids: NDArray[np.int64]
    tags: tuple[Mapping[str, str], ...]
    way_from: NDArray[np.int64]
    way_nodes: NDArray[np.int64]
    node_ids: NDArray[np.int64]
    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    barriers: Mapping[int, Mapping[str, str]]
    restrictions: tuple[TurnRestriction, ...]
    n_missing_nodes: int = 0


def read_osm(path: Path) -> OsmWays:
    """Read the roads and paths of an OpenStreetMap file (.osm.pbf, .osm, .osm.bz2).

    Raises
    ------
    InputError
        If the file is missing, damaged, or holds no way with a ``highway`` tag.
    """
    import osmium

    path = Path(path)
    if not path.is_file():
        raise InputError([_problem("N001", path, "There is no such file.", "Check the path.")])
    way_ids: list[int] = []
    tags: list[dict[str, str]] = []
    ends: list[int] = [0]
    refs: list[int] = []
    lon: list[float] = []
    lat: list[float] = []
    barriers: dict[int, dict[str, str]] = {}
    restrictions: list[TurnRestriction] = []
    n_missing = 0
    try:
        # The filter works in C++: of the nodes, only those with a barrier reach Python.
        wanted = osmium.FileProcessor(str(path)).with_locations("flex_mem")
        wanted = wanted.with_filter(
            osmium.filter.KeyFilter("highway", "barrier", "restriction")
        )
        item: Any
        for item in wanted:
            if item.is_way() and "highway" in item.tags:
                n_before = len(refs)
                for node in item.nodes:
                    if node.location.valid():
                        refs.append(node.ref)
                        lon.append(node.location.lon)
                        lat.append(node.location.lat)
                    else:
                        n_missing += 1
                if len(refs) - n_before < 2:
                    del refs[n_before:], lon[n_before:], lat[n_before:]
                    continue
                way_ids.append(item.id)
                tags.append({tag.k: tag.v for tag in item.tags})
                ends.append(len(refs))
            elif item.is_node() and "barrier" in item.tags:
                barriers[item.id] = {tag.k: tag.v for tag in item.tags}
            elif item.is_relation() and "restriction" in item.tags:
                restrictions.append(_read_restriction(item))
    except (RuntimeError, OSError) as error:
        raise InputError(
            [
                _problem(
                    "N003",
                    path,
                    f"The file cannot be read as OpenStreetMap data: {str(error)[:120]}",
                    "Give an .osm.pbf file; download it again if it is damaged.",
                )
            ]
        ) from error
    if not way_ids:
        raise InputError(
            [
                _problem(
                    "N006",
                    path,
                    "The file holds no way with a highway tag.",
                    "Give an extract of the council's area that holds its roads.",
                )
            ]
        )
    ref_array = np.array(refs, dtype=np.int64)
    node_ids, first, inverse = np.unique(ref_array, return_index=True, return_inverse=True)
    return OsmWays(
        name=path.name.split(".")[0],
        way_ids=np.array(way_ids, dtype=np.int64),
        tags=tuple(tags),
        way_from=np.array(ends, dtype=np.int64),
        way_nodes=inverse.astype(np.int64),
        node_ids=node_ids,
        node_lon=np.array(lon, dtype=np.float64)[first],
        node_lat=np.array(lat, dtype=np.float64)[first],
        barriers=barriers,
        restrictions=tuple(restrictions),
        n_missing_nodes=n_missing,
    )


def _read_restriction(relation: Any) -> TurnRestriction:
    """Read one turn restriction relation."""
    members: dict[tuple[str, str], list[int]] = {}
    for member in relation.members:
        members.setdefault((member.role, member.type), []).append(member.ref)
    return TurnRestriction(
        relation_id=relation.id,
        kind=relation.tags["restriction"],
        from_ways=tuple(members.get(("from", "w"), ())),
        via_nodes=tuple(members.get(("via", "n"), ())),
        via_ways=tuple(members.get(("via", "w"), ())),
        to_ways=tuple(members.get(("to", "w"), ())),
    )


def _problem(code: str, path: Path, cause: str, suggestion: str) -> Problem:
    """Describe a fault of the file as a whole."""
    return Problem(
        code=code, severity=Severity.ERROR, file=path.name, cause=cause, suggestion=suggestion
    )
