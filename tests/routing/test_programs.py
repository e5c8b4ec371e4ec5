"""Integer programs: proven answers, and an answer however short the time."""

from __future__ import annotations

import numpy as np

from routing.programs import Program


def build_cover(
    n_rows: int, n_columns: int, seed: int
) -> tuple[Program, np.ndarray, np.ndarray]:
    """Build a covering program: each row in exactly one chosen column, or left at a price."""
    rng = np.random.default_rng(seed)
    covers = rng.random((n_rows, n_columns)) < 0.08
    costs = 300 + covers.sum(axis=0) * 200 + rng.integers(0, 400, n_columns)
    program = Program()
    columns = [program.add_column(float(c)) for c in costs]
    slack = [program.add_column(5_000.0) for _ in range(n_rows)]
    for i in range(n_rows):
        row = program.add_row(1.0, 1.0)
        program.set(row, slack[i], 1.0)
        for j in np.flatnonzero(covers[i]):
            program.set(row, columns[j], 1.0)
    return program, covers, costs


def test_no_time_at_all_still_brings_an_answer_that_holds() -> None:
    program, covers, _ = build_cover(60, 400, 3)
    relaxed_pence, reduced, _ = program.relax()
    values, _ = program.solve(relaxed_pence, reduced, seconds=0.0)
    n_times = covers @ values[:400] + values[400:]
    assert (n_times == 1.0).all()


def test_a_proven_answer_is_never_below_the_relaxation() -> None:
    program, covers, costs = build_cover(20, 80, 5)
    relaxed_pence, reduced, _ = program.relax()
    values, is_proven = program.solve(relaxed_pence, reduced)
    cost = float(costs @ values[:80]) + 5_000.0 * values[80:].sum()
    assert is_proven
    assert cost >= relaxed_pence - 1e-6
    assert (covers @ values[:80] + values[80:] == 1.0).all()
