"""Which further rows a rejected row takes with it.

A row that refers to a rejected one goes too. Rows of one rate card or calendar stand or fall
together. And a rule that keeps passengers safe is never dropped by itself: when a relationship
row is faulty, the passenger it is about goes into quarantine rather than being planned without
it.
"""

from __future__ import annotations

from data.fleet import OWN_PROVIDER_ID
from data.imports.references import find_keys, find_references, other_sheet, referred
from data.imports.report import QuarantinedRow
from data.imports.staging import StagedSheet, Staging


def spread_rejections(staging: Staging) -> None:
    """Reject what refers to rejected rows, until nothing changes."""
    _reject_passengers_of_rules(staging)
    is_changed = True
    while is_changed:
        is_changed = _reject_groups(staging)
        is_changed = _reject_references(staging) or is_changed
        is_changed = _reject_rules(staging) or is_changed
        is_changed = _reject_implied(staging) or is_changed


def _reject_passengers_of_rules(staging: Staging) -> None:
    staged = staging.sheets.get("relationships")
    passengers = staging.sheets.get("passengers")
    if staged is None or passengers is None:
        return
    by_id = {record.value.passenger_id: record for record in passengers.records}
    for row, codes in staged.rejected.items():
        if codes == ["X006"]:
            continue  # the other side has left: nobody to be kept apart from
        identifier = staged.cell(row, "passenger_id")
        record = by_id.get(identifier)
        if record is not None and record.row not in passengers.rejected:
            staging.note(
                "X004", "passengers", record, "passenger_id", value=identifier,
                other=f"the rule in row {row}", table="relationships",
            )  # fmt: skip
            staging.reject("passengers", record.row, "X004")


def _reject_groups(staging: Staging) -> bool:
    is_changed = False
    for name, staged in staging.sheets.items():
        group = staged.spec.group_by
        if not group or not staged.rejected:
            continue
        lost = _lost_groups(staged, group)
        for record in list(staged.live()):
            value = getattr(record.value, group)
            if value in lost:
                staging.note("X004", name, record, group, value=value, other=value, table=name)
                staging.reject(name, record.row, "X004")
                is_changed = True
    return is_changed


def _lost_groups(staged: StagedSheet, group: str) -> set[str]:
    lost = {
        getattr(record.value, group)
        for record in staged.records
        if record.row in staged.rejected
    }
    return lost | {staged.cell(row, group) for row in staged.rejected}


def _reject_references(staging: Staging) -> bool:
    is_changed = False
    for name, spec in find_references(staging):
        if name == "passengers":
            continue  # to be kept from somebody who is not there needs no keeping
        target = spec.column.refers_to
        keys = find_keys(staging, target)
        for record in staging.accepted(name):
            lost = [
                identifier
                for identifier in referred(record, spec)
                if identifier not in keys and identifier != OWN_PROVIDER_ID
            ]
            if lost:
                staging.note(
                    "X004", name, record, spec.attribute, value=lost[0],
                    other=lost[0], table=target,
                )  # fmt: skip
                staging.reject(name, record.row, "X004")
                is_changed = True
    return is_changed


def _reject_rules(staging: Staging) -> bool:
    """Reject rules whose other side, a passenger or supplier, is not there any more."""
    is_changed = False
    keys = {
        "passengers": find_keys(staging, "passengers"),
        "suppliers": find_keys(staging, "suppliers") | {OWN_PROVIDER_ID},
    }
    for record in staging.accepted("relationships"):
        target = other_sheet(record.value.kind)
        other = record.value.other_id
        if target and other not in keys[target]:
            staging.note(
                "X004", "relationships", record, "other_id", value=other,
                other=other, table=target,
            )  # fmt: skip
            staging.reject("relationships", record.row, "X004")
            is_changed = True
    return is_changed


def _reject_implied(staging: Staging) -> bool:
    """Reject rows that lean on others without naming them.

    A journey without a home leans on the passenger's only home; an own vehicle leans on the
    costs of its type.
    """
    homes = {record.value.passenger_id for record in staging.accepted("homes")}
    costs = {record.value.vehicle_type_id for record in staging.accepted("own_vehicle_costs")}
    lost = [
        ("demand", record, "passenger_id", "homes")
        for record in staging.accepted("demand")
        if record.value.home_id is None and record.value.passenger_id not in homes
    ] + [
        ("vehicles", record, "vehicle_type_id", "own_vehicle_costs")
        for record in staging.accepted("vehicles")
        if record.value.vehicle_type_id not in costs
    ]
    for name, record, attribute, target in lost:
        value = getattr(record.value, attribute)
        staging.note("X004", name, record, attribute, value=value, other=value, table=target)
        staging.reject(name, record.row, "X004")
    return bool(lost)


def read_quarantine(staging: Staging) -> tuple[QuarantinedRow, ...]:
    """Read the rows that are kept out, with their cells, in the order of sheets and rows."""
    found = []
    for name, staged in staging.sheets.items():
        for row in sorted(staged.rejected):
            if staged.is_stored:
                continue
            cells = staged.cells.get(row, ())
            found.append(
                QuarantinedRow(
                    file_name=staged.file,
                    sheet=name,
                    row=row,
                    codes=tuple(staged.rejected[row]),
                    cells=tuple(
                        (heading, str(cell))
                        for heading, cell in zip(staged.cell_headings, cells, strict=False)
                        if heading and cell not in ("", None)
                    ),
                )
            )
    return tuple(found)
