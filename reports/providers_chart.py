"""Charts of who should run what: frontier, the fleet's size, the day by the hour."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from data.choices import ProviderStudy
from reports.colours import OWN_COLOUR, SUPPLIER_COLOURS
from reports.rates_chart import GREY, clean_axes, close_figure, open_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BOUGHT, _DAY = SUPPLIER_COLOURS[0], SUPPLIER_COLOURS[1]


def build_providers_chart(study: ProviderStudy) -> bytes:
    """Build the chart: cost and risk by share, vehicles and carbon, fleet, hours."""
    figure = open_figure(12, 9.2)
    figure.suptitle(
        f"{study.title}: who should run what, {study.priced_on}; pounds a service day, net of "
        "VAT that is recovered",
        fontsize=11,
        x=0.02,
        ha="left",
    )
    grid = figure.add_gridspec(
        2, 2, left=0.08, right=0.96, top=0.91, bottom=0.07, hspace=0.38, wspace=0.28
    )
    _draw_cost(figure.add_subplot(grid[0, 0]), study)
    _draw_vehicles(figure.add_subplot(grid[0, 1]), study)
    _draw_fleet(figure.add_subplot(grid[1, 0]), study)
    _draw_hours(figure.add_subplot(grid[1, 1]), study)
    return close_figure(figure)


def _draw_cost(axes: Axes, study: ProviderStudy) -> None:
    """Draw the least cost of each share, and of the routes planned anew."""
    clean_axes(axes)
    held = [(p.choice.own_bp / 100, p.choice) for p in study.frontier if p.choice is not None]
    held.sort(key=lambda item: item[0])
    axes.plot(
        [x for x, _ in held],
        [(c.evaluated_pence) / 100 for _, c in held],
        color=OWN_COLOUR,
        marker="o",
        label="these routes, long run, with risk",
    )
    if any(c.risk_pence for _, c in held):
        axes.plot(
            [x for x, _ in held],
            [(c.evaluated_pence - c.risk_pence) / 100 for _, c in held],
            color=GREY,
            linestyle="--",
            label="without the risk of hand-back",
        )
    if any(not c.is_proven for _, c in held):
        axes.plot(
            [x for x, _ in held],
            [c.bound_pence / 100 for _, c in held],
            color=OWN_COLOUR,
            linestyle=":",
            label="no choice costs less",
        )
    joint = sorted((p.own_bp / 100, p.full_pence / 100) for p in study.joint)
    if joint:
        axes.plot(
            [x for x, _ in joint],
            [y for _, y in joint],
            color=_BOUGHT,
            marker="s",
            label="routes planned anew, full cost",
        )
    axes.set_title("Least cost by share of self-delivery", fontsize=10, loc="left")
    axes.set_xlabel("journeys carried by the own company, %", fontsize=9)
    axes.set_ylabel("£ a day", fontsize=9)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlim(-3, 103)
    axes.legend(frameon=False, fontsize=8)


def _draw_vehicles(axes: Axes, study: ProviderStudy) -> None:
    """Draw own vehicles and carbon by share."""
    clean_axes(axes)
    held = sorted(
        (
            (p.choice.own_bp / 100, sum(n for _, n in p.choice.own_vehicles), p.choice.co2e_g)
            for p in study.frontier
            if p.choice is not None
        ),
        key=lambda item: item[0],
    )
    axes.plot(
        [x for x, _, _ in held],
        [n for _, n, _ in held],
        color=OWN_COLOUR,
        marker="o",
        label="own vehicles out at one time",
    )
    axes.set_xlabel("journeys carried by the own company, %", fontsize=9)
    axes.set_ylabel("vehicles", fontsize=9)
    axes.set_ylim(0, 1.12 * max([1, *(n for _, n, _ in held)]))
    axes.set_xlim(-3, 103)
    axes.locator_params(axis="y", integer=True)
    handles, labels = axes.get_legend_handles_labels()
    if any(g for _, _, g in held):
        right = axes.twinx()
        right.spines["top"].set_visible(False)
        right.tick_params(labelsize=9)
        (line,) = right.plot(
            [x for x, _, _ in held],
            [g / 1_000 for _, _, g in held],
            color=_DAY,
            marker="s",
            linestyle="--",
        )
        right.set_ylabel("kg CO\u2082e a day", fontsize=9)
        right.set_ylim(0, 1.12 * max(g for _, _, g in held) / 1_000)
        handles, labels = [*handles, line], [*labels, "carbon (right)"]
    axes.set_title("Own vehicles and carbon by share", fontsize=10, loc="left")
    axes.legend(handles, labels, frameon=False, fontsize=8, loc="lower right")


def _draw_fleet(axes: Axes, study: ProviderStudy) -> None:
    """Draw what each more vehicle saves against what it costs."""
    clean_axes(axes)
    points = study.fleet
    if len(points) < 2:
        axes.set_axis_off()
        return
    if not all(point.is_proven for point in points):
        # A choice that could be cheaper says nothing of what a vehicle saves.
        axes.set_axis_off()
        axes.set_title(
            "One more vehicle: not proven in the time given", fontsize=10, loc="left"
        )
        return
    names, saved, kept = [], [], []
    for before, after in pairwise(points):
        names.append(f"{before.n_vehicles} to {after.n_vehicles}")
        saved.append((before.paid_pence - after.paid_pence) / 100)
        kept.append((after.fixed_pence - before.fixed_pence) / 100)
    axes.bar(range(len(names)), saved, color=OWN_COLOUR, width=0.65, label="saved a day")
    axes.step(
        [i - 0.5 for i in range(len(names) + 1)],
        [*kept, kept[-1]],
        where="post",
        color=_BOUGHT,
        linewidth=1.8,
        label="kept for a day",
    )
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", labelsize=8)
    axes.set_title(
        f"One more {points[0].vehicle_type_id}: what it saves, what it costs",
        fontsize=10,
        loc="left",
    )
    axes.set_xlabel("own vehicles of the type", fontsize=9)
    axes.set_ylabel("£ a day", fontsize=9)
    axes.legend(frameon=False, fontsize=8)


def _draw_hours(axes: Axes, study: ProviderStudy) -> None:
    """Draw vehicle hours out by hour of the day and service."""
    clean_axes(axes)
    hours = [h.hour for h in study.hours]
    bottom = [0.0] * len(hours)
    for words, colour, values in (
        ("own, school", OWN_COLOUR, [h.own_school_s for h in study.hours]),
        ("own, day services", _DAY, [h.own_day_s for h in study.hours]),
        ("bought, passengers aboard", _BOUGHT, [h.bought_s for h in study.hours]),
    ):
        shown = [v / 3_600 for v in values]
        axes.bar(hours, shown, bottom=bottom, color=colour, width=0.85, label=words)
        bottom = [a + b for a, b in zip(bottom, shown, strict=True)]
    axes.set_xticks(hours, [f"{h:02d}" for h in hours])
    axes.set_title("Vehicles out by hour of the day", fontsize=10, loc="left")
    axes.set_xlabel("hour beginning", fontsize=9)
    axes.set_ylabel("vehicle hours", fontsize=9)
    axes.legend(frameon=False, fontsize=8)
