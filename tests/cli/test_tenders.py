"""Tenders on the command line: lots, invitation, bids, award, on the grid town."""

from __future__ import annotations

import pytest

from data.store import Store
from data.tenders import Award, BidBook, Tender
from tests.cli.conftest import Done, Town, run


@pytest.fixture(scope="module")
def let(own_town: Town) -> list[Done]:
    """Every step of a tender, in order."""
    outputs = own_town.folder / "grid" / "outputs" / "tender"
    at = ("--place", "grid")
    steps: list[tuple[object, ...]] = [
        ("tender", "lots", *at, "--all", "--by", "area", "--max-vehicles", 4),
        ("tender", "pack", *at),
        ("tender", "sample", *at, "--bids", 12),
        ("tender", "bids", outputs / "sample_bids.xlsx", *at),
        ("tender", "award", *at, "--quality", 20, "--transition", 200, "--max-share", 70),
    ]
    return [run(*step, folder=own_town.folder) for step in steps]


def test_a_tender_goes_from_lots_to_award(let: list[Done], own_town: Town) -> None:
    assert [done.code for done in let] == [0] * len(let), [done.err for done in let]
    lots, pack, _, bids, award = let
    assert "kept as grid-tender-" in lots.out
    assert "invitation.xlsx" in pack.out
    assert "0 errors" in bids.out
    assert "nothing cheaper keeps the rules" in award.out
    assert "without weight of quality" in award.out
    outputs = own_town.folder / "grid" / "outputs" / "tender"
    assert {path.name for path in outputs.iterdir()} == {
        "lots.xlsx", "invitation.xlsx", "sample_bids.xlsx", "award.xlsx",
    }  # fmt: skip
    with Store.open(own_town.folder / "grid" / "wayfare.sqlite") as store:
        made = store.find_result(Award, place="grid")
        book = store.find_result(BidBook, made.book_id)
        tender = store.find_result(Tender, made.tender_id)
        assert book.tender_id == tender.tender_id
        assert made.is_proven
        kinds = [row.kind for row in store.list_results("grid")]
        assert sorted(kinds) == ["award", "bids", "tender"]
        # The bytes that were read are kept under their hash.
        ((_, sha256),) = book.files
        assert store.read_import_file(sha256).startswith(b"PK")


def test_bad_bids_are_refused_whole_with_every_problem(let: list[Done], own_town: Town) -> None:
    folder = own_town.folder / "bad"
    folder.mkdir()
    (folder / "bidders.csv").write_text("supplier_id,name,tender_id\nS,Firm,other\n")
    (folder / "bids.csv").write_text(
        "bid_id,supplier_id,lot_id,contract_ids,price_pounds_per_day\n"
        "S-1,S,,C999,80\nS-2,S,L99,,80\nS-3,T,,C001,-5\n"
    )
    done = run("tender", "bids", folder, "--place", "grid", folder=own_town.folder)
    assert done.code == 30
    for code in ("A001", "A002", "A009", "V052"):
        assert code in done.out
    with Store.open(own_town.folder / "grid" / "wayfare.sqlite") as store:
        assert len(store.list_results("grid", BidBook)) == 1


def test_words_that_mean_nothing_are_wrong_options(let: list[Done], own_town: Town) -> None:
    assert (
        run("tender", "lots", "--place", "grid", "--by", "size", folder=own_town.folder).code
        == 2
    )
    none = run("tender", "pack", "--place", "grid", "--tender", "no", folder=own_town.folder)
    assert none.code == 40
    assert "no tender no" in none.err
    tight = run(
        "tender", "award", "--place", "grid", "--small", 100, "--max-share", 1,
        folder=own_town.folder,
    )  # fmt: skip
    assert tight.code == 35
