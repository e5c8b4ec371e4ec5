"""Checks of journeys: one at a time, from one's own home, to an open site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from data.imports.cells import DAY_NAMES
from data.imports.staging import Record, Staging, find_first
from data.passengers import Direction, Phase
from data.places import Calendar, SiteKind, Week


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One direction of a demand row."""

    record: Record
    direction: Direction

    @property
    def days(self) -> frozenset[int]:
        """Weekdays, 0 is Monday."""
        days: frozenset[int] = self.record.value.weekdays
        return days


def find_legs(records: Iterable[Record]) -> list[Leg]:
    """Find the directions of each row: one, or two for ``both``."""
    legs: list[Leg] = []
    for record in records:
        named = record.value.direction
        directions: tuple[Direction, ...] = (
            tuple(Direction) if named == "both" else (Direction(named),)
        )
        legs.extend(Leg(record=record, direction=direction) for direction in directions)
    return legs


def check_demand(
    staging: Staging,
    calendars: dict[str, Calendar],
    year: tuple[date, date] | None,
) -> None:
    """Check journeys against homes, sites, calendars and one another."""
    _check_homes(staging)
    for record in staging.records("demand"):
        row = record.value
        if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
            staging.note("D004", "demand", record, "ends_on", value=row.ends_on)
        elif year and (
            (row.starts_on and row.starts_on > year[1])
            or (row.ends_on and row.ends_on < year[0])
        ):
            staging.note("D005", "demand", record, "starts_on", value=row.starts_on)
    by_passenger = find_first(staging.records("demand"), lambda row: row.passenger_id)
    for records in by_passenger.values():
        legs = find_legs(records)
        _check_overlaps(staging, legs)
        _check_ways(staging, legs)
    _check_sites(staging, calendars)


def _check_homes(staging: Staging) -> None:
    homes = {record.value.home_id: record.value for record in staging.records("homes")}
    counts: dict[str, int] = {}
    for home in homes.values():
        counts[home.passenger_id] = counts.get(home.passenger_id, 0) + 1
    for record in staging.records("demand"):
        row = record.value
        if row.home_id is None:
            count = counts.get(row.passenger_id, 0)
            if count != 1:
                staging.note("D003", "demand", record, "home_id", count=count)
        elif row.home_id in homes and homes[row.home_id].passenger_id != row.passenger_id:
            staging.note(
                "D002", "demand", record, "home_id",
                value=row.home_id, other=homes[row.home_id].passenger_id,
            )  # fmt: skip


def _name_days(days: Iterable[int]) -> str:
    return " ".join(DAY_NAMES[day] for day in sorted(days))


def _check_overlaps(staging: Staging, legs: list[Leg]) -> None:
    """Note journeys of one passenger and direction that meet on a day; both are rejected."""
    for at, leg in enumerate(legs):
        for other in legs[:at]:
            if leg.direction is not other.direction or leg.record.row == other.record.row:
                continue
            days = leg.days & other.days
            ours, theirs = leg.record.value, other.record.value
            if not days or not ours.weeks & theirs.weeks or not _meet(ours, theirs):
                continue
            staging.note(
                "D001", "demand", leg.record, "weekdays",
                value=_name_days(ours.weekdays), first=other.record.row,
                direction=leg.direction.value, days=_name_days(days),
            )  # fmt: skip
            staging.reject("demand", other.record.row, "D001")


def _meet(ours: object, theirs: object) -> bool:
    """Tell whether two rows' dates meet; blank ends are open."""
    ends = []
    for row in (ours, theirs):
        start: date | None = getattr(row, "starts_on")  # noqa: B009
        end: date | None = getattr(row, "ends_on")  # noqa: B009
        ends.append((start or date.min, end or date.max))
    return max(ends[0][0], ends[1][0]) <= min(ends[0][1], ends[1][1])


def _check_ways(staging: Staging, legs: list[Leg]) -> None:
    """Ask about weekdays on which a passenger travels one way only, once a passenger."""
    days: dict[Direction, set[int]] = {direction: set() for direction in Direction}
    for leg in legs:
        days[leg.direction] |= leg.days
    for direction in Direction:
        other = Direction.HOME if direction is Direction.OUT else Direction.OUT
        alone = days[direction] - days[other]
        if alone:
            record = next(leg.record for leg in legs if leg.direction is direction)
            staging.note(
                "D006", "demand", record, "direction",
                value=direction.value, direction=direction.value, days=_name_days(alone),
            )  # fmt: skip
            return


_CHILD_SITES = frozenset(
    {SiteKind.SCHOOL, SiteKind.SPECIAL_SCHOOL, SiteKind.ALTERNATIVE_PROVISION}
)


def _check_sites(staging: Staging, calendars: dict[str, Calendar]) -> None:
    sites = {record.value.site_id: record for record in staging.records("sites")}
    phases = {r.value.passenger_id: r.value.phase for r in staging.records("passengers")}
    open_days = {
        calendar_id: {day.weekday() for day in calendar.open_dates}
        for calendar_id, calendar in calendars.items()
    }
    loads: dict[tuple[str, int, Week], set[str]] = {}
    for leg in find_legs(staging.records("demand")):
        row = leg.record.value
        site = sites.get(row.site_id)
        if site is None:
            continue
        if leg.direction is Direction.OUT:
            for day in row.weekdays:
                for week in row.weeks:
                    loads.setdefault((row.site_id, day, week), set()).add(row.passenger_id)
        if leg.direction is Direction.HOME and row.direction == "both":
            continue
        days = open_days.get(site.value.calendar_id)
        closed = row.weekdays - days if days else frozenset()
        if closed:
            staging.note(
                "D007", "demand", leg.record, "weekdays",
                value=_name_days(row.weekdays), days=_name_days(closed),
            )  # fmt: skip
        phase = phases.get(row.passenger_id)
        is_odd = (phase is Phase.ADULT and site.value.kind in _CHILD_SITES) or (
            phase in (Phase.PRIMARY, Phase.SECONDARY) and site.value.kind is SiteKind.DAY_CENTRE
        )
        if phase is not None and is_odd:
            staging.note(
                "D009", "demand", leg.record, "site_id",
                value=row.site_id, phase=phase.value, kind=site.value.kind.replace("_", " "),
            )  # fmt: skip
    _check_loads(staging, sites, loads)


def _check_loads(
    staging: Staging,
    sites: dict[str, Record],
    loads: dict[tuple[str, int, Week], set[str]],
) -> None:
    """Warn of a site's fullest day, once a site."""
    worst: dict[str, tuple[int, int, Week]] = {}
    for (site_id, day, week), people in sorted(loads.items()):
        if len(people) > worst.get(site_id, (0, 0, week))[0]:
            worst[site_id] = (len(people), day, week)
    for site_id, (count, day, week) in worst.items():
        places = sites[site_id].value.n_places
        if places is not None and count > places:
            staging.note(
                "D008", "sites", sites[site_id], "n_places",
                value=places, day=DAY_NAMES[day], week=week.value, count=count, places=places,
            )  # fmt: skip
