"""A day's problems: priced anew round by round, and equal to those built afresh."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from data.places import Session
from routing.day import DayCase
from routing.packing import price_alone
from routing.points import move_points
from routing.problem import Continuity, PointChoices, SessionProblem
from routing.starts import read_reference
from tests.routing.grid_day import build_grid, plan_grid


def make_case() -> DayCase:
    grid = build_grid()
    return DayCase(grid.inputs, grid.matrix, grid.cost_model, grid.day_type)


def are_equal(a: SessionProblem, b: SessionProblem) -> bool:
    for held in fields(SessionProblem):
        mine, other = getattr(a, held.name), getattr(b, held.name)
        if isinstance(mine, np.ndarray):
            if mine.dtype != other.dtype or not np.array_equal(mine, other):
                return False
        elif held.name == "offers":
            same = (np.array_equal(getattr(mine, f.name), getattr(other, f.name))
                    for f in fields(mine))  # fmt: skip
            if not all(same):
                return False
        elif mine != other:
            return False
    return True


@pytest.mark.parametrize("session", [Session.AM, Session.PM])
def test_a_problem_priced_anew_is_the_one_built_afresh(session: Session) -> None:
    case = make_case()
    first = case.build_problem(session)
    scarcity = np.arange(first.offers.n_offers, dtype=np.int64) * 100
    labels = {p: f"D{n % 3}" for n, p in enumerate(first.passenger_ids[:9])}
    prices = {"scarcity_pence": scarcity, "continuity": [Continuity(labels=labels, pence=250)]}
    again = case.build_problem(session, **prices)  # type: ignore[arg-type]
    fresh = make_case().build_problem(session, **prices)  # type: ignore[arg-type]
    assert are_equal(again, fresh)
    assert not are_equal(again, first)
    # What was found for the first round serves the second: nobody is priced alone once more.
    assert again.alone_pence is first.alone_pence
    assert are_equal(case.build_problem(session), first)


def test_alone_prices_kept_are_those_worked_out_whatever_is_scarce() -> None:
    problem = make_case().build_problem(Session.AM)
    random = np.random.default_rng(1)
    for _ in range(5):
        scarcity = random.integers(0, 20_000, problem.offers.n_offers)
        kept = replace(problem, scarcity_pence=scarcity)
        assert np.array_equal(price_alone(kept), price_alone(replace(kept, alone_pence=None)))


def test_who_is_collected_elsewhere_is_priced_alone_anew() -> None:
    problem = make_case().build_problem(Session.AM)
    n, before = problem.n_requests, price_alone(problem)
    who = int(before.argmax())
    door = int(problem.site_row[problem.request_site[who]])
    choices = PointChoices(
        start=np.where(np.arange(n + 1) > who, 2, 0).astype(np.int64),
        row=np.array([int(problem.request_row[who]), door], dtype=np.int64),
        max_ride_s=np.full(2, int(problem.max_ride_s[who]), dtype=np.int64),
        walk_m=np.array([0, 100], dtype=np.int64),
    )
    chosen = np.where(np.arange(n) == who, 1, -1)
    moved = move_points(replace(problem, points=choices), chosen.tolist())
    after = price_alone(moved)
    # At the door of the site there is hardly a way left to pay for.
    assert after[who] < before[who]
    assert np.array_equal(np.delete(after, who), np.delete(before, who))


def test_routes_are_worked_out_once_for_both_ways_of_making_duties() -> None:
    case = make_case()
    state = read_reference(case, plan_grid(), 0).state
    problem, routes = state.problems[Session.AM], state.routes[Session.AM]
    once, twice = case.plan_routes(problem, routes), case.plan_routes(problem, routes)
    assert all(a is b for a, b in zip(once, twice, strict=True))
    other = replace(problem, scarcity_pence=problem.scarcity_pence + 100)
    assert case.plan_routes(other, routes)[0] is not once[0]
