"""What was erased, when, by whom and why, without saying whose it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """One erasure of people, or of records past their retention.

    Attributes
    ----------
    person_id
        Who did it, from the register of people; not who was erased.
    reason
        Why, in the council's words: a reference, never a name.
    pseudonyms
        What stands in the place of each passenger now.
    counts
        How many rows or files of each kind were changed or removed.
    """

    erasure_id: str
    place: str
    created_utc: datetime
    code_version: str
    person_id: str
    reason: str
    pseudonyms: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
