"""Each route as bought and as own fleet, by hand; who may serve a route and who may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from costing import build_totals, price_alternatives, price_plan
from data.errors import ModelError
from data.fleet import Supplier, SupplierVehicles, Vehicle
from data.inputs import Inputs
from data.money import RateBasis, RateCard
from data.networks import TravelMatrix
from data.passengers import Wheelchair
from data.places import Depot, Period, Session
from data.plans import Duty, Lock, LockKind, Plan
from data.policy import Policy
from data.runs import RouteAlternatives
from tests.costing.builders import (
    ON,
    PLACES,
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

FIXED = rate(RateBasis.FIXED, 1_000_000)
DEPOT, BASE = "depot", "base"


def make_matrix(**metres: int) -> TravelMatrix:
    """A matrix where every drive is 4 000 m unless named ``from__to``, at 10 m/s."""
    ids = tuple(sorted(PLACES))
    distance = np.full((len(ids), len(ids)), 4_000, np.int32)
    for name, value in metres.items():
        a, b = (part.replace("_", "-") for part in name.split("__"))
        distance[ids.index(a), ids.index(b)] = value
    np.fill_diagonal(distance, 0)
    duration = np.where(distance < 0, -1, distance // 10).astype(np.int32)
    return TravelMatrix(
        place_ids=ids,
        duration_s=dict.fromkeys(Period, duration),
        distance_m=dict.fromkeys(Period, distance),
    )


MATRIX = make_matrix()


def make_market(*fixed_pence: int, **fields: Any) -> tuple[list[RateCard], list[Supplier]]:
    """Suppliers s0, s1, ... that differ in their fixed charge alone."""
    ids = [f"s{i}" for i in range(len(fixed_pence))]
    return (
        [
            make_card(rate(RateBasis.FIXED, 1_000 * p), rate_card_id=f"card-{i}", supplier_id=i)
            for i, p in zip(ids, fixed_pence, strict=True)
        ],
        [make_supplier(supplier_id=i, **fields) for i in ids],
    )


def find(
    duty: Duty | Plan, inputs: Inputs, matrix: TravelMatrix = MATRIX
) -> tuple[RouteAlternatives, ...]:
    plan = duty if isinstance(duty, Plan) else make_plan(duty)
    return price_alternatives(plan, inputs, matrix, ON)


DUTY = make_duty(make_route("r1"), provider_id="s0", rate_card_id="card-s0")


def find_bought(cards: Sequence[RateCard], suppliers: Sequence[Supplier], **fields: Any) -> str:
    """The cheapest supplier of one route, '' for none; the planned one is not asked for."""
    own = make_own_duty(
        make_route("r1", **fields.pop("route", {})), dead_runs=fields.pop("dead_runs", ())
    )
    (row,) = find(own, make_inputs(cards=cards, suppliers=suppliers, **fields))
    return row.bought_provider_id


def test_the_cheapest_rate_card_that_can_serve_is_named() -> None:
    cards, suppliers = make_market(3_000, 1_500, 2_000)
    (row,) = find(DUTY, make_inputs(cards=cards, suppliers=suppliers))
    assert (row.planned_pence, row.n_rate_cards) == (3_000, 3)
    assert (row.bought_pence, row.bought_provider_id, row.bought_rate_card_id) == (
        1_500,
        "s1",
        "card-s1",
    )
    assert row.bought_vehicle_type_id == "bus"  # same price in both types: the smaller id


def test_equal_prices_go_to_the_smaller_supplier_id() -> None:
    cards, suppliers = make_market(2_000, 2_000)
    assert find_bought(cards, suppliers[::-1]) == "s0"


def test_dead_miles_from_the_suppliers_base_are_in_the_price() -> None:
    # 10.00 + (1 609 m out + 3 219 m back = 4 828 m) at 1.00 a mile: 3.00
    cards = [make_card(FIXED, rate(RateBasis.DEAD_MILE, 100_000))]
    matrix = make_matrix(base__home_1=1_609, site_1__base=3_219)
    (row,) = find(make_own_duty(make_route("r1")), make_inputs(cards=cards), matrix)
    assert row.bought_pence == 1_300


def test_vat_counts_as_in_the_plan() -> None:
    # by car 10.00 + 20 %; by bus 10.00 zero-rated
    inputs = make_inputs(cards=[make_card(FIXED)], policy=Policy(is_vat_recovered=False))
    (row,) = find(make_duty(make_route("r1")), inputs)
    assert (row.planned_pence, row.bought_pence) == (1_200, 1_000)
    assert row.bought_vehicle_type_id == "bus"


def test_a_barred_or_locked_out_supplier_is_not_asked() -> None:
    cards, suppliers = make_market(1_000, 2_000)
    barred = make_passenger("p1", barred_suppliers=frozenset({"s0"}))
    assert find_bought(cards, suppliers, passengers=(barred,)) == "s1"
    lock = Lock(
        lock_id="L",
        kind=LockKind.PASSENGER_NOT_WITH_SUPPLIER,
        passenger_id="p1",
        target_id="s0",
    )
    assert find_bought(cards, suppliers, locks=(lock,)) == "s1"
    assert find_bought(cards, suppliers, locks=(replace(lock, session=Session.AM),)) == "s1"
    assert find_bought(cards, suppliers, locks=(replace(lock, session=Session.PM),)) == "s0"


def test_the_load_must_fit_a_layout() -> None:
    cards, suppliers = make_market(
        1_000, vehicles=(SupplierVehicles(vehicle_type_id="car", n_vehicles=1),)
    )
    four = {"passenger_ids": ("p1", "p2", "p3", "p4")}
    five = {"passenger_ids": ("p1", "p2", "p3", "p4", "p5")}
    assert find_bought(cards, suppliers, route=four) == "s0"
    assert find_bought(cards, suppliers, route=five) == ""
    assert find_bought(cards, suppliers, route=four | {"n_assistants": 1}) == ""


def test_a_wheelchair_needs_a_lift_and_a_space() -> None:
    held = tuple(SupplierVehicles(vehicle_type_id=t, n_vehicles=1) for t in ("car", "bus"))
    cards, suppliers = make_market(1_000, vehicles=held[:1])
    for fields in ({"wheelchair": Wheelchair.STAYS}, {"needs_lift": True}):
        people = (make_passenger("p1", **fields),)
        assert find_bought(cards, suppliers, passengers=people) == ""
        with_bus = [replace(suppliers[0], vehicles=held)]
        assert find_bought(cards, with_bus, passengers=people) == "s0"
    three = tuple(make_passenger(f"p{i}", wheelchair=Wheelchair.STAYS) for i in range(1, 4))
    route = {"passenger_ids": ("p1", "p2", "p3")}
    assert find_bought(cards, with_bus, passengers=three, route=route) == ""


def test_licence_assistants_and_area_are_asked_for() -> None:
    held = (SupplierVehicles(vehicle_type_id="bus", n_vehicles=1),)
    cards, (supplier,) = make_market(1_000, vehicles=held)
    assert find_bought(cards, [supplier]) == "s0"
    assert find_bought(cards, [replace(supplier, has_psv_licence=False)]) == ""
    trained = {"n_assistants": 2, "n_trained_assistants": 2}
    assert find_bought(cards, [supplier], route=trained) == "s0"
    assert find_bought(cards, [replace(supplier, n_trained_assistants=1)], route=trained) == ""
    assert find_bought(cards, [replace(supplier, n_assistants=1)], route=trained) == ""
    # home-1 lies at (2 000, 2 000), site-1 at (5 000, 12 500): 10 920 m apart
    near = replace(supplier, area_centre_place_id="home-1", area_radius_m=10_920)
    assert find_bought(cards, [near]) == ""
    assert find_bought(cards, [replace(near, area_radius_m=10_921)]) == "s0"


def test_nobody_to_buy_from_is_said() -> None:
    (row,) = find(make_own_duty(make_route("r1")), make_inputs())
    assert (row.bought_pence, row.bought_provider_id, row.n_rate_cards) == (None, "", 0)


def test_a_session_without_a_price_is_no_offer() -> None:
    evening = frozenset({Session.PM})
    cards = [make_card(replace(FIXED, sessions=evening))]
    (row,) = find(make_own_duty(make_route("r1")), make_inputs(cards=cards))
    assert row.bought_pence is None


def test_a_day_rate_is_offered_to_the_two_routes_it_would_join() -> None:
    # 60.00 by 1 000 : 2 000 m loaded, with assistants of 4.00 each in: 68.00
    card = make_card(rate(RateBasis.DAY_PAIR, 6_000_000), rate(RateBasis.ASSISTANT, 400_000))
    duty = make_own_duty(
        make_route("am", drives=[(300, 1_000)], n_assistants=1),
        make_route("am-2", start_s=31_000),
        make_route("pm", Session.PM, start_s=54_000, drives=[(300, 2_000)], n_assistants=1),
    )
    rows = find(duty, make_inputs(cards=[card]))
    assert [row.bought_pence for row in rows] == [2_267, None, 4_533]


def test_a_day_rate_is_no_offer_where_one_of_its_two_routes_cannot_be_served() -> None:
    card = make_card(rate(RateBasis.DAY_PAIR, 6_000_000))
    duty = make_own_duty(make_route("am"), make_route("pm", Session.PM, passenger_ids=("p2",)))
    barred = make_passenger("p2", barred_suppliers=frozenset({"sup"}))
    inputs = make_inputs(cards=[card], passengers=(make_passenger("p1"), barred))
    assert [row.bought_pence for row in find(duty, inputs)] == [None, None]


def test_a_card_without_a_day_rate_prices_each_route_of_a_pair() -> None:
    duty = make_own_duty(make_route("am"), make_route("pm", Session.PM))
    rows = find(duty, make_inputs(cards=[make_card(FIXED)]))
    assert [row.bought_pence for row in rows] == [1_000, 1_000]


def test_own_fleet_runs_from_the_nearest_depot_with_a_vehicle_that_fits() -> None:
    # Far depot 4 000 m out and back; near one 1 000 m out, 2 000 m back: 100 s and 200 s.
    # Piece 810 + 300 + 1 200 s, paid the least 2.25 h: 48.46. Miles 8 047 + 3 000 = 11 047 m
    # at 0.45: 308.89 -> 3.09. Avoidable 51.55.
    # Half a vehicle's day: (41.58 + 23.68) / 2 = 32.63; direct 84.18; 12 % 10.10 -> 94.28
    vehicles = tuple(
        Vehicle(vehicle_id=f"V{i}", vehicle_type_id="bus", depot_id=d)
        for i, d in enumerate(("D1", "D2"))
    )
    depots = (
        Depot(depot_id="D1", name="Far", place_id="depot"),
        Depot(depot_id="D2", name="Near", place_id="base"),
    )
    cards, suppliers = make_market(3_000)
    inputs = make_inputs(cards=cards, suppliers=suppliers, vehicles=vehicles, depots=depots)
    matrix = make_matrix(base__home_1=1_000, site_1__base=2_000)
    (row,) = find(DUTY, inputs, matrix)
    assert (row.own_depot_id, row.own_vehicle_type_id) == ("D2", "bus")
    assert (row.own_avoidable_pence, row.own_full_pence) == (5_155, 9_428)


def test_own_fleet_takes_the_type_that_costs_least_in_full() -> None:
    # a car costs 10.00 + 20.00 a day and 0.25 a mile, a bus 41.58 + 23.68 and 0.45
    vehicles = tuple(
        Vehicle(vehicle_id=t, vehicle_type_id=t, depot_id="D1") for t in ("bus", "car")
    )
    cards, suppliers = make_market(3_000)
    inputs = make_inputs(cards=cards, suppliers=suppliers, vehicles=vehicles)
    (row,) = find(DUTY, inputs)
    assert row.own_vehicle_type_id == "car"
    lift = replace(inputs, passengers=(make_passenger("p1", needs_lift=True),))
    (row,) = find(DUTY, lift)
    assert row.own_vehicle_type_id == "bus"


def test_own_fleet_that_is_barred_cut_off_or_too_small_is_no_alternative() -> None:
    cards, suppliers = make_market(3_000)
    inputs = make_inputs(cards=cards, suppliers=suppliers)
    assert find(DUTY, inputs)[0].own_full_pence is not None
    barred = make_passenger("p1", barred_suppliers=frozenset({"own"}))
    for changed, matrix in (
        (replace(inputs, passengers=(barred,)), MATRIX),
        (inputs, make_matrix(depot__home_1=-1)),
        (inputs, make_matrix(site_1__depot=-1)),
        (replace(inputs, vehicles=()), MATRIX),
    ):
        (row,) = find(DUTY, changed, matrix)
        assert (row.own_full_pence, row.own_depot_id) == (None, "")


def test_a_depot_at_the_door_is_reached_in_no_time() -> None:
    # no dead miles at all: 8 047 m at 0.45 = 2.25 and 48.46 for the least paid time
    cards, suppliers = make_market(3_000)
    inputs = make_inputs(cards=cards, suppliers=suppliers)
    (row,) = find(DUTY, inputs, make_matrix(depot__home_1=0, site_1__depot=0))
    assert row.own_avoidable_pence == 4_846 + 225


def test_a_supplier_with_no_road_from_its_base_cannot_charge_dead_miles() -> None:
    cards = [make_card(FIXED, rate(RateBasis.DEAD_MILE, 100_000))]
    (row,) = find(
        make_own_duty(make_route("r1")), make_inputs(cards=cards), make_matrix(base__home_1=-1)
    )
    assert row.bought_pence is None


def test_unknown_people_and_places_are_named_together() -> None:
    cards, suppliers = make_market(3_000)
    inputs = make_inputs(cards=cards, suppliers=suppliers)
    route = make_route("r1", passenger_ids=("p1", "ghost"))
    moved = replace(
        route, stops=(replace(route.stops[0], place_id="nowhere"), *route.stops[1:])
    )
    with pytest.raises(ModelError, match="'plan' needs what is not there: ghost, nowhere"):
        find(make_own_duty(moved), inputs)
    known = replace(inputs, places=inputs.places[1:])
    with pytest.raises(ModelError, match="not there: depot"):
        find(DUTY, known)


def test_planned_costs_of_the_rows_add_up_to_the_plan() -> None:
    own = make_own_duty(
        make_route("r2"),
        make_route("r3", start_s=31_000),
        duty_id="d2",
        dead_runs=(
            make_run(0, 28_200, 600, 5_000, "depot>home-1"),
            make_run(1, 29_610, 0, 0, "site-1>home-1"),
            make_run(2, 31_810, 500, 4_000, "site-1>depot"),
        ),
    )
    plan = make_plan(make_duty(make_route("r1")), own)
    inputs = make_inputs(cards=[make_card(FIXED)])
    rows = find(plan, inputs)
    totals = build_totals(price_plan(plan, inputs, ON))
    assert [row.route_id for row in rows] == ["r1", "r2", "r3"]
    assert sum(row.planned_pence for row in rows) == totals.cost_pence
    assert sum(row.planned_full_pence for row in rows) == totals.full_cost_pence


def test_a_route_bought_as_planned_is_never_dearer_than_its_plan() -> None:
    # The planned supplier is among those asked; without dead miles its price is the same.
    cards, suppliers = make_market(2_345)
    (row,) = find(DUTY, make_inputs(cards=cards, suppliers=suppliers))
    assert row.bought_pence == row.planned_pence == 2_345


@pytest.mark.parametrize("field", ["own_avoidable_pence", "own_full_pence"])
def test_raising_own_pay_never_lowers_the_own_price(field: str) -> None:
    cards, suppliers = make_market(3_000)
    inputs = make_inputs(cards=cards, suppliers=suppliers)
    driver = replace(inputs.own_costs.driver, pay_mpence_per_hour=1_500_000)
    dearer = replace(inputs, own_costs=replace(inputs.own_costs, driver=driver))
    assert getattr(find(DUTY, dearer)[0], field) > getattr(find(DUTY, inputs)[0], field)
