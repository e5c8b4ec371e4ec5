"""What may be published without asking: a plan against what families know."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from data.nights import Breach, BreachKind, Envelope
from data.places import Session
from data.plans import Duty, Plan, Route

JourneyKey = tuple[Session, str]


def find_breaches(
    before: Plan,
    after: Plan,
    envelope: Envelope,
    *,
    exempt: Collection[str] = (),
    joiners: Collection[str] = (),
) -> tuple[Breach, ...]:
    """Find for whom a plan leaves the envelope.

    Parameters
    ----------
    before
        What families know.
    exempt
        Passengers who changed themselves, or whose vehicle, crew or site is missing: whatever
        it takes to carry them is within.
    joiners
        Passengers who start or move: a new companion who is one of them is within.

    Returns
    -------
    Breaches in order of session and passenger; none where the plan may be published as it is.
    """
    old, new = _find_places(before), _find_places(after)
    order = list(Session)
    found: list[Breach] = []
    for key in sorted(old.keys() & new.keys(), key=lambda k: (order.index(k[0]), k[1])):
        if key[1] not in exempt:
            found += _compare(key, old[key], new[key], envelope, frozenset(joiners))
    lost = sorted(
        (
            (u.session, u.passenger_id)
            for u in after.unserved
            if (u.session, u.passenger_id) in old and u.passenger_id not in exempt
        ),
        key=lambda k: (order.index(k[0]), k[1]),
    )
    if len(lost) > envelope.max_unserved:
        found += [Breach(kind=BreachKind.UNSERVED, passenger_id=p, session=s) for s, p in lost]
    return tuple(found)


def _find_places(plan: Plan) -> Mapping[JourneyKey, tuple[Duty, Route, str, int]]:
    """Find the duty, route, stop and time of every journey carried."""
    places = {}
    for duty in plan.duties:
        for route in duty.routes:
            for stop in route.stops:
                there = stop.alighting if route.session.is_homeward else stop.boarding
                for p in there:
                    places[route.session, p] = (duty, route, stop.place_id, stop.arrive_s)
    return places


def _compare(
    key: JourneyKey,
    was: tuple[Duty, Route, str, int],
    now: tuple[Duty, Route, str, int],
    envelope: Envelope,
    joiners: frozenset[str],
) -> list[Breach]:
    """Compare how one passenger was carried with how they are to be."""
    session, passenger_id = key
    old_duty, old_route, old_place, old_s = was
    duty, route, place, arrive_s = now
    found: list[tuple[BreachKind, int]] = []
    if abs(arrive_s - old_s) > envelope.shift_s:
        found.append((BreachKind.TIME, abs(arrive_s - old_s)))
    if place != old_place:
        found.append((BreachKind.STOP, 1))
    if duty.provider_id != old_duty.provider_id and not envelope.may_change_provider:
        found.append((BreachKind.PROVIDER, 1))
    is_other_type = duty.vehicle_type_id != old_duty.vehicle_type_id
    if is_other_type and not envelope.may_change_vehicle_type:
        found.append((BreachKind.VEHICLE_TYPE, 1))
    if duty.crew_ids != old_duty.crew_ids and not envelope.may_change_crew:
        found.append((BreachKind.CREW, 1))
    if route.n_assistants < old_route.n_assistants or (
        route.assistant_ids != old_route.assistant_ids
    ):
        found.append((BreachKind.ASSISTANT, 1))
    others = set(route.passenger_ids) - set(old_route.passenger_ids) - joiners
    if others and not envelope.may_add_companions:
        found.append((BreachKind.COMPANIONS, len(others)))
    return [
        Breach(kind=kind, passenger_id=passenger_id, session=session, amount=amount)
        for kind, amount in found
    ]
