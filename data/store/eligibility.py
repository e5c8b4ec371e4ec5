"""Rows of eligibility events: only ever added, each under the hash of its document."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from data.eligibility import CaseEvent, CaseHistory
from data.errors import StaleWriteError, StoreError
from data.inputs import fingerprint, read_document, write_document
from data.store import models
from data.store.rows import insert_all, write_stamp


def add_event_rows(connection: sa.Connection, events: Sequence[CaseEvent]) -> None:
    """Add events, each the next of its case.

    Raises
    ------
    StaleWriteError
        If a case has gone on since it was read.
    """
    table = models.eligibility_events
    next_number: dict[tuple[str, str], int] = {}
    for event in events:
        key = (event.place, event.case_id)
        if key not in next_number:
            held = connection.execute(
                sa.select(sa.func.max(table.c.number)).where(
                    table.c.place == event.place, table.c.case_id == event.case_id
                )
            ).scalar()
            next_number[key] = (held or 0) + 1
        if event.number != next_number[key]:
            raise StaleWriteError(
                f"Case {event.case_id} was changed by someone else. Look at it again."
            )
        next_number[key] += 1
    insert_all(
        connection,
        table,
        [
            {
                "place": e.place,
                "case_id": e.case_id,
                "number": e.number,
                "kind": str(e.kind),
                "person_id": e.person_id or None,
                "created_utc": write_stamp(e.created_utc),
                "fingerprint": fingerprint(e),
                "body": write_document(e).decode(),
            }
            for e in events
        ],
    )


def read_case_rows(
    connection: sa.Connection, place: str, case_id: str | None = None
) -> tuple[CaseHistory, ...]:
    """Read the history of every case of a place, or of one, in order of their ids.

    Raises
    ------
    StoreError
        If an event was changed behind the program's back.
    """
    table = models.eligibility_events
    query = (
        sa.select(table).where(table.c.place == place).order_by(table.c.case_id, table.c.number)
    )
    if case_id is not None:
        query = query.where(table.c.case_id == case_id)
    found: dict[str, list[CaseEvent]] = {}
    for row in connection.execute(query):
        event = read_document(CaseEvent, row.body.encode())
        key = (event.place, event.case_id, event.number, str(event.kind))
        if fingerprint(event) != row.fingerprint or key != (
            row.place,
            row.case_id,
            row.number,
            row.kind,
        ):
            raise StoreError(
                f"Event {row.number} of case {row.case_id} does not match its hash: the store "
                "was changed from outside. Restore a backup."
            )
        found.setdefault(event.case_id, []).append(event)
    return tuple(
        CaseHistory(place=place, case_id=name, events=tuple(events))
        for name, events in found.items()
    )
