"""The covering program: routes found so far, and what they say each rider is worth."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import SolverError
from routing.bounds.classes import OfferClasses, cut_classes
from routing.bounds.fleet import Cover, Fleet
from routing.bounds.merging import Samples
from routing.evaluate import measure_peaks
from routing.problem import SessionProblem
from routing.schedule import build_segments, find_schedule

FloatArray = NDArray[np.float64]

_N_KEPT = 6
"""Columns kept for each row, the cheapest in reduced price."""


Key = tuple[tuple[int, ...], Cover]
"""Riders in order, one visited twice named twice, and the moments an own vehicle is held."""


class Master:
    """Least price of covering every rider with the routes known so far.

    A column counts how often a relaxed route visits each rider; routes that visit one twice
    are let in and are taken out when the memory that forbids them grows. Routes on own vehicles
    count as well in the moments they hold one (`routing.bounds.fleet`).
    """

    def __init__(
        self, riders: Sequence[int], n_requests: int, ceiling_pence: FloatArray, fleet: Fleet
    ) -> None:
        self.riders = tuple(riders)
        self.row = np.full(n_requests, -1, dtype=np.int64)
        self.row[list(riders)] = np.arange(len(self.riders))
        self.n_requests = n_requests
        self.ceiling_pence = ceiling_pence
        self.fleet = fleet
        self.hold_pence = np.zeros(2 * fleet.n_moments)
        self.routes: dict[Key, tuple[float, tuple[int, ...]]] = {}
        self.values: dict[Key, float] = {}
        self.loose: dict[Key, float] = {}

    def _find_key(self, nodes: tuple[int, ...], tier: int) -> Key:
        riders = tuple(sorted(node for node in nodes if node < self.n_requests))
        return riders, self.fleet.find_cover(nodes, tier)

    def add(self, nodes: tuple[int, ...], pence: float, tier: int = 0) -> bool:
        """Add a route unless its riders are known at no higher price."""
        key = self._find_key(nodes, tier)
        pence = max(0.0, pence)
        old = self.routes.get(key)
        if old is not None and old[0] <= pence + 1e-6:
            return False
        self.routes[key] = (pence, nodes)
        return True

    def add_loose(self, nodes: tuple[int, ...], pence: float, tier: int = 0) -> bool:
        """Add what a proof could not rule out: perhaps no route, but no real one is cheaper.

        Such columns turn the prices to where the proof succeeds; they are no routes in use.
        """
        key = self._find_key(nodes, tier)
        pence = max(0.0, pence)
        if self.loose.get(key, np.inf) <= pence + 1e-6:
            return False
        self.loose[key] = pence
        return True

    def solve(self) -> tuple[float, FloatArray]:
        """Solve the program; what moments are worth stands in `hold_pence`.

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

        n = len(self.riders)
        keys = list(self.routes)
        paid = [*(self.routes[key][0] for key in keys), *self.loose.values()]
        costs = np.array([*paid, *self.ceiling_pence])
        whole = self._build_matrix([*keys, *self.loose])
        limits = np.concatenate([-np.ones(n), self.fleet.limits])
        result = linprog(costs, A_ub=whole, b_ub=limits, method="highs-ipm")
        if result.status != 0:
            result = linprog(costs, A_ub=whole, b_ub=limits, method="highs-ds")
        if result.status != 0:
            raise SolverError(f"the program of a bound failed: {result.message}")
        worth = -result.ineqlin.marginals
        duals = np.clip(worth[:n], 0.0, self.ceiling_pence)
        self.hold_pence = np.maximum(worth[n:], 0.0)
        pi = np.zeros(self.n_requests)
        pi[list(self.riders)] = duals
        self.values = {
            key: float(x)
            for key, x in zip(keys, result.x[: len(keys)], strict=True)
            if x > 1e-7
        }
        reduced = costs[: len(paid)] + whole.T[: len(paid)] @ np.concatenate(
            [duals, self.hold_pence]
        )
        self._thin(keys, reduced[: len(keys)])
        self._thin_loose(reduced[len(keys) :])
        return float(result.fun), pi

    def _build_matrix(self, every: Sequence[Key]) -> Any:
        """Build the program's matrix: minus who is carried, and the moments held."""
        from scipy.sparse import csc_array, eye_array, hstack, vstack

        n, n_rows = len(self.riders), 2 * self.fleet.n_moments
        starts = np.cumsum([0, *(len(riders) for riders, _ in every)])
        members = self.row[np.array([i for riders, _ in every for i in riders], dtype=np.int64)]
        # A rider named twice stands twice; the sum is made in the conversion.
        matrix = csc_array((-np.ones(len(members)), members, starts), shape=(n, len(every)))
        matrix.sum_duplicates()
        whole = hstack([matrix, -eye_array(n)], format="csc")
        if n_rows == 0:
            return whole
        rows = [self.fleet.list_rows(cover) for _, cover in every] + [()] * n
        starts = np.cumsum([0, *(len(some) for some in rows)])
        held = np.array([r for some in rows for r in some], dtype=np.int64)
        times = csc_array((np.ones(len(held)), held, starts), shape=(n_rows, len(rows)))
        return vstack([whole, times], format="csc")

    def _thin(self, keys: Sequence[Key], reduced: FloatArray) -> None:
        """Leave out the columns that are far too dear, once there are very many."""
        most = _N_KEPT * len(self.riders) + 4_000
        if len(keys) <= 2 * most:
            return
        limit = float(np.partition(reduced, most)[most])
        for key, price in zip(keys, reduced.tolist(), strict=True):
            if price > limit and key not in self.values:
                del self.routes[key]

    def _thin_loose(self, reduced: FloatArray) -> None:
        """Leave out the loose columns that are far too dear, once there are very many."""
        most = _N_KEPT * len(self.riders)
        if len(reduced) > 2 * most:
            limit = float(np.partition(reduced, most)[most])
            kept = zip(list(self.loose), reduced.tolist(), strict=True)
            self.loose = {key: self.loose[key] for key, price in kept if price <= limit}

    def find_cycles(self) -> list[tuple[int, ...]]:
        """Find the nodes of the routes in use that visit a rider twice."""
        return [
            self.routes[key][1]
            for key in self.values
            if key in self.routes and len(set(key[0])) < len(key[0])
        ]

    def remove(self, is_forbidden: Iterable[Key]) -> None:
        """Take routes out."""
        for key in is_forbidden:
            self.routes.pop(key, None)


def measure_samples(problem: SessionProblem, routes: Sequence[Sequence[int]]) -> Samples:
    """Measure routes as far as prices depend on it; those without a schedule are left out."""
    found = []
    for nodes in routes:
        schedule = find_schedule(build_segments(problem, nodes))
        if schedule is None:
            continue
        requests = [node for node in nodes if node < problem.n_requests]
        rows = [problem.row_of(node) for node in nodes]
        loaded_m = sum(int(problem.distance_m[a, c]) for a, c in itertools.pairwise(rows))
        seats, spaces = measure_peaks(problem, nodes)
        last = nodes[-1] - problem.n_requests
        times = (schedule.duration_s, schedule.waiting_s)
        found.append((loaded_m, *times, seats, spaces, requests[0], last, requests))
    carried = np.zeros((len(found), problem.n_requests), dtype=np.bool_)
    for row, facts in enumerate(found):
        carried[row, facts[7]] = True
    columns = np.array([facts[:7] for facts in found], dtype=np.int64).reshape(-1, 7).T
    loaded, duration, waiting = columns[:3].astype(np.float64)
    return Samples(
        loaded_m=loaded,
        duration_s=duration,
        waiting_s=waiting,
        seats=columns[3],
        spaces=columns[4],
        first=columns[5],
        last=columns[6],
        carried=carried,
    )


def price_below(
    problem: SessionProblem, classes: OfferClasses, nodes: Sequence[int]
) -> float | None:
    """Price a real route by the cheapest class that may run it, or None. [pence]

    The independent count of what pricing by labels must find: from the schedule of the whole
    route and the classes' linear prices.
    """
    sample = measure_samples(problem, [nodes])
    if len(sample.first) == 0:
        return None
    every = (cut_classes(classes, [g]) for g in range(classes.n_classes))
    least = min((float(sample.price(one)[0]) for one in every), default=np.inf)
    return least if np.isfinite(least) else None


__all__ = ["Master", "measure_samples", "price_below"]
