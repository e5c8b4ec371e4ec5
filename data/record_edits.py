"""Edit records of a store: checked like an import, kept with who and why, never over another.

Two people may edit different records of one place at once; the second of two who edit the same
record is told what the first made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from data.errors import StaleWriteError
from data.imports.edits import (
    EditResult,
    FieldChange,
    RecordEdit,
    RecordTables,
    apply_edits,
    compare_record,
)

if TYPE_CHECKING:
    from data.sources.postcodes import PostcodeTable
    from data.store import Store

_ATTEMPTS = 3


class EditState(StrEnum):
    """What became of an edit."""

    SAVED = "saved"
    UNCHANGED = "unchanged"
    """It says what stands there already."""
    REFUSED = "refused"
    """An error stands."""
    QUESTIONED = "questioned"
    """A warning or question wants a second look before it is saved."""
    CONFLICT = "conflict"
    """Somebody else changed the record since it was looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditOutcome:
    """What became of edits.

    Attributes
    ----------
    inputs_hash
        Inputs that are current now: the edited ones if saved.
    conflicts
        What others changed in the same records meanwhile.
    """

    state: EditState
    inputs_hash: str
    result: EditResult | None = None
    conflicts: tuple[FieldChange, ...] = ()


def edit_records(
    store: Store,
    place: str,
    edits: Sequence[RecordEdit],
    *,
    seen: str,
    person_id: str,
    now_utc: datetime,
    code_version: str,
    reason: str = "",
    is_confirmed: bool = False,
    postcodes: PostcodeTable | None = None,
    find_tables: Callable[[str], RecordTables] | None = None,
    recording: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> EditOutcome:
    """Edit records of a place, all or none.

    Parameters
    ----------
    seen
        Fingerprint of the inputs in which the person looked at the records.
    is_confirmed
        Save although the edit brings warnings or questions.
    find_tables
        Gives the records of inputs by their fingerprint, where a caller keeps them.
    recording
        Opened about the transaction that saves, e.g. to keep an audit entry with it.

    Raises
    ------
    UnknownRecordError
        If a sheet is not one of records.
    StaleWriteError
        If others kept changing the inputs through several attempts.
    """
    find = find_tables or (lambda key: RecordTables(store.read_inputs(key)))
    for _ in range(_ATTEMPTS):
        current = store.find_inputs_hash(place)
        held = find(current)
        if current != seen:
            before = find(seen)
            theirs = tuple(
                change
                for edit in edits
                for change in compare_record(before, held, edit.sheet, edit.record_id)
            )
            if theirs:
                return EditOutcome(
                    state=EditState.CONFLICT, inputs_hash=current, conflicts=theirs
                )
        result = apply_edits(held, edits, postcodes=postcodes)
        if result.inputs is None:
            return EditOutcome(state=EditState.REFUSED, inputs_hash=current, result=result)
        if not result.changes:
            return EditOutcome(state=EditState.UNCHANGED, inputs_hash=current, result=result)
        if result.problems and not is_confirmed:
            return EditOutcome(state=EditState.QUESTIONED, inputs_hash=current, result=result)
        try:
            with recording():
                inputs_hash = store.edits.save(
                    result.inputs,
                    result.changes,
                    expected=current,
                    person_id=person_id,
                    now_utc=now_utc,
                    code_version=code_version,
                    reason=reason,
                )
        except StaleWriteError:
            continue
        return EditOutcome(state=EditState.SAVED, inputs_hash=inputs_hash, result=result)
    raise StaleWriteError("Others keep changing the records. Wait a moment and try again.")
