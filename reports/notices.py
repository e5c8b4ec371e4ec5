"""Notices for families: who is collected or brought home otherwise than they know, and how.

One text per passenger, ready to send. It names the child, the times and who comes, and nothing
about anybody else: no companion, no other address, no price.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from data.places import Session
from data.plans import Plan
from data.units import format_time
from reports.cells import Column, Kind
from reports.facts import RunFacts
from reports.sources import describe_day, open_book

SLIGHT_S = 60
"""A time that moves by less is not worth a message. [s]"""

TEMPLATE = "Transport for {name} on {day}: {changes} Nothing else changes."

_COLUMNS = (
    Column(heading="Passenger id", width=14),
    Column(heading="Passenger", kind=Kind.WRAPPED, width=26),
    Column(heading="What changes", kind=Kind.WRAPPED, width=30),
    Column(heading="Text to send", kind=Kind.WRAPPED, width=90),
)

JourneyKey = tuple[Session, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What one family has to be told.

    Attributes
    ----------
    kinds
        What changes: ``time``, ``stop``, ``provider``, ``starts``, ``not carried``.
    text
        Ready to send.
    """

    passenger_id: str
    kinds: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ride:
    place_id: str
    at_s: int
    provider_id: str
    vehicle_type_id: str


def build_notices(
    before: Plan, facts: RunFacts, *, template: str = TEMPLATE
) -> tuple[Notice, ...]:
    """Build the notices of a plan against what families know, sorted by passenger id.

    Parameters
    ----------
    before
        What families know for such a day.
    facts
        Of the run that is published.
    template
        Text with the fields name, day and changes.

    Returns
    -------
    One notice for each passenger whose own day changes; whoever is absent is told nothing.
    """
    plan = facts.run.plan
    old, new = _find_rides(before), _find_rides(plan)
    missing = {(u.session, u.passenger_id) for u in plan.unserved}
    known_missing = {(u.session, u.passenger_id) for u in before.unserved}
    found: dict[str, list[tuple[str, str]]] = {}
    for session in Session:
        for key in sorted(k for k in new.keys() | missing if k[0] is session):
            change = _tell(key, old, new, key in missing - known_missing, facts)
            if change is not None:
                found.setdefault(key[1], []).append(change)
    day = _write_day(plan.service_date)
    return tuple(
        Notice(
            passenger_id=passenger_id,
            kinds=tuple(dict.fromkeys(kind for kind, _ in changes)),
            text=template.format(
                name=facts.passengers[passenger_id].name,
                day=day,
                changes=" ".join(text for _, text in changes),
            ),
        )
        for passenger_id, changes in sorted(found.items())
    )


def build_notices_book(notices: tuple[Notice, ...], facts: RunFacts) -> bytes:
    """Build the workbook of notices, for the office that sends them."""
    book = open_book(facts.run, "Notices for families")
    sheet = book.add_sheet("Notices")
    sheet.write_title("Notices for families", describe_day(facts.run))
    if not notices:
        sheet.write_note("Nobody's day changes: there is nothing to send.", "note")
    sheet.write_table(
        _COLUMNS,
        [
            [
                notice.passenger_id,
                facts.passengers[notice.passenger_id].name,
                ", ".join(notice.kinds),
                notice.text,
            ]
            for notice in notices
        ],
    )
    return book.close()


def _tell(
    key: JourneyKey,
    old: dict[JourneyKey, _Ride],
    new: dict[JourneyKey, _Ride],
    is_missing: bool,
    facts: RunFacts,
) -> tuple[str, str] | None:
    """Tell what changes in one session; None where nothing does."""
    session = key[0]
    way = "the way home" if session.is_homeward else "the way out"
    if is_missing:
        text = f"there is no transport on {way}; the transport office will call you."
        return "not carried", text[:1].upper() + text[1:]
    ride, was = new.get(key), old.get(key)
    if ride is None:
        return None
    verb = "brought home" if session.is_homeward else "collected"
    who = facts.provider_names.get(ride.provider_id, ride.provider_id)
    vehicle = facts.vehicle_types[ride.vehicle_type_id].name
    clock = format_time(ride.at_s)
    where = "" if was is None or was.place_id == ride.place_id else " at another stop"
    by = f" by {who} ({vehicle})"
    if was is None:
        return "starts", f"On {way}: {verb} at {clock}{by}."
    is_same_crew = (was.provider_id, was.vehicle_type_id) == (
        ride.provider_id,
        ride.vehicle_type_id,
    )
    is_late = abs(ride.at_s - was.at_s) >= SLIGHT_S
    if not (is_late or where) and is_same_crew:
        return None
    since = f" instead of {format_time(was.at_s)}" if is_late else " as before"
    kind = "stop" if where else "time" if is_late else "provider"
    carried = "" if is_same_crew else by
    return kind, f"On {way}: {verb}{where} at {clock}{since}{carried}."


def _find_rides(plan: Plan) -> dict[JourneyKey, _Ride]:
    """Find when, where and with whom everybody is collected or brought home."""
    rides = {}
    for duty in plan.duties:
        for route in duty.routes:
            for stop in route.stops:
                people = stop.alighting if route.session.is_homeward else stop.boarding
                for p in people:
                    rides[route.session, p] = _Ride(
                        place_id=stop.place_id,
                        at_s=stop.arrive_s,
                        provider_id=duty.provider_id,
                        vehicle_type_id=duty.vehicle_type_id,
                    )
    return rides


def _write_day(on: date | None) -> str:
    return "this day" if on is None else f"{on:%A} {on.day} {on:%B %Y}"
