"""The one tabular form of `Inputs`: samples, workbook and folder of CSV are the same tables.

`inputs_to_tables` writes every sheet as a DataFrame of cells (text, whole and decimal numbers,
dates; None for blank). Reading tables back is an import like any other:
`data.imports.read_tables`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from data.imports.cells import write_cell
from data.imports.columns import SheetSpec
from data.imports.rows_rules import APART, TOGETHER
from data.imports.rows_suppliers import CARD_FIELDS
from data.imports.settings import find_setting_values, write_setting
from data.imports.sheets import SHEETS
from data.inputs import Inputs
from data.places import Calendar

if TYPE_CHECKING:
    import pandas as pd

Cells = dict[str, Any]
"""Cells of one row by heading."""


def inputs_to_tables(inputs: Inputs) -> dict[str, pd.DataFrame]:
    """Write inputs as one DataFrame per sheet, in the order of the workbook.

    Returns
    -------
    Sheet name to table; columns are the sheet's headings, dtype object, None for blank.
    """
    import pandas as pd

    tables = {}
    for sheet in SHEETS:
        headings = [f.heading for f in sheet.fields if not f.column.is_import_only]
        rows = [[cells.get(h) for h in headings] for cells in _write_rows(sheet, inputs)]
        tables[sheet.name] = pd.DataFrame(rows, columns=headings, dtype=object)
    return tables


def _write_rows(sheet: SheetSpec, inputs: Inputs) -> Iterable[Cells]:
    """Write the rows of one sheet as cells by heading."""
    values: Iterable[dict[str, Any]]
    if sheet.name == "settings":
        return (
            {"name": s.name, "value": write_setting(s, v), "note": s.about or None}
            for s, v in find_setting_values(inputs)
        )
    if sheet.name == "rate_cards":
        values = (
            {name: getattr(card, name) for name in ("rate_card_id", *CARD_FIELDS)}
            | _attributes(rate)
            for card in inputs.rate_cards
            for rate in card.rates
        )
    elif sheet.name == "calendars":
        values = (row for calendar in inputs.calendars for row in _calendar_rows(calendar))
    elif sheet.name == "relationships":
        values = _relationship_rows(inputs)
    elif sheet.name == "supplier_vehicles":
        values = (
            {"supplier_id": supplier.supplier_id} | _attributes(vehicles)
            for supplier in inputs.suppliers
            for vehicles in supplier.vehicles
        )
    elif sheet.name == "vehicle_types":
        values = (
            _attributes(item) | (_attributes(item.electric) if item.electric else {})
            for item in inputs.vehicle_types
        )
    else:
        values = (_attributes(item) for item in _items(sheet.name, inputs))
    return (_write_cells(sheet, row) for row in values)


def _items(sheet: str, inputs: Inputs) -> Iterable[Any]:
    if sheet == "own_vehicle_costs":
        return inputs.own_costs.types
    name = {"demand": "demands", "current_plan": "current_routes"}.get(sheet, sheet)
    items: Iterable[Any] = getattr(inputs, name)
    return items


def _attributes(item: Any) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__dataclass_fields__}


def _write_cells(sheet: SheetSpec, values: dict[str, Any]) -> Cells:
    return {
        f.heading: write_cell(f.column, values.get(f.attribute))
        for f in sheet.fields
        if not f.column.is_import_only
    }


def _relationship_rows(inputs: Inputs) -> Iterable[dict[str, Any]]:
    """Write each pair once, then the locks in their order."""
    for kind, attribute in ((APART, "apart_from"), (TOGETHER, "together_with")):
        seen: set[tuple[str, str]] = set()
        for passenger in inputs.passengers:
            for other in sorted(getattr(passenger, attribute)):
                pair = tuple(sorted((passenger.passenger_id, other)))
                if pair not in seen:
                    seen.add((pair[0], pair[1]))
                    yield {"kind": kind, "passenger_id": pair[0], "other_id": pair[1]}
    for lock in inputs.locks:
        yield {
            "kind": lock.kind,
            "passenger_id": lock.passenger_id,
            "other_id": lock.target_id,
            "session": lock.session,
            "lock_id": lock.lock_id,
        }


def _calendar_rows(calendar: Calendar) -> Iterable[dict[str, Any]]:
    """Write a calendar as its range, its open stretches and its weeks B.

    A stretch of open weekdays runs on over closed weekends; open weekends are stretches of
    their own.
    """
    whole = {
        "calendar_id": calendar.calendar_id,
        "name": calendar.name,
        "kind": "range",
        "from_date": calendar.first_date,
        "to_date": calendar.last_date,
    }
    yield whole
    weekdays = [d for d in calendar.open_dates if d.weekday() < 5]
    weekends = [d for d in calendar.open_dates if d.weekday() >= 5]
    stretches = (
        ("open", None, _stretches(weekdays, is_over_weekends=True)),
        ("open", frozenset({5, 6}), _stretches(weekends)),
        ("week_b", None, _stretches(calendar.week_b_dates)),
    )
    for kind, days, found in stretches:
        for first, last in found:
            yield {
                "calendar_id": calendar.calendar_id,
                "kind": kind,
                "from_date": first,
                "to_date": last,
                "weekdays": days,
            }


def _stretches(
    dates: Iterable[date], *, is_over_weekends: bool = False
) -> list[tuple[date, date]]:
    """Put dates together into stretches without a gap, or with only weekends between."""
    found: list[tuple[date, date]] = []
    for day in sorted(dates):
        if found:
            following = found[-1][1] + timedelta(days=1)
            while is_over_weekends and following.weekday() >= 5:
                following += timedelta(days=1)
            if following == day:
                found[-1] = (found[-1][0], day)
                continue
        found.append((day, day))
    return found
