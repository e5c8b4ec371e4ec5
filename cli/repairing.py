"""The command that repairs a kept plan for changed inputs."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    RunOption,
    find_place,
    note,
    now,
    open_inputs,
    say,
)

if TYPE_CHECKING:
    from data.changes import Repair
    from data.plans import Plan

app = typer.Typer()

NOTHING_TO_DO = 20
"""Exit code where the plan already fits the inputs."""
N_SHOWN = 20
"""Lines of duties and people that are printed; --json tells all."""


@app.command()
def repair(
    place: PlaceOption,
    run_id: RunOption = "latest",
    shift: Annotated[
        int,
        typer.Option("--shift", min=0, help="Seconds a pick-up may move before it counts."),
    ] = 300,
    max_shifted: Annotated[
        int | None,
        typer.Option("--max-shifted", min=0, help="Most passengers whose pick-up moves more."),
    ] = None,
    max_crew: Annotated[
        int | None,
        typer.Option("--max-crew", min=0, help="Most passengers with another crew or vehicle."),
    ] = None,
    max_companions: Annotated[
        int | None,
        typer.Option("--max-companions", min=0, help="Most passengers with a new companion."),
    ] = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Repair a kept plan for the place's inputs as they are now.

    What changed is found by comparing the two; all that still holds stays as it is. Exit 20 if
    nothing has to change, 35 if a hard rule is broken.
    """
    from data.changes import ChangeBudget
    from data.store import Store
    from scenarios import Search, build_case_matrix, build_run, repair_case

    workspace = find_place(folder, place)
    budget = ChangeBudget(
        shift_s=shift,
        max_shifted=max_shifted,
        max_crew=max_crew,
        max_companions=max_companions,
    )
    with Store.open(workspace.store_path) as store:
        before = store.find_run(run_id, place)
        inputs, network = open_inputs(workspace, store)
        matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)

        def keep(made: Plan) -> Plan:
            store.save_plan(made)
            return store.read_plan(made.plan_id)

        found = repair_case(
            inputs, matrix, before.plan, before.timetable, budget=budget, keep=keep
        )
        is_same = not any(r.duties for r in (found.shown, *found.others))
        if is_same and found.shown.plan.unserved == before.plan.unserved:
            note(f"{before.run_id} fits the inputs as they are: nothing to repair.")
            raise typer.Exit(NOTHING_TO_DO)
        search = Search(
            seconds=None, only=None if before.timetable else found.shown.plan.service_date
        )
        run = build_run(
            inputs,
            matrix,
            search,
            found.result,
            created_utc=now(),
            kind="plan",
            extra=(("repaired_from", before.run_id),),
        )
        store.save_run(run)
    if as_json:
        say(json.dumps(_build_record(found.shown, run.run_id, found.result.n_violations)))
    else:
        for line in _build_lines(found.shown):
            say(line)
        say(f"run {run.run_id}, repaired from {before.run_id}")
    if found.result.n_violations:
        note("The plan breaks hard rules and must not be used: wayfare judge shows each.")
        raise typer.Exit(35)


def _build_record(found: Repair, run_id: str, n_violations: int) -> dict[str, object]:
    """Build the line of JSON: everything but the plan itself."""
    from data.inputs import write_document

    parts = {
        name: [json.loads(write_document(item)) for item in getattr(found, name)]
        for name in ("changes", "duties", "disturbances")
    }
    return {
        "run_id": run_id,
        "plan_id": found.plan.plan_id,
        "cost_pence": found.plan.cost_pence,
        "before_pence": found.before_pence,
        "unserved": len(found.plan.unserved),
        "violations": n_violations,
        "n_shifted": found.n_shifted,
        "n_crew_changed": found.n_crew_changed,
        "n_new_companions": found.n_new_companions,
        **parts,
    }


def _build_lines(found: Repair) -> list[str]:
    """Build the words: what changed, what became of the duties, who is disturbed."""
    from data.units import format_pounds

    kinds = Counter(str(change.kind).replace("_", " ") for change in found.changes)
    lines = ["changes: " + (", ".join(f"{n} {kind}" for kind, n in kinds.items()) or "none")]
    for duty in found.duties[:N_SHOWN]:
        money = " -> ".join(
            "none" if pence is None else format_pounds(pence)
            for pence in (duty.before_pence, duty.after_pence)
        )
        lines.append(
            f"  duty {duty.duty_id}: {money}, {len(duty.joined)} journeys more, "
            f"{len(duty.left)} fewer, {len(duty.disturbed)} passengers affected"
        )
    if len(found.duties) > N_SHOWN:
        lines.append(f"  and {len(found.duties) - N_SHOWN} duties more")
    cost = format_pounds(found.plan.cost_pence or 0)
    was = "not known" if found.before_pence is None else format_pounds(found.before_pence)
    lines += [
        f"others disturbed: {found.n_shifted} picked up or set down at another time, "
        f"{found.n_crew_changed} with another crew or vehicle, {found.n_new_companions} with a "
        "new companion",
        f"cost {cost} a day, before {was}; {len(found.plan.unserved)} journeys not carried",
    ]
    return lines
