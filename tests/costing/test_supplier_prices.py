"""Prices of bought routes, each basis of charge worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from costing import build_totals, find_duties_pence, price_plan
from costing.supplier_prices import (
    find_dead_m,
)
from data.errors import ModelError, NoRateError
from data.inputs import Inputs
from data.money import CostBasis, CostLine, Rate, RateBasis
from data.places import Session
from data.plans import Duty, Stop
from data.policy import Policy
from tests.costing.builders import (
    ON,
    make_card,
    make_duty,
    make_inputs,
    make_plan,
    make_route,
    make_run,
    make_supplier,
    rate,
)

FIXED = rate(RateBasis.FIXED, 1_200_000)
MILE = rate(RateBasis.LOADED_MILE, 260_000)


def price(duty: Duty, *rates: Rate, inputs: Inputs | None = None) -> tuple[CostLine, ...]:
    """Price one duty by one card; idle own vehicles left out."""
    given = inputs or make_inputs(cards=[make_card(*rates)])
    return price_plan(make_plan(duty), replace(given, vehicles=()), ON)


def amounts(lines: tuple[CostLine, ...], route_id: str | None = "r1") -> dict[str, int]:
    """Amounts of a route's lines by item, VAT apart."""
    return {
        line.item: line.amount_pence
        for line in lines
        if line.route_id == route_id and line.item != "vat"
    }


def test_fixed_and_miles() -> None:
    # 12.00 fixed; 8 047 m x 260 000 / 1 609 344 = 1 300.05 -> 1 300 pence
    lines = price(make_duty(make_route()), FIXED, MILE)
    assert amounts(lines) == {"fixed": 1_200, "loaded_mile": 1_300}
    assert build_totals(lines).cost_pence == 2_500


def test_mile_bands_are_rounded_once_together() -> None:
    # 402 336 m are 250 miles exactly: half a penny in each of two bands. Rounded apart they
    # would be 1 + 1, together they are 1 penny. (0.002 pence a mile.)
    lines = price(
        make_duty(make_route(drives=[(600, 804_672)])),
        FIXED,
        rate(RateBasis.LOADED_MILE, 2, to_m=402_336),
        rate(RateBasis.LOADED_MILE, 2, from_m=402_336),
    )
    assert amounts(lines)["loaded_mile"] == 1
    (line,) = (line for line in lines if line.item == "loaded_mile")
    assert line.note == "402336 m at 2 mpence a mile + 402336 m at 2 mpence a mile"


def test_each_mile_is_charged_in_its_band() -> None:
    # 5 000 m x 320 000 + 10 000 m x 240 000 + 1 094 m x 195 000 = 4 213 330 000
    # / 1 609 344 = 2 618.04 -> 2 618 pence
    bands = (
        rate(RateBasis.LOADED_MILE, 320_000, to_m=5_000),
        rate(RateBasis.LOADED_MILE, 240_000, from_m=5_000, to_m=15_000),
        rate(RateBasis.LOADED_MILE, 195_000, from_m=15_000),
    )
    lines = price(make_duty(make_route(drives=[(900, 16_094)])), *bands)
    assert amounts(lines) == {"loaded_mile": 2_618}


def test_a_route_that_ends_where_a_band_ends_does_not_enter_the_next() -> None:
    # 5 000 m x 320 000 / 1 609 344 = 994.19 -> 994; one band, so a plain line
    bands = (
        rate(RateBasis.LOADED_MILE, 320_000, to_m=5_000),
        rate(RateBasis.LOADED_MILE, 240_000, from_m=5_000),
    )
    lines = price(make_duty(make_route(drives=[(900, 5_000)])), *bands)
    (line,) = (line for line in lines if line.item == "loaded_mile")
    assert (line.amount_pence, line.unit, line.rate_mpence) == (994, "m", 320_000)


@pytest.mark.parametrize(("mpence", "expected"), [(1, 1), (3, 2), (5, 3)])
def test_half_a_penny_is_rounded_up(mpence: int, expected: int) -> None:
    # 804 672 m are 500 miles exactly: 0.5, 1.5 and 2.5 pence; never to the even neighbour
    lines = price(
        make_duty(make_route(drives=[(600, 804_672)])), rate(RateBasis.LOADED_MILE, mpence)
    )
    assert amounts(lines) == {"loaded_mile": expected}


def test_hours_run_from_arriving_at_the_first_stop_to_leaving_the_last() -> None:
    # 08:00:00 boarding 60 s, drive 600 s, dwell 120 s, alighting 30 s: 810 s = 0.225 h
    # at 36.00 pounds an hour: 8.10
    lines = price(make_duty(make_route()), rate(RateBasis.HOUR, 3_600_000))
    assert amounts(lines) == {"hour": 810}


def test_waiting_at_a_site_is_charged_beyond_the_dwell_and_on_top_of_hours() -> None:
    # Two sites: at the first 120 s dwell and 30 s alighting, then 450 s waiting.
    # Waiting 450 s at 16.00 an hour: 2.00. Hours 810 + 450 + 300 + 150 = 1 710 s at 10.00: 4.75
    route = make_route(passenger_ids=("p1", "p2"))
    home, site = route.stops
    first = replace(site, alighting=("p1",), leave_s=site.arrive_s + 120 + 30 + 450)
    second = Stop(
        place_id="site-2",
        site_id="s2",
        arrive_s=first.leave_s + 240,
        leave_s=first.leave_s + 240 + 120 + 30,
        alighting=("p2",),
        drive_s=240,
        drive_m=2_000,
    )
    lines = price(
        make_duty(replace(route, stops=(home, first, second))),
        rate(RateBasis.HOUR, 1_000_000),
        rate(RateBasis.WAITING_HOUR, 1_600_000),
    )
    # 120 boarding + 600 drive + 600 at the first + 240 drive + 150 at the second = 1 710 s
    assert amounts(lines) == {"hour": 475, "waiting_hour": 200}


def test_waiting_before_boarding_at_a_second_site_on_the_way_home_is_charged() -> None:
    # p2 boards at the second site after 300 s of waiting: 300 s at 12.00 an hour: 1.00
    base = make_route(session=Session.PM, start_s=54_000, passenger_ids=("p1",))
    first, home = base.stops
    second = Stop(
        place_id="site-2",
        site_id="s2",
        arrive_s=first.leave_s + 240,
        leave_s=first.leave_s + 240 + 120 + 60 + 300,
        boarding=("p2",),
        drive_s=240,
        drive_m=2_000,
    )
    last = replace(home, alighting=("p1", "p2"))
    lines = price(
        make_duty(replace(base, stops=(first, second, last))),
        FIXED,
        rate(RateBasis.WAITING_HOUR, 1_200_000),
    )
    assert amounts(lines)["waiting_hour"] == 100


def test_dead_miles_are_charged_with_the_route_they_lead_to_and_back_with_the_last() -> None:
    # r1: from base 3 000 m. r2: direct 2 000 m and back to base 5 000 m.
    # 3 000 x 140 000 / 1 609 344 = 260.98 -> 261; 7 000: 608.94 -> 609
    duty = make_duty(
        make_route("r1"),
        make_route("r2", start_s=30_600),
        dead_runs=(
            make_run(0, 28_500, 300, 3_000),
            make_run(1, 29_610, 200, 2_000, "site-1>home-1"),
            make_run(2, 31_410, 500, 5_000, "site-1>base"),
        ),
    )
    lines = price(duty, FIXED, rate(RateBasis.DEAD_MILE, 140_000))
    assert amounts(lines, "r1")["dead_mile"] == 261
    assert amounts(lines, "r2")["dead_mile"] == 609


def test_the_way_by_the_base_is_split_between_the_routes_around_it() -> None:
    duty = make_duty(
        make_route("r1"),
        make_route("r2", start_s=40_000),
        dead_runs=(
            make_run(0, 28_500, 300, 3_000),
            make_run(1, 29_610, 200, 400, "site-1>base"),
            make_run(1, 39_900, 100, 70, "base>home-1"),
            make_run(2, 41_000, 500, 5_000, "site-1>base"),
        ),
    )
    assert find_dead_m(duty) == (3_400, 5_070)
    assert find_dead_m(replace(duty, dead_runs=duty.dead_runs[::-1])) == (3_400, 5_070)


def test_a_supplier_without_a_known_base_charges_no_dead_miles() -> None:
    duty = make_duty(
        make_route("r1"),
        make_route("r2", start_s=30_600),
        base_place_id=None,
        dead_runs=(make_run(1, 29_610, 200, 2_000, "site-1>home-1"),),
    )
    inputs = make_inputs(
        cards=[make_card(FIXED, rate(RateBasis.DEAD_MILE, 140_000))],
        suppliers=[make_supplier(base_place_id=None)],
    )
    lines = price(duty, inputs=inputs)
    assert amounts(lines, "r2") == {"fixed": 1_200, "dead_mile": 0}


def test_minimum_lifts_the_run_but_not_the_assistants() -> None:
    # 12.00 + 13.00 = 25.00, lifted to 40.00 by 15.00; one assistant 22.50 on top
    lines = price(
        make_duty(make_route(n_assistants=1)),
        FIXED,
        MILE,
        rate(RateBasis.MINIMUM, 4_000_000),
        rate(RateBasis.ASSISTANT, 2_250_000),
    )
    assert amounts(lines) == {
        "fixed": 1_200,
        "loaded_mile": 1_300,
        "minimum_top_up": 1_500,
        "assistant": 2_250,
    }
    assert build_totals(lines).cost_pence == 6_250


def test_a_run_at_the_minimum_is_not_lifted() -> None:
    lines = price(make_duty(make_route()), FIXED, MILE, rate(RateBasis.MINIMUM, 2_500_000))
    assert "minimum_top_up" not in amounts(lines)


def test_assistants_by_head_by_the_hour_and_trained() -> None:
    # 2 x 12.51 (12.505 rounded up first) = 25.02; 2 x 810 s = 0.45 h at 18.00 = 8.10;
    # one trained: 9.00
    lines = price(
        make_duty(make_route(n_assistants=2, n_trained_assistants=1)),
        FIXED,
        rate(RateBasis.ASSISTANT, 1_250_500),
        rate(RateBasis.ASSISTANT_HOUR, 1_800_000),
        rate(RateBasis.TRAINED_ASSISTANT, 900_000),
    )
    assert amounts(lines) == {
        "fixed": 1_200,
        "assistant": 2_502,
        "assistant_hour": 810,
        "trained_assistant": 900,
    }


def test_school_run_and_out_of_hours_rates_hold_in_their_sessions() -> None:
    school_run = frozenset({Session.AM, Session.PM})
    out_of_hours = frozenset({Session.DAY_OUT, Session.DAY_HOME})
    duty = make_duty(
        make_route("r1"),
        make_route("r2", Session.DAY_OUT, start_s=34_000),
        make_route("r3", Session.PM, start_s=54_000),
    )
    lines = price(
        duty,
        rate(RateBasis.FIXED, 10_800_000, sessions=school_run),
        rate(RateBasis.FIXED, 7_400_000, sessions=out_of_hours),
    )
    assert [amounts(lines, r)["fixed"] for r in ("r1", "r2", "r3")] == [10_800, 7_400, 10_800]


def make_pair_duty(loaded_m: int = 20_000) -> Duty:
    """An AM and a PM route with a second AM route between them."""
    return make_duty(
        make_route("am", drives=[(900, loaded_m)], n_assistants=1),
        make_route("am-2", start_s=31_000),
        make_route("pm", Session.PM, start_s=54_000, drives=[(900, loaded_m)], n_assistants=2),
        dead_runs=(make_run(0, 28_500, 300, 3_000),),
    )


DAY_RATE = (
    rate(RateBasis.DAY_PAIR, 26_579_000, to_m=32_000),
    rate(RateBasis.FIXED, 12_500_000),
    rate(RateBasis.LOADED_MILE, 170_000),
    rate(RateBasis.DEAD_MILE, 100_000),
    rate(RateBasis.MINIMUM, 90_000_000),
    rate(RateBasis.ASSISTANT, 2_300_000),
)


def test_a_day_rate_takes_the_place_of_the_first_morning_and_afternoon_run() -> None:
    # Pair: 265.79 + 8 000 m beyond 32 000 m at 1.70 a mile: 845.07 -> 8.45.
    # Assistants 23.00 and 46.00 stay apart. No fixed, dead miles or minimum for the pair.
    lines = price(make_pair_duty(), *DAY_RATE)
    pair = {line.item: line for line in lines if line.route_id is None}
    assert pair["day_pair"].amount_pence == 26_579
    assert pair["day_excess"].amount_pence == 845
    assert pair["day_pair"].shared_by == ("am", "pm")
    assert amounts(lines, "am") == {"assistant": 2_300}
    assert amounts(lines, "pm") == {"assistant": 4_600}


def test_a_second_morning_route_is_priced_on_its_own_beside_a_day_rate() -> None:
    # 125.00 + 8 047 m at 1.70 = 850.03 -> 8.50, lifted to the minimum of 900.00
    lines = price(make_pair_duty(), *DAY_RATE)
    assert amounts(lines, "am-2") == {
        "fixed": 12_500,
        "loaded_mile": 850,
        "dead_mile": 0,
        "minimum_top_up": 90_000 - 13_350,
    }


def test_a_day_rate_includes_exactly_its_distance() -> None:
    lines = price(make_pair_duty(16_000), *DAY_RATE)
    assert "day_excess" not in amounts(lines, None)
    # one metre beyond: 170 000 / 1 609 344 = 0.1 pence, rounded to nought but shown
    more = price(make_pair_duty(16_001), *DAY_RATE)
    assert amounts(more, None)["day_excess"] == 0


def test_a_lone_morning_route_is_not_priced_by_a_day_rate() -> None:
    duty = make_duty(make_route("am"))
    lines = price(duty, *DAY_RATE)
    assert amounts(lines, "am")["fixed"] == 12_500
    with pytest.raises(NoRateError, match=r"no price for a single route.*session am"):
        price(duty, rate(RateBasis.DAY_PAIR, 26_579_000))


def test_vat_is_on_run_and_crew_together_and_recovered_vat_is_no_cost() -> None:
    # 25.00 + 22.50 = 47.50, VAT 20 % = 9.50
    rates = (FIXED, MILE, rate(RateBasis.ASSISTANT, 2_250_000))
    duty = make_duty(make_route(n_assistants=1))
    lines = price(duty, *rates)
    (vat,) = (line for line in lines if line.item == "vat")
    assert (vat.amount_pence, vat.basis) == (950, CostBasis.RECOVERABLE_VAT)
    totals = build_totals(lines)
    assert (totals.cost_pence, totals.recoverable_vat_pence) == (4_750, 950)
    assert totals.gross_pence == 5_700


def test_vat_that_is_not_recovered_is_cost() -> None:
    inputs = make_inputs(cards=[make_card(FIXED, MILE)], policy=Policy(is_vat_recovered=False))
    lines = price(make_duty(make_route()), inputs=inputs)
    (vat,) = (line for line in lines if line.item == "vat")
    assert (vat.amount_pence, vat.basis, vat.note) == (500, CostBasis.CONTRACT, "not recovered")
    assert build_totals(lines).cost_pence == 3_000


def test_vat_is_rounded_to_the_nearest_penny() -> None:
    # 20 % of 12.03 is 2.406 -> 2.41; of 12.02 is 2.404 -> 2.40 (a fifth is never a half)
    for fixed_pence, expected in ((1_203, 241), (1_202, 240)):
        lines = price(make_duty(make_route()), rate(RateBasis.FIXED, 1_000 * fixed_pence))
        (vat,) = (line for line in lines if line.item == "vat")
        assert vat.amount_pence == expected


def test_a_minibus_of_ten_places_or_more_is_zero_rated() -> None:
    lines = price(make_duty(make_route(), vehicle_type_id="bus"), FIXED, MILE)
    (vat,) = (line for line in lines if line.item == "vat")
    assert (vat.amount_pence, vat.rate_mpence) == (0, 0)
    assert vat.note == "zero-rated, exempt or not registered"


def test_vat_of_a_pair_is_on_the_day_rate_and_both_crews() -> None:
    # 265.79 + 8.45 + 23.00 + 46.00 = 343.24; 20 % = 68.648 -> 68.65
    lines = price(make_pair_duty(), *DAY_RATE)
    (vat,) = (line for line in lines if line.item == "vat" and line.route_id is None)
    assert (vat.quantity, vat.amount_pence, vat.shared_by) == (34_324, 6_865, ("am", "pm"))


def test_everything_without_a_rate_is_named_at_once() -> None:
    morning = frozenset({Session.AM})
    inputs = make_inputs(
        cards=[make_card(replace(FIXED, sessions=morning))],
        suppliers=[make_supplier(), make_supplier(supplier_id="gone")],
        vehicles=(),
    )
    plan = make_plan(
        make_duty(make_route("r1"), duty_id="fine"),
        make_duty(make_route("r2", Session.PM), duty_id="evening"),
        make_duty(make_route("r3"), duty_id="lost", provider_id="gone"),
        make_duty(make_route("r4"), duty_id="lost-too", provider_id="gone"),
    )
    with pytest.raises(NoRateError) as caught:
        price_plan(plan, inputs, ON)
    text = str(caught.value)
    assert "session pm (duties evening)" in text
    assert "'gone'" in text
    assert "(duties lost, lost-too)" in text
    assert "fine" not in text


def test_a_duty_of_nobody_known_is_refused() -> None:
    with pytest.raises(ModelError, match="'nobody'"):
        price(make_duty(make_route(), provider_id="nobody"), FIXED)


def test_people_nobody_knows_are_refused() -> None:
    with pytest.raises(ModelError, match="'r1' names 'ghost'"):
        price(make_duty(make_route(passenger_ids=("ghost",))), FIXED)


def test_a_dead_run_to_no_route_is_refused() -> None:
    duty = make_duty(make_route(), dead_runs=(make_run(2, 1, 1, 1),))
    with pytest.raises(ModelError, match="dead run before route 2"):
        price(duty, FIXED)
    with pytest.raises(ModelError, match="no route"):
        price(make_duty(), FIXED)


def test_a_lot_discount_lowers_every_rate_from_its_number_of_routes_on() -> None:
    # 12.345 p a mile less 10 % is 11.1105, rounded 11.111: 8 047 m x 11 111 / 1 609 344 = 55.6;
    # 5.05 pounds fixed less 10 % is 454.5 pence, rounded 455.
    card = make_card(
        rate(RateBasis.FIXED, 505_000),
        rate(RateBasis.LOADED_MILE, 12_345),
        discount_from_routes=2,
        discount_bp=1_000,
    )
    inputs = replace(make_inputs(cards=[card]), vehicles=())
    first, second = make_duty(make_route()), make_duty(make_route("r2"), duty_id="d2")
    alone = price_plan(make_plan(first), inputs, ON)
    assert amounts(alone) == {"fixed": 505, "loaded_mile": 62}
    both = price_plan(make_plan(first, second), inputs, ON)
    assert amounts(both) == {"fixed": 455, "loaded_mile": 56, "lot_discount": 0}
    assert amounts(both, "r2") == amounts(both)
    (told,) = (x for x in both if x.item == "lot_discount" and x.route_id == "r1")
    assert (told.quantity, told.note) == (2, "10 % off every rate: the card prices 2 routes")
    # What duties cost is told for the day they make, not one by one.
    assert find_duties_pence((first, second), inputs, ON) == (511, 511)
    assert find_duties_pence((first,), inputs, ON) == (567,)
