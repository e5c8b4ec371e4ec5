"""A synthetic county: ``python -m benchmarks county --passengers 6000 --sites 300``.

The people and sites are those of `data.samples`, grown to the size asked for, on the roads of
a sample place; the base day is planned. Costs are pounds a day by the exact price.
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from benchmarks.families.family import OnBetter, Solution, Verdict
from benchmarks.families.place import (
    PlaceCase,
    PlaceFamily,
    build_place_case,
    build_place_solution,
    judge_place,
    write_place_plan,
)
from data.errors import InfeasibleError


class CountyFamily:
    """Counties as a family; the file is PLACE-PASSENGERS-SITES."""

    name = "county"

    def warm(self) -> None:
        """Compile the kernels before the clock starts."""
        PlaceFamily().warm()

    def read(self, path: Path, *, steps: float = 0) -> PlaceCase:
        """Build the county's case."""
        place, n_passengers, n_sites = path.name.rsplit("-", 2)
        return build_place_case(
            place, n_passengers=int(n_passengers), n_sites=int(n_sites), steps=steps
        )

    def find_best_known(self, path: Path) -> float | None:
        """Nobody else has planned it."""
        return None

    def solve(
        self,
        case: PlaceCase,
        *,
        seconds: float,
        seed: int,
        threads: int = 1,
        on_better: OnBetter | None = None,
    ) -> Solution:
        """Plan the base day; each better cost of the search is told as it is found."""
        from data.demand import find_day_type
        from routing import ProgressReport, optimise_parts

        day_type = find_day_type(case.inputs, case.inputs.service_date)
        if day_type is None:
            raise InfeasibleError("no site is open on the service date: nothing to plan.")
        least: list[int] = []
        cpu_from = time.process_time()

        def tell(report: ProgressReport) -> None:
            pence = report.best_cost_pence
            if on_better is None or pence is None or (least and pence >= least[-1]):
                return
            least.append(pence)
            on_better(report.seconds_used, Solution(routes=(), cost=pence / 100))

        plan = optimise_parts(
            case.inputs,
            case.matrix,
            case.model,
            day_type=day_type,
            service_date=case.inputs.service_date,
            seconds=None if case.steps else seconds,
            steps=case.steps,
            seed=seed,
            n_workers=threads,
            progress=tell,
        )
        solution = build_place_solution(case, plan)
        cpu_s = time.process_time() - cpu_from
        if plan.search.cpu_s > cpu_s:
            # The parts had processes of their own, which the clock of this one leaves out.
            cpu_s += plan.search.cpu_s
        return replace(solution, extra=(*solution.extra, ("cpu_s", round(cpu_s, 3))))

    def judge(self, case: PlaceCase, solution: Solution) -> Verdict:
        """Check the plan."""
        return judge_place(case, solution)

    def write_native(self, solution: Solution, path: Path) -> None:
        """Write the plan in the product's own format."""
        write_place_plan(solution, path)


FAMILY = CountyFamily()
