"""A clock that never goes back, in whole seconds, and the time left of a limit."""

from __future__ import annotations

from time import monotonic_ns


def read_clock_s() -> int:
    """Read the clock. [s]"""
    return monotonic_ns() // 1_000_000_000


def find_left_s(end_s: int, n_parts: int = 1) -> int:
    """Find the time of the next of some parts until an end, at least a second. [s]"""
    return max(1, (end_s - read_clock_s()) // max(1, n_parts))
