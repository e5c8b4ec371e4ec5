"""Kernels of whole duties, run as plain Python, against slow definitions."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from routing.duty_problem import DutyProblem, Nodes
from routing.duty_search import DutySettings
from routing.kernels import duty_insert, duty_routes, duty_timing
from routing.kernels import duty_state as k
from tests.routing.duty_cases import (
    grow_duty,
    has_idle_visit,
    load_duty,
    make_duty,
    make_duty_problem,
)


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the kernels call each other as plain Python."""
    for module in (duty_insert, duty_routes, duty_timing):
        for name in ("walk", "find_earliest", "find_latest", "find_slack", "can_take"):
            kernel = getattr(module, name, None)
            if hasattr(kernel, "py_func"):
                monkeypatch.setattr(module, name, kernel.py_func)


def random_duties(
    n_cases: int, *, n_aboard: int = 7, **how: bool
) -> Iterator[tuple[DutyProblem, Nodes]]:
    """Random problems, a duty of each that may not be allowed."""
    for seed in range(n_cases):
        problem = make_duty_problem(seed, **how)
        yield problem, make_duty(np.random.default_rng(seed), problem, n_aboard)


def grown_duties(n_cases: int, **how: bool) -> Iterator[tuple[DutyProblem, Nodes]]:
    """Random problems, a duty of each that is allowed."""
    for seed in range(n_cases):
        problem = make_duty_problem(seed, **how)
        yield problem, grow_duty(np.random.default_rng(seed), problem, 40)


def count_schedules(n_cases: int) -> tuple[int, int, int]:
    """How many duties both ways allow, both refuse, and they disagree on."""
    found = [0, 0, 0]
    rng = np.random.default_rng(n_cases)
    for n_aboard in (2, 4, 8):
        cases = list(random_duties(n_cases, n_aboard=n_aboard))
        cases += [(p, swap(rng, d)) for p, d in grown_duties(n_cases // 2)]
        for problem, duty in cases:
            _, _, is_allowed = load_duty(problem, duty)
            by_definition = problem.find_times(duty) is not None
            found[2 if is_allowed != by_definition else int(not is_allowed)] += 1
    return found[0], found[1], found[2]


def swap(rng: np.random.Generator, duty: Nodes) -> Nodes:
    """The duty, or with two neighbours the other way round."""
    p = int(rng.integers(2 * len(duty)))
    if p + 1 >= len(duty):
        return duty
    return (*duty[:p], duty[p + 1], duty[p], *duty[p + 2 :])


def test_schedule_agrees_with_relaxing_every_difference() -> None:
    allowed, refused, different = count_schedules(250)
    assert different == 0
    assert allowed > 100
    assert refused > 100


@pytest.mark.slow
def test_schedule_agrees_on_many_more_duties() -> None:
    allowed, refused, different = count_schedules(20_000)
    assert different == 0
    assert allowed > 5_000
    assert refused > 5_000


def find_bounds_slowly(
    problem: DutyProblem, duty: Nodes, *, may_wait_anywhere: bool = False
) -> tuple[list[int], list[int]] | None:
    """Least and greatest moment of each visit, by the longest paths of all differences.

    None where they go round in a cycle: there is no schedule.
    """
    n = problem.n_requests
    services = problem.find_services(duty)
    visits = [p for p, v in enumerate(duty) if v >= n]
    size = len(duty) + 1
    far = 10**12
    least = np.full((size, size), -far, dtype=np.int64)
    np.fill_diagonal(least, 0)
    aboard: list[int] = []
    for p, v in enumerate(duty):
        low = problem.from_[v] if v < n else problem.site_from[v - n]
        high = problem.by[v] if v < n else problem.site_by[v - n]
        least[-1, p] = low
        least[p, -1] = -int(high)
        if p + 1 < len(duty):
            drive = problem.drive[problem.row_of(v), problem.row_of(duty[p + 1])]
            least[p, p + 1] = services[p] + int(drive)
            if v < n and not may_wait_anywhere:
                least[p + 1, p] = -least[p, p + 1]
        if v < n:
            aboard.append(p)
            continue
        for q in [q for q in aboard if problem.request_site[duty[q]] == v - n]:
            aboard.remove(q)
            most = services[q] + int(problem.max_ride[duty[q]])
            least[p, q] = max(least[p, q], -most)
    for c in range(size):
        through = least[:, c, None] + least[None, c, :]
        least = np.maximum(least, through)
    if (np.diagonal(least) > 0).any():
        return None
    return [int(least[-1, p]) for p in visits], [-int(least[p, -1]) for p in visits]


def test_earliest_and_latest_moments_are_the_longest_paths() -> None:
    n_cases = 0
    for problem, duty in grown_duties(150):
        _, state, is_allowed = load_duty(problem, duty)
        assert is_allowed
        bounds = find_bounds_slowly(problem, duty)
        assert bounds is not None
        earliest, latest = bounds
        visits = [p for p, v in enumerate(duty) if v >= problem.n_requests]
        assert [int(state.pos[0, p, k.ARRIVE]) for p in visits] == earliest
        assert [int(state.pos[0, p, k.LATEST]) for p in visits] == latest
        n_cases += len(visits) > 2
    assert n_cases > 30


def test_waiting_anywhere_allows_no_more_where_stops_have_no_windows() -> None:
    found = {True: 0, False: 0}
    for n_aboard in (3, 5, 8):
        cases = list(random_duties(100, n_aboard=n_aboard, has_windows=False))
        for problem, duty in [*cases, *grown_duties(60, has_windows=False)]:
            _, _, is_allowed = load_duty(problem, duty)
            if max_load(problem, duty) <= problem.capacity:
                bounds = find_bounds_slowly(problem, duty, may_wait_anywhere=True)
                assert is_allowed == (bounds is not None)
                found[is_allowed] += 1
    assert min(found.values()) > 60


def max_load(problem: DutyProblem, duty: Nodes) -> int:
    """Most load aboard at any time."""
    n = problem.n_requests
    aboard: list[int] = []
    loads = [0]
    for v in duty:
        aboard = (
            [*aboard, v] if v < n else [i for i in aboard if problem.request_site[i] != v - n]
        )
        loads.append(sum(int(problem.load[i]) for i in aboard))
    return max(loads)


def find_place_slowly(problem: DutyProblem, duty: Nodes, i: int) -> int:
    """Least drive that putting a request on a duty adds, by trying every place."""
    n = problem.n_requests
    visit = n + int(problem.request_site[i])
    old = problem.find_drive(duty)
    best = k.NO_COST
    for p in range(len(duty) + 1):
        trials = [(*duty[:p], i, *duty[p:])] if visit in duty[p:] else []
        for t in range(p, len(duty) + 1):
            if visit in duty[p:t]:
                break
            trials.append((*duty[:p], i, *duty[p:t], visit, *duty[t:]))
        for trial in trials:
            if not has_idle_visit(problem, trial) and problem.find_times(trial) is not None:
                best = min(best, problem.find_drive(trial) - old)
    return best


@pytest.mark.parametrize("has_yard", [True, False])
def test_cheapest_place_is_that_of_trying_every_place(has_yard: bool) -> None:
    n_found = n_none = 0
    for problem, duty in grown_duties(60, has_yard=has_yard):
        data, state, _ = load_duty(problem, duty)
        for i in set(range(problem.n_requests)) - set(duty):
            added, p, t = duty_insert.find_place.py_func(data, state, i, 0, k.NO_COST)
            slowly = find_place_slowly(problem, duty, i)
            # A second visit with riders of the first aboard is the one place not tried.
            assert added >= slowly
            n_found += added < k.NO_COST
            n_none += added == k.NO_COST
            if added < k.NO_COST:
                trial = put(problem, duty, i, p, t)
                assert problem.find_times(trial) is not None
                assert problem.find_drive(trial) - problem.find_drive(duty) == added
            if added > slowly:
                assert rides_already(problem, duty, i)
    assert n_found > 80
    assert n_none > 80


def put(problem: DutyProblem, duty: Nodes, i: int, p: int, t: int) -> Nodes:
    """The duty with a request before node p and its site before node t."""
    visit = problem.n_requests + int(problem.request_site[i])
    if t < 0:
        return (*duty[:p], i, *duty[p:])
    return (*duty[:p], i, *duty[p:t], visit, *duty[t:])


def rides_already(problem: DutyProblem, duty: Nodes, i: int) -> bool:
    """Whether somebody bound for the request's site is on the duty."""
    n = problem.n_requests
    return any(v < n and problem.request_site[v] == problem.request_site[i] for v in duty)


def test_no_impossible_place_is_found_where_travel_times_break_the_triangle() -> None:
    n_found = 0
    for problem, duty in grown_duties(60, is_metric=False):
        data, state, _ = load_duty(problem, duty)
        for i in set(range(problem.n_requests)) - set(duty):
            added, p, t = duty_insert.find_place.py_func(data, state, i, 0, k.NO_COST)
            if added < k.NO_COST:
                trial = put(problem, duty, i, p, t)
                assert problem.find_times(trial) is not None
                assert problem.find_drive(trial) - problem.find_drive(duty) == added
                n_found += 1
    assert n_found > 40


def test_nothing_is_put_on_a_duty_that_is_as_long_as_it_may_be() -> None:
    problem = make_duty_problem(3, has_windows=False)
    site = int(problem.request_site[0])
    duty = (0, problem.n_requests + site)
    others = range(1, problem.n_requests)
    how = DutySettings(blink_permille=0, n_neighbours=5, max_nodes=2)
    data, state, is_allowed = load_duty(problem, duty, how)
    assert is_allowed
    for i in others:
        assert duty_insert.find_place.py_func(data, state, i, 0, k.NO_COST)[1] == -1
