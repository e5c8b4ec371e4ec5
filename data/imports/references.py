"""Identifiers that must be unique and references that must lead somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data.fleet import OWN_PROVIDER_ID
from data.imports.columns import CellKind, FieldSpec
from data.imports.headings import find_near
from data.imports.rows_rules import APART, TOGETHER
from data.imports.sheets import SHEETS, find_sheet
from data.imports.staging import Record, Staging, find_first
from data.plans import LockKind

_OWN_IS_PROVIDER = frozenset(
    {("current_plan", "provider_id"), ("passengers", "barred_suppliers")}
)
_KEYED = frozenset(
    sheet.name
    for sheet in SHEETS
    if sheet.name
    not in (
        "settings",
        "relationships",
        "calendars",
        "supplier_vehicles",
        "own_vehicle_costs",
        "rate_cards",
        "current_plan",
        "assumptions",
    )
)
"""Sheets whose first column names the row."""


def check_identifiers(staging: Staging) -> None:
    """Note identifiers that stand twice (both rows are rejected) or differ only in case."""
    for name in _KEYED:
        if name not in staging.sheets:
            continue
        key = staging.sheets[name].spec.key
        records = staging.records(name)
        for identifier, twins in find_first(records, lambda row: getattr(row, key)).items():  # noqa: B023
            for twin in twins[1:]:
                staging.note("X001", name, twin, key, value=identifier, first=twins[0].row)
            if len(twins) > 1:
                staging.reject(name, twins[0].row, "X001")
        _note_alike(staging, name, key)


def _note_alike(staging: Staging, name: str, key: str) -> None:
    def folded(row: Any) -> str | None:
        value = getattr(row, key)
        return None if value is None else "".join(str(value).casefold().split())

    for alike in find_first(staging.records(name), folded).values():
        for record in alike[1:]:
            staging.note(
                "X005", name, record, key, value=getattr(record.value, key), first=alike[0].row
            )


def find_keys(staging: Staging, sheet: str) -> set[str]:
    """Find the identifiers that a sheet's accepted rows give."""
    spec = find_sheet(sheet)
    key = spec.group_by or spec.key
    found = {getattr(record.value, key) for record in staging.accepted(sheet)}
    return found - {None}


def find_references(staging: Staging) -> Iterator[tuple[str, FieldSpec]]:
    """Find every column that refers to another sheet."""
    for name, staged in staging.sheets.items():
        for spec in staged.spec.fields:
            if spec.column.refers_to:
                yield name, spec


def referred(record: Record, spec: FieldSpec) -> tuple[str, ...]:
    """Identifiers that a cell refers to."""
    value = getattr(record.value, spec.attribute)
    if value is None:
        return ()
    if spec.column.kind is CellKind.IDENTIFIERS:
        return tuple(sorted(value))
    return (value,)


def check_references(staging: Staging, all_keys: dict[str, set[str]]) -> None:
    """Note references to rows that stand in no sheet.

    Parameters
    ----------
    all_keys
        Identifiers by sheet as read, with rejected ones: a reference to a faulty row is not a
        fault of its own.
    """
    for name, spec in find_references(staging):
        target = spec.column.refers_to
        keys = all_keys.get(target, set())
        is_own = (name, spec.attribute) in _OWN_IS_PROVIDER
        stripped: dict[str, str] = {}
        nearest: NearIdentifiers | None = None
        for record in staging.records(name):
            for identifier in referred(record, spec):
                if identifier in keys or (is_own and identifier == OWN_PROVIDER_ID):
                    continue
                if staging.sheets[name].is_stored:
                    staging.reject(name, record.row, "X006")
                    continue
                if nearest is None:
                    nearest = NearIdentifiers(keys)
                    stripped = {key.lstrip("0"): key for key in keys}
                near = stripped.get(identifier.lstrip("0"))
                if near is not None and identifier.isdigit():
                    staging.note(
                        "X003", name, record, spec.attribute, value=identifier,
                        table=target, near=near,
                    )  # fmt: skip
                else:
                    hint = nearest.find(identifier)
                    staging.note(
                        "X002", name, record, spec.attribute, value=identifier,
                        table=target, hint=hint,
                    )  # fmt: skip


_LOOK_ALIKES = str.maketrans("OoIlSZB", "0011528")
_MOST_KEYS = 5_000
_MOST_HINTS = 50
"""With more identifiers, or more faults of a column, comparing them all would take too long."""


class NearIdentifiers:
    """Finds the identifier that may be meant, for the first faults of a column."""

    def __init__(self, keys: set[str]) -> None:
        self._keys = sorted(keys)
        self._alike = {_fold(key): key for key in reversed(self._keys)}
        self._n_left = _MOST_HINTS

    def find(self, identifier: str) -> str:
        """Find the nearest identifier, as the end of a sentence, or ''.

        Letters that look like digits go before other likenesses.
        """
        near = self._alike.get(_fold(identifier))
        if near is not None:
            return f" (did you mean {near}?)"
        if len(self._keys) > _MOST_KEYS or self._n_left <= 0:
            return ""
        self._n_left -= 1
        return find_near(identifier, self._keys)


def _fold(identifier: str) -> str:
    return identifier.translate(_LOOK_ALIKES).casefold()


def other_sheet(kind: str) -> str:
    """Find which sheet the other side of a relationship stands in; '' for a route's label."""
    if kind in (APART, TOGETHER):
        return "passengers"
    return "" if kind == LockKind.PASSENGER_ON_ROUTE else "suppliers"


def check_rules(staging: Staging, all_keys: dict[str, set[str]]) -> None:
    """Note relationships whose other side stands in no sheet."""
    nearest = {
        sheet: NearIdentifiers(all_keys.get(sheet, set()))
        for sheet in ("passengers", "suppliers")
    }
    for record in staging.records("relationships"):
        target = other_sheet(record.value.kind)
        other = record.value.other_id
        keys = all_keys.get(target, set())
        if not target or other in keys or (target == "suppliers" and other == OWN_PROVIDER_ID):
            continue
        if staging.sheets["relationships"].is_stored:
            staging.reject("relationships", record.row, "X006")
            continue
        staging.note(
            "X002", "relationships", record, "other_id", value=other,
            table=target, hint=nearest[target].find(other),
        )  # fmt: skip


def note_stored(staging: Staging) -> None:
    """Note, once a sheet, stored rows left out because what they refer to is gone."""
    for name, staged in staging.sheets.items():
        count = sum("X006" in codes for codes in staged.rejected.values())
        if count:
            staging.note("X006", name, None, count=count)


def read_all_keys(staging: Staging) -> dict[str, set[str]]:
    """Read the identifiers of every sheet, those of rows that could not be read among them."""
    found: dict[str, set[str]] = {}
    for name, staged in staging.sheets.items():
        key = staged.spec.group_by or staged.spec.key
        keys = {getattr(record.value, key) for record in staged.records}
        keys |= {staged.cell(row, key) for row in staged.rejected}
        found[name] = keys - {None, ""}
    return found
