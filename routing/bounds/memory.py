"""Whom riders remember: a route may visit a rider twice only where nobody between does."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from routing.bounds.master import Master
from routing.problem import SessionProblem

Memory = NDArray[np.uint8]
"""(n, n) whether the rider of the row remembers that of the column."""

N_NEAR = 5
"""Riders each rider remembers at first."""


def remember_near(problem: SessionProblem, near: Memory) -> None:
    """Let each rider remember those nearest to it, and itself."""
    time_s = problem.duration_s[np.ix_(problem.request_row, problem.request_row)]
    both = np.minimum(time_s, time_s.T).astype(np.int64)
    both[:, problem.is_alone] = 1 << 40
    np.fill_diagonal(both, -1)
    order = np.argsort(both, axis=1, kind="stable")[:, : N_NEAR + 1]
    for i in range(problem.n_requests):
        near[i, order[i]] = 1


def grow_memory(master: Master, near: Memory) -> bool:
    """Remember riders where a route in use visits one twice; say whether there was one.

    Routes that are forbidden now leave the program.
    """
    cycles = master.find_cycles()
    for nodes in cycles:
        for i, between in _list_cycles(nodes, master.n_requests):
            for j in between:
                near[j, i] = 1
    if not cycles:
        return False
    gone = [
        key
        for key, (_, nodes) in master.routes.items()
        if len(set(key[0])) < len(key[0]) and _is_forbidden(nodes, near, master.n_requests)
    ]
    master.remove(gone)
    return True


def _list_cycles(
    nodes: tuple[int, ...], n_requests: int
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """List each rider that comes again, with the riders between."""
    riders = [node for node in nodes if node < n_requests]
    last: dict[int, int] = {}
    for at, i in enumerate(riders):
        if i in last:
            yield i, tuple(riders[last[i] + 1 : at])
        last[i] = at


def _is_forbidden(nodes: tuple[int, ...], near: Memory, n_requests: int) -> bool:
    """Whether everybody between two visits of a rider remembers it."""
    cycles = _list_cycles(nodes, n_requests)
    return any(all(near[j, i] for j in between) for i, between in cycles)


__all__ = ["grow_memory", "remember_near"]
