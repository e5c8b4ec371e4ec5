"""The smallest sample: a made-up town on a 30 x 30 grid of streets; no data files needed."""

from __future__ import annotations

import numpy as np

from data.money import Assumption
from data.places import SiteKind
from data.samples.geography import find_lonlat
from data.samples.seeds import PlaceSeed, Points, SiteSeed

WEST_M = 586_000
SOUTH_M = 184_000
BLOCK_M = 150
N_BLOCKS = 30
"""The same corners as the made-up street network: 31 by 31, about TQ 88 86. [m]"""

DEFAULT_AGES = {
    "special": dict.fromkeys(range(4, 19), 10),
    "mainstream": dict.fromkeys(range(4, 16), 10),
    "general": dict.fromkeys(range(4, 16), 10),
    "further": {16: 10, 17: 10, 18: 6, 19: 3},
}
"""Even ages, where no published counts are used."""

DEFAULT_NEEDS = {
    "special": {"asd": 30, "mld": 14, "pd": 6, "pmld": 6, "semh": 14, "slcn": 24, "sld": 6},
    "mainstream": {"asd": 34, "mld": 14, "pd": 4, "semh": 16, "slcn": 30, "hi": 2},
    "further": {"asd": 24, "mld": 20, "pd": 4, "semh": 24, "slcn": 20, "pmld": 2},
    "alternative": {"asd": 20, "semh": 70, "slcn": 10},
    "adult": {"mld": 30, "sld": 30, "asd": 20, "pd": 10, "pmld": 10},
}
"""Rounded from the published counts of Southend-on-Sea, where a place has none of its own."""


def _point(col: int, row: int) -> tuple[int, int]:
    """Easting and northing of a street corner. [m]"""
    return WEST_M + col * BLOCK_M, SOUTH_M + row * BLOCK_M


def _site(name: str, kind: SiteKind, col: int, row: int, **more: object) -> SiteSeed:
    """Build a made-up site at a street corner."""
    easting_m, northing_m = _point(col, row)
    lon, lat = find_lonlat(np.array([easting_m]), np.array([northing_m]))
    return SiteSeed(
        name=name,
        kind=kind,
        easting_m=easting_m,
        northing_m=northing_m,
        lon=float(lon[0]),
        lat=float(lat[0]),
        is_position_assumed=True,
        note="made-up site",
        **more,  # type: ignore[arg-type]
    )


def build_place(seed: int) -> PlaceSeed:
    """Build the made-up town: every corner of the grid is a point to live at."""
    rng = np.random.default_rng([seed, 101])
    cols, rows = np.meshgrid(np.arange(N_BLOCKS + 1), np.arange(N_BLOCKS + 1))
    jitter_m = rng.integers(-15, 16, size=(2, cols.size))
    half = N_BLOCKS // 2
    easting_m = WEST_M + cols.ravel() * BLOCK_M + jitter_m[0]
    northing_m = SOUTH_M + rows.ravel() * BLOCK_M + jitter_m[1]
    lon, lat = find_lonlat(easting_m, northing_m)
    distance = np.hypot(cols.ravel() - half, rows.ravel() - half)
    weight = 40.0 / (1.0 + distance / 6.0)  # denser towards the centre
    n_points = easting_m.size
    points = Points(
        easting_m=easting_m.astype(np.int64),
        northing_m=northing_m.astype(np.int64),
        lon=lon,
        lat=lat,
        postcodes=(None,) * n_points,
        areas=tuple(
            f"G{c // 8}{r // 8}" for c, r in zip(cols.ravel(), rows.ravel(), strict=True)
        ),
        child_weight=weight,
        young_weight=weight * 0.5,
        adult_weight=weight * 2.0,
    )
    sites = (
        _site("Grid Special School A", SiteKind.SPECIAL_SCHOOL, 8, 20, weight=120, age_to=18),
        _site("Grid Special School B", SiteKind.SPECIAL_SCHOOL, 22, 11, weight=90, age_to=18),
        _site(
            "Grid Mainstream School",
            SiteKind.SCHOOL,
            3,
            4,
            weight=900,
            has_unit=True,
            takes_mainstream=True,
        ),
        _site("Grid College", SiteKind.COLLEGE, 17, 17, weight=400, age_from=16, age_to=25),
        _site(
            "Grid Day Centre",
            SiteKind.DAY_CENTRE,
            12,
            12,
            age_from=19,
            age_to=64,
            n_places=12,
        ),
    )
    return PlaceSeed(
        place="grid",
        title="Grid (made-up town)",
        points=points,
        sites=sites,
        depots=(5 * (N_BLOCKS + 1) + 5, 24 * (N_BLOCKS + 1) + 25),
        bases=tuple(int(i) for i in rng.choice(n_points, size=10, replace=False)),
        n_pupils=60,
        n_adults=12,
        n_own_vehicles=6,
        ages=DEFAULT_AGES,
        needs=DEFAULT_NEEDS,
        supplier_ids=("T01", "M05", "T10"),
        attribution=("Made-up town: no outside data.",),
        assumptions=(
            Assumption(
                name="sample.grid",
                value="30 x 30 blocks of 150 m",
                unit="streets",
                year="2026",
                source="made up",
                grade="C",
            ),
        ),
    )
