"""Commands for the store itself: backup, restore, move to a server, history."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.backups import KeyOption, read_key
from cli.common import DATA_FOLDER, FolderOption, PlaceOption, find_place, name_place, now, say
from cli.log_keeping import find_log

app = typer.Typer(help="The store of runs.", no_args_is_help=True)


@app.command("backup")
def store_backup(
    place: PlaceOption,
    target: Annotated[Path, typer.Argument(help="File to write; must not be there yet.")],
    folder: FolderOption = DATA_FOLDER,
    key_file: KeyOption = None,
) -> None:
    """Back up a place's store while it is in use, and check the copy."""
    from data.logs import Event
    from data.store.backup import backup_store

    key = read_key(key_file)
    digest = backup_store(find_place(folder, place).store_place, target, key=key)
    find_log().info(Event.STORE_BACKED_UP, n_bytes=target.stat().st_size)
    how = "open" if key is None else "sealed"
    say(f"{target}: {target.stat().st_size:,} bytes, {how}, sha256 {digest}")


@app.command("restore")
def store_restore(
    place: PlaceOption,
    source: Annotated[Path, typer.Argument(help="A backup with its .sha256 beside it.")],
    folder: FolderOption = DATA_FOLDER,
    key_file: KeyOption = None,
) -> None:
    """Restore a place's store from a backup.

    The store that was there is kept beside it. On a server it goes into an empty database.
    """
    from data.logs import Event
    from data.store.backup import restore_store

    workspace = name_place(folder, place)
    workspace.open_folder()
    key = read_key(key_file)
    aside = restore_store(source, workspace.store_place, now_utc=now(), key=key)
    find_log().info(Event.STORE_RESTORED, n_bytes=source.stat().st_size)
    say(f"restored from {source}")
    if aside is not None:
        say(f"the store that was there: {aside}")


@app.command("move")
def store_move(
    place: PlaceOption,
    address: Annotated[
        str, typer.Argument(help="Such as postgresql://wayfare@db.example/southend.")
    ],
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Move a place's embedded store to an empty database of a PostgreSQL server.

    Everything is copied, read back and compared; then store.toml of the place names the server,
    and the file is put aside, whole. End the page and commands that have the place open first.
    """
    from data.store.backup import move_store
    from data.store.server import write_address
    from data.workspace import write_store_url
    from nightly.locks import hold_place

    workspace = name_place(folder, place)
    shown = write_address(address)
    if workspace.store_address:
        raise typer.BadParameter(
            f"the store of {place} is on a server already "
            f"({write_address(workspace.store_address)}). `wayfare store backup` and `restore` "
            "take it elsewhere.",
            param_hint="ADDRESS",
        )
    find_place(folder, place)
    with hold_place(workspace.open_folder()):
        n_rows, aside = move_store(
            workspace.store_path,
            address,
            now_utc=now(),
            then=lambda: write_store_url(workspace, address),
        )
    say(f"{place} is on {shown}: {n_rows:,} rows, each read back equal")
    say(f"named in: {workspace.store_settings_path}")
    say(f"the embedded store, not used any more: {aside}")


@app.command("audit")
def store_audit(place: PlaceOption, folder: FolderOption = DATA_FOLDER) -> None:
    """Check the chain of the audit log: an entry changed or taken out is named.

    Write the last seal down elsewhere: a log that was cut off at its end keeps a chain that
    holds, but not that seal.
    """
    from data.errors import StoreError
    from data.store import Store

    with Store.open(find_place(folder, place).store_place) as store:
        last = next(iter(store.audit.list_entries(most=1)), None)
        breaks = store.audit.find_breaks()
    if last is None:
        say("The audit log is empty.")
        return
    say(f"{last.entry_no:,} entries, the last of {last.at_utc:%Y-%m-%d %H:%M} UTC")
    say(f"seal: {last.entry_hash}")
    if breaks:
        shown = ", ".join(str(n) for n in breaks[:20])
        raise StoreError(
            f"The chain is broken at {len(breaks)} entries: {shown}. Restore a backup beside "
            "and compare."
        )
    say("The chain holds.")


@app.command("history")
def store_history(
    place: Annotated[str | None, typer.Option("--place", help="One place only.")] = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """List the runs kept, the newest first."""
    from data.store import Store
    from data.units import format_pounds
    from data.workspace import list_workspaces

    wanted = list_workspaces(folder) if place is None else (find_place(folder, place),)
    found = 0
    for workspace in wanted:
        with Store.open(workspace.store_place) as store:
            for run in store.list_runs(workspace.place):
                found += 1
                cost = "" if run.cost_pence is None else format_pounds(run.cost_pence)
                say(
                    f"{run.run_id:<46} {run.kind:<9} {cost:>14} a day  violations "
                    f"{run.n_violations}  seed {run.seed}  {run.limit:<11} "
                    f"inputs {run.inputs_hash[:8]}  code {run.code_version}"
                )
    if not found:
        say("No runs yet: wayfare plan --place grid makes one.")
