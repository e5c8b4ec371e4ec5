"""Order sheets: what a supplier is asked to run, its own routes only, and what it is paid.

No passenger is named and no address stands here: the drivers' manifests carry those. Where the
first pick-up lies is given by its postcode sector, withheld for a protected address.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from data.fleet import Supplier
from data.money import CostBasis
from data.passengers import Wheelchair
from reports.cells import Book, Column, Kind
from reports.facts import RouteFacts, RunFacts
from reports.sources import describe_day, describe_warnings, open_book
from reports.words import SESSION_WORDS, describe_layout

_ROUTE_COLUMNS = (
    Column(heading="Route", kind=Kind.WRAPPED, width=16),
    Column(heading="Session", kind=Kind.WRAPPED, width=24),
    Column(heading="Duty", kind=Kind.WRAPPED, width=12),
    Column(heading="Vehicle type, set up as", kind=Kind.WRAPPED, width=26),
    Column(heading="Passengers", kind=Kind.COUNT, width=11),
    Column(heading="stay in wheelchair", kind=Kind.COUNT, width=11),
    Column(heading="transfer to a seat", kind=Kind.COUNT, width=11),
    Column(heading="Assistants", kind=Kind.COUNT, width=11),
    Column(heading="of them trained", kind=Kind.COUNT, width=9),
    Column(heading="First stop near", width=11),
    Column(heading="Sites", kind=Kind.WRAPPED, width=28),
    Column(heading="Stops", kind=Kind.COUNT, width=7),
    Column(heading="Start", kind=Kind.TIME, width=7),
    Column(heading="End", kind=Kind.TIME, width=7),
    Column(heading="Miles with passengers", kind=Kind.MILES, width=11),
)

_LINE_COLUMNS = (
    Column(heading="Duty", width=16),
    Column(heading="Route", kind=Kind.WRAPPED, width=24),
    Column(heading="Item", width=24),
    Column(heading="Quantity", kind=Kind.COUNT, width=12),
    Column(heading="Unit", width=14),
    Column(heading="Rate, £", kind=Kind.RATE, width=14),
    Column(heading="Amount, £", kind=Kind.POUNDS, width=14),
    Column(heading="Note", kind=Kind.WRAPPED, width=40),
)


def build_orders_book(facts: RunFacts, supplier: Supplier) -> bytes:
    """Build the order sheet of one supplier."""
    book = open_book(facts.run, f"Order, {supplier.name}")
    _write_routes(book, facts, supplier)
    _write_price(book, facts, supplier)
    return book.close()


def _write_routes(book: Book, facts: RunFacts, supplier: Supplier) -> None:
    """Write what the supplier is asked to run."""
    sheet = book.add_sheet("Routes")
    sheet.write_title(f"Order to {supplier.name}", describe_day(facts.run))
    for warning in describe_warnings(facts.run, is_brief=True):
        sheet.write_note(warning, "warning")
    rows = [
        _build_route_row(facts, one)
        for one in facts.routes
        if one.duty.provider_id == supplier.supplier_id
    ]
    sheet.write_table(_ROUTE_COLUMNS, rows)


def list_order_rows(
    facts: RunFacts, supplier_id: str, duty_ids: Collection[str]
) -> list[list[Any]]:
    """List the rows of some duties of a supplier, for papers that show them too."""
    return [
        _build_route_row(facts, one)
        for one in facts.routes
        if one.duty.provider_id == supplier_id and one.duty.duty_id in duty_ids
    ]


def _build_route_row(facts: RunFacts, one: RouteFacts) -> list[Any]:
    """Build the row of one route."""
    route = one.route
    aboard = [facts.passengers[p] for p in route.passenger_ids]
    vehicle = facts.vehicle_types[one.duty.vehicle_type_id]
    return [
        route.route_id,
        SESSION_WORDS[route.session],
        one.duty.duty_id,
        f"{vehicle.name}: {describe_layout(route.layout)}",
        len(aboard),
        one.n_wheelchair_spaces,
        sum(p.wheelchair is Wheelchair.TRANSFERS for p in aboard),
        route.n_assistants,
        route.n_trained_assistants,
        _describe_area(facts, one),
        ", ".join(facts.sites[s].name for s in one.site_ids),
        len(route.stops),
        route.start_s,
        route.end_s,
        route.loaded_m,
    ]


def _describe_area(facts: RunFacts, one: RouteFacts) -> str:
    """Describe where the first stop is by its postcode sector, e.g. ``SS2 6``."""
    first = one.route.stops[0]
    if first.site_id is not None:
        return "the site"
    if first.place_id in facts.protected_place_ids:
        return "withheld"
    postcode = facts.places[first.place_id].postcode
    return postcode[:-2].strip() if postcode else "see manifest"


def _write_price(book: Book, facts: RunFacts, supplier: Supplier) -> None:
    """Write what the supplier is paid for the day, line by line."""
    sheet = book.add_sheet("Price of the day")
    lines = [c for c in facts.run.lines if c.provider_id == supplier.supplier_id]
    rows: list[list[Any]] = [
        [
            line.duty_id,
            line.route_id if line.route_id is not None else ", ".join(line.shared_by),
            line.item.replace("_", " "),
            line.quantity,
            line.unit,
            line.rate_mpence,
            line.amount_pence,
            line.note,
        ]
        for line in lines
    ]
    net = sum(line.amount_pence for line in lines if line.item != "vat")
    gross = sum(line.amount_pence for line in lines if line.basis is not CostBasis.FIXED)
    sheet.write_title("Price of the day", f"{supplier.name}, {describe_day(facts.run)}")
    sheet.write_note(f"Net £{net / 100:,.2f}, with VAT £{gross / 100:,.2f}.")
    sheet.write_table(_LINE_COLUMNS, rows)
