"""References that hold again at the end, although what they name changes its fingerprint."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from data.store import models


@contextmanager
def deferred_references(connection: sa.Connection) -> Iterator[None]:
    """Let rows name a snapshot's old fingerprint until the block ends; then all must hold.

    The embedded store defers everything until its transaction ends. A server's references are
    made so that nothing can be deferred: those to the fingerprints of snapshots are changed for
    the block, inside the transaction, and changed back.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        yield
        return
    references = _find_references()
    for table, name in references:
        connection.execute(
            sa.text(
                f"ALTER TABLE {table} ALTER CONSTRAINT {name} DEFERRABLE INITIALLY DEFERRED"
            )
        )
    yield
    connection.execute(sa.text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table, name in references:
        connection.execute(
            sa.text(f"ALTER TABLE {table} ALTER CONSTRAINT {name} NOT DEFERRABLE")
        )


def _find_references() -> list[tuple[str, str]]:
    """Find table and name of every reference to a snapshot's fingerprint."""
    wanted = models.snapshots.c.inputs_hash
    return [
        (table.name, f"fk_{table.name}_{key.parent.name}")
        for table in models.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda k: k.parent.name)
        if key.column is wanted
    ]
