"""One date of a timetable as the search of journeys wants it: lines, forwards and mirrored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from data.timetables import PublicTimetable
from data.units import S_PER_DAY

Int32Array = NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Trips of one date, put together into lines of which no trip overtakes another.

    Attributes
    ----------
    line_from, line_stop, line_board, line_alight
        (n + 1,), and per stop of each line.
    line_trips, line_times
        (n,) trips of each line, and where their times begin, trip after trip.
    arrive_s, leave_s
        [s after midnight; mirrored: before it]
    line_trip_from, trip
        (n + 1,), and the timetable's trip of each trip.
    stop_from, stop_line, stop_at
        Lines at each stop of the timetable.
    """

    line_from: Int32Array
    line_stop: Int32Array
    line_board: NDArray[np.bool_]
    line_alight: NDArray[np.bool_]
    line_trips: Int32Array
    line_times: Int32Array
    arrive_s: Int32Array
    leave_s: Int32Array
    line_trip_from: Int32Array
    trip: Int32Array
    stop_from: Int32Array
    stop_line: Int32Array
    stop_at: Int32Array


@dataclass(frozen=True, kw_only=True)
class TransitDay:
    """One date of a timetable.

    Attributes
    ----------
    back
        The same mirrored in time: the way to arrive by a time is the way to leave after one,
        run backwards.
    """

    timetable: PublicTimetable
    on: date
    ahead: Lines
    back: Lines


def build_transit_day(timetable: PublicTimetable, on: date) -> TransitDay:
    """Build the trips of one date; those of the day before that run past midnight are in."""
    found: list[tuple[int, int]] = []  # trip, shift of its times [s]
    for days_ago in (0, 1):
        day = timetable.find_day(date.fromordinal(on.toordinal() - days_ago))
        if day < 0:
            continue
        for trip in np.flatnonzero(
            timetable.service_runs[timetable.trip_service, day]
        ).tolist():
            ends_s = int(timetable.call_arrive_s[timetable.trip_from[trip + 1] - 1])
            if days_ago == 0 or ends_s >= S_PER_DAY:
                found.append((trip, -days_ago * S_PER_DAY))
    ahead, back = [], []
    for trip, shift_s in found:
        a, b = timetable.trip_from[trip], timetable.trip_from[trip + 1]
        stops = timetable.call_stop[a:b]
        arrive_s = timetable.call_arrive_s[a:b] + shift_s
        leave_s = timetable.call_leave_s[a:b] + shift_s
        board, alight = timetable.call_may_board[a:b], timetable.call_may_alight[a:b]
        ahead.append((trip, stops, board, alight, arrive_s, leave_s))
        back.append(
            (trip, stops[::-1], alight[::-1], board[::-1], -leave_s[::-1], -arrive_s[::-1])
        )
    n_stops = len(timetable.stop_ids)
    return TransitDay(
        timetable=timetable,
        on=on,
        ahead=_build_lines(ahead, n_stops),
        back=_build_lines(back, n_stops),
    )


_Trip = tuple[
    int, Int32Array, NDArray[np.bool_], NDArray[np.bool_], Int32Array, Int32Array
]  # trip, stops, board, alight, arrive_s, leave_s


def _build_lines(trips: list[_Trip], n_stops: int) -> Lines:
    """Group trips by their stops, then so that none of a group overtakes another."""
    alike: dict[tuple[bytes, bytes, bytes], list[_Trip]] = {}
    for one in trips:
        key = (one[1].tobytes(), one[2].tobytes(), one[3].tobytes())
        alike.setdefault(key, []).append(one)
    lines: list[list[_Trip]] = []
    for group in alike.values():
        group.sort(key=lambda t: (t[5].tolist(), t[4].tolist(), t[0]))
        chains: list[list[_Trip]] = []
        for one in group:
            for chain in chains:
                before = chain[-1]
                if (one[4] >= before[4]).all() and (one[5] >= before[5]).all():
                    chain.append(one)
                    break
            else:
                chains.append([one])
        lines += chains
    sizes = [len(line[0][1]) for line in lines]
    counts = [len(line) for line in lines]
    stops = [line[0][1] for line in lines]
    line_from = np.r_[0, np.cumsum(sizes)].astype(np.int32)
    line_stop = _join(stops)
    owner = np.repeat(np.arange(len(lines)), sizes)
    at = np.arange(len(line_stop)) - line_from[:-1][owner] if len(lines) else np.zeros(0, int)
    order = np.argsort(line_stop, kind="stable")
    per_stop = np.bincount(line_stop, minlength=n_stops)
    room = np.array([a * b for a, b in zip(sizes, counts, strict=True)], dtype=np.int64)
    return Lines(
        line_from=line_from,
        line_stop=line_stop,
        line_board=_join_flags([line[0][2] for line in lines]),
        line_alight=_join_flags([line[0][3] for line in lines]),
        line_trips=np.array(counts, dtype=np.int32),
        line_times=np.r_[0, np.cumsum(room)][:-1].astype(np.int32),
        arrive_s=_join([t[4] for line in lines for t in line]),
        leave_s=_join([t[5] for line in lines for t in line]),
        line_trip_from=np.r_[0, np.cumsum(counts)].astype(np.int32),
        trip=np.array([t[0] for line in lines for t in line], dtype=np.int32),
        stop_from=np.r_[0, np.cumsum(per_stop)].astype(np.int32),
        stop_line=owner[order].astype(np.int32),
        stop_at=at[order].astype(np.int32),
    )


def _join(parts: list[Int32Array]) -> Int32Array:
    return np.concatenate([np.zeros(0, np.int32), *parts]).astype(np.int32)


def _join_flags(parts: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    return np.concatenate([np.zeros(0, np.bool_), *parts])
