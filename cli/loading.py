"""Commands that bring data in and out: workbooks, roads, postcodes, schools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    PlaceOption,
    find_place,
    name_place,
    note,
    now,
    say,
)

if TYPE_CHECKING:
    from data.inputs import Inputs
    from data.workspace import Workspace

app = typer.Typer()
roads_app = typer.Typer(help="Real roads for a place.", no_args_is_help=True)
postcodes_app = typer.Typer(help="Postcode points.", no_args_is_help=True)
schools_app = typer.Typer(help="The register of schools.", no_args_is_help=True)


@app.command()
def template(
    path: Annotated[Path, typer.Argument(help="Workbook to write.")] = Path(
        "wayfare-template.xlsx"
    ),
) -> None:
    """Write the workbook that a council fills."""
    from data.imports import write_template

    write_template(path)
    say(f"written: {path}")


@app.command("map")
def map_columns(
    file: Annotated[Path, typer.Argument(help="A council's own workbook or folder of CSV.")],
    out: Annotated[Path, typer.Option("--out", help="Mapping to write.")] = Path(
        "mapping.toml"
    ),
) -> None:
    """Propose a column mapping.

    It says how a council's own columns are read; edit it, then import with --mapping.
    """
    from data.mapping import propose_mapping, write_mapping

    mapping, notes = propose_mapping(file)
    write_mapping(mapping, out, notes=notes)
    for line in notes:
        say(line)
    say(f"written: {out}")


@app.command("import")
def import_data(
    source: Annotated[Path, typer.Argument(help="Workbook (.xlsx) or folder of CSV.")],
    place: PlaceOption,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="Saved column mapping.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only.")] = False,
    accept_valid: Annotated[
        bool, typer.Option("--accept-valid", help="Put faulty rows in quarantine.")
    ] = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Import a council's data.

    Every problem is reported at once; all is committed or nothing. Exit 30 if it is refused.
    """
    from data.imports import read_source, write_faults_workbook, write_report_text
    from data.mapping import read_mapping
    from data.sources.postcodes import read_postcodes
    from data.store import Store
    from data.taking_in import take_in
    from data.versions import find_code_version

    workspace = name_place(folder, place)
    table = workspace.postcodes_path
    result = read_source(
        source,
        None if mapping is None else read_mapping(mapping),
        accept_valid=accept_valid,
        postcodes=read_postcodes(table) if table.is_file() else None,
        base=_find_base(workspace),
    )
    say(write_report_text(result.report, most=50))
    if result.report.problems and result.report.counts:
        faults = workspace.open_folder() / f"faults-{now():%Y%m%dT%H%M%SZ}.xlsx"
        write_faults_workbook(result, faults)
        faults.chmod(0o600)
        say(f"every problem with its cell marked: {faults}")
    if result.inputs is None:
        raise typer.Exit(30)
    if dry_run:
        say("dry run: nothing was stored.")
        return
    workspace.open_folder()
    with Store.open(workspace.store_place) as store:
        number = take_in(
            store, result, place=place, created_utc=now(), code_version=find_code_version()
        )
    say(f"committed as import {number} of {place}.")


def _find_base(workspace: Workspace) -> Inputs | None:
    """Find the place's inputs in force, which stand in for sheets that a source has not."""
    from data.store import Store
    from data.taking_in import find_base

    if not workspace.has_store:
        return None
    with Store.open(workspace.store_place) as store:
        return find_base(store, workspace.place)


@app.command()
def export(
    path: Annotated[Path, typer.Argument(help="Workbook (.xlsx) or folder to write.")],
    place: PlaceOption,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Write a place's inputs as import reads them."""
    from data.imports import write_csv_folder, write_workbook
    from data.workspace import read_inputs

    inputs = read_inputs(find_place(folder, place).folder)
    if path.suffix.lower() == ".xlsx":
        write_workbook(inputs, path)
    else:
        write_csv_folder(inputs, path)
    say(f"written: {path}")


@roads_app.command("import")
def roads_import(
    file: Annotated[Path, typer.Argument(help=".osm.pbf, .osm, or OS Open Roads .gpkg.")],
    place: PlaceOption,
    overrides: Annotated[
        Path | None, typer.Option("--overrides", help="Corrections of single ways, CSV.")
    ] = None,
    bounds: Annotated[
        str | None,
        typer.Option(
            "--bounds",
            metavar="WEST,SOUTH,EAST,NORTH",
            help="Part of a national OS Open Roads file to read, in British National Grid "
            "metres. OpenStreetMap files need none: cut them beforehand.",
        ),
    ] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Load real roads for a place, replacing those it has."""
    from data.sources.overrides import read_overrides
    from routing import build_network, write_network

    workspace = name_place(folder, place)
    box = None if bounds is None else _read_bounds(bounds)
    if box is not None and file.suffix.lower() != ".gpkg":
        note("--bounds is for OS Open Roads (.gpkg); this file is read whole.")
    corrections = () if overrides is None else read_overrides(overrides)
    network = build_network(file, corrections, name=place, bounds=box)
    workspace.open_folder()
    write_network(network, workspace.network_path)
    miles = int(network.arc_m.sum()) // 1609
    say(
        f"{place}: {len(network.node_ids):,} junctions, "
        f"{len(network.arc_from):,} directed arcs, {miles:,} miles of arcs"
    )
    for line in network.notes:
        say(f"  {line}")
    say(f"  flags: {', '.join(network.flags) or 'none'}")
    for line in network.attribution:
        say(f"  {line}")


def _read_bounds(text: str) -> tuple[float, float, float, float]:
    """Read west, south, east, north. [m]"""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is not four numbers with commas between", param_hint="--bounds"
        ) from None
    if not (0 <= west < east <= 700_000 and 0 <= south < north <= 1_300_000):
        raise typer.BadParameter(
            "must be WEST,SOUTH,EAST,NORTH in metres within the British National Grid, e.g. "
            "580000,180000,600000,200000",
            param_hint="--bounds",
        )
    return west, south, east, north


@postcodes_app.command("import")
def postcodes_import(
    source: Annotated[Path, typer.Argument(help="ONSPD or Code-Point Open: CSV, zip, folder.")],
    place: PlaceOption,
    area: Annotated[
        list[str] | None, typer.Option("--area", help="Postcode areas to keep, e.g. SS.")
    ] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Load postcode points for a place."""
    from data.sources.postcodes import import_postcodes

    workspace = name_place(folder, place)
    workspace.open_folder()
    table = import_postcodes(source, workspace.postcodes_path, areas=tuple(area or ()))
    say(f"{place}: {len(table):,} postcodes from {table.source}")


@schools_app.command("import")
def schools_import(
    source: Annotated[Path, typer.Argument(help="The register of schools, CSV.")],
    out: Annotated[Path, typer.Option("--out", help="Rows of the sites sheet, CSV.")] = Path(
        "sites.csv"
    ),
    la: Annotated[
        list[str] | None, typer.Option("--la", help="Authority code, e.g. 882.")
    ] = None,
    calendar: Annotated[str, typer.Option("--calendar", help="Calendar of the sites.")] = (
        "term"
    ),
) -> None:
    """Write rows for the sites sheet from the register of schools."""
    from data.sources.schools import import_schools

    found = import_schools(source, la_codes=tuple(la or ()), calendar_id=calendar, target=out)
    say(
        f"{found.n_read:,} rows read: {len(found.sites):,} sites written to {out}; left out "
        f"{found.n_closed} closed, {found.n_unplaced} without a position, {found.n_other} of "
        "other kinds"
    )
