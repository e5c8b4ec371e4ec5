"""Few classes out of many, each still below the offers it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.bounds.class_table import (
    OfferClasses,
    cut_classes,
    join_classes,
    stack_classes,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_USUAL_S = 3_600
"""Duration at which merged prices are to differ least. [s]"""
_USUAL_M = 16_000
"""Distance at which merged prices are to differ least. [m]"""
_LONGEST_S = 6 * 3_600.0
"""Seconds of no route: ride limits and windows end long before. [s]"""
_SAMPLE_WEIGHT = 100.0
"""How much more the routes of a plan count than a usual route."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """Routes of a plan, as far as their prices depend on it; one row for each of r routes.

    Attributes
    ----------
    loaded_m, duration_s, waiting_s, seats, spaces
        (r,) length, time and peaks.
    first, last
        (r,) first request and last site.
    carried
        (r, n) who is aboard.
    """

    loaded_m: FloatArray
    duration_s: FloatArray
    waiting_s: FloatArray
    seats: IntArray
    spaces: IntArray
    first: IntArray
    last: IntArray
    carried: BoolArray

    def price(self, one: OfferClasses) -> FloatArray:
        """Price all routes by one class; infinite where it may not run them. [pence]"""
        layouts = one.layouts[0]
        fits = (layouts[:, 0] >= self.seats[:, None]) & (layouts[:, 1] >= self.spaces[:, None])
        may = fits.any(axis=1) & ~(self.carried & ~one.is_allowed[0]).any(axis=1)
        price = (
            one.fixed_pence[0]
            + one.m_pence[0] * self.loaded_m
            + one.s_pence[0] * self.duration_s
            + one.wait_pence[0] * self.waiting_s
            + one.start_pence[0, self.first]
            + one.end_pence[0, self.last]
        )
        return np.where(may, price, np.inf)

    def find_least(self, merged: Sequence[OfferClasses]) -> FloatArray:
        """Find the least price of each route, of bought classes and of own ones. [pence]"""
        least = np.full((2, len(self.first)), np.inf)
        for one in merged:
            row = int(one.tier[0] > 0)
            least[row] = np.minimum(least[row], self.price(one))
        # What no class may run is lost to none.
        return np.where(np.isfinite(least), least, 0.0)


def merge_classes(
    classes: OfferClasses, *, most: int, fastest: float, samples: Samples | None = None
) -> OfferClasses:
    """Leave out classes that another one undercuts, and merge others until few are left.

    Class a undercuts b where it may carry whom b may, holds what b holds, and costs no more at
    the corners of what a route can be: no time, the longest time standing, and the longest time
    driving at full speed; between corners both prices are linear. Two merged classes cost the
    least of each rate and may do what either may: still never more than the offer. Own
    vehicles, which are limited, never take the place of bought ones.

    Parameters
    ----------
    most
        Classes to be left.
    fastest
        Most metres of a second. [m/s]
    samples
        Routes of a plan: those are merged first that make them least cheaper. Without, a usual
        route stands for all.
    """
    kept = list(range(classes.n_classes))
    for b in range(classes.n_classes):
        if any(a != b and _undercuts(classes, a, b, fastest) for a in kept):
            kept.remove(b)
    merged = [cut_classes(classes, [g]) for g in kept]
    losses: dict[tuple[int, int], float] = {}
    while len(merged) > most:
        pairs = [
            (a, b)
            for b in range(len(merged))
            for a in range(b)
            if (merged[a].tier[0] > 0) == (merged[b].tier[0] > 0)
        ]
        if not pairs:
            break
        least = None if samples is None else samples.find_least(merged)
        for a, b in pairs:
            one, other = merged[a], merged[b]
            if (id(one), id(other)) not in losses:
                losses[id(one), id(other)] = _measure_loss(one, other, samples, least)
        a, b = min(pairs, key=lambda ab: (losses[id(merged[ab[0]]), id(merged[ab[1]])], ab))
        joined = join_classes(merged[a], merged[b])
        gone = {id(merged[a]), id(merged[b])}
        losses = {key: loss for key, loss in losses.items() if not gone & set(key)}
        merged = [m for c, m in enumerate(merged) if c not in (a, b)] + [joined]
    return stack_classes(merged) if merged else classes


def _undercuts(c: OfferClasses, a: int, b: int, fastest: float) -> bool:
    """Whether class a does all that b does for no more; of two equal ones the first."""
    corners = [(0.0, 0.0), (0.0, _LONGEST_S), (fastest * _LONGEST_S, _LONGEST_S)]
    price = [
        [float(c.fixed_pence[g] + c.m_pence[g] * m + c.s_pence[g] * s) for m, s in corners]
        for g in (a, b)
    ]
    if c.tier[a] > c.tier[b]:
        return False
    if any(x > y for x, y in zip(*price, strict=True)) or c.wait_pence[a] > c.wait_pence[b]:
        return False
    if (c.start_pence[a] > c.start_pence[b]).any() or (c.end_pence[a] > c.end_pence[b]).any():
        return False
    if (c.is_allowed[b] & ~c.is_allowed[a]).any():
        return False
    if not all(
        seats < 0 or ((c.layouts[a, :, 0] >= seats) & (c.layouts[a, :, 1] >= spaces)).any()
        for seats, spaces in c.layouts[b].tolist()
    ):
        return False
    return price[0] != price[1] or a < b or not _undercuts_back(c, a, b)


def _undercuts_back(c: OfferClasses, a: int, b: int) -> bool:
    """Whether two classes of one price may do the same, so that either would leave out both."""
    same = (c.is_allowed[a] == c.is_allowed[b]).all() and c.tier[a] == c.tier[b]
    return bool(same and (c.layouts[a] == c.layouts[b]).all())


def _measure_loss(
    a: OfferClasses, b: OfferClasses, samples: Samples | None, least: FloatArray | None
) -> float:
    """Measure how much cheaper and roomier routes get when two classes are merged."""
    both = join_classes(a, b)

    def price(c: OfferClasses) -> float:
        return float(c.fixed_pence[0] + c.m_pence[0] * _USUAL_M + c.s_pence[0] * _USUAL_S)

    def seats(c: OfferClasses) -> float:
        return float(c.layouts[0].max(axis=0).sum())

    low = max(1.0, price(both))
    dearest = max(price(a), price(b), low)
    spread = float((a.is_allowed[0] != b.is_allowed[0]).mean())
    grown = max(1.0, seats(both)) / max(1.0, min(seats(a), seats(b)))
    usual = float(np.log(dearest / low) + 0.5 * np.log(grown)) + spread
    if samples is None or least is None:
        return usual
    row = int(both.tier[0] > 0)
    lost = float(np.maximum(least[row] - samples.price(both), 0.0).sum())
    return lost / max(1.0, float(least[0].sum())) * _SAMPLE_WEIGHT + usual
