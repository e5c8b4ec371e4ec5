"""The exact schedule against an independent test of the difference constraints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.places import Session
from routing.evaluate import find_broken_rule
from routing.kernels import timing
from routing.problem import SessionProblem
from routing.schedule import (
    Segments,
    build_segments,
    find_arrivals,
    find_schedule,
    find_schedule_by_paths,
)
from tests.routing.random_problems import make_problem, make_route

Edge = tuple[int, int, int]


def list_constraints(problem: SessionProblem, route: tuple[int, ...]) -> tuple[int, list[Edge]]:
    """List a route's rules as x_b - x_a >= w, stop by stop, straight from the rules of a plan.

    Moment 0 is the origin; stop p has its arrival at 2 p + 1 and its departure at 2 p + 2.
    Nothing is shared with the search's segments.
    """
    n = problem.n_requests
    edges: list[Edge] = []
    stops: list[list[int]] = []
    for node in route:
        row = problem.row_of(node)
        last = stops[-1][-1] if stops else -1
        if stops and node < n and last < n and problem.row_of(last) == row:
            stops[-1].append(node)
        else:
            stops.append([node])
    last_stop = len(stops) - 1
    boarded: dict[int, tuple[int, int]] = {}

    def equal(a: int, b: int, w: int) -> None:
        edges.extend([(a, b, w), (b, a, -w)])

    for p, nodes in enumerate(stops):
        arrive, leave = 2 * p + 1, 2 * p + 2
        if p:
            a, b = problem.row_of(stops[p - 1][-1]), problem.row_of(nodes[0])
            equal(2 * p, arrive, int(problem.duration_s[a, b]))
        if nodes[0] >= n:
            j = nodes[0] - n
            riders = [i for i in boarded if int(problem.request_site[i]) == j]
            dwell = int(problem.site_dwell_s[j])
            dwell += sum(int(problem.site_service_s[i]) for i in riders)
            edges.append((arrive, leave, dwell))
            if p == last_stop:
                edges.append((leave, arrive, -dwell))
            edges.append((0, arrive, int(problem.site_from_s[j])))
            edges.append((arrive, 0, -int(problem.site_by_s[j])))
            for i in riders:
                moment, offset = boarded[i]
                edges.append((arrive, moment, -offset - int(problem.max_ride_s[i])))
            continue
        offset = 0
        for i in nodes:
            offset += int(problem.service_s[i])
            boarded[i] = (arrive, offset)
            bound = offset if problem.is_homeward else 0
            edges.append((0, arrive, int(problem.from_s[i]) - bound))
            edges.append((arrive, 0, bound - int(problem.by_s[i])))
        equal(arrive, leave, offset)
    return 2 * len(stops) + 1, edges


def close(n: int, edges: list[Edge]) -> list[int] | None:
    """Bellman-Ford from the origin: least value of every moment, None on a contradiction."""
    least = [-(10**9)] * n
    least[0] = 0
    for _ in range(n + 1):
        changed = False
        for a, b, w in edges:
            if least[a] + w > least[b]:
                least[b] = least[a] + w
                changed = True
        if not changed:
            return least if least[0] == 0 else None
    return None


def is_possible(n: int, edges: list[Edge]) -> bool:
    """Whether the constraints have any solution at all."""
    return close(n, edges) is not None


def find_shortest(n: int, edges: list[Edge]) -> int:
    """Least time from the first arrival to the last departure, by asking ever shorter ones."""
    low, high = 0, 10_000
    while low < high:
        middle = (low + high) // 2
        if is_possible(n, [*edges, (n - 1, 1, -middle)]):
            high = middle
        else:
            low = middle + 1
    return low


def measure_by_kernel(problem: SessionProblem, route: tuple[int, ...]) -> tuple[int, int]:
    """Duration and waiting as the search's kernel measures them."""
    n, k = problem.n_requests, problem.n_sites
    req = np.zeros((n, 16), dtype=np.int32)
    columns = (
        problem.request_row, problem.request_site, problem.service_s, problem.site_service_s,
        problem.max_ride_s, problem.from_s, problem.by_s, problem.n_seats, problem.n_spaces,
    )  # fmt: skip
    for c, values in enumerate(columns):
        req[:, c] = values
    site = np.zeros((k, 4), dtype=np.int32)
    for c, values in enumerate(
        (problem.site_row, problem.site_from_s, problem.site_by_s, problem.site_dwell_s)
    ):
        site[:, c] = values
    seq = np.zeros((4, len(route) + 1), dtype=np.int32)
    rows = [problem.row_of(node) for node in route]
    seq[0, : len(route)] = route
    seq[1, 1 : len(route)] = [problem.duration_s[a, b] for a, b in pairwise(rows)]
    node_row = np.concatenate([problem.request_row, problem.site_row]).astype(np.int32)
    seg = np.zeros((16, 8), dtype=np.int64)
    measured = timing.measure.py_func(
        req, site, node_row, problem.is_homeward, seq, seg, len(route)
    )
    return int(measured[0]), int(measured[1])


Case = tuple[SessionProblem, tuple[int, ...]]


def list_cases(n_cases: int, first_seed: int) -> Iterator[Case]:
    """Random routes of one to four sites, from hopeless to easy, homeward and outward."""
    n_made = 0
    seed = first_seed
    while n_made < n_cases:
        session = Session.PM if seed % 2 else Session.AM
        problem = make_problem(
            seed, n_requests=9, n_sites=4, max_sites=4, tight=(seed % 5) / 4, session=session
        )
        rng = np.random.default_rng(seed)
        for _ in range(10):
            route = make_route(rng, problem, int(rng.integers(1, 8)), int(rng.integers(1, 5)))
            if n_made < n_cases and find_broken_rule(problem, route) != "shape":
                n_made += 1
                yield problem, route
        seed += 1


def count_differences(cases: Iterable[Case]) -> tuple[int, int]:
    """Count verdicts that differ from Bellman-Ford's, and how many routes had a schedule."""
    n_different = n_possible = 0
    for problem, route in cases:
        n, edges = list_constraints(problem, route)
        possible = is_possible(n, edges)
        schedule = find_schedule(build_segments(problem, route))
        by_kernel, _ = measure_by_kernel(problem, route)
        n_different += (schedule is not None) != possible
        n_different += (by_kernel >= 0) != possible
        n_possible += possible
        if schedule is not None and possible:
            n_different += by_kernel != schedule.duration_s
    return n_different, n_possible


def test_schedule_verdict_equals_negative_cycle_test() -> None:
    cases = list_cases(2_500, first_seed=1)
    n_different, n_possible = count_differences(cases)
    assert n_different == 0
    assert 500 < n_possible < 2_000  # both verdicts are well represented


@pytest.mark.slow
@pytest.mark.parametrize("n_routes", [50_000, 1_000_000])
def test_schedule_verdict_equals_negative_cycle_test_on_many_routes(n_routes: int) -> None:
    n_different, n_possible = count_differences(list_cases(n_routes, first_seed=1_000_000))
    assert n_different == 0
    assert n_possible > n_routes // 5


def test_duration_and_start_interval_are_the_best_there_are() -> None:
    checked = 0
    for problem, route in list_cases(1_200, first_seed=70_000):
        segments = build_segments(problem, route)
        schedule = find_schedule(segments)
        if schedule is None:
            continue
        n, edges = list_constraints(problem, route)
        assert schedule.duration_s == find_shortest(n, edges)
        held = [*edges, (n - 1, 1, -schedule.duration_s)]
        for start_s, can in (
            (schedule.from_s, True),
            (schedule.by_s, True),
            (schedule.from_s - 1, False),
            (schedule.by_s + 1, False),
        ):
            fixed = [*held, (0, 1, start_s), (1, 0, -start_s)]
            assert is_possible(n, fixed) is can
        checked += 1
    assert checked > 200


def test_arrivals_keep_every_rule_for_every_start() -> None:
    for problem, route in list_cases(400, first_seed=30_000):
        segments = build_segments(problem, route)
        schedule = find_schedule(segments)
        if schedule is None:
            continue
        n, edges = list_constraints(problem, route)
        halts = [at for at, node in enumerate(route) if node >= problem.n_requests]
        for start_s in {schedule.from_s, schedule.by_s, (schedule.from_s + schedule.by_s) // 2}:
            arrivals = find_arrivals(segments, schedule, start_s)
            assert len(arrivals) == len(halts)
            fixed = [*edges, (0, 1, start_s), (1, 0, -start_s)]
            stops = _site_stops(problem, route)
            for stop, arrive_s in zip(stops, arrivals, strict=True):
                fixed += [(0, 2 * stop + 1, arrive_s), (2 * stop + 1, 0, -arrive_s)]
            assert is_possible(n, fixed)


def _site_stops(problem: SessionProblem, route: tuple[int, ...]) -> list[int]:
    """Which stop each site visit is, consecutive requests at one place being one stop."""
    stops, stop, last = [], -1, -1
    for node in route:
        is_same = (
            0 <= last < problem.n_requests
            and node < problem.n_requests
            and problem.row_of(last) == problem.row_of(node)
        )
        stop += 0 if is_same else 1
        if node >= problem.n_requests:
            stops.append(stop)
        last = node
    return stops


@given(
    lo=st.lists(st.integers(0, 900), min_size=2, max_size=2),
    width=st.lists(st.integers(0, 400), min_size=2, max_size=2),
    gap=st.integers(0, 600),
    ride=st.integers(0, 900),
)
@settings(max_examples=300, deadline=None)
def test_closed_form_of_two_sites_equals_longest_paths(
    lo: list[int], width: list[int], gap: int, ride: int
) -> None:
    segments = Segments(
        lo_s=tuple(lo),
        hi_s=tuple(a + b for a, b in zip(lo, width, strict=True)),
        gap_s=(gap,),
        ride_s=((0, 1, ride),),
        first_s=100,
        last_s=30,
        site_nodes=(5, 6),
    )
    by_form, by_paths = find_schedule(segments), find_schedule_by_paths(segments)
    assert (by_form is None) == (by_paths is None)
    if by_form is not None and by_paths is not None:
        assert replace(by_form, closure=()) == replace(by_paths, closure=())
        for start_s in range(by_form.from_s, by_form.by_s + 1, 37):
            assert find_arrivals(segments, by_form, start_s) == find_arrivals(
                segments, by_paths, start_s
            )


def test_vehicle_waits_for_the_second_window_only_as_long_as_it_must() -> None:
    # First school 08:30-08:40 (30 600-31 200), second 09:00-09:10 (32 400-33 000), 5 minutes'
    # dwell and drive between. Arriving at 08:40, it leaves for 08:45 and waits 15 minutes.
    segments = Segments(
        lo_s=(30_600, 32_400),
        hi_s=(31_200, 33_000),
        gap_s=(300,),
        ride_s=(),
        first_s=600,
        last_s=120,
        site_nodes=(3, 4),
    )
    schedule = find_schedule(segments)
    assert schedule is not None
    assert schedule.waiting_s == 32_400 - 31_200 - 300
    assert schedule.duration_s == 600 + 1_200 + 120
    assert (schedule.from_s, schedule.by_s) == (30_600, 30_600)
    assert find_arrivals(segments, schedule, 30_600) == (31_200, 32_400)


def test_start_outside_the_interval_is_refused() -> None:
    segments = Segments(
        lo_s=(1_000,),
        hi_s=(2_000,),
        gap_s=(),
        ride_s=(),
        first_s=100,
        last_s=0,
        site_nodes=(1,),
    )
    schedule = find_schedule(segments)
    assert schedule is not None
    with pytest.raises(ValueError, match=r"outside 900\.\.1900"):
        find_arrivals(segments, schedule, 899)
