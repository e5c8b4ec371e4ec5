"""What a thousand savings say: quantiles, fans, and what knowing a number would be worth."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from data.uncertainty import FanMonth, Quantile, Worth
from data.units import divide_half_up, round_half_up

PERCENTS = (5, 10, 25, 50, 75, 90, 95)
MONTHS = 12
MOST_FAN_MONTHS = 60


def find_quantile_pence(values: Sequence[int], percent: int) -> int:
    """Find a quantile of whole amounts, exactly: on the line between the two nearest. [pence]

    The r-th of n values in order is the quantile (r - 1) / (n - 1) (type 7 of Hyndman and Fan,
    The American Statistician 50(4), 1996).

    Examples
    --------
    >>> find_quantile_pence([10, 20, 40], 50), find_quantile_pence([10, 20, 40], 75)
    (20, 30)
    """
    ordered = sorted(values)
    place = Fraction((len(ordered) - 1) * percent, 100)
    below = place.numerator // place.denominator
    above = min(below + 1, len(ordered) - 1)
    part = place - below
    return round_half_up(ordered[below] + part * (ordered[above] - ordered[below]))


def build_quantiles(values: Sequence[int]) -> tuple[Quantile, ...]:
    """Find the quantiles that are kept."""
    return tuple(Quantile(percent=p, pence=find_quantile_pence(values, p)) for p in PERCENTS)


def find_mean_pence(values: Sequence[int]) -> int:
    """Find the mean of whole amounts. [pence]"""
    return divide_half_up(sum(values), len(values))


def find_sd_pence(values: Sequence[int]) -> int:
    """Find the standard deviation of whole amounts, n - 1 beneath. [pence]"""
    from math import isqrt

    n = len(values)
    if n < 2:
        return 0
    # n (n - 1) s^2 = n sum x^2 - (sum x)^2, in whole numbers
    squares = n * sum(v * v for v in values) - sum(values) ** 2
    return isqrt(divide_half_up(squares, n * (n - 1)))


def build_fan(
    net_pence: Sequence[int], one_off_pence: Sequence[int], *, n_months: int = MOST_FAN_MONTHS
) -> tuple[FanMonth, ...]:
    """Add up each draw's net saving month by month, what falls due once at the start.

    Month k holds k twelfths of the year's saving less the cost due once.
    """
    found = []
    for month in range(n_months + 1):
        sums = [
            divide_half_up(net * month, MONTHS) - once
            for net, once in zip(net_pence, one_off_pence, strict=True)
        ]
        found.append(
            FanMonth(
                month=month,
                p10_pence=find_quantile_pence(sums, 10),
                p50_pence=find_quantile_pence(sums, 50),
                p90_pence=find_quantile_pence(sums, 90),
            )
        )
    return tuple(found)


def find_worth(name: str, quantiles: Sequence[float], net_pence: Sequence[int]) -> Worth:
    """Find what knowing one number would be worth (EVPPI), by regression on its quantile.

    The expected saving given the number is a cubic fitted to the draws; who knows the number
    goes ahead where that is above nought, who does not where the mean is (Strong, Oakley and
    Brennan, Medical Decision Making 34(3), 2014).
    """
    import numpy as np

    y = np.array(net_pence, float)
    u = np.array(quantiles, float) * 2 - 1
    degree = min(3, max(0, len(y) // 10))
    if not degree or float(y.std()) == 0.0:
        return Worth(name=name, explained_bp=0, evppi_pence=0)
    given = np.polynomial.legendre.legval(u, np.polynomial.legendre.legfit(u, y, degree))
    explained = float(given.var() / y.var())
    knowing = float(np.maximum(given, 0.0).mean()) - max(0.0, float(given.mean()))
    return Worth(
        name=name,
        explained_bp=round(10_000 * min(1.0, explained)),
        evppi_pence=max(0, round(knowing)),
    )
