"""Which papers of crews, vehicles and suppliers have run out or soon will."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import typer

from cli.common import DATA_FOLDER, FolderOption, PlaceOption, find_place, now, say


def list_expiries(
    place: PlaceOption,
    on: Annotated[
        datetime | None,
        typer.Option(
            "--on", formats=["%Y-%m-%d"], help="Date to look from; today if left out."
        ),
    ] = None,
    days: Annotated[int, typer.Option("--days", min=0, help="How far to look ahead.")] = 56,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """List papers that run out, and what that bars."""
    from data.expiry import find_expiries
    from data.store import Store

    day = (on or now()).date()
    with Store.open(find_place(folder, place).store_place) as store:
        inputs = store.read_inputs(store.find_inputs_hash(place))
    dated = find_expiries(inputs)
    found = [e for e in dated if e.until <= day + timedelta(days=days)]
    for e in found:
        word = "RAN OUT" if e.until < day else "runs out"
        say(f"{word} {e.until}  {e.kind:<9}{e.holder_id:<16}{e.paper}: after it {e.bars}")
    say(f"{len(found)} of {len(dated)} papers with a date, by {day + timedelta(days=days)}")
