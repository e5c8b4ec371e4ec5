"""Bringing in a workbook or CSV: read and shown first, taken in whole or not at all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.errors import InputError, Severity
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other
from web.limits import LimitError
from web.records import name_sheet
from web.rendering import render, send_file
from web.roles import Permission
from web.uploads import ReadUpload, bring_files, build_faults, take_held

router = APIRouter(prefix="/import")

Editor = Annotated[Visit, allow(Permission.EDIT_RECORDS)]
Sent = Annotated[Posted, Depends(read_posted)]
SHOWN_PROBLEMS = 200


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
    try:
        held = bring_files(
            visit,
            files,
            None if mapping is None else mapping[1],
            is_accepting_valid=is_accepting_valid,
        )
    except InputError as error:
        text = " ".join(f"{p.column}: {p.cause} {p.suggestion}" for p in error.problems)
        return _show(
            request, visit, form=Form(values=values, errors={"mapping": f"Mapping: {text}"})
        )
    except LimitError as error:
        return _show(request, visit, form=Form(values=values, errors={"files": str(error)}))
    return _show_report(request, held)


def _show_report(request: Request, held: ReadUpload) -> Response:
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
    content = build_faults(visit, posted.text("token"))
    return see_other("/import") if content is None else send_file(content, "faults.xlsx")


@router.post("/take")
def take_upload(request: Request, visit: Editor, posted: Sent) -> Response:
    """Take in what was shown."""
    number = take_held(visit, posted.text("token"))
    if number is None:
        text = "What was read is no longer held. Choose the files again: nothing was changed"
        return _show(request, visit, form=Form(errors={"files": text}))
    return see_other(f"/import?taken={number}")
