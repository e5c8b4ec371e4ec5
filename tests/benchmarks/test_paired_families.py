"""Dial-a-ride and pick-up and delivery files: reading, solving, judging."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.families import darp, pdptw
from benchmarks.families.family import Solution, VehicleRoute
from benchmarks.families.pairs import PairedCase, build_problem, find_scale
from data.errors import InfeasibleError, InputError

# Two requests on a line: 1 at x = 1 to 3 at x = 3, 2 at x = 2 to 4 at x = 4; service 1.
LINE = """2 4 100 2 5
0 0 0 0 0 0 100
1 1 0 1 1 0 100
2 2 0 1 1 10 20
3 3 0 1 -1 0 100
4 4 0 1 -1 0 100
"""


def write(folder: Path, text: str, name: str = "line.txt") -> Path:
    """Write a file for a test."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read_line(folder: Path) -> PairedCase:
    """The case of two requests on a line."""
    return darp.FAMILY.read(write(folder, LINE))


def make_solution(*routes: tuple[tuple[int, ...], tuple[float, ...]]) -> Solution:
    """A solution of given nodes and times."""
    return Solution(
        routes=tuple(
            VehicleRoute(vehicle=str(v), nodes=nodes, times=times)
            for v, (nodes, times) in enumerate(routes, start=1)
        ),
        cost=0.0,
    )


GOOD = ((0, 1, 2, 3, 4, 0), (6.0, 8.0, 10.0, 12.0, 14.0, 19.0))
"""8 at node 1, end of service 9; 10 at node 2, free 11; 12 at 3: ride 3; 14 at 4: ride 3."""


def test_worked_plan_is_judged_feasible_and_its_distance_is_eight(tmp_path: Path) -> None:
    verdict = darp.FAMILY.judge(read_line(tmp_path), make_solution(GOOD))
    assert verdict.violations == ()
    assert verdict.cost == pytest.approx(8.0)


@pytest.mark.parametrize(
    ("nodes", "times", "words"),
    [
        ((0, 1, 2, 3, 4, 0), (6, 8, 9.5, 12, 14, 19), "begins 0.5 too early"),
        ((0, 1, 2, 3, 4, 0), (6, 8, 21, 23, 25, 30), "begins 1 too late"),
        ((0, 1, 2, 3, 4, 0), (6, 8, 10, 11.5, 14, 19), "begins 0.5 before it can be reached"),
        ((0, 1, 2, 3, 4, 0), (0, 3, 10, 12, 14, 19), "ride 1 to 3 is 3 over the limit"),
        ((0, 1, 2, 4, 3, 0), (6, 8, 10, 13, 15, 19), "ride 1 to 3 is 1 over the limit"),
        ((0, 3, 1, 2, 4, 0), (2, 5, 8, 10, 13, 18), "node 3 without its pick-up 1 before"),
        ((0, 1, 3, 0), (2, 3, 6, 10), "request 2 to 4 is not served"),
        ((0, 1, 2, 4, 0), (6, 8, 10, 13, 18), "node 3 is missing after 1"),
        ((0, 1, 2, 3, 4, 0), (6, 8, 10, 12, 14), "5 times for 6 nodes"),
        ((0, 1, 2, 3, 4, 9), (6, 8, 10, 12, 14, 19), "there is no node 9"),
        ((1, 2, 3, 4, 0), (8, 10, 12, 14, 19), "does not start at 0"),
        ((0, 1, 2, 3, 4, 0), (6, 8, 10, 12, 14, float("nan")), "node 0 has no time"),
    ],
)
def test_each_planted_fault_is_named(
    tmp_path: Path, nodes: tuple[int, ...], times: tuple[float, ...], words: str
) -> None:
    verdict = darp.FAMILY.judge(read_line(tmp_path), make_solution((nodes, times)))
    assert any(words in violation for violation in verdict.violations), verdict.violations


def test_load_duration_fleet_and_double_service_are_judged(tmp_path: Path) -> None:
    case = read_line(tmp_path)
    tight = replace(case, capacity=1.0, max_route=12.5, n_vehicles=1)
    twice = make_solution(GOOD, ((0, 1, 3, 0), (0.0, 2.0, 5.0, 9.0)))
    words = " / ".join(darp.FAMILY.judge(tight, twice).violations)
    assert "1 over its capacity when leaving node 2" in words
    assert "the route is 0.5 over its duration" in words
    assert "2 vehicles are used, there are 1" in words
    assert "node 1 is also served by vehicle 1" in words


def test_route_without_times_is_given_times_that_keep_the_rules(tmp_path: Path) -> None:
    case = read_line(tmp_path)
    assert darp.FAMILY.judge(case, make_solution((GOOD[0], ()))).violations == ()
    # 1 is on board while 2 and 4 are served: 2 + 1 + 2 + 1 + 1 is over 5 however it is timed.
    late = darp.FAMILY.judge(case, make_solution(((0, 1, 2, 4, 3, 0), ())))
    assert any("over the limit" in violation for violation in late.violations)


@pytest.mark.parametrize("family", [darp.FAMILY, pdptw.FAMILY])
def test_every_shipped_file_is_read_solved_and_judged_feasible(
    family: darp.DarpFamily | pdptw.PdptwFamily,
) -> None:
    folder = (darp if family is darp.FAMILY else pdptw).INSTANCES
    paths = sorted(folder.glob("*.txt"))
    assert len(paths) >= 3
    for path in paths:
        case = family.read(path)
        best_known = family.find_best_known(path)
        assert best_known is not None
        solution = family.solve(case, seconds=0.3, seed=1)
        verdict = family.judge(case, solution)
        assert verdict.cost == pytest.approx(solution.cost, abs=1e-6)
        unserved = dict(solution.extra)["unserved"]
        assert len(verdict.violations) == unserved
        if unserved == 0:
            assert 0.999 * best_known < verdict.cost < 1.5 * best_known


def test_optimum_of_a_small_file_is_found() -> None:
    path = darp.INSTANCES / "a2-16.txt"
    solution = darp.FAMILY.solve(darp.FAMILY.read(path), seconds=1.0, seed=1)
    assert solution.cost == pytest.approx(294.25, abs=0.01)
    assert darp.FAMILY.find_best_known(path) == 294.25
    assert darp.FAMILY.find_best_known(Path("other.txt")) is None


def find_share(name: str, seconds: float) -> float:
    """Share of a file's published optimum that is proven without any plan to begin with."""
    path = darp.INSTANCES / f"{name}.txt"
    nothing = Solution(routes=(), cost=0.0)
    bound = darp.FAMILY.find_bound(darp.FAMILY.read(path), nothing, seconds=seconds)
    optimum = darp.FAMILY.find_best_known(path)
    assert optimum is not None
    # Published to two decimals.
    assert bound <= optimum + 0.005
    return bound / optimum


def test_the_bound_of_a_small_file_meets_its_optimum() -> None:
    assert find_share("a2-16", 60.0) > 0.9999


@pytest.mark.slow
def test_bounds_of_larger_files_are_within_a_hundredth_of_their_optimum() -> None:
    assert find_share("a4-48", 60.0) > 0.99
    assert find_share("b4-48", 60.0) > 0.99


def test_better_plans_are_told_as_they_are_found() -> None:
    path = darp.INSTANCES / "R1a.txt"
    case = darp.FAMILY.read(path)
    told: list[tuple[float, float]] = []

    def note(used: float, solution: Solution) -> None:
        assert darp.FAMILY.judge(case, solution).cost == pytest.approx(solution.cost)
        told.append((used, solution.cost))

    final = darp.FAMILY.solve(case, seconds=0.5, seed=2, on_better=note)
    assert [cost for _, cost in told] == sorted((cost for _, cost in told), reverse=True)
    assert told[-1][1] == pytest.approx(final.cost)


@pytest.mark.parametrize(
    ("old", "new", "code", "row"),
    [
        ("2 4 100 2 5", "2 4 100 2", "BF03", 1),
        ("2 4 100 2 5", "2 6 100 2 5", "BF08", 1),
        ("2 4 100 2 5", "2.5 4 100 2 5", "BF09", 1),
        ("2 4 100 2 5", "2 4 -1 2 5", "BF09", 1),
        ("2 2 0 1 1 10 20", "2 2 0 1 1 20 10", "BF06", 4),
        ("2 2 0 1 1 10 20", "2 two 0 1 1 10 20", "BF04", 4),
        ("2 2 0 1 1 10 20", "2 nan 0 1 1 10 20", "BF04", 4),
        ("2 2 0 1 1 10 20", "2 2 0 -1 1 10 20", "BF07", 4),
        ("2 2 0 1 1 10 20", "7 2 0 1 1 10 20", "BF05", 4),
        ("3 3 0 1 -1 0 100", "3 3 0 1 -2 0 100", "BF10", 5),
        ("2 2 0 1 1 10 20", "2 2 0 1 1 10", "BF03", 4),
    ],
)
def test_each_fault_of_a_file_is_found(
    tmp_path: Path, old: str, new: str, code: str, row: int
) -> None:
    with pytest.raises(InputError) as caught:
        darp.FAMILY.read(write(tmp_path, LINE.replace(old, new)))
    assert (code, row) in [(p.code, p.row) for p in caught.value.problems]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = LINE.replace("10 20", "20 10").replace("3 3 0 1", "3 x 0 -1")
    with pytest.raises(InputError) as caught:
        darp.FAMILY.read(write(tmp_path, text))
    assert {"BF06", "BF04"} <= {p.code for p in caught.value.problems}


@pytest.mark.parametrize("text", ["", "\n\n", "\x00\x01", "2 4"])
def test_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError):
        darp.FAMILY.read(write(tmp_path, text))
    with pytest.raises(InputError):
        pdptw.FAMILY.read(write(tmp_path, text))
    with pytest.raises(InputError):
        darp.FAMILY.read(tmp_path / "missing.txt")


def test_request_that_no_vehicle_can_serve_is_named_with_its_reason(tmp_path: Path) -> None:
    text = LINE.replace("2 4 100 2 5", "2 4 100 2 1.5").replace(
        "4 4 0 1 -1 0 100", "4 4 0 1 -1 0 13"
    )
    with pytest.raises(InfeasibleError) as caught:
        darp.FAMILY.read(write(tmp_path, text))
    words = str(caught.value)
    assert "request 1 to 3: the direct ride 2 is over the limit 1.5" in words
    assert "request 2 to 4: the direct ride 2 is over the limit 1.5" in words
    text = LINE.replace("4 4 0 1 -1 0 100", "4 4 0 1 -1 0 12")
    with pytest.raises(InfeasibleError, match="node 4 is reached at 13, its window ends 12"):
        darp.FAMILY.read(write(tmp_path, text))


PAIRS = """2 10 1
0 0 0 0 0 100 0 0 0
1 1 0 3 0 50 1 0 2
2 5 0 -3 0 60 1 1 0
"""


def test_delivery_file_is_read_and_its_faults_are_found(tmp_path: Path) -> None:
    case = pdptw.FAMILY.read(write(tmp_path, PAIRS))
    assert case.pairs == ((1, 2),)
    for old, new, code in [
        ("2 5 0 -3 0 60 1 1 0", "2 5 0 -2 0 60 1 1 0", "BF10"),
        ("2 5 0 -3 0 60 1 1 0", "2 5 0 -3 0 60 1 2 0", "BF11"),
        ("1 1 0 3 0 50 1 0 2", "1 1 0 3 0 50 1 0 9", "BF11"),
        ("1 1 0 3 0 50 1 0 2", "1 1 0 3 0 50 1 2 2", "BF11"),
        ("2 10 1", "x 10 1", "BF04"),
    ]:
        with pytest.raises(InputError) as caught:
            pdptw.FAMILY.read(write(tmp_path, PAIRS.replace(old, new)))
        assert code in {p.code for p in caught.value.problems}
    assert pdptw.FAMILY.find_best_known(Path("lc101.txt")) == 828.94
    assert pdptw.FAMILY.find_best_known_vehicles(Path("lc101.txt")) == 10


def test_ticks_are_rounded_to_the_safe_side(tmp_path: Path) -> None:
    text = LINE.replace("2 2 0 1 1 10 20", "2 2.33333337 0 1 1 10.0000001 20.9999999")
    case = darp.FAMILY.read(write(tmp_path, text))
    scale = find_scale(case)
    problem = build_problem(case, scale)
    for a, node in enumerate([1, 2, 3, 4, 0, 0]):
        assert problem.from_t[a] / scale >= case.nodes[node].from_ - 1e-9
        assert problem.by_t[a] / scale <= case.nodes[node].by + 1e-9
        for b, other in enumerate([1, 2, 3, 4, 0, 0]):
            assert problem.duration_t[a, b] / scale >= case.distance(node, other) - 1e-9
