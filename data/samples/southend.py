"""Southend-on-Sea: real schools, postcodes, stops and published counts; made-up people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from data.money import Assumption
from data.places import SiteKind
from data.samples.geography import find_bng
from data.samples.grid import DEFAULT_AGES, DEFAULT_NEEDS
from data.samples.seeds import PlaceSeed, Points, SiteSeed, StopSeed
from data.samples.streets import find_nearest
from data.samples.tables import (
    find_count,
    is_in_box,
    read_plan_ages,
    read_plan_needs,
    read_rows,
    read_school,
)

FOLDER = "southend"
LA_CODE = "882"
DISTRICT = "Southend-on-Sea"
NETWORK_BOX = (0.430, 0.929, 51.505, 51.655)
"""West, east, south, north of the schematic network's nodes. [degrees]"""

ATTRIBUTION = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Source: Department for Education, Get Information about Schools, 24 May 2025.",
    "Contains OS data (c) Crown copyright and database right 2025. Contains Royal Mail data "
    "(c) Royal Mail copyright and database right 2025. Source: Office for National Statistics "
    "licensed under the Open Government Licence v3.0.",
    "Contains MHCLG English Indices of Deprivation 2025, OGL v3.0.",
    "Contains Department for Transport NaPTAN data, licensed under the Open Government "
    "Licence v3.0.",
    "Contains DfE Education, health and care plans statistics, reporting year 2025, licensed "
    "under the Open Government Licence v3.0.",
)

# Ages and character by URN: not in the extract, so assumed (grade C).
_SPECIAL: Mapping[str, tuple[int, int, str]] = {
    "138044": (4, 15, "moderate"),  # The St Christopher School
    "144692": (4, 13, "complex"),  # Kingsdown School
    "144693": (14, 18, "complex"),  # Lancaster School
    "144691": (11, 15, "moderate"),  # St Nicholas School
    "142940": (7, 15, "social"),  # Sutton House Academy
    "134940": (11, 15, "social"),  # Estuary High School
    "149112": (8, 15, "social"),  # Compass Community School Boleyn Park
    "115457": (4, 15, "moderate"),  # Cedar Hall School
    "115469": (4, 18, "complex"),  # Glenwood School
    "138219": (4, 18, "complex"),  # The Pioneer School
    "141765": (5, 15, "moderate"),  # Castledon School
    "142612": (10, 15, "social"),  # Ramsden Hall Academy
    "147704": (8, 15, "social"),  # Omnia Foundation
}
N_BEYOND = 3
"""Special schools outside the network that take a few pupils: the nearest state ones."""

_UNIT_PRIMARY, _UNIT_SECONDARY, _FAR_SECONDARY = 7, 5, 8

# Assumed positions (easting, northing): snapped to the nearest real postcode point. [m]
_DAY_SERVICES = (("Viking House", 585_300, 187_200), ("Project 49", 588_100, 185_500))
_DEPOTS = ((585_600, 189_500), (588_900, 187_500), (592_400, 186_200))
_BASES = (
    (588_300, 186_000),
    (586_200, 186_600),
    (584_100, 187_900),
    (591_200, 187_300),
    (585_400, 189_200),
    (588_600, 188_000),
    (593_300, 185_400),
    (587_000, 188_700),
    (589_700, 185_400),
    (583_200, 186_300),
)


def build_place(seed: int) -> PlaceSeed:
    """Build the seed of Southend-on-Sea; the same for every seed of the people."""
    del seed
    return _build()


@cache
def _build() -> PlaceSeed:
    """Read the shipped data once a process."""
    points = _read_points()
    schools = sorted(
        read_rows(FOLDER, "schools_essex_southend_thurrock.csv"), key=lambda r: int(r["urn"])
    )
    special, beyond = _special_schools(schools)
    alternative = [
        replace(
            read_school(r),
            kind=SiteKind.ALTERNATIVE_PROVISION,
            age_from=11,
            age_to=15,
            is_out_of_borough=r["la_code"] != LA_CODE,
        )
        for r in schools
        if r["is_ap_or_pru"] == "True"
        and is_in_box(r, NETWORK_BOX)
        and find_count(r["number_of_pupils"])
    ]
    mainstream, more = _mainstream_schools(schools)
    day, contracts = _day_services(points)
    ages = read_plan_ages(FOLDER) | {"general": DEFAULT_AGES["general"]}
    needs = read_plan_needs(FOLDER) | {"adult": DEFAULT_NEEDS["adult"]}
    return PlaceSeed(
        place="southend",
        title="Southend-on-Sea (synthetic people, schematic roads)",
        points=points,
        sites=tuple(special + beyond + alternative + mainstream + _colleges(schools) + day),
        more_sites=tuple(more),
        stops=_read_stops(),
        depots=tuple(find_nearest(points, x, y) for x, y in _DEPOTS),
        bases=tuple(find_nearest(points, x, y) for x, y in _BASES),
        n_pupils=900,
        n_adults=260,
        n_own_vehicles=30,
        ages=ages,
        needs=needs,
        attribution=ATTRIBUTION,
        assumptions=contracts + _about(),
    )


def _read_points() -> Points:
    """Read the postcodes of the city live in 2014, each with its share of the small area."""
    people = {
        r["lsoa21cd"]: (
            int(r["pop_0_15"]),
            int(r["pop_16_24"]),
            int(r["pop_25_34"]) + int(r["pop_35_49"]) + int(r["pop_50_64"]),
        )
        for r in read_rows(FOLDER, "lsoa21_population_imd2025.csv")
    }
    rows = [
        r
        for r in read_rows(FOLDER, "postcodes.csv.gz")
        if r["ladnm"] == DISTRICT
        and r["in_codepoint_open_2014"] == "True"
        and is_in_box(r, NETWORK_BOX)
    ]
    rows.sort(key=lambda r: r["postcode"])
    n_in_area: dict[str, int] = {}
    for r in rows:
        n_in_area[r["lsoa21cd"]] = n_in_area.get(r["lsoa21cd"], 0) + 1
    weights = np.array(
        [[n / n_in_area[r["lsoa21cd"]] for n in people[r["lsoa21cd"]]] for r in rows]
    )
    postcodes = tuple(_with_space(r["postcode"]) for r in rows)
    return Points(
        easting_m=np.array([int(r["easting"]) for r in rows], dtype=np.int64),
        northing_m=np.array([int(r["northing"]) for r in rows], dtype=np.int64),
        lon=np.array([float(r["lon"]) for r in rows]),
        lat=np.array([float(r["lat"]) for r in rows]),
        postcodes=postcodes,
        areas=tuple(p[:-2] for p in postcodes),
        child_weight=weights[:, 0],
        young_weight=weights[:, 1],
        adult_weight=weights[:, 2],
    )


def _with_space(postcode: str) -> str:
    """Normalise a postcode: capitals, one space before the last three characters."""
    packed = postcode.replace(" ", "").upper()
    return f"{packed[:-3]} {packed[-3:]}"


def _read_stops() -> tuple[StopSeed, ...]:
    """Read the on-street bus stops inside the network's box."""
    rows = [
        r
        for r in read_rows(FOLDER, "naptan_stops.csv.gz")
        if r["stop_type"] == "BCT" and is_in_box(r, NETWORK_BOX)
    ]
    rows.sort(key=lambda r: r["atco_code"])
    lon = np.array([float(r["lon"]) for r in rows])
    lat = np.array([float(r["lat"]) for r in rows])
    easting_m, northing_m = find_bng(lon, lat)
    return tuple(
        StopSeed(
            name=" ".join(part for part in (r["name"], f"({r['indicator']})") if part != "()"),
            easting_m=int(easting_m[i]),
            northing_m=int(northing_m[i]),
            lon=float(lon[i]),
            lat=float(lat[i]),
        )
        for i, r in enumerate(rows)
    )


def _special_schools(
    schools: Sequence[Mapping[str, str]],
) -> tuple[list[SiteSeed], list[SiteSeed]]:
    """Choose special schools in the box that have pupils, and the nearest state ones beyond."""
    special, outside = [], []
    for r in schools:
        if r["is_special"] != "True" or not find_count(r["number_of_pupils"]):
            continue
        site = replace(
            read_school(r),
            kind=SiteKind.SPECIAL_SCHOOL,
            is_out_of_borough=r["la_code"] != LA_CODE,
        )
        if is_in_box(r, NETWORK_BOX):
            low, high, profile = _SPECIAL.get(r["urn"], (5, 15, "all"))
            special.append(replace(site, age_from=low, age_to=high, profile=profile))
        elif "ndependent" not in r["establishment_type"]:
            outside.append(
                replace(
                    site,
                    age_from=11,
                    age_to=18,
                    is_beyond_network=True,
                    note=f"{site.note}; outside the network: straight line times a factor",
                )
            )
    outside.sort(key=lambda s: np.hypot(s.easting_m - 588_000, s.northing_m - 186_000))
    return special, outside[:N_BEYOND]


def _mainstream_schools(
    schools: Sequence[Mapping[str, str]],
) -> tuple[list[SiteSeed], list[SiteSeed]]:
    """Choose the mainstream schools used, and the further real ones a larger sample adds.

    Resourced units are not in the register's extract: they are assumed at the largest primary
    and the largest non-selective secondary schools of the city, and labelled.
    """
    ages = {"Primary": (4, 10), "Secondary": (11, 15)}
    state = [
        r
        for r in schools
        if r["education_phase"] in ages
        and r["is_special"] != "True"
        and r["is_ap_or_pru"] != "True"
        and "ndependent" not in r["establishment_type"]
        and is_in_box(r, NETWORK_BOX)
    ]
    state.sort(key=lambda r: (-find_count(r["number_of_pupils"]), r["urn"]))
    chosen, more, n_used = [], [], {"Primary": 0, "Secondary": 0}
    for r in state:
        phase = r["education_phase"]
        low, high = ages[phase]
        site = replace(read_school(r), age_from=low, age_to=high)
        name = r["establishment_name"]
        if "Infant" in name:
            site = replace(site, age_to=6)
        elif "Junior" in name:
            site = replace(site, age_from=7)
        is_whole = site.age_from == low and site.age_to == high
        is_selective = "High School for" in name
        n_units = _UNIT_PRIMARY if phase == "Primary" else _UNIT_SECONDARY
        if r["la_code"] != LA_CODE or not is_whole or is_selective:
            more.append(replace(site, has_unit=True, note=f"{site.note}; unit assumed"))
            continue
        has_unit = n_used[phase] < n_units
        takes = phase == "Secondary" and n_used[phase] < _FAR_SECONDARY
        n_used[phase] += 1
        if has_unit or takes:
            note = f"{site.note}; resourced unit assumed" if has_unit else site.note
            chosen.append(replace(site, has_unit=has_unit, takes_mainstream=takes, note=note))
        else:
            more.append(replace(site, has_unit=True, note=f"{site.note}; unit assumed"))
    faith = [s for s in more if "Catholic" in s.name or "CofE" in s.name][:2]
    for site in faith:
        more.remove(site)
        chosen.append(replace(site, has_unit=False, takes_mainstream=True))
    return chosen, more


def _colleges(schools: Sequence[Mapping[str, str]]) -> list[SiteSeed]:
    """Choose the further education colleges in the box; pupil numbers are not published."""
    return [
        replace(
            read_school(r),
            kind=SiteKind.COLLEGE,
            age_from=16,
            age_to=24,
            weight=300 if r["la_code"] == LA_CODE else 100,
        )
        for r in schools
        if r["establishment_type"] == "Further education" and is_in_box(r, NETWORK_BOX)
    ]


def _day_services(points: Points) -> tuple[list[SiteSeed], tuple[Assumption, ...]]:
    """Build the two day services, with places from the published contracts."""
    contracts = {
        r["service"]: (find_count(r["places"]), find_count(r["annual_contract_pounds"]))
        for r in read_rows(FOLDER, "care_contracts_2021.csv")
    }
    sites, rows = [], []
    for name, easting_m, northing_m in _DAY_SERVICES:
        at = find_nearest(points, easting_m, northing_m)
        n_places, pounds = contracts[name]
        sites.append(
            SiteSeed(
                name=name,
                kind=SiteKind.DAY_CENTRE,
                easting_m=int(points.easting_m[at]),
                northing_m=int(points.northing_m[at]),
                lon=float(points.lon[at]),
                lat=float(points.lat[at]),
                postcode=points.postcodes[at],
                age_from=19,
                age_to=64,
                n_places=n_places,
                is_position_assumed=True,
                note="position assumed at a real postcode",
            )
        )
        rows.append(
            Assumption(
                name=f"place.{name.lower().replace(' ', '_')}",
                value=f"{n_places} places, {pounds:,} pounds",
                unit="places; pounds a year",
                year="2021",
                source="Southend Care contracts",
                grade="B",
            )
        )
    return sites, tuple(rows)


def _about() -> tuple[Assumption, ...]:
    """List what is real and what is assumed about the place."""
    rows = [
        (
            "roads",
            "schematic network",
            "not for eligibility decisions",
            "2026",
            "Gabriel graph on postcodes and stops, straight line x 1.18",
            "C",
        ),
        ("pupils", "900", "pupils carried", "2026", "working assumption", "C"),
        (
            "adults",
            "260",
            "adults on the roll of the day services",
            "2026",
            "mean 2.5 days",
            "C",
        ),
        (
            "need_mix",
            "by placement and age",
            "plans of Southend-on-Sea, January 2025",
            "2025",
            "DfE, Education, health and care plans",
            "A",
        ),
        (
            "homes",
            "by residents of each small area",
            "Census 2021, split evenly over its postcodes",
            "2021",
            "ONS; postcodes live in 2014",
            "B",
        ),
        ("ages_of_schools", "by school", "years", "2026", "not in the extract", "C"),
        (
            "resourced_units",
            f"{_UNIT_PRIMARY} primary, {_UNIT_SECONDARY} secondary",
            "units",
            "2026",
            "not in the extract: assumed at the largest schools",
            "C",
        ),
        (
            "bells",
            "08:30-09:15; 14:50-15:40",
            "windows of 20 and 15 min",
            "2026",
            "made up",
            "C",
        ),
        ("day_bells", "10:15-10:30; 14:00-14:15", "windows of 30 min", "2026", "made up", "C"),
        (
            "positions",
            "3 depots, 10 bases, 2 day services",
            "postcodes",
            "2026",
            "made up",
            "C",
        ),
    ]
    return tuple(
        Assumption(name=f"place.{n}", value=v, unit=u, year=y, source=s, grade=g)
        for n, v, u, y, s, g in rows
    )
