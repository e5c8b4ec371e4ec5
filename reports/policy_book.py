"""The workbook of two policies: what may be published first, then who gains and who loses."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from data.inputs import Inputs
from data.versions import find_code_version
from reports.cells import Book, Column, Kind, Origin, Sheet
from reports.files import open_folder, write_whole
from reports.words import SYNTHETIC_WORDS
from scenarios import CaseUnderPolicies, Comparison, EqualityRow, TravelPolicy, suppress_table

HIDDEN = "fewer than 5, or hidden with it"


def write_policies(
    before: TravelPolicy,
    after: TravelPolicy,
    cases: Sequence[CaseUnderPolicies],
    table: Sequence[EqualityRow],
    cost: Comparison | None,
    inputs: Inputs,
    attribution: Sequence[str],
    path: Path,
    *,
    created_utc: datetime,
) -> Path:
    """Write the workbook, readable by its owner only.

    Parameters
    ----------
    cost
        The second policy's plan against the first's; None where nothing was planned.
    """
    open_folder(path.parent)
    version = find_code_version()
    book = Book(
        Origin(
            title=f"{before.title} and {after.title}",
            footer=f"code {version}",
            created_utc=created_utc,
        )
    )
    summary = book.add_sheet("Summary")
    _write_summary(summary, before, after, cases, cost, inputs)
    _write_equality(book.add_sheet("Equality, to publish"), table)
    _write_people(book.add_sheet("PRIVATE who"), cases)
    _write_settings(book.add_sheet("Settings"), before, after)
    for line in dict.fromkeys((*attribution, *inputs.attribution)):
        summary.write_note(line)
    return write_whole(path, book.close())


def _write_summary(
    sheet: Sheet,
    before: TravelPolicy,
    after: TravelPolicy,
    cases: Sequence[CaseUnderPolicies],
    cost: Comparison | None,
    inputs: Inputs,
) -> None:
    sheet.set_widths([52, 20, 20, 20])
    sheet.write_title(
        "Two travel policies", f"{before.title} (before); {after.title} (after). {inputs.title}"
    )
    if inputs.is_synthetic:
        sheet.write_note(SYNTHETIC_WORDS, "warning")
    sheet.skip()
    sheet.write_heading("People")
    for label, n in (
        ("Cases assessed", len(cases)),
        ("Given travel before", sum(c.before.answer == "yes" for c in cases)),
        ("Given travel after", sum(c.after.answer == "yes" for c in cases)),
        ("Gain", sum(c.gains for c in cases)),
        ("Lose", sum(c.loses for c in cases)),
        ("Left to a person after", sum(c.after.answer == "refer" for c in cases)),
    ):
        sheet.write_pair(label, n, Kind.COUNT)
    sheet.write_note("Who is referred and carried today stays aboard in both plans.")
    sheet.skip()
    if cost is None:
        sheet.write_note("Nothing was planned: no cost.")
        return
    (found,) = cost.cases
    sheet.write_heading("Money: two plans, each optimised from the same start")
    columns = (
        Column(heading="A year", width=52),
        Column(heading="Before, £", kind=Kind.POUNDS, width=20),
        Column(heading="After, £", kind=Kind.POUNDS, width=20),
        Column(heading="Saved (-: costs more), £", kind=Kind.POUNDS, width=20),
    )
    sheet.write_header(columns)
    old, new = cost.base, found.case
    rows = (
        ("Transport, avoidable cost", old.measures.year_pence, new.measures.year_pence),
        ("Contributions (income -)", old.yearly_pence, new.yearly_pence),
    )
    for label, a, b in rows:
        sheet.write_row(columns, [label, a, b, a - b])
    a, b = sum(x for _, x, _ in rows), sum(y for _, _, y in rows)
    sheet.write_row(columns, ["Together", a, b, a - b], style="total")
    counts = (
        Column(heading="The shown day", width=52),
        Column(heading="Before", kind=Kind.COUNT, width=20),
        Column(heading="After", kind=Kind.COUNT, width=20),
        Column(heading="Difference", kind=Kind.COUNT, width=20),
    )
    sheet.skip()
    sheet.write_header(counts)
    for label, name in (
        ("Passengers carried", "n_carried"),
        ("Passengers not carried", "n_unserved"),
        ("Routes", "n_routes"),
        ("Vehicle duties", "n_duties"),
    ):
        x, y = getattr(old.measures, name), getattr(new.measures, name)
        sheet.write_row(counts, [label, x, y, y - x])
    sheet.skip()
    for label, run_id in (("Run before", old.run_id), ("Run after", new.run_id)):
        sheet.write_pair(label, run_id)


def _write_equality(sheet: Sheet, table: Sequence[EqualityRow]) -> None:
    columns = (
        Column(heading="By", width=16),
        Column(heading="Group", width=28),
        Column(heading="Assessed", width=18),
        Column(heading="Given before", width=18),
        Column(heading="Given after", width=18),
        Column(heading="Gain", width=18),
        Column(heading="Lose", width=18),
    )
    sheet.write_title(
        "Equality table",
        "Counts of 1 to 4 people are not shown (c), nor the next smallest where a total would "
        "give one away. Deprivation is that of the small area (IMD 2025).",
    )
    sheet.set_widths([c.width for c in columns])
    sheet.write_header(columns)
    for heading in dict.fromkeys(r.heading for r in table):
        held = [r for r in table if r.heading == heading]
        for row, counts in zip(held, suppress_table(held), strict=True):
            cells: list[Any] = ["c" if n is None else f"{n:,}" for n in counts]
            sheet.write_row(columns, [row.heading, row.group, *cells])
    sheet.skip()
    sheet.write_note(f"c: {HIDDEN}.")


def _write_people(sheet: Sheet, cases: Sequence[CaseUnderPolicies]) -> None:
    columns = (
        Column(heading="Case", width=14),
        Column(heading="Passenger", width=14),
        Column(heading="What changes", width=14),
        Column(heading="Before", width=10),
        Column(heading="Rule before", width=34),
        Column(heading="After", width=10),
        Column(heading="Rule after", width=34),
        Column(heading="Figures", kind=Kind.WRAPPED, width=70),
    )
    rows = [
        [
            c.applicant.case_id,
            c.assessment.passenger_id or "not carried today",
            "gains" if c.gains else "loses",
            str(c.before.answer),
            c.before.rule,
            str(c.after.answer),
            c.after.rule,
            c.assessment.reason,
        ]
        for c in cases
        if c.gains or c.loses
    ]
    sheet.write_title("Who gains and who loses", "PRIVATE: personal data; never published.")
    sheet.write_table(columns, rows)


def _write_settings(sheet: Sheet, before: TravelPolicy, after: TravelPolicy) -> None:
    columns = (
        Column(heading="Setting", width=34),
        Column(heading="Before", width=40),
        Column(heading="After", width=40),
        Column(heading="Differs", width=10),
    )
    sheet.write_title("Settings of the two policies", "Distances in metres, money in pounds.")
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    rows = [
        [name, str(old[name]), str(new[name]), "yes" if old[name] != new[name] else ""]
        for name in old
    ]
    sheet.write_table(columns, rows)
