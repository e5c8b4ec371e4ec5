"""Roads as arrays, and the travel matrix made from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from data.places import Period

Int32Array = NDArray[np.int32]
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOverride:
    """A planner's correction of one way of the source.

    Attributes
    ----------
    way_id
        The source's own identifier, as text.
    is_closed
        No vehicle may use the way.
    m_per_h
        Speed in every period in place of the class speed, or None. [m/h]
    is_walk_unavailable
        The way does not count as an available walking route.
    note
        Why, in the planner's words.
    """

    way_id: str
    is_closed: bool = False
    m_per_h: int | None = None
    is_walk_unavailable: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkNetwork:
    """An undirected graph of ways a person may walk; n nodes, e edges.

    Lengths are millimetres, so that a walk near a statutory limit is not moved by rounding.

    Attributes
    ----------
    edge_u, edge_v
        (e,) node positions; each edge is walked both ways.
    edge_mm
        (e,) length. [mm]
    edge_way_id
        (e,) way of the source.
    edge_class
        (e,) position in ``classes``.
    edge_shape_from
        (e + 1,) where each edge's shape points start.
    """

    node_ids: NDArray[np.int64]
    node_easting_m: FloatArray
    node_northing_m: FloatArray
    edge_u: Int32Array
    edge_v: Int32Array
    edge_mm: NDArray[np.int64]
    edge_way_id: NDArray[np.int64]
    edge_class: NDArray[np.int16]
    classes: tuple[str, ...]
    edge_shape_from: NDArray[np.int64]
    shape_easting_m: FloatArray
    shape_northing_m: FloatArray


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
    arc_segment
        (a,) the piece of road between two junctions the arc drives along. Both directions of a
        piece, and the copies made where turns are banned, share one number. Empty: each arc is
        a piece of its own.
    arc_is_reversed
        (a,) whether the arc runs against the direction its piece was drawn in. Empty: none
        does.
    contraction_order
        (n,) node positions in the order the fast engine contracts them; empty when not known.
    stretch_from_m, stretch_bp
        Where a schematic network is known to be too short, the concave stretch of a path's
        length: each metre beyond ``stretch_from_m[i]`` counts ``stretch_bp[i]``. Concave, so
        the triangle inequality survives it. Empty for real roads. [m], [0.01 %]
    walk
        The walking graph, or None when walks use the roads themselves.
    notes
        What the import kept, mended and dropped, one sentence each.
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
    arc_segment: Int32Array = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    arc_is_reversed: NDArray[np.bool_] = field(
        default_factory=lambda: np.zeros(0, dtype=np.bool_)
    )
    contraction_order: Int32Array = field(default_factory=lambda: np.zeros(0, dtype=np.int32))
    stretch_from_m: tuple[int, ...] = ()
    stretch_bp: tuple[int, ...] = ()
    walk: WalkNetwork | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_schematic(self) -> bool:
        """Whether the network stands in for roads and must never be drawn as streets."""
        return "schematic_network" in self.flags


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

    @cached_property
    def kept(self) -> dict[tuple[Period, bool], tuple[Int32Array, Int32Array]]:
        """Arrays worked out from the matrix, kept with it; no part of its content."""
        return {}

    @cached_property
    def walk_m(self) -> dict[tuple[str, str], int]:
        """Length of each walk, by home place and pick-up point place. [m]"""
        return {(home, point): walk_m for home, point, walk_m in self.walks}

    @cached_property
    def walks_from(self) -> dict[str, list[tuple[str, int]]]:
        """Pick-up point places within a walk of each home place, with its length. [m]"""
        found: dict[str, list[tuple[str, int]]] = {}
        for home, point, walk_m in self.walks:
            found.setdefault(home, []).append((point, walk_m))
        return found

    def __getstate__(self) -> dict[str, object]:
        """Give what is sent to another process: the content, not what was worked out of it."""
        return {f.name: getattr(self, f.name) for f in fields(self)}
