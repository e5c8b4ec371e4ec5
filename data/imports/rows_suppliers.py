"""Rows of the sheets about suppliers, their vehicles and their rate cards."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from data.imports.columns import CellKind, Column, Row
from data.imports.rows_fleet import VehicleTypeId
from data.money import RateBasis, VatTreatment
from data.places import Session

_K = CellKind

SupplierId = Annotated[
    str,
    Column(kind=_K.IDENTIFIER, about="The supplier.", example="SUP1", refers_to="suppliers"),
]


class SupplierRow(Row):
    """A private operator from whom routes are bought."""

    supplier_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the supplier.", example="SUP1")
    ]
    name: Annotated[
        str, Column(kind=_K.TEXT, about="Name of the supplier.", example="Estuary Cars Ltd")
    ]
    base_place_id: Annotated[
        str | None,
        Column(
            kind=_K.IDENTIFIER,
            about="Place its vehicles start from; blank (with no postcode) for no dead miles.",
            refers_to="places",
        ),
    ] = None
    base_postcode: Annotated[
        str | None,
        Column(
            kind=_K.POSTCODE,
            about="Postcode its vehicles start from, in place of base_place_id.",
            example="SS1 1AA",
        ),
    ] = None
    area_centre_place_id: Annotated[
        str | None,
        Column(
            kind=_K.IDENTIFIER,
            about="Centre of the area it serves; blank for anywhere.",
            refers_to="places",
        ),
    ] = None
    area_centre_postcode: Annotated[
        str | None,
        Column(kind=_K.POSTCODE, about="Postcode of that centre, in its place."),
    ] = None
    area_radius_m: Annotated[
        int | None,
        Column(kind=_K.METRES, about="Radius of that area in metres.", most=200_000),
    ] = None
    is_vat_registered: Annotated[
        bool,
        Column(
            kind=_K.YES_NO, heading="vat_registered", about="VAT registered.", example="yes"
        ),
    ] = True
    has_private_hire_licence: Annotated[
        bool,
        Column(kind=_K.YES_NO, about="Licensed for up to eight seats.", example="yes"),
    ] = True
    has_psv_licence: Annotated[
        bool, Column(kind=_K.YES_NO, about="Licensed for nine or more seats.", example="yes")
    ] = False
    has_section_19_permit: Annotated[
        bool, Column(kind=_K.YES_NO, about="Not-for-profit permit for minibuses.")
    ] = False
    is_for_profit: Annotated[
        bool,
        Column(kind=_K.YES_NO, heading="for_profit", about="Works for profit.", example="yes"),
    ] = True
    n_assistants: Annotated[
        int,
        Column(
            kind=_K.WHOLE,
            heading="assistants",
            about="Assistants it can put out at one time.",
            example=20,
        ),
    ] = 1_000
    n_trained_assistants: Annotated[
        int,
        Column(
            kind=_K.WHOLE,
            heading="trained_assistants",
            about="Medically trained assistants among them.",
        ),
    ] = 0
    private_hire_licence_until: Annotated[
        date | None,
        Column(kind=_K.DATE, about="Last date of the private hire licence."),
    ] = None
    psv_licence_until: Annotated[
        date | None,
        Column(kind=_K.DATE, about="Last date of the PSV licence."),
    ] = None
    section_19_permit_until: Annotated[
        date | None,
        Column(kind=_K.DATE, about="Last date of the section 19 permit."),
    ] = None


class SupplierVehicleRow(Row):
    """How many vehicles of a type a supplier can put out at one time."""

    supplier_id: SupplierId
    vehicle_type_id: VehicleTypeId
    n_vehicles: Annotated[
        int,
        Column(kind=_K.WHOLE, heading="vehicles", about="Vehicles at one time.", example=12),
    ]


CARD_FIELDS = (
    "supplier_id",
    "valid_from",
    "valid_to",
    "vat",
    "uplift_bp",
    "source",
    "grade",
    "discount_from_routes",
    "discount_bp",
)
"""Columns that belong to a whole rate card and are said alike on each of its rows."""


class RateRow(Row):
    """One rate of a rate card; the card's own columns stand on each of its rows."""

    rate_card_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the card.", example="RC1")
    ]
    supplier_id: SupplierId
    valid_from: Annotated[
        date,
        Column(kind=_K.DATE, about="First date of validity.", example=date(2026, 9, 1)),
    ]
    valid_to: Annotated[
        date,
        Column(kind=_K.DATE, about="Last date of validity.", example=date(2027, 8, 31)),
    ]
    vat: Annotated[
        VatTreatment,
        Column(
            kind=_K.CHOICE,
            about="by_vehicle (20 % under ten places if registered) or exempt.",
            example="by_vehicle",
            choices=tuple(VatTreatment),
        ),
    ] = VatTreatment.BY_VEHICLE
    uplift_bp: Annotated[
        int,
        Column(
            kind=_K.PERCENT,
            heading="uplift_percent_a_year",
            about="Rise of every rate on each anniversary of valid_from.",
            example=3,
            least=-5_000,
            most=10_000,
        ),
    ] = 0
    source: Annotated[str, Column(kind=_K.TEXT, about="Where the rates come from.")] = ""
    grade: Annotated[
        str,
        Column(
            kind=_K.CHOICE,
            about="How well founded: A official, B published, C assumed.",
            example="C",
            choices=("A", "B", "C"),
        ),
    ] = "C"
    basis: Annotated[
        RateBasis,
        Column(
            kind=_K.CHOICE,
            about="What it is charged on.",
            example="loaded_mile",
            choices=tuple(RateBasis),
        ),
    ]
    amount_mpence: Annotated[
        int,
        Column(
            kind=_K.RATE,
            heading="amount_pounds",
            about="Pounds per unit of the basis (route, mile, hour, assistant), net of VAT.",
            example=2.6,
        ),
    ]
    vehicle_type_id: Annotated[
        str | None,
        Column(
            kind=_K.IDENTIFIER,
            about="Type of vehicle it holds for; blank for all.",
            refers_to="vehicle_types",
        ),
    ] = None
    sessions: Annotated[
        frozenset[Session],
        Column(
            kind=_K.CHOICES,
            about="Sessions it holds for; blank for all four.",
            choices=tuple(Session),
        ),
    ] = frozenset(Session)
    from_m: Annotated[
        int,
        Column(
            kind=_K.METRES,
            about="loaded_mile: distance the band begins at, in metres (or 3 miles).",
            example=0,
        ),
    ] = 0
    to_m: Annotated[
        int | None,
        Column(
            kind=_K.METRES,
            about="loaded_mile: distance the band ends at, blank for no end; "
            "day_pair: distance the day rate includes.",
        ),
    ] = None
    discount_from_routes: Annotated[
        int,
        Column(
            kind=_K.WHOLE,
            about="Lot discount: from so many routes a day on this card every rate is lower.",
            most=100_000,
        ),
    ] = 0
    discount_bp: Annotated[
        int,
        Column(
            kind=_K.PERCENT,
            heading="discount_percent",
            about="By how much every rate is then lower.",
            most=10_000,
        ),
    ] = 0
