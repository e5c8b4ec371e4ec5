"""Commands on decision papers: write, sign, explain; each from stored runs only."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from cli.common import DATA_FOLDER, FolderOption, PlaceOption, find_place, now, say

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.papers import Paper, SignOff
    from data.runs import RunRecord
    from data.store import Store
    from data.studies import StudyRecord
    from data.uncertainty import DrawsStudy
    from data.workspace import Workspace
    from reports.paper import PaperRequest

T = TypeVar("T")


class _WriteByDefault(TyperGroup):
    """Takes `wayfare paper STUDY` for `wayfare paper write STUDY`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["write", *args]
        return super().parse_args(ctx, args)


app = typer.Typer()
paper_app = typer.Typer(
    cls=_WriteByDefault,
    help="The decision paper of a study.",
    no_args_is_help=True,
)

AsOption = Annotated[
    str, typer.Option("--as", metavar="PERSON_ID", envvar="WAYFARE_PERSON", help="Who acts.")
]
PaperArgument = Annotated[str, typer.Argument(help="Paper id, its beginning, or latest.")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder to write to.")]


@paper_app.command("write")
def write_paper(
    study: Annotated[str, typer.Argument(help="Name or id of a study that was run.")],
    place: PlaceOption,
    person: AsOption,
    template: Annotated[
        Path | None, typer.Option("--template", help="The council's own Word template.")
    ] = None,
    words: Annotated[
        Path | None,
        typer.Option("--words", help="Folder whose study.toml has newer words than the runs'."),
    ] = None,
    threshold: Annotated[
        int, typer.Option("--threshold", min=3, max=20, help="People under it are withheld.")
    ] = 5,
    out: OutOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Write the paper of a study as a DRAFT: Word, PDF and the list of its figures.

    Made from stored runs only. Refused (exit 35) with every reason if a run is missing, stale,
    not checked or breaks a rule, or if amounts that must be equal are not; nothing is kept.
    """
    from dataclasses import replace

    from data.people import Role, require_person
    from data.store import Store
    from reports.paper import build_paper
    from scenarios.study_file import replace_words

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        author = require_person(store, person, Role.PLANNER, Role.COMMISSIONER)
        request = _gather(workspace, store, study, author.person_id, threshold, template)
        if words is not None:
            request = replace(request, study=replace_words(request.study, words))
        paper, files = build_paper(request)
        made = _render(paper, (), files)  # what cannot be rendered is not kept
        store.save_result(
            paper, place=place, files={f"{name}.bin": body for name, body in files.items()}
        )
        _write_files(made, out or workspace.outputs_folder / "papers")
    say(f"paper {paper.paper_id}: DRAFT, {len(paper.figures)} figures")


@paper_app.command("assure")
def assure_paper(
    paper_id: PaperArgument,
    place: PlaceOption,
    person: AsOption,
    out: OutOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Sign a draft as assured, as somebody else than its author."""
    _sign(paper_id, place, person, "assured", out, folder)


@paper_app.command("approve")
def approve_paper(
    paper_id: PaperArgument,
    place: PlaceOption,
    person: AsOption,
    out: OutOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Sign an assured paper as approved, as a third person; freezes its baseline."""
    _sign(paper_id, place, person, "approved", out, folder)


@paper_app.command("show")
def show_paper(
    place: PlaceOption,
    paper_id: PaperArgument = "latest",
    out: OutOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Write a kept paper's files again, byte for byte, with its signatures so far."""
    from data.store import Store

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        paper, signed, files = _open(store, paper_id, place)
        made = _render(paper, signed, files)
        _write_files(made, out or workspace.outputs_folder / "papers")
    _say_state(paper, signed)


@paper_app.command("list")
def list_papers(place: PlaceOption, folder: FolderOption = DATA_FOLDER) -> None:
    """List papers with how far each has come, the newest first."""
    from data.papers import Paper
    from data.store import Store

    with Store.open(find_place(folder, place).store_place) as store:
        for summary in store.list_results(place, Paper):
            paper = store.find_result(Paper, summary.result_id)
            _say_state(paper, _find_signed(store, paper.paper_id))


@app.command()
def explain(
    figure: Annotated[str, typer.Argument(help="Id or name of a figure, e.g. F-012.")],
    place: PlaceOption,
    paper: Annotated[str, typer.Option("--paper", help="Paper id or latest.")] = "latest",
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Explain a figure of a paper.

    Formula, parts, runs, code, seed, checks, people, time.
    """
    from data.errors import StoreError
    from data.store import Store
    from reports.paper import build_explanation

    with Store.open(find_place(folder, place).store_place) as store:
        found, signed, _ = _open(store, paper, place, is_with_files=False)
        one = found.find_figure(figure)
        if one is None:
            raise StoreError(
                f"Paper {found.paper_id} has no figure {figure!r}; it has "
                f"{found.figures[0].figure_id} to {found.figures[-1].figure_id}."
            )
        runs = {run_id: store.find_run(run_id) for run_id, _ in found.run_ids}
        for line in build_explanation(found, one, runs, signed):
            say(line)


def _gather(
    workspace: Workspace,
    store: Store,
    name: str,
    author_id: str,
    threshold: int,
    template: Path | None,
) -> PaperRequest:
    """Gather the runs and inputs of a study from the store."""
    from data.appraisals import AppraisalStudy
    from data.people import require_person
    from data.sources.deprivation import find_deciles
    from data.versions import find_code_version
    from reports.paper import PaperRequest
    from routing import read_network

    study = _find_study(store, workspace.place, name)
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
        current_inputs_hash=store.find_inputs_hash(workspace.place),
        author=require_person(store, author_id),
        created_utc=now(),
        code_version=find_code_version(),
        roads=(
            read_network(workspace.network_path) if workspace.network_path.is_file() else None
        ),
        threshold=threshold,
        people_base=threshold,
        assumption_faults=_find_assumption_faults(store, workspace.place),
        template=b"" if template is None else template.read_bytes(),
        deciles=find_deciles(workspace.place, inputs[study.base].places),
        draws=_find_draws(store, workspace.place, {run.run_id for run in runs.values()}),
        appraisal=_find_newest(store, AppraisalStudy, workspace.place),
    )


def _find_draws(store: Store, place: str, run_ids: set[str]) -> DrawsStudy | None:
    """Find the newest draws that stand on runs of a study, or None."""
    from data.uncertainty import DrawsStudy

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


def _find_assumption_faults(store: Store, place: str) -> tuple[str, ...]:
    """Find what keeps the assumptions of the place's newest appraisal from a paper (M6)."""
    from data.appraisals import AppraisalStudy
    from reports.paper import find_overdue

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
    return (*faults, *find_overdue(due, now().date()))


def _find_study(store: Store, place: str, name: str) -> StudyRecord:
    """Find a kept study by its id, or the newest of a name."""
    from data.errors import StoreError
    from data.studies import StudyRecord

    named = [s for s in store.list_results(place, StudyRecord) if s.parent_id == name]
    if named:
        return store.find_result(StudyRecord, named[0].result_id)
    try:
        return store.find_result(StudyRecord, name, place=place)
    except StoreError as error:
        raise StoreError(
            f"{error} `wayfare scenario run {name} --place {place}` makes it."
        ) from None


def _find_signed(store: Store, paper_id: str) -> tuple[SignOff, ...]:
    """Find the signatures under a paper, the oldest first."""
    from data.papers import SignOff

    found = [
        store.find_result(SignOff, summary.result_id)
        for summary in store.list_results(None, SignOff)
        if summary.parent_id == paper_id
    ]
    return tuple(sorted(found, key=lambda one: one.created_utc))


def _open(
    store: Store, paper_id: str, place: str, *, is_with_files: bool = True
) -> tuple[Paper, tuple[SignOff, ...], dict[str, bytes]]:
    """Open a kept paper with its signatures, pictures and template."""
    from data.papers import Paper, Picture

    paper = store.find_result(Paper, paper_id, place=place)
    wanted = [block.sha256 for block in paper.blocks if isinstance(block, Picture)]
    if paper.template_sha256:
        wanted.append(paper.template_sha256)
    files = {sha: store.read_import_file(sha) for sha in wanted} if is_with_files else {}
    return paper, _find_signed(store, paper.paper_id), files


def _sign(
    paper_id: str, place: str, person_id: str, state: str, out: Path | None, folder: Path
) -> None:
    """Take a paper one step on."""
    from data.errors import RefusedError
    from data.inputs import fingerprint
    from data.papers import PaperState, SignOff, build_sign_off_id, find_state
    from data.people import Role, require_other, require_person
    from data.store import Store
    from data.versions import find_code_version
    from reports.paper import build_paper_baseline

    wanted = PaperState(state)
    is_assuring = wanted is PaperState.ASSURED
    before = PaperState.DRAFT if is_assuring else PaperState.ASSURED
    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        role = Role.ASSURER if is_assuring else Role.COMMISSIONER
        person = require_person(store, person_id, role)
        paper, signed, files = _open(store, paper_id, place)
        found = find_state(signed)
        if found is not before:
            raise RefusedError(
                f"Paper {paper.paper_id} is {found}; only one that is {before} can be {wanted}."
            )
        acted = {paper.author_id: "wrote this paper"}
        require_other(person, acted | {one.person_id: f"{one.state} it" for one in signed})
        stamp = now()
        sign_off = SignOff(
            sign_off_id=build_sign_off_id(paper.paper_id, wanted),
            paper_id=paper.paper_id,
            paper_hash=fingerprint(paper),
            state=wanted,
            person_id=person.person_id,
            person_name=person.name,
            created_utc=stamp,
            code_version=find_code_version(),
        )
        values: list[object] = [sign_off]
        if not is_assuring:
            runs = {run_id: store.find_run(run_id) for run_id, _ in paper.run_ids}
            values.append(build_paper_baseline(paper, runs, stamp, find_code_version()))
        made = _render(paper, (*signed, sign_off), files)
        store.save_results(values, place=place)
        _write_files(made, out or workspace.outputs_folder / "papers")
    _say_state(paper, (*signed, sign_off))


def _render(
    paper: Paper, signed: tuple[SignOff, ...], files: dict[str, bytes]
) -> dict[str, bytes]:
    """Make every file of a paper."""
    from reports.paper import build_figure_list, build_pdf, build_word

    return {
        f"{paper.paper_id}.docx": build_word(paper, signed, files),
        f"{paper.paper_id}.pdf": build_pdf(paper, signed, files),
        f"{paper.paper_id}-figures.csv": build_figure_list(paper).encode(),
    }


def _write_files(made: dict[str, bytes], folder: Path) -> None:
    from reports.files import open_folder, write_whole

    open_folder(folder)
    for name, body in made.items():
        say(f"written: {write_whole(folder / name, body)}")


def _say_state(paper: Paper, signed: tuple[SignOff, ...]) -> None:
    from data.papers import find_state

    people = "".join(f", {one.state} by {one.person_name}" for one in signed)
    state = str(find_state(signed)).upper()
    say(f"paper {paper.paper_id}: {state}, written by {paper.author_name}{people}")
