"""Planting violations in good plans: how a mutation says what it did and what must be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.money import CostLine
from data.networks import TravelMatrix
from data.plans import Duty, Plan, Route, Stop
from tests.routing.plan_factory import DutyFact, GoodCase, RideFact
from tests.routing.plan_people import Draw


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A stop of the plan with its route and duty."""

    d: int
    r: int
    s: int
    duty: Duty
    route: Route
    stop: Stop

    @property
    def is_site(self) -> bool:
        """Whether the stop is a site."""
        return self.stop.site_id is not None

    @property
    def is_outward(self) -> bool:
        """Whether the route runs towards a site."""
        return not self.route.session.is_homeward


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A bad plan, and what a checker must say of it.

    ``level`` says how exactly the place must be named: plan, duty, route or stop. ``over`` is
    the amount that must be named; ``is_only`` that nothing else may be found.
    """

    plan: Plan
    inputs: Inputs
    matrix: TravelMatrix
    lines: tuple[CostLine, ...]
    spot: Spot | None
    level: str
    over: int | None
    is_only: bool


class Planter:
    """A good case with tools to break it."""

    def __init__(self, case: GoodCase, seed: int) -> None:
        self.case = case
        self.draw = Draw(seed)
        self.plan = case.plan
        self.inputs = case.inputs
        self.spots = [
            Spot(d=d, r=r, s=s, duty=duty, route=route, stop=stop)
            for d, duty in enumerate(self.plan.duties)
            for r, route in enumerate(duty.routes)
            for s, stop in enumerate(route.stops)
        ]

    def spot(self, keep: Callable[[Spot], bool] = lambda spot: True) -> Spot | None:
        """A random stop of a kind, or None if there is none."""
        found = [spot for spot in self.spots if keep(spot)]
        return self.draw.pick(found) if found else None

    def ride(self, keep: Callable[[RideFact], bool] = lambda ride: True) -> RideFact | None:
        """A random ride of a kind, or None if there is none."""
        found = [ride for ride in self.case.rides if keep(ride)]
        return self.draw.pick(found) if found else None

    def spot_of(self, ride: RideFact) -> Spot:
        """The home stop of a ride."""
        return next(
            spot
            for spot in self.spots
            if spot.route.route_id == ride.route_id
            and not spot.is_site
            and ride.passenger_id in (*spot.stop.boarding, *spot.stop.alighting)
        )

    def with_duty(self, spot: Spot, **changes: Any) -> Plan:
        """The plan with one duty changed."""
        duties = list(self.plan.duties)
        duties[spot.d] = replace(duties[spot.d], **changes)
        return replace(self.plan, duties=tuple(duties))

    def with_route(self, spot: Spot, **changes: Any) -> Plan:
        """The plan with one route changed."""
        routes = list(spot.duty.routes)
        routes[spot.r] = replace(routes[spot.r], **changes)
        return self.with_duty(spot, routes=tuple(routes))

    def with_stops(self, spot: Spot, change: Callable[[list[Stop]], object]) -> Plan:
        """The plan with a list of stops changed in place."""
        stops = list(spot.route.stops)
        change(stops)
        return self.with_route(spot, stops=tuple(stops))

    def with_stop(self, spot: Spot, **changes: Any) -> Plan:
        """The plan with one stop changed."""
        return self.with_stops(
            spot, lambda stops: stops.__setitem__(spot.s, replace(spot.stop, **changes))
        )

    def with_person(self, passenger_id: str, **changes: Any) -> Inputs:
        """The inputs with one passenger changed."""
        return self.with_one("passengers", "passenger_id", passenger_id, **changes)

    def with_one(self, table: str, key: str, value: str, **changes: Any) -> Inputs:
        """The inputs with one row of a table changed."""
        rows = tuple(
            replace(row, **changes) if getattr(row, key) == value else row
            for row in getattr(self.inputs, table)
        )
        return replace(self.inputs, **{table: rows})

    def with_policy(self, **changes: Any) -> Inputs:
        """The inputs with another policy."""
        return replace(self.inputs, policy=replace(self.inputs.policy, **changes))

    def planted(
        self,
        spot: Spot | None = None,
        level: str = "plan",
        *,
        plan: Plan | None = None,
        inputs: Inputs | None = None,
        matrix: TravelMatrix | None = None,
        lines: tuple[CostLine, ...] | None = None,
        over: int | None = None,
        is_only: bool = False,
    ) -> Planted:
        """Say what was planted."""
        return Planted(
            plan=plan or self.plan,
            inputs=inputs or self.inputs,
            matrix=matrix or self.case.matrix,
            lines=self.case.lines if lines is None else lines,
            spot=spot,
            level=level,
            over=over,
            is_only=is_only,
        )


Mutation = Callable[[Planter], Planted | None]
MUTATIONS: list[tuple[str, Mutation]] = []
"""Every mutation with the code it must raise."""


def plants(code: str) -> Callable[[Mutation], Mutation]:
    """Register a mutation under the code it must raise."""

    def register(mutation: Mutation) -> Mutation:
        MUTATIONS.append((code, mutation))
        return mutation

    return register


def is_own(spot: Spot) -> bool:
    """Whether the own company runs the duty."""
    return spot.duty.provider_id == OWN_PROVIDER_ID


def is_bought(spot: Spot) -> bool:
    """Whether a supplier runs the duty."""
    return not is_own(spot)


def is_own_bus(spot: Spot) -> bool:
    """Whether the duty uses an own vehicle of nine or more seats."""
    return is_own(spot) and spot.duty.vehicle_type_id == "bus"


def find_fact(p: Planter, spot: Spot) -> DutyFact:
    """What the factory knows of a duty."""
    return next(x for x in p.case.duties if x.duty_id == spot.duty.duty_id)


def change_duty(
    p: Planter, keep: Callable[[Spot], bool], *, is_only: bool = False, **changes: Any
) -> Planted | None:
    """Change one random duty of a kind."""
    spot = p.spot(keep)
    if spot is None:
        return None
    return p.planted(spot, "duty", plan=p.with_duty(spot, **changes), is_only=is_only)


def find_others(spot: Spot, passenger_id: str) -> list[str]:
    """Everybody else aboard."""
    return [x for x in spot.route.passenger_ids if x != passenger_id]


def find_stranger(p: Planter, ride: RideFact) -> RideFact | None:
    """Somebody who rides in the same session on another route."""
    return p.ride(
        lambda x: (
            x.session is ride.session
            and x.route_id != ride.route_id
            and x.passenger_id != ride.passenger_id
        )
    )
