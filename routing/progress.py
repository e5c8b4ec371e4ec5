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
    """

    stage: str
    seconds_used: float
    seconds_left: float | None
    best_cost_pence: int | None = None
    bound_pence: int | None = None
    n_unserved: int = 0


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
        self.n_unserved = 0
        self.is_interrupted = False
        self.given_steps = 0
        self.whole: Budget | None = None
        self._progress = progress
        self._should_stop = should_stop
        self._wall_from = time.monotonic()
        self._cpu_from = time.process_time()

    def part(self, share: float) -> Budget:
        """Give a share of the whole limit to a part of the search."""
        return self._split(
            None if self.seconds is None else self.seconds * share,
            None if self.steps is None else max(1, round(self.steps * share)),
        )

    def rest(self, share: float) -> Budget:
        """Give a share of what is left to a part of the search."""
        self.given_steps = min(self.given_steps, self.steps or 0)
        left_steps = None if self.steps is None else self.steps - self.given_steps
        return self._split(
            None if self.left_s is None else self.left_s * share,
            None if left_steps is None else max(1, round(left_steps * share)),
        )

    def _split(self, seconds: float | None, steps: int | None) -> Budget:
        self.given_steps += steps or 0
        part = Budget(seconds=seconds, steps=steps)
        part.whole = self
        return part

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
        if self.whole is not None:
            self.whole.best_cost_pence = self.best_cost_pence
            self.whole.n_unserved = self.n_unserved
            self.whole.report(stage)
            return
        if self._progress is not None:
            self._progress(
                ProgressReport(
                    stage=stage,
                    seconds_used=self.used_s,
                    seconds_left=self.left_s,
                    best_cost_pence=self.best_cost_pence,
                    n_unserved=self.n_unserved,
                )
            )
