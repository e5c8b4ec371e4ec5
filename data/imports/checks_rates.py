"""Checks of rate cards: dates, mile bands, and that every run can be priced."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.imports.rows_suppliers import CARD_FIELDS
from data.imports.staging import Record, Staging, find_first, show
from data.money import RateBasis
from data.places import Session

_PRICES_A_RUN = frozenset(
    {RateBasis.FIXED, RateBasis.LOADED_MILE, RateBasis.HOUR, RateBasis.MINIMUM}
)
_HAS_BANDS = frozenset({RateBasis.LOADED_MILE, RateBasis.DAY_PAIR})
_PAIRED = (Session.AM, Session.PM)


def check_rates(staging: Staging, service_date: date | None) -> None:
    """Check every rate card by itself, against its supplier, and cards against one another."""
    cards = find_first(staging.records("rate_cards"), lambda row: row.rate_card_id)
    suppliers = {r.value.supplier_id: r.value for r in staging.records("suppliers")}
    types: dict[str, set[str]] = {}
    for record in staging.records("supplier_vehicles"):
        types.setdefault(record.value.supplier_id, set()).add(record.value.vehicle_type_id)
    for records in cards.values():
        _check_card(staging, records)
        supplier = suppliers.get(records[0].value.supplier_id)
        has_base = supplier is not None and (
            supplier.base_place_id is not None or supplier.base_postcode is not None
        )
        for record in records:
            _check_line(staging, record, has_base=has_base)
        if supplier is not None:
            _check_types(staging, records, types.get(supplier.supplier_id, set()))
        _check_repeats(staging, records)
        _check_bands(staging, records)
        _check_pairs(staging, records)
    _check_cover(staging, list(cards.values()), types, service_date)


def _check_card(staging: Staging, records: list[Record]) -> None:
    first = records[0]
    for record in records[1:]:
        for attribute in CARD_FIELDS:
            if getattr(record.value, attribute) != getattr(first.value, attribute):
                staging.note(
                    "R001", "rate_cards", record, attribute,
                    value=show(record, attribute), heading=attribute, first=first.row,
                )  # fmt: skip
    for record in records:
        if record.value.valid_to < record.value.valid_from:
            staging.note("R002", "rate_cards", record, "valid_to", value=record.value.valid_to)
    card = first.value
    if (card.discount_from_routes > 0) != (card.discount_bp > 0):
        staging.note(
            "R015", "rate_cards", first, "discount_bp", value=show(first, "discount_bp"),
            routes=card.discount_from_routes, percent=f"{card.discount_bp / 100:g}",
        )  # fmt: skip


def _check_line(staging: Staging, record: Record, *, has_base: bool) -> None:
    row = record.value
    if row.amount_mpence == 0:
        staging.note("R011", "rate_cards", record, "amount_mpence", value=0)
    if row.basis not in _HAS_BANDS and (row.from_m or row.to_m is not None):
        staging.note(
            "R013", "rate_cards", record, "to_m", value=row.to_m, basis=row.basis.value
        )
    if row.basis is RateBasis.LOADED_MILE and row.to_m is not None and row.to_m <= row.from_m:
        staging.note("R005", "rate_cards", record, "to_m", value=row.to_m)
    if row.basis is RateBasis.DEAD_MILE and not has_base:
        staging.note("R008", "rate_cards", record, "basis", value=row.basis.value)


def _check_types(staging: Staging, records: list[Record], types: set[str]) -> None:
    noted: set[str] = set()
    for record in records:
        kind = record.value.vehicle_type_id
        if kind is not None and kind not in types and kind not in noted:
            noted.add(kind)
            staging.note(
                "R012", "rate_cards", record, "vehicle_type_id", value=kind, other=kind
            )


def _meet(first: Any, second: Any) -> bool:
    """Tell whether two rates hold for the same type and session at all."""
    return bool(
        first.basis is second.basis
        and first.vehicle_type_id == second.vehicle_type_id
        and first.sessions & second.sessions
    )


def _check_repeats(staging: Staging, records: list[Record]) -> None:
    for at, record in enumerate(records):
        for other in records[:at]:
            is_same = _meet(record.value, other.value) and (
                record.value.basis is not RateBasis.LOADED_MILE
                or (record.value.from_m, record.value.to_m)
                == (other.value.from_m, other.value.to_m)
            )
            if is_same:
                staging.note(
                    "R009", "rate_cards", record, "basis",
                    value=record.value.basis.value, first=other.row,
                )  # fmt: skip
                break


def _check_bands(staging: Staging, records: list[Record]) -> None:
    """Check that mile bands of one type and session neither overlap nor leave gaps."""
    bands = [
        record
        for record in records
        if record.value.basis is RateBasis.LOADED_MILE
        and (record.value.to_m is None or record.value.to_m > record.value.from_m)
    ]
    noted: set[int] = set()
    for session in Session:
        by_type: dict[str | None, list[Record]] = {}
        for record in bands:
            if session in record.value.sessions:
                by_type.setdefault(record.value.vehicle_type_id, []).append(record)
        for group in by_type.values():
            _check_band_group(staging, sorted(group, key=lambda r: r.value.from_m), noted)


def _check_band_group(staging: Staging, group: list[Record], noted: set[int]) -> None:
    end: int | None = 0
    previous: Record | None = None
    for record in group:
        row = record.value
        if previous is not None and (end is None or row.from_m < end):
            same = (row.from_m, row.to_m) == (previous.value.from_m, previous.value.to_m)
            if record.row not in noted and not same:
                noted.add(record.row)
                staging.note(
                    "R004", "rate_cards", record, "from_m", value=row.from_m, first=previous.row
                )
        elif end is not None and row.from_m > end and record.row not in noted:
            noted.add(record.row)
            staging.note(
                "R006", "rate_cards", record, "from_m",
                value=row.from_m, from_m=end, to_m=row.from_m,
            )  # fmt: skip
        end = None if end is None or row.to_m is None else max(end, row.to_m)
        previous = record


def _check_pairs(staging: Staging, records: list[Record]) -> None:
    """Check that a card with a day rate also prices runs that find no pair."""
    for record in records:
        if record.value.basis is not RateBasis.DAY_PAIR:
            continue
        for session in _PAIRED:
            if not _prices(records, record.value.vehicle_type_id, session):
                staging.note(
                    "R007", "rate_cards", record, "basis",
                    value=record.value.basis.value, session=session.value,
                )  # fmt: skip
                break


def _prices(records: list[Record], vehicle_type_id: str | None, session: Session) -> bool:
    return any(
        record.value.basis in _PRICES_A_RUN
        and session in record.value.sessions
        and record.value.vehicle_type_id in (None, vehicle_type_id)
        for record in records
    )


def _check_cover(
    staging: Staging,
    cards: list[list[Record]],
    types: dict[str, set[str]],
    service_date: date | None,
) -> None:
    """Check what of each supplier can be priced on the date, and that no two cards vie."""
    by_supplier: dict[str, list[list[Record]]] = {}
    for records in cards:
        by_supplier.setdefault(records[0].value.supplier_id, []).append(records)
    for record in staging.records("suppliers"):
        supplier = record.value.supplier_id
        own = by_supplier.get(supplier, [])
        if types.get(supplier) and not own:
            staging.note("T017", "suppliers", record, "supplier_id", value=supplier)
        _check_rivals(staging, own)
        if service_date is None or not own:
            continue
        valid = [
            line
            for card in own
            if card[0].value.valid_from <= service_date <= card[0].value.valid_to
            for line in card
        ]
        if not valid:
            staging.note(
                "R003", "suppliers", record, "supplier_id",
                value=supplier, date=service_date.isoformat(),
            )  # fmt: skip
            continue
        for kind in sorted(types.get(supplier, ())):
            missing = [s.value for s in Session if not _prices(valid, kind, s)]
            if missing:
                staging.note(
                    "R014", "suppliers", record, "supplier_id",
                    value=supplier, other=kind, session=", ".join(missing),
                )  # fmt: skip


def _check_rivals(staging: Staging, cards: list[list[Record]]) -> None:
    for at, card in enumerate(cards):
        head = card[0].value
        for other in cards[:at]:
            rival = other[0].value
            if head.valid_from > rival.valid_to or rival.valid_from > head.valid_to:
                continue
            ours = {line.value.vehicle_type_id for line in card}
            theirs = {line.value.vehicle_type_id for line in other}
            if ours & theirs or None in ours | theirs:
                staging.note(
                    "R010", "rate_cards", card[0], "valid_from",
                    value=head.valid_from, other=rival.rate_card_id,
                )  # fmt: skip
                break
