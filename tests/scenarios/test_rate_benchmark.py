"""The benchmark finds what was planted in made-up prices, and says when it cannot."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from data.benchmark import PricedRoute, PriceKind
from data.errors import InputError
from data.imports.priced_rows import read_priced_routes
from data.money import RateBasis
from data.passengers import Demand, Direction
from data.places import Calendar, Session
from data.plans import CurrentRoute, PlanState
from data.units import MM_PER_MILE
from scenarios import benchmark_rates, find_bid_prices, find_priced_routes
from tests.costing.builders import (
    CAR,
    FIRST,
    LAST,
    make_card,
    make_duty,
    make_inputs,
    make_plan,
    make_route,
    rate,
)
from tests.data.hand_made_tender import build_book, build_tender, make_bid

MILES, MINUTES, SEATS, ASSISTANT = 0.45, 0.25, 0.30, 0.20
"""Planted elasticities, and the effect of an assistant on the logarithm."""


def plant(n: int = 240, seed: int = 7, noise: float = 0.06) -> list[PricedRoute]:
    """Plant prices: supplier S2 asks a fifth more than S1 for the same work, S3 as S1."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(n):
        miles, minutes = float(rng.uniform(2, 25)), float(rng.uniform(15, 70))
        seats = int(rng.choice([4, 8, 16]))
        n_assistants = int(rng.integers(0, 2))
        supplier_id = f"S{i % 3 + 1}"
        logarithm = (
            3.0
            + MILES * math.log(miles + 0.5)
            + MINUTES * math.log(minutes + 1)
            + SEATS * math.log(seats)
            + ASSISTANT * n_assistants
            + (math.log(1.2) if supplier_id == "S2" else 0.0)
            + float(rng.normal(0, noise))
        )
        found.append(
            PricedRoute(
                price_id=f"P{i:03d}",
                kind=PriceKind.CONTRACT,
                supplier_id=supplier_id,
                pence_per_day=round(100 * math.exp(logarithm)),
                loaded_m=round(2 * miles * 1609.344),
                route_s=round(2 * minutes * 60),
                n_routes=2,
                n_passengers=4,
                passenger_m=round(8 * miles * 1609.344),
                n_seats=seats,
                n_assistants=n_assistants,
                area="SS1" if i % 2 else "SS2",
            )
        )
    return found


def test_planted_effects_lie_in_their_intervals() -> None:
    found = benchmark_rates(plant())
    effects = {e.words: e for e in found.effects}
    for words, planted in (
        ("twice the miles", 2**MILES - 1),
        ("twice the minutes", 2**MINUTES - 1),
        ("twice the seats", 2**SEATS - 1),
        ("an assistant more", math.exp(ASSISTANT) - 1),
    ):
        effect = effects[words]
        assert effect.low_bp <= 10_000 * planted <= effect.high_bp, (words, effect)
    assert found.n_fitted == 240
    assert found.explained_bp > 9_500
    area = next(e for e in found.effects if e.words.startswith("area"))
    assert abs(area.effect_bp) < 300  # nothing was planted there


def test_a_dear_supplier_is_seen_and_not_forgiven_in_the_expected_price() -> None:
    found = benchmark_rates(plant())
    level = {s.supplier_id: s.premium for s in found.suppliers}
    assert level["S1"] is not None
    assert level["S2"] is not None
    # A third of the prices a fifth higher: the average is 1.2 ** (1 / 3) = 1.0627 of S1's.
    assert level["S2"].low_bp <= 10_000 * (1.2 / 1.0627 - 1) <= level["S2"].high_bp
    assert level["S1"].low_bp <= 10_000 * (1 / 1.0627 - 1) <= level["S1"].high_bp
    ratio = [
        p.price.pence_per_day / (p.expected_pence or 1)
        for p in found.prices
        if p.price.supplier_id == "S2"
    ]
    assert sum(ratio) / len(ratio) == pytest.approx(1.2 / 1.0627, abs=0.02)


def test_a_planted_outlier_is_named_with_its_pounds_and_does_not_bend_the_rest() -> None:
    prices = plant()
    before = benchmark_rates(prices)
    odd = 2 * prices[0].pence_per_day
    prices[0] = replace(prices[0], pence_per_day=odd, n_days=190)
    found = benchmark_rates(prices)
    assert found.dear[0].price.price_id == "P000"
    expected = found.dear[0].expected_pence
    assert expected is not None
    assert found.dear[0].stake_pence_per_year == 190 * (odd - expected)
    for old, new in zip(before.prices[1:], found.prices[1:], strict=True):
        assert old.expected_pence is not None
        assert new.expected_pence == pytest.approx(old.expected_pence, rel=0.02)


def test_intervals_hold_about_nine_prices_in_ten_and_quantiles_keep_their_order() -> None:
    prices = [p for p in plant(noise=0.15) if p.supplier_id != "S2"]
    found = benchmark_rates(prices)
    held = [
        p.low_pence <= p.price.pence_per_day <= p.high_pence
        for p in found.prices
        if p.low_pence is not None and p.high_pence is not None
    ]
    assert 0.84 <= sum(held) / len(held) <= 0.96
    for p in found.prices:
        assert (p.q10_pence or 0) <= (p.q50_pence or 0) <= (p.q90_pence or 0)
    below = [p.price.pence_per_day <= (p.q90_pence or 0) for p in found.prices]
    assert 0.85 <= sum(below) / len(below) <= 0.95


def test_shares_concentration_and_price_a_passenger_mile_by_hand() -> None:
    # 30.00 and 10.00 a day: shares 75 % and 25 %; HHI 0.75^2 + 0.25^2 = 0.625
    # 30.00 over 10 passenger miles: 3.00 a mile
    base = plant(2)[0]
    prices = [
        replace(base, price_id="a", supplier_id="A", pence_per_day=3_000, passenger_m=16_093),
        replace(base, price_id="b", supplier_id="B", pence_per_day=1_000, passenger_m=0),
    ]
    found = benchmark_rates(prices)
    a, b = found.suppliers
    assert (a.spend_bp, b.spend_bp, found.hhi) == (7_500, 2_500, 6_250)
    assert a.mpence_per_passenger_mile == round(3_000 * MM_PER_MILE / 16_093)
    assert b.mpence_per_passenger_mile is None


def test_too_few_prices_give_a_warning_and_no_expected_price() -> None:
    found = benchmark_rates(plant(12))
    assert (found.n_fitted, found.effects, found.dear) == (0, (), ())
    assert all(p.expected_pence is None for p in found.prices)
    assert "too few" in found.warnings[0]
    some = benchmark_rates(plant(45))
    assert some.n_fitted == 45
    assert any("first hint" in text for text in some.warnings)
    assert benchmark_rates([]).warnings


def test_what_cannot_be_told_apart_is_said() -> None:
    prices = [replace(p, has_lift=p.supplier_id == "S3") for p in plant()]
    found = benchmark_rates(prices)
    assert any("told apart" in text and "S3" in text for text in found.warnings)


def test_equal_prices_give_equal_findings_in_any_order() -> None:
    prices = plant(90)
    one, other = benchmark_rates(prices), benchmark_rates(prices[::-1])
    by_id = {p.price.price_id: p for p in other.prices}
    for p in one.prices:
        twin = by_id[p.price.price_id]
        assert p.is_dear == twin.is_dear
        assert abs((p.expected_pence or 0) - (twin.expected_pence or 0)) <= 1


def test_contracts_are_measured_with_their_days_and_idle_days() -> None:
    # p1 travels on Mondays and Tuesdays only: five open days, three of them without anybody.
    opened = frozenset(date(2026, 9, 14) + timedelta(days=i) for i in range(5))
    calendar = Calendar(
        calendar_id="term", name="Term", first_date=FIRST, last_date=LAST, open_dates=opened
    )
    demand = Demand(
        demand_id="D", passenger_id="p1", site_id="s1", home_id="H",
        direction=Direction.OUT, weekdays=frozenset({0, 1}),
    )  # fmt: skip
    current = CurrentRoute(
        route_name="K1", session=Session.AM, provider_id="sup", vehicle_type_id="car",
        sequence=1, passenger_id="p1", price_pence_per_day=5_000,
    )  # fmt: skip
    inputs = make_inputs(
        cards=[make_card(rate(RateBasis.FIXED, 1))],
        calendars=(calendar,),
        demands=(demand,),
        current_routes=(current,),
    )
    plan = make_plan(make_duty(make_route("am")), state=PlanState.BASELINE)
    (found,) = find_priced_routes(plan, inputs)
    assert (found.price_id, found.pence_per_day, found.n_passengers) == ("K1", 5_000, 1)
    assert (found.loaded_m, found.route_s, found.passenger_m) == (8_047, 810, 8_047)
    assert (found.n_days, found.n_idle_days, found.idle_pence_per_year) == (5, 3, 15_000)
    assert benchmark_rates([found]).ghosts == (found,)


BIDS = (
    "price_id,supplier_id,price_pounds_per_day,miles,minutes,seats,assistants,has_lift\n"
    "B1,T01,95.50,18,62,8,1,yes\n"
)


def test_bids_of_a_table_are_read_in_whole_units(tmp_path: Path) -> None:
    path = tmp_path / "bids.csv"
    path.write_text(BIDS, encoding="utf-8")
    (bid,) = read_priced_routes(path)
    assert (bid.kind, bid.pence_per_day, bid.loaded_m) == (PriceKind.BID, 9_550, 28_968)
    assert (bid.route_s, bid.n_seats, bid.has_lift) == (3_720, 8, True)


def test_every_fault_of_a_table_of_bids_is_told(tmp_path: Path) -> None:
    path = tmp_path / "bids.csv"
    path.write_text(BIDS + "B1,T01,-5,18,62,8,1,no\nB3,T01,10,0,62,8,1,perhaps\n", "utf-8")
    with pytest.raises(InputError) as raised:
        read_priced_routes(path)
    rows = {p.row for p in raised.value.problems}
    assert rows == {3, 4}
    assert len(raised.value.problems) >= 3


def test_bids_for_one_contract_route_count_and_packages_do_not() -> None:
    tender = build_tender()
    book = build_book(
        make_bid("A-1", 9_050, "C001"),
        make_bid("A-2", 25_000, "C002", "C003"),
        make_bid("B-1", 9_999, "C004"),
    )
    types = tuple(
        replace(CAR, vehicle_type_id=c) for c in {c.vehicle_type_id for c in tender.contracts}
    )
    first, second = find_bid_prices(tender, book, make_inputs(vehicle_types=types))
    assert (first.price_id, first.kind, first.pence_per_day) == ("A-1", PriceKind.BID, 9_050)
    assert (second.price_id, second.supplier_id) == ("B-1", "B")
    contract = tender.contracts[0]
    assert (first.loaded_m, first.n_routes) == (contract.loaded_m, len(contract.runs))
    assert first.route_s == sum(run.end_s - run.start_s for run in contract.runs)
    assert (first.n_days, first.n_passengers) == (contract.n_days, contract.n_passengers)
    assert first.session == "school"
    found = benchmark_rates([first, second])
    assert found.suppliers == ()  # a bid is no spend
    assert any("No contracts" in text for text in found.warnings)
