"""Bringing in a workbook or CSV: read and shown first, taken in whole or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.errors import InputError, Severity
from data.imports.faults import write_faults_workbook
from data.taking_in import take_in
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other
from web.records import name_sheet
from web.rendering import render
from web.roles import Permission
from web.uploads import ReadUpload, find_uploads, read_upload

router = APIRouter(prefix="/import")

Editor = Annotated[Visit, allow(Permission.EDIT_RECORDS)]
Sent = Annotated[Posted, Depends(read_posted)]
SHOWN_PROBLEMS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("")
def show_upload(request: Request, visit: Editor, taken: int = 0) -> Response:
    """Show the form, and what was brought in before."""
    return _show(request, visit, taken=taken)


def _show(
    request: Request, visit: Visit, *, form: Form | None = None, taken: int = 0
) -> Response:
    imports = visit.store.list_imports(visit.place)[:20]
    return render(
        request, "imports/upload.html", status_code=422 if form else 200,
        imports=imports, taken=taken, form=form or Form(),
    )  # fmt: skip


@router.post("")
def read_files(request: Request, visit: Editor, posted: Sent) -> Response:
    """Read what was sent and show what is wrong with it; nothing is kept yet."""
    files = [(name, body) for key, name, body in posted.files if key == "files" and name]
    is_accepting_valid = bool(posted.text("accept_valid"))
    values = {"accept_valid": posted.text("accept_valid")}
    if not files:
        text = "Files: choose a workbook, or CSV files"
        return _show(request, visit, form=Form(values=values, errors={"files": text}))
    mapping = posted.file("mapping")
    state = visit.state
    seen = state.store.find_inputs_hash(state.place)
    try:
        result = read_upload(
            state,
            files,
            None if mapping is None else mapping[1],
            is_accepting_valid=is_accepting_valid,
        )
    except InputError as error:
        text = " ".join(f"{p.column}: {p.cause} {p.suggestion}" for p in error.problems)
        return _show(
            request, visit, form=Form(values=values, errors={"mapping": f"Mapping: {text}"})
        )
    held = find_uploads(state).keep(result, person_id=visit.person_id, seen=seen)
    return _show_report(request, visit, held)


def _show_report(request: Request, visit: Visit, held: ReadUpload) -> Response:
    report = held.result.report
    counts = {severity.value: report.count(severity) for severity in Severity}
    return render(
        request, "imports/report.html", status_code=200 if report.is_accepted else 422,
        held=held, report=report, problems=report.problems[:SHOWN_PROBLEMS], counts=counts,
        sheet_name=name_sheet,
    )  # fmt: skip


@router.post("/faults")
def download_faults(visit: Editor, posted: Sent) -> Response:
    """Download the tables with every faulty cell marked."""
    held = find_uploads(visit.state).find(posted.text("token"), visit.person_id)
    if held is None:
        return see_other("/import")
    with tempfile.TemporaryDirectory(prefix="wayfare-faults-") as folder:
        path = Path(folder) / "faults.xlsx"
        write_faults_workbook(held.result, path)
        content = path.read_bytes()
    headers = {"content-disposition": 'attachment; filename="faults.xlsx"'}
    return Response(content, media_type=XLSX, headers=headers)


@router.post("/take")
def take_upload(request: Request, visit: Editor, posted: Sent) -> Response:
    """Take in what was shown."""
    uploads = find_uploads(visit.state)
    held = uploads.find(posted.text("token"), visit.person_id)
    if held is None or held.result.inputs is None:
        text = "What was read is no longer held. Choose the files again: nothing was changed"
        return _show(request, visit, form=Form(errors={"files": text}))
    with visit.recording("import.take", "inputs", held.seen, before_hash=held.seen):
        number = take_in(
            visit.store,
            held.result,
            place=visit.place,
            created_utc=visit.now_utc,
            code_version=visit.state.code_version,
            expected=held.seen,
        )
    uploads.drop(held.token)
    return see_other(f"/import?taken={number}")
