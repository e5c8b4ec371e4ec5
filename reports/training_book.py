"""The workbook of travel training: summary, order, candidates, programme, assumptions."""

from __future__ import annotations

from typing import Any

from data.training import PROPOSAL_WORDS, Candidate, Programme, TrainingStudy
from reports.cells import Book, Column, Kind, Origin, Sheet
from reports.sources import ASSUMPTION_COLUMNS
from reports.training_text import (
    METHOD,
    RULE_WORDS,
    build_gain_lines,
    describe_timetable,
    find_planned,
)
from reports.words import SYNTHETIC_WORDS

POUNDS = Kind.POUNDS


def build_training_book(study: TrainingStudy, programme: Programme | None) -> bytes:
    """Build the workbook of a study, and of a programme made from it."""
    parts = [f"Study {study.study_id}", f"code {study.code_version}"]
    if study.is_synthetic:
        parts.append("made-up people")
    book = Book(
        Origin(
            title=f"Travel training, {study.place.title()}",
            footer="   ".join(parts),
            created_utc=study.created_utc,
        )
    )
    _write_summary(book.add_sheet("Summary"), study, programme)
    _write_order(book.add_sheet("Whom first"), study)
    if programme is not None:
        _write_programme(book.add_sheet("Programme"), study, programme)
    _write_candidates(book.add_sheet("Candidates"), study)
    _write_ruled_out(book.add_sheet("Ruled out"), study)
    _write_assumptions(book.add_sheet("Assumptions"), study)
    return book.close()


def _write_head(sheet: Sheet, study: TrainingStudy, title: str, note: str) -> None:
    sheet.write_title(title, note)
    if study.is_synthetic_timetable:
        sheet.write_note(
            "SYNTHETIC timetable: no such bus or train runs. Journeys are for show.", "warning"
        )
    if study.is_synthetic:
        sheet.write_note(SYNTHETIC_WORDS, "warning")
    sheet.skip()


def _write_summary(sheet: Sheet, study: TrainingStudy, programme: Programme | None) -> None:
    sheet.set_widths([56, 16, 40])
    _write_head(sheet, study, f"Travel training: {study.place.title()}", PROPOSAL_WORDS)
    proposed = sum(c.is_proposed for c in study.candidates)
    sheet.write_pair("Passengers looked at", len(study.candidates), Kind.COUNT)
    sheet.write_pair("To talk to about training", proposed, Kind.COUNT)
    sheet.write_pair("A day with nobody trained, £", study.base_pence, POUNDS)
    sheet.write_pair("Such days a year", study.n_days, Kind.COUNT)
    sheet.write_pair("Rules broken over all plans", study.n_violations, Kind.COUNT)
    sheet.write_pair("Journeys a plan leaves out more, at most", study.n_left_out, Kind.COUNT)
    sheet.skip()
    for line in build_gain_lines(study):
        sheet.write_note(line)
    sheet.skip()
    if programme is not None:
        sheet.write_heading(f"Programme: {programme.n_trainers} full-time trainer(s)")
        back = programme.payback_month
        first = None if back is None else programme.months[back].first_date
        sheet.write_pair("People who begin", len(programme.order), Kind.COUNT)
        rate = f"{programme.discount_bp / 100:.1f} % a year"
        sheet.write_pair(f"Net present value at {rate}, £", programme.npv_pence, POUNDS)
        sheet.write_pair("  one draw in twenty is below, £", programme.npv_low_pence, POUNDS)
        sheet.write_pair("  one draw in twenty is above, £", programme.npv_high_pence, POUNDS)
        sheet.write_pair("At risk, £", programme.at_risk_pence, POUNDS,
                         "expected less the worst draw in twenty")  # fmt: skip
        sheet.write_pair("Draws that lose money", f"{programme.loss_bp / 100:.0f} %")
        sheet.write_pair("Money back", "not in these years" if first is None
                         else f"month {(back or 0) + 1}, {first:%B %Y}")  # fmt: skip
        sheet.skip()
    sheet.write_heading("How")
    for line in METHOD:
        sheet.write_note(line)
    sheet.write_note(
        describe_timetable(
            study.timetable, study.timetable_date, is_synthetic=study.is_synthetic_timetable
        )
    )
    limit = f"{study.steps:,} steps" if study.steps else f"{study.seconds} seconds"
    sheet.write_note(f"Each plan: {limit}, seed {study.seed}; draws: {study.n_draws}.")
    for line in dict.fromkeys(study.attribution):
        sheet.write_note(line)


def _write_order(sheet: Sheet, study: TrainingStudy) -> None:
    _write_head(sheet, study, "Whom to train first", "Pounds a year, of the day shown.")
    columns = (
        Column(heading="Order", width=34),
        Column(heading="Trained", kind=Kind.COUNT, width=9),
        Column(heading="Expected, £ a year", kind=POUNDS, width=14),
        Column(heading="Planned, £ a year", kind=POUNDS, width=16),
        Column(heading="Planned, all succeed, £ a year", kind=POUNDS, width=16),
        Column(heading="Vehicles less, all succeed", kind=Kind.COUNT, width=40),
    )
    rows: list[list[Any]] = []
    for order in study.orders:
        for p in find_planned(study, order.rule):
            rows.append(
                [
                    RULE_WORDS[order.rule],
                    p.n_trained,
                    p.expected_pence * study.n_days,
                    None if p.planned_pence is None else p.planned_pence * study.n_days,
                    None if p.all_pence is None else p.all_pence * study.n_days,
                    p.n_duties_less,
                ]
            )
    sheet.write_table(columns, rows)
    sheet.skip()
    best = study.find_order("marginal")
    by_id = {c.passenger_id: c for c in study.candidates}
    columns = (
        Column(heading="Place", kind=Kind.COUNT, width=34),
        Column(heading="Passenger", width=11),
        Column(heading="Age", kind=Kind.COUNT, width=14),
        Column(heading="Chance of success", width=16),
        Column(heading="Adds, £ a year", kind=POUNDS, width=16),
        Column(heading="Shares a vehicle with, of this order", kind=Kind.WRAPPED, width=40),
    )
    sheet.write_header(columns)
    before = 0
    for n, point in enumerate(best.points):
        c = by_id[best.passenger_ids[n]]
        mates = {
            p
            for v in study.values
            if c.passenger_id in v.passenger_ids
            for p in v.passenger_ids
            if p in best.passenger_ids and p != c.passenger_id
        }
        chance = c.complete_bp * c.sustain_bp / 1_000_000
        sheet.write_row(
            columns,
            [
                n + 1,
                c.passenger_id,
                c.age,
                f"{chance:.0f} %",
                (point.expected_pence - before) * study.n_days,
                ", ".join(sorted(mates)),
            ],
        )
        before = point.expected_pence


def _write_programme(sheet: Sheet, study: TrainingStudy, found: Programme) -> None:
    _write_head(sheet, study, "Programme by month", "Expected; pounds, not discounted.")
    columns = (
        Column(heading="Month", kind=Kind.DATE, width=13),
        Column(heading="Begun", kind=Kind.COUNT, width=8),
        Column(heading="Training over", kind=Kind.COUNT, width=9),
        Column(heading="Travelling alone", kind=Kind.WRAPPED, width=11),
        Column(heading="Training, £", kind=POUNDS, width=12),
        Column(heading="Passes, £", kind=POUNDS, width=11),
        Column(heading="Saved, £", kind=POUNDS, width=12),
        Column(heading="Saved, low, £", kind=POUNDS, width=12),
        Column(heading="Saved, high, £", kind=POUNDS, width=12),
        Column(heading="Net, £", kind=POUNDS, width=12),
    )
    rows = [
        [
            m.first_date,
            m.n_started,
            m.n_signed_off,
            f"{m.travelling_mill / 1000:.1f}",
            m.training_pence,
            m.pass_pence,
            m.saved_pence,
            m.saved_low_pence,
            m.saved_high_pence,
            m.net_pence,
        ]
        for m in found.months
    ]
    total: list[Any] = ["All", None, None, None]
    total += [sum(row[k] for row in rows) for k in (4, 5, 6)]
    total += [None, None, sum(m.net_pence for m in found.months)]
    sheet.write_table(columns, rows, total=total)


def _write_candidates(sheet: Sheet, study: TrainingStudy) -> None:
    _write_head(sheet, study, "Candidates", PROPOSAL_WORDS)
    columns = (
        Column(heading="Passenger", width=11),
        Column(heading="Age", kind=Kind.COUNT, width=6),
        Column(heading="Phase", width=11),
        Column(heading="Longest journey, minutes", kind=Kind.MINUTES, width=11),
        Column(heading="Most changes", kind=Kind.COUNT, width=9),
        Column(heading="Most walking, m", kind=Kind.COUNT, width=9),
        Column(heading="Most roads crossed", kind=Kind.COUNT, width=9),
        Column(heading="Of them main", kind=Kind.COUNT, width=8),
        Column(heading="To complete", width=10),
        Column(heading="Still after two terms", width=10),
        Column(heading="For", kind=Kind.WRAPPED, width=52),
        Column(heading="Cautions", kind=Kind.WRAPPED, width=40),
    )
    rows = [_build_row(c) for c in study.candidates if c.is_proposed]
    sheet.write_table(columns, rows)


def _build_row(c: Candidate) -> list[Any]:
    journeys = [w.journey for w in c.ways if w.journey is not None]
    crossings = [j.n_crossings for j in journeys]
    mains = [j.n_main_crossings for j in journeys]
    return [
        c.passenger_id,
        c.age,
        c.phase.value.replace("_", " "),
        c.longest_s,
        max((j.n_changes for j in journeys), default=None),
        max((j.walk_m for j in journeys), default=None),
        None if None in crossings else max((n or 0 for n in crossings), default=None),
        None if None in mains else max((n or 0 for n in mains), default=None),
        f"{c.complete_bp / 100:.0f} %",
        f"{c.complete_bp * c.sustain_bp / 1_000_000:.0f} %",
        "; ".join(c.reasons_for),
        "; ".join(c.cautions),
    ]


def _write_ruled_out(sheet: Sheet, study: TrainingStudy) -> None:
    _write_head(
        sheet, study, "Ruled out", "For now: reasons may change, and a person may disagree."
    )
    columns = (
        Column(heading="Passenger", width=11),
        Column(heading="Age", kind=Kind.COUNT, width=6),
        Column(heading="Phase", width=11),
        Column(heading="Reasons", kind=Kind.WRAPPED, width=90),
    )
    rows = [
        [c.passenger_id, c.age, c.phase.value.replace("_", " "), "; ".join(c.reasons_against)]
        for c in study.candidates
        if not c.is_proposed
    ]
    sheet.write_table(columns, rows)


def _write_assumptions(sheet: Sheet, study: TrainingStudy) -> None:
    sheet.write_title(
        "Assumptions", "Grade A official, B published, C working assumption to be replaced."
    )
    sheet.write_header(ASSUMPTION_COLUMNS)
    for n in study.assumptions.numbers:
        value = f"{n.mode:g}" if n.low == n.high else f"{n.mode:g} ({n.low:g} to {n.high:g})"
        sheet.write_row(ASSUMPTION_COLUMNS, [n.name, value, n.unit, n.year, n.source, n.grade])
