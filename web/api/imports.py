"""The API of imports: read files and list what is wrong, take them in, what was taken in."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Form, Path, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from data.errors import InputError, StoreError
from web.access import Visit, allow
from web.api.files import describe_file, read_all_sent, read_sent
from web.api.paging import Page, Paging
from web.api.problems import ProblemFound
from web.refusals import RefusalError, describe_problem
from web.rendering import send_file
from web.roles import Permission
from web.uploads import ReadUpload, bring_files, build_faults, take_held

router = APIRouter(tags=["imports"])

Editor = Annotated[Visit, allow(Permission.EDIT_RECORDS)]
Token = Annotated[str, Path(max_length=60, description="From the answer to the reading.")]


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
    token
        Takes it in, for who brought it; '' where an error stands in the way.
    problems
        Errors of rows put in quarantine, warnings and questions.
    """

    token: str
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
def read_files(
    visit: Editor,
    files: list[UploadFile],
    mapping: UploadFile | None = None,
    accept_valid: Annotated[bool, Form(description="Put faulty rows in quarantine.")] = False,
) -> ImportRead:
    """Read one workbook, or CSV files named like our sheets; 422 lists every problem."""
    sent, about = read_all_sent(files), read_sent(mapping)
    if not sent:
        raise RefusalError(422, "Send a workbook or CSV files, each with its name.")
    held = bring_files(
        visit, sent, None if about is None else about[1], is_accepting_valid=accept_valid
    )
    if not held.result.report.is_accepted:
        raise InputError(held.result.report.problems)
    return _show(held)


@router.post("/imports/{token}/take", status_code=201)
def take(token: Token, visit: Editor) -> ImportTaken:
    """Take in what was read; 409 if somebody else changed the records meanwhile."""
    number = take_held(visit, token)
    if number is None:
        raise StoreError("What was read is no longer held. Send the files again.")
    return ImportTaken(import_no=number)


@router.get("/imports/{token}/faults", responses=describe_file("xlsx"))
def read_faults(token: Token, visit: Editor) -> Response:
    """Download the tables that were read, with every faulty cell marked."""
    content = build_faults(visit, token)
    if content is None:
        raise StoreError("What was read is no longer held. Send the files again.")
    return send_file(content, "faults.xlsx")


def _show(held: ReadUpload) -> ImportRead:
    report = held.result.report
    return ImportRead(
        token=held.token,
        counts=[CountShown.model_validate(c) for c in report.counts],
        problems=[ProblemFound(**describe_problem(p)) for p in report.problems],
    )
