"""The search: exact, repeatable, never worse than its start, never better than the optimum."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.places import Session
from routing.chains import build_chains
from routing.evaluate import evaluate_route
from routing.improve import (
    Progress,
    SearchSettings,
    SessionSolution,
    improve_session,
)
from routing.kernels import search
from routing.kernels import state as k
from routing.packing import pack_problem
from routing.problem import SessionProblem
from tests.routing.brute_force import find_optimum
from tests.routing.random_problems import make_problem
from tests.routing.small_town import make_passenger, make_town_problem

EACH_STEP = SearchSettings(check="step")
ROOT = Path(__file__).resolve().parents[2]


def make_case(seed: int, **values: int) -> SessionProblem:
    """Problems of every kind: tight and easy, plain and awkward, outward and homeward."""
    return make_problem(
        seed,
        **{
            "n_requests": 6 + seed % 16,
            "n_sites": 1 + seed % 4,
            "n_offers": 1 + seed % 9,
            "max_sites": 1 + seed % 4,
            **values,
        },
        tight=(seed % 5) / 5,
        plain=seed % 3 == 0,
        session=Session.PM if seed % 2 else Session.AM,
    )


def test_cost_of_every_step_and_every_undo_equals_a_count_from_scratch() -> None:
    # EACH_STEP recounts all routes after each step; the result is recounted by evaluate_route.
    for seed in range(60):
        solution = improve_session(make_case(seed), steps=300, seed=seed, settings=EACH_STEP)
        assert solution.steps == 300


def test_everybody_is_on_one_route_or_unserved_and_every_route_is_allowed() -> None:
    for seed in range(40):
        problem = make_case(seed)
        solution = improve_session(problem, steps=200, seed=seed)
        aboard = [v for r in solution.routes for v in r if v < problem.n_requests]
        assert sorted([*aboard, *solution.unserved]) == list(range(problem.n_requests))
        facts = [evaluate_route(problem, route) for route in solution.routes]
        assert all(f.is_feasible for f in facts)
        total = sum(f.search_pence(problem) for f in facts)
        total += len(solution.unserved) * problem.policy.unserved_pence
        assert total == solution.cost_pence


def test_search_finds_the_optimum_of_small_cases_and_never_less() -> None:
    n_equal = n_cases = 0
    for seed in range(36):
        problem = make_case(seed, n_requests=5, n_sites=1 + seed % 3)
        optimum = find_optimum(problem)
        found = improve_session(problem, steps=1_500, seed=seed).cost_pence
        assert found >= optimum
        n_equal += found == optimum
        n_cases += 1
    assert n_equal >= n_cases - 1


def limit_fleet(problem: SessionProblem, seed: int, most: int = 3) -> SessionProblem:
    """Let each vehicle run one route; some offers have none."""
    rng = np.random.default_rng(seed)
    n_vehicles = rng.integers(0, most + 1, problem.offers.n_offers)
    n_vehicles[0] += 1
    return replace(
        problem, offers=replace(problem.offers, n_vehicles=n_vehicles), is_limited=True
    )


@pytest.mark.parametrize("lacking", [0.0, 0.3])
def test_limited_vehicles_are_never_exceeded_and_every_step_counts_them(lacking: float) -> None:
    n_full = 0
    how = replace(EACH_STEP, lacking=lacking)
    for seed in range(40):
        problem = limit_fleet(make_case(seed), seed)
        found = improve_session(problem, steps=200, seed=seed, settings=how)
        used = np.bincount(found.offers, minlength=problem.offers.n_offers)
        assert len(found.offers) == len(found.routes)
        assert (used <= problem.offers.n_vehicles).all()
        n_full += int(
            (used[problem.offers.n_vehicles > 0] == problem.offers.n_vehicles.max()).any()
        )
        total = len(found.unserved) * problem.policy.unserved_pence
        for route, offer in zip(found.routes, found.offers, strict=True):
            facts = evaluate_route(problem, route)
            assert facts.is_offered[offer]
            total += facts.search_pence(problem, offer)
        assert total == found.cost_pence
    assert n_full > 5


@pytest.mark.parametrize("lacking", [0.0, 0.3])
def test_search_finds_the_optimum_of_limited_fleets_and_never_less(lacking: float) -> None:
    # The optimum leaves somebody out at the full price only, whatever that costs on the way.
    n_equal = n_dearer = 0
    for seed in range(24):
        free = make_case(seed, n_requests=5, n_sites=1 + seed % 2, n_offers=2 + seed % 3)
        problem = limit_fleet(free, seed, most=1)
        optimum = find_optimum(problem)
        how = SearchSettings(lacking=lacking)
        found = improve_session(problem, steps=1_500, seed=seed, settings=how).cost_pence
        assert found >= optimum
        n_equal += found == optimum
        n_dearer += optimum > find_optimum(free)
    assert n_equal >= 23
    assert n_dearer > 5  # the limit binds


def test_price_of_leaving_out_falls_while_few_plans_do_and_never_tops_the_full_one() -> None:
    problem = limit_fleet(make_case(1), 1)
    data = pack_problem(problem)
    chain = build_chains(data, 1, 1)[0]
    full = int(data.par[k.P_UNSERVED])
    assert int(chain.state.num[k.PRICE]) == full
    # Of 100 steps 30 are wanted: 30 are not too many, so it falls by a tenth; 31 are.
    chain.state.num[k.N_LACKING] = 30
    chain.settle_price(0.3, 100)
    assert int(chain.state.num[k.PRICE]) == full * 9 // 10
    assert chain.state.num[k.N_LACKING] == 0
    for _ in range(3):
        chain.state.num[k.N_LACKING] = 31
        chain.settle_price(0.3, 100)
    assert int(chain.state.num[k.PRICE]) == full


def test_limited_fleets_give_equal_routes_whatever_the_workers() -> None:
    problem = limit_fleet(make_problem(3, n_requests=40, n_sites=4, tight=0.3), 3)
    how = SearchSettings(lacking=0.3)
    results = [
        improve_session(problem, steps=2_000, seed=5, n_chains=4, n_workers=w, settings=how)
        for w in (1, 2)
    ]
    assert results[0] == replace(results[1], history=results[0].history)


@pytest.mark.slow
def test_search_finds_the_optimum_of_many_cases_of_six_and_seven() -> None:
    n_equal = n_cases = 0
    for seed in range(60):
        problem = make_case(seed, n_requests=7 if seed % 6 == 0 else 6, n_sites=1 + seed % 2)
        optimum = find_optimum(problem)
        found = improve_session(problem, steps=4_000, seed=seed).cost_pence
        assert found >= optimum
        n_equal += found == optimum
        n_cases += 1
    assert n_equal >= 0.95 * n_cases


def test_equal_seed_and_steps_give_equal_routes_whatever_the_workers() -> None:
    problem = make_problem(3, n_requests=40, n_sites=4, tight=0.3)
    results = [
        improve_session(problem, steps=2_000, seed=5, n_workers=workers)
        for workers in (1, 2, 4)
    ]
    assert results[0].routes == results[1].routes == results[2].routes
    assert len({r.cost_pence for r in results}) == 1
    other = improve_session(problem, steps=2_000, seed=6)
    assert other.routes != results[0].routes


def search_three(steps: int) -> list[object]:
    """Results of three searches as plain lists."""
    out: list[object] = []
    for seed in (4, 7, 9):
        session = Session.PM if seed % 2 else Session.AM
        problem = make_problem(seed, n_requests=12, n_sites=3, tight=0.4, session=session)
        found = improve_session(problem, steps=steps, seed=seed)
        out.append([found.cost_pence, [list(r) for r in found.routes], list(found.unserved)])
    return out


def test_compiled_kernels_equal_plain_python_in_another_process_and_hash_seed() -> None:
    script = (
        "import json; from tests.routing.test_improve import search_three; "
        "print(json.dumps(search_three(60)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == search_three(60)


def test_result_is_never_dearer_than_the_start() -> None:
    for seed in range(10):
        problem = make_case(seed)
        first = improve_session(problem, steps=50, seed=1)
        second = improve_session(problem, first.routes, steps=100, seed=2)
        assert second.cost_pence <= first.cost_pence


def test_start_without_a_limit_is_kept_and_only_completed() -> None:
    problem = make_town_problem()
    assert improve_session(problem, [(2, 3)]).routes[-1][-1] == 3
    kept = improve_session(problem, [(0, 3), (1, 3), (2, 3)])
    assert kept.routes == ((0, 3), (1, 3), (2, 3))
    assert (kept.steps, kept.limit) == (0, "none")
    partly = improve_session(problem, [(0, 3)])
    assert {v for route in partly.routes for v in route} == {0, 1, 2, 3}


def test_session_without_passengers_or_offers_is_no_fault() -> None:
    empty = make_town_problem(excluded={"a", "b", "c"})
    assert improve_session(empty, steps=10).routes == ()
    barred = make_town_problem(
        make_passenger("a", barred_suppliers=frozenset({"own", "cabs"})), make_passenger("b")
    )
    solution = improve_session(barred, steps=50)
    assert solution.unserved == (0,)
    assert solution.cost_pence > barred.policy.unserved_pence


def test_group_rides_together_or_not_at_all() -> None:
    people = [make_passenger(f"a{i}") for i in range(4)]
    people[0] = replace(people[0], together_with=frozenset({"a3"}))
    people[3] = replace(people[3], together_with=frozenset({"a0"}))
    solution = improve_session(make_town_problem(*people), steps=300)
    assert any({0, 3} <= set(route) for route in solution.routes)
    people[0] = replace(people[0], barred_suppliers=frozenset({"own", "cabs"}))
    assert improve_session(make_town_problem(*people), steps=300).unserved == (0, 3)


def test_scarcity_moves_routes_to_another_offer() -> None:
    used = []
    for scarce in (0, 9_000):
        problem = make_town_problem(scarcity_pence=np.array([0, scarce], dtype=np.int64))
        found = improve_session(problem, steps=100)
        used.append({evaluate_route(problem, r).best_offer for r in found.routes})
    assert used == [{1}, {0}]


def test_stop_is_heeded_and_the_best_routes_come_back() -> None:
    problem = make_problem(8, n_requests=30)
    asked: list[int] = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    solution = improve_session(problem, steps=10**9, should_stop=should_stop)
    assert solution.limit == "interrupted"
    assert 0 < solution.steps < 10**9
    assert solution.routes


def test_interrupt_from_the_keyboard_keeps_the_best_routes() -> None:
    problem = make_problem(8, n_requests=30)

    def interrupt(progress: Progress) -> None:
        if progress.steps >= 400:
            raise KeyboardInterrupt

    solution = improve_session(problem, steps=10**9, on_progress=interrupt)
    assert solution.limit == "interrupted"
    assert solution.routes


def test_limit_in_seconds_ends_the_search_and_is_named() -> None:
    solution = improve_session(make_problem(8, n_requests=30), seconds=0.3)
    assert solution.limit == "seconds"
    assert solution.steps > 0


def test_progress_never_goes_back() -> None:
    seen: list[Progress] = []
    improve_session(make_problem(2, n_requests=30), steps=1_500, on_progress=seen.append)
    assert len(seen) > 3
    assert [p.share for p in seen] == sorted(p.share for p in seen)
    assert [p.cost_pence for p in seen] == sorted((p.cost_pence for p in seen), reverse=True)


def test_better_routes_stream_out_complete_and_ever_cheaper() -> None:
    problem = make_problem(2, n_requests=30, tight=0.2)
    told: list[SessionSolution] = []
    last = improve_session(problem, steps=1_500, on_better=lambda _, s: told.append(s))
    assert told[0].steps == 0  # before the first step everybody has been looked at
    assert told[0].cost_pence > told[-1].cost_pence >= last.cost_pence
    for found in told:
        total = sum(evaluate_route(problem, r).search_pence(problem) for r in found.routes)
        total += len(found.unserved) * problem.policy.unserved_pence
        assert total == found.cost_pence


def test_seconds_are_counted_by_the_clock_that_is_given() -> None:
    ticks = iter(range(1_000_000))
    found = improve_session(
        make_problem(8, n_requests=30), seconds=60, clock=lambda: float(next(ticks))
    )
    assert found.limit == "seconds"
    assert 0 < found.steps < 60 * 200  # a chunk of 100 steps of two chains at each look


def test_wrong_memory_of_a_route_ends_the_search() -> None:
    problem = make_problem(12, n_requests=30, n_sites=4, tight=0.2)
    data = pack_problem(problem)
    for penny in (0, 1):
        (chain,) = build_chains(data, 7, 1)
        chain.run(search.DO_LOAD)
        chain.run(search.DO_BUILD)
        chain.run(search.DO_STEPS, n_steps=300, heat=400.0)
        chain.state.memo[:, :, k.M_ADDED] -= penny << k.PLACE_BITS
        chain.run(search.DO_STEPS, n_steps=300, heat=400.0)
        assert int(chain.state.num[k.ERROR]) == penny
