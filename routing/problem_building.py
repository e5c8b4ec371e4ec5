"""Building a session's problem from the inputs: who travels, whence, by what, within when."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from data.costs import CostModel
from data.demand import Traveller, find_sites, find_travellers
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import AssistantNeed, Passenger, Phase
from data.places import Home, Session, Site
from data.plans import DayType, LockKind
from data.policy import Policy
from data.units import S_PER_DAY, S_PER_HOUR
from routing.constants import ALWAYS_BY_S, ALWAYS_FROM_S, NO_ROAD_M, NO_ROAD_S
from routing.groups import find_apart, find_groups
from routing.neighbours import find_neighbours
from routing.offers import build_offer_prices, find_allowed_offers
from routing.problem import (
    Continuity,
    Int32Array,
    IntArray,
    SessionProblem,
)


@dataclass(frozen=True, slots=True)
class _Request:
    passenger: Passenger
    home: Home
    site: Site
    place_id: str
    walk_m: int


def build_session_problem(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    *,
    day_type: DayType,
    session: Session,
    travellers: Sequence[Traveller] | None = None,
    pick_ups: Mapping[str, tuple[str, int]] | None = None,
    excluded: Collection[str] = (),
    scarcity_pence: IntArray | None = None,
    continuity: Sequence[Continuity] = (),
    max_sites: int | None = None,
    n_neighbours: int = 100,
    more_places: Collection[str] = (),
    is_cut: bool = True,
) -> SessionProblem:
    """Build the problem of one session of a day type.

    Parameters
    ----------
    travellers
        Who travels; by default all of `data.demand.find_travellers`.
    pick_ups
        Passenger id -> (place id, walk [m]) of those who walk to a pick-up point. Left out of
        account for a passenger who must be received, on the way home.
    excluded
        Passenger ids to leave out, e.g. because they cannot be carried at all.
    scarcity_pence
        (o,) price of each use of an offer, inside the search only. [pence]
    continuity
        Prices on carrying passengers by another crew than a reference.
    max_sites
        Most sites of a route; the policy's by default.
    more_places
        Places to have travel times to besides, e.g. where people may be collected.
    is_cut
        Whether the travel times are cut down to the places used, which a long search is
        quicker with. Whole, they are worked out once for all problems of a matrix.

    Raises
    ------
    KeyError
        If a place is missing from the matrix.
    """
    found = travellers
    if found is None:
        found = find_travellers(inputs, day_type, session)
    requests = _find_requests(
        inputs,
        find_sites(inputs, day_type),
        found,
        session,
        pick_ups or {},
        frozenset(excluded),
    )
    sites = sorted({r.site.site_id: r.site for r in requests}.values(), key=lambda s: s.site_id)
    places = {p.place_id: p for p in inputs.places}
    if is_cut:
        bases = {place_id for place_id in cost_model.base_place_ids if place_id}
        used = _find_used(requests, sites, bases.union(more_places))
        duration_s, distance_m = _cut_matrix(matrix, used, session)
    else:
        used = matrix.place_ids
        duration_s, distance_m = _find_whole(matrix, session)
    row = {place_id: i for i, place_id in enumerate(used)}
    offers = build_offer_prices(cost_model, inputs, session, row)
    locks = [k for k in inputs.locks if k.session in (None, session)]
    lock_routes = {
        k.passenger_id: k.target_id for k in locks if k.kind is LockKind.PASSENGER_ON_ROUTE
    }
    passengers = [r.passenger for r in requests]
    limits = _find_ride_limits(requests, inputs.policy, duration_s, row)
    times = _build_times(requests, sites, session, limits, row)
    return SessionProblem(
        session=session,
        day_type_id=day_type.day_type_id,
        policy=inputs.policy,
        max_sites=inputs.policy.max_sites_per_route if max_sites is None else max_sites,
        passenger_ids=tuple(p.passenger_id for p in passengers),
        home_ids=tuple(r.home.home_id for r in requests),
        assistant_ids=tuple(p.assistant_id or "" for p in passengers),
        site_ids=tuple(s.site_id for s in sites),
        place_ids=used,
        is_allowed=find_allowed_offers(
            inputs,
            offers,
            passengers,
            [(places[r.place_id], places[r.site.place_id]) for r in requests],
            locks,
            duration_s,
            row,
        ),
        duration_s=duration_s,
        distance_m=distance_m,
        offers=offers,
        scarcity_pence=_find_scarcity(scarcity_pence, len(cost_model.offer_ids)),
        labels=_find_labels(tuple(p.passenger_id for p in passengers), continuity),
        label_pence=np.array([c.pence for c in continuity], dtype=np.int64),
        neighbours=find_neighbours(
            request_row=times["request_row"],
            request_site=times["request_site"],
            service_s=times["service_s"],
            site_row=times["site_row"],
            site_from_s=times["site_from_s"],
            site_by_s=times["site_by_s"],
            site_dwell_s=times["site_dwell_s"],
            duration_s=duration_s,
            n_neighbours=n_neighbours,
        ),
        **times,
        **_build_loads(passengers, lock_routes),
    )


def put_prices(
    problem: SessionProblem,
    *,
    scarcity_pence: IntArray | None = None,
    continuity: Sequence[Continuity] = (),
) -> SessionProblem:
    """Give the same problem with other prices of the search, as if it had been built with them.

    Parameters
    ----------
    scarcity_pence, continuity
        As for `build_session_problem`.
    """
    return replace(
        problem,
        scarcity_pence=_find_scarcity(scarcity_pence, problem.offers.n_offers),
        labels=_find_labels(problem.passenger_ids, continuity),
        label_pence=np.array([c.pence for c in continuity], dtype=np.int64),
    )


def _find_scarcity(scarcity_pence: IntArray | None, n_offers: int) -> IntArray:
    if scarcity_pence is None:
        return np.zeros(n_offers, dtype=np.int64)
    return np.asarray(scarcity_pence, dtype=np.int64)


def _find_used(
    requests: Sequence[_Request], sites: Sequence[Site], more: Collection[str]
) -> tuple[str, ...]:
    """Find the places that a session's routes may touch, in order of their names."""
    used = {r.place_id for r in requests} | {r.home.place_id for r in requests}
    return tuple(sorted(used | {s.place_id for s in sites} | set(more)))


def _build_times(
    requests: Sequence[_Request],
    sites: Sequence[Site],
    session: Session,
    limits: Sequence[int],
    row: Mapping[str, int],
) -> dict[str, Any]:
    """Build where and within when each request and site is served, by field of the problem.

    Parameters
    ----------
    limits
        Longest time aboard of each request. [s]
    row
        Place id -> row of the travel times.
    """
    passengers = [r.passenger for r in requests]
    site_pos = {s.site_id: i for i, s in enumerate(sites)}
    windows = [_find_home_window(r, session) for r in requests]
    site_windows = [_find_site_window(s, session) for s in sites]
    is_home = session.is_homeward
    return {
        "request_row": _int32(row[r.place_id] for r in requests),
        "request_site": _int32(site_pos[r.site.site_id] for r in requests),
        "service_s": _int32(p.alighting_s if is_home else p.boarding_s for p in passengers),
        "site_service_s": _int32(
            p.boarding_s if is_home else p.alighting_s for p in passengers
        ),
        "max_ride_s": _int32(limits),
        "from_s": _int32(w[0] for w in windows),
        "by_s": _int32(w[1] for w in windows),
        "site_row": _int32(row[s.place_id] for s in sites),
        "site_from_s": _int32(w[0] for w in site_windows),
        "site_by_s": _int32(w[1] for w in site_windows),
        "site_dwell_s": _int32(s.dwell_s for s in sites),
    }


def _build_loads(
    passengers: Sequence[Passenger], lock_routes: Mapping[str, str]
) -> dict[str, Any]:
    """Build what each passenger takes up, needs and goes with, by field of the problem."""
    n_crew, n_shared, n_trained_crew, n_trained_shared = _count_crew(passengers)
    apart_start, apart_with = find_apart(passengers)
    return {
        "n_seats": _int32(p.n_seats_taken for p in passengers),
        "n_spaces": _int32(p.n_wheelchair_spaces for p in passengers),
        "n_crew": n_crew,
        "n_shared": n_shared,
        "n_trained_crew": n_trained_crew,
        "n_trained_shared": n_trained_shared,
        "is_alone": np.array([p.travels_alone for p in passengers], dtype=np.bool_),
        "is_adult": np.array([p.phase is Phase.ADULT for p in passengers], dtype=np.bool_),
        "group": find_groups(passengers, lock_routes),
        "apart_start": apart_start,
        "apart_with": apart_with,
    }


def _int32(values: object) -> Int32Array:
    return np.array(list(values), dtype=np.int32)  # type: ignore[call-overload]


def _find_requests(
    inputs: Inputs,
    sites: Mapping[str, Site],
    travellers: Sequence[Traveller],
    session: Session,
    pick_ups: Mapping[str, tuple[str, int]],
    excluded: frozenset[str],
) -> list[_Request]:
    """Find passenger, home, site and boarding place of each traveller, by passenger id."""
    passengers = {p.passenger_id: p for p in inputs.passengers}
    homes = {h.home_id: h for h in inputs.homes}
    requests = []
    for t in sorted(travellers, key=lambda t: (t.passenger_id, t.site_id, t.home_id)):
        if t.passenger_id in excluded:
            continue
        passenger, home = passengers[t.passenger_id], homes[t.home_id]
        place_id, walk_m = home.place_id, 0
        is_met = session.is_homeward and passenger.must_be_received
        if t.passenger_id in pick_ups and not is_met:
            place_id, walk_m = pick_ups[t.passenger_id]
        requests.append(_Request(passenger, home, sites[t.site_id], place_id, walk_m))
    return requests


def _find_whole(matrix: TravelMatrix, session: Session) -> tuple[Int32Array, Int32Array]:
    """Find the session's times and distances between all places, in solving direction."""
    key = (session.period, session.is_homeward)
    if key not in matrix.kept:
        matrix.kept[key] = _cut_matrix(matrix, matrix.place_ids, session)
    return matrix.kept[key]


def _cut_matrix(
    matrix: TravelMatrix, used: Sequence[str], session: Session
) -> tuple[Int32Array, Int32Array]:
    """Cut the session's times and distances down to the places used, in solving direction."""
    at = np.array([matrix.index[place_id] for place_id in used], dtype=np.int64)
    # The whole of it, in its own order, is copied many times quicker than rows are chosen.
    is_whole = len(at) == len(matrix.place_ids) and bool((np.diff(at) == 1).all())
    cut = ... if is_whole else np.ix_(at, at)
    duration = np.array(matrix.duration_s[session.period][cut], dtype=np.int32)
    distance = np.array(matrix.distance_m[session.period][cut], dtype=np.int32)
    duration[duration < 0] = NO_ROAD_S
    distance[distance < 0] = NO_ROAD_M
    np.fill_diagonal(duration, 0)
    np.fill_diagonal(distance, 0)
    if session.is_homeward:
        duration, distance = duration.T, distance.T
    return np.ascontiguousarray(duration), np.ascontiguousarray(distance)


def _find_ride_limits(
    requests: Sequence[_Request], policy: Policy, duration_s: Int32Array, row: Mapping[str, int]
) -> list[int]:
    """Find the longest time aboard of each request, its walk taken off. [s]"""
    limits = []
    for r in requests:
        limit = r.passenger.max_ride_s
        if limit is None:
            direct_s = int(duration_s[row[r.home.place_id], row[r.site.place_id]])
            limit = max(
                policy.ride_cap_s(r.passenger.phase),
                min(direct_s, NO_ROAD_S // 4) * policy.direct_ride_bp // 10_000,
            )
        limits.append(limit - find_walk_s(policy, r.walk_m))
    return limits


def find_walk_s(policy: Policy, walk_m: int) -> int:
    """Find how long a walk takes, rounded up, at the policy's speed. [s]"""
    return -(-walk_m * S_PER_HOUR // policy.walk_m_per_h)


def _find_home_window(request: _Request, session: Session) -> tuple[int, int]:
    """Find the solving-time window at the home stop. [s]"""
    home = request.home
    if not session.is_homeward:
        start_s = home.pick_up_from_s
        return (ALWAYS_FROM_S if start_s is None else start_s), ALWAYS_BY_S
    if not request.passenger.must_be_received:
        return ALWAYS_FROM_S, ALWAYS_BY_S
    from_s, by_s = home.received_from_s, home.received_by_s
    return (
        ALWAYS_FROM_S if by_s is None else S_PER_DAY - by_s,
        ALWAYS_BY_S if from_s is None else S_PER_DAY - from_s,
    )


def _find_site_window(site: Site, session: Session) -> tuple[int, int]:
    """Find the solving-time window of arriving at the site. [s]"""
    if session.is_homeward:
        return S_PER_DAY - site.leave_by_s, S_PER_DAY - site.leave_from_s
    return site.arrive_from_s, site.arrive_by_s


def _count_crew(passengers: Sequence[Passenger]) -> tuple[Int32Array, ...]:
    """Count own or named, shared, and trained assistants of each request."""
    counts = np.zeros((4, len(passengers)), dtype=np.int32)
    trained_names = {
        p.assistant_id for p in passengers if p.assistant_id and p.needs_trained_assistant
    }
    seen: set[str] = set()
    for i, p in enumerate(passengers):
        if p.assistant_id:
            if p.assistant_id not in seen:
                counts[0, i] = 1
                counts[2, i] = p.assistant_id in trained_names
            seen.add(p.assistant_id)
        elif p.assistant is AssistantNeed.ONE_TO_ONE:
            counts[0, i] = 1
            counts[2, i] = p.needs_trained_assistant
        elif p.assistant is AssistantNeed.SHARED:
            counts[1, i] = 1
            counts[3, i] = p.needs_trained_assistant
    return counts[0], counts[1], counts[2], counts[3]


def _find_labels(passenger_ids: Sequence[str], continuity: Sequence[Continuity]) -> Int32Array:
    """Number the reference crews of each continuity price; -1 where there is none."""
    labels = np.full((len(continuity), len(passenger_ids)), -1, dtype=np.int32)
    for c, reference in enumerate(continuity):
        names = sorted(set(reference.labels.values()))
        number = {name: i for i, name in enumerate(names)}
        for i, passenger_id in enumerate(passenger_ids):
            if passenger_id in reference.labels:
                labels[c, i] = number[reference.labels[passenger_id]]
    return labels
