"""The API of imports: read files and list what is wrong, take them in, what was taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from data.errors import InputError, StoreError
from web.access import Visit, allow
from web.api.files import describe_file, read_all_sent, read_sent
from web.api.jobs import JobId, JobShown
from web.api.paging import Page, Paging
from web.api.problems import ProblemFound
from web.refusals import RefusalError, describe_problem
from web.rendering import send_file
from web.roles import Permission
from web.uploads import bring_files, build_faults, drop_held, find_import, take_held

router = APIRouter(tags=["imports"])

Editor = Annotated[Visit, allow(Permission.EDIT_RECORDS)]
_NOT_HELD = "It is being read, or no longer held. The job says how far it is."


class CountShown(BaseModel):
    """What became of the rows of a sheet; all others add up to those read."""

    model_config = ConfigDict(from_attributes=True)

    file_name: str
    sheet: str
    n_read: int
    n_accepted: int
    n_rejected: int
    n_blank: int
    n_header: int


class ImportRead(BaseModel):
    """What was read and waits; nothing is kept until it is taken in.

    Attributes
    ----------
    is_accepted
        Whether it can be taken in; false where an error stands in the way.
    problems
        Errors, also of rows put in quarantine, warnings and questions.
    """

    job_id: str
    is_accepted: bool
    n_quarantined: int
    counts: list[CountShown]
    problems: list[ProblemFound]


class ImportTaken(BaseModel):
    """An import that was taken in."""

    import_no: int


class ImportListed(BaseModel):
    """One import of the past."""

    model_config = ConfigDict(from_attributes=True)

    import_no: int
    created_utc: datetime
    inputs_hash: str | None
    n_quarantined: int


@router.get("/imports")
def list_imports(visit: Editor, paging: Paging) -> Page[ImportListed]:
    """List what was imported, the newest first."""
    return paging.cut(visit.store.list_imports(visit.place), ImportListed.model_validate)


@router.post("/imports", status_code=202)
def bring(
    visit: Editor,
    files: list[UploadFile],
    mapping: UploadFile | None = None,
    accept_valid: Annotated[bool, Form(description="Put faulty rows in quarantine.")] = False,
) -> JobShown:
    """Queue the reading of one workbook, or of CSV files named like our sheets."""
    sent, about = read_all_sent(files), read_sent(mapping)
    if not sent:
        raise RefusalError(422, "Send a workbook or CSV files, each with its name.")
    job = bring_files(
        visit, sent, None if about is None else about[1], is_accepting_valid=accept_valid
    )
    return JobShown.model_validate(job)


@router.get("/imports/{job_id}")
def read_import(job_id: JobId, visit: Editor) -> ImportRead:
    """Read what the job of a reading found: every problem, and what became of each row."""
    found = find_import(visit, job_id)
    if found.held is None:
        raise StoreError(_NOT_HELD)
    report = found.held.report
    return ImportRead(
        job_id=found.job.job_id,
        is_accepted=report.is_accepted,
        n_quarantined=found.held.n_quarantined,
        counts=[CountShown.model_validate(c) for c in report.counts],
        problems=[ProblemFound(**describe_problem(p)) for p in report.problems],
    )


@router.post("/imports/{job_id}/take", status_code=201)
def take(job_id: JobId, visit: Editor) -> ImportTaken:
    """Take in what was read; 409 if somebody else changed the records meanwhile."""
    found = find_import(visit, job_id)
    if found.held is not None and not found.held.report.is_accepted:
        raise InputError(found.held.report.problems)
    number = take_held(visit, job_id)
    if number is None:
        raise StoreError(_NOT_HELD)
    return ImportTaken(import_no=number)


@router.delete("/imports/{job_id}", status_code=204)
def drop(job_id: JobId, visit: Editor) -> None:
    """Throw away what was read."""
    drop_held(visit, job_id)


@router.get("/imports/{job_id}/faults", responses=describe_file("xlsx"))
def read_faults(job_id: JobId, visit: Editor) -> Response:
    """Download the tables that were read, with every faulty cell marked."""
    content = build_faults(visit, job_id)
    if content is None:
        raise StoreError(_NOT_HELD)
    return send_file(content, "faults.xlsx")
