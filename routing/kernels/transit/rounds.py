"""Rounds of RAPTOR: earliest arrivals with one, two, ... vehicles boarded.

Delling, D., Pajor, T., Werneck, R. F.: Round-based public transit routing, Transportation
Science 49(3), 2015. A line here is a set of trips with the same stops of which none overtakes
another; round k takes each line met in round k - 1 once, from the first stop it was met at.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from routing.kernels.jit import entry

FAR = np.int32(2**30)
"""Later than any time of a timetable. [s]"""


@entry
def find_arrivals(
    line_from: Any,
    line_stop: Any,
    line_board: Any,
    line_alight: Any,
    line_trips: Any,
    line_times: Any,
    arrive_s: Any,
    leave_s: Any,
    stop_from: Any,
    stop_line: Any,
    stop_at: Any,
    walk_from: Any,
    walk_to: Any,
    walk_s: Any,
    change_s: int,
    access_stop: Any,
    access_s: Any,
    start_s: int,
    ride: Any,
    ready: Any,
    ride_by: Any,
    ready_by: Any,
    queue: Any,
    marked: Any,
) -> int:
    """Fill the labels of every round; return the last round that improved anything.

    Parameters
    ----------
    line_from, line_stop, line_board, line_alight
        Stops of each line in order, and whether one may board and alight there.
    line_trips, line_times, arrive_s, leave_s
        Number of trips of each line; where its times begin, trip after trip, in order.
    stop_from, stop_line, stop_at
        Lines that call at each stop, and where in their order.
    walk_from, walk_to, walk_s
        Walks between stops, each stop to itself among them. [s]
    change_s
        Least time between alighting and boarding besides the walk. [s]
    access_stop, access_s, start_s
        Stops reached on foot from the start and how long that takes; when it begins. [s]
    ride, ready
        (rounds + 1, stops) out: earliest arrival aboard with so many vehicles boarded or
        fewer, and earliest time the next may be boarded. [s]
    ride_by
        (rounds + 1, stops, 5) out: round, line, trip, where boarded, where alighted.
    ready_by
        (rounds + 1, stops, 2) out: round of the ride before, and the stop walked from; -1 from
        the start.
    queue, marked
        Room: (lines,) and (stops,) int32.
    """
    n_rounds = ride.shape[0] - 1
    n_stops = ride.shape[1]
    n_lines = line_trips.shape[0]
    for s in range(n_stops):
        ride[0, s] = FAR
        ready[0, s] = FAR
        ready_by[0, s, 0] = -1
        ready_by[0, s, 1] = -1
        ride_by[0, s, 0] = -1
        marked[s] = 0
    for i in range(access_stop.shape[0]):
        s = access_stop[i]
        when = start_s + access_s[i]
        if when < ready[0, s]:
            ready[0, s] = when
            ready_by[0, s, 0] = 0
            marked[s] = 1
    last = 0
    for k in range(1, n_rounds + 1):
        for s in range(n_stops):
            ride[k, s] = ride[k - 1, s]
            ready[k, s] = ready[k - 1, s]
            for j in range(5):
                ride_by[k, s, j] = ride_by[k - 1, s, j]
            ready_by[k, s, 0] = ready_by[k - 1, s, 0]
            ready_by[k, s, 1] = ready_by[k - 1, s, 1]
        for n in range(n_lines):
            queue[n] = -1
        is_any = False
        for s in range(n_stops):
            if marked[s] == 0:
                continue
            marked[s] = 0
            for i in range(stop_from[s], stop_from[s + 1]):
                n = stop_line[i]
                if queue[n] < 0 or stop_at[i] < queue[n]:
                    queue[n] = stop_at[i]
                    is_any = True
        if not is_any:
            break
        for n in range(n_lines):
            if queue[n] < 0:
                continue
            first = line_from[n]
            n_at = line_from[n + 1] - first
            trip = -1
            boarded = -1
            for at in range(queue[n], n_at):
                s = line_stop[first + at]
                if trip >= 0 and line_alight[first + at]:
                    when = arrive_s[line_times[n] + trip * n_at + at]
                    if when < ride[k, s]:
                        ride[k, s] = when
                        ride_by[k, s, 0] = k
                        ride_by[k, s, 1] = n
                        ride_by[k, s, 2] = trip
                        ride_by[k, s, 3] = boarded
                        ride_by[k, s, 4] = at
                        marked[s] = 1
                can = ready[k - 1, s]
                if not line_board[first + at] or can >= FAR or trip == 0:
                    continue
                if trip > 0 and leave_s[line_times[n] + (trip - 1) * n_at + at] < can:
                    continue
                # the first trip that leaves no earlier; none overtakes another
                low = 0
                high = line_trips[n] if trip < 0 else trip
                while low < high:
                    middle = (low + high) // 2
                    if leave_s[line_times[n] + middle * n_at + at] < can:
                        low = middle + 1
                    else:
                        high = middle
                if low < (line_trips[n] if trip < 0 else trip):
                    trip = low
                    boarded = at
        for s in range(n_stops):
            queue_s = marked[s]
            if queue_s & 1 == 0:
                continue
            last = k
            for i in range(walk_from[s], walk_from[s + 1]):
                q = walk_to[i]
                when = ride[k, s] + walk_s[i] + change_s
                if when < ready[k, q]:
                    ready[k, q] = when
                    ready_by[k, q, 0] = k
                    ready_by[k, q, 1] = s
                    marked[q] |= 2
        for s in range(n_stops):
            marked[s] = 1 if marked[s] & 2 else 0
    return last
