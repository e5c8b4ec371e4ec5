"""What the draws of a study make of its scenarios, before anything is planned or estimated.

Draws that come to the same demand and the same prices are one case. The ends and the middle of
a number, all others at their medians, say what it does: nothing, lines, prices or the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from data.uncertainty import Effect
from scenarios.changes import YearlyLine
from scenarios.quick_year import Drawn, StudyGround, look_at_draw
from scenarios.sampling import StudyNumber, find_values
from scenarios.spread import spread

Point = tuple[float, ...]
LEAST, MOST = 2.0**-20, 1 - 2.0**-20
"""Quantiles at which the ends of a number are looked at."""


class DrawLooks:
    """Looks at draws of scenarios; the same point is looked at once."""

    def __init__(
        self,
        ground: StudyGround,
        numbers: Sequence[StudyNumber],
        *,
        n_workers: int = 1,
        cluster: str = "",
    ) -> None:
        # no matrix is needed to look, and a large one is not to be sent to workers
        self._ground, self._numbers = replace(ground, matrix=None), numbers
        self._n_workers, self._cluster = n_workers, cluster
        self._known: dict[tuple[str, Point], Drawn] = {}

    def look(self, scenario_id: str, points: Sequence[Point]) -> tuple[Drawn, ...]:
        """Find what draws make of a scenario."""
        new = [p for p in dict.fromkeys(points) if (scenario_id, p) not in self._known]
        tasks = [(scenario_id, find_values(self._numbers, p, scenario_id)) for p in new]
        found = spread(
            look_at_draw, tasks, shared=self._ground,
            n_workers=self._n_workers, cluster=self._cluster,
        )  # fmt: skip
        for point, drawn in zip(new, found, strict=True):
            self._known[scenario_id, point] = drawn
        return tuple(self._known[scenario_id, p] for p in points)

    def find_own(self, scenario_id: str) -> list[tuple[int, StudyNumber]]:
        """Find the numbers a scenario has, with their place among all."""
        return [
            (k, n)
            for k, n in enumerate(self._numbers)
            if any(owner == scenario_id for owner, _ in n.by_scenario)
        ]

    def find_effect(self, scenario_id: str, k: int) -> Effect:
        """Find what the k-th number does to a scenario, at its ends and its middle."""
        looks = (
            *self.look(scenario_id, (self._move(k, LEAST), self._move(k, MOST))),
            *self.look(scenario_id, (self._move(k, 0.5),)),
        )
        if len({d.demand_key for d in looks}) > 1:
            return Effect.PLAN
        if len({d.price_key for d in looks}) > 1:
            return Effect.PRICES
        return Effect.LINES if len({d.lines for d in looks}) > 1 else Effect.NOTHING

    def find_walks(self) -> frozenset[tuple[str, str, int]]:
        """Find the walks to pick-up points of all draws looked at."""
        return frozenset(w for drawn in self._known.values() for w in drawn.walks)

    def _move(self, k: int, u: float) -> Point:
        """All numbers at their median, but one."""
        return tuple(u if j == k else 0.5 for j in range(len(self._numbers)))


def widen_walks(walks: Iterable[tuple[str, str, int]]) -> tuple[tuple[str, str, int], ...]:
    """Keep the longest limit of each pair of home and pick-up point."""
    most: dict[tuple[str, str], int] = {}
    for home, point, limit_m in walks:
        most[home, point] = max(limit_m, most.get((home, point), 0))
    return tuple((home, point, limit_m) for (home, point), limit_m in sorted(most.items()))


def sum_lines(lines: Sequence[YearlyLine]) -> tuple[int, int]:
    """Sum the money beside a plan: each year, and once. [pence]"""
    return (
        sum(x.amount_pence for x in lines if not x.is_one_off),
        sum(x.amount_pence for x in lines if x.is_one_off),
    )


__all__ = ["LEAST", "MOST", "DrawLooks", "Point", "sum_lines", "widen_walks"]
