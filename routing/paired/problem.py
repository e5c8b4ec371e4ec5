"""The paired form of a problem: requests with a pick-up and a drop-off each, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32Array = NDArray[np.int32]

MAX_TICKS = 1 << 28
"""Times and costs of single legs stay under this, so that sums of a few fit 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedProblem:
    """Requests to be served by vehicles that start at one depot and end at one.

    Nodes: request i is picked up at node i and dropped off at node n + i; vehicles start at
    node 2 n and end at node 2 n + 1. Times are whole ticks and costs whole cost units, of any
    fineness: seconds and pence, or fractions of a benchmark's unit.

    Attributes
    ----------
    duration_t
        (2 n + 2, 2 n + 2) travel times. [ticks]
    cost_c
        (2 n + 2, 2 n + 2) cost of each leg. [cost units]
    from_t, by_t
        (2 n + 2,) earliest and latest begin of service; of the last node, of arriving. [ticks]
    service_t
        (2 n + 2,) length of service. [ticks]
    load
        (n, d) what each request takes in each dimension, e.g. seats and wheelchair spaces.
    capacity
        (d,) what a vehicle holds in each dimension.
    max_ride_t
        (n,) longest ride from the end of the pick-up to the begin of the drop-off; -1: any.
        [ticks]
    max_route_t
        Longest time from the begin at the first node to the begin at the last; -1: any.
        [ticks]
    n_vehicles
        Vehicles there are.
    vehicle_c
        Price of using a vehicle at all. [cost units]
    unserved_c
        Price of a request that is not served. [cost units]
    is_fewest_vehicles
        Whether fewer vehicles come before any other saving.
    is_waiting_aboard
        Whether a vehicle may wait with somebody aboard.
    """

    duration_t: Int32Array
    cost_c: Int32Array
    from_t: Int32Array
    by_t: Int32Array
    service_t: Int32Array
    load: Int32Array
    capacity: Int32Array
    max_ride_t: Int32Array
    max_route_t: int = -1
    n_vehicles: int
    vehicle_c: int = 0
    unserved_c: int
    is_fewest_vehicles: bool = False
    is_waiting_aboard: bool = True

    def __post_init__(self) -> None:
        n = len(self.load)
        nodes = 2 * n + 2
        if self.duration_t.shape != (nodes, nodes) or self.cost_c.shape != (nodes, nodes):
            raise ValueError(f"travel times and costs must be {nodes} x {nodes}")
        for name in ("from_t", "by_t", "service_t"):
            if getattr(self, name).shape != (nodes,):
                raise ValueError(f"{name} must hold {nodes} numbers")
        if self.load.ndim != 2 or self.capacity.shape != (self.load.shape[1],):
            raise ValueError("load and capacity must have the same dimensions")
        if self.max_ride_t.shape != (n,):
            raise ValueError("there must be one ride limit for each request")
        if self.n_vehicles < 0 or self.unserved_c < 0 or self.vehicle_c < 0:
            raise ValueError("a count or a price must not be negative")
        for values in (self.duration_t, self.service_t, self.from_t, self.by_t, self.load):
            if values.size and (values.min() < 0 or values.max() >= MAX_TICKS):
                raise ValueError(f"times and loads must lie from 0 to {MAX_TICKS - 1}")
        if self.cost_c.size and np.abs(self.cost_c).max() >= MAX_TICKS:
            raise ValueError(f"costs of a leg must lie under {MAX_TICKS}")

    @property
    def n_requests(self) -> int:
        """Number of requests."""
        return len(self.load)
