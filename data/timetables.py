"""Public transport timetables: stops, lines, trips and the dates they run, as plain arrays."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Int32Array = NDArray[np.int32]
BoolArray = NDArray[np.bool_]


class Mode(StrEnum):
    """How a passenger moves on one leg of a journey."""

    FOOT = "foot"
    BUS = "bus"
    COACH = "coach"
    RAIL = "rail"
    METRO = "metro"
    TRAM = "tram"
    FERRY = "ferry"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class PublicTimetable:
    """A timetable; s stops, r lines, v service patterns, d dates, t trips, c calls.

    A line is what the public calls a bus route; in this house a route is a vehicle's journey.

    Attributes
    ----------
    source
        Who published it and which issue, for outputs.
    is_synthetic
        Whether it was made up; said wherever anything of it is shown.
    first_date
        Date of the first column of ``service_runs``.
    stop_easting_m, stop_northing_m
        (s,) British National Grid. [m]
    line_modes
        (r,) by line.
    service_runs
        (v, d) whether a service pattern runs on a date.
    trip_line, trip_service
        (t,) positions of each trip's line and service pattern.
    trip_from
        (t + 1,) where each trip's calls begin.
    call_stop, call_arrive_s, call_leave_s
        (c,) stops in order, times after midnight of the service day, may pass 24 hours. [s]
    call_may_board, call_may_alight
        (c,) whether passengers get on and off there.
    notes
        What the import left out or filled in, one sentence each.
    """

    name: str
    source: str
    is_synthetic: bool
    first_date: date
    stop_ids: tuple[str, ...]
    stop_names: tuple[str, ...]
    stop_easting_m: NDArray[np.float64]
    stop_northing_m: NDArray[np.float64]
    line_ids: tuple[str, ...]
    line_names: tuple[str, ...]
    line_modes: tuple[Mode, ...]
    service_runs: BoolArray
    trip_line: Int32Array
    trip_service: Int32Array
    trip_from: Int32Array
    call_stop: Int32Array
    call_arrive_s: Int32Array
    call_leave_s: Int32Array
    call_may_board: BoolArray
    call_may_alight: BoolArray
    attribution: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def last_date(self) -> date:
        """The last date it says anything about."""
        return date.fromordinal(self.first_date.toordinal() + self.service_runs.shape[1] - 1)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything in it, 64 hex digits."""
        digest = hashlib.sha256()
        for f in fields(self):
            value = getattr(self, f.name)
            digest.update(f.name.encode() + b"\0")
            if isinstance(value, np.ndarray):
                digest.update(f"{value.dtype}{value.shape}".encode() + value.tobytes())
            else:
                digest.update(repr(value).encode())
        return digest.hexdigest()

    def find_day(self, on: date) -> int:
        """Find a date's column; -1 where the timetable says nothing about it."""
        day = on.toordinal() - self.first_date.toordinal()
        return day if 0 <= day < self.service_runs.shape[1] else -1

    def count_trips(self, on: date) -> int:
        """Count the trips of a date."""
        day = self.find_day(on)
        return 0 if day < 0 else int(self.service_runs[self.trip_service, day].sum())

    def find_like_date(self, on: date) -> date | None:
        """Find the date to take trips from: the date itself, else the first like it.

        A timetable of another year is used on the first date of the same day of the week
        that has trips; None where there is none.
        """
        if self.count_trips(on):
            return on
        first = self.first_date.toordinal()
        for day in range(self.service_runs.shape[1]):
            other = date.fromordinal(first + day)
            if other.weekday() == on.weekday() and self.count_trips(other):
                return other
        return None
