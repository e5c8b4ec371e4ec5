"""The command that searches for bell times to move."""

from __future__ import annotations

import json
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.inputs import Inputs
    from scenarios.bells import BellRange, BellStep

app = typer.Typer()


@app.command()
def bells(
    place: PlaceOption,
    sites: Annotated[
        str,
        typer.Option("--sites", help="Sites that may move, by commas; else all schools."),
    ] = "",
    ranges: Annotated[
        Path | None,
        typer.Option("--ranges", help="Table: site_id, earlier_minutes, later_minutes."),
    ] = None,
    minutes: Annotated[
        int, typer.Option("--minutes", min=1, max=180, help="Most that a site may move.")
    ] = 30,
    step: Annotated[int, typer.Option("--step", min=1, max=60, help="Steps in minutes.")] = 15,
    moves: Annotated[int, typer.Option("--moves", min=0, help="Most sites that move.")] = 5,
    candidates: Annotated[
        int, typer.Option("--candidates", min=1, help="Moves planned at each step.")
    ] = 3,
    seconds: SecondsOption = None,
    steps: StepsOption = None,
    seed: SeedOption = 1,
    run_id: Annotated[
        str, typer.Option("--run", help="Run to begin with; latest, or an id. (none)")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", help="Workbook to write.")] = None,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Search for school bells to move.

    Plans the service date as it is, then with one site's times moved after another, and shows
    what each step saves and whom it concerns. --seconds (15 by default) is for each plan.
    """
    from cli.compiling import prepare_search
    from data.store import Store
    from scenarios import build_case_matrix
    from scenarios.bells import search_bells

    workspace = find_place(folder, place, may_be_sample=True)
    workspace.open_folder()
    with Store.open(workspace.store_place) as store:
        inputs, network = open_inputs(workspace, store)
        start = store.find_run(run_id, place).plan if run_id else None
    allowed = _find_ranges(inputs, sites, ranges, minutes, step)
    matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)
    prepare_search(lambda text: note(f"{text} ..."))
    found: list[BellStep] = []

    def tell(one: BellStep) -> None:
        found.append(one)
        if not as_json:
            for line in _describe(one, found[0], inputs):
                say(line)

    search_bells(
        inputs,
        matrix,
        allowed,
        most_moves=moves,
        n_candidates=candidates,
        seconds=15.0 if seconds is None and steps is None else seconds,
        steps=steps,
        seed=seed,
        start=start,
        on_step=tell,
    )
    if out is not None:
        _write_book(found, inputs, out)
    if as_json:
        say(json.dumps([_record(one) for one in found]))
        return
    if len(found) <= moves:
        say("No further move that was tried saves anything.")
    say("Other pupils of these sites are affected too; they are not in the data.")
    if any(one.n_violations for one in found):
        raise typer.Exit(35)


def _write_book(found: Sequence[BellStep], inputs: Inputs, out: Path) -> None:
    """Write the workbook: steps, schools, journeys."""
    from data.versions import find_code_version
    from reports.files import write_whole
    from reports.statement_book import build_statement_book
    from scenarios import build_bell_statement

    book = build_statement_book(
        build_bell_statement(found, inputs),
        code_version=find_code_version(),
        created_utc=now(),
    )
    note(f"written: {write_whole(out, book)}")


def _find_ranges(
    inputs: Inputs, sites: str, table: Path | None, minutes: int, step: int
) -> tuple[BellRange, ...]:
    """Find how far each site may move, from a table or for the sites named."""
    from data.errors import InputError, Problem, Severity
    from scenarios.bell_ranges import read_ranges
    from scenarios.bells import BellRange

    known = {s.site_id: s for s in inputs.sites}
    if table is not None:
        return read_ranges(table, known, step_s=step * 60)
    named = [name.strip() for name in sites.split(",") if name.strip()]
    strangers = [name for name in named if name not in known]
    if strangers:
        raise InputError(
            [
                Problem(
                    code="Q006",
                    severity=Severity.ERROR,
                    value=name[:40],
                    cause="There is no such site.",
                    suggestion="Name sites of the inputs.",
                )
                for name in strangers
            ]
        )
    chosen = named or [s.site_id for s in inputs.sites if not s.is_day_service]
    limit_s = minutes * 60
    return tuple(
        BellRange(site_id=name, earlier_s=limit_s, later_s=limit_s, step_s=step * 60)
        for name in chosen
    )


def _describe(one: BellStep, first: BellStep, inputs: Inputs) -> list[str]:
    from data.units import format_pounds

    names = {s.site_id: s.name for s in inputs.sites}
    cost = format_pounds(one.cost_pence)
    if not one.moves:
        return [
            f"bells as they are: {cost} a day, {one.n_duties} duties, at most "
            f"{one.n_vehicles} vehicles in a session"
        ]
    last = one.moves[-1]
    way = "earlier" if last.shift_s < 0 else "later"
    saved = format_pounds(one.fixed_pence - one.cost_pence)
    return [
        f"{len(one.moves)}. {names[last.site_id]} {abs(last.shift_s) // 60} minutes {way}",
        f"   {cost} a day, {saved} less than with no bell moved; {one.n_duties} duties "
        f"({one.n_duties - first.n_duties:+}), at most {one.n_vehicles} vehicles "
        f"({one.n_vehicles - first.n_vehicles:+})",
        f"   {one.n_passengers} passengers of the sites moved; {one.n_pick_ups} journeys begin "
        "or end at home more than 5 minutes off",
    ]


def _record(one: BellStep) -> dict[str, object]:
    return {
        "moves": [{"site_id": m.site_id, "minutes": m.shift_s // 60} for m in one.moves],
        "cost_pence": one.cost_pence,
        "fixed_bells_pence": one.fixed_pence,
        "duties": one.n_duties,
        "vehicles": one.n_vehicles,
        "unserved": one.n_unserved,
        "passengers": one.n_passengers,
        "pick_ups_moved": one.n_pick_ups,
        "violations": one.n_violations,
        "plan_id": one.plan.plan_id,
    }
