"""The map of routes as one page that opens without the internet and asks nothing of anybody.

Style, script and data stand inside the page; its policy forbids every request. It names no
passenger: a stop is a time, a place and how many get on and off.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from data.networks import FloatArray, RoadNetwork
from data.places import Session
from reports.colours import build_colours
from reports.facts import RouteFacts, RunFacts
from reports.lines import (
    Leg,
    LegKind,
    LegShapes,
    build_road_lines,
    build_route_legs,
    is_hidden,
    is_schematic,
    simplify_line,
)
from reports.sources import (
    describe_check,
    describe_day,
    describe_sources,
    describe_warnings,
    find_credit,
)
from reports.words import SESSION_WORDS, STATE_WORDS, describe_layout

LARGEST_BYTES = 5_000_000
"""What the page may weigh."""

TOLERANCES_M = (3.0, 6.0, 12.0, 25.0, 50.0)
"""How much lines may be simplified, tried in turn until the page is light enough. [m]"""


def build_page(facts: RunFacts, shapes: LegShapes, roads: RoadNetwork | None = None) -> bytes:
    """Build the page.

    Parameters
    ----------
    shapes
        Line of each leg; a leg without one is drawn straight and dashed.
    roads
        Roads drawn pale beneath the routes; left out when schematic or too heavy.
    """
    page = b""
    for tolerance_m in TOLERANCES_M:
        for used_roads in (roads, None):
            page = _render(facts, _build_data(facts, shapes, used_roads, tolerance_m))
            if len(page) <= LARGEST_BYTES:
                return page
            if roads is None:
                break
    return page


def _render(facts: RunFacts, data: dict[str, Any]) -> bytes:
    """Fill the page's template."""
    folder = files("reports") / "templates"
    text = {
        name: (folder / name).read_text(encoding="utf-8")
        for name in ("map.html", "map.css", "map.js")
    }
    run = facts.run
    check = describe_check(run)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
    )
    html = environment.from_string(text["map.html"]).render(
        title=facts.inputs.title,
        day=describe_day(run),
        state=STATE_WORDS[run.plan.state],
        warnings=describe_warnings(run),
        is_schematic=is_schematic(run),
        run_id=run.run_id,
        inputs_hash=run.inputs_hash[:16],
        matrix_hash=run.matrix_hash[:16],
        code_version=run.code_version,
        made=f"{run.created_utc:%Y-%m-%d %H:%M}",
        check=check,
        attribution=" ".join(describe_sources(run)),
        credit=find_credit(run),
        # Our own files, and data in which no tag can close the element it stands in.
        css=Markup(text["map.css"]),  # noqa: S704
        js=Markup(text["map.js"]),  # noqa: S704
        data=Markup(write_script_data(data)),  # noqa: S704
    )
    return html.encode()


def write_script_data(data: Any) -> str:
    """Write data as JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(sign, code)
    return text


def _build_data(
    facts: RunFacts, shapes: LegShapes, roads: RoadNetwork | None, tolerance_m: float
) -> dict[str, Any]:
    """Build all that the page draws and lists."""
    inputs = facts.inputs
    place_list = [facts.places[s.place_id] for s in inputs.sites]
    origin = (
        min((p.easting_m for p in inputs.places), default=0),
        min((p.northing_m for p in inputs.places), default=0),
    )
    provider_ids = ("own", *(s.supplier_id for s in inputs.suppliers))
    colours = build_colours(provider_ids)
    legs = [build_route_legs(facts, one.route, shapes) for one in facts.routes]
    lines = (
        [] if roads is None else build_road_lines(roads, [g.points for f in legs for g in f])
    )
    return {
        "origin": origin,
        "sessions": [SESSION_WORDS[s] for s in Session],
        "providers": [
            {"name": facts.provider_names[p], "colour": colours[p]} for p in provider_ids
        ],
        "sites": [
            {"name": s.name, "x": p.easting_m - origin[0], "y": p.northing_m - origin[1]}
            for s, p in zip(inputs.sites, place_list, strict=True)
        ],
        "routes": [
            _build_route(facts, one, found, origin, provider_ids, tolerance_m)
            for one, found in zip(facts.routes, legs, strict=True)
        ],
        "roads": [pack_line(simplify_line(line, 3 * tolerance_m), origin) for line in lines],
    }


def _build_route(
    facts: RunFacts,
    one: RouteFacts,
    legs: Sequence[Leg],
    origin: tuple[int, int],
    provider_ids: Sequence[str],
    tolerance_m: float,
) -> dict[str, Any]:
    """Build what the page knows of one route."""
    sites = {site.site_id: i for i, site in enumerate(facts.inputs.sites)}
    route = one.route
    return {
        "id": route.route_id,
        "duty": one.duty.duty_id,
        "session": list(Session).index(route.session),
        "provider": provider_ids.index(one.duty.provider_id),
        "vehicle": facts.vehicle_types[one.duty.vehicle_type_id].name,
        "layout": describe_layout(route.layout),
        "sites": [sites[s] for s in one.site_ids],
        "load": one.n_passengers,
        "chairs": one.n_wheelchair_spaces,
        "helpers": route.n_assistants,
        "start": route.start_s,
        "end": route.end_s,
        "metres": route.loaded_m,
        "ride": one.longest_ride_s,
        "over": one.n_over_guide,
        "cost": one.cost_pence,
        "full": one.full_cost_pence,
        "legs": [
            [
                int(leg.kind is not LegKind.STREET),
                pack_line(simplify_line(leg.points, tolerance_m), origin),
            ]
            for leg in legs
        ],
        "stops": [
            [
                stop.arrive_s,
                stop.leave_s,
                len(stop.boarding),
                len(stop.alighting),
                *_find_position(
                    facts, stop.place_id, origin, is_shown=not is_hidden(facts, stop)
                ),
                None if stop.site_id is None else sites[stop.site_id],
            ]
            for stop in route.stops
        ],
    }


def _find_position(
    facts: RunFacts, place_id: str, origin: tuple[int, int], *, is_shown: bool
) -> tuple[int | None, int | None]:
    """Find where a stop is from the page's origin, or nothing where it is not shown. [m]"""
    if not is_shown:
        return (None, None)
    place = facts.places[place_id]
    return (place.easting_m - origin[0], place.northing_m - origin[1])


def pack_line(points: FloatArray, origin: tuple[int, int]) -> list[int]:
    """Pack a line as steps in whole metres, the first from the origin.

    Examples
    --------
    >>> pack_line(np.array([[110.0, 220.0], [113.0, 218.0]]), (100, 200))
    [10, 20, 3, -2]
    """
    whole = np.rint(points - np.array(origin, dtype=np.float64)).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return [int(step) for step in steps.ravel()]
