"""Who is disturbed by another plan: times, stops, crews and companions, journey by journey."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from data.changes import Disturbance
from data.places import Session
from data.plans import Duty, Plan

JourneyKey = tuple[Session, str]
"""Session and passenger id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """How one passenger rides in one session.

    Attributes
    ----------
    crew
        Provider, vehicle type, vehicle and members of the crew.
    arrive_s
        Arrival at the stop of home. [s after midnight]
    """

    duty_id: str
    route_id: str
    place_id: str
    arrive_s: int
    crew: tuple[str, ...]
    companions: frozenset[str]


def find_rides(duties: Iterable[Duty]) -> dict[JourneyKey, Ride]:
    """Find how everybody rides."""
    rides: dict[JourneyKey, Ride] = {}
    for duty in duties:
        crew = (
            duty.provider_id,
            duty.vehicle_type_id,
            duty.vehicle_id or "",
            *sorted(duty.crew_ids),
        )
        for route in duty.routes:
            aboard = frozenset(route.passenger_ids)
            for stop in route.stops:
                for p in stop.alighting if route.session.is_homeward else stop.boarding:
                    rides.setdefault(
                        (route.session, p),
                        Ride(
                            duty_id=duty.duty_id,
                            route_id=route.route_id,
                            place_id=stop.place_id,
                            arrive_s=stop.arrive_s,
                            crew=crew,
                            companions=aboard - {p},
                        ),
                    )
    return rides


def compare_ride(
    key: JourneyKey, before: Ride, after: Ride, *, shift_s: int, is_own_change: bool = False
) -> Disturbance | None:
    """Compare how a passenger rode with how they ride; None where nothing changed. [s]"""
    found = Disturbance(
        passenger_id=key[1],
        session=key[0],
        before_duty_id=before.duty_id,
        after_duty_id=after.duty_id,
        before_s=before.arrive_s,
        after_s=after.arrive_s,
        is_stop_moved=before.place_id != after.place_id,
        is_shifted=abs(after.arrive_s - before.arrive_s) > shift_s,
        is_crew_changed=before.crew != after.crew,
        new_companions=tuple(sorted(after.companions - before.companions)),
        is_own_change=is_own_change,
    )
    is_same = (
        before.arrive_s == after.arrive_s
        and before.duty_id == after.duty_id
        and not (found.is_stop_moved or found.is_crew_changed or found.new_companions)
    )
    return None if is_same else found


def measure_disturbance(
    before: Plan, after: Plan, *, shift_s: int = 300, changed: Collection[JourneyKey] = ()
) -> tuple[Disturbance, ...]:
    """Measure what another plan changes for everybody whom both carry.

    Parameters
    ----------
    shift_s
        A pick-up or drop-off moved by more than this is said to be shifted. [s]
    changed
        Journeys that changed themselves.
    """
    old, new = find_rides(before.duties), find_rides(after.duties)
    order = list(Session)
    found = []
    for key in sorted(old.keys() & new.keys(), key=lambda k: (order.index(k[0]), k[1])):
        ride = compare_ride(
            key, old[key], new[key], shift_s=shift_s, is_own_change=key in changed
        )
        if ride is not None:
            found.append(ride)
    return tuple(found)
