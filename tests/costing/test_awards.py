"""Awards: hand-worked cases, the same as trying every set of bids, and what they hang on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing import award_tender, check_award
from costing.award_program import build_award_program
from costing.awards import take_discounts
from costing.programs import Answer
from data.errors import IdentityError, InfeasibleError, ModelError
from data.tenders import (
    UNPLACED_ID,
    Award,
    AwardRules,
    Bid,
    BidBook,
    BidCapacity,
    BidDiscount,
    Tender,
)
from data.units import divide_half_up, round_half_up, split_pence
from tests.data.hand_made_tender import (
    STAMP,
    build_book,
    build_tender,
    change_bidder,
    make_bid,
    make_contract,
)

TENDER = build_tender()


def give(
    book: BidBook, rules: AwardRules | None = None, tender: Tender = TENDER, review: int = 0
) -> Award:
    return award_tender(tender, book, rules, created_utc=STAMP, review_seconds=review)


def read_winners(award: Award) -> dict[str, str]:
    return {win.contract_id: win.bid_id for win in award.contracts}


def test_each_route_goes_to_its_cheapest_bid() -> None:
    # 8 000 + 9 500 + 7 000 a day at 190 days; C004 has no bid: reserve 1.5 x 10 000.
    book = build_book(
        make_bid("A-1", 8_000, "C001"),
        make_bid("B-1", 8_100, "C001"),
        make_bid("B-2", 9_500, "C002"),
        make_bid("A-3", 7_000, "C003"),
    )
    award = give(book)
    assert read_winners(award) == {"C001": "A-1", "C002": "B-2", "C003": "A-3", "C004": ""}
    assert award.contracts[3].supplier_id == UNPLACED_ID
    assert award.paid_pence == (8_000 + 9_500 + 7_000 + 15_000) * 190
    assert award.is_proven
    assert award.gap_bp == 0
    assert award.n_unplaced == 1


def test_a_package_wins_whole_or_not_at_all() -> None:
    # Alone 8 000 + 8 000; together 15 000 for both: 1 000 a day cheaper.
    singles = (make_bid("A-1", 8_000, "C001"), make_bid("A-2", 8_000, "C002"))
    package = make_bid("B-1", 15_000, "C001", "C002")
    assert read_winners(give(build_book(*singles, package)))["C001"] == "B-1"
    # A cheaper single breaks it: 6 900 + 8 000 = 14 900.
    cheaper = (make_bid("A-1", 6_900, "C001"), singles[1])
    found = read_winners(give(build_book(*cheaper, package)))
    assert (found["C001"], found["C002"]) == ("A-1", "A-2")


def test_a_discount_counts_from_its_number_of_routes_on() -> None:
    # A asks 10 000 each and takes off 10 % from two routes on; B asks 9 500 each.
    bids = [
        make_bid(f"{s}-{i}", p, f"C00{i}")
        for s, p in (("A", 10_000), ("B", 9_500))
        for i in (1, 2, 3, 4)
    ]
    book = build_book(
        *bids,
        discounts=(BidDiscount(supplier_id="A", from_contracts=2, discount_bp=1_000),),
    )
    award = give(book)
    assert {win.supplier_id for win in award.contracts} == {"A"}
    assert [win.price_pence for win in award.contracts] == [9_000] * 4
    # With room for one route only, the discount is never earned.
    tight = replace(
        book,
        capacities=(BidCapacity(supplier_id="A", vehicle_type_id="car", max_contracts=1),),
    )
    assert {win.supplier_id for win in give(tight).contracts} == {"B"}


def test_quality_is_worth_its_weight_of_the_guide_price() -> None:
    # A is 5 % of the guide dearer with 20 points more; at a weight of 20 % those are worth 4 %,
    # at 30 % they are worth 6 %.
    book = build_book(make_bid("A-1", 10_500, "C001"), make_bid("B-1", 10_000, "C001"))
    book = change_bidder(book, "A", quality_bp=9_000)
    book = change_bidder(book, "B", quality_bp=7_000)
    assert read_winners(give(book, AwardRules(quality_weight_bp=2_000)))["C001"] == "B-1"
    award = give(book, AwardRules(quality_weight_bp=3_000))
    assert read_winners(award)["C001"] == "A-1"
    # 10 points short at 30 % of 10 000 x 190: 57 000 a year, which nobody pays.
    assert award.contracts[0].quality_pence == 57_000
    assert award.contracts[0].year_pence == 10_500 * 190


def test_leaving_the_incumbent_costs_once() -> None:
    # B is 100 a day cheaper, 19 000 a year; leaving A costs 60 000 once and 5 000 for each of
    # three passengers: 75 000 over four years are 18 750 a year, over three 25 000.
    tender = build_tender((make_contract(1, incumbent_id="A"), *TENDER.contracts[1:]))
    book = build_book(make_bid("A-1", 8_100, "C001"), make_bid("B-1", 8_000, "C001"))
    rules = AwardRules(transition_pence=60_000, transition_passenger_pence=5_000)
    award = give(book, rules, tender)
    assert read_winners(award)["C001"] == "B-1"
    assert award.contracts[0].transition_pence == 18_750
    stays = give(book, replace(rules, contract_years=3), tender)
    assert read_winners(stays)["C001"] == "A-1"
    assert stays.contracts[0].transition_pence == 0


def test_caps_and_conditions_hold() -> None:
    bids = [
        make_bid(f"{s}-{i}", p, f"C00{i}")
        for s, p in (("A", 8_000), ("B", 9_000))
        for i in (1, 2, 3, 4)
    ]
    book = build_book(*bids)
    half = give(book, AwardRules(max_share_bp=5_000))
    assert [w.supplier_id for w in half.contracts].count("A") == 2
    by_value = give(book, AwardRules(max_value_share_bp=2_500))
    assert [w.supplier_id for w in by_value.contracts].count("A") == 1
    one = give(book, AwardRules(max_suppliers=1, max_share_bp=7_500))
    assert {w.supplier_id for w in one.contracts} == {"A", UNPLACED_ID}
    small = give(change_bidder(book, "B", is_small=True), AwardRules(min_small_share_bp=2_600))
    assert [w.supplier_id for w in small.contracts].count("B") == 2
    # B takes three at least or none: with A capped at half, B's two are not enough.
    least = give(change_bidder(book, "B", min_contracts=3), AwardRules(max_share_bp=5_000))
    assert UNPLACED_ID in {w.supplier_id for w in least.contracts}


def test_bids_that_need_or_bar_each_other() -> None:
    needs = build_book(
        make_bid("A-1", 5_000, "C001", requires=("A-2",)),
        make_bid("A-2", 9_900, "C002"),
        make_bid("B-1", 8_000, "C001"),
        make_bid("B-2", 8_000, "C002"),
    )
    # Together 14 900 against 16 000.
    assert read_winners(give(needs))["C002"] == "A-2"
    bars = build_book(
        make_bid("A-1", 5_000, "C001", excludes=("A-2",)),
        make_bid("A-2", 5_000, "C002"),
        make_bid("B-1", 8_000, "C001"),
        make_bid("B-2", 8_200, "C002"),
    )
    assert read_winners(give(bars)) | {"C003": "", "C004": ""} == {
        "C001": "B-1", "C002": "A-2", "C003": "", "C004": "",
    }  # fmt: skip


def test_nobody_barred_wins() -> None:
    tender = build_tender((make_contract(1, barred_ids=("A",)), *TENDER.contracts[1:]))
    book = build_book(make_bid("A-1", 1_000, "C001"), make_bid("B-1", 9_000, "C001"))
    assert read_winners(give(book, tender=tender))["C001"] == "B-1"


def test_rules_that_nothing_keeps_are_an_error() -> None:
    book = build_book(make_bid("A-1", 8_000, "C001"))
    with pytest.raises(InfeasibleError, match="small firms"):
        give(book, AwardRules(min_small_share_bp=5_000))
    with pytest.raises(ModelError, match="are for tender"):
        give(replace(book, tender_id="another"))


# Trying every set of bids, with arithmetic of its own.


def try_all(tender: Tender, book: BidBook, rules: AwardRules) -> int | None:
    best: int | None = None
    for n in range(len(book.bids) + 1):
        for chosen in combinations(book.bids, n):
            cost = judge(tender, book, rules, chosen)
            if cost is not None and (best is None or cost < best):
                best = cost
    return best


def judge(
    tender: Tender, book: BidBook, rules: AwardRules, chosen: tuple[Bid, ...]
) -> int | None:
    """Price a set of bids, None where it breaks a rule."""
    contracts = {c.contract_id: c for c in tender.contracts}
    bidders = {b.supplier_id: b for b in book.bidders}
    held = [i for bid in chosen for i in bid.contract_ids]
    ids = {bid.bid_id for bid in chosen}
    n_won = dict.fromkeys(bidders, 0)
    for bid in chosen:
        n_won[bid.supplier_id] += len(bid.contract_ids)
    is_kept = (
        len(set(held)) == len(held)
        and all(set(bid.requires) <= ids and not set(bid.excludes) & ids for bid in chosen)
        and all(n == 0 or n >= bidders[s].min_contracts for s, n in n_won.items())
        and all(n * 10_000 <= rules.max_share_bp * len(contracts) for n in n_won.values())
        and all(n_won[c.supplier_id] <= c.max_contracts for c in book.capacities)
        and (
            rules.max_suppliers is None
            or sum(n > 0 for n in n_won.values()) <= rules.max_suppliers
        )
    )
    if not is_kept:
        return None
    total = 0
    for bid in chosen:
        off = max(
            (
                d.discount_bp
                for d in book.discounts
                if d.supplier_id == bid.supplier_id
                and d.from_contracts <= n_won[bid.supplier_id]
            ),
            default=0,
        )
        price = round_half_up(Fraction(bid.price_pence * (10_000 - off), 10_000))
        parts = split_pence(
            price, [contracts[i].guide_pence for i in bid.contract_ids], list(bid.contract_ids)
        )
        for contract_id, part in zip(bid.contract_ids, parts, strict=True):
            c = contracts[contract_id]
            total += part * c.n_days
            short = 10_000 - bidders[bid.supplier_id].quality_bp
            weighed = c.guide_pence * c.n_days * rules.quality_weight_bp * short
            total += round_half_up(Fraction(weighed, 10**8))
            if c.incumbent_id not in ("", bid.supplier_id):
                total += round_half_up(Fraction(rules.transition_pence, rules.contract_years))
    for contract_id, c in contracts.items():
        if contract_id not in held:
            total += divide_half_up(c.guide_pence * rules.reserve_bp, 10_000) * c.n_days
            total += round_half_up(
                Fraction(c.guide_pence * c.n_days * rules.quality_weight_bp, 10_000)
            )
    return total


@st.composite
def markets(draw: st.DrawFn) -> tuple[Tender, BidBook, AwardRules]:
    n = draw(st.integers(2, 4))
    contracts = tuple(
        make_contract(
            i + 1,
            guide_pence=draw(st.integers(3_000, 12_000)),
            n_days=draw(st.sampled_from((190, 253))),
            incumbent_id=draw(st.sampled_from(("", "A", "B"))),
        )
        for i in range(n)
    )
    ids = [c.contract_id for c in contracts]
    bids = []
    for number in range(draw(st.integers(1, 7))):
        supplier = draw(st.sampled_from("ABC"))
        held = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=n, unique=True))
        price = sum(draw(st.integers(2_000, 13_000)) for _ in held)
        others = [b.bid_id for b in bids if b.supplier_id == supplier]
        ask = st.lists(st.sampled_from(others), max_size=1) if others else st.just([])
        bids.append(
            make_bid(
                f"{supplier}-{number}",
                price,
                *sorted(held),
                requires=tuple(draw(ask)) if draw(st.booleans()) else (),
                excludes=tuple(draw(ask)) if draw(st.booleans()) else (),
            )
        )
    book = build_book(*bids)
    for bidder in book.bidders:
        book = change_bidder(
            book,
            bidder.supplier_id,
            quality_bp=draw(st.integers(40, 100)) * 100,
            min_contracts=draw(st.sampled_from((0, 0, 2))),
        )
    used = [b.supplier_id for b in book.bidders]
    book = replace(
        book,
        discounts=tuple(
            BidDiscount(supplier_id=s, from_contracts=k, discount_bp=off)
            for s in used
            if draw(st.booleans())
            for k, off in ((2, 300), (3, 777))
        ),
        capacities=tuple(
            BidCapacity(
                supplier_id=s, vehicle_type_id=None, max_contracts=draw(st.integers(1, 4))
            )
            for s in used
            if draw(st.booleans())
        ),
    )
    rules = AwardRules(
        quality_weight_bp=draw(st.sampled_from((0, 1_500))),
        max_share_bp=draw(st.sampled_from((10_000, 5_000))),
        max_suppliers=draw(st.sampled_from((None, 1, 2))),
        transition_pence=draw(st.sampled_from((0, 50_001))),
    )
    return build_tender(contracts), book, rules


@settings(max_examples=60, deadline=None)
@given(market=markets())
def test_an_award_is_that_of_trying_every_set_of_bids(
    market: tuple[Tender, BidBook, AwardRules],
) -> None:
    tender, book, rules = market
    award = give(book, rules, tender)
    assert award.evaluated_pence == award.bound_pence == try_all(tender, book, rules)


@settings(max_examples=40, deadline=None)
@given(market=markets(), data=st.data())
def test_one_more_bid_never_raises_the_award(
    market: tuple[Tender, BidBook, AwardRules], data: st.DataObject
) -> None:
    tender, book, rules = market
    held = data.draw(
        st.lists(
            st.sampled_from([c.contract_id for c in tender.contracts]),
            min_size=1,
            unique=True,
        )
    )
    supplier = data.draw(st.sampled_from([b.supplier_id for b in book.bidders]))
    price = data.draw(st.integers(1_000, 40_000))
    more = make_bid(f"{supplier}-more", price, *sorted(held))
    after = give(replace(book, bids=(*book.bids, more)), rules, tender)
    assert after.evaluated_pence <= give(book, rules, tender).evaluated_pence


@settings(max_examples=15, deadline=None)
@given(market=markets())
def test_regret_is_what_the_award_costs_more_with_the_bid_in_it(
    market: tuple[Tender, BidBook, AwardRules],
) -> None:
    tender, book, rules = market
    award = give(book, rules, tender, review=60)
    least = award.evaluated_pence
    for regret in award.regrets:
        costs = [
            cost
            for n in range(1, len(book.bids) + 1)
            for chosen in combinations(book.bids, n)
            if regret.bid_id in {bid.bid_id for bid in chosen}
            and (cost := judge(tender, book, rules, chosen)) is not None
        ]
        due = min(costs) - least if costs else None
        assert (regret.low_pence, regret.high_pence) == (due, due)
    won = {win.bid_id for win in award.contracts}
    assert {r.bid_id for r in award.regrets} == {b.bid_id for b in book.bids} - won


def test_rules_and_winners_have_their_price() -> None:
    # A asks 8 000, B 9 000 for each of four routes; A may win half: two routes at 1 000 more.
    bids = [
        make_bid(f"{s}-{i}", p, f"C00{i}")
        for s, p in (("A", 8_000), ("B", 9_000))
        for i in (1, 2, 3, 4)
    ]
    award = give(build_book(*bids), AwardRules(max_share_bp=5_000), review=60)
    prices = {p.rule: p.evaluated_pence - award.evaluated_pence for p in award.rule_prices}
    assert prices["max_share_bp"] == -2 * 1_000 * 190
    assert prices["is_using_packages"] == prices["is_using_discounts"] == 0
    # Without A its two routes stay unplaced, B being capped as well: 15 000 less 8 000 each.
    worth = {w.supplier_id: w.evaluated_pence - award.evaluated_pence for w in award.worths}
    assert worth == {"A": 2 * 7_000 * 190, "B": 2 * 6_000 * 190}


def plant_faults(award: Award) -> list[tuple[str, Award]]:
    first, second, *rest = award.contracts
    dearer = replace(first, year_pence=first.year_pence + 1)
    return [
        ("every contract route once", replace(award, contracts=(first, *rest))),
        ("contract routes come to", replace(award, evaluated_pence=award.evaluated_pence + 1)),
        ("bound is above", replace(award, bound_pence=award.evaluated_pence + 1)),
        (
            "not the price times the days",
            replace(award, contracts=(dearer, second, *rest)),
        ),
        (
            "won in part",
            replace(award, contracts=(replace(first, bid_id="A-9"), second, *rest)),
        ),
        ("more than", replace(award, rules=replace(award.rules, max_share_bp=1_000))),
    ]


def test_a_false_award_is_found_out() -> None:
    book = build_book(
        make_bid("A-1", 15_000, "C001", "C002"),
        make_bid("A-9", 19_000, "C001", "C002"),
        make_bid("B-3", 9_000, "C003"),
        make_bid("B-4", 9_000, "C004"),
    )
    award = give(book)
    check_award(award, TENDER, book)
    for words, false in plant_faults(award):
        with pytest.raises(IdentityError, match=words):
            check_award(false, TENDER, book)


def test_equal_seeds_give_equal_awards() -> None:
    book = build_book(*(make_bid(f"A-{i}", 8_000 + i, f"C00{i}") for i in (1, 2, 3, 4)))
    assert give(book, review=30) == give(book, review=30)


def test_an_answer_cut_short_still_gives_the_discount_earned() -> None:
    book = build_book(
        *(make_bid(f"A-{i}", 10_000, f"C00{i}") for i in (1, 2)),
        discounts=(BidDiscount(supplier_id="A", from_contracts=2, discount_bp=1_000),),
    )
    program = build_award_program(TENDER, book, AwardRules())
    # Both bids without their discount, C003 and C004 unplaced: as a search cut short might.
    unplaced = [c for c, wins in enumerate(program.wins) if wins and not wins[0].bid_id]
    taken = frozenset(
        (
            *(program.bid_columns[b][0] for b in ("A-1", "A-2")),
            *unplaced[2:],
            program.tiers[0][0].column,
        )
    )
    cost = sum(program.choice.costs[c] for c in taken)
    better = take_discounts(program, Answer(taken=taken, cost=cost, bound=0))
    assert better.cost == cost - 2 * 1_000 * 190 == give(book).evaluated_pence
