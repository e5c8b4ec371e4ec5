"""Totals are made only when every line and every sum holds (M3)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from costing import build_totals, price_plan, total_cost_pence, total_full_cost_pence
from costing.charges import UNIT_SIZES, compute_amount_pence
from data.errors import IdentityError, ModelError
from data.money import CostBasis, CostLine, RateBasis
from tests.costing.builders import (
    ON,
    make_card,
    make_duty,
    make_inputs,
    make_own_duty,
    make_plan,
    make_route,
    make_run,
    rate,
)


def make_lines() -> tuple[CostLine, ...]:
    card = make_card(rate(RateBasis.FIXED, 1_200_000), rate(RateBasis.LOADED_MILE, 260_000))
    own = make_own_duty(
        make_route("r2"),
        duty_id="d2",
        dead_runs=(
            make_run(0, 28_200, 600, 5_000, "depot>home-1"),
            make_run(1, 29_610, 500, 4_000, "site-1>depot"),
        ),
    )
    plan = make_plan(make_duty(make_route("r1")), own)
    return price_plan(plan, make_inputs(cards=[card]), ON)


def test_totals_keep_the_bases_apart() -> None:
    # Bought: 12.00 + 13.00, VAT 5.00 recovered. Own: 48.46 + 17 047 m at 0.45 a mile 4.77;
    # fixed 41.58 + 23.68, overhead 12 % of 118.49 = 14.2188 -> 14.22
    lines = make_lines()
    totals = build_totals(lines)
    assert totals.cost_pence == 2_500 + 4_846 + 477
    assert totals.full_cost_pence == totals.cost_pence + 4_158 + 2_368 + 1_422
    assert totals.recoverable_vat_pence == 500
    assert totals.gross_pence == totals.full_cost_pence + 500
    assert total_cost_pence(lines) == totals.cost_pence
    assert total_full_cost_pence(lines) == totals.full_cost_pence
    assert {line.basis for line in lines} == set(CostBasis) - {CostBasis.INCOME}


def test_income_from_others_is_in_no_total() -> None:
    lines = make_lines()
    income = replace(
        lines[0],
        basis=CostBasis.INCOME,
        quantity=1,
        unit="route",
        rate_mpence=-500_000,
        amount_pence=-500,
    )
    assert build_totals((*lines, income)) == build_totals(lines)
    with pytest.raises(IdentityError):
        build_totals((*lines, replace(income, amount_pence=-501)))


def test_no_lines_cost_nothing() -> None:
    assert build_totals(()).gross_pence == 0


@pytest.mark.parametrize("field", ["quantity", "rate_mpence", "amount_pence"])
def test_a_doctored_line_is_noticed(field: str) -> None:
    lines = make_lines()
    big = 10_000_000
    wrong = replace(lines[1], **{field: getattr(lines[1], field) + big})
    with pytest.raises(IdentityError, match="loaded_mile of duty 'd1' route 'r1'"):
        build_totals([lines[0], wrong, *lines[2:]])


def test_a_basis_that_is_in_no_total_is_noticed() -> None:
    # A new kind of line must be given its place in the totals before it can be shown.
    stray = replace(make_lines()[0], basis="sponsored")  # type: ignore[arg-type]
    with pytest.raises(IdentityError, match="duties come to 1200 pence, the plan to 0"):
        build_totals([stray])


def test_an_identity_error_is_a_model_error() -> None:
    assert issubclass(IdentityError, ModelError)
    assert IdentityError.exit_code == 35


def test_every_line_can_be_worked_out_again_from_what_it_shows() -> None:
    for line in make_lines():
        assert line.unit in UNIT_SIZES
        due = compute_amount_pence(line.quantity, line.unit, line.rate_mpence)
        assert due == line.amount_pence


@pytest.mark.parametrize(
    ("quantity", "unit", "rate_mpence", "expected"),
    [
        (1, "route", 1_200_000, 1_200),
        (2, "assistant", 1_250_000, 2_500),
        (3_600, "s", 2_000_000, 2_000),
        (201_168, "m", 260_000, 32_500),  # 125 miles exactly
        (10_000, "pence", 20_000, 2_000),  # 20 % of 100 pounds
        (1_800, "s", 1_000, 1),  # half a penny
        (3_600_000, "s", 2_000_000, 2_000_000),  # 1 000 hours: the unit is exact
        (1_609_344_000, "m", 1_000, 1_000_000),  # a million miles
        (100_000_000, "pence", 20_000, 20_000_000),  # 20 % of a million pounds
    ],
)
def test_amounts_are_quantity_times_rate(
    quantity: int, unit: str, rate_mpence: int, expected: int
) -> None:
    assert compute_amount_pence(quantity, unit, rate_mpence) == expected
