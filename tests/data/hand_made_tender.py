"""A tender small enough to award by hand: four contract routes, two lots, three bidders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from data.places import Session
from data.tenders import (
    Bid,
    BidBook,
    Bidder,
    BidKind,
    ContractRoute,
    ContractRun,
    Lot,
    LotRule,
    Tender,
)

STAMP = datetime(2026, 9, 10, 4, 30, tzinfo=UTC)
TENDER_ID = "handmade-tender-1"


def make_contract(number: int, guide_pence: int = 10_000, **fields: Any) -> ContractRoute:
    start_s = 27_000 + 60 * number
    given: dict[str, Any] = {
        "contract_id": f"C{number:03d}",
        "runs": tuple(
            ContractRun(
                route_id=f"r{number}-{session}",
                session=session,
                start_s=begin,
                end_s=begin + 1_800,
                loaded_m=8_000,
                n_stops=3,
            )
            for session, begin in ((Session.AM, start_s), (Session.PM, start_s + 27_000))
        ),
        "site_ids": ("site-1" if number <= 2 else "site-2",),
        "area": "ZZ1",
        "easting_m": 580_000 + 1_000 * number,
        "northing_m": 180_000,
        "vehicle_type_id": "car",
        "n_seats": 3,
        "n_wheelchair_spaces": 0,
        "needs_lift": False,
        "n_assistants": 0,
        "n_trained_assistants": 0,
        "n_passengers": 3,
        "n_days": 190,
        "guide_pence": guide_pence,
    }
    return ContractRoute(**(given | fields))


def build_tender(contracts: tuple[ContractRoute, ...] = (), **fields: Any) -> Tender:
    held = contracts or tuple(make_contract(n) for n in (1, 2, 3, 4))
    given: dict[str, Any] = {
        "tender_id": TENDER_ID,
        "place": "handmade",
        "title": "Hand-made",
        "run_id": "handmade-run",
        "inputs_hash": "0" * 64,
        "created_utc": STAMP,
        "code_version": "0.1.0",
        "rule": LotRule(),
        "contracts": held,
        "lots": (
            Lot(
                lot_id="L01",
                name="site-1",
                contract_ids=tuple(c.contract_id for c in held[:2]),
                n_vehicles=2,
                guide_pence=sum(c.guide_pence for c in held[:2]),
            ),
            Lot(
                lot_id="L02",
                name="site-2",
                contract_ids=tuple(c.contract_id for c in held[2:]),
                n_vehicles=2,
                guide_pence=sum(c.guide_pence for c in held[2:]),
            ),
        ),
        "guide_basis": "made up",
        "is_synthetic": True,
    }
    return Tender(**(given | fields))


def make_bid(bid_id: str, price_pence: int, *contract_ids: str, **fields: Any) -> Bid:
    given: dict[str, Any] = {
        "bid_id": bid_id,
        "supplier_id": bid_id.split("-")[0],
        "kind": BidKind.ROUTE if len(contract_ids) == 1 else BidKind.PACKAGE,
        "contract_ids": contract_ids,
        "price_pence": price_pence,
    }
    return Bid(**(given | fields))


def build_book(*bids: Bid, **fields: Any) -> BidBook:
    suppliers = sorted({bid.supplier_id for bid in bids})
    given: dict[str, Any] = {
        "book_id": "handmade-bids-1",
        "tender_id": TENDER_ID,
        "created_utc": STAMP,
        "code_version": "0.1.0",
        "bidders": tuple(Bidder(supplier_id=s, name=f"Supplier {s}") for s in suppliers),
        "bids": bids,
    }
    return BidBook(**(given | fields))


def change_bidder(book: BidBook, supplier_id: str, **fields: Any) -> BidBook:
    bidders = tuple(
        replace(b, **fields) if b.supplier_id == supplier_id else b for b in book.bidders
    )
    return replace(book, bidders=bidders)
