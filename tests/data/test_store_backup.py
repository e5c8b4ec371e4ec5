"""A backup is whole, checked and restored; one flipped byte is found (S4)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import StoreError
from data.store import Store
from data.store.backup import backup_store, check_file, restore_store
from tests.nightly.nights import PLACE, open_store
from tests.reports.hand_made import build_inputs, build_run

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
