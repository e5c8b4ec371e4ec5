"""Work on records: save, remove, open; the one way that the pages and the API both go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from data.errors import Problem, Severity
from data.imports.edits import EditProblem, RecordEdit, find_form_fields
from data.record_edits import EditOutcome, EditState, edit_records
from web.access import Visit
from web.masking import find_masked
from web.openings import REASONS, note_opening
from web.record_forms import read_rows
from web.records import (
    RecordShown,
    find_key_heading,
    find_postcodes,
    find_sheet_spec,
    find_shown,
    find_tables,
    mask_changes,
)
from web.roles import Permission

LONGEST_WHY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSave:
    """What became of a record that somebody wrote.

    Attributes
    ----------
    outcome
        Masked where the person has not opened the record.
    record_id
        Its id: of a new one the one that was written.
    rows
        Its rows as they were understood.
    hidden
        Headings that stayed as they are, because nobody opened them.
    """

    outcome: EditOutcome
    record_id: str
    rows: tuple[dict[str, str], ...]
    hidden: frozenset[str]

    @property
    def errors(self) -> tuple[EditProblem, ...]:
        """What stops the edit."""
        found = () if self.outcome.result is None else self.outcome.result.problems
        return tuple(p for p in found if p.problem.severity is Severity.ERROR)


def find_hidden(visit: Visit, sheet: str, record_id: str, opened: str) -> frozenset[str]:
    """Find the headings of a record that stay as they are for who has not opened it.

    Parameters
    ----------
    record_id
        '' for a record that is not there yet, of which nothing is hidden.
    opened
        Why it was opened, a key of `REASONS`; anything else opens nothing.

    Raises
    ------
    UnknownRecordError
        If there is no such record.
    """
    if not record_id or is_opened(visit, opened):
        return frozenset()
    rows = find_tables(visit.state).find_record(sheet, record_id)
    return frozenset[str]().union(*(find_masked(sheet, row) for row in rows))


def is_opened(visit: Visit, opened: str) -> bool:
    """Say whether somebody may see what is masked, for a reason of the list."""
    return opened in REASONS and visit.may(Permission.OPEN_SENSITIVE)


def open_record(visit: Visit, sheet: str, record_id: str, reason: str) -> RecordShown:
    """Open what is masked in a record, for this one look; the reason is kept first.

    Raises
    ------
    RefusedError
        If the reason is none of the list.
    UnknownRecordError
        If there is no such record.
    """
    find_shown(visit.state, sheet, record_id)
    note_opening(visit, sheet, record_id, reason)
    return find_shown(visit.state, sheet, record_id, is_open=True)


def save_record(
    visit: Visit,
    sheet: str,
    record_id: str,
    fields: Mapping[str, str],
    *,
    seen: str,
    why: str,
    opened: str,
    is_confirmed: bool,
) -> RecordSave:
    """Save a record as its form would send it, by the rules of the import.

    Parameters
    ----------
    record_id
        '' for a new record.
    fields
        Text by field name: ``r0-name`` is the cell `name` of the first row.
    seen
        Inputs in which the person looked at the record; what is not known counts as now.
    opened
        Why the record was opened, a key of `REASONS`, or ''.

    Raises
    ------
    UnknownRecordError
        If there is no such table or record.
    StaleWriteError
        If others kept changing the inputs.
    """
    spec, is_new = find_sheet_spec(sheet), not record_id
    hidden = find_hidden(visit, sheet, record_id, opened)
    stored = () if is_new else find_tables(visit.state).find_record(sheet, record_id)
    rows = read_rows(spec, fields, record_id, stored, hidden)
    key = find_key_heading(spec)
    edit = RecordEdit(
        sheet=sheet,
        record_id=record_id or (rows[0][key] if rows else ""),
        rows=rows or ({key: ""},),
        is_new=is_new,
    )
    outcome = _edit(visit, edit, "record.edit", seen=seen, why=why, is_confirmed=is_confirmed)
    if outcome.state is EditState.CONFLICT:
        if is_new or not is_opened(visit, opened):
            outcome = replace(outcome, conflicts=mask_changes(outcome.conflicts))
        else:
            # What the other person wrote was not there when this one opened the record.
            note_opening(visit, sheet, record_id, opened)
    return RecordSave(outcome=outcome, record_id=edit.record_id, rows=rows, hidden=hidden)


def remove_record(
    visit: Visit, sheet: str, record_id: str, *, seen: str, why: str
) -> EditOutcome:
    """Take a record out, if nothing refers to it any more.

    Raises
    ------
    UnknownRecordError
        If there is no such table or record.
    """
    find_tables(visit.state).find_record(sheet, record_id)
    edit = RecordEdit(sheet=sheet, record_id=record_id, rows=())
    outcome = _edit(visit, edit, "record.remove", seen=seen, why=why, is_confirmed=True)
    return replace(outcome, conflicts=mask_changes(outcome.conflicts))


def _edit(
    visit: Visit, edit: RecordEdit, action: str, *, seen: str, why: str, is_confirmed: bool
) -> EditOutcome:
    state = visit.state
    known = {s.inputs_hash for s in state.store.list_inputs(state.place)}
    return edit_records(
        state.store,
        state.place,
        [edit],
        seen=seen if seen in known else state.store.find_inputs_hash(state.place),
        person_id=visit.person_id,
        now_utc=visit.now_utc,
        code_version=state.code_version,
        reason=why[:LONGEST_WHY],
        is_confirmed=is_confirmed,
        postcodes=find_postcodes(state),
        find_tables=lambda key: find_tables(state, key),
        recording=lambda: visit.recording(action, edit.sheet, edit.record_id),
    )


def spread_rows(
    visit: Visit,
    sheet: str,
    record_id: str,
    rows: Sequence[Mapping[str, str]],
    hidden: frozenset[str],
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """Spread rows into the fields of the form; a cell that is not named stays as it is.

    Returns
    -------
    The fields, and a problem for every heading that the table has not or that is hidden.
    """
    spec = find_sheet_spec(sheet)
    headings = [f.heading for f in find_form_fields(spec)]
    stored = () if not record_id else find_tables(visit.state).find_record(sheet, record_id)
    fields: dict[str, str] = {}
    problems = []
    for n, row in enumerate(rows):
        base = stored[n] if n < len(stored) else {}
        for heading in headings:
            if heading not in hidden:
                fields[f"r{n}-{heading}"] = row.get(heading, base.get(heading, ""))
        for heading in row:
            if heading not in headings:
                cause, code = f"{sheet} has no column of this name.", "W020"
                suggestion = f"Columns are {', '.join(headings)}."
            elif heading in hidden:
                cause, code = "This cell is masked.", "W021"
                suggestion = "Leave it out, or say in `opened` why you open the record."
            else:
                continue
            problems.append(
                Problem(
                    code=code,
                    severity=Severity.ERROR,
                    sheet=sheet,
                    row=n + 1,
                    column=heading[:60],
                    cause=cause,
                    suggestion=suggestion,
                )
            )
    return fields, tuple(problems)
