"""What a place gives to the making of a sample: sites, points to live at, stops, depots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from data.money import Assumption
from data.places import SiteKind

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MILE_M = 1_609


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points people may live at, or something may be assumed at; n points.

    Attributes
    ----------
    easting_m, northing_m
        (n,) British National Grid, whole metres. [m]
    lon, lat
        (n,) WGS 84. [degrees]
    postcodes
        n postcodes, or None where the point has none.
    areas
        n labels of the area (postcode sector, grid square) that hand-made routes follow.
    child_weight, young_weight, adult_weight
        (n,) residents aged 0-15, 16-24, 25-64 the point stands for.
    """

    easting_m: IntArray
    northing_m: IntArray
    lon: FloatArray
    lat: FloatArray
    postcodes: tuple[str | None, ...]
    areas: tuple[str, ...]
    child_weight: FloatArray
    young_weight: FloatArray
    adult_weight: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSeed:
    """A site before it has bell times.

    Attributes
    ----------
    weight
        How strongly passengers are drawn to it: pupils on roll, or places.
    age_from, age_to
        Ages on 31 August, both included.
    profile
        ``all``, ``complex``, ``social`` or ``moderate``: which needs a special school draws.
    has_unit
        A mainstream school assumed to have a resourced unit.
    takes_mainstream
        A mainstream school that pupils over walking distance travel to.
    is_out_of_borough, is_beyond_network
        Outside the council's area; outside the road network.
    n_places
        Places of a day service.
    """

    name: str
    kind: SiteKind
    easting_m: int
    northing_m: int
    lon: float
    lat: float
    postcode: str | None = None
    weight: int = 100
    age_from: int = 4
    age_to: int = 15
    profile: str = "all"
    has_unit: bool = False
    takes_mainstream: bool = False
    is_out_of_borough: bool = False
    is_beyond_network: bool = False
    is_position_assumed: bool = False
    n_places: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSeed:
    """A place on the street where pupils may be collected."""

    name: str
    easting_m: int
    northing_m: int
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A place's own value of a setting, with where it comes from."""

    value: int
    source: str
    grade: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSeed:
    """Everything a sample is made from, before any person is drawn.

    Attributes
    ----------
    sites, more_sites
        In order of priority: when fewer sites are wanted, the first of each kind stay; when
        more are wanted, `more_sites` follow, then made-up ones.
    depots, bases
        Positions in `points` of the own depots and of suppliers' bases.
    ages
        Placement (``special``, ``mainstream``, ``further``) -> weight of each age on 31 August.
    needs
        Placement (``special``, ``mainstream``, ``further``, ``alternative``) -> weight of each
        primary need.
    rough_m_per_h, reach_m
        Speed a hand-made plan reckons with, and how far its routes reach into the next area.
    overrides
        Settings whose default is another for this place.
    """

    place: str
    title: str
    points: Points
    sites: tuple[SiteSeed, ...]
    depots: tuple[int, ...]
    bases: tuple[int, ...]
    n_pupils: int
    n_adults: int
    n_own_vehicles: int
    ages: Mapping[str, Mapping[int, int]]
    needs: Mapping[str, Mapping[str, int]]
    more_sites: tuple[SiteSeed, ...] = ()
    stops: tuple[StopSeed, ...] = ()
    rough_m_per_h: int = 34_000
    reach_m: int = 3_000
    supplier_ids: tuple[str, ...] | None = None
    overrides: Mapping[str, Override] = field(default_factory=dict)
    attribution: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = field(default=())
