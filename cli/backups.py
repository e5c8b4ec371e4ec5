"""Backups under a key, and the drill that shows that one would bring everything back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    PlaceOption,
    find_place,
    note,
    now,
    say,
)
from cli.log_keeping import find_log

if TYPE_CHECKING:
    from data.store import Store
    from data.workspace import Workspace

KeyOption = Annotated[
    Path | None,
    typer.Option(
        "--key-file", envvar="WAYFARE_BACKUP_KEY_FILE", help="Key that seals the backup."
    ),
]
DRILLED = 30
"""A drill checks so many runs, the newest."""


def make_key(
    path: Annotated[Path, typer.Argument(help="File to write; must not be there yet.")],
) -> None:
    """Make a key for backups. Keep it apart from them: without it they cannot be opened."""
    from data.store.sealing import make_key_file

    make_key_file(path)
    say(f"{path}: a key; keep a copy where no backup lies")


def drill(
    place: PlaceOption,
    source: Annotated[Path, typer.Argument(help="A backup with its .sha256 beside it.")],
    folder: FolderOption = DATA_FOLDER,
    key_file: KeyOption = None,
) -> None:
    """Restore a backup beside everything, check it, judge its newest plans, and drop it."""
    import tempfile

    from data.errors import StoreError
    from data.logs import Event
    from data.store import Store
    from data.store.backup import restore_store
    from data.workspace import Workspace

    workspace = find_place(folder, place)
    key = read_key(key_file)
    with tempfile.TemporaryDirectory(prefix=".drill-", dir=workspace.folder) as held:
        copy = Workspace(root=Path(held), place=place)
        copy.open_folder()
        restore_store(source, copy.store_path, now_utc=now(), key=key)
        with Store.open(copy.store_path) as store:
            faults = [f"entry {n} of the audit log" for n in store.audit.find_breaks()]
            n_runs, n_other, more = _judge_runs(workspace, store)
    find_log().info(Event.STORE_DRILLED, n_runs=n_runs, n_faults=len(faults) + len(more))
    for fault in (*faults, *more):
        note(fault)
    say(
        f"{source}: restored, its tables check out, audit log "
        f"{'broken' if faults else 'whole'}, plans judged: {n_runs}"
        + (f", {n_other} on other roads than loaded not judged" if n_other else "")
    )
    if faults or more:
        raise StoreError("The drill failed: this backup would not bring back what was.")


def _judge_runs(workspace: Workspace, store: Store) -> tuple[int, int, list[str]]:
    """Judge the newest runs again; a report that differs from the kept one is a fault."""
    from routing import check_plan, read_network
    from scenarios import build_case_matrix

    runs = store.list_runs(workspace.place)[:DRILLED]
    if not runs:
        return 0, 0, []
    network = read_network(workspace.network_path)
    faults: list[str] = []
    n_judged = n_other = 0
    for summary in runs:
        run = store.find_run(summary.run_id)
        inputs = store.read_inputs(run.inputs_hash)
        matrix = build_case_matrix(inputs, network, cache_folder=workspace.matrices_folder)
        if matrix.fingerprint != run.matrix_hash:
            n_other += 1
            continue
        kept = next((c for c in run.checks if c.plan_id == run.plan.plan_id), None)
        found = check_plan(run.plan, inputs, matrix, lines=run.lines)
        n_judged += 1
        if kept is None or kept.violations != found.violations:
            faults.append(f"run {run.run_id}: the checker finds otherwise than it did")
    return n_judged, n_other, faults


def read_key(key_file: Path | None) -> bytes | None:
    """Read the key of backups, or None where none is named."""
    from data.store.sealing import read_key_file

    return None if key_file is None else read_key_file(key_file)
