"""The paper's maps: where vehicles run, by square kilometre, so that no home can be found.

Squares crossed by few vehicles are left white. Schools and day services are shown; stops are
not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np

from data.inputs import Inputs
from data.networks import RoadNetwork
from data.plans import Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SQUARE_M = 1_000
STEP_M = 100
BANDS = (5, 10, 20, 40)
"""Least number of vehicles of each shade."""
SHADES = ("#C6DBEF", "#6BAED6", "#2171B5", "#08306B")
DOTS_PER_IN = 150


def count_vehicles(plan: Plan, inputs: Inputs) -> Counter[tuple[int, int]]:
    """Count the outward routes that cross each square, straight from stop to stop."""
    at = {p.place_id: (p.easting_m, p.northing_m) for p in inputs.places}
    found: Counter[tuple[int, int]] = Counter()
    for route in plan.routes:
        if route.session.is_homeward:
            continue
        squares: set[tuple[int, int]] = set()
        points = [at[stop.place_id] for stop in route.stops]
        for (x0, y0), (x1, y1) in pairwise(points):
            n = max(1, int(np.hypot(x1 - x0, y1 - y0)) // STEP_M)
            for k in range(n + 1):
                x, y = x0 + (x1 - x0) * k // n, y0 + (y1 - y0) * k // n
                squares.add((x // SQUARE_M, y // SQUARE_M))
        found.update(squares)
    return found


def build_map(
    panels: Sequence[tuple[str, Plan, Inputs]], roads: RoadNetwork | None, credit: str
) -> bytes:
    """Draw plans side by side at one scale."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    counts = [count_vehicles(plan, inputs) for _, plan, inputs in panels]
    box = _find_box(counts, [inputs for _, _, inputs in panels])
    n_columns = 2
    n_rows = -(-len(panels) // n_columns)
    shape = (box[3] - box[1]) / (box[2] - box[0])
    width, head = 7.4, 0.3
    panel_in = (width - 0.2) / n_columns
    height = n_rows * (panel_in * shape + head) + 0.62
    figure = Figure(figsize=(width, height), dpi=DOTS_PER_IN, facecolor="white")
    FigureCanvasAgg(figure)
    for n, ((title, _, inputs), found) in enumerate(zip(panels, counts, strict=True)):
        row, column = divmod(n, n_columns)
        bottom = height - (row + 1) * (panel_in * shape + head)
        axes = figure.add_axes(
            (
                (0.05 + column * (panel_in + 0.1)) / width,
                bottom / height,
                (panel_in - 0.02) / width,
                panel_in * shape / height,
            )
        )
        _draw_panel(axes, fill(title, 52), inputs, found, roads, box)
    handles = [
        Patch(facecolor=shade, label=f"{low} to {high - 1}" if high else f"{low} or more")
        for shade, low, high in zip(SHADES, BANDS, (*BANDS[1:], 0), strict=True)
    ]
    figure.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0.0, 0.16 / height),
        ncols=len(handles),
        fontsize=8,
        frameon=False,
        title="Vehicles through each square kilometre in the morning (fewer than five: white)",
        title_fontsize=8,
        alignment="left",
    )
    figure.text(0.01, 0.05 / height, credit, fontsize=5.5, color="#595959")
    buffer = BytesIO()
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _find_box(
    counts: Sequence[Counter[tuple[int, int]]], inputs: Sequence[Inputs]
) -> tuple[int, int, int, int]:
    """Find the box of the squares that are shaded anywhere. [m]"""
    squares = {s for found in counts for s, n in found.items() if n >= BANDS[0]}
    if not squares:
        places = [p for one in inputs for p in one.places]
        squares = {(p.easting_m // SQUARE_M, p.northing_m // SQUARE_M) for p in places}
    west, south = min(x for x, _ in squares) - 1, min(y for _, y in squares) - 1
    east, north = max(x for x, _ in squares) + 2, max(y for _, y in squares) + 2
    return west * SQUARE_M, south * SQUARE_M, east * SQUARE_M, north * SQUARE_M


def _draw_panel(
    axes: Axes,
    title: str,
    inputs: Inputs,
    found: Counter[tuple[int, int]],
    roads: RoadNetwork | None,
    box: tuple[int, int, int, int],
) -> None:
    from matplotlib.collections import LineCollection, PatchCollection
    from matplotlib.patches import Rectangle

    axes.set_xlim(box[0], box[2])
    axes.set_ylim(box[1], box[3])
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_color("#B1B4B6")
    axes.set_title(title, fontsize=8.5, loc="left", pad=3)
    for shade, low, high in zip(SHADES, BANDS, (*BANDS[1:], 10**9), strict=True):
        squares = [
            Rectangle((x * SQUARE_M, y * SQUARE_M), SQUARE_M, SQUARE_M)
            for (x, y), n in sorted(found.items())
            if low <= n < high
        ]
        axes.add_collection(PatchCollection(squares, facecolor=shade, lw=0, zorder=1))
    if roads is not None:
        lines = [
            [
                (roads.node_easting_m[a], roads.node_northing_m[a]),
                (roads.node_easting_m[b], roads.node_northing_m[b]),
            ]
            for a, b in zip(roads.arc_from.tolist(), roads.arc_to.tolist(), strict=True)
            if a < b
        ]
        axes.add_collection(
            LineCollection(lines, colors="#8A9499", linewidths=0.15, alpha=0.5, zorder=2)
        )
    at = {p.place_id: p for p in inputs.places}
    sites = [at[s.place_id] for s in inputs.sites]
    axes.scatter(
        [p.easting_m for p in sites],
        [p.northing_m for p in sites],
        s=9,
        marker="s",
        c="#C8501E",
        edgecolors="white",
        linewidths=0.3,
        zorder=3,
    )
