"""The audit log in the store: an entry is kept in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import sqlalchemy as sa

from data.audit import AuditEntry, find_breaks, seal_entry
from data.store.access_models import audit_entries
from data.store.rows import read_stamp, read_texts, write_list, write_stamp
from data.store.transactions import Book, retried

_PENDING: ContextVar[list[AuditEntry] | None] = ContextVar("pending", default=None)


def append_pending(connection: sa.Connection) -> None:
    """Keep the entry that waits for the transaction it belongs to, if there is one.

    It waits on until `clear_pending`: a transaction that was ended is begun again.
    """
    pending = _PENDING.get()
    if pending:
        append_entry_row(connection, pending[-1])


def clear_pending() -> None:
    """Let the entry wait no more: the transaction it was kept in is committed."""
    pending = _PENDING.get()
    if pending:
        pending.pop()


def append_entry_row(connection: sa.Connection, entry: AuditEntry) -> AuditEntry:
    """Seal an entry to the last one and keep it; the transaction holds the write lock."""
    table = audit_entries
    last = connection.execute(
        sa.select(table).order_by(table.c.entry_no.desc()).limit(1)
    ).one_or_none()
    sealed = seal_entry(entry, None if last is None else _read_entry(last))
    connection.execute(
        sa.insert(table).values(
            entry_no=sealed.entry_no,
            place=sealed.place,
            at_utc=write_stamp(sealed.at_utc),
            person_id=sealed.person_id,
            roles=write_list(sealed.roles),
            address=sealed.address,
            action=sealed.action,
            kind=sealed.kind,
            record_id=sealed.record_id,
            before_hash=sealed.before_hash,
            after_hash=sealed.after_hash,
            reason=sealed.reason,
            previous_hash=sealed.previous_hash,
            entry_hash=sealed.entry_hash,
        )
    )
    return sealed


@retried
class AuditBook(Book):
    """What people did, in an open store; entries are added and read, never changed."""

    @contextmanager
    def recording(self, entry: AuditEntry) -> Iterator[None]:
        """Keep an entry in the first writing transaction within, or at the end if none wrote.

        If what is within fails, nothing is kept: neither the change nor the entry.
        """
        pending = [entry]
        token = _PENDING.set(pending)
        try:
            yield
        finally:
            _PENDING.reset(token)
        if pending:
            self.add_entry(pending.pop())

    def add_entry(self, entry: AuditEntry) -> AuditEntry:
        """Keep an entry by itself, e.g. before something masked is shown."""
        with self._writing() as connection:
            return append_entry_row(connection, entry)

    def list_entries(
        self,
        place: str | None = None,
        *,
        person_id: str = "",
        action: str = "",
        record_id: str = "",
        before_no: int | None = None,
        most: int = 100,
    ) -> tuple[AuditEntry, ...]:
        """List entries, the newest first.

        Parameters
        ----------
        action
            Only actions that begin so.
        before_no
            Only entries older than this one, to turn the page.
        """
        table = audit_entries
        query = sa.select(table).order_by(table.c.entry_no.desc()).limit(most)
        if place is not None:
            query = query.where(table.c.place == place)
        if person_id:
            query = query.where(table.c.person_id == person_id)
        if action:
            query = query.where(table.c.action.startswith(action, autoescape=True))
        if record_id:
            query = query.where(table.c.record_id == record_id)
        if before_no is not None:
            query = query.where(table.c.entry_no < before_no)
        with self._reading() as connection:
            return tuple(_read_entry(row) for row in connection.execute(query))

    def count_since(self, person_id: str, action: str, since_utc_text: str) -> int:
        """Count what somebody did since a stamp, as `write_stamp` writes it."""
        table = audit_entries
        query = (
            sa.select(sa.func.count())
            .select_from(table)
            .where(
                table.c.person_id == person_id,
                table.c.action == action,
                table.c.at_utc >= since_utc_text,
            )
        )
        with self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    def find_breaks(self) -> tuple[int, ...]:
        """Find the entries at which the chain is broken; none in a log that nobody touched."""
        query = sa.select(audit_entries).order_by(audit_entries.c.entry_no)
        with self._reading() as connection:
            return find_breaks(_read_entry(row) for row in connection.execute(query))


def _read_entry(row: sa.Row[tuple[object, ...]]) -> AuditEntry:
    return AuditEntry(
        entry_no=row.entry_no,
        place=row.place,
        at_utc=read_stamp(row.at_utc),
        person_id=row.person_id,
        roles=read_texts(row.roles),
        address=row.address,
        action=row.action,
        kind=row.kind,
        record_id=row.record_id,
        before_hash=row.before_hash,
        after_hash=row.after_hash,
        reason=row.reason,
        previous_hash=row.previous_hash,
        entry_hash=row.entry_hash,
    )
