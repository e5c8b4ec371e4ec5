"""Facts of a run that several outputs show, looked up and added up once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice

from costing import RouteCost, share_duty_costs
from data.fleet import VehicleType
from data.inputs import Inputs
from data.money import CostBasis
from data.passengers import Passenger
from data.places import Home, Place, Site
from data.plans import Duty, Route, Stop
from data.runs import RunRecord
from reports.words import build_provider_names
from scenarios import find_rides

COST_BASES = (CostBasis.CONTRACT, CostBasis.AVOIDABLE)
"""What the cost of a service day is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteFacts:
    """One route with what is shown of it.

    Attributes
    ----------
    site_ids
        Sites served, in order of visit.
    longest_ride_s
        Longest ride of a passenger aboard, walk to the stop included. [s]
    n_over_guide
        Passengers aboard whose ride is longer than the guide of their phase.
    cost_pence, full_cost_pence
        The route's part of the day's cost. [pence]
    """

    duty: Duty
    route: Route
    site_ids: tuple[str, ...]
    n_passengers: int
    n_wheelchair_spaces: int
    longest_ride_s: int
    n_over_guide: int
    cost_pence: int
    full_cost_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFacts:
    """A run with its inputs, and what outputs look up in them.

    Attributes
    ----------
    protected_place_ids
        Places that are a protected home of anybody.
    place_names
        Names of sites, depots, suppliers' bases and pick-up points, by place.
    """

    run: RunRecord
    inputs: Inputs
    routes: tuple[RouteFacts, ...]
    passengers: dict[str, Passenger]
    homes: dict[str, tuple[Home, ...]]
    places: dict[str, Place]
    sites: dict[str, Site]
    vehicle_types: dict[str, VehicleType]
    provider_names: dict[str, str]
    protected_place_ids: frozenset[str]
    place_names: dict[str, str]

    def describe_place(self, stop: Stop) -> str:
        """Name the place of a stop for a reader entitled to it."""
        if stop.site_id is not None:
            return self.sites[stop.site_id].name
        return self.describe_place_id(stop.place_id)

    def describe_place_id(self, place_id: str) -> str:
        """Name a place: site, pick-up point or base by its name, else postcode, position."""
        if place_id in self.place_names:
            return self.place_names[place_id]
        place = self.places[place_id]
        if place.postcode:
            return place.postcode
        return f"{place.easting_m} E {place.northing_m} N"


def build_facts(run: RunRecord, inputs: Inputs) -> RunFacts:
    """Look up and add up what the outputs of a run show.

    Raises
    ------
    IdentityError
        If the routes' costs do not add up to the cost lines.
    """
    homes: dict[str, list[Home]] = defaultdict(list)
    for home in inputs.homes:
        homes[home.passenger_id].append(home)
    passengers = {p.passenger_id: p for p in inputs.passengers}
    return RunFacts(
        run=run,
        inputs=inputs,
        routes=_build_routes(run, inputs, passengers),
        passengers=passengers,
        homes={passenger_id: tuple(held) for passenger_id, held in homes.items()},
        places={p.place_id: p for p in inputs.places},
        sites={s.site_id: s for s in inputs.sites},
        vehicle_types={t.vehicle_type_id: t for t in inputs.vehicle_types},
        provider_names=build_provider_names(inputs),
        place_names=_build_place_names(inputs),
        protected_place_ids=frozenset(h.place_id for h in inputs.homes if h.is_protected),
    )


def _build_place_names(inputs: Inputs) -> dict[str, str]:
    """Build the names of places that have one."""
    bases = (s.base_place_id for s in inputs.suppliers)
    return {
        **{place_id: "base" for place_id in bases if place_id is not None},
        **{depot.place_id: depot.name for depot in inputs.depots},
        **{site.place_id: site.name for site in inputs.sites},
        **{point.place_id: point.name for point in inputs.pick_up_points},
    }


def _build_routes(
    run: RunRecord, inputs: Inputs, passengers: dict[str, Passenger]
) -> tuple[RouteFacts, ...]:
    """Build the facts of every route, in order of the plan."""
    costs: dict[tuple[str, str], RouteCost] = {
        (cost.duty_id, cost.route_id): cost for cost in share_duty_costs(run.lines, run.plan)
    }
    # One ride per passenger aboard, in order of the plan's routes.
    rides = find_rides(run.plan, inputs, run.walks)
    found = []
    for duty in run.plan.duties:
        for route in duty.routes:
            aboard = [passengers[p] for p in route.passenger_ids]
            of_route = list(islice(rides, len(aboard)))
            cost = costs[duty.duty_id, route.route_id]
            found.append(
                RouteFacts(
                    duty=duty,
                    route=route,
                    site_ids=tuple(
                        dict.fromkeys(s.site_id for s in route.stops if s.site_id is not None)
                    ),
                    n_passengers=len(aboard),
                    n_wheelchair_spaces=sum(p.n_wheelchair_spaces for p in aboard),
                    longest_ride_s=max((ride_s for _, ride_s in of_route), default=0),
                    n_over_guide=sum(
                        ride_s > inputs.policy.ride_guide_s(passengers[passenger_id].phase)
                        for passenger_id, ride_s in of_route
                    ),
                    cost_pence=cost.cost_pence,
                    full_cost_pence=cost.full_cost_pence,
                )
            )
    return tuple(found)
