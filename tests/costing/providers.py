"""A small day for choices of provider: eight routes, two suppliers, two own minibuses."""

from __future__ import annotations

from data.fleet import Crew, CrewRole, SupplierVehicles, Vehicle
from data.inputs import Inputs
from data.money import RateBasis
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Plan
from tests.costing.builders import (
    make_card,
    make_duty,
    make_inputs,
    make_plan,
    make_route,
    make_supplier,
    rate,
)
from tests.costing.test_alternatives import make_matrix

AM_STARTS = (27_000, 28_200, 28_800, 30_600)
PM_STARTS = (54_000, 54_000, 55_800, 57_000)


def build_case() -> tuple[Plan, Inputs, TravelMatrix]:
    """Build a plan that buys every route, with a market and an own fleet beside it."""
    out = [
        make_route(f"am{i}", start_s=s, passenger_ids=(f"p{i + 1}",))
        for i, s in enumerate(AM_STARTS)
    ]
    home = [
        make_route(f"pm{i}", Session.PM, start_s=s, passenger_ids=(f"p{i + 1}",))
        for i, s in enumerate(PM_STARTS)
    ]
    duties = [
        make_duty(
            a,
            b,
            duty_id=f"d{i}",
            provider_id=f"s{i % 2}",
            rate_card_id=f"card-s{i % 2}",
        )
        for i, (a, b) in enumerate(zip(out, home, strict=True))
    ]
    both = frozenset({Session.AM, Session.PM})
    cards = [
        make_card(
            rate(RateBasis.FIXED, 2_900_000),
            rate(RateBasis.LOADED_MILE, 110_000),
            rate_card_id="card-s0",
            supplier_id="s0",
        ),
        make_card(
            rate(RateBasis.FIXED, 4_400_000),
            rate(RateBasis.DAY_PAIR, 6_100_000, sessions=both),
            rate_card_id="card-s1",
            supplier_id="s1",
        ),
    ]
    suppliers = [
        make_supplier(
            supplier_id=f"s{i}",
            vehicles=(SupplierVehicles(vehicle_type_id="car", n_vehicles=9),),
        )
        for i in range(2)
    ]
    inputs = make_inputs(
        cards=cards,
        suppliers=suppliers,
        vehicles=tuple(
            Vehicle(vehicle_id=f"V{n}", vehicle_type_id="bus", depot_id="D1") for n in (1, 2)
        ),
        crews=tuple(
            Crew(
                crew_id=f"C{n}",
                role=CrewRole.DRIVER,
                depot_id="D1",
                has_d1=True,
                has_cpc=True,
            )
            for n in range(6)
        ),
    )
    return make_plan(*duties), inputs, make_matrix()
