"""The commands of the night: run it, say what runs, tell it what is different, decide."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    find_place,
    note,
    now,
    say,
)
from cli.log_keeping import find_log

if TYPE_CHECKING:
    from data.nights import Proposal

app = typer.Typer()
changes_app = typer.Typer(
    help="What is different on some dates, e.g. absences.",
    no_args_is_help=True,
)

DateArgument = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="Service date.")]
AsOption = Annotated[str, typer.Option("--as", help="Your id in the register of people.")]


@app.command()
def nightly(
    config: Annotated[Path, typer.Option("--config", help="Settings of the night (TOML).")],
    on: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="Service date; else the next."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Publish a checked plan for the next service date.

    Safe to run every 15 minutes. Exit 0 optimised, 10 repaired, 11 stale, 20 nothing to do, 50
    another night is running.
    """
    from nightly import read_config, run_night, write_explanation

    outcome = run_night(read_config(config), config, on=None if on is None else on.date())
    if as_json:
        say(json.dumps(outcome.build_record()))
    else:
        if outcome.message:
            say(outcome.message)
        if outcome.publication is not None and outcome.exit_code != 20:
            found = outcome.publication
            say(
                f"{found.service_date.isoformat()}: version {found.version_no}, {found.state}, "
                f"plan {found.plan_id}"
            )
            say(write_explanation(found.explanation).rstrip())
            say(f"files: {outcome.folder}")
        for text in outcome.needs:
            say(f"needs a person: {text}")
        if outcome.n_proposals:
            say(f"{outcome.n_proposals} proposals wait: wayfare approve")
    raise typer.Exit(outcome.exit_code)


@app.command()
def day(
    on: DateArgument,
    place: PlaceOption,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Show what runs on a date, as published.

    Exit 20 if nothing is published for it.
    """
    from data.inputs import write_document
    from data.store import Store
    from data.units import format_pounds, format_time
    from nightly import write_explanation

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        found = store.nights.find_publication(place, on.date())
        if found is None:
            say(f"Nothing is published for {on.date().isoformat()}.")
            raise typer.Exit(20)
        plan = store.nights.read_plan(found.plan_no)
        n_versions = len(store.nights.list_publications(place, on.date()))
    if as_json:
        say(write_document(found).decode())
        return
    cost = "" if plan.cost_pence is None else f", {format_pounds(plan.cost_pence)}"
    say(
        f"{on.date():%A %d %B %Y}: version {found.version_no} of {n_versions}, {found.state}, "
        f"published {found.published_utc:%Y-%m-%d %H:%M} UTC{cost}"
    )
    carried = sum(len(r.passenger_ids) for r in plan.routes)
    say(
        f"{len(plan.duties)} duties, {len(plan.routes)} routes, {carried} journeys carried, "
        f"{len(plan.unserved)} not carried"
    )
    for entry in plan.unserved:
        say(
            f"  not carried: {entry.passenger_id} ({entry.session}): {entry.reason}. "
            f"{entry.relaxation}"
        )
    for duty in plan.duties:
        who = duty.vehicle_id or duty.provider_id
        runs = ", ".join(
            f"{r.session} {format_time(r.start_s)}-{format_time(r.end_s)} "
            f"({len(r.passenger_ids)})"
            for r in duty.routes
        )
        say(f"  {duty.duty_id:<12} {who:<14} {runs}")
    say()
    say(write_explanation(found.explanation).rstrip())


@app.command()
def approve(
    person: AsOption,
    what: Annotated[
        str,
        typer.Argument(
            help="A run id (or latest) to begin from, or the number of a proposal; none lists "
            "what waits."
        ),
    ] = "",
    place: PlaceOption = "southend",
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse the proposal.")] = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Approve a run or a proposal that waits.

    An approved run's timetable is what the nights begin from; an approved proposal is worked in
    by the next night.
    """
    from data.logs import Event
    from data.nights import ProposalState
    from data.people import Role, require_person
    from data.store import Store

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        who = require_person(store, person, Role.PLANNER, Role.COMMISSIONER)
        if not what:
            _list_proposals(store.nights.list_proposals(place, ProposalState.WAITING))
            return
        if what.isdigit():
            state = ProposalState.REFUSED if refuse else ProposalState.APPROVED
            done = store.nights.decide(
                place, int(what), state, person_id=who.person_id, decided_utc=now()
            )
            find_log().info(
                Event.PLAN_DECIDED, proposal_no=done.proposal_no, state=done.state.value
            )
            say(f"proposal {done.proposal_no} is {done.state} by {done.decided_by}.")
            return
        run = store.find_run(what, place)
        bad = sum(len(report.violations) for report in run.checks)
        if bad:
            note(f"Run {run.run_id} breaks {bad} hard rules and cannot be approved.")
            raise typer.Exit(35)
        store.approve_run(place, run.run_id)
        find_log().info(Event.RUN_APPROVED, run=run.run_id)
        say(f"run {run.run_id} is approved by {who.person_id}: the nights begin from it.")


@changes_app.command("import")
def changes_import(
    file: Annotated[Path, typer.Argument(help="Table: kind, id, first_date, last_date, ...")],
    place: PlaceOption,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Take in a table of what is different on some dates.

    Every problem is reported at once; all is taken or nothing.
    """
    import hashlib

    from data.store import Store
    from nightly import read_day_changes

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        inputs = store.read_inputs(store.find_inputs_hash(place))
        found = read_day_changes(file, inputs)
        new = store.nights.add_changes(
            place,
            found,
            received_utc=now(),
            source=hashlib.sha256(file.read_bytes()).hexdigest(),
        )
    say(f"{len(found)} changes read, {new} new.")


@changes_app.command("list")
def changes_list(
    place: PlaceOption,
    on: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="One date only.")
    ] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """List what is different, on one date or on all."""
    from data.store import Store

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        found = store.nights.list_changes(place, None if on is None else on.date())
    for kept in found:
        change = kept.change
        until = "" if change.last_date is None else change.last_date.isoformat()
        say(
            f"{kept.change_no:>5} {change.kind:<18} {change.target_id:<14} "
            f"{change.first_date.isoformat()} to {until or 'no end'}"
        )
    if not found:
        say("No changes.")


@changes_app.command("withdraw")
def changes_withdraw(
    number: Annotated[int, typer.Argument(help="Number of the change, from the list.")],
    place: PlaceOption,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Withdraw a change; it stays on record."""
    from data.store import Store

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        store.nights.withdraw_change(place, number, withdrawn_utc=now())
    say(f"change {number} is withdrawn.")


def _list_proposals(found: tuple[Proposal, ...]) -> None:
    from nightly.proposals import list_breaches

    for one in found:
        say(
            f"{one.proposal_no:>4} for {one.service_date.isoformat()}{_say_gain(one)}; outside "
            f"the envelope: {list_breaches(one.breaches)}"
        )
    if not found:
        say("Nothing waits.")


def _say_gain(one: Proposal) -> str:
    """Say what a proposal would bring."""
    from data.units import format_pounds

    word = "saves" if one.saved_pence >= 0 else "costs"
    money = f"{word} {format_pounds(abs(one.saved_pence))} a day"
    if one.n_more_carried:
        return f" alone: carries {one.n_more_carried} journeys more, {money}"
    return f" and days like it: {money}"
