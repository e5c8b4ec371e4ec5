"""Proofs of the search on many small problems: enumeration, repeats, twins, stored costs."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.passengers import AssistantNeed
from data.places import Session
from routing.improve import SearchSettings, improve_session
from routing.problem import SessionProblem
from tests.routing.brute_force import find_optimum
from tests.routing.frozen_problems import (
    hash_problem,
    list_frozen,
    read_stored,
    search_frozen,
)
from tests.routing.random_problems import make_problem
from tests.routing.small_town import make_passenger, make_town_problem

ROOT = Path(__file__).resolve().parents[2]


def make_small(seed: int, n_requests: int) -> SessionProblem:
    """A small problem with one or two vehicles to choose from, of every kind."""
    return make_problem(
        50_000 + seed,
        n_requests=n_requests,
        n_sites=1 + seed % 3,
        n_offers=1 + seed % 2,
        max_sites=1 + seed % 3,
        tight=(seed % 6) / 6,
        plain=seed % 5 == 0,
        session=Session.PM if seed % 2 else Session.AM,
    )


def count_against_enumeration(n_cases: int, sizes: tuple[int, ...], steps: int) -> int:
    """Count searches that reach the optimum; none may find less or break a count."""
    n_equal = 0
    how = SearchSettings(check="step")
    for seed in range(n_cases):
        problem = make_small(seed, sizes[seed % len(sizes)])
        found = improve_session(problem, steps=steps, seed=seed, settings=how).cost_pence
        optimum = find_optimum(problem)
        assert found >= optimum, seed
        n_equal += found == optimum
    return n_equal


def test_200_small_problems_are_never_beaten_by_enumeration() -> None:
    assert count_against_enumeration(200, (2, 3, 3, 4), steps=400) >= 198


@pytest.mark.slow
def test_5_000_small_problems_are_never_beaten_by_enumeration() -> None:
    # One in fifty has seven passengers: each of those takes seconds to enumerate.
    sizes = (*(2, 3, 4, 4, 5) * 9, 6, 6, 6, 6, 7)
    assert count_against_enumeration(5_000, sizes, steps=1_500) >= 4_950


def make_town(seed: int, *, is_shuffled: bool) -> SessionProblem:
    """Up to 14 passengers of the small town, their rows as they come or in another order."""
    rng = np.random.default_rng(seed)
    people = []
    for i in range(6 + seed % 9):
        helped = AssistantNeed.SHARED if rng.random() < 0.3 else AssistantNeed.NONE
        home = "abc"[int(rng.integers(3))]
        ride_s = int(rng.integers(900, 3_000))
        people.append(make_passenger(f"{home}{i:02d}", assistant=helped, max_ride_s=ride_s))
    if seed % 2:
        first, last = people[0].passenger_id, people[-1].passenger_id
        people[0] = replace(people[0], together_with=frozenset({last}))
        people[-1] = replace(people[-1], together_with=frozenset({first}))
    if is_shuffled:
        people = [people[i] for i in np.random.default_rng(seed + 1).permutation(len(people))]
    return make_town_problem(*people, session=Session.PM if seed % 3 else Session.AM)


def hash_plan(problem: SessionProblem, *, seed: int, n_workers: int = 1) -> str:
    """Hash the routes a search finds, in words that do not depend on positions."""
    found = improve_session(problem, steps=400, seed=seed, n_workers=n_workers)
    names = (*problem.passenger_ids, *problem.site_ids)
    routes = sorted([names[v] for v in route] for route in found.routes)
    told = [found.cost_pence, routes, sorted(names[i] for i in found.unserved)]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def hash_all(n_problems: int, *, is_shuffled: bool = False) -> list[str]:
    """Hash the plans of a number of problems, drawn ones and towns in turn."""
    found = []
    for seed in range(n_problems):
        if seed % 2:
            problem = make_town(seed, is_shuffled=is_shuffled)
        else:
            problem = make_problem(seed, n_requests=12 + seed % 20, n_sites=3, tight=0.3)
        found.append(hash_plan(problem, seed=seed))
    return found


def check_repeats(n_problems: int) -> None:
    """Equal plans over worker counts, row orders, and processes with other hash seeds."""
    expected = hash_all(n_problems)
    assert len(set(expected)) == n_problems
    assert hash_all(n_problems, is_shuffled=True) == expected
    for seed in range(0, n_problems, 2):
        problem = make_problem(seed, n_requests=12 + seed % 20, n_sites=3, tight=0.3)
        for workers in (2, 3):
            assert hash_plan(problem, seed=seed, n_workers=workers) == expected[seed]
    script = (
        "import json; from tests.routing.test_improve_proofs import hash_all; "
        f"print(json.dumps(hash_all({n_problems})))"
    )
    for hash_seed in ("0", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert json.loads(done.stdout) == expected


def test_20_plans_are_equal_over_workers_rows_processes_and_hash_seeds() -> None:
    check_repeats(20)


@pytest.mark.slow
def test_200_plans_are_equal_over_workers_rows_processes_and_hash_seeds() -> None:
    check_repeats(200)


def search_many(n_problems: int, steps: int) -> list[object]:
    """What searches of problems of every kind find, with a recount of every step."""
    found: list[object] = []
    for seed in range(n_problems):
        problem = make_problem(
            600 + seed,
            n_requests=8 + seed,
            n_sites=1 + seed % 4,
            max_sites=1 + seed % 4,
            n_offers=1 + 3 * (seed % 5),
            tight=(seed % 4) / 4,
            plain=seed % 3 == 0,
            session=Session.PM if seed % 2 else Session.AM,
        )
        how = SearchSettings(check="step")
        solution = improve_session(problem, steps=steps, seed=seed, settings=how)
        found.append([solution.cost_pence, [list(r) for r in solution.routes]])
    return found


def test_compiled_search_equals_its_plain_twin_on_problems_of_every_kind() -> None:
    script = (
        "import json; from tests.routing.test_improve_proofs import search_many; "
        "print(json.dumps(search_many(12, 24)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout) == search_many(12, 24)


def test_stored_problems_are_not_solved_over_one_per_cent_worse() -> None:
    stored = read_stored()
    problems = list_frozen()
    assert len(stored) >= 30
    assert stored.keys() == problems.keys()
    worse = []
    for name, (problem, n_steps) in problems.items():
        digest, unserved, cost = stored[name]
        assert hash_problem(problem) == digest, f"{name} is another problem now"
        n_unserved, pence = search_frozen(problem, n_steps)
        if n_unserved > unserved or (n_unserved == unserved and pence > 1.01 * cost):
            worse.append((name, (unserved, cost), (n_unserved, pence)))
    assert not worse
