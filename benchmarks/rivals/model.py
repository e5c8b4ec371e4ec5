"""One neutral description of a case, from which each rival's own model is made.

Costs are in the unit of the family's objective, times and distances in units of its file. All
rivals count in whole numbers: times are rounded up to ticks, so that what they allow is
allowed by the file; distances are rounded to the nearest of the same fineness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.families.family import VehicleRoute

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
NEVER = 1e7
"""A closing time that does not bind, in the family's unit of time."""


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
        Cost of each unit of distance, and of each unit of time from start to end.
    start, end
        Nodes where it begins and ends.
    from_time, by_time
        When it may be out.
    max_time, max_distance
        Limits on the time from start to end and on the distance; None for none.
    is_skilled
        Whether it may serve nodes that need a skilled vehicle.
    """

    name: str
    n_vehicles: int
    capacity: tuple[int, ...]
    fixed: float = 0.0
    per_distance: float = 1.0
    per_time: float = 0.0
    start: int = 0
    end: int = 0
    from_time: float = 0.0
    by_time: float = NEVER
    max_time: float | None = None
    max_distance: float | None = None
    is_skilled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RivalPair:
    """A pick-up and its drop.

    Attributes
    ----------
    max_ride
        Limit on the time from the end of service at the pick-up to the arrival at the drop.
    safe_from
        A later opening of the pick-up that makes the ride limit hold by itself, for rivals that
        cannot state it; None where the family has the limit relaxed instead.
    """

    pick_up: int
    drop: int
    max_ride: float | None = None
    safe_from: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RivalModel:
    """A case as rivals see it.

    Attributes
    ----------
    distance, duration
        (m, m) of nodes, as given: not closed.
    service, from_time, by_time
        (m,) of nodes; the window is that of the begin of service.
    load
        (m, d) taken aboard at the node in each dimension; where a pair leaves, nothing.
    needs_skill
        (m,) whether the node needs a skilled vehicle.
    visits
        Nodes without a partner that are to be visited once, collecting their load.
    pairs
        Pick-ups and drops.
    ticks
        Whole ticks to a unit of time and of distance.
    money
        Whole units of money to the cost of a tick at a price of one.
    beyond
        Rules of the family which this description cannot state: relaxed for every rival.
    finish
        Turns a rival's routes into the family's own.
    """

    distance: FloatArray
    duration: FloatArray
    service: FloatArray
    from_time: FloatArray
    by_time: FloatArray
    load: IntArray
    types: tuple[RivalType, ...]
    needs_skill: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    visits: tuple[int, ...] = ()
    pairs: tuple[RivalPair, ...] = ()
    ticks: int = 1_000
    money: int = 1
    beyond: tuple[str, ...] = ()
    finish: Callable[[tuple[VehicleRoute, ...]], tuple[VehicleRoute, ...]] | None = None

    @property
    def n_nodes(self) -> int:
        """How many nodes there are."""
        return len(self.service)

    @property
    def has_skill(self) -> bool:
        """Whether any node needs a skilled vehicle."""
        return bool(self.needs_skill.any())

    def up(self, time: float) -> int:
        """Round a time up to ticks."""
        return int(np.ceil(time * self.ticks - 1e-6))

    def down(self, time: float) -> int:
        """Round a time down to ticks."""
        return int(np.floor(time * self.ticks + 1e-6))

    def find_durations(self) -> IntArray:
        """Travel times in ticks, rounded up."""
        return np.ceil(self.duration * self.ticks - 1e-6).astype(np.int64)

    def find_distances(self) -> IntArray:
        """Distances in ticks, rounded to the nearest."""
        return np.rint(self.distance * self.ticks).astype(np.int64)

    def find_money(self, cost: float) -> int:
        """A cost in whole units of money: a distance of one tick at one a unit costs one."""
        return round(cost * self.money * self.ticks)

    def find_cost(self, money: float) -> float:
        """The cost of whole units of money."""
        return money / (self.money * self.ticks)
