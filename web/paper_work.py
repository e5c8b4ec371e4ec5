"""Work on papers: make, sign, write as a file; the one way that pages and API both go."""

from __future__ import annotations

from data.errors import RefusedError
from data.papers import Paper, PaperState
from data.people import Role, require_person
from reports import find_study, list_sign_offs, read_paper_files, render_paper, sign_paper
from web.access import Visit
from web.job_kinds import WritePaper
from web.jobs import Job
from web.limits import entering, note_export
from web.queueing import queue_job
from web.tasks import TEMPLATE

ENDINGS = ("docx", "pdf", "csv")
"""What a paper is written as: Word, PDF, the list of its figures."""


def queue_paper(visit: Visit, study_id: str, template: bytes) -> Job:
    """Queue the writing of a study's paper as a draft.

    Parameters
    ----------
    template
        A council's own Word template, or b"".

    Raises
    ------
    StoreError
        If there is no such study.
    RefusedError
        If who asks is neither planner nor commissioner.
    LimitError
        If the person has as many jobs waiting as they may.
    """
    require_person(visit.store, visit.person_id, Role.PLANNER, Role.COMMISSIONER)
    study = find_study(visit.store, visit.place, study_id)
    return queue_job(
        visit,
        f"Cabinet paper: {study.title}",
        WritePaper(study_id=study.study_id),
        {TEMPLATE: template} if template else None,
    )


def step_paper(visit: Visit, paper_id: str, wanted: PaperState) -> None:
    """Sign a paper as assured or approved, each time as somebody else.

    Raises
    ------
    RefusedError
        If the person may not.
    """
    with visit.recording(f"paper.{wanted}", "paper", paper_id):
        sign_paper(visit.store, visit.place, paper_id, wanted, visit.person_id, visit.now_utc)


def write_paper(visit: Visit, paper_id: str, ending: str) -> tuple[bytes, str]:
    """Write a paper as a file with its signatures so far; one of the exports that are counted.

    Returns
    -------
    The file, and its name.

    Raises
    ------
    RefusedError
        If a paper is not written so.
    LimitError
        If the person has had as many exports in an hour as they may.
    """
    paper = visit.store.find_result(Paper, paper_id, place=visit.place)
    if ending not in ENDINGS:
        raise RefusedError("A paper is there as docx, pdf or csv.")
    note_export(visit, "paper", paper_id)
    signed = list_sign_offs(visit.store, paper.paper_id)
    with entering(visit):
        files = read_paper_files(visit.store, paper)
        ((name, body),) = render_paper(paper, signed, files, (ending,)).items()
    return body, name
