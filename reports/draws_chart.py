"""Charts of draws: how savings are spread, how they grow, and which numbers move them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.uncertainty import DrawnCase, DrawsStudy
from reports.colours import OWN_COLOUR, SUPPLIER_COLOURS
from reports.rates_chart import GREY, clean_axes, close_figure, open_figure
from reports.words import SYNTHETIC_WORDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

N_BINS = 30
MOST_BARS = 8
BAND = "#b9d4ea"
THOUSAND = 100_000
"""Pence in a thousand pounds."""


def build_draws_charts(study: DrawsStudy) -> tuple[tuple[str, bytes], ...]:
    """Build one picture for each scenario: spread, fan by month, tornado, agreement."""
    return tuple((case.scenario_id, _build_chart(study, case)) for case in study.cases)


def _build_chart(study: DrawsStudy, case: DrawnCase) -> bytes:
    figure = open_figure(13, 8.4)
    against = "today's inputs" if case.base_id == "baseline" else case.base_id
    figure.suptitle(
        f"{case.title}: saving against {against}, {study.n_draws:,} draws",
        fontsize=13, x=0.02, ha="left",
    )  # fmt: skip
    figure.text(0.02, 0.935, f"Pounds a year, {study.price_base}", fontsize=9, color=GREY)
    grid = figure.add_gridspec(
        2, 2, left=0.15, right=0.98, top=0.87, bottom=0.1, wspace=0.25, hspace=0.42
    )
    _draw_spread(figure.add_subplot(grid[0, 0]), case)
    _draw_fan(figure.add_subplot(grid[0, 1]), case)
    _draw_tornado(figure.add_subplot(grid[1, 0]), case)
    _draw_agreement(figure.add_subplot(grid[1, 1]), case)
    words = [f"Draws {study.study_id}, run {case.run_id}"]
    words += [SYNTHETIC_WORDS] if study.is_synthetic else []
    figure.text(0.02, 0.015, ". ".join(words), fontsize=8, color=GREY)
    return close_figure(figure)


def _draw_spread(axes: Axes, case: DrawnCase) -> None:
    clean_axes(axes)
    values = [v / THOUSAND for v in case.net_pence]
    axes.hist(values, bins=N_BINS, color=OWN_COLOUR, alpha=0.85)
    low, middle, high = (case.find_quantile(p) / THOUSAND for p in (10, 50, 90))
    for value in (low, middle, high):
        axes.axvline(value, color=GREY, linewidth=1.0, linestyle="--")
    if case.target_pence is not None:
        axes.axvline(case.target_pence / THOUSAND, color=SUPPLIER_COLOURS[0], linewidth=1.8)
    share = 100 * case.n_positive / len(values)
    title = f"Saves in {share:.0f} % of the draws; P10 {low:,.0f}, P50 {middle:,.0f}, "
    title += f"P90 {high:,.0f}"
    if case.target_pence is not None:
        meets = 100 * case.n_at_target / len(values)
        title += f"\ntarget {case.target_pence / THOUSAND:,.0f} (line) met in {meets:.0f} %"
    axes.set_title(title, fontsize=10, loc="left")
    axes.set_xlabel("net saving, £ thousand a year", fontsize=9)
    axes.set_ylabel("draws", fontsize=9)


def _draw_fan(axes: Axes, case: DrawnCase) -> None:
    clean_axes(axes)
    months = [m.month for m in case.fan]
    axes.fill_between(
        months,
        [m.p10_pence / THOUSAND for m in case.fan],
        [m.p90_pence / THOUSAND for m in case.fan],
        color=BAND,
        label="eight of ten draws",
    )
    axes.plot(
        months, [m.p50_pence / THOUSAND for m in case.fan], color=OWN_COLOUR, label="median"
    )
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_xticks(range(0, months[-1] + 1, 12))
    axes.set_title("Added up since the start, cost due once taken off", fontsize=10, loc="left")
    axes.set_xlabel("months", fontsize=9)
    axes.set_ylabel("£ thousand", fontsize=9)
    axes.legend(frameon=False, fontsize=9, loc="upper left")


def _draw_tornado(axes: Axes, case: DrawnCase) -> None:
    clean_axes(axes)
    bars = case.swings[:MOST_BARS]
    for row, s in enumerate(bars):
        ends = ((s.low_pence, s.low_value), (s.high_pence, s.high_value))
        (left, left_value), (right, right_value) = sorted(ends)
        axes.barh(
            row,
            (right - left) / THOUSAND,
            left=left / THOUSAND,
            color=OWN_COLOUR,
            height=0.6,
        )
        for pence, value, side in ((left, left_value, "right"), (right, right_value, "left")):
            axes.annotate(
                _write_value(value), (pence / THOUSAND, row), ha=side, va="center", fontsize=8,
                xytext=(-4 if side == "right" else 4, 0), textcoords="offset points",
            )  # fmt: skip
    axes.set_yticks(range(len(bars)), [_shorten(s.name) for s in bars])
    axes.tick_params(axis="y", labelsize=8)
    axes.invert_yaxis()
    limits = [p / THOUSAND for s in bars for p in (s.low_pence, s.high_pence)]
    if limits:
        room = 0.25 * max(max(limits) - min(limits), 0.01)
        axes.set_xlim(min(limits) - room, max(limits) + room)
    axes.set_title(
        "Each number at its 10 % and 90 % quantile, the others at their medians",
        fontsize=10, loc="left",
    )  # fmt: skip
    axes.set_xlabel("net saving, £ thousand a year", fontsize=9)


def _write_value(value: float) -> str:
    """Write a value of a number, short."""
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _shorten(name: str) -> str:
    """Put a long name on two lines."""
    kind, _, key = name.rpartition(".")
    words = key.replace("_", " ")
    return f"{kind.replace('_', ' ')}\n{words}" if kind else words


def _draw_agreement(axes: Axes, case: DrawnCase) -> None:
    clean_axes(axes)
    off = case.agreement
    if off is None:
        axes.set_axis_off()
        axes.text(
            0.5, 0.5, "Every different draw was planned in full:\nnothing is estimated.",
            ha="center", va="center", fontsize=10, transform=axes.transAxes,
        )  # fmt: skip
        return
    full = [c.full_pence / THOUSAND for c in case.checked]
    axes.scatter(full, [c.estimate_pence / THOUSAND for c in case.checked], s=24,
                 color=OWN_COLOUR, zorder=3)  # fmt: skip
    ends = [min(full), max(full)]
    axes.plot(ends, ends, color=GREY, linewidth=0.9)
    axes.set_title(
        f"Estimates against full planning of {off.n_draws} draws:\n"
        f"bias £{off.bias_pence / 100:,.0f}, RMS £{off.rms_pence / 100:,.0f}",
        fontsize=10,
        loc="left",
    )
    axes.set_xlabel("saving planned in full, £ thousand a year", fontsize=9)
    axes.set_ylabel("as estimated without it", fontsize=9)
