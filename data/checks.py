"""What the checker finds: violations, counts, ride guide and the report that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.inputs import fingerprint
from data.places import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule, named so that a person can find it in the plan.

    Carries ids and amounts, never a name, address or need.

    Attributes
    ----------
    code
        Stable code, e.g. ``RIDE_LIMIT``; all codes are listed in the reference.
    rule
        Section of the rules of a plan, e.g. ``2.6``.
    stop_number
        Stop of the route, counted from 1, or None.
    over
        Amount by which the rule is broken, or 0 where nothing is measured. [unit]
    unit
        Unit of ``over``, ``found`` and ``limit``: ``s``, ``m``, ``seats``, ... or ''.
    found, limit
        What the plan has, and what the rule allows or demands. [unit]
    sentence
        The violation in plain words, complete in itself.
    """

    code: str
    rule: str
    plan_id: str
    duty_id: str | None = None
    route_id: str | None = None
    session: Session | None = None
    stop_number: int | None = None
    passenger_ids: tuple[str, ...] = ()
    over: int = 0
    unit: str = ""
    found: int | None = None
    limit: int | None = None
    sentence: str

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCounts:
    """How much was looked at.

    Attributes
    ----------
    n_passengers
        Passengers with demand on the day.
    n_journeys
        Journeys demanded: one per passenger and session.
    n_carried, n_unserved
        Journeys carried, and journeys listed as unserved.
    n_legs
        Drives compared with the matrix, dead runs among them.
    n_lines
        Cost lines added up.
    """

    n_passengers: int = 0
    n_journeys: int = 0
    n_carried: int = 0
    n_unserved: int = 0
    n_stops: int = 0
    n_routes: int = 0
    n_duties: int = 0
    n_legs: int = 0
    n_lines: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RideGuide:
    """Ride times of one phase against its guide (TIME-1): reported, never a violation.

    Attributes
    ----------
    phase
        Phase of the passengers: ``primary``, ``secondary``, ``post_16`` or ``adult``.
    guide_s
        The guide. [s]
    n_rides, n_above
        Rides judged, and rides longer than the guide.
    share_above_bp
        ``n_above`` of ``n_rides``, rounded half up. [0.01 %]
    worst_s
        The longest ride. [s]
    worst_passenger_id, worst_route_id
        Whose ride it is and where.
    """

    phase: str
    guide_s: int
    n_rides: int
    n_above: int
    share_above_bp: int
    worst_s: int
    worst_passenger_id: str
    worst_route_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """The judgement of a plan, or of a whole timetable with a part for each of its plans.

    Attributes
    ----------
    plan_hash, inputs_hash, matrix_hash
        Fingerprints of what was judged and against what.
    violations
        Every broken rule, in order of the plan; empty for a good plan.
    cost_pence, full_cost_pence
        Sums of the cost lines given, or None without lines. Never taken from the plan.
    notes
        What a reader should know that breaks no rule.
    parts
        Reports of the plans of a timetable; their violations are repeated in ``violations``.
    """

    plan_id: str
    day_type_id: str
    plan_hash: str
    inputs_hash: str
    matrix_hash: str
    violations: tuple[Violation, ...]
    counts: CheckCounts = field(default_factory=CheckCounts)
    ride_guide: tuple[RideGuide, ...] = ()
    cost_pence: int | None = None
    full_cost_pence: int | None = None
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[CheckReport, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the violations, each once, sorted."""
        return tuple(sorted({violation.code for violation in self.violations}))

    @property
    def report_hash(self) -> str:
        """SHA-256 of the report's canonical JSON, 64 hex digits; kept beside the plan (C2)."""
        return fingerprint(self)
