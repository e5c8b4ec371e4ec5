"""Edits of records in the store: who changed which cell, when, from what to what.

The inputs after an edit are a snapshot like any other; the edit says who led from one to the
next. Values stand here as they stand in the inputs: whoever may not see a field of a record may
not see its history either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from data.imports.edits import FieldChange
from data.inputs import Inputs
from data.store import models, snapshots
from data.store.pointers import INPUTS, move_pointer
from data.store.rows import insert_all, insert_one, read_stamp, write_stamp
from data.store.transactions import Book, retried


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEdit:
    """One edit as it is remembered.

    Attributes
    ----------
    from_hash, to_hash
        Fingerprints of the inputs before and after.
    person_id
        Who made it.
    """

    edit_no: int
    place: str
    from_hash: str
    to_hash: str
    person_id: str
    edited_utc: datetime
    code_version: str
    reason: str
    changes: tuple[FieldChange, ...]


@retried
class EditBook(Book):
    """What edits read and write in an open store; each writing method is one transaction."""

    def save(
        self,
        inputs: Inputs,
        changes: Sequence[FieldChange],
        *,
        expected: str,
        person_id: str,
        now_utc: datetime,
        code_version: str,
        reason: str = "",
    ) -> str:
        """Keep edited inputs with what was changed, and make them the current ones.

        Parameters
        ----------
        expected
            Fingerprint of the inputs the edit was made from.

        Returns
        -------
        The fingerprint of the edited inputs.

        Raises
        ------
        StaleWriteError
            If somebody else changed the current inputs meanwhile.
        """
        with self._writing() as connection:
            inputs_hash = snapshots.save_snapshot(
                connection, inputs, created_utc=now_utc, code_version=code_version
            )
            move_pointer(connection, inputs.place, INPUTS, inputs_hash, expected)
            number = insert_one(
                connection,
                models.record_edits,
                {
                    "place": inputs.place,
                    "from_hash": expected,
                    "to_hash": inputs_hash,
                    "person_id": person_id,
                    "edited_utc": write_stamp(now_utc),
                    "code_version": code_version,
                    "reason": reason,
                },
            )
            insert_all(
                connection,
                models.field_changes,
                [
                    {
                        "edit_no": number,
                        "position": position,
                        "sheet": change.sheet,
                        "record_id": change.record_id,
                        "row_no": change.row_no,
                        "heading": change.heading,
                        "was": change.was,
                        "now": change.now,
                    }
                    for position, change in enumerate(changes)
                ],
            )
        return inputs_hash

    def list_edits(
        self,
        place: str,
        *,
        sheet: str | None = None,
        record_id: str | None = None,
        most: int | None = None,
    ) -> tuple[KeptEdit, ...]:
        """List edits of a place, the newest first, with the cells they changed.

        Parameters
        ----------
        sheet, record_id
            Only edits of such records, and only their cells.
        most
            At most so many; None for all.
        """
        edits, fields = models.record_edits, models.field_changes
        is_wanted: sa.ColumnElement[bool] = sa.true()
        if sheet is not None:
            is_wanted = sa.and_(is_wanted, fields.c.sheet == sheet)
        if record_id is not None:
            is_wanted = sa.and_(is_wanted, fields.c.record_id == record_id)
        query = (
            sa.select(edits)
            .where(
                edits.c.place == place,
                sa.exists().where(fields.c.edit_no == edits.c.edit_no, is_wanted),
            )
            .order_by(edits.c.edit_no.desc())
        )
        if most is not None:
            query = query.limit(most)
        with self._reading() as connection:
            return tuple(
                KeptEdit(
                    edit_no=row.edit_no,
                    place=row.place,
                    from_hash=row.from_hash,
                    to_hash=row.to_hash,
                    person_id=row.person_id,
                    edited_utc=read_stamp(row.edited_utc),
                    code_version=row.code_version,
                    reason=row.reason,
                    changes=_read_changes(connection, row.edit_no, is_wanted),
                )
                for row in connection.execute(query).all()
            )


def _read_changes(
    connection: sa.Connection, edit_no: int, is_wanted: sa.ColumnElement[bool]
) -> tuple[FieldChange, ...]:
    fields = models.field_changes
    rows = connection.execute(
        sa.select(fields)
        .where(fields.c.edit_no == edit_no, is_wanted)
        .order_by(fields.c.position)
    )
    return tuple(
        FieldChange(
            sheet=row.sheet,
            record_id=row.record_id,
            row_no=row.row_no,
            heading=row.heading,
            was=row.was,
            now=row.now,
        )
        for row in rows
    )
