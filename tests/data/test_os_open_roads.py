"""Reading OS Open Roads."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from data.sources.os_open_roads import number_of, read_open_roads
from tests.data.open_roads_files import LINKS, ORIGIN, write_open_roads


def code_of(error: InputError) -> str:
    """Give the code of the one problem raised."""
    assert len(error.problems) == 1
    assert error.problems[0].suggestion
    return error.problems[0].code


def test_links_are_read_as_published(tmp_path: Path) -> None:
    links = read_open_roads(write_open_roads(tmp_path / "oproad_gb.gpkg"))
    assert links.link_ids == tuple(link[0] for link in LINKS)
    assert links.start_nodes == ("n1", "n2", "n1", "n4", "n2")
    assert links.end_nodes == ("n2", "n3", "n4", "n3", "n4")
    assert links.functions[:2] == ("A Road", "A Road")
    assert links.forms[1] == "Roundabout"
    assert links.is_trunk == (False, True, False, False, False)
    assert links.shapes[0].tolist() == [list(ORIGIN), [ORIGIN[0] + 500, ORIGIN[1]]]
    assert links.n_unreadable == 0
    assert links.name == "oproad_gb"


def test_box_reads_a_part_of_a_national_file(tmp_path: Path) -> None:
    path = write_open_roads(tmp_path / "a.gpkg")
    box = (ORIGIN[0] + 800, ORIGIN[1] - 10, ORIGIN[0] + 1_100, ORIGIN[1] + 10)
    assert read_open_roads(path, bounds=box).link_ids == ("L-main-2", "L-lane-2")


def test_layer_name_is_found_without_case_and_underscores(tmp_path: Path) -> None:
    path = write_open_roads(tmp_path / "a.gpkg", layer="RoadLink")
    assert len(read_open_roads(path).link_ids) == 5


def test_files_that_cannot_be_used_say_why(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(b"not a geopackage")
    empty_box = (0.0, 0.0, 10.0, 10.0)
    whole = write_open_roads(tmp_path / "whole.gpkg")
    cases = [
        (tmp_path / "absent.gpkg", None, "N001"),
        (broken, None, "N003"),
        (write_open_roads(tmp_path / "layer.gpkg", layer="streets"), None, "N004"),
        (write_open_roads(tmp_path / "column.gpkg", without=["form_of_way"]), None, "N005"),
        (write_open_roads(tmp_path / "crs.gpkg", crs="EPSG:4326"), None, "N009"),
        (whole, empty_box, "N006"),
    ]
    for path, bounds, code in cases:
        with pytest.raises(InputError) as caught:
            read_open_roads(path, bounds=bounds)
        assert code_of(caught.value) == code


def test_missing_columns_are_all_named(tmp_path: Path) -> None:
    path = write_open_roads(tmp_path / "a.gpkg", without=["start_node", "trunk_road"])
    with pytest.raises(InputError) as caught:
        read_open_roads(path)
    assert caught.value.problems[0].value == "start_node, trunk_road"


def test_links_without_nodes_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_open_roads(path)
    import geopandas as gpd

    frame = gpd.read_file(path, layer="road_link")
    frame.loc[0, "start_node"] = None
    frame.to_file(path, layer="road_link", driver="GPKG")
    links = read_open_roads(path)
    assert links.n_unreadable == 1
    assert "L-main-1" not in links.link_ids


def test_numbers_of_identifiers_never_change() -> None:
    # Planners' corrections and stored networks hold them.
    assert number_of("L-main-1") == number_of("L-main-1")
    assert number_of("") == 0xE3B0C44298FC1C14 >> 1
    assert 0 <= number_of("4A8C9B5E-2D2C-4B51-9A58-9D1B1C3E7F6A") < 1 << 63
