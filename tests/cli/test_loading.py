"""Bringing data in and out from the shell: workbooks, CSV, roads, postcodes, schools."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from data.inputs import Inputs, fingerprint
from data.workspace import read_inputs
from routing import read_network
from tests.cli.conftest import run
from tests.data.import_council import build_council, put, write_folder
from tests.data.open_roads_files import write_open_roads

OSM = """<?xml version="1.0"?>
<osm version="0.6">
 <node id="1" version="1" lat="51.540" lon="0.690"/>
 <node id="2" version="1" lat="51.540" lon="0.700"/>
 <node id="3" version="1" lat="51.545" lon="0.700"/>
 <way id="9" version="1"><nd ref="1"/><nd ref="2"/><nd ref="3"/>
  <tag k="highway" v="residential"/></way>
</osm>
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a small grid town and its exported workbook and CSV."""
    home = tmp_path_factory.mktemp("loading")
    made = run("sample", "--place", "grid", "--passengers", 20, folder=home)
    assert made.code == 0, made.err
    for name in ("grid.xlsx", "csv"):
        done = run("export", home / name, "--place", "grid", folder=home)
        assert (done.code, done.out) == (0, f"written: {home / name}\n")
    return home


@pytest.fixture(scope="module")
def faulty(home: Path) -> Path:
    """The workbook with a birth date that is none."""
    path = home / "faulty.xlsx"
    book = load_workbook(home / "grid.xlsx")
    sheet = book["passengers"]
    headings = [cell.value for cell in sheet[1]]
    sheet.cell(row=3, column=headings.index("birth_date") + 1).value = "31/02/2015"
    book.save(path)
    return path


def compare(first: Inputs, second: Inputs) -> bool:
    """Say whether two places have the same inputs but for the place's own name."""
    return fingerprint(replace(first, place="x")) == fingerprint(replace(second, place="x"))


@pytest.mark.parametrize("source", ["grid.xlsx", "csv"])
def test_what_is_exported_comes_back_the_same(source: str, home: Path, tmp_path: Path) -> None:
    done = run("import", home / source, "--place", "back", folder=tmp_path)
    assert done.code == 0, done.out
    assert "committed as import 1 of back." in done.out
    assert compare(read_inputs(home / "grid"), read_inputs(tmp_path / "back"))


def test_a_faulty_workbook_stores_nothing_and_marks_its_faults(
    faulty: Path, tmp_path: Path
) -> None:
    done = run("import", faulty, "--place", "faulty", folder=tmp_path)
    assert done.code == 30
    assert "row 3" in done.out
    assert "refused" in done.out
    (marked,) = (tmp_path / "faulty").glob("faults-*.xlsx")
    assert marked.stat().st_mode & 0o077 == 0
    assert "passengers" in load_workbook(marked).sheetnames
    assert not (tmp_path / "faulty" / "wayfare.sqlite").exists()


def test_accept_valid_keeps_the_rest(faulty: Path, home: Path, tmp_path: Path) -> None:
    done = run("import", faulty, "--place", "part", "--accept-valid", folder=tmp_path)
    assert done.code == 0, done.out
    whole = read_inputs(home / "grid").passengers
    assert len(read_inputs(tmp_path / "part").passengers) == len(whole) - 1


def test_a_dry_run_stores_nothing(home: Path, tmp_path: Path) -> None:
    done = run(*("import", home / "grid.xlsx", "--place", "dry", "--dry-run"), folder=tmp_path)
    assert (done.code, "nothing was stored" in done.out) == (0, True)
    assert not (tmp_path / "dry" / "wayfare.sqlite").exists()


def test_a_missing_file_leaves_no_folder(tmp_path: Path) -> None:
    done = run("import", tmp_path / "none.xlsx", "--place", "none", folder=tmp_path)
    assert (done.code, "F001" in done.out) == (30, True)
    assert not (tmp_path / "none").exists()


def test_a_proposed_mapping_imports(home: Path, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.toml"
    assert run("map", home / "grid.xlsx", "--out", mapping).code == 0
    done = run(
        *("import", home / "grid.xlsx", "--place", "mapped", "--mapping", mapping),
        folder=tmp_path,
    )
    assert done.code == 0, done.out
    assert compare(read_inputs(home / "grid"), read_inputs(tmp_path / "mapped"))


def test_the_empty_template_is_refused_for_having_no_data(tmp_path: Path) -> None:
    path = tmp_path / "council.xlsx"
    assert run("template", path).out == f"written: {path}\n"
    done = run("import", path, "--place", "empty", folder=tmp_path)
    assert (done.code, "S016" in done.out) == (30, True)


def test_a_place_without_roads_is_told_how_to_load_them(home: Path, tmp_path: Path) -> None:
    assert run("import", home / "csv", "--place", "new", folder=tmp_path).code == 0
    done = run("plan", "--place", "new", "--steps", 10, folder=tmp_path)
    assert done.code == 30
    assert "wayfare roads import FILE --place new" in done.err
    shutil.copy(home / "grid" / "network.npz", tmp_path / "roads.npz")
    words = ("roads", "import", tmp_path / "roads.npz", "--place", "new")
    assert run(*words, folder=tmp_path).code == 0
    planned = run("plan", "--place", "new", "--steps", 10, "--json", folder=tmp_path)
    assert planned.code == 0, planned.err


def test_openstreetmap_roads_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "town.osm").write_text(OSM)
    done = run(
        *("roads", "import", tmp_path / "town.osm", "--place", "town"),
        *("--bounds", "580000,180000,600000,200000"),
        folder=tmp_path,
    )
    assert done.code == 0, done.err
    assert "OpenStreetMap contributors" in done.out
    assert "read whole" in done.err
    assert read_network(tmp_path / "town" / "network.npz").name == "town"


def test_bounds_read_part_of_an_open_roads_file(tmp_path: Path) -> None:
    """Links lie about 588 000, 186 000; a box far away holds none of them."""
    path = write_open_roads(tmp_path / "roads.gpkg")
    words = ("roads", "import", path, "--place", "town", "--bounds")
    done = run(*words, "587000,185000,590000,188000", folder=tmp_path)
    assert done.code == 0, done.err
    assert "no_footpaths" in done.out
    before = (tmp_path / "town" / "network.npz").read_bytes()
    done = run(*words, "100000,100000,110000,110000", folder=tmp_path)
    assert done.code == 30, done.out
    assert (tmp_path / "town" / "network.npz").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "code"), [("none.osm.pbf", "N001"), ("roads.txt", "N002"), ("bad.osm.pbf", "N003")]
)
def test_a_bad_road_file_is_named_and_leaves_no_folder(
    name: str, code: str, tmp_path: Path
) -> None:
    if name != "none.osm.pbf":
        (tmp_path / name).write_text("junk")
    done = run("roads", "import", tmp_path / name, "--place", "town", folder=tmp_path)
    assert (done.code, code in done.err) == (30, True)
    assert not (tmp_path / "town").exists()


def test_postcodes_are_loaded_and_used_by_the_next_import(tmp_path: Path) -> None:
    (tmp_path / "ONSPD.csv").write_text(
        "pcds,doterm,east1m,north1m,gridind\n"
        "SS2 6ER,,587939,186364,1\nCM0 7AA,,595738,199744,1\n"
    )
    words = ("postcodes", "import", tmp_path / "ONSPD.csv", "--place", "town")
    done = run(*words, "--area", "SS", folder=tmp_path)
    assert done.code == 0, done.err
    assert "1 postcodes" in done.out
    done = run("postcodes", "import", tmp_path / "no.csv", "--place", "b", folder=tmp_path)
    assert done.code == 30
    assert "no.csv" in done.err


def test_the_register_of_schools_becomes_sites(tmp_path: Path) -> None:
    register = tmp_path / "register.csv"
    register.write_text(
        "URN,LA (code),EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),"
        "NumberOfPupils,Postcode,Easting,Northing\n"
        "100001,882,Elm Primary,Community school,Open,210,SS2 6ER,587939,186364\n"
        "100002,882,Old School,Community school,Closed,,SS2 6ER,587939,186364\n"
    )
    out = tmp_path / "sites.csv"
    done = run("schools", "import", register, "--la", "882", "--out", out)
    assert done.code == 0, done.err
    assert "2 rows read: 1 sites written" in done.out
    assert "Elm Primary" in out.read_text(encoding="utf-8-sig")


def test_rate_cards_that_cannot_price_are_refused_together(tmp_path: Path) -> None:
    # Two of its faults at once: a card that ends before it begins, and bands that overlap.
    rows = build_council()
    put("rate_cards", 4, from_m=8_000)(rows)
    for row in (2, 3, 4):
        put("rate_cards", row, valid_to=date(2026, 8, 31))(rows)
    source = write_folder(rows, tmp_path / "spoilt")
    done = run("import", source, "--place", "rates", folder=tmp_path)
    assert done.code == 30
    assert (
        "Card ends before it begins" in done.out or "valid_to is before valid_from" in done.out
    )
    assert "overlaps that of row" in done.out
    assert not (tmp_path / "rates" / "wayfare.sqlite").exists()
