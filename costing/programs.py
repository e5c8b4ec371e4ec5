"""Programs of yes-or-no columns in whole numbers, solved exactly.

The answer and its bound are whole numbers: CP-SAT computes in integers, and the linear
relaxation (HiGHS) only suggests multipliers, from which a bound is worked out again in whole
numbers. Any multipliers give a true bound, so no rounding of a solver can make a false one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from costing.clock import find_left_s, read_clock_s
from data.errors import InfeasibleError, SolverError

FIRST_LIMIT = 3_000
"""Columns dearer than a so-manieth of the bound are left out at first."""

WIDER = 8
"""Times the limit grows where no answer, or no proof, is found within it."""

SCALE = 1_000
"""Multipliers are whole thousandths of the unit of the costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """``low <= sum of coefficient x column <= high``; None for no limit."""

    low: int | None
    high: int | None
    terms: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Columns that are taken or not, at a cost each, under rows."""

    costs: tuple[int, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relaxation:
    """What the linear relaxation proves, in whole numbers.

    Attributes
    ----------
    bound
        No answer costs less.
    reduced
        Of each column; an answer that takes the column costs at least ``bound`` and this, where
        it is above nought. Rounded down.
    """

    bound: int
    reduced: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The best answer found.

    Attributes
    ----------
    taken
        Columns taken.
    bound
        No answer costs less; equal to ``cost`` when proven best.
    """

    taken: frozenset[int]
    cost: int
    bound: int

    @property
    def is_proven(self) -> bool:
        """Whether nothing cheaper exists."""
        return self.cost == self.bound


def relax_choice(choice: Choice) -> Relaxation:
    """Bound a program by its linear relaxation, checked in whole numbers.

    Raises
    ------
    InfeasibleError
        If even the relaxation has no answer.
    SolverError
        If the solver fails.

    Notes
    -----
    Lagrangian bound: for multipliers ``m`` of the rows, every answer costs at least
    ``sum m x limit + sum min(0, cost - m x coefficients)``, the limit being the lower one where
    ``m`` is above nought and the upper one where it is below (Geoffrion 1974).
    """
    multipliers = _suggest_multipliers(choice)
    bound = 0
    reduced = [SCALE * cost for cost in choice.costs]
    for row, multiplier in zip(choice.rows, multipliers, strict=True):
        limit = row.low if multiplier > 0 else row.high
        if multiplier == 0 or limit is None:
            continue
        bound += multiplier * limit
        for column, coefficient in row.terms:
            reduced[column] -= multiplier * coefficient
    bound += sum(min(0, value) for value in reduced)
    # A cost is whole, so a bound between two whole numbers is as good as the upper one.
    return Relaxation(bound=-(-bound // SCALE), reduced=tuple(v // SCALE for v in reduced))


def _suggest_multipliers(choice: Choice) -> list[int]:
    """Ask a linear solver for good multipliers of the rows. [1/SCALE]"""
    import numpy as np
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    equal, above, below = [], [], []
    for i, row in enumerate(choice.rows):
        if row.low is not None and row.low == row.high:
            equal.append(i)
            continue
        if row.high is not None:
            above.append(i)
        if row.low is not None:
            below.append(i)

    def build(which: Sequence[int], sign: int) -> csr_array:
        at, columns, values = [], [], []
        for k, i in enumerate(which):
            for column, coefficient in choice.rows[i].terms:
                at.append(k)
                columns.append(column)
                values.append(sign * coefficient)
        return csr_array((values, (at, columns)), shape=(len(which), len(choice.costs)))

    from scipy.sparse import vstack

    ups = [choice.rows[i].high for i in above] + [-(choice.rows[i].low or 0) for i in below]
    result = linprog(
        np.array(choice.costs),
        A_ub=vstack([build(above, 1), build(below, -1)]) if above or below else None,
        b_ub=np.array(ups) if ups else None,
        A_eq=build(equal, 1) if equal else None,
        b_eq=np.array([choice.rows[i].high for i in equal]) if equal else None,
        bounds=(0, 1),
        method="highs",
    )
    if result.status == 2:
        raise InfeasibleError("no choice keeps all the rules")
    if result.status != 0:
        raise SolverError(f"a linear program failed: {result.message}")
    multipliers = [0] * len(choice.rows)
    if equal:
        for i, value in zip(equal, result.eqlin.marginals, strict=True):
            multipliers[i] = int(np.rint(SCALE * value))
    if ups:
        marginals = result.ineqlin.marginals
        for i, value in zip(above, marginals[: len(above)], strict=True):
            multipliers[i] += min(0, int(np.rint(SCALE * value)))
        for i, value in zip(below, marginals[len(above) :], strict=True):
            multipliers[i] -= min(0, int(np.rint(SCALE * value)))
    return multipliers


def solve_choice(
    choice: Choice,
    *,
    seconds: int = 60,
    seed: int = 1,
    n_workers: int = 1,
    relaxation: Relaxation | None = None,
    hint: frozenset[int] | None = None,
    must_take: Sequence[int] = (),
) -> Answer:
    """Solve a program to proven best, or as well as the time allows.

    Parameters
    ----------
    seconds
        Of the search, the relaxation in; at least a second is left to each part. [s]
    relaxation
        Of the same program or of one with fewer rows, to leave out columns that no better
        answer can take.
    hint
        Columns of a good answer, to begin with.
    must_take
        At least one of these columns is taken.

    Raises
    ------
    InfeasibleError
        If no answer keeps all rows.
    SolverError
        If none was found in the time, though there may be one.
    """
    end_s = read_clock_s() + seconds
    proof = relaxation or relax_choice(choice)
    rows = choice.rows
    if must_take:
        rows = (*rows, Row(low=1, high=None, terms=tuple((c, 1) for c in must_take)))
    taken, cost, bound = hint, _cost(choice, hint), proof.bound
    limit = abs(bound) // FIRST_LIMIT + 1
    while True:
        if taken is not None:
            limit = min(limit, cost - proof.bound)
        kept = [
            column
            for column, value in enumerate(proof.reduced)
            if value <= limit or column in must_take
        ]
        is_whole = len(kept) == len(choice.costs)
        is_last = is_whole or (taken is not None and limit >= cost - proof.bound)
        left_s = find_left_s(end_s, 1 if is_last else 2)
        found = _solve_kept(
            choice, rows, kept, seconds=left_s, seed=seed, n_workers=n_workers, start=taken
        )
        if found.taken is not None and (taken is None or found.cost <= cost):
            taken, cost = found.taken, found.cost
        # What was left out costs more than the limit above the first bound.
        bounds = [b for b in (found.bound,) if b is not None]
        if not is_whole:
            bounds.append(proof.bound + limit + 1)
        bound = max(bound, min(bounds, default=bound))
        if taken is not None and (bound >= cost or is_last or read_clock_s() >= end_s):
            return Answer(taken=taken, cost=cost, bound=min(bound, cost))
        if is_whole and found.is_ended:
            raise InfeasibleError("no choice keeps all the rules")
        if is_whole or read_clock_s() >= end_s:
            raise SolverError("no answer was found in the time given")
        limit *= WIDER


def _cost(choice: Choice, taken: frozenset[int] | None) -> int:
    return sum(choice.costs[column] for column in taken or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a search over some columns found; no bound where they hold no answer at all."""

    taken: frozenset[int] | None
    cost: int
    bound: int | None
    is_ended: bool


def _solve_kept(
    choice: Choice,
    rows: Sequence[Row],
    kept: list[int],
    *,
    seconds: int,
    seed: int,
    n_workers: int,
    start: frozenset[int] | None,
) -> _Found:
    """Solve over some of the columns."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    variables = {column: model.new_bool_var("") for column in kept}
    for row in rows:
        terms = [(variables[c], k) for c, k in row.terms if c in variables]
        is_plain = all(k == 1 for _, k in terms)
        if is_plain and row.low == row.high == 1:
            model.add_exactly_one(v for v, _ in terms)
        elif is_plain and row.low is None and row.high == 1:
            model.add_at_most_one(v for v, _ in terms)
        elif not terms:
            if (row.low or 0) > 0 or (row.high is not None and row.high < 0):
                return _Found(taken=None, cost=0, bound=None, is_ended=True)
        else:
            total = cp_model.LinearExpr.weighted_sum(
                [v for v, _ in terms], [k for _, k in terms]
            )
            if row.low is not None:
                model.add(total >= row.low)
            if row.high is not None:
                model.add(total <= row.high)
    model.minimize(
        cp_model.LinearExpr.weighted_sum(
            list(variables.values()), [choice.costs[c] for c in variables]
        )
    )
    if start is not None:
        for column, variable in variables.items():
            model.add_hint(variable, column in start)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = n_workers
    solver.parameters.linearization_level = 2
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return _Found(taken=None, cost=0, bound=None, is_ended=True)
    bound = int(solver.best_objective_bound)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return _Found(taken=None, cost=0, bound=bound, is_ended=False)
    taken = frozenset(c for c, v in variables.items() if solver.boolean_value(v))
    _check_answer(rows, taken)
    cost = _cost(choice, taken)
    is_ended = status == cp_model.OPTIMAL
    return _Found(taken=taken, cost=cost, bound=cost if is_ended else bound, is_ended=is_ended)


def is_kept(choice: Choice, taken: frozenset[int]) -> bool:
    """Say whether an answer keeps every row."""
    try:
        _check_answer(choice.rows, taken)
    except SolverError:
        return False
    return True


def _check_answer(rows: Sequence[Row], taken: frozenset[int]) -> None:
    """Check an answer against every row: a solver's word is never taken."""
    for row in rows:
        total = sum(k for c, k in row.terms if c in taken)
        if (row.low is not None and total < row.low) or (
            row.high is not None and total > row.high
        ):
            raise SolverError(f"an answer breaks a rule: {total}, not {row.low} to {row.high}")
