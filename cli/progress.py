"""Progress of long work, shown on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cli.common import note

if TYPE_CHECKING:
    from routing import ProgressReport


class ShownProgress:
    """Progress on standard error: a bar on a terminal, else a line now and then."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None
        self._last_s = 0.0

    def __enter__(self) -> ShownProgress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            self._bar = Progress(
                TextColumn("{task.description:<30}"),
                BarColumn(bar_width=12),
                TextColumn("{task.fields[left]}"),
                TextColumn("{task.fields[cost]}"),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("starting", total=None, left="", cost="")
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def stage(self, name: str) -> None:
        """Name what is being done."""
        if self._bar is not None:
            self._bar.update(self._task, description=name)
        else:
            note(f"{name} ...")

    def report(self, found: ProgressReport) -> None:
        """Show a report of the search: time left, best cost, gap."""
        from data.units import format_pounds
        from reports.summary import describe_gap

        left = "" if found.seconds_left is None else f"{found.seconds_left:4.0f} s left"
        stage = found.stage
        if found.n_days > 1:
            stage = f"day {found.day_number} of {found.n_days}: {found.day_name}"
        cost = "no plan yet"
        if found.best_cost_pence is not None:
            gap = (
                "gap not known"
                if found.bound_pence is None
                else describe_gap(found.best_cost_pence, found.bound_pence)
            )
            cost = f"best {format_pounds(found.best_cost_pence)} a day, {gap}"
            if found.n_unserved:
                cost += f", {found.n_unserved} not carried"
        if self._bar is not None:
            total = None
            if found.seconds_left is not None:
                total = found.seconds_used + found.seconds_left
            self._bar.update(
                self._task,
                description=stage,
                completed=found.seconds_used,
                total=total,
                left=left,
                cost=cost,
            )
        elif found.seconds_used - self._last_s >= 10 or found.seconds_used < self._last_s:
            self._last_s = found.seconds_used
            parts = (f"{found.seconds_used:.0f} s used", left.strip(), cost)
            doing = found.stage if found.n_days < 2 else f"{stage}, {found.stage}"
            note(f"{doing}: {', '.join(part for part in parts if part)}")
