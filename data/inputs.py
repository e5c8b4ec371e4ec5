"""All that a plan is made from, as one frozen value."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, cast, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from data.fleet import Crew, Supplier, Vehicle, VehicleType
from data.money import Assumption, OwnCosts, RateCard
from data.passengers import Demand, Passenger
from data.places import (
    Calendar,
    Depot,
    EarlyClosing,
    Gate,
    Home,
    Nation,
    PickUpPoint,
    Place,
    Site,
)
from data.plans import CurrentRoute, Lock
from data.policy import Policy
from data.units import LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """People, places, fleet, suppliers, rates, calendars and policy of one council.

    Attributes
    ----------
    place
        Name of the working place, e.g. ``southend``.
    service_date
        The date a single-day plan shows.
    year_from, year_to
        First and last date of the year a year's cost sums over.
    is_synthetic
        Whether the people are made up; shown on every output.
    early_closings
        Dates on which a site closes early; such a date is a kind of day of its own.
    nation
        Whose bank holidays hold.
    """

    place: str
    title: str
    service_date: date
    year_from: date
    year_to: date
    places: tuple[Place, ...]
    passengers: tuple[Passenger, ...]
    homes: tuple[Home, ...]
    demands: tuple[Demand, ...]
    sites: tuple[Site, ...]
    calendars: tuple[Calendar, ...]
    depots: tuple[Depot, ...]
    vehicle_types: tuple[VehicleType, ...]
    vehicles: tuple[Vehicle, ...]
    crews: tuple[Crew, ...]
    suppliers: tuple[Supplier, ...]
    rate_cards: tuple[RateCard, ...]
    own_costs: OwnCosts
    policy: Policy = field(default_factory=Policy)
    pick_up_points: tuple[PickUpPoint, ...] = ()
    locks: tuple[Lock, ...] = ()
    current_routes: tuple[CurrentRoute, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    is_synthetic: bool = False
    attribution: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = field(default=(), metadata=LATE)
    early_closings: tuple[EarlyClosing, ...] = field(default=(), metadata=LATE)
    nation: Nation = field(default=Nation.ENGLAND, metadata=LATE)


_PLAIN = (str, int, float, bool, bytes, date, datetime, Enum, type(None))
"""Types that hold nothing else."""


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", kind))


def write_document(value: Any) -> bytes:
    """Write any domain value as canonical JSON: equal values give equal bytes.

    Sets are sorted and keys keep their field order, so the bytes can be fingerprinted. A field
    marked `data.units.LATE` is left out while it has its default.
    """
    import json

    plain = _adapter(cast("Hashable", type(value))).dump_python(value, mode="json")
    return json.dumps(_settle(value, plain), ensure_ascii=False, separators=(",", ":")).encode()


def _settle(value: Any, plain: Any) -> Any:
    """Sort the lists in `plain` that stand for sets; leave late fields at their default out."""
    if is_dataclass(value):
        # Only what may hold a set is looked into: a run holds a hundred thousand records.
        names, late = _find_looked_into(cast("Hashable", type(value)))
        changed = plain | {n: _settle(getattr(value, n), plain[n]) for n in names}
        for name, default in late:
            if getattr(value, name) == default:
                del changed[name]
        return changed
    if isinstance(value, (set, frozenset)):
        return sorted(plain)
    if isinstance(value, (tuple, list)):
        return [_settle(v, p) for v, p in zip(value, plain, strict=True)]
    return plain


@cache
def _find_looked_into(kind: Any) -> tuple[tuple[str, ...], tuple[tuple[str, Any], ...]]:
    """Find the fields of a dataclass that are looked into: for sets and for late fields.

    Returns
    -------
    The fields that may hold either, however deep; the dataclass's own late fields with their
    defaults.
    """
    hints = get_type_hints(kind)
    return (
        tuple(f.name for f in fields(kind) if _may_hold_more(hints[f.name], frozenset({kind}))),
        tuple((f.name, f.default) for f in fields(kind) if f.metadata.get("is_late")),
    )


def _may_hold_more(hint: Any, above: frozenset[Any]) -> bool:
    """Say whether a value may hold a set or a late field; a type in itself adds nothing new."""
    if is_dataclass(hint):
        if hint in above:
            return False
        if any(f.metadata.get("is_late") for f in fields(hint)):
            return True
        hints = get_type_hints(hint)
        return any(_may_hold_more(hints[f.name], above | {hint}) for f in fields(hint))
    parts = get_args(hint)
    if parts and get_origin(hint) not in (set, frozenset):
        return any(_may_hold_more(part, above) for part in parts if part is not ...)
    return not (isinstance(hint, type) and issubclass(hint, _PLAIN))


def read_document(kind: type, document: bytes) -> Any:
    """Read a domain value of type `kind` back from `write_document`.

    Raises
    ------
    pydantic.ValidationError
        If the document does not fit the type; callers turn it into an InputError.
    """
    return _adapter(cast("Hashable", kind)).validate_json(document)


def fingerprint(value: Any) -> str:
    """Fingerprint a domain value: SHA-256 of its canonical JSON, 64 hex digits."""
    return hashlib.sha256(write_document(value)).hexdigest()
