"""Newport: real streets, schools, bus stops; made-up people. Welsh law, not for eligibility."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from functools import cache
from importlib import resources

import numpy as np

from data.money import Assumption
from data.places import SiteKind
from data.samples.geography import find_bng
from data.samples.grid import DEFAULT_AGES, DEFAULT_NEEDS
from data.samples.seeds import PlaceSeed, Points, SiteSeed, StopSeed
from data.samples.streets import (
    DRIVE_CLASSES,
    HOME_CLASSES,
    build_points,
    find_nearest,
    find_nearest_of,
    read_street_nodes,
)
from data.samples.tables import is_in_box, read_rows, read_school

FOLDER = "newport_ogl"
ROADS = ("newport", "newport_highways.osm.pbf")
BUS = "newport_bus_20230613_gtfs.zip"
LA_NAME = "Newport"
NEAR_STREET_M = 100
BOX = (-3.094, -2.921, 51.518, 51.598)
"""West, east, south, north of the road network's nodes. [degrees]"""

ATTRIBUTION = (
    "(c) OpenStreetMap contributors, ODbL 1.0",
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Source: Department for Education, Get Information about Schools, 24 May 2025.",
    "Contains Bus Open Data Service data, Department for Transport, licensed under the Open "
    "Government Licence v3.0.",
)

_SECONDARY = ("401865", "401866", "401868", "401869", "401871", "402376")
_UNITS = ("401866", "401868", "401507", "401543", "402047")
_SPECIAL = "401928"  # Maes Ebbw School
_ALTERNATIVE = "402429"  # Catch22 Include Wales
_NURSERY = ("402459", "402456")

# Made-up sites at streets near a coordinate: name, kind, ages, weight, places. [m]
_MADE_UP = (
    ("Made-up Special School", SiteKind.SPECIAL_SCHOOL, (333_300, 187_300), (4, 18), 110, None),
    ("Made-up College", SiteKind.COLLEGE, (331_600, 187_600), (16, 24), 300, None),
    ("Made-up Day Service", SiteKind.DAY_CENTRE, (330_300, 187_500), (19, 64), 30, 30),
)
_DEPOTS = ((333_600, 186_600), (329_500, 186_500))
_BASES = (
    (331_200, 188_200),
    (328_300, 187_900),
    (334_700, 187_800),
    (330_500, 186_000),
    (327_400, 188_700),
    (332_800, 188_400),
    (331_900, 187_100),
    (329_200, 185_600),
    (326_900, 186_700),
    (333_900, 188_300),
)


def build_place(seed: int) -> PlaceSeed:
    """Build the seed of Newport; the same for every seed of the people."""
    del seed
    return _build()


@cache
def _build() -> PlaceSeed:
    """Read the shipped data once a process."""
    lon, lat = read_street_nodes(*ROADS, HOME_CLASSES)
    even = np.ones(lon.size)
    points = build_points(lon, lat, even, even, even, area_size_m=1_500)
    rows = sorted(read_rows(FOLDER, "schools_newport_box.csv"), key=lambda r: int(r["urn"]))
    chosen: list[SiteSeed] = []
    more: list[SiteSeed] = []
    for row in rows:
        urn = row["urn"]
        if row["la_name"] != LA_NAME or urn in _NURSERY or not is_in_box(row, BOX):
            continue
        site = read_school(row)
        if urn == _SPECIAL:
            kind, ages, weight = SiteKind.SPECIAL_SCHOOL, (4, 18), 110
        elif urn == _ALTERNATIVE:
            kind, ages, weight = SiteKind.ALTERNATIVE_PROVISION, (11, 15), 40
        else:
            kind = SiteKind.SCHOOL
            ages, weight = ((11, 15), 1_000) if urn in _SECONDARY else ((4, 10), 300)
        has_unit = urn in _UNITS
        site = replace(
            site,
            kind=kind,
            age_from=ages[0],
            age_to=ages[1],
            weight=weight,
            has_unit=has_unit,
            takes_mainstream=urn in _SECONDARY,
            note=f"{site.note}; roll assumed"
            + ("; resourced unit assumed" if has_unit else ""),
        )
        is_used = kind is not SiteKind.SCHOOL or has_unit or urn in _SECONDARY
        (chosen if is_used else more).append(
            site if is_used else replace(site, has_unit=True, note=f"{site.note}; unit assumed")
        )
    return PlaceSeed(
        place="newport",
        title="Newport (synthetic people, real streets; Welsh law)",
        points=points,
        sites=(*chosen, *(_made_up(points, row) for row in _MADE_UP)),
        more_sites=tuple(more),
        stops=_read_stops(),
        depots=tuple(find_nearest(points, x, y) for x, y in _DEPOTS),
        bases=tuple(find_nearest(points, x, y) for x, y in _BASES),
        n_pupils=200,
        n_adults=40,
        n_own_vehicles=10,
        rough_m_per_h=30_000,
        supplier_ids=("T01", "T02", "T03", "M05", "M06", "S08", "T10"),
        ages=DEFAULT_AGES,
        needs=DEFAULT_NEEDS,
        attribution=ATTRIBUTION,
        assumptions=_about(),
    )


def _made_up(
    points: Points,
    row: tuple[str, SiteKind, tuple[int, int], tuple[int, int], int, int | None],
) -> SiteSeed:
    """Make up a site on the nearest residential street."""
    name, kind, near, ages, weight, n_places = row
    at = find_nearest(points, *near)
    return SiteSeed(
        name=name,
        kind=kind,
        easting_m=int(points.easting_m[at]),
        northing_m=int(points.northing_m[at]),
        lon=float(points.lon[at]),
        lat=float(points.lat[at]),
        age_from=ages[0],
        age_to=ages[1],
        weight=weight,
        n_places=n_places,
        is_position_assumed=True,
        note="made-up site at an assumed position",
    )


def _read_stops() -> tuple[StopSeed, ...]:
    """Read the bus stops of the shipped timetable that stand at a street of the extract."""
    packed = resources.files("data").joinpath("open", FOLDER, BUS).read_bytes()
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        text = archive.read("stops.txt").decode("utf-8-sig")
    west, east, south, north = BOX
    rows = [
        r
        for r in csv.DictReader(text.splitlines())
        if west < float(r["stop_lon"]) < east and south < float(r["stop_lat"]) < north
    ]
    rows.sort(key=lambda r: r["stop_id"])
    lon = np.array([float(r["stop_lon"]) for r in rows])
    lat = np.array([float(r["stop_lat"]) for r in rows])
    easting_m, northing_m = find_bng(lon, lat)
    street_x, street_y = find_bng(*read_street_nodes(*ROADS, DRIVE_CLASSES))
    nearest = find_nearest_of(easting_m, northing_m, street_x, street_y)
    away_m = np.hypot(street_x[nearest] - easting_m, street_y[nearest] - northing_m)
    return tuple(
        StopSeed(
            name=r["stop_name"],
            easting_m=int(easting_m[i]),
            northing_m=int(northing_m[i]),
            lon=float(lon[i]),
            lat=float(lat[i]),
        )
        for i, r in enumerate(rows)
        if away_m[i] <= NEAR_STREET_M
    )


def _about() -> tuple[Assumption, ...]:
    """List what is real and what is assumed about the place."""
    rows = [
        (
            "law",
            "Welsh law, not for eligibility decisions",
            "the product's rules are England's",
            "2026",
            "Learner Travel (Wales) Measure 2008",
            "A",
        ),
        ("roads", "OpenStreetMap", "real streets", "2023", "12 June 2023", "B"),
        ("timetable", "16 routes", "bus routes", "2023", "Bus Open Data Service, 13 June", "A"),
        ("pupils", "200", "pupils carried", "2026", "made up", "C"),
        ("adults", "40", "adults on the roll of a day service", "2026", "made up", "C"),
        ("need_mix", "by placement", "shares", "2025", "rounded from Southend-on-Sea", "C"),
        ("homes", "even over residential street nodes", "homes", "2026", "made up", "C"),
        ("rolls_and_ages", "by kind of school", "pupils, years", "2026", "not published", "C"),
        ("resourced_units", str(len(_UNITS)), "units", "2026", "assumed", "C"),
        ("made_up_sites", str(len(_MADE_UP)), "sites", "2026", "made up", "C"),
        (
            "bells",
            "08:30-09:15; 14:50-15:40",
            "windows of 20 and 15 min",
            "2026",
            "made up",
            "C",
        ),
        ("positions", "2 depots, 7 bases", "streets", "2026", "made up", "C"),
    ]
    return tuple(
        Assumption(name=f"place.{n}", value=v, unit=u, year=y, source=s, grade=g)
        for n, v, u, y, s, g in rows
    )
