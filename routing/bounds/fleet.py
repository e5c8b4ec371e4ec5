"""The own fleet in a day's bound: at no moment are more own vehicles out than there are.

A route of the own company that reaches its last site t, d seconds after it began to board its
first rider, holds its vehicle from then until it leaves t. It reaches t inside the window
[from, by], so whenever it runs it holds the vehicle at every moment m with::

    by - d <= m < from + dwell

However routes are timed and joined to duties, each such moment is taken on as many vehicles as
routes hold it. So for every moment the number of own routes that hold it is at most the number
of vehicles: rows of the program, whose price each route pays on top. A longer route holds no
less, so the price never falls with d; with d rounded down it is never too high.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.bounds.classes import LARGE_SEATS
from routing.kernels.bound_state import HOLD_S
from routing.problem import SessionProblem

FloatArray = NDArray[np.float64]
Cover = tuple[int, int, int]
"""Tier of a vehicle, and the first moment held and the first after: none if they are equal."""

NO_COVER: Cover = (0, 0, 0)
_STEP_S = 300
"""Time between the moments looked at. [s]"""


class Fleet:
    """Moments at which own vehicles are counted.

    Attributes
    ----------
    moments_s
        (m,) none where the fleet is not limited or not used.
    n_vehicles
        (2,) own vehicles of all sizes, and large ones.
    """

    def __init__(self, problem: SessionProblem, *, is_counted: bool) -> None:
        self.problem = problem
        offers = problem.offers
        is_large = offers.layout_seats.max(axis=1, initial=0) > LARGE_SEATS
        own = offers.is_own & is_counted
        self.n_vehicles = np.array(
            [int(offers.n_vehicles[own].sum()), int(offers.n_vehicles[own & is_large].sum())]
        )
        self.by_s = problem.site_by_s.astype(np.int64)
        self.end_s = problem.site_from_s.astype(np.int64) + problem.site_dwell_s
        self.moments_s = np.zeros(0, dtype=np.int64)
        if own.any() and problem.n_requests:
            longest_s = int(problem.max_ride_s.max()) + int(problem.service_s.max())
            first_s = int(self.by_s.min()) - 2 * longest_s
            self.moments_s = np.arange(first_s, int(self.end_s.max()), _STEP_S)

    @property
    def n_moments(self) -> int:
        """How many moments there are."""
        return len(self.moments_s)

    @property
    def limits(self) -> FloatArray:
        """Vehicles at each row: each moment for all sizes, then each for large ones."""
        return np.repeat(self.n_vehicles.astype(np.float64), self.n_moments)

    def find_cover(self, nodes: Sequence[int], tier: int) -> Cover:
        """Find the moments that a route must hold its vehicle."""
        if tier == 0 or self.n_moments == 0:
            return NO_COVER
        last = nodes[-1] - self.problem.n_requests
        held_s = self._measure(nodes) // HOLD_S * HOLD_S
        low = int(np.searchsorted(self.moments_s, self.by_s[last] - held_s))
        high = int(np.searchsorted(self.moments_s, self.end_s[last]))
        return (tier, low, high) if low < high else NO_COVER

    def _measure(self, nodes: Sequence[int]) -> int:
        """Measure from the begin of the first boarding to the arrival at the last site. [s]"""
        p, n = self.problem, self.problem.n_requests
        total_s = 0
        last = nodes[-1] - n
        # Time from arriving at the first of two sites to arriving at the last.
        span_s = 0
        first = -1
        for a, b in itertools.pairwise(nodes):
            stay_s = int(p.service_s[a]) if a < n else int(p.site_dwell_s[a - n])
            leg_s = stay_s + int(p.duration_s[p.row_of(a), p.row_of(b)])
            if a >= n:
                first = a - n
            if first >= 0:
                span_s += leg_s
            else:
                total_s += leg_s
        if first >= 0:
            span_s = max(span_s, int(p.site_from_s[last]) - int(p.site_by_s[first]))
        return total_s + span_s

    def list_rows(self, cover: Cover) -> range | tuple[int, ...]:
        """List the rows that a cover counts in."""
        tier, low, high = cover
        if tier < 2:
            return range(low, high)
        m = self.n_moments
        return (*range(low, high), *range(m + low, m + high))

    def find_price(self, prices: FloatArray, cover: Cover) -> float:
        """Find what a route pays for the moments it holds. [pence]

        Parameters
        ----------
        prices
            (2 m,) of the rows. [pence]
        """
        return float(prices[list(self.list_rows(cover))].sum())

    def build_hold(self, prices: FloatArray, n_buckets: int) -> FloatArray:
        """Build the price of being held, by tier, last site and time in buckets. [pence]"""
        m, k = self.n_moments, self.problem.n_sites
        hold = np.zeros((3, k, n_buckets))
        if m == 0:
            return hold
        held_s = HOLD_S * np.arange(n_buckets, dtype=np.int64)
        for tier in (1, 2):
            rows = prices[:m] + (prices[m:] if tier == 2 else 0.0)
            total = np.concatenate([[0.0], np.cumsum(rows)])
            for t in range(k):
                low = np.searchsorted(self.moments_s, self.by_s[t] - held_s)
                high = int(np.searchsorted(self.moments_s, self.end_s[t]))
                hold[tier, t] = np.maximum(0.0, total[high] - total[np.minimum(low, high)])
        return hold


__all__ = ["NO_COVER", "Cover", "Fleet"]
