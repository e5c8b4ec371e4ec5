"""The cost of a year by how many travel: a straight line through years planned in full.

A day that is repaired for fewer passengers keeps its routes, where planning afresh would drop
some: repair says too little of what many leavers save. Years planned in full hold that. The
line is fitted to them by least squares, in exact fractions, at the rates of one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from data.inputs import Inputs

_FIXED = (
    *("sites", "vehicle_types", "vehicles", "crews", "suppliers", "depots"),
    *("pick_up_points", "policy", "calendars", "early_closings", "locks"),
)
"""Fields that two cases must share for one line to run through both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandLine:
    """A line through planned years.

    Attributes
    ----------
    level, slope
        Cost of a year without any journey, and of each one more; where all years have equally
        many, their mean and 0. [pence], [pence a journey]
    year_pence
        Each year at the rates of the line, by its demand's key. [pence]
    """

    level: Fraction
    slope: Fraction
    year_pence: Mapping[str, int]

    def find_pence(self, n_journeys: int) -> Fraction:
        """Find the year's cost with so many journeys; never below nought. [pence]"""
        return max(Fraction(0), self.level + self.slope * n_journeys)


def count_journeys(inputs: Inputs) -> int:
    """Count the standing journeys of a fortnight."""
    return sum(len(d.weekdays) * len(d.weeks) for d in inputs.demands)


def is_alike(a: Inputs, b: Inputs) -> bool:
    """Whether two cases differ in nothing but who travels, and money."""
    return all(getattr(a, name) == getattr(b, name) for name in _FIXED)


def fit_line(years: Sequence[tuple[str, int, int]]) -> DemandLine:
    """Fit the line by least squares.

    Parameters
    ----------
    years
        Key of its demand, journeys, and cost at the line's rates of each year [pence]. Of
        years of one demand the cheapest counts: its plan is a plan of all of them.

    Raises
    ------
    ValueError
        If there is no year.

    Examples
    --------
    >>> line = fit_line([("a", 100, 5_000), ("b", 80, 4_200)])
    >>> line.find_pence(90)
    Fraction(4600, 1)
    """
    if not years:
        raise ValueError("a line needs one planned year at least")
    best: dict[str, tuple[int, int]] = {}
    for key, n_journeys, pence in years:
        held = best.get(key)
        if held is None or pence < held[1]:
            best[key] = (n_journeys, pence)
    points = list(best.values())
    n = len(points)
    mean_x = Fraction(sum(x for x, _ in points), n)
    mean_y = Fraction(sum(y for _, y in points), n)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = Fraction(0)
    if spread:
        slope = Fraction(sum((x - mean_x) * (y - mean_y) for x, y in points) / spread)
    return DemandLine(
        level=mean_y - slope * mean_x,
        slope=slope,
        year_pence={key: pence for key, (_, pence) in best.items()},
    )
