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
    rise. A real route carries nobody twice and, before and after its first site, no more than
    the load of its class: so by at most the greatest rises at each of its sites, as many as fit.

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
        self._is_seen = np.zeros(len(self.runs), dtype=np.bool_)
        self._g = np.array([r.g for r in self.runs], dtype=np.int64)
        self._last = np.array([r.last for r in self.runs], dtype=np.int64)
        self._first = np.array([r.first for r in self.runs], dtype=np.int64)

    def move(self, pi: FloatArray) -> None:
        """Carry what is proven over to new prices."""
        self._is_seen[:] = False
        self._prices.append(pi.copy())
        for stamp in np.unique(self._stamp).tolist():
            if stamp < 0:
                continue
            rise = self._find_rises(pi - self._prices[stamp])
            here = self._stamp == stamp
            g, first = self._g[here], self._first[here]
            fall = rise[g, self._last[here]]
            fall += np.where(first >= 0, rise[g, np.maximum(first, 0)], 0.0)
            self.least[here] = np.minimum(self._proven[here], self._proven[here] - fall)

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
