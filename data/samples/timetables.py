"""Timetables of the sample places: Newport's real buses, and a made-up one for Southend.

Southend's stops and stations are real (NaPTAN); lines, times and the dates they run are made
up from a seed, and everything that shows them says "synthetic".
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from importlib import resources
from itertools import pairwise

import numpy as np

from data.samples.geography import find_bng
from data.samples.tables import read_rows
from data.timetables import Mode, PublicTimetable

NEWPORT_FROM = date(2023, 6, 13)
TIMETABLES = ("newport", "southend")
"""Sample places that have a timetable."""

# Ends of made-up bus lines, each by way of the centre unless marked: (name, from, by, to).
_CENTRE = (0.7117, 51.5400)
_LINES: tuple[tuple[str, tuple[tuple[float, float], ...], int], ...] = (
    ("S1", ((0.6051, 51.5909), (0.6636, 51.5694), (0.6924, 51.5563), _CENTRE), 12),
    ("S2", ((0.6448, 51.5600), (0.6546, 51.5509), (0.6932, 51.5425), _CENTRE), 10),
    ("S3", (_CENTRE, (0.7312, 51.5446), (0.7590, 51.5370), (0.7788, 51.5306)), 10),
    ("S4", (_CENTRE, (0.7312, 51.5480), (0.7880, 51.5400), (0.8056, 51.5509)), 20),
    ("S5", ((0.7009, 51.5836), (0.7049, 51.5685), (0.7000, 51.5563), _CENTRE), 15),
    ("S6", ((0.5659, 51.5573), (0.6090, 51.5556), (0.6402, 51.5480), (0.6932, 51.5391),
            _CENTRE), 15),
    ("S7", ((0.6548, 51.6038), (0.6881, 51.6000), (0.7009, 51.5836), (0.6924, 51.5600),
            _CENTRE), 20),
    ("S8", ((0.6636, 51.5720), (0.6700, 51.5560), (0.6924, 51.5500), (0.7312, 51.5500),
            (0.7600, 51.5420), (0.7880, 51.5400)), 15),
    ("S9", ((0.5875, 51.5226), (0.5659, 51.5500), (0.5778, 51.5699), (0.6051, 51.5909)), 20),
)  # fmt: skip
# Stations along two made-up rail lines by the start of their NaPTAN code, minutes between them.
_RAIL = (
    ("Coast line", ("1500PITSEA", "1500BENFLET", "1580LHONSEA", "1580CHLKWEL", "1580WCLIFF",
                    "1580STHCENT", "1580STHNDE", "1580THOPBAY", "1580SHBRYNS"), 20),
    ("Victoria line", ("1500WIKFORD", "1500RAYLEGH", "1500HOCKLEY", "1500ROCHFD",
                       "1500STHEAIR", "1580PRITLWL", "1580STHVIC"), 30),
)  # fmt: skip
CORRIDOR_M = 160
"""How far off the line's straight stretches a stop may stand. [m]"""
SPACING_M = 280
BUS_M_PER_H = 15_000
RAIL_M_PER_H = 55_000
"""Along straight lines between stops, stops included. [m/h]"""
FIRST_S, LAST_S = 6 * 3600, 21 * 3600
_BEARINGS = {"N": 0, "NE": 45, "E": 90, "SE": 135, "S": 180, "SW": 225, "W": 270, "NW": 315}


def build_sample_timetable(
    place: str, *, first_date: date = date(2026, 9, 1), n_days: int = 365, seed: int = 1
) -> PublicTimetable:
    """Build the timetable of a sample place; equal arguments give equal timetables.

    Parameters
    ----------
    first_date, n_days
        Dates of the made-up one; the real one has its own.

    Raises
    ------
    ValueError
        If the place has none.
    """
    if place == "newport":
        from data.samples.newport import ATTRIBUTION, BUS, FOLDER
        from data.sources.gtfs import read_gtfs

        feed = resources.files("data").joinpath("open", FOLDER, BUS)
        with resources.as_file(feed) as path:
            found = read_gtfs(path, name=place, attribution=ATTRIBUTION[-1:])
        # published on 13 June 2023; its calendars begin some days before
        skipped = (NEWPORT_FROM - found.first_date).days
        return replace(
            found, first_date=NEWPORT_FROM, service_runs=found.service_runs[:, skipped:].copy()
        )
    if place == "southend":
        return _build_southend(first_date, n_days, seed)
    raise ValueError(f"no sample timetable for {place!r}; there is one for {TIMETABLES}")


class _Stops:
    """The real stops, on the grid."""

    def __init__(self) -> None:
        rows = [
            r
            for r in read_rows("southend", "naptan_stops.csv.gz")
            if r["stop_type"] in ("BCT", "BCS", "RSE")
        ]
        rows.sort(key=lambda r: r["atco_code"])
        self.ids = [r["atco_code"] for r in rows]
        self.names = [
            f"{r['common_name'] if 'common_name' in r else r['name']}, {r['locality']}"
            for r in rows
        ]
        x, y = find_bng(
            np.array([float(r["lon"]) for r in rows]), np.array([float(r["lat"]) for r in rows])
        )
        self.at = np.column_stack([x, y]).astype(np.float64)
        self.is_rail = np.array([r["stop_type"] == "RSE" for r in rows])
        self.bearing = np.array([_BEARINGS.get(r["bearing"], -1) for r in rows])


def _build_southend(first_date: date, n_days: int, seed: int) -> PublicTimetable:
    stops = _Stops()
    rng = np.random.default_rng(seed)
    lines: list[tuple[str, Mode, list[int], int, int]] = []
    for name, points, headway_min in _LINES:
        lon, lat = np.array([p[0] for p in points]), np.array([p[1] for p in points])
        path = np.column_stack(find_bng(lon, lat)).astype(np.float64)
        for way in (path, path[::-1]):
            served = _find_along(stops, way)
            if len(served) > 1:
                lines.append((name, Mode.BUS, served, headway_min, BUS_M_PER_H))
    for name, codes, headway_min in _RAIL:
        served = [next(k for k, i in enumerate(stops.ids) if i.startswith(c)) for c in codes]
        lines.append((name, Mode.RAIL, served, headway_min, RAIL_M_PER_H))
        lines.append((name, Mode.RAIL, served[::-1], headway_min, RAIL_M_PER_H))
    used = sorted({k for _, _, served, _, _ in lines for k in served})
    position = {k: n for n, k in enumerate(used)}
    trip_line: list[int] = []
    calls: list[tuple[int, int]] = []
    sizes: list[int] = []
    for n, (_, _, served, headway_min, m_per_h) in enumerate(lines):
        steps_m = np.hypot(*np.diff(stops.at[served], axis=0).T)
        after_s = np.r_[0, np.cumsum(np.maximum(60, steps_m * 3600 / m_per_h))]
        after_s = (np.rint(after_s / 30) * 30).astype(int)
        offset_s = int(rng.integers(0, headway_min)) * 60
        for start_s in range(FIRST_S + offset_s, LAST_S, headway_min * 60):
            trip_line.append(n)
            sizes.append(len(served))
            calls += [(position[k], start_s + int(s)) for k, s in zip(served, after_s,
                                                                      strict=True)]  # fmt: skip
    weekdays = (first_date.weekday() + np.arange(n_days)) % 7
    clock_s = np.array([s for _, s in calls], dtype=np.int32)
    return PublicTimetable(
        name="southend",
        source=f"made up, seed {seed}",
        is_synthetic=True,
        first_date=first_date,
        stop_ids=tuple(stops.ids[k] for k in used),
        stop_names=tuple(stops.names[k] for k in used),
        stop_easting_m=stops.at[used, 0],
        stop_northing_m=stops.at[used, 1],
        line_ids=tuple(f"{name}-{n}" for n, (name, *_) in enumerate(lines)),
        line_names=tuple(name for name, *_ in lines),
        line_modes=tuple(mode for _, mode, *_ in lines),
        service_runs=(weekdays < 6)[None, :],
        trip_line=np.array(trip_line, dtype=np.int32),
        trip_service=np.zeros(len(trip_line), dtype=np.int32),
        trip_from=np.r_[0, np.cumsum(sizes)].astype(np.int32),
        call_stop=np.array([k for k, _ in calls], dtype=np.int32),
        call_arrive_s=clock_s,
        call_leave_s=clock_s,
        call_may_board=np.ones(len(calls), dtype=np.bool_),
        call_may_alight=np.ones(len(calls), dtype=np.bool_),
        attribution=(
            "Contains Department for Transport NaPTAN data, licensed under the Open Government "
            "Licence v3.0.",
        ),
        notes=(
            "SYNTHETIC: real stops and stations, made-up lines, times and dates. No bus or "
            "train runs by it.",
        ),
    )


def _find_along(stops: _Stops, path: np.ndarray) -> list[int]:
    """Find the bus stops along a path that face its way, apart from each other, in order."""
    found: list[tuple[float, int]] = []
    gone_m = 0.0
    for a, b in pairwise(path):
        length_m = float(np.hypot(*(b - a)))
        along = ((stops.at - a) @ (b - a)) / length_m
        off_m = np.abs((stops.at - a) @ np.array([b[1] - a[1], a[0] - b[0]])) / length_m
        heading = np.degrees(np.arctan2(b[0] - a[0], b[1] - a[1])) % 360
        turn = np.abs((stops.bearing - heading + 180) % 360 - 180)
        fits = (
            ~stops.is_rail
            & (along >= 0)
            & (along <= length_m)
            & (off_m <= CORRIDOR_M)
            & ((stops.bearing < 0) | (turn <= 90))
        )
        found += [(gone_m + float(along[k]), int(k)) for k in np.flatnonzero(fits)]
        gone_m += length_m
    served: list[int] = []
    last_m = -float(SPACING_M)
    for at_m, k in sorted(found):
        if at_m - last_m >= SPACING_M and k not in served:
            served.append(k)
            last_m = at_m
    return served
