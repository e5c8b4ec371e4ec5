"""Backups of a store: made while it is in use, checked, restored whole.

A backup is one file with its SHA-256 beside it, an embedded store itself. Of an embedded store
it is made by the engine's own method, of one on a server by copying every row of one state. A
restore puts the old store aside, never over it; on a server it goes into an empty database.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from data.errors import StoreError
from data.store.engine import build_engine, upgrade_store
from data.store.moving import copy_store
from data.store.sealing import is_sealed, seal_file, unseal_file
from data.store.server import is_server_address
from data.store.transactions import our_errors

CHUNK_BYTES = 1 << 20
PAGES = 2_000
"""Pages copied at a time, so that a writer never waits long."""


def backup_store(place: str | Path, target: Path, *, key: bytes | None = None) -> str:
    """Back a store up while it is in use, and check the copy.

    Parameters
    ----------
    place
        Path of an embedded store, or address of a server.
    target
        File to write; it must not be there yet. Its hash goes to ``target.sha256``.
    key
        Seals the backup (`data.store.sealing`); None to write it open.

    Returns
    -------
    SHA-256 of the backup, 64 hex digits.

    Raises
    ------
    StoreError
        If the store is not there, the target is, or the copy does not check out.
    """
    is_server = is_server_address(place)
    if not is_server and not Path(place).is_file():
        raise StoreError(f"There is no store {place}.")
    if target.exists():
        raise StoreError(f"{target} is there already; a backup never writes over a file.")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            copy = Path(folder) / "copy.sqlite"
            os.close(os.open(copy, os.O_RDWR | os.O_CREAT, 0o600))
            if is_server:
                _copy_all(place, copy)
            else:
                with (
                    closing(sqlite3.connect(f"file:{place}?mode=ro", uri=True)) as source,
                    closing(sqlite3.connect(copy)) as made,
                ):
                    source.backup(made, pages=PAGES, sleep=0.01)
            with closing(sqlite3.connect(copy)) as made:
                made.execute("PRAGMA journal_mode = DELETE")
            faults = check_file(copy)
            if faults:
                raise StoreError(f"The backup does not check out: {faults[0]}. It was dropped.")
            if key is not None:
                copy = _seal(copy, key)
            digest = hash_file(copy)
            _flush(copy)
            copy.replace(target)
        note = target.with_name(f"{target.name}.sha256")
        note.write_text(f"{digest}  {target.name}\n", encoding="ascii")
        note.chmod(0o600)
        _flush(note)
        _flush(target.parent)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"The backup could not be made: {error}.") from None
    return digest


def restore_store(
    source: Path, place: str | Path, *, now_utc: datetime, key: bytes | None = None
) -> Path | None:
    """Put a backup in the place of a store; the store that was there is kept beside it.

    Parameters
    ----------
    place
        Path of an embedded store, or address of a server whose database is empty.
    key
        Of a backup that was sealed under one.

    Returns
    -------
    Where the store that was there lies now, or None if there was none.

    Raises
    ------
    StoreError
        If a byte of the backup differs from what its hash says, its key is missing or another
        one, it does not check out, or the database it would go into holds something.
    """
    is_server = is_server_address(place)
    # A copy of that size has to fit beside the store, or beside the backup where that is far.
    beside = source.parent if is_server else Path(place).parent
    note = source.with_name(f"{source.name}.sha256")
    try:
        expected = note.read_text("ascii").split()[0]
    except (OSError, UnicodeDecodeError, IndexError):
        raise StoreError(f"{note} is not there or cannot be read: not restored.") from None
    try:
        if hash_file(source) != expected:
            raise StoreError(
                f"{source} is not what was backed up: a byte differs. Not restored."
            )
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=beside) as folder:
            copy = Path(folder) / "copy.sqlite"
            os.close(os.open(copy, os.O_RDWR | os.O_CREAT, 0o600))
            with source.open("rb") as read, copy.open("r+b") as write:
                if is_sealed(source):
                    if key is None:
                        raise StoreError(f"{source} is sealed: give its key. Not restored.")
                    unseal_file(read, write, key)
                else:
                    shutil.copyfileobj(read, write, CHUNK_BYTES)
            faults = check_file(copy)
            if faults:
                raise StoreError(f"{source} does not check out: {faults[0]}. Not restored.")
            if is_server:
                _copy_all(copy, place)
                return None
            _flush(copy)
            aside = None
            store_path = Path(place)
            if store_path.exists():
                aside = _put_aside(store_path, now_utc)
            copy.replace(store_path)
        _flush(store_path.parent)
    except OSError as error:
        raise StoreError(f"The backup could not be restored: {error.strerror}.") from None
    return aside


def _copy_all(
    source: str | Path, target: str | Path, *, then: Callable[[], object] | None = None
) -> int:
    """Copy a store, each side brought to this program's version first."""
    old, new = build_engine(source), build_engine(target)
    try:
        with our_errors():
            upgrade_store(old)
            upgrade_store(new)
            return copy_store(old, new, then=then)
    finally:
        old.dispose()
        new.dispose()


def move_store(
    store_path: Path, address: str, *, now_utc: datetime, then: Callable[[], object]
) -> tuple[int, Path]:
    """Move an embedded store to an empty database of a server, reading back what was written.

    Parameters
    ----------
    then
        Called once the server holds everything: names the server in the place's settings.

    Returns
    -------
    The number of rows, and where the embedded store lies now; it stays whole.

    Raises
    ------
    StoreError
        If there is none, the database is not empty, or something reads back differently.
    """
    if not store_path.is_file():
        raise StoreError(f"There is no embedded store {store_path}.")
    n_rows = _copy_all(store_path, address, then=then)
    try:
        aside = _put_aside(store_path, now_utc)
        _flush(store_path.parent)
    except OSError as error:
        raise StoreError(
            f"The server holds everything and is in use from now on, but {store_path} could "
            f"not be put aside: {error.strerror}. Rename it."
        ) from None
    return n_rows, aside


def check_store(place: str | Path) -> list[str]:
    """Check a store as a database; empty if nothing is wrong."""
    if not is_server_address(place):
        return check_file(Path(place))
    try:
        engine = build_engine(place)
        try:
            with our_errors():
                upgrade_store(engine)
        finally:
            engine.dispose()
    except StoreError as error:
        return [str(error)]
    return []


def measure_store(place: str | Path) -> int:
    """Measure how much room a store takes. [bytes]

    Raises
    ------
    StoreError
        If it cannot be reached.
    """
    if not is_server_address(place):
        try:
            return Path(place).stat().st_size
        except OSError as error:
            raise StoreError(f"The store {place} cannot be read: {error.strerror}.") from None
    engine = build_engine(place)
    try:
        with our_errors(), engine.connect() as connection:
            query = sa.text("SELECT pg_database_size(current_database())")
            return int(connection.execute(query).scalar_one())
    finally:
        engine.dispose()


def _put_aside(store_path: Path, now_utc: datetime) -> Path:
    """Rename a store with its log, which holds what is not in the file yet."""
    aside = store_path.with_name(f"{store_path.stem}-{now_utc:%Y%m%dT%H%M%SZ}.old")
    for suffix in ("", "-wal", "-shm"):
        part = store_path.with_name(store_path.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    return aside


def check_file(path: Path) -> list[str]:
    """Check the file of a store as a database; empty if nothing is wrong."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            found = [text for (text,) in connection.execute("PRAGMA integrity_check(10)")]
            broken = connection.execute("PRAGMA foreign_key_check").fetchmany(10)
            known = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        return [str(error)]
    faults = [] if found == ["ok"] else found
    faults += [f"a row of {row[0]} refers to nothing" for row in broken]
    return faults if known else [*faults, "it is no store of wayfare"]


def hash_file(path: Path) -> str:
    """Hash a file: SHA-256, 64 hex digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _seal(copy: Path, key: bytes) -> Path:
    """Seal a copy beside it, and take the open one away."""
    sealed = copy.with_name("copy.sealed")
    os.close(os.open(sealed, os.O_RDWR | os.O_CREAT, 0o600))
    with copy.open("rb") as read, sealed.open("r+b") as write:
        seal_file(read, write, key)
    copy.unlink()
    return sealed


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
