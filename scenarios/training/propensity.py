"""How likely training works out: shares observed elsewhere, odds moved by what is known here.

A model with its uncertainty said, not a judgement of anybody: observed shares are grade B, how
much age, need and journey move them is a working assumption, grade C.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.training import Candidate, TrainingAssumptions, TrainingNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Chances of one trainee. [0.01 %]"""

    accept_bp: int
    complete_bp: int
    sustain_bp: int


def move_odds(share: float, factor: float) -> float:
    """Move a chance by a factor on its odds.

    Examples
    --------
    >>> round(move_odds(0.8, 0.5), 4)
    0.6667
    """
    if share >= 1:
        return 1.0
    odds = share / (1 - share) * factor
    return odds / (1 + odds)


def find_chances(
    assumptions: TrainingAssumptions, factors: Sequence[tuple[str, int]]
) -> Chances:
    """Find the most likely chances of one trainee."""
    factor = 1.0
    for name, n in factors:
        factor *= assumptions.value(name) ** n
    return Chances(
        accept_bp=_find_bp(assumptions.value("accept")),
        complete_bp=_find_bp(move_odds(assumptions.value("complete"), factor)),
        sustain_bp=_find_bp(assumptions.value("sustain")),
    )


def _find_bp(share: float) -> int:
    return int(share * 10_000 + 0.5)


class Draws:
    """Draws of every uncertain assumption: Sobol points, each assumption with its own axis.

    The axis of an assumption hangs on its place in the table alone, so that programmes drawn
    with one seed share their draws and their differences are sharp.
    """

    def __init__(self, assumptions: TrainingAssumptions, n_draws: int, seed: int) -> None:
        from scipy.stats import qmc

        self._numbers = {n.name: (k, n) for k, n in enumerate(assumptions.numbers)}
        sampler = qmc.Sobol(len(assumptions.numbers), scramble=True, rng=seed)
        n_power = max(0, (n_draws - 1).bit_length())
        self._points = sampler.random_base2(n_power)[:n_draws]

    def draw(self, name: str) -> NDArray[np.float64]:
        """Draw an assumption, (n,): PERT between low and high about its mode."""
        k, number = self._numbers[name]
        return draw_pert(number, self._points[:, k])

    def draw_complete(self, candidate: Candidate) -> NDArray[np.float64]:
        """Draw a trainee's chance to complete, (n,)."""
        share = self.draw("complete")
        factor = np.ones(len(share))
        for name, n in candidate.factors:
            factor *= self.draw(name) ** n
        odds = share / np.maximum(1e-12, 1 - share) * factor
        moved: NDArray[np.float64] = odds / (1 + odds)
        return moved


def draw_pert(number: TrainingNumber, u: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the quantiles u of an assumption, as `scenarios.numbers.Range.draw` does for one."""
    from scipy.special import betaincinv

    width = number.high - number.low
    if width == 0:
        return np.full(len(u), number.low)
    a = 1 + 4 * (number.mode - number.low) / width
    b = 1 + 4 * (number.high - number.mode) / width
    found: NDArray[np.float64] = number.low + width * betaincinv(a, b, np.clip(u, 1e-9, 1))
    return found
