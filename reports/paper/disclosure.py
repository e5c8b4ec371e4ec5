"""Small groups: which figures are withheld so that nobody can work them out again (P6).

A number of people from 1 to under the threshold is withheld, and so is money about so few. What
is shown elsewhere in the paper must not give it away: every sum that links figures is turned
against the paper as a linear program, the strongest attack by arithmetic there is, and further
figures are withheld until it fails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.errors import IdentityError
from data.papers import Figure, Operation, Unit
from reports.paper.figures import round_people

ROUNDING_PENCE = 50
"""A shown amount is within so much of the true one. [pence]"""
WIDE_SHARE = 1
"""A withheld amount is safe if what can be known of it is at least as wide as itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure as an attacker sees it.

    Attributes
    ----------
    low, high
        What is known of it where it is shown.
    is_small
        About at least one and fewer people than the threshold.
    is_people
        Counts people, so that it is whole and never below nought.
    """

    key: str
    value: int
    low: float
    high: float
    is_small: bool
    is_people: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A sum that ties figures together: the total less its parts is nought."""

    terms: tuple[tuple[str, float], ...]


def find_withheld(
    figures: Iterable[Figure], shown: frozenset[str], *, threshold: int, people_base: int
) -> frozenset[str]:
    """Find which figures must be withheld.

    Parameters
    ----------
    shown
        Keys that appear in the paper; an attacker sees no others, yet those about few people
        must not be worked out either.

    Raises
    ------
    IdentityError
        If even withholding everything around a figure does not protect it.
    """
    known = tuple(figures)
    cells, sums = build_cells(known, threshold=threshold, people_base=people_base)
    # A share or a spread that is shown gives its parts away, near enough.
    made = [f for f in known if f.operation in (Operation.SHARE, Operation.SPREAD)]
    shown = shown | {part.key for f in made if f.key in shown for part in f.parts}
    hidden = {key for key in cells if key not in shown}
    withheld = {key for key, cell in cells.items() if cell.is_small} | hidden
    while True:
        open_keys = find_recoverable(cells, sums, frozenset(withheld), threshold=threshold)
        if not open_keys:
            away = {f.key for f in made if any(p.key in withheld for p in f.parts)}
            return frozenset((withheld | away) - hidden)
        for key in open_keys:
            also = _choose(key, cells, sums, withheld)
            if also is None:
                raise IdentityError(f"figure {key} cannot be protected: leave its group out")
            withheld.add(also)


def build_cells(
    figures: Iterable[Figure], *, threshold: int, people_base: int
) -> tuple[dict[str, Cell], tuple[Sum, ...]]:
    """Build what an attacker sees of the figures, and the sums between them."""
    known = {figure.key: figure for figure in figures}
    cells = {
        key: _build_cell(figure, threshold, people_base)
        for key, figure in known.items()
        if figure.unit in (Unit.PEOPLE, Unit.PENCE)
    }
    sums = tuple(
        Sum(terms=((f.key, -1.0), *((p.key, p.times / p.over) for p in f.parts)))
        for f in known.values()
        if f.operation is Operation.SUM
        and f.key in cells
        and all(p.key in cells for p in f.parts)
    )
    return cells, sums


def _build_cell(figure: Figure, threshold: int, people_base: int) -> Cell:
    is_people = figure.unit is Unit.PEOPLE
    group = figure.group
    is_small = group is not None and 0 < abs(group) < threshold
    if is_people:
        middle = round_people(figure.value, people_base)
        reach = people_base // 2
        low, high = float(middle - reach), float(middle + reach)
        if figure.value == 0:
            low = high = 0.0  # nought is shown as it is
        elif figure.value > 0:
            low = max(low, float(threshold))
    else:
        low = float(figure.value - ROUNDING_PENCE)
        high = float(figure.value + ROUNDING_PENCE)
    return Cell(
        key=figure.key,
        value=figure.value,
        low=low,
        high=high,
        is_small=is_small,
        is_people=is_people,
    )


def find_recoverable(
    cells: Mapping[str, Cell],
    sums: Sequence[Sum],
    withheld: frozenset[str],
    *,
    threshold: int,
) -> list[str]:
    """Find the small figures that can be worked out, exactly or too closely, from the rest."""
    found: list[str] = []
    for keys, parts in _find_groups(cells, sums):
        small = [key for key in keys if cells[key].is_small]
        if small:
            ranges = _find_ranges(keys, parts, cells, withheld, small)
            for key in small:
                low, high = ranges[key]
                cell = cells[key]
                need = threshold - 1 if cell.is_people else WIDE_SHARE * abs(cell.value)
                if high - low < need - 1e-6:
                    found.append(key)
    return found


def _find_groups(
    cells: Mapping[str, Cell], sums: Sequence[Sum]
) -> list[tuple[list[str], list[Sum]]]:
    """Split the figures into groups that no sum links."""
    above = {key: key for key in cells}

    def find(key: str) -> str:
        while above[key] != key:
            above[key] = above[above[key]]
            key = above[key]
        return key

    for one in sums:
        first = find(one.terms[0][0])
        for key, _ in one.terms[1:]:
            above[find(key)] = first
    keys: dict[str, list[str]] = defaultdict(list)
    parts: dict[str, list[Sum]] = defaultdict(list)
    for key in cells:
        keys[find(key)].append(key)
    for one in sums:
        parts[find(one.terms[0][0])].append(one)
    return [(keys[root], parts[root]) for root in keys]


def _find_ranges(
    keys: Sequence[str],
    sums: Sequence[Sum],
    cells: Mapping[str, Cell],
    withheld: frozenset[str],
    wanted: Sequence[str],
) -> dict[str, tuple[float, float]]:
    """Find the least and largest value that each wanted figure can have."""
    from scipy.optimize import linprog

    at = {key: n for n, key in enumerate(keys)}
    # Pounds instead of pence keep the numbers of one size.
    scale = {key: 1.0 if cells[key].is_people else 100.0 for key in keys}
    matrix = np.zeros((len(sums), len(keys)))
    for row, one in enumerate(sums):
        unit = scale[one.terms[0][0]]
        for key, times in one.terms:
            matrix[row, at[key]] += times * scale[key] / unit
    bounds: list[tuple[float | None, float | None]] = []
    for key in keys:
        cell = cells[key]
        if key in withheld:
            bounds.append((0.0 if cell.is_people and cell.value >= 0 else None, None))
        else:
            bounds.append((cell.low / scale[key], cell.high / scale[key]))
    found: dict[str, tuple[float, float]] = {}
    for key in wanted:
        ends: list[float] = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(keys))
            goal[at[key]] = sign
            answer: Any = linprog(
                goal,
                A_eq=matrix if len(sums) else None,
                b_eq=np.zeros(len(sums)) if len(sums) else None,
                bounds=bounds,
                method="highs",
            )
            # No end to what is possible (status 3) is as safe as can be.
            ends.append(
                float(answer.x[at[key]]) * scale[key] if answer.status == 0 else -sign * np.inf
            )
        found[key] = (ends[0], ends[1])
    return found


def _choose(
    key: str, cells: Mapping[str, Cell], sums: Sequence[Sum], withheld: set[str]
) -> str | None:
    """Choose the next figure to withhold: the least loss that loosens a sum around `key`."""
    ties: dict[str, int] = defaultdict(int)
    for one in sums:
        for name, _ in one.terms:
            ties[name] += 1
    ring = {key}
    while True:
        near = {
            name
            for one in sums
            if any(k in ring for k, _ in one.terms)
            for name, _ in one.terms
        }
        free = [n for n in near if n not in withheld and cells[n].value]
        free = free or [n for n in near if n not in withheld]
        if free:
            return min(free, key=lambda n: (ties[n], abs(cells[n].value), n))
        if near <= ring:
            return None
        ring |= near
