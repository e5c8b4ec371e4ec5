"""Proven bounds: never above any plan, however small or odd the session."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from data.places import Session
from routing.bounds import bound_session
from routing.bounds.classes import build_classes
from routing.bounds.master import price_below
from routing.evaluate import evaluate_route
from tests.routing.brute_force import find_optimum
from tests.routing.random_problems import make_problem, make_route


def _make(seed: int, n_requests: int = 5):
    return make_problem(
        seed,
        n_requests=n_requests,
        n_sites=2 + seed % 2,
        max_sites=1 if seed % 5 == 0 else 2,
        tight=(seed % 4) / 4,
        plain=seed % 3 == 0,
        session=Session.PM if seed % 2 else Session.AM,
    )


def _is_below_optimum(seed: int, n_requests: int) -> float:
    problem = _make(seed, n_requests)
    bound = bound_session(problem, seconds=5.0)
    optimum = find_optimum(problem)
    assert bound.bound_pence <= optimum, seed
    return bound.bound_pence / max(1, optimum)


def test_no_bound_is_above_the_optimum_of_a_small_session():
    shares = [_is_below_optimum(seed, 4 + seed % 2) for seed in range(16)]
    # It must also be worth something: most of the optimum, on the whole.
    assert np.median(shares) > 0.75


@pytest.mark.slow
def test_no_bound_is_above_the_optimum_of_500_small_sessions():
    for seed in range(500):
        _is_below_optimum(seed, 4 + seed % 3)


@pytest.mark.parametrize("seed", range(6))
def test_linear_prices_are_never_above_the_offers(seed):
    problem = make_problem(seed, n_requests=14, n_sites=3, max_sites=3, tight=0.2)
    classes = build_classes(problem)
    rng = np.random.default_rng(seed)
    n_tried = 0
    for _ in range(400):
        route = make_route(rng, problem, int(rng.integers(1, 5)), 2)
        facts = evaluate_route(problem, route)
        if not facts.is_feasible or any(
            problem.is_alone[i] for i in route if i < problem.n_requests
        ):
            continue
        n_tried += 1
        below = price_below(problem, classes, route)
        assert below is not None
        assert below <= facts.search_pence(problem) + 1e-6
    assert n_tried > 20


def test_a_bound_stopped_at_once_is_still_below_the_optimum():
    for seed in range(5):
        problem = _make(seed, 5)
        optimum = find_optimum(problem)
        for seconds in (0.0, 0.01, 0.05):
            assert bound_session(problem, seconds=seconds).bound_pence <= optimum


def test_the_order_of_passengers_does_not_change_a_closed_bound():
    problem = make_problem(3, n_requests=16, n_sites=3, max_sites=2, tight=0.3, plain=True)
    first = bound_session(problem, seconds=20.0)
    order = np.random.default_rng(1).permutation(problem.n_requests)
    second = bound_session(_shuffle(problem, order), seconds=20.0)
    assert first.state == second.state == "closed"
    assert first.bound_pence == pytest.approx(second.bound_pence, abs=2)


def _shuffle(problem, order):
    by_request = [
        "request_row", "request_site", "service_s", "site_service_s", "max_ride_s", "from_s",
        "by_s", "n_seats", "n_spaces", "n_crew", "n_shared", "n_trained_crew",
        "n_trained_shared", "is_alone", "is_adult", "is_allowed",
    ]  # fmt: skip
    assert len(problem.apart_with) == 0
    return replace(
        problem,
        group=np.arange(problem.n_requests, dtype=np.int32),
        labels=np.zeros((0, problem.n_requests), dtype=np.int32),
        label_pence=np.zeros(0, dtype=np.int64),
        **{name: getattr(problem, name)[order] for name in by_request},
    )
