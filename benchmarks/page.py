"""The page of benchmarks: ``python -m benchmarks page`` writes docs/benchmarks.md.

Every figure on it stands in a dated ledger under benchmarks/results; of runs that are equal but
for the code, the latest counts. What was not run is marked so.
"""

from __future__ import annotations

import argparse
import platform
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any

from benchmarks.figures import build_figures
from benchmarks.ledger import find_key, read_rows
from benchmarks.literature import (
    COMPARED,
    COUNTED_IN,
    FIGURES,
    INTRODUCTION,
    LITERATURE,
    NOTES,
    READING,
    STEPS_NOTE,
    TITLES,
    WANTED,
)
from benchmarks.passes import PANEL
from benchmarks.steps import STEPS

ROOT = Path(__file__).resolve().parents[1]
RESULTS = Path(__file__).with_name("results")
ENGINES = ("wayfare", "ortools", "pyvrp", "vroom")
NOT_RUN = "not run"
Row = dict[str, Any]
Show = Callable[[str], None]


def main(words: Sequence[str], show: Show = print) -> int:
    """Write the page and its pictures."""
    parser = argparse.ArgumentParser(prog="benchmarks page", description=__doc__)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--docs", type=Path, default=ROOT / "docs")
    given = parser.parse_args(list(words))
    found = read_latest(sorted(given.results.glob("*.jsonl")))
    rows = [row for row in found if row["family"] != STEPS]
    pictures = draw_curves(rows, given.docs / "images")
    path = given.docs / "benchmarks.md"
    steps = [row for row in found if row["family"] == STEPS]
    path.write_text(build_page(rows, pictures, steps), encoding="utf-8")
    show(f"{path}: {len(rows)} runs, {len(pictures)} pictures")
    return 0


def read_latest(paths: Sequence[Path]) -> list[Row]:
    """Read ledgers; of runs equal but for the version the latest."""
    latest: dict[tuple[Any, ...], Row] = {}
    for row in sorted(read_rows(paths), key=lambda r: str(r.get("date", ""))):
        latest[find_key(row, with_version=False)] = row
    return list(latest.values())


def build_page(rows: list[Row], pictures: dict[str, str], steps: Sequence[Row] = ()) -> str:
    """Build the page's text."""
    dates = sorted(str(r["date"])[:10] for r in rows)
    versions = {
        engine: sorted({r["version"] for r in rows if r["engine"] == engine})
        for engine in ENGINES
    }
    lines = [
        "# Benchmarks",
        "",
        INTRODUCTION,
        "",
        f"Runs: {len(rows)}, from {dates[0]} to {dates[-1]}." if rows else "No runs yet.",
        f"Page made {datetime.now(UTC).date().isoformat()} on {describe_machine()}.",
        "",
        *(f"- {e}: {', '.join(v)}" for e, v in versions.items() if v),
        "",
        READING,
        "",
        "## Figures",
        "",
        WANTED,
        "",
        *build_figures(FIGURES, rows),
    ]
    for family, title in TITLES.items():
        lines += ["", f"## {title}", "", NOTES[family]]
        lines += ["", *LITERATURE[family]] if family in LITERATURE else []
        found = [r for r in rows if r["family"] == family]
        for seconds, threads in sorted({(r["seconds"], r["threads"]) for r in found}):
            these = [r for r in found if (r["seconds"], r["threads"]) == (seconds, threads)]
            name = "one thread" if threads == 1 else f"{threads} threads"
            lines += ["", f"### {seconds:g} CPU s, {name}", "", *build_table(family, these)]
        if not found:
            lines += ["", f"{NOT_RUN.capitalize()}."]
        if family in pictures:
            lines += ["", f"![Cost against CPU seconds, {title}]({pictures[family]})"]
    lines += ["", "## What a step costs with rate cards", "", *build_steps(steps)]
    lines += ["", "## What is not comparable, and why", "", *COMPARED, ""]
    return "\n".join(lines)


def build_steps(rows: Sequence[Row]) -> list[str]:
    """Build the table of what a step costs under each price list."""
    if not rows:
        return [f"{NOT_RUN.capitalize()}."]
    lines = [STEPS_NOTE, "", "| price list | offers | us a step |", "|---|---|---|"]
    for name in dict.fromkeys(row["file"] for row in rows):
        mine = [row for row in rows if row["file"] == name]
        us = [row["step_us"] for row in mine]
        span = f" ({min(us):.1f} to {max(us):.1f}, {len(us)} runs)" if len(us) > 1 else ""
        lines.append(f"| {name} | {mine[0]['n_offers']} | {mean(us):.1f}{span} |")
    return lines


def build_table(family: str, rows: list[Row]) -> list[str]:
    """Build the table of one family and limit: files down, engines across."""
    engines = [e for e in ENGINES if e == "wayfare" or family not in ("place", "county")]
    names = sorted({r["file"] for r in rows} | {n for f, n in PANEL if f == family})
    head = ["file", "best known", *engines, "wayfare gap, mean / worst", "proven gap"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for name in names:
        cells = [name]
        mine = [r for r in rows if r["file"] == name]
        best = next((r["best_known"] for r in mine if r["best_known"] is not None), None)
        cells.append("-" if best is None else f"{best:,.2f}".removesuffix(".00"))
        cells += [describe_cell(family, [r for r in mine if r["engine"] == e]) for e in engines]
        own = [r for r in mine if r["engine"] == "wayfare"]
        cells.append(describe_gaps([r["gap_pct"] for r in own]))
        cells.append(describe_gaps([r["proven_gap_pct"] for r in own]))
        lines.append("| " + " | ".join(cells) + " |")
    lines.append("")
    for engine in engines:
        gaps = [r["gap_pct"] for r in rows if r["engine"] == engine]
        known: list[float] = [g for g in gaps if g is not None]
        if known:
            gap = describe_gaps(known)
            lines.append(f"{engine}, {len(known)} runs, gap mean / worst: {gap}.")
    proven = [r for r in rows if r["proven_gap_pct"] is not None]
    if proven:
        longest = max(r.get("bound_cpu_s", 0.0) for r in proven)
        gap = describe_gaps([r["proven_gap_pct"] for r in proven])
        lines.append(
            f"Proven, {len(proven)} runs, gap mean / worst: {gap}; the bound took up to "
            f"{longest:,.0f} CPU s more than the search."
        )
    for engine in engines[1:]:
        relaxed = sorted({w for r in rows if r["engine"] == engine for w in r["relaxed"]})
        if relaxed:
            lines.append(f"{engine} runs with these rules relaxed: {', '.join(relaxed)}.")
    return lines


def describe_cell(family: str, rows: list[Row]) -> str:
    """Describe the runs of one engine on one file."""
    if not rows:
        return NOT_RUN
    costs = [r["cost"] for r in rows if r["cost"] is not None]
    if not costs:
        return "no plan"
    broken = max(r["violations"] for r in rows)
    text = f"{mean(costs):,.2f}".removesuffix(".00")
    if len(costs) > 1:
        text += f" (worst {max(costs):,.2f}".removesuffix(".00") + f", {len(costs)} seeds)"
    if family == "pdptw" and all("vehicles" in r for r in rows):
        text += f", {max(r.get('vehicles', 0) for r in rows):g} vehicles"
    if len(costs) < len(rows):
        text += f", {len(rows) - len(costs)} without a plan"
    return f"{text}, {broken} broken" if broken else text


def describe_gaps(gaps: Sequence[float | None]) -> str:
    """Describe gaps over seeds by mean and worst."""
    known = [g for g in gaps if g is not None]
    if not known:
        return "-"
    # Zero has no sign: hundredths under it are the rounding of figures in print.
    shown = [f"{value:.2f}".replace("-0.00", "0.00") for value in (mean(known), max(known))]
    return f"{shown[0]} / {shown[1]} %"


def describe_machine() -> str:
    """Describe the machine in a few words."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [x for x in info.read_text().splitlines() if x.startswith("model name")]
        if names:
            model = f"{len(names)} cores of {names[0].partition(':')[2].strip()}"
    return f"{model}, Python {platform.python_version()}"


def draw_curves(rows: list[Row], folder: Path) -> dict[str, str]:
    """Draw cost against CPU seconds, a picture for each family; names by family."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    made = {}
    colours = dict(zip(ENGINES, ("#1d70b8", "#d4351c", "#00703c", "#912b88"), strict=True))
    for family, title in TITLES.items():
        files = choose_files([r for r in rows if r["family"] == family])
        if not files:
            continue
        figure, axes = plt.subplots(
            1, len(files), figsize=(5.2 * len(files), 3.8), squeeze=False, layout="constrained"
        )
        for axis, (name, shown) in zip(axes[0], files.items(), strict=True):
            for row in shown:
                points = [p for p in row["curve"] if p[0] > 0]
                if row["feasible"]:
                    points.append([row["cpu_s"], row["cost"]])
                style = "-" if row["feasible"] else ":"
                label = row["engine"] if row["feasible"] else f"{row['engine']} (rules broken)"
                axis.step(
                    [p[0] for p in points],
                    [p[1] for p in points],
                    style,
                    where="post",
                    color=colours[row["engine"]],
                    label=label,
                    marker="o" if len(points) == 1 else None,
                )
            best = next((r["best_known"] for r in shown if r["best_known"] is not None), None)
            if best is not None:
                axis.axhline(
                    best, color="#505a5f", linewidth=0.8, linestyle="--", label="best known"
                )
            axis.set(title=name, xlabel="CPU seconds", ylabel=COUNTED_IN[family], xscale="log")
            axis.set_ylim(*find_limits(shown, best))
            axis.legend(fontsize=8)
            axis.grid(alpha=0.3)
        figure.suptitle(title)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"benchmarks-{family}.png"
        figure.savefig(path, dpi=110, metadata={"Software": None})
        plt.close(figure)
        made[family] = f"images/{path.name}"
    return made


def choose_files(rows: list[Row]) -> dict[str, list[Row]]:
    """Choose at most three files with curves, seed of each engine's longest run the least."""
    files: dict[str, list[Row]] = {}
    for name in sorted({r["file"] for r in rows}):
        shown = []
        for engine in ENGINES:
            # What costs less by breaking rules belongs in no picture of costs.
            runs = [r for r in rows if r["file"] == name and r["engine"] == engine]
            runs = [r for r in runs if r["cost"] is not None and r["feasible"]]
            if runs:
                shown.append(min(runs, key=lambda r: (-r["seconds"], r["seed"])))
        if any(len(r["curve"]) > 1 for r in shown):
            files[name] = shown
    ranked = sorted(files, key=lambda name: (-len(files[name]), name))[:3]
    return {name: files[name] for name in sorted(ranked)}


def find_limits(rows: list[Row], best: float | None) -> tuple[float, float]:
    """Find the ends of a picture's axis: every end of a curve and the best known are in it.

    First plans far above all others would hide the rest, so they may be cut off.
    """
    costs: list[float] = [r["cost"] for r in rows] + ([] if best is None else [best])
    low, top = min(costs), max(1.35 * min(costs), 1.05 * max(costs))
    return low - 0.05 * (top - low), top
