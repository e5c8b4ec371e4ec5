"""Rows of the sheets about people: passengers, homes, demand, relationships, today's plan."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from data.imports.cells import DAY_NAMES
from data.imports.columns import CellKind, Column, Row
from data.imports.rows_places import Easting, Lat, Lon, Northing, PlaceId, Postcode
from data.passengers import AssistantNeed, Phase, Wheelchair
from data.places import Week

_K = CellKind

PassengerId = Annotated[
    str,
    Column(
        kind=_K.IDENTIFIER,
        about="The passenger.",
        example="P0001",
        refers_to="passengers",
    ),
]


class PassengerRow(Row):
    """A person who is carried."""

    passenger_id: Annotated[
        str,
        Column(
            kind=_K.IDENTIFIER,
            about="Your own identifier of the person; the same in every sheet.",
            example="P0001",
        ),
    ]
    name: Annotated[
        str,
        Column(
            kind=_K.TEXT,
            about="Name, for the driver's manifest.",
            example="Sam Example",
            is_sensitive=True,
        ),
    ] = ""
    birth_date: Annotated[
        date,
        Column(
            kind=_K.DATE,
            about="Date of birth.",
            example=date(2014, 5, 17),
            is_sensitive=True,
        ),
    ]
    phase: Annotated[
        Phase,
        Column(
            kind=_K.CHOICE,
            about="Decides ride guide, ride limit and walking limit.",
            example="primary",
            choices=tuple(Phase),
            synonyms=(
                ("junior", "primary"),
                ("infant", "primary"),
                ("reception", "primary"),
                ("post16", "post_16"),
                ("sixth form", "post_16"),
                ("16-19", "post_16"),
                ("adults", "adult"),
            ),
        ),
    ]
    need: Annotated[
        str,
        Column(
            kind=_K.TEXT,
            about="Primary need code as in the education plan (asd, slcn, pd, ...), or blank.",
            example="asd",
            is_sensitive=True,
        ),
    ] = ""
    wheelchair: Annotated[
        Wheelchair,
        Column(
            kind=_K.CHOICE,
            about="none; transfers (to a seat, chair stowed); stays (travels in the chair).",
            example="none",
            choices=tuple(Wheelchair),
            synonyms=(
                ("no", "none"),
                ("n", "none"),
                ("folds", "transfers"),
                ("transfer", "transfers"),
                ("in chair", "stays"),
                ("remains in chair", "stays"),
            ),
            is_sensitive=True,
        ),
    ] = Wheelchair.NONE
    needs_lift: Annotated[
        bool,
        Column(kind=_K.YES_NO, about="Boards only by lift or ramp.", is_sensitive=True),
    ] = False
    n_seats: Annotated[
        int,
        Column(
            kind=_K.WHOLE,
            heading="seats",
            about="Seats taken; 2 where the seat beside is kept free.",
            example=1,
            least=1,
            most=6,
        ),
    ] = 1
    assistant: Annotated[
        AssistantNeed,
        Column(
            kind=_K.CHOICE,
            about="Passenger assistant needed: none, shared, or one_to_one.",
            example="shared",
            choices=tuple(AssistantNeed),
            synonyms=(
                ("no", "none"),
                ("yes", "shared"),
                ("pa", "shared"),
                ("escort", "shared"),
                ("1:1", "one_to_one"),
                ("1-1", "one_to_one"),
                ("1 to 1", "one_to_one"),
            ),
            is_sensitive=True,
        ),
    ] = AssistantNeed.NONE
    assistant_id: Annotated[
        str | None,
        Column(
            kind=_K.IDENTIFIER,
            about="A named assistant who must be aboard; who shares one rides together.",
        ),
    ] = None
    needs_trained_assistant: Annotated[
        bool,
        Column(
            kind=_K.YES_NO,
            about="The assistant must be medically trained.",
            is_sensitive=True,
        ),
    ] = False
    travels_alone: Annotated[
        bool, Column(kind=_K.YES_NO, about="No other passenger aboard, ever.")
    ] = False
    max_ride_s: Annotated[
        int | None,
        Column(
            kind=_K.MINUTES,
            heading="ride_limit_minutes",
            about="This passenger's own ride limit; blank for the policy's limit by phase.",
            least=60,
            most=6 * 3600,
        ),
    ] = None
    walk_limit_m: Annotated[
        int,
        Column(
            kind=_K.METRES,
            heading="walk_limit_m",
            about="How far they may be asked to walk to a pick-up point; 0 is door to door.",
            example=0,
            most=5_000,
        ),
    ] = 0
    boarding_s: Annotated[
        int,
        Column(
            kind=_K.SECONDS,
            heading="boarding_seconds",
            about="Time to board and be made safe.",
            example=60,
            most=1_800,
        ),
    ] = 60
    alighting_s: Annotated[
        int,
        Column(
            kind=_K.SECONDS,
            heading="alighting_seconds",
            about="Time to alight.",
            example=30,
            most=1_800,
        ),
    ] = 30
    must_be_received: Annotated[
        bool,
        Column(kind=_K.YES_NO, about="Somebody must be there on the way home.", example="yes"),
    ] = False
    barred_suppliers: Annotated[
        frozenset[str],
        Column(
            kind=_K.IDENTIFIERS,
            about="Suppliers that may not carry this passenger, separated by semicolons.",
            refers_to="suppliers",
        ),
    ] = frozenset()
    equipment: Annotated[
        tuple[str, ...],
        Column(
            kind=_K.TEXTS,
            about="Equipment to carry or fit, separated by semicolons.",
            example="harness; booster seat",
            is_sensitive=True,
        ),
    ] = ()
    apart_from: Annotated[
        frozenset[str],
        Column(
            kind=_K.IDENTIFIERS,
            about="Passengers never aboard the same route, separated by semicolons "
            "(the relationships sheet says the same row by row).",
            refers_to="passengers",
            is_import_only=True,
        ),
    ] = frozenset()
    together_with: Annotated[
        frozenset[str],
        Column(
            kind=_K.IDENTIFIERS,
            about="Passengers always aboard the same route, separated by semicolons "
            "(the relationships sheet says the same row by row).",
            refers_to="passengers",
            is_import_only=True,
        ),
    ] = frozenset()


class HomeRow(Row):
    """Where a passenger is collected or brought back; a passenger may have two."""

    home_id: Annotated[
        str,
        Column(kind=_K.IDENTIFIER, about="Identifier of the home.", example="H0001"),
    ]
    passenger_id: PassengerId
    place_id: PlaceId = None
    postcode: Postcode = None
    easting_m: Easting = None
    northing_m: Northing = None
    lat: Lat = None
    lon: Lon = None
    pick_up_from_s: Annotated[
        int | None,
        Column(
            kind=_K.TIME,
            heading="pick_up_from",
            about="Earliest collection in the morning.",
            example="07:30",
        ),
    ] = None
    received_from_s: Annotated[
        int | None,
        Column(
            kind=_K.TIME,
            heading="received_from",
            about="From when somebody is in on the way home; blank for always.",
        ),
    ] = None
    received_by_s: Annotated[
        int | None,
        Column(
            kind=_K.TIME,
            heading="received_by",
            about="Until when somebody is in on the way home; blank for always.",
            example="17:30",
        ),
    ] = None
    is_protected: Annotated[
        bool,
        Column(
            kind=_K.YES_NO,
            heading="protected",
            about="The address must appear nowhere but in the driver's own manifest.",
        ),
    ] = False


class DemandRow(Row):
    """A standing journey: who, where to, from which home, on which days."""

    demand_id: Annotated[
        str | None,
        Column(
            kind=_K.IDENTIFIER,
            about="Identifier of the journey; made from the row where blank.",
            example="D0001",
        ),
    ] = None
    passenger_id: PassengerId
    site_id: Annotated[
        str,
        Column(kind=_K.IDENTIFIER, about="Where to.", example="S001", refers_to="sites"),
    ]
    home_id: Annotated[
        str | None,
        Column(
            kind=_K.IDENTIFIER,
            about="From which home; may be blank when the passenger has one home only.",
            example="H0001",
            refers_to="homes",
        ),
    ] = None
    direction: Annotated[
        str,
        Column(
            kind=_K.CHOICE,
            about="out (to the site), home, or both (two journeys).",
            example="both",
            choices=("out", "home", "both"),
            synonyms=(
                ("outward", "out"),
                ("to site", "out"),
                ("am", "out"),
                ("return", "home"),
                ("homeward", "home"),
                ("pm", "home"),
                ("two way", "both"),
                ("am pm", "both"),
            ),
        ),
    ]
    weekdays: Annotated[
        frozenset[int],
        Column(
            kind=_K.CHOICES,
            about="Days of the week, e.g. Mon-Fri or Mon Wed Fri; blank for Mon-Fri.",
            example="Mon-Fri",
            choices=DAY_NAMES,
        ),
    ] = frozenset({0, 1, 2, 3, 4})
    weeks: Annotated[
        frozenset[Week],
        Column(
            kind=_K.CHOICES,
            about="Weeks of the fortnight: A, B or A B; blank for both.",
            example="A B",
            choices=tuple(Week),
        ),
    ] = frozenset({Week.A, Week.B})
    starts_on: Annotated[
        date | None, Column(kind=_K.DATE, about="First date; blank for open.")
    ] = None
    ends_on: Annotated[
        date | None, Column(kind=_K.DATE, about="Last date; blank for open.")
    ] = None
