"""One route counted by hand, and its price formula."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.passengers import AssistantNeed, Phase, Wheelchair
from data.places import Session
from data.policy import Policy
from routing.evaluate import (
    NO_PRICE_PENCE,
    evaluate_route,
    price_bands,
    price_continuity,
    price_offers,
)
from routing.problem import Continuity
from tests.routing.random_problems import make_problem, make_route
from tests.routing.small_town import (
    change_site,
    make_cost_model,
    make_inputs,
    make_passenger,
    make_town_problem,
)

A, B, C, SCHOOL = 0, 1, 2, 3


def test_morning_route_is_what_a_hand_count_gives() -> None:
    # a boards 60 s, 1 minute to b, boards 60 s, 4 minutes to the school, dwell 120 + 2 x 30 s.
    facts = evaluate_route(make_town_problem(), (A, B, SCHOOL))
    assert facts.is_feasible
    assert facts.duration_s == 60 + 60 + 60 + 180 + 180 - 0
    assert facts.loaded_m == 600 + 1_800
    assert (facts.start_from_s, facts.start_by_s) == (30_600 - 360, 31_500 - 360)
    assert facts.site_times_s == (30_600,)
    assert (facts.peak_seats, facts.peak_spaces, facts.n_assistants) == (2, 0, 0)


def test_prices_are_what_a_hand_count_gives() -> None:
    # Duration 540 s, 2 400 m. Cab: 500 + 2 400 x 200 000 / 1 609 344 = 298.26 -> 298,
    # + 540 x 1 200 000 / 3 600 000 = 180. Own: base to home-a 60 s and 600 m, school-1 to base
    # 5 x 60 + 5 s and 3 000 m; 1 200 + 540 + 365 s is under the hour that is paid at least:
    # 1 800 + 6 000 x 40 000 / 1 609 344 = 149.1 -> 149.
    facts = evaluate_route(make_town_problem(), (A, B, SCHOOL))
    assert facts.price_pence.tolist() == [1_800 + 149, 500 + 298 + 180]
    assert facts.best_offer == 1
    # b's shared assistant costs 8 pounds in the cab, an hour at 15 pounds in the bus.
    helped = make_town_problem(
        make_passenger("a"), make_passenger("b", assistant=AssistantNeed.SHARED)
    )
    facts = evaluate_route(helped, (A, B, 2))
    assert facts.n_assistants == 1
    assert facts.price_pence.tolist() == [1_949 + 1_500, 978 + 800]


def test_afternoon_route_is_the_mirror_with_its_own_times() -> None:
    # School leaves at 15:30-15:45 (55 800-56 700) after 120 + 2 x 60 s; the afternoon's way
    # back is 3 x 70 + 5 s to home-b and 70 + 5 s on to home-a; each alights 30 s.
    problem = make_town_problem(session=Session.PM)
    facts = evaluate_route(problem, (A, B, SCHOOL))
    assert facts.is_feasible
    assert facts.duration_s == 240 + 215 + 30 + 75 + 30
    assert facts.site_times_s == (56_700,)
    assert (facts.start_from_s, facts.start_by_s) == (55_800 - 240, 56_700 - 240)


def test_ride_limit_counts_from_end_of_boarding_to_arrival() -> None:
    # a rides 60 (drive) + 60 (b boards) + 180 (drive) = 300 s.
    for limit_s, can in ((300, True), (299, False)):
        people = (make_passenger("a", max_ride_s=limit_s), make_passenger("b"))
        facts = evaluate_route(make_town_problem(*people), (A, B, 2))
        assert facts.is_feasible is can
        assert facts.broken_rule == ("" if can else "schedule")


@pytest.mark.parametrize(
    ("nodes", "rule"),
    [
        ((), "shape"),
        ((A, B), "shape"),
        ((SCHOOL,), "shape"),
        ((SCHOOL, A), "shape"),
        ((A, A, SCHOOL), "shape"),
        ((A, SCHOOL, SCHOOL), "shape"),
        ((A, 4, SCHOOL), "shape"),
        ((A, 9, SCHOOL), "shape"),
    ],
)
def test_broken_shape_is_named(nodes: tuple[int, ...], rule: str) -> None:
    problem = make_town_problem()
    facts = evaluate_route(problem, nodes)
    assert facts.broken_rule == rule
    assert not facts.is_offered.any()
    assert (facts.price_pence == NO_PRICE_PENCE).all()


def test_each_rule_of_company_is_named() -> None:
    alone = make_town_problem(make_passenger("a", travels_alone=True), make_passenger("b"))
    assert evaluate_route(alone, (A, B, 2)).broken_rule == "travels_alone"
    apart = make_town_problem(
        make_passenger("a", apart_from=frozenset({"b"})), make_passenger("b")
    )
    assert evaluate_route(apart, (A, B, 2)).broken_rule == "apart_from"
    pair = make_town_problem(
        make_passenger("a", together_with=frozenset({"b"})),
        make_passenger("b", together_with=frozenset({"a"})),
    )
    assert evaluate_route(pair, (A, 2)).broken_rule == "together_with"
    assert evaluate_route(pair, (A, B, 2)).is_feasible
    ages = make_town_problem(make_passenger("a"), make_passenger("b", phase=Phase.ADULT))
    assert evaluate_route(ages, (A, B, 2)).broken_rule == "mixing"
    far = make_town_problem(sites={"a": "school-2"}, max_sites=1)
    assert evaluate_route(far, (A, B, SCHOOL, 4)).broken_rule == "max_sites"
    many = make_town_problem(*(make_passenger(f"a{i:02d}") for i in range(13)))
    assert evaluate_route(many, (*range(13), 13)).broken_rule == "no_offer"


def test_wheelchair_passenger_rides_only_with_a_space_and_a_lift() -> None:
    people = (make_passenger("a", wheelchair=Wheelchair.STAYS), make_passenger("b"))
    facts = evaluate_route(make_town_problem(*people), (A, B, 2))
    assert facts.is_offered.tolist() == [True, False]
    assert (facts.peak_seats, facts.peak_spaces) == (1, 1)


def test_seats_free_at_one_site_serve_those_who_board_after_it() -> None:
    people = tuple(make_passenger(f"{p}{i}") for p in "ab" for i in range(4))
    sites = {f"a{i}": "school-1" for i in range(4)} | {f"b{i}": "school-2" for i in range(4)}
    inputs = change_site(make_inputs(*people), "school-2", arrive_by_s=32_400)
    problem = make_town_problem(inputs=inputs, sites=sites)
    one_by_one = evaluate_route(problem, (0, 1, 2, 3, 8, 4, 5, 6, 7, 9))
    assert one_by_one.peak_seats == 4
    assert one_by_one.is_offered.tolist() == [True, True]
    together = evaluate_route(problem, (0, 1, 2, 3, 4, 5, 6, 7, 8, 9))
    assert together.peak_seats == 8
    assert together.is_offered.tolist() == [True, False]


def test_named_assistant_counts_once_and_is_listed() -> None:
    people = tuple(
        make_passenger(
            p,
            assistant=AssistantNeed.ONE_TO_ONE,
            assistant_id="nan",
            needs_trained_assistant=p == "b",
        )
        for p in "ab"
    )
    facts = evaluate_route(make_town_problem(*people), (A, B, 2))
    assert (facts.n_assistants, facts.n_trained) == (1, 1)
    assert facts.assistant_ids == ("nan",)
    assert facts.is_offered.tolist() == [True, False]  # the cab firm has nobody trained


def test_mile_bands_are_rounded_once_over_all_bands() -> None:
    # 1 609 m at 1 pound a mile and 1 609 m at 50 p: 99.98 + 49.99 = 149.97 -> 150.
    model = make_cost_model(
        band_to_m=np.array([[[10**9] * 2] * 4, [[1_609, 10**9]] * 4], dtype=np.int64),
        band_mpence=np.array([[[0, 0]] * 4, [[100_000, 50_000]] * 4], dtype=np.int64),
    )
    offers = make_town_problem(cost_model=model).offers
    assert price_bands(offers, np.array([0, 3_218]))[1] == 150
    assert price_bands(offers, np.array([0, 800]))[1] == 50


def test_minimum_charge_binds_before_assistants_and_vat() -> None:
    # Run 978 raised to 3 000; assistant 800; VAT of 20 % on both, not recovered.
    model = make_cost_model(
        minimum_pence=np.array([[0] * 4, [3_000] * 4], dtype=np.int64),
        vat_bp=np.array([0, 2_000], dtype=np.int64),
    )
    people = (make_passenger("a"), make_passenger("b", assistant=AssistantNeed.SHARED))
    facts = evaluate_route(make_town_problem(*people, cost_model=model), (A, B, 2))
    assert facts.price_pence[1] == (3_000 + 800) * 6 // 5


def test_day_rate_counts_half_in_a_school_session_and_not_between() -> None:
    # Day rate 41.01 with 4 000 m included; 2 x 2 400 m is 800 m beyond, at 1 pound a mile 50 p:
    # (4 101 + 50 + 1) // 2 = 2 076.
    model = make_cost_model(
        day_pair_pence=np.array([-1, 4_101], dtype=np.int64),
        day_included_m=np.array([0, 4_000], dtype=np.int64),
        day_excess_mpence=np.array([0, 100_000], dtype=np.int64),
    )
    facts = evaluate_route(make_town_problem(cost_model=model), (A, B, SCHOOL))
    assert facts.price_pence[1] == 2_076
    between = make_town_problem(cost_model=model, session=Session.DAY_OUT)
    assert evaluate_route(between, (A, B, SCHOOL)).price_pence[1] < 2_000


def test_scarcity_steers_the_choice_but_is_no_part_of_the_price() -> None:
    scarce = np.array([0, 5_000], dtype=np.int64)
    plain, dear = make_town_problem(), make_town_problem(scarcity_pence=scarce)
    before, after = (evaluate_route(p, (A, B, SCHOOL)) for p in (plain, dear))
    assert (before.best_offer, after.best_offer) == (1, 0)
    assert before.price_pence.tolist() == after.price_pence.tolist()
    assert after.search_pence(dear) == int(after.price_pence[0])


def test_continuity_price_counts_the_fewest_who_change_crew() -> None:
    people = tuple(make_passenger(f"a{i}") for i in range(6))
    crews = {"a0": "x", "a1": "x", "a2": "y", "a3": "x", "a4": "z"}
    problem = make_town_problem(*people, continuity=(Continuity(labels=crews, pence=150),))
    # Of five with a crew, three share x: two change. The sixth never had one.
    assert price_continuity(problem, range(6)) == 300
    assert price_continuity(problem, [0, 1, 3]) == 0
    assert price_continuity(problem, [5]) == 0


@given(
    seed=st.integers(0, 200),
    more_s=st.integers(0, 900),
    more_m=st.integers(0, 9_000),
    more_wait_s=st.integers(0, 300),
    n_assistants=st.integers(0, 3),
)
@settings(max_examples=80, deadline=None)
def test_longer_route_is_never_cheaper_with_any_offer(
    seed: int, more_s: int, more_m: int, more_wait_s: int, n_assistants: int
) -> None:
    problem = make_problem(seed, n_offers=12)
    base = {"first_row": 0, "last_row": 5, "n_assistants": n_assistants, "n_trained": 0}
    short = price_offers(problem, loaded_m=3_000, duration_s=900, waiting_s=60, **base)
    long = price_offers(
        problem,
        loaded_m=3_000 + more_m,
        duration_s=900 + more_s,
        waiting_s=60 + more_wait_s,
        **base,
    )
    assert (long >= short).all()
    helped = price_offers(
        problem,
        loaded_m=3_000,
        duration_s=900,
        waiting_s=60,
        **{**base, "n_assistants": n_assistants + 1, "n_trained": 1},
    )
    assert (helped >= short).all()


def test_taking_a_passenger_along_never_frees_an_offer() -> None:
    checked = 0
    for seed in range(60):
        problem = make_problem(seed, tight=0.0, plain=True)
        route = make_route(np.random.default_rng(seed), problem, 4, 2)
        full = evaluate_route(problem, route)
        riders = [i for i in route if i < problem.n_requests]
        fewer = tuple(i for i in route if i != riders[0])
        if full.is_feasible and evaluate_route(problem, fewer).is_feasible:
            assert (full.is_offered <= evaluate_route(problem, fewer).is_offered).all()
            checked += 1
    assert checked > 20


def test_shared_assistants_follow_the_policy_ratio() -> None:
    people = tuple(make_passenger(f"a{i}", assistant=AssistantNeed.SHARED) for i in range(4))
    inputs = make_inputs(*people, policy=Policy(shared_assistant_ratio=3))
    problem = make_town_problem(inputs=inputs)
    assert evaluate_route(problem, (0, 1, 2, 4)).n_assistants == 1
    assert evaluate_route(problem, (0, 1, 2, 3, 4)).n_assistants == 2
