"""Whose home a file says is elsewhere or protected, although the file is not taken in.

A file with faults changes nothing, but an address that it says is no longer to be called at
must not be called at because of a fault in another row (N4). Withheld is rather too much than
too little: the night says so and calls a person.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from data.imports.report import ImportResult, QuarantinedRow
from data.inputs import Inputs
from data.places import Home, Place

MOVED_M = 50
"""A home placed further away than this has moved. [m]"""

_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b", re.IGNORECASE)
_NO = {"", "n", "no", "false", "0", "none"}


def find_moved_homes(known: Inputs, result: ImportResult) -> tuple[str, ...]:
    """Find the homes of the standing data that a file says are elsewhere or protected.

    Parameters
    ----------
    known
        Standing data.
    result
        The file, read so that its valid rows are in `inputs` and the others in quarantine.

    Returns
    -------
    Sorted ids: homes placed elsewhere, newly protected, replaced by another home of the same
    passenger, and those of faulty rows that give another postcode or a mark of protection.
    """
    places = {p.place_id: p for p in known.places}
    found: set[str] = set()
    if result.inputs is not None:
        new_places = {p.place_id: p for p in result.inputs.places}
        new_homes = {h.home_id: h for h in result.inputs.homes}
        with_home = {h.passenger_id for h in result.inputs.homes}
        faulty = {text for row in result.quarantine for _, text in row.cells}
        for home in known.homes:
            new = new_homes.get(home.home_id)
            if new is not None:
                if _has_moved(home, new, places, new_places):
                    found.add(home.home_id)
            elif home.passenger_id in with_home and home.home_id not in faulty:
                found.add(home.home_id)
    for row in result.quarantine:
        found |= _find_in_row(row, known, places)
    return tuple(sorted(found))


def _has_moved(
    home: Home, new: Home, places: Mapping[str, Place], new_places: Mapping[str, Place]
) -> bool:
    """Whether a home is elsewhere or protected now."""
    if new.is_protected and not home.is_protected:
        return True
    old, now = places[home.place_id], new_places[new.place_id]
    away_m = math.hypot(old.easting_m - now.easting_m, old.northing_m - now.northing_m)
    return away_m > MOVED_M


def _find_in_row(row: QuarantinedRow, known: Inputs, places: Mapping[str, Place]) -> set[str]:
    """Find the homes that a faulty row is about, where it says that they changed."""
    texts = {text.strip() for _, text in row.cells}
    about = [h for h in known.homes if h.home_id in texts]
    if not about and "home" in row.sheet.casefold():
        about = [h for h in known.homes if h.passenger_id in texts]
    marked = any(
        "protect" in heading.casefold() and text.strip().casefold() not in _NO
        for heading, text in row.cells
    )
    codes = {_squeeze("".join(m)) for t in texts for m in _POSTCODE.findall(t)}
    return {
        home.home_id
        for home in about
        if (marked and not home.is_protected)
        or (codes and _squeeze(places[home.place_id].postcode or "") not in codes)
    }


def _squeeze(postcode: str) -> str:
    return postcode.replace(" ", "").upper()
