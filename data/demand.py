"""Who travels when: day types of the year, and the travellers of each session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from data.errors import InputError, Problem, Severity
from data.inputs import Inputs
from data.passengers import Direction
from data.places import Session, Week
from data.plans import DayType

WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Traveller:
    """A passenger who travels in a session, between this home and this site."""

    passenger_id: str
    site_id: str
    home_id: str
    session: Session


def find_day_type(inputs: Inputs, on: date) -> DayType | None:
    """Find the day type of a date, or None when no site is open.

    Raises
    ------
    InputError
        If a calendar in use has no data for the date: it is never taken for a school day.
    """
    used = {site.calendar_id for site in inputs.sites}
    calendars = [c for c in inputs.calendars if c.calendar_id in used]
    missing = [c for c in calendars if not c.first_date <= on <= c.last_date]
    if missing:
        raise InputError(
            [
                Problem(
                    code="C010",
                    severity=Severity.ERROR,
                    sheet="calendars",
                    value=on.isoformat(),
                    cause=f"calendar {c.calendar_id} has no data for {on.isoformat()}.",
                    suggestion="Extend the calendar to the date before planning it.",
                )
                for c in missing
            ]
        )
    open_ids = frozenset(c.calendar_id for c in calendars if on in c.open_dates)
    if not open_ids:
        return None
    is_b = any(on in c.week_b_dates for c in calendars)
    week = Week.B if is_b else Week.A
    label = "+".join(sorted(open_ids))
    return DayType(
        day_type_id=f"{WEEKDAY_NAMES[on.weekday()]}-{week.lower()}-{label}",
        weekday=on.weekday(),
        week=week,
        open_calendar_ids=open_ids,
    )


def find_day_types(inputs: Inputs) -> tuple[tuple[DayType, ...], dict[date, str]]:
    """Find every day type of the year and the day type of every date with service.

    Returns
    -------
    day_types, dates
        Day types sorted by id; the day type id of each date from ``year_from`` to ``year_to``
        on which a site is open.

    Raises
    ------
    InputError
        If any date has no calendar data.
    """
    found: dict[str, DayType] = {}
    dates: dict[date, str] = {}
    on = inputs.year_from
    while on <= inputs.year_to:
        day_type = find_day_type(inputs, on)
        if day_type is not None:
            found[day_type.day_type_id] = day_type
            dates[on] = day_type.day_type_id
        on += timedelta(days=1)
    return tuple(found[key] for key in sorted(found)), dates


def find_travellers(
    inputs: Inputs, day_type: DayType, session: Session, on: date | None = None
) -> tuple[Traveller, ...]:
    """Find who travels in a session of a day type, sorted by passenger id.

    Parameters
    ----------
    on
        Date on which a demand must be in force; the inputs' service date by default, so that a
        standing plan holds for the demand of one date.
    """
    when = on or inputs.service_date
    sites = {site.site_id: site for site in inputs.sites}
    direction = Direction.HOME if session.is_homeward else Direction.OUT
    is_day = session in (Session.DAY_OUT, Session.DAY_HOME)
    return tuple(
        Traveller(
            passenger_id=d.passenger_id, site_id=d.site_id, home_id=d.home_id, session=session
        )
        for d in sorted(inputs.demands, key=lambda d: (d.passenger_id, d.demand_id))
        if d.direction is direction
        and sites[d.site_id].is_day_service is is_day
        and sites[d.site_id].calendar_id in day_type.open_calendar_ids
        and day_type.weekday in d.weekdays
        and day_type.week in d.weeks
        and (d.starts_on is None or d.starts_on <= when)
        and (d.ends_on is None or when <= d.ends_on)
    )
