"""Distributions: quantiles between the ends, rising, with the means of their formulas."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.distributions import (
    Discrete,
    Distribution,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)

N = 2_000
ALL: tuple[Distribution, ...] = (
    Uniform(low=2, high=7),
    Pert(low=2, mode=3, high=7),
    Triangular(distribution="triangular", low=2, mode=3, high=7),
    Normal(distribution="normal", mean=3, sd=1, low=2, high=7),
    Lognormal(distribution="lognormal", mean=3, sd=1, low=2, high=7),
    Discrete(values=(2, 3, 7), shares=(0.2, 0.5, 0.3)),
)


def find_mean(held: Distribution) -> float:
    return sum(held.find_quantile((k + 0.5) / N) for k in range(N)) / N


@pytest.mark.parametrize("held", ALL, ids=lambda d: type(d).__name__)
@settings(deadline=None)
@given(u=st.floats(1e-6, 1 - 1e-6), v=st.floats(1e-6, 1 - 1e-6))
def test_draws_stay_between_the_ends_and_grow_with_their_quantile(
    held: Distribution, u: float, v: float
) -> None:
    assert held.lowest <= held.find_quantile(u) <= held.highest
    assert held.lowest <= held.central <= held.highest
    if u < v:
        assert held.find_quantile(u) <= held.find_quantile(v)


@pytest.mark.parametrize(
    ("held", "mean"),
    [
        (ALL[0], 4.5),
        # (low + 4 mode + high) / 6 = (2 + 12 + 7) / 6
        (ALL[1], 3.5),
        (ALL[2], 4.0),
        # 3 + (phi(-1) - phi(4)) / (Phi(4) - Phi(-1)) = 3 + 0.241837 / 0.841313
        (ALL[3], 3.287452),
        # 0.2 x 2 + 0.5 x 3 + 0.3 x 7
        (ALL[5], 4.0),
        # far from its ends a lognormal number has the mean that was asked for
        (Lognormal(distribution="lognormal", mean=3, sd=1, low=0, high=90), 3.0),
    ],
)
def test_means_are_those_of_the_formulas(held: Distribution, mean: float) -> None:
    assert find_mean(held) == pytest.approx(mean, abs=4e-3)


def test_a_lognormal_number_is_drawn_about_its_median() -> None:
    # v = ln(1 + 1/9) = 0.105361; median = 3 exp(-v / 2) = 3 / sqrt(10 / 9)
    held = Lognormal(distribution="lognormal", mean=3, sd=1, low=0, high=90)
    assert held.central == pytest.approx(3 / math.sqrt(10 / 9))
    assert held.find_quantile(0.5) == pytest.approx(held.central, abs=1e-6)


def test_discrete_values_come_as_often_as_their_shares_say() -> None:
    held = Discrete(values=(0, 5, 10), shares=(0.25, 0, 0.75))
    drawn = [held.find_quantile((k + 0.5) / 100) for k in range(100)]
    assert (drawn.count(0), drawn.count(5), drawn.count(10)) == (25, 0, 75)
    assert held.central == 10
