"""GTFS feeds: the published timetables of buses and trains, read into one `PublicTimetable`.

Every fault of a feed is reported at once (codes Z001 to Z010) and nothing is used of a faulty
one. Reference: General Transit Feed Specification, Schedule, revised 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from data.sources.gtfs_calls import Calls, read_calls, read_repeats
from data.sources.gtfs_tables import Faults, check_known, check_once, parse_column, read_tables
from data.timetables import Mode, PublicTimetable

if TYPE_CHECKING:
    import pandas as pd

MAX_DATES = 1_500
"""Longest span of dates that is kept; a feed of more is cut there, and says so."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MODES = {0: Mode.TRAM, 1: Mode.METRO, 2: Mode.RAIL, 3: Mode.BUS, 4: Mode.FERRY, 5: Mode.TRAM,
          11: Mode.BUS, 12: Mode.METRO}  # fmt: skip
_HUNDREDS = {1: Mode.RAIL, 2: Mode.COACH, 4: Mode.METRO, 7: Mode.BUS, 8: Mode.BUS,
             9: Mode.TRAM, 10: Mode.FERRY, 12: Mode.FERRY}  # fmt: skip
_BRITAIN_LON, _BRITAIN_LAT = (-9.0, 2.5), (49.5, 61.5)


def read_gtfs(
    path: Path, *, name: str = "", attribution: Sequence[str] = (), is_synthetic: bool = False
) -> PublicTimetable:
    """Read a GTFS feed.

    Parameters
    ----------
    name
        Of the place it is for.
    attribution
        Lines its licence asks to be shown.
    is_synthetic
        Whether the feed was made up.

    Raises
    ------
    InputError
        With every fault: Z001 not a feed, Z002 a file and Z003 a column missing, Z004 a value,
        Z005 an identifier twice, Z006 a reference to nothing, Z007 times that go backwards,
        Z008 a stop outside Great Britain, Z009 a trip of fewer than two calls, Z010 no trip on
        any date.
    """
    faults = Faults(path.name)
    tables = read_tables(path, faults)
    notes: list[str] = []
    stops = _read_stops(tables["stops.txt"], faults)
    lines = _read_lines(tables["routes.txt"], faults)
    services = _read_services(tables, faults, notes)
    trips = tables["trips.txt"]
    check_once(trips, "trips.txt", "trip_id", faults)
    check_known(trips, "trips.txt", "route_id", lines.ids, "routes.txt", faults)
    check_known(trips, "trips.txt", "service_id", services.ids, "the calendars", faults)
    calls = read_calls(tables["stop_times.txt"], trips, stops.ids, faults, notes)
    repeats = read_repeats(tables.get("frequencies.txt"), trips, faults)
    faults.raise_any()
    made = _assemble(trips, calls, repeats, stops, lines, services, notes)
    if not services.runs[made["trip_service"]].any():
        cause = "No trip runs on any date."
        faults.add("Z010", "trips.txt", cause, "Ask the publisher for a feed in force.")
    faults.raise_any()
    source = _find_source(tables, path.name)
    return PublicTimetable(
        name=name,
        source=source,
        is_synthetic=is_synthetic,
        first_date=services.first_date,
        line_ids=tuple(lines.ids),
        line_names=tuple(lines.names),
        line_modes=tuple(lines.modes),
        service_runs=services.runs,
        attribution=tuple(attribution) or (f"Timetable: {source}",),
        notes=tuple(notes),
        **made,
    )


@dataclass(frozen=True, kw_only=True)
class _Stops:
    ids: list[str]
    names: list[str]
    easting_m: Any
    northing_m: Any


@dataclass(frozen=True, kw_only=True)
class _Lines:
    ids: list[str]
    names: list[str]
    modes: list[Mode]


@dataclass(frozen=True, kw_only=True)
class _Services:
    ids: list[str]
    first_date: date
    runs: Any


def _read_stops(table: pd.DataFrame, faults: Faults) -> _Stops:
    from convertbng.cutil import convert_bng

    file = "stops.txt"
    check_once(table, file, "stop_id", faults)
    kinds = table["location_type"] if "location_type" in table else table["stop_id"].str[:0]
    # Only what vehicles call at must have a position: entrances and nodes need none.
    table = table[kinds.isin(["", "0", "1"])]
    wanted = "degrees with a point, e.g. 51.5841"
    lat = parse_column(table, file, "stop_lat", float, faults, wanted=wanted)
    lon = parse_column(table, file, "stop_lon", float, faults, wanted=wanted)
    rows = table.index.tolist()
    for row, x, y in zip(rows, lon, lat, strict=True):
        if x is None or y is None:
            continue
        is_in = _BRITAIN_LON[0] <= x <= _BRITAIN_LON[1]
        if not (is_in and _BRITAIN_LAT[0] <= y <= _BRITAIN_LAT[1]):
            cause = "The stop lies outside Great Britain."
            faults.add("Z008", file, cause, "Check that the two are not swapped.",
                       row=row + 2, column="stop_lat", value=f"{y}, {x}")  # fmt: skip
    faults.raise_any()
    easting_m, northing_m = convert_bng(np.array(lon, dtype=float), np.array(lat, dtype=float))
    names = table["stop_name"] if "stop_name" in table else table["stop_id"]
    return _Stops(
        ids=table["stop_id"].tolist(),
        names=[n or i for n, i in zip(names, table["stop_id"], strict=True)],
        easting_m=np.asarray(easting_m, dtype=np.float64).round(1),
        northing_m=np.asarray(northing_m, dtype=np.float64).round(1),
    )


def _read_mode(text: str) -> Mode:
    number = int(text)
    if number < 0 or number > 1799:
        raise ValueError(text)
    return (_MODES if number < 100 else _HUNDREDS).get(
        number if number < 100 else number // 100, Mode.OTHER
    )


def _read_lines(table: pd.DataFrame, faults: Faults) -> _Lines:
    check_once(table, "routes.txt", "route_id", faults)
    wanted = "a route type, e.g. 2 for rail or 3 for bus"
    modes = parse_column(table, "routes.txt", "route_type", _read_mode, faults, wanted=wanted)
    short = table["route_short_name"] if "route_short_name" in table else table["route_id"]
    long = table["route_long_name"] if "route_long_name" in table else table["route_id"]
    names = [a or b or c for a, b, c in zip(short, long, table["route_id"], strict=True)]
    return _Lines(ids=table["route_id"].tolist(), names=names, modes=modes)


def _read_date(text: str) -> date:
    if len(text) != 8:
        raise ValueError(text)
    return datetime.strptime(text, "%Y%m%d").date()


def _read_flag(text: str) -> int:
    return {"0": 0, "1": 1}[text] if text in ("0", "1") else _fail(text)


def _fail(text: str) -> int:
    raise ValueError(text)


def _read_services(
    tables: dict[str, pd.DataFrame], faults: Faults, notes: list[str]
) -> _Services:
    """Read the dates each service pattern runs on, from calendars and exceptions."""
    spans: list[tuple[str, list[int], date, date]] = []
    exceptions: list[tuple[str, date, int]] = []
    ids: dict[str, int] = {}
    if (table := tables.get("calendar.txt")) is not None:
        file = "calendar.txt"
        check_once(table, file, "service_id", faults)
        days = [
            parse_column(table, file, d, _read_flag, faults, wanted="0 or 1") for d in _DAYS
        ]
        first = parse_column(table, file, "start_date", _read_date, faults, wanted="YYYYMMDD")
        last = parse_column(table, file, "end_date", _read_date, faults, wanted="YYYYMMDD")
        for row, service_id in enumerate(table["service_id"].tolist()):
            ids.setdefault(service_id, len(ids))
            a, b = first[row], last[row]
            if a is not None and b is not None and b < a:
                cause = "The end lies before the start."
                faults.add("Z004", file, cause, "Correct the dates.", row=row + 2,
                           column="end_date", value=b)  # fmt: skip
            spans.append((service_id, [d[row] for d in days], a, b))
    if (table := tables.get("calendar_dates.txt")) is not None:
        file = "calendar_dates.txt"
        dates = parse_column(table, file, "date", _read_date, faults, wanted="YYYYMMDD")
        wanted = "1 for added or 2 for removed"
        kinds = parse_column(
            table,
            file,
            "exception_type",
            lambda t: int(t) if t in ("1", "2") else _fail(t),
            faults,
            wanted=wanted,
        )
        for service_id, on, kind in zip(table["service_id"], dates, kinds, strict=True):
            ids.setdefault(service_id, len(ids))
            exceptions.append((service_id, on, kind))
    faults.raise_any()
    ends = [d for _, _, a, b in spans for d in (a, b)]
    ends += [on for _, on, kind in exceptions if kind == 1]
    if not ends:
        faults.add("Z010", "calendar.txt", "No service runs on any date.", "Give calendars.")
        faults.raise_any()
    first_date = min(ends)
    n_dates = (max(ends) - first_date).days + 1
    if n_dates > MAX_DATES:
        notes.append(f"Only the first {MAX_DATES:,} of {n_dates:,} dates are kept.")
        n_dates = MAX_DATES
    runs = np.zeros((len(ids), n_dates), dtype=np.bool_)
    weekdays = (first_date.weekday() + np.arange(n_dates)) % 7
    for service_id, flags, a, b in spans:
        held = np.isin(weekdays, np.flatnonzero(flags))
        held[: (a - first_date).days] = False
        held[(b - first_date).days + 1 :] = False
        runs[ids[service_id]] |= held
    for service_id, on, kind in exceptions:
        if 0 <= (on - first_date).days < n_dates:
            runs[ids[service_id], (on - first_date).days] = kind == 1
    return _Services(ids=list(ids), first_date=first_date, runs=runs)


def _assemble(
    trips: pd.DataFrame,
    calls: Calls,
    repeats: dict[str, list[int]],
    stops: _Stops,
    lines: _Lines,
    services: _Services,
    notes: list[str],
) -> dict[str, Any]:
    """Put trips and calls into arrays; stops nobody calls at are left out."""
    line_of = {i: k for k, i in enumerate(lines.ids)}
    service_of = {i: k for k, i in enumerate(services.ids)}
    about = {
        t: (line_of[r], service_of[s])
        for t, r, s in zip(
            trips["trip_id"], trips["route_id"], trips["service_id"], strict=True
        )
    }
    used, compact = np.unique(calls.stop, return_inverse=True)
    n_unused = len(stops.ids) - len(used)
    if n_unused:
        notes.append(f"{n_unused:,} stops at which nothing calls are left out.")
    pieces: list[tuple[int, int, int]] = []  # first call, end, shift
    head: list[tuple[int, int]] = []
    for k, trip_id in enumerate(calls.trip_ids):
        first, end = calls.trip_from[k], calls.trip_from[k + 1]
        base_s = int(calls.leave_s[first])
        for start_s in repeats.get(trip_id, [base_s]):
            pieces.append((first, end, start_s - base_s))
            head.append(about[trip_id])
    at = np.concatenate([np.arange(a, b) for a, b, _ in pieces])
    shift = np.concatenate([np.full(b - a, s) for a, b, s in pieces])
    sizes = [b - a for a, b, _ in pieces]
    return {
        "stop_ids": tuple(stops.ids[k] for k in used),
        "stop_names": tuple(stops.names[k] for k in used),
        "stop_easting_m": stops.easting_m[used],
        "stop_northing_m": stops.northing_m[used],
        "trip_line": np.array([line for line, _ in head], dtype=np.int32),
        "trip_service": np.array([service for _, service in head], dtype=np.int32),
        "trip_from": np.r_[0, np.cumsum(sizes)].astype(np.int32),
        "call_stop": compact[at].astype(np.int32),
        "call_arrive_s": (calls.arrive_s[at] + shift).astype(np.int32),
        "call_leave_s": (calls.leave_s[at] + shift).astype(np.int32),
        "call_may_board": calls.may_board[at],
        "call_may_alight": calls.may_alight[at],
    }


def _find_source(tables: dict[str, pd.DataFrame], file: str) -> str:
    """Find who published the feed and which issue it is."""
    info = tables.get("feed_info.txt")
    if info is None:
        return file
    row = info.iloc[0].to_dict()
    words = [row.get("feed_publisher_name", ""), row.get("feed_version", "")]
    return ", ".join(word for word in words if word) or file
