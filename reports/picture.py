"""A picture of the routes that go out: map, legend, scale bar, sources."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from data.networks import RoadNetwork
from reports.colours import build_colours
from reports.facts import RouteFacts, RunFacts
from reports.lines import (
    LegKind,
    LegShapes,
    build_road_lines,
    build_route_legs,
    is_hidden,
    is_schematic,
    simplify_line,
)
from reports.sources import describe_check, describe_day, describe_sources, describe_warnings
from reports.words import describe_count

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_IN, HEIGHT_IN, DOTS_PER_IN = 12.0, 9.0, 130

FOOT, SIDE = 0.105, 0.775
"""Where the map ends and the legend begins, of the picture's height and width."""

MANY_STOPS = 100
"""From so many stops on, few far ones are left to the small map."""

Box = tuple[float, float, float, float]
"""West, south, east, north. [m]"""

MOST_NAMES = 14
"""Sites named on the picture at most: those with the most passengers."""


def build_picture(
    facts: RunFacts, shapes: LegShapes, roads: RoadNetwork | None = None
) -> bytes:
    """Build a PNG picture of the outward routes, in the colours of their providers.

    Lines of a schematic network, and past stops that are not shown, are dashed. Where few far
    places would make the rest small, the map shows the middle and a small one shows all.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = [one for one in facts.routes if not one.route.session.is_homeward]
    figure = Figure(figsize=(WIDTH_IN, HEIGHT_IN), dpi=DOTS_PER_IN, facecolor="white")
    FigureCanvasAgg(figure)
    top = _write_words(figure, facts, shown)
    if shown:
        whole, core = _find_boxes(facts, shown)
        axes = figure.add_axes((0.02, FOOT, SIDE - 0.03, top - FOOT))
        _draw_map(axes, facts, shown, shapes, roads, core)
        _name_sites(axes, facts, shown)
        _draw_scale(axes)
        _draw_legend(figure, facts, shown, top)
        if core != whole:
            inset = figure.add_axes((SIDE, FOOT, 0.985 - SIDE, 0.27))
            _draw_map(inset, facts, shown, shapes, None, whole)
            _draw_frame_of(inset, axes)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _find_boxes(facts: RunFacts, shown: list[RouteFacts]) -> tuple[Box, Box]:
    """Find the box of all stops, and that of their middle; equal unless few are far away."""
    at = [
        (facts.places[stop.place_id].easting_m, facts.places[stop.place_id].northing_m)
        for one in shown
        for stop in one.route.stops
        if not is_hidden(facts, stop)
    ]
    points = np.array(at or [(0, 0), (1_000, 1_000)], dtype=np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    whole = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    if len(points) < MANY_STOPS:
        return whole, whole
    low, high = np.percentile(points, 3, axis=0), np.percentile(points, 97, axis=0)
    core = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    is_far = 3 * _find_area(core) < _find_area(whole)
    return whole, core if is_far else whole


def _find_area(box: Box) -> float:
    """Find the area of a box. [m2]"""
    return (box[2] - box[0]) * (box[3] - box[1])


def _draw_map(
    axes: Axes,
    facts: RunFacts,
    shown: list[RouteFacts],
    shapes: LegShapes,
    roads: RoadNetwork | None,
    box: Box,
) -> None:
    """Draw the routes and sites that lie in a box, which is widened to fill the axes."""
    place = axes.get_position()
    wanted = (place.width * WIDTH_IN) / (place.height * HEIGHT_IN)
    width = max(box[2] - box[0], 500.0) * 1.1
    height = max(box[3] - box[1], 500.0) * 1.1
    width, height = max(width, height * wanted), max(height, width / wanted)
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    axes.set_xlim(x - width / 2, x + width / 2)
    axes.set_ylim(y - height / 2, y + height / 2)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color("#B1B4B6")
    _draw_routes(axes, facts, shown, shapes, roads)
    _draw_places(axes, facts, shown)


def _draw_routes(
    axes: Axes,
    facts: RunFacts,
    shown: list[RouteFacts],
    shapes: LegShapes,
    roads: RoadNetwork | None,
) -> None:
    """Draw roads pale beneath, then the routes."""
    from matplotlib.collections import LineCollection

    colours = build_colours(("own", *(s.supplier_id for s in facts.inputs.suppliers)))
    legs = [build_route_legs(facts, one.route, shapes) for one in shown]
    if roads is not None:
        lines = build_road_lines(roads, [leg.points for found in legs for leg in found])
        simple = [simplify_line(line, 10.0) for line in lines]
        axes.add_collection(LineCollection(simple, colors="#DEDED6", linewidths=0.6, zorder=1))
    for is_dashed in (False, True):
        chosen = [
            (simplify_line(leg.points, 4.0), colours[one.duty.provider_id])
            for one, found in zip(shown, legs, strict=True)
            for leg in found
            if (leg.kind is not LegKind.STREET) is is_dashed
        ]
        if chosen:
            axes.add_collection(
                LineCollection(
                    [line for line, _ in chosen],
                    colors=[colour for _, colour in chosen],
                    linewidths=0.9 if is_dashed else 1.4,
                    linestyles=(0, (5, 3)) if is_dashed else "solid",
                    alpha=0.8,
                    zorder=2,
                )
            )


def _draw_places(axes: Axes, facts: RunFacts, shown: list[RouteFacts]) -> None:
    """Draw stops and sites; smaller where there are many on a small map."""
    is_small = axes.get_position().width < 0.5
    size = 3.0 if is_small else 5.0
    at = {
        stop.place_id
        for one in shown
        for stop in one.route.stops
        if stop.site_id is None and not is_hidden(facts, stop)
    }
    stops = np.array(
        [[facts.places[p].easting_m, facts.places[p].northing_m] for p in sorted(at)]
    )
    if len(stops) and not is_small:
        axes.scatter(
            stops[:, 0],
            stops[:, 1],
            s=5,
            c="white",
            edgecolors="#333333",
            linewidths=0.5,
            zorder=3,
        )
    for site_id in sorted(_count_brought(shown)):
        place = facts.places[facts.sites[site_id].place_id]
        axes.plot(
            place.easting_m, place.northing_m, marker="s", ms=size, color="#1B1B1B", zorder=4
        )


def _count_brought(shown: list[RouteFacts]) -> Counter[str]:
    """Count the passengers brought to each site."""
    brought: Counter[str] = Counter()
    for one in shown:
        for stop in one.route.stops:
            if stop.site_id is not None:
                brought[stop.site_id] += len(stop.alighting)
    return brought


def _name_sites(axes: Axes, facts: RunFacts, shown: list[RouteFacts]) -> None:
    """Name the sites with the most passengers, leaving out names that would overlap."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    # Room a name takes on the map: 8-point bold letters are about 0.068 inches wide.
    metres_per_in = (east - west) / (axes.get_position().width * WIDTH_IN)
    height = 0.17 * metres_per_in
    taken: list[tuple[float, float, float, float]] = []
    n_named = 0
    brought = _count_brought(shown)
    for site_id, _ in sorted(brought.items(), key=lambda item: (-item[1], item[0])):
        site = facts.sites[site_id]
        place = facts.places[site.place_id]
        width = len(site.name) * 0.068 * metres_per_in
        x, y = place.easting_m + 0.08 * metres_per_in, float(place.northing_m)
        if not (west < place.easting_m < east and south < y < north):
            continue
        if x + width > east:
            x = place.easting_m - 0.08 * metres_per_in - width
        box = (x, y - height / 2, x + width, y + height / 2)
        if any(
            box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken
        ):
            continue
        taken.append(box)
        axes.text(
            x,
            y,
            site.name,
            fontsize=8,
            fontweight="bold",
            va="center",
            zorder=5,
            color="#1B1B1B",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.75, "pad": 0.8},
        )
        n_named += 1
        if n_named == MOST_NAMES:
            return


def _draw_frame_of(inset: Axes, axes: Axes) -> None:
    """Draw on the small map what the large one shows."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    inset.plot(
        [west, east, east, west, west],
        [south, south, north, north, south],
        color="#1B1B1B",
        lw=1.2,
        zorder=6,
    )
    inset.set_title("All routes; the frame is the large map", fontsize=7.5, pad=3)


def _draw_scale(axes: Axes) -> None:
    """Draw a scale bar of a round length, and where north is."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    lengths_m = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)
    length = max((m for m in lengths_m if m <= (east - west) / 5), default=100)
    x, y = west + (east - west) * 0.02, south + (north - south) * 0.025
    tick = (north - south) * 0.008
    axes.plot(
        [x, x, x + length, x + length],
        [y + tick, y, y, y + tick],
        color="#1B1B1B",
        lw=2,
        zorder=6,
    )
    label = f"{length} m" if length < 1_000 else f"{length // 1_000} km"
    axes.text(x + length / 2, y + tick * 1.6, label, ha="center", fontsize=9, zorder=6)
    axes.annotate(
        "N",
        xy=(x, y + (north - south) * 0.1),
        xytext=(x, y + (north - south) * 0.05),
        arrowprops={"arrowstyle": "-|>", "color": "#1B1B1B", "lw": 1.6},
        ha="center",
        va="center",
        fontsize=9,
        fontweight="bold",
        zorder=6,
    )


def _draw_legend(figure: Figure, facts: RunFacts, shown: list[RouteFacts], top: float) -> None:
    """Draw which colour is which provider, with how many routes each has."""
    from matplotlib.lines import Line2D

    colours = build_colours(("own", *(s.supplier_id for s in facts.inputs.suppliers)))
    n_routes = Counter(one.duty.provider_id for one in shown)
    is_dashed = is_schematic(facts.run)
    handles = [
        Line2D(
            [],
            [],
            color=colours[provider_id],
            lw=2.4,
            linestyle=(0, (5, 3)) if is_dashed else "solid",
            label=fill(
                f"{facts.provider_names[provider_id]}: {describe_count(n, 'route')}", 34
            ),
        )
        for provider_id, n in sorted(n_routes.items(), key=lambda item: (-item[1], item[0]))
    ]
    handles.append(Line2D([], [], marker="s", color="#1B1B1B", lw=0, ms=5, label="site"))
    handles.append(
        Line2D(
            [],
            [],
            marker="o",
            markerfacecolor="white",
            color="#333333",
            lw=0,
            ms=4,
            label="stop",
        )
    )
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(SIDE - 0.008, top + 0.008),
        fontsize=7.5,
        title="Routes by provider",
        title_fontsize=8,
        alignment="left",
        frameon=False,
        handlelength=3.2,
    )


def _write_words(figure: Figure, facts: RunFacts, shown: list[RouteFacts]) -> float:
    """Write title, warnings, run and sources; return where the map may begin."""
    run = facts.run
    journeys = sum(one.n_passengers for one in shown)
    figure.text(
        0.02, 0.962, facts.inputs.title, fontsize=16, fontweight="bold", color="#12436D"
    )
    figure.text(
        0.02,
        0.935,
        f"Outward routes of {describe_day(run)}: {describe_count(len(shown), 'route')} with "
        f"{describe_count(journeys, 'passenger')}",
        fontsize=11,
    )
    warnings = fill(" ".join(describe_warnings(run)), 160)
    figure.text(
        0.02, 0.92, warnings, fontsize=8.5, fontweight="bold", color="#942514", va="top"
    )
    about = f"Run {run.run_id}. Code {run.code_version}. Inputs {run.inputs_hash[:12]}."
    figure.text(
        0.02,
        FOOT - 0.01,
        f"{about} {describe_check(run)}\n{fill(' '.join(describe_sources(run)), 215)}",
        fontsize=6.5,
        color="#595959",
        va="top",
        linespacing=1.3,
    )
    return 0.905 - 0.0155 * len(warnings.splitlines())
