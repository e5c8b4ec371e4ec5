"""Bids: read whole or not at all, every problem at once, every form read as it was meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from data.errors import Severity
from data.fleet import Layout, VehicleType
from data.imports import read_bids
from data.samples.bids import Firm, build_sample_bids, can_carry
from data.tenders import BidCapacity, BidDiscount, BidKind
from tests.data.bid_fixtures import (
    BID_FIXTURES,
    build_forms,
    object_to,
    read_forms,
    write_forms,
)
from tests.data.hand_made_tender import STAMP, TENDER_ID, build_tender, make_contract


def test_right_forms_are_read_as_meant(tmp_path: Path) -> None:
    found = read_forms(build_forms(), tmp_path)
    assert [str(p) for p in found.report.problems] == []
    book = found.book
    assert book is not None
    assert book.tender_id == TENDER_ID
    first, second = book.bidders
    assert (first.quality_bp, first.min_contracts, first.is_small) == (8_000, 2, True)
    assert (second.quality_bp, second.min_contracts, second.is_small) == (10_000, 0, False)
    assert [(b.bid_id, b.kind, b.contract_ids, b.price_pence) for b in book.bids] == [
        ("A-1", BidKind.ROUTE, ("C001",), 9_050),
        ("A-2", BidKind.LOT, ("C001", "C002"), 17_125),
        ("A-3", BidKind.PACKAGE, ("C002", "C003", "C004"), 25_000),
        ("B-1", BidKind.ROUTE, ("C004",), 9_999),
    ]
    assert (book.bids[1].excludes, book.bids[2].requires) == (("A-1",), ("A-1",))
    assert book.discounts == (
        BidDiscount(supplier_id="A", from_contracts=2, discount_bp=150),
        BidDiscount(supplier_id="A", from_contracts=4, discount_bp=300),
    )
    assert book.capacities == (
        BidCapacity(supplier_id="B", vehicle_type_id="car", max_contracts=1),
        BidCapacity(supplier_id="A", vehicle_type_id=None, max_contracts=4),
    )
    assert [name for name, _ in book.files] == [
        "bidders.csv", "bids.csv", "capacity.csv", "discounts.csv",
    ]  # fmt: skip
    for count in found.report.counts:
        assert count.n_read == count.n_accepted + count.n_header


@pytest.mark.parametrize("code", sorted(BID_FIXTURES))
def test_each_fault_is_found_and_an_error_refuses_everything(code: str, tmp_path: Path) -> None:
    problems = BID_FIXTURES[code](tmp_path)
    assert [p.code for p in problems] == [code] * len(problems), [str(p) for p in problems]
    assert problems


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    one, two = build_forms(), build_forms()
    one["bids"][0]["contract_ids"] = "C009"
    one["bids"][3]["price_pounds_per_day"] = "free"
    two["bidders"] = [{"supplier_id": "D", "name": "Firm D", "tender_id": TENDER_ID}]
    two["bids"] = [
        {
            "bid_id": "A-1",
            "supplier_id": "E",
            "contract_ids": "C002",
            "lot_id": "",
            "price_pounds_per_day": "80",
        }
    ]
    del two["discounts"], two["capacity"]
    paths = [
        write_forms(one, tmp_path / "one"),
        write_forms(two, tmp_path / "two"),
        tmp_path / "three.pdf",
    ]
    found = read_bids(paths[:2], build_tender(), created_utc=STAMP, find_objection=object_to)
    assert found.book is None
    codes = {p.code for p in found.report.problems if p.severity is Severity.ERROR}
    assert codes == {"A001", "V050", "X001", "X002"}
    assert not found.report.is_accepted
    # A file that cannot be opened stops all, with the others' names in the report.
    broken = read_bids(paths, build_tender(), created_utc=STAMP)
    assert broken.book is None
    assert "F001" in {p.code for p in broken.report.problems}


def test_a_form_without_bids_is_refused(tmp_path: Path) -> None:
    forms = build_forms()
    del forms["bids"]
    found = read_forms(forms, tmp_path)
    assert found.book is None
    assert [p.code for p in found.report.problems] == ["S001"]


def test_files_of_several_suppliers_make_one_book(tmp_path: Path) -> None:
    forms = build_forms()
    others = {
        "bidders": [forms["bidders"].pop()],
        "bids": [forms["bids"].pop()],
        "capacity": [forms["capacity"].pop(0)],
    }
    found = read_bids(
        [write_forms(forms, tmp_path / "a"), write_forms(others, tmp_path / "b")],
        build_tender(),
        created_utc=STAMP,
    )
    assert found.report.problems == ()
    whole = read_forms(build_forms(), tmp_path)
    assert found.book is not None
    assert whole.book is not None
    assert found.book.bids == whole.book.bids
    assert found.book.bidders == whole.book.bidders


def test_made_up_firms_do_not_bid_for_assistants_they_have_not() -> None:
    contract = replace(build_tender().contracts[0], n_assistants=1, n_trained_assistants=1)
    held = VehicleType(
        vehicle_type_id="car",
        name="Car",
        layouts=(Layout(n_seats=4, n_wheelchair_spaces=0),),
        has_lift=False,
        n_passenger_seats=4,
        n_places_before_adaptation=5,
    )
    firm = Firm(supplier_id="F", name="F", vehicle_types=(held,), max_contracts=3)
    assert can_carry(firm, contract)
    assert not can_carry(replace(firm, n_trained_assistants=0), contract)
    assert not can_carry(replace(firm, n_assistants=0), contract)


def test_made_up_bids_are_for_routes_that_the_firm_can_run() -> None:
    contracts = (
        make_contract(1),
        make_contract(2, n_assistants=1, n_trained_assistants=1),
        make_contract(3, n_assistants=2),
        make_contract(4, barred_ids=("F",)),
    )
    types = (
        VehicleType(
            vehicle_type_id="car",
            name="Car",
            layouts=(Layout(n_seats=4, n_wheelchair_spaces=0),),
            has_lift=False,
            n_passenger_seats=4,
            n_places_before_adaptation=5,
        ),
    )
    firm = Firm(
        supplier_id="F",
        name="Firm",
        vehicle_types=types,
        max_contracts=9,
        n_assistants=1,
        n_trained_assistants=0,
    )
    book = build_sample_bids(build_tender(contracts), [firm], created_utc=STAMP)
    assert {i for bid in book.bids for i in bid.contract_ids} == {"C001"}
