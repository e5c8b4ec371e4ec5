"""Draw the made-up people of a sample: where they travel, how old they are, where they live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.random import Generator

from data.places import SiteKind
from data.samples.drafts import Draft
from data.samples.seeds import MILE_M, FloatArray, PlaceSeed, Points, SiteSeed
from data.samples.settings import SampleSettings

AFFINITY: Mapping[str, Mapping[str, float]] = {
    "complex": {"pmld": 8.0, "pd": 5.0, "sld": 5.0, "msi": 4.0, "semh": 0.05, "spld": 0.2},
    "social": {"semh": 8.0, "asd": 0.6, "slcn": 0.2, "pmld": 0.0, "pd": 0.1, "sld": 0.05},
    "moderate": {"mld": 2.0, "slcn": 1.5, "asd": 1.2, "pmld": 0.05, "pd": 0.4, "semh": 0.6},
    "all": {},
}
"""How much more or less a special school of a profile draws a need; assumed (grade C)."""

_PLACEMENT_OF = {
    "special": "special",
    "alternative": "alternative",
    "unit": "mainstream",
    "mainstream": "general",
    "college": "further",
    "adult": "adult",
}
_DECAY_M = {
    "special": 12_000.0,
    "alternative": 10_000.0,
    "unit": 4_000.0,
    "mainstream": 4_000.0,
    "college": 10_000.0,
    "adult": 8_000.0,
}


def _share(total: int, share_bp: int) -> int:
    """Whole number nearest to a share."""
    return (total * share_bp + 5_000) // 10_000


def find_service_counts(n_pupils: int, settings: SampleSettings) -> dict[str, int]:
    """Split pupils over the services by the settings' shares."""
    mainstream = _share(n_pupils, settings.mainstream_bp)
    college = _share(n_pupils, settings.post_16_bp)
    send = max(0, n_pupils - mainstream - college)
    unit = _share(send, settings.unit_bp)
    alternative = min(send - unit, _share(send, settings.alternative_bp))
    special = send - unit - alternative
    return {
        "special": special,
        "alternative": alternative,
        "unit": unit,
        "mainstream": mainstream,
        "college": college,
    }


def _sites_of(service: str, sites: Sequence[SiteSeed]) -> list[int]:
    """Positions of the sites a service may use."""
    kind = {
        "special": SiteKind.SPECIAL_SCHOOL,
        "alternative": SiteKind.ALTERNATIVE_PROVISION,
        "college": SiteKind.COLLEGE,
    }.get(service, SiteKind.SCHOOL)
    return [
        i
        for i, s in enumerate(sites)
        if s.kind is kind
        and (service != "unit" or s.has_unit)
        and (service != "mainstream" or s.takes_mainstream)
    ]


def draw_pupils(
    seed: PlaceSeed,
    sites: Sequence[SiteSeed],
    n_pupils: int,
    settings: SampleSettings,
    rng_seed: int,
) -> list[Draft]:
    """Draw pupils with site, age, need and home, in an order that tells nothing."""
    rng = np.random.default_rng([rng_seed, 301])
    counts = find_service_counts(n_pupils, settings)
    for service in ("alternative", "unit", "college", "mainstream"):
        if counts[service] and not _sites_of(service, sites):
            counts["special"] += counts.pop(service)
    drafts: list[Draft] = []
    for service, n_wanted in counts.items():
        for group, n in _site_groups(service, sites, n_wanted, settings):
            drafts += _draw_service(seed, sites, service, group, n, rng)
    for i in range(len(sites)):
        _draw_homes(seed.points, sites[i], [d for d in drafts if d.site == i], settings, rng)
    order = rng.permutation(len(drafts))
    return [drafts[int(i)] for i in order]


def _site_groups(
    service: str, sites: Sequence[SiteSeed], n_wanted: int, settings: SampleSettings
) -> list[tuple[list[int], int]]:
    """Split special placements over sites within, outside and far outside the area."""
    all_sites = _sites_of(service, sites)
    if service not in ("special", "alternative"):
        return [(all_sites, n_wanted)] if n_wanted else []
    inside = [i for i in all_sites if not sites[i].is_out_of_borough]
    far = [i for i in all_sites if sites[i].is_beyond_network]
    near = [i for i in all_sites if sites[i].is_out_of_borough and i not in set(far)]
    n_out = _share(n_wanted, settings.out_of_borough_bp) if near or far else 0
    n_far = _share(n_out, settings.beyond_network_bp) if far else 0
    if not near:
        n_far = n_out
    if not inside:
        n_out = n_wanted
    groups = [(inside, n_wanted - n_out), (near, n_out - n_far), (far, n_far)]
    return [(group, n) for group, n in groups if n]


def _draw_service(
    seed: PlaceSeed,
    sites: Sequence[SiteSeed],
    service: str,
    group: list[int],
    n: int,
    rng: Generator,
) -> list[Draft]:
    """Draw the need, then a site that suits it, then an age the site takes."""
    placement = _PLACEMENT_OF[service]
    needs = sorted(seed.needs.get(placement, {"": 1}).items())
    drawn = rng.choice(len(needs), size=n, p=_normal([w for _, w in needs]))
    counts = seed.ages.get(placement, seed.ages["special"])
    p_ages = {i: _ages_of(sites[i], counts) for i in group}
    # A school fills up: the more of its roll is drawn, the fewer come. Larger samples have
    # larger schools.
    roll = sum(sites[i].weight for i in group)
    scale = max(1.0, n / roll)
    n_drawn = dict.fromkeys(group, 0)
    drafts = []
    for k in drawn.tolist():
        need = needs[k][0]
        weights = [
            sites[i].weight
            * max(0.0, 1.0 - n_drawn[i] / (sites[i].weight * scale + 1.0))
            * (AFFINITY[sites[i].profile].get(need, 1.0) if service == "special" else 1.0)
            * p_ages[i][2]
            for i in group
        ]
        if not any(weights):
            weights = [float(sites[i].weight) for i in group]
        site = group[int(rng.choice(len(group), p=_normal(weights)))]
        n_drawn[site] += 1
        ages, p_age, _ = p_ages[site]
        age = ages[int(rng.choice(len(ages), p=p_age))]
        drafts.append(
            Draft(
                service=service,
                site=site,
                age=age,
                need=need,
            )
        )
    return drafts


def _normal(weights: Sequence[float] | FloatArray) -> FloatArray:
    """Weights that sum to one; all equal if all are nought."""
    values: FloatArray = np.asarray(weights, dtype=np.float64)
    if values.sum() <= 0:
        values = np.ones_like(values)
    return np.asarray(values / values.sum(), dtype=np.float64)


def _ages_of(site: SiteSeed, counts: Mapping[int, int]) -> tuple[list[int], FloatArray, float]:
    """Ages the site takes, their shares, and how much of the published counts they cover."""
    ages = [a for a in range(site.age_from, site.age_to + 1) if counts.get(a, 0) > 0]
    if not ages:
        ages = list(range(site.age_from, site.age_to + 1))
        return ages, _normal([1.0] * len(ages)), 0.0
    covered = sum(counts[a] for a in ages) / max(1, sum(counts.values()))
    return ages, _normal([float(counts[a]) for a in ages]), covered


def _draw_homes(
    points: Points,
    site: SiteSeed,
    drafts: Sequence[Draft],
    settings: SampleSettings,
    rng: Generator,
) -> None:
    """Draw homes by residents of the right age, thinning with distance from the site.

    Mainstream pupils live beyond the walking distance (2 miles under 8, else 3), as a straight
    line times the settings' factor: an approximation, not an eligibility decision.
    """
    if not drafts:
        return
    straight_m = np.hypot(
        points.easting_m - site.easting_m, points.northing_m - site.northing_m
    ).astype(np.float64)
    walk_m = straight_m * settings.walk_factor_bp / 10_000
    groups: dict[tuple[str, bool], list[Draft]] = {}
    for d in drafts:
        groups.setdefault((d.service, d.age < 8), []).append(d)
    for (service, is_young), members in sorted(groups.items()):
        residents = points.young_weight if service == "college" else points.child_weight
        weight = residents * np.exp(-straight_m / _DECAY_M[service])
        if service == "mainstream":
            far = walk_m > (2 if is_young else 3) * MILE_M
            weight = np.where(far, weight, 0.0)
        if weight.sum() <= 0:  # nobody lives that far: the furthest tenth
            weight = np.where(straight_m >= np.quantile(straight_m, 0.9), residents, 0.0)
        chosen = rng.choice(straight_m.size, size=2 * len(members), p=_normal(weight))
        for k, d in enumerate(members):
            d.point = int(chosen[2 * k])
            d.second_point = int(chosen[2 * k + 1])
            d.straight_m = float(straight_m[d.point])


def draw_adults(
    seed: PlaceSeed,
    sites: Sequence[SiteSeed],
    n_adults: int,
    settings: SampleSettings,
    *,
    places_factor: int,
    rng_seed: int,
) -> list[Draft]:
    """Draw adults of the day services with their days, within the places of each day.

    Each day goes to the weekday with the most room; days a week are 1 + Binomial(4, p) with the
    settings' mean. An adult whose service is full moves to the one with the most room.
    """
    rng = np.random.default_rng([rng_seed, 302])
    group = [i for i, s in enumerate(sites) if s.kind is SiteKind.DAY_CENTRE]
    if not group or not n_adults:
        return []
    room = {
        i: np.full(
            5,
            (sites[i].n_places or 1_000_000) * places_factor * settings.occupancy_bp // 10_000,
        )
        for i in group
    }
    shares = _normal([float(sites[i].n_places or sites[i].weight) for i in group])
    p = min(1.0, max(0.0, (settings.adult_days_per_week_c / 100 - 1) / 4))
    needs = sorted(seed.needs["adult"].items())
    p_need = _normal([w for _, w in needs])
    drafts = []
    for _ in range(n_adults):
        site = group[int(rng.choice(len(group), p=shares))]
        n_days = 1 + int(rng.binomial(4, p))
        tie = rng.permutation(5)
        if not room[site].any():
            site = max(group, key=lambda i: (int(room[i].sum()), -i))
        days = sorted(range(5), key=lambda d: (-room[site][d], tie[d]))[:n_days]
        days = [d for d in days if room[site][d] > 0] or days[:1]
        room[site][days] -= 1
        drafts.append(
            Draft(
                service="adult",
                site=site,
                age=int(rng.integers(sites[site].age_from, sites[site].age_to + 1)),
                need=needs[int(rng.choice(len(needs), p=p_need))][0],
                weekdays=frozenset(days),
            )
        )
    for i in group:
        members = [d for d in drafts if d.site == i]
        straight_m = np.hypot(
            seed.points.easting_m - sites[i].easting_m,
            seed.points.northing_m - sites[i].northing_m,
        ).astype(np.float64)
        weight = seed.points.adult_weight * np.exp(-straight_m / _DECAY_M["adult"])
        chosen = rng.choice(straight_m.size, size=len(members), p=_normal(weight))
        for d, point in zip(members, chosen.tolist(), strict=True):
            d.point = int(point)
            d.straight_m = float(straight_m[d.point])
    return drafts
