"""Build the driving and the walking network of an OpenStreetMap file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from data.errors import InputError, Problem, Severity
from data.networks import RoadNetwork, WalkNetwork, WayOverride
from data.sources.osm import OsmWays
from data.sources.speeds import SpeedTable
from routing.bng import find_grid_position, measure_ground_lengths
from routing.osm_rules import find_driving, is_blocking, is_blocking_walks, is_walkable
from routing.road_graph import RoadGraph, Segment
from routing.turns import apply_restrictions

OSM_ATTRIBUTION = "(c) OpenStreetMap contributors, ODbL 1.0"


def build_network_of_ways(
    ways: OsmWays,
    *,
    speeds: SpeedTable,
    overrides: Sequence[WayOverride] = (),
    flags: Sequence[str] = (),
    name: str = "",
) -> RoadNetwork:
    """Build the network of OpenStreetMap ways: driving arcs and walking edges.

    Raises
    ------
    InputError
        If no way can be driven, or all of them lie outside Great Britain.
    """
    easting_m, northing_m = find_grid_position(ways.node_lon, ways.node_lat)
    is_placed = np.isfinite(easting_m) & np.isfinite(northing_m)
    if not is_placed.any():
        raise InputError([_problem("N010", ways.name, "The roads lie outside Great Britain.")])
    points = np.column_stack([easting_m, northing_m])
    known = {int(o.way_id): o for o in overrides if o.way_id.lstrip("-").isdigit()}
    roads = RoadGraph()
    node_key = _add_roads(roads, ways, points, is_placed, known)
    if not roads.segments:
        raise InputError([_problem("N006", ways.name, "No way of the file can be driven.")])
    n_junctions = roads.graph.number_of_nodes()
    length_km = sum(s.length_m for s in roads.segments) / 1000
    roads.notes.append(
        f"Read {len(ways.way_ids)} ways and {len(ways.node_ids)} nodes: {n_junctions} "
        f"junctions and {length_km:.1f} km of road that is driven."
    )
    if ways.n_missing_nodes:
        roads.notes.append(f"{ways.n_missing_nodes} nodes of ways are not in the file.")
    _note_overrides(roads, ways, overrides)
    roads.join_touching_ends()
    roads.keep_main_component()
    roads.merge_chains()
    count = apply_restrictions(roads, ways.restrictions, node_key)
    if ways.restrictions:
        roads.notes.append(
            f"Turn restrictions: {count.n_applied} applied, {count.n_outside} on roads that "
            f"are not driven, {count.n_unclear} of a kind or form that is not understood."
        )
    roads.keep_main_component()
    walk = build_walk_ways(ways, points, is_placed, known, roads.notes)
    return roads.build_arrays(
        name=name or ways.name,
        speeds=speeds,
        flags=flags,
        attribution=(OSM_ATTRIBUTION,),
        walk=walk,
    )


def _add_roads(
    roads: RoadGraph,
    ways: OsmWays,
    points: NDArray[np.float64],
    is_placed: NDArray[np.bool_],
    known: dict[int, WayOverride],
) -> dict[int, Hashable]:
    """Add every way that is driven, cut at junctions and barriers; junction of each node id."""
    driven = {}
    for w, tags in enumerate(ways.tags):
        driving = find_driving(tags)
        override = known.get(int(ways.way_ids[w]))
        if driving is not None and not (override and override.is_closed):
            driven[w] = (driving, override)
    blocked = {node for node, tags in ways.barriers.items() if is_blocking(tags)}
    node_key: dict[int, Hashable] = {}
    for w, nodes, is_cut in _cut_ways(ways, driven, is_placed, blocked):
        driving, override = driven[w]
        keys: list[Hashable] = []
        for position, end_is_cut in zip((nodes[0], nodes[-1]), is_cut, strict=True):
            node_id = int(ways.node_ids[position])
            # Beyond a barrier the road goes on for nobody: each side has an end of its own.
            key: Hashable = (node_id, len(roads.segments), len(keys)) if end_is_cut else node_id
            if key not in roads.graph:
                easting, northing = points[position].tolist()
                roads.add_junction(key, easting, northing, node_id)
                roads.graph.nodes[key]["is_blocked"] = end_is_cut
            if not end_is_cut:
                node_key[node_id] = key
            keys.append(key)
        shape = points[nodes]
        roads.add_segment(
            keys[0],
            keys[1],
            Segment(
                way_id=int(ways.way_ids[w]),
                road_class=driving.road_class,
                shape=shape,
                length_m=measure_ground_lengths(shape),
                limit_forward_m_per_h=driving.limit_forward_m_per_h,
                limit_backward_m_per_h=driving.limit_backward_m_per_h,
                fixed_m_per_h=override.m_per_h if override else None,
            ),
            forward=driving.is_forward,
            backward=driving.is_backward,
        )
    return node_key


def _cut_ways(
    ways: OsmWays,
    chosen: Iterable[int],
    is_placed: NDArray[np.bool_],
    blocked: set[int],
) -> Iterator[tuple[int, list[int], tuple[bool, bool]]]:
    """Cut chosen ways where they meet: way, node positions, whether each end is a barrier."""
    use = Counter[int]()
    node_lists: dict[int, list[int]] = {}
    for w in chosen:
        drawn = ways.way_nodes[ways.way_from[w] : ways.way_from[w + 1]]
        kept = drawn[is_placed[drawn]].tolist()
        kept = [n for i, n in enumerate(kept) if i == 0 or kept[i - 1] != n]
        if len(kept) < 2:
            continue
        node_lists[w] = kept
        use.update(kept)
        use[kept[0]] += 1
        use[kept[-1]] += 1
    stops = {p for p in use if int(ways.node_ids[p]) in blocked}
    for w, nodes in node_lists.items():
        start = 0
        for i in range(1, len(nodes)):
            if i == len(nodes) - 1 or use[nodes[i]] > 1 or nodes[i] in stops:
                yield w, nodes[start : i + 1], (nodes[start] in stops, nodes[i] in stops)
                start = i


def _note_overrides(roads: RoadGraph, ways: OsmWays, overrides: Sequence[WayOverride]) -> None:
    """Note how many corrections found their way, and those that did not."""
    if not overrides:
        return
    there = {str(w) for w in ways.way_ids.tolist()}
    lost = sorted(o.way_id for o in overrides if o.way_id not in there)
    roads.notes.append(f"Applied {len(overrides) - len(lost)} corrections of the planner.")
    if lost:
        roads.notes.append(f"Corrections of ways that are not in the file: {', '.join(lost)}.")


def build_walk_ways(
    ways: OsmWays,
    points: NDArray[np.float64],
    is_placed: NDArray[np.bool_],
    known: dict[int, WayOverride],
    notes: list[str],
) -> WalkNetwork | None:
    """Build the walking graph of OpenStreetMap ways: its largest connected part."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    walked: list[int] = []
    for w, tags in enumerate(ways.tags):
        override = known.get(int(ways.way_ids[w]))
        if is_walkable(tags) and not (override and override.is_walk_unavailable):
            walked.append(w)
    blocked = {node for node, tags in ways.barriers.items() if is_blocking_walks(tags)}
    position: dict[Hashable, int] = {}
    node_at: list[int] = []
    u: list[int] = []
    v: list[int] = []
    shapes: list[NDArray[np.float64]] = []
    edge_way: list[int] = []
    for w, nodes, is_cut in _cut_ways(ways, walked, is_placed, blocked):
        for side, (node, end_is_cut) in enumerate(
            zip((nodes[0], nodes[-1]), is_cut, strict=True)
        ):
            key: Hashable = (node, len(edge_way), side) if end_is_cut else node
            if key not in position:
                position[key] = len(node_at)
                node_at.append(node)
            (v if side else u).append(position[key])
        shapes.append(points[nodes])
        edge_way.append(w)
    if not edge_way:
        return None
    graph = csr_matrix((np.ones(len(u)), (u, v)), shape=(len(node_at), len(node_at)))
    _, part = connected_components(graph, directed=False)
    main = int(np.bincount(part).argmax())
    keep = [e for e in range(len(u)) if part[u[e]] == main]
    lengths_mm = np.array(
        [max(1, round(measure_ground_lengths(s) * 1000)) for s in shapes], dtype=np.int64
    )
    n_lost = len(u) - len(keep)
    notes.append(
        f"Walking graph: {lengths_mm[keep].sum() / 1e6:.1f} km; left out {n_lost} pieces "
        f"({np.delete(lengths_mm, keep).sum() / 1e6:.1f} km) not joined to the rest."
    )
    used = sorted({n for e in keep for n in (u[e], v[e])})
    renumber = {old: new for new, old in enumerate(used)}
    at = np.array([node_at[n] for n in used], dtype=np.int64)
    classes = tuple(sorted({ways.tags[edge_way[e]]["highway"] for e in keep}))
    shape_points = np.concatenate([shapes[e] for e in keep])
    return WalkNetwork(
        node_ids=ways.node_ids[at],
        node_easting_m=points[at, 0],
        node_northing_m=points[at, 1],
        edge_u=np.array([renumber[u[e]] for e in keep], dtype=np.int32),
        edge_v=np.array([renumber[v[e]] for e in keep], dtype=np.int32),
        edge_mm=lengths_mm[keep],
        edge_way_id=ways.way_ids[[edge_way[e] for e in keep]],
        edge_class=np.array(
            [classes.index(ways.tags[edge_way[e]]["highway"]) for e in keep], dtype=np.int16
        ),
        classes=classes,
        edge_shape_from=np.concatenate([[0], np.cumsum([len(shapes[e]) for e in keep])]).astype(
            np.int64
        ),
        shape_easting_m=np.ascontiguousarray(shape_points[:, 0]),
        shape_northing_m=np.ascontiguousarray(shape_points[:, 1]),
    )


def _problem(code: str, name: str, cause: str) -> Problem:
    """Describe a fault of the file as a whole."""
    return Problem(
        code=code,
        severity=Severity.ERROR,
        file=name,
        cause=cause,
        suggestion="Give an extract of the council's area that holds its roads.",
    )
