"""The fast engine: a customisable contraction hierarchy.

The order of contraction and an independent check of the times come from routingkit-cch. Its own
queries hold 32-bit times only, and cannot tell the length of the path a time belongs to; ours
hold the (time, length) key in 64 bits and sweep several sources at once.

Method: J. Dibbelt, B. Strasser, D. Wagner, Customizable Contraction Hierarchies, ACM Journal of
Experimental Algorithmics 21, 2016, article 1.5, sections 4 to 7; D. Delling, A. V. Goldberg,
R. F. Werneck, Faster batched shortest paths in road networks, ATMOS 2011, for sweeps over the
targets' ancestors only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import SolverError
from data.networks import Int32Array, RoadNetwork
from data.places import Period
from routing.engines import KEY_BITS, NO_PATH, RoadPath, build_keys, measure_path, split_keys
from routing.kernels import hierarchy as kernels

_ROWS = 64
_MAX_THREADS = 4


@dataclass(frozen=True, slots=True)
class _Metric:
    """Customised keys of one period."""

    up_key: NDArray[np.int64]
    down_key: NDArray[np.int64]
    up_arc: Int32Array
    down_arc: Int32Array
    up_via: Int32Array
    down_via: Int32Array


class HierarchyEngine:
    """Fastest paths by a contraction hierarchy."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network
        n = len(network.node_ids)
        order = network.contraction_order
        if len(order) != n:
            order = find_contraction_order(network)
        if not np.array_equal(np.sort(order), np.arange(n)):
            raise ValueError(f"the contraction order of network {network.name} is not one")
        rank = np.empty(n, dtype=np.int32)
        rank[order] = np.arange(n, dtype=np.int32)
        self._rank = rank
        self._from = rank[network.arc_from]
        self._to = rank[network.arc_to]
        low = np.minimum(self._from, self._to).astype(np.int64)
        high = np.maximum(self._from, self._to).astype(np.int64)
        pairs = np.unique((low * n + high)[low != high])
        first = np.searchsorted(pairs // n, np.arange(n + 1)).astype(np.int64)
        self._up_first, self._up_head = kernels.contract(first, (pairs % n).astype(np.int32))
        self._owner = np.repeat(np.arange(n, dtype=np.int32), np.diff(self._up_first))
        self._metrics: dict[Period, _Metric] = {}

    @property
    def network(self) -> RoadNetwork:
        """The network searched."""
        return self._network

    def _find_metric(self, period: Period) -> _Metric:
        """Customise the hierarchy for a period, once."""
        if period not in self._metrics:
            keys = build_keys(self._network, period)
            up_key, down_key, up_arc, down_arc = kernels.lay_arcs(
                self._up_first, self._up_head, self._from, self._to, keys
            )
            up_via, down_via = kernels.customise(
                self._up_first, self._up_head, up_key, down_key
            )
            self._metrics[period] = _Metric(
                up_key, down_key, up_arc, down_arc, up_via, down_via
            )
        return self._metrics[period]

    def measure_rows(
        self, sources: Sequence[int], targets: Sequence[int], period: Period
    ) -> Iterator[tuple[int, Int32Array, Int32Array]]:
        """Measure fastest paths, some rows at a time, on all cores."""
        metric = self._find_metric(period)
        source_ranks = self._rank[np.asarray(sources, dtype=np.int64)]
        target_ranks = self._rank[np.asarray(targets, dtype=np.int64)]
        selected = kernels.select(self._up_first, self._up_head, metric.down_key, target_ranks)

        def measure(first: int) -> tuple[int, Int32Array, Int32Array]:
            keys = kernels.sweep_all(
                self._up_first,
                self._up_head,
                metric.up_key,
                selected,
                source_ranks[first : first + _ROWS],
            )
            return first, *split_keys(keys)

        starts = range(0, len(source_ranks), _ROWS)
        n_threads = min(_MAX_THREADS, os.cpu_count() or 1)
        with ThreadPoolExecutor(n_threads) as pool:
            # A few chunks ahead of the reader, not all of them: the rows are large.
            for k in range(0, len(starts), n_threads * 2):
                yield from pool.map(measure, starts[k : k + n_threads * 2])

    def find_path(self, source: int, target: int, period: Period) -> RoadPath | None:
        """Find the fastest path between two nodes, or None."""
        metric = self._find_metric(period)
        arcs, key = kernels.find_arcs(
            self._up_first,
            self._up_head,
            self._owner,
            metric.up_key,
            metric.down_key,
            metric.up_arc,
            metric.down_arc,
            metric.up_via,
            metric.down_via,
            self._rank[source],
            self._rank[target],
        )
        if key < 0:
            return None
        path = measure_path(self._network, arcs.astype(np.int32), period)
        if (path.time_ds << KEY_BITS | path.length_m) != key:
            raise SolverError("a path does not add up to its own length")
        return path


def find_contraction_order(network: RoadNetwork) -> Int32Array:
    """Find a good order of contraction by inertial flow, (n,) node positions."""
    import routingkit_cch

    order = routingkit_cch.compute_order_inertial(
        len(network.node_ids),
        network.arc_from.tolist(),
        network.arc_to.tolist(),
        network.node_northing_m.tolist(),
        network.node_easting_m.tolist(),
    )
    return np.array(order, dtype=np.int32)


class LibraryTimes:
    """Travel times by routingkit-cch's own queries: an independent check of ours.

    Every query is dropped before the metric it reads, and a missing path comes as None.
    """

    def __init__(self, network: RoadNetwork) -> None:
        import routingkit_cch

        order = network.contraction_order
        if len(order) != len(network.node_ids):
            order = find_contraction_order(network)
        self._library: Any = routingkit_cch
        self._network = network
        self._cch: Any = routingkit_cch.CCH(
            order.tolist(), network.arc_from.tolist(), network.arc_to.tolist(), False
        )
        self._metrics: dict[Period, Any] = {}

    def measure_times(
        self, sources: Sequence[int], targets: Sequence[int], period: Period
    ) -> Int32Array:
        """Measure travel times, (n, m); -1 where there is no path. [0.1 s]"""
        if period not in self._metrics:
            weights = self._network.arc_ds[period].tolist()
            self._metrics[period] = self._library.CCHMetric(self._cch, weights)
        metric = self._metrics[period]
        query = self._library.CCHOneToMany(metric, list(targets))
        rows = [query.distances_from(int(source)) for source in sources]
        del query
        return np.array(
            [[NO_PATH if ds is None else ds for ds in row] for row in rows], dtype=np.int32
        ).reshape(len(sources), len(targets))
