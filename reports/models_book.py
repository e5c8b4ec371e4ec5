"""The workbook and chart of ways to buy, simulated."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from data.price_models import MarketBehaviour, ModelOutcome, PriceModel, PriceModelStudy
from data.tenders import Tender
from reports.cells import Column, Kind, Sheet
from reports.colours import OWN_COLOUR
from reports.files import open_folder, write_whole
from reports.rates_chart import GREY, clean_axes, close_figure, open_figure
from reports.tender_words import open_tender_book, write_tender_origin, write_warnings

MODEL_WORDS = {
    PriceModel.ROUTE_TENDER: "tender of every route, sealed bids",
    PriceModel.FRAMEWORK: "framework with rate cards",
    PriceModel.MINI_COMPETITION: "dynamic purchasing, mini-competitions",
    PriceModel.PREFERRED: "preferred suppliers at agreed rates",
    PriceModel.BY_SCHOOL: "all routes of a school as one",
}

LOW_BP, MIDDLE_BP, HIGH_BP = 1_000, 5_000, 9_000

SIMULATION = (
    "SIMULATION with made-up bidders: a likely spread under the assumptions listed, no "
    "forecast and no evidence of any supplier's price."
)


def write_models(study: PriceModelStudy, tender: Tender, folder: Path) -> tuple[Path, ...]:
    """Write the workbook and the chart of a simulation."""
    open_folder(folder)
    return (
        write_whole(folder / "models.xlsx", build_models_book(study, tender)),
        write_whole(folder / "models.png", build_models_chart(study, tender)),
    )


def find_differences(study: PriceModelStudy, outcome: ModelOutcome) -> list[int]:
    """Find how much dearer a way is than the tender of every route, draw by draw. [pence]"""
    base = next(o for o in study.outcomes if o.model is PriceModel.ROUTE_TENDER)
    return sorted(
        a.paid_pence - b.paid_pence for a, b in zip(outcome.draws, base.draws, strict=True)
    )


def build_models_book(study: PriceModelStudy, tender: Tender) -> bytes:
    """Build the workbook: spread, assumptions, every draw."""
    book = open_tender_book(
        tender, f"Ways to buy (simulation), {tender.title}", study.created_utc
    )
    _write_spread(book.add_sheet("Simulation"), study, tender)
    _write_assumptions(book.add_sheet("Assumptions"), study)
    _write_draws(book.add_sheet("Draws"), study)
    return book.close()


def _write_spread(sheet: Sheet, study: PriceModelStudy, tender: Tender) -> None:
    n = len(study.outcomes[0].draws)
    sheet.write_title(
        f"Ways to buy {len(tender.contracts)} contract routes: simulated",
        f"Pounds a year without VAT; {n} made-up markets, seed {study.seed}; one in ten lies "
        "below the low figure, one in ten above the high one.",
    )
    sheet.write_note(SIMULATION, "warning")
    write_warnings(sheet, tender)
    pounds = Kind.POUNDS
    columns = (
        Column(heading="Way to buy", kind=Kind.WRAPPED, width=44),
        Column(heading="Low, £", kind=pounds, width=15),
        Column(heading="Middle, £", kind=pounds, width=15),
        Column(heading="High, £", kind=pounds, width=15),
        Column(heading="Dearer than the tender, low, £", kind=pounds, width=16),
        Column(heading="middle, £", kind=pounds, width=15),
        Column(heading="high, £", kind=pounds, width=15),
        Column(heading="Cheaper in so many draws", width=12),
        Column(heading="Let late, routes on average", width=12),
        Column(heading="Handed back, on average", width=12),
        Column(heading="Suppliers, on average", width=12),
        Column(heading="With small firms", width=12),
    )
    rows: list[list[Any]] = []
    for outcome in study.outcomes:
        apart = find_differences(study, outcome)
        is_base = outcome.model is PriceModel.ROUTE_TENDER
        at = [min(n - 1, bp * n // 10_000) for bp in (LOW_BP, MIDDLE_BP, HIGH_BP)]
        rows.append(
            [
                MODEL_WORDS[outcome.model],
                *(outcome.find_pence(bp) for bp in (LOW_BP, MIDDLE_BP, HIGH_BP)),
                *((None, None, None) if is_base else (apart[i] for i in at)),
                "" if is_base else f"{100 * sum(d < 0 for d in apart) / n:.0f} %",
                f"{sum(d.n_late for d in outcome.draws) / n:.1f}",
                f"{sum(d.n_handed_back for d in outcome.draws) / n:.1f}",
                f"{sum(d.n_suppliers for d in outcome.draws) / n:.1f}",
                f"{sum(d.small_bp for d in outcome.draws) / n / 100:.0f} %",
            ]
        )
    sheet.write_table(columns, rows)
    sheet.skip()
    sheet.write_pair("Guide price a year", study.guide_year_pence, pounds, tender.guide_basis)
    sheet.skip()
    write_tender_origin(sheet, tender)
    sheet.write_pair("Simulation", study.study_id)


def _write_assumptions(sheet: Sheet, study: PriceModelStudy) -> None:
    columns = (
        Column(heading="Assumption", width=30),
        Column(heading="Value", width=14),
        Column(heading="Unit", width=14),
        Column(heading="Grade", width=8),
    )
    rows = []
    for field in fields(MarketBehaviour):
        value = getattr(study.behaviour, field.name)
        is_share = field.name.endswith("_bp")
        rows.append(
            [
                field.name.removesuffix("_bp").removeprefix("n_").replace("_", " "),
                f"{value / 100:g}" if is_share else str(value),
                "per cent" if is_share else "firms",
                "C",
            ]
        )
    sheet.write_title(
        "What the simulation assumes",
        "Working assumptions: put in what your own tenders showed. Levels are of should-cost "
        "without margin.",
    )
    sheet.write_table(columns, rows)


def _write_draws(sheet: Sheet, study: PriceModelStudy) -> None:
    columns = (
        Column(heading="Way to buy", width=44),
        Column(heading="Draw", kind=Kind.COUNT, width=8),
        Column(heading="a year, £", kind=Kind.POUNDS, width=16),
        Column(heading="Let late", kind=Kind.COUNT, width=10),
        Column(heading="Handed back", kind=Kind.COUNT, width=12),
        Column(heading="Suppliers", kind=Kind.COUNT, width=10),
    )
    rows = [
        [
            MODEL_WORDS[outcome.model],
            draw.draw + 1,
            draw.paid_pence,
            draw.n_late,
            draw.n_handed_back,
            draw.n_suppliers,
        ]
        for outcome in study.outcomes
        for draw in outcome.draws
    ]
    sheet.write_title("Every simulated year", SIMULATION)
    sheet.write_table(columns, rows)


def build_models_chart(study: PriceModelStudy, tender: Tender) -> bytes:
    """Build the chart: the spread of each way to buy, the cheapest middle first."""
    figure = open_figure(11, 4.8)
    axes = figure.add_axes((0.3, 0.16, 0.66, 0.66))
    clean_axes(axes)
    order = sorted(study.outcomes, key=lambda o: (-o.find_pence(MIDDLE_BP), o.model))
    for y, outcome in enumerate(order):
        low, middle, high = (
            outcome.find_pence(bp) / 100_000 for bp in (LOW_BP, MIDDLE_BP, HIGH_BP)
        )
        axes.barh(y, high - low, left=low, color=OWN_COLOUR, alpha=0.35, height=0.5)
        axes.plot([middle, middle], [y - 0.25, y + 0.25], color=OWN_COLOUR, linewidth=2.5)
        axes.annotate(
            f"£{middle:,.0f}k", (middle, y + 0.3), ha="center", va="bottom", fontsize=8
        )
    axes.axvline(study.guide_year_pence / 100_000, color=GREY, linewidth=1, linestyle="--")
    axes.set_yticks(range(len(order)), [MODEL_WORDS[o.model] for o in order])
    axes.set_ylim(-0.6, len(order) - 0.3)
    axes.xaxis.set_major_formatter("£{x:,.0f}k")
    axes.set_xlabel(
        "a year without VAT: middle, and four draws in five; dashed: guide price", fontsize=9
    )
    n = len(study.outcomes[0].draws)
    figure.text(
        0.02,
        0.93,
        f"{tender.title}: ways to buy {len(tender.contracts)} contract routes",
        fontsize=11,
    )
    figure.text(
        0.02,
        0.875,
        f"SIMULATION with made-up bidders, {n} markets, seed {study.seed}: no forecast",
        fontsize=9,
        color="#942514",
        fontweight="bold",
    )
    return close_figure(figure)
