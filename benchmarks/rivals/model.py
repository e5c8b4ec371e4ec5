"""One neutral description of a case, from which each rival's own model is made.

Nodes are numbered as the family's file numbers them where it can be done; a vehicle type has
a start and an end node (or none: a route that begins anywhere, or ends anywhere, at no cost).
Costs are in the unit of the family's objective, times in the unit of its file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.families.family import VehicleRoute

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalType:
    """One type of vehicle.

    Attributes
    ----------
    n_vehicles
        How many there are.
    capacity
        One number for each dimension of the load.
    fixed
        Cost of each vehicle used.
    per_distance, per_time
        Cost of each unit of distance, and of each unit of time between the first service and
        the last.
    start, end
        Node where it begins and ends; None for anywhere.
    from_time, by_time
        When it may be out.
    max_time, max_distance
        Limits on the time from start to end and on the distance; None for none.
    """

    name: str
    n_vehicles: int
    capacity: tuple[int, ...]
    fixed: float = 0.0
    per_distance: float = 1.0
    per_time: float = 0.0
    start: int | None = 0
    end: int | None = 0
    from_time: float = 0.0
    by_time: float = 1e9
    max_time: float | None = None
    max_distance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalPair:
    """A pick-up and its drop.

    Attributes
    ----------
    max_ride
        Limit on the time from the end of service at the pick-up to the arrival at the drop.
    """

    pick_up: int
    drop: int
    max_ride: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RivalModel:
    """A case as rivals see it.

    Attributes
    ----------
    distance, duration
        (m, m) of nodes, as given: neither closed nor rounded.
    service, from_time, by_time
        (m,) of nodes; the window is of the arrival's service.
    load
        (m, d) taken aboard at the node in each dimension, negative where it leaves.
    visits
        Nodes without a partner that are to be visited once (deliveries from the depot).
    pairs
        Pick-ups and drops.
    is_waiting_free
        Whether a vehicle may wait anywhere.
    beyond
        Rules of the family which this description cannot state: relaxed for every rival.
    finish
        Turns a rival's routes into the family's own (joins equal visits of a school, finds
        times, names vehicles); None where they are the same.
    """

    distance: FloatArray
    duration: FloatArray
    service: FloatArray
    from_time: FloatArray
    by_time: FloatArray
    load: NDArray[np.int64]
    types: tuple[RivalType, ...]
    visits: tuple[int, ...] = ()
    pairs: tuple[RivalPair, ...] = ()
    beyond: tuple[str, ...] = ()
    finish: Callable[[tuple[VehicleRoute, ...]], tuple[VehicleRoute, ...]] | None = None

    @property
    def n_nodes(self) -> int:
        """How many nodes there are."""
        return len(self.service)
