"""The night: what changed today, what may change without asking, what was published and why.

A **service date** has publications in order; the newest is the one that runs. Its **standing
plan** is what families know for such a day: changes of one date (an absence, a vehicle off the
road) are worked into the published plan and leave the standing one alone, so that whoever comes
back finds their own seat again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from data.places import Session
from data.plans import PlanState
from data.units import LATE


class DayChangeKind(StrEnum):
    """What is different on some dates without being a change of the standing data."""

    PASSENGER_ABSENT = "passenger_absent"
    """Does not travel in any session of the dates."""
    PASSENGER_LEFT = "passenger_left"
    """Must not be carried any more, whatever the standing data say."""
    ADDRESS_WITHHELD = "address_withheld"
    """The home must not be called at nor shown: moved, or protected since."""
    VEHICLE_OFF = "vehicle_off"
    CREW_OFF = "crew_off"
    SITE_CLOSED = "site_closed"
    SITE_LEAVES_EARLY = "site_leaves_early"
    """Passengers leave the site at another time than its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """One thing that is different on some dates.

    Attributes
    ----------
    target_id
        Passenger, home, vehicle, crew or site, by kind.
    first_date, last_date
        Both included; None for a change without an end.
    leave_s
        When passengers leave a site early. [s after midnight]
    """

    kind: DayChangeKind
    target_id: str
    first_date: date
    last_date: date | None = None
    leave_s: int | None = None

    def is_on(self, on: date) -> bool:
        """Whether it holds on a date."""
        return self.first_date <= on and (self.last_date is None or on <= self.last_date)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What may differ from what families know without a person saying yes.

    Who changed themselves, and who loses a vehicle, a crew or a site that day, may be moved as
    far as it takes to carry them; all others stay within these limits.

    Attributes
    ----------
    shift_s
        Most that a pick-up (homeward: a drop-off) moves. [s]
    may_change_provider, may_change_vehicle_type, may_change_crew
        Whether another provider, kind of vehicle or member of the crew may come.
    may_add_companions
        Whether somebody may get a companion who did not ride with them before and did not
        start or move themselves.
    max_unserved
        Most journeys that may be left out more than before.
    """

    shift_s: int = 300
    may_change_provider: bool = False
    may_change_vehicle_type: bool = False
    may_change_crew: bool = False
    may_add_companions: bool = False
    max_unserved: int = 0


class BreachKind(StrEnum):
    """How a plan leaves the envelope."""

    TIME = "time"
    PROVIDER = "provider"
    VEHICLE_TYPE = "vehicle_type"
    CREW = "crew"
    ASSISTANT = "assistant"
    COMPANIONS = "companions"
    STOP = "stop"
    UNSERVED = "unserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """One passenger for whom a plan leaves the envelope.

    Attributes
    ----------
    amount
        Seconds for a time, companions for companions, else 1.
    """

    kind: BreachKind
    passenger_id: str
    session: Session
    amount: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One difference between what families know and what runs, with its cause.

    Attributes
    ----------
    cause
        Short name of the cause: ``absence``, ``starter``, ``leaver``, ``vehicle_off``,
        ``saving``, ...
    passenger_ids
        Whom it affects.
    saved_pence
        What the duties concerned cost less than before; negative where they cost more. [pence]
    text
        The difference in words that may be forwarded: ids, times and amounts, no names.
    """

    cause: str
    text: str
    passenger_ids: tuple[str, ...] = ()
    duty_ids: tuple[str, ...] = ()
    saved_pence: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why the plan of a date is what it is.

    Attributes
    ----------
    compared_with
        Plan id of what families knew.
    before_pence, after_pence
        Cost of the date under the one and the other; None where not known. [pence]
    not_applied
        Changes that a stale plan could not take in, each in words.
    quiet_s
        How long was searched at most where nothing had changed since the last search; None
        for a search of full length. [s]
    """

    compared_with: str
    reasons: tuple[Reason, ...] = ()
    before_pence: int | None = None
    after_pence: int | None = None
    n_shifted: int = 0
    n_crew_changed: int = 0
    n_new_companions: int = 0
    not_applied: tuple[str, ...] = ()
    quiet_s: float | None = field(default=None, metadata=LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A plan of the night that passed the checker, kept before it may be published.

    Attributes
    ----------
    run_id
        The run record that holds the plan with its prices.
    plan_no, standing_no
        Numbers of the plan for the date and of the standing plan behind it in the store.
    plan_hash
        Fingerprint of the plan that the checker judged.
    report_hash
        Hash of the checker's report on what the store gave back (C2).
    """

    state: PlanState
    run_id: str
    plan_no: int
    standing_no: int
    plan_hash: str
    report_hash: str
    cost_pence: int
    n_unserved: int
    explanation: Explanation
    breaches: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What runs on a date, as published.

    Attributes
    ----------
    version_no
        1 for the first publication of the date.
    fence_no
        Number of the run that published it; they grow, and an older one is refused.
    run_id
        The run record that holds the plan with its prices; '' where there is none.
    reference_hash
        Fingerprint of the standing plan that families knew.
    night_key
        Fingerprint of date, inputs, changes, settings, reference and code: the same key is the
        same run.
    withheld_home_ids
        Homes whose place must not appear in any file made from the plan.
    """

    place: str
    service_date: date
    version_no: int
    state: PlanState
    plan_no: int
    plan_id: str
    run_id: str
    standing_no: int
    inputs_hash: str
    reference_hash: str
    night_key: str
    fence_no: int
    report_hash: str
    published_utc: datetime
    explanation: Explanation
    withheld_home_ids: tuple[str, ...] = ()


class ProposalState(StrEnum):
    """What became of a proposal."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan outside the envelope that waits for a person.

    Attributes
    ----------
    base_hash
        Fingerprint of the standing plan that it would replace, or the key of the night whose
        date alone it is for; once that has changed, an approval has no effect any more.
    saved_pence
        What a day would cost less. [pence]
    n_more_carried
        Journeys that it carries and what is published does not.
    proposed_by
        Who proposed it, and may not approve it; '' for the night itself.
    """

    proposal_no: int
    place: str
    service_date: date
    plan_no: int
    plan_id: str
    base_hash: str
    saved_pence: int
    breaches: tuple[Breach, ...]
    explanation: Explanation
    proposed_utc: datetime
    n_more_carried: int = 0
    proposed_by: str = field(default="", metadata=LATE)
    state: ProposalState = ProposalState.WAITING
    decided_by: str = ""
    decided_utc: datetime | None = None
