"""Shortest walks: the distance a passenger would walk to a pick-up point, a school or a stop.

A walk is measured along the walking graph from the point nearest the start to the point nearest
the end, plus the straight lines between those points and the places themselves. Ways are walked
both ways, also one-way streets. Sums are whole millimetres; metres are rounded up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.networks import RoadNetwork, WalkNetwork
from data.places import Place
from routing.segments import find_shape_arcs

NOT_WALKED = frozenset({"motorway", "motorway_link", "trunk_link"})
"""Road classes that are not walked where a network has no footpaths of its own."""

_ROWS = 64


def find_walks(
    network: RoadNetwork,
    places: Sequence[Place],
    wanted: Iterable[tuple[str, str, int]],
    *,
    unavailable_ways: Iterable[int] = (),
) -> tuple[tuple[str, str, int], ...]:
    """Find the walks within their limits: (from place id, to place id, metres), sorted.

    Parameters
    ----------
    wanted
        (from place id, to place id, longest walk that is of use [m]).
    unavailable_ways
        Ways that may not be walked, besides those the network leaves out already.

    Raises
    ------
    ValueError
        If a place is not among `places`.
    """
    limits = {(a, b): limit for a, b, limit in sorted(wanted)}
    if not limits:
        return ()
    pairs = sorted(limits)
    walked_mm = measure_walks(
        network,
        places,
        pairs,
        longest_m=max(limits.values()),
        unavailable_ways=unavailable_ways,
    )
    rows = []
    for pair, walk_mm in zip(pairs, walked_mm.tolist(), strict=True):
        # -1 is no walk at all: it must not be rounded up to a walk of nought.
        metres = -(-walk_mm // 1000)
        if walk_mm >= 0 and metres <= limits[pair]:
            rows.append((*pair, metres))
    return tuple(rows)


def measure_walks(
    network: RoadNetwork,
    places: Sequence[Place],
    pairs: Sequence[tuple[str, str]],
    *,
    longest_m: int | None = None,
    unavailable_ways: Iterable[int] = (),
) -> NDArray[np.int64]:
    """Measure the shortest walk of each pair of place ids, (n,) int64. [mm]

    -1 where there is no walk, or none of at most `longest_m`.

    Raises
    ------
    ValueError
        If a place is not among `places`.
    """
    from scipy.sparse.csgraph import dijkstra

    result = np.full(len(pairs), -1, dtype=np.int64)
    if not pairs:
        return result
    used = find_used_places(places, pairs)
    walk = network.walk if network.walk is not None else build_walk_network(network)
    barred = set(unavailable_ways)
    if barred:
        walk = leave_out_ways(walk, barred)
    joined = join_places(walk, used)
    graph, node_of, offset_mm = joined.graph, joined.node_of, joined.offset_mm
    position = {place.place_id: k for k, place in enumerate(used)}
    by_source: dict[int, list[int]] = {}
    for row, (start, _) in enumerate(pairs):
        by_source.setdefault(position[start], []).append(row)
    sources = sorted(by_source)
    limit = np.inf if longest_m is None else float(longest_m) * 1000
    for first in range(0, len(sources), _ROWS):
        chunk = sources[first : first + _ROWS]
        found = dijkstra(graph, directed=False, indices=node_of[chunk], limit=limit)
        for k, source in enumerate(chunk):
            for row in by_source[source]:
                target = position[pairs[row][1]]
                if target == source:
                    result[row] = 0
                elif np.isfinite(found[k, node_of[target]]):
                    result[row] = (
                        int(found[k, node_of[target]]) + offset_mm[source] + offset_mm[target]
                    )
    if longest_m is not None:
        result[result > longest_m * 1000] = -1
    return result


def build_walk_network(network: RoadNetwork) -> WalkNetwork:
    """Build a walking graph from the roads of a network that has no footpaths of its own."""
    arcs = find_shape_arcs(network)
    walked = np.array([c not in NOT_WALKED for c in network.classes], dtype=np.bool_)
    arcs = arcs[walked[network.arc_class[arcs]]]
    # Junctions with turn bans exist several times over; a person walks through them once.
    ids, first, inverse = np.unique(network.node_ids, return_index=True, return_inverse=True)
    start, end = network.arc_shape_from[arcs], network.arc_shape_from[arcs + 1]
    counts = end - start
    points = _ranges(start, counts)
    return WalkNetwork(
        node_ids=ids,
        node_easting_m=network.node_easting_m[first],
        node_northing_m=network.node_northing_m[first],
        edge_u=inverse[network.arc_from[arcs]].astype(np.int32),
        edge_v=inverse[network.arc_to[arcs]].astype(np.int32),
        edge_mm=network.arc_m[arcs].astype(np.int64) * 1000,
        edge_way_id=network.arc_way_id[arcs],
        edge_class=network.arc_class[arcs],
        classes=network.classes,
        edge_shape_from=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        shape_easting_m=network.shape_easting_m[points],
        shape_northing_m=network.shape_northing_m[points],
    )


def _ranges(start: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join the ranges start[i] .. start[i] + counts[i]."""
    if not len(counts):
        return np.zeros(0, dtype=np.int64)
    before = np.concatenate([[0], np.cumsum(counts)[:-1]])
    ranges: NDArray[np.int64] = np.repeat(start - before, counts) + np.arange(int(counts.sum()))
    return ranges


def leave_out_ways(walk: WalkNetwork, ways: set[int]) -> WalkNetwork:
    """Leave ways out of a walking graph: those a planner found unavailable."""
    keep = ~np.isin(walk.edge_way_id, np.array(sorted(ways), dtype=np.int64))
    start, counts = walk.edge_shape_from[:-1], np.diff(walk.edge_shape_from)
    points = _ranges(start[keep], counts[keep])
    return replace(
        walk,
        edge_u=walk.edge_u[keep],
        edge_v=walk.edge_v[keep],
        edge_mm=walk.edge_mm[keep],
        edge_way_id=walk.edge_way_id[keep],
        edge_class=walk.edge_class[keep],
        edge_shape_from=np.concatenate([[0], np.cumsum(counts[keep])]).astype(np.int64),
        shape_easting_m=walk.shape_easting_m[points],
        shape_northing_m=walk.shape_northing_m[points],
    )


def find_used_places(places: Sequence[Place], pairs: Sequence[tuple[str, str]]) -> list[Place]:
    """Find the places that pairs name, in the order of their ids.

    Raises
    ------
    ValueError
        If one is not among `places`.
    """
    by_id = {p.place_id: p for p in places}
    used = sorted({i for pair in pairs for i in pair})
    unknown = [i for i in used if i not in by_id]
    if unknown:
        raise ValueError(f"walks name unknown places: {', '.join(unknown[:10])}")
    return [by_id[i] for i in used]


@dataclass(frozen=True, kw_only=True)
class JoinedWalks:
    """A walking graph with its edges cut at places.

    Attributes
    ----------
    graph
        Upper half of a sparse matrix of lengths; nodes of the walking graph first. [mm]
    edge_low, edge_high, edge_class
        Its edges, and their classes by position in the network's.
    node_of, offset_mm
        Each place's node, and how far off it lies. [mm]
    """

    graph: Any
    edge_low: NDArray[np.int64]
    edge_high: NDArray[np.int64]
    edge_class: NDArray[np.int16]
    node_of: NDArray[np.int64]
    offset_mm: list[int]


def find_walk_offsets(network: RoadNetwork, places: Sequence[Place]) -> NDArray[np.int64]:
    """Find how far each place lies from the nearest way that is walked, (n,) int64. [mm]"""
    walk = network.walk if network.walk is not None else build_walk_network(network)
    return _find_nearest(walk, places)[1]


def _find_nearest(
    walk: WalkNetwork, places: Sequence[Place]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Find the edge nearest each place, how far it is, and how far along it. [mm]"""
    import shapely

    counts = np.diff(walk.edge_shape_from)
    lines = shapely.linestrings(
        walk.shape_easting_m,
        walk.shape_northing_m,
        indices=np.repeat(np.arange(len(counts)), counts),
    )
    at = shapely.points(
        np.array([p.easting_m for p in places], dtype=np.float64),
        np.array([p.northing_m for p in places], dtype=np.float64),
    )
    edge = shapely.STRtree(lines).nearest(at)
    offset_mm = np.rint(shapely.distance(lines[edge], at) * 1000).astype(np.int64)
    share = shapely.line_locate_point(lines[edge], at, normalized=True)
    along_mm = np.rint(share * walk.edge_mm[edge]).astype(np.int64)
    return edge, offset_mm, along_mm


def join_places(walk: WalkNetwork, places: Sequence[Place]) -> JoinedWalks:
    """Cut the edges of a walking graph at the points nearest to places."""
    from scipy.sparse import csr_matrix

    edge, offset_mm, along_mm = _find_nearest(walk, places)

    n_nodes = len(walk.node_ids)
    node_of = np.zeros(len(places), dtype=np.int64)
    cuts: dict[int, dict[int, int]] = {}
    for i, (e, mm) in enumerate(zip(edge.tolist(), along_mm.tolist(), strict=True)):
        if mm <= 0:
            node_of[i] = walk.edge_u[e]
        elif mm >= walk.edge_mm[e]:
            node_of[i] = walk.edge_v[e]
        else:
            at_edge = cuts.setdefault(e, {})
            if mm not in at_edge:
                at_edge[mm] = n_nodes
                n_nodes += 1
            node_of[i] = at_edge[mm]
    keep = np.ones(len(walk.edge_u), dtype=np.bool_)
    keep[list(cuts)] = False
    u, v, mm_of = [walk.edge_u[keep]], [walk.edge_v[keep]], [walk.edge_mm[keep]]
    classes = [walk.edge_class[keep]]
    for e, at_edge in cuts.items():
        stations = sorted(at_edge)
        chain = [int(walk.edge_u[e]), *(at_edge[s] for s in stations), int(walk.edge_v[e])]
        u.append(np.array(chain[:-1], dtype=np.int32))
        v.append(np.array(chain[1:], dtype=np.int32))
        mm_of.append(np.diff([0, *stations, int(walk.edge_mm[e])]))
        classes.append(np.full(len(chain) - 1, walk.edge_class[e], dtype=np.int16))
    rows, columns = np.concatenate(u).astype(np.int64), np.concatenate(v).astype(np.int64)
    weights = np.concatenate(mm_of).astype(np.int64)
    low, high = np.minimum(rows, columns), np.maximum(rows, columns)
    order = np.lexsort((weights, high, low))
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    best = order[first]
    graph = csr_matrix(
        (weights[best].astype(np.float64), (low[best], high[best])), shape=(n_nodes, n_nodes)
    )
    return JoinedWalks(
        graph=graph,
        edge_low=low[best],
        edge_high=high[best],
        edge_class=np.concatenate(classes)[best],
        node_of=node_of,
        offset_mm=offset_mm.tolist(),
    )
