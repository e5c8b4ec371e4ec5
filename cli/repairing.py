"""The command that repairs a kept plan for changed inputs."""

from __future__ import annotations

import json
import re
from collections import Counter
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
    note,
    now,
    open_inputs,
    say,
)
from cli.log_keeping import log_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.changes import Repair, WideChange
    from data.inputs import Inputs
    from data.networks import TravelMatrix
    from data.plans import Plan
    from data.runs import RunRecord
    from data.store import Store

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
    frontier: Annotated[
        bool,
        typer.Option("--frontier", help="Show what disturbing more passengers would save."),
    ] = False,
    prices: Annotated[
        str,
        typer.Option("--prices", help="With --frontier: pounds for moving a passenger."),
    ] = "20,5,1,0",
    seconds: SecondsOption = None,
    steps: StepsOption = None,
    seed: SeedOption = 1,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Repair a kept plan for the place's inputs as they are now.

    What changed is found by comparing the two; all that still holds stays as it is. Exit 20 if
    nothing has to change, 35 if a hard rule is broken. With --frontier the date shown is
    planned on from the repaired plan at each of --prices, for --seconds each (30 by default),
    and every plan that saves more than those that disturb fewer is kept as a run.
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
    with Store.open(workspace.store_place) as store:
        before = store.find_run(run_id, place)
        inputs, network = open_inputs(workspace, store)
        matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)
        if frontier:
            limit_s = 30.0 if seconds is None and steps is None else seconds
            rows = _save_frontier(
                store, inputs, matrix, before, _read_prices(prices), limit_s, steps, seed, shift
            )
            _show_frontier(rows, before, as_json=as_json)
            return

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
        log_run(run)
    if as_json:
        say(json.dumps(_build_record(found.shown, run.run_id, found.result.n_violations)))
    else:
        for line in _build_lines(found.shown):
            say(line)
        say(f"run {run.run_id}, repaired from {before.run_id}")
    if found.result.n_violations:
        note("The plan breaks hard rules and must not be used: wayfare judge shows each.")
        raise typer.Exit(35)


def _read_prices(prices: str) -> tuple[int, ...]:
    """Read prices in pounds, by commas. [pence]"""
    from decimal import Decimal

    found = []
    for text in (part.strip() for part in prices.split(",")):
        if not re.fullmatch(r"[0-9]{1,5}(\.[0-9]{2})?", text):
            raise typer.BadParameter(
                f"{text[:20]!r} is not a price in pounds, such as 5 or 0.50",
                param_hint="--prices",
            )
        found.append(int(100 * Decimal(text)))
    return tuple(found)


def _save_frontier(
    store: Store,
    inputs: Inputs,
    matrix: TravelMatrix,
    before: RunRecord,
    prices_pence: Sequence[int],
    seconds: float | None,
    steps: int | None,
    seed: int,
    shift_s: int,
) -> list[dict[str, object]]:
    """Find the frontier from a run's plan and keep its points as runs."""
    from scenarios import Search, build_run, find_case_frontier

    def keep(made: Plan) -> Plan:
        store.save_plan(made)
        return store.read_plan(made.plan_id)

    points = find_case_frontier(
        inputs,
        matrix,
        before.plan,
        prices_pence=prices_pence,
        seconds=seconds,
        steps=steps,
        seed=seed,
        shift_s=shift_s,
        keep=keep,
    )
    rows: list[dict[str, object]] = []
    for point, result in points:
        run = build_run(
            inputs,
            matrix,
            Search(seconds=seconds, steps=steps, seed=seed, only=point.plan.service_date),
            result,
            created_utc=now(),
            kind="plan",
            extra=(("repaired_from", before.run_id),),
        )
        store.save_run(run)
        log_run(run)
        rows.append(
            {
                "run_id": run.run_id,
                "continuity_pence": point.continuity_pence,
                "cost_pence": point.plan.cost_pence,
                "saved_pence": point.saved_pence,
                "disturbed": point.n_disturbed,
                "other_crew": point.n_crew_changed,
                "other_time": point.n_shifted,
                "other_stop": point.n_stop_moved,
                "new_companion": point.n_new_companions,
                "violations": result.n_violations,
            }
        )
    return rows


def _show_frontier(
    rows: Sequence[dict[str, object]], before: RunRecord, *, as_json: bool
) -> None:
    """Print the frontier; exit 35 if a hard rule is broken."""
    from data.units import format_pounds

    if as_json:
        say(json.dumps({"from": before.run_id, "points": rows}))
    else:
        say(
            f"{before.run_id} repaired, then planned on; passengers for whom something changes:"
        )
        say("    saves a day     cost a day  disturbed  crew  time  stop  new companion  run")
        for row in rows:
            money = [
                format_pounds(int(str(row[name]))) for name in ("saved_pence", "cost_pence")
            ]
            say(
                f"{money[0]:>15}{money[1]:>15}{row['disturbed']:>11}{row['other_crew']:>6}"
                f"{row['other_time']:>6}{row['other_stop']:>6}{row['new_companion']:>15}"
                f"  {row['run_id']}"
            )
    if any(row["violations"] for row in rows):
        note("A plan breaks hard rules and must not be used: wayfare judge shows each.")
        raise typer.Exit(35)


def _build_record(found: Repair, run_id: str, n_violations: int) -> dict[str, object]:
    """Build the line of JSON: everything but the plan itself."""
    from data.inputs import write_document

    parts = {
        name: [json.loads(write_document(item)) for item in getattr(found, name)]
        for name in ("changes", "duties", "disturbances", "wide")
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


def _explain_wide(one: WideChange) -> str:
    """Say why more duties changed for a passenger than was wanted."""
    from data.changes import WideReason

    why = {
        WideReason.DUTIES_LEFT_CANNOT_CARRY: (
            f"{' and '.join(one.left_ids)} change without them, and cannot carry them now"
        ),
        WideReason.NO_DUTY_TAKES_BOTH: "no other duty, nor a new one, works both journeys",
    }[one.reason]
    return (
        f"  {len(one.duty_ids)} duties changed for {one.passenger_id}: {why} "
        f"({one.n_tried} ways tried)"
    )


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
    lines += [_explain_wide(one) for one in found.wide[:N_SHOWN]]
    cost = format_pounds(found.plan.cost_pence or 0)
    was = "not known" if found.before_pence is None else format_pounds(found.before_pence)
    lines += [
        f"others disturbed: {found.n_shifted} picked up or set down at another time, "
        f"{found.n_crew_changed} with another crew or vehicle, {found.n_new_companions} with a "
        "new companion",
        f"cost {cost} a day, before {was}; {len(found.plan.unserved)} journeys not carried",
    ]
    return lines
