"""The Cabinet paper: made from a study, signed by three different people, downloaded."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.errors import RefusedError
from data.papers import (
    Heading,
    Notice,
    Paper,
    PaperState,
    Paragraph,
    Picture,
    Table,
    find_state,
    write_plain,
)
from data.studies import StudyRecord
from reports import list_sign_offs
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other
from web.job_kinds import WritePaper
from web.paper_work import queue_paper, step_paper, write_paper
from web.queueing import find_job
from web.rendering import render, send_file
from web.roles import Permission

router = APIRouter(prefix="/papers")

Reader = Annotated[Visit, allow(Permission.READ_SCENARIOS)]
Signer = Annotated[Visit, allow(Permission.SIGN_PAPERS)]
Sent = Annotated[Posted, Depends(read_posted)]


@router.get("")
def show_papers(request: Request, visit: Reader, job: str = "") -> Response:
    """Show the papers with how far each has come, and the studies that could have one."""
    wanted = find_job(visit, job, "paper").wanted if job else None
    study = wanted.study_id if isinstance(wanted, WritePaper) else ""
    return _show_list(request, visit, Form(values={"study": study}))


def _show_list(request: Request, visit: Visit, form: Form) -> Response:
    store = visit.store
    papers = [
        (summary, str(find_state(list_sign_offs(store, summary.result_id))))
        for summary in store.list_results(visit.place, Paper)
    ]
    return render(
        request, "papers/list.html", status_code=422 if form.errors else 200, papers=papers,
        studies=store.list_results(visit.place, StudyRecord), form=form,
    )  # fmt: skip


@router.post("")
def draft_paper(request: Request, visit: Signer, posted: Sent) -> Response:
    """Queue the writing of a study's paper as a draft."""
    study = posted.text("study")
    template = posted.file("template")
    form = Form(values={"study": study})
    if not study:
        return _show_list(request, visit, form.add_error("study", "Study: choose one"))
    try:
        job = queue_paper(visit, study, b"" if template is None else template[1])
    except RefusedError as error:
        return _show_list(request, visit, form.add_error("", str(error)))
    return see_other(f"/jobs/{job.job_id}")


@router.get("/{paper_id}")
def show_paper(request: Request, visit: Reader, paper_id: str) -> Response:
    """Show a paper's text and figures, and who signed it."""
    paper = visit.store.find_result(Paper, paper_id, place=visit.place)
    signed = list_sign_offs(visit.store, paper.paper_id)
    acted = {paper.author_id, *(one.person_id for one in signed)}
    return render(
        request, "papers/paper.html", paper=paper, signed=signed,
        state=str(find_state(signed)), has_acted=visit.person_id in acted,
        blocks=[_describe(block) for block in paper.blocks],
    )  # fmt: skip


def _describe(block: object) -> dict[str, object]:
    """Describe a block for the template."""
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": write_plain(block.spans)}
        case Paragraph():
            return {"kind": "paragraph", "text": write_plain(block.paragraph)}
        case Notice():
            return {"kind": "notice", "text": write_plain(block.notice)}
        case Table():
            return {
                "kind": "table",
                "caption": write_plain(block.caption),
                "header": [write_plain(cell) for cell in block.header],
                "rows": [[write_plain(cell) for cell in row] for row in block.rows],
                "is_number": block.is_number,
                "note": write_plain(block.note),
            }
        case Picture():
            return {
                "kind": "picture",
                "caption": write_plain(block.caption),
                "alt": write_plain(block.alt),
                "sha256": block.sha256,
            }
        case _:
            raise TypeError(f"a block of a kind that is not known: {type(block).__name__}")


@router.get("/{paper_id}/picture/{sha256}")
def show_picture(visit: Reader, paper_id: str, sha256: str) -> Response:
    """Show a picture of a paper."""
    paper = visit.store.find_result(Paper, paper_id, place=visit.place)
    held = {b.sha256 for b in paper.blocks if isinstance(b, Picture)}
    if sha256 not in held:
        raise RefusedError("The paper has no such picture.")
    return Response(visit.store.read_import_file(sha256), media_type="image/png")


@router.get("/{paper_id}/file/{ending}")
def download_paper(visit: Reader, paper_id: str, ending: str) -> Response:
    """Download a paper as Word, PDF or the list of its figures, with its signatures so far."""
    return send_file(*write_paper(visit, paper_id, ending))


@router.post("/{paper_id}/assure")
def assure_paper(visit: Signer, paper_id: str, _posted: Sent) -> Response:
    """Sign a draft as assured, as somebody else than its author."""
    return _sign(visit, paper_id, PaperState.ASSURED)


@router.post("/{paper_id}/approve")
def approve_paper(visit: Signer, paper_id: str, _posted: Sent) -> Response:
    """Sign an assured paper as approved, as a third person; its baseline is frozen."""
    return _sign(visit, paper_id, PaperState.APPROVED)


def _sign(visit: Visit, paper_id: str, wanted: PaperState) -> Response:
    step_paper(visit, paper_id, wanted)
    return see_other(f"/papers/{paper_id}")
