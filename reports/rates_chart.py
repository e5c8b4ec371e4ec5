"""Charts of a comparison of rates: what separates plans, and which routes speak for buying."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from data.comparisons import CostView, Difference, PlanComparison
from data.runs import RunRecord
from reports.colours import OWN_COLOUR, SUPPLIER_COLOURS
from reports.rates_text import VIEW_WORDS
from reports.words import SYNTHETIC_WORDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GREY, UP, DOWN = "#595959", SUPPLIER_COLOURS[0], SUPPLIER_COLOURS[1]
DOTS_PER_IN = 120


def open_figure(width_in: float, height_in: float) -> Figure:
    """Open a figure that needs no display."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), dpi=DOTS_PER_IN, facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def write_foot(figure: Figure, run: RunRecord) -> None:
    """Write the run and whether its people are made up beneath a figure."""
    words = [f"Run {run.run_id}", *([SYNTHETIC_WORDS] if run.is_synthetic else [])]
    figure.text(0.02, 0.012, ". ".join(words), fontsize=8, color=GREY)


def close_figure(figure: Figure) -> bytes:
    """Write a figure as PNG; equal figures give equal bytes."""
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def clean_axes(axes: Axes) -> None:
    """Take off what carries no information."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=9)


def build_comparison_chart(found: PlanComparison, run: RunRecord) -> bytes:
    """Build the chart: routes ordered by what a bid says, then each option's parts."""
    options = [d for d in found.differences if d.view is CostView.LONG_RUN]
    n_rows = 1 + -(-len(options) // 2)
    figure = open_figure(11, 4.2 * n_rows + 0.6)
    figure.suptitle(
        f"{found.plan_words[0].upper()}{found.plan_words[1:]}: pounds a day, net of VAT that "
        f"is recovered, {found.price_base}",
        fontsize=11,
        x=0.02,
        ha="left",
    )
    grid = figure.add_gridspec(
        n_rows, 2, left=0.09, right=0.98, top=1 - 0.9 / (4.2 * n_rows + 0.6), bottom=0.08,
        hspace=0.45, wspace=0.25,
    )  # fmt: skip
    _draw_signs(figure.add_subplot(grid[0, :]), found)
    for i, difference in enumerate(options):
        _draw_parts(figure.add_subplot(grid[1 + i // 2, i % 2]), difference)
    write_foot(figure, run)
    return close_figure(figure)


def _draw_signs(axes: Axes, found: PlanComparison) -> None:
    """Draw each route's bid less own cost, from the best to buy to the best to keep."""
    clean_axes(axes)
    series: Sequence[tuple[str, str, list[int]]] = (
        (
            "bid less own avoidable (short run)",
            OWN_COLOUR,
            sorted(r.short_run_pence for r in found.routes if r.short_run_pence is not None),
        ),
        (
            "bid less own full (long run)",
            UP,
            sorted(r.long_run_pence for r in found.routes if r.long_run_pence is not None),
        ),
    )
    for words, colour, values in series:
        axes.step(
            range(len(values) + 1),
            [v / 100 for v in [*values, *values[-1:]]],
            where="post",
            color=colour,
            label=words,
            linewidth=1.8,
        )
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.locator_params(axis="x", integer=True)
    axes.set_title(
        "Below nought a bid costs less than running the route ourselves",
        fontsize=10,
        loc="left",
    )
    axes.set_xlabel("routes, ordered by the difference", fontsize=9)
    axes.set_ylabel("£ a day", fontsize=9)
    axes.legend(frameon=False, fontsize=9, loc="upper left")


def _find_mark(step: float) -> str:
    """Find the sign that stands before a step."""
    return "+" if step > 0 else "\u2212" if step < 0 else ""


def _draw_parts(axes: Axes, difference: Difference) -> None:
    """Draw the steps from the reference to an option's best routes."""
    clean_axes(axes)
    parts = (
        ("rate", difference.rate_pence),
        ("mix", difference.mix_pence),
        ("planning", difference.planning_pence),
        ("volume", difference.volume_pence),
    )
    at = highest = difference.reference_pence / 100
    axes.bar(0, at, color=GREY, width=0.65)
    axes.annotate(f"£{at:,.0f}", (0, at), ha="center", va="bottom", fontsize=8)
    for i, (_, pence) in enumerate(parts, 1):
        step = pence / 100
        axes.bar(i, step, bottom=at, color=UP if step > 0 else DOWN, width=0.65)
        top = max(at, at + step)
        axes.annotate(
            f"{_find_mark(step)}£{abs(step):,.0f}",
            (i, top), ha="center", va="bottom", fontsize=8,
        )  # fmt: skip
        at += step
        highest = max(highest, at)
    axes.bar(5, at, color=OWN_COLOUR, width=0.65)
    axes.annotate(f"£{at:,.0f}", (5, at), ha="center", va="bottom", fontsize=8)
    axes.set_xticks(range(6), ["reference", *(w for w, _ in parts), "best routes"])
    axes.tick_params(axis="x", labelsize=8)
    axes.set_ylim(top=1.18 * highest)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_ylabel("£ a day", fontsize=9)
    axes.set_title(
        f"{difference.option}: {VIEW_WORDS[difference.view]}", fontsize=10, loc="left"
    )
