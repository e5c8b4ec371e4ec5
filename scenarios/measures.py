"""What people compare: counts, miles, money and ride times of a checked, priced plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import median_high

from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.money import CostBasis, CostLine
from data.places import Session
from data.plans import Duty, Plan, Route, Stop
from data.runs import Measures, ProviderMeasures, RideMeasures
from data.units import S_PER_HOUR

_COST = (CostBasis.CONTRACT, CostBasis.AVOIDABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyRide:
    """How one passenger rides in one session.

    Attributes
    ----------
    stop_s
        When the vehicle is at their stop of home. [s after midnight]
    ride_s
        Time aboard by the rules of a plan, the walk to a pick-up point included. [s]
    """

    passenger_id: str
    session: Session
    route_id: str
    place_id: str
    stop_s: int
    ride_s: int


def find_rides(
    plan: Plan, inputs: Inputs, walks: tuple[tuple[str, str, int], ...]
) -> Iterator[tuple[str, int]]:
    """Find each journey's ride time by the rules of a plan: (passenger id, seconds).

    Parameters
    ----------
    walks
        (home place id, pick-up point place id, metres), as the matrix has them.
    """
    return ((ride.passenger_id, ride.ride_s) for ride in find_journeys(plan, inputs, walks))


def find_journeys(
    plan: Plan, inputs: Inputs, walks: tuple[tuple[str, str, int], ...]
) -> Iterator[JourneyRide]:
    """Find how everybody rides, route by route; arguments as for `find_rides`."""
    boarding_s = {p.passenger_id: p.boarding_s for p in inputs.passengers}
    alighting_s = {p.passenger_id: p.alighting_s for p in inputs.passengers}
    homes: dict[str, set[str]] = defaultdict(set)
    for home in inputs.homes:
        homes[home.passenger_id].add(home.place_id)
    walk_m = {(home, point): metres for home, point, metres in walks}
    for route in plan.routes:
        own_s = alighting_s if route.session.is_homeward else boarding_s
        for ride in _find_route_rides(route, own_s):
            mine, place_id = homes[ride.passenger_id], ride.place_id
            metres = min((walk_m.get((h, place_id), 0) for h in mine), default=0)
            if place_id in mine:
                metres = 0
            walk_s = -(-metres * S_PER_HOUR // inputs.policy.walk_m_per_h)
            yield replace(ride, ride_s=ride.ride_s + walk_s)


def _find_route_rides(route: Route, own_s: Mapping[str, int]) -> Iterator[JourneyRide]:
    """Find the rides of one route, without walks; who is unknown takes no time to get on."""
    started: dict[str, tuple[Stop, int]] = {}
    for stop in route.stops:
        clock_s = stop.arrive_s
        for passenger_id in stop.alighting:
            boarded, from_s = started[passenger_id]
            at_home = stop if route.session.is_homeward else boarded
            yield JourneyRide(
                passenger_id=passenger_id,
                session=route.session,
                route_id=route.route_id,
                place_id=at_home.place_id,
                stop_s=at_home.arrive_s,
                ride_s=clock_s - from_s,
            )
            if route.session.is_homeward:
                clock_s += own_s.get(passenger_id, 0)
        for passenger_id in stop.boarding:
            if route.session.is_homeward:
                started[passenger_id] = (stop, stop.leave_s)
            else:
                clock_s += own_s.get(passenger_id, 0)
                started[passenger_id] = (stop, clock_s)


def measure_rides(
    plan: Plan, inputs: Inputs, walks: tuple[tuple[str, str, int], ...]
) -> tuple[RideMeasures, ...]:
    """Measure ride times against the guide of each phase that travels (TIME-1)."""
    phases = {p.passenger_id: p.phase for p in inputs.passengers}
    found: dict[str, list[int]] = defaultdict(list)
    for passenger_id, ride_s in find_rides(plan, inputs, walks):
        found[phases[passenger_id]].append(ride_s)
    rows = []
    for phase in dict.fromkeys(phases[p] for p in sorted(phases)):
        rides = found.get(phase)
        if not rides:
            continue
        guide_s = inputs.policy.ride_guide_s(phase)
        rows.append(
            RideMeasures(
                phase=str(phase),
                guide_s=guide_s,
                n_journeys=len(rides),
                n_over_guide=sum(ride > guide_s for ride in rides),
                median_s=median_high(rides),
                worst_s=max(rides),
            )
        )
    order = ("primary", "secondary", "post_16", "adult")
    return tuple(sorted(rows, key=lambda row: order.index(row.phase)))


def measure_plan(
    plan: Plan,
    inputs: Inputs,
    lines: tuple[CostLine, ...],
    *,
    rides: tuple[RideMeasures, ...] = (),
    year_pence: Mapping[str, int] | None = None,
    year_full_pence: int = 0,
) -> Measures:
    """Measure a priced plan.

    Parameters
    ----------
    lines
        Exact cost lines of the plan.
    rides
        Ride times by phase, as `measure_rides` found them.
    year_pence
        Cost of the year per provider, where a year was priced. [pence]
    year_full_pence
        Cost of the year with the own company's fixed cost. [pence]
    """
    names = {s.supplier_id: s.name for s in inputs.suppliers} | {OWN_PROVIDER_ID: "Own company"}
    years = dict(year_pence or {})
    duties: dict[str, list[Duty]] = defaultdict(list)
    for duty in plan.duties:
        duties[duty.provider_id].append(duty)
    cost: dict[str, int] = defaultdict(int)
    full: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.basis in _COST:
            cost[line.provider_id] += line.amount_pence
        if line.basis in (*_COST, CostBasis.FIXED):
            full[line.provider_id] += line.amount_pence
    providers = tuple(
        ProviderMeasures(
            provider_id=provider_id,
            name=names.get(provider_id, provider_id),
            n_passenger_journeys=sum(
                len(r.passenger_ids) for d in duties[provider_id] for r in d.routes
            ),
            n_routes=sum(len(d.routes) for d in duties[provider_id]),
            n_duties=len(duties[provider_id]),
            loaded_m=sum(r.loaded_m for d in duties[provider_id] for r in d.routes),
            dead_m=sum(run.drive_m for d in duties[provider_id] for run in d.dead_runs),
            cost_pence=cost[provider_id],
            full_cost_pence=full[provider_id],
            year_pence=years.get(provider_id, 0),
        )
        for provider_id in sorted({*duties, *full, *years})
    )
    aboard = {p for route in plan.routes for p in route.passenger_ids}
    unserved = {u.passenger_id for u in plan.unserved}
    return Measures(
        n_passengers=len(aboard | unserved),
        n_carried=len(aboard - unserved),
        n_unserved=len(unserved),
        n_routes=len(plan.routes),
        n_duties=len(plan.duties),
        n_own_vehicles=len({d.vehicle_id for d in duties[OWN_PROVIDER_ID]}),
        loaded_m=sum(p.loaded_m for p in providers),
        dead_m=sum(p.dead_m for p in providers),
        cost_pence=sum(cost.values()),
        full_cost_pence=sum(full.values()),
        year_pence=sum(years.values()),
        year_full_pence=year_full_pence,
        bound_pence=plan.bound_pence,
        providers=providers,
        rides=rides,
    )
