"""Quantiles, fans, corrections and worths of draws, against hand-worked and known answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.uncertainty import CheckedDraw
from scenarios.correction import fit_correction
from scenarios.draw_results import build_agreement
from scenarios.draw_statistics import (
    build_fan,
    find_mean_pence,
    find_quantile_pence,
    find_sd_pence,
    find_worth,
)
from scenarios.sampling import Method, choose_spread, draw_quantiles


@settings(deadline=None)
@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=60), st.integers(0, 100))
def test_quantiles_are_those_of_numpy_to_the_penny(values: list[int], percent: int) -> None:
    wanted = float(np.percentile(np.array(values, float), percent))
    assert find_quantile_pence(values, percent) == pytest.approx(wanted, abs=0.51)


def test_mean_and_spread_are_those_worked_by_hand() -> None:
    # 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares about it 32, sd = sqrt(32 / 7) = 2.138
    values = [200, 400, 400, 400, 500, 500, 700, 900]
    assert find_mean_pence(values) == 500
    assert find_sd_pence(values) == 213


def test_a_fan_adds_twelfths_of_the_year_and_takes_off_what_falls_due_once() -> None:
    # three draws that save 120, 240 and 360 pounds a year, and cost 100, 100 and 400 at once
    fan = build_fan([12_000, 24_000, 36_000], [10_000, 10_000, 40_000], n_months=12)
    assert [m.month for m in fan] == list(range(13))
    # after 6 months: -40, 20, -220; in order -220, -40, 20, the middle one -40
    assert fan[6].p50_pence == -4_000
    # P10 at place 0.2 of (-220, -40): -184; P90 at place 1.8 of (-40, 20): 8
    assert (fan[6].p10_pence, fan[6].p90_pence) == (-18_400, 800)
    assert fan[0].p50_pence == -10_000


def test_knowing_what_never_changes_the_decision_is_worth_nothing() -> None:
    u = [(k + 0.5) / 400 for k in range(400)]
    always = find_worth("x", u, [round(1_000 + 500 * x) for x in u])
    assert (always.evppi_pence, always.explained_bp) == (0, 10_000)


def test_knowing_what_decides_is_worth_the_loss_it_spares() -> None:
    # saving 200 u - 100, u even on 0..1: mean 0, so that without knowing 0 can be had; who
    # knows u goes ahead where u > 1/2 and has 1/2 x 50 = 25 on average
    u = [(k + 0.5) / 1_000 for k in range(1_000)]
    found = find_worth("x", u, [round(20_000 * x - 10_000) for x in u])
    assert found.evppi_pence == pytest.approx(2_500, abs=5)


def test_a_correction_finds_a_straight_line_and_says_what_it_would_have_said_unseen() -> None:
    rng = np.random.default_rng(5)
    points = [tuple(row) for row in rng.random((16, 2))]
    differences = [round(-40_000 + 30_000 * (a - 0.5)) for a, _ in points]
    fitted = fit_correction(points, differences)
    assert fitted.kind == "line"
    assert fitted.correction.find_pence((0.5, 0.5)) == pytest.approx(-40_000, abs=1_500)
    off = [c - d for c, d in zip(fitted.left_out_pence, differences, strict=True)]
    assert max(abs(d) for d in off) < 6_000


def test_a_correction_that_does_no_better_unseen_is_not_made() -> None:
    points = [(0.1 * k,) for k in range(8)]
    fitted = fit_correction(points, [5_000, -5_000] * 4)
    assert fitted.kind == "none"
    assert fitted.correction.find_pence((0.3,)) == 0


def test_agreement_is_bias_root_mean_square_and_most() -> None:
    # estimate less full: 30, -10, 40 pounds: mean 20, mean square 2600 / 3, root 29.43
    checked = [
        (CheckedDraw(draw=k, full_pence=full, estimate_pence=full + d), full + 2 * d)
        for k, (full, d) in enumerate([(10_000, 3_000), (20_000, -1_000), (30_000, 4_000)])
    ]
    found = build_agreement(checked)
    assert found is not None
    assert (found.bias_pence, found.rms_pence, found.most_pence) == (2_000, 2_943, 4_000)
    assert (found.uncorrected_bias_pence, found.spread_pence) == (4_000, 10_000)
    assert build_agreement([]) is None


@pytest.mark.parametrize("method", list(Method))
def test_draws_of_a_seed_fill_every_range_evenly(method: Method) -> None:
    found = draw_quantiles(64, 3, seed=7, method=method)
    assert found == draw_quantiles(64, 3, seed=7, method=method)
    assert found != draw_quantiles(64, 3, seed=8, method=method)
    for k in range(3):
        cells = sorted(int(row[k] * 64) for row in found)
        assert cells == list(range(64))


def test_more_draws_of_a_sobol_seed_begin_with_the_same_ones() -> None:
    few = draw_quantiles(100, 2, seed=1, method=Method.SOBOL)
    many = draw_quantiles(1_000, 2, seed=1, method=Method.SOBOL)
    assert many[:100] == few


def test_points_are_chosen_from_the_middle_to_the_ends() -> None:
    points = [(k / 10,) for k in range(11)]
    assert choose_spread(points, 3) == (5, 0, 10)
    assert choose_spread(points, 99) != ()
    assert len(set(choose_spread(points, 99))) == 11
