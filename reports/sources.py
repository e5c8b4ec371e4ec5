"""What every output says about itself: run, inputs, settings, code, flags and sources (M4)."""

from __future__ import annotations

from data.runs import RunRecord
from reports.cells import Book, Column, Kind, Origin, Sheet
from reports.words import STATE_WORDS, SYNTHETIC_WORDS, describe_flags


def build_origin(run: RunRecord, title: str) -> Origin:
    """Build the origin that a workbook of the run carries."""
    parts = [f"Run {run.run_id}", f"code {run.code_version}"]
    if run.is_synthetic:
        parts.append("made-up people")
    return Origin(title=title, footer="   ".join(parts), created_utc=run.created_utc)


def open_book(run: RunRecord, title: str) -> Book:
    """Open a workbook of the run."""
    return Book(build_origin(run, title))


def describe_day(run: RunRecord) -> str:
    """Describe the day that the run's plan shows."""
    plan = run.plan
    if plan.service_date is None:
        return f"day type {plan.day_type.day_type_id}"
    return f"{plan.service_date:%A} {plan.service_date.day} {plan.service_date:%B %Y}"


_BRIEF_FLAGS = frozenset({"schematic_network", "beyond_network"})
"""Flags that matter to who only follows the plan: its times may not hold."""


def describe_warnings(run: RunRecord, *, is_brief: bool = False) -> tuple[str, ...]:
    """Describe what a reader must know before using any figure of the run.

    Parameters
    ----------
    is_brief
        Leave out what matters only to who decides by the figures.
    """
    found: list[str] = []
    n_violations = sum(len(report.violations) for report in run.checks)
    if n_violations:
        found.append(f"The checker names {n_violations} broken rules: do not run this plan.")
    elif not run.checks:
        found.append("The plan has not been checked.")
    if run.is_synthetic:
        found.append(SYNTHETIC_WORDS)
    flags = tuple(f for f in run.plan.flags if not is_brief or f in _BRIEF_FLAGS)
    return (*found, *describe_flags(flags))


def describe_check(run: RunRecord) -> str:
    """Describe what the checker found in one sentence."""
    found = sum(len(report.violations) for report in run.checks)
    if not run.checks:
        return "Not checked."
    return f"Checked: {found} rules broken." if found else "Checked: no rule broken."


def describe_sources(run: RunRecord) -> tuple[str, ...]:
    """Describe the sources that must be named, each sentence once."""
    sentences = [
        sentence.strip().rstrip(".") + "."
        for text in run.attribution
        for sentence in text.split(". ")
        if sentence.strip()
    ]
    return tuple(dict.fromkeys(sentences))


_CREDITS = (
    ("openstreetmap", "© OpenStreetMap contributors"),
    ("os data", "Contains OS data © Crown copyright and database right"),
)


def find_credit(run: RunRecord) -> str:
    """Find the short credit that must stand on a map itself; the sources stand beneath it."""
    text = " ".join(run.attribution).casefold()
    return ". ".join(credit for word, credit in _CREDITS if word in text)


def write_origin(sheet: Sheet, run: RunRecord) -> None:
    """Write where the figures come from: enough to make them again."""
    plan = run.plan
    sheet.write_heading("Where these figures come from")
    sheet.write_pair("Run", run.run_id)
    sheet.write_pair("Made (UTC)", f"{run.created_utc:%Y-%m-%d %H:%M:%S}")
    sheet.write_pair("Code version", run.code_version)
    sheet.write_pair("Inputs", run.inputs_hash, note="")
    sheet.write_pair("Travel times", run.matrix_hash)
    sheet.write_pair("Plan", f"{plan.plan_id} ({STATE_WORDS[plan.state]})")
    sheet.write_pair("Seed", str(run.seed))
    sheet.write_pair("Steps of the search", f"{run.steps:,}")
    sheet.write_pair("Search ended by", run.limit)
    for name, value in run.settings:
        sheet.write_pair(f"Setting {name}", value or "not set")
    for report in run.checks:
        found = len(report.violations)
        sheet.write_pair(
            f"Check of {report.plan_id}",
            "no rule broken" if not found else f"{found} rules broken",
            note=f"report {report.report_hash[:16]}",
        )
    sheet.write_pair("Versions", ", ".join(f"{n} {v}" for n, v in run.versions))


def write_attribution(sheet: Sheet, run: RunRecord) -> None:
    """Write the sources that must be named."""
    sheet.write_heading("Sources")
    for text in describe_sources(run):
        sheet.write_note(text)


ASSUMPTION_COLUMNS = (
    Column(heading="Assumption", kind=Kind.WRAPPED, width=44),
    Column(heading="Value", kind=Kind.WRAPPED, width=24),
    Column(heading="Unit", kind=Kind.WRAPPED, width=18),
    Column(heading="Year", width=10),
    Column(heading="Source", kind=Kind.WRAPPED, width=60),
    Column(heading="Grade", width=8),
)
