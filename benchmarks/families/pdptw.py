"""Pick-up and delivery with windows: the files of Li and Lim (2001).

First line: vehicles, capacity, speed (not used). Then one line per node: number, x, y, demand,
window, service, and the node of its pick-up or of its delivery, 0 for none; the depot is node
0. Travel times are straight lines, not rounded. Fewer vehicles come before less distance.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from benchmarks.families.family import OnBetter, Solution, Verdict
from benchmarks.families.pairs import (
    Faults,
    Node,
    PairedCase,
    check_case,
    judge_case,
    read_numbers,
    read_rows,
    solve_case,
)

INSTANCES = Path(__file__).resolve().parents[1] / "instances" / "pdptw"
_HEAD = ("vehicles", "capacity", "speed")
_NODE = ("node", "x", "y", "demand", "from", "by", "service", "pick-up", "delivery")


def read(path: Path) -> PairedCase:
    """Read a file; `data.InputError` or `data.InfeasibleError` with every fault."""
    faults = Faults(path)
    rows = read_rows(path, faults)
    head = read_numbers(rows[0][0], rows[0][1], _HEAD, faults, n_needed=2) or []
    nodes: list[Node] = []
    partner: list[tuple[int, int]] = []
    for k, (row, words) in enumerate(rows[1:]):
        values = read_numbers(row, words, _NODE, faults, n_needed=9)
        if values is None:
            values = [float(k)] + [0.0] * 8
        number, x, y, load, from_, by, service, pick, drop = values
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
        partner.append((int(pick), int(drop)))
        nodes.append(Node(x=x, y=y, service=service, load=load, from_=from_, by=by))
    if head and (head[0] < 0 or head[0] != int(head[0])):
        faults.add("BF09", rows[0][0], "vehicles", f"{head[0]:g}", "A count is a whole number.")
    faults.stop_if_any()
    pairs = []
    for k, (pick, drop) in enumerate(partner[1:], start=1):
        row = rows[k + 1][0]
        is_pick = pick == 0 and 0 < drop < len(nodes)
        is_drop = drop == 0 and 0 < pick < len(nodes)
        value = f"{pick} {drop}"
        if not is_pick and not is_drop:
            cause = "A node has either a pick-up or a delivery, and it must be in the file."
            faults.add("BF11", row, "pick-up, delivery", value, cause)
        elif partner[drop if is_pick else pick] != ((k, 0) if is_pick else (0, k)):
            cause = f"Node {drop if is_pick else pick} does not name node {k} in turn."
            faults.add("BF11", row, "pick-up, delivery", value, cause)
        elif is_pick:
            if nodes[k].load < 0 or nodes[drop].load != -nodes[k].load:
                value = f"{nodes[k].load:g} {nodes[drop].load:g}"
                cause = f"What node {drop} drops off is not what node {k} picks up."
                faults.add("BF10", row, "demand", value, cause)
            pairs.append((k, drop))
    faults.stop_if_any()
    case = PairedCase(
        name=path.stem,
        n_vehicles=int(head[0]),
        capacity=head[1],
        nodes=tuple(nodes),
        start=0,
        end=0,
        pairs=tuple(pairs),
        max_ride=None,
        max_route=None,
        is_fewest_vehicles=True,
    )
    check_case(case, path)
    return case


@cache
def read_best_known() -> dict[str, tuple[int, float]]:
    """Read vehicles and distance of the best plans in print."""
    table = json.loads((INSTANCES / "best_known.json").read_text(encoding="utf-8"))
    return {name: (int(row["vehicles"]), float(row["cost"])) for name, row in table.items()}


class PdptwFamily:
    """Pick-up and delivery with windows: vehicles, then distance."""

    name = "pdptw"

    def read(self, path: Path) -> PairedCase:
        """Read a file; `data.InputError` with all its faults if it is malformed."""
        return read(path)

    def find_best_known(self, path: Path) -> float | None:
        """Find the distance of the best plan in print, which is for the fewest vehicles."""
        found = read_best_known().get(path.stem)
        return found[1] if found else None

    def find_best_known_vehicles(self, path: Path) -> int | None:
        """Find the vehicles of the best plan in print."""
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

    def judge(self, case: PairedCase, solution: Solution) -> Verdict:
        """Count the distance again and name each broken rule, to a tolerance of 1e-6."""
        return judge_case(case, solution)


FAMILY = PdptwFamily()
