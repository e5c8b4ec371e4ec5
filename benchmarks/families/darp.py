"""Dial-a-ride files: Cordeau (2006), Ropke et al. (2007), Cordeau and Laporte (2003).

First line: vehicles, pick-ups and drop-offs together, longest route, capacity, longest ride.
Then one line per node: number, x, y, service, load, window; the depot is node 0, the drop-off
of request i is node n + i, and a last node may give the depot's window for coming home.
Travel times are straight lines, not rounded; the cost is the distance driven.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from benchmarks.families.family import OnBetter, Solution, Verdict
from benchmarks.families.pairs import (
    Faults,
    Node,
    PairedCase,
    bound_case,
    check_case,
    judge_case,
    read_numbers,
    read_rows,
    solve_case,
)

INSTANCES = Path(__file__).resolve().parents[1] / "instances" / "darp"
_HEAD = ("vehicles", "nodes", "route duration", "capacity", "ride time")
_NODE = ("node", "x", "y", "service", "load", "window from", "window to")


def read(path: Path) -> PairedCase:
    """Read a file; `data.InputError` or `data.InfeasibleError` with every fault."""
    faults = Faults(path)
    rows = read_rows(path, faults)
    head = read_numbers(rows[0][0], rows[0][1], _HEAD, faults, n_needed=5) or []
    nodes: list[Node] = []
    for k, (row, words) in enumerate(rows[1:]):
        values = read_numbers(row, words, _NODE, faults, n_needed=7)
        if values is None:
            values = [float(k), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
        number, x, y, service, load, from_, by = values
        if number != k:
            faults.add("BF05", row, "node", words[0], f"Node {k} belongs here.")
        if from_ > by:
            faults.add(
                "BF06", row, "window", f"{from_:g} {by:g}", "The window is turned round."
            )
        if service < 0:
            faults.add(
                "BF07", row, "service", f"{service:g}", "Service takes less than no time."
            )
        nodes.append(Node(x=x, y=y, service=service, load=load, from_=from_, by=by))
    faults.stop_if_any()
    return _build_case(path, head, nodes, rows, faults)


def _build_case(
    path: Path,
    head: list[float],
    nodes: list[Node],
    rows: list[tuple[int, list[str]]],
    faults: Faults,
) -> PairedCase:
    """Pair the nodes up and look at what only shows in pairs."""
    n_vehicles, n_nodes, max_route, capacity, max_ride = head
    n = len(nodes[1:]) // 2
    # Some files give the number of requests, others that of pick-ups and drop-offs.
    if n_nodes not in (n, 2 * n):
        cause = f"The head says {n_nodes:g} nodes, {len(nodes)} lines follow."
        faults.add("BF08", rows[0][0], "nodes", f"{n_nodes:g}", cause)
    for name, value in (("vehicles", n_vehicles), ("nodes", n_nodes)):
        if value < 0 or value != int(value):
            faults.add("BF09", rows[0][0], name, f"{value:g}", "A count is a whole number.")
    for name, limit in (("route duration", max_route), ("ride time", max_ride)):
        if limit < 0:
            faults.add("BF09", rows[0][0], name, f"{limit:g}", "A limit is not negative.")
    faults.stop_if_any()
    for i in range(1, n + 1):
        if nodes[i].load <= 0 or nodes[n + i].load != -nodes[i].load:
            loads = f"{nodes[i].load:g} {nodes[n + i].load:g}"
            cause = f"What node {n + i} drops off is not what node {i} picks up."
            faults.add("BF10", rows[n + i + 1][0], "load", loads, cause)
    faults.stop_if_any()
    case = PairedCase(
        name=path.stem,
        n_vehicles=int(n_vehicles),
        capacity=capacity,
        nodes=tuple(nodes),
        start=0,
        end=2 * n + 1 if len(nodes) == 2 * n + 2 else 0,
        pairs=tuple((i, n + i) for i in range(1, n + 1)),
        max_ride=max_ride,
        max_route=max_route,
        is_fewest_vehicles=False,
    )
    check_case(case, path)
    return case


@cache
def read_best_known() -> dict[str, tuple[float, str]]:
    """Read the best costs in print and what is known of them."""
    with (INSTANCES / "best_known.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["instance"]: (float(row["best_known"]), row["status"])
            for row in csv.DictReader(file)
        }


class DarpFamily:
    """Dial-a-ride, distance within a fleet."""

    name = "darp"

    def read(self, path: Path) -> PairedCase:
        """Read a file; `data.InputError` with all its faults if it is malformed."""
        return read(path)

    def find_best_known(self, path: Path) -> float | None:
        """Find the best cost in print by the file's name."""
        found = read_best_known().get(path.stem)
        return found[0] if found else None

    def solve(
        self,
        case: PairedCase,
        *,
        seconds: float,
        seed: int,
        threads: int = 1,
        on_better: OnBetter | None = None,
    ) -> Solution:
        """Solve with wayfare's engine; ``seconds`` is CPU time of one thread unless two."""
        return solve_case(
            case, seconds=seconds, seed=seed, threads=threads, on_better=on_better
        )

    def find_bound(
        self, case: PairedCase, solution: Solution, *, seconds: float, threads: int = 1
    ) -> float:
        """Prove how little any plan drives; ``seconds`` is CPU time of each thread."""
        return bound_case(case, solution, seconds=seconds * threads)

    def judge(self, case: PairedCase, solution: Solution) -> Verdict:
        """Count the distance again and name each broken rule, to a tolerance of 1e-6."""
        return judge_case(case, solution)


FAMILY = DarpFamily()
