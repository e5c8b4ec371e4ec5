"""Requests carried to sites by vehicles that work on through the whole day: duties as routes.

Where `routing.problem` searches the routes of one session and `routing.duties` then chooses who
drives which, here a vehicle's whole duty is one sequence of pick-ups and visits of sites, and
the fewest vehicles, then the least drive, are sought over all of them together. One fleet of
equal vehicles, one kind of load.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Int32Array = NDArray[np.int32]
Nodes = tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class DutyProblem:
    """What the search over whole duties works on.

    n requests and k sites. A **node** below n is a request; node n + j is a visit of site j,
    which takes off everybody aboard who is bound for it. A duty may visit a site more than
    once. A vehicle may wait, for nothing, on leaving a site; the wait is ride for those aboard.
    (Where no stop has a window, waiting anywhere would allow no more.) All times are whole
    **ticks**, `ticks_per_s` of them a second; no time may exceed 2**28 ticks.

    Attributes
    ----------
    request_row, site_row
        Row of the travel times.
    request_site
        (n,) position of the request's site.
    service, site_service
        (n,) time at the stop, and what the request adds to the dwell at its site. [ticks]
    max_ride
        (n,) limit from leaving the stop to reaching the site. [ticks]
    from_, by
        (n,) window of arriving at the stop; -2**29 and 2**29 leave it open. [ticks]
    load
        (n,) part of the capacity taken.
    site_from, site_by, site_dwell
        (k,) window of reaching the site, and fixed time there at each visit. [ticks]
    drive
        (r, r) travel times, taken as given. [ticks]
    capacity
        Of each vehicle.
    yard_row
        Row where every duty begins and ends; -1 where the way there does not count.
    """

    request_row: Int32Array
    request_site: Int32Array
    service: Int32Array
    site_service: Int32Array
    max_ride: Int32Array
    from_: Int32Array
    by: Int32Array
    load: Int32Array
    site_row: Int32Array
    site_from: Int32Array
    site_by: Int32Array
    site_dwell: Int32Array
    drive: Int32Array
    capacity: int
    yard_row: int = -1
    ticks_per_s: int = 1

    @property
    def n_requests(self) -> int:
        """How many requests there are."""
        return len(self.request_row)

    @property
    def n_sites(self) -> int:
        """How many sites there are."""
        return len(self.site_row)

    def row_of(self, node: int) -> int:
        """Row of the travel times of a node."""
        n = self.n_requests
        return int(self.request_row[node] if node < n else self.site_row[node - n])

    def find_drive(self, nodes: Sequence[int]) -> int:
        """Drive of a duty, from and to the yard. [ticks]"""
        rows = [self.row_of(node) for node in nodes]
        if rows and self.yard_row >= 0:
            rows = [self.yard_row, *rows, self.yard_row]
        return sum(int(self.drive[a, b]) for a, b in pairwise(rows))

    def find_services(self, nodes: Sequence[int]) -> tuple[int, ...]:
        """Find the time that each node of a duty takes, dwells with all who alight. [ticks]"""
        n = self.n_requests
        services = [int(self.service[v] if v < n else self.site_dwell[v - n]) for v in nodes]
        for p, v in (self._find_drops(nodes) or {}).items():
            services[v] += int(self.site_service[nodes[p]])
        return tuple(services)

    def find_times(self, nodes: Sequence[int]) -> tuple[int, ...] | None:
        """Find when service begins at each node of a duty, None where it is not allowed.

        By definition and slowly: the moment of every node is a variable of its own, and the
        least moments are found by relaxing every difference until nothing moves
        (Bellman-Ford); more rounds than nodes mean a contradiction.
        """
        n = self.n_requests
        drops = self._find_drops(nodes)
        if drops is None:
            return None
        services = self.find_services(nodes)
        at = [int(self.from_[v] if v < n else self.site_from[v - n]) for v in nodes]
        by = [int(self.by[v] if v < n else self.site_by[v - n]) for v in nodes]
        gaps = [
            services[p] + int(self.drive[self.row_of(nodes[p]), self.row_of(nodes[p + 1])])
            for p in range(len(nodes) - 1)
        ]
        for _ in range(len(nodes) + 1):
            before = list(at)
            for p, gap in enumerate(gaps):
                at[p + 1] = max(at[p + 1], at[p] + gap)
            for p in range(len(gaps) - 1, -1, -1):
                if nodes[p] < n:
                    at[p] = max(at[p], at[p + 1] - gaps[p])
            for p, v in drops.items():
                at[p] = max(at[p], at[v] - services[p] - int(self.max_ride[nodes[p]]))
            if any(moment > last for moment, last in zip(at, by, strict=True)):
                return None
            if at == before:
                break
        else:
            return None
        return tuple(at)

    def _find_drops(self, nodes: Sequence[int]) -> dict[int, int] | None:
        """Find where each pick-up alights; None if somebody stays aboard or it is too full."""
        n = self.n_requests
        aboard: list[int] = []
        drops: dict[int, int] = {}
        if len({v for v in nodes if v < n}) < sum(v < n for v in nodes):
            return None
        for p, node in enumerate(nodes):
            if node < n:
                aboard.append(p)
                if sum(int(self.load[nodes[q]]) for q in aboard) > self.capacity:
                    return None
                continue
            for q in [q for q in aboard if self.request_site[nodes[q]] == node - n]:
                drops[q] = p
                aboard.remove(q)
        return None if aboard else drops


def rank_neighbours(problem: DutyProblem, *, n_neighbours: int = 100) -> Int32Array:
    """Rank the other requests of each one in two ways: by place, and by place and time.

    Place is the drive between the stops; the second way adds 0.3 of the drive between the sites
    and 0.3 of the time between the middles of their windows.

    Returns
    -------
    near
        (2, n, q); ties by position.
    """
    n = problem.n_requests
    q = max(0, min(n_neighbours, n - 1))
    stops = problem.request_row.astype(np.int64)
    sites = problem.site_row.astype(np.int64)[problem.request_site]
    middle = (problem.site_from.astype(np.int64) + problem.site_by)[problem.request_site] // 2
    place = problem.drive[np.ix_(stops, stops)].astype(np.float64)
    between = problem.drive[np.ix_(sites, sites)] + np.abs(middle[:, None] - middle[None, :])
    near = np.empty((2, n, q), dtype=np.int32)
    for way, score in enumerate((place + 0.3 * between, place)):
        np.fill_diagonal(score, np.inf)
        near[way] = np.argsort(score, axis=1, kind="stable")[:, :q]
    return near
