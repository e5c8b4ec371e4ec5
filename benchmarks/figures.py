"""The figures wanted, beside what the ledgers say was reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from statistics import mean
from typing import Any

Row = dict[str, Any]
SEEDS = 5
"""Seeds that a figure is wanted on."""
PROVEN_PCT = 1.0
"""A plan so little above its own proven bound counts as proven nearly optimal. [%]"""
OPTIMAL_PCT = 0.005
"""A gap up to this is the rounding of an optimum in print. [%]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure wanted of wayfare on one thread.

    Attributes
    ----------
    files
        Pattern of the names of its files.
    kind
        ``mean`` and ``worst`` of gaps [%], ``optima`` (share of runs at the optimum) [%],
        ``proven`` (share of runs with a bound that it puts within 1 %) [%] or ``cost`` (mean
        over seeds of one file).
    wanted
        At most, but ``optima`` and ``proven`` at least.
    tried
        What was tried where it is missed, and what the next idea is.
    n_files
        Files it is wanted on, each with five seeds.
    """

    what: str
    family: str
    files: str
    seconds: float
    kind: str
    wanted: float
    tried: str = ""
    n_files: int = 1

    @property
    def unit(self) -> str:
        """What the figure is counted in."""
        return "" if self.kind == "cost" else " %"


def measure(figure: Figure, rows: Sequence[Row]) -> tuple[float | None, int, int]:
    """Measure a figure.

    Returns
    -------
    reached, n_runs, n_files
        None where nothing was run; a run without a good plan counts as infinitely dear.
    """
    mine = [
        row
        for row in rows
        if row["family"] == figure.family
        and row["engine"] == "wayfare"
        and row["seconds"] == figure.seconds
        and row["threads"] == 1
        and fnmatchcase(row["file"], figure.files)
    ]
    if figure.kind == "proven":
        mine = [row for row in mine if row["proven_gap_pct"] is not None]
    n_files = len({row["file"] for row in mine})
    if not mine:
        return None, 0, 0
    if figure.kind == "cost":
        costs = [row["cost"] if row["feasible"] else float("inf") for row in mine]
        return mean(costs), len(mine), n_files
    if figure.kind == "proven":
        share = 100.0 * sum(row["proven_gap_pct"] <= PROVEN_PCT for row in mine) / len(mine)
        return share, len(mine), n_files
    gaps = [float("inf") if row["gap_pct"] is None else row["gap_pct"] for row in mine]
    if figure.kind == "optima":
        share = 100.0 * sum(gap <= OPTIMAL_PCT for gap in gaps) / len(gaps)
        return share, len(mine), n_files
    value = mean(gaps) if figure.kind == "mean" else max(gaps)
    return value, len(mine), n_files


def build_figures(figures: Sequence[Figure], rows: Sequence[Row]) -> list[str]:
    """Build the table of figures, and what was tried where one is missed."""
    lines = [
        "| what | wanted | reached | runs | |",
        "|---|---|---|---|---|",
    ]
    missed: list[str] = []
    for figure in figures:
        value, n_runs, n_files = measure(figure, rows)
        is_least = figure.kind in ("optima", "proven")
        side = "at least" if is_least else "at most"
        wanted = f"{side} {figure.wanted:,g}{figure.unit}"
        what = f"{figure.what}, {figure.seconds:g} s"
        if value is None:
            lines.append(f"| {what} | {wanted} | not run | 0 | |")
            continue
        short = figure.wanted - value if is_least else value - figure.wanted
        verdict = "met" if short <= 0 else f"missed by {short:,.2f}{figure.unit}"
        all_runs = SEEDS * figure.n_files
        runs = f"{n_runs} of {all_runs} on {n_files} of {figure.n_files} files"
        if n_runs < all_runs:
            verdict += ", so far"
        lines.append(f"| {what} | {wanted} | {value:,.2f}{figure.unit} | {runs} | {verdict} |")
        if short > 0 and figure.tried:
            missed.append(f"- **{what}**: {verdict}. {figure.tried}")
    return [*lines, *([""] if missed else []), *missed]
