"""Routes and stops for a geographic information system: GeoPackage and GeoJSON.

No passenger stands in either: stops carry how many get on and off. Stops at protected addresses
have no position.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from data.units import format_time
from reports.facts import RouteFacts, RunFacts
from reports.lines import (
    Leg,
    LegKind,
    LegShapes,
    build_route_legs,
    find_lonlat,
    is_hidden,
    is_schematic,
)
from reports.sources import describe_warnings
from reports.words import SESSION_WORDS

GRID = "EPSG:27700"


def write_geopackage(facts: RunFacts, shapes: LegShapes, path: Path) -> None:
    """Write the layers ``routes``, ``stops``, ``sites`` and ``about`` in British National Grid.

    Parameters
    ----------
    path
        File to write, with the suffix ``.gpkg``, which must not be there yet.
    """
    import geopandas as gpd
    import pandas as pd
    import pyogrio
    import shapely

    stamp = f"{facts.run.created_utc:%Y-%m-%dT%H:%M:%SZ}"
    # The format holds the date of its last change; the run's makes equal runs equal files.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        lines = [
            shapely.MultiLineString([leg.points for leg in legs]) if legs else None
            for legs in (build_route_legs(facts, one.route, shapes) for one in facts.routes)
        ]
        rows = [_build_route_row(facts, one) for one in facts.routes]
        routes = gpd.GeoDataFrame(rows, geometry=lines, crs=GRID)
        routes.to_file(path, layer="routes", engine="pyogrio", geometry_type="MultiLineString")
        found = list(_build_stop_rows(facts))
        stops = gpd.GeoDataFrame(
            [row for row, _ in found],
            geometry=[None if at is None else shapely.Point(at) for _, at in found],
            crs=GRID,
        )
        stops.to_file(path, layer="stops", engine="pyogrio", geometry_type="Point")
        sites = gpd.GeoDataFrame(
            _build_site_rows(facts),
            geometry=[
                shapely.Point(_find_position(facts, site.place_id))
                for site in facts.inputs.sites
            ],
            crs=GRID,
        )
        sites.to_file(path, layer="sites", engine="pyogrio", geometry_type="Point")
        about = pd.DataFrame(_build_about(facts), columns=["name", "value"])
        pyogrio.write_dataframe(about, path, layer="about")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def build_geojson(facts: RunFacts, shapes: LegShapes) -> bytes:
    """Build routes and stops as one GeoJSON document (RFC 7946), told apart by ``layer``."""
    features: list[dict[str, Any]] = []
    for one in facts.routes:
        legs = build_route_legs(facts, one.route, shapes)
        geometry = None
        if legs:
            lines = [find_lonlat(leg.points).tolist() for leg in legs]
            geometry = {"type": "MultiLineString", "coordinates": lines}
        properties = {"layer": "routes", **_build_route_row(facts, one), **_find_kind(legs)}
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    for row, at in _build_stop_rows(facts):
        point = None
        if at is not None:
            lonlat = find_lonlat(np.array([at], dtype=np.float64))[0].tolist()
            point = {"type": "Point", "coordinates": lonlat}
        features.append(
            {"type": "Feature", "geometry": point, "properties": {"layer": "stops", **row}}
        )
    document = {
        "type": "FeatureCollection",
        "about": {
            **{k: v for k, v in _build_about(facts) if k not in ("warning", "source")},
            "warnings": list(describe_warnings(facts.run)),
            "sources": list(facts.run.attribution),
        },
        "features": features,
    }
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _build_route_row(facts: RunFacts, one: RouteFacts) -> dict[str, Any]:
    """Build the attributes of a route."""
    return {
        "route_id": one.route.route_id,
        "duty_id": one.duty.duty_id,
        "session": one.route.session.value,
        "session_name": SESSION_WORDS[one.route.session],
        "provider_id": one.duty.provider_id,
        "provider": facts.provider_names.get(one.duty.provider_id, one.duty.provider_id),
        "vehicle_type": facts.vehicle_types[one.duty.vehicle_type_id].name,
        "sites": ", ".join(facts.sites[s].name for s in one.site_ids),
        "n_passengers": one.n_passengers,
        "start": format_time(one.route.start_s),
        "end": format_time(one.route.end_s),
        "loaded_m": one.route.loaded_m,
        "longest_ride_s": one.longest_ride_s,
        "cost_pence": one.cost_pence,
        "is_schematic": is_schematic(facts.run),
        "run_id": facts.run.run_id,
    }


def _find_kind(legs: tuple[Leg, ...]) -> dict[str, bool]:
    """Say whether parts of a line are withheld."""
    return {"is_part_withheld": any(leg.kind is LegKind.WITHHELD for leg in legs)}


def _build_stop_rows(
    facts: RunFacts,
) -> Iterator[tuple[dict[str, Any], tuple[float, float] | None]]:
    """Build the attributes and position of every stop."""
    points = {p.place_id: p.name for p in facts.inputs.pick_up_points}
    for one in facts.routes:
        for number, stop in enumerate(one.route.stops, start=1):
            hidden = is_hidden(facts, stop)
            if stop.site_id is not None:
                kind, name = "site", facts.sites[stop.site_id].name
            elif stop.place_id in points:
                kind, name = "pick-up point", points[stop.place_id]
            else:
                kind, name = "home", ""
            row = {
                "route_id": one.route.route_id,
                "stop_number": number,
                "kind": "withheld" if hidden else kind,
                "name": name,
                "arrive": format_time(stop.arrive_s),
                "leave": format_time(stop.leave_s),
                "n_on": len(stop.boarding),
                "n_off": len(stop.alighting),
            }
            yield row, None if hidden else _find_position(facts, stop.place_id)


def _build_site_rows(facts: RunFacts) -> list[dict[str, Any]]:
    """Build the attributes of the sites."""
    return [
        {
            "site_id": site.site_id,
            "name": site.name,
            "kind": site.kind.value,
            "is_position_assumed": site.is_position_assumed,
        }
        for site in facts.inputs.sites
    ]


def _find_position(facts: RunFacts, place_id: str) -> tuple[float, float]:
    """Find easting and northing of a place. [m]"""
    place = facts.places[place_id]
    return float(place.easting_m), float(place.northing_m)


def _build_about(facts: RunFacts) -> list[tuple[str, str]]:
    """Build what the file says about itself."""
    run = facts.run
    return [
        ("title", facts.inputs.title),
        ("run", run.run_id),
        ("inputs", run.inputs_hash),
        ("travel_times", run.matrix_hash),
        ("code_version", run.code_version),
        ("made_utc", f"{run.created_utc:%Y-%m-%dT%H:%M:%SZ}"),
        *(("warning", text) for text in describe_warnings(run)),
        *(("source", text) for text in run.attribution),
    ]
