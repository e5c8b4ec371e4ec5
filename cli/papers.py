"""Commands on decision papers: write, sign, explain; each from stored runs only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from cli.common import DATA_FOLDER, FolderOption, PlaceOption, find_place, now, say

if TYPE_CHECKING:
    from data.papers import Paper, SignOff


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

    from data.store import Store
    from reports.paper import gather_paper, keep_paper, render_paper
    from reports.paper.signing import read_paper_files
    from routing import read_network
    from scenarios.study_file import replace_words

    workspace = find_place(folder, place)
    roads = read_network(workspace.network_path) if workspace.network_path.is_file() else None
    with Store.open(workspace.store_place) as store:
        request = gather_paper(
            store,
            place,
            study,
            person,
            now_utc=now(),
            roads=roads,
            threshold=threshold,
            template=b"" if template is None else template.read_bytes(),
        )
        if words is not None:
            request = replace(request, study=replace_words(request.study, words))
        paper = keep_paper(store, place, request)
        made = render_paper(paper, (), read_paper_files(store, paper))
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
    from data.papers import Paper
    from data.store import Store
    from reports.paper import list_sign_offs, read_paper_files, render_paper

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        paper = store.find_result(Paper, paper_id, place=place)
        signed = list_sign_offs(store, paper.paper_id)
        made = render_paper(paper, signed, read_paper_files(store, paper))
        _write_files(made, out or workspace.outputs_folder / "papers")
    _say_state(paper, signed)


@paper_app.command("list")
def list_papers(place: PlaceOption, folder: FolderOption = DATA_FOLDER) -> None:
    """List papers with how far each has come, the newest first."""
    from data.papers import Paper
    from data.store import Store
    from reports.paper import list_sign_offs

    with Store.open(find_place(folder, place).store_place) as store:
        for summary in store.list_results(place, Paper):
            paper = store.find_result(Paper, summary.result_id)
            _say_state(paper, list_sign_offs(store, paper.paper_id))


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
    from data.papers import Paper
    from data.store import Store
    from reports.paper import build_explanation, list_sign_offs

    with Store.open(find_place(folder, place).store_place) as store:
        found = store.find_result(Paper, paper, place=place)
        signed = list_sign_offs(store, found.paper_id)
        one = found.find_figure(figure)
        if one is None:
            raise StoreError(
                f"Paper {found.paper_id} has no figure {figure!r}; it has "
                f"{found.figures[0].figure_id} to {found.figures[-1].figure_id}."
            )
        runs = {run_id: store.find_run(run_id) for run_id, _ in found.run_ids}
        for line in build_explanation(found, one, runs, signed):
            say(line)


def _sign(
    paper_id: str, place: str, person_id: str, state: str, out: Path | None, folder: Path
) -> None:
    """Take a paper one step on."""
    from data.papers import PaperState
    from data.store import Store
    from reports.paper import sign_paper

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        paper, signed, made = sign_paper(
            store, place, paper_id, PaperState(state), person_id, now()
        )
        _write_files(made, out or workspace.outputs_folder / "papers")
    _say_state(paper, signed)


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
