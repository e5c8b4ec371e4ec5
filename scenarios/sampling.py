"""Draws of a study's uncertain numbers: the same ones for every scenario of it.

Quantiles come from a scrambled Sobol sequence or a Latin hypercube (`scipy.stats.qmc`), one
dimension a name, in order of the names. A scenario that has a number takes its draws, one that
has not is not moved by them, so that scenarios differ in nothing but what they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.errors import InputError, Problem, Severity
from scenarios.definition import Scenario, find_named_numbers
from scenarios.distributions import Distribution


class Method(StrEnum):
    """How quantiles are spread."""

    SOBOL = "sobol"
    LHS = "lhs"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyNumber:
    """One name, and every distribution that is drawn by it.

    Attributes
    ----------
    by_scenario
        The distribution of each scenario that has the name.
    """

    name: str
    by_scenario: tuple[tuple[str, Distribution], ...]

    @property
    def first(self) -> Distribution:
        """The distribution of the first scenario that has it, shown for all."""
        return self.by_scenario[0][1]


def find_numbers(stories: Sequence[Scenario]) -> tuple[StudyNumber, ...]:
    """Find the uncertain numbers of a study, in order of their names.

    Raises
    ------
    InputError
        If a scenario gives two distributions to one name (Y008).
    """
    found: dict[str, dict[str, Distribution]] = {}
    problems = []
    for story in stories:
        for named in find_named_numbers(story, stories):
            held = found.setdefault(named.name, {})
            mine = named.number.distribution
            if held.setdefault(story.scenario_id, mine).describe() != mine.describe():
                problems.append(
                    Problem(
                        code="Y008",
                        severity=Severity.ERROR,
                        file=f"{story.scenario_id}.toml",
                        column=named.name,
                        cause="Numbers of one name have different distributions.",
                        suggestion="Give them the same one, or names of their own.",
                    )
                )
    if problems:
        raise InputError(problems)
    return tuple(
        StudyNumber(name=name, by_scenario=tuple(held.items()))
        for name, held in sorted(found.items())
    )


def choose_drawn(stories: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Choose the scenarios with an uncertain number, and those they stand on."""
    numbers = find_numbers(stories)
    kept = {owner for number in numbers for owner, _ in number.by_scenario}
    base_of = {story.scenario_id: story.base_id for story in stories}
    for name in tuple(kept):
        while name in base_of:
            kept.add(name)
            name = base_of[name]
    return tuple(story for story in stories if story.scenario_id in kept)


def draw_quantiles(
    n_draws: int, n_numbers: int, *, seed: int, method: Method
) -> tuple[tuple[float, ...], ...]:
    """Draw quantiles, one row a draw, each strictly between 0 and 1.

    Of a Sobol sequence the first draws of the next power of two are taken, so that more draws
    of one seed begin with the same ones.
    """
    from scipy.stats import qmc

    if not n_numbers:
        return tuple(() for _ in range(n_draws))
    if method is Method.SOBOL:
        power = max(0, (n_draws - 1).bit_length())
        points = qmc.Sobol(d=n_numbers, scramble=True, rng=seed).random_base2(power)
    else:
        points = qmc.LatinHypercube(d=n_numbers, rng=seed).random(n_draws)
    tiny = 2.0**-40
    return tuple(
        tuple(min(1 - tiny, max(tiny, float(u))) for u in row) for row in points[:n_draws]
    )


def find_values(
    numbers: Sequence[StudyNumber], quantiles: Sequence[float], scenario_id: str
) -> dict[str, float]:
    """Find the values of a scenario's numbers in a draw, by name."""
    found = {}
    for number, u in zip(numbers, quantiles, strict=True):
        held = dict(number.by_scenario).get(scenario_id)
        if held is not None:
            found[number.name] = held.find_quantile(u)
    return found


def find_central(numbers: Sequence[StudyNumber], scenario_id: str) -> dict[str, float]:
    """Find the most likely values of a scenario's numbers, by name."""
    return {
        n.name: held.central
        for n in numbers
        for owner, held in n.by_scenario
        if owner == scenario_id
    }


def choose_spread(points: Sequence[Sequence[float]], n: int) -> tuple[int, ...]:
    """Choose n points that lie far from each other, in the order chosen.

    The point nearest the middle comes first, then always the one farthest from all chosen ones
    (Kennard and Stone, Technometrics 11(1), 1969); of equal ones the earliest.
    """
    chosen: list[int] = []
    middle = [0.5] * (len(points[0]) if points else 0)
    apart = [_measure(p, middle) for p in points]
    if not apart:
        return ()
    chosen.append(min(range(len(points)), key=lambda k: (apart[k], k)))
    nearest = [_measure(p, points[chosen[0]]) for p in points]
    while len(chosen) < min(n, len(points)):
        best = max(range(len(points)), key=lambda k: (nearest[k], -k))
        chosen.append(best)
        nearest = [
            min(old, _measure(p, points[best])) for old, p in zip(nearest, points, strict=True)
        ]
    return tuple(chosen)


def _measure(a: Sequence[float], b: Sequence[float]) -> float:
    return sum((x - y) ** 2 for x, y in zip(a, b, strict=True))
