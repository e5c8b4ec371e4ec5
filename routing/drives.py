"""Shortest drives: the distance by road that the limits of six and fifteen miles are set in.

Not the quickest way, which the travel matrix has, but the shortest one that a motor vehicle may
take: one-ways and turn bans hold. Sums are whole millimetres.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from data.networks import RoadNetwork
from data.places import Place
from data.policy import Policy
from routing.attach import attach_places
from routing.bng import measure_line_lengths

_ROWS = 64


def measure_drives(
    network: RoadNetwork,
    places: Sequence[Place],
    pairs: Sequence[tuple[str, str]],
    *,
    policy: Policy | None = None,
) -> NDArray[np.int64]:
    """Measure the shortest drive of each pair of place ids, (n,) int64; -1 for none. [mm]

    A place is its nearest point of road, as in the travel matrix.

    Raises
    ------
    ValueError
        If a place is not among `places`.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    by_id = {p.place_id: p for p in places}
    used = sorted({i for pair in pairs for i in pair})
    unknown = [i for i in used if i not in by_id]
    if unknown:
        raise ValueError(f"drives name unknown places: {', '.join(unknown[:10])}")
    result = np.full(len(pairs), -1, dtype=np.int64)
    if not pairs:
        return result
    attached = attach_places(network, [by_id[i] for i in used], policy or Policy())
    whole = attached.network
    n_nodes = len(whole.node_ids)
    lengths_mm = _measure_arcs(whole)
    key = whole.arc_from.astype(np.int64) * n_nodes + whole.arc_to
    order = np.lexsort((lengths_mm, key))
    # Of arcs side by side the shortest counts; a sparse matrix would add them up.
    first = np.concatenate([[True], np.diff(key[order]) != 0])
    best = order[first]
    graph = csr_matrix(
        (
            lengths_mm[best].astype(np.float64),
            (whole.arc_from[best].astype(np.int64), whole.arc_to[best].astype(np.int64)),
        ),
        shape=(n_nodes, n_nodes),
    )
    position = {place_id: k for k, place_id in enumerate(used)}
    by_source: dict[int, list[int]] = {}
    for row, (start, _) in enumerate(pairs):
        by_source.setdefault(position[start], []).append(row)
    sources = sorted(by_source)
    for at in range(0, len(sources), _ROWS):
        chunk = sources[at : at + _ROWS]
        found = dijkstra(graph, indices=attached.place_node[chunk])
        for k, source in enumerate(chunk):
            for row in by_source[source]:
                reached = found[k, attached.place_node[position[pairs[row][1]]]]
                if np.isfinite(reached):
                    result[row] = int(reached)
    return result


def _measure_arcs(network: RoadNetwork) -> NDArray[np.int64]:
    """Measure each arc, at least a millimetre. [mm]

    An arc's metres are its drawn length rounded, and then the drawn length is used; where a
    network stretches its lengths on purpose, the stretched ones stand.
    """
    drawn_mm = np.rint(
        measure_line_lengths(
            network.arc_shape_from, network.shape_easting_m, network.shape_northing_m
        )
        * 1000
    ).astype(np.int64)
    whole_mm = network.arc_m.astype(np.int64) * 1000
    is_drawn = np.abs(drawn_mm - whole_mm) <= 1000
    found: NDArray[np.int64] = np.maximum(1, np.where(is_drawn, drawn_mm, whole_mm))
    return found
