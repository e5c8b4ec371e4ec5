"""The junction graph while it is built and mended, and the arrays made from it to be searched.

A *segment* is a piece of road between two junctions, with one shape and one road class. The
graph is a directed networkx multigraph; each edge drives along one segment, forwards or in
reverse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from data.networks import Int32Array, RoadNetwork, WalkNetwork
from data.places import Period
from data.sources.speeds import SpeedTable

NETWORK_FORMAT = 1
"""Version of the stored arrays; a change makes every cached matrix stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A piece of road between two junctions.

    Attributes
    ----------
    shape
        (k, 2) easting and northing, in the direction it was drawn. [m]
    length_m
        Length on the ground. [m]
    limit_forward_m_per_h, limit_backward_m_per_h
        Signed limit in each direction, or None. [m/h]
    fixed_m_per_h
        A planner's speed for every period, or None. [m/h]
    """

    way_id: int
    road_class: str
    shape: NDArray[np.float64]
    length_m: float
    limit_forward_m_per_h: float | None = None
    limit_backward_m_per_h: float | None = None
    fixed_m_per_h: int | None = None


class RoadGraph:
    """A junction graph under construction: networkx to mend, `build_arrays` to search.

    Attributes
    ----------
    graph
        Directed multigraph. Nodes carry ``easting_m``, ``northing_m``, ``node_id``; edges carry
        ``segment`` (position in `segments`) and ``is_reversed``.
    segments
        Every piece of road, also those no edge uses any more.
    ends, directions
        The junctions a segment was drawn between; whether it is open forward and backward.
    segments_by_way
        Segments in the graph of each way of the source.
    notes
        What was mended and dropped.
    """

    def __init__(self) -> None:
        self.graph: nx.MultiDiGraph[Hashable] = nx.MultiDiGraph()
        self.segments: list[Segment] = []
        self.ends: list[tuple[Hashable, Hashable]] = []
        self.directions: list[tuple[bool, bool]] = []
        self.segments_by_way: dict[int, list[int]] = {}
        self.notes: list[str] = []

    def add_junction(
        self, node: Hashable, easting_m: float, northing_m: float, node_id: int
    ) -> None:
        """Add a junction at a position."""
        self.graph.add_node(node, easting_m=easting_m, northing_m=northing_m, node_id=node_id)

    def add_segment(
        self, u: Hashable, v: Hashable, segment: Segment, *, forward: bool, backward: bool
    ) -> None:
        """Add a piece of road drawn from u to v, open forward, backward or both ways."""
        position = len(self.segments)
        self.segments.append(segment)
        self.ends.append((u, v))
        self.directions.append((forward, backward))
        self.segments_by_way.setdefault(segment.way_id, []).append(position)
        if forward:
            self.graph.add_edge(u, v, segment=position, is_reversed=False)
        if backward:
            self.graph.add_edge(v, u, segment=position, is_reversed=True)

    def copy_junction(self, node: Hashable, copy: Hashable) -> None:
        """Add a junction at the place of another, with its identifier, joined to nothing."""
        self.graph.add_node(copy, **self.graph.nodes[node])

    def remove_segment(self, segment: int) -> None:
        """Forget a segment whose edges are gone."""
        way_id = self.segments[segment].way_id
        self.segments_by_way[way_id].remove(segment)
        if not self.segments_by_way[way_id]:
            del self.segments_by_way[way_id]

    def merge_chains(self) -> None:
        """Mend: join two segments of one way where nothing else meets them any more."""
        n_merged = 0
        for node in list(self.graph):
            used = {
                data["segment"]
                for edges in (self.graph.in_edges, self.graph.out_edges)
                for _, _, data in edges(node, data=True)
            }
            if len(used) != 2:
                continue
            first, second = sorted(used, key=lambda s: self.ends[s][1] != node)
            if self.ends[first][1] != node or self.ends[second][0] != node:
                continue
            start, end = self.ends[first][0], self.ends[second][1]
            if start == end or node in (start, end) or not self._is_alike(first, second):
                continue
            a, b = self.segments[first], self.segments[second]
            merged = replace(
                a,
                shape=np.concatenate([a.shape, b.shape[1:]]),
                length_m=a.length_m + b.length_m,
            )
            forward, backward = self.directions[first]
            self.graph.remove_node(node)
            self.remove_segment(first)
            self.remove_segment(second)
            self.add_segment(start, end, merged, forward=forward, backward=backward)
            n_merged += 1
        if n_merged:
            self.notes.append(
                f"Joined {n_merged} pairs of road pieces that only meet each other."
            )

    def _is_alike(self, first: int, second: int) -> bool:
        """Say whether two segments differ in nothing but their place."""
        a, b = self.segments[first], self.segments[second]
        return (
            self.directions[first] == self.directions[second]
            and a.way_id == b.way_id
            and a.road_class == b.road_class
            and a.limit_forward_m_per_h == b.limit_forward_m_per_h
            and a.limit_backward_m_per_h == b.limit_backward_m_per_h
            and a.fixed_m_per_h == b.fixed_m_per_h
        )

    def join_touching_ends(self, tolerance_m: float = 1.0) -> None:
        """Mend: join dead ends that touch another junction but do not share its identifier."""
        from scipy.spatial import cKDTree

        nodes = [n for n, data in self.graph.nodes(data=True) if not data.get("is_blocked")]
        dead = [
            i
            for i, n in enumerate(nodes)
            if len({*self.graph.successors(n), *self.graph.predecessors(n)}) <= 1
        ]
        if not dead:
            return
        places = np.array(
            [
                [self.graph.nodes[n]["easting_m"], self.graph.nodes[n]["northing_m"]]
                for n in nodes
            ]
        )
        tree = cKDTree(places)
        n_joined = 0
        for i in dead:
            near = [j for j in tree.query_ball_point(places[i], tolerance_m) if j != i]
            near = [j for j in near if not self.graph.has_edge(nodes[i], nodes[j])]
            if not near or nodes[i] not in self.graph:
                continue
            near = [j for j in near if nodes[j] in self.graph]
            if near:
                self._join(nodes[i], nodes[min(near)])
                n_joined += 1
        if n_joined:
            self.notes.append(
                f"Joined {n_joined} road ends lying within {tolerance_m:g} m of a junction."
            )

    def _join(self, node: Hashable, other: Hashable) -> None:
        """Make one junction of two."""
        for u, _, data in list(self.graph.in_edges(node, data=True)):
            self.graph.add_edge(other if u == node else u, other, **data)
        for _, v, data in list(self.graph.out_edges(node, data=True)):
            if v != node:
                self.graph.add_edge(other, v, **data)
        self.graph.remove_node(node)
        for segment, (u, v) in enumerate(self.ends):
            if node in (u, v):
                self.ends[segment] = (other if u == node else u, other if v == node else v)

    def keep_main_component(self) -> None:
        """Drop what the largest part cannot both reach and be reached from; note how much."""
        components = sorted(nx.strongly_connected_components(self.graph), key=len, reverse=True)
        if len(components) <= 1:
            return
        main = components[0]
        dropped = [n for n in self.graph if n not in main]
        lost = {
            data["segment"]
            for u, v, data in self.graph.edges(data=True)
            if u not in main or v not in main
        }
        self.graph.remove_nodes_from(dropped)
        kept = {data["segment"] for _, _, data in self.graph.edges(data=True)}
        lost -= kept
        for segment in lost:
            self.remove_segment(segment)
        if not lost:
            return
        lost_km = sum(self.segments[s].length_m for s in lost) / 1000
        self.notes.append(
            f"Dropped {len(dropped)} of {len(dropped) + len(main)} junctions and "
            f"{lost_km:.1f} km of road that cannot be both reached and left "
            f"({len(components) - 1} parts)."
        )

    def build_arrays(
        self,
        *,
        name: str,
        speeds: SpeedTable,
        flags: Sequence[str] = (),
        attribution: Sequence[str] = (),
        walk: WalkNetwork | None = None,
        stretch: Sequence[tuple[int, int]] = (),
    ) -> RoadNetwork:
        """Build the searchable arrays; nodes and arcs keep the order they were added in."""
        nodes = list(self.graph)
        position = {node: i for i, node in enumerate(nodes)}
        node_data = [self.graph.nodes[n] for n in nodes]
        arcs = [
            (position[u], position[v], data["segment"], data["is_reversed"])
            for u, v, data in self.graph.edges(data=True)
        ]
        used = sorted({arc[2] for arc in arcs})
        number = {segment: i for i, segment in enumerate(used)}
        classes = speeds.classes
        class_position = {c: i for i, c in enumerate(classes)}
        n = len(arcs)
        arc_m = np.zeros(n, dtype=np.int32)
        arc_ds = {period: np.zeros(n, dtype=np.int32) for period in Period}
        shapes: list[NDArray[np.float64]] = []
        known: dict[tuple[str, float | None, int | None], tuple[float, ...]] = {}
        for i, (_, _, s, is_reversed) in enumerate(arcs):
            segment = self.segments[s]
            limit = (
                segment.limit_backward_m_per_h if is_reversed else segment.limit_forward_m_per_h
            )
            key = (segment.road_class, limit, segment.fixed_m_per_h)
            if key not in known:
                known[key] = (
                    (float(segment.fixed_m_per_h),) * len(Period)
                    if segment.fixed_m_per_h is not None
                    else speeds.find_speeds(segment.road_class, limit)
                )
            arc_m[i] = max(1, round(segment.length_m))
            for period, m_per_h in zip(Period, known[key], strict=True):
                arc_ds[period][i] = max(1, round(segment.length_m * 36_000 / m_per_h))
            shapes.append(segment.shape[::-1] if is_reversed else segment.shape)
        points = np.concatenate(shapes) if shapes else np.zeros((0, 2))
        network = RoadNetwork(
            name=name,
            node_ids=np.array([d["node_id"] for d in node_data], dtype=np.int64),
            node_easting_m=np.array([d["easting_m"] for d in node_data], dtype=np.float64),
            node_northing_m=np.array([d["northing_m"] for d in node_data], dtype=np.float64),
            arc_from=np.array([a[0] for a in arcs], dtype=np.int32),
            arc_to=np.array([a[1] for a in arcs], dtype=np.int32),
            arc_m=arc_m,
            arc_ds=arc_ds,
            arc_way_id=np.array([self.segments[a[2]].way_id for a in arcs], dtype=np.int64),
            arc_class=np.array(
                [class_position[self.segments[a[2]].road_class] for a in arcs], dtype=np.int16
            ),
            classes=classes,
            arc_shape_from=np.concatenate(
                [[0], np.cumsum([len(s) for s in shapes], dtype=np.int64)]
            ).astype(np.int64),
            shape_easting_m=np.ascontiguousarray(points[:, 0]),
            shape_northing_m=np.ascontiguousarray(points[:, 1]),
            flags=tuple(flags),
            attribution=tuple(attribution),
            arc_segment=np.array([number[a[2]] for a in arcs], dtype=np.int32),
            arc_is_reversed=np.array([a[3] for a in arcs], dtype=np.bool_),
            stretch_from_m=tuple(row[0] for row in stretch),
            stretch_bp=tuple(row[1] for row in stretch),
            walk=walk,
            notes=tuple(self.notes),
        )
        return replace(
            network,
            contraction_order=_find_order(network),
            fingerprint=fingerprint_network(network),
        )


def _find_order(network: RoadNetwork) -> Int32Array:
    """Find the order of contraction now, so that nobody waits for it again."""
    from routing.hierarchy import find_contraction_order

    try:
        return find_contraction_order(network)
    except ModuleNotFoundError:
        return network.contraction_order


def fingerprint_network(network: RoadNetwork) -> str:
    """Fingerprint all that a travel time, a walk or a shape can depend on: 64 hex digits."""
    digest = hashlib.sha256(f"{NETWORK_FORMAT}|{network.name}|{network.flags}".encode())
    digest.update(f"|{network.stretch_from_m}|{network.stretch_bp}|{network.classes}".encode())
    arrays = [
        network.node_easting_m,
        network.node_northing_m,
        network.arc_from,
        network.arc_to,
        network.arc_m,
        *(network.arc_ds[p] for p in Period if p in network.arc_ds),
        network.arc_class,
        network.arc_shape_from,
        network.shape_easting_m,
        network.shape_northing_m,
        network.arc_segment,
        network.arc_is_reversed,
    ]
    if network.walk is not None:
        walk = network.walk
        arrays += [
            walk.node_easting_m,
            walk.node_northing_m,
            walk.edge_u,
            walk.edge_v,
            walk.edge_mm,
            walk.shape_easting_m,
            walk.shape_northing_m,
        ]
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
