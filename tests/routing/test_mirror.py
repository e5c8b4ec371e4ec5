"""Routes carried over to another session or day, and mended where its windows forbid them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.places import Session
from routing.evaluate import evaluate_route
from routing.mirror import mend_route, mirror_routes
from tests.routing.random_problems import make_problem
from tests.routing.small_town import (
    change_site,
    make_inputs,
    make_passenger,
    make_town_problem,
)

ABC = tuple(make_passenger(p) for p in "abc")
TWO = {"c": "school-2"}


def test_way_home_visits_the_same_people_the_other_way_round() -> None:
    out, home = (make_town_problem(*ABC, session=s) for s in (Session.AM, Session.PM))
    # Nodes: a 0, b 1, c 2, the school 3. Solving order is the same; in real time the last one
    # collected is the first one home.
    assert mirror_routes(out, [(2, 0, 1, 3)], home) == ((2, 0, 1, 3),)


def test_who_does_not_travel_drops_out_and_a_site_nobody_is_left_for() -> None:
    out = make_town_problem(*ABC, sites=TWO)
    home = make_town_problem(*ABC[:2], session=Session.PM)
    # Out: a, b to school-1 (3), c to school-2 (4). Home only a and b from school-1 (2).
    assert mirror_routes(out, [(0, 1, 2, 3, 4)], home) == ((0, 1, 2),)
    nobody = make_town_problem(ABC[2], session=Session.PM, sites=TWO)
    assert mirror_routes(out, [(0, 1, 3)], nobody) == ()


def test_sites_swap_where_the_bells_demand_it() -> None:
    # School-1 takes in from 8.30 to 8.35, school-2 from 8.30 to 8.45, one step further: 1 then
    # 2 works. With the windows exchanged only 2 then 1 does, or a route for each.
    inputs = change_site(make_inputs(*ABC), "school-1", arrive_by_s=30_900)
    inputs = change_site(inputs, "school-2", arrive_from_s=31_000, arrive_by_s=31_500)
    source = make_town_problem(*ABC, inputs=inputs, sites=TWO)
    assert evaluate_route(source, (0, 1, 2, 3, 4)).is_feasible
    turned = change_site(inputs, "school-1", arrive_from_s=31_300, arrive_by_s=31_500)
    turned = change_site(turned, "school-2", arrive_from_s=30_600, arrive_by_s=30_900)
    target = make_town_problem(*ABC, inputs=turned, sites=TWO)
    assert not evaluate_route(target, (0, 1, 2, 3, 4)).is_feasible
    (mended,) = mirror_routes(source, [(0, 1, 2, 3, 4)], target)
    assert mended.index(4) < mended.index(3)
    assert sorted(mended) == [0, 1, 2, 3, 4]
    assert evaluate_route(target, mended).is_feasible


def test_route_is_split_by_site_where_no_order_works() -> None:
    # Both schools take in at the same ten seconds and lie a minute apart.
    inputs = make_inputs(*ABC)
    for site in ("school-1", "school-2"):
        inputs = change_site(inputs, site, arrive_from_s=30_600, arrive_by_s=30_610)
    problem = make_town_problem(*ABC, inputs=inputs, sites=TWO)
    assert mend_route(problem, (0, 1, 2, 3, 4)) == ((0, 1, 3), (2, 4))


def test_people_for_whom_no_route_keeps_the_rules_are_left_out() -> None:
    people = (replace(ABC[0], max_ride_s=10), ABC[1])
    problem = make_town_problem(*people)
    assert mend_route(problem, (0, 2)) == ()
    # Requests after their site, or without it, are not carried.
    assert mend_route(problem, (2, 1)) == ()
    assert mend_route(problem, (1,)) == ()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_mended_routes_keep_the_rules_and_carry_nobody_twice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = make_problem(seed, n_requests=6, n_sites=2)
    n = problem.n_requests
    nodes = [int(v) for v in rng.permutation(n)[: int(rng.integers(1, n + 1))]]
    sites = sorted({n + int(problem.request_site[i]) for i in nodes})
    found = mend_route(problem, (*nodes, *sites))
    carried = [i for route in found for i in route if i < n]
    assert len(carried) == len(set(carried))
    assert set(carried) <= set(nodes)
    assert all(evaluate_route(problem, route).is_feasible for route in found)
    if evaluate_route(problem, (*nodes, *sites)).is_feasible:
        assert found == ((*nodes, *sites),)


@pytest.mark.parametrize("session", [Session.AM, Session.PM])
def test_routes_of_the_same_session_come_back_as_they_are(session: Session) -> None:
    problem = make_town_problem(*ABC, session=session)
    assert mirror_routes(problem, [(1, 3), (2, 0, 3)], problem) == ((1, 3), (2, 0, 3))
