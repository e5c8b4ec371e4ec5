"""The plan summary: every figure with the lines it is made of, so that it can be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from data.errors import IdentityError
from data.money import CostBasis, CostLine
from data.runs import Measures, RunRecord
from reports.cells import Column, Kind, Sheet
from reports.facts import COST_BASES, RunFacts
from reports.sources import (
    ASSUMPTION_COLUMNS,
    describe_day,
    describe_warnings,
    open_book,
    write_attribution,
    write_origin,
)
from reports.summary import WEAK_GAP_BP, WEAK_PROOF
from reports.summary_money import (
    write_alternatives,
    write_lines,
    write_shares,
    write_totals,
    write_year,
)
from reports.summary_plan import write_dates, write_duties, write_routes, write_unserved
from reports.words import STATE_WORDS


def build_summary_book(facts: RunFacts) -> bytes:
    """Build the plan summary workbook.

    Raises
    ------
    IdentityError
        If lines, shares, year and measures do not agree to the penny (M3).
    """
    check_identities(facts.run)
    book = open_book(facts.run, f"Plan summary, {facts.inputs.title}")
    _write_summary(book.add_sheet("Summary"), facts)
    write_totals(book.add_sheet("Totals"), facts)
    write_duties(book.add_sheet("Duties"), facts)
    write_routes(book.add_sheet("Routes"), facts)
    if facts.run.alternatives:
        write_alternatives(book.add_sheet("Make or buy"), facts)
    write_lines(book.add_sheet("Cost lines"), facts)
    if facts.run.year:
        write_year(book.add_sheet("Year"), facts)
    if facts.run.timetable is not None:
        write_dates(book.add_sheet("Dates"), facts)
    write_shares(book.add_sheet("Passenger shares"), facts)
    write_unserved(book.add_sheet("Unserved"), facts)
    _write_assumptions(book.add_sheet("Assumptions"), facts)
    return book.close()


def check_identities(run: RunRecord) -> None:
    """Check that the run's figures agree with what they are made of, to the penny (M3).

    Raises
    ------
    IdentityError
        With every pair that differs.
    """
    cost_pence = sum(c.amount_pence for c in run.lines if c.basis in COST_BASES)
    full_pence = cost_pence + _sum_basis(run.lines, CostBasis.FIXED)
    pairs: list[tuple[str, int, str, int | None]] = [
        ("cost lines", cost_pence, "the plan's cost", run.plan.cost_pence),
        ("cost lines with fixed cost", full_pence, "its full cost", run.plan.full_cost_pence),
    ]
    if run.shares:
        shared = sum(share.amount_pence for share in run.shares)
        pairs.append(("passenger shares", shared, "the plan's cost", run.plan.cost_pence))
    if run.measures is not None:
        pairs.append(("cost lines", cost_pence, "the measures", run.measures.cost_pence))
        pairs.append(
            ("full cost lines", full_pence, "the measures", run.measures.full_cost_pence)
        )
        if run.year:
            year = sum(part.n_dates * part.cost_pence for part in run.year)
            pairs.append(("parts of the year", year, "the year", run.measures.year_pence))
    wrong = [
        f"{left} come to {found} pence, {right} is {said}"
        for left, found, right, said in pairs
        if said is not None and found != said
    ]
    if wrong:
        raise IdentityError(f"Run {run.run_id}: {'; '.join(wrong)}.")


def _sum_basis(lines: Sequence[CostLine], *bases: CostBasis) -> int:
    """Add up the lines of some bases. [pence]"""
    return sum(line.amount_pence for line in lines if line.basis in bases)


def _write_summary(sheet: Sheet, facts: RunFacts) -> None:
    """Write the first sheet: what a commissioner asks first."""
    run = facts.run
    sheet.set_widths([34, 18, 16, 14, 14, 14, 16, 16, 16])
    sheet.write_title(facts.inputs.title, f"{describe_day(run)}: {STATE_WORDS[run.plan.state]}")
    for warning in describe_warnings(run):
        sheet.write_note(warning, "warning")
    sheet.skip()
    if run.measures is not None:
        _write_figures(sheet, run, run.measures)
        _write_providers(sheet, run.measures)
        _write_rides(sheet, run.measures)
    write_origin(sheet, run)
    sheet.skip()
    write_attribution(sheet, run)


def _write_figures(sheet: Sheet, run: RunRecord, measures: Measures) -> None:
    """Write the key figures, beside those of today's plan where there is one."""
    base = run.baseline_measures
    sheet.write_heading("One service day")
    head = [Column(heading="Figure", width=34), Column(heading="This plan", kind=Kind.COUNT)]
    if base is not None:
        head.append(Column(heading="Today's plan", kind=Kind.COUNT))
    sheet.write_header(head)
    gap = None
    if measures.bound_pence is not None and measures.cost_pence:
        gap = (measures.cost_pence - measures.bound_pence) * 1000 // measures.cost_pence
    rows: list[tuple[str, str, Kind]] = [
        ("Passengers with a journey that day", "n_passengers", Kind.COUNT),
        ("  carried in every session", "n_carried", Kind.COUNT),
        ("  not carried in some session", "n_unserved", Kind.COUNT),
        ("Routes", "n_routes", Kind.COUNT),
        ("Duties (vehicles with crew)", "n_duties", Kind.COUNT),
        ("Own vehicles out", "n_own_vehicles", Kind.COUNT),
        ("Miles with passengers", "loaded_m", Kind.MILES),
        ("Miles without passengers", "dead_m", Kind.MILES),
        ("Cost a day, £", "cost_pence", Kind.POUNDS),
        ("  with own fixed cost, £", "full_cost_pence", Kind.POUNDS),
    ]
    for label, name, kind in rows:
        columns = [Column(heading=""), Column(heading="", kind=kind)]
        values: list[Any] = [label, getattr(measures, name)]
        if base is not None:
            columns.append(Column(heading="", kind=kind))
            values.append(getattr(base, name))
        sheet.write_row(columns, values)
    money = [Column(heading=""), Column(heading="", kind=Kind.POUNDS)]
    if run.year or measures.year_pence:
        sheet.write_row(money, ["Cost a year, £", measures.year_pence])
        sheet.write_row(money, ["  with own fixed cost, £", measures.year_full_pence])
    if measures.bound_pence is not None and gap is not None:
        sheet.write_row(money, ["No plan can cost less than, £", measures.bound_pence])
        text = [Column(heading=""), Column(heading="")]
        sheet.write_row(text, ["Gap at most", f"{gap // 10}.{gap % 10} %"])
        weak = f" It is {WEAK_PROOF}." if gap * 10 > WEAK_GAP_BP else ""
        sheet.write_note(
            f"The bound holds for: {run.plan.bound_policy or 'the policy as set'}.{weak}"
        )
    sheet.write_note(
        "Cost: own company at avoidable cost, suppliers at contract price, net of VAT that the "
        "council gets back."
    )
    sheet.skip()


def _write_providers(sheet: Sheet, measures: Measures) -> None:
    """Write what each provider does and costs; the year only where one was planned."""
    has_year = measures.year_pence > 0
    sheet.write_heading("By provider")
    columns = (
        Column(heading="Provider", width=34),
        Column(heading="Passenger journeys", kind=Kind.COUNT),
        Column(heading="Routes", kind=Kind.COUNT),
        Column(heading="Duties", kind=Kind.COUNT),
        Column(heading="Miles with passengers", kind=Kind.MILES),
        Column(heading="Miles without", kind=Kind.MILES),
        Column(heading="Cost a day, £", kind=Kind.POUNDS),
        Column(heading="Full cost a day, £", kind=Kind.POUNDS),
        Column(heading="Cost a year, £", kind=Kind.POUNDS),
    )
    rows = [
        (
            p.name,
            p.n_passenger_journeys,
            p.n_routes,
            p.n_duties,
            p.loaded_m,
            p.dead_m,
            p.cost_pence,
            p.full_cost_pence,
            p.year_pence if has_year else None,
        )
        for p in measures.providers
    ]
    sheet.write_header(columns)
    for row in rows:
        sheet.write_row(columns, row)
    numbers = [row[1:] for row in rows]
    totals = [
        None if None in column else sum(n for n in column if n is not None)
        for column in zip(*numbers, strict=True)
    ]
    sheet.write_row(columns, ["All", *totals], style="total")
    sheet.skip()


def _write_rides(sheet: Sheet, measures: Measures) -> None:
    """Write ride times against the guides of 45 and 75 minutes."""
    if not measures.rides:
        return
    sheet.write_heading("Ride times, walk to the stop included")
    columns = (
        Column(heading="Phase", width=34),
        Column(heading="Journeys", kind=Kind.COUNT),
        Column(heading="Guide, minutes", kind=Kind.MINUTES),
        Column(heading="Median", kind=Kind.MINUTES),
        Column(heading="Longest", kind=Kind.MINUTES),
        Column(heading="Over guide", kind=Kind.COUNT),
    )
    sheet.write_header(columns)
    for ride in measures.rides:
        sheet.write_row(
            columns,
            [
                ride.phase.replace("_", " "),
                ride.n_journeys,
                ride.guide_s,
                ride.median_s,
                ride.worst_s,
                ride.n_over_guide,
            ],
        )
    sheet.skip()


def _write_assumptions(sheet: Sheet, facts: RunFacts) -> None:
    """Write the numbers that results stand on, each with source and grade."""
    rows = [
        [a.name, a.value, a.unit, a.year, a.source, a.grade] for a in facts.inputs.assumptions
    ]
    sheet.write_title(
        "Assumptions",
        "Grade A: statute, official statistics or guidance. B: council, regulator or trade "
        "publication. C: working assumption, to be replaced with local data.",
    )
    sheet.write_table(ASSUMPTION_COLUMNS, rows)
