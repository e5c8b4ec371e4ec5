"""Carbon of a duty by hand, its sharing to routes, and the year as its dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from costing import find_co2e_mg_per_km, measure_carbon, sum_carbon
from data.errors import ModelError
from data.fleet import Electric
from data.inputs import Inputs
from data.places import Session
from data.plans import Plan, Timetable
from reports.carbon_book import find_missing_factors
from tests.costing.builders import (
    BUS,
    CAR,
    make_duty,
    make_inputs,
    make_own_duty,
    make_plan,
    make_route,
    make_run,
)


def build_case() -> tuple[Plan, Inputs]:
    own = make_own_duty(
        make_route("am", drives=[(600, 6_000)]),
        make_route("pm", Session.PM, start_s=54_000, drives=[(600, 5_000)]),
        duty_id="d2",
        dead_runs=(
            make_run(0, 28_400, 400, 3_000, "depot>home-1"),
            make_run(1, 29_600, 400, 1_000, "site-1>depot"),
            make_run(1, 53_600, 400, 1_001, "depot>site-1"),
            make_run(2, 55_000, 400, 2_000, "home-1>depot"),
        ),
    )
    plan = make_plan(make_duty(make_route("r1", drives=[(600, 8_047)])), own)
    types = (replace(CAR, co2e_g_per_km=170), replace(BUS, co2e_g_per_km=340))
    return plan, make_inputs(vehicle_types=types)


def test_a_duty_by_hand() -> None:
    # Car 8.047 km at 170 g: 1 367.99 -> 1 368 g. Bus 18.001 km at 340 g: 6 120.34 -> 6 120 g,
    # over 10 000 m (6 000 loaded, 3 000 out, 1 000 back) and 8 001 m: 3 399.8 and 2 720.2.
    plan, inputs = build_case()
    rows = measure_carbon(plan, inputs)
    assert [(r.route_id, r.total_m, r.co2e_g) for r in rows] == [
        ("r1", 8_047, 1_368),
        ("am", 10_000, 3_400),
        ("pm", 8_001, 2_720),
    ]


def test_providers_are_their_routes_and_the_year_its_dates() -> None:
    plan, inputs = build_case()
    dates = [
        date(2026, 9, 16),
        date(2026, 9, 23),
        date(2027, 9, 15),
    ]  # the last beyond the year
    timetable = Timetable(
        timetable_id="t",
        plans=(plan,),
        dates=tuple((on, plan.day_type.day_type_id) for on in dates),
    )
    own, bought = sum_carbon(plan, inputs, timetable)
    assert (own.provider_id, own.co2e_g, own.year_co2e_g) == ("own", 6_120, 12_240)
    assert (bought.provider_id, bought.co2e_g, bought.year_co2e_g) == ("sup", 1_368, 2_736)
    assert sum_carbon(plan, inputs)[0].year_co2e_g is None


def test_a_type_without_a_factor_is_named() -> None:
    plan, inputs = build_case()
    blank = replace(inputs, vehicle_types=(CAR, inputs.vehicle_types[1]))
    assert find_missing_factors(measure_carbon(plan, blank), blank) == ("car",)


def test_an_unknown_type_is_refused() -> None:
    plan, inputs = build_case()
    with pytest.raises(ModelError, match="'car'"):
        measure_carbon(plan, replace(inputs, vehicle_types=inputs.vehicle_types[1:]))


def test_an_electric_vehicle_emits_what_its_electricity_does() -> None:
    # 600 Wh a mile at 196 g a kWh: 117.6 g a mile, so 73.073 g/km (73 073 mg, half up). Over
    # the car's 8.047 km: 588.02 -> 588 g.
    plan, inputs = build_case()
    electric = Electric(range_m=100_000, energy_wh_per_mile=600, charge_w=7_400)
    car = replace(CAR, co2e_g_per_km=0, electric=electric)
    inputs = replace(inputs, vehicle_types=(car, *inputs.vehicle_types[1:]))
    assert find_co2e_mg_per_km(car, inputs.own_costs) == 73_073
    assert measure_carbon(plan, inputs)[0].co2e_g == 588
