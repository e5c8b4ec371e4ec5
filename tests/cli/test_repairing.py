"""Repairing a kept plan from the shell: what changed, what it costs, whom it disturbs."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.inputs import Inputs
from data.store import Store
from tests.cli.conftest import Town, run


@pytest.fixture
def folder(town: Town, tmp_path: Path) -> Path:
    """A copy of the town's folder, to change its inputs."""
    copy = tmp_path / "data"
    shutil.copytree(town.folder, copy)
    return copy


def change_inputs(folder: Path) -> tuple[Inputs, str]:
    """Make the inputs current without one carried passenger; give them and who left."""
    with Store.open(folder / "grid" / "wayfare.sqlite") as store:
        inputs = store.read_inputs(store.find_inputs_hash("grid"))
        plan = store.find_run("latest", "grid").plan
        person = min(
            p for r in plan.routes if len(r.passenger_ids) > 2 for p in r.passenger_ids
        )
        kept = tuple(d for d in inputs.demands if d.passenger_id != person)
        changed = replace(inputs, demands=kept)
        store.save_inputs(
            changed, created_utc=datetime(2026, 9, 1, tzinfo=UTC), code_version="test"
        )
    return changed, person


def test_plan_that_fits_its_inputs_needs_no_repair(town: Town) -> None:
    done = run("repair", "--place", "grid", folder=town.folder)
    assert (done.code, done.out) == (20, "")
    assert "nothing to repair" in done.err


def test_leaver_is_taken_off_and_the_repaired_run_is_kept_and_sound(folder: Path) -> None:
    _, person = change_inputs(folder)
    done = run("repair", "--place", "grid", "--json", folder=folder)
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert {c["passenger_id"] for c in found["changes"]} == {person}
    assert {c["kind"] for c in found["changes"]} == {"leaver"}
    assert 1 <= len(found["duties"]) <= 2
    assert (found["violations"], found["n_crew_changed"]) == (0, 0)
    gained = sum(d["after_pence"] - d["before_pence"] for d in found["duties"])
    assert found["cost_pence"] == found["before_pence"] + gained
    judged = run("judge", "--place", "grid", "--run", found["run_id"], folder=folder)
    assert judged.code == 0, judged.out
    # The run repaired is the latest now: it fits.
    assert run("repair", "--place", "grid", folder=folder).code == 20


def test_a_run_of_one_date_is_repaired_for_that_date(folder: Path) -> None:
    made = run(
        *("plan", "--place", "grid", "--only", "2026-10-27", "--steps", 60), folder=folder
    )
    assert made.code == 0, made.err
    change_inputs(folder)
    done = run("repair", "--place", "grid", "--json", folder=folder)
    assert done.code == 0, done.err
    judged = run("judge", "--place", "grid", folder=folder)
    assert judged.code == 0, judged.out


def test_repair_tells_changes_duties_and_people_in_words(folder: Path) -> None:
    change_inputs(folder)
    done = run("repair", "--place", "grid", "--max-shifted", "0", folder=folder)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].startswith("changes: ")
    assert "leaver" in lines[0]
    assert any(line.startswith("  duty D") and "fewer" in line for line in lines)
    assert any(line.startswith("others disturbed: ") for line in lines)
    assert "repaired from" in lines[-1]


def test_place_without_a_run_is_said_so(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert run("sample", "--place", "grid", folder=folder).code == 0
    done = run("repair", "--place", "grid", folder=folder)
    assert done.code == 40
    assert done.out == ""


def test_frontier_keeps_its_points_as_runs_that_save_more_by_disturbing_more(
    folder: Path,
) -> None:
    change_inputs(folder)
    words = ["repair", "--place", "grid", "--frontier", "--prices", "500,0", "--steps", "60"]
    done = run(*words, "--json", folder=folder)
    assert done.code == 0, done.err
    points = json.loads(done.out)["points"]
    assert points[0]["saved_pence"] == points[0]["disturbed"] == 0
    saved, disturbed = ([p[name] for p in points] for name in ("saved_pence", "disturbed"))
    assert saved == sorted(set(saved))
    assert disturbed == sorted(disturbed)
    assert {p["cost_pence"] + p["saved_pence"] for p in points} == {points[0]["cost_pence"]}
    with Store.open(folder / "grid" / "wayfare.sqlite") as store:
        for point in points:
            assert store.find_run(point["run_id"]).plan.cost_pence == point["cost_pence"]
    judged = run("judge", "--place", "grid", "--run", points[-1]["run_id"], folder=folder)
    assert judged.code == 0, judged.out


@pytest.mark.parametrize("prices", ["", "5,x", "-1", "0.5", "1e3"])
def test_frontier_refuses_what_is_no_price(town: Town, prices: str) -> None:
    words = ["repair", "--place", "grid", "--frontier", "--prices", prices]
    done = run(*words, folder=town.folder)
    assert done.code == 2
    assert "not a price in pounds" in done.err
