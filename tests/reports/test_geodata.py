"""Routes and stops open in a geographic information system where they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest

from data.places import Period
from data.runs import RunRecord
from reports.facts import RunFacts
from reports.geodata import build_geojson
from reports.lines import LegKind, build_route_legs, find_lonlat


@pytest.fixture(scope="module")
def package(outputs: dict[str, Path]) -> Path:
    return outputs["routes.gpkg"]


@pytest.fixture(scope="module")
def document(outputs: dict[str, Path]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(outputs["routes.geojson"].read_text())
    return found


def test_the_package_has_its_layers_on_the_national_grid(package: Path) -> None:
    layers = {name for name, _ in pyogrio.list_layers(package)}
    assert layers == {"routes", "stops", "sites", "about"}
    routes = gpd.read_file(package, layer="routes")
    assert routes.crs.to_epsg() == 27_700
    assert list(routes["route_id"]) == ["r1", "r2", "r3", "r4"]
    assert list(routes["n_passengers"]) == [3, 3, 1, 2]
    assert routes["cost_pence"].sum() == 12_345
    assert bool(routes["is_schematic"].all())


def test_stops_lie_at_their_places_and_protected_ones_nowhere(package: Path) -> None:
    stops = gpd.read_file(package, layer="stops")
    # Four stops out, four home, two of the solo route, three to the day centre.
    assert len(stops) == 13
    first = stops.iloc[0]
    assert (first.geometry.x, first.geometry.y) == (585_200.0, 186_900.0)
    hidden = stops[stops.geometry.isna()]
    assert list(hidden["route_id"]) == ["r1", "r2"]
    assert set(hidden["kind"]) == {"withheld"}
    assert stops["n_on"].sum() == stops["n_off"].sum() == 9


def test_no_line_touches_a_protected_address(package: Path, facts: RunFacts) -> None:
    from shapely import Point

    place = facts.places["pl-h2"]
    home = Point(place.easting_m, place.northing_m)
    routes = gpd.read_file(package, layer="routes")
    assert routes.geometry.distance(home).min() > 40
    # The same line would run through it if the address were not protected.
    xs = {x for line in routes.geometry for part in line.geoms for x, _ in part.coords}
    assert float(place.easting_m) not in xs


def test_the_package_says_where_it_comes_from(package: Path, run: RunRecord) -> None:
    about = pyogrio.read_dataframe(package, layer="about", read_geometry=False)
    assert run.run_id in set(about["value"])
    assert any("schematic" in text for text in about["value"])


def test_geojson_is_in_degrees_at_the_same_places(
    document: dict[str, Any], package: Path
) -> None:
    stops = gpd.read_file(package, layer="stops").to_crs(4326)
    features = [f for f in document["features"] if f["properties"]["layer"] == "stops"]
    assert len(features) == len(stops) == 13
    for feature, point in zip(features, stops.geometry, strict=True):
        if point is None:
            assert feature["geometry"] is None
            continue
        lon, lat = feature["geometry"]["coordinates"]
        # The other reader's transformation is good to a few metres only.
        assert abs(lon - point.x) < 1e-4
        assert abs(lat - point.y) < 1e-4


def test_geojson_holds_routes_with_the_same_figures(document: dict[str, Any]) -> None:
    routes = [f for f in document["features"] if f["properties"]["layer"] == "routes"]
    assert sum(f["properties"]["cost_pence"] for f in routes) == 12_345
    assert [f["properties"]["is_part_withheld"] for f in routes] == [True, True, False, False]
    assert document["about"]["warnings"]


def test_streets_are_followed_where_they_are_known(facts: RunFacts) -> None:
    route = facts.run.plan.routes[2]
    street = np.array([[588_300.0, 188_300.0], [588_000.0, 188_000.0], [587_500.0, 187_500.0]])
    shapes = {("pl-h4", "pl-school", Period.MORNING_PEAK): street}
    (leg,) = build_route_legs(facts, route, shapes)
    assert leg.kind is LegKind.STREET
    assert np.array_equal(leg.points, street)
    # Another period's streets are not this route's.
    other = {("pl-h4", "pl-school", Period.INTER_PEAK): street}
    assert build_route_legs(facts, route, other)[0].kind is LegKind.STRAIGHT
    document = json.loads(build_geojson(facts, shapes))
    found = next(f for f in document["features"] if f["properties"]["route_id"] == "r3")
    assert len(found["geometry"]["coordinates"][0]) == 3


def test_a_line_goes_straight_past_a_stop_that_is_not_shown(facts: RunFacts) -> None:
    legs = build_route_legs(facts, facts.run.plan.routes[0], {})
    assert [leg.kind for leg in legs] == [LegKind.WITHHELD, LegKind.STRAIGHT]
    assert legs[0].points.tolist() == [[585_200.0, 186_900.0], [586_400.0, 188_000.0]]


def test_degrees_are_those_of_a_published_point() -> None:
    # Ordnance Survey's worked example of OSTN15: Caister water tower.
    lonlat = find_lonlat(np.array([[651_409.804, 313_177.450]]))
    assert lonlat[0].tolist() == pytest.approx([1.716073973, 52.658007833], abs=2e-6)
