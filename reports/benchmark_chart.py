"""Charts of a benchmark of rates: paid against expected, and what each supplier takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.benchmark import RateBenchmark
from data.runs import RunRecord
from reports.colours import OWN_COLOUR, SUPPLIER_COLOURS
from reports.rates_chart import GREY, clean_axes, close_figure, open_figure, write_foot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_TICKS = (5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000)
"""Pounds a day that are marked on the axes."""

MOST_NAMED = 5
"""Outliers named on the chart at most: those with most at stake."""


def build_benchmark_chart(
    found: RateBenchmark, run: RunRecord, names: dict[str, str], price_base: str
) -> bytes:
    """Build the chart of a benchmark."""
    figure = open_figure(13, 5.6)
    figure.suptitle(f"What is paid, against what it buys: {price_base}", fontsize=11, x=0.02,
                    ha="left")  # fmt: skip
    grid = figure.add_gridspec(
        1, 2, left=0.07, right=0.98, top=0.84, bottom=0.13, wspace=0.6, width_ratios=[1.15, 1]
    )
    _draw_expected(figure.add_subplot(grid[0, 0]), found)
    _draw_suppliers(figure.add_subplot(grid[0, 1]), found, names)
    write_foot(figure, run)
    return close_figure(figure)


def _draw_expected(axes: Axes, found: RateBenchmark) -> None:
    """Draw each price against what is expected; the dear ones stand out."""
    clean_axes(axes)
    fitted = [p for p in found.prices if p.expected_pence is not None]
    axes.set_title("Each contract and bid, £ a day", fontsize=10, loc="left")
    if not fitted:
        axes.text(0.5, 0.5, "too few prices to say", ha="center", transform=axes.transAxes)
        return
    for is_dear, colour, words in (
        (False, OWN_COLOUR, "within the interval, or below"),
        (True, SUPPLIER_COLOURS[0], "dear: renegotiate"),
    ):
        held = [p for p in fitted if p.is_dear is is_dear]
        axes.scatter(
            [(p.expected_pence or 0) / 100 for p in held],
            [p.price.pence_per_day / 100 for p in held],
            s=26 if is_dear else 14,
            color=colour,
            marker="^" if is_dear else "o",
            label=f"{words} ({len(held)})",
            zorder=3,
        )
    most = max(
        max(p.price.pence_per_day, p.expected_pence or 0) for p in fitted
    ) / 100  # fmt: skip
    least = min(min(p.price.pence_per_day, p.expected_pence or 1) for p in fitted) / 100
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([t for t in _TICKS if least <= t <= most])
        axis.set_ticks([], minor=True)
        axis.set_major_formatter("{x:,.0f}")
    axes.plot([least, most], [least, most], color=GREY, linewidth=0.9, label="as expected")
    for p in found.dear[:MOST_NAMED]:
        axes.annotate(
            p.price.price_id,
            ((p.expected_pence or 0) / 100, p.price.pence_per_day / 100),
            textcoords="offset points",
            xytext=(5, 3),
            fontsize=7,
        )
    axes.set_xlabel("expected, £ a day", fontsize=9)
    axes.set_ylabel("paid or bid, £ a day", fontsize=9)
    axes.legend(frameon=False, fontsize=8, loc="upper left")


def _draw_suppliers(axes: Axes, found: RateBenchmark, names: dict[str, str]) -> None:
    """Draw what each supplier takes for a passenger mile, with its share of spend."""
    clean_axes(axes)
    held = [s for s in found.suppliers if s.mpence_per_passenger_mile is not None]
    axes.set_title("£ per passenger mile (share of spend)", fontsize=10, loc="left")
    if not held:
        axes.text(0.5, 0.5, "no contract carries anybody", ha="center",
                  transform=axes.transAxes)  # fmt: skip
        return
    values = [(s.mpence_per_passenger_mile or 0) / 100_000 for s in held]
    axes.barh(range(len(held)), values, color=OWN_COLOUR, height=0.65)
    for i, (s, value) in enumerate(zip(held, values, strict=True)):
        axes.annotate(
            f" £{value:,.2f}  ({s.spend_bp / 100:.0f} %)", (value, i), va="center", fontsize=8
        )
    axes.set_yticks(
        range(len(held)), [names.get(s.supplier_id, s.supplier_id) for s in held], fontsize=8
    )
    axes.invert_yaxis()
    axes.set_xlim(right=1.3 * max(values))
