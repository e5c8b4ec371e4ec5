"""Travel training: whom to train first, by sets enumerated one by one."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.training import (
    DutyValues,
)
from scenarios.training import order as ordering
from scenarios.training.order import order_by_marginal_saving
from scenarios.training.study import find_seasons
from scenarios.training.values import Expectation, find_expected
from tests.scenarios.hand_made_training import (
    fix,
    make_candidate,
    make_values,
)

# Three share a car that goes with the last of them; "dear" rides in a coach of forty, with
# the largest share of cost of all, and saves a detour. By mask: a, b, ab, c, ac, bc, abc.
CAR = make_values("car", ["a", "b", "c"], [0, 100, 100, 250, 100, 250, 250, 9_000])
COACH = make_values("coach", ["dear", "next"], [0, 600, 500, 1_100])
SURE = dict.fromkeys(["a", "b", "c", "dear", "next"], 10_000)


def test_a_car_is_emptied_before_a_coach_loses_one_of_forty() -> None:
    chosen = order_by_marginal_saving([CAR, COACH], SURE, 3)
    assert set(chosen) == {"a", "b", "c"}
    # the dearest heads first: dear, next and one of the car save 600 + 500 + 100
    assert Expectation([CAR, COACH], SURE).find_pence(["dear", "next", "a"]) == 1_200
    assert Expectation([CAR, COACH], SURE).find_pence(chosen) == 9_000


def test_with_room_for_two_the_car_stays() -> None:
    # two of the car save 250, the two of the coach 1,100
    assert set(order_by_marginal_saving([CAR, COACH], SURE, 2)) == {"dear", "next"}


def test_poor_chances_speak_against_a_bundle() -> None:
    # each of the car succeeds one time in five: all three 1 in 125, worth 72 + little
    poor = SURE | dict.fromkeys("abc", 2_000)
    assert set(order_by_marginal_saving([CAR, COACH], poor, 2)) == {"dear", "next"}
    assert order_by_marginal_saving([CAR, COACH], poor, 5)[:2] == ("dear", "next")


def test_what_is_expected_is_summed_over_who_may_succeed() -> None:
    # two alone in a car, each succeeds half the time: 1/4 x 100 + 1/4 x 300 + 1/4 x 1,000
    two = make_values("car", ["a", "b"], [0, 100, 300, 1_000])
    assert find_expected(two, [0.5, 0.5], 0b11) == 350
    assert find_expected(two, [0.5, 0.5], 0b01) == 50
    assert Expectation([two], {"a": 5_000, "b": 5_000}).find_pence(["a", "b"]) == 350


def test_years_to_go_speak_for_a_younger_classmate() -> None:
    # each alone in a car worth the same; "old" leaves after the first year
    cars = [make_values("x", ["old"], [0, 1_000]), make_values("y", ["young"], [0, 990])]
    sure = {"old": 10_000, "young": 10_000}
    assert order_by_marginal_saving(cars, sure, 1) == ("old",)
    seasons = ((1.0, {}), (0.9, {"old": 0.0, "young": 0.9}))
    assert order_by_marginal_saving(cars, sure, 1, seasons) == ("young",)
    # 990 + 0.9 x 0.9 x 990 = 1,791.9 against 1,000
    assert Expectation(cars, sure, seasons).find_pence(["young"]) == 1_792


def test_seasons_count_relapse_leaving_and_discount() -> None:
    people = [make_candidate("a"), make_candidate("b", leaves_on=date(2027, 8, 31))]
    numbers = fix(relapse=0.1, discount=0.25)
    first, second, *_ = find_seasons(people, numbers, date(2026, 9, 1))
    # weights 1, 0.8, 0.64, 0.512, 0.4096 add up to 3.3616
    assert first == (pytest.approx(1 / 3.3616), {"a": 1.0, "b": 1.0})
    assert second == (pytest.approx(0.8 / 3.3616), {"a": 0.9, "b": 0.0})


@st.composite
def small_places(draw: st.DrawFn) -> tuple[list[DutyValues], dict[str, int]]:
    """Draw duties with overlapping people, and values that grow with who is gone."""
    people = [f"p{k}" for k in range(draw(st.integers(2, 7)))]
    values = []
    for n in range(draw(st.integers(1, 4))):
        aboard = sorted(draw(st.sets(st.sampled_from(people), min_size=1, max_size=4)))
        single = [draw(st.integers(0, 500)) for _ in aboard]
        bonus = draw(st.integers(0, 8_000))
        saved = [
            sum(single[k] for k in range(len(aboard)) if mask >> k & 1)
            + (bonus if mask == (1 << len(aboard)) - 1 else 0)
            for mask in range(1 << len(aboard))
        ]
        values.append(make_values(f"d{n}", aboard, saved))
    chances = {p: draw(st.integers(500, 10_000)) for p in people}
    return values, chances


def enumerate_best(values: list[DutyValues], chances: dict[str, int], n: int) -> float:
    """The best of all sets of n, each expectation summed over every outcome for everybody."""
    best = 0.0
    for chosen in combinations(sorted(chances), n):
        total = Fraction(0)
        for outcome in range(1 << n):
            share = Fraction(1)
            gone = set()
            for k, p in enumerate(chosen):
                chance = Fraction(chances[p], 10_000)
                share *= chance if outcome >> k & 1 else 1 - chance
                if outcome >> k & 1:
                    gone.add(p)
            for duty in values:
                mask = sum(1 << k for k, p in enumerate(duty.passenger_ids) if p in gone)
                total += share * duty.saved_pence[mask]
        best = max(best, float(total))
    return best


@settings(max_examples=60, deadline=None)
@given(small_places(), st.integers(1, 4))
def test_no_set_of_a_small_place_is_better(
    place: tuple[list[DutyValues], dict[str, int]], n: int
) -> None:
    values, chances = place
    n = min(n, len(chances))
    chosen = order_by_marginal_saving(values, chances, n)
    assert len(set(chosen)) == n
    found = Expectation(values, chances).measure(frozenset(chosen))
    assert found == pytest.approx(enumerate_best(values, chances, n), abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(small_places(), st.integers(2, 4))
def test_the_search_for_large_places_is_close_to_the_best_of_small_ones(
    place: tuple[list[DutyValues], dict[str, int]], n: int
) -> None:
    values, chances = place
    n = min(n, len(chances))
    pool = sorted(chances)
    expected = Expectation(values, chances)
    chosen = frozenset(ordering.search_set(expected, values, pool, n))
    assert len(chosen) == n
    best = enumerate_best(values, chances, n)
    assert expected.measure(chosen) >= 0.9 * best - 1e-6
