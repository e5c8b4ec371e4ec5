"""Present values and prices of later years, exactly.

Amounts are real ones of a year counted from 1; the first year is not discounted. The rate is
3.5 % real for the first thirty years and 3.0 % for the next forty-five (HM Treasury, The Green
Book, annex on discounting). Every amount is rounded once, half a penny away from nought.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from data.units import round_half_up

LONG_RUN_FROM = 31
"""Years from the first one after which the long-run rate holds."""
LONG_RUN_CUT_BP = 50
"""How much lower the long-run rate is: 3.0 % where the standard one is 3.5 %. [0.01 %]"""


def find_discount_factor(year: int, rate_bp: int) -> Fraction:
    """Find what a pound of a year is worth in the first one.

    Parameters
    ----------
    year
        Counted from 1.
    rate_bp
        Real rate of the first thirty years. [0.01 %]

    Raises
    ------
    ValueError
        If the year is before the first, or the rate negative.

    Examples
    --------
    >>> find_discount_factor(1, 350), find_discount_factor(2, 350)
    (Fraction(1, 1), Fraction(200, 207))
    """
    if year < 1 or rate_bp < 0:
        raise ValueError("years count from 1, and a discount rate is nought or more")
    n_standard = min(year - 1, LONG_RUN_FROM - 1)
    n_long = max(0, year - LONG_RUN_FROM)
    long_bp = max(0, rate_bp - LONG_RUN_CUT_BP)
    standard = _raise_to(Fraction(10_000, 10_000 + rate_bp), n_standard)
    return standard * _raise_to(Fraction(10_000, 10_000 + long_bp), n_long)


def discount(amounts_pence: Sequence[int], rate_bp: int) -> tuple[int, ...]:
    """Discount an amount of each year, each rounded once. [pence]"""
    return tuple(
        round_half_up(amount * find_discount_factor(year, rate_bp))
        for year, amount in enumerate(amounts_pence, start=1)
    )


def find_rise(year: int, rise_bp: int) -> Fraction:
    """Find by what an amount rises until a year, at so much a year after the first.

    Examples
    --------
    >>> find_rise(3, 1_000)
    Fraction(121, 100)
    """
    return _raise_to(Fraction(10_000 + rise_bp, 10_000), year - 1)


def _raise_to(base: Fraction, n: int) -> Fraction:
    """Multiply a fraction by itself."""
    return math.prod([base] * n, start=Fraction(1))
