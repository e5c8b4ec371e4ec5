"""Routes as the duties see them, and the exact timing of routes worked one after the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.places import Session

HALVES = ((Session.AM, Session.DAY_OUT), (Session.DAY_HOME, Session.PM))
"""The sessions of the morning's and of the afternoon's work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When a piece of driving may start and how long it takes.

    Attributes
    ----------
    from_s, to_s
        Earliest and latest start at which it takes `elapsed_s`. [s after midnight]
    elapsed_s
        From start to end, waiting included. [s]
    """

    from_s: int
    to_s: int
    elapsed_s: int


def join_spans(first: Span, second: Span, gap_s: int) -> Span | None:
    """Join two spans with at least `gap_s` between them, in the least time from start to end.

    If the first may start such that the second follows at once, there is no waiting and a range
    of starts; otherwise the first starts as late as it may, and the vehicle waits.

    Returns
    -------
    The joined span, or None when the second would start too late.

    Examples
    --------
    >>> early = Span(from_s=0, to_s=100, elapsed_s=50)
    >>> join_spans(early, Span(from_s=0, to_s=90, elapsed_s=9), 10)
    Span(from_s=0, to_s=30, elapsed_s=69)
    >>> join_spans(early, Span(from_s=200, to_s=290, elapsed_s=9), 10)
    Span(from_s=100, to_s=100, elapsed_s=109)
    """
    shift_s = first.elapsed_s + gap_s
    from_s = max(first.from_s, second.from_s - shift_s)
    to_s = min(first.to_s, second.to_s - shift_s)
    if from_s <= to_s:
        return Span(from_s=from_s, to_s=to_s, elapsed_s=shift_s + second.elapsed_s)
    if second.to_s - shift_s < first.from_s:
        return None
    start_s = first.to_s
    return Span(
        from_s=start_s, to_s=start_s, elapsed_s=second.from_s + second.elapsed_s - start_s
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One route as the duties see it.

    Attributes
    ----------
    first_idx, last_idx
        Positions in the matrix of the first and the last stop.
    span
        Starts at which the route takes its least time.
    drive_s, waiting_s, loaded_m
        Driving, waiting at sites, and distance between first and last stop. [s], [s], [m]
    n_assistants, n_trained_assistants
        Assistants aboard.
    n_crew_assistants, n_crew_trained
        Of these, the ones an own crew must hold: not the named assistants of others.
    assistant_ids
        Named assistants aboard.
    offers
        (o,) bool: which offers may carry the route.
    """

    session: Session
    passenger_ids: tuple[str, ...]
    first_idx: int
    last_idx: int
    span: Span
    drive_s: int
    waiting_s: int
    loaded_m: int
    n_assistants: int
    n_trained_assistants: int
    n_crew_assistants: int
    n_crew_trained: int
    assistant_ids: tuple[str, ...]
    offers: NDArray[np.bool_]

    @property
    def half(self) -> int:
        """0 for the morning's work, 1 for the afternoon's."""
        return 1 if self.session.is_homeward else 0
