"""The commands that watch over a place: how it stands, and what its log says."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    find_place,
    now,
    say,
)
from cli.log_keeping import find_log

if TYPE_CHECKING:
    from data.workspace import Workspace

app = typer.Typer()


@app.command()
def health(
    place: PlaceOption,
    metrics: Annotated[
        Path | None, typer.Option("--metrics", help="Write Prometheus text to this file.")
    ] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Say whether tomorrow is safe.

    Last plan, its age and state, what waits, disk and store. Exit 40 if something is to be
    mended.
    """
    from data.logs import Event
    from nightly.health import find_health, write_metrics
    from reports import write_whole

    found = find_health(find_place(folder, place), now())
    if found.next_date is None:
        say("no service within two weeks" if found.is_store_sound else "next service: unknown")
    elif found.current is None:
        say(f"{found.next_date.isoformat()} (next service): not published")
    else:
        say(
            f"{found.next_date.isoformat()} (next service): version "
            f"{found.current.version_no}, {found.current.state}"
        )
    last = "nothing is published yet"
    if found.last is not None and found.age_s is not None:
        last = (
            f"last publication {found.last.published_utc:%Y-%m-%d %H:%M} UTC for "
            f"{found.last.service_date.isoformat()}, {found.last.state}, "
            f"{_write_age(found.age_s)} ago"
        )
    say(last)
    say(
        f"{found.n_waiting} proposals wait; store {found.store_bytes / 1e6:.1f} MB, "
        f"{'sound' if found.is_store_sound else 'not sound'}; "
        f"{found.free_bytes >> 20:,} of {found.total_bytes >> 20:,} MB free"
    )
    for fault in found.faults:
        say(f"to mend: {fault}")
    if metrics is not None:
        write_whole(metrics, write_metrics(found).encode())
    find_log().info(
        Event.HEALTH_FOUND,
        date=found.next_date,
        state=None if found.current is None else found.current.state.value,
        n_waiting=found.n_waiting,
        n_faults=len(found.faults),
        n_free_bytes=found.free_bytes,
    )
    if found.faults:
        raise typer.Exit(40)


def _write_age(age_s: int) -> str:
    """Write an age in the largest unit that has at least two of it."""
    for unit, size_s in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if age_s >= 2 * size_s:
            return f"{age_s // size_s} {unit}"
    return f"{age_s} seconds"


@app.command("log")
def show_log(
    place: PlaceOption,
    what: Annotated[
        str,
        typer.Argument(
            help="A run id (or its beginning, or latest), a service date, or a task; "
            "the newest records if none is given."
        ),
    ] = "",
    last: Annotated[
        int, typer.Option("--last", min=1, help="Show at most so many records, the newest.")
    ] = 200,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Show what the log says of a run, of a night, or of everything.

    With --json the lines as they stand. Exit 20 if there is nothing.
    """
    workspace = find_place(folder, place)
    found = _find_records(workspace, what)[-last:]
    for record in found:
        say(json.dumps(record) if as_json else _write_record(record))
    if not found:
        say(f"The log has nothing on {what}." if what else "The log is empty.")
        raise typer.Exit(20)


def _find_records(workspace: Workspace, what: str) -> tuple[dict[str, Any], ...]:
    """Find the records of a run, a date or a task."""
    from data.logs import find_records
    from data.store import Store

    if not what:
        return find_records(workspace)
    if len(what) == 16 and set(what) <= set("0123456789abcdef"):
        return find_records(workspace, task=what)
    try:
        on = date.fromisoformat(what)
    except ValueError:
        with Store.open(workspace.store_place) as store:
            run = store.find_run(what, workspace.place)
        return find_records(workspace, run=run.run_id)
    with Store.open(workspace.store_place) as store:
        nights = tuple(
            n.night_key
            for n in store.nights.list_nights(workspace.place)
            if n.service_date == on
        )
    return find_records(workspace, nights=nights, on=on)


_SHOWN_FIRST = ("at", "level", "event", "writer", "place")


def _write_record(record: dict[str, Any]) -> str:
    """Write a record for people: when, what, then all else that it says."""
    at = str(record.get("at", ""))[:19].replace("T", " ")
    mark = "" if record.get("level") == "info" else f" [{record.get('level')}]"
    rest = " ".join(
        f"{key}={','.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in record.items()
        if key not in _SHOWN_FIRST
    )
    return f"{at} {record.get('writer', ''):<10} {record.get('event')}{mark} {rest}"
