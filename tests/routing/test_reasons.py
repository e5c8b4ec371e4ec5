"""Who is on no duty although nothing was proven against them: why, with numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.fleet import Crew, CrewRole
from data.inputs import Inputs
from data.plans import Unserved, UnservedReason
from routing.day import DayCase
from routing.reasons import explain_unserved, find_alone
from tests.routing.proof_town import AM, make_town
from tests.routing.small_town import (
    DAY_TYPE,
    make_cost_model,
    make_matrix,
    make_passenger,
    make_town_problem,
)

DRIVER = Crew(crew_id="c", role=CrewRole.DRIVER, depot_id="d", has_d1=True, has_cpc=True)


def explain(inputs: Inputs, carried: tuple[str, ...]) -> tuple[Unserved, ...]:
    """Carry each of these alone in the morning, and explain the others."""
    case = DayCase(inputs, make_matrix(), make_cost_model(), DAY_TYPE)
    problem = case.build_problem(AM)
    n = problem.n_requests
    routes = [
        (i, n + int(problem.request_site[i]))
        for i, p in enumerate(problem.passenger_ids)
        if p in carried
    ]
    duties = case.plan_duties({AM: problem}, {AM: routes})
    return explain_unserved(case, {AM: problem}, {AM: routes}, duties)


def test_who_is_carried_is_not_explained_and_everybody_else_once() -> None:
    town = make_town(*(make_passenger(p) for p in "abc"), crews=(DRIVER,))
    assert explain(town, ("a", "b", "c")) == ()
    assert [u.passenger_id for u in explain(town, ("b",))] == ["a", "c"]
    assert {u.session for u in explain(town, ())} == {AM}


def test_numbers_are_those_of_the_offers_that_could() -> None:
    town = make_town(*(make_passenger(p) for p in "abc"), crews=(DRIVER,))
    (told,) = explain(town, ("a", "b"))
    assert told.reason is UnservedReason.NO_CAPACITY_LEFT
    # One own minibus, which works both routes one after the other, and nine cabs.
    assert told.evidence == (("offers_able", 2), ("vehicles", 10), ("vehicles_used", 1))
    assert told.relaxation == "1 more vehicle and crew in session am: cabs/car/, own/bus/base"


def test_only_offers_that_may_carry_the_passenger_count() -> None:
    people = (make_passenger("a", barred_suppliers=frozenset({"own"})), make_passenger("b"))
    told = explain(make_town(*people, crews=(DRIVER,)), ())
    assert told[0].evidence == (("offers_able", 1), ("vehicles", 9), ("vehicles_used", 0))


def test_companions_who_fit_one_by_one_but_not_together_are_told_so() -> None:
    # Each may ride for 300 s. From home-a to school-1 are 240; with b's 60 s boarding on the
    # way it is 300 for a, but b before a is a step back: only a first works. At 290 none does.
    people = tuple(
        make_passenger(p, together_with=frozenset({q}), max_ride_s=limit)
        for p, q, limit in (("a", "b", 290), ("b", "a", 200))
    )
    told = explain(make_town(*people, crews=(DRIVER,)), ())
    assert [u.passenger_id for u in told] == ["a", "b"]
    assert {u.reason for u in told} == {UnservedReason.NO_PLACE_FOUND_IN_TIME}
    # Two people before one school: two orders.
    assert {u.evidence for u in told} == {(("companions", 2), ("orders_tried", 2))}
    assert all(u.relaxation == "limits of the 2 companion(s) together: schedule" for u in told)


@pytest.mark.parametrize(("n", "n_orders"), [(1, 1), (3, 6), (5, 120)])
def test_small_groups_are_tried_in_every_order(n: int, n_orders: int) -> None:
    from routing.reasons import _count_orders

    names = ("a", "b", "c", "a2", "b2")[:n]
    problem = make_town_problem(*(make_passenger(p) for p in names))
    assert _count_orders(problem, range(n)) == n_orders


def test_companions_alone_are_feasible_if_any_order_is() -> None:
    # c is two steps nearer to the school than a: c first costs c the way back and on.
    people = (make_passenger("a"), replace(make_passenger("c"), max_ride_s=200))
    problem = make_town_problem(*people)
    facts = find_alone(problem, (0, 1))
    assert facts.is_feasible
    assert facts.nodes == (0, 1, 2)
