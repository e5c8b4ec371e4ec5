"""An attack on a paper's withheld numbers, written anew from the paper alone.

It knows what any reader knows: shown numbers of people are within half the rounding of the true
ones, shown amounts to the pound, which figures add up to which, and that people are never fewer
than nought. It shares no code with the program's own test of a paper.
"""

from __future__ import annotations

import re

import numpy as np
from scipy.optimize import linprog

from data.papers import Figure, Form, Operation, Unit
from reports.paper.figures import WITHHELD, show


def find_recovered(
    figures: tuple[Figure, ...], *, threshold: int, base: int
) -> tuple[list[str], int]:
    """Find small numbers that a reader can work out: exactly, or money to within a tenth.

    Returns
    -------
    Their keys, and how many small numbers there were.
    """
    at = {f.key: n for n, f in enumerate(figures)}
    rows = []
    for f in figures:
        if f.operation is Operation.SUM:
            row = np.zeros(len(figures))
            row[at[f.key]] = -1.0
            for part in f.parts:
                row[at[part.key]] += part.times / part.over
            rows.append(row)
    bounds = [_read_bounds(f, threshold, base) for f in figures]
    small = [f for f in figures if f.is_withheld and f.group and 0 < abs(f.group) < threshold]
    found = []
    for f in small:
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(figures))
            goal[at[f.key]] = sign
            answer = linprog(
                goal,
                A_eq=np.array(rows) if rows else None,
                b_eq=np.zeros(len(rows)) if rows else None,
                bounds=bounds,
                method="highs",
            )
            assert answer.status in (0, 3), (f.key, answer.message)
            ends.append(answer.x[at[f.key]] if answer.status == 0 else -sign * np.inf)
        if f.unit is Unit.PEOPLE:
            if np.floor(ends[1] + 1e-6) - np.ceil(ends[0] - 1e-6) < 1:
                found.append(f.key)
        elif ends[1] - ends[0] < abs(f.value) / 10:
            found.append(f.key)
    return found, len(small)


def _read_bounds(f: Figure, threshold: int, base: int) -> tuple[float | None, float | None]:
    text = show(f, Form.EXACT, base)
    if f.unit not in (Unit.PEOPLE, Unit.PENCE):
        return (None, None)
    if text == WITHHELD:
        return (0.0, None) if f.unit is Unit.PEOPLE else (None, None)
    number = float(re.sub(r"[£,]", "", text))
    if f.unit is Unit.PENCE:
        return (number * 100 - 50, number * 100 + 50)
    if number == 0:
        return (0.0, 0.0)
    reach = base // 2
    return (max(number - reach, threshold) if number > 0 else number - reach, number + reach)
