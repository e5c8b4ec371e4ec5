"""Lines of routes for maps: along the streets where shapes are given, straight where not.

A stop at a protected address is left out, and the line goes straight past it, so that no map
shows where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from data.inputs import Inputs
from data.networks import FloatArray, RoadNetwork
from data.places import Period
from data.plans import Route, Stop
from data.runs import RunRecord
from reports.facts import RunFacts
from routing import build_leg_shapes

LegKey = tuple[str, str, Period]
"""A leg: from place id, to place id, traffic period."""

LegShapes = Mapping[LegKey, FloatArray]
"""Line of each leg, (k, 2) easting and northing. [m]"""

SCHEMATIC_FLAG = "schematic_network"


class LegKind(StrEnum):
    """What a line between two stops stands for."""

    STREET = "street"
    """The streets driven."""
    STRAIGHT = "straight"
    """A straight line in place of streets that are not known."""
    WITHHELD = "withheld"
    """A straight line past stops that are not shown."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A part of a route's line, (k, 2) easting and northing. [m]"""

    points: FloatArray
    kind: LegKind


def build_run_shapes(
    run: RunRecord, inputs: Inputs, network: RoadNetwork
) -> dict[LegKey, FloatArray]:
    """Build the line of every leg that the routes of a run's plan drive.

    On a schematic network no leg has streets, and the answer is empty.
    """
    if network.is_schematic:
        return {}
    places = {p.place_id: p for p in inputs.places}
    wanted: dict[Period, dict[tuple[str, str], None]] = {}
    for route in run.plan.routes:
        legs = wanted.setdefault(route.session.period, {})
        for before, after in zip(route.stops, route.stops[1:], strict=False):
            if before.place_id != after.place_id:
                legs[before.place_id, after.place_id] = None
    found: dict[LegKey, FloatArray] = {}
    for period, legs in wanted.items():
        pairs = [(places[a], places[b]) for a, b in legs]
        shapes = build_leg_shapes(network, pairs, period, policy=inputs.policy)
        for (a, b), shape in zip(legs, shapes, strict=True):
            found[a, b, period] = shape
    return found


def is_schematic(run: RunRecord) -> bool:
    """Say whether the run's roads are a stand-in, so that lines are no streets."""
    return SCHEMATIC_FLAG in run.plan.flags


def build_route_legs(facts: RunFacts, route: Route, shapes: LegShapes) -> tuple[Leg, ...]:
    """Build the parts of a route's line between the stops that may be shown."""
    legs: list[Leg] = []
    last: Stop | None = None
    is_past_hidden = False
    for stop in route.stops:
        if is_hidden(facts, stop):
            is_past_hidden = True
            continue
        if last is not None and last.place_id != stop.place_id:
            shape = shapes.get((last.place_id, stop.place_id, route.session.period))
            if is_past_hidden:
                legs.append(Leg(_draw_straight(facts, last, stop), LegKind.WITHHELD))
            elif shape is None:
                legs.append(Leg(_draw_straight(facts, last, stop), LegKind.STRAIGHT))
            else:
                legs.append(Leg(shape, LegKind.STREET))
        last, is_past_hidden = stop, False
    return tuple(legs)


def is_hidden(facts: RunFacts, stop: Stop) -> bool:
    """Say whether a stop is at a protected address, and so on no map."""
    return stop.site_id is None and stop.place_id in facts.protected_place_ids


def _draw_straight(facts: RunFacts, start: Stop, end: Stop) -> FloatArray:
    """Draw a straight line between two stops."""
    ends = (facts.places[start.place_id], facts.places[end.place_id])
    return np.array([[p.easting_m, p.northing_m] for p in ends], dtype=np.float64)


def simplify_line(points: FloatArray, tolerance_m: float) -> FloatArray:
    """Leave out points of a line that lie within a tolerance of it (Douglas-Peucker). [m]"""
    from shapely import LineString

    if len(points) <= 2 or tolerance_m <= 0:
        return points
    simple = LineString(points).simplify(tolerance_m, preserve_topology=False)
    return np.asarray(simple.coords, dtype=np.float64)


def find_lonlat(points: FloatArray) -> FloatArray:
    """Find longitude and latitude of British National Grid points (OSTN15). [degrees]

    Parameters
    ----------
    points
        (k, 2) easting and northing. [m]

    Returns
    -------
    (k, 2), rounded to six decimals, a tenth of a metre.
    """
    from convertbng.cutil import convert_osgb36_to_ll

    lon, lat = convert_osgb36_to_ll(
        np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1])
    )
    return np.column_stack([np.asarray(lon), np.asarray(lat)]).round(6)


MAIN_CLASSES = ("motorway", "trunk", "primary", "secondary", "tertiary", "a road", "b road")
"""Beginnings of the road classes that are drawn as context where all would be too many."""

MOST_ROADS = 30_000
"""Roads drawn as context at most."""

MARGIN_M = 1_500
"""How far around the routes roads are drawn. [m]"""


def build_road_lines(network: RoadNetwork, around: list[FloatArray]) -> list[FloatArray]:
    """Build the lines of the roads about some routes, for context on a map.

    Each road is drawn once, whichever ways it may be driven. A schematic network has no real
    roads and gives none.

    Returns
    -------
    Lines, each (k, 2) easting and northing. [m]
    """
    if network.is_schematic or not around:
        return []
    points = np.concatenate(around)
    low, high = points.min(axis=0) - MARGIN_M, points.max(axis=0) + MARGIN_M
    easting = network.node_easting_m[network.arc_from]
    northing = network.node_northing_m[network.arc_from]
    wanted = (easting >= low[0]) & (easting <= high[0])
    wanted &= (northing >= low[1]) & (northing <= high[1])
    if np.count_nonzero(wanted) > MOST_ROADS:
        is_main = [c.casefold().startswith(MAIN_CLASSES) for c in network.classes]
        wanted &= np.array(is_main, dtype=bool)[network.arc_class]
    lines: list[FloatArray] = []
    seen: set[tuple[int, int, int]] = set()
    for arc in np.flatnonzero(wanted):
        ends = sorted((int(network.arc_from[arc]), int(network.arc_to[arc])))
        key = (ends[0], ends[1], int(network.arc_way_id[arc]))
        if key in seen:
            continue
        seen.add(key)
        lines.append(_find_arc_line(network, int(arc)))
    return lines


def _find_arc_line(network: RoadNetwork, arc: int) -> FloatArray:
    """Find the line of one arc; its shape begins and ends at its nodes."""
    start, end = network.arc_shape_from[arc], network.arc_shape_from[arc + 1]
    line: FloatArray = np.column_stack(
        [network.shape_easting_m[start:end], network.shape_northing_m[start:end]]
    )
    return line
