"""Duties in given order near given times: the rules of a duty kept, the money exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import costing
import routing
from routing.assemble import build_duties
from routing.day import DayCase
from routing.day_duties import DayDuties
from routing.starts import read_reference
from routing.timed_duties import price_duty, time_duty
from routing.works import Span
from tests.routing.grid_day import build_grid, plan_grid
from tests.routing.test_duties import CAB, OWN, make_return, make_rules, make_work


def make_day() -> tuple[DayCase, DayDuties]:
    """The grid's day and the duties its plan keeps."""
    grid, plan = build_grid(), plan_grid()
    case = DayCase(grid.inputs, grid.matrix, grid.cost_model, grid.day_type)
    found = read_reference(case, plan, 0).state
    return case, case.keep_duties(found.problems, found.routes, usual=plan.duties)


def test_every_duty_of_a_plan_is_timed_and_priced_again_as_it_is() -> None:
    _, found = make_day()
    assert found.duties == plan_grid().duties
    assert found.cost_pence == plan_grid().cost_pence
    for draft in found.drafts:
        again = time_duty(found.rules, draft.offer, draft.works, draft.starts_s)
        assert again == draft


@given(shift_s=st.integers(-1_800, 1_800), number=st.integers(0, 10**6))
@settings(max_examples=12, deadline=None)
def test_moved_duty_keeps_the_rules_and_costs_what_its_lines_add_up_to(
    shift_s: int, number: int
) -> None:
    grid, plan = build_grid(), plan_grid()
    case, found = make_day()
    at = number % len(found.drafts)
    draft = found.drafts[at]
    wanted = [start_s + shift_s for start_s in draft.starts_s]
    moved = time_duty(found.rules, draft.offer, draft.works, wanted)
    if moved is None:
        return
    drafts = [*found.drafts[:at], moved, *found.drafts[at + 1 :]]
    duties, unnamed = build_duties(
        grid.inputs, found.rules, found.planned, drafts, usual=plan.duties
    )
    assert unnamed == ()
    report = routing.check_plan(replace(plan, duties=duties), grid.inputs, grid.matrix)
    # Only the crews' own hours are not those of the depot.
    assert [v for v in report.violations if v.code != "CREW_HOURS"] == []
    lines = costing.price_plan(
        replace(plan, duties=duties), grid.inputs, grid.inputs.service_date
    )
    assert costing.total_cost_pence(lines) == sum(d.cost_pence for d in drafts)
    assert case.limits.vehicles[draft.offer] >= 1


def test_wanted_start_is_kept_where_it_can_be_and_else_moved_least() -> None:
    # Starts between 29 000 and 30 000 are allowed.
    rules = make_rules(make_work(0))
    for wanted_s, found_s in ((29_500, 29_500), (28_000, 29_000), (31_000, 30_000)):
        draft = time_duty(rules, CAB, (0,), (wanted_s,))
        assert draft is not None
        assert draft.starts_s == (found_s,)


def test_routes_that_cannot_follow_each_other_are_no_duty() -> None:
    # 10 minutes' route and four steps back in 245 s: from 29 000 on, at 29 845 at the earliest.
    span = Span(from_s=29_000, to_s=29_300, elapsed_s=600)
    rules = make_rules(make_work(0, span=span), make_work(1, span=span))
    assert time_duty(rules, CAB, (0, 1), (None, None)) is None
    span = Span(from_s=29_845, to_s=29_845, elapsed_s=600)
    rules = make_rules(make_work(0), make_work(1, span=span))
    draft = time_duty(rules, CAB, (0, 1), (29_900, 29_900))
    assert draft is not None
    assert draft.starts_s == (29_000, 29_845)


def test_long_gap_is_unpaid_and_driven_by_the_base() -> None:
    rules = make_rules(make_work(0), make_return(1, 0))
    draft = time_duty(rules, OWN, (0, 1), (29_000, 56_000))
    assert draft is not None
    assert draft.is_by_base == (True,)
    # Two pieces of work, an hour paid at least for each: 18.00 each and their miles.
    alone = [price_duty(rules, OWN, (i,), (s,), ()) for i, s in ((0, 29_000), (1, 56_000))]
    assert draft.cost_pence == sum(p for p in alone if p is not None)


def test_drivers_hours_bound_a_duty() -> None:
    rules = make_rules(make_work(0), make_return(1, 0))
    rules.max_spread_s = 27_600
    # Out 60 s before 29 000; home from 56 600 by way of five steps: 305 s.
    assert time_duty(rules, OWN, (0, 1), (29_000, 56_000)) is None
    rules.max_spread_s = 28_000
    assert time_duty(rules, OWN, (0, 1), (29_000, 56_000)) is not None


def test_offer_that_may_not_carry_the_route_has_no_duty() -> None:
    rules = make_rules(make_work(0, offers=np.array([False, True])))
    assert time_duty(rules, OWN, (0,), (None,)) is None
    assert time_duty(rules, CAB, (0,), (None,)) is not None
    assert time_duty(rules, CAB, (), ()) is None
