"""The workbook of assessments: for the officers who decide, never for publication."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from data.eligibility import Answer, Assessment
from data.inputs import Inputs
from data.versions import find_code_version
from reports.cells import Book, Column, Kind, Origin, Sheet
from reports.files import open_folder, write_whole
from reports.words import SYNTHETIC_WORDS

ANSWER_WORDS = {Answer.YES: "yes", Answer.NO: "no", Answer.REFER: "refer to a person"}


def write_assessments(
    found: Sequence[Assessment],
    inputs: Inputs,
    attribution: Sequence[str],
    path: Path,
    *,
    created_utc: datetime,
) -> Path:
    """Write the workbook of assessments, readable by its owner only.

    Parameters
    ----------
    attribution
        Of the roads, shown with the sources.
    """
    open_folder(path.parent)
    return write_whole(
        path, build_assessments(found, inputs, attribution, created_utc=created_utc)
    )


def build_assessments(
    found: Sequence[Assessment],
    inputs: Inputs,
    attribution: Sequence[str],
    *,
    created_utc: datetime,
) -> bytes:
    """Build the workbook: summary, cases, schools, rules tested."""
    version = find_code_version()
    book = Book(
        Origin(
            title=f"Eligibility, {inputs.title}",
            footer=f"PRIVATE: personal data   code {version}",
            created_utc=created_utc,
        )
    )
    _write_summary(book.add_sheet("Summary"), found, inputs, attribution, version)
    _write_cases(book.add_sheet("Cases"), found, inputs)
    _write_schools(book.add_sheet("Schools"), found)
    _write_rules(book.add_sheet("Rules tested"), found)
    return book.close()


def _write_summary(
    sheet: Sheet,
    found: Sequence[Assessment],
    inputs: Inputs,
    attribution: Sequence[str],
    version: str,
) -> None:
    sheet.set_widths([44, 16, 16, 16, 16])
    sheet.write_title(
        f"Eligibility, {inputs.title}",
        "Proposals with their grounds. A named person confirms or changes each one.",
    )
    if any(a.is_trial for a in found):
        sheet.write_note("TRIAL: NOT FOR ELIGIBILITY DECISIONS (unfit roads)", "warning")
    if inputs.is_synthetic:
        sheet.write_note(SYNTHETIC_WORDS, "warning")
    sheet.skip()
    counts = Counter((a.rule, a.answer) for a in found)
    columns = (
        Column(heading="Rule that decides", width=44),
        Column(heading="Yes", kind=Kind.COUNT, width=16),
        Column(heading="No", kind=Kind.COUNT, width=16),
        Column(heading="Refer", kind=Kind.COUNT, width=16),
        Column(heading="Cases", kind=Kind.COUNT, width=16),
    )
    sheet.write_header(columns)
    for rule in sorted({a.rule for a in found}, key=_order):
        row = [counts[rule, answer] for answer in Answer]
        sheet.write_row(columns, [f"{rule}: {RULE_WORDS.get(rule, '')}", *row, sum(row)])
    totals = [sum(a.answer is answer for a in found) for answer in Answer]
    sheet.write_row(columns, ["All", *totals, sum(totals)], style="total")
    sheet.skip()
    sheet.write_heading("Where these figures come from")
    on = found[0].assessed_on.isoformat() if found else ""
    for label, value in (
        ("Assessed on", on),
        ("Roads", found[0].roads if found else ""),
        ("Code version", version),
    ):
        sheet.write_pair(label, value)
    for line in dict.fromkeys((*attribution, *inputs.attribution)):
        sheet.write_note(line)


RULE_WORDS = {
    "ELIG-1": "under 8, over 2 miles on foot",
    "ELIG-2": "8 and over, over 3 miles on foot",
    "ELIG-3": "low income, 8 to 10, over 2 miles",
    "ELIG-4": "low income, one of three nearest",
    "ELIG-5": "low income, religion or belief",
    "ELIG-7": "special needs or mobility",
    "ELIG-8": "no safe walk",
    "ELIG-9": "a nearer suitable school",
    "ELIG-10": "not of compulsory school age",
    "ELIG-11": "over 16: policy statement",
    "ELIG-12": "adult: assessed need",
}


def _order(rule: str) -> int:
    return int(rule.removeprefix("ELIG-")) if rule.startswith("ELIG-") else 99


def _write_cases(sheet: Sheet, found: Sequence[Assessment], inputs: Inputs) -> None:
    names = {s.site_id: s.name for s in inputs.sites}
    columns = (
        Column(heading="Case", width=12),
        Column(heading="Proposed", kind=Kind.WRAPPED, width=10),
        Column(heading="Rule", width=9),
        Column(heading="School attended", kind=Kind.WRAPPED, width=22),
        Column(heading="Walk, m", width=12),
        Column(heading="Drive, m", width=12),
        Column(heading="Rank", kind=Kind.COUNT, width=6),
        Column(heading="Why", kind=Kind.WRAPPED, width=44),
        Column(heading="Evidence used", kind=Kind.WRAPPED, width=40),
        Column(heading="Against, or to be looked at", kind=Kind.WRAPPED, width=54),
    )
    rows: list[list[Any]] = [
        [
            a.case_id,
            ANSWER_WORDS[a.answer],
            a.rule,
            names.get(a.site_id, a.site_id),
            format_metres(a.walk_mm),
            format_metres(a.drive_mm),
            a.school_rank,
            a.reason,
            " ".join(a.evidence),
            " ".join(a.against),
        ]
        for a in found
    ]
    sheet.write_title("Cases", "Walk to the nearest gate, drive by the shortest road.")
    sheet.write_table(columns, rows)


def _write_schools(sheet: Sheet, found: Sequence[Assessment]) -> None:
    columns = (
        Column(heading="Case", width=12),
        Column(heading="Register no.", width=12),
        Column(heading="School", width=52),
        Column(heading="Attended", width=10),
        Column(heading="Walk, m", width=14),
        Column(heading="Drive, m", width=14),
        Column(heading="Gate", width=24),
    )
    rows = [
        [
            a.case_id,
            s.school_id,
            s.name,
            "yes" if s.is_attended else "",
            format_metres(s.walk_mm),
            format_metres(s.drive_mm),
            s.gate,
        ]
        for a in found
        for s in a.schools
    ]
    sheet.write_title(
        "Schools", "The school attended and the three nearest suitable ones, nearest first."
    )
    sheet.write_table(columns, rows)


def _write_rules(sheet: Sheet, found: Sequence[Assessment]) -> None:
    words = {True: "met", False: "not met", None: "not known"}
    columns = (
        Column(heading="Case", width=12),
        Column(heading="Rule", width=10),
        Column(heading="Outcome", width=12),
        Column(heading="Figures", kind=Kind.WRAPPED, width=110),
    )
    rows = [[a.case_id, t.rule, words[t.outcome], t.reason] for a in found for t in a.tested]
    sheet.write_title("Rules tested", "In the order of the tests; the last one decides.")
    sheet.write_table(columns, rows)


def format_metres(value_mm: int | None) -> str:
    """Write millimetres as metres with three decimals, as they are compared with limits."""
    return "none" if value_mm is None else f"{value_mm // 1000:,}.{value_mm % 1000:03d}"
