"""What the commands share: options, printing, a place's inputs and network."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.log_keeping import begin_log

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.market import MarketCosts
    from data.networks import RoadNetwork, TravelMatrix
    from data.runs import RunRecord
    from data.store import Store
    from data.workspace import Workspace

DATA_FOLDER = Path("wayfare-data")

PlaceOption = Annotated[str, typer.Option("--place", help="Working place, e.g. southend.")]
FolderOption = Annotated[
    Path, typer.Option("--folder", help="Working folder that holds a folder per place.")
]
SecondsOption = Annotated[
    float | None, typer.Option("--seconds", min=0.0, help="Wall time for planning.")
]
StepsOption = Annotated[
    int | None,
    typer.Option("--steps", min=1, help="Search steps; equal seed and steps, equal plan."),
]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Seed of every random choice.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON summary line.")]
RunOption = Annotated[str, typer.Option("--run", help="Run id, its beginning, or latest.")]


def say(text: str = "") -> None:
    """Print a line of results."""
    typer.echo(text)


def note(text: str) -> None:
    """Print a line about the work on standard error."""
    typer.echo(text, err=True)


def now() -> datetime:
    """Read the clock: whole seconds, UTC."""
    return datetime.now(UTC).replace(microsecond=0)


def name_command(*words: str, folder: Path = DATA_FOLDER) -> str:
    """Name a command of this program as it can be typed where this one was.

    A program on no path is named by its own, as `make` calls it; a folder other than the
    usual one is named too.
    """
    import shlex
    import shutil
    import sys

    given = Path(sys.argv[0])
    found = shutil.which("wayfare")
    is_known = given.name != "wayfare" or (found is not None and given.samefile(found))
    parts = ["wayfare" if is_known else str(given), *words]
    if folder != DATA_FOLDER:
        parts += ["--folder", str(folder)]
    return shlex.join(parts)


def name_place(folder: Path, place: str) -> Workspace:
    """Name a place's workspace; a name that cannot be one is a wrong option.

    Raises
    ------
    BadParameter
        If the name is unsafe as a folder's name.
    """
    from data.errors import InputError
    from data.workspace import Workspace

    try:
        found = Workspace(root=folder, place=place)
    except InputError as error:
        (fault,) = error.problems
        raise typer.BadParameter(
            f"{place[:60]!r}: {fault.cause} {fault.suggestion}", param_hint="--place"
        ) from None
    begin_log(found)
    return found


def find_place(folder: Path, place: str, *, may_be_sample: bool = False) -> Workspace:
    """Find a place that is there, so that a slip of the pen leaves no empty folder behind.

    Parameters
    ----------
    may_be_sample
        Whether a sample place will do that is made on first use.

    Raises
    ------
    BadParameter
        If there is no such place.
    """
    from data.samples import PLACES
    from data.workspace import list_workspaces

    workspace = name_place(folder, place)
    if workspace.has_store or (may_be_sample and place in PLACES):
        return workspace
    known = ", ".join(one.place for one in list_workspaces(folder)) or "none"
    how = (
        f"`wayfare sample --place {place}` makes it"
        if place in PLACES
        else f"`wayfare import FILE --place {place}` makes it"
    )
    raise typer.BadParameter(
        f"there is no place {place!r} in {folder} (there: {known}). {how}.",
        param_hint="--place",
    )


def open_inputs(workspace: Workspace, store: Store) -> tuple[Inputs, RoadNetwork]:
    """Read a place's current inputs and network; make a sample place on first use.

    Raises
    ------
    InputError
        If the place has inputs but no roads.
    """
    from data.errors import InputError, Problem, Severity
    from data.samples import PLACES, build_sample
    from routing import build_sample_network, read_network, write_network

    if not store.list_inputs(workspace.place) and workspace.place in PLACES:
        note(f"{workspace.place}: no inputs yet, building the sample ...")
        save_sample(workspace, store, build_sample(workspace.place), 1)
    inputs = store.read_inputs(store.find_inputs_hash(workspace.place))
    if not workspace.network_path.is_file():
        if workspace.place not in PLACES:
            cause = f"{workspace.place} has inputs but no roads yet."
            how = f"Load them: `wayfare roads import FILE --place {workspace.place}`."
            raise InputError(
                [Problem(code="W002", severity=Severity.ERROR, cause=cause, suggestion=how)]
            )
        write_network(build_sample_network(workspace.place), workspace.network_path)
    return inputs, read_network(workspace.network_path)


def save_sample(workspace: Workspace, store: Store, inputs: Inputs, seed: int) -> None:
    """Make a sample, with its network, a place's current inputs."""
    from data.versions import find_code_version
    from routing import build_sample_network, write_network

    write_network(build_sample_network(workspace.place, seed=seed), workspace.network_path)
    store.save_inputs(inputs, created_utc=now(), code_version=find_code_version())


def read_market(path: Path | None) -> MarketCosts:
    """Read a council's own market costs, or those that ship."""
    from data.sources.market_costs import read_market_costs, read_shipped_market_costs

    return read_shipped_market_costs() if path is None else read_market_costs(path)


def open_run(workspace: Workspace, run_id: str) -> tuple[RunRecord, Inputs, TravelMatrix]:
    """Open a kept run with the inputs and travel times it was made from."""
    from data.store import Store
    from routing import read_network
    from scenarios import build_case_matrix

    with Store.open(workspace.store_place) as store:
        run = store.find_run(run_id, workspace.place)
        inputs = store.read_inputs(run.inputs_hash)
    network = read_network(workspace.network_path)
    matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)
    if matrix.fingerprint != run.matrix_hash:
        note(f"Run {run.run_id} was planned on other roads than loaded; distances differ.")
    return run, inputs, matrix
