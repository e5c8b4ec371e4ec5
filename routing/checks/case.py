"""What a plan is judged against: inputs and matrix as look-ups, and who travels."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from data.demand import Traveller, find_sites, find_travellers
from data.fleet import OWN_PROVIDER_ID, Crew, Supplier, Vehicle, VehicleType
from data.inputs import Inputs
from data.money import RateCard
from data.networks import TravelMatrix
from data.passengers import Passenger
from data.places import Depot, Home, Period, Place, Session, Site
from data.plans import Duty, Plan, Route
from routing.checks.findings import Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A plan with everything it is judged against.

    Attributes
    ----------
    on
        The plan's date, or the inputs' service date for a standing plan.
    walks
        Metres of the walk between a home place and a pick-up point place. [m]
    travellers
        Who travels, by session and passenger id.
    n_demands
        How many demands a passenger has in a session.
    """

    plan: Plan
    inputs: Inputs
    matrix: TravelMatrix
    on: date
    places: dict[str, Place]
    sites: dict[str, Site]
    homes: dict[str, Home]
    passengers: dict[str, Passenger]
    pick_up_places: frozenset[str]
    vehicle_types: dict[str, VehicleType]
    vehicles: dict[str, Vehicle]
    crews: dict[str, Crew]
    depots: dict[str, Depot]
    suppliers: dict[str, Supplier]
    rate_cards: dict[str, RateCard]
    walks: dict[tuple[str, str], int]
    travellers: dict[tuple[Session, str], Traveller]
    n_demands: Counter[tuple[Session, str]]


def build_case(plan: Plan, inputs: Inputs, matrix: TravelMatrix) -> Case:
    """Build the look-ups a plan is judged with."""
    on = plan.service_date or inputs.service_date
    travelling = [
        traveller
        for session in Session
        for traveller in find_travellers(inputs, plan.day_type, session, on)
    ]
    return Case(
        plan=plan,
        inputs=inputs,
        matrix=matrix,
        on=on,
        places={p.place_id: p for p in inputs.places},
        sites=find_sites(inputs, plan.day_type),
        homes={h.home_id: h for h in inputs.homes},
        passengers={p.passenger_id: p for p in inputs.passengers},
        pick_up_places=frozenset(p.place_id for p in inputs.pick_up_points),
        vehicle_types={t.vehicle_type_id: t for t in inputs.vehicle_types},
        vehicles={v.vehicle_id: v for v in inputs.vehicles},
        crews={c.crew_id: c for c in inputs.crews},
        depots={d.depot_id: d for d in inputs.depots},
        suppliers={s.supplier_id: s for s in inputs.suppliers},
        rate_cards={r.rate_card_id: r for r in inputs.rate_cards},
        walks=matrix.walk_m,
        travellers={(t.session, t.passenger_id): t for t in travelling},
        n_demands=Counter((t.session, t.passenger_id) for t in travelling),
    )


def find_drive(
    case: Case, from_place_id: str, to_place_id: str, period: Period
) -> tuple[int, int] | None:
    """Find a drive in the matrix: its time and length, or None without a path. [s], [m]"""
    if from_place_id == to_place_id:
        return 0, 0
    index = case.matrix.index
    if from_place_id not in index or to_place_id not in index:
        return None
    if period not in case.matrix.duration_s or period not in case.matrix.distance_m:
        return None
    row, column = index[from_place_id], index[to_place_id]
    drive_s = int(case.matrix.duration_s[period][row, column])
    drive_m = int(case.matrix.distance_m[period][row, column])
    return None if drive_s < 0 or drive_m < 0 else (drive_s, drive_m)


def is_own(duty: Duty) -> bool:
    """Whether the own company runs the duty."""
    return duty.provider_id == OWN_PROVIDER_ID


def find_home(case: Case, session: Session, passenger_id: str) -> Home | None:
    """Find the home of a passenger's journey, or None without one."""
    traveller = case.travellers.get((session, passenger_id))
    return case.homes.get(traveller.home_id) if traveller else None


def route_where(duty: Duty, route: Route) -> Where:
    """Where a route is."""
    return Where(duty_id=duty.duty_id, route_id=route.route_id, session=route.session)


def passengers_aboard(route: Route) -> tuple[str, ...]:
    """Everybody named on a route, boarding or alighting, each once, in order."""
    named = (p for stop in route.stops for p in (*stop.boarding, *stop.alighting))
    return tuple(dict.fromkeys(named))
