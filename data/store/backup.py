"""Backups of the embedded store: made by the engine's own method, checked, restored whole.

A backup is one file with its SHA-256 beside it. It is made while others read and write. A
restore puts the old store aside, never over it.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

from data.errors import StoreError

CHUNK_BYTES = 1 << 20
PAGES = 2_000
"""Pages copied at a time, so that a writer never waits long."""


def backup_store(store_path: Path, target: Path) -> str:
    """Back a store up while it is in use, and check the copy.

    Parameters
    ----------
    target
        File to write; it must not be there yet. Its hash goes to ``target.sha256``.

    Returns
    -------
    SHA-256 of the backup, 64 hex digits.

    Raises
    ------
    StoreError
        If the store is not there, the target is, or the copy does not check out.
    """
    if not store_path.is_file():
        raise StoreError(f"There is no store {store_path}.")
    if target.exists():
        raise StoreError(f"{target} is there already; a backup never writes over a file.")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            copy = Path(folder) / "copy.sqlite"
            os.close(os.open(copy, os.O_RDWR | os.O_CREAT, 0o600))
            with (
                closing(sqlite3.connect(f"file:{store_path}?mode=ro", uri=True)) as source,
                closing(sqlite3.connect(copy)) as made,
            ):
                source.backup(made, pages=PAGES, sleep=0.01)
                made.execute("PRAGMA journal_mode = DELETE")
            faults = check_file(copy)
            if faults:
                raise StoreError(f"The backup does not check out: {faults[0]}. It was dropped.")
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


def restore_store(source: Path, store_path: Path, *, now_utc: datetime) -> Path | None:
    """Put a backup in the place of a store; the store that was there is kept beside it.

    Returns
    -------
    Where the store that was there lies now, or None if there was none.

    Raises
    ------
    StoreError
        If a byte of the backup differs from what its hash says, or it does not check out.
    """
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
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=store_path.parent) as folder:
            copy = Path(folder) / "copy.sqlite"
            os.close(os.open(copy, os.O_RDWR | os.O_CREAT, 0o600))
            with source.open("rb") as read, copy.open("r+b") as write:
                while chunk := read.read(CHUNK_BYTES):
                    write.write(chunk)
            faults = check_file(copy)
            if faults:
                raise StoreError(f"{source} does not check out: {faults[0]}. Not restored.")
            _flush(copy)
            aside = None
            if store_path.exists():
                aside = store_path.with_name(f"{store_path.stem}-{now_utc:%Y%m%dT%H%M%SZ}.old")
                # Its log holds what is not in the file yet: they stay together.
                for suffix in ("", "-wal", "-shm"):
                    part = store_path.with_name(store_path.name + suffix)
                    if part.exists():
                        part.replace(aside.with_name(aside.name + suffix))
            copy.replace(store_path)
        _flush(store_path.parent)
    except OSError as error:
        raise StoreError(f"The backup could not be restored: {error.strerror}.") from None
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


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
