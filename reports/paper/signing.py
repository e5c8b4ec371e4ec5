"""A paper's life in the store: gathered, made, signed by three people, opened again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar

from data.appraisals import AppraisalStudy
from data.errors import RefusedError, StoreError
from data.inputs import Inputs, fingerprint
from data.papers import (
    Paper,
    PaperState,
    Picture,
    SignOff,
    build_sign_off_id,
    find_state,
)
from data.people import Role, require_other, require_person
from data.runs import RunRecord
from data.sources.deprivation import find_deciles
from data.studies import StudyRecord
from data.uncertainty import DrawsStudy
from data.versions import find_code_version
from reports.paper.baseline import build_paper_baseline
from reports.paper.build import PaperRequest, build_paper
from reports.paper.explain import build_figure_list
from reports.paper.identities import find_overdue
from reports.paper.pdf import build_pdf
from reports.paper.word import build_word

if TYPE_CHECKING:
    from data.networks import RoadNetwork
    from data.store import Store

T = TypeVar("T")

PAPER_ENDINGS = ("docx", "pdf", "csv")
"""What a paper is rendered as: Word, PDF, the list of its figures."""


def gather_paper(
    store: Store,
    place: str,
    name: str,
    author_id: str,
    *,
    now_utc: datetime,
    roads: RoadNetwork | None = None,
    threshold: int = 5,
    template: bytes = b"",
) -> PaperRequest:
    """Gather the runs and inputs of a study for its paper.

    Raises
    ------
    RefusedError
        If the author is neither planner nor commissioner.
    StoreError
        If there is no such study, or one of its runs is gone.
    """
    author = require_person(store, author_id, Role.PLANNER, Role.COMMISSIONER)
    study = find_study(store, place, name)
    runs: dict[str, RunRecord] = {}
    inputs: dict[str, Inputs] = {}
    for one in study.runs:
        runs[one.scenario_id] = store.find_run(one.run_id)
        inputs[one.scenario_id] = store.read_inputs(runs[one.scenario_id].inputs_hash)
    return PaperRequest(
        study=study,
        runs=runs,
        repeats=tuple(store.find_run(run_id) for run_id in study.repeats),
        inputs=inputs,
        current_inputs_hash=store.find_inputs_hash(place),
        author=author,
        created_utc=now_utc,
        code_version=find_code_version(),
        roads=roads,
        threshold=threshold,
        people_base=threshold,
        assumption_faults=_find_assumption_faults(store, place, now_utc),
        template=template,
        deciles=find_deciles(place, inputs[study.base].places),
        draws=_find_draws(store, place, {run.run_id for run in runs.values()}),
        appraisal=_find_newest(store, AppraisalStudy, place),
    )


def prepare_paper(request: PaperRequest) -> tuple[Paper, dict[str, bytes]]:
    """Make a paper and see that it can be rendered; nothing is kept yet.

    It takes seconds: a caller that keeps it within a transaction prepares it before.

    Returns
    -------
    The paper, and its pictures and template by SHA-256.

    Raises
    ------
    PaperRefusedError
        With every reason.
    """
    paper, files = build_paper(request)
    render_paper(paper, (), files)
    return paper, files


def save_paper(store: Store, place: str, paper: Paper, files: dict[str, bytes]) -> None:
    """Keep a prepared paper as a draft, with its files."""
    store.save_result(
        paper, place=place, files={f"{name}.bin": body for name, body in files.items()}
    )


def keep_paper(store: Store, place: str, request: PaperRequest) -> Paper:
    """Make a paper and keep it as a draft; what cannot be rendered is not kept.

    Raises
    ------
    PaperRefusedError
        With every reason.
    """
    paper, files = prepare_paper(request)
    save_paper(store, place, paper, files)
    return paper


def find_study(store: Store, place: str, name: str) -> StudyRecord:
    """Find a kept study by its id, or the newest of a name.

    Raises
    ------
    StoreError
        If there is none.
    """
    named = [s for s in store.list_results(place, StudyRecord) if s.parent_id == name]
    if named:
        return store.find_result(StudyRecord, named[0].result_id)
    try:
        return store.find_result(StudyRecord, name, place=place)
    except StoreError as error:
        raise StoreError(
            f"{error} `wayfare scenario run {name} --place {place}` makes it."
        ) from None


def list_sign_offs(store: Store, paper_id: str) -> tuple[SignOff, ...]:
    """List the signatures under a paper, the oldest first."""
    found = [
        store.find_result(SignOff, summary.result_id)
        for summary in store.list_results(None, SignOff)
        if summary.parent_id == paper_id
    ]
    order = tuple(PaperState)
    return tuple(sorted(found, key=lambda one: (one.created_utc, order.index(one.state))))


def read_paper_files(store: Store, paper: Paper) -> dict[str, bytes]:
    """Read the pictures and the template of a kept paper."""
    wanted = [block.sha256 for block in paper.blocks if isinstance(block, Picture)]
    if paper.template_sha256:
        wanted.append(paper.template_sha256)
    return {sha: store.read_import_file(sha) for sha in wanted}


def sign_paper(
    store: Store,
    place: str,
    paper_id: str,
    wanted: PaperState,
    person_id: str,
    now_utc: datetime,
) -> tuple[Paper, tuple[SignOff, ...], dict[str, bytes]]:
    """Take a paper one step on; an approval freezes its baseline.

    Returns
    -------
    The paper, its signatures, and its files as they are now.

    Raises
    ------
    RefusedError
        If the person may not, has acted on it before, or it is not at the step before.
    """
    is_assuring = wanted is PaperState.ASSURED
    before = PaperState.DRAFT if is_assuring else PaperState.ASSURED
    role = Role.ASSURER if is_assuring else Role.COMMISSIONER
    person = require_person(store, person_id, role)
    paper = store.find_result(Paper, paper_id, place=place)
    signed = list_sign_offs(store, paper.paper_id)
    found = find_state(signed)
    if found is not before:
        raise RefusedError(
            f"Paper {paper.paper_id} is {found}; only one that is {before} can be {wanted}."
        )
    acted = {paper.author_id: "wrote this paper"}
    require_other(person, acted | {one.person_id: f"{one.state} it" for one in signed})
    sign_off = SignOff(
        sign_off_id=build_sign_off_id(paper.paper_id, wanted),
        paper_id=paper.paper_id,
        paper_hash=fingerprint(paper),
        state=wanted,
        person_id=person.person_id,
        person_name=person.name,
        created_utc=now_utc,
        code_version=find_code_version(),
    )
    values: list[object] = [sign_off]
    if not is_assuring:
        runs = {run_id: store.find_run(run_id) for run_id, _ in paper.run_ids}
        values.append(build_paper_baseline(paper, runs, now_utc, find_code_version()))
    made = render_paper(paper, (*signed, sign_off), read_paper_files(store, paper))
    store.save_results(values, place=place)
    return paper, (*signed, sign_off), made


def render_paper(
    paper: Paper,
    signed: tuple[SignOff, ...],
    files: dict[str, bytes],
    endings: Collection[str] = PAPER_ENDINGS,
) -> dict[str, bytes]:
    """Render the files of a paper that are wanted, by name."""
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "docx": (f"{paper.paper_id}.docx", lambda: build_word(paper, signed, files)),
        "pdf": (f"{paper.paper_id}.pdf", lambda: build_pdf(paper, signed, files)),
        "csv": (f"{paper.paper_id}-figures.csv", lambda: build_figure_list(paper).encode()),
    }
    return {name: make() for ending, (name, make) in makers.items() if ending in endings}


def _find_draws(store: Store, place: str, run_ids: set[str]) -> DrawsStudy | None:
    """Find the newest draws that stand on runs of a study, or None."""
    for summary in store.list_results(place, DrawsStudy):
        found = store.find_result(DrawsStudy, summary.result_id, place=place)
        if any(case.run_id in run_ids for case in found.cases):
            return found
    return None


def _find_newest(store: Store, kind: type[T], place: str) -> T | None:
    """Find the newest result of a kind of a place, or None."""
    if not store.list_results(place, kind):
        return None
    found: T = store.find_result(kind, place=place)
    return found


def _find_assumption_faults(store: Store, place: str, now_utc: datetime) -> tuple[str, ...]:
    """Find what keeps the assumptions of the place's newest appraisal from a paper (M6)."""
    due: dict[str, date] = {}
    faults: list[str] = []
    appraisal = _find_newest(store, AppraisalStudy, place)
    if appraisal is not None:
        due = {a.assumption_id: a.review_on for a in appraisal.assumptions}
        if appraisal.discount_review_on is not None:
            due["discount-rate"] = appraisal.discount_review_on
        faults = [
            f"{flag.assumption_id}: {flag.words}"
            for flag in appraisal.flags
            if flag.is_blocking and flag.flag != "outdated"
        ]
    return (*faults, *find_overdue(due, now_utc.date()))
