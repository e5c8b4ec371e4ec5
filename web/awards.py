"""Lots and awards as their pages show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.statements import Measure, StatementTable
from data.tenders import RULE_WORDS, UNPLACED_ID, Award, BidBook, ContractRoute, Tender
from data.units import format_pounds
from web.charts import Chart, Form, Series
from web.money import headings, name_providers

if TYPE_CHECKING:
    from data.inputs import Inputs


def build_lots(tender: Tender) -> StatementTable:
    """Build the lots of a tender."""
    return StatementTable(
        name="Lots",
        headings=headings(
            "Lot",
            "Name",
            ("Contract routes", Measure.COUNT),
            ("Vehicles at one time", Measure.COUNT),
            ("Guide price a day", Measure.POUNDS),
        ),
        rows=tuple(
            (lot.lot_id, lot.name, len(lot.contract_ids), lot.n_vehicles, lot.guide_pence)
            for lot in tender.lots
        ),
        total=(
            "All",
            "",
            sum(len(lot.contract_ids) for lot in tender.lots),
            None,
            sum(lot.guide_pence for lot in tender.lots),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardShown:
    """One award.

    Attributes
    ----------
    unplaced
        Contract routes that nobody wins.
    """

    winners: StatementTable
    contracts: StatementTable
    rules: StatementTable
    worths: StatementTable
    chart: Chart
    gap: str
    unplaced: tuple[str, ...]


def build_award(award: Award, tender: Tender, book: BidBook, inputs: Inputs) -> AwardShown:
    """Build the page of an award: who wins what, what each rule costs, who is worth what."""
    names = name_providers(inputs) | {b.supplier_id: b.name for b in book.bidders}
    guides = {c.contract_id: c for c in tender.contracts}
    won = _sum_won(award, guides)
    gap_pence = award.evaluated_pence - award.bound_pence
    gap = "proven least" if award.is_proven else f"at most {format_pounds(gap_pence)} above"
    return AwardShown(
        winners=StatementTable(
            name="Winners",
            headings=headings(
                "Supplier",
                ("Contract routes", Measure.COUNT),
                ("A year", Measure.POUNDS),
                ("Guide price of the same", Measure.POUNDS),
            ),
            rows=tuple((names.get(s, s), *sums) for s, sums in won.items()),
            total=("All", *(sum(v[k] for v in won.values()) for k in range(3))),
        ),
        contracts=_build_contract_table(award, guides, names),
        rules=_build_rule_table(award),
        worths=_build_worth_table(award, names),
        chart=_build_won_chart(won, names),
        gap=gap,
        unplaced=tuple(w.contract_id for w in award.contracts if w.supplier_id == UNPLACED_ID),
    )


def _sum_won(
    award: Award, guides: Mapping[str, ContractRoute]
) -> dict[str, tuple[int, int, int]]:
    """Sum routes, price and guide price a year of each winner, the largest first. [pence]"""
    held: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for win in award.contracts:
        sums = held[win.supplier_id]
        sums[0] += 1
        sums[1] += win.year_pence
        sums[2] += guides[win.contract_id].guide_pence * guides[win.contract_id].n_days
    ordered = sorted(held.items(), key=lambda item: (-item[1][1], item[0]))
    return {supplier_id: (n, price, guide) for supplier_id, (n, price, guide) in ordered}


def _build_contract_table(
    award: Award, guides: Mapping[str, ContractRoute], names: Mapping[str, str]
) -> StatementTable:
    return StatementTable(
        name="Each contract route",
        headings=headings(
            "Contract route",
            "Today",
            "Won by",
            ("Price a day", Measure.POUNDS),
            ("Guide price", Measure.POUNDS),
            ("Price a year", Measure.POUNDS),
        ),
        rows=tuple(
            (
                win.contract_id,
                names.get(guides[win.contract_id].incumbent_id, "") or "nobody",
                names.get(win.supplier_id, win.supplier_id),
                win.price_pence,
                guides[win.contract_id].guide_pence,
                win.year_pence,
            )
            for win in award.contracts
        ),
    )


def _build_rule_table(award: Award) -> StatementTable:
    return StatementTable(
        name="What each rule costs a year",
        headings=headings("Without", ("Evaluated cost changes by", Measure.POUNDS), "Proven"),
        rows=tuple(
            (
                RULE_WORDS[price.rule],
                price.evaluated_pence - award.evaluated_pence,
                "yes" if price.is_proven else "no",
            )
            for price in award.rule_prices
        ),
    )


def _build_worth_table(award: Award, names: Mapping[str, str]) -> StatementTable:
    return StatementTable(
        name="What each winner is worth: the award without its bids",
        headings=headings(
            "Without",
            ("Dearer by, a year", Measure.POUNDS),
            ("Routes nobody takes then", Measure.COUNT),
        ),
        rows=tuple(
            (
                names.get(w.supplier_id, w.supplier_id),
                w.evaluated_pence - award.evaluated_pence,
                w.n_unplaced,
            )
            for w in award.worths
        ),
    )


def _build_won_chart(
    won: Mapping[str, tuple[int, int, int]], names: Mapping[str, str]
) -> Chart:
    return Chart(
        title="What is won, £ a year, beside its guide price",
        about="For each winner the price a year of what it wins, and the guide price of it.",
        x_title="",
        y_title="£ a year",
        labels=tuple(names.get(s, s) for s in won),
        series=tuple(
            Series(
                name=name,
                form=Form.BARS,
                points=tuple((n, sums[k] / 100) for n, sums in enumerate(won.values())),
            )
            for k, name in ((1, "price"), (2, "guide price"))
        ),
    )
