"""Checks of vehicle types, the own fleet and suppliers."""

from __future__ import annotations

from datetime import date

from data.expiry import AHEAD_DAYS, Paper
from data.fleet import OWN_PROVIDER_ID, CrewRole
from data.imports.staging import Record, Staging, find_first

_PAPERS = (
    ("crews", (
        ("licence_until", "", Paper.LICENCE, "the driver drives nothing"),
        ("d1_until", "has_d1", Paper.D1, "the driver drives up to eight seats only"),
        ("cpc_until", "has_cpc", Paper.CPC, "the driver drives up to eight seats only"),
        ("checks_until", "", Paper.CHECKS, "they are with no passenger"),
    )),
    ("vehicles", (
        ("inspection_until", "", Paper.INSPECTION, "the vehicle stays in"),
    )),
    ("depots", (
        ("operator_licence_until", "", Paper.OPERATOR,
         "the depot's vehicles of nine or more seats stay in"),
    )),
    ("suppliers", (
        ("private_hire_licence_until", "has_private_hire_licence", Paper.PRIVATE_HIRE,
         "no small vehicle of it is used"),
        ("psv_licence_until", "has_psv_licence", Paper.PSV, "no bus of it is used"),
        ("section_19_permit_until", "has_section_19_permit", Paper.PERMIT,
         "no bus of it is used"),
    )),
)  # fmt: skip
"""Sheets with dates of papers: the column, the one that says it is held, and what it bars."""

PSV_SEATS = 9
"""From so many passenger seats a PSV licence or section 19 permit is needed (LIC-1, LIC-2)."""


def check_fleet(staging: Staging) -> None:
    """Check vehicle types, own vehicles and crews."""
    for record in staging.records("vehicle_types"):
        _check_type(staging, record)
    costs = find_first(staging.records("own_vehicle_costs"), lambda row: row.vehicle_type_id)
    for same in costs.values():
        for record in same[1:]:
            staging.note(
                "T019", "own_vehicle_costs", record, "vehicle_type_id",
                value=record.value.vehicle_type_id, first=same[0].row,
            )  # fmt: skip
            staging.reject("own_vehicle_costs", same[0].row, "T019")
    for record in staging.records("vehicles"):
        kind = record.value.vehicle_type_id
        if kind not in costs:
            staging.note("T005", "vehicles", record, "vehicle_type_id", value=kind, other=kind)
    _check_crews(staging)


def check_expiry(staging: Staging, service_date: date | None) -> None:
    """Warn of papers that have run out on the service date, or soon will."""
    for sheet, papers in _PAPERS:
        for record in staging.records(sheet):
            for name, held, paper, bars in papers:
                until = getattr(record.value, name)
                if until is None:
                    continue
                if held and not getattr(record.value, held):
                    staging.note("T024", sheet, record, name, value=until, heading=name)
                elif service_date is None:
                    continue
                elif until < service_date:
                    staging.note(
                        "T022", sheet, record, name, value=until, until=until, bars=bars,
                        paper=paper, date=service_date,
                    )  # fmt: skip
                elif (until - service_date).days < AHEAD_DAYS:
                    staging.note(
                        "T023", sheet, record, name, value=until, until=until, bars=bars,
                        paper=paper, days=AHEAD_DAYS,
                    )  # fmt: skip


def _check_type(staging: Staging, record: Record) -> None:
    row = record.value
    if not row.layouts or any(
        layout.n_seats + layout.n_wheelchair_spaces == 0 for layout in row.layouts
    ):
        staging.note("T002", "vehicle_types", record, "layouts")
    if any(layout.n_seats > row.n_passenger_seats for layout in row.layouts):
        staging.note("T004", "vehicle_types", record, "layouts")
    if any(layout.n_wheelchair_spaces for layout in row.layouts) and not row.has_lift:
        staging.note("T003", "vehicle_types", record, "has_lift", value="no")
    if row.n_places_before_adaptation < row.n_passenger_seats + 1:
        staging.note(
            "T018", "vehicle_types", record, "n_places_before_adaptation",
            value=row.n_places_before_adaptation,
        )  # fmt: skip
    electric = {
        name: getattr(row, name) for name in ("range_m", "energy_wh_per_mile", "charge_w")
    }
    missing = [name for name, value in electric.items() if value is None]
    if missing and len(missing) < len(electric):
        staging.note("T020", "vehicle_types", record, missing[0])


def _seats(staging: Staging) -> dict[str, int]:
    return {
        record.value.vehicle_type_id: record.value.n_passenger_seats
        for record in staging.records("vehicle_types")
    }


def _check_crews(staging: Staging) -> None:
    seats = _seats(staging)
    electric = {
        r.value.vehicle_type_id
        for r in staging.records("vehicle_types")
        if r.value.range_m is not None
    }
    vehicles = find_first(staging.records("vehicles"), lambda row: row.depot_id)
    drivers = find_first(
        [r for r in staging.records("crews") if r.value.role is CrewRole.DRIVER],
        lambda row: row.depot_id,
    )
    for record in staging.records("depots"):
        depot = record.value.depot_id
        here = vehicles.get(depot, [])
        who = drivers.get(depot, [])
        if len(here) > len(who):
            staging.note(
                "T013", "depots", record, "depot_id",
                value=depot, vehicles=len(here), drivers=len(who),
            )  # fmt: skip
        n_electric = sum(v.value.vehicle_type_id in electric for v in here)
        if n_electric > record.value.n_chargers:
            staging.note(
                "T021", "depots", record, "n_chargers",
                value=record.value.n_chargers, vehicles=n_electric,
            )  # fmt: skip
        is_large = any(seats.get(v.value.vehicle_type_id, 0) >= PSV_SEATS for v in here)
        if is_large and not any(d.value.has_d1 and d.value.has_cpc for d in who):
            staging.note("T012", "depots", record, "depot_id", value=depot)


def check_suppliers(staging: Staging) -> None:
    """Check suppliers' licences, areas, assistants and vehicles."""
    capacity = find_first(
        staging.records("supplier_vehicles"),
        lambda row: (row.supplier_id, row.vehicle_type_id),
    )
    for same in capacity.values():
        for record in same[1:]:
            staging.note(
                "T015", "supplier_vehicles", record, "vehicle_type_id",
                value=record.value.vehicle_type_id, first=same[0].row,
            )  # fmt: skip
            staging.reject("supplier_vehicles", same[0].row, "T015")
    seats = _seats(staging)
    types: dict[str, set[str]] = {}
    for supplier_id, vehicle_type_id in capacity:
        types.setdefault(supplier_id, set()).add(vehicle_type_id)
    for record in staging.records("suppliers"):
        _check_supplier(staging, record, types.get(record.value.supplier_id, set()), seats)


def _check_supplier(
    staging: Staging, record: Record, types: set[str], seats: dict[str, int]
) -> None:
    row = record.value
    if row.supplier_id.casefold() == OWN_PROVIDER_ID:
        staging.note("T016", "suppliers", record, "supplier_id", value=row.supplier_id)
    if row.has_section_19_permit and row.is_for_profit:
        staging.note("T006", "suppliers", record, "has_section_19_permit", value="yes")
    if row.n_trained_assistants > row.n_assistants:
        staging.note(
            "T009", "suppliers", record, "n_trained_assistants", value=row.n_trained_assistants
        )
    has_centre = row.area_centre_place_id is not None or row.area_centre_postcode is not None
    if has_centre != (row.area_radius_m is not None):
        staging.note("T010", "suppliers", record, "area_radius_m", value=row.area_radius_m)
    if not types:
        staging.note("T014", "suppliers", record, "supplier_id", value=row.supplier_id)
    is_large = [seats.get(kind, 0) >= PSV_SEATS for kind in types]
    if any(is_large) and not (row.has_psv_licence or row.has_section_19_permit):
        staging.note("T007", "suppliers", record, "has_psv_licence", value="no")
    if not all(is_large) and not (row.has_private_hire_licence or row.has_psv_licence):
        staging.note("T008", "suppliers", record, "has_private_hire_licence", value="no")
