"""A backup is whole, checked and restored; one flipped byte is found (S4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from data.errors import StoreError
from data.people import Role
from data.store import Store
from data.store.backup import (
    backup_store,
    check_file,
    check_store,
    measure_store,
    move_store,
    restore_store,
)
from data.store.models import metadata
from data.store.server import is_server_address
from tests.nightly.nights import PLACE, build_candidate, build_publication, open_store
from tests.postgres import TEMPLATE
from tests.reports.hand_made import SERVICE_DATE, STAMP, build_inputs, build_run
from tests.store_places import EMPTY_STORE, Place, connect, query

NOW = datetime(2026, 9, 15, 3, 0, tzinfo=UTC)


def test_a_store_in_use_is_backed_up_and_comes_back_as_it_was(tmp_path: Path) -> None:
    path, target = tmp_path / "wayfare.sqlite", tmp_path / "backup.sqlite"
    with open_store(path) as store:
        run = build_run()
        store.save_run(run)
        digest = backup_store(path, target)
        changed = build_inputs()
        store.save_inputs(changed, created_utc=NOW, code_version="later")
        store.approve_run(PLACE, run.run_id)
    assert len(digest) == 64
    assert target.stat().st_mode & 0o777 == 0o600
    aside = restore_store(target, path, now_utc=NOW)
    assert aside is not None
    assert aside.is_file()
    with Store.open(path) as store:
        assert store.find_run(run.run_id) == run
        assert store.find_approved_run(PLACE) is None
    assert check_file(path) == []


def test_a_store_on_any_engine_is_backed_up_in_use_and_restored_into_any(
    make_place: Callable[[str], Place], tmp_path: Path
) -> None:
    place, target = make_place(EMPTY_STORE), tmp_path / "backup.sqlite"
    with open_store(place) as store:
        run = build_run()
        store.save_run(run)
        store.approve_run(PLACE, run.run_id)
        backup_store(place, target)
        store.save_inputs(
            replace(build_inputs(), title="later"), created_utc=NOW, code_version="later"
        )
    assert check_file(target) == check_store(place) == []
    assert target.stat().st_mode & 0o777 == 0o600
    assert measure_store(place) > 100_000
    for again in (make_place(TEMPLATE), tmp_path / "again" / "wayfare.sqlite"):
        if isinstance(again, Path):
            again.parent.mkdir(exist_ok=True)
        assert restore_store(target, again, now_utc=NOW) is None
        with Store.open(again) as store:
            assert store.find_run() == store.find_approved_run(PLACE) == run
            assert len(store.list_inputs()) == 1
            # Numbers go on after the highest that was copied.
            later = build_run(created_utc=STAMP.replace(hour=22))
            store.save_run(later)
            assert store.find_run(later.run_id) == later


def count_rows(place: Place, table: sa.Table) -> int:
    """Count a table's rows, leaving out a server's own marks."""
    counted = sa.select(sa.func.count()).select_from(table)
    if table.name == "pointers":
        counted = counted.where(table.c.place != "")
    return int(query(place, counted)[0][0])


def test_moving_takes_every_row_and_leaves_the_file_whole(
    make_place: Callable[[str], Place], tmp_path: Path
) -> None:
    path, place = tmp_path / "wayfare.sqlite", make_place(EMPTY_STORE)
    with open_store(path) as store:
        store.save_run(build_run())
        fence_no = store.nights.take_fence(PLACE, taken_utc=STAMP)
        candidate = build_candidate(store)
        published = store.nights.publish(
            build_publication(candidate, fence_no), candidate.plan_hash
        )
        store.add_person("a.hart", "Anna Hart", [Role.PLANNER], now_utc=STAMP)
    tables = {table: count_rows(path, table) for table in metadata.sorted_tables}
    named: list[str] = []

    def then() -> None:
        # Nobody can write to the old store between the copy and its being given up.
        with connect(path).connect() as other:
            other.exec_driver_sql("PRAGMA busy_timeout = 10")
            with pytest.raises(sa.exc.OperationalError, match="locked"):
                other.exec_driver_sql("DELETE FROM pointers")
        named.append("named")

    n_rows, aside = move_store(path, str(place), now_utc=NOW, then=then)
    assert named == ["named"]
    assert not path.exists()
    assert check_file(aside) == []
    for table, count in tables.items():
        assert count_rows(place, table) == count, table.name
    assert n_rows == sum(tables.values())
    with Store.open(place) as store:
        assert store.find_run() == build_run()
        assert store.nights.find_publication(PLACE, SERVICE_DATE) == published
        assert store.nights.take_fence(PLACE, taken_utc=STAMP) == fence_no + 1
        store.end_person("a.hart", [], now_utc=STAMP)
        store.add_person("a.hart", "Anna Hart", [Role.PLANNER], now_utc=STAMP)


def test_a_store_that_holds_something_is_never_copied_over(
    store_place: Place, tmp_path: Path
) -> None:
    path, target = tmp_path / "wayfare.sqlite", tmp_path / "backup.sqlite"
    open_store(path).close()
    with Store.open(store_place) as store:
        store.add_person("a.hart", "Anna Hart", [Role.PLANNER], now_utc=STAMP)
    with pytest.raises(StoreError, match=r"not empty.*people"):
        move_store(path, str(store_place), now_utc=NOW, then=lambda: pytest.fail("named"))
    assert path.is_file()
    if is_server_address(store_place):
        backup_store(path, target)
        with pytest.raises(StoreError, match="not empty"):
            restore_store(target, store_place, now_utc=NOW)
    with Store.open(store_place) as store:
        assert [p.person_id for p in store.list_people()] == ["a.hart"]
        assert store.list_inputs() == ()


def test_a_copy_that_reads_back_differently_is_not_kept(
    store_place: Place, tmp_path: Path
) -> None:
    path = tmp_path / "wayfare.sqlite"
    open_store(path).close()
    Store.open(store_place).close()
    if is_server_address(store_place):
        query(
            store_place,
            "CREATE FUNCTION spoil() RETURNS trigger AS "
            "'BEGIN NEW.title = lower(NEW.title); RETURN NEW; END' LANGUAGE plpgsql",
        )
        query(
            store_place,
            "CREATE TRIGGER spoil BEFORE INSERT ON snapshots FOR EACH ROW "
            "EXECUTE FUNCTION spoil()",
        )
    else:
        query(
            store_place,
            "CREATE TRIGGER spoil AFTER INSERT ON snapshots BEGIN "
            "UPDATE snapshots SET title = lower(title); END",
        )
    with pytest.raises(StoreError, match=r"snapshots do not read back"):
        move_store(path, str(store_place), now_utc=NOW, then=lambda: pytest.fail("named"))
    assert path.is_file()
    assert query(store_place, "SELECT count(*) FROM documents") == [(0,)]


@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 0.999])
def test_one_flipped_byte_is_found(tmp_path: Path, where: float) -> None:
    path, target = tmp_path / "wayfare.sqlite", tmp_path / "backup.sqlite"
    open_store(path).close()
    backup_store(path, target)
    content = bytearray(target.read_bytes())
    content[int(where * len(content))] ^= 1
    target.write_bytes(bytes(content))
    before = path.read_bytes()
    with pytest.raises(StoreError, match="a byte differs"):
        restore_store(target, path, now_utc=NOW)
    assert path.read_bytes() == before


def test_a_backup_never_writes_over_a_file_and_needs_its_hash(tmp_path: Path) -> None:
    path, target = tmp_path / "wayfare.sqlite", tmp_path / "backup.sqlite"
    open_store(path).close()
    backup_store(path, target)
    with pytest.raises(StoreError, match="there already"):
        backup_store(path, target)
    (tmp_path / "backup.sqlite.sha256").unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        restore_store(target, path, now_utc=NOW)
    with pytest.raises(StoreError, match="no store"):
        backup_store(tmp_path / "none.sqlite", tmp_path / "x.sqlite")


def test_a_file_that_is_no_store_is_not_restored(tmp_path: Path) -> None:
    import hashlib

    target = tmp_path / "backup.sqlite"
    target.write_bytes(b"no database at all")
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    (tmp_path / "backup.sqlite.sha256").write_text(f"{digest}  backup.sqlite\n")
    with pytest.raises(StoreError, match="does not check out"):
        restore_store(target, tmp_path / "wayfare.sqlite", now_utc=NOW)
    assert not (tmp_path / "wayfare.sqlite").exists()
