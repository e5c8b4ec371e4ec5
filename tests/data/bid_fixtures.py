"""Right bids for the hand-made tender, and one way to cause each problem of bids."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from data.errors import Problem
from data.imports import read_bids
from data.imports.bids import BidImport
from data.tenders import ContractRoute
from tests.data.hand_made_tender import STAMP, TENDER_ID, build_tender

Forms = dict[str, list[dict[str, Any]]]

BARRED = "no-licence"
"""A supplier that may run nothing."""


def build_forms() -> Forms:
    """Build forms without a fault: two suppliers, a bid of each kind, every condition."""
    return {
        "bidders": [
            {
                "supplier_id": "A",
                "name": "Firm A",
                "tender_id": TENDER_ID,
                "quality_percent": "80%",
                "min_contracts": "2",
                "small_firm": "yes",
            },
            {"supplier_id": "B", "name": "Firm B", "tender_id": TENDER_ID},
        ],
        "bids": [
            _bid("A-1", "A", "90.50", contract_ids="C001"),
            _bid("A-2", "A", "£171.25", lot_id="L01", excludes="A-1"),
            _bid("A-3", "A", "250", contract_ids="C002; C003; C004", requires="A-1"),
            _bid("B-1", "B", "99.99", contract_ids="C004"),
        ],
        "discounts": [
            {"supplier_id": "A", "from_contracts": "2", "discount_percent": "1.5%"},
            {"supplier_id": "A", "from_contracts": "4", "discount_percent": "3"},
        ],
        "capacity": [
            {"supplier_id": "B", "vehicle_type_id": "car", "max_contracts": "1"},
            {"supplier_id": "A", "vehicle_type_id": "", "max_contracts": "4"},
        ],
    }


def _bid(bid_id: str, supplier_id: str, price: str, **cells: str) -> dict[str, Any]:
    return {
        "bid_id": bid_id,
        "supplier_id": supplier_id,
        "price_pounds_per_day": price,
        "lot_id": "",
        "contract_ids": "",
        "requires": "",
        "excludes": "",
    } | cells


def write_forms(forms: Forms, folder: Path) -> Path:
    """Write forms as a folder of CSV."""
    folder.mkdir(exist_ok=True)
    for name, rows in forms.items():
        headings = list(dict.fromkeys(h for row in rows for h in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, headings)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def object_to(supplier_id: str, contract: ContractRoute) -> str:
    return "it holds no licence" if supplier_id == BARRED else ""


def read_forms(forms: Forms, folder: Path) -> BidImport:
    """Write forms and read them against the hand-made tender."""
    return read_bids(
        [write_forms(forms, folder / "forms")],
        build_tender(),
        created_utc=STAMP,
        find_objection=object_to,
    )


def _spoil(change: Callable[[Forms], object]) -> Callable[[Path], tuple[Problem, ...]]:
    def make(folder: Path) -> tuple[Problem, ...]:
        forms = build_forms()
        change(forms)
        return read_forms(forms, folder).report.problems

    return make


def _set(sheet: str, row: int, **cells: Any) -> Callable[[Path], tuple[Problem, ...]]:
    return _spoil(lambda forms: forms[sheet][row].update(cells))


BID_FIXTURES: dict[str, Callable[[Path], tuple[Problem, ...]]] = {
    "A001": _set("bids", 0, contract_ids="C0O1"),
    "A002": _set("bids", 1, lot_id="L1O"),
    "A003": _set("bids", 1, contract_ids="C001"),
    "A004": _set("bids", 0, price_pounds_per_day="0"),
    "A005": _spoil(
        lambda forms: (
            forms["bidders"].append(
                {"supplier_id": BARRED, "name": "Firm X", "tender_id": TENDER_ID}
            ),
            forms["bids"].append(_bid("X-1", BARRED, "80", contract_ids="C001")),
        )
    ),
    "A006": _set("bids", 0, price_pounds_per_day="9.05"),
    "A007": _set("bids", 0, requires="B-1"),
    "A008": _set("discounts", 1, discount_percent="1"),
    "A009": _set("bidders", 0, tender_id="another-tender"),
    "A010": _spoil(
        lambda forms: forms["bids"].append(_bid("B-2", "B", "98", contract_ids="C004"))
    ),
    "A011": _set("bids", 2, contract_ids="C002; C003; C004; C003"),
    "A012": _set("bidders", 1, min_contracts="2"),
    "A013": _spoil(
        lambda forms: (
            forms["bids"].pop(2),
            forms["bidders"][0].update(min_contracts=""),
        )
    ),
    "A014": _set("capacity", 0, vehicle_type_id="cart"),
}
