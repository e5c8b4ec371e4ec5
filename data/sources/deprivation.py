"""How deprived the area of an address is: the English Indices of Deprivation by small area.

A postcode of the shipped table names its small area; another point takes the area whose centre
is nearest, which is right for most and wrong for some addresses near a border (grade C).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np

from data.places import Place
from data.samples.geography import find_bng
from data.samples.tables import read_rows

FOLDERS = {"southend": "southend", "rutland": "rutland_ogl"}
FILE = "lsoa21_population_imd2025.csv"
FAR_M = 8_000
"""A point further than this from every centre has no known area. [m]"""


def find_deciles(place: str, places: Iterable[Place]) -> dict[str, int]:
    """Find the decile of deprivation, 1 most to 10 least, by place id; the unknown left out.

    Parameters
    ----------
    place
        Sample place whose small areas ship with wayfare; for another one nothing is known.
    """
    if place not in FOLDERS:
        return {}
    east, north, deciles, by_code = _read(FOLDERS[place])
    codes = _read_codes() if place == "southend" else {}
    found = {}
    for p in places:
        code = codes.get(p.postcode or "")
        if code in by_code:
            found[p.place_id] = by_code[code]
            continue
        away = np.hypot(east - p.easting_m, north - p.northing_m)
        at = int(away.argmin())
        if away[at] <= FAR_M:
            found[p.place_id] = int(deciles[at])
    return found


@cache
def _read(folder: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, int]]:
    rows = list(read_rows(folder, FILE))
    east, north = find_bng(
        np.array([float(r["lon"]) for r in rows]), np.array([float(r["lat"]) for r in rows])
    )
    deciles = np.array([int(r["imd2025_decile"]) for r in rows])
    return east, north, deciles, {r["lsoa21cd"]: int(r["imd2025_decile"]) for r in rows}


@cache
def _read_codes() -> dict[str, str]:
    return {r["postcode"]: r["lsoa21cd"] for r in read_rows("southend", "postcodes.csv.gz")}
