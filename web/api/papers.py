"""The API of papers: which there are, make, assure, approve, download."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Form, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

from data.papers import Paper, PaperState, find_state
from data.studies import StudyRecord
from reports import list_sign_offs
from web.access import Visit, allow
from web.api.files import describe_file, read_sent
from web.api.jobs import JobShown
from web.api.paging import Page, Paging
from web.paper_work import ENDINGS, queue_paper, step_paper, write_paper
from web.rendering import send_file
from web.roles import Permission

router = APIRouter(tags=["papers"])

Reader = Annotated[Visit, allow(Permission.READ_SCENARIOS)]
Signer = Annotated[Visit, allow(Permission.SIGN_PAPERS)]


class Ending(StrEnum):
    """What a paper is written as."""

    DOCX = "docx"
    PDF = "pdf"
    CSV = "csv"


class StudyListed(BaseModel):
    """A study that a paper can be made of."""

    model_config = ConfigDict(from_attributes=True)

    result_id: str
    created_utc: datetime


class PaperListed(BaseModel):
    """A paper, and how far it has come."""

    paper_id: str
    study_id: str
    created_utc: datetime
    state: PaperState


class SignOffShown(BaseModel):
    """Who signed a paper, as what."""

    model_config = ConfigDict(from_attributes=True)

    state: PaperState
    person_id: str
    created_utc: datetime


class PaperShown(BaseModel):
    """A paper with its signatures."""

    paper_id: str
    author_id: str
    state: PaperState
    signed: list[SignOffShown]


@router.get("/studies")
def list_studies(visit: Reader, paging: Paging) -> Page[StudyListed]:
    """List the studies that could have a paper, the newest first."""
    found = visit.store.list_results(visit.place, StudyRecord)
    return paging.cut(found, StudyListed.model_validate)


@router.get("/papers")
def list_papers(visit: Reader, paging: Paging) -> Page[PaperListed]:
    """List papers, the newest first."""
    store = visit.store
    return paging.cut(
        store.list_results(visit.place, Paper),
        lambda one: PaperListed(
            paper_id=one.result_id,
            study_id=one.parent_id,
            created_utc=one.created_utc,
            state=find_state(list_sign_offs(store, one.result_id)),
        ),
    )


@router.post("/papers", status_code=202)
def draft_paper(
    visit: Signer,
    study_id: Annotated[str, Form(min_length=1, max_length=200)],
    template: UploadFile | None = None,
) -> JobShown:
    """Queue the writing of a study's paper as a draft; the job names the paper."""
    sent = read_sent(template)
    job = queue_paper(visit, study_id, b"" if sent is None else sent[1])
    return JobShown.model_validate(job)


@router.get("/papers/{paper_id}")
def read_paper(paper_id: str, visit: Reader) -> PaperShown:
    """Read how far a paper has come, and who signed it."""
    return _show(visit, paper_id)


@router.post("/papers/{paper_id}/assure")
def assure_paper(paper_id: str, visit: Signer) -> PaperShown:
    """Sign a draft as assured, as somebody else than its author."""
    step_paper(visit, paper_id, PaperState.ASSURED)
    return _show(visit, paper_id)


@router.post("/papers/{paper_id}/approve")
def approve_paper(paper_id: str, visit: Signer) -> PaperShown:
    """Sign an assured paper as approved, as a third person; its baseline is frozen."""
    step_paper(visit, paper_id, PaperState.APPROVED)
    return _show(visit, paper_id)


@router.get("/papers/{paper_id}/file/{ending}", responses=describe_file(*ENDINGS))
def download_paper(paper_id: str, ending: Ending, visit: Reader) -> Response:
    """Download a paper as Word, PDF or the list of its figures, with its signatures so far."""
    return send_file(*write_paper(visit, paper_id, ending))


def _show(visit: Visit, paper_id: str) -> PaperShown:
    paper = visit.store.find_result(Paper, paper_id, place=visit.place)
    signed = list_sign_offs(visit.store, paper.paper_id)
    return PaperShown(
        paper_id=paper.paper_id,
        author_id=paper.author_id,
        state=find_state(signed),
        signed=[SignOffShown.model_validate(one) for one in signed],
    )
