"""What is proven of each run, carried over from prices to prices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.bounds.pricing import Priced, Pricer, Run

FloatArray = NDArray[np.float64]

_OPEN_PENCE = 0.2
"""Less than this below nought counts as proven. [pence]"""


class Ledger:
    """The least reduced price proven of each run at the present prices.

    When the riders' prices change, a route's reduced price falls by at most what its own riders
    rise, and what holding an own vehicle has become cheaper by. A real route carries nobody
    twice and, to each of its sites, no more than the load of its class: so by at most the
    greatest rises at each site, as many as fit.

    Attributes
    ----------
    least
        (runs,) proven at the present prices. [pence]
    """

    def __init__(self, pricer: Pricer) -> None:
        self.pricer = pricer
        self.runs = pricer.runs
        self.at = {run: k for k, run in enumerate(self.runs)}
        self.least = np.full(len(self.runs), -np.inf)
        self._proven = np.full(len(self.runs), -np.inf)
        self._stamp = np.full(len(self.runs), -1)
        self._prices: list[FloatArray] = []
        self._holds: list[FloatArray] = []
        self._tier = np.array([pricer.classes.tier[r.g] for r in self.runs], dtype=np.int64)
        self._is_seen = np.zeros(len(self.runs), dtype=np.bool_)
        self._g = np.array([r.g for r in self.runs], dtype=np.int64)
        self._last = np.array([r.last for r in self.runs], dtype=np.int64)
        self._first = np.array([r.first for r in self.runs], dtype=np.int64)
        self._glances: dict[tuple[int, int], tuple[NDArray[np.int64], FloatArray, int]]
        self._base: FloatArray
        self._build_glances()

    def move(self, pi: FloatArray) -> None:
        """Carry what is proven over to new prices."""
        self._is_seen[:] = False
        self._prices.append(pi.copy())
        hold = self.pricer.hold
        self._holds.append(hold)
        self.least = self.find_glance(pi)
        for stamp in np.unique(self._stamp).tolist():
            if stamp < 0:
                continue
            rise = self._find_rises(pi - self._prices[stamp])
            here = self._stamp == stamp
            g, first = self._g[here], self._first[here]
            fall = rise[g, self._last[here]]
            fall += np.where(first >= 0, rise[g, np.maximum(first, 0)], 0.0)
            # Where holding a vehicle has become cheaper, a route falls by that at most.
            eased = np.maximum(0.0, self._holds[stamp] - hold).max(axis=2, initial=0.0)
            fall += eased[self._tier[here], self._last[here]]
            self.least[here] = np.maximum(self.least[here], self._proven[here] - fall)

    def find_glance(self, pi: FloatArray) -> FloatArray:
        """Find a bound on each run's least reduced price without routing at all. [pence]

        A route pays what is fixed, and for each rider at least the boarding and the shortest
        way from its stop to any other; at each of its sites it carries no more riders than the
        class has room for. So no route is cheaper than with the most worthwhile riders.
        """
        pricer = self.pricer
        gains = np.zeros((pricer.classes.n_classes, pricer.problem.n_sites))
        for (g, j), (riders, least, most) in self._glances.items():
            gain = np.sort(np.maximum(pi[riders] - least, 0.0))
            gains[g, j] = gain[max(0, len(gain) - most) :].sum()
        first = np.where(self._first >= 0, gains[self._g, np.maximum(self._first, 0)], 0.0)
        return np.asarray(self._base - gains[self._g, self._last] - first)

    def find_scale(self, pi: FloatArray) -> FloatArray:
        """Find how far the riders' prices may stay for each run to be proven at a glance."""
        scale = np.zeros(len(self.runs))
        for part in np.linspace(1.0, 0.05, 20).tolist():
            is_new = (scale == 0.0) & (self.find_glance(part * pi) >= 0.0)
            scale[is_new] = part
        return scale

    def _build_glances(self) -> None:
        """Lay out what `find_glance` needs."""
        problem, classes = self.pricer.problem, self.pricer.classes
        rows = problem.request_row
        stops = np.unique(np.concatenate([rows, problem.site_row]))
        way_s = problem.duration_s[np.ix_(rows, stops)].astype(np.float64)
        way_m = problem.distance_m[np.ix_(rows, stops)].astype(np.float64)
        # Riders at one place may board one after the other: the way between them is nought.
        counts = np.bincount(rows, minlength=len(problem.place_ids))
        alone = (rows[:, None] == stops[None, :]) & (counts[rows] == 1)[:, None]
        way_s[alone] = way_m[alone] = np.inf
        self._glances = {}
        allowed = self.pricer.data.allowed
        for g in range(classes.n_classes):
            least: FloatArray = classes.s_pence[g] * (way_s.min(axis=1) + problem.service_s)
            least += classes.m_pence[g] * way_m.min(axis=1)
            for j in range(problem.n_sites):
                riders = np.flatnonzero(allowed[g] & (problem.request_site == j))
                most = int(self.pricer.data.load_cap[g])
                self._glances[g, j] = riders, least[riders], most
        dwell = problem.site_dwell_s.astype(np.float64)
        starts = np.array(
            [
                classes.start_pence[g][allowed[g]].min(initial=np.inf)
                for g in range(classes.n_classes)
            ]
        )
        of, last, first = self._g, self._last, self._first
        self._base = classes.fixed_pence[of] + classes.end_pence[of, last] + starts[of]
        self._base = self._base + classes.s_pence[of] * (
            dwell[last] + np.where(first >= 0, dwell[np.maximum(first, 0)], 0.0)
        )

    def _find_rises(self, change: FloatArray) -> FloatArray:
        """Find the most that riders of each site can rise together on one route. [pence]"""
        classes, problem = self.pricer.classes, self.pricer.problem
        rises = np.zeros((classes.n_classes, problem.n_sites))
        up = np.maximum(change, 0.0)
        for j in range(problem.n_sites):
            riders = np.flatnonzero(problem.request_site == j)
            for g in range(classes.n_classes):
                some = np.sort(up[riders] * classes.is_allowed[g, riders])
                most = int(self.pricer.data.load_cap[g])
                rises[g, j] = some[max(0, len(some) - most) :].sum()
        return rises

    def find_open(self) -> list[Run]:
        """Find the runs neither proven nor seen through at the present prices, worst first."""
        open_ = np.flatnonzero(self.least < -_OPEN_PENCE)
        order = open_[np.argsort(self.least[open_], kind="stable")]
        return [self.runs[k] for k in order.tolist() if not self._is_seen[k]]

    def note(self, runs: Sequence[Run], found: Sequence[Priced]) -> None:
        """Note what pricing proved of runs at the present prices."""
        stamp = len(self._prices) - 1
        for run, priced in zip(runs, found, strict=True):
            if not np.isfinite(priced.least_pence):
                continue
            k = self.at[run]
            self.least[k] = self._proven[k] = max(priced.least_pence, float(self.least[k]))
            self._stamp[k] = stamp
            # Seen through: a finer look would find the same.
            self._is_seen[k] = priced.n_cut == 0
