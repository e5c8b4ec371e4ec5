"""Who travels, and where to: passengers and their demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from data.places import Week


class Phase(StrEnum):
    """Phase that decides ride guide, walking limit and eligibility rules."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    POST_16 = "post_16"
    ADULT = "adult"


class Wheelchair(StrEnum):
    """How a wheelchair user travels."""

    NONE = "none"
    TRANSFERS = "transfers"
    """Transfers to a seat; the chair is stowed; needs a seat, not a space."""
    STAYS = "stays"
    """Stays in the chair: needs a wheelchair space and a lift or ramp (CAP-2)."""


class AssistantNeed(StrEnum):
    """Which passenger assistant the passenger needs (CAP-3)."""

    NONE = "none"
    SHARED = "shared"
    """An assistant aboard, who may look after several passengers (policy ratio)."""
    ONE_TO_ONE = "one_to_one"
    """An assistant of the passenger's own."""


class Direction(StrEnum):
    """Direction of one demand row."""

    OUT = "out"
    HOME = "home"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passenger:
    """A child, young person or adult who is carried.

    Attributes
    ----------
    need
        Primary need code as in the published education-plan statistics (``asd``, ``slcn``,
        ...), or empty. Never leaves the store except where a reader is entitled to it.
    n_seats
        Seats taken when not in a wheelchair space (2 for a passenger who needs the seat beside
        kept free). A passenger who stays in a wheelchair takes a space and no seat.
    assistant_id
        A named assistant who must be aboard; passengers with the same one ride together.
    needs_trained_assistant
        The assistant must be medically trained.
    travels_alone
        No other passenger aboard at any moment of the route.
    apart_from, together_with
        Passengers who must never be, or must always be, aboard the same route; symmetric.
    max_ride_s
        The passenger's own ride limit, or None for the policy's limit by phase. [s]
    walk_limit_m
        How far the passenger may be asked to walk to a pick-up point; 0 means door to door. [m]
    boarding_s, alighting_s
        Time to board and to alight. [s]
    must_be_received
        Somebody must receive the passenger on the way home.
    barred_suppliers
        Providers that may not carry this passenger.
    """

    passenger_id: str
    name: str
    birth_date: date
    phase: Phase
    need: str = ""
    wheelchair: Wheelchair = Wheelchair.NONE
    needs_lift: bool = False
    n_seats: int = 1
    assistant: AssistantNeed = AssistantNeed.NONE
    assistant_id: str | None = None
    needs_trained_assistant: bool = False
    travels_alone: bool = False
    apart_from: frozenset[str] = field(default_factory=frozenset)
    together_with: frozenset[str] = field(default_factory=frozenset)
    max_ride_s: int | None = None
    walk_limit_m: int = 0
    boarding_s: int = 60
    alighting_s: int = 30
    must_be_received: bool = False
    barred_suppliers: frozenset[str] = field(default_factory=frozenset)
    equipment: tuple[str, ...] = ()

    @property
    def n_wheelchair_spaces(self) -> int:
        """Wheelchair spaces taken."""
        return 1 if self.wheelchair is Wheelchair.STAYS else 0

    @property
    def n_seats_taken(self) -> int:
        """Seats taken, without any assistant's."""
        return 0 if self.wheelchair is Wheelchair.STAYS else self.n_seats


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """One standing journey: a passenger, a site, a home, a direction, and the days it is made.

    Two homes, dual placements, part-time attendance and week A/B are plain rows.

    Attributes
    ----------
    weekdays
        0 is Monday.
    weeks
        Weeks of the fortnight; both by default.
    starts_on, ends_on
        First and last date, or None for open.
    """

    demand_id: str
    passenger_id: str
    site_id: str
    home_id: str
    direction: Direction
    weekdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    weeks: frozenset[Week] = frozenset({Week.A, Week.B})
    starts_on: date | None = None
    ends_on: date | None = None
