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

import numpy as np
from numpy.typing import NDArray

from routing.bounds.classes import build_classes, cut_classes
from routing.bounds.fleet import NO_COVER, Cover, Fleet
from routing.bounds.ledger import Ledger
from routing.bounds.master import Master, measure_samples, price_below
from routing.bounds.memory import grow_memory, remember_near
from routing.bounds.pricing import Priced, Pricer, Run
from routing.bounds.result import BoundProgress, SessionBound, describe_policy
from routing.bounds.steps import QUICK, STEPS
from routing.kernels.state import NO_COST
from routing.packing import price_alone
from routing.problem import SessionProblem

FloatArray = NDArray[np.float64]
Nodes = tuple[int, ...]

N_CLASSES, N_CLASSES_SHORT = 12, 8
"""Most classes of offers, where there is time for them and where there is not."""
LONG_S = 60.0
"""Time from which more classes pay. [s]"""
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
_NEAR_SHARE = 0.002
"""A bound this close to its program has gained what its proofs can gain; finer ones follow."""
_SAME_PENCE = 0.5
"""Prices this close count as equal. [pence]"""
DONE_PENCE = -0.5
"""Pricing is done when nothing is cheaper. [pence]"""


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
        self.classes = build_classes(
            problem,
            is_day=is_day,
            most=N_CLASSES if seconds >= LONG_S else N_CLASSES_SHORT,
            samples=measure_samples(problem, start) if is_day else None,
        )
        self.pricer = Pricer(problem, self.classes, n_threads=threads)
        alone = price_alone(problem)
        is_fixed = problem.is_alone
        self.fleet = Fleet(problem, is_counted=is_day)
        tiers = self.classes.tier
        self.by_tier = {
            tier: cut_classes(self.classes, np.flatnonzero(tiers == tier).tolist())
            for tier in np.unique(tiers).tolist()
        }
        possible = np.flatnonzero(is_fixed & (alone < NO_COST))
        self.riders = [int(i) for i in np.flatnonzero(~is_fixed)]
        self.solos: dict[int, list[tuple[float, Cover]]] = {}
        self.fixed_pence = 0.0
        ceiling = np.minimum(alone, problem.policy.unserved_pence).astype(np.float64)
        if is_day:
            for i in possible.tolist():
                self.solos[i] = self._list_alone(i)
            self.best_pence = self._price_solos(np.zeros(2 * self.fleet.n_moments))
            if self.fleet.n_moments == 0:
                self.fixed_pence = self.best_pence
            else:
                # An own vehicle, of which there are few, is no way for everybody.
                for i in [*self.riders, *self.solos]:
                    ceiling[i] = self._list_alone(i)[0][0]
                self.riders = sorted([*self.riders, *self.solos])
        else:
            self.fixed_pence = self.best_pence = float(ceiling[possible].sum())
        self.is_solo = np.isin(self.riders, list(self.solos))
        self.master = Master(self.riders, problem.n_requests, ceiling[self.riders], self.fleet)
        self.program_pence = 0.0
        self.state = "alone"
        self.n_rounds = 0
        self.floor: dict[Run, float] = {}
        remember_near(problem, self.pricer.data.near)
        n = problem.n_requests
        alone_routes = [(i, n + int(problem.request_site[i])) for i in self.solos]
        for nodes in [*alone_routes, *start]:
            self._add_start(tuple(nodes))

    def _list_alone(self, i: int) -> list[tuple[float, Cover]]:
        """List what a route of its own may cost a rider: bought or not at all, then own."""
        nodes = (i, self.problem.n_requests + int(self.problem.request_site[i]))
        ways: list[tuple[float, Cover]] = []
        highest = float(self.problem.policy.unserved_pence)
        for tier, classes in self.by_tier.items():
            pence = price_below(self.problem, classes, nodes)
            if pence is None:
                continue
            if tier == 0:
                highest = min(highest, max(0.0, pence))
            else:
                ways.append((max(0.0, pence), self.fleet.find_cover(nodes, tier)))
        return [(highest, NO_COVER), *ways]

    def _price_solos(self, hold: FloatArray) -> float:
        """Price those who travel alone, each the cheapest way. [pence]"""
        price = self.fleet.find_price
        return sum(
            min(pence + price(hold, cover) for pence, cover in ways)
            for ways in self.solos.values()
        )

    @property
    def used_s(self) -> float:
        return self.clock() - self.began

    def is_over(self, share: float = 1.0) -> bool:
        if self.upper_pence is not None and self.best_pence > self.upper_pence - 1:
            return True
        return self.used_s >= self.seconds * share or self.should_stop()

    def _add_start(self, nodes: Nodes) -> None:
        n = self.problem.n_requests
        riders = [node for node in nodes if node < n]
        sites = len(nodes) - len(riders)
        if sites > 2 or (len(riders) > 1 and any(self.problem.is_alone[i] for i in riders)):
            return
        if any(self.master.row[i] < 0 for i in riders):
            return
        for tier, classes in self.by_tier.items():
            pence = price_below(self.problem, classes, nodes)
            if pence is not None:
                self.master.add(nodes, pence, tier)

    def run(self) -> SessionBound:
        """Find routes, prove prices, in turns, until closed or out of time."""
        if self.riders and self.pricer.runs and self.problem.max_sites <= 2:
            self.ledger = Ledger(self.pricer)
            self._find_routes()
            self._prove()
        return SessionBound(
            bound_pence=int(np.floor(self.best_pence)),
            policy=describe_policy(self.problem, self.fleet),
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
        """Solve the program: what riders and, after them, moments of own vehicles are worth."""
        value, pi = self.master.solve()
        self.program_pence = value
        self.n_rounds += 1
        return np.concatenate([pi, self.master.hold_pence])

    def _set_prices(self, prices: FloatArray) -> FloatArray:
        """Set what holding an own vehicle costs; give the prices of the riders."""
        n = self.problem.n_requests
        if self.fleet.n_moments:
            held = self.pricer.hold.shape[2]
            self.pricer.hold = self.fleet.build_hold(prices[n:], held)
        return prices[:n]

    def _take(
        self,
        prices: FloatArray,
        runs: Sequence[Run],
        found: Sequence[Priced],
        *,
        is_loose: bool = False,
    ) -> int:
        """Add the routes found, or what was not ruled out, to the program; count the new."""
        added = 0
        for run, priced in zip(runs, found, strict=True):
            tier = int(self.classes.tier[run.g])
            add = self.master.add_loose if is_loose else self.master.add
            for reduced, nodes in priced.loose if is_loose else priced.routes:
                added += add(nodes, reduced + self._find_worth(prices, nodes, tier), tier)
        return added

    def _find_worth(self, prices: FloatArray, nodes: Nodes, tier: int) -> float:
        """Find what a route's riders are worth, less what holding its vehicle costs. [pence]"""
        n = self.problem.n_requests
        worth = sum(float(prices[i]) for i in nodes if i < n)
        return worth - self.fleet.find_price(prices[n:], self.fleet.find_cover(nodes, tier))

    def _find_routes(self) -> None:
        """Find routes without proof, while that goes fast."""
        center: FloatArray | None = None
        active: list[Run] = list(self.pricer.runs)
        n_full = 0

        def is_enough() -> bool:
            return self.is_over(_QUICK_SHARE)

        while not is_enough():
            pi = self._solve()
            center = pi if center is None else 0.5 * center + 0.5 * pi
            is_full = len(active) == len(self.pricer.runs)
            n_full += is_full
            pi = self._set_prices(center)
            found = self.pricer.price_all(pi, active, QUICK, is_over=is_enough)
            added = self._take(center, active, found)
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
        """Price exactly, in turns with the program, and keep the best proven prices.

        First with the quickest proofs until the prices suit them, then with ever finer ones.
        Where a proof stops short, what it could not rule out joins the program as loose
        columns, so that the prices turn to where it succeeds.
        """
        for level in range(len(STEPS)):
            self.master.loose.clear()
            self._prove_level(level, self.ledger)
            if self.is_over():
                break

    def _prove_level(self, level: int, ledger: Ledger) -> None:
        """Take turns between program and proofs until they agree, or nearly so."""
        is_last = level == len(STEPS) - 1
        center: FloatArray | None = None
        while True:
            pi = self._solve()
            if grow_memory(self.master, self.pricer.data.near):
                pi = self._solve()
            center = pi if center is None else 0.5 * center + 0.5 * pi
            worst, added = self._price_exactly(center, ledger, level)
            if self.is_over():
                return
            if worst > DONE_PENCE or not added:
                if float(np.abs(center - pi).max()) > _SAME_PENCE:
                    center = pi
                    worst, added = self._price_exactly(pi, ledger, level)
                if (worst > DONE_PENCE or not added) and not self.master.find_cycles():
                    return
            gap = self.program_pence + self.fixed_pence - self.best_pence
            if not is_last and gap < _NEAR_SHARE * self.best_pence:
                return

    def _price_exactly(
        self, prices: FloatArray, ledger: Ledger, level: int
    ) -> tuple[float, int]:
        """Price all runs that earlier proofs leave open, ever more finely; keep the bound.

        Returns
        -------
        worst, added
            Least reduced price left unproven, and the columns that are new to the program.
        """
        pi = self._set_prices(prices)
        ledger.move(pi)
        added = 0
        for step, mode in enumerate(STEPS[: level + 1]):
            runs = ledger.find_open()
            found = self.pricer.price_all(pi, runs, mode, is_over=self.is_over)
            ledger.note(runs, found)
            added += self._take(prices, runs, found)
            n_loose = self._take(prices, runs, found, is_loose=True) if step == level else 0
            if runs:
                labels, cut = sum(p.n_labels for p in found), sum(p.n_cut > 0 for p in found)
                self._keep(prices, ledger.least)
                self._tell(
                    f"level {level}: {len(runs)} runs, least {min(ledger.least):.0f}, "
                    f"{added}+{n_loose} new, {labels} labels, {cut} cut"
                )
            added += n_loose
            if self.is_over() or added > _ENOUGH_SHARE * len(self.riders):
                break
        self._keep(prices, ledger.least)
        return float(min(ledger.least)), added

    def _keep(self, prices: FloatArray, least: FloatArray) -> None:
        """Scale the riders' prices until proven, and keep the bound if it is better.

        A run's factor f is such that no route of it costs less than f times what its riders
        are worth: with least price c and least reduced price -d, f = c / (c + d), as then
        price - f worth = f (price - worth) + (1 - f) price >= -f d + (1 - f) c = 0. What
        holding an own vehicle costs counts to the price; the limits on the fleet cost it back.
        """
        n = self.problem.n_requests
        pi, hold = prices[:n], prices[n:]
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
        shared = np.array(self.riders, dtype=np.int64)[~self.is_solo]
        value = self.fixed_pence + float((per * pi)[shared].sum())
        if self.fleet.n_moments:
            # Vehicles that are out less than they may be gain nothing, and so cost nothing.
            value += self._price_solos(hold) - float(self.fleet.limits @ hold)
        if value > self.best_pence:
            self.best_pence = value
            self.state = "closed" if least.min() > DONE_PENCE else "scaled"

    def _find_floor(self, run: Run) -> float:
        """Find what a route of the run costs at least. [pence]"""
        if run not in self.floor:
            self.floor[run] = self.pricer.find_floor(run)
        return self.floor[run]
