"""The line through planned years: by hand, in exact fractions, and what is off it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.plans import Lock, LockKind, Timetable
from scenarios.demand_line import count_journeys, fit_line, is_alike
from scenarios.draw_keys import find_keys
from scenarios.quick_year import PlannedYear, draw_line, estimate_years
from tests.reports.hand_made import build_inputs, build_run

HELD = Lock(
    lock_id="k1", kind=LockKind.PASSENGER_ON_SUPPLIER, passenger_id="p1", target_id="own"
)
POINTS = st.lists(
    st.tuples(st.text("abcd", min_size=1, max_size=3), st.integers(0, 9_000),
              st.integers(0, 10**10)),
    min_size=1, max_size=9,
)  # fmt: skip


def test_three_years_by_hand() -> None:
    # means: 100 journeys, 40 pence; slope (-10 x -6 + 0 x -3 + 10 x 9) / 200 = 150 / 200
    line = fit_line([("a", 90, 34), ("b", 100, 37), ("c", 110, 49)])
    assert line.slope == Fraction(3, 4)
    assert line.level == 40 - 75
    assert line.find_pence(104) == 43
    # Fewer journeys than the line reaches cost nothing, never less.
    assert line.find_pence(0) == 0


def test_years_of_one_demand_count_once_by_the_cheapest() -> None:
    line = fit_line([("a", 10, 200), ("a", 10, 100), ("b", 20, 300)])
    assert line.year_pence == {"a": 100, "b": 300}
    assert line.find_pence(15) == 200


def test_no_year_is_no_line() -> None:
    with pytest.raises(ValueError, match="one planned year"):
        fit_line([])


@given(POINTS)
def test_the_line_runs_through_the_mean_and_leaves_nothing_over(
    years: list[tuple[str, int, int]],
) -> None:
    line = fit_line(years)
    cheapest = {key: min((p, x) for k, x, p in years if k == key) for key, _, _ in years}
    held = {key: next(x for k, x, p in years if k == key and p == pence)
            for key, (pence, _) in cheapest.items()}  # fmt: skip
    off = [line.level + line.slope * held[k] - p for k, (p, _) in cheapest.items()]
    assert sum(off) == 0
    assert sum(d * held[k] for d, k in zip(off, cheapest, strict=True)) == 0 or not line.slope


@given(st.integers(-500, 500), st.integers(0, 10**6), st.sets(st.integers(0, 900), min_size=2))
def test_years_on_one_line_give_that_line(slope: int, level: int, at: set[int]) -> None:
    line = fit_line([(str(x), x, level + slope * x) for x in at])
    assert (line.slope, line.level) == (slope, level)


def build_year(*, left: int, pence: int) -> PlannedYear:
    """Build a year of the hand-made council after so many of its journeys have ended."""
    inputs = build_inputs()
    inputs = replace(inputs, demands=inputs.demands[left:])
    keys = find_keys(inputs)
    plan = build_run(build_inputs()).plan
    timetable = Timetable(
        timetable_id="t", plans=(plan,),
        dates=((inputs.service_date, plan.day_type.day_type_id),),
    )  # fmt: skip
    return PlannedYear(
        demand_key=keys.demand_key, price_key=keys.price_key, timetable=timetable,
        year_pence=pence, n_violations=0, n_unserved=0, inputs=inputs, parts=keys.parts,
    )  # fmt: skip


def test_a_draw_between_planned_years_is_read_off_their_line() -> None:
    all_of, few = build_year(left=0, pence=90_000), build_year(left=4, pence=50_000)
    line = draw_line((all_of, few), all_of)
    between = build_year(left=2, pence=0)
    assert between.inputs is not None
    n_all, n_few, n_mine = (
        count_journeys(y.inputs) for y in (all_of, few, between) if y.inputs
    )
    expected = 50_000 + Fraction(40_000 * (n_mine - n_few), n_all - n_few)
    assert line.find_pence(n_mine) == expected


def test_other_rules_or_fleet_are_off_the_line() -> None:
    here = build_year(left=0, pence=90_000)
    assert here.inputs is not None
    slower = replace(here.inputs, policy=replace(here.inputs.policy, walk_m_per_h=3_000))
    other = replace(
        here, inputs=slower, year_pence=1, demand_key="other", parts=find_keys(slower).parts
    )
    assert not is_alike(here.inputs, slower)
    # Nor do years of fewer days, or with providers that must be kept.
    assert not is_alike(here.inputs, replace(here.inputs, calendars=()))
    assert not is_alike(here.inputs, replace(here.inputs, locks=(HELD,)))
    assert draw_line((here, other), here).year_pence == {here.demand_key: 90_000}


def test_what_was_planned_is_never_read_off_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    here = build_year(left=0, pence=90_000)
    assert here.inputs is not None
    wrong = fit_line([("x", 1, 5)])
    monkeypatch.setattr("scenarios.quick_year.draw_inputs", lambda *_: (here.inputs, ()))
    (found,) = estimate_years(None, (here,), "s", [{}], wrong)  # type: ignore[arg-type]
    assert found.is_known
    assert found.year_pence == 90_000


def test_a_drawn_demand_nobody_planned_is_read_off_at_its_own_rates(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, drawn = build_year(left=0, pence=90_000), build_year(left=2, pence=0)
    assert drawn.inputs is not None
    line = fit_line(
        [(here.demand_key, count_journeys(here.inputs), 90_000), ("few", 0, 0)]  # type: ignore[arg-type]
    )
    monkeypatch.setattr("scenarios.quick_year.draw_inputs", lambda *_: (drawn.inputs, ()))
    (found,) = estimate_years(None, (here,), "s", [{}], line)  # type: ignore[arg-type]
    assert found.is_on_line
    assert not found.is_known
    assert found.year_pence == round(line.find_pence(count_journeys(drawn.inputs)))
