"""Should-cost: a route worked by hand, and what must hold for every route."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costing import RouteFacts, find_least_should_cost, price_should_cost
from data.errors import NoRateError
from data.market import MarketCosts, MarketTypeCost
from data.money import PayRate
from data.units import MM_PER_MILE
from tests.costing.builders import BUS, CAR

# 600 hours a year keep the pay of both far below the threshold of 50 000 pounds: no insurance.
PLAIN = {"worked_minutes_per_year": 36_000, "leave_bp": 1_000, "pension_bp": 0, "levy_bp": 0}
MARKET = MarketCosts(
    types=(
        MarketTypeCost(
            most_seats=4,
            has_lift=False,
            running_mpence=25_000,
            vehicle_pence_per_year=300_000,
            standing_pence_per_year=150_000,
        ),
        MarketTypeCost(
            most_seats=16,
            has_lift=True,
            running_mpence=45_000,
            vehicle_pence_per_year=750_000,
            standing_pence_per_year=450_000,
        ),
    ),
    driver=PayRate(pay_mpence_per_hour=1_400_000, ni_threshold_pence=5_000_000, **PLAIN),
    assistant=PayRate(pay_mpence_per_hour=1_300_000, ni_threshold_pence=5_000_000, **PLAIN),
    trained_extra_mpence_per_hour=100_000,
    cover_bp=500,
    sign_on_s=300,
    min_paid_s=3_600,
    vehicle_day_s=6 * 3_600,
    vehicle_days_per_year=250,
    overhead_bp=1_000,
    margin_bp=800,
)


def test_a_route_worked_by_hand() -> None:
    # 50 minutes loaded, 20 minutes empty, 2 x 5 minutes to sign on and off: 80 min = 4 800 s,
    # more than the least of an hour.
    # driver     14.00 x 1.10 x 1.05 = 16.17 an hour          x 80 min = 21.56
    # assistants 13.00 x 1.10 x 1.05 = 15.015 an hour, two    x 80 min = 40.04
    # trained     1.00 x 1.10 x 1.05 =  1.155 an hour, one    x 80 min =  1.54
    # running    10 miles loaded, 6 empty                     x 0.25   =  4.00
    # vehicle    3 000 / (250 x 6 h) = 2.00 an hour           x 80 min =  2.666... = 2.67
    # standing   1 500 / (250 x 6 h) = 1.00 an hour           x 80 min =  1.333... = 1.33
    # direct     71.14; overhead 10 % = 7.114 = 7.11; margin 8 % of 78.25 = 6.26; net 84.51
    # VAT        20 % of 84.51 = 16.902 = 16.90: a car has five places
    facts = RouteFacts(
        loaded_m=16_093,
        route_s=3_000,
        dead_m=9_656,
        dead_s=1_200,
        n_assistants=2,
        n_trained_assistants=1,
    )
    found = price_should_cost(facts, CAR, MARKET)
    assert {c.item: c.amount_pence for c in found.charges} == {
        "driver_hours": 2_156,
        "assistant_hours": 4_004,
        "trained_assistant_hours": 154,
        "running": 400,
        "vehicle": 267,
        "standing": 133,
        "overhead": 711,
        "margin": 626,
    }
    assert (found.net_pence, found.vat_pence, found.gross_pence) == (8_451, 1_690, 10_141)


def test_a_short_route_is_paid_the_least_time_but_uses_the_vehicle_for_its_own() -> None:
    # 20 minutes and 2 x 5: paid an hour at 16.17; the vehicle half an hour at 2.00.
    found = price_should_cost(RouteFacts(loaded_m=1, route_s=1_200), CAR, MARKET)
    amounts = {c.item: c.amount_pence for c in found.charges}
    assert (amounts["driver_hours"], amounts["vehicle"]) == (1_617, 100)
    assert "assistant_hours" not in amounts


def test_ten_places_carry_no_vat() -> None:
    assert price_should_cost(RouteFacts(loaded_m=1, route_s=1), BUS, MARKET).vat_pence == 0


def test_the_smallest_row_that_is_enough_counts_and_a_lift_goes_before_size() -> None:
    assert MARKET.find_type(3, has_lift=False).most_seats == 4
    assert MARKET.find_type(3, has_lift=True).most_seats == 16
    assert MARKET.find_type(5, has_lift=False).most_seats == 16  # no row without a lift is left


def test_a_vehicle_beyond_the_table_has_no_price() -> None:
    coach = replace(BUS, n_passenger_seats=49)
    with pytest.raises(NoRateError, match="49 passenger seats"):
        price_should_cost(RouteFacts(loaded_m=1, route_s=1), coach, MARKET)
    assert find_least_should_cost(RouteFacts(loaded_m=1, route_s=1), [coach], MARKET) is None


def test_the_least_is_that_of_the_cheapest_type() -> None:
    facts = RouteFacts(loaded_m=8_000, route_s=1_800)
    least = find_least_should_cost(facts, [BUS, CAR], MARKET)
    assert least is not None
    assert least.vehicle_type_id == "car"
    assert least == price_should_cost(facts, CAR, MARKET)


whole = st.integers(0, 200_000)
FACTS = st.builds(
    RouteFacts,
    loaded_m=whole,
    route_s=st.integers(0, 20_000),
    dead_m=whole,
    dead_s=st.integers(0, 20_000),
    n_assistants=st.integers(0, 3),
    n_trained_assistants=st.integers(0, 2),
)


@given(facts=FACTS, more=st.integers(1, 50_000))
def test_more_of_anything_never_costs_less(facts: RouteFacts, more: int) -> None:
    base = price_should_cost(facts, BUS, MARKET).net_pence
    for name in ("loaded_m", "route_s", "dead_m", "dead_s"):
        raised = replace(facts, **{name: getattr(facts, name) + more})
        assert price_should_cost(raised, BUS, MARKET).net_pence >= base
    assert price_should_cost(
        replace(facts, n_assistants=facts.n_assistants + 1), BUS, MARKET
    ).net_pence >= base  # fmt: skip


@given(facts=FACTS, rise=st.integers(1, 100_000))
def test_raising_a_cost_never_lowers_the_price(facts: RouteFacts, rise: int) -> None:
    base = price_should_cost(facts, CAR, MARKET).net_pence
    driver = replace(
        MARKET.driver, pay_mpence_per_hour=MARKET.driver.pay_mpence_per_hour + rise
    )
    dearer = (
        replace(MARKET, driver=driver),
        replace(MARKET, margin_bp=MARKET.margin_bp + rise),
        replace(MARKET, min_paid_s=MARKET.min_paid_s + rise),
        replace(MARKET, types=(replace(MARKET.types[0], running_mpence=25_000 + rise),)),
        replace(
            MARKET, types=(replace(MARKET.types[0], standing_pence_per_year=150_000 + rise),)
        ),
    )
    for market in dearer:
        assert price_should_cost(facts, CAR, market).net_pence >= base


@given(facts=FACTS)
def test_every_line_is_its_quantity_at_its_rate(facts: RouteFacts) -> None:
    sizes = {"s": 3_600_000, "m": MM_PER_MILE, "pence": 100_000}
    for charge in price_should_cost(facts, BUS, MARKET).charges:
        exact, size = charge.quantity * charge.rate_mpence, sizes[charge.unit]
        assert charge.amount_pence == (2 * exact + size) // (2 * size)
