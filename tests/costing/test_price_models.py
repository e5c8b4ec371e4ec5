"""Simulated ways to buy: repeatable, by hand where luck is taken out, within capacity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from costing import simulate_price_models
from costing.price_models import NO_BID, _assign, _bid
from data.price_models import MarketBehaviour, PriceModel, PriceModelStudy
from data.tenders import ContractRoute, Tender
from tests.costing.builders import make_supplier
from tests.data.hand_made_tender import STAMP, build_tender, make_contract

NO_LUCK = MarketBehaviour(
    level_low_bp=10_000,
    level_high_bp=10_000,
    route_low_bp=10_000,
    route_high_bp=10_000,
    tender_entry_bp=10_000,
    mini_entry_bp=10_000,
    school_entry_bp=10_000,
    n_entrants=0,
    framework_premium_bp=0,
    hand_back_bp=0,
    preferred_hand_back_bp=0,
)


def accept(supplier_id: str, contract: ContractRoute) -> str:
    return ""


def run(
    tender: Tender,
    n_suppliers: int,
    behaviour: MarketBehaviour,
    n_draws: int = 3,
    seed: int = 1,
) -> PriceModelStudy:
    suppliers = [make_supplier(supplier_id=f"s{i}") for i in range(n_suppliers)]
    return simulate_price_models(
        tender,
        suppliers,
        accept,
        created_utc=STAMP,
        margin_bp=800,
        behaviour=behaviour,
        n_draws=n_draws,
        seed=seed,
    )


def read_paid(study: PriceModelStudy) -> dict[PriceModel, int]:
    return {o.model: o.draws[0].paid_pence for o in study.outcomes}


def test_without_luck_every_figure_can_be_worked_out() -> None:
    # 108.00 a day hold 8 % margin on 100.00; 190 days: cost 19 000 pounds a year a route, which
    # is also the dearest anybody may have, so every competition ends there.
    tender = build_tender(tuple(make_contract(n, guide_pence=10_800) for n in (1, 2, 3, 4)))
    paid = read_paid(run(tender, 2, NO_LUCK))
    assert paid[PriceModel.ROUTE_TENDER] == 4 * 1_900_000
    assert paid[PriceModel.FRAMEWORK] == 4 * 1_900_000
    assert paid[PriceModel.MINI_COMPETITION] == 4 * 1_900_000
    # Agreed: 12 % margin less 4 % for volume and 2 % learnt.
    assert paid[PriceModel.PREFERRED] == 4 * 1_900_000 * 106 // 100
    # Two routes a school: 7 % saved, and with two bidders half of the way back up is asked.
    assert paid[PriceModel.BY_SCHOOL] == 4 * (1_767_000 + (1_900_000 - 1_767_000) // 2)


def test_nobody_who_bids_leaves_every_route_late() -> None:
    tender = build_tender(tuple(make_contract(n, guide_pence=10_800) for n in (1, 2)))
    shy = replace(NO_LUCK, tender_entry_bp=0, mini_entry_bp=0, school_entry_bp=0)
    study = run(tender, 2, shy)
    for outcome in study.outcomes:
        if outcome.model in (PriceModel.FRAMEWORK, PriceModel.PREFERRED):
            continue
        # The guide price, 20 520 pounds a year, and a tenth.
        assert {d.paid_pence for d in outcome.draws} == {2 * 2_052_000 * 11 // 10}
        assert {d.n_late for d in outcome.draws} == {2}


def test_all_handed_back_costs_half_a_year_of_the_shock() -> None:
    tender = build_tender(tuple(make_contract(n, guide_pence=10_800) for n in (1, 2)))
    bad = replace(NO_LUCK, hand_back_bp=10_000)
    paid = read_paid(run(tender, 2, bad))
    assert paid[PriceModel.ROUTE_TENDER] == 2 * (1_900_000 + 190_000 // 2)


def test_equal_seeds_give_equal_markets_and_others_do_not() -> None:
    tender = build_tender()
    used = MarketBehaviour()
    assert run(tender, 3, used, 5) == run(tender, 3, used, 5)
    assert run(tender, 3, used, 5).outcomes != run(tender, 3, used, 5, seed=2).outcomes
    # Fewer draws are the first of more.
    few, many = run(tender, 3, used, 2), run(tender, 3, used, 5)
    for a, b in zip(few.outcomes, many.outcomes, strict=True):
        assert a.draws == b.draws[:2]


def test_more_bidders_ask_for_less() -> None:
    cost, high = np.array([1_000]), np.array([1_600])
    asked = [int(_bid(cost, high, np.array([n]))[0]) for n in (1, 2, 3, 6)]
    assert asked == [1_600, 1_300, 1_200, 1_100]


@pytest.mark.parametrize("seed", range(20))
def test_routes_go_to_the_cheapest_within_capacity(seed: int) -> None:
    draw = np.random.default_rng(seed)
    bids = draw.integers(100, 900, (3, 4))
    bids[draw.integers(0, 4, bids.shape) == 0] = NO_BID
    room, reserve = draw.integers(0, 3, 3), draw.integers(500, 1_200, 4)
    firm, price = _assign(bids, room, reserve)
    best = min(
        sum(int(reserve[r]) if f < 0 else int(bids[f, r]) for r, f in enumerate(way))
        for way in np.ndindex(4, 4, 4, 4)
        for way in [tuple(f - 1 for f in way)]
        if all(way.count(f) <= room[f] for f in range(3))
    )
    assert int(price.sum()) == best
    assert all((firm == f).sum() <= room[f] for f in range(3))
