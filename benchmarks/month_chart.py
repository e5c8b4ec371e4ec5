"""The chart of a month of nights: cost by date, and passengers disturbed by week, by way."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SHOWN = {
    "repair": ("Never searched, only repaired", "#8A6A00", "s", "--"),
    "night": ("The night: repaired, savings inside the envelope", "#12436D", "o", "-"),
    "afresh": ("Planned from nothing each morning", "#C8501E", "^", ":"),
}


def draw_month_chart(record: dict[str, Any]) -> bytes:
    """Draw a month from its record; equal records give equal bytes."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 7.2), dpi=120, facecolor="white")
    FigureCanvasAgg(figure)
    figure.suptitle(
        f"{record['days']} days of changes, {record['place'].title()} sample, "
        f"{record['passengers']:,} made-up passengers",
        fontsize=12, x=0.07, ha="left",
    )  # fmt: skip
    top, below = figure.subplots(2, 1, gridspec_kw={"hspace": 0.42})
    figure.subplots_adjust(left=0.09, right=0.97, top=0.87, bottom=0.1)
    _draw_costs(top, record)
    _draw_disturbed(below, record)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _clean(axes: Axes, title: str) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=9)
    axes.set_title(title, fontsize=10, loc="left")


def _draw_costs(axes: Axes, record: dict[str, Any]) -> None:
    """Draw what each date costs."""
    _clean(axes, "What each date costs, £")
    for way, (words, colour, marker, style) in _SHOWN.items():
        mine = [r for r in record["days_of"] if r["way"] == way]
        if mine:
            axes.plot(
                [r["on"][5:] for r in mine],
                [r["cost_pence"] / 100 for r in mine],
                color=colour, marker=marker, linestyle=style, markersize=4, label=words,
            )  # fmt: skip
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.tick_params(axis="x", rotation=45)
    axes.legend(
        fontsize=8, frameon=False, loc="lower left", bbox_to_anchor=(0, 1.08), ncols=3
    )  # fmt: skip


def _draw_disturbed(axes: Axes, record: dict[str, Any]) -> None:
    """Draw how many are disturbed in each week."""
    _clean(
        axes,
        "Passenger-days a week with another crew, stop or time (over 1 min) than known, own "
        "and forced changes apart",
    )
    width = 0.27
    for k, (way, (_, colour, _, _)) in enumerate(_SHOWN.items()):
        mine = [r for r in record["days_of"] if r["way"] == way]
        weeks = [mine[n : n + 5] for n in range(0, len(mine), 5)]
        bars = axes.bar(
            [n + (k - 1) * width for n in range(len(weeks))],
            [sum(r["n_disturbed"] for r in week) for week in weeks],
            width=width, color=colour,
        )  # fmt: skip
        axes.bar_label(bars, fontsize=8, padding=1)
        axes.set_xticks(range(len(weeks)), [f"week {n + 1}" for n in range(len(weeks))])
