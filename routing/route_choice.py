"""The cheapest choice among known routes that serves everybody once (set partitioning).

The linear program is solved over a part of the routes that grows by those its duals ask for.
The whole-number answer is looked for by `routing.kernels.choosing` among the routes whose
reduced cost lies under the distance to the known plan: only those can stand in a cheaper one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_LOOKS = 20_000
"""Partial choices looked at before the search for a whole answer is given up."""
_SCALE = 1_000.0
"""The known plan costs so much in the program."""
_FIRST = 800
"""Routes of the first linear program; the others are priced by its duals."""
_MORE = 500
"""Routes that may join it at a time."""
_N_PRICINGS = 8
_MOST_WHOLE = 2_000
"""Routes of the whole-number search."""
_NO_GAP = 1e-6
_ASKED = 1e-2
"""A route joins the program if it costs so much less than its worth, with the plan at 1000."""


class RouteChoice:
    """One choice among routes.

    Parameters
    ----------
    costs
        Of each route. [cost units]
    members
        Requests of each route.
    unserved
        Price of a request on no route. [cost units]
    upper
        Cost of the known plan. [cost units]
    kinds, vehicles
        Kind of vehicle of each route, and how many vehicles there are of each kind; without
        them there are as many as wanted.

    Attributes
    ----------
    worth
        What serving each request is worth, and at last what a vehicle more of each kind costs:
        the duals of the linear program. [cost units]
    value
        Value of the linear program. [cost units]
    reduced
        Reduced cost of each route. [cost units]
    """

    def __init__(
        self,
        costs: Sequence[int],
        members: Sequence[tuple[int, ...]],
        *,
        n_requests: int,
        unserved: int,
        upper: int,
        kinds: Sequence[int] | None = None,
        vehicles: Sequence[int] | None = None,
    ) -> None:
        from scipy.sparse import csc_array

        self._unit = max(1.0, upper / _SCALE)
        self._costs = np.array(costs, dtype=np.float64) / self._unit
        self._unserved = unserved / self._unit
        self._n = n_requests
        most = [n_requests] if vehicles is None else vehicles
        self._vehicles = np.minimum(np.array(most, dtype=np.int64), n_requests)
        self._kinds = np.array(kinds or [0] * len(members), dtype=np.int64)
        starts = np.cumsum([0, *map(len, members)])
        rows = np.fromiter(chain.from_iterable(members), dtype=np.int64, count=int(starts[-1]))
        self._table = csc_array(
            (np.ones(len(rows)), rows, starts), shape=(n_requests, len(members))
        )
        self.upper = upper
        self.value = 0.0
        self.worth = np.zeros(n_requests + len(self._vehicles))
        self.reduced = np.array(costs, dtype=np.float64)

    @property
    def gap(self) -> float:
        """Distance of the known plan from the linear program. [cost units]"""
        return self.upper - self.value

    def relax(self, guess: FloatArray | None) -> bool:
        """Solve the linear program; whether it could be.

        Parameters
        ----------
        guess
            What requests were worth last time; it only chooses where to begin.
        """
        from scipy.optimize import linprog

        n = self._n
        if guess is None:
            # The routes met last are the best.
            order = np.arange(len(self._costs))[::-1]
        else:
            order = np.argsort(self._reduce(guess / self._unit), kind="stable")
        inside = np.zeros(len(self._costs), dtype=np.bool_)
        inside[order[:_FIRST]] = True
        for _ in range(_N_PRICINGS):
            part = np.flatnonzero(inside)
            matrix, costs = self._take(part)
            result = linprog(
                costs,
                A_eq=matrix,
                b_eq=np.ones(n),
                A_ub=self._count_kinds(part),
                b_ub=self._vehicles.astype(np.float64),
                method="highs-ds",
            )
            if result.status != 0:
                return False
            duals = np.r_[result.eqlin.marginals, result.ineqlin.marginals]
            reduced = self._reduce(duals)
            better = np.flatnonzero((reduced < -_ASKED) & ~inside)
            if not len(better):
                break
            if len(better) > _MORE:
                better = better[np.argsort(reduced[better], kind="stable")[:_MORE]]
            inside[better] = True
        self.value = float(result.fun) * self._unit
        self.worth = duals * self._unit
        self.reduced = reduced * self._unit
        return True

    def choose(self, most_looks: int = MOST_LOOKS) -> list[int]:
        """Choose routes that serve everybody for less than the known plan; empty for none."""
        from routing.kernels.choosing import BEST, choose_routes

        n, gap = self._n, self.gap / self._unit
        reduced = np.maximum(self.reduced / self._unit, 0.0)
        few = np.flatnonzero(reduced < gap)
        few = few[np.argsort(reduced[few], kind="stable")[:_MOST_WHOLE]]
        if gap <= _NO_GAP or not len(few):
            return []
        matrix = self._table[:, few]
        table = matrix.toarray().astype(np.float32)
        serves = _pack_bits(table > 0)
        most = min(n, int(self._vehicles.sum()))
        steps = np.zeros((4, most + 1), dtype=np.int64)
        _, n_best, _ = choose_routes(
            serves,
            _pack_bits(table.T @ table == 0),
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int64),
            reduced[few],
            gap,
            self._kinds[few],
            self._vehicles.copy(),
            np.maximum(0.0, -self.worth[n:] / self._unit),
            most_looks,
            steps,
            np.zeros(most + 1),
            np.zeros((most + 1, serves.shape[1]), dtype=np.uint64),
            np.zeros((most + 1, n), dtype=np.int8),
        )
        chosen = [int(few[c]) for c in steps[BEST, :n_best]]
        # Reduced costs are rounded; what only seems cheaper by that is not.
        total = sum(round(float(self._costs[c]) * self._unit) for c in chosen)
        return chosen if total < self.upper else []

    def _reduce(self, duals: FloatArray) -> FloatArray:
        n = self._n
        reduced: FloatArray = self._costs - self._table.T @ duals[:n] - duals[n:][self._kinds]
        return reduced

    def _count_kinds(self, part: IntArray) -> object:
        """Count the vehicles of each kind that some routes take; absence takes none."""
        from scipy.sparse import csc_array

        entries = (np.ones(len(part)), (self._kinds[part], np.arange(len(part))))
        return csc_array(entries, shape=(len(self._vehicles), len(part) + self._n))

    def _take(self, part: IntArray) -> tuple[object, FloatArray]:
        """Take some routes and the absence of everybody."""
        from scipy.sparse import eye_array, hstack

        matrix = hstack([self._table[:, part], eye_array(self._n)], format="csc")
        return matrix, np.r_[self._costs[part], np.full(self._n, self._unserved)]


def _pack_bits(table: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack the columns of each row into words, the first column lowest."""
    wide = np.zeros((len(table), -(-table.shape[1] // 64) * 64), dtype=np.bool_)
    wide[:, : table.shape[1]] = table
    return np.packbits(wide, axis=1, bitorder="little").view(np.uint64)
