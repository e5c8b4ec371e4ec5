"""Roads as arrays, and the travel matrix made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.places import Period

Int32Array = NDArray[np.int32]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadNetwork:
    """A directed road graph as arrays; n nodes, a arcs.

    Attributes
    ----------
    node_easting_m, node_northing_m
        (n,) British National Grid. [m]
    node_ids
        (n,) int64 identifiers of the source.
    arc_from, arc_to
        (a,) node positions.
    arc_m
        (a,) length. [m]
    arc_ds
        Per period, (a,) travel time. [0.1 s]
    arc_way_id
        (a,) way of the source, for planners' overrides.
    arc_class
        (a,) position in ``classes``.
    arc_shape_from
        (a + 1,) where each arc's shape points start in ``shape_easting_m``.
    flags
        Gaps of the source that travel with every result: ``schematic_network``,
        ``no_one_ways``, ``no_turn_restrictions``, ``no_footpaths``, ``not_for_eligibility``,
        ``not_english_law``.
    """

    name: str
    node_ids: NDArray[np.int64]
    node_easting_m: FloatArray
    node_northing_m: FloatArray
    arc_from: Int32Array
    arc_to: Int32Array
    arc_m: Int32Array
    arc_ds: Mapping[Period, Int32Array]
    arc_way_id: NDArray[np.int64]
    arc_class: NDArray[np.int16]
    classes: tuple[str, ...]
    arc_shape_from: NDArray[np.int64]
    shape_easting_m: FloatArray
    shape_northing_m: FloatArray
    flags: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, kw_only=True)
class TravelMatrix:
    """Fastest-path times and the length of those same paths between places.

    Attributes
    ----------
    place_ids
        (n,) in sorted order; rows and columns of the arrays.
    duration_s
        Per period, (n, n) int32; -1 where there is no path. Whole seconds rounded up, so the
        triangle inequality holds. [s]
    distance_m
        Per period, (n, n) int32: length of the path the time belongs to; -1 for no path. [m]
    walks
        Walks a passenger may be asked to make: (home place id, pick-up point place id, metres),
        sorted; only pairs within some passenger's limit.
    flags
        The network's flags, and ``beyond_network`` if any place lies outside it.
    far_from_road
        Places further than 250 m from a road.
    """

    place_ids: tuple[str, ...]
    duration_s: Mapping[Period, Int32Array]
    distance_m: Mapping[Period, Int32Array]
    walks: tuple[tuple[str, str, int], ...] = ()
    flags: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    fingerprint: str = ""
    far_from_road: tuple[str, ...] = field(default=())

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each place id."""
        return {place_id: i for i, place_id in enumerate(self.place_ids)}
