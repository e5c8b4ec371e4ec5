"""The own fleet in a bound: own vehicles are worth something only while there are any."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest

from routing.bounds import bound_session
from routing.bounds.classes import build_classes, cut_classes
from routing.bounds.fleet import Fleet
from routing.bounds.master import price_below
from routing.bounds.pricing import compile_pricing
from tests.routing.brute_force import list_routes
from tests.routing.random_problems import make_problem


@pytest.fixture(scope="module", autouse=True)
def _compile():
    compile_pricing(make_problem(1, n_requests=4, n_sites=2, max_sites=2, plain=True))


def _make_own(seed, n_requests, n_vehicles):
    """Make a problem whose first offer is the own company's, cheap, with few vehicles."""
    problem = make_problem(
        seed, n_requests=n_requests, n_sites=2, n_offers=3, max_sites=2, tight=0.1, plain=True
    )
    offers = problem.offers
    first = np.arange(offers.n_offers) == 0
    cheap = {
        name: np.where(first, getattr(offers, name) // 4, getattr(offers, name))
        for name in ("fixed_pence", "minimum_pence", "hour_mpence")
    }
    bands = np.where(first[:, None], offers.band_mpence // 4, offers.band_mpence)
    return replace(
        problem,
        site_service_s=np.zeros(n_requests, dtype=np.int32),
        offers=replace(
            offers,
            is_own=first,
            n_vehicles=np.where(first, n_vehicles, offers.n_vehicles),
            is_open=np.ones_like(offers.is_open),
            layout_seats=np.maximum(offers.layout_seats, 6 * first[:, None]).astype(np.int32),
            band_mpence=bands,
            **cheap,
        ),
    )


def _held_s(problem, route):
    """Measure a route of one site from its first boarding to its arrival. [s]"""
    rows = [problem.row_of(node) for node in route]
    legs = sum(int(problem.duration_s[a, b]) for a, b in pairwise(rows))
    return legs + sum(int(problem.service_s[i]) for i in route[:-1])


def _fit_one_vehicle(problem, routes):
    """Whether one vehicle can run these routes in some order, going from one to the next."""
    n = problem.n_requests
    for order in permutations(routes):
        free_s, can = -(10**9), True
        for route in order:
            j = route[-1] - n
            arrive_s = max(int(problem.site_from_s[j]), free_s + _held_s(problem, route))
            can &= arrive_s <= int(problem.site_by_s[j])
            free_s = arrive_s + int(problem.site_dwell_s[j])
        if can:
            return True
    return False


def _find_least(problem, classes, n_vehicles):
    """Find the least linear price of all plans with one own vehicle or none."""
    n = problem.n_requests
    tiers = {
        t: cut_classes(classes, np.flatnonzero(classes.tier == t).tolist())
        for t in np.unique(classes.tier).tolist()
    }
    bought, own = {}, {}
    for mask in range(1, 1 << n):
        riders = tuple(i for i in range(n) if mask >> i & 1)
        if len({int(problem.request_site[i]) for i in riders}) > 2:
            continue
        for route in list_routes(problem, riders):
            n_sites = sum(node >= n for node in route)
            for tier, some in tiers.items():
                pence = price_below(problem, some, route)
                if pence is None:
                    continue
                if tier == 0:
                    bought[mask] = min(bought.get(mask, np.inf), pence)
                elif n_sites == 1:
                    # Own routes of two sites are left out: the oracle stays a real plan's.
                    own.setdefault(mask, []).append((pence, route))
    best = np.inf

    def choose(left, pence, routes):
        nonlocal best
        if pence >= best:
            return
        if not left:
            best = pence
            return
        lowest = left & -left
        mask = left
        while mask:
            if mask & lowest:
                if mask in bought:
                    choose(left ^ mask, pence + bought[mask], routes)
                if n_vehicles:
                    for price, route in own.get(mask, ()):
                        if _fit_one_vehicle(problem, [*routes, route]):
                            choose(left ^ mask, pence + price, [*routes, route])
            mask = (mask - 1) & left

    choose((1 << n) - 1, 0.0, [])
    return best


def _is_below(seed, n_requests, n_vehicles):
    problem = _make_own(seed, n_requests, n_vehicles)
    least = _find_least(problem, build_classes(problem, is_day=True), n_vehicles)
    least = min(least, problem.policy.unserved_pence * n_requests)
    bound = bound_session(problem, seconds=5.0, clock=time.process_time, is_day=True)
    assert bound.bound_pence <= least + 1, seed
    return bound.bound_pence, least


@pytest.mark.parametrize("seed", range(4))
def test_no_bound_is_above_the_best_plan_with_few_own_vehicles(seed):
    none, _ = _is_below(seed, 4, 0)
    one, _ = _is_below(seed, 4, 1)
    many = bound_session(
        _make_own(seed, 4, 9), seconds=5.0, clock=time.process_time, is_day=True
    ).bound_pence
    # Fewer vehicles leave fewer plans: the bound can only rise.
    assert many <= one + 1 <= none + 2


@pytest.mark.slow
def test_no_bound_is_above_the_best_plan_with_few_own_vehicles_in_500_sessions():
    for seed in range(250):
        for n_vehicles in (0, 1):
            _is_below(seed, 4 + seed % 2, n_vehicles)


def test_a_vehicle_that_two_routes_must_hold_at_once_counts_twice():
    # Both reach their school in the same quarter of an hour after more than that aboard.
    problem = _make_own(2, 4, 1)
    fleet = Fleet(problem, is_counted=True)
    route = (0, problem.n_requests + int(problem.request_site[0]))
    tier, low, high = fleet.find_cover(route, 1)
    held_s = _held_s(problem, route) // 30 * 30
    j = route[-1] - problem.n_requests
    held = [
        m
        for m in fleet.moments_s.tolist()
        if problem.site_by_s[j] - held_s <= m < problem.site_from_s[j] + problem.site_dwell_s[j]
    ]
    assert fleet.moments_s[low:high].tolist() == held
    prices = np.arange(2.0 * fleet.n_moments)
    hold = fleet.build_hold(prices, 480)
    for which in (1, 2):
        cover = (which, low, high) if held else (0, 0, 0)
        assert hold[which, j, held_s // 30] == pytest.approx(fleet.find_price(prices, cover))
        # The longer a vehicle is out the more it pays.
        assert (np.diff(hold[which], axis=1) >= 0).all()
    assert tier in (0, 1)
