"""What a repair found changed, what it did, and whom it disturbed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from data.places import Session
from data.plans import Plan


class ChangeKind(StrEnum):
    """How today's inputs differ from what a plan was made for."""

    STARTER = "starter"
    """Travels and is neither carried nor listed."""
    LEAVER = "leaver"
    """Is carried and does not travel any more."""
    HOME_MOVED = "home_moved"
    """Is collected at, or brought to, a place that is no longer theirs."""
    SITE_CHANGED = "site_changed"
    """Travels to or from another site than they are carried to."""
    RULE_BROKEN = "rule_broken"
    """A route or duty breaks a rule now, e.g. a new need, a new window, a new companion."""
    VEHICLE_GONE = "vehicle_gone"
    """The own vehicle of a duty does not exist or may not work it any more."""
    CREW_GONE = "crew_gone"
    """A member of a duty's crew does not exist or may not work it any more."""
    OFFER_GONE = "offer_gone"
    """The provider has no such vehicle, licence or valid price any more, or too few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference between a plan and today's inputs.

    Attributes
    ----------
    duty_ids
        Duties of the plan that it touches.
    codes
        Codes of the checker for the rules broken, where there are any.
    """

    kind: ChangeKind
    session: Session | None = None
    passenger_id: str | None = None
    duty_ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBudget:
    """How much a repair may disturb those who did not change themselves.

    Attributes
    ----------
    shift_s
        A pick-up (homeward: a drop-off) moved by more than this counts. [s]
    max_shifted, max_crew, max_companions
        Most passengers whose times move by more than `shift_s`, who ride with another provider,
        vehicle or crew, and who get a companion they did not have; None for no limit.
    max_duties_per_passenger
        Most duties changed for one passenger who starts, leaves or moves, where that can be.
    shift_pence, crew_pence
        What disturbing one passenger so counts for against money in choosing. [pence]
    exempt
        Passengers who do not count, e.g. because their vehicle is off the road.
    """

    shift_s: int = 300
    max_shifted: int | None = None
    max_crew: int | None = None
    max_companions: int | None = None
    max_duties_per_passenger: int = 2
    shift_pence: int = 200
    crew_pence: int = 500
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What changed in one session for a passenger carried before and after.

    Attributes
    ----------
    before_s, after_s
        Arrival at the stop where the passenger boards (homeward: alights). [s after midnight]
    is_shifted
        It moved by more than the budget's `shift_s`.
    is_crew_changed
        Another provider, vehicle or member of the crew.
    new_companions
        Who rides on the same route now and did not before.
    is_own_change
        The passenger's own journey changed; not counted against a budget.
    """

    passenger_id: str
    session: Session
    before_duty_id: str
    after_duty_id: str
    before_s: int
    after_s: int
    is_stop_moved: bool = False
    is_shifted: bool = False
    is_crew_changed: bool = False
    new_companions: tuple[str, ...] = ()
    is_own_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyChange:
    """What became of one duty.

    Attributes
    ----------
    before_pence, after_pence
        Its money at today's prices; None before for a new duty, after for one that is gone, and
        before where its provider has no price any more. [pence]
    joined, left
        Journeys it carries now and did not, and the other way round: ``session/passenger``.
    disturbed
        Passengers aboard before and after for whom times, crew or companions changed.
    """

    duty_id: str
    before_pence: int | None
    after_pence: int | None
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    disturbed: tuple[str, ...] = ()


class WideReason(StrEnum):
    """Why more duties had to change for a passenger than the budget wants."""

    DUTIES_LEFT_CANNOT_CARRY = "duties_left_cannot_carry"
    """The duties allowed change anyway as the passenger leaves them; none can carry them."""
    NO_DUTY_TAKES_BOTH = "no_duty_takes_both"
    """No one other duty, and no new one, can work both their journeys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WideChange:
    """A passenger for whom more duties changed than the budget wants, and why it had to be.

    Attributes
    ----------
    duty_ids
        The duties that changed for them.
    left_ids
        Those of them that carried them before, which change whatever is done.
    n_tried
        Ways within the number wanted that were tried, none of which keeps every rule.
    """

    passenger_id: str
    duty_ids: tuple[str, ...]
    left_ids: tuple[str, ...]
    reason: WideReason
    n_tried: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """A repaired plan with everything that can be asked about it.

    Attributes
    ----------
    plan
        In state REPAIRED; the very plan given where nothing had to change.
    changes
        What differed between the plan given and the inputs.
    duties
        Every duty that is not byte for byte what it was.
    disturbances
        Every passenger and session carried before and after for whom something changed.
    n_shifted, n_crew_changed, n_new_companions
        Passengers who did not change themselves, disturbed in each way, as budgets count them.
    before_pence
        The plan given at today's prices, None if a duty of it has none any more. [pence]
    wide
        Passengers for whom more duties changed than the budget wants.
    """

    plan: Plan
    changes: tuple[Change, ...] = ()
    duties: tuple[DutyChange, ...] = ()
    disturbances: tuple[Disturbance, ...] = field(default=())
    n_shifted: int = 0
    n_crew_changed: int = 0
    n_new_companions: int = 0
    before_pence: int | None = None
    wide: tuple[WideChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierPoint:
    """A plan made afresh from another, with whom it disturbs against what it saves.

    Attributes
    ----------
    continuity_pence
        Price at which every passenger carried by another duty counted in the search. [pence]
    saved_pence
        What a day costs less than with the plan it started from. [pence]
    n_disturbed
        Passengers for whom crew, time or stop are other ones.
    n_crew_changed, n_shifted, n_stop_moved, n_new_companions
        Passengers with another crew or vehicle, picked up or set down at another time, at
        another stop, and with a new companion.
    """

    continuity_pence: int
    plan: Plan
    saved_pence: int
    n_disturbed: int
    n_crew_changed: int
    n_shifted: int
    n_stop_moved: int
    n_new_companions: int
