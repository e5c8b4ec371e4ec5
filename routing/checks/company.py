"""Section 3: who may, must and must not ride together."""

from __future__ import annotations

from collections.abc import Iterator

from data.passengers import Phase
from data.places import Session
from data.plans import Duty, LockKind, Route
from routing.checks.case import Case, passengers_aboard, route_where
from routing.checks.findings import Findings, Where

Carried = dict[tuple[Session, str], list[tuple[int, Duty, Route]]]
"""Routes, with their position in the plan, that carry a passenger in a session."""


def find_carried(case: Case) -> Carried:
    """Find the routes that carry each passenger in each session."""
    carried: Carried = {}
    position = 0
    for duty in case.plan.duties:
        for route in duty.routes:
            for passenger_id in passengers_aboard(route):
                entry = (position, duty, route)
                carried.setdefault((route.session, passenger_id), []).append(entry)
            position += 1
    return carried


def check_company(case: Case, duty: Duty, route: Route, findings: Findings) -> None:
    """Check a route's passengers against each other, its sites and the policy."""
    where = route_where(duty, route)
    aboard = passengers_aboard(route)
    known = [case.passengers[p] for p in aboard if p in case.passengers]
    for passenger in known:
        others = [p for p in aboard if p != passenger.passenger_id]
        if passenger.travels_alone and others:
            findings.add(
                "TRAVELS_ALONE",
                where,
                f"passenger {passenger.passenger_id} travels alone, but {len(others)} other(s) "
                f"are aboard: {', '.join(others)}.",
                passengers=(passenger.passenger_id, *others),
                found=len(others),
                limit=0,
                unit="passengers",
            )
    pairs = {
        tuple(sorted((p.passenger_id, other)))
        for p in known
        for other in aboard
        if other in p.apart_from
    }
    for pair in sorted(pairs):
        findings.add(
            "APART",
            where,
            f"passengers {' and '.join(pair)} must not ride together.",
            passengers=pair,
        )
    _check_policy(case, route, where, findings)


def _check_policy(case: Case, route: Route, where: Where, findings: Findings) -> None:
    """Check the number of sites, and that adults and others are not mixed."""
    policy = case.inputs.policy
    n_sites = len({stop.site_id for stop in route.stops if stop.site_id is not None})
    if n_sites > policy.max_sites_per_route:
        findings.add(
            "SITES_PER_ROUTE",
            where,
            f"serves {n_sites} sites, the policy allows {policy.max_sites_per_route}.",
            found=n_sites,
            limit=policy.max_sites_per_route,
            unit="sites",
        )
    if policy.is_mixing_children_and_adults:
        return
    adults = [
        p
        for p in passengers_aboard(route)
        if p in case.passengers and case.passengers[p].phase is Phase.ADULT
    ]
    others = [p for p in passengers_aboard(route) if p in case.passengers and p not in adults]
    if adults and others:
        findings.add(
            "MIXED_AGES",
            where,
            f"carries {len(adults)} adult(s) and {len(others)} other(s) together.",
            passengers=(*adults, *others),
            found=len(adults),
            limit=0,
            unit="passengers",
        )


def check_companions(case: Case, carried: Carried, findings: Findings) -> None:
    """Check that those who must ride together do, where both are aboard in a session."""
    for session in Session:
        for code, word, group in _find_groups(case, session):
            aboard = [p for p in group if (session, p) in carried]
            _check_one_route(session, aboard, carried, code, word, findings)
    _check_route_locks(case, carried, findings)


def _find_groups(case: Case, session: Session) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give the pairs and groups that must ride together in a session."""
    travelling = sorted(p for s, p in case.travellers if s is session)
    known = [case.passengers[p] for p in travelling if p in case.passengers]
    pairs = {
        (min(p.passenger_id, other), max(p.passenger_id, other))
        for p in known
        for other in p.together_with
        if (session, other) in case.travellers
    }
    for pair in sorted(pairs):
        yield "TOGETHER", "must ride together", pair
    by_assistant: dict[str, list[str]] = {}
    for passenger in known:
        if passenger.assistant_id is not None:
            by_assistant.setdefault(passenger.assistant_id, []).append(passenger.passenger_id)
    for assistant_id, group in sorted(by_assistant.items()):
        yield "ASSISTANT_SPLIT", f"share assistant {assistant_id}", tuple(group)


def _check_one_route(
    session: Session,
    aboard: list[str],
    carried: Carried,
    code: str,
    word: str,
    findings: Findings,
) -> None:
    """Check that passengers aboard in a session are all on one route."""
    routes = {position: (d, r) for p in aboard for position, d, r in carried[session, p]}
    if len(routes) < 2:
        return
    named = ", ".join(r.route_id for _, (_, r) in sorted(routes.items()))
    duty, route = routes[min(routes)]
    findings.add(
        code,
        route_where(duty, route),
        f"passengers {', '.join(aboard)} {word} but are on {len(routes)} routes ({named}).",
        passengers=aboard,
        found=len(routes),
        limit=1,
        unit="routes",
    )


def _check_route_locks(case: Case, carried: Carried, findings: Findings) -> None:
    """Check that passengers locked on one route label ride together (6.2)."""
    for session in Session:
        groups: dict[str, list[str]] = {}
        for lock in case.inputs.locks:
            if lock.kind is LockKind.PASSENGER_ON_ROUTE and lock.session in (None, session):
                groups.setdefault(lock.target_id, []).append(lock.passenger_id)
        for label, group in sorted(groups.items()):
            aboard = sorted({p for p in group if (session, p) in carried})
            word = f"are locked on route {label}"
            _check_one_route(session, aboard, carried, "LOCK_ROUTE", word, findings)
