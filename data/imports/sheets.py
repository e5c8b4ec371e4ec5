"""The sheets of the council's workbook, in their order."""

from __future__ import annotations

from functools import cache

from data.imports.columns import SheetSpec
from data.imports.rows_fleet import (
    AssumptionRow,
    CrewRow,
    OwnVehicleCostRow,
    SettingRow,
    VehicleRow,
    VehicleTypeRow,
)
from data.imports.rows_people import DemandRow, HomeRow, PassengerRow
from data.imports.rows_places import (
    CalendarRow,
    DepotRow,
    EarlyClosingRow,
    GateRow,
    PickUpPointRow,
    PlaceRow,
    SiteRow,
)
from data.imports.rows_rules import CurrentPlanRow, RelationshipRow
from data.imports.rows_suppliers import RateRow, SupplierRow, SupplierVehicleRow

SHEETS: tuple[SheetSpec, ...] = (
    SheetSpec(
        name="settings",
        title="Dates, policy and own costs",
        about="One setting a row; what is left out keeps its default.",
        model=SettingRow,
        is_required=True,
        aliases=("policy", "options"),
    ),
    SheetSpec(
        name="passengers",
        title="Who is carried",
        about="One person a row.",
        model=PassengerRow,
        is_required=True,
        aliases=("pupils", "students", "clients", "people"),
    ),
    SheetSpec(
        name="homes",
        title="Where they live",
        about="One home a row; a passenger may have two. Give a place, postcode or position.",
        model=HomeRow,
        is_required=True,
        aliases=("addresses",),
    ),
    SheetSpec(
        name="demand",
        title="Where they go, and when",
        about="One standing journey a row.",
        model=DemandRow,
        is_required=True,
        aliases=("demands", "journeys", "trips"),
    ),
    SheetSpec(
        name="relationships",
        title="Companions and locks",
        about="One rule a row. A rule between two passengers holds both ways.",
        model=RelationshipRow,
        aliases=("relations", "companions", "locks"),
    ),
    SheetSpec(
        name="sites",
        title="Schools, colleges, day centres",
        about="One site a row. Place, postcode or position is needed.",
        model=SiteRow,
        is_required=True,
        aliases=("schools", "destinations", "establishments"),
    ),
    SheetSpec(
        name="gates",
        title="Entrances on foot",
        about="One gate a row; walks to school are measured to the nearest. May be empty.",
        model=GateRow,
        aliases=("site gates", "school gates", "entrances"),
    ),
    SheetSpec(
        name="calendars",
        title="When sites are open",
        about="One stretch of dates a row; the rows of a calendar are put together.",
        model=CalendarRow,
        is_required=True,
        group_by="calendar_id",
        aliases=("calendar", "term dates", "terms"),
    ),
    SheetSpec(
        name="early_closings",
        title="When sites close early",
        about="One site and date a row, e.g. the last day of term. May be empty.",
        model=EarlyClosingRow,
        aliases=("early closing", "early finishes", "early finish"),
    ),
    SheetSpec(
        name="pick_up_points",
        title="Shared stops",
        about="One stop a row. Place, postcode or position is needed.",
        model=PickUpPointRow,
        aliases=("pickup points", "stops"),
    ),
    SheetSpec(
        name="places",
        title="Places that several rows share",
        about="One place a row; may be empty.",
        model=PlaceRow,
        aliases=("locations",),
    ),
    SheetSpec(
        name="depots",
        title="Bases of the own company",
        about="One depot a row. Place, postcode or position is needed.",
        model=DepotRow,
        aliases=("depot",),
    ),
    SheetSpec(
        name="vehicle_types",
        title="Kinds of vehicle",
        about="One type a row.",
        model=VehicleTypeRow,
        is_required=True,
        aliases=("vehicle type",),
    ),
    SheetSpec(
        name="vehicles",
        title="Vehicles of the own company",
        about="One vehicle a row.",
        model=VehicleRow,
        aliases=("fleet",),
    ),
    SheetSpec(
        name="own_vehicle_costs",
        title="What own vehicles cost",
        about="One vehicle type a row.",
        model=OwnVehicleCostRow,
        aliases=("vehicle costs",),
    ),
    SheetSpec(
        name="crews",
        title="Drivers and assistants of the own company",
        about="One person a row.",
        model=CrewRow,
        aliases=("crew", "staff", "drivers"),
    ),
    SheetSpec(
        name="suppliers",
        title="Private operators",
        about="One supplier a row.",
        model=SupplierRow,
        aliases=("operators", "contractors"),
    ),
    SheetSpec(
        name="supplier_vehicles",
        title="What suppliers can put out",
        about="One supplier and vehicle type a row.",
        model=SupplierVehicleRow,
        aliases=("supplier capacity",),
    ),
    SheetSpec(
        name="rate_cards",
        title="What suppliers charge",
        about="One rate a row; rows of one rate_card_id are one card, which stands or falls.",
        model=RateRow,
        group_by="rate_card_id",
        aliases=("rates", "rate card", "tariffs"),
    ),
    SheetSpec(
        name="current_plan",
        title="Today's routes",
        about="One passenger on one route a row.",
        model=CurrentPlanRow,
        aliases=("current routes", "routes"),
    ),
    SheetSpec(
        name="assumptions",
        title="Numbers the results stand on",
        about="One number a row, with its source.",
        model=AssumptionRow,
    ),
)

GUIDE_SHEETS = frozenset(
    {"guide", "read me", "readme", "notes", "lists", "summary", "problems"}
)
"""Sheets that are never data: the template's guide and what a faults workbook adds."""


@cache
def find_sheet(name: str) -> SheetSpec:
    """Find a sheet by its own name.

    Raises
    ------
    KeyError
        If there is none.
    """
    for sheet in SHEETS:
        if sheet.name == name:
            return sheet
    raise KeyError(name)
