"""The paired search: exact, repeatable, complete, never better than the optimum."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from routing.paired.improve import PairedSettings, improve_paired
from routing.paired.problem import PairedProblem
from tests.routing.paired.random_pairs import (
    count_cost,
    find_optimum,
    has_schedule,
    make_pairs,
)

EACH_STEP = PairedSettings(check="step")
ROOT = Path(__file__).resolve().parents[3]


def make_case(seed: int, n_requests: int) -> PairedProblem:
    """Problems of every kind."""
    return make_pairs(
        seed,
        n_requests=n_requests,
        n_vehicles=1 + seed % 4,
        tight=(seed % 6) / 6,
        is_triangle=seed % 5 != 0,
        is_waiting_aboard=seed % 4 != 1,
        is_fewest_vehicles=seed % 7 == 0,
        vehicle_c=100 * (seed % 3),
    )


def test_cost_of_every_step_and_every_undo_equals_a_count_from_scratch() -> None:
    for seed in range(40):
        solution = improve_paired(
            make_case(seed, 4 + seed % 14), steps=300, seed=seed, settings=EACH_STEP
        )
        assert solution.steps == 300


def test_everybody_is_on_one_route_or_unserved_and_every_route_is_allowed() -> None:
    for seed in range(40):
        problem = make_case(seed, 5 + seed % 12)
        solution = improve_paired(problem, steps=200, seed=seed)
        aboard = [v for route in solution.routes for v in route if v < problem.n_requests]
        assert sorted([*aboard, *solution.unserved]) == list(range(problem.n_requests))
        assert len(solution.routes) <= problem.n_vehicles
        assert all(has_schedule(problem, list(route)) for route in solution.routes)
        total = sum(count_cost(problem, list(route)) for route in solution.routes)
        assert total + len(solution.unserved) * problem.unserved_c == solution.cost_c


def compare(seeds: range, n_requests: int, steps: int) -> tuple[int, int]:
    """How often the search finds the optimum; it may never find less."""
    n_equal = 0
    for seed in seeds:
        problem = make_pairs(
            seed,
            n_requests=n_requests,
            tight=(seed % 6) / 6,
            is_triangle=seed % 5 != 0,
            is_waiting_aboard=seed % 4 != 1,
        )
        optimum = find_optimum(problem)
        found = improve_paired(problem, steps=steps, seed=seed).cost_c
        assert found >= optimum
        n_equal += found == optimum
    return n_equal, len(seeds)


def test_search_finds_the_optimum_of_small_cases_and_never_less() -> None:
    n_equal, n_cases = compare(range(24), 3, 1_500)
    assert n_equal == n_cases


@pytest.mark.slow
def test_search_finds_the_optimum_of_cases_of_four() -> None:
    n_equal, n_cases = compare(range(60), 4, 1_000)
    assert n_equal >= n_cases - 1


def make_crossing() -> PairedProblem:
    """Four requests in the morning, four at noon; at either side of the depot two each.

    Requests 0 1 (morning) and 4 5 (noon) lie at 100 to 101, requests 2 3 and 6 7 at -100 to
    -101. No window is long enough for both sides.
    """
    out = [100, 100, -100, -100, 100, 100, -100, -100]
    at = np.array([*out, *(v + v // 100 for v in out), 0, 0])
    leg = np.abs(at[:, None] - at[None, :]).astype(np.int32)
    opens = [0] * 4 + [600] * 4
    closes = [150] * 4 + [650] * 4
    return PairedProblem(
        duration_t=leg,
        cost_c=leg,
        from_t=np.array([*opens, *opens, 0, 0], dtype=np.int32),
        by_t=np.array([*closes, *closes, 2000, 2000], dtype=np.int32),
        service_t=np.zeros(18, dtype=np.int32),
        load=np.ones((8, 1), dtype=np.int32),
        capacity=np.array([2], dtype=np.int32),
        max_ride_t=np.full(8, -1, dtype=np.int32),
        n_vehicles=2,
        unserved_c=10_000,
    )


def test_routes_change_their_rest_where_no_single_request_would_pay() -> None:
    # Each vehicle crosses over at noon: 2 x (100 + 1 + 201 + 1 + 101) = 808. One request alone
    # cannot go back to its own side, its vehicle there is on the other side at noon. With the
    # rest changed each stays on its side: 2 x (100 + 1 + 1 + 1 + 101) = 408.
    problem = make_crossing()
    start = [(0, 1, 8, 9, 6, 7, 14, 15), (2, 3, 10, 11, 4, 5, 12, 13)]
    costs = []
    for ways in ((0, 0, 64, 0, 0), (0, 0, 0, 0, 64)):
        settings = PairedSettings(
            ways=ways, sizes=(1,) * 8, longest_string=1, warm=1e-9, cold=1e-9, check="step"
        )
        found = improve_paired(problem, start, steps=300, seed=1, settings=settings)
        assert found.unserved == ()
        costs.append(found.cost_c)
    assert costs == [808, 408]


def test_changed_rests_keep_every_rule_and_every_count() -> None:
    tails = PairedSettings(check="step", ways=(0, 0, 16, 0, 48))
    for seed in range(30):
        problem = make_case(seed, 6 + seed % 12)
        solution = improve_paired(problem, steps=200, seed=seed, settings=tails)
        assert solution.steps == 200


def test_equal_seed_and_steps_give_equal_routes_whatever_the_workers() -> None:
    problem = make_pairs(3, n_requests=30, n_vehicles=5, tight=0.3)
    results = [
        improve_paired(problem, steps=2_000, seed=5, n_workers=workers) for workers in (1, 2, 4)
    ]
    assert results[0] == results[1] == results[2]
    assert improve_paired(problem, steps=2_000, seed=6).routes != results[0].routes


def search_three(steps: int) -> list[object]:
    """Results of searches as plain lists."""
    out: list[object] = []
    for seed in (1, 5, 7, 10):
        found = improve_paired(make_case(seed, 10), steps=steps, seed=seed)
        out.append([found.cost_c, [list(r) for r in found.routes], list(found.unserved)])
    return out


def test_compiled_kernels_equal_plain_python_in_another_process_and_hash_seed() -> None:
    script = (
        "import json; from tests.routing.paired.test_paired_improve import search_three; "
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


def test_fewest_vehicles_come_before_distance() -> None:
    # Loose windows and room for all: one vehicle can do it, though two drive less or the same.
    problem = make_pairs(8, n_requests=6, n_vehicles=4, tight=0.0, is_fewest_vehicles=True)
    many = improve_paired(problem, steps=2_000, seed=1)
    assert many.unserved == ()
    fewer = [
        improve_paired(
            make_pairs(8, n_requests=6, n_vehicles=4, tight=0.0), steps=2_000, seed=seed
        )
        for seed in range(2)
    ]
    assert all(len(many.routes) <= len(other.routes) for other in fewer)


def test_result_is_never_dearer_than_the_start() -> None:
    for seed in range(8):
        problem = make_case(seed, 12)
        first = improve_paired(problem, steps=60, seed=1)
        second = improve_paired(problem, first.routes, steps=100, seed=2)
        assert second.cost_c <= first.cost_c


def test_problem_without_requests_or_vehicles_is_no_fault() -> None:
    assert improve_paired(make_pairs(1, n_requests=0), steps=10).routes == ()
    nobody = improve_paired(make_pairs(2, n_requests=3, n_vehicles=0), steps=10)
    assert nobody.unserved == (0, 1, 2)


def test_stop_is_heeded_and_the_best_routes_come_back() -> None:
    asked: list[int] = []

    def should_stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    problem = make_pairs(8, n_requests=20, n_vehicles=4, tight=0.1)
    solution = improve_paired(problem, steps=10**9, should_stop=should_stop)
    assert solution.limit == "interrupted"
    assert 0 < solution.steps < 10**9
    assert solution.routes
