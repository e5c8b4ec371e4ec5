"""What people did with an award: one proposes it, another approves it (W4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AwardState(StrEnum):
    """How far an award has come."""

    WORKED_OUT = "worked out"
    PROPOSED = "proposed"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardStep:
    """One step of an award's life, by one person.

    Attributes
    ----------
    state
        What the award is from then on.
    award_hash
        Fingerprint of what the person saw.
    """

    step_id: str
    award_id: str
    award_hash: str
    state: AwardState
    person_id: str
    person_name: str
    created_utc: datetime
    code_version: str


def build_step_id(award_id: str, state: AwardState) -> str:
    """Build the id of a step: an award takes each at most once."""
    return f"{award_id}-{state}"


def find_award_state(steps: Iterable[AwardStep]) -> AwardState:
    """Find how far an award has come."""
    states = {step.state for step in steps}
    for state in (AwardState.APPROVED, AwardState.PROPOSED):
        if state in states:
            return state
    return AwardState.WORKED_OUT
