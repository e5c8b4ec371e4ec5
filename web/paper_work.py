"""Work on papers: make, sign, write as a file; the one way that pages and API both go."""

from __future__ import annotations

from data.errors import RefusedError
from data.papers import Paper, PaperState
from reports import (
    gather_paper,
    list_sign_offs,
    prepare_paper,
    read_paper_files,
    render_paper,
    save_paper,
    sign_paper,
)
from web.access import Visit
from web.limits import entering, note_export
from web.matrices import find_network

ENDINGS = ("docx", "pdf", "csv")
"""What a paper is written as: Word, PDF, the list of its figures."""


def make_paper(visit: Visit, study_id: str, template: bytes) -> Paper:
    """Make the paper of a study as a draft, and keep it.

    Parameters
    ----------
    template
        A council's own Word template, or b"".

    Raises
    ------
    ModelError, RefusedError
        With every reason why there is no paper.
    LimitError
        If the last thing they asked for is still being done.
    """
    state = visit.state
    has_roads = state.workspace.network_path.is_file()
    with entering(visit):
        wanted = gather_paper(
            visit.store,
            visit.place,
            study_id,
            visit.person_id,
            now_utc=visit.now_utc,
            roads=find_network(state) if has_roads else None,
            template=template,
        )
        # Seconds of charts and typesetting, before anybody waits for the store.
        paper, files = prepare_paper(wanted)
        with visit.recording("paper.make", "paper", study_id):
            save_paper(visit.store, visit.place, paper, files)
    return paper


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
