"""Routes that a short search passes through: a good beginning for a bound's program."""

from __future__ import annotations

import time
from collections.abc import Callable

from routing.improve import SessionSolution, improve_session
from routing.problem import SessionProblem

N_SEARCHES = 3
"""Searches with seeds of their own: what they disagree on says what riders are worth."""


def collect_routes(
    problem: SessionProblem,
    *,
    seconds: float,
    seed: int = 1,
    clock: Callable[[], float] = time.thread_time,
) -> tuple[tuple[int, ...], ...]:
    """Collect the routes of every better plan that short searches find on their way.

    Parameters
    ----------
    seconds
        Time by `clock` of all searches together. [s]

    Returns
    -------
    nodes of each route once, in the order in which they were met
    """
    met: dict[tuple[int, ...], None] = {}

    def note(_seconds: float, found: SessionSolution) -> None:
        met.update((tuple(nodes), None) for nodes in found.routes)

    for k in range(N_SEARCHES):
        found = improve_session(
            problem,
            seconds=seconds / N_SEARCHES,
            seed=seed + k,
            clock=clock,
            on_better=note,
        )
        note(0.0, found)
    return tuple(met)


__all__ = ["collect_routes"]
