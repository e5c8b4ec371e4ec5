"""The award workbook: who wins what, what it costs, and what the answer hangs on."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from costing import check_award
from data.tenders import RULE_WORDS, UNPLACED_ID, Award, BidBook, BidKind, Tender
from reports.cells import Column, Kind, Sheet
from reports.tender_words import (
    PRICES_NOTE,
    TenderNames,
    open_tender_book,
    write_tender_origin,
    write_warnings,
)

_POUNDS = Kind.POUNDS


def build_award_book(award: Award, tender: Tender, bids: BidBook, names: TenderNames) -> bytes:
    """Build the award workbook.

    Raises
    ------
    IdentityError
        If the award does not add up or breaks a rule (M3).
    """
    check_award(award, tender, bids)
    book = open_tender_book(tender, f"Award, {tender.title}", award.created_utc)
    _write_summary(book.add_sheet("Award"), award, tender, bids, names)
    _write_contracts(book.add_sheet("Contract routes"), award, tender, names)
    _write_bids(book.add_sheet("Bids"), award, tender, bids, names)
    if award.rule_prices or award.worths:
        _write_rules(book.add_sheet("What it hangs on"), award, names)
    return book.close()


def _write_summary(
    sheet: Sheet, award: Award, tender: Tender, bids: BidBook, names: TenderNames
) -> None:
    sheet.set_widths([40, 16, 16, 16, 16, 16, 16, 16])
    sheet.write_title(f"Award, {tender.title}", f"Days of {names.years}. {PRICES_NOTE}")
    write_warnings(sheet, tender)
    sheet.skip()
    rows: list[tuple[str, Any, Kind, str]] = [
        ("Paid a year", award.paid_pence, _POUNDS, "what the contracts come to"),
        ("Guide price a year", tender.guide_year_pence, _POUNDS, tender.guide_basis),
        (
            "Evaluated a year",
            award.evaluated_pence,
            _POUNDS,
            "paid, quality short of full marks, one-off cost: what the award minimises",
        ),
        (
            "Proven least",
            award.bound_pence,
            _POUNDS,
            "nothing cheaper keeps the rules"
            if award.is_proven
            else f"nothing below this keeps the rules; the gap is {_percent(award.gap_bp)}",
        ),
        ("Contract routes", len(award.contracts), Kind.COUNT, f"{award.n_unplaced} unplaced"),
        ("Bids", len(bids.bids), Kind.COUNT, f"of {len(bids.bidders)} suppliers"),
    ]
    sheet.write_heading("The award")
    for label, value, kind, note in rows:
        sheet.write_pair(label, value, kind, note)
    sheet.skip()
    sheet.write_heading("Who wins")
    columns = (
        Column(heading="Supplier", width=40),
        Column(heading="Contract routes", kind=Kind.COUNT, width=16),
        Column(heading="a day, £", kind=_POUNDS, width=16),
        Column(heading="a year, £", kind=_POUNDS, width=16),
        Column(heading="Share of the year", width=16),
        Column(heading="Quality", width=16),
        Column(heading="New to", kind=Kind.COUNT, width=16),
    )
    sheet.write_header(columns)
    table = _build_winners(award, tender, bids, names)
    for row in table:
        sheet.write_row(columns, row)
    total = ["all", *(sum(row[i] for row in table) for i in (1, 2, 3)), "100 %", "", None]
    total[6] = sum(row[6] for row in table)
    sheet.write_row(columns, total, style="total")
    sheet.skip()
    _write_award_rules(sheet, award)
    write_tender_origin(sheet, tender)
    sheet.write_pair("Award", award.award_id)
    sheet.write_pair("Bids", award.book_id)
    sheet.write_pair("Seed", str(award.seed))


def _build_winners(
    award: Award, tender: Tender, bids: BidBook, names: TenderNames
) -> list[list[Any]]:
    """Build a row per winner, the largest first; unplaced last."""
    incumbents = {c.contract_id: c.incumbent_id for c in tender.contracts}
    quality = {b.supplier_id: _percent(b.quality_bp) for b in bids.bidders}
    held: dict[str, list[Any]] = defaultdict(list)
    for win in award.contracts:
        held[win.supplier_id].append(win)
    rows = []
    for supplier_id, wins in held.items():
        year_pence = sum(win.year_pence for win in wins)
        share_bp = year_pence * 10_000 // max(1, award.paid_pence)
        rows.append(
            [
                names.describe_supplier(supplier_id),
                len(wins),
                sum(win.price_pence for win in wins),
                year_pence,
                _percent(share_bp),
                quality.get(supplier_id, ""),
                sum(incumbents[win.contract_id] != supplier_id for win in wins)
                if supplier_id != UNPLACED_ID
                else 0,
            ]
        )
    nobody = names.describe_supplier(UNPLACED_ID)
    return sorted(rows, key=lambda row: (row[0] == nobody, -row[3], row[0]))


def _percent(share_bp: int) -> str:
    """Write a share with one decimal."""
    return f"{share_bp / 100:.1f} %"


def _write_award_rules(sheet: Sheet, award: Award) -> None:
    rules = award.rules
    sheet.write_heading("The rules of the award")
    sheet.write_pair(
        "Weight of quality",
        _percent(rules.quality_weight_bp),
        note="of the guide price for full marks: ten points less must be a tenth cheaper",
    )
    sheet.write_pair("Most contract routes of one", _percent(rules.max_share_bp))
    sheet.write_pair("Most value of one", _percent(rules.max_value_share_bp))
    sheet.write_pair(
        "Most suppliers",
        "no limit" if rules.max_suppliers is None else str(rules.max_suppliers),
    )
    sheet.write_pair("Least share of small firms", _percent(rules.min_small_share_bp))
    sheet.write_pair(
        "Leaving the incumbent, a route", rules.transition_pence, _POUNDS, "once, in pounds"
    )
    sheet.write_pair(
        "and a passenger on it", rules.transition_passenger_pence, _POUNDS, "once, in pounds"
    )
    sheet.write_pair("Spread over years", rules.contract_years, Kind.COUNT)
    sheet.write_pair(
        "Reserve where nobody wins", _percent(rules.reserve_bp), note="of the guide price"
    )
    sheet.skip()


def _write_contracts(sheet: Sheet, award: Award, tender: Tender, names: TenderNames) -> None:
    contracts = {c.contract_id: c for c in tender.contracts}
    lot_of = {i: lot.lot_id for lot in tender.lots for i in lot.contract_ids}
    columns = (
        Column(heading="Contract route", width=10),
        Column(heading="Lot", width=8),
        Column(heading="Sites", kind=Kind.WRAPPED, width=34),
        Column(heading="Winner", kind=Kind.WRAPPED, width=30),
        Column(heading="Bid", width=14),
        Column(heading="Incumbent", kind=Kind.WRAPPED, width=30),
        Column(heading="a day, £", kind=_POUNDS, width=12),
        Column(heading="Guide a day, £", kind=_POUNDS, width=12),
        Column(heading="Days", kind=Kind.COUNT, width=7),
        Column(heading="a year, £", kind=_POUNDS, width=13),
        Column(heading="Quality, £ a year", kind=_POUNDS, width=13),
        Column(heading="Transition, £ a year", kind=_POUNDS, width=13),
    )
    rows: list[list[Any]] = []
    for win in award.contracts:
        contract = contracts[win.contract_id]
        incumbent = contract.incumbent_id
        rows.append(
            [
                win.contract_id,
                lot_of[win.contract_id],
                names.describe_sites(contract),
                names.describe_supplier(win.supplier_id),
                win.bid_id,
                names.describe_supplier(incumbent) if incumbent else "not known",
                win.price_pence,
                contract.guide_pence,
                contract.n_days,
                win.year_pence,
                win.quality_pence,
                win.transition_pence,
            ]
        )
    sheet.write_title(
        "Contract routes as awarded",
        "The price of a package is spread over its routes by guide price; quality is what the "
        "evaluation adds and nobody pays.",
    )
    total: list[Any] = ["all", *([None] * 5), *([0] * 6)]
    for i in (6, 7, 9, 10, 11):
        total[i] = sum(row[i] for row in rows)
    total[8] = None
    sheet.write_table(columns, rows, total=total)


_KIND_WORDS = {BidKind.ROUTE: "one route", BidKind.LOT: "lot", BidKind.PACKAGE: "package"}


def _write_bids(
    sheet: Sheet, award: Award, tender: Tender, bids: BidBook, names: TenderNames
) -> None:
    """Write every bid with what became of it."""
    columns = (
        Column(heading="Bid", width=14),
        Column(heading="Supplier", kind=Kind.WRAPPED, width=34),
        Column(heading="For", width=12),
        Column(heading="Contract routes", kind=Kind.WRAPPED, width=40),
        Column(heading="Price a day, £", kind=_POUNDS, width=13),
        Column(heading="Guide a day, £", kind=_POUNDS, width=13),
        Column(heading="Outcome", width=16),
        Column(heading="Dearer by at least, £ a year", kind=_POUNDS, width=16),
        Column(heading="and at most, £ a year", kind=_POUNDS, width=16),
    )
    guides = {c.contract_id: c.guide_pence for c in tender.contracts}
    won = {win.bid_id for win in award.contracts}
    regrets = {r.bid_id: r for r in award.regrets}
    rows = []
    for bid in bids.bids:
        regret = regrets.get(bid.bid_id)
        outcome = "won" if bid.bid_id in won else "lost"
        if regret is not None and regret.low_pence is None:
            outcome = "cannot stand"
        rows.append(
            [
                bid.bid_id,
                names.describe_supplier(bid.supplier_id),
                _KIND_WORDS[bid.kind],
                "; ".join(bid.contract_ids),
                bid.price_pence,
                sum(guides[i] for i in bid.contract_ids),
                outcome,
                regret.low_pence if regret is not None else None,
                regret.high_pence if regret is not None else None,
            ]
        )
    sheet.write_title(
        "Bids and how far each was from winning",
        "The award with the losing bid in it is dearer by so much a year, as evaluated: at "
        "least is proven for every bid, at most is given where it was worked out.",
    )
    sheet.write_table(columns, rows)


def _write_rules(sheet: Sheet, award: Award, names: TenderNames) -> None:
    """Write what each rule costs and what each winner is worth."""
    columns = (
        Column(heading="Without", kind=Kind.WRAPPED, width=46),
        Column(heading="evaluated a year, £", kind=_POUNDS, width=16),
        Column(heading="Change, £", kind=_POUNDS, width=16),
        Column(heading="paid a year, £", kind=_POUNDS, width=16),
        Column(heading="Change, £", kind=_POUNDS, width=16),
        Column(heading="Unplaced", kind=Kind.COUNT, width=10),
        Column(heading="Proven", width=10),
    )
    sheet.set_widths([c.width for c in columns])
    sheet.write_title(
        "What the award hangs on",
        "The award worked out again without one rule, and without one winner's bids.",
    )
    sheet.write_header(columns)
    for price in award.rule_prices:
        sheet.write_row(
            columns,
            [
                RULE_WORDS[price.rule],
                price.evaluated_pence,
                price.evaluated_pence - award.evaluated_pence,
                price.paid_pence,
                price.paid_pence - award.paid_pence,
                None,
                "yes" if price.is_proven else "no",
            ],
        )
    for worth in award.worths:
        sheet.write_row(
            columns,
            [
                names.describe_supplier(worth.supplier_id),
                worth.evaluated_pence,
                worth.evaluated_pence - award.evaluated_pence,
                worth.paid_pence,
                worth.paid_pence - award.paid_pence,
                worth.n_unplaced,
                "yes" if worth.is_proven else "no",
            ],
        )
