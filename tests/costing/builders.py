"""A small council for tests of money: a supplier, an own depot, two sites, made-up people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from data.fleet import (
    Crew,
    CrewRole,
    Layout,
    Supplier,
    SupplierVehicles,
    Vehicle,
    VehicleType,
)
from data.inputs import Inputs
from data.money import OwnCosts, OwnTypeCost, PayRate, Rate, RateBasis, RateCard
from data.passengers import Passenger, Phase
from data.places import Calendar, Depot, Place, Session, Site, SiteKind, Week
from data.plans import DayType, DeadRun, Duty, Plan, Route, Stop
from data.policy import Policy

ON = date(2026, 9, 16)
FIRST, LAST = date(2026, 9, 1), date(2027, 8, 31)

CAR = VehicleType(
    vehicle_type_id="car",
    name="Car",
    layouts=(Layout(n_seats=4, n_wheelchair_spaces=0),),
    has_lift=False,
    n_passenger_seats=4,
    n_places_before_adaptation=5,
)
BUS = VehicleType(
    vehicle_type_id="bus",
    name="Minibus with a lift",
    layouts=(
        Layout(n_seats=16, n_wheelchair_spaces=0),
        Layout(n_seats=10, n_wheelchair_spaces=2),
    ),
    has_lift=True,
    n_passenger_seats=16,
    n_places_before_adaptation=17,
)

PLACES = ("depot", "base", "home-1", "home-2", "home-3", "site-1", "site-2")


def make_place(place_id: str, easting_m: int, northing_m: int) -> Place:
    return Place(
        place_id=place_id, easting_m=easting_m, northing_m=northing_m, lon=0.7, lat=51.5
    )


def make_passenger(passenger_id: str, **fields: Any) -> Passenger:
    return Passenger(
        passenger_id=passenger_id,
        name="Made Up",
        birth_date=date(2017, 1, 1),
        phase=Phase.PRIMARY,
        **fields,
    )


def make_site(site_id: str, place_id: str, dwell_s: int = 120) -> Site:
    return Site(
        site_id=site_id,
        name=site_id,
        kind=SiteKind.SPECIAL_SCHOOL,
        place_id=place_id,
        arrive_from_s=30_000,
        arrive_by_s=32_400,
        leave_from_s=54_000,
        leave_by_s=56_000,
        calendar_id="term",
        dwell_s=dwell_s,
    )


def make_supplier(**fields: Any) -> Supplier:
    given: dict[str, Any] = {
        "supplier_id": "sup",
        "name": "Supplier",
        "vehicles": (
            SupplierVehicles(vehicle_type_id="car", n_vehicles=3),
            SupplierVehicles(vehicle_type_id="bus", n_vehicles=2),
        ),
        "base_place_id": "base",
        "has_psv_licence": True,
        "n_trained_assistants": 2,
    }
    return Supplier(**(given | fields))


def make_card(*rates: Rate, **fields: Any) -> RateCard:
    given: dict[str, Any] = {
        "rate_card_id": "card",
        "supplier_id": "sup",
        "valid_from": FIRST,
        "valid_to": LAST,
    }
    return RateCard(rates=rates, **(given | fields))


def rate(basis: RateBasis, amount_mpence: int, **fields: Any) -> Rate:
    return Rate(basis=basis, amount_mpence=amount_mpence, **fields)


OWN_COSTS = OwnCosts(
    types=(
        OwnTypeCost(
            vehicle_type_id="car",
            running_mpence=25_000,
            vehicle_pence_per_year=190_000,
            standing_pence_per_year=380_000,
        ),
        OwnTypeCost(
            vehicle_type_id="bus",
            running_mpence=45_000,
            vehicle_pence_per_year=790_000,
            standing_pence_per_year=450_000,
        ),
    ),
    driver=PayRate(pay_mpence_per_hour=1_347_000, worked_minutes_per_year=52_650),
    assistant=PayRate(pay_mpence_per_hour=1_305_000, worked_minutes_per_year=52_650),
)


def make_inputs(
    cards: Sequence[RateCard] = (),
    suppliers: Sequence[Supplier] | None = None,
    **fields: Any,
) -> Inputs:
    given: dict[str, Any] = {
        "place": "test",
        "title": "Test",
        "service_date": ON,
        "year_from": FIRST,
        "year_to": LAST,
        "places": tuple(
            make_place(place_id, 1_000 * i, 500 * i * i) for i, place_id in enumerate(PLACES)
        ),
        "passengers": tuple(make_passenger(f"p{i}") for i in range(1, 9)),
        "homes": (),
        "demands": (),
        "sites": (make_site("s1", "site-1"), make_site("s2", "site-2")),
        "calendars": (
            Calendar(
                calendar_id="term",
                name="Term",
                first_date=FIRST,
                last_date=LAST,
                open_dates=frozenset({ON}),
            ),
        ),
        "depots": (Depot(depot_id="D1", name="Depot", place_id="depot"),),
        "vehicle_types": (CAR, BUS),
        "vehicles": (Vehicle(vehicle_id="V1", vehicle_type_id="bus", depot_id="D1"),),
        "crews": (
            Crew(crew_id="C1", role=CrewRole.DRIVER, depot_id="D1", has_d1=True, has_cpc=True),
            Crew(crew_id="C2", role=CrewRole.DRIVER, depot_id="D1", has_d1=True),
            Crew(crew_id="C3", role=CrewRole.ASSISTANT, depot_id="D1"),
            Crew(
                crew_id="C4", role=CrewRole.ASSISTANT, depot_id="D1", is_medically_trained=True
            ),
        ),
        "suppliers": (make_supplier(),) if suppliers is None else tuple(suppliers),
        "rate_cards": tuple(cards),
        "own_costs": OWN_COSTS,
        "policy": Policy(),
    }
    return Inputs(**(given | fields))


def make_route(
    route_id: str = "r1",
    session: Session = Session.AM,
    *,
    start_s: int = 28_800,
    drives: Sequence[tuple[int, int]] = ((600, 8_047),),
    passenger_ids: Sequence[str] = ("p1",),
    **fields: Any,
) -> Route:
    """Make a route from one home to one site, or back, by way of more homes for more drives.

    Each drive is ([s], [m]). Boarding takes 60 s, alighting 30 s a passenger, dwell is 120 s.
    Passengers board at the homes in turn, the rest at the last.
    """
    n_homes = len(drives)
    groups: list[tuple[str, ...]] = [(p,) for p in passenger_ids[: n_homes - 1]]
    groups.append(tuple(passenger_ids[n_homes - 1 :]))
    everybody = tuple(passenger_ids)
    stops: list[Stop] = []
    if session.is_homeward:
        leave_s = start_s + 120 + 60 * len(everybody)
        stops.append(
            Stop(
                place_id="site-1",
                site_id="s1",
                arrive_s=start_s,
                leave_s=leave_s,
                boarding=everybody,
            )
        )
        for i, ((drive_s, drive_m), group) in enumerate(zip(drives, groups, strict=True)):
            arrive_s = leave_s + drive_s
            leave_s = arrive_s + 30 * len(group)
            stops.append(
                Stop(
                    place_id=f"home-{i + 1}",
                    site_id=None,
                    arrive_s=arrive_s,
                    leave_s=leave_s,
                    alighting=group,
                    drive_s=drive_s,
                    drive_m=drive_m,
                )
            )
    else:
        arrive_s, before = start_s, (0, 0)
        for i, group in enumerate(groups):
            leave_s = arrive_s + 60 * len(group)
            stops.append(
                Stop(
                    place_id=f"home-{i + 1}",
                    site_id=None,
                    arrive_s=arrive_s,
                    leave_s=leave_s,
                    boarding=group,
                    drive_s=before[0],
                    drive_m=before[1],
                )
            )
            before = drives[i]
            arrive_s = leave_s + before[0]
        stops.append(
            Stop(
                place_id="site-1",
                site_id="s1",
                arrive_s=arrive_s,
                leave_s=arrive_s + 120 + 30 * len(everybody),
                alighting=everybody,
                drive_s=before[0],
                drive_m=before[1],
            )
        )
    given: dict[str, Any] = {"layout": Layout(n_seats=4, n_wheelchair_spaces=0)}
    return Route(route_id=route_id, session=session, stops=tuple(stops), **(given | fields))


def make_run(
    before_route: int, depart_s: int, drive_s: int, drive_m: int, ends: str = "base>home-1"
) -> DeadRun:
    from_id, to_id = ends.split(">")
    return DeadRun(
        from_place_id=from_id,
        to_place_id=to_id,
        depart_s=depart_s,
        arrive_s=depart_s + drive_s,
        drive_m=drive_m,
        before_route=before_route,
    )


def make_duty(*routes: Route, **fields: Any) -> Duty:
    given: dict[str, Any] = {
        "duty_id": "d1",
        "provider_id": "sup",
        "vehicle_type_id": "car",
        "base_place_id": "base",
        "rate_card_id": "card",
    }
    return Duty(routes=routes, **(given | fields))


def make_own_duty(*routes: Route, **fields: Any) -> Duty:
    given: dict[str, Any] = {
        "provider_id": "own",
        "vehicle_type_id": "bus",
        "base_place_id": "depot",
        "rate_card_id": None,
        "vehicle_id": "V1",
    }
    return make_duty(*routes, **(given | fields))


DAY_TYPE = DayType(
    day_type_id="wed-a-term", weekday=2, week=Week.A, open_calendar_ids=frozenset({"term"})
)


def make_plan(*duties: Duty, **fields: Any) -> Plan:
    given: dict[str, Any] = {
        "plan_id": "plan",
        "place": "test",
        "day_type": DAY_TYPE,
        "service_date": ON,
    }
    return Plan(duties=duties, **(given | fields))
