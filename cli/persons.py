"""Commands on personal data: give it, erase it, let it expire, hand it on under pseudonyms."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    PlaceOption,
    find_place,
    now,
    say,
)

if TYPE_CHECKING:
    from data.store import Store
    from data.store.person_rows import SubjectKind
    from data.workspace import Workspace

ActorOption = Annotated[str, typer.Option("--as", help="Id of the administrator who asks.")]
DryOption = Annotated[
    bool, typer.Option("--dry-run", help="Say what would go; change nothing.")
]


def show_person(
    passenger_id: Annotated[str, typer.Argument(help="Identifier of the passenger.")],
    place: PlaceOption,
    person: ActorOption,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Write everything held on one passenger to two files that only their owner can read."""
    from data.errors import RefusedError
    from data.people import Role, require_person
    from data.personal.access import build_access_record, write_access_text
    from data.personal.files import find_files_with
    from data.store import Store
    from reports import open_folder, write_whole

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        require_person(store, person, Role.ADMINISTRATOR)
        held = store.persons.find_held(passenger_id)
    if not held.rows and not held.import_files:
        raise RefusedError("Nothing is held under that identifier.")
    made_utc = now()
    files = [
        path.relative_to(workspace.folder)
        for path in find_files_with(workspace, [held.ids])
        if not path.is_relative_to(workspace.matrices_folder)
    ]
    out = open_folder(workspace.folder / "persons")
    # No name or identifier in a file's name.
    stem = f"subject-access-{made_utc:%Y%m%dT%H%M%SZ}"
    record = build_access_record(held, files, made_utc=made_utc)
    write_whole(out / f"{stem}.json", json.dumps(record, ensure_ascii=False, indent=1).encode())
    write_whole(out / f"{stem}.txt", write_access_text(held, files, made_utc=made_utc).encode())
    tables = sorted({row.table for row in held.rows})
    say(
        f"{len(held.rows)} rows of {len(tables)} tables, {len(held.import_files)} imported "
        f"files, {len(files)} other files; written to {out / stem}.txt and .json"
    )


def erase_person(
    passenger_ids: Annotated[list[str], typer.Argument(help="Identifiers of passengers.")],
    place: PlaceOption,
    person: ActorOption,
    reason: Annotated[str, typer.Option("--reason", help="A reference; never a name.")],
    folder: FolderOption = DATA_FOLDER,
    dry_run: DryOption = False,
) -> None:
    """Erase passengers who are carried no more: store, files, free pages; totals stay."""
    from data.people import Role, require_person
    from data.store import Store
    from data.store.person_rows import SubjectKind

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        require_person(store, person, Role.ADMINISTRATOR)
        if dry_run:
            for passenger_id in passenger_ids:
                held = store.persons.find_held(passenger_id)
                say(f"{len(held.rows)} rows and {len(held.import_files)} imported files")
            say("nothing was erased (--dry-run)")
            return
        _erase(workspace, store, passenger_ids, person, reason, SubjectKind.PASSENGER)


def _erase(
    workspace: Workspace,
    store: Store,
    subject_ids: Sequence[str],
    person: str,
    reason: str,
    kind: SubjectKind,
) -> None:
    """Erase people from the store first, then the files that hold them."""
    from data.personal.files import find_files_with, remove_files
    from data.versions import find_code_version

    done, ids = store.persons.erase(
        workspace.place,
        subject_ids,
        kind=kind,
        person_id=person,
        reason=reason,
        now_utc=now(),
        code_version=find_code_version(),
    )
    n_files = remove_files(workspace, find_files_with(workspace, ids))
    for name, number in done.counts:
        say(f"  {name:<28}{number:>8}")
    say(f"  {'files':<28}{n_files:>8}")
    say(f"erased {len(ids)}; record {done.erasure_id}")
    say("Backups made before still hold them: let them expire, or make new ones.")


def retain_records(
    place: PlaceOption,
    person: ActorOption,
    folder: FolderOption = DATA_FOLDER,
    dry_run: DryOption = False,
) -> None:
    """Remove what is past its retention, as retention.toml of the place or what ships says."""
    from data.people import Role, require_person
    from data.personal.files import find_old_files, remove_files
    from data.personal.settings import read_retention_months
    from data.store import Store
    from data.store.person_rows import SubjectKind
    from data.store.retention import find_cutoff

    workspace = find_place(folder, place)
    months = read_retention_months(workspace.folder / "retention.toml")
    today = now().date()
    old_files = find_old_files(workspace, find_cutoff(today, months["output"]))
    with Store.open(workspace.store_place) as store:
        require_person(store, person, Role.ADMINISTRATOR)
        found = store.persons.find_expired(place, months, today)
        for what, number in (
            ("passengers", len(found.passenger_ids)),
            ("imported files", len(found.import_files)),
            ("imports with quarantine", len(found.quarantine)),
            ("runs with riders", len(found.run_numbers)),
            ("staff without a role", len(found.people)),
            ("crew who left", len(found.crew_ids)),
            ("eligibility cases", len(found.cases)),
            ("books and statements", len(found.results)),
            ("output files", len(old_files)),
        ):
            say(f"{what:<28}{number:>8}")
        if dry_run:
            say("nothing was removed (--dry-run)")
            return
        store.persons.expire(place, found)
        for kind, ids in (
            (SubjectKind.PASSENGER, found.passenger_ids),
            (SubjectKind.CREW, found.crew_ids),
        ):
            if ids:
                _erase(workspace, store, ids, person, "retention", kind)
    remove_files(workspace, old_files)


def export_pseudonymised(
    recipient: Annotated[str, typer.Argument(help="Who gets it, e.g. university-study.")],
    place: PlaceOption,
    person: ActorOption,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Write passengers and journeys for analysis, coarse, under this recipient's pseudonyms."""
    from data.people import Role, require_person
    from data.personal.pseudonyms import build_pseudonymised, read_key
    from data.store import Store
    from reports import open_folder, write_whole

    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        require_person(store, person, Role.ADMINISTRATOR, Role.COMMISSIONER)
        inputs = store.read_inputs(store.find_inputs_hash(place))
    key = read_key(workspace.folder / "keys")
    tables = build_pseudonymised(inputs, recipient, key)
    out: Path = open_folder(workspace.outputs_folder / f"pseudonymised-{recipient}")
    for name, content in tables.items():
        write_whole(out / name, content)
    say(f"written to {out}: {', '.join(tables)}; the key stays in {workspace.folder / 'keys'}")
