"""A night on the grid town by command: approve, run, run again, change, look, kill."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from data.plans import PlanState
from data.store import Store
from tests.cli.conftest import Done, Town, run

ON = "2026-09-15"
CONFIG = """
place = "grid"
folder = "."
documents = false
[search]
steps = {steps}
seconds = {seconds}
[import]
changes = "changes.csv"
"""
HEADINGS = "kind,id,first_date,last_date,leaves_at\n"


def write_config(folder: Path, *, steps: int = 60, seconds: float = 600) -> Path:
    file = folder / "night.toml"
    file.write_text(CONFIG.format(steps=steps, seconds=seconds), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def nights(own_town: Town) -> list[Done]:
    """Every step of the first two nights, in order."""
    folder = own_town.folder
    config = write_config(folder)
    (folder / "changes.csv").write_text(
        HEADINGS + "passenger_absent,P0001,2026-09-01,,\n", encoding="utf-8"
    )
    at = ("--place", "grid")
    done = [
        run("approve", "latest", "--as", "nobody", *at, folder=folder),
        run("people", "add", "p.shah", "--name", "P", "--role", "planner", *at, folder=folder),
        run("nightly", "--config", config, "--date", ON),
        run("approve", "latest", "--as", "p.shah", *at, folder=folder),
        run("nightly", "--config", config, "--date", ON, "--json"),
        run("nightly", "--config", config, "--date", ON, "--json"),
        run("day", ON, *at, folder=folder),
    ]
    with Store.open(folder / "grid" / "wayfare.sqlite") as store:
        found = store.nights.find_publication("grid", date(2026, 9, 15))
        assert found is not None
        plan = store.nights.read_plan(found.plan_no)
    people = plan.duties[0].routes[0].passenger_ids
    (folder / "changes.csv").write_text(
        HEADINGS + f"passenger_absent,{people[0]},{ON},,\n", encoding="utf-8"
    )
    done.append(run("nightly", "--config", config, "--date", ON))
    done.append(run("day", ON, *at, "--json", folder=folder))
    done.append(Done(code=0, out=people[0], err=""))
    return done


def test_only_somebody_in_the_register_may_approve(nights: list[Done]) -> None:
    assert nights[0].code != 0
    assert "register" in nights[0].err
    assert nights[1].code == 0


def test_no_night_begins_from_a_plan_that_nobody_approved(nights: list[Done]) -> None:
    assert nights[2].code == 40
    assert "wayfare approve" in nights[2].err
    assert nights[3].code == 0, nights[3].err


def test_a_night_publishes_once(nights: list[Done]) -> None:
    assert nights[4].code == 0, nights[4].err
    record = json.loads(nights[4].out)
    assert (record["state"], record["version"]) == ("optimised", 1)
    assert record["stages"] == {"intake": "done", "solve": "done"}
    assert nights[5].code == 20
    assert json.loads(nights[5].out)["version"] == 1


def test_what_runs_is_shown_without_names(nights: list[Done], own_town: Town) -> None:
    assert nights[6].code == 0
    assert "version 1 of 1, optimised" in nights[6].out
    assert "journeys carried" in nights[6].out


def test_a_late_absence_gives_a_second_version_that_says_why(nights: list[Done]) -> None:
    person = nights[9].out
    assert nights[7].code in (0, 10), nights[7].err
    assert "version 2" in nights[7].out
    assert f"{person} is away" in nights[7].out
    found = json.loads(nights[8].out)
    assert found["version_no"] == 2
    causes = {r["cause"] for r in found["explanation"]["reasons"]}
    assert "absence" in causes


def test_who_was_away_finds_their_own_seat_again(nights: list[Done], own_town: Town) -> None:
    with Store.open(own_town.folder / "grid" / "wayfare.sqlite") as store:
        second, first = store.nights.list_publications("grid", date(2026, 9, 15))
        person = nights[9].out
        dated = store.nights.read_plan(second.plan_no)
        standing = store.nights.read_plan(second.standing_no)
        known = store.nights.read_plan(first.standing_no)
    assert person not in {p for r in dated.routes for p in r.passenger_ids}
    seats = {
        (r.session, p): d.duty_id for d in known.duties for r in d.routes
        for p in r.passenger_ids
    }  # fmt: skip
    again = {
        (r.session, p): d.duty_id for d in standing.duties for r in d.routes
        for p in r.passenger_ids
    }  # fmt: skip
    mine = {k: v for k, v in seats.items() if k[1] == person}
    assert mine
    assert {k: again[k] for k in mine} == mine


def kill_nights(folder: Path, n_kills: int, seed: int, most_s: float) -> None:
    """Kill whole nights at random moments, then let one end: nothing lost, torn or double."""
    config = write_config(folder, seconds=0)
    (folder / "changes.csv").write_text(
        HEADINGS + "passenger_absent,P0002,2026-09-22,,\n", encoding="utf-8"
    )
    words = [
        *(sys.executable, "-c", "from cli import main; main()"),
        *("nightly", "--config", str(config), "--date", "2026-09-22"),
    ]
    chance = random.Random(seed)  # noqa: S311  moments, not secrets
    for _ in range(n_kills):
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.2, most_s))
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 10, 20), done.stderr
    counts = count_rows(folder)
    again = subprocess.run(words, capture_output=True, text=True, check=False)
    assert again.returncode == 20
    assert count_rows(folder) == counts
    with Store.open(folder / "grid" / "wayfare.sqlite") as store:
        (found,) = store.nights.list_publications("grid", date(2026, 9, 22))
        assert found.state in (PlanState.REPAIRED, PlanState.OPTIMISED)
        night = next(
            n for n in store.nights.list_nights("grid") if n.night_key == found.night_key
        )
        kept = store.nights.list_candidates(night.night_no)
        assert len({c.plan_no for c in kept}) == len(kept)
        runs = [r for r in store.list_runs("grid") if r.run_id == found.run_id]
        assert len(runs) == 1
    day = folder / "grid" / "published" / "2026-09-22"
    assert sorted(p.name for p in day.iterdir()) == ["current.json", f"v0001-{found.state}"]


def count_rows(folder: Path) -> dict[str, int]:
    import sqlite3

    connection = sqlite3.connect(folder / "grid" / "wayfare.sqlite")
    try:
        names = [
            n
            for (n,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return {
            n: connection.execute(f"SELECT count(*) FROM {n}").fetchone()[0]  # noqa: S608
            for n in names
        }
    finally:
        connection.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes")
def test_five_killed_nights_are_finished_by_the_sixth(
    nights: list[Done], own_town: Town
) -> None:
    kill_nights(own_town.folder, 5, seed=1, most_s=5.0)


@pytest.mark.faults
def test_thirty_killed_nights_are_finished_by_the_last(
    nights: list[Done], own_town: Town
) -> None:
    kill_nights(own_town.folder, 30, seed=2, most_s=10.0)


def test_the_log_leads_from_a_night_to_its_runs_and_back(
    nights: list[Done], own_town: Town
) -> None:
    folder, at = own_town.folder, ("--place", "grid")
    shown = run("log", ON, *at, "--json", "--last", 10_000, folder=folder)
    assert shown.code == 0, shown.err
    records = [json.loads(line) for line in shown.out.splitlines()]
    with Store.open(folder / "grid" / "wayfare.sqlite") as store:
        known = {n.night_key: n for n in store.nights.list_nights("grid")}
        second, first = store.nights.list_publications("grid", date(2026, 9, 15))
        held = {r.run_id for r in store.list_runs("grid")}
    for found in (first, second):
        mine = [r for r in records if r.get("night") == found.night_key]
        assert known[found.night_key].service_date.isoformat() == ON
        # One task from the first question to the last file, over all processes of the night.
        (task,) = {r["task"] for r in mine if r["event"] == "plan.published"}
        whole = [r for r in records if r["task"] == task]
        events = [r["event"] for r in whole]
        assert events[0] == "night.begun"
        assert events[-1] == "night.ended"
        assert {"changes.taken_in", "plan.kept", "files.written"} <= set(events)
        assert {r["writer"] for r in whole} == {"supervisor", "stage"}
        (published,) = [r for r in whole if r["event"] == "plan.published"]
        assert (published["run"], published["state"]) == (found.run_id, found.state)
        assert {r["run"] for r in whole if r["event"] == "plan.kept"} <= held
        assert all(r.get("date") == ON for r in whole)
    # The night that found no approved plan says so too, and what it ended with.
    failed = [r for r in records if r["event"] == "night.failed"]
    assert [(r["error"], r["exit_code"]) for r in failed] == [("StoreError", 40)]
    back = run("log", second.run_id, *at, folder=folder)
    assert f"run={second.run_id}" in back.out
    assert "night.ended" in back.out
    assert "plan.published" in back.out
    # No record left anything out: all that the code says is registered.
    assert not [r for r in records if "withheld" in r or r["event"] == "unlisted"]


def test_every_command_of_a_place_leaves_its_name_and_its_end(
    nights: list[Done], own_town: Town
) -> None:
    folder = own_town.folder
    assert run("judge", "--run", "nothing", "--place", "grid", folder=folder).code == 40
    shown = run("log", "--place", "grid", "--json", folder=folder)
    ended = [
        r for r in map(json.loads, shown.out.splitlines()) if r["event"] == "command.ended"
    ]
    assert (ended[-1]["command"], ended[-1]["exit_code"]) == ("wayfare judge", 40)
    assert ended[-1]["error"] == "StoreError"
    assert ("wayfare people add", 0) in {(r["command"], r["exit_code"]) for r in ended}
    # A slip of the pen in a place's name leaves no folder behind.
    assert run("log", "--place", "nowhere", folder=folder).code == 2
    assert not (folder / "nowhere").exists()
    assert run("log", "1999-01-01", "--place", "grid", folder=folder).code == 20


def test_health_says_whether_tomorrow_is_safe(nights: list[Done], own_town: Town) -> None:
    metrics = own_town.folder / "wayfare.prom"
    found = run(
        "health", "--place", "grid", "--metrics", metrics, folder=own_town.folder
    )  # fmt: skip
    assert "proposals wait" in found.out
    assert "seconds ago" in found.out or "minutes ago" in found.out
    assert "sound;" in found.out
    text = metrics.read_text("utf-8")
    assert 'wayfare_faults{place="grid"}' in text
    assert "P0" not in text


def test_a_backup_is_made_and_restored_by_command(nights: list[Done], own_town: Town) -> None:
    folder = own_town.folder
    target = folder / "backup.sqlite"
    assert run("store", "backup", "--place", "grid", target, folder=folder).code == 0
    done = run("store", "restore", "--place", "grid", target, folder=folder)
    assert done.code == 0, done.err
    assert "the store that was there" in done.out
