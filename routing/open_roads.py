"""Build the network of OS Open Roads, with the gaps of its source as flags."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data.errors import InputError, Problem, Severity
from data.networks import RoadNetwork, WayOverride
from data.sources.os_open_roads import OpenRoads, number_of
from data.sources.speeds import SpeedTable
from routing.bng import measure_ground_lengths
from routing.road_graph import RoadGraph, Segment, fingerprint_network
from routing.walking import build_walk_network, leave_out_ways

OPEN_ROADS_FLAGS = (
    "no_one_ways",
    "no_turn_restrictions",
    "no_footpaths",
    "not_for_eligibility",
)
OPEN_ROADS_ATTRIBUTION = "Contains OS data (c) Crown copyright and database right."

_CLASS_OF_FUNCTION = {
    "motorway": "motorway",
    "a road": "primary",
    "b road": "secondary",
    "minor road": "tertiary",
    "local road": "residential",
    "local access road": "residential",
    "restricted local access road": "restricted",
    "secondary access road": "service",
}
_NOT_DRIVEN_FORMS = frozenset({"guided busway"})
_LINKS = {"motorway": "motorway_link", "trunk": "trunk_link", "primary": "primary_link"}


def find_road_class(function: str, form: str, *, is_trunk: bool) -> str | None:
    """Find the road class of a link, or None where it is not driven."""
    if form.lower() in _NOT_DRIVEN_FORMS:
        return None
    road_class = _CLASS_OF_FUNCTION.get(function.lower(), "unclassified")
    if road_class == "primary" and is_trunk:
        road_class = "trunk"
    if form.lower() == "slip road":
        return _LINKS.get(road_class, road_class)
    return road_class


def build_network_of_links(
    links: OpenRoads,
    *,
    speeds: SpeedTable,
    overrides: Sequence[WayOverride] = (),
    name: str = "",
) -> RoadNetwork:
    """Build the network of OS Open Roads links; every link is driven both ways.

    Raises
    ------
    InputError
        If no link can be driven.
    """
    known = {o.way_id: o for o in overrides}
    roads = RoadGraph()
    for i, link_id in enumerate(links.link_ids):
        road_class = find_road_class(
            links.functions[i], links.forms[i], is_trunk=links.is_trunk[i]
        )
        override = known.get(link_id)
        if road_class is None or (override and override.is_closed):
            continue
        shape = links.shapes[i]
        for node, point in ((links.start_nodes[i], shape[0]), (links.end_nodes[i], shape[-1])):
            if node not in roads.graph:
                roads.add_junction(node, float(point[0]), float(point[1]), number_of(node))
        roads.add_segment(
            links.start_nodes[i],
            links.end_nodes[i],
            Segment(
                way_id=number_of(link_id),
                road_class=road_class,
                shape=shape,
                length_m=measure_ground_lengths(shape),
                fixed_m_per_h=override.m_per_h if override else None,
            ),
            forward=True,
            backward=True,
        )
    if not roads.segments:
        raise InputError(
            [
                Problem(
                    code="N006",
                    severity=Severity.ERROR,
                    file=links.name,
                    cause="No link of the file can be driven.",
                    suggestion="Give the OS Open Roads GeoPackage as it is published.",
                )
            ]
        )
    length_km = sum(s.length_m for s in roads.segments) / 1000
    roads.notes.append(
        f"Read {len(links.link_ids)} links: {roads.graph.number_of_nodes()} junctions, "
        f"{length_km:.1f} km of road that is driven."
    )
    roads.notes.append(
        "OS Open Roads has no one-way streets, turn restrictions or footpaths: times can be "
        "too short and walks too long."
    )
    if links.n_unreadable:
        roads.notes.append(f"Left out {links.n_unreadable} links without a line or nodes.")
    lost = sorted(set(known) - set(links.link_ids))
    if overrides:
        roads.notes.append(f"Applied {len(known) - len(lost)} corrections of the planner.")
    if lost:
        roads.notes.append(f"Corrections of links not in the file: {', '.join(lost)}.")
    roads.keep_main_component()
    network = roads.build_arrays(
        name=name or links.name,
        speeds=speeds,
        flags=OPEN_ROADS_FLAGS,
        attribution=(OPEN_ROADS_ATTRIBUTION,),
    )
    unwalked = {number_of(o.way_id) for o in overrides if o.is_walk_unavailable}
    if unwalked:
        network = replace(
            network, walk=leave_out_ways(build_walk_network(network), unwalked), fingerprint=""
        )
        network = replace(network, fingerprint=fingerprint_network(network))
    return network
