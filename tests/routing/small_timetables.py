"""Small timetables by hand, and a slow search of journeys that shares nothing with ours.

The oracle is a shortest path in a time-expanded graph: a node for each vehicle at each stop
with so many boardings behind one, edges weighted by the seconds they take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np

from data.journeys import Journey, Walk
from data.timetables import Mode, PublicTimetable
from routing.transit.day import build_transit_day
from routing.transit.journeys import JourneyLimits, JourneySearch, StopWalks

DAY = date(2026, 11, 25)
Call = tuple[int, int, int]
"""Stop, arrival and departure. [s]"""


def make_timetable(
    n_stops: int, trips: Sequence[Sequence[Call]], modes: Sequence[Mode] = ()
) -> PublicTimetable:
    """Make a timetable of one day; every trip is a line of its own."""
    calls = [call for trip in trips for call in trip]
    n = len(trips)
    return PublicTimetable(
        name="made",
        source="made up",
        is_synthetic=True,
        first_date=DAY,
        stop_ids=tuple(f"s{k}" for k in range(n_stops)),
        stop_names=tuple(f"Stop {k}" for k in range(n_stops)),
        stop_easting_m=np.zeros(n_stops),
        stop_northing_m=np.zeros(n_stops),
        line_ids=tuple(f"l{k}" for k in range(n)),
        line_names=tuple(f"{k}" for k in range(n)),
        line_modes=tuple(modes) or (Mode.BUS,) * n,
        service_runs=np.ones((1, 1), dtype=np.bool_),
        trip_line=np.arange(n, dtype=np.int32),
        trip_service=np.zeros(n, dtype=np.int32),
        trip_from=np.r_[0, np.cumsum([len(t) for t in trips])].astype(np.int32),
        call_stop=np.array([c[0] for c in calls], dtype=np.int32),
        call_arrive_s=np.array([c[1] for c in calls], dtype=np.int32),
        call_leave_s=np.array([c[2] for c in calls], dtype=np.int32),
        call_may_board=np.ones(len(calls), dtype=np.bool_),
        call_may_alight=np.ones(len(calls), dtype=np.bool_),
    )


def make_limits(**values: int) -> JourneyLimits:
    """Make limits under which a metre takes a second."""
    given = {"walk_m": 800, "between_m": 400, "foot_m": 2_400, "walk_m_per_h": 3_600,
             "wait_s": 0, "change_s": 0, "n_changes": 2} | values  # fmt: skip
    return JourneyLimits(**given)


def make_walks(
    home: Mapping[int, int],
    site: Mapping[int, int],
    between: Mapping[tuple[int, int], int],
    direct_m: int | None = None,
) -> StopWalks:
    """Make the walks of one home and one site from metres by stop."""
    held: dict[int, list[tuple[int, Walk]]] = {}
    for (a, b), metres in sorted(between.items()):
        held.setdefault(a, []).append((b, Walk(metres=metres)))
        held.setdefault(b, []).append((a, Walk(metres=metres)))
    return StopWalks(
        at_place={
            "home": tuple((s, Walk(metres=m)) for s, m in sorted(home.items())),
            "site": tuple((s, Walk(metres=m)) for s, m in sorted(site.items())),
        },
        between={s: tuple(sorted(w, key=lambda item: item[0])) for s, w in held.items()},
        direct={} if direct_m is None else {("home", "site"): Walk(metres=direct_m)},
    )


def make_search(
    timetable: PublicTimetable, walks: StopWalks, limits: JourneyLimits, on: date = DAY
) -> JourneySearch:
    return JourneySearch(build_transit_day(timetable, on), walks, limits)


class Oracle:
    """Earliest arrivals by Dijkstra on a time-expanded graph."""

    def __init__(
        self, timetable: PublicTimetable, on: date, walks: StopWalks, limits: JourneyLimits
    ) -> None:
        self._walks, self._limits = walks, limits
        self._graph: Any = nx.DiGraph()
        day = timetable.find_day(on)
        leaves: dict[int, list[int]] = {}
        trips = np.flatnonzero(timetable.service_runs[timetable.trip_service, day]).tolist()
        calls = {t: range(timetable.trip_from[t], timetable.trip_from[t + 1]) for t in trips}
        for t in trips:
            for c in calls[t][:-1]:
                if timetable.call_may_board[c]:
                    stop = int(timetable.call_stop[c])
                    leaves.setdefault(stop, []).append(int(timetable.call_leave_s[c]))
        self._leaves = {stop: sorted(set(times)) for stop, times in leaves.items()}
        add = self._graph.add_edge
        for k in range(limits.n_changes + 1):
            for stop, times in self._leaves.items():
                for a, b in pairwise(times):
                    add(("wait", k, stop, a), ("wait", k, stop, b), weight=b - a)
            for t in trips:
                for c in calls[t]:
                    stop = int(timetable.call_stop[c])
                    at, off = int(timetable.call_leave_s[c]), int(timetable.call_arrive_s[c])
                    if c != calls[t][-1]:
                        if timetable.call_may_board[c]:
                            add(("wait", k, stop, at), ("leave", k, c), weight=0)
                        gap_s = int(timetable.call_arrive_s[c + 1]) - at
                        add(("leave", k, c), ("arrive", k, c + 1), weight=gap_s)
                        add(("arrive", k, c), ("leave", k, c), weight=at - off)
                    if timetable.call_may_alight[c]:
                        add(("arrive", k, c), ("off", k, stop, off), weight=0)
                        self._change(k, stop, off)
        self._offs = [n for n in self._graph if n[0] == "off"]

    def _change(self, k: int, stop: int, off_s: int) -> None:
        """Walk from where one got off to where the next vehicle is waited for."""
        others = ((q, w.metres) for q, w in self._walks.between.get(stop, ()))
        for q, metres in ((stop, 0), *others):
            ready_s = off_s + self._limits.find_walk_s(metres) + self._limits.change_s
            later = [time for time in self._leaves.get(q, ()) if time >= ready_s]
            if later and k < self._limits.n_changes:
                node = ("wait", k + 1, q, later[0])
                self._graph.add_edge(("off", k, stop, off_s), node, weight=later[0] - off_s)

    def find_arrivals(self, start: str, end: str, leave_s: int) -> list[int | None]:
        """Find the earliest arrival with at most 0, 1, 2, ... vehicles boarded. [s]"""
        limits = self._limits
        walk = self._walks.direct.get((start, end)) or self._walks.direct.get((end, start))
        best: list[int | None] = [
            None if walk is None else leave_s + limits.find_walk_s(walk.metres)
        ]
        graph = self._graph
        for stop, way in self._walks.at_place.get(start, ()):
            ready_s = leave_s + limits.find_walk_s(way.metres) + limits.wait_s
            later = [time for time in self._leaves.get(stop, ()) if time >= ready_s]
            if later:
                node = ("wait", 0, stop, later[0])
                graph.add_edge("start", node, weight=later[0] - leave_s)
        reached = nx.single_source_dijkstra_path_length(graph, "start") if (
            "start" in graph
        ) else {}  # fmt: skip
        egress = {s: limits.find_walk_s(w.metres) for s, w in self._walks.at_place.get(end, ())}
        for k in range(limits.n_changes + 1):
            ends = [
                leave_s + reached[n] + egress[n[2]]
                for n in self._offs
                if n[1] == k and n in reached and n[2] in egress
            ]
            held = [e for e in (*ends, best[-1]) if e is not None]
            best.append(min(held) if held else None)
        if "start" in graph:
            graph.remove_node("start")
        return best

    def find_departures(self, start: str, end: str, arrive_s: int) -> list[int | None]:
        """Find the latest time to set out with at most 0, 1, 2, ... vehicles. [s]

        By trying every time at which a vehicle can just be reached, the latest first.
        """
        limits = self._limits
        walk = self._walks.direct.get((start, end)) or self._walks.direct.get((end, start))
        foot_s = None if walk is None else arrive_s - limits.find_walk_s(walk.metres)
        tries = {
            time - limits.find_walk_s(way.metres) - limits.wait_s
            for stop, way in self._walks.at_place.get(start, ())
            for time in self._leaves.get(stop, ())
        }
        best: list[int | None] = [foot_s] + [None] * (limits.n_changes + 1)
        for leave_s in sorted(tries, reverse=True):
            for k, reached_s in enumerate(self.find_arrivals(start, end, leave_s)):
                if k and best[k] is None and reached_s is not None and reached_s <= arrive_s:
                    best[k] = leave_s
        if foot_s is not None:
            best = [foot_s if b is None else max(b, foot_s) for b in best]
        return best


def by_rides(journeys: Sequence[Journey], n_rides: int, attribute: str) -> list[int | None]:
    """List the best of journeys found with at most 0, 1, 2, ... vehicles. [s]"""
    sign = 1 if attribute == "arrive_s" else -1
    found: list[int | None] = []
    for k in range(n_rides + 1):
        held = [getattr(j, attribute) for j in journeys if j.n_rides <= k]
        found.append(min(held, key=lambda v: sign * v) if held else None)
    return found


def check_journey(
    journey: Journey,
    timetable: PublicTimetable,
    limits: JourneyLimits,
    earliest_s: int,
    latest_s: int,
) -> None:
    """Check that a journey can be made as its legs say."""
    assert journey.leave_s >= earliest_s
    assert journey.arrive_s <= latest_s
    assert journey.wait_s >= 0
    clock_s = journey.leave_s
    last_ride_s: int | None = None
    for k, leg in enumerate(journey.legs):
        assert leg.leave_s >= clock_s
        assert leg.arrive_s >= leg.leave_s
        clock_s = leg.arrive_s
        if leg.walk is not None:
            assert leg.arrive_s - leg.leave_s == limits.find_walk_s(leg.walk.metres)
            continue
        if last_ride_s is None and k:
            assert leg.leave_s - journey.legs[k - 1].arrive_s >= limits.wait_s
        before = journey.legs[k - 1]
        if last_ride_s is not None:
            walked_s = before.arrive_s - before.leave_s if before.walk else 0
            assert leg.leave_s - last_ride_s >= limits.change_s + walked_s
        last_ride_s = leg.arrive_s
        line = int(leg.line) if leg.line.isdigit() else -1
        if timetable.name == "made":
            a, b = timetable.trip_from[line], timetable.trip_from[line + 1]
            names = [timetable.stop_names[s] for s in timetable.call_stop[a:b]]
            pairs = [
                (i, j)
                for i in range(b - a)
                for j in range(i + 1, b - a)
                if names[i] == leg.start
                and names[j] == leg.end
                and timetable.call_leave_s[a + i] == leg.leave_s
                and timetable.call_arrive_s[a + j] == leg.arrive_s
            ]
            assert pairs, leg
