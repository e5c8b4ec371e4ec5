"""Mixed fleets as a family: ``python -m benchmarks hvrp FILE ...``."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.families.family import OnBetter, Solution, Verdict
from benchmarks.families.hvrp_files import HvrpCase, judge_hvrp, read_hvrp
from benchmarks.families.hvrp_search import solve_hvrp

INSTANCES = Path(__file__).resolve().parents[1] / "instances" / "hvrp"


class HvrpFamily:
    """Mixed fleets as a family."""

    name = "hvrp"

    def read(self, path: Path) -> HvrpCase:
        """Read a file."""
        return read_hvrp(path)

    def find_best_known(self, path: Path) -> float | None:
        """Find the best cost in print: beside the file, above it, or as shipped."""
        for folder in (*path.resolve().parents[:2], INSTANCES):
            table = folder / "best_known.json"
            if table.exists():
                row = json.loads(table.read_text(encoding="utf-8")).get(path.stem)
                return None if row is None else float(row["best_known_cost"])
        return None

    def solve(
        self,
        case: HvrpCase,
        *,
        seconds: float,
        seed: int,
        threads: int = 1,
        on_better: OnBetter | None = None,
    ) -> Solution:
        """Solve with the engine."""
        return solve_hvrp(
            case, seconds=seconds, seed=seed, threads=threads, on_better=on_better
        )

    def judge(self, case: HvrpCase, solution: Solution) -> Verdict:
        """Count again and name each broken rule."""
        return judge_hvrp(case, solution)


FAMILY = HvrpFamily()
