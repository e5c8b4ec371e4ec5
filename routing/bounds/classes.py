"""Classes of offers with a price that is linear in metres and seconds and never too high."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.bounds.class_table import OfferClasses, cut_classes
from routing.bounds.merging import Samples, merge_classes
from routing.constants import NO_ROAD_S
from routing.offers import OfferPrices
from routing.packing import find_useful_offers
from routing.problem import SessionProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_MPENCE_MILE = 1_609_344.0
_MPENCE_HOUR = 3_600_000.0
_LONGEST_M = 300_000
"""Loaded metres of no route: the windows of a morning end long before. [m]"""
_USUAL_M = 16_000
"""Distance at which a price that is not linear is to be met most closely. [m]"""
LARGE_SEATS = 8
"""Vehicles with more seats for passengers are large: their drivers need D1."""
_ROUNDING_PENCE = 0.5
"""Most that rounding one line takes off. [pence]"""


def build_classes(
    problem: SessionProblem,
    *,
    is_day: bool = False,
    most: int = 12,
    samples: Samples | None = None,
) -> OfferClasses:
    """Build the classes of a session.

    Claim: for each route that an offer may run, one class of the offer holds everybody aboard,
    has a layout that fits the passengers, and prices the route no dearer than the offer does.

    Proof. Loaded distance: `_bear_price` is a line below the price of the distance, at least
    the minimum charge where nothing else counts towards it. Time: an hour's rate on the
    duration, on `extra_s`, and on the dead runs where they are charged, is at most that on the
    greater of it and `min_s`. Assistants: with nobody who needs one the price without them is
    exact, else at least one is paid and takes its seats. A pair's rate counts half, its excess
    not at all, as the excess is not negative. Each rounded line is at least the exact one less
    half a penny.

    In a day the routes of a duty are charged together. The claim is then: what a duty costs is
    no less than the sum of its routes' prices by their classes.

    Proof. A supplier's duty is charged route by route, but for the first AM and PM route where
    a day rate is known: those two cost the pair and both crews, half of it each is the class of
    the pair; all others have the class of the single route. Its dead runs, which depend on the
    route before, count nothing. A piece of work of the own company is paid from leaving the
    depot to returning, which holds all its routes one after the other; each of its hours is
    paid to the driver and to the most assistants aboard any route, so at least to the route's
    own while that runs; its miles hold those of the routes. Signing on, waiting between
    routes, dead runs and least paid time count nothing. A piece has no more lines than its
    routes have.

    Parameters
    ----------
    is_day
        Prices of routes as parts of a day's duties, not on their own.
    most
        Most classes.
    samples
        Routes of a plan, so that classes are merged where that matters least.
    """
    p = problem.offers
    n, k = problem.n_requests, problem.n_sites
    needs = (problem.n_crew + problem.n_shared + problem.n_trained_crew) > 0
    needs |= problem.n_trained_shared > 0
    rows: list[tuple[float, float, float, float]] = []
    starts, ends, layouts, allowed, tiers = [], [], [], [], []
    kinds = [
        (o, with_assistant, with_pair)
        for o in find_useful_offers(problem).tolist()
        for with_assistant in (False, True)
        for with_pair in _find_prices(p, o, is_day=is_day)
    ]
    for o, with_assistant, with_pair in kinds:
        may = problem.is_allowed[:, o].copy()
        if with_assistant:
            if p.max_assistants[o] < 1 or not (may & needs).any():
                continue
        else:
            may &= ~needs
        if not may.any():
            continue
        fixed, per_m, per_s, per_wait, dead_m, dead_s = _find_rates(
            p, o, with_assistant=with_assistant, with_pair=with_pair, is_day=is_day
        )
        fixed += float(problem.scarcity_pence[o])
        if problem.site_service_s.any():
            # Time that riders add to a visit comes off the waiting there.
            per_wait = 0.0
        rows.append((fixed, per_m, per_s, per_wait))
        start, end = np.zeros(n), np.zeros(k)
        if p.base_row[o] >= 0 and not is_day:
            base = int(p.base_row[o])
            home, site = problem.request_row, problem.site_row
            start = dead_m * problem.distance_m[base, home].astype(np.float64)
            start += dead_s * problem.duration_s[base, home]
            end = dead_m * problem.distance_m[site, base].astype(np.float64)
            end += dead_s * problem.duration_s[site, base]
        starts.append(start)
        ends.append(end)
        seats = p.layout_seats[o].astype(np.int64)
        taken = problem.assistant_seats if with_assistant else 0
        layouts.append(
            np.stack([np.where(seats < 0, -1, seats - taken), p.layout_spaces[o]], axis=1)
        )
        allowed.append(may)
        is_large = int(seats.max(initial=0)) > LARGE_SEATS
        tiers.append((2 if is_large else 1) if is_day and p.is_own[o] else 0)
    g = len(rows)
    rates = np.array(rows, dtype=np.float64).reshape(g, 4)
    classes = OfferClasses(
        fixed_pence=rates[:, 0],
        m_pence=rates[:, 1],
        s_pence=rates[:, 2],
        wait_pence=rates[:, 3],
        start_pence=np.array(starts, dtype=np.float64).reshape(g, n),
        end_pence=np.array(ends, dtype=np.float64).reshape(g, k),
        layouts=np.array(layouts, dtype=np.int64).reshape(g, -1, 2),
        is_allowed=np.array(allowed, dtype=np.bool_).reshape(g, n),
        tier=np.array(tiers, dtype=np.int64),
    )
    return merge_classes(classes, most=most, fastest=_find_fastest(problem), samples=samples)


def _find_fastest(problem: SessionProblem) -> float:
    """Find the most metres that any leg makes in a second. [m/s]"""
    time_s = np.maximum(problem.duration_s, 1)
    return float((problem.distance_m / time_s)[problem.duration_s < NO_ROAD_S].max(initial=0.0))


def _find_prices(p: OfferPrices, o: int, *, is_day: bool) -> tuple[bool, ...]:
    """Find by which prices an offer may charge a route: half a pair (True), or singly."""
    if p.day_pair_pence[o] < 0:
        return (False,)
    if is_day and p.is_priced_alone[o]:
        return (True, False)
    return (True,)


def _find_rates(
    p: OfferPrices, o: int, *, with_assistant: bool, with_pair: bool, is_day: bool
) -> tuple[float, float, float, float, float, float]:
    """Find the linear price of one offer: fixed, m, s, wait, dead m, dead s. [pence]"""
    more = 1.0 + float(p.vat_bp[o]) / 10_000.0
    n_as = 1 if with_assistant else 0
    crew_s = n_as * float(p.assistant_hour_mpence[o]) / _MPENCE_HOUR
    crew = n_as * float(p.assistant_pence[o])
    lines = 1.0 if p.vat_bp[o] else 0.0
    lines += more * float(n_as and p.assistant_hour_mpence[o] > 0)
    extra_s = 0.0 if is_day else float(p.extra_s[o])
    if with_pair:
        fixed = float(p.day_pair_pence[o]) / 2 + crew + extra_s * crew_s
        fixed = more * fixed - _ROUNDING_PENCE * (lines + more)
        dead = crew_s * more if p.includes_dead[o] else 0.0
        return fixed, 0.0, crew_s * more, 0.0, 0.0, dead
    hour = float(p.hour_mpence[o]) / _MPENCE_HOUR
    dead_rate = float(p.dead_mpence[o]) / _MPENCE_MILE
    is_alone = (
        hour == 0
        and p.waiting_mpence[o] == 0
        and (is_day or p.base_row[o] < 0 or dead_rate == 0)
    )
    base, per_m = _bear_price(p, o, with_minimum=bool(is_alone))
    lines += more * sum(
        float(rate > 0)
        for rate in (
            p.band_mpence[o].max(initial=0),
            hour,
            p.waiting_mpence[o],
            p.dead_mpence[o] if p.base_row[o] >= 0 and not p.includes_dead[o] else 0,
        )
    )
    fixed = more * (base + extra_s * (hour + crew_s) + crew) - _ROUNDING_PENCE * lines
    per_s = (hour + crew_s) * more
    wait = float(p.waiting_mpence[o]) / _MPENCE_HOUR * more
    if p.includes_dead[o]:
        return fixed, per_m * more, per_s, wait, per_m * more, per_s
    return fixed, per_m * more, per_s, wait, dead_rate * more, 0.0


def _bear_price(p: OfferPrices, o: int, *, with_minimum: bool) -> tuple[float, float]:
    """Find a line below the price of a loaded distance, close to it at a usual one.

    The price is piecewise linear, so its lower hull on 0.._LONGEST_M is that of its corners;
    beyond, the line must not rise faster than the last band.

    Returns
    -------
    pence at 0 m, pence a metre
    """
    ends = [float(e) for e in p.band_to_m[o]]
    rates = [float(r) / _MPENCE_MILE for r in p.band_mpence[o]]
    corners = {0.0, float(_LONGEST_M)} | {e for e in ends if e < _LONGEST_M}

    def price(m: float) -> float:
        total, start = float(p.fixed_pence[o]), 0.0
        for end, rate in zip(ends, rates, strict=True):
            total += max(0.0, min(m, end) - start) * rate
            start = max(start, end)
        return total

    least = float(p.minimum_pence[o]) if with_minimum else 0.0
    if least > 0:
        for a, b in zip(sorted(corners), sorted(corners)[1:], strict=False):
            low, high = price(a), price(b)
            if low < least < high:
                corners.add(a + (least - low) * (b - a) / (high - low))
    points = [(m, max(price(m), least)) for m in sorted(corners)]
    tail = (
        min(r for e, r in zip(ends, rates, strict=True) if e >= _LONGEST_M)
        if any(e >= _LONGEST_M for e in ends)
        else 0.0
    )
    best = (0.0, 0.0)
    best_at = -1.0
    for a, (m1, c1) in enumerate(points):
        for m2, c2 in points[a + 1 :]:
            slope = min(max(0.0, (c2 - c1) / (m2 - m1)), tail)
            base = min(c - slope * m for m, c in points)
            if base + slope * _USUAL_M > best_at:
                best_at, best = base + slope * _USUAL_M, (base, slope)
    return best


__all__ = ["LARGE_SEATS", "OfferClasses", "build_classes", "cut_classes"]
