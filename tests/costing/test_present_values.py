"""Present values, appraisals and options' money against figures worked by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing.appraisal import (
    AppraisalBasis,
    appraise_option,
    flag_assumptions,
    profile_plan,
)
from costing.option_money import ContractBasis, cost_options, find_activity
from costing.present_values import discount, find_discount_factor
from data.appraisals import (
    LineKind,
    MoneyLine,
    OptionTerms,
    RegisteredAssumption,
    Risk,
)

BASIS = AppraisalBasis(first_year=2026, n_years=5, discount_bp=350)


def line(name: str, kind: LineKind, pounds: int, **more: object) -> MoneyLine:
    return MoneyLine(name=name, kind=kind, amount_pence=100 * pounds, **more)  # type: ignore[arg-type]


def test_the_factors_are_those_of_the_green_book() -> None:
    # The Green Book's table at 3.5 %: year 1 0.9662, year 10 0.7089, year 30 0.3563; then 3.0 %
    # from year 31: 0.3459, and year 75 0.0942. Its year 0 is our first.
    table = {0: 1.0, 1: 0.9662, 10: 0.7089, 30: 0.3563, 31: 0.3459, 75: 0.0942}
    for year, factor in table.items():
        assert float(find_discount_factor(year + 1, 350)) == pytest.approx(factor, abs=5e-5)


def test_present_values_are_rounded_once_and_exact() -> None:
    # 1000.00 in the second year: 1000 / 1.035 = 966.1836; in the third 933.5107
    assert discount([100_000, 100_000, 100_000], 350) == (100_000, 96_618, 93_351)
    assert discount([-100_000, -100_000], 350) == (-100_000, -96_618)


def test_an_option_worked_by_hand() -> None:
    # cost 100,000 at once; saving 30,000 a year, half of it in the first:
    # 15,000 - 100,000 = -85,000; then 30,000 x (0.966184 + 0.933511 + 0.901943 + 0.871442)
    # = 30,000 x 3.673079 = 110,192.38; together 25,192.38
    lines = (
        line("set up", LineKind.COST, 100_000, to_year=1),
        line("saved", LineKind.SAVING, 30_000, ramp_bp=(5_000,)),
    )
    found = appraise_option("a", "A", lines, (), BASIS)
    assert [y.net_pence for y in found.years] == [-8_500_000, *[3_000_000] * 4]
    assert found.net_present_pence == pytest.approx(2_519_238, abs=3)
    # -85, -55, -25, +5: in the fourth year
    assert found.payback_year == 2029
    # savings are worth 125,192.38 and costs 100,000: savings may fall by 20.12 %, costs rise
    # by 25.19 %
    by_name = {s.name: s.change_bp for s in found.switching}
    assert by_name["all savings"] == -2_012
    assert by_name["all costs"] == 2_519
    assert by_name["saved"] == -2_012


def test_optimism_bias_and_risk_stand_apart() -> None:
    # bias 20 % of cost 1,000 and 10 % of saving 5,000: 200 + 500 = 700 in the one year
    lines = (
        line("paid", LineKind.COST, 1_000, to_year=1),
        line("saved", LineKind.SAVING, 5_000, to_year=1),
    )
    risks = (
        Risk(risk_id="r", title="R", probability_bp=2_500, impact_pence=80_000, owner="o"),
        Risk(
            risk_id="s", title="S", probability_bp=9_000, impact_pence=80_000, owner="o",
            option_ids=("other",),
        ),
    )  # fmt: skip
    basis = AppraisalBasis(first_year=2026, n_years=1, cost_bias_bp=2_000, saving_bias_bp=1_000)
    found = appraise_option("a", "A", lines, risks, basis)
    assert found.net_present_pence == 400_000
    assert found.bias_present_pence == 70_000
    assert found.risk_pence == 20_000
    assert found.cautious_pence == 310_000


def test_nominal_amounts_follow_inflation_and_growth() -> None:
    # 100 a year growing 1 % real under 2 % inflation: third year 100 x 1.01^2 x 1.02^2 = 106.13
    basis = AppraisalBasis(first_year=2026, n_years=3, inflation_bp=200)
    lines = (line("saved", LineKind.SAVING, 100, growth_bp=100),)
    found = appraise_option("a", "A", lines, (), basis)
    assert found.years[2].saving_pence == 10_201
    assert found.years[2].nominal_pence == 10_613


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(LineKind), st.integers(0, 10**9), st.integers(1, 5)),
        min_size=1, max_size=6,
    ),
    st.integers(0, 1_000),
)  # fmt: skip
def test_the_value_of_an_option_is_that_of_its_lines(
    rows: list[tuple[LineKind, int, int]], rate_bp: int
) -> None:
    basis = AppraisalBasis(first_year=2026, n_years=5, discount_bp=rate_bp)
    lines = [
        MoneyLine(name=str(k), kind=kind, amount_pence=pence, from_year=first)
        for k, (kind, pence, first) in enumerate(rows)
    ]
    whole = appraise_option("a", "A", lines, (), basis).net_present_pence
    parts = sum(appraise_option("a", "A", [x], (), basis).net_present_pence for x in lines)
    assert whole == pytest.approx(parts, abs=5 * (len(lines) + 1))


def test_a_plan_holds_what_is_budgeted_and_what_is_further() -> None:
    lines = (
        line("saved", LineKind.SAVING, 500, budget_line="buses"),
        line("paid", LineKind.COST, 200, to_year=1, budget_line="buses"),
        line("avoided", LineKind.SAVING, 900, is_cashable=False, budget_line="buses"),
    )
    option = appraise_option("a", "A", lines, (), BASIS)
    found = profile_plan(option, BASIS, {("buses", 2026): 10_000}, {("buses", 2026): 10**7})
    # 500 - 200 - 100 already budgeted; then 500 a year
    assert [p.further_pence for p in found] == [20_000, *[50_000] * 4]
    assert found[0].budget_pence == 10**7
    assert found[1].budget_pence is None


def assumption(name: str, **more: object) -> RegisteredAssumption:
    values: dict[str, object] = {
        "assumption_id": name, "name": name, "value": "0.8", "unit": "share",
        "price_base": "none", "source": "s", "owner": "o", "set_on": date(2026, 4, 1),
        "review_on": date(2027, 3, 31), "low": "0.6", "high": "0.85",
    }  # fmt: skip
    return RegisteredAssumption(**(values | more))  # type: ignore[arg-type]


def test_assumptions_are_flagged_when_outdated_unused_changed_or_out_of_range() -> None:
    register = (
        assumption("good"),
        assumption("old", review_on=date(2026, 5, 1)),
        assumption("idle"),
        assumption("wild", value="0.9"),
        assumption("moved", value="0.7", version=2),
        assumption("quiet", value="0.7"),
    )
    used = frozenset(a.assumption_id for a in register) - {"idle"}
    before = (assumption("moved"), assumption("quiet"))
    found = flag_assumptions(register, used, date(2026, 11, 1), before)
    assert {(f.assumption_id, f.flag, f.is_blocking) for f in found} == {
        ("old", "outdated", True),
        ("idle", "unused", False),
        ("wild", "out of range", True),
        ("moved", "changed", False),
        ("quiet", "changed", True),
    }
    # on its very day a review is not yet late
    assert not flag_assumptions(register[1:2], used, date(2026, 5, 1))


def test_exactly_eighty_per_cent_fails_the_activity_test() -> None:
    # 80 of 100 fails; one penny less with others passes
    (at,) = find_activity([8_000], [2_000], 2026)
    assert (at.is_passed, at.share_bp, at.headroom_pence) == (False, 8_000, -1)
    (under,) = find_activity([8_000], [1_999], 2026)
    assert (under.is_passed, under.headroom_pence) == (True, 0)


def test_the_activity_test_averages_three_years() -> None:
    # others 30, 15, 15, 15 against 100 a year: 30 / 130 fails alone; over two years 45 / 245 =
    # 18.4 % passes; over three 60 / 360; the fourth looks at the last three alone: 45 / 345
    found = find_activity([10_000] * 4, [3_000, 1_500, 1_500, 1_500], 2026)
    assert [a.is_passed for a in found] == [False, True, True, True]
    assert [a.n_years for a in found] == [1, 2, 3, 3]
    # three years of 300: others must stay below 75, so 74.99; 60 and 45 are used
    assert [a.headroom_pence for a in found[2:]] == [7_499 - 6_000, 7_499 - 4_500]
    assert found[3].average_share_bp == int(10_000 * Fraction(300, 345))


@settings(deadline=None)
@given(st.integers(1, 10**9), st.integers(0, 10**9))
def test_the_headroom_is_the_most_that_passes(owner: int, other: int) -> None:
    (found,) = find_activity([owner], [other], 2026)
    (most,) = find_activity([owner], [max(0, other + found.headroom_pence)], 2026)
    (more,) = find_activity([owner], [other + found.headroom_pence + 1], 2026)
    assert most.is_passed
    assert not more.is_passed
    assert found.is_passed is (5 * owner > 4 * (owner + other))


def test_an_options_money_worked_by_hand() -> None:
    # 1,000,000 x 1.05 margin, half of it moved in the first year; indexation 3 %; inflation 2 %
    terms = OptionTerms(
        option_id="company", title="Company", service_pence=100_000_000,
        today_pence=110_000_000, margin_bp=500, indexation_bp=300, ramp_bp=(5_000,),
        client_pence=5_000_000, vat_leak_bp=100, support_pence=2_000_000,
        stranded_pence=1_000_000, stranded_years=1, pensionable_pence=40_000_000,
        pension_bp=500, set_up_pence=(3_000_000,), is_owned=True,
    )  # fmt: skip
    basis = ContractBasis(first_year=2026, n_years=2, discount_bp=350, inflation_bp=200)
    (found,) = cost_options((terms,), basis)
    first, second = found.years
    # first year: contract 525,000; kept as today 550,000; client 50,000; VAT 1 % of 525,000 =
    # 5,250; support 20,000 + 10,000 stranded; pension 400,000 x 5 % x 1/2 = 10,000; set up
    # 30,000: together 1,200,250
    assert first.contract_pence == 52_500_000
    assert first.kept_pence == 55_000_000
    assert first.vat_pence == 525_000
    assert first.total_pence == 120_025_000
    assert first.present_pence == 120_025_000
    # second: contract 1,050,000 x 1.03 = 1,081,500; client 51,000; VAT 10,815; support 20,400;
    # pension 20,400: together 1,184,115; real 1,160,897.06, today 1,121,639.67
    assert second.contract_pence == 108_150_000
    assert second.total_pence == 118_411_500
    assert second.present_pence == 112_163_967
    assert found.contract_value_pence == 160_650_000
    assert found.dearer_pence == 0
    assert [a.is_passed for a in found.activity] == [True, True]
