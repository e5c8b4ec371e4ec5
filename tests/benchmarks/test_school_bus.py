"""School-bus files: reading, solving, and a judge that finds each planted fault."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.child import find_best_known
from benchmarks.families.family import Family, Solution, VehicleRoute
from benchmarks.families.school_bus import FAMILY, SchoolBus
from benchmarks.families.school_bus_files import BusStop, School, SchoolBusCase
from benchmarks.job import Job
from data.errors import InfeasibleError, InputError

FILES = Path(__file__).parents[2] / "benchmarks" / "instances" / "school_bus"


def make_case() -> SchoolBusCase:
    """Yard, two stops and their school on one line, 29 333.3 ft (1 000 s) apart each.

    Boarding 10 students takes 45 s, alighting 29 + 19 = 48 s for one stop, 67 s for two.
    """
    x = [105_600.0 + 29_333.3 * step for step in range(4)]
    return SchoolBusCase(
        name="line",
        schools=(School(school_id=9, x_ft=x[3], y_ft=105_600.0, from_s=28_800, by_s=30_000),),
        stops=tuple(
            BusStop(stop_id=v, x_ft=x[v], y_ft=105_600.0, school_id=9, n_students=10)
            for v in (1, 2)
        ),
        ride_cap_s=2_700,
    )


GOOD = Solution(
    routes=(
        VehicleRoute(
            vehicle="1",
            nodes=(0, 1, 2, 9, 0),
            # 29 000 at school; 27 955 at stop 2; 26 910 at stop 1; back 3 000 after 29 067.
            times=(25_910.0, 26_910.0, 27_955.0, 29_000.0, 32_067.0),
        ),
    ),
    cost=1.0,
)


def judge(*, case: SchoolBusCase | None = None, **changes: object) -> tuple[str, ...]:
    """What the judge says of the good solution with its only bus changed."""
    route = replace(GOOD.routes[0], **changes)
    return FAMILY.judge(case or make_case(), replace(GOOD, routes=(route,))).violations


def test_family_offers_what_every_family_does() -> None:
    family: Family = FAMILY
    assert family.name == "school-bus"


def test_good_solution_breaks_nothing() -> None:
    verdict = FAMILY.judge(make_case(), GOOD)
    assert verdict.violations == ()
    assert verdict.cost == 1.0


def move(at: int, by_s: float) -> tuple[float, ...]:
    times = list(GOOD.routes[0].times)
    times[at] += by_s
    return tuple(times)


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_hundredth_of_a_second_too_soon_is_found(at: int) -> None:
    assert any("0.010 s too soon" in v for v in judge(times=move(at, -0.01)))


def test_arriving_out_of_school_hours_is_found() -> None:
    early = tuple(t - 200.01 for t in GOOD.routes[0].times)
    late = tuple(t + 1_000.01 for t in GOOD.routes[0].times)
    assert judge(times=early) == ("bus 1 reaches school 9 at 28799.990 s, out of hours",)
    assert judge(times=late) == ("bus 1 reaches school 9 at 30000.010 s, out of hours",)
    assert judge(times=tuple(t + 1_000.0 for t in GOOD.routes[0].times)) == ()


def test_a_ride_over_the_limit_is_found_and_one_at_the_limit_is_not() -> None:
    # From leaving stop 1 at 26 955 to the school at 29 000: 2 045 s.
    assert judge(case=replace(make_case(), ride_cap_s=2_045)) == ()
    assert judge(case=replace(make_case(), ride_cap_s=2_044)) == (
        "bus 1 carries stop 1 for 2045.000 s",
    )


def test_more_students_than_seats_are_found() -> None:
    case = make_case()
    stops = (replace(case.stops[0], n_students=60), case.stops[1])
    found = judge(case=replace(case, stops=stops))
    assert "bus 1 has 70 students aboard after 2" in found


@pytest.mark.parametrize(
    ("nodes", "times", "words"),
    [
        ((0, 1, 9, 0), (0.0, 1_000.0, 28_800.0, 40_000.0), "stop 2 is served 0 times"),
        ((0, 1, 2, 1, 9, 0), (0.0, 1e3, 3e3, 5e3, 28_800.0, 4e4), "boards stop 1 twice"),
        ((0, 1, 2, 0), (0.0, 1e3, 3e3, 4e4), "never brings stop 1 to its school"),
        ((0, 1, 2, 9), (0.0, 1e3, 3e3, 28_800.0), "does not begin and end at the yard"),
        ((0, 1, 0, 2, 9, 0), (0.0, 1e3, 3e3, 6e3, 28_800.0, 4e4), "yard between trips"),
        ((0, 1, 2, 7, 9, 0), (0.0, 1e3, 3e3, 4e3, 28_800.0, 4e4), "goes to 7"),
        ((0, 1, 2, 9, 0), (), "has 0 times for 5 nodes"),
        ((0, 1, 2, 9, 0), (0.0, 1e3, float("nan"), 28_800.0, 4e4), "too soon"),
    ],
)
def test_faults_of_the_sequence_are_found(
    nodes: tuple[int, ...], times: tuple[float, ...], words: str
) -> None:
    assert any(words in v for v in judge(nodes=nodes, times=times))


def test_a_stop_served_by_two_buses_is_found_and_both_buses_count() -> None:
    verdict = FAMILY.judge(make_case(), replace(GOOD, routes=GOOD.routes * 2))
    assert "stop 1 is served 2 times" in verdict.violations
    assert verdict.cost == 2.0


def test_shipped_folders_are_read_with_either_ride_limit() -> None:
    case = FAMILY.read(FILES / "RSRB01")
    assert len(case.stops) == 250
    assert len(case.schools) == 6
    assert case.ride_cap_s == 2_700
    assert FAMILY.read(FILES / "RSRB01@5400").ride_cap_s == 5_400
    assert FAMILY.read(FILES / "RSRB01", ride_cap_s=5_400.0).ride_cap_s == 5_400
    assert SchoolBus(ride_cap_s=5_400).read(FILES / "CSCB02").ride_cap_s == 5_400


def test_posted_counts_are_known_by_folder_and_ride_limit() -> None:
    assert FAMILY.find_best_known(Path("anywhere/RSRB05")) == 98
    assert FAMILY.find_best_known(Path("anywhere/RSRB05@5400")) == 79
    assert FAMILY.find_best_known(Path("anywhere/RSRB05@3600")) is None
    assert FAMILY.find_best_known(Path("anywhere/OURS")) is None
    assert FAMILY.find_best_known(Path("anywhere/RSRB05"), ride_cap_s=5_400.0) == 79


def test_a_run_is_compared_with_the_posted_count_of_its_own_ride_limit() -> None:
    job = Job(family="school-bus", file="RSRB01", engine="wayfare", seed=1, seconds=1.0)
    assert find_best_known(FAMILY, job) == 30
    assert find_best_known(FAMILY, replace(job, options=(("ride_cap_s", 5_400.0),))) == 27
    assert find_best_known(FAMILY, replace(job, options=(("ride_cap_s", 3_000.0),))) is None


@pytest.mark.parametrize(
    ("file", "old", "new", "cause"),
    [
        ("Stops.txt", "\t200001\t", "\t299999\t", "no such school"),
        ("Stops.txt", "100002\t", "100001\t", "used twice"),
        ("Stops.txt", "118471", "north", "Not feet"),
        ("Stops.txt", "118471", "nan", "Not feet"),
        ("Stops.txt", "200001\t16", "200001\t0", "Not a whole number"),
        ("Stops.txt", "\tSTUDENT_COUNT", "", "column is missing"),
        ("Schools.txt", "510\t540", "540\t510", "ends before"),
        ("Schools.txt", "510\t540", "510\t560", "Not a time of day"),
        ("Schools.txt", "510\t540", "510", "other columns"),
        ("Schools.txt", "200002\t", "200001\t", "there twice"),
    ],
)
def test_a_malformed_table_is_refused_with_its_row(
    tmp_path: Path, file: str, old: str, new: str, cause: str
) -> None:
    folder = shutil.copytree(FILES / "RSRB01", tmp_path / "case")
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    with pytest.raises(InputError, match=cause) as caught:
        FAMILY.read(folder)
    assert all(p.file in ("Stops.txt", "Schools.txt") for p in caught.value.problems)
    assert caught.value.exit_code == 30


def test_every_problem_is_reported_at_once(tmp_path: Path) -> None:
    folder = shutil.copytree(FILES / "RSRB01", tmp_path / "case")
    text = (folder / "Stops.txt").read_text()
    (folder / "Stops.txt").write_text(
        text.replace("200001\t16", "200001\t-1", 1).replace("71246.5", "x")
    )
    (folder / "Schools.txt").unlink()
    with pytest.raises(InputError) as caught:
        FAMILY.read(folder)
    causes = " ".join(str(p) for p in caught.value.problems)
    assert "cannot be read" in causes
    assert "'-1'" in causes
    assert "'x'" in causes


def test_stops_that_no_bus_can_serve_are_proven_and_listed(tmp_path: Path) -> None:
    folder = shutil.copytree(FILES / "RSRB01", tmp_path / "case")
    text = (folder / "Stops.txt").read_text()
    far = text.replace("168.07\t118471\t200001\t16", "168.07\t218471\t200001\t67", 1)
    (folder / "Stops.txt").write_text(far)
    with pytest.raises(InfeasibleError) as caught:
        FAMILY.read(folder)
    # (|264.26 - 168.07| + |119 029 - 218 471|) / 29.3333 = 3 393.4 s
    assert "stop 100001 is 3393.4 s from school 200001" in str(caught.value)
    assert "67 students for 66 seats" in str(caught.value)
    assert caught.value.exit_code == 35


@pytest.mark.parametrize(("file", "buses"), [("RSRB01", 24), ("CSCB02", 23)])
def test_a_second_is_enough_for_fewer_buses_than_any_in_print(file: str, buses: int) -> None:
    case = FAMILY.read(FILES / file)
    told: list[Solution] = []
    found = FAMILY.solve(
        case, seconds=1.5, seed=1, on_better=lambda _, better: told.append(better)
    )
    verdict = FAMILY.judge(case, found)
    assert verdict.violations == ()
    assert verdict.cost == found.cost <= buses
    assert told[-1].cost == found.cost
    assert all(FAMILY.judge(case, better).violations == () for better in told[-3:])


def test_two_threads_give_a_judged_solution() -> None:
    case = FAMILY.read(FILES / "RSRB01@5400")
    found = FAMILY.solve(case, seconds=0.5, seed=1, threads=2)
    verdict = FAMILY.judge(case, found)
    assert verdict.violations == ()
    assert verdict.cost < 27
