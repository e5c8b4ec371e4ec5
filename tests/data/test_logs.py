"""The log holds what is registered and nothing else, whole lines, for its owner only."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import log_files
from data.log_files import LogFolder, list_log_files
from data.logs import FIELDS, Event, find_records, find_task, keep_registered, open_log
from data.workspace import Workspace
from tests.canaries import find_canary
from tests.reports.hand_made import NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE

CANARIES = (f"{NAME_CANARY} A", NAME_CANARY, NEED_CANARY, PROTECTED_POSTCODE, "Passenger 0007")
GOOD: dict[str, Any] = {
    "place": Workspace(root=Path("."), place="grid"),
    "task": "0123456789abcdef",
    "writer": "stage",
    "run": "grid-20261122T184125Z-14b69d92",
    "job": "20261122T184125000123",
    "night": "a" * 64,
    "date": date(2026, 9, 16),
    "command": "wayfare scenario run",
    "step": "solve",
    "ended": "died 15",
    "state": "stale",
    "kind": "scenario",
    "plan_hash": "b" * 64,
    "report_hash": "c" * 64,
    "method": "GET",
    "route": "/plans/{ref}/routes/{route_id}",
    "reference": "89abcdef",
    "error": ValueError(NAME_CANARY),
    "codes": ("RIDE_LIMIT", "SEATS_WHEELCHAIR"),
    "seconds": 1.5,
}
"""A value of every field that is not a whole number."""


def at(folder: Path) -> Workspace:
    """Find the place of these tests in a folder."""
    return Workspace(root=folder, place="grid")


def read_lines(folder: Path) -> list[dict[str, Any]]:
    """Read all lines of a log; each has to be whole."""
    return [
        json.loads(line)
        for path in list_log_files(folder / "grid" / "logs")
        for line in path.read_text("utf-8").splitlines()
    ]


def test_every_field_takes_a_value_of_its_shape() -> None:
    for name in FIELDS:
        kept = keep_registered(
            None, "info", {"event": Event.PLAN_KEPT, name: GOOD.get(name, 7)}
        )
        assert name in kept, name
        assert "withheld" not in kept, name


@pytest.mark.parametrize("canary", CANARIES)
def test_no_field_takes_a_personal_value(canary: str) -> None:
    # In place of the value, within it, as its list, and as a field or event of its own.
    for name in FIELDS:
        for value in (canary, [canary], {canary: 1}, f"done {canary}", canary.lower().encode()):
            kept = keep_registered(None, "info", {"event": Event.PLAN_KEPT, name: value})
            assert name not in kept, (name, value)
            assert kept["withheld"] == 1
    kept = keep_registered(None, "info", {"event": canary, canary: canary, "name": canary})
    assert kept["event"] == Event.UNLISTED
    assert kept["withheld"] == 2
    assert not find_canary(json.dumps(kept))


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=12) | st.sampled_from(sorted(FIELDS)),
        st.text(max_size=20) | st.integers() | st.floats() | st.none() | st.lists(st.text()),
        max_size=8,
    ),
    st.text(max_size=20) | st.sampled_from(list(Event)),
)
def test_whatever_is_handed_over_a_record_has_registered_keys_alone(
    record: dict[str, Any], event: str
) -> None:
    allowed = {"at", "level", "event", "where", "withheld", *FIELDS}
    handed = {k: v for k, v in record.items() if k not in ("at", "level", "event")}
    kept = keep_registered(None, "info", {**handed, "event": event})
    assert set(kept) <= allowed
    assert kept["event"] in set(Event)
    n_given = sum(v is not None for v in handed.values())
    assert len(set(kept) & set(FIELDS)) + kept.get("withheld", 0) == n_given


def test_an_error_is_named_by_kind_and_place_never_by_its_words(tmp_path: Path) -> None:
    log = open_log(at(tmp_path), writer="command")
    try:
        date.fromisoformat(NAME_CANARY)
    except ValueError as error:
        log.error(Event.COMMAND_ENDED, error=error)
    try:
        LogFolder(tmp_path / "x", file_bytes=1).append(None)  # type: ignore[arg-type]
    except AttributeError as error:
        log.error(Event.COMMAND_ENDED, error=error)
    first, second = read_lines(tmp_path)
    assert first["error"] == "ValueError"
    assert NAME_CANARY not in json.dumps(first)
    assert second["where"][-1].startswith("data/log_files.py:")


def test_records_say_when_who_and_what_and_are_their_owners_alone(tmp_path: Path) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    log = open_log(at(tmp_path), writer="supervisor")
    log.bind(date=date(2026, 9, 16)).info(Event.NIGHT_BEGUN)
    (record,) = read_lines(tmp_path)
    assert before < datetime.fromisoformat(record.pop("at")) <= datetime.now(UTC)
    assert record == {
        "level": "info",
        "event": "night.begun",
        "writer": "supervisor",
        "place": "grid",
        "task": find_task(log),
        "date": "2026-09-16",
    }
    (path,) = list_log_files(tmp_path / "grid" / "logs")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_full_file_is_followed_by_the_next_and_old_ones_go(tmp_path: Path) -> None:
    folder = LogFolder(tmp_path, file_bytes=100, kept_bytes=350)
    old = f"wayfare-{datetime.now(UTC) - timedelta(days=100):%Y%m%d}-001.jsonl"
    (tmp_path / old).write_text("{}\n")
    (tmp_path / "wayfare-notes.jsonl").write_text("somebody's own\n")
    for _ in range(20):
        folder.append("x" * 49)
    names = [p.name for p in list_log_files(tmp_path)]
    assert old not in names
    assert (tmp_path / "wayfare-notes.jsonl").is_file()
    # Two lines of 50 bytes a file: twenty are ten files. When the tenth was begun, 350 bytes
    # of older ones were kept.
    assert [n[-9:-6] for n in names] == ["007", "008", "009", "010"]
    assert all(p.stat().st_size == 100 for p in list_log_files(tmp_path))


@pytest.mark.parametrize("target", ["file", "stderr", "both", "off", "nonsense"])
def test_the_environment_says_where_records_go(
    tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("WAYFARE_LOG", target)
    open_log(at(tmp_path), writer="command").info(Event.NIGHT_BEGUN)
    told = capsys.readouterr().err
    assert bool(read_lines(tmp_path)) == (target in ("file", "both", "nonsense"))
    assert bool(told) == (target in ("stderr", "both"))
    if told:
        assert json.loads(told)["event"] == "night.begun"


def test_a_log_that_cannot_be_written_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "grid").write_text("in the way")
    open_log(at(tmp_path), writer="command").info(Event.NIGHT_BEGUN)

    def fail(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log_files.os, "write", fail)
    open_log(at(tmp_path), writer="command").info(Event.NIGHT_BEGUN)
    assert read_lines(tmp_path) == []


def test_processes_that_write_at_once_tear_no_line(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom data import logs, workspace\n"
        "place = workspace.Workspace(root=Path(sys.argv[1]), place='grid')\n"
        "logs.FILE_BYTES = 20_000\n"
        "log = logs.open_log(place, writer='stage')\n"
        "for n in range(200): log.info(logs.Event.PLAN_KEPT, n_carried=n)"
    )
    root = str(Path(__file__).parents[2])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)],
            env={**os.environ, "PYTHONPATH": root},
        )
        for _ in range(3)
    ]
    assert [process.wait() for process in started] == [0, 0, 0]
    found = read_lines(tmp_path)
    by_task: dict[str, list[int]] = {}
    for record in found:
        by_task.setdefault(record["task"], []).append(record["n_carried"])
    assert [sorted(mine) for mine in by_task.values()] == [list(range(200))] * 3
    assert len(list_log_files(tmp_path / "grid" / "logs")) > 3


def test_from_a_run_a_night_or_a_date_to_all_records_of_its_tasks(tmp_path: Path) -> None:
    night, run, on = GOOD["night"], GOOD["run"], GOOD["date"]
    mine = open_log(at(tmp_path), writer="supervisor")
    mine.info(Event.NIGHT_BEGUN, date=on)
    # A stage joins by the variable that it was handed.
    stage = open_log(at(tmp_path), writer="stage", task=find_task(mine))
    stage.info(Event.PLAN_KEPT, run=run, night=night)
    mine.info(Event.NIGHT_ENDED, exit_code=0)
    other = open_log(at(tmp_path), writer="command")
    other.info(Event.COMMAND_BEGUN, command="wayfare health")
    with (tmp_path / "grid" / "logs" / "wayfare-20200101-001.jsonl").open("w") as file:
        file.write('{"at": "2020-01-01T00:00:00Z", "event": "night.beg')  # cut by a crash
    whole = ["night.begun", "plan.kept", "night.ended"]
    for found in (
        find_records(at(tmp_path), run=run),
        find_records(at(tmp_path), nights=(night,)),
        find_records(at(tmp_path), on=on),
        find_records(at(tmp_path), task=find_task(mine)),
    ):
        assert [record["event"] for record in found] == whole
    assert len(find_records(at(tmp_path))) == 4
    assert find_records(at(tmp_path), run="none") == ()


def test_the_reference_lists_every_event_and_field() -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "log.md"
    rows = [line.split("|")[1].strip() for line in page.read_text("utf-8").splitlines()
            if line.startswith("| ")]  # fmt: skip
    fixed = ["`event`", "field", "at, level", "where", "withheld"]
    assert sorted(rows) == sorted([*(e.value for e in Event), *FIELDS, *fixed])
