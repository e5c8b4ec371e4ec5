"""Journeys by foot, bus and rail, as a passenger would make them on their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.timetables import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One walk.

    Attributes
    ----------
    metres
        Along the ways a person may walk, rounded up. [m]
    n_crossings
        Junctions on the way at which a road that vehicles use meets it: at most so many roads
        are crossed, as side and pavement are not known. None on a schematic network, which has
        no streets to cross.
    n_main_crossings
        Those of them where a trunk, primary or secondary road is met.
    """

    metres: int
    n_crossings: int | None = 0
    n_main_crossings: int | None = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyLeg:
    """One leg: a walk or a ride.

    Attributes
    ----------
    line
        Name of the line, '' on foot.
    start, end
        Names of the stops; '' for the home and the site.
    leave_s, arrive_s
        [s after midnight]
    """

    mode: Mode
    leave_s: int
    arrive_s: int
    line: str = ""
    start: str = ""
    end: str = ""
    walk: Walk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A way from a home to a site or back, without anybody's vehicle.

    Attributes
    ----------
    legs
        In order; waits lie between them.
    """

    legs: tuple[JourneyLeg, ...]

    @property
    def leave_s(self) -> int:
        """When the passenger sets out. [s after midnight]"""
        return self.legs[0].leave_s

    @property
    def arrive_s(self) -> int:
        """When the passenger is there. [s after midnight]"""
        return self.legs[-1].arrive_s

    @property
    def total_s(self) -> int:
        """From setting out to being there. [s]"""
        return self.arrive_s - self.leave_s

    @property
    def n_rides(self) -> int:
        """Vehicles boarded."""
        return sum(leg.mode is not Mode.FOOT for leg in self.legs)

    @property
    def n_changes(self) -> int:
        """Changes from one vehicle to the next."""
        return max(0, self.n_rides - 1)

    @property
    def walk_m(self) -> int:
        """All walks. [m]"""
        return sum(leg.walk.metres for leg in self.legs if leg.walk is not None)

    @property
    def n_crossings(self) -> int | None:
        """Most roads crossed on foot; None where not known."""
        return _add(leg.walk.n_crossings for leg in self.legs if leg.walk is not None)

    @property
    def n_main_crossings(self) -> int | None:
        """Most main roads crossed on foot; None where not known."""
        return _add(leg.walk.n_main_crossings for leg in self.legs if leg.walk is not None)

    @property
    def wait_s(self) -> int:
        """Time neither walking nor riding. [s]"""
        return self.total_s - sum(leg.arrive_s - leg.leave_s for leg in self.legs)

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes used, each once, walking only if nothing else."""
        ridden = dict.fromkeys(leg.mode for leg in self.legs if leg.mode is not Mode.FOOT)
        return tuple(ridden) or (Mode.FOOT,)


def _add(numbers: Iterable[int | None]) -> int | None:
    """Add up, if all are known."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total
