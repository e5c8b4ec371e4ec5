"""Columns of the tables of records: which are shown, searched by and related; their names."""

from __future__ import annotations

from collections.abc import Mapping

SHOWN: Mapping[str, tuple[str, ...]] = {
    "passengers": (
        "passenger_id", "name", "phase", "travels_alone", "ride_limit_minutes", "walk_limit_m",
        "must_be_received",
    ),
    "homes": (
        "home_id", "passenger_id", "postcode", "pick_up_from", "received_by", "protected",
    ),
    "demand": (
        "demand_id", "passenger_id", "site_id", "home_id", "direction", "weekdays",
        "starts_on", "ends_on",
    ),
    "relationships": ("passenger_id", "kind", "other_id", "session"),
    "sites": (
        "site_id", "name", "kind", "postcode", "arrive_from", "arrive_by", "leave_from",
        "leave_by", "calendar_id",
    ),
    "gates": ("gate_id", "name", "site_id"),
    "calendars": ("calendar_id", "name", "from_date", "to_date"),
    "early_closings": ("site_id", "date", "leaves_at"),
    "pick_up_points": ("pick_up_point_id", "name", "easting_m", "northing_m"),
    "depots": ("depot_id", "name", "postcode", "opens", "closes"),
    "vehicle_types": ("vehicle_type_id", "name", "layouts", "has_lift", "passenger_seats"),
    "vehicles": ("vehicle_id", "vehicle_type_id", "depot_id"),
    "own_vehicle_costs": (),
    "crews": ("crew_id", "role", "depot_id", "from", "to"),
    "suppliers": (
        "supplier_id", "name", "has_private_hire_licence", "has_psv_licence", "assistants",
        "trained_assistants",
    ),
    "supplier_vehicles": ("supplier_id", "vehicle_type_id"),
    "rate_cards": ("rate_card_id", "supplier_id", "valid_from", "valid_to", "source"),
    "assumptions": ("name", "value", "unit", "year", "source", "grade"),
}  # fmt: skip
"""Columns of each table that is searched; none for all of them."""

RELATED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "passengers": (
        ("homes", "passenger_id"),
        ("demand", "passenger_id"),
        ("relationships", "passenger_id"),
    ),
    "sites": (("gates", "site_id"), ("early_closings", "site_id"), ("demand", "site_id")),
    "calendars": (("sites", "calendar_id"),),
    "depots": (("vehicles", "depot_id"), ("crews", "depot_id")),
    "vehicle_types": (
        ("vehicles", "vehicle_type_id"),
        ("supplier_vehicles", "vehicle_type_id"),
    ),
    "suppliers": (("supplier_vehicles", "supplier_id"), ("rate_cards", "supplier_id")),
}
"""Other tables whose rows belong to a record, with the column that says so."""

FILTERS: Mapping[str, str] = {
    "passengers": "phase",
    "demand": "site_id",
    "sites": "kind",
    "homes": "protected",
    "crews": "role",
    "vehicles": "vehicle_type_id",
    "rate_cards": "supplier_id",
    "supplier_vehicles": "supplier_id",
}
"""The one column that each table may be narrowed by, besides searching."""

_NAMES = {
    "assistant_id": "Named assistant",
    "demand_id": "Journey",
    "ride_limit_minutes": "Ride limit [minutes]",
    "boarding_seconds": "Boarding [s]",
    "alighting_seconds": "Alighting [s]",
    "dwell_seconds": "Standing at the site [s]",
    "amount_pounds": "Amount [£]",
    "uplift_percent_a_year": "Uplift [% a year]",
}
_ACRONYMS = {"m": "[m]", "id": "", "km": "km", "vat": "VAT", "psv": "PSV", "cpc": "CPC"}


def name_heading(heading: str) -> str:
    """Name a column for people.

    Examples
    --------
    >>> name_heading("walk_limit_m"), name_heading("passenger_id")
    ('Walk limit [m]', 'Passenger')
    """
    if heading in _NAMES:
        return _NAMES[heading]
    words = [_ACRONYMS.get(word, word) for word in heading.split("_")]
    text = " ".join(word for word in words if word)
    return text[:1].upper() + text[1:]


def name_sheet(sheet: str) -> str:
    """Name a table for people."""
    names = {"demand": "Journeys", "crews": "Drivers and assistants", "own_vehicle_costs":
             "Own vehicle costs", "vehicles": "Own vehicles"}  # fmt: skip
    text = names.get(sheet, sheet.replace("_", " "))
    return text[:1].upper() + text[1:]


def name_record(sheet: str) -> str:
    """Name one record of a table within a sentence."""
    names = {
        "demand": "journey",
        "crews": "driver or assistant",
        "relationships": "rule about a passenger",
        "supplier_vehicles": "vehicles of a supplier",
        "own_vehicle_costs": "vehicle cost",
    }
    return names.get(sheet, sheet.removesuffix("s").replace("_", " "))
