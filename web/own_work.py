"""What a supplier and a driver see of a published plan: their own work, and no more (W3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.demand import find_day_type
from data.errors import InputError
from data.inputs import Inputs
from data.nights import Publication
from data.plans import Duty, Plan, Route, Stop
from reports import describe_equipment
from web.rendering import ZONE
from web.state import WebState

SUPPLIER_DAYS = 10
"""School days that a supplier sees ahead."""
MOST_DAYS = 60
"""How far ahead they are looked for, holidays included. [days]"""
WITHHELD = "address withheld: ask the transport office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """One passenger who gets on or off: what whoever carries them must know, never why."""

    passenger_id: str
    name: str
    is_boarding: bool
    to_know: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStop:
    """One stop with who gets on and off."""

    arrive_s: int
    leave_s: int
    place: str
    is_site: bool
    movers: tuple[Mover, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRoute:
    """One route as whoever runs it sees it.

    Attributes
    ----------
    stops
        Empty where no names may be shown yet.
    """

    route_id: str
    session: str
    start_s: int
    end_s: int
    sites: tuple[str, ...]
    n_passengers: int
    n_wheelchair_spaces: int
    n_assistants: int
    stops: tuple[ShownStop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDuty:
    """One vehicle and crew's day as whoever runs it sees it."""

    duty_id: str
    vehicle: str
    routes: tuple[ShownRoute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnDay:
    """The work of somebody on one date.

    Attributes
    ----------
    publication
        What is published; None where the plan is what stands now and may change.
    """

    on: date
    publication: Publication | None
    duties: tuple[ShownDuty, ...]


def find_service_dates(inputs: Inputs, first: date, most: int) -> Iterator[date]:
    """Find dates with service from one on, as far as calendars reach."""
    found = 0
    for n in range(MOST_DAYS):
        on = first + timedelta(days=n)
        try:
            is_open = find_day_type(inputs, on) is not None
        except InputError:
            return
        if is_open:
            yield on
            found += 1
            if found == most:
                return


def find_driver_days(state: WebState, crew_id: str, now_utc: datetime) -> tuple[OwnDay, ...]:
    """Find the published work of a member of a crew today and on the next service date."""
    inputs = state.read_inputs()
    today = now_utc.astimezone(ZONE).date()
    dates = [today, *find_service_dates(inputs, today + timedelta(days=1), 1)]
    days = []
    for on in dates:
        publication = state.store.nights.find_publication(state.place, on)
        if publication is None:
            continue
        plan = state.store.nights.read_plan(publication.plan_no)
        used = state.read_inputs(publication.inputs_hash)
        mine = tuple(
            _show_duty(used, duty, publication, has_names=True)
            for duty in plan.duties
            if crew_id in duty.crew_ids
        )
        days.append(OwnDay(on=on, publication=publication, duties=mine))
    return tuple(days)


def find_supplier_days(
    state: WebState, supplier_id: str, now_utc: datetime
) -> tuple[OwnDay, ...]:
    """Find a supplier's work on the next school days; names only where it is published."""
    inputs = state.read_inputs()
    today = now_utc.astimezone(ZONE).date()
    days = []
    for on in find_service_dates(inputs, today, SUPPLIER_DAYS):
        publication, plan = _find_plan(state, inputs, on)
        if plan is None:
            continue
        used = inputs if publication is None else state.read_inputs(publication.inputs_hash)
        mine = tuple(
            _show_duty(used, duty, publication, has_names=publication is not None)
            for duty in plan.duties
            if duty.provider_id == supplier_id
        )
        days.append(OwnDay(on=on, publication=publication, duties=mine))
    return tuple(days)


def _find_plan(
    state: WebState, inputs: Inputs, on: date
) -> tuple[Publication | None, Plan | None]:
    """Find what is published for a date, else what stands for days like it."""
    nights = state.store.nights
    publication = nights.find_publication(state.place, on)
    if publication is not None:
        return publication, nights.read_plan(publication.plan_no)
    day_type = find_day_type(inputs, on)
    last = None if day_type is None else nights.find_last(
        state.place, day_type.day_type_id, on
    )  # fmt: skip
    return None, None if last is None else last[1]


def _show_duty(
    inputs: Inputs, duty: Duty, publication: Publication | None, *, has_names: bool
) -> ShownDuty:
    """Show a duty to whoever runs it."""
    withheld = set() if publication is None else set(publication.withheld_home_ids)
    hidden = {h.place_id for h in inputs.homes if h.home_id in withheld}
    kinds = {t.vehicle_type_id: t.name for t in inputs.vehicle_types}
    vehicle = kinds.get(duty.vehicle_type_id, duty.vehicle_type_id)
    if duty.vehicle_id:
        vehicle += f", {duty.vehicle_id}"
    return ShownDuty(
        duty_id=duty.duty_id,
        vehicle=vehicle,
        routes=tuple(_show_route(inputs, route, hidden, has_names) for route in duty.routes),
    )


def _show_route(inputs: Inputs, route: Route, hidden: set[str], has_names: bool) -> ShownRoute:
    passengers = {p.passenger_id: p for p in inputs.passengers}
    names = {s.site_id: s.name for s in inputs.sites}
    aboard = [passengers[p] for p in route.passenger_ids if p in passengers]
    sites = dict.fromkeys(names[s.site_id] for s in route.stops if s.site_id is not None)
    return ShownRoute(
        route_id=route.route_id,
        session=route.session,
        start_s=route.start_s,
        end_s=route.end_s,
        sites=tuple(sites),
        n_passengers=len(route.passenger_ids),
        n_wheelchair_spaces=sum(p.n_wheelchair_spaces for p in aboard),
        n_assistants=route.n_assistants,
        stops=tuple(_show_stop(inputs, s, hidden) for s in route.stops) if has_names else (),
    )


def _show_stop(inputs: Inputs, stop: Stop, hidden: set[str]) -> ShownStop:
    passengers = {p.passenger_id: p for p in inputs.passengers}
    moves = [(p, True) for p in stop.boarding] + [(p, False) for p in stop.alighting]
    return ShownStop(
        arrive_s=stop.arrive_s,
        leave_s=stop.leave_s,
        place=WITHHELD if stop.place_id in hidden else _describe_place(inputs, stop),
        is_site=stop.site_id is not None,
        movers=tuple(
            Mover(
                passenger_id=passenger_id,
                name=passengers[passenger_id].name,
                is_boarding=is_boarding,
                # At a site only who gets on or off matters: the rest stands at the home stop.
                to_know=()
                if stop.site_id is not None
                else describe_equipment(passengers[passenger_id]),
            )
            for passenger_id, is_boarding in moves
            if passenger_id in passengers
        ),
    )


def _describe_place(inputs: Inputs, stop: Stop) -> str:
    """Name a stop: its site, its pick-up point, else the postcode or position."""
    for site in inputs.sites:
        if site.site_id == stop.site_id:
            return site.name
    for point in inputs.pick_up_points:
        if point.place_id == stop.place_id:
            return point.name
    place = next(p for p in inputs.places if p.place_id == stop.place_id)
    return place.postcode or f"{place.easting_m} E {place.northing_m} N"
