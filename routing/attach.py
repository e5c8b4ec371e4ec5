"""Join places to the network as nodes of their own.

Each place becomes a node on the nearest piece of road, which it cuts in two, so that a travel
time between places is a shortest path between nodes of one graph: the triangle inequality then
holds by construction, through every place. Places far from any road, and places beyond the
network, hang on their nearest point of road by a straight arc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.networks import FloatArray, Int32Array, RoadNetwork
from data.places import Period, Place
from data.policy import Policy
from routing.segments import Segments, cut_shape, find_reversed, find_segments

FAR_FROM_ROAD_M = 250
"""A place further than this from a road is reported. [m]"""

NO_FRONTAGE = frozenset({"motorway", "motorway_link", "trunk_link"})
"""Road classes nobody is collected from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A network with the places in it.

    Attributes
    ----------
    network
        The network with more nodes and cut arcs. Nodes of the base network keep their
        positions.
    place_node
        (p,) node of each place, in the order given.
    offset_m
        (p,) distance from the place to its point of road. [m]
    far_from_road
        Ids of places further than `FAR_FROM_ROAD_M` from a road, sorted.
    """

    network: RoadNetwork
    place_node: Int32Array
    offset_m: FloatArray
    far_from_road: tuple[str, ...]


def attach_places(network: RoadNetwork, places: Sequence[Place], policy: Policy) -> Attachment:
    """Join places to a network.

    A place within `FAR_FROM_ROAD_M` is the point of road itself. A place further away, and a
    place beyond the network, is reached from its point of road by a straight line times the
    policy's factor at the policy's speed. Places beyond the network are also joined to each
    other so.

    Raises
    ------
    ValueError
        If the network has no road anybody could be collected from.
    """
    segments = find_segments(network)
    nearest, along_m, offset_m = _find_nearest(network, segments, places)
    cuts: dict[int, set[int]] = {}
    for segment, metre in zip(nearest.tolist(), along_m.tolist(), strict=True):
        cuts.setdefault(segment, set()).add(metre)
    builder = _Builder(network, segments)
    cut_node = builder.cut(cuts)
    place_node = np.array(
        [
            cut_node[(segment, metre)]
            for segment, metre in zip(nearest.tolist(), along_m.tolist(), strict=True)
        ],
        dtype=np.int32,
    )
    hung = [
        i
        for i, place in enumerate(places)
        if place.is_beyond_network or offset_m[i] > FAR_FROM_ROAD_M
    ]
    for i in hung:
        place_node[i] = builder.hang(places[i], int(place_node[i]), policy)
    builder.join_beyond(
        [i for i in hung if places[i].is_beyond_network], places, place_node, policy
    )
    far = sorted(
        place.place_id
        for i, place in enumerate(places)
        if offset_m[i] > FAR_FROM_ROAD_M and not place.is_beyond_network
    )
    return Attachment(
        network=builder.build(),
        place_node=place_node,
        offset_m=offset_m,
        far_from_road=tuple(far),
    )


def _find_nearest(
    network: RoadNetwork, segments: Segments, places: Sequence[Place]
) -> tuple[Int32Array, NDArray[np.int64], FloatArray]:
    """Find the segment nearest each place, the whole metre along it, and the distance to it."""
    import shapely

    barred = np.array([c in NO_FRONTAGE for c in network.classes], dtype=np.bool_)
    arc = segments.shape_arc
    # A cut lies at a whole metre inside the segment, so pieces have at least a metre each.
    usable = np.nonzero(
        (arc >= 0) & (network.arc_m[arc] >= 2) & ~barred[network.arc_class[arc]]
    )[0]
    if not len(usable):
        raise ValueError(f"network {network.name} has no road that places can be joined to")
    arcs = arc[usable]
    start, end = network.arc_shape_from[arcs], network.arc_shape_from[arcs + 1]
    counts = end - start
    points = np.repeat(
        start - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts
    ) + np.arange(int(counts.sum()))
    lines = shapely.linestrings(
        network.shape_easting_m[points],
        network.shape_northing_m[points],
        indices=np.repeat(np.arange(len(usable)), counts),
    )
    at = shapely.points(
        np.array([p.easting_m for p in places], dtype=np.float64),
        np.array([p.northing_m for p in places], dtype=np.float64),
    )
    found = shapely.STRtree(lines).nearest(at)
    near = lines[found]
    offset_m = shapely.distance(near, at)
    share = shapely.line_locate_point(near, at, normalized=True)
    # Along a road open only backward the shape runs against the drawn direction.
    share = np.where(find_reversed(network)[arcs[found]], 1.0 - share, share)
    length_m = network.arc_m[arcs[found]].astype(np.int64)
    along_m = np.clip(np.rint(share * length_m).astype(np.int64), 1, length_m - 1)
    return usable[found].astype(np.int32), along_m, offset_m


class _Builder:
    """Rebuild arcs with cuts and hung places; kept arcs first, new ones behind."""

    def __init__(self, network: RoadNetwork, segments: Segments) -> None:
        self.network = network
        self.segments = segments
        self.is_reversed = find_reversed(network)
        self.n_nodes = len(network.node_ids)
        self.easting_m: list[float] = []
        self.northing_m: list[float] = []
        self.cut_order: list[int] = []
        self.beyond_nodes: list[int] = []
        self.removed: list[int] = []
        self.rows: list[tuple[int, int, int, int, int, int, bool]] = []
        self.times: dict[Period, list[int]] = {p: [] for p in network.arc_ds}
        self.shapes: list[FloatArray] = []
        self.n_segments = int(segments.number.max()) + 1 if len(segments.number) else 0
        self.classes = list(network.classes)

    def add_node(self, easting_m: float, northing_m: float) -> int:
        """Add a node and return its position."""
        self.easting_m.append(easting_m)
        self.northing_m.append(northing_m)
        return self.n_nodes + len(self.easting_m) - 1

    def shape_of(self, arc: int) -> FloatArray:
        """Give the (k, 2) shape of an arc of the base network."""
        part = slice(
            int(self.network.arc_shape_from[arc]), int(self.network.arc_shape_from[arc + 1])
        )
        return np.column_stack(
            [self.network.shape_easting_m[part], self.network.shape_northing_m[part]]
        )

    def cut(self, cuts: dict[int, set[int]]) -> dict[tuple[int, int], int]:
        """Cut each segment at its metres; return the node of every (segment, metre)."""
        node_of: dict[tuple[int, int], int] = {}
        for segment in sorted(cuts):
            metres = sorted(cuts[segment])
            arc = int(self.segments.shape_arc[segment])
            length_m = int(self.network.arc_m[arc])
            drawn = self.shape_of(arc)
            if self.is_reversed[arc]:
                drawn = drawn[::-1]
            pieces = cut_shape(drawn, [m / length_m for m in metres])
            nodes = [self.add_node(*piece[-1]) for piece in pieces[:-1]]
            self.cut_order += nodes
            node_of.update({(segment, m): n for m, n in zip(metres, nodes, strict=True)})
            self._cut_arcs(segment, metres, nodes, pieces)
        return node_of

    def _cut_arcs(
        self, segment: int, metres: list[int], nodes: list[int], pieces: list[FloatArray]
    ) -> None:
        """Replace every arc of a segment by its pieces; the inner ones serve all copies."""
        inner_done: set[bool] = set()
        for arc in self.segments.find_arcs(segment):
            backward = bool(self.is_reversed[arc])
            length_m = int(self.network.arc_m[arc])
            stations = [0, *metres, length_m]
            chain = [-1, *nodes, -1]
            shapes = pieces
            if backward:
                stations = [length_m - s for s in reversed(stations)]
                chain = chain[::-1]
                shapes = [piece[::-1] for piece in reversed(pieces)]
            chain[0], chain[-1] = int(self.network.arc_from[arc]), int(self.network.arc_to[arc])
            # Cumulative rounding: the pieces add up to the whole arc to the decisecond.
            marks = {
                p: [(2 * int(ds[arc]) * s + length_m) // (2 * length_m) for s in stations]
                for p, ds in self.network.arc_ds.items()
            }
            for k in range(len(stations) - 1):
                is_inner = 0 < k < len(stations) - 2
                if is_inner and backward in inner_done:
                    continue
                self.rows.append(
                    (
                        chain[k],
                        chain[k + 1],
                        stations[k + 1] - stations[k],
                        int(self.network.arc_way_id[arc]),
                        int(self.network.arc_class[arc]),
                        segment,
                        backward,
                    )
                )
                for p, at in marks.items():
                    self.times[p].append(at[k + 1] - at[k])
                self.shapes.append(shapes[k])
            inner_done.add(backward)
            self.removed.append(arc)

    def _add_straight(self, u: int, v: int, line: FloatArray, policy: Policy) -> None:
        """Join two nodes both ways by a straight line times the policy's factor."""
        straight_m = float(np.hypot(*(line[-1] - line[0])))
        metres = max(1, math.ceil(straight_m * policy.beyond_network_bp / 10_000))
        time_ds = max(1, math.ceil(metres * 36_000 / policy.beyond_network_m_per_h))
        if "beyond" not in self.classes:
            self.classes.append("beyond")
        for start, end, shape, backward in ((u, v, line, False), (v, u, line[::-1], True)):
            self.rows.append(
                (
                    start,
                    end,
                    metres,
                    -1,
                    self.classes.index("beyond"),
                    self.n_segments,
                    backward,
                )
            )
            for times in self.times.values():
                times.append(time_ds)
            self.shapes.append(shape)
        self.n_segments += 1

    def _position(self, node: int) -> tuple[float, float]:
        """Give the position of a new node."""
        return self.easting_m[node - self.n_nodes], self.northing_m[node - self.n_nodes]

    def hang(self, place: Place, exit_node: int, policy: Policy) -> int:
        """Hang a place on its point of road; return the place's node."""
        node = self.add_node(float(place.easting_m), float(place.northing_m))
        (self.beyond_nodes if place.is_beyond_network else self.cut_order).append(node)
        line = np.array([self._position(exit_node), self._position(node)])
        self._add_straight(exit_node, node, line, policy)
        return node

    def join_beyond(
        self,
        which: list[int],
        places: Sequence[Place],
        place_node: Int32Array,
        policy: Policy,
    ) -> None:
        """Join the places beyond the network to each other."""
        for a, i in enumerate(which):
            for j in which[a + 1 :]:
                line = np.array(
                    [
                        [places[i].easting_m, places[i].northing_m],
                        [places[j].easting_m, places[j].northing_m],
                    ],
                    dtype=np.float64,
                )
                self._add_straight(int(place_node[i]), int(place_node[j]), line, policy)

    def build(self) -> RoadNetwork:
        """Build the network with the places in it."""
        base = self.network
        keep = np.ones(len(base.arc_from), dtype=np.bool_)
        keep[self.removed] = False
        counts = np.diff(base.arc_shape_from)
        keep_points = np.repeat(keep, counts)
        table = list(zip(*self.rows, strict=True)) if self.rows else [()] * 7

        def join(old: NDArray[Any], new: Any) -> NDArray[Any]:
            return np.concatenate([old, np.array(new, dtype=old.dtype)])

        new_points = np.concatenate(self.shapes) if self.shapes else np.zeros((0, 2))
        n_new = len(self.easting_m)
        return replace(
            base,
            node_ids=join(base.node_ids, [-1 - i for i in range(n_new)]),
            node_easting_m=join(base.node_easting_m, self.easting_m),
            node_northing_m=join(base.node_northing_m, self.northing_m),
            arc_from=join(base.arc_from[keep], table[0]),
            arc_to=join(base.arc_to[keep], table[1]),
            arc_m=join(base.arc_m[keep], table[2]),
            arc_ds={p: join(ds[keep], self.times[p]) for p, ds in base.arc_ds.items()},
            arc_way_id=join(base.arc_way_id[keep], table[3]),
            arc_class=join(base.arc_class[keep], table[4]),
            classes=tuple(self.classes),
            arc_shape_from=np.concatenate(
                [[0], np.cumsum(np.concatenate([counts[keep], [len(s) for s in self.shapes]]))]
            ).astype(np.int64),
            shape_easting_m=join(base.shape_easting_m[keep_points], new_points[:, 0]),
            shape_northing_m=join(base.shape_northing_m[keep_points], new_points[:, 1]),
            arc_segment=join(self.segments.number[keep], table[5]),
            arc_is_reversed=join(self.is_reversed[keep], table[6]),
            # A node in the middle of a road is contracted first and adds no shortcut but the
            # road itself; long arcs between places beyond the network go last.
            contraction_order=(
                np.concatenate(
                    [
                        np.array(self.cut_order[::-1], dtype=np.int32),
                        base.contraction_order,
                        np.array(self.beyond_nodes, dtype=np.int32),
                    ]
                )
                if len(base.contraction_order)
                else base.contraction_order
            ),
            walk=None,
            fingerprint="",
        )
