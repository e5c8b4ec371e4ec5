"""Halves of work by hand, and against duties timed and priced by other code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.places import Session
from routing.duty_rules import DutyRules
from routing.half_building import build_half, find_starts
from routing.halves import build_halves, can_follow, find_next
from routing.timed_duties import time_duty
from routing.works import Span, Work
from tests.routing.test_duties import CAB, MATRIX, OWN, make_return, make_rules, make_work


def at(from_s: int, to_s: int) -> Span:
    """Ten minutes' route that may start in between."""
    return Span(from_s=from_s, to_s=to_s, elapsed_s=600)


def test_chain_of_two_routes_is_the_least_time_from_start_to_end() -> None:
    # 600 s, four steps back in 245 s, 600 s: 1 445 s, starting between 29 000 and 29 155.
    rules = make_rules(
        make_work(0, span=at(29_000, 30_000)), make_work(1, span=at(29_000, 30_000))
    )
    half = build_half(rules, OWN, (0, 1))
    assert half is not None
    assert half.span == Span(from_s=29_000, to_s=29_155, elapsed_s=1_445)
    assert half.is_by_base == (False,)
    # 60 out, 600, 245, 600, and 305 back from the school to the base.
    assert half.drive_s == 60 + 600 + 245 + 600 + 305
    assert find_starts(rules, half) == (29_000, 29_845)


def test_long_wait_is_spent_at_the_base_unpaid() -> None:
    first, second = make_work(0, span=at(26_000, 26_100)), make_work(1, span=at(33_000, 33_100))
    rules = make_rules(first, second)
    half = build_half(rules, OWN, (0, 1))
    alone = [build_half(rules, OWN, (i,)) for i in (0, 1)]
    assert half is not None
    assert half.is_by_base == (True,)
    assert half.cost_pence == sum(h.cost_pence for h in alone if h is not None)


def test_assistants_of_a_piece_are_the_most_aboard_not_the_sum() -> None:
    near = {"span": at(29_000, 30_000)}
    plain = build_half(make_rules(make_work(0, **near), make_work(1, **near)), OWN, (0, 1))
    one, two = (make_work(n - 1, n_assistants=n, **near) for n in (1, 2))
    half = build_half(make_rules(one, two), OWN, (0, 1))
    assert plain is not None
    assert half is not None
    # Under an hour is paid as one: two at 15.00.
    assert half.cost_pence - plain.cost_pence == 3_000


def test_route_that_would_start_too_late_makes_no_half() -> None:
    rules = make_rules(
        make_work(0, span=at(29_000, 29_100)), make_work(1, span=at(29_000, 29_100))
    )
    assert build_half(rules, OWN, (0, 1)) is None
    assert build_half(rules, OWN, (1, 0)) is None


def test_offer_that_may_not_work_a_route_has_no_half_of_it() -> None:
    rules = make_rules(make_work(0, offers=np.array([True, False])))
    assert build_half(rules, CAB, (0,)) is None
    assert {h.offer for h in build_halves(rules)} == {OWN}


def test_next_routes_are_those_with_the_least_time_between() -> None:
    works = [
        make_work(0, span=at(26_000, 26_000)),
        make_work(1, span=at(31_000, 31_000)),  # 4 400 s after the first ends
        make_work(2, span=at(28_000, 28_000)),  # 1 400 s after it
        make_work(3, span=at(26_100, 26_100)),  # overlaps it
        make_return(4, 0),  # the afternoon's
    ]
    rules = make_rules(*works)
    assert find_next(rules, 5)[0] == (2, 1)
    assert find_next(rules, 1)[0] == (2,)
    assert find_next(rules, 5)[4] == ()


def test_day_that_is_too_long_is_no_duty() -> None:
    rules = make_rules(make_work(0), make_return(1, 0))
    halves = [build_half(rules, OWN, (i,)) for i in (0, 1)]
    assert halves[0] is not None
    assert halves[1] is not None
    assert can_follow(rules, halves[0], halves[1])
    rules.max_spread_s = 20_000
    assert not can_follow(rules, halves[0], halves[1])


@st.composite
def draw_rules(draw: st.DrawFn) -> DutyRules:
    """Two or three routes of one half at drawn places and times."""
    places = [MATRIX.index[p] for p in ("home-a", "home-b", "corner", "school-1")]
    works: list[Work] = []
    is_home = draw(st.booleans())
    for k in range(draw(st.integers(1, 3))):
        from_s = draw(st.integers(26_000, 33_000)) + (24_000 if is_home else 0)
        values: dict[str, Any] = {
            "session": Session.PM if is_home else Session.AM,
            "first_idx": draw(st.sampled_from(places)),
            "last_idx": draw(st.sampled_from(places)),
            "span": Span(
                from_s=from_s,
                to_s=from_s + draw(st.integers(0, 1_500)),
                elapsed_s=draw(st.integers(300, 2_000)),
            ),
            "n_assistants": draw(st.integers(0, 2)),
        }
        works.append(make_work(k, **values))
    return make_rules(*works, day_pair_pence=np.array([-1, draw(st.sampled_from([-1, 9_000]))]))


@given(rules=draw_rules(), offer=st.sampled_from([OWN, CAB]))
@settings(max_examples=150, deadline=None)
def test_half_runs_and_costs_what_the_same_duty_does_timed_by_other_code(
    rules: DutyRules, offer: int
) -> None:
    works = sorted(range(len(rules.works)), key=lambda i: rules.works[i].span.from_s)
    half = build_half(rules, offer, tuple(works))
    if half is None:
        return
    starts = find_starts(rules, half)
    draft = time_duty(rules, offer, works, starts)
    assert draft is not None
    assert draft.starts_s == starts
    assert draft.is_by_base == half.is_by_base
    assert draft.cost_pence == half.cost_pence
    end_s = starts[-1] + rules.works[works[-1]].span.elapsed_s
    assert end_s - starts[0] == half.span.elapsed_s


@pytest.mark.parametrize("n", [1, 2, 3])
def test_no_half_holds_more_than_three_routes_or_one_twice(n: int) -> None:
    rules = make_rules(*(make_work(k, span=at(26_000, 36_000)) for k in range(n + 1)))
    halves = build_halves(rules)
    assert all(len(h.works) == len(set(h.works)) <= 3 for h in halves)
    assert {len(h.works) for h in halves if h.offer == OWN} == set(range(1, min(3, n + 1) + 1))
