"""The cost model of the search: its offers and shapes, and that it comes to the exact price."""

from __future__ import annotations

from dataclasses import fields, replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costing import build_cost_model, build_totals, price_plan
from costing.model import MAX_OFFERS
from data.costs import FAR_M, NOT_PRICED_PENCE, CostModel
from data.errors import ModelError, NoRateError
from data.fleet import SupplierVehicles, Vehicle
from data.money import RateBasis, VatTreatment
from data.places import Session
from data.plans import Plan
from data.policy import Policy
from data.samples import build_sample
from tests.costing.builders import (
    BUS,
    CAR,
    ON,
    OWN_COSTS,
    make_card,
    make_inputs,
    make_supplier,
    rate,
)
from tests.costing.evaluator import evaluate_plan
from tests.costing.random_plans import make_random_inputs, make_random_plan

FIXED = rate(RateBasis.FIXED, 1_200_000)
SCHOOL_RUN = frozenset({Session.AM, Session.PM})


def take_earned(model: CostModel, plan: Plan) -> CostModel:
    """Put the rates of cards whose lot discount the plan has earned in the place of theirs."""
    if model.discounted is None:
        return model
    offers = [
        model.offer_ids.index(f"{d.provider_id}/{d.vehicle_type_id}/{d.base_place_id or ''}")
        for d in plan.duties
    ]
    n_routes: dict[str, int] = {}
    for duty, o in zip(plan.duties, offers, strict=True):
        card = model.rate_card_ids[o]
        n_routes[card] = n_routes.get(card, 0) + len(duty.routes)
    changed = {}
    for field in fields(CostModel):
        value = getattr(model, field.name)
        if isinstance(value, np.ndarray):
            changed[field.name] = value.copy()
            for o, card in enumerate(model.rate_card_ids):
                if 0 < model.discount_from[o] <= n_routes.get(card, 0):
                    changed[field.name][o] = getattr(model.discounted, field.name)[o]
    return replace(model, **changed)


def compare(seed: int) -> str:
    """Price a random plan both ways; say what kind of answer it was."""
    random = Random(seed)  # noqa: S311
    inputs = make_random_inputs(random)
    plan = make_random_plan(random, inputs)
    model = take_earned(build_cost_model(inputs, inputs.service_date), plan)
    expected = evaluate_plan(plan, model, inputs)
    if expected is None:
        with pytest.raises(NoRateError, match="no price for a single route"):
            price_plan(plan, inputs)
        return "unpriced"
    lines = price_plan(plan, inputs)
    assert build_totals(lines).cost_pence == expected, seed
    assert expected < NOT_PRICED_PENCE
    return "priced"


def test_exact_price_and_cost_model_agree_to_the_penny_on_2_000_plans() -> None:
    kinds = [compare(seed) for seed in range(2_000)]
    assert kinds.count("priced") > 1_700
    assert kinds.count("unpriced") > 10


@settings(max_examples=200, deadline=None)
@given(st.integers(2_000, 10**9))
def test_exact_price_and_cost_model_agree_on_any_plan(seed: int) -> None:
    compare(seed)


@pytest.mark.slow
def test_exact_price_and_cost_model_agree_to_the_penny_on_100_000_plans() -> None:
    for seed in range(100_000):
        compare(10**9 + seed)


def test_offers_come_own_company_first_then_by_provider_type_and_base() -> None:
    suppliers = [make_supplier(supplier_id=s) for s in ("zeta", "alpha")]
    inputs = make_inputs(
        cards=[make_card(FIXED, rate_card_id=s, supplier_id=s) for s in ("zeta", "alpha")],
        suppliers=suppliers,
    )
    model = build_cost_model(inputs, ON)
    assert model.offer_ids == (
        "own/bus/depot",
        "alpha/bus/base",
        "alpha/car/base",
        "zeta/bus/base",
        "zeta/car/base",
    )
    assert model.is_own.tolist() == [True, False, False, False, False]
    assert model.rate_card_ids == ("", "alpha", "alpha", "zeta", "zeta")
    assert model.n_vehicles.tolist() == [1, 2, 3, 2, 3]


def test_the_order_of_the_rows_does_not_matter() -> None:
    inputs = build_sample("grid")
    turned = replace(
        inputs,
        suppliers=inputs.suppliers[::-1],
        rate_cards=tuple(replace(c, rates=c.rates[::-1]) for c in inputs.rate_cards[::-1]),
        vehicles=inputs.vehicles[::-1],
        crews=inputs.crews[::-1],
        depots=inputs.depots[::-1],
    )
    a = build_cost_model(inputs, inputs.service_date)
    b = build_cost_model(turned, inputs.service_date)
    for field in fields(CostModel):
        assert np.array_equal(getattr(a, field.name), getattr(b, field.name)), field.name


def test_vehicles_named_twice_are_one_offer() -> None:
    twice = (SupplierVehicles(vehicle_type_id="car", n_vehicles=2),) * 2
    inputs = make_inputs(cards=[make_card(FIXED)], suppliers=[make_supplier(vehicles=twice)])
    model = build_cost_model(inputs, ON)
    assert model.offer_ids == ("own/bus/depot", "sup/car/base")
    assert model.n_vehicles.tolist() == [1, 4]


def test_who_has_no_licence_card_or_vehicle_makes_no_offer() -> None:
    inputs = make_inputs(
        cards=[
            make_card(FIXED, supplier_id="no-licence"),
            make_card(replace(FIXED, vehicle_type_id="bus"), supplier_id="other-type"),
            make_card(FIXED, supplier_id="no-vehicle"),
        ],
        suppliers=[
            make_supplier(supplier_id="no-licence", has_psv_licence=False),
            make_supplier(supplier_id="other-type"),
            make_supplier(supplier_id="no-card"),
            make_supplier(
                supplier_id="no-vehicle",
                vehicles=(SupplierVehicles(vehicle_type_id="car", n_vehicles=0),),
            ),
        ],
    )
    model = build_cost_model(inputs, ON)
    assert model.offer_ids == ("own/bus/depot", "no-licence/car/base", "other-type/bus/base")


def test_the_arrays_have_the_shapes_they_promise() -> None:
    bands = [
        rate(RateBasis.LOADED_MILE, 320_000, vehicle_type_id="car", to_m=5_000),
        rate(RateBasis.LOADED_MILE, 195_000, vehicle_type_id="car", from_m=5_000),
    ]
    model = build_cost_model(make_inputs(cards=[make_card(FIXED, *bands)]), ON)
    n = len(model.offer_ids)
    assert model.fixed_pence.shape == model.is_priced.shape == (n, 4)
    assert model.band_to_m.shape == model.band_mpence.shape == (n, 4, 2)
    assert model.layout_seats.shape == model.layout_spaces.shape == (n, 2)
    car = model.vehicle_type_ids.index("car")
    assert model.band_to_m[car, 0].tolist() == [5_000, FAR_M]
    assert model.band_mpence[car, 0].tolist() == [320_000, 195_000]
    assert model.band_to_m[1, 0].tolist() == [FAR_M, FAR_M]
    assert model.layout_seats[car].tolist() == [4, -1]
    assert model.layout_spaces[1].tolist() == [0, 2]
    for field in fields(CostModel):
        value = getattr(model, field.name)
        if isinstance(value, np.ndarray):
            assert value.shape[0] == n, field.name
            assert value.dtype.kind in "ib", field.name


def test_a_session_without_a_price_is_out_of_reach() -> None:
    card = make_card(replace(FIXED, sessions=SCHOOL_RUN))
    model = build_cost_model(make_inputs(cards=[card]), ON)
    assert model.is_priced[1].tolist() == [True, False, False, True]
    assert model.fixed_pence[1].tolist() == [1_200, NOT_PRICED_PENCE, NOT_PRICED_PENCE, 1_200]


def test_a_day_rate_alone_prices_pairs_and_nothing_else() -> None:
    card = make_card(rate(RateBasis.DAY_PAIR, 26_579_000))
    model = build_cost_model(make_inputs(cards=[card]), ON)
    assert not model.is_priced[1].any()
    assert model.day_pair_pence.tolist() == [-1, 26_579, 26_579]
    assert model.day_included_m.tolist() == [FAR_M, FAR_M, FAR_M]


def test_vat_counts_only_where_it_is_not_recovered() -> None:
    for is_recovered, expected in ((True, [0, 0, 0]), (False, [0, 0, 2_000])):
        inputs = make_inputs(
            cards=[make_card(FIXED)], policy=Policy(is_vat_recovered=is_recovered)
        )
        model = build_cost_model(inputs, ON)
        assert model.vehicle_type_ids == ("bus", "bus", "car")
        assert model.vat_bp.tolist() == expected
    exempt = make_inputs(
        cards=[make_card(FIXED, vat=VatTreatment.EXEMPT)],
        policy=Policy(is_vat_recovered=False),
    )
    assert not build_cost_model(exempt, ON).vat_bp.any()


def test_no_dead_miles_without_a_known_base() -> None:
    card = make_card(FIXED, rate(RateBasis.DEAD_MILE, 140_000))
    for base, expected in (("base", 140_000), (None, 0)):
        inputs = make_inputs(cards=[card], suppliers=[make_supplier(base_place_id=base)])
        model = build_cost_model(inputs, ON)
        assert model.dead_mpence[1].tolist() == [expected] * 4
        assert model.base_place_ids[1] == (base or "")


def test_crews_are_counted_and_large_own_vehicles_need_d1() -> None:
    model = build_cost_model(make_inputs(cards=[make_card(FIXED)]), ON)
    assert (model.n_own_drivers, model.n_own_d1_drivers) == (2, 1)
    assert (model.n_own_assistants, model.n_own_trained_assistants) == (2, 1)
    assert model.needs_d1.tolist() == [True, False, False]
    assert model.can_train.tolist() == [True, True, True]
    untrained = make_inputs(
        cards=[make_card(FIXED)], suppliers=[make_supplier(n_trained_assistants=0)], crews=()
    )
    assert not build_cost_model(untrained, ON).can_train.any()


def test_sixty_four_offers_pass_and_one_more_is_refused_by_number() -> None:
    def make(n: int) -> CostModel:
        ids = [f"s{i:02d}" for i in range(n)]
        held = (SupplierVehicles(vehicle_type_id="car", n_vehicles=1),)
        return build_cost_model(
            make_inputs(
                cards=[make_card(FIXED, supplier_id=i, rate_card_id=i) for i in ids],
                suppliers=[make_supplier(supplier_id=i, vehicles=held) for i in ids],
                vehicles=(),
            ),
            ON,
        )

    assert len(make(MAX_OFFERS).offer_ids) == 64
    with pytest.raises(ModelError, match="65 offers"):
        make(65)


def test_nobody_to_run_a_route_is_an_error() -> None:
    with pytest.raises(NoRateError, match="nobody can run a route on 2026-09-16"):
        build_cost_model(make_inputs(vehicles=()), ON)


def test_all_faults_of_cards_and_records_are_named_together() -> None:
    inputs = make_inputs(
        cards=[make_card(FIXED, FIXED)],
        suppliers=[
            make_supplier(),
            make_supplier(
                supplier_id="odd",
                vehicles=(SupplierVehicles(vehicle_type_id="spaceship", n_vehicles=1),),
            ),
        ],
    )
    with pytest.raises(ModelError, match=r"'card'.*2 rows say fixed.*'spaceship'"):
        build_cost_model(inputs, ON)


def test_own_vehicles_of_no_known_type_or_depot_are_named() -> None:
    vehicles = (
        Vehicle(vehicle_id="V1", vehicle_type_id="spaceship", depot_id="D1"),
        Vehicle(vehicle_id="V2", vehicle_type_id="bus", depot_id="Mars"),
    )
    with pytest.raises(ModelError, match=r"'V1'.*'spaceship'.*'V2'.*'Mars'"):
        build_cost_model(make_inputs(vehicles=vehicles), ON)


def test_an_own_type_without_cost_is_an_error() -> None:
    costs = replace(OWN_COSTS, types=OWN_COSTS.types[:1])
    with pytest.raises(NoRateError, match="'bus'"):
        build_cost_model(make_inputs(own_costs=costs), ON)


def test_lifts_and_areas_are_carried_over() -> None:
    supplier = make_supplier(area_centre_place_id="site-1", area_radius_m=6_000)
    model = build_cost_model(make_inputs(cards=[make_card(FIXED)], suppliers=[supplier]), ON)
    assert model.area_place_ids == ("", "site-1", "site-1")
    assert model.area_radius_m.tolist() == [-1, 6_000, 6_000]
    assert model.has_lift.tolist() == [BUS.has_lift, BUS.has_lift, CAR.has_lift]
