"""Where a figure comes from, down to the runs, in words and as a list."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from data.papers import Figure, Form, Operation, Paper, Part, SignOff, Unit, find_state
from data.runs import RunRecord
from reports.cells import clean_text
from reports.paper.figures import show


def build_explanation(
    paper: Paper,
    figure: Figure,
    runs: Mapping[str, RunRecord],
    sign_offs: Sequence[SignOff],
) -> tuple[str, ...]:
    """Explain a figure: what it is made from, by which runs, code, seed and check (M4).

    Parameters
    ----------
    runs
        By run id; those of the figure and its parts are described.
    """
    by_key = {one.key: one for one in paper.figures}
    base = int(dict(paper.settings)["people_base"])
    lines = [
        f"{figure.figure_id}  {figure.label}",
        f"  shown      {show(figure, Form.EXACT, base)}",
    ]
    if figure.is_withheld:
        lines.append("  withheld   to protect a small group; its value is not explained")
        return tuple(lines)
    lines.append(f"  value      {_describe_value(figure, base)}")
    lines.append(f"  formula    {_describe_formula(figure, by_key)}")
    for depth, part, times in _walk(figure, by_key):
        shown = "withheld" if part.is_withheld else _describe_value(part, base)
        lines.append(
            f"  {'  ' * depth}part {part.figure_id}  {times} x {part.label}: {shown}"
            + (f"  [{part.source}]" if part.source else "")
        )
    if figure.source:
        lines.append(f"  read from  {figure.source}")
    wanted = [figure, *(part for _, part, _ in _walk(figure, by_key))]
    for run_id in dict.fromkeys(one.run_id for one in wanted if one.run_id):
        lines += _describe_run(runs[run_id], dict(paper.run_ids).get(run_id, ""))
    lines += [
        f"  paper      {paper.paper_id} ({find_state(sign_offs)})",
        f"  code       {paper.code_version} wrote the paper",
        f"  author     {paper.author_name} ({paper.author_id}), "
        f"{paper.created_utc:%Y-%m-%d %H:%M:%S} UTC",
        f"  assumptions {len(paper.assumptions)}, versions "
        f"{', '.join(f'{n} {v}' for n, v in paper.assumptions[:3])}, ...",
    ]
    lines += [
        f"  {one.state:<10} {one.person_name} ({one.person_id}), "
        f"{one.created_utc:%Y-%m-%d %H:%M:%S} UTC"
        for one in sign_offs
    ]
    return tuple(lines)


def _walk(
    figure: Figure, by_key: Mapping[str, Figure], depth: int = 1
) -> list[tuple[int, Figure, str]]:
    """Walk through the parts of a figure and theirs: depth, figure, factor."""
    found = []
    for part in figure.parts:
        one = by_key[part.key]
        found.append((depth, one, _describe_factor(part)))
        found += _walk(one, by_key, depth + 1)
    return found


def _describe_factor(part: Part) -> str:
    """Describe how often a part is taken."""
    return f"{part.times:+,d}" if part.over == 1 else f"{part.times / part.over:+.6f}"


def _describe_value(figure: Figure, people_base: int) -> str:
    match figure.unit:
        case Unit.PENCE:
            return f"{figure.value:,} pence"
        case Unit.PEOPLE:
            return f"{show(figure, Form.EXACT, people_base)} people, rounded"
        case Unit.SHARE_BP:
            return f"{figure.value / 100:.2f} per cent"
        case Unit.STATED:
            return figure.stated
        case _:
            return f"{figure.value:,} {figure.unit}"


def _describe_formula(figure: Figure, by_key: Mapping[str, Figure]) -> str:
    names = [
        f"{_describe_factor(part)} x {by_key[part.key].figure_id}" for part in figure.parts
    ]
    match figure.operation:
        case Operation.SUM:
            return " ".join(names)
        case Operation.SHARE:
            ids = [by_key[part.key].figure_id for part in figure.parts]
            return f"{ids[0]} as a share of {ids[1]}, to a hundredth of a per cent"
        case Operation.SPREAD:
            return "largest less smallest of " + ", ".join(
                by_key[part.key].figure_id for part in figure.parts
            )
        case _:
            return figure.formula or "read as it stands"


def _describe_run(run: RunRecord, run_hash: str) -> list[str]:
    settings = dict(run.settings)
    lines = [
        f"  run        {run.run_id}, record {run_hash[:16]}, made "
        f"{run.created_utc:%Y-%m-%d %H:%M:%S} UTC by code {run.code_version}",
        f"    plan     {run.plan.plan_id}",
        f"    inputs   {run.inputs_hash}",
        f"    roads    {run.matrix_hash}",
        f"    search   seed {run.seed}, {run.steps:,} steps, ended by {run.limit}; limits: "
        f"{settings.get('seconds') or 'no'} seconds, {settings.get('steps') or 'no'} steps",
        f"    scenario {settings.get('scenario', '')[:200]}",
    ]
    lines += [
        f"    checked  {report.plan_id}: {len(report.violations)} rules broken, report "
        f"{report.report_hash[:16]}"
        for report in run.checks
    ]
    return lines


def build_figure_list(paper: Paper) -> str:
    """Build the list of a paper's figures as CSV, withheld ones without their value."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["figure", "shown", "value", "unit", "what", "formula", "source", "run"])
    by_key = {one.key: one for one in paper.figures}
    base = int(dict(paper.settings)["people_base"])
    for one in paper.figures:
        is_open = not one.is_withheld and one.unit not in (Unit.PEOPLE, Unit.STATED)
        row = [
            one.figure_id,
            show(one, Form.EXACT, base),
            str(one.value) if is_open else "",
            str(one.unit),
            one.label,
            _describe_formula(one, by_key),
            one.source,
            one.run_id,
        ]
        writer.writerow([clean_text(cell) for cell in row])
    return out.getvalue()
