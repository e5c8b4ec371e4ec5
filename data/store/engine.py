"""Open a store: SQLite beside the data by default or a server, migrations at open."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from data.errors import StoreError
from data.store import server

NETWORK_FILE_SYSTEMS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "afpfs",
        "fuse.sshfs",
        "fuse.rclone",
    }
)
"""File systems on which SQLite's locks and shared memory are not safe (sqlite.org/wal.html)."""

BUSY_TIMEOUT_MS = 5_000
WRITES = "wayfare_writes"
"""Execution option of a connection whose transaction takes the write lock at its start."""

_MAKING = threading.Lock()
"""No thread connects to a store's file before the one that makes it has closed it."""

_MIGRATING = threading.Lock()
"""Alembic keeps its context in a module, so one upgrade at a time in a process."""


def read_file_system(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Read the type of the file system that holds `path`; '' where that cannot be known."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    found, found_length = "", -1
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        # The kernel writes blanks in mount points as octal escapes.
        mount = Path(fields[1].replace("\\040", " ").replace("\\011", "\t"))
        length = len(mount.parts)
        if path.is_relative_to(mount) and length >= found_length:
            found, found_length = fields[2], length
    return found


def build_engine(
    place: str | Path, *, file_system_of: Callable[[Path], str] = read_file_system
) -> sa.Engine:
    """Build the engine of a store with its settings applied on each connect.

    Parameters
    ----------
    place
        Path of an SQLite file, which is made owner-only if it is not there, or the address of
        a PostgreSQL server.
    file_system_of
        Finds the type of the file system that holds a path.

    Raises
    ------
    StoreError
        If the file lies on a network file system or cannot be made, or the address is none.
    """
    if server.is_server_address(place):
        engine = server.build_server_engine(str(place))
        sa.event.listen(engine, "begin", _begin_on_server)
        return engine
    path = Path(str(place).removeprefix("sqlite:///")).resolve()
    kind = file_system_of(path)
    if kind in NETWORK_FILE_SYSTEMS:
        raise StoreError(
            f"The store {path} lies on a network file system ({kind}), where the embedded "
            "store is not safe. Keep it on a local disk, or use PostgreSQL."
        )
    _make_owner_only(path)
    engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)))
    sa.event.listen(engine, "connect", _apply_settings)
    sa.event.listen(engine, "begin", _begin)
    return engine


def _make_owner_only(path: Path) -> None:
    """Make the store's file if it is not there, readable and writable by its owner only.

    A file that is there is never opened here: to close any handle of a file drops every lock
    that the process holds on it, those of SQLite's connections too, and another process then
    folds the log away under them (sqlite.org/howtocorrupt.html, section 2.2).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _MAKING:
            with suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            # Also the file of an earlier program: SQLite gives its log and index the same bits.
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"The store {path} cannot be opened: {error.strerror}.") from error


def _apply_settings(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Apply the settings of requirement S1 to one new connection."""
    # Python's driver would open transactions of its own and leave migrations half done.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: sa.Connection) -> None:
    """Begin a transaction; a writing one waits for the lock here and never half-way."""
    is_writing = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _begin_on_server(connection: sa.Connection) -> None:
    """Begin a transaction; a writing one waits for the lock before it reads anything."""
    if connection.get_execution_options().get(WRITES, False):
        server.lock_for_writing(connection)


def upgrade_store(engine: sa.Engine) -> None:
    """Bring the store's tables to this program's version, in one transaction.

    Raises
    ------
    StoreError
        If the store was made by a newer program, or holds tables that are not wayfare's.
    """
    script = ScriptDirectory.from_config(build_migration_config())
    is_server = engine.dialect.name == "postgresql"
    with engine.connect() as connection:
        if is_server:
            server.check_server(connection)
        if _is_current(connection, script):
            return
        has_tables = sa.inspect(connection).has_table("alembic_version")
    # On a server the lock's own statement must not decide what is seen after it.
    options = {"isolation_level": "READ COMMITTED"} if is_server else {WRITES: True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        if is_server:
            server.lock_for_migration(connection, has_tables=has_tables)
        # Asked again under the lock: another process may have upgraded meanwhile.
        if not _is_current(connection, script):
            config = build_migration_config()
            config.attributes["connection"] = connection
            with _MIGRATING:
                command.upgrade(config, "head")


def build_migration_config() -> Config:
    """Build alembic's configuration for the migrations that ship with the program."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _is_current(connection: sa.Connection, script: ScriptDirectory) -> bool:
    """Say whether the store is at this program's version; refuse what it cannot serve."""
    if not sa.inspect(connection).has_table("alembic_version"):
        if sa.inspect(connection).get_table_names():
            raise StoreError("It is a database, but not a store of wayfare.")
        return False
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in {r.revision for r in script.walk_revisions()}:
        raise StoreError(
            f"The store is at version {found}, which this program does not know: it was made "
            "by a newer wayfare. Use that one, or a store of your own."
        )
    return found == script.get_current_head()
