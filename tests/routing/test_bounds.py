"""Proven bounds: never above any plan, however small or odd the session."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import combinations, pairwise

import numpy as np
import pytest

from data.places import Session
from routing.bounds import bound_session
from routing.bounds.classes import build_classes, cut_classes
from routing.bounds.ledger import Ledger
from routing.bounds.master import price_below
from routing.bounds.pricing import EPS_PENCE, Mode, Pricer, Run, compile_pricing
from routing.evaluate import evaluate_route
from tests.routing.brute_force import find_optimum, list_routes
from tests.routing.random_problems import make_problem, make_route


@pytest.fixture(scope="module", autouse=True)
def _compile():
    # The clocks below count processor time: compiling is to be none of it.
    compile_pricing(make_problem(1, n_requests=4, n_sites=2, max_sites=2, plain=True))


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
    bound = bound_session(problem, seconds=5.0, clock=time.process_time)
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
        _is_below_optimum(seed, 4 + seed % 2)


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
    first = bound_session(problem, seconds=20.0, clock=time.process_time)
    order = np.random.default_rng(1).permutation(problem.n_requests)
    second = bound_session(_shuffle(problem, order), seconds=20.0, clock=time.process_time)
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


SEEING = Mode(width_s=30, n_spans=4, n_friends=3, is_elementary=True, n_columns=4)
"""Remembers everybody and drops nobody: what it finds is the least there is."""


def _list_least(problem, classes, pi):
    """Find the least reduced price of each run by trying every route."""
    least: dict[Run, float] = {}
    n = problem.n_requests
    for size in range(1, n + 1):
        for riders in combinations(range(n), size):
            if len({int(problem.request_site[i]) for i in riders}) > 2:
                continue
            for route in list_routes(problem, riders):
                sites = [node - n for node in route if node >= n]
                for g in range(classes.n_classes):
                    one = cut_classes(classes, [g])
                    pence = price_below(problem, one, route)
                    if pence is None:
                        continue
                    run = Run(g=g, last=sites[-1], first=sites[0] if len(sites) > 1 else -1)
                    reduced = pence - float(pi[list(riders)].sum())
                    least[run] = min(reduced, least.get(run, reduced))
    return least


def _make_plain(seed, n_requests):
    problem = make_problem(
        seed, n_requests=n_requests, n_sites=2, n_offers=3, max_sites=2, tight=0.1, plain=True
    )
    nobody = np.zeros(n_requests, dtype=np.int32)
    return replace(problem, site_service_s=nobody, is_alone=nobody.astype(np.bool_))


@pytest.mark.parametrize(("seed", "n_requests"), [(1, 5), (2, 5), (3, 6)])
def test_labels_find_the_least_reduced_price_of_every_run_and_tables_stay_below(
    seed, n_requests
):
    problem = _make_plain(seed, n_requests)
    classes = build_classes(problem)
    pricer = Pricer(problem, classes)
    pi = np.random.default_rng(seed).uniform(200, 2_500, n_requests)
    least = _list_least(problem, classes, pi)
    glance = dict(zip(pricer.runs, Ledger(pricer).find_glance(pi).tolist(), strict=True))
    n_negative = 0
    for run in pricer.runs:
        true = least.get(run, np.inf)
        assert glance[run] <= true + 0.01
        for n_friends in (0, 2, 4):
            tables = Mode(width_s=60, n_spans=2, n_friends=n_friends, only_tables=True)
            least_pence = pricer.price(pi, run, tables).least_pence
            assert least_pence <= true + 0.01
            if least_pence < -1.0:
                # What the tables think cheapest is read back at the price they gave it.
                loose = pricer.price(pi, run, replace(tables, n_loose=3)).loose
                assert min(p for p, _ in loose) == pytest.approx(least_pence, abs=0.2)
                assert all(_price_freely(problem, classes, run, pi, r) for r in loose)
        assert pricer.price(pi, run, Mode(n_friends=2)).least_pence <= true + 0.01
        # Cut off at any number of labels, what is proven stays below.
        for n_labels in (1, 3, 20):
            some = pricer.price(pi, run, Mode(n_friends=1, n_labels=n_labels, n_level=2))
            assert some.least_pence <= true + 0.01
        if true < -EPS_PENCE:
            n_negative += 1
            assert pricer.price(pi, run, SEEING).best_pence == pytest.approx(true, abs=0.01)
    assert n_negative > 3


def _price_freely(problem, classes, run, pi, loose):
    """Whether a loose route costs no less than its legs, whatever limits it breaks."""
    reduced, nodes = loose
    n, g = problem.n_requests, run.g
    rows = [problem.row_of(node) for node in nodes]
    legs = list(pairwise(rows))
    metres = sum(int(problem.distance_m[a, c]) for a, c in legs)
    seconds = sum(int(problem.duration_s[a, c]) for a, c in legs)
    riders = [node for node in nodes if node < n]
    seconds += sum(int(problem.service_s[i]) for i in riders)
    pence = classes.fixed_pence[g] + classes.m_pence[g] * metres + classes.s_pence[g] * seconds
    pence += classes.start_pence[g, riders[0]] + classes.end_pence[g, run.last]
    return reduced >= pence - sum(float(pi[i]) for i in riders) - 0.5


def test_what_is_proven_at_one_set_of_prices_is_carried_over_safely():
    problem = _make_plain(4, 5)
    classes = build_classes(problem)
    pricer = Pricer(problem, classes)
    ledger = Ledger(pricer)
    rng = np.random.default_rng(4)
    pi = rng.uniform(200, 1_500, 5)
    ledger.move(pi)
    runs = ledger.find_open()
    ledger.note(runs, pricer.price_all(pi, runs, Mode()))
    for _ in range(4):
        pi = pi + rng.uniform(-200, 200, 5)
        ledger.move(pi)
        least = _list_least(problem, classes, pi)
        for run, low in zip(pricer.runs, ledger.least.tolist(), strict=True):
            assert low <= least.get(run, np.inf) + 0.01


def test_a_closed_program_is_the_same_however_much_riders_remember_at_first(monkeypatch):
    # Once no route in use visits anybody twice, its value is that of real routes alone.
    problem = make_problem(5, n_requests=14, n_sites=2, max_sites=2, tight=0.1, plain=True)
    values = []
    for n_near in (0, 3, 13):
        monkeypatch.setattr("routing.bounds.memory.N_NEAR", n_near)
        found = bound_session(problem, seconds=30.0, clock=time.process_time)
        assert found.state == "closed"
        values.append(found.program_pence)
    assert max(values) - min(values) < 5.0


def test_a_bound_that_reaches_a_known_cost_stops():
    problem = make_problem(3, n_requests=6, n_sites=2, max_sites=2, tight=0.3, plain=True)
    closed = bound_session(problem, seconds=20.0, clock=time.process_time)
    early = bound_session(
        problem, seconds=20.0, upper_pence=closed.bound_pence // 2, clock=time.process_time
    )
    assert closed.bound_pence // 2 <= early.bound_pence <= closed.bound_pence + 1
    assert early.n_rounds <= closed.n_rounds
