"""The own company's cost: loaded hour, pieces of work, avoidable and full, by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing import build_totals, price_plan
from costing.own_fleet import (
    build_own_rates,
    find_loaded_hour,
    find_paid_s,
    find_pieces,
    find_type_rates,
)
from data.errors import NoRateError
from data.fleet import Electric, Vehicle
from data.inputs import Inputs
from data.money import CostBasis, CostLine, PayRate
from data.places import Session
from data.plans import Duty
from data.units import round_half_up
from tests.costing.builders import (
    BUS,
    ON,
    OWN_COSTS,
    make_inputs,
    make_own_duty,
    make_plan,
    make_route,
    make_run,
)


def price(duty: Duty, inputs: Inputs | None = None) -> tuple[CostLine, ...]:
    return price_plan(make_plan(duty), inputs or make_inputs(), ON)


def amounts(lines: tuple[CostLine, ...], *bases: CostBasis) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in lines:
        if line.basis in bases:
            found[line.item] = found.get(line.item, 0) + line.amount_pence
    return found


def test_loaded_hour_of_a_passenger_assistant_on_scp_4() -> None:
    # 13.05 x 1.16 = 15.138; x 1.205 = 18.24129. Pay of the year 15.138 x 877.5 = 13 283.595,
    # 8 283.595 above the threshold, x 0.15 / 877.5 = 1.41600. Together 19.657 pounds.
    hour = find_loaded_hour(
        PayRate(pay_mpence_per_hour=1_305_000, worked_minutes_per_year=52_650)
    )
    assert round_half_up(hour / 1_000) == 1_966
    assert round_half_up(hour) == 1_965_729


def test_loaded_hour_of_a_driver_on_scp_6() -> None:
    # 13.47 x 1.16 = 15.6252; x 1.205 = 18.828366. Pay of the year 13 711.113, 8 711.113 above,
    # x 0.15 / 877.5 = 1.48908. Together 20.317 pounds.
    hour = find_loaded_hour(
        PayRate(pay_mpence_per_hour=1_347_000, worked_minutes_per_year=52_650)
    )
    assert round_half_up(hour / 1_000) == 2_032
    assert round_half_up(hour) == 2_031_745


def test_no_insurance_is_due_at_the_threshold() -> None:
    # 10.00 an hour, 500 h, no leave: 5 000.00 a year, exactly the threshold; 10.00 x 1.205
    pay = PayRate(pay_mpence_per_hour=1_000_000, worked_minutes_per_year=30_000, leave_bp=0)
    assert find_loaded_hour(pay) == 1_205_000
    more = replace(pay, pay_mpence_per_hour=1_000_500)
    # half a penny more an hour is 2.50 a year above: 500 x 0.15 = 75 mpence an hour on top
    assert find_loaded_hour(more) == Fraction(1_000_500 * 1_205, 1_000) + 75


def test_cover_is_part_of_the_hourly_rates() -> None:
    # 20.31745 x 1.06 = 21.53649; 19.65729 x 1.06 = 20.83673
    rates = build_own_rates(OWN_COSTS, ())
    assert (rates.driver_mpence, rates.assistant_mpence) == (2_153_649, 2_083_673)


def test_extra_pay_for_training_carries_on_costs_and_cover() -> None:
    # 0.60 x 1.16 = 0.696; x (1.205 + 0.15) = 0.94308; x 1.06 = 0.9996648 -> 99 966 mpence
    costs = replace(OWN_COSTS, trained_assistant_extra_mpence_per_hour=60_000)
    assert build_own_rates(costs, ()).trained_mpence == 99_966
    assert build_own_rates(OWN_COSTS, ()).trained_mpence == 0


def make_two_route_duty(*, by_depot: bool) -> Duty:
    """An AM and a PM route with one and two assistants, joined directly or by the depot."""
    am = make_route("am", n_assistants=1)  # 28 800 to 29 610
    pm = make_route("pm", Session.PM, start_s=54_000, n_assistants=2, n_trained_assistants=1)
    # pm: 54 000 + 180 boarding, 600 drive, 30 alighting: 54 810
    out = make_run(0, 28_200, 600, 5_000, "depot>home-1")
    back = make_run(2, 54_810, 700, 6_000, "home-1>depot")
    between = (
        (
            make_run(1, 29_610, 500, 4_000, "site-1>depot"),
            make_run(1, 53_500, 500, 4_000, "depot>site-1"),
        )
        if by_depot
        else (make_run(1, 29_610, 0, 0, "site-1>site-1"),)
    )
    return make_own_duty(am, pm, dead_runs=(out, *between, back))


def test_a_duty_by_way_of_the_depot_falls_into_pieces_of_work() -> None:
    first, second = find_pieces(make_two_route_duty(by_depot=True))
    assert (first.from_s, first.to_s, first.total_m) == (28_200, 30_110, 5_000 + 8_047 + 4_000)
    assert (second.from_s, second.to_s, second.total_m) == (
        53_500,
        55_510,
        4_000 + 8_047 + 6_000,
    )
    assert (first.n_assistants, second.n_assistants) == (1, 2)
    assert (first.n_trained_assistants, second.n_trained_assistants) == (0, 1)


def test_a_duty_without_return_is_one_piece_with_its_most_assistants() -> None:
    (piece,) = find_pieces(make_two_route_duty(by_depot=False))
    assert (piece.from_s, piece.to_s) == (28_200, 55_510)
    assert piece.total_m == 5_000 + 8_047 + 0 + 8_047 + 6_000
    assert (piece.n_assistants, piece.n_trained_assistants) == (2, 1)


def test_paid_time_has_signing_on_and_off_and_a_least_time() -> None:
    # least 2.25 h = 8 100 s; 6 900 s out plus 2 x 600 s is exactly that
    assert find_paid_s(OWN_COSTS, 0, 6_899) == 8_100
    assert find_paid_s(OWN_COSTS, 0, 6_900) == 8_100
    assert find_paid_s(OWN_COSTS, 0, 6_901) == 8_101


def test_pieces_of_work_are_paid_one_by_one() -> None:
    # Each piece is under the least time: 2.25 h.
    # Driver: 2.25 x 21.53649 = 48.457 -> 48.46 twice.
    # Assistants: 2.25 x 20.83673 = 46.883 -> 46.88; two of them 93.765 -> 93.77 (8 100 x 2 x
    # 2 083 673 / 3 600 000 = 9 376.53 pence).
    # Miles: 17 047 m x 45 000 / 1 609 344 = 476.66 -> 477; 18 047 m: 504.62 -> 505.
    lines = price(make_two_route_duty(by_depot=True))
    assert amounts(lines, CostBasis.AVOIDABLE) == {
        "driver_hours": 2 * 4_846,
        "assistant_hours": 4_688 + 9_377,
        "trained_assistant_hours": 0,
        "running": 477 + 505,
    }
    assert {line.route_id for line in lines if line.item == "driver_hours"} == {"am", "pm"}


def test_a_piece_of_several_routes_is_shared_by_them() -> None:
    # 28 200 to 55 510 is 27 310 s + 1 200 s = 28 510 s paid:
    # x 2 153 649 / 3 600 000 = 17 055.70 -> 17 056
    lines = price(make_two_route_duty(by_depot=False))
    (line,) = (line for line in lines if line.item == "driver_hours")
    assert (line.route_id, line.shared_by) == (None, ("am", "pm"))
    assert (line.quantity, line.amount_pence) == (28_510, 17_056)


def test_full_cost_adds_the_vehicle_of_the_day_and_overhead_on_direct_cost() -> None:
    # Vehicle 7 900.00 / 190 = 41.579 -> 41.58; standing 4 500.00 / 190 = 23.684 -> 23.68.
    # Direct: 96.92 + 140.65 + 0 + 9.82 + 41.58 + 23.68 = 312.65; 12 % = 37.518 -> 37.52
    lines = price(make_two_route_duty(by_depot=True))
    assert amounts(lines, CostBasis.FIXED) == {
        "vehicle": 4_158,
        "standing": 2_368,
        "overhead": 3_752,
    }
    totals = build_totals(lines)
    assert totals.cost_pence == 9_692 + 14_065 + 982
    assert totals.full_cost_pence == totals.cost_pence + 4_158 + 2_368 + 3_752


def test_idle_vehicles_cost_in_the_full_cost_all_the_same() -> None:
    vehicles = (
        Vehicle(vehicle_id="V1", vehicle_type_id="bus", depot_id="D1"),
        Vehicle(vehicle_id="V2", vehicle_type_id="bus", depot_id="D1"),
        Vehicle(vehicle_id="V3", vehicle_type_id="bus", depot_id="D1"),
        Vehicle(vehicle_id="V4", vehicle_type_id="car", depot_id="D1"),
    )
    lines = price(make_two_route_duty(by_depot=True), make_inputs(vehicles=vehicles))
    idle = {(c.note, c.item): c.amount_pence for c in lines if c.duty_id == ""}
    # two buses 83.16 and 47.36, 12 % of 130.52 = 15.6624 -> 15.66;
    # a car 1 900.00 / 190 = 10.00 and 3 800.00 / 190 = 20.00, 12 % = 3.60
    assert idle == {
        ("idle: bus", "vehicle"): 8_316,
        ("idle: bus", "standing"): 4_736,
        ("idle: bus", "overhead"): 1_566,
        ("idle: car", "vehicle"): 1_000,
        ("idle: car", "standing"): 2_000,
        ("idle: car", "overhead"): 360,
    }
    assert all(c.basis is CostBasis.FIXED for c in lines if c.duty_id == "")


def test_an_own_type_without_cost_is_named() -> None:
    duty = replace(make_two_route_duty(by_depot=True), vehicle_type_id="spaceship")
    with pytest.raises(NoRateError, match=r"'spaceship'.*duties d1"):
        price(duty)


def test_an_idle_type_without_cost_is_named() -> None:
    inputs = make_inputs(own_costs=replace(OWN_COSTS, types=()))
    with pytest.raises(NoRateError, match=r"'bus' \(own vehicles that stand idle\)"):
        price_plan(make_plan(), inputs, ON)


@settings(deadline=None)
@given(
    st.integers(600_000, 3_000_000),
    st.integers(1, 200_000),
    st.integers(600, 120_000),
)
def test_higher_pay_never_costs_less(pay_mpence: int, more: int, minutes: int) -> None:
    low = PayRate(pay_mpence_per_hour=pay_mpence, worked_minutes_per_year=minutes)
    high = replace(low, pay_mpence_per_hour=pay_mpence + more)
    extra = find_loaded_hour(low, extra_mpence_per_hour=more)
    assert find_loaded_hour(low) < find_loaded_hour(high) == extra


def test_an_electric_types_mile_costs_its_electricity_too() -> None:
    # 550 Wh at 26.1 p a kWh: 14.355 p a mile, on top of what service and tyres cost.
    electric = Electric(range_m=100_000, energy_wh_per_mile=550, charge_w=7_400)
    costs = replace(OWN_COSTS, electricity_mpence_per_kwh=26_100)
    before = find_type_rates(build_own_rates(costs, (BUS,)), BUS.vehicle_type_id)
    after = find_type_rates(
        build_own_rates(costs, (replace(BUS, electric=electric),)), BUS.vehicle_type_id
    )
    assert after.running_mpence - before.running_mpence == 14_355
    assert replace(after, running_mpence=before.running_mpence) == before
