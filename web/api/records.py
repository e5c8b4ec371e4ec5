"""The API of records: search, read, open, write, remove; by the rules of the import."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from data.errors import InputError
from data.record_edits import EditOutcome, EditState
from web.access import Visit, allow
from web.api.paging import Page, Paging
from web.masking import mask_row
from web.record_columns import FILTERS
from web.record_work import (
    LONGEST_WHY,
    find_hidden,
    open_record,
    remove_record,
    save_record,
    spread_rows,
)
from web.records import (
    RecordShown,
    find_matching,
    find_sheet_spec,
    find_shown,
    find_tables,
    list_sheets,
)
from web.refusals import RefusalError
from web.roles import Permission

router = APIRouter(tags=["records"])

Reader = Annotated[Visit, allow(Permission.READ_RECORDS)]
Editor = Annotated[Visit, allow(Permission.EDIT_RECORDS)]
Opener = Annotated[Visit, allow(Permission.OPEN_SENSITIVE)]
RecordId = Annotated[str, Query(alias="id", max_length=80, description="Id of the record.")]
Row = dict[str, str]
"""A row by its columns, as text in the way the import reads it."""


class SheetListed(BaseModel):
    """One table of records."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    about: str
    n_records: int


class RecordListed(BaseModel):
    """One record of a table, masked."""

    record_id: str
    rows: list[Row]


class ChangeShown(BaseModel):
    """One cell that was changed."""

    model_config = ConfigDict(from_attributes=True)

    sheet: str
    record_id: str
    row_no: int
    heading: str
    was: str
    now: str


class HistoryShown(BaseModel):
    """One entry of a record's history."""

    when_utc: datetime
    person_id: str
    reason: str
    changes: list[ChangeShown]


class RecordAnswer(BaseModel):
    """One record: its rows, what is masked, its history.

    Attributes
    ----------
    inputs_hash
        State of the records that this shows; send it back as `seen`.
    """

    sheet: str
    record_id: str
    rows: list[Row]
    is_masked: bool
    history: list[HistoryShown]
    inputs_hash: str


class OpeningWanted(BaseModel):
    """Why somebody opens what is masked."""

    reason: str = Field(
        max_length=40,
        description="plan, query, safeguarding, incident, correct or audit.",
        examples=["query"],
    )


class RecordWanted(BaseModel):
    """What a record is to become.

    Attributes
    ----------
    rows
        Its rows in order; a cell that a row does not name keeps what stands there.
    seen
        `inputs_hash` of the record as it was read: if somebody else changed it since, 409.
    why
        Kept in the history.
    opened
        Why the record was opened, where masked cells are written.
    is_confirmed
        Save although there are warnings or questions.
    """

    rows: list[Row] = Field(
        min_length=1, max_length=400, examples=[[{"seats": "1", "walk_limit_m": "800"}]]
    )
    seen: str = Field(default="", max_length=64)
    why: str = Field(default="", max_length=LONGEST_WHY)
    opened: str = Field(default="", max_length=40)
    is_confirmed: bool = False


@router.get("/records")
def list_tables(visit: Reader) -> list[SheetListed]:
    """List the tables of records with how many each has."""
    return [SheetListed.model_validate(c) for c in list_sheets(find_tables(visit.state))]


@router.get("/records/{sheet}")
def search(
    sheet: str,
    visit: Reader,
    paging: Paging,
    q: Annotated[str, Query(max_length=100, description="Words to be in unmasked cells.")] = "",
    only: Annotated[
        str, Query(max_length=80, description="Value of the table's filter column.")
    ] = "",
) -> Page[RecordListed]:
    """Search a table; needs and whereabouts of protected homes are masked and not searched."""
    held = find_tables(visit.state)
    if only and find_sheet_spec(sheet).name not in FILTERS:
        raise RefusalError(422, f"{sheet} has no column to narrow it by.")
    records = held.read_rows(find_sheet_spec(sheet).name)
    return paging.cut(
        find_matching(held, sheet, search=q, filtered=only),
        lambda record_id: RecordListed(
            record_id=record_id, rows=[mask_row(sheet, row) for row in records[record_id]]
        ),
    )


@router.get("/records/{sheet}/record")
def read_record(sheet: str, record_id: RecordId, visit: Reader) -> RecordAnswer:
    """Read a record, masked, with its history."""
    return _show(find_shown(visit.state, sheet, record_id))


@router.post("/records/{sheet}/record/open")
def open_masked(
    sheet: str, record_id: RecordId, wanted: OpeningWanted, visit: Opener
) -> RecordAnswer:
    """Open what is masked in a record; who, what and why are kept first."""
    return _show(open_record(visit, sheet, record_id, wanted.reason))


@router.post("/records/{sheet}", status_code=201)
def add_record(sheet: str, wanted: RecordWanted, visit: Editor) -> RecordAnswer:
    """Add a record; its first row names its id."""
    return _save(visit, sheet, "", wanted)


@router.patch("/records/{sheet}/record")
def change_record(
    sheet: str, record_id: RecordId, wanted: RecordWanted, visit: Editor
) -> RecordAnswer:
    """Change a record; 409 with what they changed if somebody else was first."""
    return _save(visit, sheet, record_id, wanted)


@router.delete("/records/{sheet}/record", status_code=204)
def take_out(
    sheet: str,
    record_id: RecordId,
    visit: Editor,
    seen: Annotated[str, Query(max_length=64)] = "",
    why: Annotated[str, Query(max_length=LONGEST_WHY)] = "",
) -> None:
    """Take a record out, if nothing refers to it any more."""
    _refuse_unless_saved(remove_record(visit, sheet, record_id, seen=seen, why=why))


def _save(visit: Visit, sheet: str, record_id: str, wanted: RecordWanted) -> RecordAnswer:
    hidden = find_hidden(visit, sheet, record_id, wanted.opened)
    fields, problems = spread_rows(visit, sheet, record_id, wanted.rows, hidden)
    if problems:
        raise InputError(problems)
    saved = save_record(
        visit,
        sheet,
        record_id,
        fields,
        seen=wanted.seen,
        why=wanted.why,
        opened=wanted.opened,
        is_confirmed=wanted.is_confirmed,
    )
    if saved.outcome.state is not EditState.UNCHANGED:
        _refuse_unless_saved(saved.outcome)
    return _show(find_shown(visit.state, sheet, saved.record_id))


def _refuse_unless_saved(outcome: EditOutcome) -> None:
    """Refuse what was not saved, with every problem or what others changed."""
    if outcome.state is EditState.CONFLICT:
        changes: tuple[dict[str, Any], ...] = tuple(
            {
                "where": f"{c.record_id} {c.heading}",
                "text": f"Somebody else made {c.was!r} into {c.now!r}.",
                "sheet": c.sheet,
                "row": c.row_no,
                "column": c.heading,
                "value": c.now,
            }
            for c in outcome.conflicts
        )
        raise RefusalError(409, "Somebody else changed this record since you read it.", changes)
    if outcome.state is not EditState.SAVED and outcome.result is not None:
        raise InputError(tuple(p.problem for p in outcome.result.problems))


def _show(shown: RecordShown) -> RecordAnswer:
    return RecordAnswer(
        sheet=shown.spec.name,
        record_id=shown.record_id,
        rows=[dict(row) for row in shown.rows],
        is_masked=shown.is_masked,
        history=[
            HistoryShown(
                when_utc=entry.when_utc,
                person_id=entry.person_id,
                reason=entry.reason,
                changes=[ChangeShown.model_validate(c) for c in entry.changes],
            )
            for entry in shown.history
        ],
        inputs_hash=shown.inputs_hash,
    )
