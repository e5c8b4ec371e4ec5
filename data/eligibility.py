"""Who is entitled: what was found for a case, what was decided, and the history of both.

An assessment is what the tests propose, with everything it stands on. Events are what happened
to a case: they are only ever added, never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Answer(StrEnum):
    """What the tests propose."""

    YES = "yes"
    NO = "no"
    REFER = "refer"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """One rule as it was tested on the way.

    Attributes
    ----------
    outcome
        True met, False not met, None when a value it needs is not known.
    """

    rule: str
    outcome: bool | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolDistance:
    """How far a school is from a home.

    Attributes
    ----------
    walk_mm, drive_mm
        Shortest walk to the nearest gate; shortest drive; None where there is none. [mm]
    gate
        The gate walked to; '' where the site has one way in.
    is_attended
        The school the case is about.
    """

    school_id: str
    name: str
    walk_mm: int | None
    drive_mm: int | None
    gate: str = ""
    is_attended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What is proposed for a case, and everything that it stands on.

    Attributes
    ----------
    assessed_on
        Date that ages and evidence are taken at.
    walk_mm, drive_mm
        Home to the school attended. [mm]
    school_rank
        Its place among the suitable schools by distance, or None where it cannot be told.
    schools
        The school attended and the nearest suitable ones, nearest first.
    evidence
        What was taken for true and where it comes from, one sentence each.
    against
        What speaks against the proposal, or must be looked at before it is confirmed.
    tested
        Every rule tested, in order.
    roads
        Name and fingerprint of the network that was measured on.
    is_trial
        Measured on roads that no decision may stand on; never kept.
    """

    case_id: str
    place: str
    passenger_id: str
    site_id: str
    assessed_on: date
    answer: Answer
    rule: str
    reason: str
    walk_mm: int | None
    drive_mm: int | None
    school_rank: int | None
    schools: tuple[SchoolDistance, ...]
    evidence: tuple[str, ...]
    against: tuple[str, ...]
    tested: tuple[RuleOutcome, ...]
    roads: str
    is_trial: bool = False


class EventKind(StrEnum):
    """What happened to a case."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    STAGE_1_ASKED = "stage_1_asked"
    STAGE_1_DECIDED = "stage_1_decided"
    STAGE_2_ASKED = "stage_2_asked"
    STAGE_2_HEARD = "stage_2_heard"
    STAGE_2_LETTER = "stage_2_letter"

    @property
    def is_by_family(self) -> bool:
        """Whether the family acts; a named officer records it."""
        return self in (EventKind.STAGE_1_ASKED, EventKind.STAGE_2_ASKED)


STATE_WORDS = {
    EventKind.PROPOSED: "proposed",
    EventKind.CONFIRMED: "confirmed",
    EventKind.STAGE_1_ASKED: "appealed, stage 1",
    EventKind.STAGE_1_DECIDED: "decided at stage 1",
    EventKind.STAGE_2_ASKED: "appealed, stage 2",
    EventKind.STAGE_2_HEARD: "heard at stage 2",
    EventKind.STAGE_2_LETTER: "decided at stage 2",
}
"""The state a case is in after its last event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One thing that happened to a case.

    Attributes
    ----------
    number
        1 for the first event of the case, 2 for the next, ...
    on
        The day it took effect: of the letter, of the family's request, of the panel.
    person_id
        Who confirmed, decided or recorded it; '' for the engine's own proposal.
    answer
        Yes or no once a person has decided; the proposal's answer before.
    note
        The person's reason, e.g. why a decision differs from the proposal.
    assessment
        Of a proposal.
    """

    place: str
    case_id: str
    number: int
    kind: EventKind
    on: date
    person_id: str
    created_utc: datetime
    code_version: str
    answer: Answer
    rule: str
    note: str = ""
    assessment: Assessment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """A case with its events, the oldest first; there is always one."""

    place: str
    case_id: str
    events: tuple[CaseEvent, ...]

    @property
    def last(self) -> CaseEvent:
        """The event that gives the case its state."""
        return self.events[-1]

    @property
    def proposal(self) -> CaseEvent:
        """The latest proposal."""
        return [e for e in self.events if e.kind is EventKind.PROPOSED][-1]

    def find(self, kind: EventKind) -> CaseEvent | None:
        """Find the event of a kind since the latest proposal, or None."""
        found = [e for e in self.events if e.kind is kind and e.number >= self.proposal.number]
        return found[-1] if found else None
