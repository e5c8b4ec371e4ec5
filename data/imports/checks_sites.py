"""Checks of sites, homes, depots and calendars; calendars put together from their rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from data.imports.staging import Record, Staging, find_first
from data.places import Calendar, Nation
from data.units import format_time
from data.working_days import find_bank_holidays

LONGEST_DAYS = 3_700
"""Longest stretch of a calendar row, about ten years, so that a slip cannot fill the memory."""


def check_windows(staging: Staging) -> None:
    """Check that times follow each other at sites, homes, depots and in crews' days."""
    for record in staging.records("sites"):
        row = record.value
        for earlier, later in (("arrive_from", "arrive_by"), ("leave_from", "leave_by")):
            _check_order(staging, "sites", record, earlier, later, code="E001")
            if getattr(row, f"{earlier}_s") == getattr(row, f"{later}_s"):
                staging.note(
                    "E003", "sites", record, f"{later}_s", earlier=earlier, later=later
                )
        if row.leave_by_s <= row.arrive_from_s or row.leave_from_s < row.arrive_from_s:
            staging.note("E002", "sites", record, "leave_from_s")
    for record in staging.records("homes"):
        row = record.value
        if row.received_from_s is not None and row.received_by_s is not None:
            _check_order(staging, "homes", record, "received_from", "received_by", code="E001")
    for sheet, earlier, later in (("depots", "opens", "closes"), ("crews", "from", "to")):
        for record in staging.records(sheet):
            _check_order(staging, sheet, record, earlier, later, code="T011")


def _check_order(
    staging: Staging, sheet: str, record: Record, earlier: str, later: str, *, code: str
) -> None:
    first = getattr(record.value, f"{earlier}_s")
    last = getattr(record.value, f"{later}_s")
    if last < first or (code == "T011" and last == first):
        staging.note(code, sheet, record, f"{later}_s", earlier=earlier, later=later)


def _dates(row: Any) -> Iterator[date]:
    """Dates a calendar row counts."""
    last = row.to_date or row.from_date
    days = row.weekdays
    if days is None:
        days = frozenset(range(5)) if row.kind == "open" else frozenset(range(7))
        if row.to_date is None:
            days = frozenset(range(7))
    day = row.from_date
    while day <= last:
        if day.weekday() in days:
            yield day
        day += timedelta(days=1)


def build_calendars(
    staging: Staging, year: tuple[date, date] | None, nation: Nation
) -> dict[str, Calendar]:
    """Put calendars together from their rows, noting what does not fit.

    Returns
    -------
    Calendars by id, in the order of their first row; those with an error are left out.
    """
    found = {}
    used = {record.value.calendar_id for record in staging.records("sites")}
    for identifier, records in find_first(
        staging.records("calendars"), lambda row: row.calendar_id
    ).items():
        calendar = _build_calendar(staging, identifier, records, nation)
        if calendar is None:
            continue
        found[identifier] = calendar
        if year and identifier in used:
            _check_year(staging, records[0], calendar, year)
    _check_weeks(staging, found)
    return found


def _build_calendar(
    staging: Staging, identifier: str, records: list[Record], nation: Nation
) -> Calendar | None:
    ranges: list[Record] = []
    names: list[Record] = []
    is_good = True
    for record in records:
        row = record.value
        last = row.to_date or row.from_date
        if last < row.from_date or (last - row.from_date).days > LONGEST_DAYS:
            staging.note("K003", "calendars", record, "to_date", value=row.to_date)
            is_good = False
        if row.kind == "range":
            if ranges:
                staging.note("K006", "calendars", record, "kind", first=ranges[0].row)
                is_good = False
            ranges.append(record)
        if row.name:
            if names and names[0].value.name != row.name:
                staging.note("K009", "calendars", record, "name", first=names[0].row)
            names.append(record)
    if not is_good:
        return None
    days = {
        kind: {d for r in records if r.value.kind == kind for d in _dates(r.value)}
        for kind in ("open", "closed", "week_b")
    }
    if ranges:
        first = ranges[0].value.from_date
        last = ranges[0].value.to_date or first
        if not _check_range(staging, records, first, last):
            return None
    else:
        first = min(record.value.from_date for record in records)
        last = max(record.value.to_date or record.value.from_date for record in records)
        staging.note(
            "K001",
            "calendars",
            records[0],
            "kind",
            first=first.isoformat(),
            last=last.isoformat(),
        )
    open_dates = frozenset(days["open"] - days["closed"])
    holidays = sorted(
        d for d in open_dates if d.weekday() < 5 and d in find_bank_holidays(d.year, nation)
    )
    if holidays:
        staging.note(
            "K010", "calendars", records[0], "calendar_id",
            value=identifier,
            nation=nation.label,
            dates=", ".join(d.isoformat() for d in holidays[:5])
            + (f" and {len(holidays) - 5} more" if len(holidays) > 5 else ""),
        )  # fmt: skip
    if not open_dates:
        staging.note("K005", "calendars", records[0], "calendar_id", value=identifier)
    return Calendar(
        calendar_id=identifier,
        name=names[0].value.name if names else "",
        first_date=first,
        last_date=last,
        open_dates=open_dates,
        week_b_dates=frozenset(days["week_b"]),
    )


def _check_range(staging: Staging, records: list[Record], first: date, last: date) -> bool:
    is_good = True
    for record in records:
        row = record.value
        if row.kind == "open" and any(not first <= day <= last for day in _dates(row)):
            staging.note("K002", "calendars", record, "from_date", value=row.from_date)
            is_good = False
    return is_good


def _check_year(
    staging: Staging, record: Record, calendar: Calendar, year: tuple[date, date]
) -> None:
    if calendar.first_date > year[0] or calendar.last_date < year[1]:
        staging.note(
            "K004", "calendars", record, "calendar_id",
            value=calendar.calendar_id,
            first=calendar.first_date.isoformat(),
            last=calendar.last_date.isoformat(),
            from_date=year[0].isoformat(),
            to_date=year[1].isoformat(),
        )  # fmt: skip


def _check_weeks(staging: Staging, calendars: dict[str, Calendar]) -> None:
    """Warn where two calendars with weeks B disagree on a date that both are open."""
    with_weeks = [calendar for calendar in calendars.values() if calendar.week_b_dates]
    for at, calendar in enumerate(with_weeks):
        for other in with_weeks[:at]:
            both = calendar.open_dates & other.open_dates
            differ = (calendar.week_b_dates ^ other.week_b_dates) & both
            if differ:
                staging.note(
                    "K007", "calendars", None, "calendar_id",
                    value=calendar.calendar_id,
                    first=other.calendar_id,
                    second=calendar.calendar_id,
                    date=min(differ).isoformat(),
                )  # fmt: skip


def check_early_closings(staging: Staging, calendars: dict[str, Calendar]) -> None:
    """Check that sites that close early are open that day, and do close before their time."""
    sites = {record.value.site_id: record.value for record in staging.records("sites")}
    first_rows: dict[tuple[str, date], int] = {}
    for record in staging.records("early_closings"):
        row = record.value
        first = first_rows.setdefault((row.site_id, row.on), record.row)
        if first != record.row:
            staging.note("K013", "early_closings", record, "on", value=row.on, first=first)
            continue
        site = sites.get(row.site_id)
        if site is None:
            continue
        if not site.arrive_by_s < row.leave_from_s < site.leave_from_s:
            staging.note(
                "K012", "early_closings", record, "leave_from_s",
                value=format_time(row.leave_from_s),
                earliest=format_time(site.arrive_by_s),
                usual=format_time(site.leave_from_s),
            )  # fmt: skip
        calendar = calendars.get(site.calendar_id)
        if calendar is not None and row.on not in calendar.open_dates:
            staging.note(
                "K011", "early_closings", record, "on",
                value=row.on, calendar=site.calendar_id,
            )  # fmt: skip


def check_service_date(
    staging: Staging, calendars: dict[str, Calendar], service_date: date | None
) -> None:
    """Warn if no site is open on the service date."""
    used = {record.value.calendar_id for record in staging.records("sites")}
    if service_date is None or not used:
        return
    if not any(
        service_date in calendar.open_dates
        for identifier, calendar in calendars.items()
        if identifier in used
    ):
        staging.note(
            "K008", "settings", None, "value",
            value=service_date.isoformat(), date=service_date.isoformat(),
        )  # fmt: skip
