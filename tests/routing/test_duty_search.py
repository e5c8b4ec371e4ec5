"""The search over whole duties."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from data.errors import SolverError
from routing.duty_problem import DutyProblem
from routing.duty_search import DutySettings, DutySolution, check_duties, improve_duties
from tests.routing.duty_cases import OPEN, make_duty_problem


def two_schools(second_from_s: int) -> DutyProblem:
    """Two stops of two schools on one road, 600 s apart each: stop, school, stop, school.

    The first school is open from 28 800 to 29 400 s, the second for 600 s from when it says.
    """
    at = np.array([0, 600, 1_200, 1_800], dtype=np.int64)
    zero = np.zeros(2, dtype=np.int32)
    site_from = np.array([28_800, second_from_s], dtype=np.int32)
    return DutyProblem(
        request_row=np.array([0, 2], dtype=np.int32),
        request_site=np.array([0, 1], dtype=np.int32),
        service=zero,
        site_service=zero,
        max_ride=np.full(2, 900, dtype=np.int32),
        from_=np.full(2, -OPEN, dtype=np.int32),
        by=np.full(2, OPEN, dtype=np.int32),
        load=np.ones(2, dtype=np.int32),
        site_row=np.array([1, 3], dtype=np.int32),
        site_from=site_from,
        site_by=site_from + np.int32(600),
        site_dwell=zero,
        drive=np.abs(at[:, None] - at[None, :]).astype(np.int32),
        capacity=1,
    )


def test_two_trips_are_chained_into_one_duty_where_there_is_time() -> None:
    # School 1 at 28 800 at the earliest, then 600 s to the stop and 600 s to school 2: 30 000.
    found = improve_duties(two_schools(29_400), steps=200)
    assert found.duties == ((0, 2, 1, 3),)
    assert found.drive == 1_800
    assert found.unserved == ()


def test_two_trips_stay_apart_where_there_is_no_time() -> None:
    # One second too late for school 2, which closes at 29 999.
    found = improve_duties(two_schools(29_399), steps=200)
    assert found.duties == ((0, 2), (1, 3))
    assert found.drive == 1_200


def test_waiting_before_a_pick_up_is_free_and_before_a_site_is_a_ride() -> None:
    # School 2 opens an hour later: the bus waits, then drives 600 s within the limit of 900 s.
    problem = two_schools(32_400)
    assert problem.find_times((0, 2, 1, 3)) == (28_200, 28_800, 31_800, 32_400)
    # Picked up before school 1, the second passenger would ride 3 600 s at least.
    both = replace(problem, capacity=2)
    assert both.find_times((1, 0, 2, 3)) is None


def test_too_few_vehicles_leave_somebody_unserved() -> None:
    found = improve_duties(two_schools(29_399), steps=50, max_duties=1)
    assert len(found.duties) == 1
    assert len(found.unserved) == 1


def test_nobody_needs_no_duty() -> None:
    problem = make_duty_problem(1, n_requests=0)
    assert improve_duties(problem, steps=10).duties == ()


@pytest.mark.parametrize("is_metric", [True, False])
@pytest.mark.parametrize("has_windows", [True, False])
def test_every_step_is_what_a_count_from_scratch_gives(
    is_metric: bool, has_windows: bool
) -> None:
    for seed in range(6):
        problem = make_duty_problem(
            seed, n_requests=40, n_sites=6, is_metric=is_metric, has_windows=has_windows
        )
        found = improve_duties(
            problem, steps=600, seed=seed, settings=DutySettings(check="step")
        )
        check_duties(problem, found)
        assert found.steps == 600


def test_more_steps_need_fewer_duties() -> None:
    problem = make_duty_problem(8, n_requests=60, n_sites=6, has_windows=False)
    first = improve_duties(problem)
    later = improve_duties(problem, steps=4_000)
    assert len(later.duties) < len(first.duties)
    again = improve_duties(problem, later.duties, steps=400)
    assert again.rank <= later.rank


def test_workers_do_not_change_the_duties() -> None:
    problem = make_duty_problem(9, n_requests=50, n_sites=6)
    alone = improve_duties(problem, steps=3_000, n_chains=2, n_workers=1)
    together = improve_duties(problem, steps=3_000, n_chains=2, n_workers=2)
    assert alone == together
    assert improve_duties(problem, steps=3_000, n_chains=2, seed=2) != alone


TWIN = """
import json, sys
from routing.duty_search import improve_duties
from tests.routing.duty_cases import make_duty_problem
found = improve_duties(make_duty_problem(4, n_requests=25, n_sites=5), steps=250, n_chains=2)
print(json.dumps([found.duties, found.drive]))
"""


def test_compiled_search_equals_the_same_source_as_plain_python() -> None:
    problem = make_duty_problem(4, n_requests=25, n_sites=5)
    compiled = improve_duties(problem, steps=250, n_chains=2)
    duties, drive = json.loads(run_plainly(TWIN))
    assert [tuple(d) for d in duties] == list(compiled.duties)
    assert drive == compiled.drive


REMEMBERED = """
import numpy as np
from routing.duty_search import DutySettings, build_state, pack_duties
from routing.kernels import duty_search as search, duty_state as k
from routing.kernels.duty_insert import find_place
from tests.routing.duty_cases import make_duty_problem
n_skipped = 0
for seed in range(4):
    problem = make_duty_problem(seed, n_requests=40, n_sites=5, has_windows=False)
    data = pack_duties(problem, DutySettings(blink_permille=0), n_duties=2)
    state = build_state(data, seed, 0)
    state.num[k.N_OPEN] = 2
    search.run(data, state, search.DO_LOAD, 0, 0.0)
    for _ in range(60):
        search.run(data, state, search.DO_STEPS, 2, 50.0)
        for i in state.lst[k.ABSENT, : state.num[k.N_ABSENT]]:
            for r in range(2):
                if state.rt[r, k.VERSION] <= state.tried[i]:
                    assert find_place(data, state, int(i), r, k.NO_COST)[1] == -1
                    n_skipped += 1
print(n_skipped)
"""


def test_a_duty_passed_over_for_an_absent_request_has_indeed_no_room() -> None:
    assert int(run_plainly(REMEMBERED)) > 500


def run_plainly(source: str) -> str:
    """Run a script with the compiler off; what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", source],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_a_stop_asked_for_ends_the_search_with_what_it_has() -> None:
    problem = make_duty_problem(9, n_requests=30, has_windows=False)
    found = improve_duties(problem, seconds=60, should_stop=lambda: True)
    assert found.limit == "interrupted"
    assert not found.unserved


def test_each_better_solution_is_told_in_order() -> None:
    told: list[DutySolution] = []
    problem = make_duty_problem(8, n_requests=60, n_sites=6, has_windows=False)
    found = improve_duties(problem, steps=2_000, on_better=lambda _, s: told.append(s))
    ranks = [s.rank for s in told]
    assert ranks == sorted(ranks, reverse=True)
    assert len(set(ranks)) == len(ranks) > 1
    assert ranks[-1] == found.rank


def test_a_wrong_solution_is_refused() -> None:
    problem = two_schools(29_400)
    good = improve_duties(problem, steps=50)
    wrong = (
        (replace(good, duties=((0, 2),)), "loses a request|lost a request"),
        (replace(good, duties=((0, 2, 1, 3), (1, 3))), "twice"),
        (replace(good, duties=((1, 0, 2, 3),)), "no schedule"),
        (replace(good, drive=good.drive - 1), "another drive"),
    )
    for solution, words in wrong:
        with pytest.raises(SolverError, match=words):
            check_duties(problem, solution)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ([(0, 2), (0, 2)], "carried twice"),
        ([(0, 4)], "no node 4"),
        ([(0, *[2, 3] * 60)], "at most 118"),
    ],
)
def test_a_start_that_is_no_list_of_duties_is_refused(
    start: list[tuple[int, ...]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        improve_duties(two_schools(29_400), start, steps=1)


def test_a_start_that_is_not_allowed_is_taken_apart() -> None:
    # The second school is long closed when the first opens.
    found = improve_duties(two_schools(20_000), [(0, 2, 1, 3)], steps=50)
    check_duties(two_schools(20_000), found)
    assert found.unserved == ()
