"""Sets of trainees judged on draws of who travels alone, each day planned again.

All sets are judged on the same draws, so that their differences are sharp: in a draw, whoever
is in both sets succeeds in both or in neither. Sets are chosen on other draws than those they
are compared on, or the luck of the draws would be taken for a good choice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np

from data.training import DutyValues
from scenarios.training.order import find_bundles
from scenarios.training.values import Expectation

JUDGED, LEARNED = 7, 11
"""Streams of draws: to compare sets on, to choose them on."""
_N_OFF, _N_ON = 8, 12
"""Who is looked at in an exchange: the least missed and the most welcome."""
_RIDGE = 4.0
"""Weight against telling people apart by what planning again saves, in draws."""

People = frozenset[str]
Seasons = Sequence[tuple[float, Mapping[str, float]]]


def draw_years(
    chances_bp: Mapping[str, int], seasons: Seasons, n_draws: int, seed: int, stream: int
) -> tuple[People, ...]:
    """Draw who travels alone on a day of some year after training, if all were trained.

    Years come in proportion to their weights, evenly spread over the draws. In each, a
    candidate's luck is one number: those who succeed in a later year are among those of the
    first.

    Parameters
    ----------
    seasons
        Years of benefit: weight, and the share left of `chances_bp` by passenger.
    stream
        `JUDGED` or `LEARNED`.
    """
    people = sorted(chances_bp)
    rng = np.random.default_rng([seed, stream])
    u = rng.random((n_draws, len(people)))
    weights = np.array([weight for weight, _ in seasons])
    ends = np.cumsum(weights / weights.sum())
    at = (rng.permutation(n_draws) + 0.5) / max(1, n_draws)
    years = np.minimum(np.searchsorted(ends, at), len(seasons) - 1).tolist()
    return tuple(
        frozenset(
            p
            for p, luck in zip(people, row, strict=True)
            if luck * 10_000 < chances_bp[p] * seasons[year][1].get(p, 1.0)
        )
        for row, year in zip(u.tolist(), years, strict=True)
    )


class Learner:
    """What sets save on days planned again, as far as it has been looked at.

    Parameters
    ----------
    find_saving
        What the day costs less without some people. [pence]
    drawn
        Draws of who travels alone.
    """

    def __init__(
        self,
        expected: Expectation,
        find_saving: Callable[[People], int],
        drawn: Sequence[People],
    ) -> None:
        self._expected, self._find, self._drawn = expected, find_saving, drawn
        self._known: dict[People, float] = {}
        self._beyond: dict[People, int] = {}

    def measure(self, chosen: People) -> float:
        """Measure a set: what its vehicles save, and what planning again saves beyond. [pence]

        The luck of the few draws drops out of the first, which is summed over all of them.
        """
        if chosen not in self._known:
            beyond = []
            for who in self._drawn:
                gone = chosen & who
                self._beyond[gone] = self._find(gone) - self._expected.find_certain_pence(gone)
                beyond.append(self._beyond[gone])
            more = sum(beyond) / len(beyond) if beyond else 0.0
            self._known[chosen] = self._expected.measure(chosen) + more
        return self._known[chosen]

    def has(self, chosen: People) -> bool:
        """Whether a set was measured."""
        return chosen in self._known

    def find_worth(self, pool: Sequence[str]) -> dict[str, float]:
        """Find what planning again saves beyond the vehicles for each, by all days seen.

        Least squares with a weight against telling people apart: of whom little was seen the
        mean of all is said. [pence, where the passenger is gone]
        """
        days = [gone for gone in self._beyond if gone]
        if not days:
            return dict.fromkeys(pool, 0.0)
        x = np.array([[p in gone for p in pool] for gone in days], dtype=float)
        y = np.array([self._beyond[gone] for gone in days], dtype=float)
        each = float(y.sum() / max(1.0, x.sum()))
        left = y - each * x.sum(axis=1)
        more = np.linalg.solve(x.T @ x + _RIDGE * np.eye(len(pool)), x.T @ left)
        return {p: each + float(m) for p, m in zip(pool, more, strict=True)}


def choose_set(
    learner: Learner,
    expected: Expectation,
    values: Sequence[DutyValues],
    chances_bp: Mapping[str, int],
    starts: Sequence[People],
    n_exchanges: int,
) -> People:
    """Choose the set that saves most on days planned again.

    The sets given are measured; from the best, exchanges are measured that promise most by the
    vehicles' values and by what days planned again have shown of the people so far.
    """
    pool = sorted(chances_bp)
    best = max(dict.fromkeys(starts), key=learner.measure)
    for _ in range(n_exchanges):
        worth = {p: w * chances_bp[p] / 10_000 for p, w in learner.find_worth(pool).items()}
        found = _find_exchange(learner, expected, values, worth, best, pool)
        if found is None:
            break
        if learner.measure(found) > learner.measure(best):
            best = found
    return best


def _find_exchange(
    learner: Learner,
    expected: Expectation,
    values: Sequence[DutyValues],
    worth: Mapping[str, float],
    best: People,
    pool: Sequence[str],
) -> People | None:
    """Find the exchange not measured yet that promises most."""

    def promise(chosen: People) -> float:
        return expected.measure(chosen) + sum(worth[p] for p in chosen)

    loss = {p: promise(best) - promise(best - {p}) for p in best}
    weak = sorted(best, key=lambda p: (loss[p], p))[:_N_OFF]
    gain = {p: promise(best | {p}) - promise(best) for p in pool if p not in best}
    strong = sorted(gain, key=lambda p: (-gain[p], p))[:_N_ON]
    ways = {best - {off} | {on} for off, on in product(weak, strong)}
    for bundle in find_bundles(values):
        more = bundle - best
        if 1 < len(more) <= len(weak) and bundle <= set(pool):
            off = [p for p in weak if p not in bundle][: len(more)]
            if len(off) == len(more):
                ways.add(best - set(off) | more)
    new = [way for way in ways if not learner.has(way)]
    return max(new, key=lambda way: (promise(way), sorted(way)), default=None)


__all__ = ["JUDGED", "LEARNED", "Learner", "choose_set", "draw_years"]
