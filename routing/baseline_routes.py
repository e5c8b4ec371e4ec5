"""The times of a hand-made route: everybody in the order given, nothing improved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from data.costs import CostModel
from data.demand import Traveller, find_sites
from data.fleet import Layout
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import AssistantNeed, Passenger
from data.places import Session, Site
from data.plans import DayType, Route, Stop
from routing.works import Span, Work

MARGIN_S = 300
"""How long before the site's latest time a hand-made route arrives. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedRoute:
    """A hand-made route with its times, and what the duties need of it."""

    route: Route
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class _Halt:
    """One halt: who gets on or off, and the least time it takes. [s]"""

    place_id: str
    site: Site | None
    passengers: tuple[Passenger, ...]
    service_s: int


def time_route(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    day_type: DayType,
    session: Session,
    riders: Sequence[Traveller],
    vehicle_type_id: str,
) -> TimedRoute | None:
    """Time a hand-made route.

    Outward the homes in the order given, then the sites, the earliest bell first; arrival is
    five minutes before the latest time, or as early as the sites together ask for. Homeward the
    sites, the earliest first, each left at the first moment allowed, then the homes.

    Returns
    -------
    The route, or None when a road is missing.
    """
    halts = _find_halts(inputs, find_sites(inputs, day_type), session, riders)
    legs = [_find_leg(matrix, session, a.place_id, b.place_id) for a, b in pairwise(halts)]
    if any(drive_s < 0 for drive_s, _ in legs):
        return None
    times = _time_home(halts, legs) if session.is_homeward else _time_out(halts, legs)
    stops = _write_stops(session, halts, legs, times)
    passengers = [p for halt in halts if halt.site is None for p in halt.passengers]
    n_assistants, n_trained = count_assistants(passengers, inputs.policy.shared_assistant_ratio)
    named = tuple(sorted({p.assistant_id for p in passengers if p.assistant_id}))
    route = Route(
        route_id="",
        session=session,
        stops=stops,
        layout=_choose_layout(inputs, vehicle_type_id, stops, passengers, n_assistants),
        n_assistants=n_assistants,
        n_trained_assistants=n_trained,
        assistant_ids=named,
    )
    own = {c.crew_id for c in inputs.crews}
    outside = [name for name in named if name not in own]
    trained = {p.assistant_id for p in passengers if p.needs_trained_assistant}
    work = Work(
        session=session,
        passenger_ids=tuple(p.passenger_id for p in passengers),
        first_idx=matrix.index[stops[0].place_id],
        last_idx=matrix.index[stops[-1].place_id],
        span=Span(
            from_s=route.start_s, to_s=route.start_s, elapsed_s=route.end_s - route.start_s
        ),
        drive_s=sum(drive_s for drive_s, _ in legs),
        waiting_s=sum(
            leave - arrive - halt.service_s
            for halt, (arrive, leave) in zip(halts, times, strict=True)
            if halt.site is not None
        ),
        loaded_m=route.loaded_m,
        n_assistants=n_assistants,
        n_trained_assistants=n_trained,
        n_crew_assistants=max(0, n_assistants - len(outside)),
        n_crew_trained=max(0, n_trained - len(trained & set(outside))),
        assistant_ids=named,
        offers=np.ones(len(cost_model.offer_ids), dtype=np.bool_),
    )
    return TimedRoute(route=route, work=work)


def _find_halts(
    inputs: Inputs, sites: Mapping[str, Site], session: Session, riders: Sequence[Traveller]
) -> list[_Halt]:
    """Find the halts of a route in the order they are driven."""
    people = {p.passenger_id: p for p in inputs.passengers}
    homes = {h.home_id: h.place_id for h in inputs.homes}
    is_home = session.is_homeward
    doors: list[_Halt] = []
    for place_id, group in groupby(riders, key=lambda t: homes[t.home_id]):
        members = tuple(people[t.passenger_id] for t in group)
        service_s = sum(p.alighting_s if is_home else p.boarding_s for p in members)
        doors.append(
            _Halt(place_id=place_id, site=None, passengers=members, service_s=service_s)
        )
    gates: list[_Halt] = []
    wanted = {t.site_id for t in riders}
    for site in sorted(
        (sites[s] for s in wanted),
        key=lambda s: (s.leave_from_s if is_home else s.arrive_by_s, s.site_id),
    ):
        members = tuple(people[t.passenger_id] for t in riders if t.site_id == site.site_id)
        service_s = sum(p.boarding_s if is_home else p.alighting_s for p in members)
        gates.append(
            _Halt(
                place_id=site.place_id,
                site=site,
                passengers=members,
                service_s=site.dwell_s + service_s,
            )
        )
    return [*gates, *doors] if is_home else [*doors, *gates]


def _find_leg(
    matrix: TravelMatrix, session: Session, from_id: str, to_id: str
) -> tuple[int, int]:
    """Find time and distance of one leg, (-1, -1) without a road. [s], [m]"""
    if from_id == to_id:
        return 0, 0
    at = (matrix.index[from_id], matrix.index[to_id])
    period = session.period
    return int(matrix.duration_s[period][at]), int(matrix.distance_m[period][at])


def _time_out(halts: Sequence[_Halt], legs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Time an outward route: arrive and leave of each halt. [s after midnight]"""
    offsets = [0]
    for halt, (drive_s, _) in zip(halts, legs, strict=False):
        offsets.append(offsets[-1] + halt.service_s + drive_s)
    gates = [(h.site, off) for h, off in zip(halts, offsets, strict=True) if h.site]
    start_s = min(site.arrive_by_s - MARGIN_S - off for site, off in gates)
    start_s = max(start_s, gates[0][0].arrive_from_s - gates[0][1])
    times: list[tuple[int, int]] = []
    clock = start_s
    for k, halt in enumerate(halts):
        leave_s = clock + halt.service_s
        later = halts[k + 1] if k + 1 < len(halts) else None
        if halt.site is not None and later is not None and later.site is not None:
            leave_s = max(leave_s, later.site.arrive_from_s - legs[k][0])
        times.append((clock, leave_s))
        if later is not None:
            clock = leave_s + legs[k][0]
    return times


def _time_home(
    halts: Sequence[_Halt], legs: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Time a homeward route: arrive and leave of each halt. [s after midnight]"""
    times: list[tuple[int, int]] = []
    clock = 0
    for k, halt in enumerate(halts):
        if k == 0 and halt.site is not None:
            clock = halt.site.leave_from_s - halt.service_s
        leave_s = clock + halt.service_s
        if halt.site is not None:
            leave_s = max(leave_s, halt.site.leave_from_s)
        times.append((clock, leave_s))
        if k < len(legs):
            clock = leave_s + legs[k][0]
    return times


def _write_stops(
    session: Session,
    halts: Sequence[_Halt],
    legs: Sequence[tuple[int, int]],
    times: Sequence[tuple[int, int]],
) -> tuple[Stop, ...]:
    """Write the halts as stops."""
    stops: list[Stop] = []
    for k, halt in enumerate(halts):
        ids = tuple(p.passenger_id for p in halt.passengers)
        boards = (halt.site is not None) == session.is_homeward
        drive_s, drive_m = legs[k - 1] if k else (0, 0)
        stops.append(
            Stop(
                place_id=halt.place_id,
                site_id=halt.site.site_id if halt.site else None,
                arrive_s=times[k][0],
                leave_s=times[k][1],
                boarding=ids if boards else (),
                alighting=() if boards else ids,
                drive_s=drive_s,
                drive_m=drive_m,
            )
        )
    return tuple(stops)


def count_assistants(passengers: Sequence[Passenger], ratio: int) -> tuple[int, int]:
    """Count the assistants passengers need together, and the trained ones (CAP-3)."""
    counts = []
    for members in (passengers, [p for p in passengers if p.needs_trained_assistant]):
        named = {p.assistant_id for p in members if p.assistant_id}
        free = [p for p in members if not p.assistant_id]
        own = sum(p.assistant is AssistantNeed.ONE_TO_ONE for p in free)
        shared = sum(p.assistant is AssistantNeed.SHARED for p in free)
        counts.append(own + len(named) - (-shared // ratio))
    return counts[0], counts[1]


def _choose_layout(
    inputs: Inputs,
    vehicle_type_id: str,
    stops: Sequence[Stop],
    passengers: Sequence[Passenger],
    n_assistants: int,
) -> Layout:
    """Choose the smallest layout that holds the peak load; the largest if none does."""
    people = {p.passenger_id: p for p in passengers}
    seats = spaces = peak_seats = peak_spaces = 0
    for stop in stops:
        seats += sum(people[p].n_seats_taken for p in stop.boarding)
        spaces += sum(people[p].n_wheelchair_spaces for p in stop.boarding)
        seats -= sum(people[p].n_seats_taken for p in stop.alighting)
        spaces -= sum(people[p].n_wheelchair_spaces for p in stop.alighting)
        peak_seats, peak_spaces = max(peak_seats, seats), max(peak_spaces, spaces)
    types = {t.vehicle_type_id: t for t in inputs.vehicle_types}
    layouts = sorted(
        types[vehicle_type_id].layouts, key=lambda y: (y.n_wheelchair_spaces, y.n_seats)
    )
    fits = [
        y
        for y in layouts
        if y.n_seats >= peak_seats + n_assistants and y.n_wheelchair_spaces >= peak_spaces
    ]
    return (fits or layouts[-1:])[0]
