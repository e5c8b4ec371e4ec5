"""Special-needs mornings: reading, solving, and a judge that finds each planted fault."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.families.family import Family, Solution, VehicleRoute
from benchmarks.families.send_day import FAMILY
from benchmarks.families.send_day_files import Rider, School, SendDayCase, VehicleType
from data.errors import InfeasibleError, InputError

SHIPPED = Path(__file__).parents[2] / "benchmarks" / "instances" / "send_day" / "day_0100_08"
CAR = VehicleType(
    name="car",
    seats=4,
    spaces=0,
    is_at_depot=False,
    fixed_pounds=10.0,
    mile_pounds=2.0,
    hour_pounds=12.0,
    assistant_pounds=8.0,
    assistant_hour_pounds=14.0,
)
BUS = replace(CAR, name="bus", seats=8, spaces=2, is_at_depot=True, fixed_pounds=20.0)
RIDER = Rider(
    school=0, wheelchair=0, solo=0, assistant=0, seats=1, boarding_s=60, max_ride_s=1_500
)


def make_case(*riders: Rider) -> SendDayCase:
    """Riders, schools 0 and 1 and the depot on a line, 600 s and 1 609 m from each to the next.

    Both schools open 30 000-31 800 and take 120 s to alight.
    """
    people = riders or (RIDER, RIDER)
    size = len(people) + 3
    steps = np.abs(np.arange(size)[:, None] - np.arange(size)[None, :])
    school = School(from_s=30_000, by_s=31_800, alighting_s=120)
    return SendDayCase(
        name="line",
        riders=people,
        schools=(school, school),
        types=(CAR, BUS),
        duration_s=(600 * steps).astype(np.int32),
        distance_m=(1_609 * steps).astype(np.int32),
    )


# 0 boards 29 280-29 340, 600 s, 1 boards 29 940-30 000, 600 s, school 0 at 30 600.
ROUTE = VehicleRoute(vehicle="car", nodes=(0, 1, 2), times=(29_280.0, 29_940.0, 30_600.0))


def judge(case: SendDayCase | None = None, **changes: object) -> tuple[str, ...]:
    """What the judge says of the good route with something changed."""
    route = replace(ROUTE, **changes)
    return FAMILY.judge(case or make_case(), Solution(routes=(route,), cost=0)).violations


def test_family_offers_what_every_family_does() -> None:
    family: Family = FAMILY
    assert family.name == "send-day"
    assert family.find_best_known(SHIPPED) == 2_146.4
    assert family.find_best_known(Path("elsewhere")) is None


def test_costs_are_what_a_hand_count_gives() -> None:
    # 29 280 to 30 720 is 1 440 s; 2 legs. Car: 10 + 2 x 2 x 1 609 / 1 609.344 + 12 x 0.4.
    case = make_case()
    verdict = FAMILY.judge(case, Solution(routes=(ROUTE,), cost=0))
    assert verdict.violations == ()
    assert verdict.cost == pytest.approx(10 + 4 * 1_609 / 1_609.344 + 4.8)
    # The depot is 4 steps before passenger 0 and 2 after school 0: 8 legs, 1 440 + 3 600 s.
    bus = FAMILY.judge(case, Solution(routes=(replace(ROUTE, vehicle="bus"),), cost=0))
    assert bus.cost == pytest.approx(20 + 16 * 1_609 / 1_609.344 + 12 * 1.4)
    # One assistant for whoever needs one: 8 pounds and 14 an hour more.
    helped = make_case(replace(RIDER, assistant=1), replace(RIDER, assistant=1))
    with_one = FAMILY.judge(helped, Solution(routes=(ROUTE,), cost=0))
    assert with_one.cost == pytest.approx(verdict.cost + 8 + 14 * 0.4)


@pytest.mark.parametrize(
    ("case", "changes", "fault"),
    [
        (None, {"vehicle": "van"}, "no type 'van'"),
        (None, {"nodes": (0, 2), "times": (29_280.0, 30_540.0)}, "passenger 1 is collected 0"),
        (None, {"nodes": (0, 1, 9)}, "there is no node 9"),
        (None, {"nodes": (0, 1, 1, 2), "times": (29_280.0,) * 4}, "a node is on it twice"),
        (None, {"nodes": (0, 2, 1), "times": (1.0, 2.0, 3.0)}, "does not end at a school"),
        (None, {"nodes": (0, 1, 3)}, "is not brought to school 0"),
        (None, {"times": (29_280.0, 29_940.0)}, "3 nodes have 2 times"),
        (None, {"times": (29_281.0, 29_940.0, 30_600.0)}, "1 s too soon"),
        (None, {"times": (29_279.0, 29_940.0, 30_600.0)}, "1 s of waiting after passenger 0"),
        (None, {"times": (27_480.0, 28_140.0, 28_800.0)}, "reached at 28800"),
        (None, {"times": (30_481.0, 31_141.0, 31_801.0)}, "reached at 31801"),
        ((replace(RIDER, max_ride_s=1_259), RIDER), {}, "passenger 0 rides 1260 s"),
        ((replace(RIDER, solo=1), RIDER), {}, "passenger 0 does not travel alone"),
        ((replace(RIDER, wheelchair=1), RIDER), {}, "1 wheelchair spaces"),
        ((replace(RIDER, seats=3), replace(RIDER, seats=2)), {}, "5 seats"),
        (
            None,
            {"nodes": (0, 1, 2, 3), "times": (29_280.0, 29_940.0, 30_600.0, 31_320.0)},
            "school 1 for nobody",
        ),
    ],
)
def test_judge_names_each_planted_fault(
    case: tuple[Rider, ...] | None, changes: dict[str, object], fault: str
) -> None:
    found = judge(make_case(*case) if case else None, **changes)
    assert any(fault in words for words in found), found


def test_vehicle_may_wait_after_a_school_only() -> None:
    case = make_case(RIDER, replace(RIDER, school=1, max_ride_s=3_000))
    times = (29_280.0, 29_940.0, 30_600.0, 31_320.0)
    nodes = (0, 1, 2, 3)
    assert judge(case, nodes=nodes, times=times) == ()
    assert judge(case, nodes=nodes, times=(*times[:3], 31_500.0)) == ()
    assert judge(case, nodes=nodes, times=(*times[:3], 31_319.0)) != ()


def test_search_solves_the_shipped_day_and_the_judge_counts_its_cost() -> None:
    case = FAMILY.read(SHIPPED)
    FAMILY.solve(case, seconds=0.01, seed=1)  # compiles, or loads, the kernels
    told: list[Solution] = []
    solution = FAMILY.solve(
        case, seconds=1.0, seed=1, on_better=lambda _, better: told.append(better)
    )
    verdict = FAMILY.judge(case, solution)
    assert verdict.violations == ()
    # Each route's miles and hours are rounded to the penny.
    assert verdict.cost == pytest.approx(solution.cost, abs=0.01 * len(solution.routes))
    assert verdict.cost < 2_300
    assert dict(solution.extra)["unserved"] == 0
    costs = [s.cost for s in told]
    assert costs == sorted(costs, reverse=True)
    assert all(not FAMILY.judge(case, better).violations for better in (told[0], told[-1]))


def test_every_fault_of_a_folder_is_told_at_once(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "day")
    people = (folder / "passengers.csv").read_text().splitlines()
    people[1] = people[1].replace(",0,", ",99,", 1)
    people[2] = people[2].rsplit(",", 1)[0] + ",soon"
    (folder / "passengers.csv").write_text("\n".join(people) + "\n")
    types = (folder / "vehicle_types.csv").read_text().replace("fixed_pounds", "fee", 1)
    (folder / "vehicle_types.csv").write_text(types)
    (folder / "travel.npz").write_bytes(b"no archive")
    with pytest.raises(InputError) as caught:
        FAMILY.read(folder)
    found = {(p.file, p.row, p.column) for p in caught.value.problems}
    assert {
        ("passengers.csv", 2, "school_idx"),
        ("passengers.csv", 3, "max_ride_s"),
        ("vehicle_types.csv", 1, "fixed_pounds"),
        ("travel.npz", None, ""),
    } <= found
    with pytest.raises(InputError):
        FAMILY.read(tmp_path / "nowhere")


def test_travel_times_of_the_wrong_shape_are_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "day")
    small = np.zeros((3, 3), dtype=np.int32)
    np.savez(folder / "travel.npz", duration_s=small, distance_m=small.astype(float))
    with pytest.raises(InputError) as caught:
        FAMILY.read(folder)
    assert {p.column for p in caught.value.problems} == {"duration_s", "distance_m"}


def test_passenger_nobody_can_bring_is_no_input_fault(tmp_path: Path) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "day")
    people = (folder / "passengers.csv").read_text().splitlines()
    people[1] = people[1].rsplit(",", 1)[0] + ",1"
    (folder / "passengers.csv").write_text("\n".join(people) + "\n")
    with pytest.raises(InfeasibleError, match="passenger 0 rides"):
        FAMILY.read(folder)
