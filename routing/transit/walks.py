"""Walks of a journey: how far, and at most how many roads are crossed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.journeys import Walk
from data.networks import RoadNetwork, WalkNetwork
from data.places import Place
from routing.walking import JoinedWalks, build_walk_network, find_used_places, join_places

PATHS = frozenset(
    {"footway", "cycleway", "path", "pedestrian", "steps", "track", "bridleway", "corridor"}
)
"""Classes that are no road to cross."""
MAIN_ROADS = frozenset(
    {"trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link"}
)
NO_STREETS = "mixed"
"""Class of a schematic network's links, which stand for no street."""

_ROWS = 64


def trace_walks(
    network: RoadNetwork,
    places: Sequence[Place],
    pairs: Sequence[tuple[str, str]],
    *,
    longest_m: int,
) -> dict[tuple[str, str], Walk]:
    """Trace the shortest walk of each pair of place ids that is at most `longest_m` long.

    A junction on the way counts as crossed where a road meets it that the walk does not go
    along; so a side street passed counts, and the road at whose corner the walk turns. With
    pavements on both sides that is the most there can be.

    Raises
    ------
    ValueError
        If a place is not among `places`.
    """
    from scipy.sparse.csgraph import dijkstra

    if not pairs:
        return {}
    used = find_used_places(places, pairs)
    walk = network.walk if network.walk is not None else build_walk_network(network)
    joined = join_places(walk, used)
    crossings = _Crossings(walk, joined)
    position = {place.place_id: k for k, place in enumerate(used)}
    ends: dict[int, list[str]] = {}
    for start_id, end_id in pairs:
        ends.setdefault(position[start_id], []).append(end_id)
    starts = sorted(ends)
    found: dict[tuple[str, str], Walk] = {}
    for first in range(0, len(starts), _ROWS):
        chunk = starts[first : first + _ROWS]
        length_mm, before = dijkstra(
            joined.graph,
            directed=False,
            indices=joined.node_of[chunk],
            limit=float(longest_m) * 1000,
            return_predecessors=True,
        )
        for k, start in enumerate(chunk):
            for end_id in ends[start]:
                end = position[end_id]
                node = int(joined.node_of[end])
                if start == end:
                    total_mm = 0
                elif np.isfinite(length_mm[k, node]):
                    total_mm = int(length_mm[k, node])
                    total_mm += joined.offset_mm[start] + joined.offset_mm[end]
                else:
                    continue
                metres = -(-total_mm // 1000)
                if metres <= longest_m:
                    n, n_main = crossings.count(before[k], node)
                    found[used[start].place_id, end_id] = Walk(
                        metres=metres, n_crossings=n, n_main_crossings=n_main
                    )
    return found


class _Crossings:
    """Counts the roads that a walk meets and does not go along."""

    def __init__(self, walk: WalkNetwork, joined: JoinedWalks) -> None:
        is_road = np.array([c not in PATHS for c in walk.classes], dtype=np.bool_)
        is_main = np.array([c in MAIN_ROADS for c in walk.classes], dtype=np.bool_)
        self._is_known = NO_STREETS not in {walk.classes[k] for k in np.unique(walk.edge_class)}
        self._n_junctions = len(walk.node_ids)
        self._n_nodes = joined.graph.shape[0]
        self._road = is_road[joined.edge_class]
        self._main = is_main[joined.edge_class]
        keys = (joined.edge_low * self._n_nodes + joined.edge_high).tolist()
        self._edge = {key: k for k, key in enumerate(keys)}
        self._n_roads = self._count_at(joined, self._road)
        self._n_mains = self._count_at(joined, self._main)

    def _count_at(self, joined: JoinedWalks, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        counts: NDArray[np.int64] = np.bincount(
            np.concatenate([joined.edge_low[chosen], joined.edge_high[chosen]]),
            minlength=self._n_nodes,
        )
        return counts

    def count(self, before: NDArray[np.int32], end: int) -> tuple[int | None, int | None]:
        """Count the crossings of the walk that ends at a node: all, and of main roads."""
        if not self._is_known:
            return None, None
        n = n_main = 0
        last = -1  # edge by which the walk leaves the node
        node = end
        while before[node] >= 0:
            previous = int(before[node])
            low, high = min(node, previous), max(node, previous)
            edge = self._edge[low * self._n_nodes + high]
            # cuts at places are no junctions
            if last >= 0 and node < self._n_junctions:
                n += int(self._n_roads[node] > int(self._road[edge]) + int(self._road[last]))
                n_main += int(
                    self._n_mains[node] > int(self._main[edge]) + int(self._main[last])
                )
            node, last = previous, edge
        return n, n_main
