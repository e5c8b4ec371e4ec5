"""Section 2.1: stops, sites, and who boards and alights where."""

from __future__ import annotations

from collections import Counter

from data.places import Session
from data.plans import Duty, Route, Stop
from routing.checks.case import Case, passengers_aboard, route_where
from routing.checks.findings import Findings, Where


def check_shape(case: Case, duty: Duty, route: Route, findings: Findings) -> None:
    """Check that a route is a loaded journey between known stops, in one direction."""
    where = route_where(duty, route)
    if not route.stops:
        findings.add("ROUTE_EMPTY", where, "the route has no stops.")
        return
    if not any(stop.boarding for stop in route.stops):
        findings.add("ROUTE_NO_PASSENGERS", where, "nobody boards anywhere.")
    is_homeward = route.session.is_homeward
    end = 0 if is_homeward else len(route.stops) - 1
    if route.stops[end].site_id is None:
        word = "a homeward route begins" if is_homeward else "an outward route ends"
        findings.add("ROUTE_END", where.at_stop(end), f"{word} at a site, this is a home stop.")
    visits = Counter(stop.site_id for stop in route.stops if stop.site_id is not None)
    for position, stop in enumerate(route.stops):
        at = where.at_stop(position)
        _check_place(case, route, stop, at, findings)
        _check_direction(route, stop, at, findings)
        if stop.site_id is not None and visits[stop.site_id] > 1:
            findings.add(
                "SITE_TWICE",
                at,
                f"site {stop.site_id} is visited {visits[stop.site_id]} times.",
                found=visits[stop.site_id],
                limit=1,
                unit="visits",
            )
    _check_pairs(case, route, where, findings)


def _check_place(case: Case, route: Route, stop: Stop, at: Where, findings: Findings) -> None:
    """Check the ids of a stop, and that its site belongs to the session and is open."""
    if stop.place_id not in case.places:
        findings.add("PLACE_UNKNOWN", at, f"place {stop.place_id} is not known.")
    if not stop.boarding and not stop.alighting:
        findings.add("STOP_EMPTY", at, "nobody boards or alights.")
    if stop.site_id is None:
        return
    site = case.sites.get(stop.site_id)
    if site is None:
        findings.add("SITE_UNKNOWN", at, f"site {stop.site_id} is not known.")
        return
    if site.place_id != stop.place_id:
        findings.add(
            "SITE_PLACE",
            at,
            f"site {stop.site_id} is at place {site.place_id}, not {stop.place_id}.",
        )
    is_day = route.session in (Session.DAY_OUT, Session.DAY_HOME)
    if site.is_day_service is not is_day:
        kind = "a day centre" if site.is_day_service else "not a day centre"
        findings.add(
            "SITE_SESSION",
            at,
            f"site {stop.site_id} is {kind}; session {route.session} does not serve it.",
        )
    if site.calendar_id not in case.plan.day_type.open_calendar_ids:
        findings.add(
            "SITE_CLOSED",
            at,
            f"site {stop.site_id} is closed that day.",
            passengers=(*stop.boarding, *stop.alighting),
        )


def _check_direction(route: Route, stop: Stop, at: Where, findings: Findings) -> None:
    """Check that people board at one end of their journey and alight at the other."""
    is_site = stop.site_id is not None
    must_not_board = is_site is not route.session.is_homeward
    where_word = "SITE" if is_site else "HOME"
    direction = "a homeward" if route.session.is_homeward else "an outward"
    kind = "a site" if is_site else "a home stop"
    if must_not_board and stop.boarding:
        findings.add(
            f"BOARDING_AT_{where_word}",
            at,
            f"{', '.join(stop.boarding)} board(s) at {kind} of {direction} route.",
            passengers=stop.boarding,
        )
    if not must_not_board and stop.alighting:
        findings.add(
            f"ALIGHTING_AT_{where_word}",
            at,
            f"{', '.join(stop.alighting)} alight(s) at {kind} of {direction} route.",
            passengers=stop.alighting,
        )


def _check_pairs(case: Case, route: Route, where: Where, findings: Findings) -> None:
    """Check that everybody boards once, alights once, afterwards, and for their own site."""
    boards = _find_stops(route, "boarding")
    alights = _find_stops(route, "alighting")
    for passenger_id in passengers_aboard(route):
        named = (passenger_id,)
        if passenger_id not in case.passengers:
            findings.add(
                "PASSENGER_UNKNOWN",
                where,
                f"passenger {passenger_id} is not known.",
                passengers=named,
            )
        on, off = boards.get(passenger_id, []), alights.get(passenger_id, [])
        for code, word, stops in (
            ("BOARDS_TWICE", "boards", on),
            ("ALIGHTS_TWICE", "alights", off),
        ):
            if len(stops) > 1:
                findings.add(
                    code,
                    where.at_stop(stops[1]),
                    f"passenger {passenger_id} {word} {len(stops)} times on the route.",
                    found=len(stops),
                    limit=1,
                    unit="times",
                    passengers=named,
                )
        if not off:
            findings.add(
                "NEVER_ALIGHTS",
                where.at_stop(on[0]),
                f"passenger {passenger_id} boards and never alights.",
                passengers=named,
            )
        elif not on:
            findings.add(
                "NEVER_BOARDS",
                where.at_stop(off[0]),
                f"passenger {passenger_id} alights without having boarded.",
                passengers=named,
            )
        elif off[0] <= on[0]:
            findings.add(
                "ALIGHTS_BEFORE_BOARDING",
                where.at_stop(off[0]),
                f"passenger {passenger_id} alights here but boards at stop {on[0] + 1}.",
                passengers=named,
            )
        _check_own_site(case, route, passenger_id, (*on, *off), where, findings)


def _check_own_site(
    case: Case,
    route: Route,
    passenger_id: str,
    positions: tuple[int, ...],
    where: Where,
    findings: Findings,
) -> None:
    """Check that a passenger uses no site but that of the journey demanded."""
    traveller = case.travellers.get((route.session, passenger_id))
    if traveller is None:
        return
    for position in dict.fromkeys(positions):
        site_id = route.stops[position].site_id
        if site_id is not None and site_id != traveller.site_id:
            findings.add(
                "SITE_WRONG",
                where.at_stop(position),
                f"passenger {passenger_id} travels to or from site {traveller.site_id}, "
                f"not {site_id}.",
                passengers=(passenger_id,),
            )


def _find_stops(route: Route, field: str) -> dict[str, list[int]]:
    """Positions of the stops at which each passenger boards or alights."""
    found: dict[str, list[int]] = {}
    for position, stop in enumerate(route.stops):
        for passenger_id in getattr(stop, field):
            found.setdefault(passenger_id, []).append(position)
    return found
