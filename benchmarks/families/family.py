"""What every family of benchmark files offers the one door of the benchmarks.

A family reads its files, hands them to the engine, and judges any solution, its own or a
rival's, with code that shares nothing with the search. Costs are in the unit of the files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleRoute:
    """One vehicle's way through a solution.

    Attributes
    ----------
    vehicle
        Vehicle type or number, as the family's file names it.
    nodes
        Nodes in order, as the family's file numbers them, depots included where it has any.
    times
        When service begins at each node, in the file's unit of time; empty where times do not
        matter.
    """

    vehicle: str
    nodes: tuple[int, ...]
    times: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """A solution of one file.

    Attributes
    ----------
    cost
        In the file's unit, by the solver's own account; the judge counts again.
    extra
        Further figures of the family, e.g. ``vehicles``.
    bound
        A proven lower bound on the cost, if one was computed.
    """

    routes: tuple[VehicleRoute, ...]
    cost: float
    extra: tuple[tuple[str, float], ...] = ()
    bound: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the judge of a family finds in a solution.

    Attributes
    ----------
    cost
        Counted again from the file.
    violations
        Each broken rule in words, with vehicle, node and amount; empty for a feasible solution.
    """

    cost: float
    violations: tuple[str, ...]


OnBetter = Callable[[float, Solution], None]
"""Told the CPU seconds used and each better solution, for curves of cost against time."""


class Family(Protocol):
    """One family of files."""

    name: str

    def read(self, path: Path) -> Any:
        """Read a file or folder; `data.InputError` with all its problems if it is malformed."""
        ...

    def find_best_known(self, path: Path) -> float | None:
        """Find the best cost in print, None if the file is not a known one."""
        ...

    def solve(
        self,
        case: Any,
        *,
        seconds: float,
        seed: int,
        threads: int = 1,
        on_better: OnBetter | None = None,
    ) -> Solution:
        """Solve with wayfare's engine; ``seconds`` is CPU time of one thread unless two."""
        ...

    def judge(self, case: Any, solution: Solution) -> Verdict:
        """Count the cost again and name each broken rule, sharing no code with the search."""
        ...
