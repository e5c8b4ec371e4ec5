"""The store on a PostgreSQL server: its address, a connection's settings, what errors mean.

Passwords never stand in an address: libpq takes them from a password file that its owner alone
may read (``passfile=`` in the address, PGPASSFILE or ``~/.pgpass``).
"""

from __future__ import annotations

import ipaddress
import os
from enum import Enum

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from data.errors import StoreError

LOCK_TIMEOUT_MS = 5_000
"""Patience for another writer, as with the embedded store. [ms]"""
IDLE_TIMEOUT_MS = 60_000
"""A program that sleeps inside a transaction is cut off, so that it keeps nobody out. [ms]"""
CONNECT_TIMEOUT_S = 10
POOL_SIZE, POOL_OVERFLOW = 5, 25
KEPT_MARKS = 100
"""How many of the last writes can be told from ones that never happened."""

MARKS_PLACE = ""
"""Place under which the marks of the last writes stand; no place has this name."""

MIGRATION_LOCK = 0x77617966
"""Number of the advisory lock under which tables are made ("wayf")."""

_DRIVERS = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_BYTE_ORDER = frozenset({"C", "POSIX", "C.UTF-8", "C.utf8", "ucs_basic"})


class Fault(Enum):
    """What a database error asks of the caller."""

    LOST = "lost"
    """The connection is gone: what was not committed did not happen."""
    CONFLICT = "conflict"
    """The server ended the transaction in favour of another one."""
    BUSY = "busy"
    """Another writer held the store for too long."""
    FINAL = "final"


def is_server_address(place: object) -> bool:
    """Whether a store's place is an address of a server and not a path."""
    text = str(place)
    return "://" in text and not text.startswith("sqlite:///")


def read_address(text: str) -> sa.URL:
    """Read the address of a server, such as ``postgresql://wayfare@db.example/southend``.

    Raises
    ------
    StoreError
        If it is none, names another kind of server, or holds a password.
    """
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        # The text itself is not repeated: a password may stand in it.
        raise StoreError(
            "The store's address cannot be read. It looks like "
            "postgresql://wayfare@db.example/southend."
        ) from None
    if url.password is not None or "password" in url.query:
        raise StoreError(
            "The store's address holds a password, which others could read in a list of "
            "processes or a log. Take it out and put it into a password file that its owner "
            "alone may read: passfile=/etc/wayfare/pgpass at the address's end, or PGPASSFILE."
        )
    if url.drivername not in _DRIVERS:
        raise StoreError(
            f"A store on {url.drivername[:30]} is not known; give an address of PostgreSQL "
            "(postgresql://...) or no address for the embedded store."
        )
    if not url.database:
        raise StoreError("The store's address names no database: add /NAME at its end.")
    return url.set(drivername="postgresql+psycopg")


def write_address(text: str) -> str:
    """Write an address as people may see it: user, host, database, nothing else."""
    url = read_address(text)
    who = f"{url.username}@" if url.username else ""
    host = url.host or _first(url.query.get("host")) or "localhost"
    return f"{who}{host}{f':{url.port}' if url.port else ''}/{url.database}"


def build_server_engine(text: str) -> sa.Engine:
    """Build the engine of a store on a server.

    Raises
    ------
    StoreError
        If the address is none, or the driver is not installed.
    """
    url = read_address(text)
    try:
        engine = sa.create_engine(
            url,
            isolation_level="REPEATABLE READ",
            connect_args=_build_connect_args(url),
            pool_pre_ping=True,
            pool_size=POOL_SIZE,
            max_overflow=POOL_OVERFLOW,
            pool_timeout=CONNECT_TIMEOUT_S,
            hide_parameters=True,
        )
    except ModuleNotFoundError:
        raise StoreError(
            "A store on PostgreSQL needs the extra: pip install 'wayfare[postgres]'."
        ) from None
    sa.event.listen(engine, "connect", _apply_settings)
    return engine


def _build_connect_args(url: sa.URL) -> dict[str, object]:
    """Build what libpq is told beside the address; what the address says itself stays."""
    host = url.host or _first(url.query.get("host")) or os.environ.get("PGHOST", "")
    wanted: dict[str, object] = {
        "application_name": "wayfare",
        "client_encoding": "utf8",
        "connect_timeout": CONNECT_TIMEOUT_S,
        # A server that fell silent is found out within half a minute.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }
    if not _is_this_machine(host) and "PGSSLMODE" not in os.environ:
        # Needs of children cross a network: encrypted, and to the server that was meant.
        wanted["sslmode"] = "verify-full"
        if "PGSSLROOTCERT" not in os.environ:
            wanted["sslrootcert"] = "system"
    if "sslmode" in url.query:
        wanted.pop("sslrootcert", None)
    return {name: value for name, value in wanted.items() if name not in url.query}


def _is_this_machine(host: str) -> bool:
    """Whether a host is reached without a network: a socket's folder or a loopback address."""
    if not host or host.startswith(("/", "@")) or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _apply_settings(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Apply the settings of one new connection."""
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")
    cursor.execute(f"SET idle_in_transaction_session_timeout = {IDLE_TIMEOUT_MS}")
    # A server set to answer before its disk did would lose what was published.
    cursor.execute("SET synchronous_commit = on")
    cursor.close()
    connection.commit()


def check_server(connection: sa.Connection) -> None:
    """Check that a database keeps what it is given and sorts as the program expects.

    Raises
    ------
    StoreError
        If it is not in UTF-8, sorts by a language, or its server does not flush.
    """
    row = connection.execute(
        sa.text(
            "SELECT current_setting('server_encoding'), current_setting('fsync'), "
            "current_setting('full_page_writes'), datcollate FROM pg_database "
            "WHERE datname = current_database()"
        )
    ).one()
    encoding, fsync, whole_pages, collation = (str(value) for value in row)
    if encoding != "UTF8" or collation not in _BYTE_ORDER:
        raise StoreError(
            f"The database is in {encoding} and sorts by {collation}; the store needs UTF8 and "
            "C.UTF-8. Make one with: CREATE DATABASE southend OWNER wayfare TEMPLATE template0 "
            "ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'."
        )
    if "off" in (fsync, whole_pages):
        raise StoreError(
            "The database server is set not to flush (fsync or full_page_writes is off): it "
            "would lose plans when the power fails. Set both on."
        )


def lock_for_writing(connection: sa.Connection) -> None:
    """Take the one write lock of a store, as the first statement of a transaction.

    LOCK TABLE takes no snapshot, so what this transaction reads was committed before it got the
    lock; a function that locks would read first and wait then.
    """
    connection.exec_driver_sql("LOCK TABLE alembic_version IN SHARE ROW EXCLUSIVE MODE")


def lock_for_migration(connection: sa.Connection, *, has_tables: bool) -> None:
    """Take the lock under which tables are made, and keep every writer out."""
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
    if has_tables:
        lock_for_writing(connection)


def hold_name(connection: sa.Connection, name: str) -> bool:
    """Hold a name for as long as a connection lives; False if another one holds it."""
    return bool(
        connection.execute(
            sa.text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))"), {"name": name}
        ).scalar_one()
    )


def mark_write(connection: sa.Connection, mark: str) -> int:
    """Leave the mark of a write in the transaction that makes it; return its number.

    A commit whose answer was lost can so be told from one that never happened.

    Parameters
    ----------
    mark
        Sixteen characters that no other write has.
    """
    found = connection.execute(
        sa.text(
            "INSERT INTO pointers (place, name, target, version_no) "
            "VALUES ('', 'writes', :mark, 1) ON CONFLICT (place, name) DO UPDATE SET "
            "target = right(pointers.target || ' ' || excluded.target, :length), "
            "version_no = pointers.version_no + 1 RETURNING version_no"
        ),
        {"mark": mark, "length": 17 * KEPT_MARKS - 1},
    ).scalar_one()
    return int(found)


def find_mark(connection: sa.Connection, mark: str, number: int) -> bool | None:
    """Find whether a write happened; None if too many came after it to say.

    The caller holds the write lock, so that the lost transaction has ended either way.
    """
    row = connection.execute(
        sa.text("SELECT target, version_no FROM pointers WHERE place = '' AND name = 'writes'")
    ).one_or_none()
    if row is not None and mark in row.target.split():
        return True
    return False if row is None or row.version_no - number < KEPT_MARKS else None


def classify(error: sa.exc.DBAPIError) -> Fault:
    """Say what an error of the driver asks of the caller."""
    state = getattr(error.orig, "sqlstate", None)
    if state in ("40001", "40P01"):
        return Fault.CONFLICT
    if state == "55P03":
        return Fault.BUSY
    if state is not None:
        # 08: connection; 57P0x: shut down, crash, starting up; 25P03: slept too long;
        # 53300: no connection left.
        is_lost = state[:2] == "08" or state in ("57P01", "57P02", "57P03", "25P03", "53300")
        return Fault.LOST if is_lost else Fault.FINAL
    if not isinstance(error, sa.exc.OperationalError | sa.exc.InternalError):
        return Fault.FINAL
    text = str(error.orig)
    passing = (
        "starting up",
        "shutting down",
        "recovery",
        "accepting connections",
        "too many",
        "slots",
        "terminat",
    )
    if "FATAL" in text and not any(word in text for word in passing):
        return Fault.FINAL
    wrong = ("certificate", "SSL", "sslmode", "could not translate", "Name or service")
    return Fault.FINAL if any(word in text for word in wrong) else Fault.LOST


def describe(error: sa.exc.DBAPIError) -> str:
    """Describe an error of the driver without the value of any row."""
    state = getattr(error.orig, "sqlstate", None)
    diag = getattr(error.orig, "diag", None)
    # Classes 22 and 23 quote the value that did not fit.
    if state is not None and state[:2] in ("22", "23"):
        name = getattr(diag, "constraint_name", None) or getattr(diag, "column_name", None)
        kind = type(error.orig).__name__
        return f"{kind}{f' ({name})' if name else ''}, code {state}"
    if state is not None:
        return f"{getattr(diag, 'message_primary', None) or 'no message'} (code {state})"
    return " ".join(str(error.orig).split())[:300]


def _first(value: str | tuple[str, ...] | None) -> str:
    return "" if value is None else value if isinstance(value, str) else value[0]
