"""Concave stretch of the path lengths of a schematic network that is known to be too short.

A concave, increasing function g with g(0) = 0 has g(a + b) <= g(a) + g(b), so stretched values
still satisfy the triangle inequality.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from data.networks import Int32Array, RoadNetwork
from data.places import Period

UNIT_BP = 10_000


def stretch_lengths(network: RoadNetwork, length_m: Int32Array) -> Int32Array:
    """Stretch path lengths, rounded up; -1 stays. [m]"""
    if not network.stretch_from_m:
        return length_m
    steps = np.array(network.stretch_from_m, dtype=np.int64)
    return _stretch(length_m, steps, np.ones_like(steps), network.stretch_bp)


def stretch_times(network: RoadNetwork, time_ds: Int32Array, period: Period) -> Int32Array:
    """Stretch path times, rounded up, by the same steps at the network's speed. [0.1 s]

    A stretched network has one road class, so its speed is one number.
    """
    if not network.stretch_from_m:
        return time_ds
    total_m = int(network.arc_m.sum(dtype=np.int64))
    total_ds = int(network.arc_ds[period].sum(dtype=np.int64))
    steps = np.array([step * total_ds for step in network.stretch_from_m], dtype=np.int64)
    return _stretch(time_ds, steps, np.full_like(steps, total_m), network.stretch_bp)


def _stretch(
    values: Int32Array,
    steps: NDArray[np.int64],
    divisors: NDArray[np.int64],
    stretch_bp: tuple[int, ...],
) -> Int32Array:
    """Add up each part of a value at its own rate; whole numbers, rounded up once."""
    whole = values.astype(np.int64)
    # The step in the value's own unit; rounding a step moves the kink, not the concavity.
    kinks = steps // divisors
    total = np.zeros_like(whole)
    before = 0
    for kink, rate in zip(kinks.tolist(), stretch_bp, strict=True):
        total += np.maximum(whole - kink, 0) * (rate - before)
        before = rate
    stretched = -(-total // UNIT_BP)
    result: Int32Array = np.where(whole < 0, whole, stretched).astype(np.int32)
    return result
