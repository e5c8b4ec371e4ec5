"""The workbook of offers: what could be offered to whom, and what it would save."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from data.alternatives import AlternativesStudy, Mode
from reports.cells import Book, Column, Kind, Origin, Sheet
from reports.files import open_folder, write_whole
from reports.words import SYNTHETIC_WORDS, describe_flags

MODE_NAMES = {
    Mode.BUDGET: "travel budget",
    Mode.MILEAGE: "mileage",
    Mode.CYCLE: "cycle allowance",
    Mode.PASS: "bus or rail pass",
    Mode.ESCORT: "escort on foot",
    Mode.WALKING_BUS: "walking bus",
}


def write_alternatives(study: AlternativesStudy, path: Path) -> Path:
    """Write the workbook, readable by its owner only."""
    open_folder(path.parent)
    return write_whole(path, build_alternatives(study))


def build_alternatives(study: AlternativesStudy) -> bytes:
    """Build the workbook: summary, offers."""
    book = Book(
        Origin(
            title=f"Other ways to travel, {study.title}",
            footer=f"PRIVATE: personal data   code {study.code_version}",
            created_utc=study.created_utc,
        )
    )
    _write_summary(book.add_sheet("Summary"), study)
    _write_offers(book.add_sheet("PRIVATE offers"), study)
    return book.close()


def _write_summary(sheet: Sheet, study: AlternativesStudy) -> None:
    sheet.set_widths([40, 16, 18, 18, 18, 18])
    sheet.write_title(
        f"Other ways to travel, {study.title}",
        "Savings are differences of plans of the shown day, each searched from the same start, "
        "times the days of travel.",
    )
    if study.is_synthetic:
        sheet.write_note(SYNTHETIC_WORDS, "warning")
    for text in describe_flags(study.flags):
        sheet.write_note(text, "warning")
    sheet.skip()
    for label, value, note in (
        ("Pupils with one home and one school", study.n_looked_at, ""),
        ("Own saving searched for", study.n_measured, "those a repair says save most"),
        ("Offers that would pay", len(study.offers), ""),
        ("Left aside: another offer made already", study.n_taken_before, "e.g. training"),
    ):
        sheet.write_pair(label, value, Kind.COUNT, note)
    sheet.write_pair("Plan of the day, with everybody", study.base_day_pence, Kind.POUNDS)
    sheet.skip()
    _write_modes(sheet, study)
    sheet.skip()
    _write_levels(sheet, study)
    sheet.skip()
    for text in (
        "Nobody is taken off a vehicle without the family's consent on record (ALT-1); take-up "
        "here is supposed, with the same random numbers for all levels.",
        "Money to a family never exceeds what the council saves without that one passenger "
        "(ALT-3), and is at most three quarters of it.",
        "Who takes one offer is made no other, training among them.",
    ):
        sheet.write_note(text)
    sheet.write_note(study.timetable or "No timetable is loaded: nobody is offered a pass.")
    for line in study.attribution:
        sheet.write_note(line)


def _write_modes(sheet: Sheet, study: AlternativesStudy) -> None:
    columns = (
        Column(heading="Offer", width=40),
        Column(heading="Offers", kind=Kind.COUNT, width=16),
        Column(heading="Capped", kind=Kind.COUNT, width=18),
        Column(heading="Own savings, £ a year", kind=Kind.POUNDS, width=18),
        Column(heading="Cost, £ a year", kind=Kind.POUNDS, width=18),
    )
    sheet.write_heading("Offers that would pay, if each were the only one")
    sheet.write_header(columns)
    for mode in Mode:
        held = [o for o in study.offers if o.mode is mode]
        if not held:
            continue
        saved = sum(o.saving_pence for o in held)
        cost = sum(o.cost_pence for o in held)
        capped = sum(o.is_capped for o in held)
        sheet.write_row(columns, [MODE_NAMES[mode], len(held), capped, saved, cost])


def _write_levels(sheet: Sheet, study: AlternativesStudy) -> None:
    columns = (
        Column(heading="Take-up", width=40),
        Column(heading="Take an offer", kind=Kind.COUNT, width=16),
        Column(heading="One by one, £ a year", kind=Kind.POUNDS, width=18),
        Column(heading="Saved together, £ a year", kind=Kind.POUNDS, width=18),
        Column(heading="Cost of the offers, £ a year", kind=Kind.POUNDS, width=18),
        Column(heading="Net, £ a year", kind=Kind.POUNDS, width=18),
    )
    sheet.write_heading("What take-up would save, planned again for those who leave")
    sheet.write_header(columns)
    for level in (*study.levels, *study.draws):
        sheet.write_row(
            columns,
            [
                level.level,
                len(level.passenger_ids),
                level.sum_pence,
                level.saving_pence,
                level.cost_pence,
                level.net_pence,
            ],
        )


def _write_offers(sheet: Sheet, study: AlternativesStudy) -> None:
    columns = (
        Column(heading="Passenger", width=12),
        Column(heading="Offer", width=16),
        Column(heading="Together with", width=28),
        Column(heading="Days a year", kind=Kind.COUNT, width=8),
        Column(heading="Walk, miles", kind=Kind.MILES, width=9),
        Column(heading="Drive, miles", kind=Kind.MILES, width=9),
        Column(heading="By bus or rail, minutes", kind=Kind.COUNT, width=9),
        Column(heading="Own saving (cap), £", kind=Kind.POUNDS, width=13),
        Column(heading="By band or rate, £", kind=Kind.POUNDS, width=13),
        Column(heading="Offer, £ a year", kind=Kind.POUNDS, width=13),
        Column(heading="Capped", width=9),
        Column(heading="Net, £ a year", kind=Kind.POUNDS, width=13),
        Column(heading="Take-up, %: low", width=9),
        Column(heading="likely", width=8),
        Column(heading="high", width=8),
    )
    rows: list[list[Any]] = [
        [
            o.passenger_id,
            MODE_NAMES[o.mode],
            o.group,
            o.n_days,
            o.walk_m,
            o.drive_m,
            None if o.bus_s is None else -(-o.bus_s // 60),
            o.saving_pence,
            o.wanted_pence,
            o.cost_pence,
            "yes" if o.is_capped else "",
            o.net_pence,
            *(f"{bp / 100:.1f}" for bp in (o.take_up_low_bp, o.take_up_bp, o.take_up_high_bp)),
        ]
        for o in study.offers
    ]
    sheet.write_title(
        "Offers", "PRIVATE: personal data. The cap is the saving without this one passenger."
    )
    sheet.write_table(columns, rows)
