"""The command that draws a study's uncertain numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

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
    from data.store import Store
    from reports.draws_chart import build_draws_charts
    from reports.files import build_file_name, write_whole
    from reports.statement_book import (
        build_statement_book,
        build_statement_lines,
        build_statement_record,
    )
    from scenarios import Search
    from scenarios.drawing import DrawsWanted, draw_and_keep
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
    runs = solve_all(workspace, stories, settings.search, workers, cluster)
    with Store.open(workspace.store_place) as store:
        study = draw_and_keep(
            store,
            workspace,
            *open_inputs(workspace, store),
            DrawsWanted(
                stories=stories, runs=runs, settings=settings, target_pence=target_pence
            ),
            now=now,
            tell=note,
            n_workers=workers,
            cluster=cluster,
        )
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
