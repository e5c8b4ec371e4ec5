"""The command line: words to calls, errors to exit codes; the only module that prints.

Heavy libraries are imported inside the commands, so that ``wayfare --help`` stays quick.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.networks import RoadNetwork
    from data.plans import Plan
    from data.runs import RunRecord
    from data.store import Store
    from data.workspace import Workspace
    from routing import ProgressReport

app = typer.Typer(
    name="wayfare",
    help="Plan, price, check and show home-to-school and adult social-care transport.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    add_completion=False,
)
roads_app = typer.Typer(help="Real roads for a place.", no_args_is_help=True)
postcodes_app = typer.Typer(help="Postcode points.", no_args_is_help=True)
schools_app = typer.Typer(help="The register of schools.", no_args_is_help=True)
store_app = typer.Typer(help="The store of runs.", no_args_is_help=True)
app.add_typer(roads_app, name="roads")
app.add_typer(postcodes_app, name="postcodes")
app.add_typer(schools_app, name="schools")
app.add_typer(store_app, name="store")

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


def _say(text: str = "") -> None:
    typer.echo(text)


def _note(text: str) -> None:
    typer.echo(text, err=True)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def _open_inputs(workspace: Workspace, store: Store) -> tuple[Inputs, RoadNetwork]:
    """Read a place's current inputs and network; make a sample place on first use."""
    from data.samples import PLACES
    from routing import build_sample_network, read_network, write_network

    if not store.list_inputs(workspace.place) and workspace.place in PLACES:
        _note(f"{workspace.place}: no inputs yet, building the sample ...")
        _save_sample(workspace, store, None, None, 1)
    inputs = store.read_inputs(store.find_inputs_hash(workspace.place))
    if not workspace.network_path.is_file() and workspace.place in PLACES:
        write_network(build_sample_network(workspace.place), workspace.network_path)
    return inputs, read_network(workspace.network_path)


def _save_sample(
    workspace: Workspace, store: Store, n_passengers: int | None, n_sites: int | None, seed: int
) -> Inputs:
    from data.samples import build_sample
    from data.versions import find_code_version
    from routing import build_sample_network, write_network

    inputs = build_sample(
        workspace.place, n_passengers=n_passengers, n_sites=n_sites, seed=seed
    )
    write_network(build_sample_network(workspace.place, seed=seed), workspace.network_path)
    store.save_inputs(inputs, created_utc=_now(), code_version=find_code_version())
    return inputs


@app.command()
def sample(
    place: PlaceOption,
    passengers: Annotated[int | None, typer.Option("--passengers", min=1)] = None,
    sites: Annotated[int | None, typer.Option("--sites", min=1)] = None,
    seed: SeedOption = 1,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Build a sample place (southend, rutland, newport, grid): made-up people, real places."""
    from data.samples import PLACES
    from data.store import Store
    from data.workspace import Workspace

    if place not in PLACES:
        raise typer.BadParameter(f"choose from {', '.join(PLACES)}", param_hint="--place")
    workspace = Workspace(root=folder, place=place)
    workspace.open_folder()
    try:
        with Store.open(workspace.store_path) as store:
            inputs = _save_sample(workspace, store, passengers, sites, seed)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    _say(
        f"{inputs.title}: {len(inputs.passengers):,} passengers, {len(inputs.sites):,} sites, "
        f"{len(inputs.vehicles):,} own vehicles, {len(inputs.suppliers):,} suppliers, made up"
    )
    _say(f"written to {workspace.folder}")


@app.command()
def plan(
    place: PlaceOption,
    seconds: SecondsOption = None,
    steps: StepsOption = None,
    seed: SeedOption = 1,
    only: Annotated[
        datetime | None,
        typer.Option("--only", formats=["%Y-%m-%d"], help="Plan this date alone."),
    ] = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Plan the week (or one date), price it, check it as read back, and keep the run."""
    from data.workspace import Workspace

    limit_s = 60.0 if seconds is None and steps is None else seconds
    run, n_violations = _plan(
        Workspace(root=folder, place=place),
        seconds=limit_s,
        steps=steps,
        seed=seed,
        only=None if only is None else only.date(),
    )
    _show(run, n_violations, as_json)
    if n_violations:
        _note("The plan breaks hard rules and must not be used: wayfare judge shows each.")
        raise typer.Exit(35)


@app.command()
def demo(
    quick: Annotated[
        bool, typer.Option("--quick", help="The made-up grid town only, in a few seconds.")
    ] = False,
    seconds: SecondsOption = None,
    seed: SeedOption = 1,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Run the main job on the sample places and write everything it makes."""
    from data.workspace import Workspace

    places = (("grid", 4.0),) if quick else (("rutland", 18.0), ("southend", 108.0))
    n_bad = 0
    for place, default_s in places:
        workspace = Workspace(root=folder, place=place)
        limit_s = default_s if seconds is None else seconds
        run, n_violations = _plan(workspace, seconds=limit_s, steps=None, seed=seed)
        written = _write_outputs(workspace, run)
        n_bad += n_violations
        _show(run, n_violations, as_json=False)
        _say("  written:")
        for path in written:
            _say(f"    {path}")
        _say()
    if n_bad:
        raise typer.Exit(35)


@app.command()
def report(
    place: PlaceOption,
    run_id: Annotated[str, typer.Option("--run", help="Run id, its beginning, or latest.")] = (
        "latest"
    ),
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Write the workbooks, maps and page of a kept run."""
    from data.store import Store
    from data.workspace import Workspace

    workspace = Workspace(root=folder, place=place)
    with Store.open(workspace.store_path) as store:
        run = store.find_run(run_id, place)
    for path in _write_outputs(workspace, run):
        _say(str(path))


def _write_outputs(workspace: Workspace, run: RunRecord) -> tuple[Path, ...]:
    """Write a run's outputs from the run, its inputs and its network alone."""
    from data.store import Store
    from reports import write_outputs
    from routing import read_network

    with Store.open(workspace.store_path) as store:
        inputs = store.read_inputs(run.inputs_hash)
    network = read_network(workspace.network_path)
    return tuple(write_outputs(run, inputs, workspace.outputs_folder, network=network))


@app.command()
def judge(
    file: Annotated[
        Path | None, typer.Argument(help="A plan in the documented format.")
    ] = None,
    place: PlaceOption = "southend",
    run_id: Annotated[
        str, typer.Option("--run", help="A kept run instead of a file: its id, or latest.")
    ] = "latest",
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Check any plan against every rule, apart from the search; exit 35 if any is broken."""
    from data.inputs import write_document
    from data.store import Store
    from data.workspace import Workspace
    from routing import build_report_lines, check_plan, check_timetable, judge_file
    from scenarios import build_case_matrix

    workspace = Workspace(root=folder, place=place)
    workspace.open_folder()
    with Store.open(workspace.store_path) as store:
        inputs, network = _open_inputs(workspace, store)
        run = None if file is not None else store.find_run(run_id, place)
        if run is not None:
            inputs = store.read_inputs(run.inputs_hash)
    matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)
    if file is not None:
        found = judge_file(file, inputs, matrix)
    elif run is not None and run.timetable is not None:
        found = check_timetable(run.timetable, inputs, matrix)
    elif run is not None:
        found = check_plan(run.plan, inputs, matrix, lines=run.lines)
    if as_json:
        _say(write_document(found).decode())
    else:
        for line in build_report_lines(found):
            _say(line)
    if not found.is_good:
        raise typer.Exit(35)


@app.command()
def price(
    place: PlaceOption,
    run_id: Annotated[str, typer.Option("--run", help="Run id, its beginning, or latest.")] = (
        "latest"
    ),
    lines: Annotated[bool, typer.Option("--lines", help="Every cost line.")] = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Show what a kept run's plan costs: as planned, as own fleet and as bought, by route."""
    from data.store import Store
    from data.workspace import Workspace
    from reports.summary import build_price_lines

    workspace = Workspace(root=folder, place=place)
    with Store.open(workspace.store_path) as store:
        run = store.find_run(run_id, place)
    for line in build_price_lines(run, is_every_line=lines):
        _say(line)


@store_app.command("history")
def store_history(
    place: Annotated[str | None, typer.Option("--place", help="One place only.")] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """List the runs kept, the newest first."""
    from data.store import Store
    from data.units import format_pounds

    found = 0
    for path in sorted(folder.glob("*/wayfare.sqlite")):
        if place is not None and path.parent.name != place:
            continue
        with Store.open(path) as store:
            for run in store.list_runs(place):
                found += 1
                cost = "" if run.cost_pence is None else format_pounds(run.cost_pence)
                _say(
                    f"{run.run_id:<46} {run.kind:<9} {cost:>14} a day  violations "
                    f"{run.n_violations}  seed {run.seed}  {run.limit}  "
                    f"inputs {run.inputs_hash[:8]}  code {run.code_version}"
                )
    if not found:
        _say("No runs yet: wayfare plan --place grid makes one.")


def _plan(
    workspace: Workspace,
    *,
    seconds: float | None,
    steps: int | None,
    seed: int,
    only: date | None = None,
) -> tuple[RunRecord, int]:
    """Run the main job on a place's inputs and keep it; return the run and its violations."""
    from data.store import Store
    from scenarios import Search, build_case_matrix, build_run, solve_case

    workspace.open_folder()
    with Store.open(workspace.store_path) as store, _Progress() as shown:
        inputs, network = _open_inputs(workspace, store)
        shown.stage("travel times")
        matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)

        def keep(made: Plan) -> Plan:
            store.save_plan(made)
            return store.read_plan(made.plan_id)

        search = Search(seconds=seconds, steps=steps, seed=seed, only=only)
        result = solve_case(inputs, matrix, search, keep=keep, progress=shown.report)
        run = build_run(inputs, matrix, search, result, created_utc=_now())
        store.save_run(run)
    if result.objective_gap_pence:
        _note(
            f"Alarm: the search's own cost differs from the exact price by "
            f"{result.objective_gap_pence} pence; the figures shown are the exact ones."
        )
    return run, result.n_violations


def _show(run: RunRecord, n_violations: int, as_json: bool) -> None:
    from reports.summary import build_summary, build_summary_record

    if as_json:
        _say(json.dumps(build_summary_record(run, n_violations)))
        return
    for line in build_summary(run, n_violations):
        _say(line)


class _Progress:
    """Progress on standard error: a bar on a terminal, else a line now and then."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._last_s = 0.0

    def __enter__(self) -> _Progress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._bar = Progress(
                TextColumn("{task.description:<34}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[left]}"),
                TextColumn("{task.fields[cost]}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("starting", total=None, left="", cost="")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def stage(self, name: str) -> None:
        """Name what is being done."""
        if self._bar is not None:
            self._bar.update(self._task, description=name)
        else:
            _note(f"{name} ...")

    def report(self, found: ProgressReport) -> None:
        """Show a report of the search: time left, best cost, gap."""
        from data.units import format_pounds
        from reports.summary import describe_gap

        left = "" if found.seconds_left is None else f"{found.seconds_left:4.0f} s left"
        cost = "no plan yet"
        if found.best_cost_pence is not None:
            gap = (
                "gap not known"
                if found.bound_pence is None
                else describe_gap(found.best_cost_pence, found.bound_pence)
            )
            cost = f"best {format_pounds(found.best_cost_pence)} a day, {gap}"
            if found.n_unserved:
                cost += f", {found.n_unserved} not carried"
        if self._bar is not None:
            total = None
            if found.seconds_left is not None:
                total = found.seconds_used + found.seconds_left
            self._bar.update(
                self._task,
                description=found.stage,
                completed=found.seconds_used,
                total=total,
                left=left,
                cost=cost,
            )
        elif found.seconds_used - self._last_s >= 10 or found.seconds_used < self._last_s:
            self._last_s = found.seconds_used
            _note(f"{found.stage}: {found.seconds_used:.0f} s used, {left.strip()}, {cost}")


def main() -> None:
    """Run the command line; the only place where every exception is caught."""
    from data.errors import InputError, WayfareError

    # Compiled kernels are kept per user and version; numba reads this when it is imported.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(_kernel_cache()))
    logging.getLogger("wayfare").setLevel(logging.WARNING)
    try:
        app(standalone_mode=True)
    except InputError as error:
        _note(str(error))
        sys.exit(error.exit_code)
    except WayfareError as error:
        _note(f"{type(error).__name__}: {error}")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        _note("Interrupted before there was a plan to keep.")
        sys.exit(130)
    except Exception as error:
        if os.environ.get("WAYFARE_TRACEBACK"):
            raise
        _note(
            f"A defect of wayfare ({type(error).__name__}). Nothing was published. "
            "Run again with WAYFARE_TRACEBACK=1 to see where, and report it."
        )
        sys.exit(70)


def _kernel_cache() -> Path:
    """Name a cache folder of these kernels: numba does not notice edits in other files."""
    digest = hashlib.sha256()
    for path in sorted((Path(__file__).parent / "routing" / "kernels").glob("*.py")):
        digest.update(path.read_bytes())
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "wayfare" / f"kernels-{digest.hexdigest()[:12]}"


if __name__ == "__main__":
    main()
