"""A plan as the map draws it: lines, stops and times of every route, without passengers.

Protected addresses have no position: legs to and from them are left out.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import shapely

from data.networks import RoadNetwork
from data.places import Session
from data.plans import Route, Stop
from reports import find_lonlat
from routing import build_leg_shapes
from web.shown import ShownPlan, find_protected, iterate_routes, name_stop

TOLERANCE_M = 3.0
"""How far a drawn line may be from its street: a third of the points are left. [m]"""

PlanMap = dict[str, Any]
"""As `build_plan_map` gives it."""


def build_plan_map(shown: ShownPlan, network: RoadNetwork | None) -> PlanMap:
    """Build what the map draws.

    Returns
    -------
    ``routes``: id, duty, session, provider, sites, start and end [s], and ``legs``: each a line
    of longitude and latitude with when it begins and ends [s]. ``stops``: position, name, kind.
    """
    inputs = shown.inputs
    places = {p.place_id: p for p in inputs.places}
    protected = find_protected(inputs)
    rows = {row.route_id: row for row in shown.rows}
    legs: list[tuple[Route, Stop, Stop]] = []
    for _, route in iterate_routes(shown.plan):
        for first, second in zip(route.stops, route.stops[1:], strict=False):
            if not protected & {first.place_id, second.place_id}:
                legs.append((route, first, second))
    lines = _draw(legs, places, network, inputs.policy)
    drawn: dict[str, list[dict[str, Any]]] = {}
    for (route, first, second), line in zip(legs, lines, strict=True):
        drawn.setdefault(route.route_id, []).append(
            {"from_s": first.leave_s, "to_s": second.arrive_s, "line": line}
        )
    stops: dict[str, dict[str, Any]] = {}
    for _, route in iterate_routes(shown.plan):
        for stop in route.stops:
            if stop.place_id not in protected and stop.place_id not in stops:
                stops[stop.place_id] = {
                    "at": [places[stop.place_id].lon, places[stop.place_id].lat],
                    "is_site": stop.site_id is not None,
                    "name": name_stop(stop, inputs, protected) if stop.site_id else "",
                    "routes": [],
                }
            if stop.place_id in stops:
                stops[stop.place_id]["routes"].append(route.route_id)
    return {
        "label": shown.label,
        "is_schematic": network is None or network.is_schematic,
        "routes": [
            {
                "id": row.route_id,
                "duty": row.duty_id,
                "session": row.session.value,
                "provider": row.provider,
                "provider_id": row.provider_id,
                "sites": row.sites,
                "site_ids": list(row.site_ids),
                "start_s": row.start_s,
                "end_s": row.end_s,
                "n": row.n_passengers,
                "legs": drawn.get(row.route_id, []),
            }
            for row in rows.values()
        ],
        "stops": list(stops.values()),
    }


def cut_plan_map(whole: PlanMap, route_ids: Collection[str]) -> PlanMap:
    """Cut a map down to some of its routes and their stops."""
    stops = [
        stop | {"routes": [r for r in stop["routes"] if r in route_ids]}
        for stop in whole["stops"]
    ]
    return whole | {
        "routes": [route for route in whole["routes"] if route["id"] in route_ids],
        "stops": [stop for stop in stops if stop["routes"]],
    }


def _draw(
    legs: Sequence[tuple[Route, Stop, Stop]],
    places: Any,
    network: RoadNetwork | None,
    policy: Any,
) -> list[list[list[float]]]:
    """Draw each leg: along the streets, or straight where the network is a scheme."""
    shapes: list[Any] = [None] * len(legs)
    for session in Session:
        mine = [k for k, (route, _, _) in enumerate(legs) if route.session is session]
        pairs = [(places[legs[k][1].place_id], places[legs[k][2].place_id]) for k in mine]
        if network is None:
            found: Sequence[Any] = [
                np.array([[p.easting_m, p.northing_m] for p in pair], dtype=np.float64)
                for pair in pairs
            ]
        else:
            found = build_leg_shapes(network, pairs, session.period, policy=policy)
        for k, shape in zip(mine, found, strict=True):
            shapes[k] = shape
    if not shapes:
        return []
    # All at once: one call of each library for a thousand lines.
    whole = shapely.linestrings(
        np.concatenate(shapes),
        indices=np.repeat(np.arange(len(shapes)), [len(shape) for shape in shapes]),
    )
    thinned = shapely.simplify(whole, TOLERANCE_M, preserve_topology=False)
    points, of_line = shapely.get_coordinates(thinned, return_index=True)
    ends = np.searchsorted(of_line, np.arange(1, len(shapes)))
    return [part.tolist() for part in np.split(find_lonlat(points).round(5), ends)]
