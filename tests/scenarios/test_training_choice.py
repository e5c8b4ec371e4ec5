"""Whom to train first: chosen and judged on days planned again, not by the cost of a head."""

from __future__ import annotations

from dataclasses import replace

import pytest

from costing import build_cost_model, share_route_costs
from data.demand import find_day_type
from data.fleet import Layout, Supplier, SupplierVehicles, VehicleType
from data.inputs import Inputs
from data.money import Rate, RateBasis, RateCard
from data.passengers import Demand, Direction, Passenger, Phase
from data.places import Home
from routing import optimise
from scenarios.case import price_exactly
from scenarios.training.judging import JUDGED, LEARNED, Learner, choose_set, draw_years
from scenarios.training.order import order_by_share
from scenarios.training.replanning import Replanner, leave_out
from scenarios.training.values import Expectation, find_duty_values
from tests.routing.example_town import ON, build_small_inputs, build_small_matrix
from tests.scenarios.hand_made_training import make_values

TAXI, HEADS = ("T1", "T2"), tuple(f"M{n}" for n in range(1, 9))
YEAR = ((1.0, {}),)


def make_type(name: str, n_seats: int) -> VehicleType:
    return VehicleType(
        vehicle_type_id=name,
        name=name.title(),
        layouts=(Layout(n_seats=n_seats, n_wheelchair_spaces=0),),
        has_lift=False,
        n_passenger_seats=n_seats,
        n_places_before_adaptation=n_seats + 1,
    )


def make_supplier(name: str, vehicle_type_id: str) -> Supplier:
    return Supplier(
        supplier_id=name,
        name=name.title(),
        vehicles=(SupplierVehicles(vehicle_type_id=vehicle_type_id, n_vehicles=1),),
        has_psv_licence=True,
    )


def make_card(supplier_id: str, pounds: int) -> RateCard:
    return RateCard(
        rate_card_id=f"card-{supplier_id}",
        supplier_id=supplier_id,
        valid_from=ON,
        valid_to=ON,
        rates=(Rate(basis=RateBasis.FIXED, amount_mpence=pounds * 100_000),),
    )


def build_town() -> Inputs:
    """Two pupils share the only car to one school, eight the only minibus to another.

    The car is 30 pounds a route, the minibus 200. So a day is 2 x 30 + 2 x 200 = 460 pounds; a
    head in the car comes to 30 pounds of it, one in the minibus to 50.
    """
    inputs = build_small_inputs()
    (school,) = inputs.sites
    home_of = dict.fromkeys(TAXI, "H1") | dict.fromkeys(HEADS, "H2")
    site_of = dict.fromkeys(TAXI, "near") | dict.fromkeys(HEADS, "far")
    return replace(
        inputs,
        policy=replace(inputs.policy, max_sites_per_route=1),
        passengers=tuple(
            Passenger(
                passenger_id=p, name=p, birth_date=ON.replace(year=2012), phase=Phase.SECONDARY
            )
            for p in home_of
        ),
        homes=tuple(
            Home(home_id=f"home-{p}", passenger_id=p, place_id=place)
            for p, place in home_of.items()
        ),
        demands=tuple(
            Demand(
                demand_id=f"{p}-{direction}",
                passenger_id=p,
                site_id=site_of[p],
                home_id=f"home-{p}",
                direction=direction,
            )
            for p in home_of
            for direction in Direction
        ),
        sites=tuple(replace(school, site_id=name) for name in ("near", "far")),
        vehicle_types=(make_type("car", 4), make_type("minibus", 12)),
        suppliers=(make_supplier("cabs", "car"), make_supplier("coaches", "minibus")),
        rate_cards=(make_card("cabs", 30), make_card("coaches", 200)),
    )


@pytest.fixture(scope="module")
def town() -> Replanner:
    inputs = build_town()
    day_type = find_day_type(inputs, ON)
    assert day_type is not None
    matrix, model = build_small_matrix(), build_cost_model(inputs, ON)
    plan = optimise(
        inputs, matrix, model, day_type=day_type, service_date=ON, steps=60, n_workers=1
    )
    return Replanner(plan, inputs, matrix, model)


def test_the_town_costs_what_was_worked_out_by_hand(town: Replanner) -> None:
    assert town.base.cost_pence == 46_000
    assert town.base.unserved == ()
    assert (town.n_violations, town.n_left_out) == (0, 0)
    aboard = {frozenset(route.passenger_ids) for route in town.base.routes}
    assert aboard == {frozenset(TAXI), frozenset(HEADS)}


def test_two_on_one_taxi_come_before_dearer_heads_on_a_minibus(town: Replanner) -> None:
    """By hand: the two of the car save both its routes, 60 pounds a day.

    Two heads off the minibus save nothing, as it runs for the other six. The gain is 6,000
    pence, in every draw.
    """
    chances = dict.fromkeys((*TAXI, *HEADS), 10_000)
    values = find_duty_values(town.base, town.inputs, town.matrix, town.model, chances)
    _, lines, _ = price_exactly(town.base, town.inputs, ON)
    naive = order_by_share(share_route_costs(lines, town.base, town.inputs), chances, 2)
    assert set(naive) <= set(HEADS)
    expected = Expectation(values, chances, YEAR)
    drawn = draw_years(chances, YEAR, 8, 1, LEARNED)
    learner = Learner(expected, town.find_saving, drawn)
    chosen = choose_set(learner, expected, values, chances, [frozenset(naive)], 4)
    assert chosen == frozenset(TAXI)
    gains = [
        town.find_saving(chosen & who) - town.find_saving(frozenset(naive) & who)
        for who in draw_years(chances, YEAR, 8, 1, JUDGED)
    ]
    assert gains == [6_000] * 8
    # one of the two alone saves nothing: the car runs for the other
    assert town.find_saving(frozenset({"T1"})) == 0


def test_more_people_gone_never_save_less(town: Replanner) -> None:
    # six of the minibus and one of the car gone: 2 + 1 ride on; the car still is needed
    few, many = frozenset(HEADS[:6]), frozenset({*HEADS[:6], "T1", "T2"})
    assert town.find_saving(few) <= town.find_saving(many)
    # nobody left at all saves the whole day
    assert town.find_saving(frozenset({*TAXI, *HEADS})) == 46_000
    # the two left take the car that is free then: 2 x 30 pounds
    assert town.find_saving(many) == 46_000 - 6_000


def test_chances_are_summed_over_who_completes() -> None:
    # both of the car must complete: 0.8 x 0.8 x 6,000 = 3,840 against 2 x 0.8 x 300 = 480
    values = [
        make_values("car", ["T1", "T2"], [0, 0, 0, 6_000]),
        make_values("minibus", ["M1", "M2"], [0, 300, 300, 600]),
    ]
    chances = dict.fromkeys(("T1", "T2", "M1", "M2"), 8_000)
    expected = Expectation(values, chances, YEAR)
    assert expected.find_pence(["T1", "T2"]) == 3_840
    assert expected.find_pence(["M1", "M2"]) == 480
    drawn = draw_years(chances, YEAR, 4_000, 1, JUDGED)
    both = [expected.find_certain_pence(frozenset(TAXI) & who) for who in drawn]
    # five standard errors of a count of 4,000 at 0.64: 5 x 0.48 / 63 x 6,000
    assert abs(sum(both) / 4_000 - 3_840) < 228


def test_what_only_planning_again_shows_is_found_by_exchanges() -> None:
    """The tables know nothing of X and Y; planned again each saves 1,000, the others 100."""
    people = ["A", "B", "C", "X", "Y", "Z"]
    values = [make_values(p, [p], [0, 100]) for p in "ABC"]
    chances = dict.fromkeys(people, 10_000)
    expected = Expectation(values, chances, YEAR)

    def find_saving(gone: frozenset[str]) -> int:
        return 100 * len(gone & set("ABC")) + 1_000 * len(gone & set("XY"))

    drawn = draw_years(chances, YEAR, 2, 1, LEARNED)
    learner = Learner(expected, find_saving, drawn)
    start = frozenset("AB")
    assert learner.measure(start) == 200
    assert choose_set(learner, expected, values, chances, [start], 40) == frozenset("XY")
    # no exchange is tried twice, and with none nothing changes
    assert choose_set(learner, expected, values, chances, [start], 0) == start


def test_draws_are_nested_from_year_to_year_and_shared() -> None:
    chances = {f"p{k}": 6_000 for k in range(300)}
    later = dict.fromkeys(chances, 0.5)
    first = draw_years(chances, ((1.0, {}),), 6, 3, JUDGED)
    second = draw_years(chances, ((1.0, later),), 6, 3, JUDGED)
    for a, b in zip(first, second, strict=True):
        assert b < a
        assert abs(len(a) - 180) < 6 * (300 * 0.24) ** 0.5
        assert abs(len(b) - 90) < 6 * (300 * 0.21) ** 0.5
    assert first == draw_years(chances, ((1.0, {}),), 6, 3, JUDGED)
    assert first != draw_years(chances, ((1.0, {}),), 6, 3, LEARNED)
    # two years of equal weight: half of the draws are of each
    gone = ((0.5, {}), (0.5, dict.fromkeys(chances, 0.0)))
    assert sum(not who for who in draw_years(chances, gone, 8, 3, JUDGED)) == 4


def test_whoever_leaves_is_left_out_of_everything() -> None:
    left = leave_out(build_town(), {"T1"})
    assert "T1" not in {p.passenger_id for p in left.passengers}
    assert "T1" not in {d.passenger_id for d in left.demands}
