"""Rows of the sheets about vehicles, crews, their cost, settings and assumptions."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from data.fleet import CrewRole, Layout
from data.imports.columns import CellKind, Column, Row

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
