"""Whole weeks of a sample place: ``python -m benchmarks place southend --seconds 60``.

The cost is pounds of the service date by the exact price; the judge is the product's own
independent checker. The search is limited by wall time, of as many threads as asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.families.family import OnBetter, Solution, VehicleRoute, Verdict
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import Plan, Timetable


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCase:
    """A sample place, made ready outside the clock."""

    inputs: Inputs
    matrix: TravelMatrix
    model: Any
    steps: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceSolution(Solution):
    """A solution with the plan or timetable that the judge checks.

    Attributes
    ----------
    priced
        The plan of the service date with its exact price.
    """

    found: Plan | Timetable
    priced: Plan


def build_place_case(
    place: str, *, n_passengers: int | None = None, n_sites: int | None = None, steps: float = 0
) -> PlaceCase:
    """Build a sample's inputs, travel times and prices."""
    from costing import build_cost_model
    from data.samples import build_sample
    from routing import build_sample_network
    from scenarios import build_case_matrix

    inputs = build_sample(place, n_passengers=n_passengers, n_sites=n_sites)
    return PlaceCase(
        inputs=inputs,
        matrix=build_case_matrix(inputs, build_sample_network(place)),
        model=build_cost_model(inputs, inputs.service_date),
        steps=int(steps) or None,
    )


def build_place_solution(case: PlaceCase, found: Plan | Timetable) -> PlaceSolution:
    """Price a plan, or a timetable's service date, exactly, and count it."""
    from scenarios import price_exactly

    plan = found.plans[0] if isinstance(found, Timetable) else found
    priced, _, gap_pence = price_exactly(plan, case.inputs, case.inputs.service_date)
    return PlaceSolution(
        routes=tuple(_list_route(plan, case)),
        cost=(priced.cost_pence or 0) / 100,
        extra=(
            ("cost_pence", float(priced.cost_pence or 0)),
            ("unserved", float(len({u.passenger_id for u in plan.unserved}))),
            ("routes", float(len(plan.routes))),
            ("duties", float(len(plan.duties))),
            ("objective_gap_pence", float(gap_pence)),
        ),
        bound=None if plan.bound_pence is None else plan.bound_pence / 100,
        found=found,
        priced=priced,
    )


def judge_place(case: PlaceCase, solution: Solution) -> Verdict:
    """Check the plan with the product's checker; a price that is not exact is a fault too."""
    from routing import check_plan, check_timetable

    if not isinstance(solution, PlaceSolution):
        raise TypeError("a place's plan is judged by `wayfare judge`")
    if isinstance(solution.found, Timetable):
        found = check_timetable(solution.found, case.inputs, case.matrix)
    else:
        found = check_plan(solution.found, case.inputs, case.matrix)
    broken = [str(v) for v in found.violations]
    gap_pence = dict(solution.extra)["objective_gap_pence"]
    if gap_pence:
        broken.append(f"the search's cost is {gap_pence:g} pence from the exact price")
    return Verdict(cost=(solution.priced.cost_pence or 0) / 100, violations=tuple(broken))


def write_place_plan(solution: Solution, path: Path) -> None:
    """Write the plan or timetable that the judge checked."""
    from data.plan_files import write_plan_file

    if isinstance(solution, PlaceSolution):
        write_plan_file(solution.found, path)


def _list_route(plan: Plan, case: PlaceCase) -> list[VehicleRoute]:
    """List routes with places as their positions in the matrix."""
    row = {place_id: k for k, place_id in enumerate(case.matrix.place_ids)}
    return [
        VehicleRoute(
            vehicle=f"{duty.duty_id} {duty.provider_id}",
            nodes=tuple(row[stop.place_id] for stop in route.stops),
            times=tuple(float(stop.arrive_s) for stop in route.stops),
        )
        for duty in plan.duties
        for route in duty.routes
    ]


class PlaceFamily:
    """Sample places as a family; the file is the place's name."""

    name = "place"

    def warm(self) -> None:
        """Compile the kernels before the clock starts."""
        from cli.compiling import compile_kernels, is_compiled

        if not is_compiled():
            compile_kernels()

    def read(self, path: Path, *, steps: float = 0) -> PlaceCase:
        """Build the place's case."""
        return build_place_case(path.name, steps=steps)

    def find_best_known(self, path: Path) -> float | None:
        """Nobody else has planned a sample place."""
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
        """Plan the week."""
        from routing import optimise_timetable

        found = optimise_timetable(
            case.inputs,
            case.matrix,
            case.model,
            seconds=None if case.steps else seconds,
            steps=case.steps,
            seed=seed,
            n_workers=threads,
        )
        return build_place_solution(case, found)

    def judge(self, case: PlaceCase, solution: Solution) -> Verdict:
        """Check the whole timetable."""
        return judge_place(case, solution)

    def write_native(self, solution: Solution, path: Path) -> None:
        """Write the plan in the product's own format."""
        write_place_plan(solution, path)


FAMILY = PlaceFamily()
