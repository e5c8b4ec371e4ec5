"""Workbooks of a tender: its lots for the council, the invitation for suppliers, bid forms.

The invitation names no passenger and no home: an area is a postcode district, withheld where a
route begins at a protected address, times are to five minutes. Guide prices, incumbents and
bars stay with the council.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.errors import IdentityError
from data.imports import BID_SHEETS
from data.inputs import Inputs
from data.tenders import BidBook, BidKind, ContractRoute, Tender
from data.units import MM_PER_MILE
from reports.cells import Book, Column, Kind, Sheet
from reports.tender_words import (
    PRICES_NOTE,
    TenderNames,
    describe_runs,
    open_tender_book,
    write_tender_origin,
    write_warnings,
)

FIVE_MINUTES_S = 300

_LOT_COLUMNS = (
    Column(heading="Lot", width=8),
    Column(heading="Name", kind=Kind.WRAPPED, width=44),
    Column(heading="Contract routes", kind=Kind.COUNT, width=10),
    Column(heading="Vehicles at one time", kind=Kind.COUNT, width=11),
    Column(heading="Passengers", kind=Kind.COUNT, width=11),
)

_GUIDE_COLUMNS = (
    Column(heading="Guide price a day, £", kind=Kind.POUNDS, width=14),
    Column(heading="Guide price a year, £", kind=Kind.POUNDS, width=16),
)

_ROUTE_COLUMNS = (
    Column(heading="Contract route", width=10),
    Column(heading="Lot", width=8),
    Column(heading="Runs", kind=Kind.WRAPPED, width=30),
    Column(heading="Sites", kind=Kind.WRAPPED, width=34),
    Column(heading="Begins about", width=12),
    Column(heading="Smallest vehicle", kind=Kind.WRAPPED, width=24),
    Column(heading="vehicle_type_id", width=15),
    Column(heading="Seats", kind=Kind.COUNT, width=7),
    Column(heading="Wheelchair spaces", kind=Kind.COUNT, width=11),
    Column(heading="Lift", width=6),
    Column(heading="Assistants", kind=Kind.COUNT, width=11),
    Column(heading="of them trained", kind=Kind.COUNT, width=9),
    Column(heading="Starts about", kind=Kind.WRAPPED, width=14),
    Column(heading="Minutes with passengers", kind=Kind.WRAPPED, width=12),
    Column(heading="Miles with passengers", kind=Kind.WRAPPED, width=12),
    Column(heading="Stops", kind=Kind.WRAPPED, width=8),
    Column(heading="Days a year", kind=Kind.COUNT, width=8),
)

_COUNCIL_COLUMNS = (
    Column(heading="Passengers", kind=Kind.COUNT, width=11),
    Column(heading="Incumbent", kind=Kind.WRAPPED, width=26),
    Column(heading="Barred", kind=Kind.WRAPPED, width=16),
    *_GUIDE_COLUMNS,
)


def build_lots_book(tender: Tender, inputs: Inputs, names: TenderNames) -> bytes:
    """Build the council's workbook of lots, with guide prices.

    Raises
    ------
    IdentityError
        If lots and contract routes do not come to the same (M3).
    """
    _check_lots(tender)
    book = open_tender_book(tender, f"Lots, {tender.title}", tender.created_utc)
    sheet = book.add_sheet("Lots")
    sheet.write_title(
        f"Lots by {tender.rule.basis}, at most {tender.rule.max_vehicles} vehicles each",
        f"{tender.title}, days of {names.years}. {PRICES_NOTE} For the council only.",
    )
    write_warnings(sheet, tender)
    sheet.write_note(f"Guide prices are {tender.guide_basis}.")
    columns = (*_LOT_COLUMNS, *_GUIDE_COLUMNS)
    by_id = {c.contract_id: c for c in tender.contracts}
    rows: list[list[Any]] = []
    for lot in tender.lots:
        held = [by_id[i] for i in lot.contract_ids]
        rows.append(
            [
                lot.lot_id,
                lot.name,
                len(held),
                lot.n_vehicles,
                sum(c.n_passengers for c in held),
                lot.guide_pence,
                sum(c.guide_year_pence for c in held),
            ]
        )
    total = ["all", "", *(sum(row[i] for row in rows) for i in range(2, 7))]
    total[3] = None
    sheet.write_table(columns, rows, total=total)
    sheet.skip()
    write_tender_origin(sheet, tender)
    _write_routes(book, tender, inputs, names, is_for_council=True)
    return book.close()


def _check_lots(tender: Tender) -> None:
    held = sorted(i for lot in tender.lots for i in lot.contract_ids)
    if held != sorted(c.contract_id for c in tender.contracts):
        raise IdentityError("the lots do not hold every contract route once")
    guide_pence = sum(lot.guide_pence for lot in tender.lots)
    due_pence = sum(c.guide_pence for c in tender.contracts)
    if guide_pence != due_pence:
        raise IdentityError(f"lots come to {guide_pence} pence a day, routes to {due_pence}")


def build_pack_book(tender: Tender, inputs: Inputs, names: TenderNames) -> bytes:
    """Build the invitation pack: what is let, and the forms to bid with, no personal data."""
    book = open_tender_book(tender, f"Invitation to bid, {tender.title}", tender.created_utc)
    _write_invitation(book.add_sheet("invitation"), tender, names)
    sheet = book.add_sheet("lots")
    sheet.write_title("Lots", "A bid is for one lot, or for any contract routes.")
    by_id = {c.contract_id: c for c in tender.contracts}
    columns = (*_LOT_COLUMNS[:4], Column(heading="Holds", kind=Kind.WRAPPED, width=60))
    rows = [
        [
            lot.lot_id,
            lot.name,
            len(lot.contract_ids),
            lot.n_vehicles,
            "; ".join(i for i in lot.contract_ids if i in by_id),
        ]
        for lot in tender.lots
    ]
    sheet.write_table(columns, rows)
    _write_routes(book, tender, inputs, names, is_for_council=False)
    _write_sites(book.add_sheet("sites"), tender, inputs)
    _write_forms(book, {"bidders": [["", "", tender.tender_id, None, None, None]]})
    return book.close()


def _write_invitation(sheet: Sheet, tender: Tender, names: TenderNames) -> None:
    """Write what is let, and how to bid."""
    sheet.write_title("Invitation to bid", tender.title)
    write_warnings(sheet, tender)
    sheet.set_widths([34, 44, 20, 20, 20, 20])
    sheet.write_pair("Tender", tender.tender_id)
    sheet.write_pair("Contract routes", len(tender.contracts), Kind.COUNT)
    sheet.write_pair("Lots", len(tender.lots), Kind.COUNT)
    sheet.write_pair("Days counted in", names.years)
    sheet.skip()
    for heading, text, n_lines in (
        (
            "What a contract route is",
            "A run to the site with the run home of the same passengers, or one run where "
            "there is no such pair. The days a year are those on which it runs. Passengers, "
            "addresses and exact times are given to the winner only; areas are postcode "
            "districts.",
            3,
        ),
        (
            "How to bid",
            "Fill in the sheets bidders, bids and, if you wish, discounts and capacity. One "
            "row of bids is one price a day without VAT, for one lot or for the routes "
            "named; several contract routes in one row are a package, won whole or not at all. "
            "Bid as often as you like: at most one of your prices counts for each route.",
            3,
        ),
        (
            "Conditions",
            "requires: the bid stands only if those other bids of yours win too. excludes: it "
            "does not stand beside them. min_contracts: you take at least so many contract "
            "routes or none. discounts: a rebate on everything you win, from a number of "
            "contract routes on. capacity: the most you take, in all or by vehicle type.",
            3,
        ),
        (
            "How it is decided",
            "The council takes the set of bids of least evaluated cost that covers the "
            "contract routes and keeps every condition, proven by exact arithmetic; weights "
            "and caps are in the council's award rules.",
            2,
        ),
    ):
        sheet.write_heading(heading)
        sheet.write_paragraph(text, 6, n_lines)


def _write_sites(sheet: Sheet, tender: Tender, inputs: Inputs) -> None:
    """Write the sites: where they are, and when they receive."""
    used = {s for c in tender.contracts for s in c.site_ids}
    places = {p.place_id: p for p in inputs.places}
    columns = (
        Column(heading="Site", kind=Kind.WRAPPED, width=40),
        Column(heading="Postcode", width=12),
        Column(heading="Arrive from", kind=Kind.TIME, width=10),
        Column(heading="Arrive by", kind=Kind.TIME, width=10),
        Column(heading="Leave from", kind=Kind.TIME, width=10),
        Column(heading="Leave by", kind=Kind.TIME, width=10),
    )
    rows = [
        [
            site.name,
            places[site.place_id].postcode or "",
            site.arrive_from_s,
            site.arrive_by_s,
            site.leave_from_s,
            site.leave_by_s,
        ]
        for site in inputs.sites
        if site.site_id in used
    ]
    sheet.write_title("Sites", "When passengers may arrive and leave.")
    sheet.write_table(columns, rows)


def _write_routes(
    book: Book, tender: Tender, inputs: Inputs, names: TenderNames, *, is_for_council: bool
) -> None:
    """Write the contract routes; what only the council may see on its own sheet alone."""
    sheet = book.add_sheet("contract_routes")
    sheet.write_title("Contract routes", PRICES_NOTE)
    lot_of = {i: lot.lot_id for lot in tender.lots for i in lot.contract_ids}
    columns = (*_ROUTE_COLUMNS, *(_COUNCIL_COLUMNS if is_for_council else ()))
    rows = []
    for contract in tender.contracts:
        row = _build_route_row(contract, lot_of[contract.contract_id], names)
        if is_for_council:
            incumbent = contract.incumbent_id
            row += [
                contract.n_passengers,
                names.describe_supplier(incumbent) if incumbent else "not known",
                ", ".join(names.describe_supplier(s) for s in contract.barred_ids),
                contract.guide_pence,
                contract.guide_year_pence,
            ]
        rows.append(row)
    total: list[Any] | None = None
    if is_for_council:
        n_before = len(_ROUTE_COLUMNS)
        total = ["all", *([None] * (n_before - 1))]
        total += [sum(row[n_before] for row in rows), None, None]
        total += [sum(row[i] for row in rows) for i in (-2, -1)]
    sheet.write_table(columns, rows, total=total)


def _build_route_row(contract: ContractRoute, lot_id: str, names: TenderNames) -> list[Any]:
    runs = contract.runs
    return [
        contract.contract_id,
        lot_id,
        describe_runs(contract),
        names.describe_sites(contract),
        contract.area or "see manifest",
        names.describe_type(contract),
        contract.vehicle_type_id,
        contract.n_seats,
        contract.n_wheelchair_spaces,
        "yes" if contract.needs_lift else "no",
        contract.n_assistants,
        contract.n_trained_assistants,
        "; ".join(_about(run.start_s) for run in runs),
        "; ".join(str(-(-(run.end_s - run.start_s) // 60)) for run in runs),
        "; ".join(_miles(run.loaded_m) for run in runs),
        "; ".join(str(run.n_stops) for run in runs),
        contract.n_days,
    ]


def _about(time_s: int) -> str:
    """Write a time to the nearest five minutes."""
    minutes = (time_s + FIVE_MINUTES_S // 2) // FIVE_MINUTES_S * 5
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _miles(distance_m: int) -> str:
    """Write a distance in miles with one decimal."""
    return f"{distance_m * 1_000 / MM_PER_MILE:.1f}"


def build_bids_book(tender: Tender, bids: BidBook) -> bytes:
    """Build bid forms filled in, as they are read back."""
    book = open_tender_book(tender, f"Bids, {tender.title}", bids.created_utc)
    lots = {lot.contract_ids: lot.lot_id for lot in tender.lots}
    rows: dict[str, list[list[Any]]] = {
        "bidders": [
            [
                b.supplier_id,
                b.name,
                bids.tender_id,
                f"{b.quality_bp / 100:g}%",
                b.min_contracts or None,
                "yes" if b.is_small else "no",
            ]
            for b in bids.bidders
        ],
        "bids": [
            [
                b.bid_id,
                b.supplier_id,
                lots[b.contract_ids] if b.kind is BidKind.LOT else None,
                None if b.kind is BidKind.LOT else "; ".join(b.contract_ids),
                b.price_pence,
                "; ".join(b.requires) or None,
                "; ".join(b.excludes) or None,
            ]
            for b in bids.bids
        ],
        "discounts": [
            [d.supplier_id, d.from_contracts, f"{d.discount_bp / 100:g}%"]
            for d in bids.discounts
        ],
        "capacity": [
            [c.supplier_id, c.vehicle_type_id, c.max_contracts] for c in bids.capacities
        ],
    }
    _write_forms(book, rows)
    return book.close()


_KINDS = {"price_pounds_per_day": Kind.POUNDS}
_COUNTS = frozenset({"min_contracts", "from_contracts", "max_contracts"})


def _write_forms(book: Book, rows: dict[str, list[list[Any]]]) -> None:
    """Write the bid forms with their headings, the words of each column beneath the title."""
    for spec in BID_SHEETS:
        sheet = book.add_sheet(spec.name)
        columns = tuple(
            Column(
                heading=field.heading,
                kind=Kind.COUNT
                if field.heading in _COUNTS
                else _KINDS.get(field.heading, Kind.TEXT),
                width=max(16, len(field.heading) + 3),
            )
            for field in spec.fields
        )
        held = rows.get(spec.name, [])
        sheet.write_table(columns, _pad(held, len(columns)))


def _pad(rows: Sequence[list[Any]], n_columns: int) -> list[list[Any]]:
    return [[*row, *([None] * (n_columns - len(row)))] for row in rows]
