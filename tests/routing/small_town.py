"""A town small enough to count by hand, as inputs, matrix and cost model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from data.costs import CostModel
from data.demand import Traveller
from data.fleet import Layout, Supplier, SupplierVehicles, Vehicle, VehicleType
from data.inputs import Inputs
from data.money import OwnCosts, PayRate
from data.networks import TravelMatrix
from data.passengers import Passenger, Phase
from data.places import Depot, Home, Period, Place, Session, Site, SiteKind, Week
from data.plans import DayType
from routing.problem import SessionProblem
from routing.problem_building import build_session_problem

ON = date(2026, 11, 23)
DAY_TYPE = DayType(
    day_type_id="mon-a-term", weekday=0, week=Week.A, open_calendar_ids=frozenset({"term"})
)
# Places on a line, 1 minute and 600 m apart; one minute more each way in the afternoon.
LINE = ("base", "home-a", "home-b", "home-c", "corner", "school-1", "school-2")


def make_passenger(passenger_id: str, **values: Any) -> Passenger:
    """A passenger of nine years with nothing special."""
    born = {"birth_date": date(2017, 1, 1), "phase": Phase.PRIMARY}
    return Passenger(passenger_id=passenger_id, name=passenger_id.title(), **{**born, **values})


def make_inputs(
    *passengers: Passenger, homes: dict[str, Home] | None = None, **values: Any
) -> Inputs:
    """Three homes and two schools; passenger a lives at home-a, and so on."""
    places = tuple(
        Place(place_id=p, easting_m=600 * i, northing_m=0, lon=0.0, lat=0.0)
        for i, p in enumerate(LINE)
    )
    people = passengers or tuple(make_passenger(p) for p in "abc")
    given = homes or {}
    all_homes = tuple(
        given.get(
            p.passenger_id,
            Home(
                home_id=f"h-{p.passenger_id}",
                passenger_id=p.passenger_id,
                place_id=f"home-{p.passenger_id[0]}",
            ),
        )
        for p in people
    )
    sites = tuple(
        Site(
            site_id=f"school-{j}",
            name=f"School {j}",
            kind=SiteKind.SCHOOL,
            place_id=f"school-{j}",
            arrive_from_s=30_600,
            arrive_by_s=31_500,
            leave_from_s=55_800,
            leave_by_s=56_700,
            calendar_id="term",
        )
        for j in (1, 2)
    )
    types = (
        VehicleType(
            vehicle_type_id="car",
            name="Car",
            layouts=(Layout(n_seats=4, n_wheelchair_spaces=0),),
            has_lift=False,
            n_passenger_seats=4,
            n_places_before_adaptation=5,
        ),
        VehicleType(
            vehicle_type_id="bus",
            name="Minibus",
            layouts=(
                Layout(n_seats=12, n_wheelchair_spaces=0),
                Layout(n_seats=8, n_wheelchair_spaces=2),
            ),
            has_lift=True,
            n_passenger_seats=12,
            n_places_before_adaptation=13,
        ),
    )
    base: dict[str, Any] = {
        "place": "line",
        "title": "A line",
        "service_date": ON,
        "year_from": ON,
        "year_to": ON,
        "places": places,
        "passengers": people,
        "homes": all_homes,
        "demands": (),
        "sites": sites,
        "calendars": (),
        "depots": (Depot(depot_id="d", name="Depot", place_id="base"),),
        "vehicle_types": types,
        "vehicles": (Vehicle(vehicle_id="v1", vehicle_type_id="bus", depot_id="d"),),
        "crews": (),
        "suppliers": (
            Supplier(
                supplier_id="cabs",
                name="Cabs",
                vehicles=(SupplierVehicles(vehicle_type_id="car", n_vehicles=9),),
            ),
        ),
        "rate_cards": (),
        "own_costs": OwnCosts(
            types=(),
            driver=PayRate(pay_mpence_per_hour=1_200_000, worked_minutes_per_year=100_000),
            assistant=PayRate(pay_mpence_per_hour=1_200_000, worked_minutes_per_year=100_000),
        ),
    }
    return Inputs(**{**base, **values})


def make_matrix() -> TravelMatrix:
    """Times and distances along the line: a minute and 600 m a step, dearer towards base."""
    at = np.arange(len(LINE))
    steps = np.abs(at[:, None] - at[None, :]).astype(np.int32)
    order = np.argsort(LINE)
    ids = tuple(LINE[i] for i in order)
    cut = np.ix_(order, order)
    back = (at[:, None] > at[None, :]).astype(np.int32)
    morning = 60 * steps + 5 * back
    return TravelMatrix(
        place_ids=ids,
        duration_s={
            Period.MORNING_PEAK: morning[cut].astype(np.int32),
            Period.INTER_PEAK: (50 * steps)[cut].astype(np.int32),
            Period.AFTERNOON_PEAK: (morning + 10 * steps)[cut].astype(np.int32),
            Period.FREE_FLOW: (40 * steps)[cut].astype(np.int32),
        },
        distance_m={period: (600 * steps)[cut].astype(np.int32) for period in Period},
        walks=(("home-a", "corner", 900),),
    )


def make_cost_model(**values: Any) -> CostModel:
    """Two offers: the own minibus from the base, and a cab without a base.

    Own: driver 18 pounds an hour, assistant 15, trained 1 more, 0.40 a mile, 10 minutes'
    sign-on at each end, at least 1 hour paid. Cab: 5 pounds, 2.00 a mile, 12 an hour, 8 for an
    assistant.
    """

    def both(own: int, cab: int) -> Any:
        return np.array([own, cab], dtype=np.int64)

    def sessions(cab: int) -> Any:
        return np.array([[0] * 4, [cab] * 4], dtype=np.int64)

    base: dict[str, Any] = {
        "offer_ids": ("own/bus/base", "cabs/car/"),
        "provider_ids": ("own", "cabs"),
        "vehicle_type_ids": ("bus", "car"),
        "rate_card_ids": ("", "card"),
        "base_place_ids": ("base", ""),
        "area_place_ids": ("", ""),
        "area_radius_m": both(-1, -1),
        "is_own": np.array([True, False]),
        "has_lift": np.array([True, False]),
        "can_train": np.array([True, False]),
        "layout_seats": np.array([[12, 8], [4, -1]], dtype=np.int32),
        "layout_spaces": np.array([[0, 2], [0, -1]], dtype=np.int32),
        "n_vehicles": both(1, 9),
        "fixed_pence": sessions(500),
        "band_to_m": np.full((2, 4, 1), 1_000_000_000, dtype=np.int64),
        "band_mpence": np.array([[[0]] * 4, [[200_000]] * 4], dtype=np.int64),
        "dead_mpence": sessions(0),
        "hour_mpence": sessions(1_200_000),
        "waiting_mpence": sessions(0),
        "minimum_pence": sessions(0),
        "assistant_pence": sessions(800),
        "assistant_hour_mpence": sessions(0),
        "trained_pence": sessions(0),
        "day_pair_pence": both(-1, -1),
        "day_included_m": both(1_000_000_000, 1_000_000_000),
        "day_excess_mpence": both(0, 0),
        "vat_bp": both(0, 0),
        "driver_mpence": both(1_800_000, 0),
        "own_assistant_mpence": both(1_500_000, 0),
        "own_trained_mpence": both(100_000, 0),
        "running_mpence": both(40_000, 0),
        "min_paid_s": 3_600,
        "sign_on_s": 600,
        "split_gap_s": 3_600,
        "n_own_drivers": 2,
        "n_own_d1_drivers": 2,
        "n_own_assistants": 2,
        "n_own_trained_assistants": 1,
        "needs_d1": np.array([True, False]),
        "is_priced": np.ones((2, 4), dtype=np.bool_),
        "discount_from": both(0, 0),
    }
    return CostModel(**{**base, **values})


def make_town_problem(
    *passengers: Passenger,
    session: Session = Session.AM,
    sites: dict[str, str] | None = None,
    inputs: Inputs | None = None,
    cost_model: CostModel | None = None,
    **values: Any,
) -> SessionProblem:
    """The problem of one session; everybody goes to school-1 unless `sites` says otherwise."""
    town = inputs or make_inputs(*passengers)
    wanted = sites or {}
    travellers = tuple(
        Traveller(
            passenger_id=h.passenger_id,
            site_id=wanted.get(h.passenger_id, "school-1"),
            home_id=h.home_id,
            session=session,
        )
        for h in town.homes
    )
    return build_session_problem(
        town,
        make_matrix(),
        cost_model or make_cost_model(),
        day_type=DAY_TYPE,
        session=session,
        travellers=travellers,
        **values,
    )


def change_site(inputs: Inputs, site_id: str, **values: Any) -> Inputs:
    """The same inputs with one site changed."""
    return replace(
        inputs,
        sites=tuple(replace(s, **values) if s.site_id == site_id else s for s in inputs.sites),
    )
