"""Bounds of paired problems: never above the optimum, and close to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from routing.bounds import bound_paired
from routing.bounds import paired as paired_bounds
from tests.routing.paired.random_pairs import find_optimum, make_pairs

_DEAR = 10_000_000
"""Price of leaving a request: no plan does it that need not."""


@pytest.fixture(autouse=True)
def _few_labels(monkeypatch):
    # What is laid out for large files is not needed here.
    monkeypatch.setattr(paired_bounds, "_MOST_LABELS", 20_000)


def _make(seed, n_requests=4, **changes):
    problem = make_pairs(
        seed,
        n_requests=n_requests,
        n_vehicles=1 + seed % 3,
        tight=(seed % 5) / 5,
        is_triangle=seed % 7 != 0,
        is_waiting_aboard=seed % 6 != 0,
        vehicle_c=50 * (seed % 2),
    )
    return replace(problem, unserved_c=_DEAR, **changes)


def _is_below(seed, n_requests):
    problem = _make(seed, n_requests)
    bound = bound_paired(problem, seconds=20.0)
    optimum = find_optimum(problem)
    assert bound.bound_c <= optimum, seed
    return bound.bound_c / optimum if optimum < _DEAR else None


def test_no_bound_is_above_the_optimum_of_a_small_problem():
    shares = [_is_below(seed, 3 + seed % 2) for seed in range(12)]
    known = [share for share in shares if share is not None]
    assert len(known) >= 6
    # It must also be worth something.
    assert np.median(known) > 0.9


@pytest.mark.slow
def test_no_bound_is_above_the_optimum_of_500_small_problems():
    for seed in range(500):
        _is_below(seed, 3 + seed % 2)


def test_a_bound_stopped_early_is_still_below_the_optimum():
    problem = _make(4)
    for rounds in range(3):
        asked = iter([False] * rounds + [True] * 99)
        bound = bound_paired(problem, seconds=9.0, should_stop=lambda asked=asked: next(asked))
        assert bound.bound_c <= find_optimum(problem)


def test_one_request_costs_its_own_route():
    # The only plan: depot, pick-up, drop-off, depot. A tick of rounding may be given away.
    problem = _make(10, 1)
    n = problem.n_requests
    way = [2 * n, 0, 1, 2 * n + 1]
    cost = int(problem.cost_c[way[:-1], way[1:]].sum()) + problem.vehicle_c
    assert find_optimum(problem) == cost
    bound = bound_paired(problem, seconds=9.0)
    assert bound.state == "closed"
    assert cost - 4 <= bound.bound_c <= cost


def test_more_aboard_than_labels_hold_proves_nothing():
    problem = _make(3, 4)
    wide = replace(problem, load=np.zeros_like(problem.load))
    assert paired_bounds.count_aboard(wide) == 4
    many = make_pairs(1, n_requests=9)
    free = replace(many, load=np.zeros_like(many.load))
    assert bound_paired(free, seconds=9.0).bound_c == 0
