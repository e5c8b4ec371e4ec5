"""Travel training: what a programme comes to in time, and on what numbers."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from data.errors import InputError
from data.sources.training import read_training
from scenarios import (
    build_programme,
    read_cohort,
)
from scenarios.training.programme import find_npv, find_start_months, find_survival
from scenarios.training.propensity import Draws, draw_pert, find_chances, move_odds
from tests.scenarios.hand_made_training import (
    NUMBERS,
    fix,
    make_candidate,
    make_study,
    make_values,
)


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
