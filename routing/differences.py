"""What of a plan no longer fits today's inputs: found by comparing the two, not by being told.

People are compared journey by journey. Everything else, e.g. a new need, another window, a
vehicle off the road, a rate card that ended, shows as a rule that the plan breaks now: the
checker is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from data.changes import Change, ChangeKind
from data.checks import Violation
from data.demand import Traveller, find_travellers
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Duty, Plan
from routing.disturbance import JourneyKey

Judge = Callable[[Plan, Inputs, TravelMatrix], Sequence[Violation]]
"""Finds what a plan breaks."""

_PERSONAL = {
    *("JOURNEY_MISSING", "JOURNEY_TWICE", "NOT_TRAVELLING", "PASSENGER_UNKNOWN", "SITE_WRONG"),
    *("STOP_NOT_OWN", "WALK_NOT_ALLOWED", "WALK_UNKNOWN", "WALK_LIMIT", "RECEIVED_AT_POINT"),
    *("UNSERVED_UNKNOWN", "UNSERVED_BUT_ABOARD", "SITE_CLOSED"),
}
"""Codes that only repeat what is said of a person already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What no longer fits.

    Attributes
    ----------
    travellers
        Who travels today.
    loose
        Carried by the plan, but not as they travel now: they get off first.
    waiting
        Travel and are carried by nobody.
    broken
        Duties that break a rule.
    """

    travellers: Mapping[JourneyKey, Traveller]
    loose: frozenset[JourneyKey]
    waiting: frozenset[JourneyKey]
    broken: frozenset[str]
    changes: tuple[Change, ...]


def find_differences(
    plan: Plan, inputs: Inputs, matrix: TravelMatrix, judge: Judge
) -> Differences:
    """Find what of a plan no longer fits the inputs.

    Parameters
    ----------
    judge
        The checker, which the search must not know: `routing.find_violations`.
    """
    travellers = {
        (s, t.passenger_id): t
        for s in Session
        for t in find_travellers(inputs, plan.day_type, s)
    }
    changes: list[Change] = []
    loose: set[JourneyKey] = set()
    carried: set[JourneyKey] = set()
    is_stop = _StopRule(inputs, matrix)
    for duty in plan.duties:
        for route in duty.routes:
            for p in route.passenger_ids:
                key = (route.session, p)
                kind = _find_kind(duty, key, travellers.get(key), is_stop)
                if key in carried:
                    kind = ChangeKind.RULE_BROKEN
                carried.add(key)
                if kind is not None:
                    loose.add(key)
                    changes.append(_change(kind, key, duty))
    listed = {(u.session, u.passenger_id) for u in plan.unserved}
    for key in travellers:
        if key not in carried and key not in listed:
            changes.append(_change(ChangeKind.STARTER, key))
    broken = _find_broken(plan, inputs, judge(plan, inputs, matrix), changes)
    return Differences(
        travellers=travellers,
        loose=frozenset(loose),
        waiting=frozenset(travellers.keys() - (carried - loose)),
        broken=frozenset(broken),
        changes=tuple(changes),
    )


def _change(kind: ChangeKind, key: JourneyKey, duty: Duty | None = None) -> Change:
    return Change(
        kind=kind,
        session=key[0],
        passenger_id=key[1],
        duty_ids=(duty.duty_id,) if duty else (),
    )


class _StopRule:
    """Where somebody may be collected or brought to (rules of a plan, 2.7)."""

    def __init__(self, inputs: Inputs, matrix: TravelMatrix) -> None:
        self._homes = {h.home_id: h.place_id for h in inputs.homes}
        self._people = {p.passenger_id: p for p in inputs.passengers}
        self._points = {p.place_id for p in inputs.pick_up_points}
        self._walk_m = matrix.walk_m

    def __call__(self, traveller: Traveller, place_id: str) -> bool:
        """Say whether a traveller may board or alight at a place."""
        home = self._homes[traveller.home_id]
        if place_id == home:
            return True
        passenger = self._people[traveller.passenger_id]
        if traveller.session.is_homeward and passenger.must_be_received:
            return False
        if place_id not in self._points:
            return False
        walk_m = self._walk_m.get((home, place_id))
        return walk_m is not None and walk_m <= passenger.walk_limit_m


def _find_kind(
    duty: Duty, key: JourneyKey, traveller: Traveller | None, is_stop: _StopRule
) -> ChangeKind | None:
    """Find how the journey of somebody aboard differs from how they travel today."""
    if traveller is None:
        return ChangeKind.LEAVER
    session, passenger_id = key
    for route in duty.routes:
        if route.session is not session:
            continue
        for stop in route.stops:
            if passenger_id not in (*stop.boarding, *stop.alighting):
                continue
            if stop.site_id is not None and stop.site_id != traveller.site_id:
                return ChangeKind.SITE_CHANGED
            if stop.site_id is None and not is_stop(traveller, stop.place_id):
                return ChangeKind.HOME_MOVED
    return None


def _find_broken(
    plan: Plan, inputs: Inputs, violations: Sequence[Violation], changes: list[Change]
) -> set[str]:
    """Find the duties that break a rule now; enter why among the changes."""
    told = {d for c in changes for d in c.duty_ids}
    codes: dict[str, set[str]] = {}
    owners = {
        (r.session, p): d.duty_id
        for d in plan.duties
        for r in d.routes
        for p in r.passenger_ids
    }
    for v in violations:
        duty_ids = (
            {v.duty_id}
            if v.duty_id
            else {
                owners[s, p]
                for p in v.passenger_ids
                for s in ([v.session] if v.session else Session)
                if (s, p) in owners and v.code not in _PERSONAL
            }
        )
        for duty_id in sorted(duty_ids):
            codes.setdefault(duty_id, set()).add(v.code)
    vehicles = {v.vehicle_id for v in inputs.vehicles}
    crews = {c.crew_id for c in inputs.crews}
    broken: set[str] = set()
    for duty in plan.duties:
        found = codes.get(duty.duty_id, set())
        is_own = duty.provider_id == OWN_PROVIDER_ID
        kinds = []
        if is_own and duty.vehicle_id not in vehicles:
            kinds.append(ChangeKind.VEHICLE_GONE)
        if is_own and not set(duty.crew_ids) <= crews:
            kinds.append(ChangeKind.CREW_GONE)
        if found - _PERSONAL and not kinds and duty.duty_id not in told:
            kinds.append(ChangeKind.RULE_BROKEN)
        if found or kinds:
            broken.add(duty.duty_id)
        for kind in kinds:
            changes.append(
                Change(kind=kind, duty_ids=(duty.duty_id,), codes=tuple(sorted(found)))
            )
    return broken
