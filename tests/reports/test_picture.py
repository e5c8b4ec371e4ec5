"""The picture is a picture, of the same routes each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import matplotlib.image
import numpy as np

from reports.facts import RunFacts
from reports.picture import DOTS_PER_IN, HEIGHT_IN, WIDTH_IN, _find_boxes, build_picture


def read_colours(path: Path) -> set[int]:
    """Read which colours stand in a picture, each as 0xRRGGBB."""
    pixels = (matplotlib.image.imread(path)[..., :3] * 255).round().astype(np.int64)
    return set(np.unique(pixels @ np.array([65_536, 256, 1])).tolist())


def test_the_picture_has_its_size_and_the_providers_colours(outputs: dict[str, Path]) -> None:
    pixels = matplotlib.image.imread(outputs["map.png"])
    assert pixels.shape[:2] == (HEIGHT_IN * DOTS_PER_IN, WIDTH_IN * DOTS_PER_IN)
    colours = read_colours(outputs["map.png"])
    # Navy of the own company in the legend, full strength.
    assert 0x12436D in colours
    assert len(colours) > 50


def test_the_picture_carries_no_program_or_person(outputs: dict[str, Path]) -> None:
    assert b"matplotlib" not in outputs["map.png"].read_bytes().lower()


def test_a_day_without_routes_still_has_a_picture(facts: RunFacts, tmp_path: Path) -> None:
    plan = replace(facts.run.plan, duties=())
    empty = replace(facts, run=replace(facts.run, plan=plan), routes=())
    path = tmp_path / "map.png"
    path.write_bytes(build_picture(empty, {}))
    assert matplotlib.image.imread(path).shape[0] == HEIGHT_IN * DOTS_PER_IN


def test_streets_and_straight_lines_are_drawn_differently(facts: RunFacts) -> None:
    route = facts.run.plan.routes[2]
    start, end = (facts.places[s.place_id] for s in route.stops)
    line = np.array([[p.easting_m, p.northing_m] for p in (start, end)], dtype=np.float64)
    shapes = {(start.place_id, end.place_id, route.session.period): line}
    assert build_picture(facts, shapes) != build_picture(facts, {})


def test_far_places_get_a_small_map_of_their_own(facts: RunFacts) -> None:
    first = facts.routes[0]
    # A hundred stops close together, and one site 90 km away.
    many = replace(facts, routes=tuple(facts.routes) * 25)
    far = replace(facts.places["pl-school"], easting_m=500_000, northing_m=250_000)
    whole, core = _find_boxes(many, list(many.routes))
    assert whole == core
    stretched = replace(many, places=facts.places | {"pl-far": far})
    stop = replace(first.route.stops[-1], place_id="pl-far")
    lonely = replace(first, route=replace(first.route, stops=(*first.route.stops[:-1], stop)))
    whole, core = _find_boxes(stretched, [*many.routes, lonely])
    assert whole[0] == 500_000.0
    assert core[0] > 580_000.0
    assert build_picture(
        replace(stretched, routes=(*many.routes, lonely)), {}
    ) != build_picture(many, {})
