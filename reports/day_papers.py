"""The papers of a day as tagged PDF: what changed for each reader, and nothing else.

A driver's, site's or supplier's paper holds the duties, passengers or routes that differ from
what they know; who reads one for whom nothing changed gets none. The fields are those of the
workbooks, so that no paper shows a reader what the workbook does not: a site no address, an
order no name, a family no other child.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from data.fleet import OWN_PROVIDER_ID
from data.plans import Duty, Plan
from data.units import format_time
from reports.arrivals import NOT_CARRIED, list_site_rows
from reports.facts import RunFacts
from reports.manifests import list_duty_rows
from reports.notices import Notice
from reports.orders import list_order_rows
from reports.sources import describe_day, describe_warnings
from reports.typeset import quote, set_pdf

_HEAD = """
#set document(title: {title}, author: "wayfare", date: {date})
#set page(paper: "a4", flipped: {flipped}, margin: 1.5cm, footer: context [
  #set text(8pt, fill: rgb("#595959"))
  #{title} #h(1fr) #counter(page).display("1")
])
#set text(font: "DejaVu Sans", size: {size}, lang: "en", region: "GB")
#show heading.where(level: 1): it => block(below: 0.7em,
  text(15pt, fill: rgb("#12436D"), it.body))
#show heading.where(level: 2): it => block(above: 1.3em, below: 0.7em, sticky: true,
  text(10.5pt, fill: rgb("#12436D"), it.body))
#show table: set par(leading: 0.5em)
#set table(stroke: 0.5pt + rgb("#B1B4B6"), inset: 4pt)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTable:
    """A table with its heading.

    Attributes
    ----------
    widths
        Of the columns, in percent.
    """

    heading: str
    header: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayPage:
    """What one reader is to see together, begun on a page of its own."""

    heading: str
    notes: tuple[str, ...] = ()
    tables: tuple[DayTable, ...] = ()


def build_day_papers(
    facts: RunFacts, known: Plan, notices: Sequence[Notice]
) -> dict[str, bytes]:
    """Build the PDF of each reader for whom a day differs from what they know, by file stem.

    Parameters
    ----------
    facts
        Of the run that is published.
    known
        What families, drivers, sites and suppliers know for such a day.
    notices
        Texts for the families whose own day changes.
    """
    changed = find_changed_duties(known, facts.run.plan)
    made: dict[str, bytes] = {}
    providers = {d.provider_id for d in (*facts.run.plan.duties, *known.duties)}
    for provider_id in sorted(providers):
        name = facts.provider_names.get(provider_id, provider_id)
        pages = _list_driver_pages(facts, known, provider_id, changed)
        if pages:
            made[f"drivers_{provider_id}"] = _set(facts, f"Drivers' manifests, {name}", pages)
        if pages and provider_id != OWN_PROVIDER_ID:
            order = _list_order_page(facts, known, provider_id, name, changed)
            made[f"orders_{provider_id}"] = _set(facts, f"Order, {name}", [order])
    for site_id, page in _list_site_pages(facts, known).items():
        made[f"arrivals_{site_id}"] = _set(facts, page.heading, [page])
    if notices:
        made["notices"] = _set(
            facts,
            "Notices for families",
            [
                DayPage(heading="A change of transport", notes=(notice.text,))
                for notice in notices
            ],
            is_letter=True,
        )
    return made


def find_changed_duties(known: Plan, plan: Plan) -> frozenset[str]:
    """Find the duties that are new, gone, or in anything not what their driver knows."""
    old = {d.duty_id: _strip(d) for d in known.duties}
    new = {d.duty_id: _strip(d) for d in plan.duties}
    return frozenset(k for k in old.keys() | new.keys() if old.get(k) != new.get(k))


def _strip(duty: Duty) -> Duty:
    """Leave out what a driver does not see: how routes are named."""
    return replace(duty, routes=tuple(replace(r, route_id="") for r in duty.routes))


def _list_driver_pages(
    facts: RunFacts, known: Plan, provider_id: str, changed: Collection[str]
) -> list[DayPage]:
    """List a page for each duty of a provider that changed; one that is gone says so."""
    there = {d.duty_id: d for d in facts.run.plan.duties if d.provider_id == provider_id}
    gone = sorted(
        d.duty_id
        for d in known.duties
        if d.provider_id == provider_id and d.duty_id not in there
    )
    pages = [
        DayPage(
            heading=f"Duty {duty_id}",
            notes=(_describe_crew(facts, duty),),
            tables=tuple(
                DayTable(
                    heading=heading,
                    header=("Arrive", "Leave", "Place", "On or off", "Passenger", "Takes",
                            "To know"),
                    widths=(7, 7, 21, 8, 19, 12, 26),
                    rows=tuple(_write_row(row) for row in rows),
                )
                for heading, rows in list_duty_rows(facts, duty)
            ),
        )
        for duty_id, duty in there.items()
        if duty_id in changed
    ]  # fmt: skip
    if gone:
        pages.append(DayPage(heading="Not run on this day", notes=(", ".join(gone),)))
    return pages


def _describe_crew(facts: RunFacts, duty: Duty) -> str:
    vehicle = facts.vehicle_types[duty.vehicle_type_id].name
    named = f", vehicle {duty.vehicle_id}" if duty.vehicle_id else ""
    crew = f", crew {', '.join(duty.crew_ids)}" if duty.crew_ids else ""
    return f"{vehicle}{named}{crew}. Keep this sheet with you; hand it back after the day."


def _list_order_page(
    facts: RunFacts, known: Plan, supplier_id: str, name: str, changed: Collection[str]
) -> DayPage:
    """List the routes of a supplier's duties that changed; no name, no address."""
    rows = list_order_rows(facts, supplier_id, changed)
    there = {d.duty_id for d in facts.run.plan.duties if d.provider_id == supplier_id}
    gone = sorted(
        d.duty_id
        for d in known.duties
        if d.provider_id == supplier_id and d.duty_id not in there
    )
    notes: tuple[str, ...] = ("Only what differs is listed; all other duties run as ordered.",)
    if gone:
        notes += (f"Not run on this day: {', '.join(gone)}.",)
    return DayPage(
        heading=f"Order to {name}",
        notes=notes,
        tables=()
        if not rows
        else (
            DayTable(
                heading="Routes",
                header=("Route", "Session", "Duty", "Vehicle, set up as", "Passengers",
                        "in wheelchair", "transfer", "Assistants", "trained",
                        "First stop near", "Sites", "Stops", "Start", "End"),
                widths=(8, 10, 6, 12, 8, 8, 7, 8, 6, 6, 8, 5, 4, 4),
                rows=tuple(_write_row(row[:12]) + _write_clocks(row[12:14]) for row in rows),
            ),
        ),
    )  # fmt: skip


def _list_site_pages(facts: RunFacts, known: Plan) -> dict[str, DayPage]:
    """List a page for each site with a passenger who comes or leaves in another way."""
    before = list_site_rows(replace_plan(facts, known))
    pages = {}
    for site_id, rows in list_site_rows(facts).items():
        held = before.get(site_id, [])
        old = {_see(row) for row in held}
        differing = [row for row in rows if _see(row) not in old]
        names = {row[0] for row in rows}
        away = sorted({row[0] for row in held} - names)
        if not differing and not away:
            continue
        tables = [
            DayTable(
                heading="Comes or leaves in another way",
                header=("Passenger", "Arrives", "Brought by", "Leaves", "Taken home by",
                        "To know at the kerb"),
                widths=(20, 8, 20, 8, 20, 24),
                rows=tuple(
                    (row[0], _write(row[1], is_clock=True), _write(row[2]),
                     _write(row[4], is_clock=True), _write(row[5]), _write(row[7]))
                    for row in differing
                ),
            )
        ] if differing else []  # fmt: skip
        if away:
            tables.append(
                DayTable(
                    heading="Not brought on this day",
                    header=("Passenger",),
                    widths=(40,),
                    rows=tuple((name,) for name in away),
                )
            )
        pages[site_id] = DayPage(
            heading=facts.sites[site_id].name,
            notes=("Only what differs is listed; all others come and leave as you know.",),
            tables=tuple(tables),
        )
    return pages


def _see(row: Sequence[Any]) -> tuple[Any, ...]:
    """What of a row a site's staff act on: not what the routes are called."""
    return (*row[:3], *row[4:6])


def replace_plan(facts: RunFacts, plan: Plan) -> RunFacts:
    """Give facts another plan of the same people, without those who are no longer known."""
    duties = tuple(
        replace(d, routes=tuple(_drop_unknown(r, facts.passengers) for r in d.routes))
        for d in plan.duties
        if d.vehicle_type_id in facts.vehicle_types
    )
    unserved = tuple(u for u in plan.unserved if u.passenger_id in facts.passengers)
    on = facts.run.plan.service_date
    made = replace(plan, duties=duties, unserved=unserved, service_date=on)
    return replace(facts, run=replace(facts.run, plan=made))


def _drop_unknown(route: Any, known: Mapping[str, object]) -> Any:
    stops = tuple(
        replace(
            stop,
            boarding=tuple(p for p in stop.boarding if p in known),
            alighting=tuple(p for p in stop.alighting if p in known),
        )
        for stop in route.stops
    )
    return replace(route, stops=stops)


def _write_row(row: Sequence[Any]) -> tuple[str, ...]:
    """Write cells; the first two of a driver's row are clocks."""
    return tuple(
        _write(cell, is_clock=isinstance(cell, int) and position < 2)
        for position, cell in enumerate(row)
    )


def _write_clocks(row: Sequence[Any]) -> tuple[str, ...]:
    return tuple(_write(cell, is_clock=True) for cell in row)


def _write(cell: Any, *, is_clock: bool = False) -> str:
    if cell is None:
        return ""
    if is_clock and isinstance(cell, int):
        # Whole minutes, as the workbooks show them: nobody is told to be late.
        return format_time(cell // 60 * 60)
    return NOT_CARRIED if cell == NOT_CARRIED else str(cell)


def _set(
    facts: RunFacts, title: str, pages: Sequence[DayPage], *, is_letter: bool = False
) -> bytes:
    """Set pages as one PDF, each reader's on a page of its own."""
    stamp = facts.run.created_utc
    day = describe_day(facts.run)
    head = (
        _HEAD.replace("{title}", quote(f"{title}, {day}"))
        .replace("{date}", f"datetime(year: {stamp.year}, month: {stamp.month}, "
                           f"day: {stamp.day})")
        .replace("{flipped}", "false" if is_letter else "true")
        .replace("{size}", "11pt" if is_letter else "8.5pt")
    )  # fmt: skip
    warnings = describe_warnings(facts.run, is_brief=True)
    body = "\n#pagebreak()\n".join(_set_page(page, day, warnings) for page in pages)
    return set_pdf(f"{head}\n{body}\n", stamp)


def _set_page(page: DayPage, day: str, warnings: Sequence[str]) -> str:
    lines = [f"#heading(level: 1, {quote(page.heading)})", f"#par({quote(day)})"]
    lines += [f'#text(8pt, fill: rgb("#942514"), {quote(text)})' for text in warnings]
    lines += [f"#par({quote(text)})" for text in page.notes]
    for table in page.tables:
        columns = ", ".join(f"{percent}%" for percent in table.widths)
        header = ", ".join(f"[*#{quote(cell)}*]" for cell in table.header)
        cells = ",\n  ".join(
            ", ".join(f"[#{quote(cell)}]" for cell in row) for row in table.rows
        )
        lines.append(f"#heading(level: 2, {quote(table.heading)})")
        lines.append(
            f"#table(columns: ({columns},), align: left, "
            'fill: (_, y) => if y == 0 { rgb("#E3ECF4") },\n'
            f"  table.header({header}),\n  {cells})"
        )
    return "\n\n".join(lines)
