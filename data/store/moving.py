"""Copy a whole store from one engine to another, and read it back: moves, backups, restores."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import sqlalchemy as sa

from data.errors import StoreError
from data.store import server
from data.store.engine import WRITES
from data.store.models import metadata, pointers

CHUNK_ROWS = 2_000


def copy_store(
    source: sa.Engine, target: sa.Engine, *, then: Callable[[], object] | None = None
) -> int:
    """Copy every row of a store into an empty one, in one transaction on each side.

    Both are at this program's version. What was written is read back and compared before it is
    kept.

    Parameters
    ----------
    then
        Called once the target holds everything, where the source is given up for it: nobody
        writes to the source before that has returned.

    Returns
    -------
    The number of rows.

    Raises
    ------
    StoreError
        If the target holds anything, or what it gives back differs; nothing is kept then.
    """
    with (
        source.connect().execution_options(**{WRITES: then is not None}) as old,
        target.connect().execution_options(**{WRITES: True}) as new,
        old.begin(),
    ):
        with new.begin():
            _require_empty(new)
            n_rows = _copy_rows(old, new)
            for table in metadata.sorted_tables:
                if hash_rows(old, table) != hash_rows(new, table):
                    raise StoreError(
                        f"The rows of {table.name} do not read back as they were; nothing was "
                        "kept."
                    )
        if then is not None:
            then()
    return n_rows


def hash_rows(connection: sa.Connection, table: sa.Table) -> tuple[int, str]:
    """Hash a table's rows in the order of their keys; equal on every engine.

    Returns
    -------
    The number of rows and their SHA-256, 64 hex digits.
    """
    digest, n_rows = hashlib.sha256(), 0
    rows = connection.execution_options(yield_per=CHUNK_ROWS).execute(_build_query(table))
    for row in rows:
        digest.update(repr(tuple(row)).encode() + b"\n")
        n_rows += 1
    return n_rows, digest.hexdigest()


def _require_empty(connection: sa.Connection) -> None:
    for table in metadata.sorted_tables:
        query = sa.select(sa.func.count()).select_from(table).where(_is_content(table))
        if connection.execute(query).scalar_one():
            raise StoreError(
                f"The store to copy to is not empty: it holds {table.name}. Take a new, empty "
                "database; nothing was copied."
            )


def _copy_rows(old: sa.Connection, new: sa.Connection) -> int:
    n_rows = 0
    for table in metadata.sorted_tables:
        rows = old.execution_options(yield_per=CHUNK_ROWS).execute(_build_query(table))
        for chunk in rows.mappings().partitions(CHUNK_ROWS):
            new.execute(sa.insert(table), [dict(row) for row in chunk])
            n_rows += len(chunk)
    if new.dialect.name == "postgresql":
        _go_on_counting(new)
    return n_rows


def _build_query(table: sa.Table) -> sa.Select[tuple[object, ...]]:
    return sa.select(table).where(_is_content(table)).order_by(*table.primary_key.columns)


def _is_content(table: sa.Table) -> sa.ColumnElement[bool]:
    """Leave out the marks by which a server's lost commits are found: they are its own."""
    if table is pointers:
        return table.c.place != server.MARKS_PLACE
    return sa.true()


def _go_on_counting(connection: sa.Connection) -> None:
    """Let a server's counters go on after the numbers that were copied."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            highest = connection.execute(sa.select(sa.func.max(column))).scalar()
            if highest is not None:
                connection.execute(
                    sa.select(
                        sa.func.setval(
                            sa.func.pg_get_serial_sequence(table.name, column.name), highest
                        )
                    )
                )
