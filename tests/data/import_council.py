"""A very small council, right in every respect, and ways to spoil it one cell at a time."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from data.inputs import Inputs

Rows = dict[str, list[dict[str, Any]]]
"""Sheet name to rows; a row is heading to cell. Row 2 of the spreadsheet is the first."""


def build_council() -> Rows:
    """Two children, one of them in a wheelchair, and an adult; two schools and a day centre."""
    return {
        "settings": [
            {"name": "place", "value": "testshire"},
            {"name": "title", "value": "Testshire"},
            {"name": "service_date", "value": date(2026, 11, 18)},
            {"name": "year_from", "value": date(2026, 9, 1)},
            {"name": "year_to", "value": date(2027, 7, 31)},
            {"name": "driver.pay_per_hour", "value": "£13.47"},
            {"name": "driver.worked_time_per_year", "value": "877.5 h"},
            {"name": "assistant.pay_per_hour", "value": "£12.85"},
            {"name": "assistant.worked_time_per_year", "value": "877.5 h"},
        ],
        "passengers": [
            {
                "passenger_id": "P001",
                "name": "Ann Archer",
                "birth_date": date(2016, 5, 17),
                "phase": "primary",
                "need": "asd",
                "assistant": "shared",
            },
            {
                "passenger_id": "P002",
                "name": "Ben Baker",
                "birth_date": date(2012, 2, 29),
                "phase": "secondary",
                "wheelchair": "stays",
                "assistant": "none",
            },
            {
                "passenger_id": "P003",
                "name": "Cy Cook",
                "birth_date": date(1980, 1, 2),
                "phase": "adult",
            },
        ],
        "homes": [
            {"home_id": "H001", "passenger_id": "P001", "postcode": "SS2 6ER"},
            {"home_id": "H002", "passenger_id": "P002", "postcode": "SS1 1BL"},
            {"home_id": "H003", "passenger_id": "P003", "postcode": "SS0 7AB"},
        ],
        "demand": [
            _journey("D001", "P001", "S001"),
            _journey("D002", "P002", "S002"),
            _journey("D003", "P003", "S003"),
        ],
        "relationships": [
            {"kind": "apart", "passenger_id": "P001", "other_id": "P002"},
        ],
        "sites": [
            _site("S001", "Oak Primary", "school", "SS2 4HL"),
            _site("S002", "Elm School", "special_school", "SS2 5PX"),
            _site("S003", "Ash House", "day_centre", "SS9 2NF"),
        ],
        "calendars": [
            {
                "calendar_id": "term",
                "name": "Term",
                "kind": "range",
                "from_date": date(2026, 9, 1),
                "to_date": date(2027, 7, 31),
            },
            {
                "calendar_id": "term",
                "kind": "open",
                "from_date": date(2026, 9, 2),
                "to_date": date(2026, 12, 18),
            },
        ],
        "places": [{"place_id": "BASE", "postcode": "SS1 2AA"}],
        "depots": [{"depot_id": "DEP", "name": "Depot", "postcode": "SS1 1AA"}],
        "vehicle_types": [
            {
                "vehicle_type_id": "bus16",
                "name": "Minibus",
                "layouts": "16+0; 12+1; 8+2",
                "has_lift": "yes",
                "passenger_seats": 16,
                "places_before_adaptation": 18,
            },
            {
                "vehicle_type_id": "car4",
                "name": "Car",
                "layouts": "4+0",
                "has_lift": "no",
                "passenger_seats": 4,
                "places_before_adaptation": 5,
            },
        ],
        "vehicles": [{"vehicle_id": "V1", "vehicle_type_id": "bus16", "depot_id": "DEP"}],
        "own_vehicle_costs": [
            {
                "vehicle_type_id": "bus16",
                "running_pounds_per_mile": 0.45,
                "vehicle_pounds_per_year": 8000,
                "standing_pounds_per_year": 4500,
            }
        ],
        "crews": [
            {
                "crew_id": "C1",
                "role": "driver",
                "depot_id": "DEP",
                "has_d1": "yes",
                "has_cpc": "yes",
            }
        ],
        "suppliers": [
            {
                "supplier_id": "SUP",
                "name": "Estuary Cars",
                "base_place_id": "BASE",
                "has_private_hire_licence": "yes",
                "has_psv_licence": "no",
                "assistants": 5,
            }
        ],
        "supplier_vehicles": [{"supplier_id": "SUP", "vehicle_type_id": "car4", "vehicles": 3}],
        "rate_cards": [
            _rate("fixed", 12),
            _rate("loaded_mile", 2.6, from_m=0, to_m=8047),
            _rate("loaded_mile", 2.2, from_m=8047),
        ],
        "current_plan": [
            {
                "route_name": "R1",
                "session": "am",
                "provider_id": "SUP",
                "vehicle_type_id": "car4",
                "sequence": 1,
                "passenger_id": "P001",
                "price_pounds_per_day": 45.5,
            }
        ],
    }


def _journey(demand_id: str, passenger_id: str, site_id: str) -> dict[str, Any]:
    return {
        "demand_id": demand_id,
        "passenger_id": passenger_id,
        "site_id": site_id,
        "home_id": "H" + passenger_id[1:],
        "direction": "both",
        "weekdays": "Mon-Fri",
    }


def _site(site_id: str, name: str, kind: str, postcode: str) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "name": name,
        "kind": kind,
        "postcode": postcode,
        "arrive_from": "08:30",
        "arrive_by": "08:50",
        "leave_from": "15:15",
        "leave_by": "15:45",
        "calendar_id": "term",
    }


def _rate(basis: str, amount: float, **more: Any) -> dict[str, Any]:
    return {
        "rate_card_id": "RC1",
        "supplier_id": "SUP",
        "valid_from": date(2026, 9, 1),
        "valid_to": date(2027, 8, 31),
        "basis": basis,
        "amount_pounds": amount,
        **more,
    }


def tables(rows: Rows) -> dict[str, pd.DataFrame]:
    """Make tables of rows; headings in the order in which they first come."""
    found = {}
    for sheet, items in rows.items():
        headings = list(dict.fromkeys(heading for row in items for heading in row))
        found[sheet] = pd.DataFrame(
            [[row.get(heading) for heading in headings] for row in items],
            columns=headings,
            dtype=object,
        )
    return found


def write_folder(rows: Rows, folder: Path, *, encoding: str = "utf-8") -> Path:
    """Write rows as a folder of CSV, plainly, as a council's system might."""
    folder.mkdir(parents=True, exist_ok=True)
    for sheet, table in tables(rows).items():
        with (folder / f"{sheet}.csv").open("w", encoding=encoding, newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(table.columns)
            for row in table.itertuples(index=False, name=None):
                writer.writerow(["" if cell is None else cell for cell in row])
    return folder


def write_book(
    rows: Rows, path: Path, *, spoil: Callable[[Any, dict[str, Any]], None] | None = None,
    options: dict[str, Any] | None = None,
) -> Path:  # fmt: skip
    """Write rows as a workbook; `spoil` gets the workbook and its sheets before the end."""
    import xlsxwriter

    book = xlsxwriter.Workbook(
        str(path), {"default_date_format": "dd/mm/yyyy", **(options or {})}
    )
    sheets = {}
    for sheet, table in tables(rows).items():
        target = sheets[sheet] = book.add_worksheet(sheet)
        target.write_row(0, 0, list(table.columns))
        for number, row in enumerate(table.itertuples(index=False, name=None), 1):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    target.write_datetime(number, column, cell)
                elif cell is not None:
                    target.write(number, column, cell)
    if spoil is not None:
        spoil(book, sheets)
    book.close()
    return path


def put(sheet: str, row: int, **cells: Any) -> Callable[[Rows], None]:
    """Put cells into a row, numbered as the spreadsheet shows it."""

    def change(rows: Rows) -> None:
        rows[sheet][row - 2].update(cells)

    return change


def add(sheet: str, *, like: int | None = 2, **cells: Any) -> Callable[[Rows], None]:
    """Add a row at the end, like another with some cells changed."""

    def change(rows: Rows) -> None:
        items = rows.setdefault(sheet, [])
        items.append({**(items[like - 2] if like is not None else {}), **cells})

    return change


def early(**cells: Any) -> Callable[[Rows], None]:
    """Let a school close early on the last day of term, with some cells changed."""
    row = {"site_id": "S001", "date": date(2026, 12, 18), "leaves_at": "13:30", **cells}
    return add("early_closings", like=None, **row)


def setting(name: str, value: Any) -> Callable[[Rows], None]:
    """Give a setting another value, or add it."""

    def change(rows: Rows) -> None:
        for row in rows["settings"]:
            if row["name"] == name:
                row["value"] = value
                return
        rows["settings"].append({"name": name, "value": value})

    return change


def drop(sheet: str, row: int | None = None) -> Callable[[Rows], None]:
    """Drop a row, or a whole sheet."""

    def change(rows: Rows) -> None:
        if row is None:
            del rows[sheet]
        else:
            del rows[sheet][row - 2]

    return change


def without(sheet: str, heading: str) -> Callable[[Rows], None]:
    """Drop a column."""

    def change(rows: Rows) -> None:
        for row in rows[sheet]:
            row.pop(heading, None)

    return change


def all_of(*changes: Callable[[Rows], None]) -> Callable[[Rows], None]:
    """Make several changes."""

    def change(rows: Rows) -> None:
        for one in changes:
            one(rows)

    return change


def find_loose_ends(inputs: Inputs) -> set[str]:
    """Find references of inputs that lead nowhere; none is right."""
    passengers = {p.passenger_id for p in inputs.passengers}
    places = {p.place_id for p in inputs.places}
    homes = {h.home_id: h.passenger_id for h in inputs.homes}
    sites = {s.site_id for s in inputs.sites}
    calendars = {c.calendar_id for c in inputs.calendars}
    types = {t.vehicle_type_id for t in inputs.vehicle_types}
    depots = {d.depot_id for d in inputs.depots}
    suppliers = {s.supplier_id for s in inputs.suppliers}
    costed = {t.vehicle_type_id for t in inputs.own_costs.types}
    wanted: list[tuple[str, Any, Any]] = [
        *(("home", h.passenger_id, passengers) for h in inputs.homes),
        *(("place", x.place_id, places) for x in (
            *inputs.homes, *inputs.sites, *inputs.depots, *inputs.pick_up_points)),
        *(("demand home", (d.home_id, d.passenger_id), homes.items()) for d in inputs.demands),
        *(("demand site", d.site_id, sites) for d in inputs.demands),
        *(("calendar", s.calendar_id, calendars) for s in inputs.sites),
        *(("type", v.vehicle_type_id, types & costed) for v in inputs.vehicles),
        *(("depot", x.depot_id, depots) for x in (*inputs.vehicles, *inputs.crews)),
        *(("base", s.base_place_id, {*places, None}) for s in inputs.suppliers),
        *(("area", s.area_centre_place_id, {*places, None}) for s in inputs.suppliers),
        *(("capacity", v.vehicle_type_id, types) for s in inputs.suppliers for v in s.vehicles),
        *(("card", c.supplier_id, suppliers) for c in inputs.rate_cards),
        *(("rate", r.vehicle_type_id, {*types, None})
          for c in inputs.rate_cards for r in c.rates),
        *(("apart", o, passengers) for p in inputs.passengers for o in p.apart_from),
        *(("together", o, passengers) for p in inputs.passengers for o in p.together_with),
        *(("lock", x.passenger_id, passengers) for x in inputs.locks),
        *(("today", r.passenger_id, passengers) for r in inputs.current_routes),
    ]  # fmt: skip
    return {f"{what} {value}" for what, value, known in wanted if value not in known}
