"""The proven bound of one session: column generation with exact labelling.

The bound is that of the covering program over all routes of the stated policy: one row for each
rider, one column for each route at a linear price that no offer undercuts. A price for every
rider is proven when no route costs less than its riders are worth together; their sum is then
below the cost of every plan. Where pricing is not done, the riders' prices are scaled down,
site by site, until it is: what is returned is proven at any moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.bounds.classes import build_classes
from routing.bounds.ledger import Ledger
from routing.bounds.master import Master, price_below
from routing.bounds.pricing import Mode, Priced, Pricer, Run
from routing.kernels.state import NO_COST
from routing.packing import price_alone
from routing.problem import SessionProblem

FloatArray = NDArray[np.float64]
Nodes = tuple[int, ...]

QUICK = Mode(
    width_s=60, n_spans=1, n_friends=1, n_level=15, n_scan=20, is_elementary=True, n_columns=6
)
"""Finds routes fast."""
STEPS = (
    Mode(width_s=60, n_spans=1, n_friends=2, n_level=300, n_labels=3_000, n_columns=6),
    Mode(width_s=30, n_spans=2, n_friends=3, n_level=3_000, n_labels=20_000, n_columns=8),
    Mode(width_s=30, n_spans=4, n_friends=4, n_level=30_000, n_labels=100_000),
    Mode(width_s=30, n_spans=4, n_friends=5, n_level=200_000, n_labels=400_000),
)
"""Proofs, from those that are quick to those that see everything."""
N_NEAR = 5
"""Riders each rider remembers at first."""
_QUICK_SHARE = 0.3
"""Most of the time spent on finding routes without proof."""
_FOUND_PENCE = -100.0
"""The quick way has done what it can when it finds nothing cheaper. [pence]"""
_FEW_SHARE = 0.05
"""Fewer new routes for each rider than this are too few to go on with the quick way."""
_FAR_PENCE = -300.0
"""Runs open by more than this may be proven better at a glance. [pence]"""
_ENOUGH_SHARE = 0.05
"""With more new routes for each rider than this, a finer look would be too early."""
_SAME_PENCE = 0.5
"""Prices this close count as equal. [pence]"""
DONE_PENCE = -0.5
"""Pricing is done when nothing is cheaper. [pence]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionBound:
    """A proven bound on the cost of carrying everybody in one session.

    Attributes
    ----------
    bound_pence
        No plan of the policy costs less. [pence]
    policy
        What plans it holds for.
    state
        ``closed``: the program's exact value; ``scaled``: stopped before, riders' prices
        scaled down until proven; ``alone``: nobody could share.
    program_pence
        Value of the program over the routes found: what the bound might at most become. [pence]
    cpu_s
        Processor time of all threads. [s]
    """

    bound_pence: int
    policy: str
    state: str
    program_pence: float
    cpu_s: float
    n_rounds: int
    n_routes: int
    n_runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundProgress:
    """How far a bound is."""

    stage: str
    seconds: float
    bound_pence: int
    program_pence: float


def describe_policy(problem: SessionProblem) -> str:
    """Describe the plans a session's bound holds for."""
    sites = "1 site" if problem.max_sites == 1 else f"{problem.max_sites} sites"
    return f"at most {sites} a route, waiting only at sites"


def bound_session(
    problem: SessionProblem,
    *,
    seconds: float,
    seed: int = 1,
    threads: int = 1,
    start: Sequence[Nodes] = (),
    upper_pence: int | None = None,
    is_day: bool = False,
    on_progress: Callable[[BoundProgress], None] | None = None,
    clock: Callable[[], float] = time.monotonic,
    should_stop: Callable[[], bool] = lambda: False,
) -> SessionBound:
    """Prove how little a session can cost.

    Parameters
    ----------
    seconds
        Time by `clock`, by default wall time. [s]
    threads
        Runs priced side by side.
    start
        Routes known, e.g. of the plan: they save rounds, and change no bound that closes.
    upper_pence
        Cost of a known plan: a bound that reaches it need not go on. [pence]
    is_day
        Bound the session's part of a day's duties, not routes each charged on its own.
    clock
        Says what time it is. [s]
    should_stop
        Asked now and then; True ends with what is proven so far, as the time does.
    """
    work = _Bound(problem, seconds, threads, start, is_day, on_progress, clock, should_stop)
    work.upper_pence = upper_pence
    return work.run()


class _Bound:
    """One bound being proven."""

    def __init__(
        self,
        problem: SessionProblem,
        seconds: float,
        threads: int,
        start: Sequence[Nodes],
        is_day: bool,
        on_progress: Callable[[BoundProgress], None] | None,
        clock: Callable[[], float],
        should_stop: Callable[[], bool],
    ) -> None:
        self.problem, self.seconds, self.clock = problem, seconds, clock
        self.should_stop = should_stop
        self.upper_pence: int | None = None
        self.on_progress = on_progress
        self.began, self.cpu_began = clock(), time.process_time()
        self.classes = build_classes(problem, is_day=is_day, most=8 if is_day else 12)
        self.pricer = Pricer(problem, self.classes, n_threads=threads)
        alone = price_alone(problem)
        is_fixed = problem.is_alone
        possible = np.flatnonzero(is_fixed & (alone < NO_COST))
        fixed = [self._price_alone(i) if is_day else float(alone[i]) for i in possible.tolist()]
        self.fixed_pence = sum(min(x, problem.policy.unserved_pence) for x in fixed)
        self.riders = [int(i) for i in np.flatnonzero(~is_fixed)]
        ceiling = np.minimum(alone[self.riders], problem.policy.unserved_pence)
        self.master = Master(self.riders, problem.n_requests, ceiling.astype(np.float64))
        self.best_pence = self.fixed_pence
        self.program_pence = 0.0
        self.state = "alone"
        self.n_rounds = 0
        self.floor: dict[Run, float] = {}
        self._remember_near()
        for nodes in start:
            self._add_start(tuple(nodes))

    def _price_alone(self, i: int) -> float:
        site = self.problem.n_requests + int(self.problem.request_site[i])
        pence = price_below(self.problem, self.classes, (i, site))
        return 0.0 if pence is None else max(0.0, pence)

    @property
    def used_s(self) -> float:
        return self.clock() - self.began

    def is_over(self, share: float = 1.0) -> bool:
        if self.upper_pence is not None and self.best_pence > self.upper_pence - 1:
            return True
        return self.used_s >= self.seconds * share or self.should_stop()

    def _remember_near(self) -> None:
        near = self.pricer.data.near
        problem = self.problem
        time_s = problem.duration_s[np.ix_(problem.request_row, problem.request_row)]
        both = np.minimum(time_s, time_s.T).astype(np.int64)
        both[:, problem.is_alone] = 1 << 40
        np.fill_diagonal(both, -1)
        order = np.argsort(both, axis=1, kind="stable")[:, : N_NEAR + 1]
        for i in range(problem.n_requests):
            near[i, order[i]] = 1

    def _add_start(self, nodes: Nodes) -> None:
        n = self.problem.n_requests
        riders = [node for node in nodes if node < n]
        sites = len(nodes) - len(riders)
        if sites > 2 or any(self.problem.is_alone[i] for i in riders):
            return
        pence = price_below(self.problem, self.classes, nodes)
        if pence is not None:
            self.master.add(nodes, pence)

    def run(self) -> SessionBound:
        """Find routes, prove prices, in turns, until closed or out of time."""
        if self.riders and self.pricer.runs and self.problem.max_sites <= 2:
            self.ledger = Ledger(self.pricer)
            self._find_routes()
            self._prove()
        return SessionBound(
            bound_pence=int(np.floor(self.best_pence)),
            policy=describe_policy(self.problem),
            state=self.state,
            program_pence=self.program_pence + self.fixed_pence,
            cpu_s=time.process_time() - self.cpu_began,
            n_rounds=self.n_rounds,
            n_routes=len(self.master.routes),
            n_runs=len(self.pricer.runs),
        )

    def _tell(self, stage: str) -> None:
        if self.on_progress is not None:
            self.on_progress(
                BoundProgress(
                    stage=stage,
                    seconds=self.used_s,
                    bound_pence=int(self.best_pence),
                    program_pence=self.program_pence + self.fixed_pence,
                )
            )

    def _solve(self) -> FloatArray:
        value, pi = self.master.solve()
        self.program_pence = value
        self.n_rounds += 1
        return pi

    def _take(self, pi: FloatArray, found: Sequence[Priced]) -> int:
        """Add the routes found to the program; give how many are new."""
        n = self.problem.n_requests
        added = 0
        for priced in found:
            for reduced, nodes in priced.routes:
                pence = reduced + sum(float(pi[i]) for i in nodes if i < n)
                added += self.master.add(nodes, pence)
        return added

    def _find_routes(self) -> None:
        """Find routes without proof, while that goes fast."""
        center: FloatArray | None = None
        active: list[Run] = list(self.pricer.runs)
        n_full = 0
        while not self.is_over(_QUICK_SHARE):
            pi = self._solve()
            center = pi if center is None else 0.5 * center + 0.5 * pi
            is_full = len(active) == len(self.pricer.runs)
            n_full += is_full
            found = self.pricer.price_all(center, active, QUICK, is_over=self.is_over)
            added = self._take(center, found)
            least = min((p.best_pence for p in found), default=0.0)
            self._tell(f"{len(active)} runs, {added} new, least {least:.0f}")
            if is_full and n_full > 1 and least > _FOUND_PENCE:
                break
            active = [r for r, p in zip(active, found, strict=True) if p.best_pence < -1.0]
            if added < _FEW_SHARE * len(self.riders) or not active:
                if n_full > 1:
                    break
                active, center = list(self.pricer.runs), None

    def _prove(self) -> None:
        """Price exactly, in turns with the program, and keep the best proven prices."""
        ledger = self.ledger
        center: FloatArray | None = None
        while True:
            pi = self._solve()
            if self._grow_memory():
                pi = self._solve()
            center = pi if center is None else 0.5 * center + 0.5 * pi
            worst, added = self._price_exactly(center, ledger)
            if not self.is_over() and (worst > DONE_PENCE or not added):
                if float(np.abs(center - pi).max()) > _SAME_PENCE:
                    center = pi
                    worst, added = self._price_exactly(pi, ledger)
                if (worst > DONE_PENCE or not added) and not self.master.find_cycles():
                    break
            if self.is_over():
                break

    def _price_exactly(self, pi: FloatArray, ledger: Ledger) -> tuple[float, int]:
        """Price all runs that earlier proofs leave open, ever more finely; keep the bound.

        Returns
        -------
        worst, added
            Least reduced price left unproven, and the routes that are new to the program.
        """
        ledger.move(pi)
        added = 0
        for mode in STEPS:
            runs = ledger.find_open()
            found = self.pricer.price_all(pi, runs, mode, is_over=self.is_over)
            ledger.note(runs, found)
            added += self._take(pi, found)
            if runs:
                labels, cut = sum(p.n_labels for p in found), sum(p.n_cut > 0 for p in found)
                self._keep(pi, ledger.least)
                self._tell(
                    f"{len(runs)} runs, least {min(ledger.least):.0f}, {added} new, "
                    f"{labels} labels, {cut} cut"
                )
            if self.is_over() or added > _ENOUGH_SHARE * len(self.riders):
                break
        self._keep(pi, ledger.least)
        return float(min(ledger.least)), added

    def _grow_memory(self) -> bool:
        """Remember riders where a route in use visits one twice; say whether there was one."""
        n = self.problem.n_requests
        near = self.pricer.data.near
        cycles = self.master.find_cycles()
        for nodes in cycles:
            riders = [node for node in nodes if node < n]
            last: dict[int, int] = {}
            for at, i in enumerate(riders):
                if i in last:
                    for j in riders[last[i] + 1 : at]:
                        near[j, i] = 1
                last[i] = at
        if not cycles:
            return False
        gone = []
        for key, (_, nodes) in self.master.routes.items():
            if len(set(key)) < len(key) and self._is_forbidden(nodes):
                gone.append(key)
        self.master.remove(gone)
        return True

    def _is_forbidden(self, nodes: Nodes) -> bool:
        near, n = self.pricer.data.near, self.problem.n_requests
        riders = [node for node in nodes if node < n]
        last: dict[int, int] = {}
        for at, i in enumerate(riders):
            if i in last and all(near[j, i] for j in riders[last[i] + 1 : at]):
                return True
            last[i] = at
        return False

    def _keep(self, pi: FloatArray, least: FloatArray) -> None:
        """Scale the riders' prices until proven, and keep the bound if it is better.

        A run's factor f is such that no route of it costs less than f times what its riders
        are worth: with least price c and least reduced price -d, f = c / (c + d), as then
        price - f worth = f (price - worth) + (1 - f) price >= -f d + (1 - f) c = 0.
        """
        factor = np.ones((self.classes.n_classes, self.problem.n_sites))
        scale = self.ledger.find_scale(pi) if least.min() < _FAR_PENCE else None
        for at in np.flatnonzero(least < 0.0).tolist():
            run, low = self.pricer.runs[at], float(least[at])
            f = float(scale[at]) if scale is not None else 0.0
            if f < 1.0 and low > _FAR_PENCE * 10:
                floor = self._find_floor(run)
                f = max(f, floor / (floor - low) if floor > 0 else 0.0)
            for j in (run.last, run.first):
                if j >= 0:
                    factor[run.g, j] = min(factor[run.g, j], f)
        site = self.problem.request_site
        per = np.where(self.classes.is_allowed, factor[:, site], 1.0).min(axis=0)
        value = self.fixed_pence + float((per * pi)[self.riders].sum())
        if value > self.best_pence:
            self.best_pence = value
            self.state = "closed" if least.min() > DONE_PENCE else "scaled"

    def _find_floor(self, run: Run) -> float:
        """Find what a route of the run costs at least. [pence]"""
        if run not in self.floor:
            self.floor[run] = self.pricer.find_floor(run)
        return self.floor[run]
