"""Coordinates and rough distances for the making of samples."""

from __future__ import annotations

import numpy as np

from data.samples.seeds import FloatArray, IntArray

ROUGH_M_PER_H = 22_000
ROUGH_DETOUR = 1.5
"""Cautious speed and detour with which samples guess a drive; never used in a plan."""


def find_lonlat(easting_m: IntArray, northing_m: IntArray) -> tuple[FloatArray, FloatArray]:
    """Find longitude and latitude of British National Grid points (OSTN15). [degrees]"""
    from convertbng.cutil import convert_osgb36_to_ll

    lon, lat = convert_osgb36_to_ll(easting_m.astype(float), northing_m.astype(float))
    return _rounded(lon), _rounded(lat)


def _rounded(degrees: object) -> FloatArray:
    """Degrees to six decimals, a tenth of a metre."""
    values: FloatArray = np.array(degrees, dtype=np.float64)
    return values.round(6)


def find_bng(lon: FloatArray, lat: FloatArray) -> tuple[IntArray, IntArray]:
    """Find British National Grid coordinates of WGS 84 points (OSTN15), whole metres. [m]"""
    from convertbng.cutil import convert_to_osgb36

    easting, northing = convert_to_osgb36(lon.astype(float), lat.astype(float))
    return (
        np.rint(np.asarray(easting)).astype(np.int64),
        np.rint(np.asarray(northing)).astype(np.int64),
    )


def rough_drive_s(distance_m: float, m_per_h: int = ROUGH_M_PER_H) -> float:
    """Guess a drive from a straight line, on the slow side. [s]"""
    return float(distance_m) * ROUGH_DETOUR * 3600.0 / m_per_h
