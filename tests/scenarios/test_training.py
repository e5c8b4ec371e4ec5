"""Travel training: who may be asked, whom to train first, what it comes to in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing import build_cost_model
from data.demand import find_day_type
from data.errors import InputError
from data.passengers import Direction, Phase, Wheelchair
from data.samples import build_sample
from data.samples.timetables import build_sample_timetable
from data.sources.training import read_training
from data.training import (
    Candidate,
    DutyValues,
    TrainingAssumptions,
    TrainingStudy,
)
from routing import build_sample_network, find_violations, optimise, repair_plan
from scenarios import (
    Search,
    TrainingSearch,
    build_case_matrix,
    build_programme,
    build_training_scenario,
    build_training_study,
    find_candidates,
    read_cohort,
)
from scenarios.changes.offers import is_candidate
from scenarios.definition import build_scenario
from scenarios.training import order as ordering
from scenarios.training.order import order_by_marginal_saving
from scenarios.training.programme import find_npv, find_start_months, find_survival
from scenarios.training.propensity import Draws, draw_pert, find_chances, move_odds
from scenarios.training.study import find_seasons
from scenarios.training.values import Expectation, find_duty_values, find_expected
from tests.scenarios.hand_made_training import (
    NUMBERS,
    make_candidate,
    make_study,
    make_values,
)


def fix(**values: float) -> TrainingAssumptions:
    """Fix assumptions at values, all others at their most likely one."""
    return TrainingAssumptions(
        numbers=tuple(
            replace(
                n,
                low=values.get(n.name, n.mode),
                mode=values.get(n.name, n.mode),
                high=values.get(n.name, n.mode),
            )
            for n in NUMBERS.numbers
        )
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


def test_somebody_alone_in_a_car_is_formula_f4() -> None:
    """F4 by hand: 20 pounds a day, 190 days, signed off at once, three years.

    survival 0.82, 0.82 x 0.95, 0.82 x 0.95^2; 0.8 x 0.82 x 3,800 = 2,492.80 in year 1,
    2,368.16 in year 2, 2,249.752 in year 3. Present value at 3.5 %, year 1 in full:
    2,492.80 + 2,288.0773 + 2,100.1676 - 2,500 = 4,381.0449. Nothing for a pass: on foot.
    """
    study = make_study([make_values("car", ["a"], [0, 2_000])], [make_candidate("a")])
    numbers = fix(weeks=0, cost_per_start=2_500)
    found = build_programme(
        study, "marginal", n_trainers=1, assumptions=numbers, n_months=36, n_draws=16
    )
    years = [sum(m.saved_pence for m in found.months[y * 12 : y * 12 + 12]) for y in range(3)]
    assert years == pytest.approx([249_280, 236_816, 224_975], abs=6)
    assert found.npv_pence == pytest.approx(438_104, abs=12)
    assert found.npv_low_pence == pytest.approx(found.npv_pence, abs=12)  # nothing uncertain
    assert sum(m.training_pence for m in found.months) == 250_000
    # back in the 11th month: 2,492.80 after 11 months of service is not quite 2,500 yet
    assert found.payback_month == 12


def test_the_vehicle_goes_on_until_sign_off() -> None:
    study = make_study([make_values("car", ["a"], [0, 2_000])], [make_candidate("a")])
    found = build_programme(
        study, "marginal", n_trainers=1, assumptions=fix(weeks=13), n_months=12, n_draws=16
    )
    # 13 weeks are three months: September to November save nothing, December does
    assert [m.saved_pence for m in found.months[:3]] == [0, 0, 0]
    assert found.months[3].saved_pence == 10 * 2_000 * 8 * 82 // 1_000
    assert [m.n_signed_off for m in found.months[:4]] == [0, 0, 0, 1]


def test_a_car_of_two_is_saved_only_while_both_travel_alone() -> None:
    pair = make_values("car", ["a", "b"], [0, 0, 0, 2_000])
    people = [make_candidate("a"), make_candidate("b")]
    found = build_programme(
        make_study([pair], people), "marginal", n_trainers=2,
        assumptions=fix(weeks=0, per_trainer=3), n_months=24, n_draws=16,
    )  # fmt: skip
    # two trainers take six a year, two a term: both begin in September
    chance = Fraction(656, 1_000) ** 2
    assert found.months[0].saved_pence == round(float(chance * 20 * 2_000))
    later = (Fraction(656, 1_000) * Fraction(95, 100)) ** 2
    assert found.months[12].saved_pence == round(float(later * 20 * 2_000))


def test_nothing_is_saved_once_transport_would_have_ended() -> None:
    leaver = make_candidate("a", leaves_on=date(2027, 8, 31))
    study = make_study([make_values("car", ["a"], [0, 2_000])], [leaver])
    found = build_programme(
        study, "marginal", n_trainers=1, assumptions=fix(weeks=0), n_months=24, n_draws=16
    )
    assert found.months[10].saved_pence > 0
    assert {m.saved_pence for m in found.months[12:]} == {0}
    assert found.payback_month is None
    assert found.loss_bp == 10_000


def test_a_programme_of_nobody_costs_nothing() -> None:
    found = build_programme(
        make_study([], []), "marginal", n_trainers=1, n_months=12, n_draws=16
    )
    assert (found.npv_pence, found.npv_low_pence, found.order) == (0, 0, ())


def test_ranges_widen_the_answer_and_hold_the_likely_one() -> None:
    study = make_study([make_values("car", ["a"], [0, 2_000])], [make_candidate("a")])
    found = build_programme(study, "marginal", n_trainers=1, n_draws=128)
    assert found.npv_low_pence < found.npv_middle_pence < found.npv_high_pence
    assert found.at_risk_pence == found.npv_pence - found.npv_low_pence
    again = build_programme(study, "marginal", n_trainers=1, n_draws=128)
    assert again == found


def test_starts_keep_to_the_trainers() -> None:
    assert find_start_months(0, 1, 15) == ()
    # 4 a year: two in September, one in January, one in April; then the next year
    assert find_start_months(6, 1, 4) == (0, 0, 4, 7, 12, 12)
    assert len(find_start_months(60, 2, 15)) == 60
    assert sum(m < 12 for m in find_start_months(60, 2, 15)) == 30


def test_present_value_is_exact() -> None:
    # 100 pence in the first year, 207 in the second at 3.5 %: 100 + 200
    assert find_npv([100, *[0] * 11, 207], 350) == 300
    assert find_npv([-100, *[0] * 11, -207], 350) == -300
    assert find_npv([1] * 24, 0) == 24


def test_survival_is_kaplan_and_meiers(tmp_path: Path) -> None:
    # four seen: one back after 2 months, one lost after 3, one back after 4, one still at 6
    # S(2) = 3/4; at 4 two are left, one goes: 3/8
    expected = (1.0, 1.0, 0.75, 0.75, 0.375, 0.375, 0.375)
    assert find_survival([2, 3, 4, 6], [True, False, True, False]) == pytest.approx(expected)
    table = tmp_path / "cohort.csv"
    table.write_text("months,ended\n2,yes\n3,no\n4,yes\n6,no\n", encoding="utf-8")
    assert read_cohort(table) == pytest.approx(expected)
    table.write_text("months,ended\n-2,yes\n3,maybe\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_cohort(table)
    assert len(caught.value.problems) == 2


def test_odds_are_moved_as_odds() -> None:
    assert move_odds(0.5, 0.5) == pytest.approx(1 / 3)
    assert move_odds(1.0, 0.5) == 1.0
    # complete 0.80: odds 4; under 14 by 0.6 and a change by 0.7: 1.68, so 0.6269
    found = find_chances(NUMBERS, [("odds_young", 1), ("odds_change", 1)])
    assert found.complete_bp == 6_269
    assert found.sustain_bp == 8_200


def test_draws_lie_within_their_ranges_and_share_their_axes() -> None:
    draws = Draws(NUMBERS, 64, 1)
    for number in NUMBERS.numbers:
        drawn = draws.draw(number.name)
        assert drawn.min() >= number.low
        assert drawn.max() <= number.high
    assert np.array_equal(draws.draw("relapse"), Draws(NUMBERS, 64, 1).draw("relapse"))
    assert draw_pert(NUMBERS.find("age_most"), np.array([0.1, 0.9])).tolist() == [19, 19]


def test_every_assumption_says_where_it_comes_from() -> None:
    assert len({n.name for n in NUMBERS.numbers}) == len(NUMBERS.numbers)
    for number in NUMBERS.numbers:
        assert number.source
        assert number.grade in ("A", "B", "C")
        # what nobody has published is called an assumption
        assert ("assumption" in number.source) == (number.grade == "C"), number.name


def test_a_councils_own_numbers_take_the_place_of_those_shipped(tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    head = "name,unit,low,mode,high,year,grade,source\n"
    table.write_text(
        f"{head}relapse,share a year,0.1,0.2,0.3,2026,B,own records\n"
        "odds_need_asd,factor,0.5,0.6,0.7,2026,B,own records\n",
        encoding="utf-8",
    )
    own = read_training(table)
    assert own.value("relapse") == 0.2
    assert own.value("odds_need_asd") == 0.6
    assert own.value("sustain") == NUMBERS.value("sustain")
    table.write_text(f"{head}relaps,,0,0,0,2026,B,x\n", encoding="utf-8")
    with pytest.raises(InputError, match="no such assumption"):
        read_training(table)
    table.write_text(f"{head}relapse,share a year,0.3,0.2,1.3,2026,B,x\n", encoding="utf-8")
    with pytest.raises(InputError):
        read_training(table)


class Newport:
    """Made-up people on Newport's real streets and buses, and a plan of their day."""

    def __init__(self) -> None:
        self.inputs = build_sample("newport", n_passengers=60, n_sites=8)
        self.network = build_sample_network("newport")
        self.timetable = build_sample_timetable("newport")
        self.on = date(2023, 6, 14)
        self.found = find_candidates(
            self.inputs, self.network, self.timetable, NUMBERS, on=self.on
        )
        self.matrix = build_case_matrix(self.inputs, self.network)


@pytest.fixture(scope="module")
def newport() -> Newport:
    return Newport()


def test_nobody_is_proposed_whom_age_or_need_rules_out(newport: Newport) -> None:
    people = {p.passenger_id: p for p in newport.inputs.passengers}
    assert [c.passenger_id for c in newport.found] == sorted(people)
    proposed = [c for c in newport.found if c.is_proposed]
    assert len(proposed) >= 5
    for c in proposed:
        assert 11 <= c.age <= 19
        assert c.phase in (Phase.SECONDARY, Phase.POST_16)
        assert is_candidate(people[c.passenger_id])
        assert not people[c.passenger_id].travels_alone
        assert c.reasons_for
        assert {w.direction for w in c.ways} <= set(Direction)
        for way in c.ways:
            assert way.is_within_limits
            assert way.journey is not None
            assert way.journey.total_s <= 75 * 60
            assert way.journey.n_changes <= 1
    for c in newport.found:
        if not c.is_proposed:
            assert c.reasons_against
            assert not c.reasons_for


def test_each_journey_meets_the_bell_with_its_margin(newport: Newport) -> None:
    sites = {s.site_id: s for s in newport.inputs.sites}
    n = 0
    for c in newport.found:
        for way in c.ways:
            if way.journey is None:
                continue
            n += 1
            site = sites[way.site_id]
            if way.direction is Direction.OUT:
                assert way.journey.arrive_s <= site.arrive_by_s - 300
            else:
                assert way.journey.leave_s >= site.leave_from_s + 300
    assert n >= 20


def change_one(newport: Newport, passenger_id: str, **values: Any) -> Candidate:
    people = tuple(
        replace(p, **values) if p.passenger_id == passenger_id else p
        for p in newport.inputs.passengers
    )
    inputs = replace(newport.inputs, passengers=people)
    found = find_candidates(inputs, newport.network, newport.timetable, NUMBERS, on=newport.on)
    return next(c for c in found if c.passenger_id == passenger_id)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"birth_date": date(2015, 11, 26)}, "under 11"),  # eleven tomorrow
        ({"birth_date": date(2006, 11, 25)}, "over 19"),  # twenty today
        ({"wheelchair": Wheelchair.STAYS}, "needs a wheelchair space or a lift"),
        ({"travels_alone": True}, "must travel alone"),
        ({"phase": Phase.ADULT}, "phase adult"),
    ],
)
def test_what_rules_a_passenger_out_is_said(
    newport: Newport, values: dict[str, Any], reason: str
) -> None:
    able = next(c.passenger_id for c in newport.found if c.is_proposed)
    found = change_one(newport, able, **values)
    assert reason in found.reasons_against
    assert not found.is_proposed
    # on the birthday itself the passenger is old enough
    if reason == "under 11":
        assert change_one(newport, able, birth_date=date(2015, 11, 25)).age == 11


def test_duties_values_add_up_to_what_a_repair_of_many_saves(newport: Newport) -> None:
    """Taking people off several duties at once saves the sum of what each duty's table says."""
    inputs = newport.inputs
    day_type = find_day_type(inputs, inputs.service_date)
    assert day_type is not None
    model = build_cost_model(inputs, inputs.service_date)
    plan = optimise(
        inputs, newport.matrix, model, day_type=day_type, steps=300, n_workers=1,
        service_date=inputs.service_date,
    )  # fmt: skip
    chances = {
        c.passenger_id: c.complete_bp * c.sustain_bp // 10_000
        for c in newport.found
        if c.is_proposed
    }
    values = find_duty_values(plan, inputs, newport.matrix, model, chances)
    assert values
    for duty in values:
        assert duty.saved_pence[0] == 0
        assert len(duty.saved_pence) == 1 << len(duty.passenger_ids)
    held = sorted({p for v in values for p in v.passenger_ids})
    for gone in (set(held[:1]), set(held[::2]), set(held)):
        demands = tuple(d for d in inputs.demands if d.passenger_id not in gone)
        kept = replace(inputs, demands=demands)
        repair = repair_plan(plan, kept, newport.matrix, model, judge=find_violations)
        saved = (repair.before_pence or 0) - (repair.plan.cost_pence or 0)
        expected = sum(
            v.saved_pence[sum(1 << k for k, p in enumerate(v.passenger_ids) if p in gone)]
            for v in values
        )
        assert saved == expected


@pytest.fixture(scope="module")
def study(newport: Newport) -> TrainingStudy:
    how = TrainingSearch(
        search=Search(seconds=None, steps=200, n_workers=1),
        n_starts=4,
        sizes=(2, 4),
        n_lookahead=2,
        n_learn=2,
        n_exchanges=1,
        n_draws=2,
        n_searched=1,
    )
    return build_training_study(
        newport.inputs,
        newport.network,
        newport.matrix,
        newport.timetable,
        NUMBERS,
        how,
        created_utc=datetime(2026, 11, 22, tzinfo=UTC),
    )


def test_a_study_plans_every_order_by_the_rules(study: TrainingStudy) -> None:
    assert study.n_violations == 0
    assert study.n_left_out == 0
    assert {o.rule for o in study.orders} == {"marginal", "dearest", "readiest"}
    assert 180 <= study.n_days <= 200
    proposed = {c.passenger_id for c in study.candidates if c.is_proposed}
    for order in study.orders:
        assert len(order.passenger_ids) == 4
        assert set(order.passenger_ids) <= proposed
        assert [p.n_trained for p in order.points if p.all_pence is not None] == [2, 4]
    ours = study.find_order("marginal").points[-1].expected_pence
    assert all(ours >= o.points[-1].expected_pence for o in study.orders)


def test_an_order_becomes_a_scenario_that_trains_its_first(
    study: TrainingStudy, newport: Newport
) -> None:
    import tomllib

    text = build_training_scenario(study, 3)
    scenario = build_scenario(tomllib.loads(text), "training-3.toml")
    (change,) = scenario.changes
    assert change.model_dump()["order"] == study.find_order("marginal").passenger_ids[:3]
    assert change.model_dump()["starts_per_year"] == 3


@pytest.mark.slow
def test_equal_arguments_give_an_equal_study(study: TrainingStudy, newport: Newport) -> None:
    how = TrainingSearch(
        search=Search(seconds=None, steps=200, n_workers=2),
        n_starts=4,
        sizes=(2, 4),
        n_lookahead=2,
        n_learn=2,
        n_exchanges=1,
        n_draws=2,
        n_searched=1,
    )
    again = build_training_study(
        newport.inputs,
        newport.network,
        newport.matrix,
        newport.timetable,
        NUMBERS,
        how,
        created_utc=datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert again == study
