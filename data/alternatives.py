"""Other ways to travel than a vehicle of the plan: what could be offered to whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mode(StrEnum):
    """How somebody travels who is not on a vehicle of the plan."""

    BUDGET = "budget"
    """A personal travel budget: money to the family, by consent (ALT-1)."""
    MILEAGE = "mileage"
    """The family drives and is paid by the mile, by consent."""
    CYCLE = "cycle"
    """An allowance for a cycle, by consent."""
    PASS = "pass"  # noqa: S105  a ticket
    """A public transport pass, where a journey was found."""
    ESCORT = "escort"
    """Somebody walks with the passenger."""
    WALKING_BUS = "walking_bus"
    """Somebody walks with several to one school."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What could be offered to one passenger.

    Attributes
    ----------
    group
        Passengers with whom it stands or falls (a walking bus); '' for nobody.
    saving_pence
        What the re-planned year costs less without this passenger alone: the cap of a budget
        (ALT-3). Of a walking bus, without all of it, in equal parts. [pence]
    wanted_pence
        What band or rate would give a year, before the cap. [pence]
    cost_pence
        What the offer costs the council a year, capped. [pence]
    own_pence
        What the journey costs the family a year by car, which take-up is measured by. [pence]
    take_up_low_bp, take_up_bp, take_up_high_bp
        Chance that the family takes it. [0.01 %]
    bus_s
        The longer of the journeys there and home by bus or rail, walks included, where the
        timetable has them within the limits; else None. [s]
    """

    passenger_id: str
    mode: Mode
    group: str
    n_days: int
    walk_m: int | None
    drive_m: int
    saving_pence: int
    wanted_pence: int
    cost_pence: int
    own_pence: int
    take_up_low_bp: int
    take_up_bp: int
    take_up_high_bp: int
    bus_s: int | None = None

    @property
    def is_capped(self) -> bool:
        """Whether the cap lowered the amount."""
        return self.cost_pence < self.wanted_pence

    @property
    def net_pence(self) -> int:
        """What is left a year if it is taken. [pence]"""
        return self.saving_pence - self.cost_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeUp:
    """One level of take-up, planned again for everybody who takes an offer.

    Attributes
    ----------
    saving_pence
        What the re-planned year costs less for all of them together. [pence]
    sum_pence
        The sum of their savings one by one, which is not what is saved. [pence]
    cost_pence
        What their offers cost. [pence]
    """

    level: str
    passenger_ids: tuple[str, ...]
    saving_pence: int
    sum_pence: int
    cost_pence: int
    n_routes: int
    n_duties: int

    @property
    def net_pence(self) -> int:
        """Saving less cost. [pence]"""
        return self.saving_pence - self.cost_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativesStudy:
    """Offers and what they would save.

    Attributes
    ----------
    n_looked_at, n_measured
        Passengers with any possible offer; those whose saving was searched for.
    n_taken_before
        Passengers left aside because another change made them an offer.
    timetable
        The timetable that journeys by bus and rail were found in, as a reader is told; '' for
        none.
    levels
        Take-up low, likely and high; each holds the one before.
    draws
        Further draws of who takes an offer, at chances drawn between low and high.
    """

    study_id: str
    place: str
    title: str
    created_utc: datetime
    code_version: str
    inputs_hash: str
    timetable: str
    n_looked_at: int
    n_measured: int
    n_taken_before: int
    base_day_pence: int
    n_base_routes: int
    n_base_duties: int
    offers: tuple[Offer, ...]
    levels: tuple[TakeUp, ...]
    draws: tuple[TakeUp, ...]
    n_violations: int
    flags: tuple[str, ...]
    is_synthetic: bool
    attribution: tuple[str, ...]
