"""The exact schedule of a route: is there one, how short, when may it start.

A route with K sites falls into K segments, each ending with the arrival T_k at a site. Within a
segment nothing waits, so every moment is T_k less a fixed offset. What is left are
differences::

    lo_k <= T_k <= hi_k                 windows of the site and of the homes of segment k
    T_k+1 - T_k >= gap_k                dwell at site k and the drives and services up to k+1
    T_k - T_j   <= ride_jk              what riders from segment j to site k may still ride

One and two sites have closed forms; for more the longest paths between K + 1 points settle it.
The shortest route is the one with T_K - T_1 least; every other moment of the price is fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from routing.problem import SessionProblem

_FREE_S = 1_000_000_000
"""More than any difference of two moments. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """A route as differences between its K site arrivals; solving times, all [s].

    Attributes
    ----------
    lo_s, hi_s
        (K,) windows of the arrivals.
    gap_s
        (K - 1,) least time from one arrival to the next.
    ride_s
        Upper bounds (j, k, bound) on T_k - T_j, j <= k; one for each pair with a rider.
    first_s
        From the start of the route to the first arrival.
    last_s
        Dwell at the last site.
    site_nodes
        (K,) the sites, as nodes.
    """

    lo_s: tuple[int, ...]
    hi_s: tuple[int, ...]
    gap_s: tuple[int, ...]
    ride_s: tuple[tuple[int, int, int], ...]
    first_s: int
    last_s: int
    site_nodes: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The shortest schedules of a route; solving times, all [s].

    Attributes
    ----------
    duration_s
        From the start of the first service to the end of the last dwell.
    waiting_s
        Part of it spent waiting at sites.
    from_s, by_s
        Every start between them, and no other, allows a schedule of this duration.
    closure
        (K + 1) x (K + 1) least differences between the origin and the arrivals, duration held.
    """

    duration_s: int
    waiting_s: int
    from_s: int
    by_s: int
    closure: tuple[tuple[int, ...], ...]


def build_segments(problem: SessionProblem, nodes: Sequence[int]) -> Segments:
    """Turn a route (requests before their sites, ending at a site) into differences."""
    n = problem.n_requests
    dwell = {
        j: int(problem.site_dwell_s[j])
        + sum(
            int(problem.site_service_s[i])
            for i in nodes
            if i < n and int(problem.request_site[i]) == j
        )
        for j in {node - n for node in nodes if node >= n}
    }
    lo: list[int] = []
    hi: list[int] = []
    spans: list[int] = []
    rides: list[tuple[int, int, int]] = []
    sites: list[int] = []
    aboard: list[tuple[int, int, int]] = []
    here: list[tuple[int, int, int]] = []
    clock = stop_s = 0
    last = -1
    for node in nodes:
        row = problem.row_of(node)
        if last >= 0:
            clock += int(problem.duration_s[problem.row_of(last), row])
        if node < n:
            is_same_stop = 0 <= last < n and problem.row_of(last) == row
            stop_s = stop_s if is_same_stop else clock
            clock += int(problem.service_s[node])
            bound_s = clock if problem.is_homeward else stop_s
            here.append((node, bound_s, clock))
        else:
            j = node - n
            low, high = int(problem.site_from_s[j]), int(problem.site_by_s[j])
            k = len(sites)
            for i, bound_s, boarded_s in here:
                low = max(low, int(problem.from_s[i]) + clock - bound_s)
                high = min(high, int(problem.by_s[i]) + clock - bound_s)
                aboard.append((i, k, clock - boarded_s))
            for i, start_k, ridden_s in aboard:
                if int(problem.request_site[i]) == j:
                    rides.append((start_k, k, int(problem.max_ride_s[i]) - ridden_s))
            lo.append(low)
            hi.append(high)
            spans.append(clock)
            sites.append(node)
            here, clock = [], dwell[j]
        last = node
    least: dict[tuple[int, int], int] = {}
    for j, k, bound in rides:
        least[j, k] = min(bound, least.get((j, k), bound))
    return Segments(
        lo_s=tuple(lo),
        hi_s=tuple(hi),
        gap_s=tuple(spans[1:]),
        ride_s=tuple((j, k, bound) for (j, k), bound in sorted(least.items())),
        first_s=spans[0],
        last_s=clock,
        site_nodes=tuple(sites),
    )


def find_schedule(segments: Segments) -> Schedule | None:
    """Find the shortest schedules of a route, or None when there is none at all.

    The closed forms for one and two sites and the longest paths for more are checked against
    each other in the tests.
    """
    if any(j == k and bound < 0 for j, k, bound in segments.ride_s):
        return None
    if any(low > high for low, high in zip(segments.lo_s, segments.hi_s, strict=True)):
        return None
    if len(segments.lo_s) == 1:
        return _find_single(segments)
    if len(segments.lo_s) == 2:
        return _find_double(segments)
    return find_schedule_by_paths(segments)


def _find_single(segments: Segments) -> Schedule:
    low, high = segments.lo_s[0], segments.hi_s[0]
    return Schedule(
        duration_s=segments.first_s + segments.last_s,
        waiting_s=0,
        from_s=low - segments.first_s,
        by_s=high - segments.first_s,
        closure=((0, low), (-high, 0)),
    )


def _find_double(segments: Segments) -> Schedule | None:
    (l1, l2), (h1, h2) = segments.lo_s, segments.hi_s
    gap = segments.gap_s[0]
    ride = min((b for j, k, b in segments.ride_s if j < k), default=_FREE_S)
    span = max(gap, l2 - h1)
    if span > ride or span > h2 - l1:
        return None
    low, high = max(l1, l2 - span), min(h1, h2 - span)
    if low > high:
        return None
    return Schedule(
        duration_s=segments.first_s + span + segments.last_s,
        waiting_s=span - gap,
        from_s=low - segments.first_s,
        by_s=high - segments.first_s,
        closure=((0, low, low + span), (-high, 0, span), (-high - span, -span, 0)),
    )


def find_schedule_by_paths(segments: Segments) -> Schedule | None:
    """Find the shortest schedules of a route with any number of sites by longest paths."""
    k = len(segments.lo_s)
    least = [[-_FREE_S] * (k + 1) for _ in range(k + 1)]
    for a in range(k + 1):
        least[a][a] = 0
    for a in range(k):
        least[0][a + 1] = segments.lo_s[a]
        least[a + 1][0] = -segments.hi_s[a]
    for a in range(k - 1):
        least[a + 1][a + 2] = segments.gap_s[a]
    for a, b, bound in segments.ride_s:
        if a == b:
            if bound < 0:
                return None
        else:
            least[b + 1][a + 1] = max(least[b + 1][a + 1], -bound)
    if not _close(least):
        return None
    span = least[1][k]
    least[k][1] = max(least[k][1], -span)
    if not _close(least):
        return None
    low, high = least[0][1], -least[1][0]
    return Schedule(
        duration_s=segments.first_s + span + segments.last_s,
        waiting_s=span - sum(segments.gap_s),
        from_s=low - segments.first_s,
        by_s=high - segments.first_s,
        closure=tuple(tuple(row) for row in least),
    )


def _close(least: list[list[int]]) -> bool:
    """Close the least differences over all paths; False when they contradict each other."""
    n = len(least)
    for c in range(n):
        for a in range(n):
            if least[a][c] <= -_FREE_S:
                continue
            for b in range(n):
                through = least[a][c] + least[c][b]
                if through > least[a][b]:
                    least[a][b] = through
    return all(least[a][a] <= 0 for a in range(n))


def find_arrivals(segments: Segments, schedule: Schedule, start_s: int) -> tuple[int, ...]:
    """Find the earliest arrivals at the sites for a start within the schedule's interval.

    Parameters
    ----------
    start_s
        Solving time of the start.

    Raises
    ------
    ValueError
        If no schedule of the least duration starts then.
    """
    if not schedule.from_s <= start_s <= schedule.by_s:
        raise ValueError(
            f"start {start_s} s is outside {schedule.from_s}..{schedule.by_s} s of the route"
        )
    first = start_s + segments.first_s
    c = schedule.closure
    return tuple(max(c[0][k], first + c[1][k]) if k > 1 else first for k in range(1, len(c)))


__all__ = [
    "Schedule",
    "Segments",
    "build_segments",
    "find_arrivals",
    "find_schedule",
    "find_schedule_by_paths",
]
