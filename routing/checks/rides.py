"""Sections 2.5 to 2.7: each passenger's own times, ride and walk, to the second and metre."""

from __future__ import annotations

from dataclasses import dataclass

from data.checks import RideGuide
from data.passengers import Passenger, Phase
from data.places import Home
from data.plans import Duty, Route, Stop
from data.units import S_PER_HOUR, divide_half_up
from routing.checks.case import Case, find_drive, find_home, passengers_aboard, route_where
from routing.checks.findings import Findings, Where, format_clock, format_duration

BP = 10_000
"""Hundredths of a per cent in the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """One passenger's ride, walk to the stop included. [s]"""

    passenger_id: str
    route_id: str
    phase: Phase
    ride_s: int


def check_rides(case: Case, duty: Duty, route: Route, findings: Findings) -> list[Ride]:
    """Check every ride of a route; give the rides whose length can be told."""
    rides = []
    for passenger_id in passengers_aboard(route):
        passenger = case.passengers.get(passenger_id)
        home = find_home(case, route.session, passenger_id)
        ends = _find_ends(route, passenger_id)
        if passenger is None or home is None or ends is None:
            continue
        home_position = ends[0]
        at = route_where(duty, route).at_stop(home_position)
        walk_m = _check_walk(case, route, passenger, home, home_position, at, findings)
        _check_home_times(case, route, passenger, home, home_position, at, findings)
        ride = _measure_ride(case, route, passenger, ends, walk_m)
        _check_limit(case, route, passenger, home, ride, at, findings)
        rides.append(ride)
    return rides


def _find_ends(route: Route, passenger_id: str) -> tuple[int, int] | None:
    """Positions of a passenger's home stop and site, or None if the pair is not complete."""
    home_field, site_field = (
        ("alighting", "boarding") if route.session.is_homeward else ("boarding", "alighting")
    )
    at_home = [i for i, s in enumerate(route.stops) if passenger_id in getattr(s, home_field)]
    at_site = [i for i, s in enumerate(route.stops) if passenger_id in getattr(s, site_field)]
    if not at_home or not at_site:
        return None
    return at_home[0], at_site[0]


def _measure_turn(case: Case, route: Route, stop: Stop, passenger_id: str) -> tuple[int, int]:
    """When a passenger's own boarding or alighting at a home stop begins and ends. [s]"""
    begins_s = stop.arrive_s
    is_homeward = route.session.is_homeward
    for other_id in stop.alighting if is_homeward else stop.boarding:
        other = case.passengers.get(other_id)
        takes_s = (other.alighting_s if is_homeward else other.boarding_s) if other else 0
        if other_id == passenger_id:
            return begins_s, begins_s + takes_s
        begins_s += takes_s
    return begins_s, begins_s


def _check_walk(
    case: Case,
    route: Route,
    passenger: Passenger,
    home: Home,
    position: int,
    at: Where,
    findings: Findings,
) -> int:
    """Check that the stop is the passenger's home or a pick-up point they may walk to. [m]"""
    place_id = route.stops[position].place_id
    passenger_id = passenger.passenger_id
    named = (passenger_id,)
    if place_id == home.place_id:
        return 0
    if place_id not in case.pick_up_places:
        findings.add(
            "STOP_NOT_OWN",
            at,
            f"place {place_id} is neither the home of passenger {passenger_id} nor a "
            "pick-up point.",
            passengers=named,
        )
        return 0
    if route.session.is_homeward and passenger.must_be_received:
        findings.add(
            "RECEIVED_AT_POINT",
            at,
            f"passenger {passenger_id} must be received at home, not at a pick-up point.",
            passengers=named,
        )
    walk_m = case.walks.get((home.place_id, place_id))
    if walk_m is None:
        findings.add(
            "WALK_UNKNOWN",
            at,
            f"the matrix has no walk from the home of passenger {passenger_id} to {place_id}.",
            passengers=named,
        )
    if passenger.walk_limit_m <= 0:
        findings.add(
            "WALK_NOT_ALLOWED",
            at,
            f"passenger {passenger_id} travels door to door and may not walk.",
            found=walk_m,
            limit=0,
            unit="m",
            passengers=named,
        )
    elif walk_m is not None and walk_m > passenger.walk_limit_m:
        findings.add(
            "WALK_LIMIT",
            at,
            f"passenger {passenger_id} would walk {walk_m} m, "
            f"{walk_m - passenger.walk_limit_m} m over the limit of "
            f"{passenger.walk_limit_m} m.",
            found=walk_m,
            limit=passenger.walk_limit_m,
            unit="m",
            passengers=named,
        )
    return walk_m or 0


def _check_home_times(
    case: Case,
    route: Route,
    passenger: Passenger,
    home: Home,
    position: int,
    at: Where,
    findings: Findings,
) -> None:
    """Check the earliest collection, and that somebody is in to receive the passenger."""
    stop = route.stops[position]
    passenger_id = passenger.passenger_id
    if not route.session.is_homeward:
        earliest_s = home.pick_up_from_s
        if earliest_s is not None and stop.arrive_s < earliest_s:
            findings.add(
                "PICK_UP_EARLY",
                at,
                f"arrives for passenger {passenger_id} at {format_clock(stop.arrive_s)}, "
                f"{format_duration(earliest_s - stop.arrive_s)} before the earliest "
                f"collection at {format_clock(earliest_s)}.",
                passengers=(passenger_id,),
                found=stop.arrive_s,
                limit=earliest_s,
                unit="s",
            )
        return
    if not passenger.must_be_received:
        return
    begins_s, _ = _measure_turn(case, route, stop, passenger_id)
    for code, limit_s, side in (
        ("RECEIVED_EARLY", home.received_from_s, 1),
        ("RECEIVED_LATE", home.received_by_s, -1),
    ):
        if limit_s is not None and (limit_s - begins_s) * side > 0:
            findings.add(
                code,
                at,
                f"passenger {passenger_id} begins to alight at {format_clock(begins_s)}, "
                f"{format_duration(abs(limit_s - begins_s))} "
                f"{'before' if side > 0 else 'after'} somebody is in to receive them "
                f"({format_clock(limit_s)}).",
                passengers=(passenger_id,),
                found=begins_s,
                limit=limit_s,
                unit="s",
            )


def _measure_ride(
    case: Case, route: Route, passenger: Passenger, ends: tuple[int, int], walk_m: int
) -> Ride:
    """Measure a ride from the end of boarding to arrival, and the walk, rounded up."""
    home_stop, site_stop = (route.stops[position] for position in ends)
    begins_s, ends_s = _measure_turn(case, route, home_stop, passenger.passenger_id)
    aboard_s = (
        begins_s - site_stop.leave_s
        if route.session.is_homeward
        else site_stop.arrive_s - ends_s
    )
    walk_s = -(-walk_m * S_PER_HOUR // case.inputs.policy.walk_m_per_h)
    return Ride(
        passenger_id=passenger.passenger_id,
        route_id=route.route_id,
        phase=passenger.phase,
        ride_s=aboard_s + walk_s,
    )


def find_ride_limit_s(case: Case, route: Route, passenger: Passenger, home: Home) -> int | None:
    """Find the hard limit of a ride, or None where the direct drive is not known. [s]"""
    if passenger.max_ride_s is not None:
        return passenger.max_ride_s
    policy = case.inputs.policy
    traveller = case.travellers[route.session, passenger.passenger_id]
    site = case.sites.get(traveller.site_id)
    if site is None:
        return None
    ends = (home.place_id, site.place_id)
    from_id, to_id = ends[::-1] if route.session.is_homeward else ends
    direct = find_drive(case, from_id, to_id, route.session.period)
    if direct is None:
        return None
    return max(policy.ride_cap_s(passenger.phase), direct[0] * policy.direct_ride_bp // BP)


def _check_limit(
    case: Case,
    route: Route,
    passenger: Passenger,
    home: Home,
    ride: Ride,
    at: Where,
    findings: Findings,
) -> None:
    """Check a ride against its hard limit."""
    limit_s = find_ride_limit_s(case, route, passenger, home)
    named = (passenger.passenger_id,)
    if limit_s is None:
        findings.add(
            "NO_PATH",
            at,
            f"the matrix has no direct drive for passenger {passenger.passenger_id}.",
            passengers=named,
        )
    elif ride.ride_s > limit_s:
        findings.add(
            "RIDE_LIMIT",
            at,
            f"passenger {passenger.passenger_id} rides {format_duration(ride.ride_s)}, "
            f"{format_duration(ride.ride_s - limit_s)} over the limit of "
            f"{format_duration(limit_s)}.",
            found=ride.ride_s,
            limit=limit_s,
            unit="s",
            passengers=named,
        )


def measure_ride_guide(case: Case, rides: list[Ride]) -> tuple[RideGuide, ...]:
    """Measure rides against the guide of each phase (TIME-1)."""
    rows = []
    for phase in Phase:
        own = [ride for ride in rides if ride.phase is phase]
        if not own:
            continue
        guide_s = case.inputs.policy.ride_guide_s(phase)
        n_above = sum(ride.ride_s > guide_s for ride in own)
        worst = max(own, key=lambda ride: (ride.ride_s, ride.passenger_id))
        rows.append(
            RideGuide(
                phase=phase.value,
                guide_s=guide_s,
                n_rides=len(own),
                n_above=n_above,
                share_above_bp=divide_half_up(n_above * BP, len(own)),
                worst_s=worst.ride_s,
                worst_passenger_id=worst.passenger_id,
                worst_route_id=worst.route_id,
            )
        )
    return tuple(rows)
