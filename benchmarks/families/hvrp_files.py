"""Mixed fleets (Golden 1984, Taillard 1999): least distance and fixed cost of limited vehicles.

A file has comment lines, then customers, types, range, service time and two known costs; of
each type number, capacity, fixed cost and cost of a unit of distance; the depot; and of each
customer x, y and demand. Distances are straight lines, unrounded. Node 0 is the depot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.families.family import Solution, Verdict
from data.errors import InfeasibleError, InputError, Problem, Severity

TOLERANCE = 1e-6
WIDEST = 1e5
"""Range from which on a file has no limit on a route's length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """Vehicles of one kind: how many, what they hold and cost."""

    n_vehicles: int
    capacity: int
    fixed: float
    per_distance: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HvrpCase:
    """One file.

    Attributes
    ----------
    demand
        (n + 1,) of the nodes, 0 at the depot.
    distance
        (n + 1, n + 1) straight lines.
    max_distance, service
        Longest route, service time of each customer counted in; None for no limit.
    """

    name: str
    types: tuple[VehicleType, ...]
    demand: NDArray[np.int64]
    distance: NDArray[np.float64]
    max_distance: float | None
    service: float

    @property
    def n_customers(self) -> int:
        """How many customers there are."""
        return len(self.demand) - 1


def read_hvrp(path: Path) -> HvrpCase:
    """Read a file.

    Raises
    ------
    InputError
        With every fault found.
    InfeasibleError
        If no plan can exist: too much for all vehicles, or one demand for the largest.
    """
    faults = _Faults(path.name)
    try:
        text = path.read_text(encoding="utf-8", errors="strict")
    except (OSError, UnicodeDecodeError) as error:
        faults.add(
            None, "", str(error)[:80], "The file cannot be read.", "Check path and file."
        )
        raise InputError(faults.problems) from error
    lines = [
        (number, line.split())
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.strip().startswith("//")
    ]
    if not lines:
        faults.add(None, "", "", "The file is empty.", "Give a file of the HFVRP format.")
        raise InputError(faults.problems)
    head = faults.read(lines[0], "customers, types, range, service time", 4)
    faults.stop()
    n, n_types, reach, service = int(head[0]), int(head[1]), head[2], head[3]
    if n < 1 or n_types < 1 or head[0] != n or head[1] != n_types:
        faults.add(lines[0][0], "", " ".join(lines[0][1][:2]), _COUNTS, "Give both from 1 on.")
        faults.stop()
    wanted = 2 + n_types + n
    if len(lines) < wanted:
        cause = f"The file says {n_types} types and {n} customers but has {len(lines)} lines."
        faults.add(lines[-1][0], "", str(len(lines)), cause, f"Give {wanted} lines.")
        faults.stop()
    if len(lines) > wanted:
        cause = f"There are more lines than {n_types} types and {n} customers need."
        faults.add(lines[wanted][0], "", " ".join(lines[wanted][1]), cause, "Correct line one.")
    types = [faults.read_type(line) for line in lines[1 : 1 + n_types]]
    depot = faults.read(lines[1 + n_types], "x and y of the depot", 2)
    rows = [faults.read_customer(line) for line in lines[2 + n_types : wanted]]
    faults.stop()
    xy = np.array([depot[:2], *(row[:2] for row in rows)])
    case = HvrpCase(
        name=path.stem,
        types=tuple(types),
        demand=np.array([0, *(int(row[2]) for row in rows)], dtype=np.int64),
        distance=np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1)),
        max_distance=reach if 0 < reach < WIDEST else None,
        service=service,
    )
    _check_feasible(case)
    return case


_COUNTS = "The numbers of customers and of types must be whole and positive."


class _Faults:
    """The problems of one file, gathered."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, row: int | None, column: str, value: str, cause: str, advice: str) -> None:
        self.problems.append(
            Problem(
                code="B001",
                severity=Severity.ERROR,
                file=self.file,
                row=row,
                column=column,
                value=value,
                cause=cause,
                suggestion=advice,
            )
        )

    def stop(self) -> None:
        if self.problems:
            raise InputError(self.problems)

    def read(self, line: tuple[int, list[str]], what: str, n: int) -> list[float]:
        """Read the first n numbers of a line; zeros in place of what is wrong."""
        number, words = line
        if len(words) < n:
            cause = f"The line has too few numbers for {what}."
            self.add(number, "", " ".join(words), cause, f"Give {n} numbers.")
            return [0.0] * n
        values = []
        for k, word in enumerate(words[:n], start=1):
            try:
                value = float(word)
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                self.add(
                    number, f"number {k}", word, f"This is no number ({what}).", "Mend it."
                )
                value = 0.0
            values.append(value)
        return values

    def read_type(self, line: tuple[int, list[str]]) -> VehicleType:
        count, capacity, fixed, per = self.read(
            line, "number, capacity, fixed and unit cost", 4
        )
        is_whole = count == int(count) and capacity == int(capacity)
        if min(count, capacity, fixed, per) < 0 or not is_whole:
            cause = "A type's number and capacity are whole, and nothing is negative."
            self.add(line[0], "", " ".join(line[1]), cause, "Correct the type.")
        return VehicleType(
            n_vehicles=int(count), capacity=int(capacity), fixed=fixed, per_distance=per
        )

    def read_customer(self, line: tuple[int, list[str]]) -> list[float]:
        row = self.read(line, "x, y and demand of a customer", 3)
        if row[2] < 0 or row[2] != int(row[2]):
            cause = "A demand is a whole number from 0 on."
            self.add(line[0], "number 3", line[1][2], cause, "Correct the demand.")
        return row


def _check_feasible(case: HvrpCase) -> None:
    largest = max(t.capacity for t in case.types if t.n_vehicles) if case.types else 0
    whole = sum(t.n_vehicles * t.capacity for t in case.types)
    if int(case.demand.max()) > largest:
        node = int(case.demand.argmax())
        raise InfeasibleError(
            f"{case.name}: customer {node} demands {case.demand[node]}, "
            f"the largest vehicle holds {largest}."
        )
    if int(case.demand.sum()) > whole:
        raise InfeasibleError(
            f"{case.name}: all demand is {case.demand.sum()}, all vehicles hold {whole}."
        )


def judge_hvrp(case: HvrpCase, solution: Solution) -> Verdict:
    """Count the cost again and name each broken rule."""
    broken: list[str] = []
    cost = 0.0
    used = [0] * len(case.types)
    seen = [0] * (case.n_customers + 1)
    for number, route in enumerate(solution.routes, start=1):
        name = f"route {number} (type {route.vehicle})"
        nodes = route.nodes
        if not (route.vehicle.isdigit() and int(route.vehicle) < len(case.types)):
            broken.append(f"{name}: there is no such type")
            continue
        if any(not 0 <= node <= case.n_customers for node in nodes):
            broken.append(f"{name}: a node is not in the file")
            continue
        if len(nodes) < 2 or nodes[0] != 0 or nodes[-1] != 0:
            broken.append(f"{name}: does not begin and end at the depot")
        if 0 in nodes[1:-1]:
            broken.append(f"{name}: calls at the depot on the way")
        kind = case.types[int(route.vehicle)]
        inner = [node for node in nodes if node]
        for node in inner:
            seen[node] += 1
        used[int(route.vehicle)] += 1
        load = sum(int(case.demand[node]) for node in inner)
        if load > kind.capacity:
            broken.append(f"{name}: carries {load}, holds {kind.capacity}")
        far = sum(float(case.distance[a, b]) for a, b in pairwise(nodes))
        length = far + case.service * len(inner)
        if case.max_distance is not None and length > case.max_distance + TOLERANCE:
            broken.append(f"{name}: {length:.2f} long, at most {case.max_distance:g}")
        cost += kind.fixed + kind.per_distance * far
    for k, kind in enumerate(case.types):
        if used[k] > kind.n_vehicles:
            broken.append(f"type {k}: {used[k]} vehicles used, there are {kind.n_vehicles}")
    for node in range(1, case.n_customers + 1):
        if seen[node] != 1:
            broken.append(f"customer {node}: visited {seen[node]} times")
    return Verdict(cost=cost, violations=tuple(broken))
