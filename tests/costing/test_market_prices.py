"""Every route under every card at once: equal to the penny to pricing one by one, and fast."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing.charges import build_book, compute_amount_pence
from costing.market_prices import NO_PRICE, price_market, price_uses, stack_uses
from costing.rate_cards import build_terms
from costing.reach import Reach
from costing.sellers import find_sellers
from costing.suitability import find_need, is_able, is_in_area
from costing.supplier_prices import (
    SESSION_IDX,
    RouteUse,
    find_use,
    price_crew,
    price_run,
)
from data.fleet import SupplierVehicles
from data.money import Rate, RateBasis, RateCard
from data.passengers import Wheelchair
from data.places import Session
from data.plans import Plan
from tests.costing.builders import (
    ON,
    make_card,
    make_duty,
    make_inputs,
    make_passenger,
    make_plan,
    make_route,
    make_supplier,
    rate,
)
from tests.costing.test_alternatives import MATRIX, make_matrix

AMOUNT = st.integers(0, 900_000)
USES = st.lists(
    st.builds(
        RouteUse,
        session=st.sampled_from(list(Session)),
        loaded_m=st.integers(0, 120_000),
        dead_m=st.integers(0, 60_000),
        route_s=st.integers(0, 12_000),
        waiting_s=st.integers(0, 4_000),
        n_assistants=st.integers(0, 3),
        n_trained_assistants=st.integers(0, 2),
    ),
    min_size=1,
    max_size=6,
)
ONE_EACH = (
    RateBasis.FIXED,
    RateBasis.DEAD_MILE,
    RateBasis.HOUR,
    RateBasis.WAITING_HOUR,
    RateBasis.ASSISTANT,
    RateBasis.ASSISTANT_HOUR,
    RateBasis.TRAINED_ASSISTANT,
    RateBasis.MINIMUM,
)


@st.composite
def cards(draw: st.DrawFn) -> RateCard:
    """A card with any mix of bases, one to three bands, some for some sessions only."""
    rates: list[Rate] = [
        rate(
            basis,
            draw(AMOUNT),
            sessions=draw(st.sampled_from([frozenset(Session), frozenset({Session.AM})])),
        )
        for basis in draw(st.sets(st.sampled_from(ONE_EACH)))
    ]
    ends = sorted(draw(st.sets(st.integers(1, 60_000), max_size=2)))
    starts = [0, *ends]
    if draw(st.booleans()):
        rates += [
            rate(RateBasis.LOADED_MILE, draw(AMOUNT), from_m=a, to_m=b)
            for a, b in zip(starts, [*ends, None], strict=True)
        ]
    return make_card(*rates, uplift_bp=draw(st.integers(0, 900)))


@settings(max_examples=120, deadline=None)
@given(card=cards(), uses=USES)
def test_arrays_and_lines_come_to_the_same_penny(card: RateCard, uses: list[RouteUse]) -> None:
    terms = build_terms(card, "car", ON)
    found = price_uses(stack_uses(uses), terms)
    for use, pence in zip(uses, found, strict=True):
        of_session = terms.sessions[SESSION_IDX[use.session]]
        if not of_session.is_priced:
            assert pence == NO_PRICE
            continue
        crew = price_crew(use, of_session) if use.n_assistants else []
        lines = [*price_run(use, of_session), *crew]
        assert pence == sum(c.amount_pence for c in lines)


@settings(max_examples=80, deadline=None)
@given(card=cards(), uses=USES, rise=st.integers(1, 500_000), data=st.data())
def test_raising_a_rate_never_lowers_a_price(
    card: RateCard, uses: list[RouteUse], rise: int, data: st.DataObject
) -> None:
    if not card.rates:
        return
    i = data.draw(st.integers(0, len(card.rates) - 1))
    raised = replace(card.rates[i], amount_mpence=card.rates[i].amount_mpence + rise)
    dearer = replace(card, rates=(*card.rates[:i], raised, *card.rates[i + 1 :]))
    stacked = stack_uses(uses)
    before = price_uses(stacked, build_terms(card, "car", ON))
    after = price_uses(stacked, build_terms(dearer, "car", ON))
    assert (after >= before).all()


def test_half_a_penny_goes_up_in_every_part() -> None:
    # 0.01 pounds an hour for half an hour is 0.5 p -> 1 p, for 1 799 s 0.4997 p -> 0 p; for an
    # hour and a half 1.5 p -> 2 p. 25 146 m are 15.625 miles to the millimetre: at 0.008 a mile
    # 12.5 p -> 13 p, a metre less 12 p.
    hourly = build_terms(make_card(rate(RateBasis.HOUR, 1_000)), "car", ON)
    uses = [
        RouteUse(session=Session.AM, loaded_m=0, dead_m=0, route_s=s, waiting_s=0,
                 n_assistants=0, n_trained_assistants=0)
        for s in (1_799, 1_800, 5_399, 5_400)
    ]  # fmt: skip
    assert price_uses(stack_uses(uses), hourly).tolist() == [0, 1, 1, 2]
    miles = build_terms(make_card(rate(RateBasis.LOADED_MILE, 800)), "car", ON)
    far = [replace(uses[0], loaded_m=m) for m in (25_145, 25_146)]
    assert 25_146 * 800 * 2 == 25 * 1_609_344
    assert price_uses(stack_uses(far), miles).tolist() == [12, 13]


def build_case() -> tuple[Plan, list[RateCard], tuple[object, ...]]:
    """Three duties whose routes differ in load, lift, area and bars; three suppliers."""
    cards_ = [
        make_card(
            rate(RateBasis.FIXED, 900_000),
            rate(RateBasis.DEAD_MILE, 60_000),
            rate(RateBasis.ASSISTANT, 250_000),
            rate_card_id="c0",
            supplier_id="s0",
        ),
        make_card(rate(RateBasis.LOADED_MILE, 300_000), rate_card_id="c1", supplier_id="s1"),
        make_card(
            rate(RateBasis.FIXED, 700_000),
            rate(RateBasis.DAY_PAIR, 2_500_000),
            rate_card_id="c2",
            supplier_id="s2",
        ),
    ]
    people = (
        make_passenger("p1"),
        make_passenger("p2", wheelchair=Wheelchair.STAYS),
        make_passenger("p3", barred_suppliers=frozenset({"s1"})),
        *(make_passenger(f"p{i}") for i in range(4, 9)),
    )
    plan = make_plan(
        make_duty(make_route("a1"), make_route("a2", Session.PM), duty_id="d1",
                  provider_id="s0", rate_card_id="c0"),
        make_duty(make_route("b1", passenger_ids=("p2",), n_assistants=1), duty_id="d2",
                  provider_id="s0", rate_card_id="c0"),
        make_duty(make_route("x1", passenger_ids=("p3", "p4", "p5", "p6", "p7")),
                  duty_id="d3", provider_id="s0", rate_card_id="c0"),
    )  # fmt: skip
    return plan, cards_, people


def test_who_is_able_and_at_what_price_agrees_with_asking_one_by_one() -> None:
    plan, cards_, people = build_case()
    held = (SupplierVehicles(vehicle_type_id="car", n_vehicles=1),)
    suppliers = (
        make_supplier(supplier_id="s0"),
        make_supplier(supplier_id="s1", n_assistants=0),
        make_supplier(supplier_id="s2", vehicles=held, is_vat_registered=False,
                      area_centre_place_id="home-1", area_radius_m=11_000),
    )  # fmt: skip
    inputs = make_inputs(cards=cards_, suppliers=suppliers, passengers=people)
    book, reach = build_book(plan, inputs, ON), Reach(inputs, MATRIX)
    passengers = {p.passenger_id: p for p in inputs.passengers}
    needs = [find_need(route, passengers, {}) for route in plan.routes]
    sellers = find_sellers(inputs, ON)
    found = price_market(plan, needs, sellers, reach, book)
    n_priced = 0
    for r, (route, need) in enumerate(zip(plan.routes, needs, strict=True)):
        for s, seller in enumerate(sellers):
            able = is_able(seller.supplier, seller.vehicle_type, need) and is_in_area(
                seller.supplier, need.place_ids, reach.places
            )
            net = int(found.net_pence[r, s])
            assert (net >= 0) == able
            is_paired = seller.terms.day_pair_pence is not None and route.route_id[0] == "a"
            if not able or is_paired:
                continue
            n_priced += 1
            use = find_use(route, 8_000 if seller.supplier.supplier_id == "s0" else 0, book)
            terms = seller.terms.sessions[SESSION_IDX[route.session]]
            due = sum(c.amount_pence for c in (*price_run(use, terms), *price_crew(use, terms)))
            assert net == due
            vat = compute_amount_pence(due, "pence", 10 * seller.vat_bp)
            assert found.vat_pence[r, s] == vat
    assert n_priced == 10


def test_a_day_rate_and_its_vat_are_split_to_the_penny() -> None:
    # 25.00 by car over two routes of one length: 12.50 each; 20 % of 25.00 is 5.00, 2.50 each
    plan, cards_, people = build_case()
    inputs = make_inputs(
        cards=cards_, suppliers=(make_supplier(supplier_id="s2"),), passengers=people
    )
    book, reach = build_book(plan, inputs, ON), Reach(inputs, MATRIX)
    needs = [
        find_need(r, {p.passenger_id: p for p in inputs.passengers}, {}) for r in plan.routes
    ]
    sellers = find_sellers(inputs, ON)
    car = next(i for i, s in enumerate(sellers) if s.vehicle_type.vehicle_type_id == "car")
    found = price_market(plan, needs, sellers, reach, book)
    assert found.net_pence[:2, car].tolist() == [1_250, 1_250]
    assert found.vat_pence[:2, car].tolist() == [250, 250]


def test_no_road_from_the_base_is_no_price_only_where_dead_miles_are_charged() -> None:
    plan, cards_, people = build_case()
    inputs = make_inputs(
        cards=cards_[:2],
        suppliers=(make_supplier(supplier_id="s0"), make_supplier(supplier_id="s1")),
        passengers=people,
    )
    book = build_book(plan, inputs, ON)
    reach = Reach(inputs, make_matrix(base__home_1=-1))
    needs = [
        find_need(r, {p.passenger_id: p for p in inputs.passengers}, {}) for r in plan.routes
    ]
    sellers = find_sellers(inputs, ON)
    found = price_market(plan, needs, sellers, reach, book)
    by_id = {s.key[:2]: i for i, s in enumerate(sellers)}
    assert found.net_pence[0, by_id["s0", "bus"]] == NO_PRICE
    assert found.net_pence[0, by_id["s1", "bus"]] > 0


@pytest.mark.parametrize("n_routes", [1_500])
def test_many_routes_under_forty_cards_take_under_a_second(n_routes: int) -> None:
    """1 500 routes under 40 rate cards within a second of processor time."""
    suppliers = tuple(make_supplier(supplier_id=f"s{i:02d}") for i in range(20))
    cards_ = [
        make_card(
            rate(RateBasis.FIXED, 500_000 + i),
            rate(RateBasis.LOADED_MILE, 260_000, to_m=8_000),
            rate(RateBasis.LOADED_MILE, 220_000, from_m=8_000),
            rate(RateBasis.DEAD_MILE, 90_000),
            rate(RateBasis.MINIMUM, 2_500_000),
            rate(RateBasis.ASSISTANT_HOUR, 1_800_000),
            rate_card_id=f"c{i:02d}",
            supplier_id=f"s{i:02d}",
        )
        for i in range(20)
    ]  # twenty suppliers, each with cars and buses: forty lists of prices
    duties = [
        make_duty(
            make_route(f"r{i}a", drives=[(600, 5_000 + i), (300, 3_000)],
                       passenger_ids=("p1", "p2", "p3")),
            make_route(f"r{i}b", Session.PM),
            duty_id=f"d{i}", provider_id="s00", rate_card_id="c00",
        )
        for i in range(n_routes // 2)
    ]  # fmt: skip
    plan = make_plan(*duties)
    inputs = make_inputs(cards=cards_, suppliers=suppliers)
    book, reach = build_book(plan, inputs, ON), Reach(inputs, MATRIX)
    passengers = {p.passenger_id: p for p in inputs.passengers}
    sellers = find_sellers(inputs, ON)
    assert len(sellers) == 40
    cpu_from = time.process_time()
    needs = [find_need(route, passengers, {}) for route in plan.routes]
    found = price_market(plan, needs, sellers, reach, book)
    cpu_s = time.process_time() - cpu_from
    assert found.net_pence.shape == (n_routes, 40)
    assert np.count_nonzero(found.net_pence > 0) == n_routes * 40
    assert cpu_s < 1.0, cpu_s
