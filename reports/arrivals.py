"""Arrivals lists: for each site its own passengers, how they come and how they leave.

A site sees names, times and what its staff must know at the kerb. It sees no address, no other
site's passengers, no price and no diagnosis.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from data.demand import find_travellers
from data.places import Session
from data.plans import Duty, Route
from reports.cells import Column, Kind
from reports.facts import RunFacts
from reports.sources import describe_day, describe_warnings, open_book
from reports.words import SITE_KIND_WORDS, describe_handling

_COLUMNS = (
    Column(heading="Passenger", kind=Kind.WRAPPED, width=28),
    Column(heading="Arrives", kind=Kind.TIME, width=9),
    Column(heading="Brought by", kind=Kind.WRAPPED, width=28),
    Column(heading="Route", width=20),
    Column(heading="Leaves", kind=Kind.TIME, width=9),
    Column(heading="Taken home by", kind=Kind.WRAPPED, width=28),
    Column(heading="Route home", width=20),
    Column(heading="To know at the kerb", kind=Kind.WRAPPED, width=46),
)

NOT_CARRIED = "not carried"


@dataclass(slots=True)
class _Visit:
    """One passenger's day at one site, filled in session by session."""

    out: list[Any] = field(default_factory=lambda: [None, None, None])
    home: list[Any] = field(default_factory=lambda: [None, None, None])


def build_arrivals_books(facts: RunFacts) -> dict[str, bytes]:
    """Build the arrivals list of each site with passengers that day, by site id."""
    return {
        site_id: _build_book(facts, site_id, rows)
        for site_id, rows in list_site_rows(facts).items()
    }


def list_site_rows(facts: RunFacts) -> dict[str, list[list[Any]]]:
    """List the rows of each site's list: by arrival, who is not carried first."""
    visits: dict[str, dict[str, _Visit]] = {}
    for duty in facts.run.plan.duties:
        for route in duty.routes:
            _add_route(facts, duty, route, visits)
    _add_unserved(facts, visits)
    return {site_id: _list_rows(facts, visits[site_id]) for site_id in sorted(visits)}


def _list_rows(facts: RunFacts, visits: dict[str, _Visit]) -> list[list[Any]]:
    rows = []
    for passenger_id, visit in visits.items():
        passenger = facts.passengers[passenger_id]
        know = "; ".join(describe_handling(passenger))
        rows.append([passenger.name, *visit.out, *visit.home, know])
    # Because somebody must ring the family of who is not carried.
    rows.sort(key=lambda row: (-1 if row[1] is None else row[1], row[0]))
    return rows


def _add_route(
    facts: RunFacts, duty: Duty, route: Route, visits: dict[str, dict[str, _Visit]]
) -> None:
    """Add what one route brings to its sites or takes from them."""
    provider = facts.provider_names.get(duty.provider_id, duty.provider_id)
    vehicle = facts.vehicle_types[duty.vehicle_type_id].name
    for stop in route.stops:
        if stop.site_id is None:
            continue
        at_site = visits.setdefault(stop.site_id, {})
        by = f"{provider}, {vehicle}"
        for passenger_id in stop.alighting:
            at_site.setdefault(passenger_id, _Visit()).out = [stop.arrive_s, by, route.route_id]
        for passenger_id in stop.boarding:
            at_site.setdefault(passenger_id, _Visit()).home = [stop.leave_s, by, route.route_id]


def _add_unserved(facts: RunFacts, visits: dict[str, dict[str, _Visit]]) -> None:
    """Add who is expected at a site but not carried, so that nobody waits in vain."""
    plan = facts.run.plan
    missing = {(one.passenger_id, one.session) for one in plan.unserved}
    for session in Session:
        for traveller in find_travellers(
            facts.inputs, plan.day_type, session, plan.service_date
        ):
            if (traveller.passenger_id, session) not in missing:
                continue
            at_site = visits.setdefault(traveller.site_id, {})
            visit = at_site.setdefault(traveller.passenger_id, _Visit())
            if session.is_homeward:
                visit.home = [None, NOT_CARRIED, None]
            else:
                visit.out = [None, NOT_CARRIED, None]


def _build_book(facts: RunFacts, site_id: str, rows: list[list[Any]]) -> bytes:
    """Build one site's workbook."""
    site = facts.sites[site_id]
    book = open_book(facts.run, f"Arrivals, {site.name}")
    sheet = book.add_sheet("Arrivals")
    kind = SITE_KIND_WORDS[site.kind]
    sheet.write_title(site.name, f"{describe_day(facts.run)}, {kind}")
    for warning in describe_warnings(facts.run, is_brief=True):
        sheet.write_note(warning, "warning")
    sheet.write_table(_COLUMNS, rows)
    return book.close()
