"""The paper's charts, as PNG: what each option costs, and what it saves against the noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from textwrap import fill
from typing import TYPE_CHECKING

from data.uncertainty import DrawnCase

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAVY, TEAL, ORANGE, GREY = "#12436D", "#28A197", "#C8501E", "#6F777B"
DOTS_PER_IN = 150
PENCE_PER_MILLION = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One case of a chart. [pence]"""

    label: str
    transport_pence: int
    programme_pence: int = 0


def build_cost_chart(bars: Sequence[Bar], price_base: str) -> bytes:
    """Draw the yearly cost of each case: transport, and the offers on top."""
    figure, axes = _open(len(bars))
    for n, bar in enumerate(reversed(bars)):
        transport = bar.transport_pence / PENCE_PER_MILLION
        offers = bar.programme_pence / PENCE_PER_MILLION
        axes.barh(n, transport, color=NAVY, height=0.62)
        axes.barh(
            n, offers, left=transport, color=ORANGE, height=0.62, hatch="//", edgecolor="white"
        )
        axes.text(
            transport + offers, n, f"  £{transport + offers:.2f}m", va="center", fontsize=9
        )
    _name(axes, [bar.label for bar in bars])
    axes.set_xlabel(f"Cost a year, £ million, {price_base}", fontsize=9)
    highest = max(bar.transport_pence + bar.programme_pence for bar in bars)
    axes.set_xlim(0, highest / PENCE_PER_MILLION * 1.14)
    _key(axes, [("Transport", NAVY, ""), ("Cost of the offers", ORANGE, "//")])
    return _save(figure)


def build_saving_chart(
    bars: Sequence[tuple[str, int]], noise_pence: int, price_base: str
) -> bytes:
    """Draw each option's net saving a year, with the spread of equal answers as a band."""
    figure, axes = _open(len(bars))
    noise = noise_pence / 100_000
    axes.axvspan(-noise, noise, color="#D5D9DB", zorder=0)
    for n, (_, pence) in enumerate(reversed(bars)):
        value = pence / 100_000
        axes.barh(n, value, color=TEAL if pence >= 0 else ORANGE, height=0.55, zorder=2)
        words = f"£{abs(value):,.0f}k"
        axes.text(
            value,
            n,
            f"  {words}" if pence >= 0 else f"-{words}  ",
            va="center",
            ha="left" if pence >= 0 else "right",
            fontsize=9,
        )
    axes.axvline(0, color="#1B1B1B", lw=1)
    _name(axes, [label for label, _ in bars])
    reach = max([abs(p) / 100_000 for _, p in bars] + [noise, 1.0]) * 1.3
    least = min([p / 100_000 for _, p in bars] + [0.0])
    axes.set_xlim(min(-noise * 1.2, least * 1.3), reach)
    axes.set_xlabel(f"Net saving a year, £ thousand, {price_base}", fontsize=9)
    _key(
        axes,
        [
            ("Saving", TEAL, ""),
            ("Extra cost", ORANGE, ""),
            ("Within this band: not told from chance", "#D5D9DB", ""),
        ],
    )
    return _save(figure)


def build_ranges_chart(
    bars: Sequence[tuple[str, DrawnCase]], noise_pence: int, price_base: str
) -> bytes:
    """Draw where eight of ten draws of each option's net saving lie, and their median."""
    figure, axes = _open(max(1, len(bars)))
    noise = noise_pence / 100_000
    axes.axvspan(-noise, noise, color="#D5D9DB", zorder=0)
    ends = [0.0, noise]
    for n, (_, case) in enumerate(reversed(bars)):
        low, middle, high = (case.find_quantile(p) / 100_000 for p in (10, 50, 90))
        ends += [low, high]
        axes.barh(n, high - low, left=low, color=TEAL, alpha=0.75, height=0.45, zorder=2)
        axes.plot([middle, middle], [n - 0.3, n + 0.3], color=NAVY, lw=2.4, zorder=3)
    axes.axvline(0, color="#1B1B1B", lw=1)
    _name(axes, [label for label, _ in bars])
    room = 0.08 * max(max(ends) - min(ends), 1.0)
    axes.set_xlim(min(min(ends), -noise) - room, max(ends) + room)
    axes.set_xlabel(f"Net saving a year, £ thousand, {price_base}", fontsize=9)
    _key(
        axes,
        [
            ("Eight of ten draws", TEAL, ""),
            ("Median", NAVY, ""),
            ("Not told from chance", "#D5D9DB", ""),
        ],
    )
    return _save(figure)


def build_fan_chart(case: DrawnCase | None, price_base: str) -> bytes:
    """Draw how the saving adds up from the start, month by month; empty where withheld."""
    figure, axes = _open(5)
    axes.set_position((0.12, 0.17, 0.85, 0.71))
    months = [] if case is None else case.fan
    at = [m.month for m in months]
    axes.fill_between(
        at,
        [m.p10_pence / 100_000 for m in months],
        [m.p90_pence / 100_000 for m in months],
        color=TEAL,
        alpha=0.35,
        zorder=2,
        lw=0,
    )
    axes.plot(at, [m.p50_pence / 100_000 for m in months], color=NAVY, lw=2, zorder=3)
    axes.axhline(0, color="#1B1B1B", lw=1)
    axes.grid(axis="y", color="#E3E5E6", lw=0.8, zorder=0)
    axes.set_xticks(range(0, 61, 12))
    axes.set_xlim(0, 60)
    axes.tick_params(axis="both", labelsize=8.5, colors=GREY)
    axes.set_xlabel("Months from when the vehicles have gone", fontsize=9)
    axes.set_ylabel(f"£ thousand, {price_base}", fontsize=9)
    _key(axes, [("Eight of ten draws", TEAL, ""), ("Median", NAVY, "")])
    return _save(figure)


def _open(n_bars: int) -> tuple[Figure, Axes]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(7.4, 1.25 + 0.46 * max(3, n_bars)), dpi=DOTS_PER_IN, facecolor="white"
    )
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.33, 0.2, 0.64, 0.68))
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#E3E5E6", lw=0.8, zorder=0)
    axes.set_axisbelow(True)
    return figure, axes


def _name(axes: Axes, labels: Sequence[str]) -> None:
    axes.set_yticks(range(len(labels)))
    axes.set_yticklabels([fill(label, 36) for label in reversed(labels)], fontsize=8.5)
    axes.tick_params(axis="x", labelsize=8.5, colors=GREY)


def _key(axes: Axes, entries: Sequence[tuple[str, str, str]]) -> None:
    from matplotlib.patches import Patch

    axes.legend(
        handles=[
            Patch(facecolor=colour, label=label, hatch=hatch, edgecolor="white")
            for label, colour, hatch in entries
        ],
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        ncols=len(entries),
        fontsize=8.5,
        frameon=False,
        handlelength=1.4,
    )


def _save(figure: Figure) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()
