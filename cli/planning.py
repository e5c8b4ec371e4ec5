"""Commands that make, judge, price and show plans."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    RunOption,
    SecondsOption,
    SeedOption,
    StepsOption,
    find_place,
    name_command,
    name_place,
    note,
    now,
    open_inputs,
    save_sample,
    say,
)
from cli.compiling import prepare_search
from cli.log_keeping import log_run
from cli.progress import ShownProgress
from cli.stopping import StopWish

if TYPE_CHECKING:
    from data.plans import Plan
    from data.runs import RunRecord
    from data.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A kept run with what only its making can tell.

    Attributes
    ----------
    n_violations
        Hard rules broken by the plans as read back from the store.
    cpu_s, wall_s
        Of planning, pricing and checking. [s]
    """

    run: RunRecord
    n_violations: int
    cpu_s: float
    wall_s: float


app = typer.Typer()


@app.command()
def sample(
    place: PlaceOption,
    passengers: Annotated[int | None, typer.Option("--passengers", min=1)] = None,
    sites: Annotated[int | None, typer.Option("--sites", min=1)] = None,
    seed: SeedOption = 1,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Build a sample place with made-up people.

    southend, rutland and newport are real places; grid is a made-up town.
    """
    from data.samples import PLACES, build_sample
    from data.store import Store

    if place not in PLACES:
        raise typer.BadParameter(f"choose from {', '.join(PLACES)}", param_hint="--place")
    workspace = name_place(folder, place)
    try:
        inputs = build_sample(place, n_passengers=passengers, n_sites=sites, seed=seed)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    workspace.open_folder()
    with Store.open(workspace.store_place) as store:
        save_sample(workspace, store, inputs, seed)
    say(
        f"{inputs.title}: {len(inputs.passengers):,} passengers, {len(inputs.sites):,} sites, "
        f"{len(inputs.vehicles):,} own vehicles, {len(inputs.suppliers):,} suppliers, made up"
    )
    say(f"written to {workspace.folder}")


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
    cluster: Annotated[
        str,
        typer.Option("--cluster", help="Dask scheduler for a large place's single date."),
    ] = "",
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Plan, price and check a place's transport.

    Plans the whole week, or one date with --only, and keeps the run. Exit 35 if the plan breaks
    a hard rule. Ctrl-C keeps the best plan so far.
    """
    limit_s = 60.0 if seconds is None and steps is None else seconds
    planned = optimise_place(
        find_place(folder, place, may_be_sample=True),
        seconds=limit_s,
        steps=steps,
        seed=seed,
        only=None if only is None else only.date(),
        cluster=cluster,
    )
    _show(planned, as_json)
    if planned.n_violations:
        note("The plan breaks hard rules and must not be used: wayfare judge shows each.")
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
    """Run the main job on the sample places."""
    places = (("grid", 4.0),) if quick else (("rutland", 18.0), ("southend", 108.0))
    n_bad = 0
    for place, default_s in places:
        workspace = name_place(folder, place)
        limit_s = default_s if seconds is None else seconds
        planned = optimise_place(workspace, seconds=limit_s, steps=None, seed=seed)
        written = _write_outputs(workspace, planned.run)
        n_bad += planned.n_violations
        _show(planned, as_json=False)
        _list_written(workspace, written)
        say()
        if planned.run.limit == "interrupted":
            break
    shown = name_command("serve", "--demo", "--place", place, folder=folder)
    say(f"Open it in a browser: {shown}")
    if n_bad:
        raise typer.Exit(35)


@app.command()
def report(
    place: PlaceOption,
    run_id: RunOption = "latest",
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Write a kept run's workbooks, maps and page."""
    from data.store import Store

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        run = store.find_run(run_id, place)
    for path in _write_outputs(workspace, run):
        say(str(path))


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
    """Check any plan against every rule.

    The checker shares no code with the search. Without FILE it judges a kept run, with its cost
    lines. Exit 35 if any rule is broken.
    """
    from data.inputs import write_document
    from data.store import Store
    from routing import build_report_lines, check_plan, check_timetable, judge_file
    from scenarios import build_case_matrix

    workspace = find_place(folder, place, may_be_sample=file is not None)
    workspace.open_folder()
    with Store.open(workspace.store_place) as store:
        inputs, network = open_inputs(workspace, store)
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
        say(write_document(found).decode())
    else:
        for line in build_report_lines(found):
            say(line)
    if not found.is_good:
        raise typer.Exit(35)


@app.command()
def price(
    place: PlaceOption,
    run_id: RunOption = "latest",
    lines: Annotated[bool, typer.Option("--lines", help="Every cost line.")] = False,
    recharges: Annotated[
        Path | None,
        typer.Option("--recharges", help="Who pays towards whom: add the lines of income."),
    ] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Show a kept run's prices, route by route.

    Each route as planned, as bought and as own fleet; with --lines every cost line, with
    --recharges also what others pay (columns as for finance recharges).
    """
    from data.store import Store
    from reports.summary import build_price_lines

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        run = store.find_run(run_id, place)
    if recharges is not None:
        from costing.finance_tables import read_recharges
        from costing.recharges import build_income_lines, price_recharges

        asked = read_recharges(recharges)
        income = build_income_lines(price_recharges(asked, run.shares, run.plan))
        run = replace(run, lines=(*run.lines, *income))
        lines = True
    for line in build_price_lines(run, is_every_line=lines):
        say(line)


def optimise_place(
    workspace: Workspace,
    *,
    seconds: float | None,
    steps: int | None,
    seed: int,
    only: date | None = None,
    cluster: str = "",
) -> Planned:
    """Run the main job on a place's inputs and keep the run."""
    from data.store import Store
    from scenarios import Search, build_case_matrix, build_run, solve_case

    workspace.open_folder()
    with Store.open(workspace.store_place) as store, ShownProgress() as shown:
        inputs, network = open_inputs(workspace, store)
        shown.stage("travel times")
        matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)

        def keep(made: Plan) -> Plan:
            store.save_plan(made)
            return store.read_plan(made.plan_id)

        prepare_search(shown.stage)
        search = Search(seconds=seconds, steps=steps, seed=seed, only=only, cluster=cluster)
        wall_from, cpu_from = time.monotonic(), time.process_time()
        with StopWish() as should_stop:
            result = solve_case(
                inputs,
                matrix,
                search,
                keep=keep,
                progress=shown.report,
                should_stop=should_stop,
            )
        wall_s, cpu_s = time.monotonic() - wall_from, time.process_time() - cpu_from
        run = build_run(inputs, matrix, search, result, created_utc=now())
        store.save_run(run)
        log_run(run, seconds=wall_s)
    if result.objective_gap_pence:
        note(
            f"Alarm: the search's own cost differs from the exact price by "
            f"{result.objective_gap_pence} pence; the figures shown are the exact ones."
        )
    return Planned(run=run, n_violations=result.n_violations, cpu_s=cpu_s, wall_s=wall_s)


def _list_written(workspace: Workspace, paths: tuple[Path, ...]) -> None:
    """List what was written: single files by name, folders of many by number."""
    from collections import Counter

    top = workspace.outputs_folder
    folders = Counter(path.parent for path in paths)
    say(f"  written to {top}:")
    for path in paths:
        if path.parent == top:
            say(f"    {path}")
    for parent, n_files in folders.items():
        if parent != top:
            say(f"    {parent} ({n_files} workbooks)")


def _write_outputs(workspace: Workspace, run: RunRecord) -> tuple[Path, ...]:
    """Write a run's outputs from the run, its inputs and its network alone.

    Where other roads were loaded since, no streets are drawn: they are not what was driven.
    """
    from data.store import Store
    from reports import build_run_shapes, write_outputs
    from routing import read_network
    from scenarios import build_case_matrix

    with Store.open(workspace.store_place) as store:
        inputs = store.read_inputs(run.inputs_hash)
    network = read_network(workspace.network_path)
    matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)
    is_driven = matrix.fingerprint == run.matrix_hash
    if not is_driven:
        note(f"Run {run.run_id} was planned on other roads than loaded: drawn straight.")
    return write_outputs(
        run,
        inputs,
        workspace.outputs_folder,
        shapes=build_run_shapes(run, inputs, network) if is_driven else {},
        roads=network if is_driven else None,
        written_utc=now(),
    )


def _show(planned: Planned, as_json: bool) -> None:
    from reports.summary import build_summary, build_summary_record

    run, n_violations = planned.run, planned.n_violations
    if as_json:
        record = build_summary_record(run, n_violations)
        record["cpu_s"], record["wall_s"] = round(planned.cpu_s, 3), round(planned.wall_s, 3)
        say(json.dumps(record))
        return
    for line in build_summary(run, n_violations):
        say(line)
