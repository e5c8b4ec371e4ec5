"""Take an import into a store: what the command line and the page both do with a source."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data.imports.report import ImportResult
    from data.inputs import Inputs
    from data.store import Store


def find_base(store: Store, place: str) -> Inputs | None:
    """Find the inputs in force, which stand in for sheets that a source has not."""
    if not store.list_inputs(place):
        return None
    return store.read_inputs(store.find_inputs_hash(place))


def take_in(
    store: Store,
    result: ImportResult,
    *,
    place: str,
    created_utc: datetime,
    code_version: str,
    expected: str | None = None,
) -> int:
    """Keep an accepted import with its original bytes, counts and quarantine, in one.

    Parameters
    ----------
    expected
        Fingerprint of the inputs it was read beside; None to replace whatever is current.

    Returns
    -------
    The number of the import.

    Raises
    ------
    ValueError
        If the import was refused.
    StaleWriteError
        If somebody else changed the current inputs meanwhile.
    """
    if result.inputs is None:
        raise ValueError("an import that was refused is not taken in")
    return store.save_import(
        replace(result.inputs, place=place),
        place=place,
        files={f.name: f.content for f in result.originals},
        counts=result.report.counts,
        rejected=result.quarantine,
        created_utc=created_utc,
        code_version=code_version,
        expected=expected,
    )
