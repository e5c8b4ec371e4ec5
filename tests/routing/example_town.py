"""The small town of the plan format's example: two children, one school, one supplier.

All drives take the same time both ways and in all periods::

              B      H1     H2     S          seconds / metres
    B         -     300    420    480         -      2 500  3 600  4 000
    H1       300     -     240    780         2 500  -      2 000  7 000
    H2       420    240     -     600         3 600  2 000  -      5 400
    S        480    780    600     -          4 000  7 000  5 400  -
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from data.fleet import Layout, Supplier, SupplierVehicles, VehicleType
from data.inputs import Inputs
from data.money import OwnCosts, PayRate, Rate, RateBasis, RateCard
from data.networks import TravelMatrix
from data.passengers import AssistantNeed, Demand, Direction, Passenger, Phase, Wheelchair
from data.places import Calendar, Home, Period, Place, Site, SiteKind
from data.plan_files import read_plan_bytes
from data.plans import Plan

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "plan-format.md"

DRIVE_S = np.array(
    [[0, 300, 420, 480], [300, 0, 240, 780], [420, 240, 0, 600], [480, 780, 600, 0]],
    dtype=np.int32,
)
DRIVE_M = np.array(
    [
        [0, 2500, 3600, 4000],
        [2500, 0, 2000, 7000],
        [3600, 2000, 0, 5400],
        [4000, 7000, 5400, 0],
    ],
    dtype=np.int32,
)
PLACE_IDS = ("B", "H1", "H2", "S")
ON = date(2026, 9, 9)
"""A Wednesday."""


def build_small_matrix() -> TravelMatrix:
    """Build the travel matrix of the example."""
    return TravelMatrix(
        place_ids=PLACE_IDS,
        duration_s=dict.fromkeys(Period, DRIVE_S),
        distance_m=dict.fromkeys(Period, DRIVE_M),
        fingerprint="small-town",
    )


def build_small_inputs() -> Inputs:
    """Build the inputs of the example: P1 walks aboard, P2 stays in a wheelchair."""
    people = (
        Passenger(
            passenger_id="P1",
            name="Ada Example",
            birth_date=date(2015, 1, 1),
            phase=Phase.PRIMARY,
        ),
        Passenger(
            passenger_id="P2",
            name="Ben Example",
            birth_date=date(2014, 1, 1),
            phase=Phase.PRIMARY,
            wheelchair=Wheelchair.STAYS,
            assistant=AssistantNeed.SHARED,
            boarding_s=180,
            alighting_s=90,
        ),
    )
    pay = PayRate(pay_mpence_per_hour=1_300_000, worked_minutes_per_year=60_000)
    return Inputs(
        place="small town",
        title="Example of the plan format",
        service_date=ON,
        year_from=ON,
        year_to=ON,
        places=tuple(
            Place(place_id=p, easting_m=590_000 + 1_000 * i, northing_m=186_000, lon=0, lat=51)
            for i, p in enumerate(PLACE_IDS)
        ),
        passengers=people,
        homes=tuple(
            Home(home_id=f"home-{i}", passenger_id=f"P{i}", place_id=f"H{i}") for i in (1, 2)
        ),
        demands=tuple(
            Demand(
                demand_id=f"{direction}-{i}",
                passenger_id=f"P{i}",
                site_id="school",
                home_id=f"home-{i}",
                direction=direction,
            )
            for i in (1, 2)
            for direction in Direction
        ),
        sites=(
            Site(
                site_id="school",
                name="School",
                kind=SiteKind.SPECIAL_SCHOOL,
                place_id="S",
                arrive_from_s=29_400,  # 08:10
                arrive_by_s=30_600,  # 08:30
                leave_from_s=54_900,  # 15:15
                leave_by_s=55_800,  # 15:30
                calendar_id="term",
            ),
        ),
        calendars=(
            Calendar(
                calendar_id="term",
                name="Term",
                first_date=ON,
                last_date=ON,
                open_dates=frozenset({ON}),
            ),
        ),
        depots=(),
        vehicle_types=(
            VehicleType(
                vehicle_type_id="wav",
                name="Accessible taxi",
                layouts=(
                    Layout(n_seats=6, n_wheelchair_spaces=0),
                    Layout(n_seats=3, n_wheelchair_spaces=1),
                ),
                has_lift=True,
                n_passenger_seats=6,
                n_places_before_adaptation=7,
            ),
        ),
        vehicles=(),
        crews=(),
        suppliers=(
            Supplier(
                supplier_id="T1",
                name="Taxis",
                vehicles=(SupplierVehicles(vehicle_type_id="wav", n_vehicles=1),),
                base_place_id="B",
            ),
        ),
        rate_cards=(
            RateCard(
                rate_card_id="R1",
                supplier_id="T1",
                valid_from=ON,
                valid_to=ON,
                rates=(Rate(basis=RateBasis.FIXED, amount_mpence=3_000_000),),
            ),
        ),
        own_costs=OwnCosts(types=(), driver=pay, assistant=pay),
        is_synthetic=True,
    )


def find_example() -> str:
    """The JSON of the format's page."""
    (example,) = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return example


def read_example() -> Plan:
    """The plan of the format's page."""
    plan = read_plan_bytes(find_example().encode())
    assert isinstance(plan, Plan)
    return plan


def with_stop(plan: Plan, route: int, stop: int, **changes: object) -> Plan:
    """The example with one stop changed."""
    (duty,) = plan.duties
    routes = list(duty.routes)
    stops = list(routes[route].stops)
    stops[stop] = replace(stops[stop], **changes)
    routes[route] = replace(routes[route], stops=tuple(stops))
    return replace(plan, duties=(replace(duty, routes=tuple(routes)),))
