"""The lines that legs draw on a map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data.networks import FloatArray, RoadNetwork
from data.places import Period, Place
from data.policy import Policy
from routing.attach import attach_places
from routing.engines import build_engine, find_shape


def build_leg_shapes(
    network: RoadNetwork,
    legs: Sequence[tuple[Place, Place]],
    period: Period,
    *,
    policy: Policy | None = None,
    engine: str = "cch",
) -> tuple[FloatArray, ...]:
    """Build the line of each leg: (k, 2) easting and northing, k at least 2. [m]

    On a real network it follows the streets of the fastest path; the part of a leg beyond the
    network, or between a far place and its road, is straight. On a schematic network every leg
    is a straight line between its two places, which must be drawn as such.

    Parameters
    ----------
    legs
        Pairs of places, driven from the first to the second.
    period
        Traffic period; the fastest streets differ by period.
    """
    straight = [_draw_straight(start, end) for start, end in legs]
    if network.is_schematic:
        return tuple(straight)
    places = {p.place_id: p for leg in legs for p in leg}
    if not places:
        return ()
    ordered = [places[place_id] for place_id in sorted(places)]
    attached = attach_places(network, ordered, policy or Policy())
    node = {p.place_id: int(n) for p, n in zip(ordered, attached.place_node, strict=True)}
    road_engine = build_engine(attached.network, engine)
    known: dict[tuple[int, int], FloatArray | None] = {}
    shapes: list[FloatArray] = []
    for (start, end), line in zip(legs, straight, strict=True):
        pair = (node[start.place_id], node[end.place_id])
        if pair not in known:
            path = road_engine.find_path(*pair, period)
            shape = find_shape(attached.network, path.arcs) if path is not None else None
            known[pair] = shape if shape is not None and len(shape) >= 2 else None
        found = known[pair]
        shapes.append(line if found is None else found)
    return tuple(shapes)


def _draw_straight(start: Place, end: Place) -> FloatArray:
    """Draw a straight line between two places."""
    return np.array(
        [[start.easting_m, start.northing_m], [end.easting_m, end.northing_m]],
        dtype=np.float64,
    )
