"""Pieces of road between junctions: which arcs drive along each, and cutting their shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.networks import FloatArray, Int32Array, RoadNetwork


@dataclass(frozen=True, slots=True)
class Segments:
    """Pieces of road.

    Attributes
    ----------
    number
        (a,) segment of each arc.
    shape_arc
        (s,) the arc whose shape stands for each segment, -1 where none is left.
    """

    number: Int32Array
    shape_arc: Int32Array
    arcs_by_segment: tuple[NDArray[np.int64], NDArray[np.int64]]

    def find_arcs(self, segment: int) -> list[int]:
        """Find the arcs of a segment, both directions and copies."""
        order, start = self.arcs_by_segment
        arcs: list[int] = order[start[segment] : start[segment + 1]].tolist()
        return arcs


def find_segments(network: RoadNetwork) -> Segments:
    """Group arcs by segment."""
    n_arcs = len(network.arc_from)
    number = (
        network.arc_segment if len(network.arc_segment) else np.arange(n_arcs, dtype=np.int32)
    )
    order = np.argsort(number, kind="stable")
    n_segments = int(number.max()) + 1 if n_arcs else 0
    start = np.searchsorted(number[order], np.arange(n_segments + 1))
    # The forward arc carries the shape in the drawn direction; a road open only backward has
    # none.
    is_reversed = find_reversed(network)
    shape_arc = np.full(n_segments, -1, dtype=np.int32)
    backward = np.nonzero(is_reversed)[0]
    forward = np.nonzero(~is_reversed)[0]
    shape_arc[number[backward[::-1]]] = backward[::-1]
    shape_arc[number[forward[::-1]]] = forward[::-1]
    return Segments(number, shape_arc, (order, start))


def find_shape_arcs(network: RoadNetwork) -> Int32Array:
    """Find one arc for each piece of road: in its drawn direction where there is one."""
    arcs = find_segments(network).shape_arc
    found: Int32Array = arcs[arcs >= 0]
    return found


def find_reversed(network: RoadNetwork) -> NDArray[np.bool_]:
    """Find which arcs run against their segment."""
    if len(network.arc_is_reversed):
        return network.arc_is_reversed
    return np.zeros(len(network.arc_from), dtype=np.bool_)


def cut_shape(shape: FloatArray, shares: Sequence[float]) -> list[FloatArray]:
    """Cut a (k, 2) shape at shares of its length, ascending in 0..1, into one more pieces."""
    steps = np.hypot(*np.diff(shape, axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    total = float(at[-1])
    pieces: list[FloatArray] = []
    last_point, last_at = shape[0], 0.0
    for share in [*shares, 1.0]:
        where = share * total
        point = (
            shape[-1]
            if share >= 1.0
            else np.array(
                [np.interp(where, at, shape[:, 0]), np.interp(where, at, shape[:, 1])]
            )
        )
        inner = shape[(at > last_at) & (at < where)]
        pieces.append(np.vstack([last_point, inner, point]))
        last_point, last_at = point, where
    return pieces
