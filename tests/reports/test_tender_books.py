"""Workbooks of a tender: no personal data, forms that read back, figures that add up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from costing import GuidePrices, award_tender, build_tender
from data.errors import IdentityError
from data.imports import read_bids
from data.samples.bids import build_firms, build_sample_bids
from data.tenders import AwardRules, BidBook, LotRule, Tender
from reports.award_book import build_award_book
from reports.tender_books import build_bids_book, build_lots_book, build_pack_book
from reports.tender_words import build_tender_names
from tests.data.hand_made_tender import STAMP
from tests.reports.hand_made import (
    NAME_CANARY,
    NEED_CANARY,
    PROTECTED_POSTCODE,
    build_inputs,
    build_run,
)
from tests.reports.readers import read_sheets

INPUTS = build_inputs()
NAMES = build_tender_names(INPUTS)


@pytest.fixture(scope="module")
def tender() -> Tender:
    run = build_run(INPUTS)
    guides = GuidePrices(prices={r.route_id: 5_000 for r in run.plan.routes}, basis="made up")
    return build_tender(run, INPUTS, LotRule(), guides, created_utc=STAMP, is_buying_all=True)


@pytest.fixture(scope="module")
def bids(tender: Tender) -> BidBook:
    return build_sample_bids(tender, build_firms(INPUTS), created_utc=STAMP, per_firm=12)


def read_words(content: bytes) -> str:
    return "\n".join(
        str(cell) for rows in read_sheets(content).values() for row in rows for cell in row
    )


def test_the_invitation_holds_no_personal_data_and_no_guide_price(tender: Tender) -> None:
    words = read_words(build_pack_book(tender, INPUTS, NAMES))
    for canary in (NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE):
        assert canary not in words
    for word in ("guide", "incumbent", "barred", "passenger_id"):
        assert word not in words.casefold()
    assert tender.tender_id in words
    for contract in tender.contracts:
        assert contract.contract_id in words


def test_the_councils_lots_add_up(tender: Tender) -> None:
    sheets = read_sheets(build_lots_book(tender, INPUTS, NAMES))
    last = next(row for row in sheets["Lots"] if row and row[0] == "all")
    assert last[2] == len(tender.contracts)
    assert round(100 * last[6]) == tender.guide_year_pence
    false = replace(tender, lots=tender.lots[1:])
    with pytest.raises(IdentityError, match="every contract route once"):
        build_lots_book(false, INPUTS, NAMES)


def test_filled_forms_are_read_back_as_they_were(
    tender: Tender, bids: BidBook, tmp_path: Path
) -> None:
    path = tmp_path / "bids.xlsx"
    path.write_bytes(build_bids_book(tender, bids))
    found = read_bids([path], tender, created_utc=STAMP)
    assert found.book is not None, [str(p) for p in found.report.problems]
    for part in ("bidders", "bids", "discounts", "capacities"):
        assert getattr(found.book, part) == getattr(bids, part)


def test_the_forms_of_the_invitation_take_bids(
    tender: Tender, bids: BidBook, tmp_path: Path
) -> None:
    """The pack as it goes out, empty, says what is missing and nothing else."""
    path = tmp_path / "invitation.xlsx"
    path.write_bytes(build_pack_book(tender, INPUTS, NAMES))
    found = read_bids([path], tender, created_utc=STAMP)
    assert found.book is None
    codes = {p.code for p in found.report.problems}
    assert codes <= {"V001", "S016", "A013"}, [str(p) for p in found.report.problems]


def test_the_award_book_adds_up_to_the_award(tender: Tender, bids: BidBook) -> None:
    rules = AwardRules(quality_weight_bp=2_000, transition_pence=20_000)
    award = award_tender(tender, bids, rules, created_utc=STAMP, review_seconds=20)
    names = build_tender_names(INPUTS, bids)
    sheets = read_sheets(build_award_book(award, tender, bids, names))
    routes = sheets["Contract routes"]
    total = next(row for row in routes if row and row[0] == "all")
    assert round(100 * (total[9] + total[10] + total[11])) == award.evaluated_pence
    assert round(100 * total[9]) == award.paid_pence
    assert len(sheets["Bids"]) >= len(bids.bids)
    false = replace(award, evaluated_pence=award.evaluated_pence + 1)
    with pytest.raises(IdentityError):
        build_award_book(false, tender, bids, names)


def test_equal_tenders_give_equal_books(tender: Tender, bids: BidBook) -> None:
    assert build_pack_book(tender, INPUTS, NAMES) == build_pack_book(tender, INPUTS, NAMES)
    assert build_bids_book(tender, bids) == build_bids_book(tender, bids)
