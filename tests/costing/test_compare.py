"""Own, bought, paid and should-cost of a route side by side, by hand; where two prices meet."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing import build_journey_shares, compare_plan, find_paid, reassign_plan
from costing.break_even import MOST_M, find_meeting
from data.comparisons import CostView, Difference, find_sign
from data.errors import IdentityError, ModelError
from data.fleet import SupplierVehicles
from data.money import RateBasis
from data.passengers import Demand, Direction
from data.places import Session
from data.plans import CurrentRoute, PlanState
from data.policy import Policy
from data.units import MM_PER_MILE
from tests.costing.builders import (
    ON,
    make_card,
    make_duty,
    make_inputs,
    make_own_duty,
    make_passenger,
    make_plan,
    make_route,
    make_run,
    make_supplier,
    rate,
)
from tests.costing.test_alternatives import MATRIX, make_matrix
from tests.costing.test_should_cost import MARKET

CAR_ONLY = (SupplierVehicles(vehicle_type_id="car", n_vehicles=1),)
PER_MILE = make_card(rate(RateBasis.FIXED, 1_000_000), rate(RateBasis.LOADED_MILE, 300_000))


def test_a_route_side_by_side_worked_by_hand() -> None:
    # Bought: 10.00 + 8 047 m at 3.00 a mile = 15.0006 -> 15.00: 25.00, VAT 5.00 by car.
    # Own: one piece of work by bus, paid the least 2.25 h: 48.46; miles 8 047 + 8 000 at 0.45:
    #   4.487 -> 4.49: 52.95 avoidable. Half a vehicle's day (41.58 + 23.68) / 2 = 32.63; direct
    #   85.58, 12 % overhead 10.27: 95.85 in full.
    # Should-cost by car from a base 400 s and 4 000 m away each way: route 810 s + 800 + 600 =
    #   2 210 s, paid an hour: 16.17; miles 16 047 m at 0.25: 2.49; vehicle 2 210 s at 2.00 an
    #   hour 1.23, standing 0.61; direct 20.50, overhead 2.05, margin 8 % of 22.55: 24.35.
    plan = make_plan(make_duty(make_route("r1")))
    inputs = make_inputs(cards=[PER_MILE], suppliers=[make_supplier(vehicles=CAR_ONLY)])
    (row,) = compare_plan(plan, inputs, MATRIX, MARKET, ON).routes
    assert row.bid is not None
    assert (row.bid.net_pence, row.bid.vat_pence, row.bid.cost_pence) == (2_500, 500, 2_500)
    assert (row.own_avoidable_pence, row.own_full_pence) == (5_295, 9_585)
    assert (row.should_pence, row.should_vat_pence) == (2_435, 487)
    assert (row.short_run_pence, row.long_run_pence) == (2_500 - 5_295, 2_500 - 9_585)
    assert find_sign(row.short_run_pence) == "buy"
    assert row.planned_pence == 2_500
    assert row.paid_pence is None


def test_vat_that_is_not_recovered_counts_against_the_bid() -> None:
    plan = make_plan(make_duty(make_route("r1")))
    inputs = make_inputs(
        cards=[PER_MILE],
        suppliers=[make_supplier(vehicles=CAR_ONLY)],
        policy=Policy(is_vat_recovered=False),
    )
    (row,) = compare_plan(plan, inputs, MATRIX, MARKET, ON).routes
    assert row.bid is not None
    assert (row.bid.net_pence, row.bid.cost_pence) == (2_500, 3_000)
    assert row.short_run_pence == 3_000 - 5_295


def test_every_card_is_listed_once_with_its_cheapest_type_the_cheapest_card_first() -> None:
    dear = make_card(rate(RateBasis.FIXED, 4_000_000), rate_card_id="dear", supplier_id="s1")
    cheap = make_card(
        rate(RateBasis.FIXED, 3_000_000, vehicle_type_id="bus"),
        rate(RateBasis.FIXED, 2_000_000, vehicle_type_id="car"),
        rate_card_id="cheap",
        supplier_id="s2",
    )
    inputs = make_inputs(
        cards=[dear, cheap],
        suppliers=[make_supplier(supplier_id="s1"), make_supplier(supplier_id="s2")],
    )
    plan = make_plan(make_own_duty(make_route("r1")))
    (row,) = compare_plan(plan, inputs, MATRIX, MARKET, ON).routes
    assert [(c.rate_card_id, c.vehicle_type_id, c.net_pence) for c in row.cards] == [
        ("cheap", "car", 2_000),
        ("dear", "bus", 4_000),
    ]


def test_break_even_miles_and_minutes_worked_by_hand() -> None:
    # Bid 10.00 + 3.00 a mile; own 48.46 + 0.45 a mile over miles + 8 000 m (2.24): equal where
    # 3.00 m - 0.45 m = 48.46 + 2.24 - 10.00 = 40.70: m = 15.96 miles = 25 686 m.
    # In full 1.12 x (48.46 + 2.24 + 0.45 m + 32.63): 2.496 m = 83.33: 33.4 miles.
    # The bid does not look at time: only a longer paid time moves own cost, from where it is
    # dearer already, so there is no time at which they meet.
    plan = make_plan(make_duty(make_route("r1")))
    inputs = make_inputs(cards=[PER_MILE], suppliers=[make_supplier(vehicles=CAR_ONLY)])
    (row,) = compare_plan(plan, inputs, MATRIX, MARKET, ON).routes
    even = row.break_even
    assert even.short_m is not None
    assert even.long_m is not None
    assert even.short_m * 1_000 / MM_PER_MILE == pytest.approx(15.96, abs=0.02)
    assert even.long_m * 1_000 / MM_PER_MILE == pytest.approx(33.39, abs=0.03)
    assert (even.short_s, even.long_s) == (None, None)


@settings(max_examples=60, deadline=None)
@given(
    fixed=st.integers(0, 9_000_000),
    mile=st.integers(1, 900_000),
    minimum=st.integers(0, 9_000_000),
)
def test_at_the_break_even_the_sign_changes(fixed: int, mile: int, minimum: int) -> None:
    card = make_card(
        rate(RateBasis.FIXED, fixed),
        rate(RateBasis.LOADED_MILE, mile),
        rate(RateBasis.MINIMUM, minimum),
    )
    inputs = make_inputs(cards=[card], suppliers=[make_supplier(vehicles=CAR_ONLY)])

    def find_gap(metres: int) -> int:
        plan = make_plan(make_duty(make_route("r1", drives=[(600, metres)])))
        (row,) = compare_plan(plan, inputs, MATRIX, MARKET, ON).routes
        assert row.short_run_pence is not None
        return row.short_run_pence

    plan = make_plan(make_duty(make_route("r1")))
    (row,) = compare_plan(plan, inputs, MATRIX, MARKET, ON).routes
    at = row.break_even.short_m
    if at is None:
        assert (find_gap(0) < 0) == (find_gap(MOST_M) < 0)
        return
    before, here = find_gap(max(0, at - 1)), find_gap(at)
    assert here == 0 or (before < 0) != (here < 0) or at == 0


def test_the_nearest_of_several_meetings_counts() -> None:
    # below nought between 300 and 700 only
    def gap(x: int) -> int:
        return -1 if 300 <= x < 700 else 1

    assert find_meeting(gap, 250, 1_000) == 300
    assert find_meeting(gap, 690, 1_000) == 700
    assert find_meeting(lambda x: 1, 5, 1_000) is None


TODAY = (
    CurrentRoute(route_name="K1", session=Session.AM, provider_id="sup", vehicle_type_id="car",
                 sequence=1, passenger_id="p1", price_pence_per_day=9_001),
    CurrentRoute(route_name="K1", session=Session.PM, provider_id="sup", vehicle_type_id="car",
                 sequence=1, passenger_id="p1", price_pence_per_day=9_001),
    CurrentRoute(route_name="K2", session=Session.AM, provider_id="sup", vehicle_type_id="car",
                 sequence=1, passenger_id="p2", price_pence_per_day=4_000),
)  # fmt: skip


def make_demand(passenger_id: str, site_id: str = "s1") -> Demand:
    return Demand(
        demand_id=f"D-{passenger_id}",
        passenger_id=passenger_id,
        site_id=site_id,
        home_id=f"H-{passenger_id}",
        direction=Direction.OUT,
    )


def test_a_contract_price_is_split_to_its_routes_and_a_ghost_is_named() -> None:
    # 90.01 a day over 1 000 m and 2 000 m loaded: 30.003 and 60.007 -> 30.00 and 60.01
    plan = make_plan(
        make_duty(
            make_route("am", drives=[(300, 1_000)]),
            make_route("pm", Session.PM, drives=[(300, 2_000)]),
        ),
        state=PlanState.BASELINE,
    )
    inputs = make_inputs(
        cards=[PER_MILE],
        current_routes=TODAY,
        demands=(make_demand("p1"), make_demand("p2")),
    )
    paid = find_paid(plan, inputs)
    assert (paid.names, paid.pence) == (("K1", "K1"), (3_000, 6_001))
    assert [(g.route_name, g.paid_pence) for g in paid.ghosts] == [("K2", 4_000)]
    found = compare_plan(plan, inputs, MATRIX, MARKET, ON)
    assert [r.paid_pence for r in found.routes] == [3_000, 6_001]
    assert [r.paid_vat_pence for r in found.routes] == [600, 1_200]  # 20 %, each rounded once
    assert [g.route_name for g in found.ghosts] == ["K2"]


def test_a_contract_to_a_closed_site_is_no_ghost() -> None:
    plan = make_plan(make_duty(make_route("am")))
    closed = [replace(s, calendar_id="other") for s in make_inputs().sites]
    inputs = make_inputs(
        cards=[PER_MILE],
        current_routes=TODAY,
        demands=(make_demand("p2", "s2"),),
        sites=(make_inputs().sites[0], closed[1]),
    )
    assert find_paid(plan, inputs).ghosts == ()


def test_a_route_that_mixes_contracts_or_changed_hands_has_no_contract_price() -> None:
    inputs = make_inputs(cards=[PER_MILE], current_routes=TODAY)
    mixed = make_plan(make_duty(make_route("am", passenger_ids=("p1", "p2"))))
    assert find_paid(mixed, inputs).pence == (None,)
    moved = make_plan(make_own_duty(make_route("am")))
    assert find_paid(moved, inputs).names == ("",)


def test_a_duty_given_to_the_own_company_goes_home_where_it_may() -> None:
    # AM ends 29 610, PM starts 54 000: home between. Each run 4 000 m, 400 s.
    duty = make_duty(make_route("am"), make_route("pm", Session.PM, start_s=54_000))
    given_ = reassign_plan(
        make_plan(duty),
        make_inputs(cards=[PER_MILE]),
        MATRIX,
        frozenset({"own"}),
        view=CostView.SHORT_RUN,
        is_keeping_types=False,
    )
    (own,) = given_.plan.duties
    assert (own.provider_id, own.vehicle_type_id, own.rate_card_id) == ("own", "bus", None)
    assert [(r.before_route, r.from_place_id, r.to_place_id) for r in own.dead_runs] == [
        (0, "depot", "home-1"),
        (1, "site-1", "depot"),
        (1, "depot", "site-1"),
        (2, "home-1", "depot"),
    ]
    # two pieces of work at the least 2.25 h: 2 x 48.46; 2 x (8 047 + 8 000) m at 0.45: 2 x 4.49
    assert sum(x.amount_pence for x in given_.lines if x.basis == "avoidable") == 10_590
    assert given_.kept == frozenset()


def test_a_duty_without_time_to_go_home_drives_straight_on() -> None:
    duty = make_duty(make_route("a1"), make_route("a2", start_s=31_000))
    given_ = reassign_plan(
        make_plan(duty), make_inputs(cards=[PER_MILE]), MATRIX, frozenset({"own"}),
        view=CostView.LONG_RUN, is_keeping_types=False,
    )  # fmt: skip
    (own,) = given_.plan.duties
    assert [(r.from_place_id, r.to_place_id) for r in own.dead_runs] == [
        ("depot", "home-1"),
        ("site-1", "home-1"),
        ("site-1", "depot"),
    ]


def test_a_duty_that_nobody_else_can_serve_is_kept() -> None:
    duty = make_duty(make_route("r1", passenger_ids=("p1", "p2", "p3", "p4", "p5")),
                     vehicle_type_id="bus")  # fmt: skip
    inputs = make_inputs(
        cards=[
            PER_MILE,
            make_card(rate(RateBasis.FIXED, 1), rate_card_id="x", supplier_id="x"),
        ],
        suppliers=[make_supplier(), make_supplier(supplier_id="x", vehicles=CAR_ONLY)],
    )
    given_ = reassign_plan(
        make_plan(duty), inputs, MATRIX, frozenset({"x"}),
        view=CostView.SHORT_RUN, is_keeping_types=False,
    )  # fmt: skip
    assert given_.kept == {"d1"}
    assert given_.plan.duties == (duty,)
    assert given_.lines == ()
    blocked = make_matrix(depot__home_1=-1)
    own = reassign_plan(
        make_plan(duty), inputs, blocked, frozenset({"own"}),
        view=CostView.SHORT_RUN, is_keeping_types=False,
    )  # fmt: skip
    assert own.kept == {"d1"}


def test_keeping_types_asks_only_for_the_type_the_duty_has() -> None:
    card = make_card(
        rate(RateBasis.FIXED, 3_000_000, vehicle_type_id="bus"),
        rate(RateBasis.FIXED, 2_000_000, vehicle_type_id="car"),
    )
    plan = make_plan(make_own_duty(make_route("r1")))  # by bus
    prices = [
        sum(
            x.amount_pence
            for x in reassign_plan(
                plan, make_inputs(cards=[card]), MATRIX, frozenset({"sup"}),
                view=CostView.SHORT_RUN, is_keeping_types=is_keeping,
            ).lines
            if x.basis == "contract"
        )
        for is_keeping in (True, False)
    ]  # fmt: skip
    assert prices == [3_000, 2_000]


def test_giving_a_plan_to_who_has_it_changes_no_penny() -> None:
    own = make_own_duty(
        make_route("r2"),
        duty_id="d2",
        dead_runs=(
            make_run(0, 28_400, 400, 4_000, "depot>home-1"),
            make_run(1, 29_610, 400, 4_000, "site-1>depot"),
        ),
    )
    plan = make_plan(own)
    given_ = reassign_plan(
        plan, make_inputs(), MATRIX, frozenset({"own"}),
        view=CostView.SHORT_RUN, is_keeping_types=True,
    )  # fmt: skip
    assert given_.plan.duties[0].dead_runs == own.dead_runs


def test_people_nobody_knows_are_refused() -> None:
    plan = make_plan(make_duty(make_route("r1", passenger_ids=("ghost",))))
    with pytest.raises(ModelError, match="ghost"):
        compare_plan(plan, make_inputs(cards=[PER_MILE]), MATRIX, MARKET, ON)


def test_journeys_of_a_plan_add_up_to_its_routes() -> None:
    plan = make_plan(
        make_duty(make_route("am", passenger_ids=("p1", "p2", "p3"))),
        make_duty(make_route("pm", Session.PM, passenger_ids=("p1",)), duty_id="d2"),
    )
    found = build_journey_shares(plan, make_inputs(), [1_000, 77])
    assert sum(found.values()) == 1_077
    assert found[Session.PM, "p1"] == 77
    assert set(found) == {(Session.AM, p) for p in ("p1", "p2", "p3")} | {(Session.PM, "p1")}


def test_parts_that_do_not_add_up_are_no_difference() -> None:
    fields = {
        "option": "x", "view": CostView.SHORT_RUN, "reference_pence": 100, "rate_pence": 1,
        "mix_pence": 2, "planning_pence": 3, "volume_pence": 4, "compared_pence": 110,
        "n_reference_journeys": 1, "n_compared_journeys": 1, "n_common_journeys": 1,
        "n_kept_duties": 0,
    }  # fmt: skip
    assert Difference(**fields).compared_pence == 110  # type: ignore[arg-type]
    with pytest.raises(IdentityError, match="do not come to 111"):
        Difference(**(fields | {"compared_pence": 111}))  # type: ignore[arg-type]


def test_barred_own_company_has_no_own_price() -> None:
    people = (make_passenger("p1", barred_suppliers=frozenset({"own"})),)
    plan = make_plan(make_duty(make_route("r1")))
    inputs = make_inputs(cards=[PER_MILE], passengers=people)
    (row,) = compare_plan(plan, inputs, MATRIX, MARKET, ON).routes
    assert (row.own_full_pence, row.long_run_pence, find_sign(None)) == (None, None, "")
