"""The audit log: who did what to which record, each entry sealed to the one before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from data.inputs import fingerprint

FIRST_HASH = "0" * 64
"""What the first entry is sealed to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that somebody did or read.

    No field holds a personal value of a passenger: records are named by id, contents by hash,
    reasons by a word of a closed list.

    Attributes
    ----------
    entry_no
        1 for the first entry of the store, without gaps.
    person_id
        Who, by id in the register; '' for nobody known.
    roles
        Roles held then.
    address
        Network address it was done from; '' at the machine itself.
    action
        What, e.g. ``proposal.approve`` or ``passenger.open_need``.
    kind, record_id
        Which record.
    before_hash, after_hash
        Fingerprint of the record before and after; '' where there is none.
    reason
        Why, a word of the list that the page offers; '' where none is asked for.
    previous_hash, entry_hash
        Seal of the entry before, and of this one over everything above.
    """

    place: str
    at_utc: datetime
    person_id: str
    action: str
    kind: str = ""
    record_id: str = ""
    roles: tuple[str, ...] = ()
    address: str = ""
    before_hash: str = ""
    after_hash: str = ""
    reason: str = ""
    entry_no: int = 0
    previous_hash: str = FIRST_HASH
    entry_hash: str = field(default="")


def build_entry_hash(entry: AuditEntry) -> str:
    """Build the seal of an entry, over all of it but the seal itself."""
    return fingerprint(replace(entry, entry_hash=""))


def seal_entry(entry: AuditEntry, previous: AuditEntry | None) -> AuditEntry:
    """Number an entry and seal it to the one before."""
    numbered = replace(
        entry,
        entry_no=1 if previous is None else previous.entry_no + 1,
        previous_hash=FIRST_HASH if previous is None else previous.entry_hash,
    )
    return replace(numbered, entry_hash=build_entry_hash(numbered))


def find_breaks(entries: Iterable[AuditEntry]) -> tuple[int, ...]:
    """Find the entries at which the chain is broken; none in a log that nobody touched.

    Parameters
    ----------
    entries
        All entries in order of their numbers.
    """
    broken = []
    wanted_no, wanted_hash = 1, FIRST_HASH
    for entry in entries:
        if (
            entry.entry_no != wanted_no
            or entry.previous_hash != wanted_hash
            or entry.entry_hash != build_entry_hash(entry)
        ):
            broken.append(entry.entry_no)
        wanted_no, wanted_hash = entry.entry_no + 1, entry.entry_hash
    return tuple(broken)
