"""Bringing in a workbook or CSV: read and shown first, taken in whole or not at all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.errors import InputError
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other
from web.limits import LimitError
from web.rendering import render, send_file
from web.roles import Permission
from web.uploads import bring_files, build_faults, drop_held, take_held

router = APIRouter(prefix="/import")

Editor = Annotated[Visit, allow(Permission.EDIT_RECORDS)]
Sent = Annotated[Posted, Depends(read_posted)]


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
    """Queue the reading of what was sent; its page shows what is wrong, nothing is kept yet."""
    files = [(name, body) for key, name, body in posted.files if key == "files" and name]
    is_accepting_valid = bool(posted.text("accept_valid"))
    values = {"accept_valid": posted.text("accept_valid")}
    if not files:
        text = "Files: choose a workbook, or CSV files"
        return _show(request, visit, form=Form(values=values, errors={"files": text}))
    mapping = posted.file("mapping")
    try:
        job = bring_files(
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
    return see_other(f"/jobs/{job.job_id}")


@router.post("/{job_id}/faults")
def download_faults(visit: Editor, job_id: str, _posted: Sent) -> Response:
    """Download the tables with every faulty cell marked."""
    content = build_faults(visit, job_id)
    return see_other("/import") if content is None else send_file(content, "faults.xlsx")


@router.post("/{job_id}/take")
def take_upload(request: Request, visit: Editor, job_id: str, _posted: Sent) -> Response:
    """Take in what was shown."""
    number = take_held(visit, job_id)
    if number is None:
        text = "What was read is no longer held. Choose the files again: nothing was changed"
        return _show(request, visit, form=Form(errors={"files": text}))
    return see_other(f"/import?taken={number}")


@router.post("/{job_id}/drop")
def drop_upload(visit: Editor, job_id: str, _posted: Sent) -> Response:
    """Throw away what was read."""
    drop_held(visit, job_id)
    return see_other("/import")
