"""Violations planted in who is aboard, who is listed as unserved, and locks."""

from __future__ import annotations

from dataclasses import replace

from data.fleet import OWN_PROVIDER_ID
from data.plans import Lock, LockKind, Unserved, UnservedReason
from tests.routing.plan_factory import RideFact
from tests.routing.planted import Planted, Planter, find_others, find_stranger, plants


@plants("NOT_TRAVELLING")
def carry_somebody_without_demand(p: Planter) -> Planted | None:
    ride = p.ride()
    demands = tuple(x for x in p.inputs.demands if x.passenger_id != ride.passenger_id)
    inputs = replace(p.inputs, demands=demands)
    return p.planted(p.spot_of(ride), "plan", inputs=inputs, is_only=True)


@plants("JOURNEY_MISSING")
def forget_somebody(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: not find_others(p.spot_of(x), x.passenger_id))
    if ride is None:
        return None
    spot = p.spot_of(ride)
    routes = tuple(r for r in spot.duty.routes if r.route_id != ride.route_id)
    return p.planted(plan=p.with_duty(spot, routes=routes), over=1)


@plants("JOURNEY_MISSING")
def strike_from_the_list(p: Planter) -> Planted | None:
    if not p.plan.unserved:
        return None
    plan = replace(p.plan, unserved=p.plan.unserved[1:])
    return p.planted(plan=plan, over=1, is_only=True)


@plants("JOURNEY_TWICE")
def carry_twice(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.s == 0)
    again = replace(spot.duty, duty_id="again")
    plan = replace(p.plan, duties=(*p.plan.duties, again))
    return p.planted(plan=plan, over=1)


@plants("JOURNEY_AMBIGUOUS")
def demand_two_journeys(p: Planter) -> Planted | None:
    ride = p.ride()
    (row, *_) = (
        x
        for x in p.inputs.demands
        if x.demand_id.startswith("E") and x.passenger_id == ride.passenger_id
    )
    again = replace(row, demand_id="E-again")
    return p.planted(inputs=replace(p.inputs, demands=(*p.inputs.demands, again)), over=1)


def _unserved(ride: RideFact) -> Unserved:
    return Unserved(
        passenger_id=ride.passenger_id,
        session=ride.session,
        reason=UnservedReason.NO_PLACE_FOUND_IN_TIME,
        evidence=(("steps", 1),),
        relaxation="More time.",
    )


@plants("UNSERVED_BUT_ABOARD")
def list_somebody_aboard(p: Planter) -> Planted | None:
    ride = p.ride()
    plan = replace(p.plan, unserved=(*p.plan.unserved, _unserved(ride)))
    return p.planted(p.spot_of(ride), "route", plan=plan, is_only=True)


@plants("UNSERVED_TWICE")
def list_twice(p: Planter) -> Planted | None:
    if not p.plan.unserved:
        return None
    plan = replace(p.plan, unserved=(*p.plan.unserved, p.plan.unserved[0]))
    return p.planted(plan=plan, over=1, is_only=True)


@plants("UNSERVED_UNKNOWN")
def list_a_stranger(p: Planter) -> Planted | None:
    ride = replace(p.ride(), passenger_id="nobody")
    plan = replace(p.plan, unserved=(*p.plan.unserved, _unserved(ride)))
    return p.planted(plan=plan, is_only=True)


@plants("SITE_CLOSED")
def serve_a_closed_site(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site)
    inputs = p.with_one("sites", "site_id", spot.stop.site_id, calendar_id="shut")
    return p.planted(spot, "stop", inputs=inputs)


def _lock(ride: RideFact, kind: LockKind, target: str) -> Lock:
    return Lock(
        lock_id=f"L-{ride.passenger_id}",
        kind=kind,
        passenger_id=ride.passenger_id,
        target_id=target,
        session=ride.session,
    )


@plants("LOCK_ROUTE")
def lock_two_on_one_route(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: find_stranger(p, x) is not None)
    if ride is None:
        return None
    pair = (ride, find_stranger(p, ride))
    locks = tuple(_lock(x, LockKind.PASSENGER_ON_ROUTE, "new-label") for x in pair)
    inputs = replace(p.inputs, locks=(*p.inputs.locks, *locks))
    return p.planted(inputs=inputs, over=1, is_only=True)


@plants("LOCK_PROVIDER")
def lock_on_another_provider(p: Planter) -> Planted | None:
    ride = p.ride()
    spot = p.spot_of(ride)
    target = "T0" if spot.duty.provider_id == OWN_PROVIDER_ID else OWN_PROVIDER_ID
    lock = replace(_lock(ride, LockKind.PASSENGER_ON_SUPPLIER, target), session=None)
    inputs = replace(p.inputs, locks=(lock,))
    return p.planted(spot, "route", inputs=inputs, is_only=True)


@plants("LOCK_BARRED")
def lock_off_the_provider(p: Planter) -> Planted | None:
    ride = p.ride()
    spot = p.spot_of(ride)
    lock = _lock(ride, LockKind.PASSENGER_NOT_WITH_SUPPLIER, spot.duty.provider_id)
    inputs = replace(p.inputs, locks=(lock,))
    return p.planted(spot, "route", inputs=inputs, is_only=True)


@plants("BARRED")
def bar_the_provider(p: Planter) -> Planted | None:
    ride = p.ride()
    spot = p.spot_of(ride)
    barred = frozenset({spot.duty.provider_id})
    inputs = p.with_person(ride.passenger_id, barred_suppliers=barred)
    return p.planted(spot, "route", inputs=inputs, is_only=True)
