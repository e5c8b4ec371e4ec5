"""Checks of today's plan: one route a session a passenger, one supplier a route."""

from __future__ import annotations

from data.imports.checks_demand import find_legs
from data.imports.staging import Staging, find_first, show
from data.passengers import Direction
from data.places import Session, SiteKind

_ROUTE = (
    ("provider_id", "provider_id"),
    ("vehicle_type_id", "vehicle_type_id"),
    ("price_pence_per_day", "price_pounds_per_day"),
)


def check_baseline(staging: Staging) -> None:
    """Check the rows of today's plan against one another and the demand."""
    records = staging.records("current_plan")
    for same in find_first(records, lambda row: (row.passenger_id, row.session)).values():
        for record in same[1:]:
            if record.value.route_name == same[0].value.route_name:
                continue
            staging.note(
                "B001", "current_plan", record, "passenger_id",
                value=record.value.passenger_id, first=same[0].row,
            )  # fmt: skip
    _check_routes(staging)
    travelling = _find_sessions(staging)
    for record in staging.records("current_plan"):
        if (record.value.passenger_id, record.value.session) not in travelling:
            staging.note(
                "B003", "current_plan", record, "passenger_id", value=record.value.passenger_id
            )


def _check_routes(staging: Staging) -> None:
    routes = find_first(
        staging.records("current_plan"), lambda row: (row.route_name, row.session)
    )
    for records in routes.values():
        for attribute, heading in _ROUTE:
            given = [r for r in records if getattr(r.value, attribute) is not None]
            for record in given[1:]:
                value = getattr(record.value, attribute)
                if value != getattr(given[0].value, attribute):
                    staging.note(
                        "B002", "current_plan", record, attribute,
                        value=show(record, attribute), heading=heading, first=given[0].row,
                    )  # fmt: skip
        for same in find_first(records, lambda row: row.sequence).values():
            for record in same[1:]:
                staging.note(
                    "B004", "current_plan", record, "sequence",
                    value=record.value.sequence, first=same[0].row,
                )  # fmt: skip


def _find_sessions(staging: Staging) -> set[tuple[str, Session]]:
    """Find who travels in which session on any day."""
    kinds = {r.value.site_id: r.value.kind for r in staging.records("sites")}
    found = set()
    for leg in find_legs(staging.records("demand")):
        is_day = kinds.get(leg.record.value.site_id) is SiteKind.DAY_CENTRE
        if leg.direction is Direction.OUT:
            session = Session.DAY_OUT if is_day else Session.AM
        else:
            session = Session.DAY_HOME if is_day else Session.PM
        found.add((leg.record.value.passenger_id, session))
    return found
