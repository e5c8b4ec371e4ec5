"""Checks of passengers and of the rules between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from data.imports.rows_rules import APART, TOGETHER
from data.imports.staging import Record, Staging, find_first
from data.passengers import AssistantNeed, Phase, Wheelchair
from data.plans import LockKind

USUAL_AGES = {
    Phase.PRIMARY: (3, 12),
    Phase.SECONDARY: (10, 17),
    Phase.POST_16: (15, 26),
    Phase.ADULT: (17, 110),
}
"""Completed years between which nobody wonders."""

Pair = tuple[str, str]


def find_age(birth_date: date, on: date) -> int:
    """Find completed years of age on a date.

    Examples
    --------
    >>> find_age(date(2014, 5, 17), date(2026, 5, 16))
    11
    """
    is_before = (on.month, on.day) < (birth_date.month, birth_date.day)
    return on.year - birth_date.year - is_before


def check_passengers(staging: Staging, service_date: date | None) -> None:
    """Check each passenger by themselves, and whether one stands twice."""
    travellers = {record.value.passenger_id for record in staging.records("demand")}
    has_lift = _has_lift(staging)
    for record in staging.records("passengers"):
        row = record.value
        _check_needs(staging, record)
        if service_date is not None:
            _check_age(staging, record, service_date)
        if row.passenger_id not in travellers:
            staging.note("P004", "passengers", record, "passenger_id", value=row.passenger_id)
        if (row.needs_lift or row.wheelchair is Wheelchair.STAYS) and not has_lift:
            staging.note("P006", "passengers", record, "wheelchair", value=row.wheelchair.value)
    _check_same_person(staging)


def _check_needs(staging: Staging, record: Record) -> None:
    row = record.value
    if row.assistant is AssistantNeed.NONE:
        if row.needs_trained_assistant:
            staging.note("P005", "passengers", record, "needs_trained_assistant", value="yes")
        if row.assistant_id is not None:
            staging.note("P017", "passengers", record, "assistant_id", value=row.assistant_id)
    if row.walk_limit_m > 0 and row.must_be_received:
        staging.note("P007", "passengers", record, "walk_limit_m", value=row.walk_limit_m)
    if row.wheelchair is Wheelchair.STAYS and row.n_seats > 1:
        staging.note("P016", "passengers", record, "n_seats", value=row.n_seats)


def _check_age(staging: Staging, record: Record, on: date) -> None:
    row = record.value
    if row.birth_date > on:
        staging.note("P002", "passengers", record, "birth_date", value=row.birth_date)
        return
    age = find_age(row.birth_date, on)
    youngest, oldest = USUAL_AGES[row.phase]
    if not youngest <= age <= oldest:
        staging.note(
            "P003", "passengers", record, "birth_date",
            value=row.birth_date, age=age, phase=row.phase.value,
        )  # fmt: skip


def _check_same_person(staging: Staging) -> None:
    """Ask about rows of one name and birth date; twins have two names and raise no question."""

    def person(row: Any) -> tuple[str, date] | None:
        name = " ".join(sorted(row.name.replace(",", " ").casefold().split()))
        return (name, row.birth_date) if name else None

    for same in find_first(staging.records("passengers"), person).values():
        for record in same[1:]:
            staging.note(
                "P001", "passengers", record, "name",
                value=record.value.name,
                other=same[0].value.passenger_id,
                first=same[0].row,
            )  # fmt: skip


def _has_lift(staging: Staging) -> bool:
    with_lift = {
        record.value.vehicle_type_id
        for record in staging.records("vehicle_types")
        if record.value.has_lift
        and any(layout.n_wheelchair_spaces for layout in record.value.layouts)
    }
    offered = {record.value.vehicle_type_id for record in staging.records("vehicles")}
    offered |= {
        record.value.vehicle_type_id
        for record in staging.records("supplier_vehicles")
        if record.value.n_vehicles > 0
    }
    return bool(with_lift & offered)


def read_pairs(
    staging: Staging, kind: str, *, is_accepted: bool = False
) -> dict[Pair, tuple[str, Record]]:
    """Read the pairs of passengers under a rule, each with where it is said first.

    Parameters
    ----------
    is_accepted
        Only what accepted rows say.
    """
    read = staging.accepted if is_accepted else staging.records
    found: dict[Pair, tuple[str, Record]] = {}
    for first, second, sheet, record in _stated(read, kind):
        pair = (min(first, second), max(first, second))
        found.setdefault(pair, (sheet, record))
    return found


def _stated(
    read: Callable[[str], list[Record]], kind: str
) -> Iterator[tuple[str, str, str, Record]]:
    for record in read("relationships"):
        if record.value.kind == kind:
            yield record.value.passenger_id, record.value.other_id, "relationships", record
    attribute = "apart_from" if kind == APART else "together_with"
    for record in read("passengers"):
        for other in sorted(getattr(record.value, attribute)):
            yield record.value.passenger_id, other, "passengers", record


def check_relationships(staging: Staging, *, is_mixing: bool) -> None:
    """Check the rules between passengers, and locks, for contradictions."""
    _check_statements(staging)
    people = {record.value.passenger_id: record for record in staging.records("passengers")}
    apart, together = read_pairs(staging, APART), read_pairs(staging, TOGETHER)
    groups = _find_groups(together, people)
    for (first, second), (sheet, record) in apart.items():
        if first in people and second in people and groups[first] == groups[second]:
            staging.note("P009", sheet, record, first=first, second=second)
    for (first, second), (sheet, record) in together.items():
        if first not in people or second not in people:
            continue
        phases = {people[first].value.phase, people[second].value.phase}
        if Phase.ADULT in phases and len(phases) > 1 and not is_mixing:
            staging.note("P013", sheet, record, other=f"{first}, {second}")
    _check_alone(staging, people, groups)
    _check_locks(staging, people)


def _check_statements(staging: Staging) -> None:
    """Note rules with oneself, rules stated twice, and rules that one side only states."""
    seen: dict[tuple[Any, ...], int] = {}
    for record in staging.records("relationships"):
        row = record.value
        if row.kind in (APART, TOGETHER):
            if row.passenger_id == row.other_id:
                staging.note("P008", "relationships", record, "other_id", value=row.other_id)
                continue
            ends: tuple[str, ...] = tuple(sorted((row.passenger_id, row.other_id)))
        else:
            ends = (row.passenger_id, row.other_id)
        key = (row.kind, ends, row.session)
        if key in seen:
            staging.note("P012", "relationships", record, first=seen[key])
        seen.setdefault(key, record.row)
    people = {record.value.passenger_id: record for record in staging.records("passengers")}
    for kind, attribute in ((APART, "apart_from"), (TOGETHER, "together_with")):
        rows = {
            tuple(sorted((r.value.passenger_id, r.value.other_id)))
            for r in staging.records("relationships")
            if r.value.kind == kind
        }
        for identifier, record in people.items():
            for other in sorted(getattr(record.value, attribute)):
                if other == identifier:
                    staging.note("P008", "passengers", record, attribute, value=other)
                elif other in people:
                    mirror = getattr(people[other].value, attribute)
                    is_told = tuple(sorted((identifier, other))) in rows
                    if identifier not in mirror and not is_told:
                        staging.note(
                            "P010", "passengers", record, attribute, value=other, other=other
                        )


def _find_groups(together: dict[Pair, Any], people: dict[str, Record]) -> dict[str, str]:
    """Find who rides with whom through any chain of companions and named assistants."""
    parent = {identifier: identifier for identifier in people}

    def root(identifier: str) -> str:
        while parent[identifier] != identifier:
            parent[identifier] = parent[parent[identifier]]
            identifier = parent[identifier]
        return identifier

    links = [pair for pair in together if pair[0] in parent and pair[1] in parent]
    by_assistant: dict[str, str] = {}
    for identifier, record in people.items():
        assistant = record.value.assistant_id
        if assistant is not None:
            links.append((identifier, by_assistant.setdefault(assistant, identifier)))
    for first, second in links:
        parent[root(first)] = root(second)
    return {identifier: root(identifier) for identifier in people}


def _check_alone(staging: Staging, people: dict[str, Record], groups: dict[str, str]) -> None:
    members: dict[str, list[str]] = {}
    for identifier, group in groups.items():
        members.setdefault(group, []).append(identifier)
    for identifier, record in people.items():
        others = [other for other in members[groups[identifier]] if other != identifier]
        if record.value.travels_alone and others:
            staging.note(
                "P011", "passengers", record, "travels_alone", value="yes", other=others[0]
            )


def _check_locks(staging: Staging, people: dict[str, Record]) -> None:
    barred: dict[str, set[str]] = {
        identifier: set(record.value.barred_suppliers) for identifier, record in people.items()
    }
    locks = staging.records("relationships")
    for record in locks:
        if record.value.kind == LockKind.PASSENGER_NOT_WITH_SUPPLIER:
            barred.setdefault(record.value.passenger_id, set()).add(record.value.other_id)
    pinned: dict[tuple[str, Any], Record] = {}
    named: dict[str, Record] = {}
    for record in locks:
        row = record.value
        if row.lock_id is not None:
            if row.lock_id in named:
                staging.note(
                    "X001", "relationships", record, "lock_id",
                    value=row.lock_id, first=named[row.lock_id].row,
                )  # fmt: skip
            named.setdefault(row.lock_id, record)
        if row.kind != LockKind.PASSENGER_ON_SUPPLIER:
            continue
        if row.other_id in barred.get(row.passenger_id, ()):
            staging.note(
                "P014", "relationships", record, "other_id",
                value=row.other_id, other=row.other_id,
            )  # fmt: skip
        other = pinned.setdefault((row.passenger_id, row.session), record)
        if other.value.other_id != row.other_id:
            staging.note(
                "P015", "relationships", record, "other_id",
                value=row.other_id, other=other.value.other_id,
            )  # fmt: skip
