"""Who travels when: day types of the year, and the travellers of each session."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta

from data.errors import InputError, Problem, Severity
from data.inputs import Inputs
from data.passengers import Direction
from data.places import Session, Site, Week
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
    early = _find_early(inputs, on, open_ids)
    return DayType(
        day_type_id=f"{WEEKDAY_NAMES[on.weekday()]}-{week.lower()}-{label}{_name_early(early)}",
        weekday=on.weekday(),
        week=week,
        open_calendar_ids=open_ids,
        early_closings=early,
    )


def _find_early(
    inputs: Inputs, on: date, open_ids: frozenset[str]
) -> tuple[tuple[str, int], ...]:
    """Find which open sites close early on a date, and when. [s after midnight]"""
    today = {c.site_id: c.leave_from_s for c in inputs.early_closings if c.on == on}
    if not today:
        return ()
    is_open = {s.site_id for s in inputs.sites if s.calendar_id in open_ids}
    return tuple(sorted((s, at_s) for s, at_s in today.items() if s in is_open))


def _name_early(early: tuple[tuple[str, int], ...]) -> str:
    """Name what makes a day of early closings a kind of its own; nothing without any."""
    if not early:
        return ""
    told = ";".join(f"{site_id}={leave_s}" for site_id, leave_s in early)
    return f"-early-{hashlib.sha256(told.encode()).hexdigest()[:6]}"


def find_usual_day_type(day_type: DayType) -> DayType:
    """Find the day type of the same day if every site closed at its usual time."""
    if not day_type.early_closings:
        return day_type
    name = day_type.day_type_id.removesuffix(_name_early(day_type.early_closings))
    return replace(day_type, day_type_id=name, early_closings=())


def find_sites(inputs: Inputs, day_type: DayType) -> dict[str, Site]:
    """Find the sites by id, with the times at which they let passengers go on such a day.

    A site that closes early lets vehicles wait as long as it does on other days. Where it lets
    them go earlier still, that holds.
    """
    early = dict(day_type.early_closings)
    return {
        s.site_id: close_early(s, early[s.site_id])
        if early.get(s.site_id, s.leave_from_s) < s.leave_from_s
        else s
        for s in inputs.sites
    }


def close_early(site: Site, leave_from_s: int) -> Site:
    """Let a site's passengers go at another time, and vehicles wait as long as ever."""
    by_s = leave_from_s + site.leave_by_s - site.leave_from_s
    return replace(site, leave_from_s=leave_from_s, leave_by_s=by_s)


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
