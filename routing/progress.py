"""Reports of a running search, its share of time, and the wish to stop it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[["ProgressReport"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressReport:
    """How far a search is.

    Attributes
    ----------
    stage
        What is being done, in words.
    seconds_used, seconds_left
        Wall time; None left where only steps limit the search. [s]
    best_cost_pence
        Cost of the best plan so far, or None. [pence]
    bound_pence
        Proven lower bound, or None. [pence]
    n_unserved
        Journeys the best plan does not carry.
    day_name, day_number, n_days
        The day type in hand, and which of how many it is; '' and 0 where there is only one.
        Cost, bound and unserved are always those of the day that is shown, the first one.
    """

    stage: str
    seconds_used: float
    seconds_left: float | None
    best_cost_pence: int | None = None
    bound_pence: int | None = None
    n_unserved: int = 0
    day_name: str = ""
    day_number: int = 0
    n_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInHand:
    """Which day type a part of the search plans.

    Attributes
    ----------
    is_shown
        Its cost is the one that is told while this and all other days are planned.
    """

    name: str
    number: int
    n_days: int
    is_shown: bool


class Budget:
    """The time, the steps and the reports of one search.

    Parameters
    ----------
    seconds
        Wall time from now on, or None for no limit. [s]
    should_stop
        Asked now and then; True ends the search with the best plan so far.
    """

    def __init__(
        self,
        *,
        seconds: float | None,
        steps: int | None,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> None:
        self.seconds = seconds
        self.steps = steps
        self.best_cost_pence: int | None = None
        self.bound_pence: int | None = None
        self.n_unserved = 0
        self.day: DayInHand | None = None
        self.is_interrupted = False
        self.given_steps = 0
        self.whole: Budget | None = None
        self._progress = progress
        self._should_stop = should_stop
        self._wall_from = time.monotonic()
        self._cpu_from = time.process_time()

    def rest(
        self,
        share: float,
        *,
        least_s: float = 0.0,
        later_s: float = 0.0,
        day: DayInHand | None = None,
    ) -> Budget:
        """Give a share of what is left to a part of the search.

        Parameters
        ----------
        least_s, later_s
            Time without which the part, and what comes after it, cannot be done at all. Only
            what is left beyond both is shared; where less is left, they share that. [s]
        day
            The day type that the part plans.
        """
        self.given_steps = min(self.given_steps, self.steps or 0)
        left_steps = None if self.steps is None else self.steps - self.given_steps
        steps = None if left_steps is None else max(1, round(left_steps * share))
        self.given_steps += steps or 0
        part = Budget(seconds=self._find_part_s(share, least_s, later_s), steps=steps)
        part.whole, part.day = self, day
        return part

    def _find_part_s(self, share: float, least_s: float, later_s: float) -> float | None:
        """Find the time of a part. [s]"""
        if self.left_s is None:
            return None
        spare_s = self.left_s - least_s - later_s
        if spare_s >= 0:
            return least_s + spare_s * share
        return self.left_s * least_s / (least_s + later_s)

    @property
    def used_s(self) -> float:
        """Wall time used. [s]"""
        return time.monotonic() - self._wall_from

    @property
    def cpu_s(self) -> float:
        """Processor time used, all threads. [s]"""
        return time.process_time() - self._cpu_from

    @property
    def left_s(self) -> float | None:
        """Wall time left, or None for no limit. [s]"""
        return None if self.seconds is None else max(0.0, self.seconds - self.used_s)

    @property
    def limit(self) -> str:
        """What limits the search (C8)."""
        if self.is_interrupted:
            return "interrupted"
        if self.steps is not None:
            return "steps"
        return "none" if self.seconds is None else "seconds"

    def is_over(self) -> bool:
        """Whether the search is to end now."""
        if self.whole is not None and self.whole.is_over():
            self.is_interrupted = True
        if self._should_stop is not None and self._should_stop():
            self.is_interrupted = True
        return self.is_interrupted

    def interrupt(self) -> None:
        """End the search, and what it is a part of, with the best so far."""
        self.is_interrupted = True
        if self.whole is not None:
            self.whole.interrupt()

    def report(self, stage: str) -> None:
        """Tell how far the search is; a part tells it of the whole."""
        top = self.whole or self
        if top is not self and (self.day is None or self.day.is_shown):
            top.best_cost_pence = self.best_cost_pence
            top.bound_pence = self.bound_pence
            top.n_unserved = self.n_unserved
        if top._progress is not None:
            top._progress(
                ProgressReport(
                    stage=stage,
                    seconds_used=top.used_s,
                    seconds_left=top.left_s,
                    best_cost_pence=top.best_cost_pence,
                    bound_pence=top.bound_pence,
                    n_unserved=top.n_unserved,
                    day_name=self.day.name if self.day else "",
                    day_number=self.day.number if self.day else 0,
                    n_days=self.day.n_days if self.day else 0,
                )
            )
