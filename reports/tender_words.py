"""What every output of a tender says about itself, and how its contract routes are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from data.inputs import Inputs
from data.tenders import UNPLACED_ID, BidBook, ContractRoute, Tender
from reports.cells import Book, Origin, Sheet
from reports.words import SESSION_WORDS, SYNTHETIC_WORDS, build_provider_names, describe_flags

PRICES_NOTE = (
    "Pounds without VAT; a year is the price of a day times the days on which the route runs."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderNames:
    """Names of what a tender holds.

    Attributes
    ----------
    years
        The school or budget year whose days are counted, e.g. ``2026-27``.
    """

    sites: Mapping[str, str]
    types: Mapping[str, str]
    suppliers: Mapping[str, str]
    years: str

    def describe_sites(self, contract: ContractRoute) -> str:
        """Name the sites of a contract route."""
        return ", ".join(self.sites.get(s, s) for s in contract.site_ids)

    def describe_type(self, contract: ContractRoute) -> str:
        """Name the vehicle type of a contract route."""
        return self.types.get(contract.vehicle_type_id, contract.vehicle_type_id)

    def describe_supplier(self, supplier_id: str) -> str:
        """Name a supplier."""
        if supplier_id == UNPLACED_ID:
            return "nobody: unplaced"
        return self.suppliers.get(supplier_id, supplier_id)


def build_tender_names(inputs: Inputs, book: BidBook | None = None) -> TenderNames:
    """Build the names of a tender from its inputs, and of newcomers from their bids."""
    suppliers = {b.supplier_id: b.name for b in book.bidders} if book is not None else {}
    first, last = inputs.year_from.year, inputs.year_to.year
    return TenderNames(
        sites={s.site_id: s.name for s in inputs.sites},
        types={t.vehicle_type_id: t.name for t in inputs.vehicle_types},
        suppliers=suppliers | build_provider_names(inputs),
        years=str(first) if first == last else f"{first}-{last % 100:02d}",
    )


def open_tender_book(tender: Tender, title: str, created_utc: datetime) -> Book:
    """Open a workbook of a tender."""
    parts = [f"Tender {tender.tender_id}", f"code {tender.code_version}"]
    if tender.is_synthetic:
        parts.append("made-up people")
    return Book(Origin(title=title, footer="   ".join(parts), created_utc=created_utc))


def write_warnings(sheet: Sheet, tender: Tender) -> None:
    """Write what must be known before any figure is used."""
    found = (SYNTHETIC_WORDS,) if tender.is_synthetic else ()
    for warning in (*found, *describe_flags(tender.flags)):
        sheet.write_note(warning, "warning")


def write_tender_origin(sheet: Sheet, tender: Tender) -> None:
    """Write where the figures come from."""
    sheet.write_heading("Where these figures come from")
    sheet.write_pair("Tender", tender.tender_id)
    sheet.write_pair("Made (UTC)", f"{tender.created_utc:%Y-%m-%d %H:%M:%S}")
    sheet.write_pair("Run", tender.run_id)
    sheet.write_pair("Inputs", tender.inputs_hash)
    sheet.write_pair("Code version", tender.code_version)


def describe_runs(contract: ContractRoute) -> str:
    """Describe the sessions of a contract route."""
    return "; ".join(SESSION_WORDS[run.session] for run in contract.runs)
