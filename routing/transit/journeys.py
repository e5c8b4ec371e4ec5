"""Journeys on a date: the best by number of changes, to be somewhere by a time or leave after.

Exact by RAPTOR (see `routing.kernels.transit`). A ride may be followed by one walk to another
stop, as long as walks between stops are allowed, and the next ride leaves no sooner than the
time to change after that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from data.journeys import Journey, JourneyLeg, Walk
from data.networks import RoadNetwork
from data.places import Place
from data.timetables import Mode, PublicTimetable
from data.units import S_PER_HOUR
from routing.kernels.transit.rounds import FAR, find_arrivals
from routing.transit.day import Lines, TransitDay
from routing.transit.walks import trace_walks


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyLimits:
    """What a journey may ask of a passenger.

    Attributes
    ----------
    walk_m
        Longest single walk to, from or between stops. [m]
    between_m
        Longest walk between stops when changing. [m]
    foot_m
        Longest journey all on foot. [m]
    walk_m_per_h
        [m/h]
    wait_s
        Time to be at the first stop before the vehicle. [s]
    change_s
        Least time between two rides besides the walk. [s]
    n_changes
        Most changes.
    """

    walk_m: int
    between_m: int
    foot_m: int
    walk_m_per_h: int
    wait_s: int
    change_s: int
    n_changes: int

    def find_walk_s(self, metres: int) -> int:
        """Find how long a walk takes, rounded up. [s]"""
        return -(-metres * S_PER_HOUR // self.walk_m_per_h)


@dataclass(frozen=True, kw_only=True)
class StopWalks:
    """Walks around the stops of a timetable.

    Attributes
    ----------
    at_place
        Per place id, the walks between it and stops: (position of the stop, walk).
    between
        Per stop, the walks to others: (position, walk).
    direct
        Walks between two places, all on foot.
    """

    at_place: Mapping[str, tuple[tuple[int, Walk], ...]]
    between: Mapping[int, tuple[tuple[int, Walk], ...]]
    direct: Mapping[tuple[str, str], Walk] = field(default_factory=dict)


def build_stop_walks(
    network: RoadNetwork,
    timetable: PublicTimetable,
    places: Sequence[Place],
    direct: Sequence[tuple[str, str]],
    limits: JourneyLimits,
) -> StopWalks:
    """Measure the walks between places and stops, between stops, and of journeys on foot.

    Parameters
    ----------
    places
        Homes and sites.
    direct
        Pairs of place ids whose walk may be the whole journey.
    """
    from scipy.spatial import cKDTree

    by_id = {p.place_id: p for p in places}
    stops = [
        Place(
            place_id=f"stop {k}",
            easting_m=round(float(timetable.stop_easting_m[k])),
            northing_m=round(float(timetable.stop_northing_m[k])),
            lon=0.0,
            lat=0.0,
        )
        for k in range(len(timetable.stop_ids))
    ]
    ids = sorted(by_id)
    near = cKDTree([(s.easting_m, s.northing_m) for s in stops])
    # A grid metre may be a little shorter than one on the ground; a little more is looked at.
    reach = near.query_ball_point(
        [(by_id[i].easting_m, by_id[i].northing_m) for i in ids], limits.walk_m * 1.01 + 2
    )
    to_stops = [(i, f"stop {k}") for i, ks in zip(ids, reach, strict=True) for k in sorted(ks)]
    pairs = near.query_pairs(limits.between_m * 1.01 + 2, output_type="ndarray")
    among = [(f"stop {a}", f"stop {b}") for a, b in sorted(pairs.tolist())]
    everywhere = [*places, *stops]
    near_walks = trace_walks(network, everywhere, to_stops, longest_m=limits.walk_m)
    between_walks = trace_walks(network, everywhere, among, longest_m=limits.between_m)
    at_place: dict[str, list[tuple[int, Walk]]] = {i: [] for i in ids}
    for (place_id, stop), walk in near_walks.items():
        at_place[place_id].append((int(stop[5:]), walk))
    between: dict[int, list[tuple[int, Walk]]] = {}
    for (a, b), walk in between_walks.items():
        between.setdefault(int(a[5:]), []).append((int(b[5:]), walk))
        between.setdefault(int(b[5:]), []).append((int(a[5:]), walk))
    return StopWalks(
        at_place={i: tuple(sorted(w, key=_by_stop)) for i, w in at_place.items()},
        between={k: tuple(sorted(w, key=_by_stop)) for k, w in sorted(between.items())},
        direct=trace_walks(network, places, direct, longest_m=limits.foot_m),
    )


def _by_stop(item: tuple[int, Walk]) -> int:
    return item[0]


class JourneySearch:
    """Finds journeys on one date."""

    def __init__(self, day: TransitDay, walks: StopWalks, limits: JourneyLimits) -> None:
        self._day, self._walks, self._limits = day, walks, limits
        n_stops = len(day.timetable.stop_ids)
        n_rounds = limits.n_changes + 1
        shape = (n_rounds + 1, n_stops)
        self._room: tuple[Any, ...] = (
            np.zeros(shape, dtype=np.int32),
            np.zeros(shape, dtype=np.int32),
            np.zeros((*shape, 5), dtype=np.int32),
            np.zeros((*shape, 2), dtype=np.int32),
        )
        counts = [1 + len(walks.between.get(s, ())) for s in range(n_stops)]
        self._walk_from = np.r_[0, np.cumsum(counts)].astype(np.int32)
        to: list[int] = []
        seconds: list[int] = []
        for s in range(n_stops):
            # a stop reaches itself without a step
            held = ((s, 0), *((q, w.metres) for q, w in walks.between.get(s, ())))
            to += [q for q, _ in held]
            seconds += [limits.find_walk_s(metres) for _, metres in held]
        self._walk_to = np.array(to, dtype=np.int32)
        self._walk_s = np.array(seconds, dtype=np.int32)
        self._between = {(s, q): walk for s, held in walks.between.items() for q, walk in held}

    def find_after(self, start: str, end: str, leave_s: int) -> tuple[Journey, ...]:
        """Find the journeys that leave no earlier and arrive first, by number of changes.

        One for each number of changes that brings an earlier arrival than fewer do; a walk
        all the way counts as none.

        Parameters
        ----------
        start, end
            Place ids.
        leave_s
            [s after midnight]
        """
        walk = self._walks.direct.get((start, end)) or self._walks.direct.get((end, start))
        found: list[Journey] = []
        if walk is not None:
            arrive_s = leave_s + self._limits.find_walk_s(walk.metres)
            leg = JourneyLeg(mode=Mode.FOOT, leave_s=leave_s, arrive_s=arrive_s, walk=walk)
            found.append(Journey(legs=(leg,)))
        rides = self._search(self._day.ahead, start, end, leave_s, wait_at_start=True)
        for legs in rides:
            journey = Journey(legs=_settle(legs, self._limits.wait_s))
            if not found or journey.arrive_s < found[-1].arrive_s:
                found.append(journey)
        return tuple(found)

    def find_before(self, start: str, end: str, arrive_s: int) -> tuple[Journey, ...]:
        """Find the journeys that arrive in time and leave last, by number of changes.

        As `find_after`, with the day mirrored in time.
        """
        walk = self._walks.direct.get((start, end)) or self._walks.direct.get((end, start))
        found: list[Journey] = []
        if walk is not None:
            leave_s = arrive_s - self._limits.find_walk_s(walk.metres)
            leg = JourneyLeg(mode=Mode.FOOT, leave_s=leave_s, arrive_s=arrive_s, walk=walk)
            found.append(Journey(legs=(leg,)))
        rides = self._search(self._day.back, end, start, -arrive_s, wait_at_start=False)
        for mirrored in rides:
            legs = [_mirror(leg) for leg in reversed(mirrored)]
            journey = Journey(legs=_settle(legs, self._limits.wait_s))
            if not found or journey.leave_s > found[-1].leave_s:
                found.append(journey)
        return tuple(found)

    def find_range(self, start: str, end: str, from_s: int, to_s: int) -> tuple[Journey, ...]:
        """Find every best journey that leaves in a window, the latest first.

        None of them is beaten by another that leaves no earlier, arrives no later and changes
        no oftener. Journeys all on foot leave at any time and are not listed.
        """
        lines = self._day.ahead
        starts: set[int] = set()
        for stop, walk in self._walks.at_place.get(start, ()):
            lead_s = self._limits.find_walk_s(walk.metres) + self._limits.wait_s
            for i in range(lines.stop_from[stop], lines.stop_from[stop + 1]):
                n, at = int(lines.stop_line[i]), int(lines.stop_at[i])
                size = int(lines.line_from[n + 1] - lines.line_from[n])
                first = int(lines.line_times[n]) + at
                times = lines.leave_s[first : first + int(lines.line_trips[n]) * size : size]
                starts.update((times - lead_s).tolist())
        found: list[Journey] = []
        for leave_s in sorted((s for s in starts if from_s <= s <= to_s), reverse=True):
            for legs in self._search(lines, start, end, leave_s, wait_at_start=True):
                journey = Journey(legs=_settle(legs, self._limits.wait_s))
                beaten = any(
                    k.leave_s >= journey.leave_s
                    and k.arrive_s <= journey.arrive_s
                    and k.n_rides <= journey.n_rides
                    for k in found
                )
                if not beaten and journey.leave_s <= to_s:
                    found.append(journey)
        return tuple(found)

    def _search(
        self, lines: Lines, start: str, end: str, start_s: int, *, wait_at_start: bool
    ) -> list[list[JourneyLeg]]:
        """Find legs with rides, for each number of rides that arrives earlier."""
        limits = self._limits
        wait_s = limits.wait_s if wait_at_start else 0
        access = dict(self._walks.at_place.get(start, ()))
        egress = dict(self._walks.at_place.get(end, ()))
        if not access or not egress or not len(lines.line_trips):
            return []
        stops = np.array(list(access), dtype=np.int32)
        lead_s = np.array(
            [limits.find_walk_s(w.metres) + wait_s for w in access.values()], dtype=np.int32
        )
        # Mirrored, the wait before the first ride lies between the last ride and the end.
        tail_s = 0 if wait_at_start else limits.wait_s
        ride, ready, ride_by, ready_by = self._room
        last = find_arrivals(
            lines.line_from, lines.line_stop, lines.line_board, lines.line_alight,
            lines.line_trips, lines.line_times, lines.arrive_s, lines.leave_s,
            lines.stop_from, lines.stop_line, lines.stop_at,
            self._walk_from, self._walk_to, self._walk_s, limits.change_s,
            stops, lead_s, start_s, ride, ready, ride_by, ready_by,
            np.zeros(len(lines.line_trips), dtype=np.int32),
            np.zeros(len(self._walk_from) - 1, dtype=np.int32),
        )  # fmt: skip
        goals = [(s, limits.find_walk_s(w.metres) + tail_s) for s, w in egress.items()]
        found: list[list[JourneyLeg]] = []
        best_s = int(FAR)
        for k in range(1, last + 1):
            reach_s, stop = min((int(ride[k, s]) + walk_s, s) for s, walk_s in goals)
            if reach_s < best_s:
                best_s = reach_s
                found.append(self._trace(lines, k, stop, access, egress))
        return found

    def _trace(
        self,
        lines: Lines,
        k: int,
        stop: int,
        access: Mapping[int, Walk],
        egress: Mapping[int, Walk],
    ) -> list[JourneyLeg]:
        """Trace the legs that led to a stop in a round, from the start on."""
        limits, timetable = self._limits, self._day.timetable
        _, _, ride_by, ready_by = self._room
        legs: list[JourneyLeg] = []
        at = stop
        while True:
            k, n, trip, boarded, alighted = (int(v) for v in ride_by[k, at])
            first = int(lines.line_from[n])
            size = int(lines.line_from[n + 1]) - first
            times = int(lines.line_times[n]) + trip * size
            line = int(timetable.trip_line[lines.trip[int(lines.line_trip_from[n]) + trip]])
            from_stop = int(lines.line_stop[first + boarded])
            leg = JourneyLeg(
                mode=timetable.line_modes[line],
                line=timetable.line_names[line],
                start=timetable.stop_names[from_stop],
                end=timetable.stop_names[at],
                leave_s=int(lines.leave_s[times + boarded]),
                arrive_s=int(lines.arrive_s[times + alighted]),
            )
            if not legs:
                legs.append(self._walk(egress[at], leg.arrive_s, leg.end, ""))
            legs.append(leg)
            k -= 1
            before = int(ready_by[k, from_stop, 1])
            if before < 0:
                walk = access[from_stop]
                leave_s = leg.leave_s - limits.find_walk_s(walk.metres)
                legs.append(self._walk(walk, leave_s, "", leg.start))
                break
            if before != from_stop:
                walk = self._between[before, from_stop]
                off_s = int(self._room[0][k, before])
                legs.append(self._walk(walk, off_s, timetable.stop_names[before], leg.start))
            k, at = int(ready_by[k, from_stop, 0]), before
        return legs[::-1]

    def _walk(self, walk: Walk, leave_s: int, start: str, end: str) -> JourneyLeg:
        return JourneyLeg(
            mode=Mode.FOOT,
            leave_s=leave_s,
            arrive_s=leave_s + self._limits.find_walk_s(walk.metres),
            start=start,
            end=end,
            walk=walk,
        )


def _mirror(leg: JourneyLeg) -> JourneyLeg:
    """Turn a leg of the mirrored day round."""
    return replace(
        leg, start=leg.end, end=leg.start, leave_s=-leg.arrive_s, arrive_s=-leg.leave_s
    )


def _settle(legs: Sequence[JourneyLeg], wait_s: int) -> tuple[JourneyLeg, ...]:
    """Put walks where people make them: in good time before the first ride, else at once."""
    settled: list[JourneyLeg] = []
    for k, leg in enumerate(legs):
        if leg.walk is not None:
            takes_s = leg.arrive_s - leg.leave_s
            leave_s = settled[-1].arrive_s if k else legs[1].leave_s - wait_s - takes_s
            leg = replace(leg, leave_s=leave_s, arrive_s=leave_s + takes_s)
        settled.append(leg)
    return tuple(settled)
