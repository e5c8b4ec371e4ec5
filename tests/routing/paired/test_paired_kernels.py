"""Kernels of the paired form against oracles: schedules, closures, places."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from routing.kernels import pair_search as search
from routing.kernels import pair_state as k
from routing.paired.chains import build_paired_state
from routing.paired.packing import find_longest, narrow_windows, pack_paired
from routing.paired.problem import PairedProblem
from routing.paired.schedule import find_begins
from tests.routing.paired.random_pairs import (
    count_cost,
    find_closure,
    has_schedule,
    make_order,
    make_pairs,
)

N_ROUTES = 40


def make_kind(seed: int, n_requests: int) -> PairedProblem:
    """Problems of every kind: loose and tight, triangles kept and broken, waiting or none."""
    return make_pairs(
        seed,
        n_requests=n_requests,
        n_vehicles=N_ROUTES,
        tight=(seed % 7) / 7,
        is_triangle=seed % 5 != 0,
        is_waiting_aboard=seed % 4 != 1,
    )


def count_routes(seed: int, n_requests: int) -> tuple[int, int, int]:
    """Load random routes into one chain, and count routes, feasible ones and differences."""
    problem = replace(make_kind(seed, n_requests), n_vehicles=N_ROUTES)
    rng = np.random.default_rng(seed)
    data = pack_paired(problem)
    data.par[k.P_ROUTES] = N_ROUTES
    data.par[k.P_LEN] = 2 * n_requests + 2
    state = build_paired_state(data, seed, 0)
    most = min(5, n_requests)
    routes = [
        make_order(rng, n_requests, int(rng.integers(1, most + 1))) for _ in range(N_ROUTES)
    ]
    n_good = n_wrong = 0
    for route in routes:
        state.lst[k.BEST_LEN] = 0
        state.lst[k.BEST_LEN, 0] = len(route)
        state.lst[k.BEST_NODE, : len(route)] = route
        search.run(data, state, search.DO_LOAD, 0, 1, 0.0)
        is_kept = state.lst[k.BEST_LEN, 0] == len(route)
        expected = has_schedule(problem, route)
        n_good += expected
        n_wrong += bool(is_kept) != expected
        n_wrong += (find_begins(problem, route) is not None) != expected
    return len(routes), n_good, n_wrong


def test_schedule_test_equals_a_search_for_positive_cycles() -> None:
    n_routes = n_good = 0
    for seed in range(60):
        count, good, wrong = count_routes(seed, 4 + seed % 5)
        assert wrong == 0
        n_routes += count
        n_good += good
    assert n_routes == 2_400
    assert 300 < n_good < 2_100


@pytest.mark.slow
@pytest.mark.parametrize("n_cases", [1_250, 25_000])
def test_schedule_test_equals_a_search_for_positive_cycles_on_many_routes(n_cases: int) -> None:
    found = [count_routes(seed, 4 + seed % 7) for seed in range(1_000, 1_000 + n_cases)]
    assert sum(wrong for _, _, wrong in found) == 0
    assert sum(count for count, _, _ in found) == n_cases * N_ROUTES


def test_closure_kept_for_a_route_is_that_of_all_its_limits() -> None:
    n_routes = 0
    for seed in range(120):
        problem = replace(make_kind(seed, 6), is_waiting_aboard=True, n_vehicles=1)
        data = pack_paired(problem)
        # The windows that the kernel has are narrower; the oracle gets the same.
        leg = problem.duration_t.astype(np.int64) + problem.service_t[:, None]
        np.fill_diagonal(leg, 0)
        early, late = narrow_windows(problem, is_triangle=bool(data.par[k.P_TRIANGLE]))
        same = replace(
            problem, from_t=early.astype(np.int32), by_t=np.maximum(late, 0).astype(np.int32)
        )
        data.par[k.P_LEN] = 14
        state = build_paired_state(data, 1, 0)
        route = make_order(np.random.default_rng(seed), 6, 1 + seed % 5)
        state.lst[k.BEST_LEN, 0] = len(route)
        state.lst[k.BEST_NODE, : len(route)] = route
        search.run(data, state, search.DO_LOAD, 0, 1, 0.0)
        most = find_closure(same, route)
        if most is None or state.lst[k.BEST_LEN, 0] == 0:
            assert most is None
            assert state.lst[k.BEST_LEN, 0] == 0
            continue
        m = len(route) + 2
        slot = state.lst[k.SLOT, 0]
        assert (state.gap[slot, :m, :m] == most[:m, :m]).all()
        assert (state.pos[slot, k.EARLY, :m] == most[m, :m]).all()
        assert (state.pos[slot, k.LATE, :m] == most[:m, m]).all()
        begins = find_begins(problem, route)
        assert begins is not None
        assert list(begins) <= most[m, :m].tolist()
        n_routes += 1
    assert n_routes > 30


def find_cheapest(problem: PairedProblem, route: list[int], i: int) -> int | None:
    """Least cost of a route with one more request, by trying every place."""
    n = problem.n_requests
    costs = []
    for p in range(len(route) + 1):
        for t in range(p, len(route) + 1):
            trial = [*route[:p], i, *route[p:t], i + n, *route[t:]]
            if has_schedule(problem, trial):
                costs.append(count_cost(problem, trial))
    return min(costs) if costs else None


def test_place_found_in_constant_time_is_the_cheapest_of_all_places() -> None:
    n_found = n_none = 0
    for seed in range(400):
        n = 4 + seed % 5
        problem = replace(make_kind(seed, n), n_vehicles=1)
        rng = np.random.default_rng(seed)
        route = make_order(rng, n, int(rng.integers(0, n)))
        while not has_schedule(problem, route):
            route = make_order(rng, n, len(route) // 2 - 1)
        absent = [i for i in range(n) if i not in route]
        i = int(rng.choice(absent))
        data = pack_paired(problem, blink_permille=0)
        state = build_paired_state(data, 1, 0)
        state.lst[k.BEST_LEN, 0] = len(route)
        state.lst[k.BEST_NODE, : len(route)] = route
        search.run(data, state, search.DO_LOAD, 0, 1, 0.0)
        # Only i comes back: the others are made too heavy for any vehicle.
        for other in absent:
            if other != i:
                data.load[other] = 100
        search.run(data, state, search.DO_BUILD, 0, 1, 0.0)
        expected = find_cheapest(problem, route, i)
        if expected is None:
            assert state.lst[k.WHERE, i] == -1
            n_none += 1
        else:
            assert state.lst[k.WHERE, i] == 0
            assert state.num[k.TOTAL] == expected
            n_found += 1
    assert n_found > 100
    assert n_none > 10


def test_longest_route_is_never_shorter_than_a_route_with_a_schedule() -> None:
    for seed in range(80):
        problem = make_kind(seed, 6)
        leg = problem.duration_t.astype(np.int64) + problem.service_t[:, None]
        np.fill_diagonal(leg, 0)
        early, late = narrow_windows(problem, is_triangle=seed % 5 != 0)
        longest = find_longest(problem, leg, early, late)
        rng = np.random.default_rng(seed)
        for _ in range(20):
            route = make_order(rng, 6, int(rng.integers(1, 7)))
            if has_schedule(problem, route):
                assert len(route) + 2 <= longest
