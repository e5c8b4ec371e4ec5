"""Accepted rows become `Inputs`."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, TypeVar

from data.fleet import Crew, Electric, Supplier, SupplierVehicles, Vehicle, VehicleType
from data.imports.checks_demand import find_legs
from data.imports.checks_people import read_pairs
from data.imports.placing import Placing
from data.imports.rows_rules import APART, TOGETHER
from data.imports.settings import build_from_settings
from data.imports.staging import Record, Staging, find_first
from data.inputs import Inputs
from data.money import Assumption, OwnTypeCost, Rate, RateCard
from data.passengers import Demand, Direction, Passenger
from data.places import Calendar, Depot, EarlyClosing, Gate, Home, Nation, PickUpPoint, Site
from data.plans import CurrentRoute, Lock, LockKind

T = TypeVar("T")


def build_inputs(
    staging: Staging,
    values: dict[str, Any],
    calendars: dict[str, Calendar],
    placing: Placing,
) -> Inputs:
    """Build inputs from the accepted rows.

    Parameters
    ----------
    values
        Settings by name.
    calendars
        Calendars by id; only those whose rows are accepted are taken.
    """
    kept = {record.value.calendar_id for record in staging.accepted("calendars")}
    own_types = tuple(_build(OwnTypeCost, r) for r in staging.accepted("own_vehicle_costs"))
    policy, own_costs = build_from_settings(values, own_types)
    return Inputs(
        place=values["place"],
        title=values.get("title", ""),
        service_date=values["service_date"],
        year_from=values["year_from"],
        year_to=values["year_to"],
        places=_build_places(staging, placing),
        passengers=_build_passengers(staging),
        homes=_build_placed(Home, staging, placing, "homes"),
        demands=_build_demands(staging),
        sites=_build_placed(Site, staging, placing, "sites"),
        calendars=tuple(c for c in calendars.values() if c.calendar_id in kept),
        depots=_build_placed(Depot, staging, placing, "depots"),
        vehicle_types=tuple(
            _build(VehicleType, r, electric=_build_electric(r))
            for r in staging.accepted("vehicle_types")
        ),
        vehicles=tuple(_build(Vehicle, r) for r in staging.accepted("vehicles")),
        crews=tuple(_build(Crew, r) for r in staging.accepted("crews")),
        suppliers=_build_suppliers(staging, placing),
        rate_cards=_build_cards(staging),
        own_costs=own_costs,
        policy=policy,
        pick_up_points=_build_placed(PickUpPoint, staging, placing, "pick_up_points"),
        locks=_build_locks(staging),
        current_routes=tuple(_build(CurrentRoute, r) for r in staging.accepted("current_plan")),
        assumptions=tuple(_build(Assumption, r) for r in staging.accepted("assumptions")),
        is_synthetic=values.get("is_synthetic", False),
        attribution=values["attribution"],
        gates=_build_placed(Gate, staging, placing, "gates"),
        early_closings=tuple(
            _build(EarlyClosing, r) for r in staging.accepted("early_closings")
        ),
        nation=Nation(values.get("nation", Nation.ENGLAND)),
    )


def _build(kind: type[T], record: Record, /, **more: Any) -> T:
    """Build a domain value from the attributes of the same name."""
    names = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    given = {
        name: getattr(record.value, name)
        for name in type(record.value).model_fields
        if name in names
    }
    return kind(**{**given, **more})


def _build_electric(record: Record) -> Electric | None:
    """Build what an electric type drives on; None for one that fuels."""
    return None if record.value.range_m is None else _build(Electric, record)


def _build_placed(
    kind: type[T], staging: Staging, placing: Placing, sheet: str
) -> tuple[T, ...]:
    return tuple(
        _build(kind, record, place_id=placing.of_row[sheet, record.row, "place_id"])
        for record in staging.accepted(sheet)
    )


def _build_places(staging: Staging, placing: Placing) -> tuple[Any, ...]:
    """Take places that an accepted row gives."""
    rows = {
        (sheet, record.row) for sheet in staging.sheets for record in staging.accepted(sheet)
    }
    used = {
        place_id for (sheet, row, _), place_id in placing.of_row.items() if (sheet, row) in rows
    }
    return tuple(place for place_id, place in placing.places.items() if place_id in used)


def _build_passengers(staging: Staging) -> tuple[Passenger, ...]:
    sides: dict[str, dict[str, set[str]]] = {}
    for kind, attribute in ((APART, "apart_from"), (TOGETHER, "together_with")):
        others: dict[str, set[str]] = {}
        for first, second in read_pairs(staging, kind, is_accepted=True):
            others.setdefault(first, set()).add(second)
            others.setdefault(second, set()).add(first)
        sides[attribute] = others
    known = {record.value.passenger_id for record in staging.accepted("passengers")}
    return tuple(
        _build(
            Passenger,
            record,
            **{
                attribute: frozenset(others.get(record.value.passenger_id, set()) & known)
                for attribute, others in sides.items()
            },
        )
        for record in staging.accepted("passengers")
    )


def _build_demands(staging: Staging) -> tuple[Demand, ...]:
    """Build journeys: a row of both directions is two, a blank home is the only one."""
    only_home = {
        passenger_id: records[0].value.home_id
        for passenger_id, records in find_first(
            staging.accepted("homes"), lambda row: row.passenger_id
        ).items()
    }
    found = []
    taken = {record.value.demand_id for record in staging.accepted("demand")}
    for leg in find_legs(staging.accepted("demand")):
        row = leg.record.value
        stem = row.demand_id or f"{row.passenger_id}-{row.site_id}-{leg.record.row}"
        is_whole = row.demand_id is not None and row.direction != "both"
        demand_id = stem if is_whole else _unused(f"{stem}-{leg.direction.value}", taken)
        taken.add(demand_id)
        found.append(
            _build(
                Demand,
                leg.record,
                demand_id=demand_id,
                home_id=row.home_id or only_home[row.passenger_id],
                direction=Direction(leg.direction),
            )
        )
    return tuple(found)


def _unused(stem: str, taken: set[str | None]) -> str:
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}-{number}", number + 1
    return name


def _build_suppliers(staging: Staging, placing: Placing) -> tuple[Supplier, ...]:
    vehicles: dict[str, list[SupplierVehicles]] = {}
    for record in staging.accepted("supplier_vehicles"):
        vehicles.setdefault(record.value.supplier_id, []).append(
            _build(SupplierVehicles, record)
        )
    return tuple(
        _build(
            Supplier,
            record,
            vehicles=tuple(vehicles.get(record.value.supplier_id, ())),
            base_place_id=placing.of_row.get(("suppliers", record.row, "base_place_id")),
            area_centre_place_id=placing.of_row.get(
                ("suppliers", record.row, "area_centre_place_id")
            ),
        )
        for record in staging.accepted("suppliers")
    )


def _build_cards(staging: Staging) -> tuple[RateCard, ...]:
    cards = find_first(staging.accepted("rate_cards"), lambda row: row.rate_card_id)
    return tuple(
        _build(RateCard, records[0], rates=tuple(_build(Rate, record) for record in records))
        for records in cards.values()
    )


def _build_locks(staging: Staging) -> tuple[Lock, ...]:
    records = [
        r for r in staging.accepted("relationships") if r.value.kind not in (APART, TOGETHER)
    ]
    taken = {record.value.lock_id for record in records}
    found = []
    for record in records:
        lock_id = record.value.lock_id
        if lock_id is None:
            lock_id = _unused(f"lock-{record.row}", taken)
            taken.add(lock_id)
        found.append(
            _build(
                Lock,
                record,
                lock_id=lock_id,
                kind=LockKind(record.value.kind),
                target_id=record.value.other_id,
            )
        )
    return tuple(found)
