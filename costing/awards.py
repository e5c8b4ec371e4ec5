"""Awards: who wins what at least cost, proven, and what the answer hangs on.

The winner determination is exact: the award's cost and its bound are whole pence, and when they
are equal nothing cheaper keeps the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from costing.award_program import AwardProgram, build_award_program
from costing.clock import find_left_s, read_clock_s
from costing.programs import Answer, Relaxation, relax_choice, solve_choice
from data.errors import IdentityError, InfeasibleError, ModelError, SolverError
from data.inputs import fingerprint
from data.tenders import (
    UNPLACED_ID,
    Award,
    AwardedContract,
    AwardRules,
    BidBook,
    BidRegret,
    RulePrice,
    SupplierWorth,
    Tender,
)
from data.units import divide_half_up
from data.versions import find_code_version


def award_tender(
    tender: Tender,
    book: BidBook,
    rules: AwardRules | None = None,
    *,
    created_utc: datetime,
    seconds: int = 60,
    review_seconds: int = 60,
    seed: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Award:
    """Award a tender at least evaluated cost.

    Parameters
    ----------
    seconds
        Longest time for the award itself. [s]
    review_seconds
        Longest time for regrets, prices of rules and worth of suppliers; 0 for none. [s]

    Raises
    ------
    InfeasibleError
        If no award keeps the rules, e.g. a share of small firms that bid for too little.
    IdentityError
        If the award does not add up.
    """
    used = rules or AwardRules()
    if book.tender_id != tender.tender_id:
        raise ModelError(f"the bids {book.book_id} are for tender {book.tender_id}")
    program = build_award_program(tender, book, used)
    try:
        proof = relax_choice(program.choice)
        answer = solve_choice(program.choice, seconds=seconds, seed=seed, relaxation=proof)
    except InfeasibleError:
        raise InfeasibleError(
            "no award keeps the rules: small firms do not bid for enough to win "
            f"{used.min_small_share_bp // 100} % of the contract routes"
        ) from None
    answer = take_discounts(program, answer)
    contracts = read_wins(program, answer)
    award = Award(
        award_id="",
        tender_id=tender.tender_id,
        book_id=book.book_id,
        created_utc=created_utc,
        code_version=find_code_version(),
        rules=used,
        contracts=contracts,
        evaluated_pence=answer.cost,
        bound_pence=answer.bound,
        is_proven=answer.is_proven,
        seed=seed,
    )
    if review_seconds > 0:
        end_s = read_clock_s() + review_seconds
        say = progress or (lambda text: None)
        say("what each rule costs")
        prices = _price_rules(tender, book, used, answer, program, seed, end_s)
        say("what each supplier is worth")
        worths = _find_worths(tender, book, used, contracts, seed, end_s)
        say("how far losing bids were from winning")
        regrets = _find_regrets(book, program, proof, answer, seed, end_s)
        award = replace(award, rule_prices=prices, worths=worths, regrets=regrets)
    check_award(award, tender, book)
    return replace(
        award, award_id=f"{tender.place}-award-{created_utc:%Y%m%dT%H%M%SZ}-{_stamp(award)}"
    )


def _stamp(award: Award) -> str:
    """Mark an award by its content."""
    return fingerprint(award)[:8]


def take_discounts(program: AwardProgram, answer: Answer) -> Answer:
    """Give every winner the largest discount it has earned; the best answer has them anyway."""
    bid_of = {column: b for b, columns in program.bid_columns.items() for column in columns}
    taken = set(answer.taken)
    for tiers in program.tiers:
        supplier_id = tiers[0].supplier_id
        held = [
            c
            for c in answer.taken
            if c in bid_of and program.wins[c][0].supplier_id == supplier_id
        ]
        n_won = sum(len(program.wins[c]) for c in held)
        earned = [i for i, tier in enumerate(tiers) if tier.from_contracts <= n_won]
        if not held:
            continue
        best = earned[-1]
        taken -= {*held, *(tier.column for tier in tiers)}
        taken |= {program.bid_columns[bid_of[c]][best] for c in held} | {tiers[best].column}
    cost = sum(program.choice.costs[c] for c in taken)
    return Answer(taken=frozenset(taken), cost=cost, bound=answer.bound)


def read_wins(program: AwardProgram, answer: Answer) -> tuple[AwardedContract, ...]:
    """Read the contract routes of an answer, in order of their ids."""
    wins = [win for column in answer.taken for win in program.wins[column]]
    return tuple(sorted(wins, key=lambda win: win.contract_id))


def check_award(award: Award, tender: Tender, book: BidBook) -> None:
    """Check that an award adds up and keeps every rule, from tender and bids alone.

    Raises
    ------
    IdentityError
        With everything that is wrong.
    """
    wrong: list[str] = []
    contracts = {c.contract_id: c for c in tender.contracts}
    held = [win.contract_id for win in award.contracts]
    if sorted(held) != sorted(contracts):
        wrong.append("the award does not hold every contract route once")
    total = sum(win.evaluated_pence for win in award.contracts)
    if total != award.evaluated_pence:
        wrong.append(
            f"contract routes come to {total} pence, the award to {award.evaluated_pence}"
        )
    if award.bound_pence > award.evaluated_pence:
        wrong.append("the bound is above the award")
    for win in award.contracts:
        if win.year_pence != win.price_pence * contracts[win.contract_id].n_days:
            wrong.append(f"{win.contract_id}: the year is not the price times the days")
    wrong += _check_bids(award, book)
    wrong += _check_shares(award, tender)
    if wrong:
        raise IdentityError("; ".join(wrong))


def _check_bids(award: Award, book: BidBook) -> list[str]:
    """Check that won bids are won whole, at their price less a discount that is earned."""
    wrong: list[str] = []
    n_won = {b.supplier_id: 0 for b in book.bidders}
    prices: dict[str, int] = {}
    members: dict[str, list[str]] = {}
    for win in award.contracts:
        if win.supplier_id == UNPLACED_ID:
            continue
        n_won[win.supplier_id] += 1
        prices[win.bid_id] = prices.get(win.bid_id, 0) + win.price_pence
        members.setdefault(win.bid_id, []).append(win.contract_id)
    bids = {bid.bid_id: bid for bid in book.bids}
    for bid_id, price_pence in prices.items():
        bid = bids[bid_id]
        if sorted(members[bid_id]) != sorted(bid.contract_ids):
            wrong.append(f"bid {bid_id} is won in part")
        earned = [0] + [
            d.discount_bp
            for d in book.discounts
            if d.supplier_id == bid.supplier_id and d.from_contracts <= n_won[bid.supplier_id]
        ]
        best = divide_half_up(bid.price_pence * (10_000 - max(earned)), 10_000)
        if award.rules.is_using_discounts and price_pence != best:
            wrong.append(f"bid {bid_id} is priced {price_pence} pence a day, not {best}")
        wrong += [
            f"bid {bid_id} stands without {other}"
            for other in bid.requires
            if other not in prices
        ]
        wrong += [
            f"bid {bid_id} stands beside {other}" for other in bid.excludes if other in prices
        ]
    if award.rules.is_using_limits:
        wrong += [
            f"{b.supplier_id} wins fewer than it takes"
            for b in book.bidders
            if 0 < n_won[b.supplier_id] < b.min_contracts
        ]
    return wrong


def _check_shares(award: Award, tender: Tender) -> list[str]:
    """Check the council's caps."""
    n_won: dict[str, int] = {}
    for win in award.contracts:
        if win.supplier_id != UNPLACED_ID:
            n_won[win.supplier_id] = n_won.get(win.supplier_id, 0) + 1
    most = award.rules.max_share_bp * len(tender.contracts) // 10_000
    wrong = [f"{s} wins {n}, more than {most}" for s, n in n_won.items() if n > most]
    if award.rules.max_suppliers is not None and len(n_won) > award.rules.max_suppliers:
        wrong.append(f"{len(n_won)} suppliers win")
    return wrong


def _relax_rules(rules: AwardRules) -> list[tuple[str, AwardRules]]:
    """List the rules in force, each with the rules without it."""
    plain = AwardRules()
    found = [
        (name, replace(rules, **{name: getattr(plain, name)}))
        for name in (
            "quality_weight_bp",
            "max_share_bp",
            "max_value_share_bp",
            "max_suppliers",
            "min_small_share_bp",
        )
        if getattr(rules, name) != getattr(plain, name)
    ]
    if rules.transition_pence or rules.transition_passenger_pence:
        without = replace(rules, transition_pence=0, transition_passenger_pence=0)
        found.append(("transition", without))
    found += [
        (name, replace(rules, **{name: False}))
        for name in ("is_using_packages", "is_using_discounts", "is_using_limits")
        if getattr(rules, name)
    ]
    return found


def _price_rules(
    tender: Tender,
    book: BidBook,
    rules: AwardRules,
    answer: Answer,
    program: AwardProgram,
    seed: int,
    end_s: int,
) -> tuple[RulePrice, ...]:
    """Award again without each rule."""
    found = []
    for name, without in _relax_rules(rules):
        if read_clock_s() >= end_s:
            break
        other = build_award_program(tender, book, without)
        # A program of the same columns begins with the award itself.
        is_same = other.choice.costs == program.choice.costs
        hint = answer.taken if is_same else None
        try:
            best = solve_choice(other.choice, seconds=find_left_s(end_s), seed=seed, hint=hint)
        except (InfeasibleError, SolverError):
            continue
        found.append(
            RulePrice(
                rule=name,
                evaluated_pence=best.cost,
                paid_pence=sum(win.year_pence for win in read_wins(other, best)),
                is_proven=best.is_proven,
            )
        )
    return tuple(found)


def _find_worths(
    tender: Tender,
    book: BidBook,
    rules: AwardRules,
    contracts: tuple[AwardedContract, ...],
    seed: int,
    end_s: int,
) -> tuple[SupplierWorth, ...]:
    """Award again without each winner."""
    won: dict[str, int] = {}
    for win in contracts:
        if win.supplier_id != UNPLACED_ID:
            won[win.supplier_id] = won.get(win.supplier_id, 0) + win.year_pence
    found = []
    for supplier_id in sorted(won, key=lambda s: (-won[s], s)):
        if read_clock_s() >= end_s:
            break
        other = build_award_program(tender, book, rules, without=frozenset({supplier_id}))
        try:
            best = solve_choice(other.choice, seconds=find_left_s(end_s), seed=seed)
        except (InfeasibleError, SolverError):
            continue
        wins = read_wins(other, best)
        found.append(
            SupplierWorth(
                supplier_id=supplier_id,
                evaluated_pence=best.cost,
                paid_pence=sum(win.year_pence for win in wins),
                n_unplaced=sum(win.supplier_id == UNPLACED_ID for win in wins),
                is_proven=best.is_proven,
            )
        )
    return tuple(found)


def _find_regrets(
    book: BidBook,
    program: AwardProgram,
    proof: Relaxation,
    answer: Answer,
    seed: int,
    end_s: int,
) -> tuple[BidRegret, ...]:
    """Find how much dearer the award is with each losing bid in it.

    The relaxation gives a proven least for every bid at once; the nearest bids are then worked
    out exactly, as many as the time allows.
    """
    lows: dict[str, int] = {}
    for bid in book.bids:
        columns = program.bid_columns.get(bid.bid_id, ())
        if not columns or any(column in answer.taken for column in columns):
            continue
        least = min(max(0, proof.reduced[column]) for column in columns)
        lows[bid.bid_id] = max(0, proof.bound + least - answer.cost)
    exact: dict[str, tuple[int | None, int | None]] = {}
    for bid_id in sorted(lows, key=lambda b: (lows[b], b)):
        if read_clock_s() >= end_s:
            break
        try:
            forced = solve_choice(
                program.choice,
                seconds=find_left_s(end_s),
                seed=seed,
                relaxation=proof,
                must_take=program.bid_columns[bid_id],
            )
        except InfeasibleError:
            exact[bid_id] = (None, None)
            continue
        except SolverError:
            continue
        low = max(lows[bid_id], forced.bound - answer.cost, 0)
        exact[bid_id] = (low, max(low, forced.cost - answer.cost))
    return tuple(
        BidRegret(
            bid_id=bid.bid_id,
            supplier_id=bid.supplier_id,
            low_pence=exact.get(bid.bid_id, (lows[bid.bid_id], None))[0],
            high_pence=exact.get(bid.bid_id, (lows[bid.bid_id], None))[1],
        )
        for bid in book.bids
        if bid.bid_id in lows
    )
