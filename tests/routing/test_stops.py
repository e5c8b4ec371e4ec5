"""From a searched route to stops in clock time."""

from __future__ import annotations

import numpy as np
import pytest

from data.errors import PlanError
from data.fleet import Layout
from data.passengers import Wheelchair
from data.places import Session
from data.plans import Route
from routing.evaluate import evaluate_route
from routing.problem import SessionProblem
from routing.stops import build_route
from tests.routing.random_problems import make_problem, make_route
from tests.routing.small_town import make_passenger, make_town_problem


def check_clock(problem: SessionProblem, route: Route) -> None:
    """Check a built route against the rules of a plan, in clock time, rule by rule."""
    at = {p: i for i, p in enumerate(problem.passenger_ids)}
    site_at = {s: j for j, s in enumerate(problem.site_ids)}
    is_home = problem.is_homeward
    boarded: dict[str, int] = {}
    for p, stop in enumerate(route.stops):
        people = [at[x] for x in (*stop.boarding, *stop.alighting)]
        if p:
            assert stop.arrive_s == route.stops[p - 1].leave_s + stop.drive_s
        else:
            assert (stop.drive_s, stop.drive_m) == (0, 0)
        if stop.site_id is None:
            clock = stop.arrive_s
            for i in people:
                name = problem.passenger_ids[i]
                if is_home:
                    assert clock - boarded[name] <= problem.max_ride_s[i]
                    assert clock >= problem.to_real_s(int(problem.by_s[i]))
                    assert clock <= problem.to_real_s(int(problem.from_s[i]))
                else:
                    assert stop.arrive_s >= problem.from_s[i]
                clock += int(problem.service_s[i])
                boarded.setdefault(name, clock)
            assert clock == stop.leave_s
            continue
        j = site_at[stop.site_id]
        dwell = int(problem.site_dwell_s[j]) + sum(
            int(problem.site_service_s[i]) for i in people
        )
        assert stop.leave_s >= stop.arrive_s + dwell
        moment = stop.leave_s if is_home else stop.arrive_s
        low, high = int(problem.site_from_s[j]), int(problem.site_by_s[j])
        if is_home:
            low, high = problem.to_real_s(high), problem.to_real_s(low)
        assert low <= moment <= high
        if stop is (route.stops[0] if is_home else route.stops[-1]):
            assert stop.leave_s == stop.arrive_s + dwell
        for i in people:
            name = problem.passenger_ids[i]
            if is_home:
                boarded[name] = stop.leave_s
            else:
                assert stop.arrive_s - boarded[name] <= problem.max_ride_s[i]


@pytest.mark.parametrize("session", [Session.AM, Session.PM])
def test_built_routes_keep_the_rules_in_clock_time(session: Session) -> None:
    built = 0
    for seed in range(60):
        problem = make_problem(seed, tight=0.3, session=session)
        rng = np.random.default_rng(seed)
        for _ in range(10):
            nodes = make_route(rng, problem, int(rng.integers(1, 6)), 3)
            facts = evaluate_route(problem, nodes)
            if not facts.is_feasible:
                continue
            for start_s in (facts.start_from_s, facts.start_by_s):
                route = build_route(problem, facts, start_s, facts.best_offer, route_id="r")
                check_clock(problem, route)
                assert route.start_s == start_s
                assert route.end_s - route.start_s == facts.duration_s
                assert route.loaded_m == facts.loaded_m
                assert sorted(route.passenger_ids) == sorted(
                    problem.passenger_ids[i] for i in nodes if i < problem.n_requests
                )
                built += 1
    assert built > 100


def test_siblings_at_one_home_are_one_stop_in_the_order_of_boarding() -> None:
    problem = make_town_problem(
        make_passenger("a1", boarding_s=50), make_passenger("a2", boarding_s=70)
    )
    route = build_route(problem, (1, 0, 2), 30_000 + 600, 1, route_id="r")
    assert [s.boarding for s in route.stops] == [("a2", "a1"), ()]
    assert route.stops[1].alighting == ("a2", "a1")
    first = route.stops[0]
    assert first.leave_s - first.arrive_s == 120
    back = make_town_problem(
        make_passenger("a1", alighting_s=50),
        make_passenger("a2", alighting_s=70),
        session=Session.PM,
    )
    facts = evaluate_route(back, (1, 0, 2))
    home = build_route(back, facts, facts.start_from_s, 1, route_id="r")
    assert home.stops[0].boarding == ("a1", "a2")
    assert home.stops[1].alighting == ("a1", "a2")


def test_layout_with_fewest_spaces_that_fits_is_chosen() -> None:
    plain = make_town_problem(make_passenger("a"))
    route = build_route(plain, (0, 1), 30_600, 0, route_id="r")
    assert route.layout == Layout(n_seats=12, n_wheelchair_spaces=0)
    chair = make_town_problem(make_passenger("a", wheelchair=Wheelchair.STAYS))
    route = build_route(chair, (0, 1), 30_600, 0, route_id="r")
    assert route.layout == Layout(n_seats=8, n_wheelchair_spaces=2)


def test_route_that_breaks_a_rule_is_not_built() -> None:
    alone = make_town_problem(make_passenger("a", travels_alone=True), make_passenger("b"))
    with pytest.raises(PlanError, match="travels_alone"):
        build_route(alone, (0, 1, 2), 30_600, 0, route_id="r")
    chair = make_town_problem(make_passenger("a", wheelchair=Wheelchair.STAYS))
    with pytest.raises(PlanError, match="may not run"):
        build_route(chair, (0, 1), 30_600, 1, route_id="r")
    with pytest.raises(ValueError, match="outside"):
        build_route(chair, (0, 1), 20_000, 0, route_id="r")
