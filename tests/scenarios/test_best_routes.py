"""Rate, mix, planning and volume: parts worked by hand, and always the whole difference."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from costing import find_paid
from data.comparisons import CostView
from data.fleet import OWN_PROVIDER_ID, SupplierVehicles
from data.money import RateBasis
from data.places import Session
from data.plans import CurrentRoute, Plan, PlanState
from scenarios import Option, build_option_inputs, build_options
from scenarios.best_routes import split_difference
from tests.costing.builders import (
    make_card,
    make_duty,
    make_inputs,
    make_plan,
    make_route,
    make_supplier,
    rate,
)
from tests.costing.test_alternatives import MATRIX

CARDS = (
    make_card(rate(RateBasis.FIXED, 2_500_000), rate_card_id="c", supplier_id="sup"),
    make_card(
        rate(RateBasis.FIXED, 1_000_000, vehicle_type_id="car"),
        rate(RateBasis.FIXED, 800_000, vehicle_type_id="bus"),
        rate_card_id="x",
        supplier_id="x",
    ),
)
TODAY = CurrentRoute(
    route_name="K1", session=Session.AM, provider_id="sup", vehicle_type_id="car",
    sequence=1, passenger_id="p1", price_pence_per_day=3_000,
)  # fmt: skip
INPUTS = make_inputs(
    cards=CARDS,
    suppliers=[make_supplier(), make_supplier(supplier_id="x")],
    current_routes=(TODAY,),
)
REFERENCE = make_plan(make_duty(make_route("r1"), rate_card_id="c"), state=PlanState.BASELINE)
OPTION = Option(name="X", provider_ids=frozenset({"x"}))


def test_the_parts_worked_by_hand() -> None:
    # Today 30.00 is paid for p1 by car. X asks 10.00 by car: rate -20.00; 8.00 by bus: mix
    # -2.00. X's own plan carries p2 beside p1 by bus for 8.00, 4.00 each: p1 costs 4.00 less
    # than on today's route (planning -4.00), p2 is 4.00 more (volume).
    best = make_plan(
        make_duty(
            make_route("z1", passenger_ids=("p1", "p2")),
            provider_id="x", vehicle_type_id="bus", rate_card_id="x",
        )
    )  # fmt: skip
    paid = find_paid(REFERENCE, INPUTS)
    found = split_difference(REFERENCE, paid, INPUTS, MATRIX, OPTION, best, CostView.SHORT_RUN)
    assert found.reference_pence == 3_000
    assert (found.rate_pence, found.mix_pence) == (-2_000, -200)
    assert (found.planning_pence, found.volume_pence) == (-400, 400)
    assert found.compared_pence == 800
    assert (found.n_reference_journeys, found.n_compared_journeys) == (1, 2)
    assert (found.n_common_journeys, found.n_kept_duties) == (1, 0)


def test_a_ghost_route_is_volume() -> None:
    ghost = replace(TODAY, route_name="K2", passenger_id="p8", price_pence_per_day=4_000)
    inputs = replace(INPUTS, current_routes=(TODAY, ghost))
    paid = find_paid(REFERENCE, inputs)
    found = split_difference(
        REFERENCE, paid, inputs, MATRIX, OPTION,
        make_plan(make_duty(make_route("z1"), provider_id="x", rate_card_id="x")),
        CostView.SHORT_RUN,
    )  # fmt: skip
    assert (found.reference_pence, found.volume_pence) == (7_000, -4_000)
    # its own plan by car where the bus is cheaper: 2.00 dearer planned
    assert (found.mix_pence, found.planning_pence, found.compared_pence) == (-200, 200, 1_000)


def test_a_duty_the_option_cannot_serve_keeps_its_price_and_is_counted() -> None:
    cars = (SupplierVehicles(vehicle_type_id="car", n_vehicles=1),)
    inputs = replace(
        INPUTS, suppliers=(make_supplier(), make_supplier(supplier_id="x", vehicles=cars))
    )
    five = make_route("r5", passenger_ids=("p1", "p2", "p3", "p4", "p5"))
    reference = make_plan(make_duty(five, vehicle_type_id="bus", rate_card_id="c"))
    best = make_plan(make_duty(make_route("z1"), provider_id="x", rate_card_id="x"))
    found = split_difference(
        reference, find_paid(reference, inputs), inputs, MATRIX, OPTION, best,
        CostView.SHORT_RUN,
    )  # fmt: skip
    assert (found.rate_pence, found.mix_pence, found.n_kept_duties) == (0, 0, 1)
    # 25.00 in five shares; p1 costs 10.00 instead of 5.00, the four others are not carried
    assert (found.reference_pence, found.planning_pence, found.volume_pence) == (
        2_500,
        500,
        -2_000,
    )


def test_in_the_long_run_own_duties_count_in_full() -> None:
    best = make_plan(make_duty(make_route("z1"), provider_id="x", rate_card_id="x"))
    own = Option(name="Own", provider_ids=frozenset({OWN_PROVIDER_ID}))
    paid = find_paid(REFERENCE, INPUTS)
    short, long = (
        split_difference(REFERENCE, paid, INPUTS, MATRIX, own, best, view) for view in CostView
    )
    # by bus: 48.46 for the least paid time and 16 047 m at 0.45: 52.95; in full with a whole
    # vehicle's day 41.58 + 23.68 and 12 %: 132.40. No own car: all of it is mix.
    assert (short.rate_pence, short.mix_pence) == (0, 5_295 - 3_000)
    assert (long.rate_pence, long.mix_pence) == (0, 13_240 - 3_000)


@pytest.mark.parametrize("seed", range(12))
def test_random_plans_always_split_to_the_penny(seed: int) -> None:
    """`Difference` refuses parts that do not add up; here any two plans are set against."""
    random = Random(seed)  # noqa: S311

    def draw() -> Plan:
        duties = []
        for d in range(random.randint(1, 4)):
            people = random.sample([f"p{i}" for i in range(1, 9)], random.randint(1, 3))
            drives = [(random.randint(60, 900), random.randint(500, 9_000)) for _ in people]
            duties.append(
                make_duty(
                    make_route(f"r{d}", drives=drives, passenger_ids=people),
                    duty_id=f"d{d}",
                    provider_id=random.choice(["sup", "x"]),
                    vehicle_type_id=random.choice(["car", "bus"]),
                    rate_card_id=None,
                )
            )
        return make_plan(*duties)

    reference, best = draw(), draw()
    for provider_ids in ({"x"}, {OWN_PROVIDER_ID}, {"x", "sup", OWN_PROVIDER_ID}):
        option = Option(name="o", provider_ids=frozenset(provider_ids))
        for view in CostView:
            found = split_difference(
                reference, find_paid(reference, INPUTS), INPUTS, MATRIX, option, best, view
            )
            assert found.n_common_journeys <= found.n_compared_journeys


def test_options_are_named_and_a_stranger_is_refused() -> None:
    own, market, everybody, one = build_options(INPUTS, ["own", "market", "all", "x"])
    assert own.provider_ids == {"own"}
    assert market.provider_ids == {"sup", "x"}
    assert everybody.provider_ids == {"own", "sup", "x"}
    assert one.provider_ids == {"x"}
    with pytest.raises(KeyError, match="nobody"):
        build_options(INPUTS, ["nobody"])


def test_an_option_has_vehicles_and_crews_enough_and_nobody_else_has_any() -> None:
    own, market = build_options(INPUTS, ["own", "market"])
    alone = build_option_inputs(INPUTS, own, 7)
    assert (alone.suppliers, alone.rate_cards) == ((), ())
    assert len(alone.vehicles) == 7  # one type at one depot
    assert sum(c.role == "driver" for c in alone.crews) == 14
    assert {v.vehicle_type_id for v in alone.vehicles} == {"bus"}
    bought = build_option_inputs(INPUTS, market, 7)
    assert (bought.vehicles, bought.crews) == ((), ())
    assert all(v.n_vehicles >= 1_000 for s in bought.suppliers for v in s.vehicles)
