"""Commands on scenarios: what-ifs solved, kept as runs and compared with their base."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    SecondsOption,
    SeedOption,
    StepsOption,
    find_place,
    note,
    now,
    open_inputs,
    say,
)
from cli.log_keeping import log_run

if TYPE_CHECKING:
    from data.runs import RunRecord
    from data.store import Store
    from data.workspace import Workspace
    from scenarios import Scenario, Search
    from scenarios.study import Case
    from scenarios.study_file import StudyFile

app = typer.Typer(help="What-ifs: scenario files solved and compared.", no_args_is_help=True)


@app.command("list")
def list_scenarios() -> None:
    """List the stock scenarios that come with wayfare."""
    from scenarios.library import list_library, list_studies

    for scenario in list_library():
        say(f"{scenario.scenario_id:<24}{scenario.title}")
    for name in list_studies():
        say(f"{name:<24}a whole study, ending in a paper")
    say("wayfare scenario show NAME prints one, to copy and change.")


@app.command("show")
def show_scenario(
    name: Annotated[str, typer.Argument(help="Name of a stock scenario.")],
) -> None:
    """Print a stock scenario's file."""
    from scenarios.library import read_library_text

    say(read_library_text(name).rstrip())


WorkersOption = Annotated[
    int, typer.Option("--workers", min=1, help="Cases worked on side by side.")
]
ClusterOption = Annotated[
    str, typer.Option("--cluster", help="Dask scheduler to send the cases to.")
]


@app.command("run")
def run_scenarios(
    files: Annotated[
        list[str], typer.Argument(help="Scenario files, folders of them, or stock names.")
    ],
    place: PlaceOption,
    seconds: SecondsOption = None,
    steps: StepsOption = None,
    seed: SeedOption = 1,
    workers: WorkersOption = 1,
    cluster: ClusterOption = "",
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Solve scenarios and their base, and compare them.

    Every case is planned, priced and checked as the base is, with the same search, and kept as
    a run. Cases solved before are taken from the store. With --steps the answer is the same
    however many work on it. A folder with a study.toml is a study: its runs are kept together,
    ready for `wayfare paper`. Exit 35 if a plan of ours breaks a hard rule.
    """
    from scenarios import Search
    from scenarios.library import find_scenarios, find_study_folder
    from scenarios.study import compare
    from scenarios.study_file import find_planned, read_study
    from scenarios.study_text import build_comparison_lines, build_comparison_record

    scenarios = find_scenarios(files)
    folders = [found for found in map(find_study_folder, files) if found is not None]
    if folders and len(files) > 1:
        raise typer.BadParameter("a study is run on its own.", param_hint="FILES")
    study = read_study(folders[0], find_planned(scenarios)) if folders else None
    limit_s = 60.0 if seconds is None and steps is None else seconds
    search = Search(seconds=limit_s, steps=steps, seed=seed)
    workspace = find_place(folder, place, may_be_sample=True)
    runs = solve_all(workspace, scenarios, search, workers, cluster)
    found = compare(runs[0], runs[1:])
    if study is not None:
        _keep_study(workspace, study, scenarios, runs, search)
    if as_json:
        import json

        say(json.dumps(build_comparison_record(found)))
    else:
        for line in build_comparison_lines(found):
            say(line)
    cases = (found.base, *(d.case for d in found.cases))
    if any(case.n_violations and not case.is_by_hand for case in cases):
        note("A plan breaks hard rules and must not be used.")
        raise typer.Exit(35)


@app.command("compare")
def compare_runs(
    base: Annotated[str, typer.Argument(help="Run id of the base, or its beginning.")],
    cases: Annotated[list[str], typer.Argument(help="Run ids of cases.")],
    place: PlaceOption,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Compare kept runs of scenarios."""
    from data.errors import StoreError
    from data.store import Store
    from scenarios.study import compare
    from scenarios.study_text import build_comparison_lines, build_comparison_record

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        runs = [store.find_run(run_id, place) for run_id in (base, *cases)]
    try:
        found = compare(runs[0], runs[1:])
    except ValueError as error:
        raise StoreError(f"{error}: `wayfare scenario run` makes such runs.") from None
    if as_json:
        import json

        say(json.dumps(build_comparison_record(found)))
        return
    for line in build_comparison_lines(found):
        say(line)


def solve_all(
    workspace: Workspace,
    stories: Sequence[Scenario],
    search: Search,
    n_workers: int = 1,
    cluster: str = "",
) -> list[RunRecord]:
    """Solve the base and every scenario, or take them from the store; the base first."""
    from data.store import Store
    from scenarios.solving import solve_stories

    workspace.open_folder()
    with Store.open(workspace.store_place) as store:
        inputs, _ = open_inputs(workspace, store)

        def solve(case: Case) -> RunRecord:
            return _solve_one(workspace, store, case)

        def solve_many(cases: Sequence[Case]) -> list[RunRecord]:
            return _solve_apart(workspace, store, cases, n_workers, cluster)

        is_apart = n_workers > 1 or bool(cluster)
        return solve_stories(stories, inputs, search, solve, solve_many if is_apart else None)


def _solve_apart(
    workspace: Workspace,
    store: Store,
    cases: Sequence[Case],
    n_workers: int,
    cluster: str,
) -> list[RunRecord]:
    """Solve cases in processes of their own, and keep each as soon as it is done."""
    from cli.compiling import prepare_search
    from data.versions import find_code_version
    from scenarios.spread import spread
    from scenarios.study import solve_apart

    _, network = open_inputs(workspace, store)
    found = {c.scenario_id: _take_kept(workspace, store, c) for c in cases}
    left = [
        replace(c, search=replace(c.search, n_workers=1))
        for c in cases
        if found[c.scenario_id] is None
    ]
    if left:
        prepare_search(lambda text: note(f"{text} ..."))
        note(f"solving side by side: {', '.join(c.scenario_id for c in left)}")
    matrices = None if cluster else workspace.matrices_folder
    solved = spread(
        solve_apart,
        [(case,) for case in left],
        shared=(network, now(), matrices),
        n_workers=n_workers,
        cluster=cluster,
    )
    for case, run in zip(left, solved, strict=True):
        store.save_case_inputs(
            case.inputs, case.scenario_id, created_utc=now(), code_version=find_code_version()
        )
        store.save_run(run)
        log_run(run)
        found[case.scenario_id] = run
        note(f"{case.scenario_id}: solved, run {run.run_id}")
    return [run for run in found.values() if run is not None]


def _take_kept(workspace: Workspace, store: Store, case: Case) -> RunRecord | None:
    from scenarios.solving import find_kept_run

    kept = find_kept_run(store, workspace.place, case)
    if kept is not None:
        note(f"{case.scenario_id}: taken from run {kept.run_id}")
    return kept


def _keep_study(
    workspace: Workspace,
    study: StudyFile,
    scenarios: tuple[Scenario, ...],
    runs: list[RunRecord],
    search: Search,
) -> None:
    """Solve the base again with other random choices, and keep the study's runs together."""
    from data.store import Store
    from scenarios.solving import keep_study

    with Store.open(workspace.store_place) as store:
        inputs, _ = open_inputs(workspace, store)
        record = keep_study(
            store,
            study,
            scenarios,
            runs,
            inputs,
            search,
            lambda case: _solve_one(workspace, store, case),
            created_utc=now,
        )
    note(f"study kept as {record.study_id}: `wayfare paper {study.study_id}` writes its paper")


def _solve_one(workspace: Workspace, store: Store, case: Case) -> RunRecord:
    from cli.compiling import prepare_search
    from cli.progress import ShownProgress
    from cli.stopping import StopWish
    from scenarios.solving import solve_and_keep

    kept = _take_kept(workspace, store, case)
    if kept is not None:
        return kept
    how = "" if case.start is None else ", from the base's first plans"
    if case.is_from_today:
        how = ", from today's routes"
    note(f"{case.scenario_id}: {case.title}{how}")
    _, network = open_inputs(workspace, store)
    with ShownProgress() as shown:
        prepare_search(shown.stage)
    with ShownProgress() as shown, StopWish() as should_stop:
        run = solve_and_keep(
            store,
            workspace,
            case,
            network,
            now=now,
            progress=shown.report,
            should_stop=should_stop,
        )
    log_run(run)
    return run
