"""Keys of draws: equal for what a plan and its price hang on, and for nothing less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.inputs import Inputs
from data.samples import build_sample
from scenarios.draw_keys import find_keys, has_same_cards


@pytest.fixture(scope="module")
def grid() -> Inputs:
    return build_sample("grid")


def raise_rates(inputs: Inputs) -> Inputs:
    return replace(
        inputs,
        rate_cards=tuple(
            replace(
                c,
                uplift_bp=c.uplift_bp + 1,
                rates=tuple(replace(r, amount_mpence=r.amount_mpence + 1) for r in c.rates),
            )
            for c in inputs.rate_cards
        ),
    )


def test_money_changes_the_price_key_alone(grid: Inputs) -> None:
    before, after = find_keys(grid), find_keys(raise_rates(grid))
    assert after.demand_key == before.demand_key
    assert after.price_key != before.price_key
    assert after.parts == before.parts
    own = replace(grid.own_costs.driver, pay_mpence_per_hour=1)
    paid = find_keys(replace(grid, own_costs=replace(grid.own_costs, driver=own)))
    assert (paid.demand_key, paid.price_key == before.price_key) == (before.demand_key, False)


def test_whatever_else_changes_moves_the_demand_key(grid: Inputs) -> None:
    before = find_keys(grid)
    one, *others = grid.demands
    changed = (
        replace(grid, demands=tuple(others)),
        replace(grid, demands=(*others, one)),
        replace(grid, policy=replace(grid.policy, max_sites_per_route=1)),
        replace(grid, vehicles=grid.vehicles[1:]),
        replace(grid, passengers=(replace(grid.passengers[0], boarding_s=999),
                                  *grid.passengers[1:])),
        replace(grid, suppliers=(replace(grid.suppliers[0], area_radius_m=1),
                                 *grid.suppliers[1:])),
    )  # fmt: skip
    keys = [find_keys(inputs) for inputs in changed]
    assert len({k.demand_key for k in keys} | {before.demand_key}) == len(changed) + 1
    assert {k.price_key for k in keys} == {before.price_key}
    # who left is one record of demand less, a new order none
    assert len(before.parts ^ keys[0].parts) == 1
    assert before.parts == keys[1].parts


def test_equal_inputs_have_equal_keys_however_they_were_made(grid: Inputs) -> None:
    assert find_keys(build_sample("grid")) == find_keys(grid)
    assumed = replace(grid, assumptions=())
    assert find_keys(assumed) == find_keys(grid)


def test_cards_are_the_same_whatever_they_charge(grid: Inputs) -> None:
    assert has_same_cards(grid, raise_rates(grid))
    assert not has_same_cards(grid, replace(grid, rate_cards=grid.rate_cards[1:]))
