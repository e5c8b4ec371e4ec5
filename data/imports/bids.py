"""Read the bids of a tender: every file, every problem at once, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.imports.files import read_files
from data.imports.forms import count_forms, stage_forms
from data.imports.headings import find_near
from data.imports.report import (
    FileRecord,
    ImportReport,
    OriginalFile,
)
from data.imports.rows_bids import BID_SHEETS
from data.imports.staging import Record, Staging
from data.inputs import fingerprint
from data.tenders import (
    Bid,
    BidBook,
    BidCapacity,
    Bidder,
    BidDiscount,
    BidKind,
    ContractRoute,
    Tender,
)
from data.versions import find_code_version

FAR_LOW_PERCENT, FAR_HIGH_PERCENT = 40, 250
"""Prices outside these shares of the guide price are asked about."""

Objection = Callable[[str, ContractRoute], str]
"""Says why a supplier may not run a contract route, or ''."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BidImport:
    """What reading bids came to.

    Attributes
    ----------
    book
        None when the bids are refused.
    """

    book: BidBook | None
    report: ImportReport
    originals: tuple[OriginalFile, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A row with the staging area of its file."""

    staging: Staging
    record: Record

    @property
    def row(self) -> Any:
        """Values of the row."""
        return self.record.value

    def note(
        self, code: str, sheet: str, attribute: str, value: object, **context: object
    ) -> None:
        """Note a problem of the row."""
        self.staging.note(code, sheet, self.record, attribute, value=value, **context)


def read_bids(
    paths: Sequence[Path],
    tender: Tender,
    *,
    created_utc: datetime,
    find_objection: Objection = lambda supplier_id, contract: "",
) -> BidImport:
    """Read bid forms, one file or several, against their tender.

    Parameters
    ----------
    paths
        Workbooks, or folders of CSV, as the invitation pack has the forms.
    find_objection
        Says why a supplier may not run a contract route.

    Returns
    -------
    The book is None if any error stands: bids are read whole or not at all.
    """
    stagings: list[Staging] = []
    originals: list[OriginalFile] = []
    for path in paths:
        staging = Staging(path.name)
        files, grids = read_files(path, staging, is_mapped=True)
        originals += files
        if not staging.is_blocked:
            stage_forms(staging, grids, BID_SHEETS, _PACK)
        stagings.append(staging)
    if not any(staging.is_blocked for staging in stagings):
        _check(stagings, tender, find_objection)
    problems = tuple(p for staging in stagings for p in staging.sorted_problems())
    hashes = {f.name: f.sha256 for f in originals}
    is_refused = any(
        staging.is_blocked or any(s.rejected for s in staging.sheets.values())
        for staging in stagings
    )
    book = None if is_refused else _build_book(stagings, tender, created_utc, hashes)
    report = ImportReport(
        source=", ".join(path.name for path in paths),
        files=tuple(
            FileRecord(name=f.name, sha256=f.sha256, n_bytes=len(f.content)) for f in originals
        ),
        counts=tuple(c for staging in stagings for c in count_forms(staging, hashes)),
        problems=problems,
        is_accepted=book is not None,
    )
    return BidImport(book=book, report=report, originals=tuple(originals))


_PACK = frozenset({"invitation", "lots", "contract_routes", "sites"})
"""Sheets of the invitation pack that come back with the forms."""


def _rows(stagings: Sequence[Staging], sheet: str) -> Iterator[_Found]:
    """Rows of a sheet over all files, faulty ones among them."""
    for staging in stagings:
        for record in staging.records(sheet):
            yield _Found(staging, record)


def _check(stagings: Sequence[Staging], tender: Tender, find_objection: Objection) -> None:
    """Run every check that looks beyond one cell."""
    _check_twice(stagings, "bidders", "supplier_id")
    _check_twice(stagings, "bids", "bid_id")
    known = {found.row.supplier_id for found in _rows(stagings, "bidders")}
    for sheet in ("bids", "discounts", "capacity"):
        for found in _rows(stagings, sheet):
            supplier_id = found.row.supplier_id
            if supplier_id not in known:
                hint = find_near(supplier_id, sorted(known))
                found.note(
                    "X002", sheet, "supplier_id", supplier_id, table="bidders", hint=hint
                )
    for found in _rows(stagings, "bidders"):
        if found.row.tender_id != tender.tender_id:
            found.note(
                "A009", "bidders", "tender_id", found.row.tender_id,
                other=found.row.tender_id, wanted=tender.tender_id,
            )  # fmt: skip
    bids = list(_rows(stagings, "bids"))
    for found in bids:
        _check_bid(found, tender, find_objection)
    _check_conditions(bids)
    _check_same(bids, tender)
    _check_discounts(stagings)
    types = {c.vehicle_type_id for c in tender.contracts}
    for found in _rows(stagings, "capacity"):
        kind = found.row.vehicle_type_id
        if kind is not None and kind not in types:
            hint = find_near(kind, sorted(types))
            found.note("A014", "capacity", "vehicle_type_id", kind, other=kind, hint=hint)
    _check_cover(stagings, bids, tender)


def _check_twice(stagings: Sequence[Staging], sheet: str, key: str) -> None:
    first: dict[str, _Found] = {}
    for found in _rows(stagings, sheet):
        identifier = getattr(found.row, key)
        if identifier in first:
            found.note("X001", sheet, key, identifier, first=first[identifier].record.row)
        first.setdefault(identifier, found)


def _find_contracts(row: Any, tender: Tender) -> tuple[str, ...]:
    """Find the contract routes of a bid, its lot spelt out."""
    if row.lot_id is None:
        return tuple(row.contract_ids)
    return next((lot.contract_ids for lot in tender.lots if lot.lot_id == row.lot_id), ())


def _check_bid(found: _Found, tender: Tender, find_objection: Objection) -> None:
    """Check one bid against the tender."""
    row = found.row
    contracts = {c.contract_id: c for c in tender.contracts}
    if (row.lot_id is None) == (not row.contract_ids):
        what = "neither" if row.lot_id is None else "both"
        found.note("A003", "bids", "lot_id", row.lot_id or "", found=what)
        return
    lots = [lot.lot_id for lot in tender.lots]
    if row.lot_id is not None and row.lot_id not in lots:
        hint = find_near(row.lot_id, lots)
        found.note("A002", "bids", "lot_id", row.lot_id, other=row.lot_id, hint=hint)
        return
    held = _find_contracts(row, tender)
    for contract_id in dict.fromkeys(i for i in held if held.count(i) > 1):
        found.note("A011", "bids", "contract_ids", contract_id, other=contract_id)
    unknown = [i for i in dict.fromkeys(held) if i not in contracts]
    for contract_id in unknown:
        hint = find_near(contract_id, sorted(contracts))
        found.note("A001", "bids", "contract_ids", contract_id, other=contract_id, hint=hint)
    attribute = "contract_ids" if row.lot_id is None else "lot_id"
    for contract_id in held:
        if contract_id in contracts:
            reason = find_objection(row.supplier_id, contracts[contract_id])
            if reason:
                found.note(
                    "A005", "bids", attribute, contract_id, other=contract_id, reason=reason
                )
    if row.price_pence == 0:
        found.note("A004", "bids", "price_pence", "0")
    elif not unknown:
        guide_pence = sum(contracts[i].guide_pence for i in set(held))
        percent = row.price_pence * 100 // max(1, guide_pence)
        if not FAR_LOW_PERCENT <= percent <= FAR_HIGH_PERCENT:
            shown = f"{row.price_pence // 100}.{row.price_pence % 100:02d}"
            found.note("A006", "bids", "price_pence", shown, percent=percent)


def _check_conditions(bids: Sequence[_Found]) -> None:
    """Check that conditions name other bids of the same supplier."""
    owner: dict[str, str] = {}
    for found in bids:
        owner.setdefault(found.row.bid_id, found.row.supplier_id)
    for found in bids:
        for attribute in ("requires", "excludes"):
            for other in getattr(found.row, attribute):
                is_self = other == found.row.bid_id
                if is_self or owner.get(other) != found.row.supplier_id:
                    found.note("A007", "bids", attribute, other, other=other)


def _check_same(bids: Sequence[_Found], tender: Tender) -> None:
    first: dict[tuple[str, frozenset[str]], int] = {}
    for found in bids:
        held = frozenset(_find_contracts(found.row, tender))
        key = (found.row.supplier_id, held)
        # Bids that stand only together with, or without, another may well be for the same.
        if held and not found.row.requires and not found.row.excludes:
            if key in first:
                found.note("A010", "bids", "bid_id", found.row.bid_id, first=first[key])
            first.setdefault(key, found.record.row)


def _check_discounts(stagings: Sequence[Staging]) -> None:
    """Check that a larger rebate begins at more routes."""
    so_far: dict[str, _Found] = {}
    rows = sorted(_rows(stagings, "discounts"), key=lambda f: f.row.from_contracts)
    for found in rows:
        before = so_far.get(found.row.supplier_id)
        if before is not None and (
            found.row.discount_bp <= before.row.discount_bp
            or found.row.from_contracts == before.row.from_contracts
        ):
            found.note(
                "A008", "discounts", "discount_bp", f"{found.row.discount_bp / 100:g}",
                first=before.record.row,
            )  # fmt: skip
        so_far[found.row.supplier_id] = found


def _check_cover(stagings: Sequence[Staging], bids: Sequence[_Found], tender: Tender) -> None:
    """Warn of contract routes without a bid and of suppliers that can never win."""
    reached: dict[str, set[str]] = {}
    for found in bids:
        held = _find_contracts(found.row, tender)
        reached.setdefault(found.row.supplier_id, set()).update(held)
    for found in _rows(stagings, "bidders"):
        most = len(reached.get(found.row.supplier_id, ()))
        if found.row.min_contracts > most:
            found.note(
                "A012", "bidders", "min_contracts", found.row.min_contracts,
                least=found.row.min_contracts, most=most,
            )  # fmt: skip
    everything = {i for held in reached.values() for i in held}
    for contract in tender.contracts:
        if contract.contract_id not in everything and stagings:
            stagings[-1].note(
                "A013", "bids", None, value=contract.contract_id, other=contract.contract_id
            )


def _build_book(
    stagings: Sequence[Staging],
    tender: Tender,
    created_utc: datetime,
    hashes: dict[str, str],
) -> BidBook:
    """Build the book of bids from accepted rows."""
    bids = []
    for found in _rows(stagings, "bids"):
        row = found.row
        held = _find_contracts(row, tender)
        kind = BidKind.LOT if row.lot_id is not None else BidKind.PACKAGE
        if row.lot_id is None and len(held) == 1:
            kind = BidKind.ROUTE
        bids.append(
            Bid(
                bid_id=row.bid_id,
                supplier_id=row.supplier_id,
                kind=kind,
                contract_ids=tuple(sorted(held)),
                price_pence=row.price_pence,
                requires=tuple(row.requires),
                excludes=tuple(row.excludes),
            )
        )
    bidders = tuple(
        Bidder(
            supplier_id=f.row.supplier_id,
            name=f.row.name,
            quality_bp=f.row.quality_bp,
            min_contracts=f.row.min_contracts,
            is_small=f.row.is_small,
        )
        for f in _rows(stagings, "bidders")
    )
    discounts = tuple(
        BidDiscount(
            supplier_id=f.row.supplier_id,
            from_contracts=f.row.from_contracts,
            discount_bp=f.row.discount_bp,
        )
        for f in _rows(stagings, "discounts")
    )
    capacities = tuple(
        BidCapacity(
            supplier_id=f.row.supplier_id,
            vehicle_type_id=f.row.vehicle_type_id,
            max_contracts=f.row.max_contracts,
        )
        for f in _rows(stagings, "capacity")
    )
    made = fingerprint((tender.tender_id, bidders, tuple(bids), discounts, capacities))
    return BidBook(
        book_id=f"{tender.place}-bids-{created_utc:%Y%m%dT%H%M%SZ}-{made[:8]}",
        tender_id=tender.tender_id,
        created_utc=created_utc,
        code_version=find_code_version(),
        bidders=bidders,
        bids=tuple(bids),
        discounts=discounts,
        capacities=capacities,
        files=tuple(sorted(hashes.items())),
    )
