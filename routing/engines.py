"""Fastest paths: one protocol, two engines that give equal answers.

Both engines minimise (deciseconds, metres) in that order. The pair is one whole number, the
*key*: deciseconds x 2**24 + metres. The least key of two nodes is unique, so "the length of the
fastest path" has one meaning even where two paths take equally long: it is the shorter of them.
Both engines find it without unpacking a path, and unpack a path with just that key when asked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from data.errors import SolverError
from data.networks import FloatArray, Int32Array, RoadNetwork
from data.places import Period

KEY_BITS = 24
"""Bits of a key that hold metres: paths up to 16 777 km."""
KEY_METRES = (1 << KEY_BITS) - 1

NO_PATH = -1

_LOG = logging.getLogger("wayfare.routing")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadPath:
    """A fastest path.

    Attributes
    ----------
    arcs
        Arc positions in driving order; empty from a node to itself.
    time_ds
        Travel time. [0.1 s]
    length_m
        Length. [m]
    """

    arcs: Int32Array
    time_ds: int
    length_m: int


class RoadEngine(Protocol):
    """What the travel matrix and the maps need of a network."""

    @property
    def network(self) -> RoadNetwork:
        """The network searched."""
        ...

    def measure_rows(
        self, sources: Sequence[int], targets: Sequence[int], period: Period
    ) -> Iterator[tuple[int, Int32Array, Int32Array]]:
        """Measure fastest paths, some rows at a time.

        Yields the position of the first source, then (rows, targets) times [0.1 s] and lengths
        of those same paths [m], -1 where there is no path.
        """
        ...

    def find_path(self, source: int, target: int, period: Period) -> RoadPath | None:
        """Find the fastest path between two nodes, or None."""
        ...


def build_engine(network: RoadNetwork, kind: str = "cch") -> RoadEngine:
    """Build an engine: ``cch`` (contraction hierarchy) or ``dijkstra`` (scipy; the oracle).

    Where routingkit-cch is not installed and the network brings no order of contraction,
    ``cch`` falls back to ``dijkstra``: slower, with equal answers.

    Raises
    ------
    ValueError
        If there is no engine of that name.
    """
    if kind == "cch":
        from routing.hierarchy import HierarchyEngine

        try:
            return HierarchyEngine(network)
        except ModuleNotFoundError as error:
            _LOG.warning("no order of contraction, falling back to Dijkstra: %s", error)
            return DijkstraEngine(network)
    if kind == "dijkstra":
        return DijkstraEngine(network)
    raise ValueError(f"no road engine {kind!r}: give 'cch' or 'dijkstra'")


def measure_legs(
    engine: RoadEngine, sources: Sequence[int], targets: Sequence[int], period: Period
) -> tuple[Int32Array, Int32Array]:
    """Measure all fastest paths at once: (n, m) times [0.1 s] and lengths [m], -1 for none."""
    time_ds = np.full((len(sources), len(targets)), NO_PATH, dtype=np.int32)
    length_m = np.full_like(time_ds, NO_PATH)
    for first, rows_ds, rows_m in engine.measure_rows(sources, targets, period):
        time_ds[first : first + len(rows_ds)] = rows_ds
        length_m[first : first + len(rows_m)] = rows_m
    return time_ds, length_m


def build_keys(network: RoadNetwork, period: Period) -> NDArray[np.int64]:
    """Join time and length of every arc in one number.

    Raises
    ------
    ValueError
        If an arc has a negative time or no length, or the network has no times for the period.
    """
    if period not in network.arc_ds:
        raise ValueError(f"network {network.name} has no travel times for {period}")
    arc_ds = network.arc_ds[period].astype(np.int64)
    arc_m = network.arc_m.astype(np.int64)
    if len(arc_ds) and (arc_ds.min() < 0 or arc_m.min() < 1):
        raise ValueError(
            f"network {network.name} has arcs without length or with negative time"
        )
    return (arc_ds << KEY_BITS) | arc_m


def measure_path(network: RoadNetwork, arcs: Int32Array, period: Period) -> RoadPath:
    """Add up the times and lengths of arcs driven one after the other."""
    return RoadPath(
        arcs=arcs,
        time_ds=int(network.arc_ds[period][arcs].sum(dtype=np.int64)),
        length_m=int(network.arc_m[arcs].sum(dtype=np.int64)),
    )


class DijkstraEngine:
    """Fastest paths by scipy's Dijkstra: slow, exact, always installs; the oracle of the tests.

    Keys stay below 2**53, so double precision holds them exactly.
    """

    ROWS = 100

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        self._graphs: dict[Period, tuple[object, NDArray[np.int64]]] = {}

    @property
    def network(self) -> RoadNetwork:
        """The network searched."""
        return self._network

    def _find_graph(self, period: Period) -> tuple[object, NDArray[np.int64]]:
        """Build the sparse graph of a period: least key of parallel arcs, and its arc."""
        if period not in self._graphs:
            from scipy.sparse import csr_matrix

            network = self._network
            n = len(network.node_ids)
            keys = build_keys(network, period)
            if len(keys) and int(keys.max()) >= 1 << 53:
                raise ValueError("arc times are too long for the scipy engine")
            pair = network.arc_from.astype(np.int64) * n + network.arc_to
            order = np.lexsort((keys, pair))
            # scipy adds parallel arcs up: keep the best of each pair of nodes.
            first = np.ones(len(order), dtype=np.bool_)
            first[1:] = pair[order][1:] != pair[order][:-1]
            best = order[first]
            graph = csr_matrix(
                (keys[best].astype(np.float64), (network.arc_from[best], network.arc_to[best])),
                shape=(n, n),
            )
            self._graphs[period] = (graph, best[np.argsort(pair[best], kind="stable")])
        return self._graphs[period]

    def measure_rows(
        self, sources: Sequence[int], targets: Sequence[int], period: Period
    ) -> Iterator[tuple[int, Int32Array, Int32Array]]:
        """Measure fastest paths, `ROWS` sources at a time."""
        from scipy.sparse.csgraph import dijkstra

        graph, _ = self._find_graph(period)
        source_array = np.asarray(sources, dtype=np.int64)
        target_array = np.asarray(targets, dtype=np.int64)
        for first in range(0, len(source_array), self.ROWS):
            found = dijkstra(graph, indices=source_array[first : first + self.ROWS])
            keys = found[:, target_array]
            yield first, *split_keys(keys)

    def find_path(self, source: int, target: int, period: Period) -> RoadPath | None:
        """Find the fastest path between two nodes, or None."""
        from scipy.sparse.csgraph import dijkstra

        graph, best = self._find_graph(period)
        found, before = dijkstra(graph, indices=source, return_predecessors=True)
        if not np.isfinite(found[target]):
            return None
        n = len(self._network.node_ids)
        pair = self._network.arc_from[best].astype(np.int64) * n + self._network.arc_to[best]
        arcs: list[int] = []
        node = target
        while node != source:
            previous = int(before[node])
            arcs.append(int(best[np.searchsorted(pair, previous * n + node)]))
            node = previous
        path = measure_path(self._network, np.array(arcs[::-1], dtype=np.int32), period)
        if (path.time_ds << KEY_BITS | path.length_m) != int(found[target]):
            raise SolverError("a path does not add up to its own length")
        return path


def split_keys(keys: NDArray[Any]) -> tuple[Int32Array, Int32Array]:
    """Split keys into times [0.1 s] and lengths [m]; infinite or negative keys give -1."""
    is_path = np.isfinite(keys) & (keys >= 0)
    whole = np.where(is_path, keys, 0).astype(np.int64)
    time_ds = np.where(is_path, whole >> KEY_BITS, NO_PATH).astype(np.int32)
    length_m = np.where(is_path, whole & KEY_METRES, NO_PATH).astype(np.int32)
    return time_ds, length_m


def find_shape(network: RoadNetwork, arcs: Int32Array) -> FloatArray:
    """Join the shapes of arcs driven one after the other: (k, 2) easting and northing. [m]"""
    parts = [
        np.column_stack(
            [
                network.shape_easting_m[
                    network.arc_shape_from[a] : network.arc_shape_from[a + 1]
                ],
                network.shape_northing_m[
                    network.arc_shape_from[a] : network.arc_shape_from[a + 1]
                ],
            ]
        )
        for a in arcs.tolist()
    ]
    if not parts:
        return np.zeros((0, 2))
    line = np.concatenate(parts)
    is_new = np.ones(len(line), dtype=np.bool_)
    is_new[1:] = np.any(line[1:] != line[:-1], axis=1)
    return line[is_new]
