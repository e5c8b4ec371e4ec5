"""The paper's charts, as PNG: what each option costs, and what it saves against the noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from textwrap import fill
from typing import TYPE_CHECKING

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


def _open(n_bars: int) -> tuple[Figure, Axes]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.4, 1.25 + 0.46 * n_bars), dpi=DOTS_PER_IN, facecolor="white")
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
