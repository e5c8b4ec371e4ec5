"""The command that draws a study's uncertain numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    SecondsOption,
    StepsOption,
    find_place,
    note,
    now,
    open_inputs,
    say,
)
from cli.studies import ClusterOption, WorkersOption, solve_all

if TYPE_CHECKING:
    from data.uncertainty import DrawsStudy
    from data.workspace import Workspace
    from scenarios import Scenario
    from scenarios.draws import DrawSettings


def draw_scenarios(
    files: Annotated[
        list[str], typer.Argument(help="Scenario files, folders of them, or stock names.")
    ],
    place: PlaceOption,
    draws: Annotated[int, typer.Option("--draws", min=20, max=100_000)] = 1_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 1,
    method: Annotated[
        str, typer.Option("--method", help="How quantiles are spread: sobol or lhs.")
    ] = "sobol",
    planned: Annotated[
        int,
        typer.Option("--planned", min=2, help="Draws of each scenario planned in full."),
    ] = 10,
    target: Annotated[
        int | None, typer.Option("--target", help="Saving asked for. [pounds a year]")
    ] = None,
    seconds: SecondsOption = None,
    steps: StepsOption = None,
    search_seed: Annotated[int, typer.Option("--search-seed", min=0)] = 1,
    workers: WorkersOption = 2,
    cluster: ClusterOption = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Workbook; charts are put beside it.")
    ] = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Draw the uncertain numbers of scenarios, the same draws for all.

    Savings by draw against each scenario's base, with quantiles, a tornado, switching values
    and what knowing a number better would be worth; kept as a result. Some draws are planned in
    full, the others estimated from them; how far that is off is measured and shown. Run again
    after a stop it goes on where it was. Exit 35 if a plan breaks a hard rule.
    """
    from reports.draws_chart import build_draws_charts
    from reports.files import build_file_name, write_whole
    from reports.statement_book import (
        build_statement_book,
        build_statement_lines,
        build_statement_record,
    )
    from scenarios import Search
    from scenarios.draws import DrawSettings
    from scenarios.draws_statement import build_draws_statement
    from scenarios.library import find_scenarios
    from scenarios.sampling import Method, choose_drawn

    if method not in tuple(Method):
        raise typer.BadParameter(f"choose from {', '.join(Method)}", param_hint="--method")
    stories = choose_drawn(find_scenarios(files))
    if not stories:
        raise typer.BadParameter(
            "no number of these scenarios is uncertain: write { low, mode, high } for one",
            param_hint="FILES",
        )
    limit = 8_000 if seconds is None and steps is None else steps
    settings = DrawSettings(
        n_draws=draws,
        seed=seed,
        method=Method(method),
        n_planned=planned,
        search=Search(seconds=seconds, steps=limit, seed=search_seed),
    )
    workspace = find_place(folder, place, may_be_sample=True)
    target_pence = None if target is None else target * 100
    study = _draw(workspace, stories, settings, target_pence, workers, cluster)
    statement = build_draws_statement(study)
    if as_json:
        say(json.dumps({"study_id": study.study_id, **build_statement_record(statement)}))
    else:
        # the draws themselves are for the workbook
        for line in build_statement_lines(replace(statement, tables=statement.tables[:-1])):
            say(line)
        say()
        say(f"kept as {study.study_id}")
    if out is not None:
        book = build_statement_book(
            statement, code_version=study.code_version, created_utc=study.created_utc
        )
        paths = [write_whole(out, book)]
        for scenario_id, image in build_draws_charts(study):
            name = build_file_name(out.stem, scenario_id, ".png")
            paths.append(write_whole(out.with_name(name), image))
        for path in paths if not as_json else ():
            say(f"written: {path}")
    if int(dict(study.settings)["violations"]):
        note("A plan breaks hard rules: these figures must not be used.")
        raise typer.Exit(35)


def _draw(
    workspace: Workspace,
    stories: tuple[Scenario, ...],
    settings: DrawSettings,
    target_pence: int | None,
    n_workers: int,
    cluster: str,
) -> DrawsStudy:
    """Solve the study at most likely values, then draw it, or take it from the store."""
    from data.inputs import fingerprint
    from data.store import Store
    from data.uncertainty import DrawsStudy
    from data.versions import find_code_version
    from scenarios.definition import BASELINE
    from scenarios.draw_results import build_draws_study
    from scenarios.draws import DrawnStudy
    from scenarios.journal import Journal
    from scenarios.quick_year import StudyGround
    from scenarios.study import keep_plans

    runs = solve_all(workspace, stories, settings.search, n_workers, cluster)
    with Store.open(workspace.store_place) as store:
        inputs, network = open_inputs(workspace, store)
        by_id = dict(zip((BASELINE, *(s.scenario_id for s in stories)), runs, strict=True))
        key = fingerprint(
            (
                tuple((name, dict(run.settings)["case_key"]) for name, run in by_id.items()),
                tuple(story.model_dump_json() for story in stories),
                str(settings),
                str(target_pence),
                find_code_version(),
            )
        )
        for summary in store.list_results(workspace.place, DrawsStudy):
            kept = store.find_result(DrawsStudy, summary.result_id, place=workspace.place)
            if dict(kept.settings).get("key") == key:
                note(f"taken from result {kept.study_id}")
                return kept
        journal = Journal(workspace.folder / "draws" / f"{key[:16]}.jsonl", key)
        if len(journal):
            note(f"going on after {len(journal):,} findings kept before")
        work = DrawnStudy(
            StudyGround(
                inputs=inputs,
                stories=stories,
                network=network,
                matrices=None if cluster else workspace.matrices_folder,
            ),
            by_id,
            keep_plans(store.find_run(dict(runs[0].settings)["start"])),
            settings,
            journal,
            created_utc=now(),
            n_workers=n_workers,
            cluster=cluster,
            tell=note,
        )
        work.run()
        study = build_draws_study(work, target_pence=target_pence, key=key)
        store.save_result(study, place=workspace.place)
    journal.remove()
    return study
