"""A check report as lines of plain text."""

from __future__ import annotations

from collections import Counter

from data.checks import CheckReport
from data.units import format_pounds
from routing.checks.findings import format_duration


def build_report_lines(report: CheckReport, *, n_most: int = 50) -> tuple[str, ...]:
    """Build the report as lines of plain text, at most 96 characters where ids are short.

    Parameters
    ----------
    n_most
        How many violations to write out; the others are counted.
    """
    counts = report.counts
    word = "GOOD: no rule is broken" if report.is_good else "BROKEN RULES"
    lines = [
        f"Plan {report.plan_id} ({report.day_type_id or f'{len(report.parts)} plans'}): "
        + (word if report.is_good else f"{len(report.violations)} {word}"),
        f"  checked      {counts.n_passengers:,} passengers, {counts.n_journeys:,} journeys "
        f"({counts.n_carried:,} carried, {counts.n_unserved:,} unserved), ",
        f"               {counts.n_duties:,} duties, {counts.n_routes:,} routes, "
        f"{counts.n_stops:,} stops, {counts.n_legs:,} drives, {counts.n_lines:,} cost lines",
    ]
    if report.cost_pence is not None and report.full_cost_pence is not None:
        lines.append(
            f"  cost a day   {format_pounds(report.cost_pence)}, full cost "
            f"{format_pounds(report.full_cost_pence)} (sums of the cost lines)"
        )
    lines += _build_guide_lines(report)
    lines += [f"  flag         {flag}" for flag in report.flags]
    lines += [f"  note         {note}" for note in report.notes]
    lines += _build_violation_lines(report, n_most)
    lines += [
        f"  plan         {report.plan_hash}",
        f"  inputs       {report.inputs_hash}",
        f"  matrix       {report.matrix_hash or '(no fingerprint)'}",
        f"  report       {report.report_hash}",
    ]
    return tuple(lines)


def _build_guide_lines(report: CheckReport) -> list[str]:
    """Write the rides against their guide, of each plan of a timetable apart."""
    lines = []
    for part in report.parts or (report,):
        if report.parts:
            lines.append(f"  {part.day_type_id}")
        for row in part.ride_guide:
            lines.append(
                f"  ride guide   {row.phase:<9} {row.n_above:>5,} of {row.n_rides:,} above "
                f"{format_duration(row.guide_s)} "
                f"({row.share_above_bp // 100}.{row.share_above_bp % 100:02d} %), "
                f"longest {format_duration(row.worst_s)}"
            )
    return lines


def _build_violation_lines(report: CheckReport, n_most: int) -> list[str]:
    """Write how often each rule is broken, then the violations one by one."""
    if report.is_good:
        return []
    lines = [f"  {'code':<24} {'rule':<5} {'times':>6}"]
    rules = {violation.code: violation.rule for violation in report.violations}
    for code, n_times in sorted(Counter(v.code for v in report.violations).items()):
        lines.append(f"  {code:<24} {rules[code]:<5} {n_times:>6,}")
    for violation in report.violations[:n_most]:
        over = f" [{violation.over:,} {violation.unit}]" if violation.over else ""
        lines.append(f"  {violation.code:<24} {violation.sentence}{over}")
    n_more = len(report.violations) - n_most
    if n_more > 0:
        lines.append(f"  and {n_more:,} more")
    return lines
