"""The store keeps what it is given and gives back the same."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from data.errors import LockedError, StaleWriteError, StoreError
from data.inputs import Inputs, fingerprint
from data.money import CostLine
from data.people import Role
from data.plans import DayType, DeadRun, Duty, Plan, Route, SearchRecord, Stop, Unserved
from data.runs import RunRecord, build_run_id, build_year_parts
from data.store import Store
from data.store.engine import BUSY_TIMEOUT_MS, build_engine, read_file_system
from tests.reports.hand_made import STAMP, build_inputs, build_run, build_year_rows
from tests.store_places import Place, query

CODE = "0.1.0"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "southend" / "wayfare.sqlite"


@pytest.fixture
def store(store_place: Place) -> Iterator[Store]:
    with Store.open(store_place) as opened:
        yield opened


def save(store: Store, inputs: Inputs, *, hours: int = 0, expected: str | None = None) -> str:
    return store.save_inputs(
        inputs,
        created_utc=STAMP + timedelta(hours=hours),
        code_version=CODE,
        expected=expected,
    )


def change_passenger(inputs: Inputs, number: int, **changes: object) -> Inputs:
    changed = tuple(
        replace(p, **changes) if p.passenger_id == f"p{number}" else p
        for p in inputs.passengers
    )
    return replace(inputs, passengers=changed)


# Settings of the embedded store


def test_every_connection_has_the_safe_settings(path: Path) -> None:
    engine = build_engine(path)
    with engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    # 2 is FULL.
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": BUSY_TIMEOUT_MS,
    }


def test_store_files_are_for_their_owner_only(path: Path) -> None:
    old = os.umask(0)
    try:
        with Store.open(path) as store:
            save(store, build_inputs())
            files = sorted(path.parent.iterdir())
            bits = {stat.S_IMODE(file.stat().st_mode) for file in files}
    finally:
        os.umask(old)
    assert len(files) >= 2  # the store and its log
    assert bits == {0o600}


def test_a_store_opened_twice_keeps_its_locks_against_another_process(path: Path) -> None:
    # The system drops a process's locks on a file when it closes any handle of it. Opening the
    # store by hand beside a connection let another process fold the log away under it.
    other = "import sys; from data.store import Store; Store.open(sys.argv[1]).close()"
    with Store.open(path) as held:
        held.list_runs()
        Store.open(path).close()
        subprocess.run([sys.executable, "-c", other, str(path)], check=True, timeout=60)
        assert path.with_name(path.name + "-wal").exists()
        held.add_person("a.hart", "Anna Hart", [Role.PLANNER], now_utc=STAMP)
        subprocess.run([sys.executable, "-c", other, str(path)], check=True, timeout=60)
        assert [p.person_id for p in held.list_people()] == ["a.hart"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT COUNT(*) FROM people").fetchone() == (1,)


def test_a_network_file_system_is_refused(path: Path) -> None:
    for kind in ("nfs4", "cifs", "fuse.sshfs"):
        with pytest.raises(StoreError, match="network file system"):
            build_engine(path, file_system_of=lambda _path, kind=kind: kind)
    assert not path.exists()


def test_the_longest_mount_point_names_the_file_system(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        "/dev/vda / ext4 rw 0 0\n"
        "server:/share /mnt/our\\040share nfs4 rw 0 0\n"
        "tmpfs /mnt/our\\040share/local tmpfs rw 0 0\n"
    )
    assert read_file_system(Path("/mnt/our share/x.sqlite"), mounts) == "nfs4"
    assert read_file_system(Path("/mnt/our share/local/x.sqlite"), mounts) == "tmpfs"
    assert read_file_system(Path("/mnt/our"), mounts) == "ext4"
    assert read_file_system(Path("/mnt"), tmp_path / "absent") == ""


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store.open(tmp_path / "file" / "wayfare.sqlite")


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database, but long enough to look like one" * 50)
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not a store"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_locked_store_is_named_as_locked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.store.engine.BUSY_TIMEOUT_MS", 50)
    with Store.open(path) as store:
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedError):
            save(store, build_inputs())
        holder.execute("ROLLBACK")
        holder.close()
        save(store, build_inputs())
        assert len(store.list_inputs()) == 1


# Inputs


def test_inputs_read_back_equal(store: Store) -> None:
    inputs = build_inputs()
    inputs_hash = save(store, inputs)
    again = store.read_inputs(inputs_hash)
    assert again == inputs
    assert fingerprint(again) == inputs_hash == fingerprint(inputs)
    assert store.find_inputs_hash("handmade") == inputs_hash


def test_order_of_every_list_is_kept(store: Store) -> None:
    inputs = build_inputs()
    turned = replace(
        inputs,
        places=inputs.places[::-1],
        passengers=(inputs.passengers[3], *inputs.passengers[:3], *inputs.passengers[4:]),
        assumptions=(inputs.assumptions[0], inputs.assumptions[0]),
    )
    assert store.read_inputs(save(store, turned)) == turned
    assert store.read_inputs(save(store, inputs)) == inputs
    assert save(store, inputs) != save(store, turned)


def test_a_snapshot_costs_only_what_changed(store: Store, store_place: Place) -> None:
    inputs = build_inputs()
    first = save(store, inputs)
    documents = query(store_place, "SELECT count(*) FROM documents")[0][0]
    versions = query(store_place, "SELECT count(*) FROM record_versions")[0][0]
    changed = change_passenger(inputs, 4, boarding_s=90)
    second = save(store, changed, hours=1)
    assert query(store_place, "SELECT count(*) FROM documents") == [(documents + 1,)]
    assert query(store_place, "SELECT count(*) FROM record_versions") == [(versions + 1,)]
    assert store.read_inputs(first) == inputs
    assert store.read_inputs(second) == changed


def test_a_record_has_a_history(store: Store) -> None:
    inputs = build_inputs()
    save(store, inputs)
    save(store, change_passenger(inputs, 4, boarding_s=90), hours=1)
    save(store, replace(inputs, passengers=inputs.passengers[:3]), hours=2)
    versions = store.read_record_history("handmade", "passengers", "p4")
    assert [json.loads(v.document)["boarding_s"] for v in versions] == [60, 90]
    assert [(v.from_utc - STAMP, v.to_utc and v.to_utc - STAMP) for v in versions] == [
        (timedelta(0), timedelta(hours=1)),
        (timedelta(hours=1), timedelta(hours=2)),
    ]
    assert len(store.read_record_history("handmade", "passengers", "p1")) == 1
    assert store.read_record_history("elsewhere", "passengers", "p1") == ()


def test_going_back_to_earlier_inputs_is_possible(store: Store) -> None:
    inputs = build_inputs()
    first = save(store, inputs)
    second = save(store, change_passenger(inputs, 4, boarding_s=90))
    assert save(store, inputs) == first
    assert store.find_inputs_hash("handmade") == first
    third = save(store, change_passenger(inputs, 5, boarding_s=90))
    for inputs_hash in (first, second, third):
        assert fingerprint(store.read_inputs(inputs_hash)) == inputs_hash


def test_places_do_not_disturb_each_other(store: Store) -> None:
    here = build_inputs()
    there = replace(here, place="elsewhere", passengers=here.passengers[:2])
    hashes = (save(store, here), save(store, there))
    assert [store.read_inputs(h) for h in hashes] == [here, there]
    assert [s.place for s in store.list_inputs()] == ["elsewhere", "handmade"]
    assert [s.inputs_hash for s in store.list_inputs("handmade")] == [hashes[0]]


def test_a_second_writer_is_told(store: Store) -> None:
    inputs = build_inputs()
    first = save(store, inputs)
    mine, theirs = (change_passenger(inputs, 4, boarding_s=s) for s in (70, 80))
    save(store, theirs, expected=first)
    with pytest.raises(StaleWriteError, match="changed by someone else"):
        save(store, mine, expected=first)
    assert [s.inputs_hash for s in store.list_inputs()] == [fingerprint(theirs), first]
    with pytest.raises(StaleWriteError):
        save(store, replace(mine, place="nowhere"), expected=first)


def test_a_document_changed_from_outside_is_found(store: Store, store_place: Place) -> None:
    inputs_hash = save(store, build_inputs())
    query(
        store_place,
        "UPDATE documents SET body = replace(body, 'boarding_s\"\\:60', 'boarding_s\"\\:61') "
        "WHERE kind = 'passengers'",
    )
    with pytest.raises(StoreError, match="fingerprint"):
        store.read_inputs(inputs_hash)


def test_a_record_lost_from_outside_is_found(store: Store, store_place: Place) -> None:
    inputs_hash = save(store, build_inputs())
    query(store_place, "DELETE FROM record_versions WHERE record_id = 'p4'")
    with pytest.raises(StoreError, match="records"):
        store.read_inputs(inputs_hash)


def test_unknown_inputs_are_an_error(store: Store) -> None:
    with pytest.raises(StoreError, match="no inputs"):
        store.read_inputs("f" * 64)
    with pytest.raises(StoreError, match="no inputs"):
        store.find_inputs_hash("handmade")


# Plans and runs


def test_a_plan_reads_back_equal_from_its_rows(store: Store) -> None:
    plan = build_run().plan
    store.save_plan(plan)
    store.save_plan(plan)
    assert store.read_plan(plan.plan_id) == plan


def test_every_field_of_a_plan_is_stored(store: Store) -> None:
    # Each field set to something that is not its default, so that a lost one shows.
    plan = build_run().plan
    own = plan.duties[0]
    route = replace(own.routes[0], n_trained_assistants=1, assistant_ids=("a-1", "a-2"))
    plan = replace(
        plan,
        duties=(replace(own, routes=(route,)), *plan.duties[1:]),
        day_type=replace(plan.day_type, early_closings=(("school", 48_600),)),
    )
    store.save_plan(plan)
    assert store.read_plan(plan.plan_id) == plan
    # A new field of these types needs a column and a migration; then correct the count here.
    counted = {kind.__name__: len(fields(kind)) for kind in (
        Plan, DayType, SearchRecord, Duty, Route, Stop, DeadRun, Unserved, CostLine, RunRecord,
    )}  # fmt: skip
    assert counted == {
        "Plan": 16, "DayType": 5, "SearchRecord": 6, "Duty": 9, "Route": 7, "Stop": 8,
        "DeadRun": 6, "Unserved": 5, "CostLine": 12, "RunRecord": 27,
    }  # fmt: skip


def test_one_second_changed_in_the_store_reads_back_different(
    store: Store, store_place: Place
) -> None:
    plan = build_run().plan
    store.save_plan(plan)
    query(store_place, "UPDATE stops SET arrive_s = arrive_s + 1 WHERE place_id = 'pl-h2'")
    again = store.read_plan(plan.plan_id)
    assert again != plan
    assert again.duties[0].routes[0].stops[1].arrive_s == 8 * 3600 + 241
    assert fingerprint(again) != fingerprint(plan)


def test_a_run_reads_back_equal(store: Store) -> None:
    run = build_run()
    save(store, build_inputs())
    store.save_run(run)
    store.save_run(run)
    assert store.find_run(run.run_id) == run
    assert store.find_run("latest") == run
    assert store.find_run(run.run_id[:-3], place="handmade") == run
    assert len(store.list_runs()) == 1


def test_a_run_without_timetable_or_figures_reads_back_equal(store: Store) -> None:
    run = build_run()
    bare = replace(run, run_id="bare", timetable=None, measures=None, checks=(), lines=())
    full = replace(run, run_id="full", baseline=run.plan, baseline_lines=run.lines)
    save(store, build_inputs())
    store.save_run(bare)
    store.save_run(full)
    assert store.find_run("bare") == bare
    assert store.find_run("full") == full
    assert store.list_runs()[1].n_violations is None


def test_report_hash_is_kept_beside_the_plan(store: Store, store_place: Place) -> None:
    run = build_run()
    save(store, build_inputs())
    store.save_run(run)
    assert query(store_place, "SELECT plan_id, report_hash FROM check_reports") == [
        (run.plan.plan_id, run.checks[0].report_hash)
    ]
    query(
        store_place, "UPDATE check_reports SET document = replace(document, '\\:16', '\\:17')"
    )
    with pytest.raises(StoreError, match="check report"):
        store.find_run()


def test_the_history_lists_runs_the_newest_first(store: Store) -> None:
    inputs = build_inputs()
    save(store, inputs)
    runs = [build_run(inputs, STAMP + timedelta(days=d)) for d in (1, 0, 2)]
    for run in runs:
        store.save_run(run)
    listed = store.list_runs("handmade")
    assert [one.created_utc.day for one in listed] == [12, 11, 10]
    assert store.find_run("latest", "handmade") == runs[2]
    assert store.list_runs("elsewhere") == ()
    top = listed[0]
    assert (top.cost_pence, top.n_violations, top.seed, top.limit) == (12_345, 0, 1, "steps")
    assert top.inputs_hash == fingerprint(inputs)
    assert top.measures == runs[2].measures


def test_a_run_needs_its_inputs_in_the_store(store: Store, store_place: Place) -> None:
    with pytest.raises(StoreError, match="inputs"):
        store.save_run(build_run())
    assert query(store_place, "SELECT count(*) FROM plans") == [(0,)]


def test_another_run_under_the_same_id_is_refused(store: Store) -> None:
    run = build_run()
    save(store, build_inputs())
    store.save_run(run)
    with pytest.raises(StoreError, match="another run"):
        store.save_run(replace(run, seed=2))
    assert store.find_run(run.run_id) == run


def test_a_run_that_fails_half_way_leaves_nothing(
    store: Store, store_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = build_run()
    save(store, build_inputs())

    def fail(*_args: object) -> RunRecord:
        raise StoreError("planted")

    monkeypatch.setattr("data.store.run_rows.read_run_rows", fail)
    with pytest.raises(StoreError, match="planted"):
        store.save_run(run)
    left = query(
        store_place,
        "SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM plans), "
        "(SELECT count(*) FROM stops), (SELECT count(*) FROM cost_lines), "
        "(SELECT count(*) FROM check_reports)",
    )
    assert left == [(0, 0, 0, 0, 0)]


def test_names_of_runs_must_be_unmistakable(store: Store) -> None:
    inputs = build_inputs()
    save(store, inputs)
    with pytest.raises(StoreError, match="no run yet of handmade"):
        store.find_run("latest", "handmade")
    for seconds in (0, 1):
        store.save_run(build_run(inputs, STAMP + timedelta(seconds=seconds)))
    with pytest.raises(StoreError, match="2 runs begin"):
        store.find_run("handmade-")
    with pytest.raises(StoreError, match="no run x"):
        store.find_run("x")
    # A per cent sign is text, not "anything".
    with pytest.raises(StoreError, match="no run %"):
        store.find_run("%")


def test_run_ids_follow_content_and_stamp() -> None:
    run = build_run()
    assert build_run_id(run) == build_run_id(replace(run, run_id="other")) == run.run_id
    assert build_run_id(replace(run, seed=2)) != run.run_id
    assert build_run_id(replace(run, created_utc=STAMP + timedelta(1))) != run.run_id
    assert run.run_id.startswith("handmade-20260910T043000Z-")


def test_a_run_refuses_a_stamp_that_is_not_utc() -> None:
    for stamp in (datetime(2026, 9, 10), STAMP.astimezone().replace(tzinfo=None)):
        with pytest.raises(ValueError, match="UTC"):
            build_run(created_utc=stamp)
    assert build_run(created_utc=datetime(2026, 1, 1, tzinfo=UTC)).created_utc.year == 2026


def test_plan_of_a_run_is_found_though_the_id_was_used_again(store: Store) -> None:
    inputs = build_inputs()
    save(store, inputs)
    run = build_run(inputs)
    store.save_run(run)
    later = replace(run.plan, service_date=date(2026, 9, 17))
    store.save_plan(later)
    assert store.read_plan(later.plan_id) == later
    assert store.read_plan(later.plan_id, run.run_id) == run.plan
    with pytest.raises(StoreError, match="no plan"):
        store.read_plan("absent")


def test_parts_of_the_year_add_up_to_its_rows() -> None:
    rows = build_year_rows(build_run().plan)
    parts = build_year_parts(rows[::-1])
    assert parts == build_year_parts(rows)
    # abc and own cost the same on both dates, xyz does not: 4 parts for 6 rows.
    assert [(p.provider_id, p.n_dates, p.cost_pence) for p in parts] == [
        ("abc", 2, 1_394), ("own", 2, 9_243), ("xyz", 1, 1_708), ("xyz", 1, 1_718),
    ]  # fmt: skip
    assert sum(p.n_dates * p.cost_pence for p in parts) == 24_700
    assert sum(r.cost_pence for r in rows) == 24_700
    assert {(p.first_date.day, p.last_date.day) for p in parts[:2]} == {(16, 17)}
