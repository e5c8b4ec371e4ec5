"""Starts of the search from other plans."""

from __future__ import annotations

import numpy as np

from data.places import Session
from routing.construct import build_start, mend_route, pack_start
from routing.evaluate import evaluate_route
from routing.improve import improve_session
from tests.routing.random_problems import make_problem, make_route
from tests.routing.small_town import make_passenger, make_town_problem


def test_start_leaves_out_strangers_and_empty_visits() -> None:
    problem = make_town_problem(sites={"c": "school-2"})
    start = build_start(
        problem, [["a", "gone", "b", "school-1"], ["c", "school-9", "school-1", "school-2"]]
    )
    assert start == ((0, 1, 3), (2, 4))


def test_missing_site_is_visited_at_the_end() -> None:
    problem = make_town_problem(sites={"c": "school-2"})
    assert build_start(problem, [["a", "b"], ["c"]]) == ((0, 1, 3), (2, 4))


def test_nobody_is_in_a_start_twice() -> None:
    problem = make_town_problem()
    assert build_start(problem, [["a", "b", "school-1"], ["b", "c", "school-1"]]) == (
        (0, 1, 3),
        (2, 3),
    )


def test_the_passenger_who_breaks_a_rule_is_taken_off_and_no_other() -> None:
    people = (make_passenger("a", max_ride_s=250), make_passenger("b"), make_passenger("c"))
    # a rides 60 + 60 + 60 + 60 + 120 s with both aboard.
    assert build_start(make_town_problem(*people), [["a", "b", "c", "school-1"]]) == (
        (1, 2, 3),
    )


def test_broken_group_is_taken_off_as_a_whole() -> None:
    people = (
        make_passenger("a", together_with=frozenset({"b"})),
        make_passenger("b", together_with=frozenset({"a"})),
        make_passenger("c"),
    )
    problem = make_town_problem(*people)
    assert build_start(problem, [["a", "c", "school-1"], ["b", "school-1"]]) == ((2, 3),)


def test_every_mended_route_is_allowed() -> None:
    n_mended = 0
    for seed in range(80):
        problem = make_problem(seed, tight=0.6, session=Session.PM if seed % 2 else Session.AM)
        rng = np.random.default_rng(seed)
        nodes = make_route(rng, problem, 7, 3)
        route = mend_route(problem, nodes)
        assert set(route) <= set(nodes)
        if route:
            assert evaluate_route(problem, route).is_feasible
            n_mended += 1
    assert n_mended > 40


def test_morning_routes_are_a_start_for_the_afternoon() -> None:
    problem = make_town_problem(session=Session.PM)
    start = build_start(problem, [["a", "b", "c", "school-1"]])
    assert start == ((0, 1, 2, 3),)
    assert improve_session(problem, start).routes == start


def test_packing_keeps_nodes_and_lengths() -> None:
    nodes, lengths = pack_start([(0, 4), (1, 2, 5)])
    assert nodes.tolist() == [0, 4, 1, 2, 5]
    assert lengths.tolist() == [2, 3]
