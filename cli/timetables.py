"""Commands on public timetables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import DATA_FOLDER, FolderOption, PlaceOption, name_place, note, say

if TYPE_CHECKING:
    from data.timetables import PublicTimetable
    from data.workspace import Workspace

app = typer.Typer(help="Timetables of buses and trains.", no_args_is_help=True)


@app.command("import")
def import_timetable(
    feed: Annotated[Path, typer.Argument(help="GTFS feed as published, .zip.")],
    place: PlaceOption,
    attribution: Annotated[
        list[str] | None,
        typer.Option("--attribution", help="Line that the feed's licence asks to be shown."),
    ] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Load a timetable for a place, replacing the one it has.

    Every problem of the feed is reported at once; exit 30 if it is refused.
    """
    from data.sources.gtfs import read_gtfs
    from data.timetable_files import write_timetable

    workspace = name_place(folder, place)
    found = read_gtfs(feed, name=place, attribution=tuple(attribution or ()))
    workspace.open_folder()
    write_timetable(found, workspace.timetable_path)
    for line in _describe(found):
        say(line)


@app.command("sample")
def sample_timetable(
    place: PlaceOption,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of a made-up one.")] = 1,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Load the timetable of a sample place.

    Newport's is real; Southend's is made up over its real stops, and says so.
    """
    from data.samples.timetables import TIMETABLES, build_sample_timetable
    from data.timetable_files import write_timetable

    workspace = name_place(folder, place)
    if place not in TIMETABLES:
        raise typer.BadParameter(
            f"there is none for {place!r}, only for {' and '.join(TIMETABLES)}",
            param_hint="--place",
        )
    found = build_sample_timetable(place, seed=seed)
    workspace.open_folder()
    write_timetable(found, workspace.timetable_path)
    for line in _describe(found):
        say(line)


def open_timetable(workspace: Workspace) -> PublicTimetable:
    """Read a place's timetable; make a sample place's on first use.

    Raises
    ------
    InputError
        If the place has none.
    """
    from data.samples.timetables import TIMETABLES, build_sample_timetable
    from data.timetable_files import read_timetable, write_timetable

    if not workspace.timetable_path.is_file() and workspace.place in TIMETABLES:
        note(f"{workspace.place}: no timetable yet, loading the sample's ...")
        workspace.open_folder()
        write_timetable(build_sample_timetable(workspace.place), workspace.timetable_path)
    return read_timetable(workspace.timetable_path)


def _describe(found: PublicTimetable) -> list[str]:
    """Describe a timetable in a few lines."""
    from collections import Counter

    modes = Counter(found.line_modes[line].value for line in found.trip_line.tolist())
    words = ", ".join(f"{n:,} by {mode}" for mode, n in sorted(modes.items()))
    busiest = max(
        (int(found.service_runs[found.trip_service, day].sum()), -day)
        for day in range(found.service_runs.shape[1])
    )
    label = "SYNTHETIC timetable" if found.is_synthetic else "timetable"
    return [
        f"{found.name}: {label} of {found.source}",
        f"  {len(found.stop_ids):,} stops, {len(found.line_ids):,} lines, "
        f"{len(found.trip_line):,} trips ({words})",
        f"  {found.first_date.isoformat()} to {found.last_date.isoformat()}, at most "
        f"{busiest[0]:,} trips a day",
        *(f"  {line}" for line in found.notes),
        *(f"  {line}" for line in found.attribution),
    ]
