"""Rows of the sheets about places: places, sites, pick-up points, depots, calendars."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from data.imports.cells import DAY_NAMES
from data.imports.columns import CellKind, Column, Row
from data.places import SiteKind

_K = CellKind

PlaceId = Annotated[
    str | None,
    Column(
        kind=_K.IDENTIFIER,
        about="Row of the places sheet, or blank when postcode or position stands here.",
    ),
]
Postcode = Annotated[
    str | None,
    Column(
        kind=_K.POSTCODE,
        about="Postcode; places the row where no position is given.",
        example="SS2 6ER",
        is_sensitive=True,
    ),
]
SitePostcode = Annotated[
    str | None,
    Column(
        kind=_K.POSTCODE,
        about="Postcode; places the row where no position is given.",
        example="SS2 6ER",
    ),
]
Easting = Annotated[
    int | None,
    Column(
        kind=_K.METRES,
        about="British National Grid easting, whole metres.",
        is_sensitive=True,
        least=None,
    ),
]
Northing = Annotated[
    int | None,
    Column(
        kind=_K.METRES,
        about="British National Grid northing, whole metres.",
        is_sensitive=True,
        least=None,
    ),
]
Lat = Annotated[
    float | None,
    Column(kind=_K.DEGREES, about="Latitude, WGS 84 degrees.", is_sensitive=True),
]
Lon = Annotated[
    float | None,
    Column(kind=_K.DEGREES, about="Longitude, WGS 84 degrees.", is_sensitive=True),
]
SiteEasting = Annotated[
    int | None,
    Column(
        kind=_K.METRES,
        about="British National Grid easting, whole metres.",
        least=None,
    ),
]
SiteNorthing = Annotated[
    int | None,
    Column(
        kind=_K.METRES,
        about="British National Grid northing, whole metres.",
        least=None,
    ),
]
SiteLat = Annotated[
    float | None,
    Column(kind=_K.DEGREES, about="Latitude, WGS 84 degrees."),
]
SiteLon = Annotated[
    float | None,
    Column(kind=_K.DEGREES, about="Longitude, WGS 84 degrees."),
]
PositionAssumed = Annotated[
    bool,
    Column(
        kind=_K.YES_NO,
        heading="position_assumed",
        about="The position is an assumption, and shown as one.",
    ),
]


class PlaceRow(Row):
    """A point that vehicles drive to; only needed where several rows share one."""

    place_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the place.", example="PL1")
    ]
    postcode: Postcode = None
    easting_m: Easting = None
    northing_m: Northing = None
    lat: Lat = None
    lon: Lon = None
    is_beyond_network: Annotated[
        bool,
        Column(
            kind=_K.YES_NO,
            heading="beyond_network",
            about="Lies outside the road network: driven in a straight line times a factor.",
        ),
    ] = False


class SiteRow(Row):
    """A school, college or day centre with its bell times."""

    site_id: Annotated[
        str,
        Column(kind=_K.IDENTIFIER, about="Identifier, e.g. the register's.", example="S001"),
    ]
    name: Annotated[
        str, Column(kind=_K.TEXT, about="Name of the site.", example="Kingsdown School")
    ]
    kind: Annotated[
        SiteKind,
        Column(
            kind=_K.CHOICE,
            about="Kind of establishment; day centres are served between the school peaks.",
            example="special_school",
            choices=tuple(SiteKind),
            synonyms=(
                ("mainstream", "school"),
                ("special", "special_school"),
                ("ap", "alternative_provision"),
                ("pru", "alternative_provision"),
                ("day service", "day_centre"),
            ),
        ),
    ]
    place_id: PlaceId = None
    postcode: SitePostcode = None
    easting_m: SiteEasting = None
    northing_m: SiteNorthing = None
    lat: SiteLat = None
    lon: SiteLon = None
    arrive_from_s: Annotated[
        int,
        Column(
            kind=_K.TIME,
            heading="arrive_from",
            about="Earliest arrival: supervised opening.",
            example="08:30",
        ),
    ]
    arrive_by_s: Annotated[
        int,
        Column(
            kind=_K.TIME,
            heading="arrive_by",
            about="Latest arrival: the bell.",
            example="08:50",
        ),
    ]
    leave_from_s: Annotated[
        int,
        Column(
            kind=_K.TIME,
            heading="leave_from",
            about="Earliest departure with passengers.",
            example="15:15",
        ),
    ]
    leave_by_s: Annotated[
        int,
        Column(
            kind=_K.TIME,
            heading="leave_by",
            about="Latest departure with passengers.",
            example="15:45",
        ),
    ]
    calendar_id: Annotated[
        str,
        Column(
            kind=_K.IDENTIFIER,
            about="Calendar of the days it is open.",
            example="term",
            refers_to="calendars",
        ),
    ]
    dwell_s: Annotated[
        int,
        Column(
            kind=_K.SECONDS,
            heading="dwell_seconds",
            about="Fixed time of one visit, besides boarding and alighting.",
            example=120,
            most=3_600,
        ),
    ] = 120
    n_places: Annotated[
        int | None,
        Column(
            kind=_K.WHOLE, heading="places", about="Places at the site; blank for no limit."
        ),
    ] = None
    is_position_assumed: PositionAssumed = False
    note: Annotated[str, Column(kind=_K.TEXT, about="Anything to know about the site.")] = ""


class EarlyClosingRow(Row):
    """A date on which a site lets its passengers go before its usual time."""

    site_id: Annotated[
        str,
        Column(
            kind=_K.IDENTIFIER,
            about="Site that closes early.",
            example="S001",
            refers_to="sites",
        ),
    ]
    on: Annotated[
        date,
        Column(
            kind=_K.DATE,
            heading="date",
            about="The date.",
            example=date(2026, 12, 18),
        ),
    ]
    leave_from_s: Annotated[
        int,
        Column(
            kind=_K.TIME,
            heading="leaves_at",
            about="Earliest departure with passengers on that date; vehicles may wait as long "
            "as on other days.",
            example="13:30",
        ),
    ]


class GateRow(Row):
    """An entrance of a site for people on foot."""

    gate_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the gate.", example="G001")
    ]
    site_id: Annotated[
        str,
        Column(
            kind=_K.IDENTIFIER,
            about="Site that it leads into.",
            example="S001",
            refers_to="sites",
        ),
    ]
    name: Annotated[str, Column(kind=_K.TEXT, about="Which gate.", example="Park Lane")] = ""
    place_id: PlaceId = None
    postcode: SitePostcode = None
    easting_m: SiteEasting = None
    northing_m: SiteNorthing = None
    lat: SiteLat = None
    lon: SiteLon = None


class PickUpPointRow(Row):
    """A shared stop that passengers with a walking limit may be collected at."""

    pick_up_point_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the stop.", example="PP01")
    ]
    name: Annotated[str, Column(kind=_K.TEXT, about="Name of the stop.", example="High Street")]
    place_id: PlaceId = None
    postcode: SitePostcode = None
    easting_m: SiteEasting = None
    northing_m: SiteNorthing = None
    lat: SiteLat = None
    lon: SiteLon = None


class DepotRow(Row):
    """A base of the own company's vehicles and crews."""

    depot_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the depot.", example="DEP1")
    ]
    name: Annotated[str, Column(kind=_K.TEXT, about="Name of the depot.", example="Depot")]
    place_id: PlaceId = None
    postcode: SitePostcode = None
    easting_m: SiteEasting = None
    northing_m: SiteNorthing = None
    lat: SiteLat = None
    lon: SiteLon = None
    opens_s: Annotated[
        int, Column(kind=_K.TIME, heading="opens", about="Opening time.", example="05:00")
    ] = 5 * 3600
    closes_s: Annotated[
        int, Column(kind=_K.TIME, heading="closes", about="Closing time.", example="20:00")
    ] = 20 * 3600
    is_position_assumed: PositionAssumed = False
    n_chargers: Annotated[
        int,
        Column(
            kind=_K.WHOLE,
            heading="chargers",
            about="Electric vehicles that can charge at one time during the day.",
            most=1_000,
        ),
    ] = 0
    operator_licence_until: Annotated[
        date | None,
        Column(
            kind=_K.DATE,
            about="Last date of the operator licence for this depot; not used after it.",
        ),
    ] = None


class CalendarRow(Row):
    """A stretch of dates of a calendar: its range, or when it is open, closed, in week B."""

    calendar_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the calendar.", example="term")
    ]
    name: Annotated[str, Column(kind=_K.TEXT, about="Name; on any row.", example="Term")] = ""
    kind: Annotated[
        str,
        Column(
            kind=_K.CHOICE,
            about="range (first to last date with data), open, closed (holidays and training "
            "days inside open stretches), week_b.",
            example="open",
            choices=("range", "open", "closed", "week_b"),
            synonyms=(
                ("term", "open"),
                ("holiday", "closed"),
                ("inset", "closed"),
                ("training day", "closed"),
                ("bank holiday", "closed"),
                ("year", "range"),
            ),
        ),
    ]
    from_date: Annotated[
        date, Column(kind=_K.DATE, about="First date.", example=date(2026, 9, 2))
    ]
    to_date: Annotated[
        date | None,
        Column(
            kind=_K.DATE,
            about="Last date; blank for one day.",
            example=date(2026, 10, 23),
        ),
    ] = None
    weekdays: Annotated[
        frozenset[int] | None,
        Column(
            kind=_K.CHOICES,
            about="Days of the week it counts; blank is Mon-Fri for open and all days else.",
            example="Mon-Fri",
            choices=DAY_NAMES,
        ),
    ] = None
