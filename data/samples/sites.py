"""Sites of a sample with bell times, staggered so that vehicles can be used again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.places import Place, Site, SiteKind
from data.samples.calendars import ADULT_CALENDAR_ID, SCHOOL_CALENDAR_ID
from data.samples.seeds import PlaceSeed, SiteSeed

BELLS = {
    # kind: (arrive_by, leave_from) in minutes after midnight
    SiteKind.SCHOOL: ((8, 30, 14, 55), (8, 40, 15, 5), (8, 45, 15, 15), (8, 50, 15, 20)),
    SiteKind.SPECIAL_SCHOOL: (
        (8, 45, 14, 50),
        (9, 0, 15, 0),
        (9, 10, 15, 10),
        (9, 15, 15, 20),
        (9, 15, 15, 30),
    ),
    SiteKind.ALTERNATIVE_PROVISION: ((9, 10, 14, 50), (9, 15, 15, 0)),
    SiteKind.COLLEGE: ((9, 0, 15, 30), (9, 15, 15, 40)),
    SiteKind.DAY_CENTRE: ((10, 15, 14, 0), (10, 30, 14, 15)),
}
"""Bell times by kind: (hour, minute) to be there by and to leave from; assumed (grade C)."""

WINDOW_MIN = {
    SiteKind.SCHOOL: (20, 15),
    SiteKind.SPECIAL_SCHOOL: (20, 15),
    SiteKind.ALTERNATIVE_PROVISION: (20, 15),
    SiteKind.COLLEGE: (20, 15),
    SiteKind.DAY_CENTRE: (30, 30),
}
"""Minutes before the bell a vehicle may arrive, and after it may leave."""


def _bell(hour: int, minute: int) -> int:
    """Seconds after midnight. [s]"""
    return (hour * 60 + minute) * 60


def find_sites(seed: PlaceSeed, n_sites: int | None, rng_seed: int) -> tuple[SiteSeed, ...]:
    """Choose the sites of a sample: the first of each kind, then in order of priority.

    More sites than the place has are made up at points people live at, and say so.

    Raises
    ------
    ValueError
        If fewer sites are wanted than there are kinds.
    """
    known = seed.sites
    if n_sites is None:
        return known
    kinds = {s.kind: i for i, s in reversed(list(enumerate(known)))}
    if n_sites < len(kinds):
        raise ValueError(f"{seed.place} needs at least {len(kinds)} sites, one of each kind")
    if n_sites > len(known):
        known += seed.more_sites[: n_sites - len(known)]
    if n_sites <= len(known):
        first = sorted(kinds.values())
        rest = [i for i in range(len(known)) if i not in set(first)]
        return tuple(known[i] for i in sorted(first + rest[: n_sites - len(first)]))
    return known + _made_up_sites(seed, n_sites - len(known), rng_seed)


def _made_up_sites(seed: PlaceSeed, n_wanted: int, rng_seed: int) -> tuple[SiteSeed, ...]:
    """Make up sites at points: two mainstream schools to one special school."""
    rng = np.random.default_rng([rng_seed, 201])
    points = seed.points
    chosen = rng.choice(points.easting_m.size, size=n_wanted, replace=True)
    sites = []
    for i, at in enumerate(chosen.tolist()):
        is_special = i % 3 == 2
        base = SiteSeed(
            name=f"Made-up {'Special ' if is_special else ''}School {i + 1}",
            kind=SiteKind.SPECIAL_SCHOOL if is_special else SiteKind.SCHOOL,
            easting_m=int(points.easting_m[at]),
            northing_m=int(points.northing_m[at]),
            lon=float(points.lon[at]),
            lat=float(points.lat[at]),
            postcode=points.postcodes[at],
            weight=100 if is_special else 600,
            is_position_assumed=True,
            note="made-up site",
        )
        if is_special:
            sites.append(replace(base, age_to=18))
        else:
            ages = (4, 10) if i % 3 == 0 else (11, 15)
            sites.append(
                replace(
                    base,
                    age_from=ages[0],
                    age_to=ages[1],
                    has_unit=True,
                    takes_mainstream=i % 3 == 1,
                )
            )
    return tuple(sites)


def build_sites(
    seeds: Sequence[SiteSeed], *, places_factor: int, rng_seed: int
) -> tuple[tuple[Site, ...], tuple[Place, ...]]:
    """Build the sites with their places; ids S101, S102, ...

    Parameters
    ----------
    places_factor
        By how much the places of day services are multiplied when a sample is made larger.
    """
    rng = np.random.default_rng([rng_seed, 202])
    sites, places = [], []
    for i, seed in enumerate(seeds):
        bells = BELLS[seed.kind]
        h_in, m_in, h_out, m_out = bells[int(rng.integers(len(bells)))]
        before, after = WINDOW_MIN[seed.kind]
        site_id = f"S{101 + i}"
        is_day = seed.kind is SiteKind.DAY_CENTRE
        places.append(
            Place(
                place_id=site_id,
                easting_m=seed.easting_m,
                northing_m=seed.northing_m,
                lon=seed.lon,
                lat=seed.lat,
                postcode=seed.postcode,
                is_beyond_network=seed.is_beyond_network,
            )
        )
        sites.append(
            Site(
                site_id=site_id,
                name=seed.name,
                kind=seed.kind,
                place_id=site_id,
                arrive_from_s=_bell(h_in, m_in) - before * 60,
                arrive_by_s=_bell(h_in, m_in),
                leave_from_s=_bell(h_out, m_out),
                leave_by_s=_bell(h_out, m_out) + after * 60,
                calendar_id=ADULT_CALENDAR_ID if is_day else SCHOOL_CALENDAR_ID,
                dwell_s=180 if seed.kind is not SiteKind.SCHOOL else 120,
                n_places=None if seed.n_places is None else seed.n_places * places_factor,
                is_position_assumed=seed.is_position_assumed,
                note=seed.note,
            )
        )
    return tuple(sites), tuple(places)
