"""Mixed fleets: the reader's proofs, the judge's findings, the fleet as the engine sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.families import hvrp_search
from benchmarks.families.family import Solution, VehicleRoute
from benchmarks.families.hvrp import FAMILY
from benchmarks.families.hvrp_files import HvrpCase, judge_hvrp, read_hvrp
from data.errors import InfeasibleError, InputError
from routing.improve import SessionSolution

# A depot in the corner, customers on a square of 10, two vans of 10 and a lorry of 20.
TEXT = """ 3 2 999999.0 0.0 0 0
 2 10 0 1.0
 1 20 5 2.0
 0 0
 10 0 10
 0 10 10
 10 10 10
"""


@pytest.fixture
def case(tmp_path: Path) -> HvrpCase:
    path = tmp_path / "SQUARE.txt"
    path.write_text(TEXT)
    return read_hvrp(path)


def solve(*routes: tuple[str, tuple[int, ...]]) -> Solution:
    return Solution(
        routes=tuple(VehicleRoute(vehicle=v, nodes=nodes) for v, nodes in routes), cost=0.0
    )


GOOD = solve(("0", (0, 1, 0)), ("1", (0, 3, 2, 0)))


def test_the_judge_counts_distance_and_fixed_cost(case: HvrpCase) -> None:
    # The van 2 x 10; the lorry 5 + 2 x (14.1421 + 10 + 10).
    verdict = judge_hvrp(case, GOOD)
    assert verdict.violations == ()
    assert verdict.cost == pytest.approx(20 + 5 + 2 * (200**0.5 + 20), abs=1e-9)


@pytest.mark.parametrize(
    ("routes", "fault"),
    [
        ([("0", (0, 1, 0)), ("0", (0, 3, 2, 0))], "carries 20, holds 10"),
        ([("0", (0, 1, 0)), ("1", (0, 3, 0))], "customer 2: visited 0 times"),
        ([("0", (0, 1, 0)), ("1", (0, 3, 2, 0)), ("0", (0, 1, 0))], "customer 1: visited 2"),
        ([("1", (0, 1, 0)), ("1", (0, 3, 2, 0))], "type 1: 2 vehicles used, there are 1"),
        ([("0", (0, 1)), ("1", (0, 3, 2, 0))], "does not begin and end at the depot"),
        ([("1", (0, 3, 0, 2, 0)), ("0", (0, 1, 0))], "calls at the depot on the way"),
        ([("2", (0, 1, 0)), ("1", (0, 3, 2, 0))], "there is no such type"),
        ([("0", (0, 4, 0)), ("1", (0, 3, 2, 0))], "a node is not in the file"),
        ([("0", (0, -1, 0)), ("1", (0, 3, 2, 0))], "a node is not in the file"),
    ],
)
def test_the_judge_finds_a_planted_fault(
    case: HvrpCase, routes: list[tuple[str, tuple[int, ...]]], fault: str
) -> None:
    assert any(fault in text for text in judge_hvrp(case, solve(*routes)).violations)


def test_the_judge_holds_the_limit_of_a_route_with_its_service(case: HvrpCase) -> None:
    # 34.14 of way and two services of 3 are 40.14.
    limited = replace(case, service=3.0, max_distance=40.0)
    (fault,) = judge_hvrp(limited, GOOD).violations
    assert "40.14 long, at most 40" in fault
    assert judge_hvrp(replace(limited, max_distance=40.2), GOOD).violations == ()


def test_a_demand_above_every_vehicle_is_infeasible(tmp_path: Path) -> None:
    path = tmp_path / "BIG.txt"
    path.write_text(TEXT.replace("10 0 10", "10 0 21"))
    with pytest.raises(InfeasibleError, match="customer 1 demands 21, the largest"):
        read_hvrp(path)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (" 3 2 999999.0 0.0 0 0", " 3", "too few numbers"),
        (" 3 2 999999.0 0.0 0 0", " 2.5 2 9 0", "whole and positive"),
        (" 10 10 10\n", "", "3 customers but has 6 lines"),
        (" 0 0\n", " 0 0\n 1 1 1\n", "more lines than"),
        ("1 20 5 2.0", "1 20 -5 2.0", "nothing is negative"),
        ("0 10 10", "0 10 nan", "no number"),
    ],
)
def test_a_malformed_file_is_refused_with_the_reason(
    tmp_path: Path, old: str, new: str, cause: str
) -> None:
    path = tmp_path / "BAD.txt"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_hvrp(path)
    assert any(cause in problem.cause for problem in caught.value.problems)


def test_the_engine_keeps_to_the_fleet(case: HvrpCase) -> None:
    # Without the limit three vans would do it for 20 + 20 + 28.28 = 68.28.
    solution = FAMILY.solve(case, seconds=0.1, seed=1)
    verdict = judge_hvrp(case, solution)
    assert verdict.violations == ()
    assert verdict.cost == pytest.approx(solution.cost, abs=1e-6)
    # The best is GOOD: 20 + 5 + 2 x 34.14 = 93.28.
    assert verdict.cost == pytest.approx(93.2843, abs=1e-3)
    more = FAMILY.solve(
        replace(case, types=(replace(case.types[0], n_vehicles=3), case.types[1])),
        seconds=0.1,
        seed=1,
    )
    assert more.cost == pytest.approx(68.2843, abs=1e-3)


def test_a_plan_that_leaves_somebody_out_is_not_told(
    case: HvrpCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Customer i is request i - 1, node 3 the depot.
    whole = SessionSolution(
        routes=((0, 3), (2, 1, 3)), unserved=(), cost_pence=1, offers=(0, 1)
    )
    short = SessionSolution(routes=((0, 3),), unserved=(1, 2), cost_pence=2, offers=(0,))

    def improve(problem: object, **how: Any) -> SessionSolution:
        for found in (short, whole):
            how["on_better"](0.0, found)
        return whole

    monkeypatch.setattr(hvrp_search, "improve_session", improve)
    monkeypatch.setattr(hvrp_search, "_warm_up", lambda: None)
    told: list[float] = []
    solution = hvrp_search.solve_hvrp(
        case, seconds=1, seed=1, on_better=lambda used, better: told.append(better.cost)
    )
    assert judge_hvrp(case, solution).violations == ()
    assert told == [solution.cost]
