"""On which dates the routes of today's plan carry anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from data.demand import find_day_type, find_travellers
from data.inputs import Inputs
from data.places import Session


def build_service_days(inputs: Inputs) -> Callable[[str, date], bool]:
    """Build the question whether anybody on a route of today's plan travels on a date.

    A route that today's plan does not name is judged by whether any site is open; a date
    without calendar data is left to the contract.
    """
    riders: dict[str, set[tuple[Session, str]]] = {}
    for row in inputs.current_routes:
        riders.setdefault(row.route_name, set()).add((row.session, row.passenger_id))
    first = min((c.first_date for c in inputs.calendars), default=None)
    last = max((c.last_date for c in inputs.calendars), default=None)
    known: dict[date, set[tuple[Session, str]] | None] = {}

    def find_travelling(on: date) -> set[tuple[Session, str]] | None:
        if on not in known:
            day_type = find_day_type(inputs, on)
            known[on] = (
                None
                if day_type is None
                else {
                    (session, t.passenger_id)
                    for session in Session
                    for t in find_travellers(inputs, day_type, session, on)
                }
            )
        return known[on]

    def is_service_day(route: str, on: date) -> bool:
        if first is None or last is None or not first <= on <= last:
            return True
        travelling = find_travelling(on)
        if travelling is None:
            return False
        return route not in riders or bool(riders[route] & travelling)

    return is_service_day
