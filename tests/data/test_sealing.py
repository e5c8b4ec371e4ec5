"""A backup sealed under a key shows nothing, and comes back with that key alone (S4)."""

from __future__ import annotations

import io
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.errors import StoreError
from data.store import Store
from data.store.backup import backup_store, restore_store
from data.store.sealing import (
    CHUNK_BYTES,
    is_sealed,
    make_key_file,
    read_key_file,
    seal_file,
    unseal_file,
)
from tests.nightly.nights import open_store
from tests.reports.hand_made import build_run

NOW = datetime(2026, 9, 15, 3, 0, tzinfo=UTC)


def test_a_sealed_backup_shows_nothing_and_comes_back_with_its_key_alone(
    tmp_path: Path,
) -> None:
    path, target = tmp_path / "wayfare.sqlite", tmp_path / "backup.sealed"
    make_key_file(tmp_path / "backup.key")
    make_key_file(tmp_path / "other.key")
    key = read_key_file(tmp_path / "backup.key")
    with open_store(path) as store:
        run = build_run()
        store.save_run(run)
        backup_store(path, target, key=key)
    assert is_sealed(target)
    assert b"Canaryname" in path.read_bytes()
    assert b"Canaryname" not in target.read_bytes()
    assert b"SQLite" not in target.read_bytes()
    with pytest.raises(StoreError, match="give its key"):
        restore_store(target, path, now_utc=NOW)
    with pytest.raises(StoreError, match="the key is another one"):
        restore_store(target, path, now_utc=NOW, key=read_key_file(tmp_path / "other.key"))
    restore_store(target, path, now_utc=NOW, key=key)
    with Store.open(path) as store:
        assert store.find_run(run.run_id) == run
    assert not list(tmp_path.glob(".backup-*")) + list(tmp_path.glob(".restore-*"))


@pytest.mark.parametrize(
    "n_bytes", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES]
)
def test_whatever_was_sealed_comes_back_and_nothing_else(n_bytes: int) -> None:
    chance = random.Random(n_bytes)  # noqa: S311
    plain, key = chance.randbytes(n_bytes), chance.randbytes(32)
    sealed = io.BytesIO()
    seal_file(io.BytesIO(plain), sealed, key)
    back = io.BytesIO()
    unseal_file(io.BytesIO(sealed.getvalue()), back, key)
    assert back.getvalue() == plain
    content = sealed.getvalue()
    size = CHUNK_BYTES + 16
    head, body = content[:49], content[49:]
    chunks = [body[n : n + size] for n in range(0, len(body), size)]
    spoilt = [
        content[:-1],  # cut off
        content + b"x",  # too long
        head + b"".join(chunks[:-1]),  # the last chunk left out
        head + b"".join(chunks[::-1]) if len(chunks) > 1 else b"",  # chunks in another order
    ]
    for _ in range(6):  # one flipped bit anywhere, also in the salt
        at = chance.randrange(len(content))
        bit = bytes([content[at] ^ (1 << chance.randrange(8))])
        spoilt.append(content[:at] + bit + content[at + 1 :])
    for bad in spoilt:
        if bad[:17] == content[:17]:  # what does not begin so is no sealed file at all
            with pytest.raises(StoreError, match="a byte differs"):
                unseal_file(io.BytesIO(bad), io.BytesIO(), key)


def test_a_key_is_its_owners_alone_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "backup.key"
    make_key_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(StoreError, match="cannot be made"):
        make_key_file(path)
    assert path.read_bytes() == before
    path.chmod(0o644)
    with pytest.raises(StoreError, match="can be read by others"):
        read_key_file(path)
    path.chmod(0o600)
    path.write_text("not a key")
    with pytest.raises(StoreError, match="holds no key"):
        read_key_file(path)
