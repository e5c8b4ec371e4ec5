"""British National Grid: positions, and lengths on the ground."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_CENTRAL_SCALE = 0.9996012717
_TRUE_ORIGIN_EASTING_M = 400_000.0
_EARTH_RADIUS_M = 6_382_000.0
"""Mean of the two radii of curvature of the Airy ellipsoid at 52 degrees north. [m]"""


def find_grid_position(lon: FloatArray, lat: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Find British National Grid positions by OSTN15, to the centimetre; NaN outside it. [m]"""
    from convertbng import cutil

    easting_m, northing_m = cutil.convert_bng(
        np.ascontiguousarray(lon, dtype=np.float64), np.ascontiguousarray(lat, dtype=np.float64)
    )
    easting: FloatArray = np.asarray(easting_m, dtype=np.float64).round(2)
    northing: FloatArray = np.asarray(northing_m, dtype=np.float64).round(2)
    return easting, northing


def measure_ground_lengths(shape: FloatArray) -> float:
    """Measure the length on the ground of a (k, 2) line drawn on the grid. [m]

    Notes
    -----
    The grid is up to 0.04 % off the ground. The scale factor is F = F0 (1 + d**2 / 2 R**2) with
    d the distance east or west of the central meridian [1]_; the next term is below one
    millionth.

    References
    ----------
    .. [1] Ordnance Survey, A guide to coordinate systems in Great Britain, 2020, annexe C.
    """
    return float(_measure_steps(shape[:, 0], shape[:, 1]).sum())


def measure_line_lengths(
    first: NDArray[np.int64], easting_m: FloatArray, northing_m: FloatArray
) -> FloatArray:
    """Measure many lines kept end to end as `measure_ground_lengths` does one, (n,). [m]

    Parameters
    ----------
    first
        (n + 1,) where each line's points start.
    """
    along = np.concatenate([[0.0], np.cumsum(_measure_steps(easting_m, northing_m))])
    length: FloatArray = along[first[1:] - 1] - along[first[:-1]]
    return length


def _measure_steps(easting_m: FloatArray, northing_m: FloatArray) -> FloatArray:
    """Measure each step from point to point on the ground. [m]"""
    steps = np.hypot(np.diff(easting_m), np.diff(northing_m))
    middle = (easting_m[1:] + easting_m[:-1]) / 2 - _TRUE_ORIGIN_EASTING_M
    scale = _CENTRAL_SCALE * (1.0 + middle**2 / (2.0 * _EARTH_RADIUS_M**2))
    found: FloatArray = steps / scale
    return found
