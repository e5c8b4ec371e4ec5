"""The covering program: routes found so far, and what they say each rider is worth."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from data.errors import SolverError
from routing.bounds.classes import OfferClasses
from routing.evaluate import measure_peaks
from routing.problem import SessionProblem
from routing.schedule import build_segments, find_schedule

FloatArray = NDArray[np.float64]

_N_KEPT = 6
"""Columns kept for each row, the cheapest in reduced price."""


class Master:
    """Least price of covering every rider with the routes known so far.

    A column counts how often a relaxed route visits each rider; routes that visit one twice
    are let in and are taken out when the memory that forbids them grows.
    """

    def __init__(
        self, riders: Sequence[int], n_requests: int, ceiling_pence: FloatArray
    ) -> None:
        self.riders = tuple(riders)
        self.row = np.full(n_requests, -1, dtype=np.int64)
        self.row[list(riders)] = np.arange(len(self.riders))
        self.n_requests = n_requests
        self.ceiling_pence = ceiling_pence
        self.routes: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {}
        self.values: dict[tuple[int, ...], float] = {}

    def add(self, nodes: tuple[int, ...], pence: float) -> bool:
        """Add a route unless its riders are known at no higher price."""
        key = tuple(sorted(node for node in nodes if node < self.n_requests))
        pence = max(0.0, pence)
        old = self.routes.get(key)
        if old is not None and old[0] <= pence + 1e-6:
            return False
        self.routes[key] = (pence, nodes)
        return True

    def solve(self) -> tuple[float, FloatArray]:
        """Solve the program.

        Returns
        -------
        value, pi
            Its value, and the price of each request (0 for those who are no riders). [pence]

        Raises
        ------
        SolverError
            If the solver fails.
        """
        from scipy.optimize import linprog
        from scipy.sparse import csc_array

        n = len(self.riders)
        keys = list(self.routes)
        costs = np.array([*(self.routes[key][0] for key in keys), *self.ceiling_pence])
        starts = np.cumsum([0, *(len(key) for key in keys)])
        members = self.row[np.array([i for key in keys for i in key], dtype=np.int64)]
        # A rider named twice stands twice; the sum is made in the conversion.
        matrix = csc_array((np.ones(len(members)), members, starts), shape=(n, len(keys)))
        matrix.sum_duplicates()
        from scipy.sparse import eye_array, hstack

        whole = hstack([matrix, eye_array(n)], format="csc")
        result = linprog(costs, A_ub=-whole, b_ub=-np.ones(n), method="highs-ipm")
        if result.status != 0:
            result = linprog(costs, A_ub=-whole, b_ub=-np.ones(n), method="highs-ds")
        if result.status != 0:
            raise SolverError(f"the program of a bound failed: {result.message}")
        duals = np.clip(-result.ineqlin.marginals, 0.0, self.ceiling_pence)
        pi = np.zeros(self.n_requests)
        pi[list(self.riders)] = duals
        self.values = {
            key: float(x)
            for key, x in zip(keys, result.x[: len(keys)], strict=True)
            if x > 1e-7
        }
        self._thin(keys, costs[: len(keys)] - matrix.T @ duals)
        return float(result.fun), pi

    def _thin(self, keys: Sequence[tuple[int, ...]], reduced: FloatArray) -> None:
        """Leave out the columns that are far too dear, once there are very many."""
        most = _N_KEPT * len(self.riders) + 4_000
        if len(keys) <= 2 * most:
            return
        limit = float(np.partition(reduced, most)[most])
        for key, price in zip(keys, reduced.tolist(), strict=True):
            if price > limit and key not in self.values:
                del self.routes[key]

    def find_cycles(self) -> list[tuple[int, ...]]:
        """Find the nodes of the routes in use that visit a rider twice."""
        return [
            self.routes[key][1]
            for key in self.values
            if key in self.routes and len(set(key)) < len(key)
        ]

    def remove(self, is_forbidden: Iterable[tuple[int, ...]]) -> None:
        """Take routes out by their sorted riders."""
        for key in is_forbidden:
            self.routes.pop(key, None)


def price_below(
    problem: SessionProblem, classes: OfferClasses, nodes: Sequence[int]
) -> float | None:
    """Price a real route by the cheapest class that may run it, or None. [pence]

    The independent count of what pricing by labels must find: from the schedule of the whole
    route and the classes' linear prices.
    """
    requests = [node for node in nodes if node < problem.n_requests]
    segments = build_segments(problem, nodes)
    schedule = find_schedule(segments)
    if schedule is None:
        return None
    seats, spaces = measure_peaks(problem, nodes)
    rows = [problem.row_of(node) for node in nodes]
    loaded_m = sum(int(problem.distance_m[a, c]) for a, c in itertools.pairwise(rows))
    last = nodes[-1] - problem.n_requests
    fits = ((classes.layouts[:, :, 0] >= seats) & (classes.layouts[:, :, 1] >= spaces)).any(1)
    may = fits & classes.is_allowed[:, requests].all(axis=1)
    if not may.any():
        return None
    prices = (
        classes.fixed_pence
        + classes.m_pence * loaded_m
        + classes.s_pence * schedule.duration_s
        + classes.wait_pence * schedule.waiting_s
        + classes.start_pence[:, requests[0]]
        + classes.end_pence[:, last]
    )
    return float(prices[may].min())


__all__ = ["Master", "price_below"]
