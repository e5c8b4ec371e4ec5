"""Commands on independent travel training. They propose; people decide."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
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
from cli.timetables import open_timetable

if TYPE_CHECKING:
    from data.training import TrainingAssumptions, TrainingStudy

app = typer.Typer(
    help="Independent travel training: whom to train first.",
    no_args_is_help=True,
)

AssumptionsOption = Annotated[
    Path | None,
    typer.Option("--assumptions", help="Own assumptions, CSV like the table that ships."),
]


@app.command()
def candidates(
    place: PlaceOption,
    assumptions: AssumptionsOption = None,
    show: Annotated[int, typer.Option("--show", min=0, help="Candidates to list.")] = 10,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Find who might be trained, with the journey they would make and the reasons.

    By age, need and a journey by foot, bus or rail within limits. Proposals for a talk with the
    family, no more; nothing is stored.
    """
    from data.store import Store
    from data.training import PROPOSAL_WORDS
    from reports.training_text import build_candidate_lines
    from scenarios import find_candidates, find_timetable_date

    workspace = find_place(folder, place, may_be_sample=True)
    numbers = _read_assumptions(assumptions)
    workspace.open_folder()
    with Store.open(workspace.store_place) as store:
        inputs, network = open_inputs(workspace, store)
    timetable = open_timetable(workspace)
    on = find_timetable_date(timetable, inputs.service_date)
    found = find_candidates(inputs, network, timetable, numbers, on=on)
    if as_json:
        say(
            json.dumps(
                {
                    "passengers": len(found),
                    "proposed": sum(c.is_proposed for c in found),
                    "synthetic_timetable": timetable.is_synthetic,
                    "timetable_date": on.isoformat(),
                    "note": PROPOSAL_WORDS,
                }
            )
        )
        return
    for line in build_candidate_lines(
        found, timetable.source, on, is_synthetic=timetable.is_synthetic, n_shown=show
    ):
        say(line)


@app.command()
def order(
    place: PlaceOption,
    starts: Annotated[int, typer.Option("--starts", min=1, help="People to order.")] = 15,
    at: Annotated[
        str, typer.Option("--at", help="Numbers trained to plan for, by commas.")
    ] = "",
    lookahead: Annotated[
        int, typer.Option("--lookahead", min=0, help="Vehicles to plan without candidates.")
    ] = 12,
    learn: Annotated[
        int, typer.Option("--learn", min=0, help="Draws of who succeeds to choose on.")
    ] = 16,
    exchanges: Annotated[
        int, typer.Option("--exchanges", min=0, help="Exchanges to try on those draws.")
    ] = 12,
    draws: Annotated[
        int, typer.Option("--draws", min=0, help="Other draws to judge every order on.")
    ] = 64,
    searched: Annotated[
        int, typer.Option("--searched", min=0, help="Days to search in full, to compare.")
    ] = 6,
    scenarios: Annotated[
        Path | None, typer.Option("--scenarios", help="Folder for scenario files.")
    ] = None,
    scales: Annotated[
        str, typer.Option("--scales", help="Starts of the scenario files, by commas.")
    ] = "15,30,60",
    assumptions: AssumptionsOption = None,
    seconds: SecondsOption = None,
    steps: StepsOption = None,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Find whom to train first: the order that saves most once routes are planned again.

    Compared with the dearest share of route cost first and the readiest first, all from the
    same start. --seconds (20 by default) is for each plan. Writes training.xlsx and
    training.png; --scenarios writes the order as scenarios. Exit 35 if a plan breaks a rule.
    """
    from cli.compiling import prepare_search
    from data.store import Store
    from reports import write_training
    from reports.training_text import build_order_lines
    from scenarios import Search, TrainingSearch, build_case_matrix, build_training_study

    sizes = _read_numbers(at, "--at")
    wanted = _read_numbers(scales, "--scales") if scenarios is not None else ()
    workspace = find_place(folder, place, may_be_sample=True)
    numbers = _read_assumptions(assumptions)
    workspace.open_folder()
    with Store.open(workspace.store_place) as store:
        inputs, network = open_inputs(workspace, store)
    timetable = open_timetable(workspace)
    matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)
    prepare_search(lambda text: note(f"{text} ..."))
    limit_s = 20.0 if seconds is None and steps is None else seconds
    how = TrainingSearch(
        search=Search(seconds=limit_s, steps=steps, seed=seed, only=inputs.service_date),
        n_starts=max(starts, *wanted) if wanted else starts,
        sizes=(*sizes, starts),
        n_lookahead=lookahead,
        n_learn=learn,
        n_exchanges=exchanges,
        n_draws=draws,
        n_searched=searched,
    )
    study = build_training_study(
        inputs, network, matrix, timetable, numbers, how, created_utc=now(), tell=note
    )
    with Store.open(workspace.store_place) as store:
        store.save_result(study, place=place)
    if as_json:
        say(json.dumps(_write_json(study)))
    else:
        for line in build_order_lines(study):
            say(line)
        for path in write_training(study, None, workspace.outputs_folder):
            say(f"written: {path}")
    if scenarios is not None:
        _write_scenarios(study, wanted, scenarios, note if as_json else say)
    if study.n_left_out:
        note(
            f"A plan leaves out {study.n_left_out} journeys that are carried with nobody "
            "trained: give --seconds more."
        )
    if study.n_violations:
        note("A plan breaks hard rules: its figures must not be used.")
        raise typer.Exit(35)


@app.command()
def programme(
    place: PlaceOption,
    trainers: Annotated[int, typer.Option("--trainers", min=1, help="Full-time trainers.")] = 1,
    rule: Annotated[
        str, typer.Option("--rule", help="marginal, dearest or readiest.")
    ] = "marginal",
    years: Annotated[int, typer.Option("--years", min=1, max=10, help="Years shown.")] = 5,
    cohort: Annotated[
        Path | None,
        typer.Option("--cohort", help="Own records: months seen, ended (yes or no)."),
    ] = None,
    assumptions: AssumptionsOption = None,
    draws: Annotated[int, typer.Option("--draws", min=16, help="Draws of ranges.")] = 256,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Follow a programme by month: starts, sign-off, relapse, cost, saving, present value.

    From the latest order kept (`wayfare training order`). Writes training.xlsx and
    training.png.
    """
    from data.store import Store
    from data.training import TrainingStudy
    from reports import write_training
    from reports.training_text import build_programme_lines
    from scenarios import build_programme, read_cohort

    workspace = find_place(folder, place)
    numbers = None if assumptions is None else _read_assumptions(assumptions)
    survival = None if cohort is None else read_cohort(cohort)
    with Store.open(workspace.store_place) as store:
        study = store.find_result(TrainingStudy, "latest", place=place)
    if rule not in {o.rule for o in study.orders}:
        names = ", ".join(o.rule for o in study.orders)
        raise typer.BadParameter(f"choose one of {names}", param_hint="--rule")
    found = build_programme(
        study,
        rule,
        n_trainers=trainers,
        assumptions=numbers,
        n_months=years * 12,
        n_draws=draws,
        seed=seed,
        cohort=survival,
    )
    if as_json:
        say(
            json.dumps(
                {
                    "study_id": study.study_id,
                    "rule": rule,
                    "starts": len(found.order),
                    "npv_pence": found.npv_pence,
                    "npv_low_pence": found.npv_low_pence,
                    "npv_high_pence": found.npv_high_pence,
                    "payback_month": found.payback_month,
                    "at_risk_pence": found.at_risk_pence,
                    "loss_percent": found.loss_bp / 100,
                }
            )
        )
        return
    for line in build_programme_lines(study, found):
        say(line)
    for path in write_training(study, found, workspace.outputs_folder):
        say(f"written: {path}")


def _read_assumptions(path: Path | None) -> TrainingAssumptions:
    from data.sources.training import read_shipped_training, read_training

    return read_shipped_training() if path is None else read_training(path)


def _read_numbers(text: str, option: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isdigit() and int(part) > 0 for part in parts):
        raise typer.BadParameter("whole numbers with commas between", param_hint=option)
    return tuple(int(part) for part in parts)


def _write_scenarios(
    study: TrainingStudy, scales: tuple[int, ...], folder: Path, tell: Callable[[str], None]
) -> None:
    """Write the order as scenario files, one for each scale."""
    from reports.files import open_folder, write_whole
    from scenarios import build_training_scenario

    open_folder(folder)
    for n in scales:
        text = build_training_scenario(study, n)
        tell(f"written: {write_whole(folder / f'training-{n}.toml', text.encode())}")


def _write_json(study: TrainingStudy) -> dict[str, object]:
    return {
        "study_id": study.study_id,
        "proposed": sum(c.is_proposed for c in study.candidates),
        "base_pence": study.base_pence,
        "days": study.n_days,
        "violations": study.n_violations,
        "orders": {
            o.rule: {
                "order": o.passenger_ids,
                "expected_pence": [p.expected_pence for p in o.points],
                "planned": {
                    p.n_trained: {"mean_pence": p.planned_pence, "all_pence": p.all_pence}
                    for p in o.points
                    if p.all_pence is not None
                },
            }
            for o in study.orders
        },
    }
