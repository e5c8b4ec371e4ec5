"""Independent travel training: assumptions, candidates, whom to train first, the programme.

Everything here is a proposal for people to decide on: nobody loses a vehicle by it, and the
vehicle goes on until a trainee is signed off (ALT-2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from data.journeys import Journey
from data.passengers import Direction, Phase
from data.units import LATE

PROPOSAL_WORDS = (
    "Modelling, not a decision: no entitlement is decided and no transport withdrawn. Each "
    "proposal needs the family's agreement and a person's judgement; the vehicle continues "
    "until sign-off."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingNumber:
    """One assumption: low, most likely, high, and where it comes from."""

    name: str
    unit: str
    low: float
    mode: float
    high: float
    year: str
    grade: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingAssumptions:
    """All assumptions of travel training, by name."""

    numbers: tuple[TrainingNumber, ...]

    def find(self, name: str) -> TrainingNumber:
        """Find an assumption.

        Raises
        ------
        KeyError
            If there is none of the name.
        """
        for number in self.numbers:
            if number.name == name:
                return number
        raise KeyError(name)

    def value(self, name: str) -> float:
        """Find the most likely value of an assumption."""
        return self.find(name).mode

    def count(self, name: str) -> int:
        """Find the most likely value as a whole number, a half up."""
        return int(self.value(name) + 0.5)

    def pence(self, name: str) -> int:
        """Find the most likely value of an amount in pounds. [pence]"""
        return int(self.value(name) * 100 + 0.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWay:
    """How a passenger would travel between one home and one site.

    Attributes
    ----------
    journey
        The best within the limits, else the best there is; None where there is none.
    """

    direction: Direction
    site_id: str
    journey: Journey | None
    is_within_limits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A passenger looked at for travel training.

    Attributes
    ----------
    reasons_for, reasons_against, cautions
        In words; any reason against rules a passenger out, a caution does not.
    accept_bp, complete_bp, sustain_bp
        Chance to begin when invited, to complete once begun, and to travel alone still after
        two terms: most likely. [0.01 %]
    factors
        Names of the assumptions that moved the odds, with how often each did.
    leaves_on
        When transport would have ended anyway.
    """

    passenger_id: str
    age: int
    phase: Phase
    ways: tuple[OwnWay, ...]
    reasons_for: tuple[str, ...]
    reasons_against: tuple[str, ...]
    cautions: tuple[str, ...]
    accept_bp: int
    complete_bp: int
    sustain_bp: int
    factors: tuple[tuple[str, int], ...]
    leaves_on: date

    @property
    def is_proposed(self) -> bool:
        """Whether nothing speaks against a talk with the family."""
        return not self.reasons_against

    @property
    def needs_pass(self) -> bool:
        """Whether a journey is not all on foot."""
        return any(way.journey is not None and way.journey.n_rides for way in self.ways)

    @property
    def longest_s(self) -> int:
        """The longest of the journeys. [s]"""
        return max((w.journey.total_s for w in self.ways if w.journey), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyValues:
    """What a duty costs less without some of those aboard, everything else as it is.

    Attributes
    ----------
    passenger_ids
        Candidates aboard, at most `scenarios.training.MOST_ABOARD`.
    n_others
        Others aboard.
    saved_pence
        A day, by bit mask over `passenger_ids`; the first is 0. [pence]
    """

    duty_id: str
    passenger_ids: tuple[str, ...]
    n_others: int
    saved_pence: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPoint:
    """What training the first n of an order comes to, planned again.

    Attributes
    ----------
    expected_pence
        By the values of duties, with chances of success. A day, on average over the years of
        benefit. [pence]
    planned_pence
        `expected_pence` and, on average over draws of who succeeds, what the difference of two
        plans is above the values of duties for the very same people; so the luck of the draws
        drops out. A day. [pence]
    all_pence
        If all of them succeeded, likewise. A day. [pence]
    n_duties_less, n_routes_less
        Vehicles' duties and whole routes that are gone then.
    drawn_pence
        What the day costs less in each draw of who succeeds, planned again. [pence]
    """

    n_trained: int
    expected_pence: int
    planned_pence: int | None = None
    all_pence: int | None = None
    n_duties_less: int | None = None
    n_routes_less: int | None = field(default=None, metadata=LATE)
    drawn_pence: tuple[int, ...] = field(default=(), metadata=LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOrder:
    """Whom to train first, by one rule.

    Attributes
    ----------
    rule
        ``marginal``, or a simple rule it is compared with: ``dearest`` share of route cost
        first, ``readiest`` first.
    """

    rule: str
    passenger_ids: tuple[str, ...]
    points: tuple[OrderPoint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingStudy:
    """Orders compared, with all that they were made from.

    Attributes
    ----------
    timetable_date
        Date of the timetable that stood in for the service date.
    year_from
        First date of the year; a programme begins with its month.
    days
        Service days by month of the year, from its first month on.
    base_pence
        Cost of a day with nobody trained, searched on until little more is found. [pence]
    n_violations
        Hard rules broken over all plans made, by the independent checker.
    n_left_out
        Most journeys that a plan with people trained leaves out and the one with nobody trained
        does not: 0, or its saving is not like for like.
    searched
        Days planned again whose search in full was compared: saving of each. [pence]
    """

    study_id: str
    place: str
    created_utc: datetime
    code_version: str
    inputs_hash: str
    service_date: date
    year_from: date
    timetable: str
    timetable_date: date
    is_synthetic_timetable: bool
    is_synthetic: bool
    days: tuple[int, ...]
    base_plan_id: str
    base_pence: int
    n_violations: int
    n_left_out: int = 0
    steps: int | None
    seconds: float | None
    seed: int
    n_draws: int
    searched: tuple[tuple[int, int], ...] = field(default=(), metadata=LATE)
    candidates: tuple[Candidate, ...]
    values: tuple[DutyValues, ...]
    orders: tuple[TrainingOrder, ...]
    assumptions: TrainingAssumptions
    attribution: tuple[str, ...] = ()

    @property
    def n_days(self) -> int:
        """Service days of the year."""
        return sum(self.days)

    def find_order(self, rule: str) -> TrainingOrder:
        """Find the order by a rule."""
        return next(order for order in self.orders if order.rule == rule)

    def chances(self) -> Mapping[str, int]:
        """Find each candidate's chance of success once begun. [0.01 %]"""
        return {c.passenger_id: c.complete_bp * c.sustain_bp // 10_000 for c in self.candidates}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeMonth:
    """One month of a programme; money as expected. [pence]

    Attributes
    ----------
    n_started, n_signed_off
        Trainees so far who began, and whose training has ended.
    travelling_mill
        Trainees expected to travel on their own. [0.001]
    saved_low_pence, saved_high_pence
        Of nine in ten draws of the assumptions.
    """

    month: int
    first_date: date
    n_started: int
    n_signed_off: int
    travelling_mill: int
    training_pence: int
    pass_pence: int
    saved_pence: int
    saved_low_pence: int
    saved_high_pence: int

    @property
    def net_pence(self) -> int:
        """Saved less training and passes. [pence]"""
        return self.saved_pence - self.training_pence - self.pass_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A programme of travel training in time.

    Attributes
    ----------
    payback_month
        First month by whose end the money is back, or None.
    npv_pence
        Net present value as expected. [pence]
    npv_low_pence, npv_middle_pence, npv_high_pence
        5th, 50th and 95th hundredth of the draws. [pence]
    at_risk_pence
        Expected value less that of the worst draw in twenty. [pence]
    loss_bp
        Draws that lose money. [0.01 %]
    """

    rule: str
    n_trainers: int
    order: tuple[str, ...]
    start_months: tuple[int, ...]
    months: tuple[ProgrammeMonth, ...]
    discount_bp: int
    payback_month: int | None
    npv_pence: int
    npv_low_pence: int
    npv_middle_pence: int
    npv_high_pence: int
    at_risk_pence: int
    loss_bp: int
    n_draws: int
