"""Networks of OS Open Roads: classes, gaps as flags, corrections."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from data.networks import WayOverride
from data.places import Period, Place
from data.sources.os_open_roads import number_of
from routing.engines import build_engine
from routing.network import build_network, read_network, write_network
from routing.open_roads import OPEN_ROADS_FLAGS, find_road_class
from routing.walking import measure_walks
from tests.data.open_roads_files import LINKS, ORIGIN, write_open_roads
from tests.routing.roads import flat_speeds

SPEEDS = flat_speeds("primary", "trunk", "residential", "secondary", "unclassified")


@pytest.mark.parametrize(
    ("function", "form", "is_trunk", "expected"),
    [
        ("Motorway", "Dual Carriageway", False, "motorway"),
        ("Motorway", "Slip Road", False, "motorway_link"),
        ("A Road", "Single Carriageway", False, "primary"),
        ("A Road", "Collapsed Dual Carriageway", True, "trunk"),
        ("A Road", "Slip Road", True, "trunk_link"),
        ("B Road", "Roundabout", False, "secondary"),
        ("Minor Road", "Single Carriageway", False, "tertiary"),
        ("Local Road", "Single Carriageway", False, "residential"),
        ("Local Access Road", "Single Carriageway", False, "residential"),
        ("Restricted Local Access Road", "Single Carriageway", False, "restricted"),
        ("Secondary Access Road", "Single Carriageway", False, "service"),
        ("Something new", "Single Carriageway", False, "unclassified"),
        ("Local Road", "Guided Busway", False, None),
    ],
)
def test_road_functions_map_to_classes(
    function: str, form: str, is_trunk: bool, expected: str | None
) -> None:
    assert find_road_class(function, form, is_trunk=is_trunk) == expected


def test_gaps_of_the_source_travel_as_flags(tmp_path: Path) -> None:
    network = build_network(write_open_roads(tmp_path / "a.gpkg"))
    assert network.flags == OPEN_ROADS_FLAGS
    assert "not_for_eligibility" in network.flags
    assert any("one-way" in note for note in network.notes)
    assert network.attribution == ("Contains OS data (c) Crown copyright and database right.",)


def test_times_follow_the_links_and_busways_are_not_driven(tmp_path: Path) -> None:
    network = build_network(write_open_roads(tmp_path / "a.gpkg"), speeds=SPEEDS)
    node = {int(n): i for i, n in enumerate(network.node_ids)}
    engine = build_engine(network)
    period = Period.FREE_FLOW
    # 1 000 m straight on, a decisecond to the metre (the grid is 0.01 % short here).
    straight = engine.find_path(node[number_of("n1")], node[number_of("n3")], period)
    # n2 to n4 by the busway is 400 m; driven it is 500 m and back by a lane of 640 m.
    around = engine.find_path(node[number_of("n2")], node[number_of("n4")], period)
    assert straight is not None
    assert around is not None
    assert straight.time_ds == pytest.approx(1_000, abs=1)
    assert around.time_ds == pytest.approx(1_140, abs=2)


def test_corrections_name_links_by_their_own_identifier(tmp_path: Path) -> None:
    path = write_open_roads(tmp_path / "a.gpkg")
    overrides = [
        WayOverride(way_id="L-main-2", is_closed=True),
        WayOverride(way_id="L-lane-1", m_per_h=3_600),
        WayOverride(way_id="L-none"),
    ]
    network = build_network(path, overrides, speeds=SPEEDS)
    assert number_of("L-main-2") not in network.arc_way_id
    lane = network.arc_way_id == number_of("L-lane-1")
    assert network.arc_ds[Period.INTER_PEAK][lane] == pytest.approx(6_403, abs=3)
    assert any("not in the file: L-none" in note for note in network.notes)
    assert any("Applied 2 corrections" in note for note in network.notes)


def test_unavailable_walk_is_left_out_and_kept_when_stored(tmp_path: Path) -> None:
    path = write_open_roads(tmp_path / "a.gpkg")
    places = [
        Place(
            place_id=name,
            easting_m=round(ORIGIN[0] + east),
            northing_m=round(ORIGIN[1]),
            lon=0.7,
            lat=51.5,
        )
        for name, east in (("p", 100), ("q", 900))
    ]
    free = build_network(path, speeds=SPEEDS)
    shut = build_network(
        path, [WayOverride(way_id="L-main-2", is_walk_unavailable=True)], speeds=SPEEDS
    )
    assert free.walk is None
    assert shut.fingerprint != free.fingerprint
    write_network(shut, tmp_path / "shut.npz")
    # 800 m along the main road; without its second half q is nearest to the first half's end,
    # 400 m away in a straight line.
    assert measure_walks(free, places, [("p", "q")]) / 1000 == pytest.approx([800], abs=1)
    for network in (shut, read_network(tmp_path / "shut.npz")):
        walked = measure_walks(network, places, [("p", "q")]) / 1000
        assert walked[0] > 1_000


def test_file_with_nothing_to_drive_is_refused(tmp_path: Path) -> None:
    path = write_open_roads(tmp_path / "a.gpkg", links=LINKS[4:])
    with pytest.raises(InputError) as caught:
        build_network(path)
    assert caught.value.problems[0].code == "N006"
