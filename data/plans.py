"""Plans: what runs on a day, who is aboard, who is not and why.

A **route** is one loaded journey in one session. A **duty** is one vehicle and crew's day: its
routes with the dead runs between. A **plan** is all duties of one day type. A **timetable** is
the plans of all day types with the dates on which each runs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from data.fleet import Layout
from data.places import Session, Week
from data.units import LATE


class PlanState(StrEnum):
    """How a plan came about."""

    OPTIMISED = "optimised"
    REPAIRED = "repaired"
    STALE = "stale"
    BASELINE = "baseline"
    EDITED = "edited"
    """Changed by a planner's hand."""


class UnservedReason(StrEnum):
    """Why a passenger is not carried; the evidence gives the numbers."""

    RIDE_LIMIT_UNDER_DIRECT = "ride_limit_under_direct"
    WINDOW_UNREACHABLE = "window_unreachable"
    NOT_RECEIVED = "not_received"
    NO_VEHICLE_FITS = "no_vehicle_fits"
    NO_ASSISTANT = "no_assistant"
    CONTRADICTORY_COMPANIONS = "contradictory_companions"
    NO_VALID_RATE = "no_valid_rate"
    BARRED_EVERYWHERE = "barred_everywhere"
    LOCK_IMPOSSIBLE = "lock_impossible"
    NO_ROAD = "no_road"
    SITE_CLOSED = "site_closed"
    NO_CAPACITY_LEFT = "no_capacity_left"
    NO_PLACE_FOUND_IN_TIME = "no_place_found_in_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class DayType:
    """A kind of service day: the weekday, the week of the fortnight, and who is open.

    ``day_type_id`` reads like ``wed-a-term`` or ``wed-a-holiday``; where sites close early, it
    ends in ``early`` and six digits.

    Attributes
    ----------
    early_closings
        Sites that close early on such a day, and when, by site. [s after midnight]
    """

    day_type_id: str
    weekday: int
    week: Week
    open_calendar_ids: frozenset[str]
    early_closings: tuple[tuple[str, int], ...] = field(default=(), metadata=LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One halt of a route.

    Attributes
    ----------
    site_id
        The site, or None at a home or pick-up point.
    arrive_s, leave_s
        Wheels stop and wheels roll; boarding, alighting and waiting lie between. [s after
        midnight]
    boarding, alighting
        Passenger ids.
    drive_s, drive_m
        From the stop before; 0 at the first stop. [s], [m]
    """

    place_id: str
    site_id: str | None
    arrive_s: int
    leave_s: int
    boarding: tuple[str, ...] = ()
    alighting: tuple[str, ...] = ()
    drive_s: int = 0
    drive_m: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One loaded journey in one session.

    Attributes
    ----------
    layout
        The layout used for the whole route (CAP-1).
    n_assistants, n_trained_assistants
        Assistants aboard from first to last stop, each on a seat; trained ones are among them.
    assistant_ids
        Named assistants among them.
    """

    route_id: str
    session: Session
    stops: tuple[Stop, ...]
    layout: Layout
    n_assistants: int = 0
    n_trained_assistants: int = 0
    assistant_ids: tuple[str, ...] = ()

    @property
    def start_s(self) -> int:
        """Arrival at the first stop. [s after midnight]"""
        return self.stops[0].arrive_s

    @property
    def end_s(self) -> int:
        """Departure from the last stop, all alighted. [s after midnight]"""
        return self.stops[-1].leave_s

    @property
    def loaded_m(self) -> int:
        """Distance from the first to the last stop. [m]"""
        return sum(stop.drive_m for stop in self.stops)

    @property
    def passenger_ids(self) -> tuple[str, ...]:
        """Passengers in order of boarding."""
        return tuple(p for stop in self.stops for p in stop.boarding)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadRun:
    """A drive without passengers inside a duty.

    ``before_route`` is the position in the duty's routes that the run leads to; the run back to
    base after the last route (or before an unpaid gap) has ``before_route`` = that position +
    1.
    """

    from_place_id: str
    to_place_id: str
    depart_s: int
    arrive_s: int
    drive_m: int
    before_route: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One vehicle and crew's day.

    Attributes
    ----------
    base_place_id
        The own depot or the supplier's base; None where it is not known.
    vehicle_id, crew_ids
        The own company's vehicle and crew; None and () for suppliers.
    rate_card_id
        The supplier's rate card; None for the own company.
    """

    duty_id: str
    provider_id: str
    vehicle_type_id: str
    routes: tuple[Route, ...]
    dead_runs: tuple[DeadRun, ...] = ()
    base_place_id: str | None = None
    vehicle_id: str | None = None
    crew_ids: tuple[str, ...] = ()
    rate_card_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """A passenger who is not carried in a session, with reason, evidence and what would help.

    Attributes
    ----------
    evidence
        Named numbers, e.g. ``(("direct_s", 5_100), ("max_ride_s", 4_500))``.
    relaxation
        The smallest change that would help, as a sentence with its number.
    """

    passenger_id: str
    session: Session
    reason: UnservedReason
    evidence: tuple[tuple[str, int], ...] = ()
    relaxation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRecord:
    """How the plan was searched for (C8).

    ``limit`` is what ended the search: ``steps``, ``seconds``, ``interrupted`` or ``none``.
    """

    seed: int = 0
    steps: int = 0
    limit: str = "none"
    cpu_s: float = 0.0
    wall_s: float = 0.0
    n_workers: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that runs on one day type, checked and priced.

    Attributes
    ----------
    cost_pence
        One service day net of recoverable VAT: own at avoidable cost, suppliers at contract
        price.
    full_cost_pence
        The same with the own company's fixed cost.
    bound_pence, bound_policy
        Proven lower bound on ``cost_pence`` and the policy it holds for, or None and ''.
    flags
        Gaps of the sources that travel with every result, e.g. ``schematic_network``.
    """

    plan_id: str
    place: str
    day_type: DayType
    service_date: date | None
    duties: tuple[Duty, ...]
    unserved: tuple[Unserved, ...] = ()
    state: PlanState = PlanState.OPTIMISED
    cost_pence: int | None = None
    full_cost_pence: int | None = None
    bound_pence: int | None = None
    bound_policy: str = ""
    search: SearchRecord = field(default_factory=SearchRecord)
    inputs_hash: str = ""
    matrix_hash: str = ""
    code_version: str = ""
    flags: tuple[str, ...] = ()

    @property
    def routes(self) -> tuple[Route, ...]:
        """All routes, in order of duties."""
        return tuple(route for duty in self.duties for route in duty.routes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The plans of all day types, and which runs on which date.

    ``dates`` holds every date of the calendar range on which any site is open.
    """

    timetable_id: str
    plans: tuple[Plan, ...]
    dates: tuple[tuple[date, str], ...]

    def plan_of(self, day_type_id: str) -> Plan:
        """Find the plan of a day type; KeyError if there is none."""
        for plan in self.plans:
            if plan.day_type.day_type_id == day_type_id:
                return plan
        raise KeyError(day_type_id)


class LockKind(StrEnum):
    """What a lock pins."""

    PASSENGER_ON_ROUTE = "passenger_on_route"
    """Rides with the other passengers locked on the same ``target_id``."""
    PASSENGER_ON_SUPPLIER = "passenger_on_supplier"
    """Is carried by provider ``target_id``: pins the route that carries the passenger."""
    PASSENGER_NOT_WITH_SUPPLIER = "passenger_not_with_supplier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A planner's decision that a plan must respect, in one session or in all (None)."""

    lock_id: str
    kind: LockKind
    passenger_id: str
    target_id: str
    session: Session | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentRoute:
    """One row of today's hand-made plan: a passenger's position on a contracted route.

    The baseline to compare with: routes, their supplier, vehicle type and agreed price.
    """

    route_name: str
    session: Session
    provider_id: str
    vehicle_type_id: str
    sequence: int
    passenger_id: str
    price_pence_per_day: int | None = None
