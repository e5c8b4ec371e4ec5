"""The time and the steps of a search, given out to its parts; what is told of it."""

from __future__ import annotations

import pytest

from routing.progress import Budget, DayInHand, ProgressReport


def find_seconds(budget: Budget) -> float:
    """Seconds a part was given."""
    assert budget.seconds is not None
    return budget.seconds


def test_only_what_is_left_beyond_the_least_times_is_shared() -> None:
    whole = Budget(seconds=100.0, steps=None)
    # 100 less 10 and 30 that cannot be done without is 60; half of it and its own 10 are 40.
    part = whole.rest(0.5, least_s=10.0, later_s=30.0)
    assert find_seconds(part) == pytest.approx(40.0, abs=0.5)


def test_too_little_time_is_shared_by_the_least_times() -> None:
    whole = Budget(seconds=8.0, steps=None)
    part = whole.rest(0.5, least_s=10.0, later_s=30.0)
    assert find_seconds(part) == pytest.approx(2.0, abs=0.1)
    assert find_seconds(Budget(seconds=0.0, steps=None).rest(0.5, least_s=1.0)) == 0.0


def test_steps_are_shared_whatever_the_least_times() -> None:
    whole = Budget(seconds=None, steps=1_000)
    first = whole.rest(0.5, least_s=10.0, later_s=1e9)
    assert (first.steps, first.seconds) == (500, None)
    assert whole.rest(1.0).steps == 500


def test_parts_tell_of_the_whole_and_only_the_shown_day_its_cost() -> None:
    told: list[ProgressReport] = []
    whole = Budget(seconds=50.0, steps=None, progress=told.append)
    days = [
        DayInHand(name=name, number=k + 1, n_days=2, is_shown=k == 0)
        for k, name in enumerate(("wed-a", "thu-a"))
    ]
    for k, day in enumerate(days):
        part = whole.rest(0.5, day=day)
        part.report("routes")
        part.best_cost_pence = 900 + k
        part.n_unserved = 3 + k
        part.bound_pence = 700 + k
        part.report("duties")
    assert [r.best_cost_pence for r in told] == [None, 900, 900, 900]
    assert [r.bound_pence for r in told] == [None, 700, 700, 700]
    assert [r.n_unserved for r in told] == [0, 3, 3, 3]
    assert [(r.day_name, r.day_number, r.n_days) for r in told][1:3] == [
        ("wed-a", 1, 2),
        ("thu-a", 2, 2),
    ]
    left = [r.seconds_left for r in told]
    assert left == sorted(left, key=lambda s: -(s or 0.0))


def test_interrupted_part_interrupts_the_whole() -> None:
    whole = Budget(seconds=50.0, steps=None)
    part = whole.rest(0.5)
    assert not part.is_over()
    part.interrupt()
    assert (whole.is_over(), whole.limit) == (True, "interrupted")
