"""The winner determination as a program: columns are bids, rows are what an award must keep."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from costing.programs import Choice, Row
from data.tenders import (
    UNPLACED_ID,
    AwardedContract,
    AwardRules,
    Bid,
    BidBook,
    Bidder,
    BidKind,
    ContractRoute,
    Tender,
)
from data.units import divide_half_up, split_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A discount of a supplier, and the column that says it is used."""

    supplier_id: str
    from_contracts: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardProgram:
    """The program, and what each of its columns means.

    Attributes
    ----------
    wins
        By column, the contract routes as they would be awarded; empty for columns that only
        say whether a supplier is used.
    bid_columns
        Columns of each bid, one per discount.
    tiers
        Of each supplier with discounts, in rising order, none first.
    """

    choice: Choice
    wins: tuple[tuple[AwardedContract, ...], ...]
    bid_columns: dict[str, tuple[int, ...]]
    tiers: tuple[tuple[Tier, ...], ...]


def price_bid(
    bid: Bid, bidder: Bidder, discount_bp: int, tender: Tender, rules: AwardRules
) -> tuple[AwardedContract, ...]:
    """Price the contract routes of a bid as the award would see them.

    The price a day is taken down by the discount, rounded half up once, and spread over the
    contract routes by guide price; a year is that times the days.

    Notes
    -----
    Quality: full marks missed cost ``weight x guide price``, so that ten points less have to be
    a tenth of the weight cheaper, whatever the bid's own price. One-off cost of leaving the
    incumbent is spread over the years of the contract.
    """
    contracts = {c.contract_id: c for c in tender.contracts}
    held = [contracts[i] for i in bid.contract_ids]
    price_pence = divide_half_up(bid.price_pence * (10_000 - discount_bp), 10_000)
    shares = split_pence(
        price_pence, [c.guide_pence for c in held], [c.contract_id for c in held]
    )
    return tuple(
        _build_win(contract, bid.supplier_id, bid.bid_id, share, bidder.quality_bp, rules)
        for contract, share in zip(held, shares, strict=True)
    )


def _build_win(
    contract: ContractRoute,
    supplier_id: str,
    bid_id: str,
    price_pence: int,
    quality_bp: int,
    rules: AwardRules,
) -> AwardedContract:
    short_bp = 10_000 - quality_bp
    quality_pence = divide_half_up(
        contract.guide_year_pence * rules.quality_weight_bp * short_bp, 10_000 * 10_000
    )
    is_moved = contract.incumbent_id not in ("", supplier_id) and supplier_id != UNPLACED_ID
    once_pence = (
        rules.transition_pence + contract.n_passengers * rules.transition_passenger_pence
    )
    return AwardedContract(
        contract_id=contract.contract_id,
        supplier_id=supplier_id,
        bid_id=bid_id,
        price_pence=price_pence,
        year_pence=price_pence * contract.n_days,
        quality_pence=quality_pence,
        transition_pence=divide_half_up(once_pence, rules.contract_years) if is_moved else 0,
    )


class _Builder:
    """Columns and rows as they are put together."""

    def __init__(self) -> None:
        self.costs: list[int] = []
        self.wins: list[tuple[AwardedContract, ...]] = []
        self.rows: list[Row] = []

    def add_column(self, wins: tuple[AwardedContract, ...] = ()) -> int:
        self.costs.append(sum(win.evaluated_pence for win in wins))
        self.wins.append(wins)
        return len(self.costs) - 1

    def add_row(
        self, terms: Iterable[tuple[int, int]], low: int | None = None, high: int | None = None
    ) -> None:
        self.rows.append(Row(low=low, high=high, terms=tuple(terms)))


def build_award_program(
    tender: Tender, book: BidBook, rules: AwardRules, *, without: frozenset[str] = frozenset()
) -> AwardProgram:
    """Build the winner determination of a tender.

    Every contract route goes to exactly one bid or stays unplaced at its reserve; a bid stands
    for all of its contract routes or none.

    Parameters
    ----------
    without
        Suppliers whose bids are left out.
    """
    made = _Builder()
    bidders = {b.supplier_id: b for b in book.bidders}
    discounts = _find_discounts(book, rules)
    holding: dict[str, list[int]] = defaultdict(list)
    of_supplier: dict[str, list[tuple[int, Bid]]] = defaultdict(list)
    of_tier: dict[tuple[str, int], list[tuple[int, Bid]]] = defaultdict(list)
    bid_columns: dict[str, tuple[int, ...]] = {}
    for bid in book.bids:
        if bid.supplier_id in without or not _is_counted(bid, tender, rules):
            continue
        held = []
        for tier, (_, discount_bp) in enumerate(discounts[bid.supplier_id]):
            column = made.add_column(
                price_bid(bid, bidders[bid.supplier_id], discount_bp, tender, rules)
            )
            held.append(column)
            of_supplier[bid.supplier_id].append((column, bid))
            of_tier[bid.supplier_id, tier].append((column, bid))
            for contract_id in bid.contract_ids:
                holding[contract_id].append(column)
        bid_columns[bid.bid_id] = tuple(held)
    for contract in tender.contracts:
        reserve = divide_half_up(contract.guide_pence * rules.reserve_bp, 10_000)
        win = _build_win(contract, UNPLACED_ID, "", reserve, 0, rules)
        holding[contract.contract_id].append(made.add_column((win,)))
    for contract in tender.contracts:
        made.add_row([(c, 1) for c in holding[contract.contract_id]], 1, 1)
    used: list[int] = []
    tiers = []
    for supplier_id in sorted(of_supplier):
        columns = _add_supplier(
            made,
            bidders[supplier_id],
            discounts[supplier_id],
            [of_tier[supplier_id, t] for t in range(len(discounts[supplier_id]))],
            rules,
        )
        used += columns
        if len(columns) > 1:
            tiers.append(
                tuple(
                    Tier(supplier_id=supplier_id, from_contracts=n, column=column)
                    for (n, _), column in zip(discounts[supplier_id], columns, strict=True)
                )
            )
        _add_limits(made, supplier_id, of_supplier[supplier_id], tender, book, rules)
    if rules.max_suppliers is not None and used:
        made.add_row([(c, 1) for c in used], high=rules.max_suppliers)
    _add_small(made, of_supplier, bidders, tender, rules)
    _add_conditions(made, book, bid_columns)
    return AwardProgram(
        choice=Choice(costs=tuple(made.costs), rows=tuple(made.rows)),
        wins=tuple(made.wins),
        bid_columns=bid_columns,
        tiers=tuple(tiers),
    )


def _is_counted(bid: Bid, tender: Tender, rules: AwardRules) -> bool:
    """Say whether a bid may win: nobody barred, and its kind looked at."""
    if bid.kind is not BidKind.ROUTE and not rules.is_using_packages:
        return False
    wanted = set(bid.contract_ids)
    return not any(
        bid.supplier_id in c.barred_ids for c in tender.contracts if c.contract_id in wanted
    )


def _find_discounts(book: BidBook, rules: AwardRules) -> dict[str, list[tuple[int, int]]]:
    """Find each supplier's discounts: (from so many contract routes, share), none first."""
    found = {b.supplier_id: [(0, 0)] for b in book.bidders}
    if rules.is_using_discounts:
        for row in sorted(book.discounts, key=lambda d: (d.supplier_id, d.from_contracts)):
            found[row.supplier_id].append((row.from_contracts, row.discount_bp))
    return found


def _add_supplier(
    made: _Builder,
    bidder: Bidder,
    discounts: list[tuple[int, int]],
    tiers: list[list[tuple[int, Bid]]],
    rules: AwardRules,
) -> list[int]:
    """Add whether a supplier wins anything, and at which discount; returns those columns."""
    least = bidder.min_contracts if rules.is_using_limits else 0
    if len(discounts) == 1 and least <= 1 and rules.max_suppliers is None:
        return []
    used = []
    for (from_contracts, _), held in zip(discounts, tiers, strict=True):
        column = made.add_column()
        used.append(column)
        for bid_column, _ in held:
            made.add_row([(bid_column, 1), (column, -1)], high=0)
        needed = max(least, from_contracts)
        if needed > 1:
            terms = [(c, len(bid.contract_ids)) for c, bid in held]
            made.add_row([*terms, (column, -needed)], low=0)
    if len(used) > 1:
        made.add_row([(c, 1) for c in used], high=1)
    return used


def _add_limits(
    made: _Builder,
    supplier_id: str,
    held: list[tuple[int, Bid]],
    tender: Tender,
    book: BidBook,
    rules: AwardRules,
) -> None:
    """Add a supplier's caps by the council and its own capacity."""
    contracts = {c.contract_id: c for c in tender.contracts}
    n_all = len(tender.contracts)
    if rules.max_share_bp < 10_000:
        terms = [(c, len(bid.contract_ids)) for c, bid in held]
        made.add_row(terms, high=rules.max_share_bp * n_all // 10_000)
    if rules.max_value_share_bp < 10_000:
        values = [
            (c, sum(contracts[i].guide_year_pence for i in bid.contract_ids)) for c, bid in held
        ]
        made.add_row(values, high=rules.max_value_share_bp * tender.guide_year_pence // 10_000)
    if not rules.is_using_limits:
        return
    for limit in book.capacities:
        if limit.supplier_id != supplier_id:
            continue
        terms = [
            (
                c,
                sum(
                    limit.vehicle_type_id in (None, contracts[i].vehicle_type_id)
                    for i in bid.contract_ids
                ),
            )
            for c, bid in held
        ]
        made.add_row([(c, n) for c, n in terms if n], high=limit.max_contracts)


def _add_small(
    made: _Builder,
    of_supplier: dict[str, list[tuple[int, Bid]]],
    bidders: dict[str, Bidder],
    tender: Tender,
    rules: AwardRules,
) -> None:
    """Add the least share of small firms."""
    if rules.min_small_share_bp <= 0:
        return
    terms = [
        (column, len(bid.contract_ids))
        for supplier_id, held in sorted(of_supplier.items())
        if bidders[supplier_id].is_small
        for column, bid in held
    ]
    made.add_row(terms, low=-(-rules.min_small_share_bp * len(tender.contracts) // 10_000))


def _add_conditions(
    made: _Builder, book: BidBook, bid_columns: dict[str, tuple[int, ...]]
) -> None:
    """Add which bids stand only with, or not beside, another."""
    for bid in book.bids:
        mine = [(c, 1) for c in bid_columns.get(bid.bid_id, ())]
        if not mine:
            continue
        for other in bid.requires:
            made.add_row([*mine, *((c, -1) for c in bid_columns.get(other, ()))], high=0)
        for other in bid.excludes:
            theirs = [(c, 1) for c in bid_columns.get(other, ())]
            if theirs:
                made.add_row([*mine, *theirs], high=1)
