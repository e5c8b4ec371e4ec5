"""The proven bound of a paired problem: column generation over its routes.

One row for each request, one for the vehicles; a column is a route. Pricing looks at every
real route and at some that are nearly real (`routing.kernels.pair_labels`). Whatever the
requests are taken to be worth, a plan of at most k routes costs at least what all of them are
worth and k times the least difference between a route's cost and its requests' worth: the bound
of each round, of which the best is kept.

The problem's whole numbers are rounded to the safe side of a plan; the bound takes each a tick
back, and costs as the shortest way round, so that it holds for the unrounded problem as well as
for what leaves stops out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import SolverError
from routing.kernels import pair_labels as k
from routing.paired.problem import PairedProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

N_NEAR = 10
"""Requests each node remembers: the nearest in time."""
_MOST_LABELS = 1_500_000
_MOST_ENDS = 20_000
_N_STEPS = 2_048
_QUICK_SCAN, _EXACT_SCAN = 60, 600
_N_COLUMNS = 150
_SAME = 1e-6
"""Differences of value below this part of it are none."""
_SAFE_C = 1.0
"""What single steps in floating point can lose of a bound at most. [cost units]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedBound:
    """A proven bound on the cost of serving every request.

    Attributes
    ----------
    bound_c
        No plan that serves every request costs less. [cost units]
    program_c
        The program over the routes found: what the bound might at most become. [cost units]
    state
        ``closed``: both agree; ``open``: stopped before.
    cpu_s
        Processor time. [s]
    """

    bound_c: int
    program_c: float
    state: str
    cpu_s: float
    n_rounds: int
    n_routes: int


def bound_paired(
    problem: PairedProblem,
    *,
    seconds: float,
    start: Sequence[Sequence[int]] = (),
    clock: Callable[[], float] = time.thread_time,
    should_stop: Callable[[], bool] = lambda: False,
) -> PairedBound:
    """Prove how little it can cost to serve every request.

    Where more requests may be aboard at once than the labels hold, nothing is proven: 0.

    Parameters
    ----------
    seconds
        Time by `clock`, by default processor time. [s]
    start
        Routes known, as nodes without the depots: they save rounds.
    """
    if count_aboard(problem) > k.MOST_OPEN:
        return PairedBound(
            bound_c=0, program_c=0.0, state="open", cpu_s=0.0, n_rounds=0, n_routes=0
        )
    work = _PairedBound(problem, start)
    began, cpu_began = clock(), time.process_time()

    def is_over() -> bool:
        return clock() - began >= seconds or should_stop()

    work.run(is_over)
    return PairedBound(
        bound_c=int(np.floor(max(0.0, work.best_c))),
        program_c=work.program_c,
        state=work.state,
        cpu_s=time.process_time() - cpu_began,
        n_rounds=work.n_rounds,
        n_routes=len(work.routes),
    )


def count_aboard(problem: PairedProblem) -> int:
    """Count how many requests can be aboard at once at most."""
    most = problem.n_requests
    for d in range(problem.load.shape[1]):
        taken = np.cumsum(np.sort(problem.load[:, d].astype(np.int64)))
        most = min(most, int(np.searchsorted(taken, int(problem.capacity[d]), side="right")))
    return most


class _PairedBound:
    """One bound being proven."""

    def __init__(self, problem: PairedProblem, start: Sequence[Sequence[int]]) -> None:
        self.problem = problem
        n = problem.n_requests
        self.cost_c = _close(problem.cost_c.astype(np.float64))
        self.data = self._pack()
        self.work = _build_work(problem)
        self.routes: dict[tuple[int, ...], tuple[float, tuple[int, ...]]] = {}
        self.best_c = 0.0
        self.program_c = float("inf")
        self.state = "open"
        self.n_rounds = 0
        for i in range(n):
            self._add((i, n + i))
        for nodes in start:
            self._add(tuple(nodes))

    def _pack(self) -> k.PairLabelData:
        """Pack the problem for the kernel, every number a tick on the loose side."""
        p, n = self.problem, self.problem.n_requests
        duration = _close(np.maximum(p.duration_t.astype(np.float64) - 1, 0)).astype(np.int64)
        words = max(1, -(-n // 64))
        near = np.zeros((2 * n, words), dtype=np.uint64)
        both = np.minimum(duration, duration.T)[: 2 * n, :n]
        for v in range(2 * n):
            for i in np.argsort(both[v], kind="stable")[: N_NEAR + 1].tolist():
                near[v, i >> 6] |= np.uint64(1) << np.uint64(i & 63)
        whole = np.int64
        horizon = int(p.by_t.max(initial=0)) + 1
        ride = np.where(p.max_ride_t < 0, horizon, p.max_ride_t + 1).astype(whole)
        start = np.maximum(p.from_t.astype(whole) - 1, 0)
        by = p.by_t.astype(whole) + 1
        service = np.maximum(p.service_t.astype(whole) - 1, 0)
        for i in range(n):
            # Each end of a ride narrows the other.
            direct = int(duration[i, n + i] + service[i])
            most = int(ride[i] + service[i])
            start[n + i] = max(start[n + i], start[i] + direct)
            by[n + i] = min(by[n + i], by[i] + most)
            by[i] = min(by[i], by[n + i] - direct)
            start[i] = max(start[i], start[n + i] - most)
        return k.PairLabelData(
            duration=duration,
            cost=self.cost_c,
            start=start,
            by=by,
            service=service,
            load=p.load.astype(whole),
            capacity=p.capacity.astype(whole),
            ride=ride,
            near=near,
        )

    def _add(self, nodes: tuple[int, ...]) -> bool:
        """Add a route unless its requests are known at no higher cost."""
        p, n = self.problem, self.problem.n_requests
        key = tuple(sorted(v for v in nodes if v < n))
        way = [2 * n, *nodes, 2 * n + 1]
        cost = float(p.vehicle_c) + float(self.cost_c[way[:-1], way[1:]].sum())
        if key in self.routes and self.routes[key][0] <= cost + 1e-9:
            return False
        self.routes[key] = (cost, nodes)
        return True

    def _solve(self) -> FloatArray:
        """Solve the program; give what each request is worth. [cost units]"""
        from scipy.optimize import linprog
        from scipy.sparse import csc_array

        p, n = self.problem, self.problem.n_requests
        keys = list(self.routes)
        # A request that no route of a plan carries is very dear, but never impossible.
        dear = max(10.0 * float(self.cost_c.max(initial=1.0)) * 4, float(p.unserved_c))
        costs = np.array([*(self.routes[key][0] for key in keys), *[dear] * n])
        starts = np.cumsum([0, *(len(key) + 1 for key in keys), *[1] * n])
        rows = np.array([r for key in keys for r in (*key, n)] + list(range(n)))
        values = np.where(rows < n, -1.0, 1.0)
        matrix = csc_array((values, rows, starts), shape=(n + 1, len(costs)))
        matrix.sum_duplicates()
        limits = np.concatenate([-np.ones(n), [float(p.n_vehicles)]])
        result: Any = linprog(costs, A_ub=matrix, b_ub=limits, method="highs-ds")
        if result.status != 0:
            raise SolverError(f"the program of a bound failed: {result.message}")
        self.program_c = float(result.fun)
        self.n_rounds += 1
        return np.asarray(np.maximum(-result.ineqlin.marginals[:n], 0.0))

    def run(self, is_over: Callable[[], bool]) -> None:
        """Find routes quickly, then price exactly, in turns, until closed or out of time."""
        is_exact = False
        center: FloatArray | None = None
        while self.problem.n_requests and not is_over():
            worth = self._solve()
            center = worth if center is None else 0.5 * center + 0.5 * worth
            added = self._price(center, is_exact)
            if added == 0:
                added = self._price(worth, is_exact)
                center = worth
            if is_exact and self.best_c >= self.program_c * (1.0 - _SAME) - _SAFE_C:
                self.state = "closed"
                return
            if added == 0:
                if is_exact:
                    return
                is_exact = True

    def _price(self, worth: FloatArray, is_exact: bool) -> int:
        """Price at these worths; keep what it proves and the routes it finds."""
        p = self.problem
        width = int(self.data.by.max(initial=1)) // _N_STEPS + 1
        scan = _EXACT_SCAN if is_exact else _QUICK_SCAN
        least = k.price_pairs(self.data, self.work, worth, scan, width, is_exact)
        count = self.work.count
        if is_exact and count[k.Q_CUT] == 0:
            # A route's vehicle costs as well; no route at all costs nothing.
            difference = min(0.0, least + float(p.vehicle_c))
            value = float(worth.sum()) + p.n_vehicles * difference - _SAFE_C
            self.best_c = max(self.best_c, value)
        return self._take(int(count[k.Q_ENDS]))

    def _take(self, n_ends: int) -> int:
        """Add the best routes found, few for each first request; give how many are new."""
        n = self.problem.n_requests
        used = np.zeros(n, dtype=np.int64)
        added = 0
        for e in np.argsort(self.work.end_price[:n_ends], kind="stable").tolist():
            x, nodes = int(self.work.end[e]), []
            while x > 0:
                nodes.append(int(self.work.lab[x, k.P_NODE]))
                x = int(self.work.lab[x, k.P_PREV])
            riders = [v for v in nodes if v < n]
            if used[riders].min() >= 4:
                continue
            used[riders] += 1
            added += self._add(tuple(nodes[::-1]))
            if added >= _N_COLUMNS:
                break
        return added


def _close(values: FloatArray) -> FloatArray:
    """Replace every leg by the shortest way round, so that the triangle rule holds."""
    closed = values.copy()
    for via in range(len(closed)):
        np.minimum(closed, closed[:, via, None] + closed[None, via, :], out=closed)
    return closed


def _build_work(problem: PairedProblem) -> k.PairWork:
    """Lay out the scratch of the kernel."""
    n = problem.n_requests
    words = max(1, -(-n // 64))
    return k.PairWork(
        lab=np.zeros((_MOST_LABELS, k.N_LAB), dtype=np.int32),
        time=np.zeros(_MOST_LABELS, dtype=np.int64),
        price=np.zeros(_MOST_LABELS),
        mem=np.zeros((_MOST_LABELS, words), dtype=np.uint64),
        who=np.zeros((_MOST_LABELS, k.MOST_OPEN + 1), dtype=np.int16),
        late=np.zeros((_MOST_LABELS, k.MOST_OPEN + 1), dtype=np.int64),
        long=np.zeros((_MOST_LABELS, k.MOST_OPEN + 1), dtype=np.int64),
        load=np.zeros((_MOST_LABELS, problem.load.shape[1]), dtype=np.int64),
        head=np.zeros(2 * n + 2, dtype=np.int64),
        queue=np.zeros(_N_STEPS + 2, dtype=np.int64),
        count=np.zeros(4, dtype=np.int64),
        end=np.zeros(_MOST_ENDS, dtype=np.int64),
        end_price=np.zeros(_MOST_ENDS),
    )


__all__ = ["PairedBound", "bound_paired"]
