"""Rutland: real streets, schools, small areas and published counts; made-up people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import numpy as np

from data.money import Assumption
from data.places import SiteKind
from data.samples.geography import find_bng
from data.samples.grid import DEFAULT_AGES, DEFAULT_NEEDS
from data.samples.seeds import Override, PlaceSeed, Points, SiteSeed
from data.samples.streets import (
    DRIVE_CLASSES,
    HOME_CLASSES,
    STOP_CLASSES,
    build_points,
    build_street_stops,
    find_nearest,
    find_nearest_of,
    read_street_nodes,
)
from data.samples.tables import read_plan_ages, read_plan_needs, read_rows, read_school

FOLDER = "rutland_ogl"
ROADS = ("rutland", "rutland_highways.osm.pbf")
LA_NAME = "Rutland"
NEAR_STREET_M = 250
ATTRIBUTION = (
    "(c) OpenStreetMap contributors, ODbL 1.0",
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Source: Department for Education, Get Information about Schools, 24 May 2025.",
    "Source: Office for National Statistics licensed under the Open Government Licence v3.0. "
    "Contains OS data (c) Crown copyright and database right 2025.",
    "Contains MHCLG English Indices of Deprivation 2025, OGL v3.0.",
    "Contains DfE Education, health and care plans statistics, reporting year 2025, licensed "
    "under the Open Government Licence v3.0.",
)

# The extract names no district: codes of Rutland's small areas, which the Office for National
# Statistics numbers council by council (2011 codes and the 2021 splits).
_AREA_RANGES = (("E01013787", "E01013809"), ("E01035102", "E01035106"))

_SPECIAL = {
    "120330": (7, 18, "social"),  # The Grange Therapeutic School, Leicestershire
    "131018": (5, 18, "moderate"),  # The Shires
    "134938": (7, 18, "social"),  # Wilds Lodge School
    "142635": (8, 18, "moderate"),  # The Shires at Oakham
}
# One of them is over the border, in Stamford; units are assumed at three.
_SCHOOLS = ("136530", "136629", "137340", "148948", "141234", "139481", "141452", "137680")
_UNITS = ("136530", "136629", "148948")
_COLLEGE = "141965"
_DAY_SERVICE = (486_300, 308_700)
_DEPOTS = ((485_600, 309_400), (486_800, 299_900))
_BASES = (
    (486_200, 308_300),
    (486_500, 299_400),
    (502_600, 307_300),
    (491_300, 313_200),
    (497_800, 304_300),
    (484_300, 310_900),
    (500_700, 307_200),
    (485_300, 308_500),
    (492_300, 305_500),
    (487_000, 309_300),
)


def build_place(seed: int) -> PlaceSeed:
    """Build the seed of Rutland; the same for every seed of the people."""
    del seed
    return _build()


@cache
def _build() -> PlaceSeed:
    """Read the shipped data once a process."""
    points = _read_points()
    rows = {r["urn"]: r for r in read_rows(FOLDER, "schools_rutland_box.csv")}
    special = []
    for urn, (low, high, profile) in sorted(_SPECIAL.items()):
        is_outside = rows[urn]["la_name"] != LA_NAME
        special.append(
            replace(
                read_school(rows[urn]),
                kind=SiteKind.SPECIAL_SCHOOL,
                age_from=low,
                age_to=high,
                profile=profile,
                is_out_of_borough=is_outside,
            )
        )
    phases = {"Primary": (4, 10), "Secondary": (11, 15)}
    chosen, more = [], []
    near = _find_near_streets(rows)
    for urn in sorted(near, key=int):
        row = rows[urn]
        if row["education_phase"] not in phases:
            continue
        low, high = phases[row["education_phase"]]
        site = replace(read_school(row), age_from=low, age_to=high)
        is_outside = row["la_name"] != LA_NAME
        note = site.note + (f"; over the border, {row['la_name']}" if is_outside else "")
        if urn not in _SCHOOLS:
            more.append(replace(site, has_unit=True, note=f"{note}; unit assumed"))
            continue
        has_unit = urn in _UNITS
        chosen.append(
            replace(
                site,
                has_unit=has_unit,
                takes_mainstream=True,
                is_out_of_borough=is_outside,
                note=f"{note}; resourced unit assumed" if has_unit else note,
            )
        )
    college = replace(
        read_school(rows[_COLLEGE]), kind=SiteKind.COLLEGE, age_from=16, age_to=18
    )
    return PlaceSeed(
        place="rutland",
        title="Rutland (synthetic people, real streets)",
        points=points,
        sites=(*special, *chosen, college, _day_service(points)),
        more_sites=tuple(more),
        stops=build_street_stops(*read_street_nodes(*ROADS, STOP_CLASSES)),
        depots=tuple(find_nearest(points, x, y) for x, y in _DEPOTS),
        bases=tuple(find_nearest(points, x, y) for x, y in _BASES),
        n_pupils=120,
        n_adults=20,
        n_own_vehicles=8,
        rough_m_per_h=46_000,
        reach_m=7_000,
        supplier_ids=("T01", "T02", "M05", "M06", "S08", "T10"),
        ages=read_plan_ages(FOLDER) | {"general": DEFAULT_AGES["general"]},
        needs=read_plan_needs(FOLDER)
        | {"adult": DEFAULT_NEEDS["adult"], "alternative": DEFAULT_NEEDS["alternative"]},
        overrides={
            "mainstream_bp": Override(
                value=5_500, source="DfE, Feb 2026: 308,000 of 558,000, rural", grade="A"
            )
        },
        attribution=ATTRIBUTION,
        assumptions=_about(),
    )


def _find_near_streets(rows: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Find the schools near a street of the extract, which is cut at the county's border."""
    x, y = find_bng(*read_street_nodes(*ROADS, DRIVE_CLASSES))
    urns = sorted(rows)
    school_x = np.array([int(rows[u]["easting"]) for u in urns], dtype=np.int64)
    school_y = np.array([int(rows[u]["northing"]) for u in urns], dtype=np.int64)
    nearest = find_nearest_of(school_x, school_y, x, y)
    away_m = np.hypot(x[nearest] - school_x, y[nearest] - school_y)
    return {u for u, m in zip(urns, away_m, strict=True) if m <= NEAR_STREET_M}


def _is_rutland(code: str) -> bool:
    """Whether a small area's code is one of Rutland's."""
    return any(low <= code <= high for low, high in _AREA_RANGES)


def _read_points() -> Points:
    """Read residential street nodes in Rutland, weighted by the nearest small area's people."""
    rows = sorted(
        read_rows(FOLDER, "lsoa21_population_imd2025.csv"), key=lambda r: r["lsoa21cd"]
    )
    area_x, area_y = find_bng(
        np.array([float(r["lon"]) for r in rows]), np.array([float(r["lat"]) for r in rows])
    )
    lon, lat = read_street_nodes(*ROADS, HOME_CLASSES)
    x, y = find_bng(lon, lat)
    area = find_nearest_of(x, y, area_x, area_y)
    is_home = np.array([_is_rutland(r["lsoa21cd"]) for r in rows])[area]
    lon, lat, area = lon[is_home], lat[is_home], area[is_home]
    n_nodes = np.bincount(area, minlength=len(rows))
    people = np.array(
        [
            (
                int(r["pop_0_15"]),
                int(r["pop_16_24"]),
                int(r["pop_25_34"]) + int(r["pop_35_49"]) + int(r["pop_50_64"]),
            )
            for r in rows
        ],
        dtype=np.float64,
    )
    weight = people[area] / n_nodes[area][:, None]
    return build_points(lon, lat, weight[:, 0], weight[:, 1], weight[:, 2], area_size_m=5_000)


def _day_service(points: Points) -> SiteSeed:
    """Assume a day service in Oakham."""
    at = find_nearest(points, *_DAY_SERVICE)
    return SiteSeed(
        name="Oakham Day Service (assumed)",
        kind=SiteKind.DAY_CENTRE,
        easting_m=int(points.easting_m[at]),
        northing_m=int(points.northing_m[at]),
        lon=float(points.lon[at]),
        lat=float(points.lat[at]),
        age_from=19,
        age_to=64,
        n_places=14,
        is_position_assumed=True,
        note="service and position assumed",
    )


def _about() -> tuple[Assumption, ...]:
    """List what is real and what is assumed about the place."""
    rows = [
        ("roads", "OpenStreetMap", "real streets", "2022", "Geofabrik extract, July 2022", "B"),
        ("pupils", "120", "pupils carried", "2026", "working assumption", "C"),
        ("adults", "20", "adults on the roll of a day service", "2026", "made up", "C"),
        (
            "need_mix",
            "by placement and age",
            "plans of Rutland, January 2025",
            "2025",
            "DfE, Education, health and care plans",
            "A",
        ),
        (
            "homes",
            "by residents of the nearest small-area centre",
            "Census 2021, split evenly over residential street nodes",
            "2021",
            "ONS; OpenStreetMap",
            "B",
        ),
        ("ages_of_schools", "by school", "years", "2026", "not in the extract", "C"),
        ("resourced_units", "3", "units", "2026", "not in the extract: assumed", "C"),
        ("stops", "one in each 500 m square", "pick-up points", "2026", "made up", "C"),
        (
            "bells",
            "08:30-09:15; 14:50-15:40",
            "windows of 20 and 15 min",
            "2026",
            "made up",
            "C",
        ),
        ("positions", "2 depots, 6 bases, 1 day service", "streets", "2026", "made up", "C"),
    ]
    return tuple(
        Assumption(name=f"place.{n}", value=v, unit=u, year=y, source=s, grade=g)
        for n, v, u, y, s, g in rows
    )
