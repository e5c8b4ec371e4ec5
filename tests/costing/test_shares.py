"""Shares: lines fall on routes, routes on passengers, and nothing is lost (M2, M3)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing import (
    build_totals,
    price_plan,
    share_duty_costs,
    share_route_costs,
)
from costing.shares import RouteCost, split_route_cost
from data.errors import IdentityError, ModelError, NoRateError
from data.inputs import Inputs
from data.money import RateBasis
from data.passengers import AssistantNeed, Passenger, Wheelchair
from data.places import Session
from data.plans import Plan
from tests.costing.builders import (
    ON,
    make_card,
    make_duty,
    make_inputs,
    make_own_duty,
    make_passenger,
    make_place,
    make_plan,
    make_route,
    make_run,
    rate,
)
from tests.costing.random_plans import make_random_inputs, make_random_plan

FIXED = rate(RateBasis.FIXED, 1_000_000)


def make_three_homes(*passengers: Passenger) -> Inputs:
    """Homes 1, 2 and 3 lie 5 000, 3 000 and 2 000 m from the site in a straight line."""
    return make_inputs(
        cards=[make_card(FIXED, rate(RateBasis.ASSISTANT, 500_000))],
        passengers=passengers,
        vehicles=(),
        places=(
            make_place("site-1", 0, 0),
            make_place("home-1", 3_000, 4_000),
            make_place("home-2", 0, 3_000),
            make_place("home-3", -2_000, 0),
        ),
    )


def find_shares(inputs: Inputs, plan: Plan) -> dict[str, int]:
    lines = price_plan(plan, inputs, ON)
    return {
        share.passenger_id: share.amount_pence
        for share in share_route_costs(lines, plan, inputs)
    }


ROUTE = make_route(
    drives=[(300, 3_000), (300, 3_000), (300, 3_000)], passenger_ids=("a", "b", "c")
)


def test_the_vehicle_is_shared_by_straight_line_times_places() -> None:
    # 10.00 by 5 000 : 3 000 x 2 seats : 2 000 = 5 : 6 : 2 of 13:
    # 384.6, 461.5, 153.8 -> floors 384, 461, 153; two pence over go to 0.85 (c) and 0.62 (a)
    inputs = make_three_homes(
        make_passenger("a"), make_passenger("b", n_seats=2), make_passenger("c")
    )
    plan = make_plan(make_duty(ROUTE))
    assert find_shares(inputs, plan) == {"a": 385, "b": 461, "c": 154}


def test_a_wheelchair_space_counts_as_one_place() -> None:
    # 5 000 : 3 000 : 2 000 of 10.00
    inputs = make_three_homes(
        make_passenger("a"),
        make_passenger("b", wheelchair=Wheelchair.STAYS),
        make_passenger("c"),
    )
    plan = make_plan(make_duty(ROUTE))
    assert find_shares(inputs, plan) == {"a": 500, "b": 300, "c": 200}


def test_assistants_fall_on_those_who_need_one() -> None:
    # vehicle 10.00 as 5 : 3 : 2; one assistant 5.00 on b and c as 3 : 2
    inputs = make_three_homes(
        make_passenger("a"),
        make_passenger("b", assistant=AssistantNeed.SHARED),
        make_passenger("c", assistant_id="C9"),
    )
    plan = make_plan(make_duty(replace(ROUTE, n_assistants=1)))
    assert find_shares(inputs, plan) == {"a": 500, "b": 300 + 300, "c": 200 + 200}


def test_an_assistant_whom_nobody_needs_falls_on_all() -> None:
    inputs = make_three_homes(*(make_passenger(i) for i in "abc"))
    plan = make_plan(make_duty(replace(ROUTE, n_assistants=1)))
    assert find_shares(inputs, plan) == {"a": 750, "b": 450, "c": 300}


def test_vat_that_is_cost_follows_the_net_shares() -> None:
    inputs = make_three_homes(*(make_passenger(i) for i in "abc"))
    inputs = replace(inputs, policy=replace(inputs.policy, is_vat_recovered=False))
    plan = make_plan(make_duty(ROUTE))
    assert find_shares(inputs, plan) == {"a": 600, "b": 360, "c": 240}


def test_people_at_the_site_itself_still_have_a_share() -> None:
    inputs = make_three_homes(*(make_passenger(i) for i in "abc"))
    inputs = replace(
        inputs, places=tuple(replace(p, easting_m=0, northing_m=0) for p in inputs.places)
    )
    plan = make_plan(make_duty(ROUTE))
    assert find_shares(inputs, plan) == {"a": 334, "b": 333, "c": 333}


def test_a_day_pair_is_shared_by_loaded_distance() -> None:
    # 100.00 by 3 000 : 1 000
    am = make_route("am", drives=[(300, 3_000)])
    pm = make_route("pm", Session.PM, start_s=54_000, drives=[(300, 1_000)])
    inputs = make_inputs(cards=[make_card(rate(RateBasis.DAY_PAIR, 10_000_000))], vehicles=())
    plan = make_plan(make_duty(am, pm))
    costs = share_duty_costs(price_plan(plan, inputs, ON), plan)
    assert {c.route_id: c.cost_pence for c in costs} == {"am": 7_500, "pm": 2_500}


def test_a_piece_of_work_is_shared_by_time_assistants_by_theirs_and_miles_by_miles() -> None:
    # r1 810 s, r2 810 + 60 + 30 = 900 s (one passenger more); one assistant on r2 only
    r1 = make_route("r1", drives=[(600, 1_000)])
    r2 = make_route(
        "r2", start_s=30_000, drives=[(600, 3_000)], passenger_ids=("p1", "p2"), n_assistants=1
    )
    runs = (
        make_run(0, 28_000, 800, 0, "depot>home-1"),
        make_run(1, 29_610, 0, 0, "site-1>home-1"),
        make_run(2, 30_900, 100, 0, "site-1>depot"),
    )
    inputs = make_inputs()
    plan = make_plan(make_own_duty(r1, r2, dead_runs=runs))
    lines = price_plan(plan, inputs, ON)
    whole = {line.item: line.amount_pence for line in lines}
    first, second = share_duty_costs(lines, plan)
    # driver 2.25 h = 4 846 by 810 : 900 -> 2 295.47, 2 550.53; running 4 000 m = 112 by 1 : 3
    assert whole["driver_hours"] == 4_846
    assert whole["running"] == 112
    assert (first.vehicle_pence, second.vehicle_pence) == (2_295 + 28, 2_551 + 84)
    assert (first.assistants_pence, second.assistants_pence) == (0, whole["assistant_hours"])
    fixed_pence = whole["vehicle"] + whole["standing"] + whole["overhead"]
    assert first.fixed_pence + second.fixed_pence == fixed_pence
    assert first.full_cost_pence > first.cost_pence


def test_idle_vehicles_belong_to_no_route() -> None:
    inputs = make_three_homes(*(make_passenger(i) for i in "abc"))
    inputs = replace(inputs, vehicles=make_inputs().vehicles)
    plan = make_plan(make_duty(ROUTE))
    lines = price_plan(plan, inputs, ON)
    (cost,) = share_duty_costs(lines, plan)
    assert cost.fixed_pence == 0
    assert build_totals(lines).full_cost_pence > cost.full_cost_pence == 1_000


def test_an_empty_route_is_refused() -> None:
    route = make_route(passenger_ids=())
    inputs = make_three_homes()
    plan = make_plan(make_duty(route))
    with pytest.raises(ModelError, match="carries nobody"):
        share_route_costs(price_plan(plan, inputs, ON), plan, inputs)


def test_lines_of_another_plan_are_refused() -> None:
    inputs = make_three_homes(make_passenger("p1"))
    lines = price_plan(make_plan(make_duty(make_route("r1"))), inputs, ON)
    with pytest.raises(ModelError, match="'r1'"):
        share_duty_costs(lines, make_plan(make_duty(make_route("r2"))))
    with pytest.raises(ModelError, match="'r1'"):
        share_duty_costs(lines, make_plan(make_duty(make_route("r1"), duty_id="d2")))
    shared = [replace(line, route_id=None) for line in lines]
    with pytest.raises(ModelError, match="'d1'"):
        share_duty_costs(shared, make_plan(make_duty(make_route("r1"), duty_id="d2")))
    lost = [replace(line, shared_by=("r9",)) for line in shared]
    with pytest.raises(ModelError, match="no route"):
        share_duty_costs(lost, make_plan(make_duty(make_route("r1"))))


def test_unknown_people_are_named() -> None:
    inputs = make_three_homes(make_passenger("a"))
    plan = make_plan(make_duty(make_route(passenger_ids=("a",))))
    lines = price_plan(plan, inputs, ON)
    with pytest.raises(ModelError, match=r"'r1'.*'a'"):
        share_route_costs(lines, plan, replace(inputs, passengers=()))


def test_shares_of_a_line_that_is_left_out_are_noticed() -> None:
    # A plan whose lines were doctored: shares of routes no longer meet the sum of the lines.
    inputs = make_three_homes(make_passenger("a"))
    plan = make_plan(make_duty(make_route(passenger_ids=("a",))))
    lines = price_plan(plan, inputs, ON)
    stray = replace(lines[0], duty_id="", route_id=None)
    with pytest.raises(IdentityError, match="shares are"):
        share_route_costs([*lines, stray], plan, inputs)


def test_a_split_that_loses_a_penny_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def lose_a_penny(total: int, weights: object, keys: list[str]) -> tuple[int, ...]:
        return (total - 1, *(0 for _ in keys[1:]))

    am, pm = make_route("am"), make_route("pm", Session.PM, start_s=54_000)
    inputs = make_inputs(cards=[make_card(rate(RateBasis.DAY_PAIR, 10_000_000))], vehicles=())
    plan = make_plan(make_duty(am, pm))
    lines = price_plan(plan, inputs, ON)
    monkeypatch.setattr("costing.shares.split_pence", lose_a_penny)
    with pytest.raises(IdentityError, match="routes cost 9999 pence, their lines 10000 pence"):
        share_duty_costs(lines, plan)


def test_two_routes_of_one_id_in_a_duty_are_noticed() -> None:
    inputs = make_three_homes(make_passenger("a"))
    route = make_route(passenger_ids=("a",))
    plan = make_plan(make_duty(route, replace(route)))
    lines = price_plan(plan, inputs, ON)
    with pytest.raises(ModelError, match="twice"):
        share_duty_costs(lines, plan)


weights = st.lists(st.integers(0, 50_000), min_size=1, max_size=16)


@settings(max_examples=1_500, deadline=None)
@given(
    st.integers(0, 500_000), st.integers(0, 90_000), st.integers(0, 100_000), weights, st.data()
)
def test_shares_add_up_and_do_not_depend_on_order(
    vehicle: int, assistants: int, vat: int, given_weights: list[int], data: st.DataObject
) -> None:
    needs = list(AssistantNeed)
    aboard = [
        make_passenger(f"p{i:02d}", assistant=needs[w % 3]) for i, w in enumerate(given_weights)
    ]
    cost = RouteCost(
        plan_id="plan",
        duty_id="d",
        route_id="r",
        provider_id="sup",
        vehicle_pence=vehicle,
        assistants_pence=assistants,
        vat_pence=vat,
        fixed_pence=7,
    )
    shares = split_route_cost(cost, aboard, given_weights)
    assert sum(shares) == cost.cost_pence
    order = data.draw(st.permutations(range(len(aboard))))
    turned = split_route_cost(
        cost, [aboard[i] for i in order], [given_weights[i] for i in order]
    )
    assert turned == tuple(shares[i] for i in order)


def share_random_plan(seed: int) -> None:
    """Price and share a random plan, in two orders; the shares add up at every level."""
    random = Random(seed)  # noqa: S311
    inputs = make_random_inputs(random)
    plan = make_random_plan(random, inputs)
    try:
        lines = price_plan(plan, inputs)
    except NoRateError:
        return
    shares = share_route_costs(lines, plan, inputs)
    totals = build_totals(lines)
    of_route: dict[str, int] = defaultdict(int)
    for share in shares:
        of_route[share.route_id] += share.amount_pence
    costs = share_duty_costs(lines, plan)
    assert {c.route_id: c.cost_pence for c in costs} == of_route
    assert sum(of_route.values()) == totals.cost_pence
    idle_pence = sum(line.amount_pence for line in lines if not line.duty_id)
    assert sum(c.full_cost_pence for c in costs) + idle_pence == totals.full_cost_pence
    turned_plan = replace(plan, duties=plan.duties[::-1])
    turned_lines = list(lines)
    random.shuffle(turned_lines)
    assert set(share_route_costs(turned_lines, turned_plan, inputs)) == set(shares)


def test_passengers_add_up_to_routes_and_routes_to_the_plan() -> None:
    for seed in range(700):
        share_random_plan(seed)


@pytest.mark.slow
def test_passengers_add_up_to_routes_and_routes_to_the_plan_100_000_times() -> None:
    for seed in range(100_000):
        share_random_plan(10**9 + seed)
