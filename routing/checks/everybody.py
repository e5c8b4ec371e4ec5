"""Section 6: everybody who travels is aboard once or listed once; closed days; locks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from data.demand import find_day_type
from data.errors import InputError
from data.places import Session
from data.plans import Duty, Lock, LockKind, Route
from routing.checks.case import Case, route_where
from routing.checks.company import Carried
from routing.checks.findings import Findings, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled:
    """Journeys demanded, carried and listed as unserved."""

    n_passengers: int
    n_journeys: int
    n_carried: int
    n_unserved: int


def check_everybody(case: Case, carried: Carried, findings: Findings) -> Entitled:
    """Check that carried and unserved journeys are exactly those demanded."""
    unserved = Counter((u.session, u.passenger_id) for u in case.plan.unserved)
    for key, n_demands in case.n_demands.items():
        _check_traveller(case, key, n_demands, carried.get(key, []), unserved[key], findings)
    for (session, passenger_id), entries in carried.items():
        if (session, passenger_id) not in case.travellers:
            _, duty, route = entries[0]
            findings.add(
                "NOT_TRAVELLING",
                route_where(duty, route),
                f"passenger {passenger_id} has no demand in session {session} of the day.",
                passengers=(passenger_id,),
            )
    for session, passenger_id in unserved:
        if (session, passenger_id) not in case.travellers:
            findings.add(
                "UNSERVED_UNKNOWN",
                Where(session=session),
                f"passenger {passenger_id} is listed as unserved without demand.",
                passengers=(passenger_id,),
            )
    return Entitled(
        n_passengers=len({passenger_id for _, passenger_id in case.travellers}),
        n_journeys=len(case.travellers),
        n_carried=sum(key in carried for key in case.travellers),
        n_unserved=sum(key in unserved for key in case.travellers),
    )


def _check_traveller(
    case: Case,
    key: tuple[Session, str],
    n_demands: int,
    entries: list[tuple[int, Duty, Route]],
    n_unserved: int,
    findings: Findings,
) -> None:
    """Check one journey: aboard exactly once, or listed exactly once."""
    session, passenger_id = key
    named = (passenger_id,)
    anywhere = Where(session=session)
    if n_demands > 1:
        findings.add(
            "JOURNEY_AMBIGUOUS",
            anywhere,
            f"passenger {passenger_id} has {n_demands} demands, one journey cannot serve them.",
            found=n_demands,
            limit=1,
            unit="demands",
            passengers=named,
        )
    if not entries and not n_unserved:
        findings.add(
            "JOURNEY_MISSING",
            anywhere,
            f"passenger {passenger_id} is neither aboard nor listed as unserved.",
            found=0,
            limit=1,
            unit="journeys",
            passengers=named,
        )
    if len(entries) > 1:
        routes = ", ".join(route.route_id for _, _, route in entries)
        findings.add(
            "JOURNEY_TWICE",
            route_where(*entries[1][1:]),
            f"passenger {passenger_id} is aboard {len(entries)} routes of session {session} "
            f"({routes}).",
            found=len(entries),
            limit=1,
            unit="journeys",
            passengers=named,
        )
    if entries and n_unserved:
        findings.add(
            "UNSERVED_BUT_ABOARD",
            route_where(*entries[0][1:]),
            f"passenger {passenger_id} is aboard and listed as unserved.",
            passengers=named,
        )
    if n_unserved > 1:
        findings.add(
            "UNSERVED_TWICE",
            anywhere,
            f"passenger {passenger_id} is listed as unserved {n_unserved} times.",
            found=n_unserved,
            limit=1,
            unit="entries",
            passengers=named,
        )


def check_day_type(case: Case, findings: Findings) -> None:
    """Check that the plan's day type is that of its date, and made of known calendars."""
    where = Where()
    day_type = case.plan.day_type
    known = {calendar.calendar_id for calendar in case.inputs.calendars}
    strangers = sorted(day_type.open_calendar_ids - known)
    if strangers or not 0 <= day_type.weekday <= 6:
        findings.add(
            "DAY_TYPE_UNKNOWN",
            where,
            f"day type {day_type.day_type_id} has weekday {day_type.weekday} and unknown "
            f"calendars {', '.join(strangers) or 'none'}.",
        )
    if case.plan.service_date is None:
        return
    try:
        due = find_day_type(case.inputs, case.plan.service_date)
    except InputError as error:
        findings.add("DATE_NO_CALENDAR", where, "; ".join(p.cause for p in error.problems))
        return
    found = (
        day_type.weekday, day_type.week, day_type.open_calendar_ids, day_type.early_closings,
    )  # fmt: skip
    if due is None:
        findings.add(
            "DAY_TYPE_DATE", where, f"every site is closed on {case.plan.service_date}."
        )
    elif found != (due.weekday, due.week, due.open_calendar_ids, due.early_closings):
        findings.add(
            "DAY_TYPE_DATE",
            where,
            f"{case.plan.service_date} is of day type {due.day_type_id}, the plan is for "
            f"{day_type.day_type_id}.",
        )


def check_ids(case: Case, findings: Findings) -> None:
    """Check that no two duties and no two routes have one id."""
    duties = Counter(duty.duty_id for duty in case.plan.duties)
    for duty_id, n_uses in duties.items():
        if n_uses > 1:
            findings.add(
                "DUTY_ID_TWICE",
                Where(duty_id=duty_id),
                f"{n_uses} duties have this id.",
                found=n_uses,
                limit=1,
                unit="duties",
            )
    routes = Counter(route.route_id for route in case.plan.routes)
    for duty in case.plan.duties:
        for route in duty.routes:
            if routes[route.route_id] > 1:
                findings.add(
                    "ROUTE_ID_TWICE",
                    route_where(duty, route),
                    f"{routes[route.route_id]} routes have this id.",
                    found=routes[route.route_id],
                    limit=1,
                    unit="routes",
                )


def check_providers(case: Case, carried: Carried, findings: Findings) -> None:
    """Check locks on providers and providers barred for a passenger (6.2)."""
    for (_, passenger_id), entries in carried.items():
        passenger = case.passengers.get(passenger_id)
        for _, duty, route in entries:
            if passenger is not None and duty.provider_id in passenger.barred_suppliers:
                findings.add(
                    "BARRED",
                    route_where(duty, route),
                    f"provider {duty.provider_id} may not carry passenger {passenger_id}.",
                    passengers=(passenger_id,),
                )
    for lock in case.inputs.locks:
        for session in Session if lock.session is None else (lock.session,):
            for _, duty, route in carried.get((session, lock.passenger_id), []):
                _check_provider_lock(lock, duty, route, findings)


def _check_provider_lock(lock: Lock, duty: Duty, route: Route, findings: Findings) -> None:
    """Check one lock against one route that carries its passenger."""
    where = route_where(duty, route)
    is_target = duty.provider_id == lock.target_id
    if lock.kind is LockKind.PASSENGER_ON_SUPPLIER and not is_target:
        findings.add(
            "LOCK_PROVIDER",
            where,
            f"lock {lock.lock_id} puts passenger {lock.passenger_id} on {lock.target_id}, "
            f"not {duty.provider_id}.",
            passengers=(lock.passenger_id,),
        )
    if lock.kind is LockKind.PASSENGER_NOT_WITH_SUPPLIER and is_target:
        findings.add(
            "LOCK_BARRED",
            where,
            f"lock {lock.lock_id} keeps passenger {lock.passenger_id} off {duty.provider_id}.",
            passengers=(lock.passenger_id,),
        )
