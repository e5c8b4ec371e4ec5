"""Where things are: places, homes, sites, depots, pick-up points."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from data.units import LATE


class Period(StrEnum):
    """Traffic period; travel times differ by period."""

    FREE_FLOW = "free_flow"
    MORNING_PEAK = "morning_peak"
    INTER_PEAK = "inter_peak"
    AFTERNOON_PEAK = "afternoon_peak"


class Session(StrEnum):
    """The four sessions of a service day, in the order in which they run."""

    AM = "am"
    DAY_OUT = "day_out"
    DAY_HOME = "day_home"
    PM = "pm"

    @property
    def is_homeward(self) -> bool:
        """Whether passengers travel from the site to their homes."""
        return self in (Session.DAY_HOME, Session.PM)

    @property
    def period(self) -> Period:
        """Traffic period whose travel times the session uses."""
        if self is Session.AM:
            return Period.MORNING_PEAK
        return Period.AFTERNOON_PEAK if self is Session.PM else Period.INTER_PEAK


class Nation(StrEnum):
    """Nation whose bank holidays hold; Northern Ireland's and Scotland's differ most."""

    ENGLAND = "england"
    WALES = "wales"
    SCOTLAND = "scotland"
    NORTHERN_IRELAND = "northern_ireland"

    @property
    def label(self) -> str:
        """Its name as written in a sentence."""
        return self.value.replace("_", " ").title()


class SiteKind(StrEnum):
    """Kind of establishment."""

    SCHOOL = "school"
    SPECIAL_SCHOOL = "special_school"
    ALTERNATIVE_PROVISION = "alternative_provision"
    COLLEGE = "college"
    DAY_CENTRE = "day_centre"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point vehicles drive to.

    Attributes
    ----------
    place_id
        Identifier; carries no personal value.
    easting_m, northing_m
        British National Grid, EPSG:27700. [m]
    lon, lat
        WGS 84. [degrees]
    postcode
        Normalised postcode with one space, or None.
    is_beyond_network
        True when the place lies outside the road network: legs to it go by road to the nearest
        way out, then in a straight line times the policy's factor at the policy's speed, and
        every result that uses them says so.
    """

    place_id: str
    easting_m: int
    northing_m: int
    lon: float
    lat: float
    postcode: str | None = None
    is_beyond_network: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a passenger is collected or brought back; a passenger may have two.

    Attributes
    ----------
    pick_up_from_s
        Earliest collection in the morning, or None. [s after midnight]
    received_from_s, received_by_s
        When somebody is in to receive the passenger on the way home, or None for always.
        [s after midnight]
    is_protected
        The address must not appear in any output but the driver's own manifest.
    """

    home_id: str
    passenger_id: str
    place_id: str
    pick_up_from_s: int | None = None
    received_from_s: int | None = None
    received_by_s: int | None = None
    is_protected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A school, college or day centre with its bell times.

    Attributes
    ----------
    arrive_from_s, arrive_by_s
        Window for arrival at the site: supervised opening to bell (TIME-2). [s after midnight]
    leave_from_s, leave_by_s
        Window in which a vehicle may leave the site with its passengers. [s after midnight]
    dwell_s
        Fixed time of one visit, besides the passengers' own boarding or alighting. [s]
    n_places
        Places at the site, or None when not limited.
    is_position_assumed
        The position is an assumption, shown as such.
    """

    site_id: str
    name: str
    kind: SiteKind
    place_id: str
    arrive_from_s: int
    arrive_by_s: int
    leave_from_s: int
    leave_by_s: int
    calendar_id: str
    dwell_s: int = 120
    n_places: int | None = None
    is_position_assumed: bool = False
    note: str = ""

    @property
    def is_day_service(self) -> bool:
        """Whether the site is served between the school peaks."""
        return self.kind is SiteKind.DAY_CENTRE


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyClosing:
    """A date on which a site lets its passengers go before its usual time.

    Attributes
    ----------
    leave_from_s
        When a vehicle may leave with them; it may wait as long as on other days.
        [s after midnight]
    """

    site_id: str
    on: date
    leave_from_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """An entrance of a site for people on foot; a walk is measured to the nearest one.

    Attributes
    ----------
    place_id
        Where it is. A site without gates is walked to at its own place.
    """

    gate_id: str
    site_id: str
    name: str
    place_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Depot:
    """A base of the own company's vehicles and crews.

    Attributes
    ----------
    n_chargers
        Electric vehicles that can charge at one time between two pieces of work. Overnight
        every vehicle is charged, whatever it is plugged into.
    operator_licence_until
        Last date of the operator licence for this operating centre, or None where nobody
        recorded it.
    """

    depot_id: str
    name: str
    place_id: str
    opens_s: int = 5 * 3600
    closes_s: int = 20 * 3600
    is_position_assumed: bool = False
    n_chargers: int = field(default=0, metadata=LATE)
    operator_licence_until: date | None = field(default=None, metadata=LATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUpPoint:
    """A shared stop that passengers with a walking limit may be collected at."""

    pick_up_point_id: str
    name: str
    place_id: str


class Week(StrEnum):
    """Week of a fortnightly pattern."""

    A = "A"
    B = "B"


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The dates on which a site is open, within a stated range.

    A date outside ``first_date``..``last_date`` has no calendar data; that is an error, never a
    school day.
    """

    calendar_id: str
    name: str
    first_date: date
    last_date: date
    open_dates: frozenset[date]
    week_b_dates: frozenset[date] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.last_date < self.first_date:
            raise ValueError(f"calendar {self.calendar_id} ends before it begins")
        if any(not self.first_date <= d <= self.last_date for d in self.open_dates):
            raise ValueError(f"calendar {self.calendar_id} is open outside its own range")
