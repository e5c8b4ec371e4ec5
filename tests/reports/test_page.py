"""The page stands alone, weighs little, and shows no person."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from data.inputs import Inputs
from data.networks import RoadNetwork
from data.places import Period
from data.plans import Route
from reports.colours import OWN_COLOUR, SUPPLIER_COLOURS, build_colours, find_contrast
from reports.facts import RunFacts, build_facts
from reports.page import LARGEST_BYTES, build_page, write_script_data
from tests.reports.hand_made import build_inputs, build_run


class PageReader(HTMLParser):
    """Reads tags, attributes and what stands in each script."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.text = ""
        self._in: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep every tag."""
        self.tags.append((tag, dict(attrs)))
        self._in = tag
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave scripts."""
        self._in = None

    def handle_data(self, data: str) -> None:
        """Keep scripts and text apart."""
        if self._in == "script":
            attributes, before = self.scripts[-1]
            self.scripts[-1] = (attributes, before + data)
        elif self._in != "style":
            self.text += data


def read_page(page: bytes) -> PageReader:
    reader = PageReader()
    reader.feed(page.decode())
    return reader


def read_data(reader: PageReader) -> dict[str, Any]:
    found = next(text for attrs, text in reader.scripts if attrs.get("id") == "data")
    data: dict[str, Any] = json.loads(found)
    return data


@pytest.fixture(scope="module")
def page(outputs: dict[str, Path]) -> bytes:
    return outputs["map.html"].read_bytes()


@pytest.fixture(scope="module")
def reader(page: bytes) -> PageReader:
    return read_page(page)


def test_the_page_asks_nothing_of_the_internet(page: bytes, reader: PageReader) -> None:
    for tag, attrs in reader.tags:
        assert tag not in ("link", "iframe", "img", "object", "embed", "base"), tag
        for name in ("src", "srcset", "action", "data", "poster"):
            assert name not in attrs, (tag, attrs)
        assert (attrs.get("href") or "#").startswith("#")
    text = page.decode()
    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]", text) == []
    assert "url(" not in text
    assert "@import" not in text
    for word in (
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "import(",
        "sendBeacon",
        "localStorage",
    ):
        assert word not in text, word


def test_the_page_forbids_every_request(reader: PageReader) -> None:
    policies = [
        a for t, a in reader.tags if t == "meta" and "Policy" in (a.get("http-equiv") or "")
    ]
    assert len(policies) == 1
    assert (policies[0]["content"] or "").startswith("default-src 'none'")
    assert "connect-src" not in (policies[0]["content"] or "")


def test_the_page_says_day_run_flags_and_sources(reader: PageReader, facts: RunFacts) -> None:
    run = facts.run
    for wanted in (
        "Wednesday 16 September 2026", run.run_id, run.inputs_hash[:16], run.code_version,
        "People are made up", "Schematic: straight dashed lines", "Crown copyright",
        "no rule broken",
    ):  # fmt: skip
        assert wanted in reader.text, wanted


def test_routes_carry_the_plans_figures(reader: PageReader) -> None:
    routes = read_data(reader)["routes"]
    assert [r["id"] for r in routes] == ["r1", "r2", "r3", "r4"]
    assert sum(r["cost"] for r in routes) == 12_345
    assert sum(r["full"] for r in routes) == 15_345
    assert [r["load"] for r in routes] == [3, 3, 1, 2]
    assert routes[0]["stops"][0][:4] == [8 * 3600, 8 * 3600 + 60, 1, 0]


def test_positions_are_metres_from_the_origin(reader: PageReader, facts: RunFacts) -> None:
    data = read_data(reader)
    east, north = data["origin"]
    stop = data["routes"][0]["stops"][0]
    place = facts.places["pl-h1"]
    assert (stop[4] + east, stop[5] + north) == (place.easting_m, place.northing_m)
    kind, steps = data["routes"][2]["legs"][0]
    # Straight from pl-h4 to the school: 800 m west and 800 m south.
    assert kind == 1
    assert steps[2:] == [-800, -800]


def test_a_protected_stop_has_a_time_and_no_place(reader: PageReader, facts: RunFacts) -> None:
    data = read_data(reader)
    hidden = data["routes"][0]["stops"][1]
    assert hidden[2:] == [1, 0, None, None, None]
    place = facts.places["pl-h2"]
    x, y = place.easting_m - data["origin"][0], place.northing_m - data["origin"][1]
    for route in data["routes"]:
        for _, steps in route["legs"]:
            points = np.cumsum(np.array(steps).reshape(-1, 2), axis=0)
            assert [x, y] not in points.tolist()


def test_no_passenger_stands_in_the_page(page: bytes, facts: RunFacts) -> None:
    text = page.decode()
    for passenger_id in facts.passengers:
        assert f'"{passenger_id}"' not in text


def test_everything_on_the_map_is_in_the_list(reader: PageReader) -> None:
    tags = [tag for tag, _ in reader.tags]
    assert tags.count("table") == 1
    assert "caption" in tags
    canvas = next(attrs for tag, attrs in reader.tags if tag == "canvas")
    assert canvas["tabindex"] == "0"
    assert "list" in (canvas["aria-label"] or "")
    selects = [attrs["id"] for tag, attrs in reader.tags if tag == "select"]
    assert selects == ["f-session", "f-provider", "f-site"]
    assert ("html", {"lang": "en-GB"}) in reader.tags


def test_colours_can_be_seen_on_white() -> None:
    for colour in (OWN_COLOUR, *SUPPLIER_COLOURS):
        assert find_contrast(colour) >= 3.0, colour
    assert find_contrast("#505a5f") >= 4.5  # muted text
    assert find_contrast("#FFFFFF", "#942514") >= 4.5  # warnings
    assert len({OWN_COLOUR, *SUPPLIER_COLOURS}) == len(SUPPLIER_COLOURS) + 1


def test_a_provider_keeps_its_colour_whoever_else_drives() -> None:
    assert build_colours(("b", "own", "a"))["b"] == build_colours(("a", "b"))["b"]
    many = build_colours(tuple(f"s{i:02d}" for i in range(40)))
    assert many["own"] == OWN_COLOUR
    assert OWN_COLOUR not in {c for p, c in many.items() if p != "own"}


def test_data_cannot_end_its_script() -> None:
    hostile = "</script><script>alert(1)</script><!--"
    text = write_script_data({"name": hostile})
    assert "<" not in text
    assert json.loads(text) == {"name": hostile}


def test_a_hostile_name_stays_text() -> None:
    inputs = build_inputs()
    hostile = '"><img src=x onerror=alert(1)></script>'
    sites = tuple(replace(s, name=hostile) for s in inputs.sites)
    inputs = replace(inputs, sites=sites, title=hostile)
    reader = read_page(build_page(build_facts(build_run(inputs), inputs), {}))
    assert "img" not in [tag for tag, _ in reader.tags]
    assert read_data(reader)["sites"][0]["name"] == hostile


def build_town(facts: RunFacts, n_duties: int) -> RunFacts:
    """Build a town of many routes by repeating the hand-made ones."""
    routes: list[Any] = []
    for i in range(n_duties):
        for one in facts.routes:
            route: Route = replace(one.route, route_id=f"{one.route.route_id}-{i}")
            routes.append(replace(one, route=route))
    return replace(facts, routes=tuple(routes))


def build_shapes(facts: RunFacts, n_points: int) -> dict[tuple[str, str, Period], Any]:
    """Build winding streets for every leg."""
    rng = np.random.default_rng(1)
    shapes = {}
    for route in facts.run.plan.routes:
        for before, after in zip(route.stops, route.stops[1:], strict=False):
            key = (before.place_id, after.place_id, route.session.period)
            shapes[key] = 587_000 + rng.normal(0, 2_000, (n_points, 2))
    return shapes


def test_four_hundred_routes_on_streets_stay_light(facts: RunFacts) -> None:
    town = build_town(facts, 100)
    page = build_page(town, build_shapes(facts, 300))
    assert len(read_data(read_page(page))["routes"]) == 400
    assert len(page) < LARGEST_BYTES


def build_roads(flags: tuple[str, ...] = ()) -> RoadNetwork:
    """Build two crossing roads, each driven both ways."""
    nodes = np.array([[586_000.0, 186_000.0], [588_000.0, 188_000.0], [700_000.0, 900_000.0]])
    return RoadNetwork(
        name="cross",
        node_ids=np.arange(3, dtype=np.int64),
        node_easting_m=nodes[:, 0],
        node_northing_m=nodes[:, 1],
        arc_from=np.array([0, 1, 2], dtype=np.int32),
        arc_to=np.array([1, 0, 0], dtype=np.int32),
        arc_m=np.array([2_828, 2_828, 9_000], dtype=np.int32),
        arc_ds={period: np.array([1, 1, 1], dtype=np.int32) for period in Period},
        arc_way_id=np.array([7, 7, 8], dtype=np.int64),
        arc_class=np.zeros(3, dtype=np.int16),
        classes=("residential",),
        arc_shape_from=np.array([0, 2, 4, 6], dtype=np.int64),
        shape_easting_m=nodes[[0, 1, 1, 0, 2, 0], 0],
        shape_northing_m=nodes[[0, 1, 1, 0, 2, 0], 1],
        flags=flags,
    )


def test_real_roads_are_drawn_once_and_near_by_only(facts: RunFacts) -> None:
    data = read_data(read_page(build_page(facts, {}, build_roads())))
    assert len(data["roads"]) == 1
    assert data["roads"][0][2:] == [2_000, 2_000]


def test_a_stand_in_for_roads_is_never_drawn(facts: RunFacts) -> None:
    schematic = build_roads(("schematic_network",))
    assert read_data(read_page(build_page(facts, {}, schematic)))["roads"] == []


def test_a_plan_on_real_roads_does_not_say_schematic(inputs: Inputs) -> None:
    run = build_run(inputs)
    run = replace(run, plan=replace(run.plan, flags=()))
    reader = read_page(build_page(build_facts(run, inputs), {}, build_roads()))
    assert "Schematic" not in reader.text
