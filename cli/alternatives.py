"""`wayfare alternatives`: what could be offered instead of a vehicle, and its cap."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    SeedOption,
    StepsOption,
    find_place,
    note,
    now,
    open_inputs,
    say,
)

if TYPE_CHECKING:
    from data.alternatives import AlternativesStudy, Offer
    from data.inputs import Inputs
    from data.networks import RoadNetwork
    from data.workspace import Workspace
    from scenarios import Scenario

ConsentsOption = Annotated[
    Path | None,
    typer.Option("--consents", help="Families' answers, CSV: passenger_id, consent (yes, no)."),
]

app = typer.Typer()


@app.command("alternatives")
def find_alternatives(
    place: PlaceOption,
    steps: StepsOption = None,
    seed: SeedOption = 1,
    measured: Annotated[
        int, typer.Option("--measured", min=1, help="Passengers whose own saving is searched.")
    ] = 40,
    draws: Annotated[
        int, typer.Option("--draws", min=0, help="Draws of take-up, each planned again.")
    ] = 8,
    after: Annotated[
        list[str] | None,
        typer.Option("--after", help="Scenario that comes first, e.g. travel-training."),
    ] = None,
    consents: ConsentsOption = None,
    scenario_out: Annotated[
        Path | None,
        typer.Option("--scenario", help="Scenario file of the likely take-up, to write."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Workbook to write.")] = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Find whom a budget, pass, cycle or escort could be offered.

    Mileage and walking buses too. Each offer is capped at what the council saves without that
    one passenger, by planning the day again. Take-up is planned again for all who leave
    together. Passes go to whom the place's timetable takes there and home. The study is kept.
    `wayfare scenario run` of the file written with --scenario gives the whole year.
    """
    from data.store import Store
    from data.versions import find_code_version
    from reports.alternatives_book import write_alternatives
    from scenarios import Search, build_case_matrix
    from scenarios.alternatives import study_alternatives

    workspace = find_place(folder, place, may_be_sample=True)
    workspace.open_folder()
    with Store.open(workspace.store_place) as store:
        inputs, network = open_inputs(workspace, store)
    inputs, taken = _apply_first(inputs, after or [])
    answers = _read_consents(consents, inputs)
    search = Search(seconds=None, steps=steps or 100, seed=seed)
    rides, timetable = _find_rides(workspace, inputs, network)
    _compile()
    study = study_alternatives(
        inputs,
        network,
        build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder),
        search,
        created_utc=now(),
        taken=taken,
        bus_rides=rides,
        timetable=timetable,
        refused=[p for p, is_yes in answers.items() if not is_yes],
        n_measured=measured,
        n_draws=draws,
        seed=seed,
    )
    with Store.open(workspace.store_place) as store:
        store.save_result(study, place=place)
    target = out or workspace.outputs_folder / "alternatives.xlsx"
    write_alternatives(study, target)
    if scenario_out is not None:
        _write_scenario(study, answers, after or [], scenario_out)
    if as_json:
        say(json.dumps(_record(study) | {"code_version": find_code_version()}))
    else:
        _print(study)
        say(f"kept as {study.study_id}")
        say(f"written: {target}" + (f", {scenario_out}" if scenario_out else ""))
    if study.n_violations:
        note("A plan breaks hard rules: the figures must not be used.")
        raise typer.Exit(35)


def _find_rides(
    workspace: Workspace, inputs: Inputs, network: RoadNetwork
) -> tuple[dict[str, int], str]:
    """Find who could go by bus or rail, and in which timetable; nobody where there is none."""
    from cli.timetables import open_timetable
    from data.samples.timetables import TIMETABLES
    from data.sources.training import read_shipped_training
    from reports.training_text import describe_timetable
    from scenarios import find_timetable_date
    from scenarios.alternatives import find_bus_rides

    if not workspace.timetable_path.is_file() and workspace.place not in TIMETABLES:
        return {}, ""
    found = open_timetable(workspace)
    words = describe_timetable(
        found.source,
        find_timetable_date(found, inputs.service_date),
        is_synthetic=found.is_synthetic,
    )
    return find_bus_rides(inputs, network, found, read_shipped_training()), words


def _apply_first(inputs: Inputs, names: list[str]) -> tuple[Inputs, frozenset[str]]:
    """Apply scenarios that come first; also whom they made an offer to."""
    from scenarios.changes import apply_changes
    from scenarios.changes.choose import find_taken
    from scenarios.definition import fix_changes
    from scenarios.library import find_scenarios

    if not names:
        return inputs, frozenset()
    stories: tuple[Scenario, ...] = find_scenarios(names)
    last = stories[-1]
    draft = apply_changes(inputs, fix_changes(last, stories),
                          seed=last.seed, file=f"{last.scenario_id}.toml")  # fmt: skip
    return draft.inputs, find_taken(draft)


def _compile() -> None:
    from cli.compiling import prepare_search
    from cli.progress import ShownProgress

    with ShownProgress() as shown:
        prepare_search(shown.stage)


def _read_consents(path: Path | None, inputs: Inputs) -> dict[str, bool]:
    """Read families' answers; somebody the inputs do not hold is a fault."""
    from data.errors import InputError, Problem, Severity
    from data.imports.single import read_single_table
    from scenarios.alternatives_tables import ConsentRow

    if path is None:
        return {}
    rows = read_single_table(path, ConsentRow, key="passenger_id")
    known = {p.passenger_id for p in inputs.passengers}
    faults = [
        Problem(
            code="Q006", severity=Severity.ERROR, file=path.name, row=row.number,
            column="passenger_id", cause="The inputs hold no such passenger.",
            suggestion="Correct the row.",
        )
        for row in rows
        if row.value.passenger_id not in known
    ]  # fmt: skip
    if faults:
        raise InputError(faults)
    return {row.value.passenger_id: row.value.consent for row in rows}


def _write_scenario(
    study: AlternativesStudy, answers: dict[str, bool], after: list[str], path: Path
) -> None:
    """Write the scenario of recorded consents, or of the likely take-up where none is."""
    from scenarios.alternatives_tables import build_scenario_text

    agreed = {p for p, is_yes in answers.items() if is_yes}
    taken: list[Offer] = [o for o in study.offers if o.passenger_id in agreed]
    if not agreed:
        likely = set(study.levels[1].passenger_ids)
        taken = [o for o in study.offers if o.passenger_id in likely]
    text = build_scenario_text(
        taken, base_id=after[-1] if after else "baseline", is_consent_assumed=not agreed
    )
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)


def _record(study: AlternativesStudy) -> dict[str, Any]:
    return {
        "study_id": study.study_id,
        "timetable": study.timetable,
        "looked_at": study.n_looked_at,
        "measured": study.n_measured,
        "offers": [
            {
                "passenger_id": o.passenger_id,
                "mode": str(o.mode),
                "cap_pence": o.saving_pence,
                "cost_pence": o.cost_pence,
                "is_capped": o.is_capped,
                "bus_s": o.bus_s,
            }
            for o in study.offers
        ],
        "levels": [
            {
                "level": t.level,
                "takers": len(t.passenger_ids),
                "saving_pence": t.saving_pence,
                "sum_pence": t.sum_pence,
                "cost_pence": t.cost_pence,
                "net_pence": t.net_pence,
            }
            for t in study.levels
        ],
        "draws_net_pence": [t.net_pence for t in study.draws],
        "violations": study.n_violations,
    }


def _print(study: AlternativesStudy) -> None:
    from data.units import divide_half_up, format_pounds

    say(f"{study.n_looked_at:,} pupils looked at, own saving searched for {study.n_measured:,}")
    say(study.timetable or "No timetable: nobody is offered a pass")
    if study.n_taken_before:
        say(f"{study.n_taken_before:,} with another offer are left aside")
    say(f"{'passenger':<12}{'offer':<14}{'cap a year':>14}{'band or rate':>14}"
        f"{'offer':>14}{'net':>14}{'take-up':>9}")  # fmt: skip
    for o in study.offers[:25]:
        mark = "*" if o.is_capped else " "
        say(f"{o.passenger_id:<12}{o.mode:<14}{format_pounds(o.saving_pence):>14}"
            f"{format_pounds(o.wanted_pence):>14}{format_pounds(o.cost_pence):>13}{mark}"
            f"{format_pounds(o.net_pence):>14}{o.take_up_bp / 100:>7.1f} %")  # fmt: skip
    if len(study.offers) > 25:
        say(f"... and {len(study.offers) - 25:,} more in the workbook")
    say("(* lowered to three quarters of the cap: a budget of all of it would save nothing)")
    say()
    say(f"{'take-up':<9}{'take it':>8}{'one by one':>16}{'saved together':>16}{'cost':>14}"
        f"{'net a year':>14}{'routes':>8}{'duties':>8}")  # fmt: skip
    for t in study.levels:
        say(f"{t.level:<9}{len(t.passenger_ids):>8,}{format_pounds(t.sum_pence):>16}"
            f"{format_pounds(t.saving_pence):>16}{format_pounds(t.cost_pence):>14}"
            f"{format_pounds(t.net_pence):>14}{t.n_routes:>8}{t.n_duties:>8}")  # fmt: skip
    if study.draws:
        nets = sorted(t.net_pence for t in study.draws)
        mean = divide_half_up(sum(nets), len(nets))
        low, high = format_pounds(nets[0]), format_pounds(nets[-1])
        say(f"{len(nets)} draws: net {format_pounds(mean)} a year, {low} to {high}")
    say(f"(with everybody: {study.n_base_routes} routes, {study.n_base_duties} duties; "
        "nobody leaves a vehicle without consent on record, ALT-1)")  # fmt: skip
