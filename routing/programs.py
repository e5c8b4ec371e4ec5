"""Mixed integer programs in whole pence, solved by HiGHS through scipy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.errors import SolverError

FloatArray = NDArray[np.float64]

RELATIVE_GAP = 1e-4
"""Proven gap at which a program stops."""

GOOD_RESCUE_S = 5.0
RESCUE_GAP = 0.2
"""Search for a fair answer, and its gap, where the time given brought none. [s]"""
RESCUE_S = 60.0
"""Longest search for any answer at all, where that brought none either. [s]"""
REDUCED_COST_PENCE = 1_000
"""Columns dearer than this in reduced cost are left out of the integer program at first."""


class Program:
    """A program being put together: columns with costs and upper bounds, rows with bounds.

    Columns lie between 0 and their upper bound, and are whole in `solve`.
    """

    def __init__(self) -> None:
        self._costs: list[float] = []
        self._highs: list[float] = []
        self._row_low: list[float] = []
        self._row_high: list[float] = []
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[float] = []

    def add_column(self, cost_pence: float, high: float = 1.0) -> int:
        """Add a column and give its position."""
        self._costs.append(cost_pence)
        self._highs.append(high)
        return len(self._costs) - 1

    def add_row(self, low: float, high: float) -> int:
        """Add a row and give its position."""
        self._row_low.append(low)
        self._row_high.append(high)
        return len(self._row_low) - 1

    def set(self, row: int, column: int, value: float) -> None:
        """Set the coefficient of a column in a row, once."""
        self._rows.append(row)
        self._columns.append(column)
        self._values.append(value)

    def relax(self) -> tuple[float, FloatArray, FloatArray]:
        """Solve the linear relaxation.

        Returns
        -------
        value, reduced, duals
            Value, reduced cost of each column and dual of each row. [pence]

        Raises
        ------
        SolverError
            If the solver fails.
        """
        from scipy.optimize import linprog

        matrix, low, high = self._build()
        is_equal = low == high
        result = linprog(
            np.array(self._costs),
            A_ub=matrix[~is_equal],
            b_ub=high[~is_equal],
            A_eq=matrix[is_equal],
            b_eq=high[is_equal],
            bounds=np.column_stack((np.zeros(len(self._highs)), self._highs)),
            method="highs",
        )
        if result.status != 0:
            raise SolverError(f"a linear program failed: {result.message}")
        duals = np.empty(len(low))
        duals[~is_equal] = result.ineqlin.marginals
        duals[is_equal] = result.eqlin.marginals
        reduced = np.array(self._costs) - matrix.T @ duals
        return float(result.fun), reduced, duals

    def solve(
        self,
        relaxed_pence: float,
        reduced: FloatArray,
        *,
        node_limit: int | None = None,
        seconds: float | None = None,
    ) -> tuple[FloatArray, bool]:
        """Solve over the columns that may matter; over more if the answer shows they might.

        A column whose reduced cost exceeds the distance of the answer from the relaxation
        cannot be part of a better answer.

        Parameters
        ----------
        node_limit, seconds
            Where the search for a proven answer stops; a node limit keeps it repeatable.

        Returns
        -------
        values, is_proven
            Values of all columns; whether they are proven best within the gap.

        Raises
        ------
        SolverError
            If no answer is found.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp

        matrix, low, high = self._build()
        costs, highs = np.array(self._costs), np.array(self._highs)
        options: dict[str, float | int] = {"mip_rel_gap": RELATIVE_GAP}
        if node_limit is not None:
            options["node_limit"] = node_limit
        if seconds is not None:
            options["time_limit"] = seconds
        rounds = [(p, options) for p in (REDUCED_COST_PENCE, 5 * REDUCED_COST_PENCE, np.inf)]
        # On a busy machine a short time may end before the first answer: any answer will do.
        limit = 5 * REDUCED_COST_PENCE
        rounds.append((limit, {"mip_rel_gap": RESCUE_GAP, "time_limit": GOOD_RESCUE_S}))
        rounds.append((limit, {"mip_rel_gap": 1.0, "time_limit": RESCUE_S}))
        for limit_pence, options in rounds:
            kept = np.flatnonzero(reduced <= limit_pence)
            result = milp(
                costs[kept],
                constraints=LinearConstraint(matrix[:, kept], low, high),
                integrality=np.ones(len(kept)),
                bounds=Bounds(0.0, highs[kept]),
                options=options,
            )
            if result.x is None:
                continue
            distance_pence = float(result.fun) - relaxed_pence
            is_enough = distance_pence <= limit_pence
            if is_enough or seconds is not None or limit_pence > REDUCED_COST_PENCE:
                values = np.zeros(len(costs))
                values[kept] = np.round(result.x)
                return values, bool(result.status == 0 and is_enough)
        raise SolverError(f"an integer program found no answer: {result.message}")

    def _build(self) -> tuple[Any, FloatArray, FloatArray]:
        """Build the sparse matrix and the bounds of its rows."""
        from scipy.sparse import csr_array

        matrix = csr_array(
            (self._values, (self._rows, self._columns)),
            shape=(len(self._row_low), len(self._costs)),
        )
        return matrix, np.array(self._row_low), np.array(self._row_high)
