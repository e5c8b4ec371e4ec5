"""Edits of a plan by a planner's hand, what they come to, and the drafts that hold them.

An **edit** names what is to change and never how the rest follows: times, dead runs, layouts,
assistants and crews are worked out again when it is applied. A **draft** is a base plan with
edits in order, of which the first `Draft.n_done` hold; those after them were undone and can be
done again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from data.checks import Violation
from data.places import Session
from data.plans import Lock, LockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Who works a duty: a provider with a kind of vehicle, from a base ('' if not known)."""

    provider_id: str
    vehicle_type_id: str
    base_place_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddLock:
    """Lock passengers together on a route, to a provider, or forbid them a provider.

    Attributes
    ----------
    lock_id
        New in the draft and among the locks of the inputs.
    target_id
        A name for those who ride together, or the provider.
    session
        None for every session.
    """

    kind: Literal["add_lock"] = "add_lock"
    lock_id: str
    lock: LockKind
    passenger_ids: tuple[str, ...]
    target_id: str
    session: Session | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveLock:
    """Take locks off: this draft's, or those of the inputs."""

    kind: Literal["remove_lock"] = "remove_lock"
    lock_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovePassenger:
    """Carry a passenger, and those who must ride with them, somewhere else.

    One who is not carried yet, e.g. a starter, is placed.

    Attributes
    ----------
    route_id
        The route to join, or '' for a route of their own.
    duty_id
        The duty that works the route of their own; '' with a carrier for a new duty of theirs,
        without one for whichever duty does it at least cost.
    """

    kind: Literal["move_passenger"] = "move_passenger"
    passenger_id: str
    session: Session
    route_id: str = ""
    duty_id: str = ""
    carrier: Carrier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStop:
    """Serve a stop at another place in the order of its route; both counted from 1."""

    kind: Literal["move_stop"] = "move_stop"
    route_id: str
    from_number: int
    to_number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveDuty:
    """Have a duty with all its routes worked by another vehicle or supplier."""

    kind: Literal["give_duty"] = "give_duty"
    duty_id: str
    carrier: Carrier


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveRoute:
    """Have one route worked by another duty, or by a new one.

    Attributes
    ----------
    duty_id
        '' for a new duty.
    carrier
        Who works the new duty; None for the cheapest who can.
    """

    kind: Literal["give_route"] = "give_route"
    route_id: str
    duty_id: str = ""
    carrier: Carrier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRoute:
    """Take passengers, with those who must ride with them, off onto a route of their own.

    Attributes
    ----------
    carrier
        Who works it as a new duty; None for the cheapest way, a duty that has time among them.
    """

    kind: Literal["split_route"] = "split_route"
    route_id: str
    passenger_ids: tuple[str, ...]
    carrier: Carrier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRoutes:
    """Carry everybody of one route on another of the same session."""

    kind: Literal["merge_routes"] = "merge_routes"
    route_id: str
    into_route_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePlan:
    """Take a whole plan in the place of what was: what a search around the edits found.

    Attributes
    ----------
    plan_hash
        Fingerprint under which the store keeps it.
    """

    kind: Literal["take_plan"] = "take_plan"
    plan_hash: str
    plan_id: str


Edit = Annotated[
    AddLock
    | RemoveLock
    | MovePassenger
    | MoveStop
    | GiveDuty
    | GiveRoute
    | SplitRoute
    | MergeRoutes
    | TakePlan,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """Edits in order, as they are kept."""

    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RideEffect:
    """How one journey differs; None where the passenger was or is not carried.

    Attributes
    ----------
    before_stop_s, after_stop_s
        When the vehicle is at their stop of home. [s after midnight]
    before_ride_s, after_ride_s
        Time aboard. [s]
    """

    passenger_id: str
    session: Session
    before_route_id: str | None
    after_route_id: str | None
    before_stop_s: int | None
    after_stop_s: int | None
    before_ride_s: int | None
    after_ride_s: int | None
    is_crew_changed: bool = False
    new_companions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyEffect:
    """What became of the money of one duty; None where there was or is none. [pence]"""

    duty_id: str
    before_pence: int | None
    after_pence: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What edits come to, against the plan before them.

    Attributes
    ----------
    before_pence, after_pence
        Exact cost of the day; None where something has no price at all. [pence]
    price_fault
        Why there is no price, or ''.
    violations
        Every rule that the edited plan breaks, by the independent checker.
    new_violations, gone_violations
        Those that the plan before does not break, and the other way round.
    rides
        Journeys for which anything differs.
    duties
        Duties whose money differs.
    longest_ride_s
        Longest time aboard before and after. [s]
    n_unserved
        Journeys not carried, before and after.
    """

    before_pence: int | None
    after_pence: int | None
    price_fault: str = ""
    violations: tuple[Violation, ...] = ()
    new_violations: tuple[Violation, ...] = ()
    gone_violations: tuple[Violation, ...] = ()
    rides: tuple[RideEffect, ...] = ()
    duties: tuple[DutyEffect, ...] = ()
    longest_ride_s: tuple[int, int] = (0, 0)
    n_unserved: tuple[int, int] = (0, 0)

    @property
    def added_pence(self) -> int | None:
        """What the day costs more; negative where it costs less. [pence]"""
        if self.before_pence is None or self.after_pence is None:
            return None
        return self.after_pence - self.before_pence

    @property
    def passenger_ids(self) -> tuple[str, ...]:
        """Who is affected, each once, sorted."""
        return tuple(sorted({ride.passenger_id for ride in self.rides}))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceFound:
    """A place where a passenger could ride, with what it costs and whom it disturbs.

    Attributes
    ----------
    edit
        The edit that takes it.
    added_pence
        What the day would cost more. [pence]
    stop_s, ride_s
        When the vehicle is at their stop of home, and their time aboard. [s after midnight],
        [s]
    n_disturbed
        Others whose times, crew or companions differ.
    """

    edit: MovePassenger
    duty_id: str
    provider_id: str
    vehicle_type_id: str
    added_pence: int
    stop_s: int
    ride_s: int
    n_disturbed: int


class DraftState(StrEnum):
    """What became of a draft."""

    OPEN = "open"
    PROPOSED = "proposed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A planner's working draft of a plan.

    Attributes
    ----------
    version_no
        Grows with each change; who writes with an older one is told and nothing is lost.
    base_plan_no, base_hash
        The plan it starts from in the store, and its fingerprint.
    inputs_hash
        The inputs that its edits are judged by.
    base_label
        What the base is, in words that a planner knows.
    edits, n_done
        All edits, and how many of them hold.
    changed_by
        Who changed it last.
    proposal_no
        The proposal made of it, or None.
    """

    draft_no: int
    place: str
    title: str
    service_date: date
    base_plan_no: int
    base_hash: str
    base_label: str
    inputs_hash: str
    edits: tuple[Edit, ...] = ()
    n_done: int = 0
    version_no: int = 1
    state: DraftState = DraftState.OPEN
    created_by: str
    created_utc: datetime
    changed_by: str
    changed_utc: datetime
    proposal_no: int | None = None

    @property
    def done(self) -> tuple[Edit, ...]:
        """The edits that hold."""
        return self.edits[: self.n_done]


class SearchStage(StrEnum):
    """What became of a search around a draft's edits."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    """A person ended it; the best plan so far is kept."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchProgress:
    """How far a search around edits is.

    Attributes
    ----------
    start_pence, best_pence
        Exact cost of the day as edited, and of the best checked plan so far; None where not
        known. [pence]
    bound_pence
        Proven lower bound, or None. [pence]
    n_better
        Better plans found and checked so far.
    n_unserved
        Journeys that the best plan does not carry.
    """

    stage: str = ""
    seconds_used: float = 0.0
    seconds_left: float | None = None
    start_pence: int | None = None
    best_pence: int | None = None
    bound_pence: int | None = None
    n_better: int = 0
    n_unserved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSearch:
    """A search around the edits of a draft, as the store knows it.

    Attributes
    ----------
    version_no
        Version of the draft whose edits it searches around.
    seconds
        How long it may take. [s]
    told_utc
        When it last told how far it is: one that is silent for long has died.
    progress
        What it told then.
    plan_no
        The best checked plan so far in the store, or None.
    message
        What a person should know of how it ended.
    """

    search_no: int
    draft_no: int
    version_no: int
    seconds: int
    state: SearchStage
    asked_by: str
    asked_utc: datetime
    told_utc: datetime
    wants_stop: bool = False
    progress: SearchProgress
    plan_no: int | None = None
    message: str = ""

    @property
    def is_over(self) -> bool:
        """Whether nothing will change any more."""
        return self.state not in (SearchStage.WAITING, SearchStage.RUNNING)


def add_edit(draft: Draft, edit: Edit) -> tuple[tuple[Edit, ...], int]:
    """Add an edit after those that hold; edits that were undone are given up.

    Returns
    -------
    The edits, and how many of them hold.
    """
    return (*draft.done, edit), draft.n_done + 1


def apply_locks(locks: tuple[Lock, ...], edits: tuple[Edit, ...]) -> tuple[Lock, ...]:
    """Add and remove the locks that edits speak of: ``lock_id/1``, one for each passenger."""
    kept = list(locks)
    for edit in edits:
        if isinstance(edit, AddLock):
            kept += [
                Lock(
                    lock_id=f"{edit.lock_id}/{number}",
                    kind=edit.lock,
                    passenger_id=p,
                    target_id=edit.target_id,
                    session=edit.session,
                )
                for number, p in enumerate(edit.passenger_ids, start=1)
            ]
        elif isinstance(edit, RemoveLock):
            kept = [lock for lock in kept if lock.lock_id not in edit.lock_ids]
    return tuple(kept)


def is_about_rides(edit: Edit) -> bool:
    """Whether an edit changes routes or duties, and not only what binds them."""
    return not isinstance(edit, AddLock | RemoveLock)
