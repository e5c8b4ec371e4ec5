"""Records: passengers, sites, fleet, suppliers, calendars; searched, edited, remembered."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from data.imports.edits import is_one_row
from data.record_edits import EditState
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other
from web.openings import REASONS
from web.record_columns import name_heading, name_record, name_sheet
from web.record_forms import build_record_form
from web.record_work import find_hidden, open_record, remove_record, save_record
from web.records import (
    RecordShown,
    find_sheet_spec,
    find_shown,
    find_tables,
    list_sheets,
    search_records,
)
from web.rendering import render
from web.roles import Permission

router = APIRouter(prefix="/records")

Reader = Annotated[Visit, allow(Permission.READ_RECORDS)]
Editor = Annotated[Visit, allow(Permission.EDIT_RECORDS)]
Opener = Annotated[Visit, allow(Permission.OPEN_SENSITIVE)]
Sent = Annotated[Posted, Depends(read_posted)]
RecordId = Annotated[str, Query(alias="id", max_length=80)]

NAMES: dict[str, Any] = {
    "heading_name": name_heading,
    "sheet_name": name_sheet,
    "record_name": name_record,
}


def address_of(sheet: str, record_id: str, page: str = "record") -> str:
    """Give the address of a record's page; an identifier may hold anything."""
    return f"/records/{sheet}/{page}?{urlencode({'id': record_id})}"


@router.get("")
def show_overview(request: Request, visit: Reader) -> Response:
    """Show which tables of records there are."""
    held = find_tables(visit.state)
    edits = visit.store.edits.list_edits(visit.place, most=10)
    return render(
        request, "records/overview.html", cards=list_sheets(held), edits=edits,
        address_of=address_of, **NAMES,
    )  # fmt: skip


@router.get("/{sheet}")
def show_table(
    request: Request,
    visit: Reader,
    sheet: str,
    q: Annotated[str, Query(max_length=100)] = "",
    only: Annotated[str, Query(max_length=80)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """Show one table, searched and narrowed."""
    found = search_records(find_tables(visit.state), sheet, search=q, filtered=only, page=page)
    return render(request, "records/table.html", found=found, address_of=address_of, **NAMES)


@router.get("/{sheet}/record")
def show_record(
    request: Request, visit: Reader, sheet: str, record_id: RecordId, saved: str = ""
) -> Response:
    """Show one record, masked, with its history."""
    return _show(request, visit, sheet, record_id, is_saved=bool(saved))


@router.post("/{sheet}/open")
def open_masked(
    request: Request, visit: Opener, sheet: str, record_id: RecordId, posted: Sent
) -> Response:
    """Open what is masked, for this one look; the reason is kept."""
    reason = posted.text("reason")
    if reason not in REASONS:
        form = Form(errors={"reason": "Reason: choose why you open this"})
        return _show(request, visit, sheet, record_id, form=form, status_code=422)
    shown = open_record(visit, sheet, record_id, reason)
    if posted.text("then") == "edit" and visit.may(Permission.EDIT_RECORDS):
        return _show_edit(request, visit, sheet, record_id, reason=reason)
    return _show(request, visit, sheet, record_id, opened=shown)


def _show(
    request: Request,
    visit: Visit,
    sheet: str,
    record_id: str,
    *,
    opened: RecordShown | None = None,
    is_saved: bool = False,
    form: Form | None = None,
    status_code: int = 200,
) -> Response:
    shown = opened or find_shown(visit.state, sheet, record_id)
    return render(
        request, "records/record.html", status_code=status_code, shown=shown,
        is_open=opened is not None, is_saved=is_saved, is_one_row=is_one_row(shown.spec),
        form=form or Form(), address_of=address_of, reasons=REASONS, **NAMES,
    )  # fmt: skip


@router.get("/{sheet}/edit")
def show_edit(request: Request, visit: Editor, sheet: str, record_id: RecordId) -> Response:
    """Show the form of a record; what is masked stays as it is."""
    return _show_edit(request, visit, sheet, record_id)


def _show_edit(
    request: Request, visit: Visit, sheet: str, record_id: str, *, reason: str = ""
) -> Response:
    held = find_tables(visit.state)
    rows = held.find_record(sheet, record_id)
    hidden = find_hidden(visit, sheet, record_id, reason)
    built = build_record_form(held, sheet, rows, hidden=hidden)
    return render(
        request, "records/edit.html", built=built, record_id=record_id, is_new=False,
        seen=visit.store.find_inputs_hash(visit.place), opened=reason, why="",
        outcome=None, address_of=address_of, is_one_row=is_one_row(built.spec), **NAMES,
    )  # fmt: skip


@router.get("/{sheet}/new")
def show_new(
    request: Request,
    visit: Editor,
    sheet: str,
    heading: Annotated[str, Query(alias="with", max_length=60)] = "",
    value: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Show the form of a record that is not there yet."""
    held = find_tables(visit.state)
    given = {heading: value} if heading else {}
    built = build_record_form(held, sheet, [given], is_new=True)
    return render(
        request, "records/edit.html", built=built, record_id="", is_new=True,
        seen=visit.store.find_inputs_hash(visit.place), opened="new", why="",
        outcome=None, address_of=address_of, is_one_row=is_one_row(built.spec), **NAMES,
    )  # fmt: skip


@router.post("/{sheet}/edit")
def write_record(
    request: Request, visit: Editor, sheet: str, record_id: RecordId, posted: Sent
) -> Response:
    """Save what was typed, or say all that is wrong with it."""
    return _save(request, visit, sheet, record_id, posted)


@router.post("/{sheet}/new")
def save_new(request: Request, visit: Editor, sheet: str, posted: Sent) -> Response:
    """Save a new record, or say all that is wrong with it."""
    return _save(request, visit, sheet, "", posted)


def _save(
    request: Request, visit: Visit, sheet: str, record_id: str, posted: Posted
) -> Response:
    state, spec = visit.state, find_sheet_spec(sheet)
    held, is_new, opened = find_tables(state), not record_id, posted.text("opened")
    saved = save_record(
        visit,
        sheet,
        record_id,
        {name: text for name, text in posted.fields if name.startswith("r")},
        seen=posted.text("seen"),
        why=posted.text("why"),
        opened=opened,
        is_confirmed=bool(posted.text("confirm")),
    )
    outcome = saved.outcome
    if outcome.state is EditState.SAVED:
        return see_other(address_of(sheet, saved.record_id) + "&saved=yes")
    built = build_record_form(
        held, sheet, saved.rows or ({},), hidden=saved.hidden, is_new=is_new,
        problems=saved.errors if outcome.state is EditState.REFUSED else (),
    )  # fmt: skip
    errors = dict(built.errors)
    if outcome.state is EditState.CONFLICT:
        errors = {"": "Somebody else changed this record while you had it open: see below."}
    if outcome.state is EditState.UNCHANGED:
        errors = {"": "Nothing differs from what stands there."}
    return render(
        request, "records/edit.html", status_code=_STATUS[outcome.state], built=built,
        record_id=record_id, is_new=is_new, seen=outcome.inputs_hash, opened=opened,
        why=posted.text("why"), outcome=outcome, form=Form(errors=errors),
        address_of=address_of, is_one_row=is_one_row(spec), **NAMES,
    )  # fmt: skip


_STATUS = {
    EditState.REFUSED: 422,
    EditState.QUESTIONED: 422,
    EditState.UNCHANGED: 422,
    EditState.CONFLICT: 409,
}


@router.post("/{sheet}/remove")
def take_out(
    request: Request, visit: Editor, sheet: str, record_id: RecordId, posted: Sent
) -> Response:
    """Take a record out, if nothing refers to it any more."""
    outcome = remove_record(
        visit, sheet, record_id, seen=posted.text("seen"), why=posted.text("why")
    )
    if outcome.state is EditState.SAVED:
        return see_other(f"/records/{sheet}")
    errors = {"": "Somebody else changed this record while you had it open."}
    if outcome.result is not None:
        n = outcome.result.n_errors
        errors = {"": f"It cannot be taken out: {n} rows still refer to it."}
        for found in outcome.result.problems[:20]:
            problem = found.problem
            errors[f"refers-{len(errors)}"] = (
                f"{name_sheet(problem.sheet)}, row {problem.row}: {problem.cause}"
            )
    return _show(request, visit, sheet, record_id, form=Form(errors=errors), status_code=422)
