"""Choosing where passengers board: by the search, within limits, never dearer than without."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from data.places import Session
from routing.evaluate import evaluate_route
from routing.improve import SearchSettings, improve_session
from routing.points import find_present, move_points, read_present
from routing.problem import PointChoices, SessionProblem
from tests.routing.brute_force import find_optimum
from tests.routing.random_problems import make_problem

EACH_STEP = SearchSettings(check="step")


def make_choices(seed: int, n_requests: int, **values: int) -> SessionProblem:
    """A random problem in which every second request may board at one to three other places."""
    problem = make_problem(
        seed,
        n_requests=n_requests,
        n_sites=1 + seed % 2,
        n_offers=1 + seed % 5,
        plain=seed % 2 == 0,
        tight=(seed % 4) / 5,
        session=Session.PM if seed % 3 else Session.AM,
        **values,
    )
    rng = np.random.default_rng(seed)
    n = problem.n_requests
    sizes = np.bincount(problem.group, minlength=1)
    rows: list[list[tuple[int, int]]] = []
    for i in range(n):
        mine = []
        if i % 2 == 0 and sizes[problem.group[i]] == 1 and not problem.is_alone[i]:
            limit = int(problem.max_ride_s[i])
            mine.append((int(problem.request_row[i]), limit))
            for row in rng.permutation(len(problem.place_ids))[: 1 + i % 3].tolist():
                mine.append((row, limit - int(rng.integers(0, 300))))
        rows.append(sorted(set(mine)) if len(set(mine)) > 1 else [])
    flat = [choice for mine in rows for choice in mine]
    return replace(
        problem,
        points=PointChoices(
            start=np.cumsum([0, *(len(mine) for mine in rows)]).astype(np.int64),
            row=np.array([row for row, _ in flat], dtype=np.int64),
            max_ride_s=np.array([limit for _, limit in flat], dtype=np.int64),
            walk_m=np.zeros(len(flat), dtype=np.int64),
        ),
    )


def list_choices(problem: SessionProblem) -> list[tuple[int, ...]]:
    """Every way to choose a place for everybody."""
    points = problem.points
    assert points is not None
    ranges = [
        range(int(points.start[i]), int(points.start[i + 1])) or (-1,)
        for i in range(problem.n_requests)
    ]
    return list(product(*ranges))


def test_cost_of_every_step_with_choices_equals_a_count_from_scratch() -> None:
    n_moved = 0
    for seed in range(30):
        problem = make_choices(seed, 8 + seed % 9)
        solution = improve_session(problem, steps=300, seed=seed, settings=EACH_STEP)
        moved = move_points(problem, solution.points)
        n_moved += int((moved.request_row != problem.request_row).sum())
        total = len(solution.unserved) * problem.policy.unserved_pence
        for route in solution.routes:
            facts = evaluate_route(moved, route)
            assert facts.is_feasible
            total += facts.search_pence(moved)
        assert total == solution.cost_pence
    assert n_moved > 30


def test_search_finds_the_best_routes_and_places_of_small_cases_and_never_less() -> None:
    n_equal = n_cases = n_gained = 0
    for seed in range(16):
        problem = make_choices(seed, 4)
        ways = [find_optimum(move_points(problem, way)) for way in list_choices(problem)]
        found = improve_session(problem, steps=1_500, seed=seed).cost_pence
        assert found >= min(ways)
        n_equal += found == min(ways)
        n_cases += 1
        n_gained += min(ways) < find_optimum(problem)
    assert n_equal >= n_cases - 1
    assert n_gained >= 4


def test_places_chosen_are_the_same_whatever_the_number_of_threads() -> None:
    problem = make_choices(6, 24)
    runs = [
        improve_session(problem, steps=2_000, seed=3, n_chains=2, n_workers=n) for n in (1, 2)
    ]
    assert runs[0].points == runs[1].points
    assert runs[0].routes == runs[1].routes
    assert runs[0].cost_pence == runs[1].cost_pence


def test_search_goes_on_from_the_places_it_left_off_with() -> None:
    problem = make_choices(9, 20)
    first = improve_session(problem, steps=1_500, seed=1)
    moved = move_points(problem, first.points)
    again = improve_session(moved, first.routes, seed=2)
    assert again.cost_pence == first.cost_pence
    assert again.points == first.points


def test_problem_without_choices_is_told_none() -> None:
    problem = make_problem(4, n_requests=6)
    assert improve_session(problem, steps=50).points == ()
    assert move_points(problem, ()) is problem
    assert read_present(problem) == {}
    assert find_present(problem).tolist() == [-1] * 6
