"""Manifests: what a driver needs for the day, and every route for the transport office.

A driver's sheet holds times, places, names and what the crew must know to carry each passenger.
It never holds a diagnosis, birth date or cost. A protected address stands on the sheet of the
driver who goes there and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from data.plans import DeadRun, Duty, Route, Stop
from data.units import format_time
from reports.cells import Book, Column, Kind, Sheet
from reports.facts import RunFacts
from reports.sources import describe_day, describe_warnings, open_book
from reports.words import SESSION_WORDS, describe_count, describe_equipment, describe_layout

ROWS_PER_PAGE = 34
"""Rows of a printed A4 landscape page at the widths below."""

WITHHELD = "address withheld"

_COLUMNS = (
    Column(heading="Arrive", kind=Kind.TIME, width=8),
    Column(heading="Leave", kind=Kind.TIME, width=8),
    Column(heading="Place", kind=Kind.WRAPPED, width=26),
    Column(heading="On or off", width=9),
    Column(heading="Passenger", kind=Kind.WRAPPED, width=26),
    Column(heading="Takes", width=18),
    Column(heading="To know", kind=Kind.WRAPPED, width=50),
)

_DEAD_COLUMNS = tuple(
    replace(column, kind=Kind.TEXT) if column.kind is Kind.WRAPPED else column
    for column in _COLUMNS
)
"""The same for a drive without passengers, whose words run over the columns beside them."""

Rows = list[tuple[tuple[Column, ...], Sequence[Any]]]
"""Rows of a block, each with the columns it is written in."""


def build_drivers_book(facts: RunFacts, provider_id: str) -> bytes:
    """Build the manifests of one provider's drivers: a sheet per duty."""
    name = facts.provider_names.get(provider_id, provider_id)
    book = open_book(facts.run, f"Drivers' manifests, {name}")
    for duty in facts.run.plan.duties:
        if duty.provider_id == provider_id:
            _write_duty(book, facts, duty)
    return book.close()


def build_routes_book(facts: RunFacts) -> bytes:
    """Build the manifest of every route, for the transport office; protected homes withheld."""
    book = open_book(facts.run, f"Manifests by route, {facts.inputs.title}")
    _write_contents(book.add_sheet("Contents"), facts)
    sheet = book.add_sheet("Routes")
    sheet.set_widths([c.width for c in _COLUMNS])
    sheet.write_title("Manifests by route", describe_day(facts.run))
    _write_warnings(sheet, facts)
    sheet.write_header(_COLUMNS, is_repeated=True)
    for duty in facts.run.plan.duties:
        provider = facts.provider_names.get(duty.provider_id, duty.provider_id)
        for route in duty.routes:
            head = f"{_describe_route(facts, duty, route)}   {provider}   duty {duty.duty_id}"
            rows = list(_build_route_rows(facts, route, is_for_driver=False))
            _write_block(sheet, head, rows)
    return book.close()


def _write_contents(sheet: Sheet, facts: RunFacts) -> None:
    """Write which route is driven by whom, and where its driver's sheet is."""
    columns = (
        Column(heading="Route", width=22),
        Column(heading="Session", width=26),
        Column(heading="Start", kind=Kind.TIME, width=8),
        Column(heading="End", kind=Kind.TIME, width=8),
        Column(heading="Sites", kind=Kind.WRAPPED, width=44),
        Column(heading="Passengers", kind=Kind.COUNT, width=11),
        Column(heading="Provider", width=28),
        Column(heading="Duty (sheet in the drivers' workbook)", width=22),
    )
    rows = [
        [
            one.route.route_id,
            SESSION_WORDS[one.route.session],
            one.route.start_s,
            one.route.end_s,
            ", ".join(facts.sites[s].name for s in one.site_ids),
            one.n_passengers,
            facts.provider_names.get(one.duty.provider_id, one.duty.provider_id),
            one.duty.duty_id,
        ]
        for one in sorted(facts.routes, key=lambda f: (f.route.start_s, f.route.route_id))
    ]
    sheet.write_title(f"Routes of {describe_day(facts.run)}", facts.inputs.title)
    sheet.write_table(columns, rows)


def list_duty_rows(facts: RunFacts, duty: Duty) -> list[tuple[str, list[Sequence[Any]]]]:
    """List a driver's rows, route by route with its heading, for papers that show them too."""
    blocks: list[tuple[str, list[Sequence[Any]]]] = []
    for position, route in enumerate(duty.routes):
        rows: list[Sequence[Any]] = [
            _build_dead_row(facts, run)
            for run in duty.dead_runs
            if run.before_route == position
        ]
        rows += [row for _, row in _build_route_rows(facts, route, is_for_driver=True)]
        blocks.append((_describe_route(facts, duty, route), rows))
    last = [run for run in duty.dead_runs if run.before_route == len(duty.routes)]
    if blocks:
        blocks[-1][1].extend(_build_dead_row(facts, run) for run in last)
    return blocks


def _write_duty(book: Book, facts: RunFacts, duty: Duty) -> None:
    """Write one driver's sheet: the day from base to base."""
    sheet = book.add_sheet(duty.duty_id)
    sheet.set_widths([c.width for c in _COLUMNS])
    vehicle_type = facts.vehicle_types[duty.vehicle_type_id]
    vehicle = vehicle_type.name
    if duty.vehicle_id:
        vehicle += f", vehicle {duty.vehicle_id}"
    crew = f", crew {', '.join(duty.crew_ids)}" if duty.crew_ids else ""
    provider = facts.provider_names.get(duty.provider_id, duty.provider_id)
    sheet.write_title(f"Duty {duty.duty_id}", f"{describe_day(facts.run)}, {provider}")
    sheet.write_note(f"{vehicle}{crew}. Keep this sheet with you; hand it back after the day.")
    _write_warnings(sheet, facts)
    sheet.write_header(_COLUMNS, is_repeated=True)
    for position, route in enumerate(duty.routes):
        rows: Rows = [
            (_DEAD_COLUMNS, _build_dead_row(facts, run))
            for run in duty.dead_runs
            if run.before_route == position
        ]
        rows += _build_route_rows(facts, route, is_for_driver=True)
        _write_block(sheet, _describe_route(facts, duty, route), rows)
    last = [run for run in duty.dead_runs if run.before_route == len(duty.routes)]
    for run in last:
        sheet.write_row(_DEAD_COLUMNS, _build_dead_row(facts, run))


def _write_warnings(sheet: Sheet, facts: RunFacts) -> None:
    """Write what must be known before anybody drives by the sheet."""
    for warning in describe_warnings(facts.run, is_brief=True):
        sheet.write_note(warning, "warning")


def _write_block(sheet: Sheet, head: str, rows: Rows) -> None:
    """Write a route's block, on a new page if it does not fit on this one."""
    sheet.start_block(len(rows) + 2, ROWS_PER_PAGE)
    sheet.write_band(head, len(_COLUMNS))
    for columns, values in rows:
        sheet.write_row(columns, values)
    sheet.skip()


def _describe_route(facts: RunFacts, duty: Duty, route: Route) -> str:
    """Describe a route's session, layout and crew in one line."""
    parts = [
        f"Route {route.route_id}: {SESSION_WORDS[route.session]}",
        f"set up as {describe_layout(route.layout)}",
    ]
    if route.n_assistants:
        helpers = describe_count(route.n_assistants, "assistant")
        if route.n_trained_assistants:
            helpers += f", {route.n_trained_assistants} medically trained"
        if route.assistant_ids:
            helpers += f" ({', '.join(route.assistant_ids)})"
        parts.append(helpers)
    return ", ".join(parts)


def _build_dead_row(facts: RunFacts, run: DeadRun) -> list[Any]:
    """Build the row of a drive without passengers, which never names a home."""
    homes = {home.place_id for held in facts.homes.values() for home in held}
    ends = [
        "the next stop" if place_id in homes else facts.describe_place_id(place_id)
        for place_id in (run.from_place_id, run.to_place_id)
    ]
    start = "the last stop" if run.from_place_id in homes else ends[0]
    arrive_s = run.arrive_s // 60 * 60
    text = f"drive empty from {start} to {ends[1]}, there at {format_time(arrive_s)}"
    return [None, run.depart_s, text, None, None, None, None]


def _build_route_rows(
    facts: RunFacts, route: Route, *, is_for_driver: bool
) -> Iterator[tuple[tuple[Column, ...], Sequence[Any]]]:
    """Build the rows of a route: one per stop and passenger who gets on or off."""
    for stop in route.stops:
        is_hidden = stop.place_id in facts.protected_place_ids and not is_for_driver
        place = WITHHELD if is_hidden and stop.site_id is None else facts.describe_place(stop)
        moves = [("on", p) for p in stop.boarding] + [("off", p) for p in stop.alighting]
        for position, (move, passenger_id) in enumerate(moves):
            is_first = position == 0
            yield (
                _COLUMNS,
                [
                    stop.arrive_s if is_first else None,
                    stop.leave_s if is_first else None,
                    place if is_first else None,
                    move,
                    *_build_passenger_cells(facts, passenger_id, stop),
                ],
            )


def _build_passenger_cells(facts: RunFacts, passenger_id: str, stop: Stop) -> list[Any]:
    """Build name, what the passenger takes up, and what the crew must know."""
    passenger = facts.passengers[passenger_id]
    if passenger.n_wheelchair_spaces:
        takes = "wheelchair space"
    else:
        takes = describe_count(passenger.n_seats_taken, "seat")
    # At a site only who gets on or off matters: the rest stands at the home stop.
    know = "" if stop.site_id is not None else "; ".join(describe_equipment(passenger))
    return [passenger.name, takes, know]
