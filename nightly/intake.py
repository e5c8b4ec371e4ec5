"""The first stage of a night: the council's tables and the changes of the day come in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from data.errors import InputError
from data.imports.report import ImportResult
from data.nights import DayChange, DayChangeKind
from data.store import Store
from data.versions import find_code_version
from data.workspace import Workspace
from nightly.config import NightConfig
from nightly.day_changes import read_day_changes
from nightly.moved import find_moved_homes

_MOST_TOLD = 20
"""Problems of an import that are repeated in the night's own account."""
_REFUSED = "refused:"
"""How the source of what a refused file withheld begins."""


def take_in(config: NightConfig, store: Store, now_utc: datetime, on: date) -> tuple[str, ...]:
    """Read the council's tables and the changes of the day into the store.

    A file that is refused leaves the standing data as they were, and the night goes on without
    it; but where it says that somebody has moved, or that an address is protected now, that
    home is withheld until a file is taken in.

    Parameters
    ----------
    on
        Service date of the night.

    Returns
    -------
    What was not taken in, in words.
    """
    told: list[str] = []
    workspace = Workspace(root=config.folder, place=config.place)
    if config.imports.data is not None:
        told += _import_data(config, config.imports.data, workspace, store, now_utc, on)
    if config.imports.changes is not None:
        try:
            inputs = store.read_inputs(store.find_inputs_hash(config.place))
            changes = read_day_changes(config.imports.changes, inputs)
            store.nights.add_changes(
                config.place,
                changes,
                received_utc=now_utc,
                source=hashlib.sha256(config.imports.changes.read_bytes()).hexdigest(),
            )
        except InputError as error:
            told += _tell("The changes of the day were not read", error)
    return tuple(told)


def _import_data(
    config: NightConfig,
    source: Path,
    workspace: Workspace,
    store: Store,
    now_utc: datetime,
    on: date,
) -> list[str]:
    """Import the council's tables, unless these very bytes were imported last."""
    from data.imports.source import read_source
    from data.mapping import read_mapping
    from data.sources.postcodes import read_postcodes

    table = workspace.postcodes_path
    mapping = config.imports.mapping
    known = store.read_inputs(store.find_inputs_hash(config.place))

    def read(*, accept_valid: bool) -> ImportResult:
        return read_source(
            source,
            None if mapping is None else read_mapping(mapping),
            accept_valid=accept_valid,
            postcodes=read_postcodes(table) if table.is_file() else None,
            base=known,
        )

    try:
        result = read(accept_valid=config.imports.accept_valid)
    except InputError as error:
        return _tell("The council's tables were not imported", error)
    shas = {f.sha256 for f in result.originals}
    last = next(iter(store.list_imports(config.place)), None)
    if last is not None and {c.sha256 for c in last.counts} == shas:
        return []
    told = [
        f"{p.code} {p.sheet} row {p.row}: {p.cause}"
        for p in result.report.problems
        if p.severity.value == "error"
    ]
    if result.inputs is None:
        sha256 = ",".join(sorted(shas))
        homes = find_moved_homes(known, read(accept_valid=True))
        return [
            f"The council's tables were not imported: {len(told)} errors.",
            *_withhold(config.place, store, homes, sha256, now_utc, on),
            *told[:_MOST_TOLD],
        ]
    store.save_import(
        replace(result.inputs, place=config.place),
        place=config.place,
        files={f.name: f.content for f in result.originals},
        counts=result.report.counts,
        rejected=result.quarantine,
        created_utc=now_utc,
        code_version=find_code_version(),
    )
    # What refused files withheld is settled by one that was taken in.
    for kept in store.nights.list_changes(config.place):
        if kept.source.startswith(_REFUSED):
            store.nights.withdraw_change(config.place, kept.change_no, withdrawn_utc=now_utc)
    homes = find_moved_homes(known, replace(result, inputs=None))
    sha256 = ",".join(sorted(shas))
    return [
        *_withhold(config.place, store, homes, sha256, now_utc, on),
        *(f"Left out of the import: {text}" for text in told[:_MOST_TOLD]),
    ]


def _withhold(
    place: str,
    store: Store,
    homes: Sequence[str],
    sha256: str,
    now_utc: datetime,
    on: date,
) -> list[str]:
    """Withhold homes until a file is taken in; say so by their ids."""
    held = {
        k.change.target_id
        for k in store.nights.list_changes(place, on)
        if k.change.kind is DayChangeKind.ADDRESS_WITHHELD
    }
    store.nights.add_changes(
        place,
        [
            DayChange(kind=DayChangeKind.ADDRESS_WITHHELD, target_id=home_id, first_date=on)
            for home_id in homes
            if home_id not in held
        ],
        received_utc=now_utc,
        source=f"{_REFUSED}{sha256}",
    )
    return [
        f"{home_id}: the file says that this home has moved or is protected now. Nobody calls "
        "there until a file is taken in."
        for home_id in homes
    ]


def _tell(what: str, error: InputError) -> list[str]:
    problems = [f"{p.code} {p.file} row {p.row}: {p.cause}" for p in error.problems]
    return [f"{what}: {len(problems)} problems.", *problems[:_MOST_TOLD]]
