"""The table of classes of offers, and how some are taken or two are made one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OfferClasses:
    """Linear prices below those of the offers, for each of g classes.

    A class is an offer without assistants, or with at least one aboard.

    Attributes
    ----------
    fixed_pence, m_pence, s_pence, wait_pence
        (g,) price of a route, of a loaded metre, of a second of the route, and of a second of
        waiting on top. [pence]
    start_pence
        (g, n) least price of the way from base to each request's stop. [pence]
    end_pence
        (g, k) least price of the way from each site to base. [pence]
    layouts
        (g, l, 2) seats and spaces left to passengers; -1 pads.
    is_allowed
        (g, n) requests the class may carry.
    tier
        (g,) 0: vehicles without number; 1: own vehicles; 2: large own vehicles.
    """

    fixed_pence: FloatArray
    m_pence: FloatArray
    s_pence: FloatArray
    wait_pence: FloatArray
    start_pence: FloatArray
    end_pence: FloatArray
    layouts: IntArray
    is_allowed: BoolArray
    tier: IntArray

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.fixed_pence)


def cut_classes(classes: OfferClasses, some: list[int]) -> OfferClasses:
    """Take some of the classes."""
    return OfferClasses(
        fixed_pence=classes.fixed_pence[some],
        m_pence=classes.m_pence[some],
        s_pence=classes.s_pence[some],
        wait_pence=classes.wait_pence[some],
        start_pence=classes.start_pence[some],
        end_pence=classes.end_pence[some],
        layouts=classes.layouts[some],
        is_allowed=classes.is_allowed[some],
        tier=classes.tier[some],
    )


def join_classes(a: OfferClasses, b: OfferClasses) -> OfferClasses:
    """Merge two classes: the least of each price, all that either may do."""
    layouts = np.concatenate([a.layouts[0], b.layouts[0]])
    return OfferClasses(
        fixed_pence=np.minimum(a.fixed_pence, b.fixed_pence),
        m_pence=np.minimum(a.m_pence, b.m_pence),
        s_pence=np.minimum(a.s_pence, b.s_pence),
        wait_pence=np.minimum(a.wait_pence, b.wait_pence),
        start_pence=np.minimum(a.start_pence, b.start_pence),
        end_pence=np.minimum(a.end_pence, b.end_pence),
        layouts=np.unique(layouts, axis=0)[None],
        is_allowed=a.is_allowed | b.is_allowed,
        tier=np.minimum(a.tier, b.tier),
    )


def stack_classes(parts: Sequence[OfferClasses]) -> OfferClasses:
    """Put tables of classes below each other."""
    return OfferClasses(
        fixed_pence=np.concatenate([m.fixed_pence for m in parts]),
        m_pence=np.concatenate([m.m_pence for m in parts]),
        s_pence=np.concatenate([m.s_pence for m in parts]),
        wait_pence=np.concatenate([m.wait_pence for m in parts]),
        start_pence=np.concatenate([m.start_pence for m in parts]),
        end_pence=np.concatenate([m.end_pence for m in parts]),
        layouts=_stack_layouts([m.layouts for m in parts]),
        is_allowed=np.concatenate([m.is_allowed for m in parts]),
        tier=np.concatenate([m.tier for m in parts]),
    )


def _stack_layouts(parts: list[IntArray]) -> IntArray:
    """Stack layouts of different numbers; -1 pads."""
    width = max(p.shape[1] for p in parts)
    return np.concatenate(
        [
            np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), constant_values=-1)
            for p in parts
        ]
    )
