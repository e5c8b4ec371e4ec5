"""Which walks to pick-up points the matrix should measure."""

from __future__ import annotations

import numpy as np

from data.inputs import Inputs


def find_walks_wanted(inputs: Inputs) -> tuple[tuple[str, str, int], ...]:
    """Find the pairs of home and pick-up point that some passenger may be asked to walk.

    Returns
    -------
    (home place id, pick-up point place id, limit in metres), sorted; only pairs whose straight
    line is within the largest walking limit of the passengers who live there.
    """
    limit_m = {p.passenger_id: p.walk_limit_m for p in inputs.passengers if p.walk_limit_m > 0}
    places = {p.place_id: p for p in inputs.places}
    points = sorted({p.place_id for p in inputs.pick_up_points})
    if not points or not limit_m:
        return ()
    wanted: dict[str, int] = {}
    for home in inputs.homes:
        if home.passenger_id in limit_m:
            most_m = max(wanted.get(home.place_id, 0), limit_m[home.passenger_id])
            wanted[home.place_id] = most_m
    easting_m = np.array([places[p].easting_m for p in points], dtype=np.int64)
    northing_m = np.array([places[p].northing_m for p in points], dtype=np.int64)
    found: list[tuple[str, str, int]] = []
    for place_id, most_m in sorted(wanted.items()):
        place = places[place_id]
        near = (easting_m - place.easting_m) ** 2 + (northing_m - place.northing_m) ** 2
        found.extend((place_id, points[i], most_m) for i in np.flatnonzero(near <= most_m**2))
    return tuple(found)
