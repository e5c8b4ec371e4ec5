"""Timetables and travel training from the shell, on the made-up town with buses of its own."""

from __future__ import annotations

import json
import tomllib
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from data.samples.geography import find_lonlat
from data.store import Store
from data.training import TrainingStudy
from tests.cli.conftest import Done
from tests.cli.conftest import run as run_command

WEST_M, SOUTH_M, BLOCK_M = 586_000, 184_000, 150


def write_town_buses(path: Path) -> Path:
    """Write a feed for the grid: buses along every fifth street, every ten minutes."""
    stops: dict[tuple[int, int], str] = {}
    trips = ["route_id,service_id,trip_id"]
    calls = ["trip_id,stop_id,stop_sequence,arrival_time,departure_time"]
    lines = ["route_id,route_short_name,route_type"]
    for street in range(0, 31, 5):
        for is_row in (True, False):
            way = [(k, street) if is_row else (street, k) for k in range(0, 31, 2)]
            for back in (False, True):
                line = f"{'row' if is_row else 'col'}{street}{'b' if back else 'a'}"
                lines.append(f"{line},{line},3")
                at = [stops.setdefault(corner, f"s{len(stops)}") for corner in way]
                for start_min in range(6 * 60, 19 * 60, 10):
                    trip = f"{line}-{start_min}"
                    trips.append(f"{line},daily,{trip}")
                    for n, stop in enumerate(reversed(at) if back else at):
                        clock = f"{(start_min + n) // 60:02d}:{(start_min + n) % 60:02d}:00"
                        calls.append(f"{trip},{stop},{n},{clock},{clock}")
    corners = list(stops)
    lon, lat = find_lonlat(
        np.array([WEST_M + BLOCK_M * x for x, _ in corners]),
        np.array([SOUTH_M + BLOCK_M * y for _, y in corners]),
    )
    rows = [
        f"{stops[c]},Corner {c[0]}-{c[1]},{y:.6f},{x:.6f}"
        for c, x, y in zip(corners, lon.tolist(), lat.tolist(), strict=True)
    ]
    days = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
    tables = {
        "stops.txt": ["stop_id,stop_name,stop_lat,stop_lon", *rows],
        "routes.txt": lines,
        "trips.txt": trips,
        "stop_times.txt": calls,
        "calendar.txt": [
            f"service_id,{days},start_date,end_date",
            "daily,1,1,1,1,1,0,0,20260901,20270831",
        ],
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in tables.items():
            archive.writestr(name, "\n".join(held) + "\n")
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("training")


def run(folder: Path, *words: object, code: int = 0) -> Done:
    done = run_command(*words, "--place", "grid", folder=folder)
    assert done.code == code, done.err
    return done


def test_without_a_timetable_nothing_is_guessed(folder: Path) -> None:
    assert "Z015" in run(folder, "training", "candidates", code=30).err


def test_a_bad_feed_is_refused_and_the_old_timetable_stays(folder: Path) -> None:
    feed = write_town_buses(folder / "buses.zip")
    done = run(folder, "timetable", "import", feed, "--attribution", "Made-up buses")
    assert "Made-up buses" in done.out
    before = (folder / "grid" / "timetable.npz").read_bytes()
    with zipfile.ZipFile(folder / "bad.zip", "w") as archive:
        archive.writestr("stops.txt", "stop_id\n1\n")
    bad = run(folder, "timetable", "import", folder / "bad.zip", code=30)
    # three files, the calendars and two columns are missing: told at once
    assert bad.err.count("Z002") == 4
    assert bad.err.count("Z003") == 2
    assert (folder / "grid" / "timetable.npz").read_bytes() == before
    run(folder, "timetable", "sample", code=2)


def test_candidates_are_proposals_and_say_so(folder: Path) -> None:
    done = run(folder, "training", "candidates")
    assert "not a decision" in done.out
    assert "grade C" in done.out
    found = json.loads(run(folder, "training", "candidates", "--json").out)
    assert found["passengers"] == 72
    assert 3 <= found["proposed"] < 72
    assert found["synthetic_timetable"] is False


def read_study(folder: Path) -> TrainingStudy:
    with Store.open(folder / "grid" / "wayfare.sqlite") as store:
        return store.find_result(TrainingStudy, "latest", place="grid")


def test_order_programme_and_scenarios_follow_each_other(folder: Path) -> None:
    words: Sequence[str] = (
        "training", "order", "--starts", "4", "--at", "2", "--draws", "2", "--learn", "1",
        "--exchanges", "1", "--searched", "1", "--lookahead", "2", "--steps", "60",
        "--scenarios", str(folder / "own"), "--scales", "2,4",
    )  # fmt: skip
    done = run(folder, *words)
    assert "Gain over dearest share of route cost first" in done.out
    assert "on the same 2 draws" in done.out
    assert "Searched in full from the same base, 1 of these days" in done.out
    study = read_study(folder)
    assert study.n_violations == 0
    assert [
        p.n_trained for p in study.find_order("marginal").points if p.all_pence is not None
    ] == [
        2,
        4,
    ]
    assert (folder / "grid" / "outputs" / "training.xlsx").stat().st_size > 5_000
    change = tomllib.loads((folder / "own" / "training-2.toml").read_text("utf-8"))["changes"][
        0
    ]
    assert tuple(change["order"]) == study.find_order("marginal").passenger_ids[:2]
    done = run(folder, "training", "programme", "--trainers", "1")
    assert "Net present value at 3.5 %" in done.out
    record = json.loads(run(folder, "training", "programme", "--rule", "dearest", "--json").out)
    assert record["study_id"] == study.study_id
    assert record["starts"] == 4


def test_wrong_words_are_wrong_options(folder: Path) -> None:
    run(folder, "training", "order", "--at", "two", code=2)
    run(folder, "training", "programme", "--rule", "cheapest", code=2)
