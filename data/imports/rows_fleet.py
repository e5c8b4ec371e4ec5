"""Rows of the sheets about vehicles, crews, suppliers and money."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from data.fleet import CrewRole, Layout
from data.imports.columns import CellKind, Column, Row
from data.money import RateBasis, VatTreatment
from data.places import Session

_K = CellKind

VehicleTypeId = Annotated[
    str,
    Column(
        kind=_K.IDENTIFIER,
        about="Type of vehicle.",
        example="minibus16",
        refers_to="vehicle_types",
    ),
]
DepotId = Annotated[
    str,
    Column(
        kind=_K.IDENTIFIER, about="Depot it belongs to.", example="DEP1", refers_to="depots"
    ),
]
SupplierId = Annotated[
    str,
    Column(kind=_K.IDENTIFIER, about="The supplier.", example="SUP1", refers_to="suppliers"),
]


class SettingRow(Row):
    """One number or text of policy, dates or own costs."""

    name: Annotated[
        str,
        Column(kind=_K.IDENTIFIER, about="Name of the setting.", example="service_date"),
    ]
    value: Annotated[
        Any,
        Column(
            kind=_K.VALUE,
            about="Value with its unit: 45 min, 805 m, 15 %, £12.71, 2026-11-18, yes.",
            example="2026-11-18",
        ),
    ] = None
    note: Annotated[
        str, Column(kind=_K.TEXT, about="What it means; not read.", is_import_only=False)
    ] = ""


class VehicleTypeRow(Row):
    """A kind of vehicle with its legal layouts."""

    vehicle_type_id: Annotated[
        str,
        Column(kind=_K.IDENTIFIER, about="Identifier of the type.", example="minibus16"),
    ]
    name: Annotated[
        str,
        Column(kind=_K.TEXT, about="Name of the type.", example="Minibus, 16 seats, lift"),
    ]
    layouts: Annotated[
        tuple[Layout, ...],
        Column(
            kind=_K.LAYOUTS,
            about="Legal combinations seats+wheelchair spaces, separated by semicolons.",
            example="16+0; 12+1; 8+2",
        ),
    ]
    has_lift: Annotated[
        bool, Column(kind=_K.YES_NO, about="Has a lift or ramp.", example="yes")
    ]
    n_passenger_seats: Annotated[
        int,
        Column(
            kind=_K.WHOLE,
            heading="passenger_seats",
            about="Passenger seats on the registration; nine or more need a PSV licence.",
            example=16,
            most=100,
        ),
    ]
    n_places_before_adaptation: Annotated[
        int,
        Column(
            kind=_K.WHOLE,
            heading="places_before_adaptation",
            about="Places with driver and crew before any adaptation; ten or more: no VAT.",
            example=17,
            most=110,
        ),
    ]
    co2e_g_per_km: Annotated[
        int, Column(kind=_K.WHOLE, about="Emissions in grams per kilometre.", most=5_000)
    ] = 0
    range_m: Annotated[
        int | None,
        Column(
            kind=_K.METRES,
            about="Electric: distance planned at most from full to the next charge, in metres "
            "(or 90 miles); blank for a vehicle that fuels.",
            least=1,
            most=2_000_000,
        ),
    ] = None
    energy_wh_per_mile: Annotated[
        int | None,
        Column(
            kind=_K.WHOLE,
            about="Electric: watt-hours at the plug for a mile.",
            least=1,
            most=10_000,
        ),
    ] = None
    charge_w: Annotated[
        int | None,
        Column(
            kind=_K.WHOLE,
            about="Electric: watts at which it charges at its depot, e.g. 7400 or 22000.",
            most=1_000_000,
        ),
    ] = None


class VehicleRow(Row):
    """A vehicle of the own company."""

    vehicle_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the vehicle.", example="V01")
    ]
    vehicle_type_id: VehicleTypeId
    depot_id: DepotId
    inspection_until: Annotated[
        date | None,
        Column(kind=_K.DATE, about="Last date of the MOT or annual test; stays in after it."),
    ] = None


class OwnVehicleCostRow(Row):
    """Yearly and running cost of a vehicle type of the own company."""

    vehicle_type_id: VehicleTypeId
    running_mpence: Annotated[
        int,
        Column(
            kind=_K.RATE,
            heading="running_pounds_per_mile",
            about="Fuel, tyres and service a mile.",
            example=0.45,
        ),
    ]
    vehicle_pence_per_year: Annotated[
        int,
        Column(
            kind=_K.POUNDS,
            heading="vehicle_pounds_per_year",
            about="Purchase spread over life, or lease.",
            example=8_000,
        ),
    ]
    standing_pence_per_year: Annotated[
        int,
        Column(
            kind=_K.POUNDS,
            heading="standing_pounds_per_year",
            about="Insurance, tax, tracking, compliance.",
            example=4_500,
        ),
    ]


class CrewRow(Row):
    """A driver or passenger assistant of the own company."""

    crew_id: Annotated[
        str, Column(kind=_K.IDENTIFIER, about="Identifier of the person.", example="C01")
    ]
    role: Annotated[
        CrewRole,
        Column(
            kind=_K.CHOICE,
            about="driver or assistant.",
            example="driver",
            choices=tuple(CrewRole),
            synonyms=(("pa", "assistant"), ("escort", "assistant")),
        ),
    ]
    depot_id: DepotId
    has_d1: Annotated[
        bool, Column(kind=_K.YES_NO, about="Holds D1 on the licence.", example="yes")
    ] = False
    has_cpc: Annotated[
        bool, Column(kind=_K.YES_NO, about="Holds the driver's CPC.", example="yes")
    ] = False
    is_medically_trained: Annotated[
        bool, Column(kind=_K.YES_NO, heading="medically_trained", about="Medically trained.")
    ] = False
    from_s: Annotated[
        int,
        Column(kind=_K.TIME, heading="from", about="Earliest start of work.", example="05:30"),
    ] = 5 * 3600 + 1800
    to_s: Annotated[
        int, Column(kind=_K.TIME, heading="to", about="Latest end of work.", example="19:00")
    ] = 19 * 3600
    licence_until: Annotated[
        date | None,
        Column(
            kind=_K.DATE, about="Last date of the driving licence; drives nothing after it."
        ),
    ] = None
    d1_until: Annotated[
        date | None,
        Column(kind=_K.DATE, about="Last date of D1; up to eight seats after it."),
    ] = None
    cpc_until: Annotated[
        date | None,
        Column(kind=_K.DATE, about="Last date of the CPC; up to eight seats after it."),
    ] = None
    checks_until: Annotated[
        date | None,
        Column(kind=_K.DATE, about="Last date of the DBS check; with no passenger after it."),
    ] = None


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


class AssumptionRow(Row):
    """A number the results stand on, with where it comes from."""

    name: Annotated[
        str, Column(kind=_K.TEXT, about="What is assumed.", example="Out-of-area share")
    ]
    value: Annotated[str, Column(kind=_K.TEXT, about="Its value.", example="15")] = ""
    unit: Annotated[str, Column(kind=_K.TEXT, about="Its unit.", example="%")] = ""
    year: Annotated[str, Column(kind=_K.TEXT, about="Year it is of.", example="2025")] = ""
    source: Annotated[str, Column(kind=_K.TEXT, about="Where it comes from.")] = ""
    grade: Annotated[
        str,
        Column(
            kind=_K.TEXT,
            about="How well founded: A official, B published, C assumed.",
            example="C",
        ),
    ] = "C"
