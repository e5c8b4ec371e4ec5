"""Choices of provider: never dearer than the plan, as cheap as trying everything, and true."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path

import pytest

from costing import (
    build_demand,
    check_choice,
    choose_providers,
    find_last_paying,
    total_cost_pence,
    trace_frontier,
    value_each,
    value_vehicles,
)
from costing.day_use import measure_hours, value_spare
from costing.prices import price_plan
from costing.provider_choice import find_most_apart
from costing.provider_demand import Demand
from costing.provider_limits import count_vehicles
from costing.provider_tables import add_tables
from data.choices import CostHorizon, FleetPoint, ProviderChoice, ProviderRules
from data.errors import IdentityError, InfeasibleError, InputError
from data.fleet import OWN_PROVIDER_ID, SupplierVehicles
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import Plan
from data.tenders import BidDiscount
from tests.costing.providers import build_case


@pytest.fixture(scope="module")
def case() -> tuple[Plan, Inputs, TravelMatrix]:
    return build_case()


@pytest.fixture(scope="module")
def demand(case: tuple[Plan, Inputs, TravelMatrix]) -> Demand:
    plan, inputs, matrix = case
    return build_demand(plan, inputs, matrix)


def price_own(demand: Demand, choice: ProviderChoice) -> int:
    return sum(p.avoidable_pence for p in choice.pieces)


def try_all(demand: Demand) -> int:
    """Find the least cost by giving each route to every provider, own ones in every piece."""
    n = len(demand.routes)
    position = {route.route_id: r for r, route in enumerate(demand.routes)}
    pieces = [(tuple(position[i] for i in p.route_ids), p) for p in demand.pieces]
    best: list[int | None] = [None]

    def is_within(used: list[object]) -> bool:
        for _, depot_id, _ in demand.reach.own_bases:
            for kind in {p.vehicle_type_id for _, p in pieces}:
                held = [
                    p
                    for p in used
                    if (p.vehicle_type_id, p.depot_id) == (kind, depot_id)  # type: ignore[attr-defined]
                ]
                have = sum(
                    v.vehicle_type_id == kind and v.depot_id == depot_id
                    for v in demand.book.inputs.vehicles
                )
                for p in held:
                    at_s = p.from_s  # type: ignore[attr-defined]
                    out = sum(
                        q.from_s // 600 * 600 <= at_s < -(-q.to_s // 600) * 600  # type: ignore[attr-defined]
                        for q in held
                    )
                    if out > have:
                        return False
        return True

    def extend(left: frozenset[int], used: list[object], cost: int) -> None:
        if best[0] is not None and cost >= best[0]:
            return
        if not left:
            if is_within(used):
                best[0] = cost
            return
        r = min(left)
        for s in range(len(demand.sellers)):
            price = int(demand.prices.cost_pence[r, s])
            if price >= 0:
                extend(left - {r}, used, cost + price)
        for a, b, _, price in demand.pairs:
            if {a, b} <= left and r in (a, b):
                extend(left - {a, b}, used, cost + price)
        for routes, piece in pieces:
            if r in routes and set(routes) <= left:
                extend(left - set(routes), [*used, piece], cost + piece.avoidable_pence)

    extend(frozenset(range(n)), [], 0)
    assert best[0] is not None
    return best[0]


def test_the_choice_is_that_of_trying_everything(demand: Demand) -> None:
    found = choose_providers(demand)
    assert found.is_proven
    assert found.evaluated_pence == try_all(demand)


def test_the_plan_itself_is_one_of_the_choices(
    case: tuple[Plan, Inputs, TravelMatrix], demand: Demand
) -> None:
    plan, inputs, _ = case
    planned = total_cost_pence(price_plan(plan, inputs))
    assert choose_providers(demand).paid_pence <= planned


def test_nobody_has_more_out_than_there_is(demand: Demand) -> None:
    for horizon in CostHorizon:
        found = choose_providers(demand, ProviderRules(horizon=horizon))
        if horizon is CostHorizon.SHORT_RUN:
            owned = {
                t: sum(v.vehicle_type_id == t for v in demand.book.inputs.vehicles)
                for t, _ in found.own_vehicles
            }
            assert all(n <= owned[t] for t, n in found.own_vehicles)
        held: dict[tuple[str, str], list[int]] = {}
        for r, chosen in enumerate(found.routes):
            if chosen.piece is None:
                held.setdefault((chosen.provider_id, chosen.vehicle_type_id), []).append(r)
        for s, seller in enumerate(demand.sellers):
            key = (seller.supplier.supplier_id, seller.vehicle_type.vehicle_type_id)
            if key in held:
                apart = find_most_apart(demand, held[key])
                assert len(apart) <= count_vehicles(demand.sellers[s])


def test_more_freedom_never_costs_more(demand: Demand) -> None:
    free = choose_providers(demand).evaluated_pence
    least = ProviderRules(min_own_bp=8_000)
    most = ProviderRules(max_own_bp=1_000)
    for rules in (most, least):
        try:
            tied = choose_providers(demand, rules)
        except InfeasibleError:
            continue
        assert tied.evaluated_pence >= free
    assert choose_providers(demand, most).own_bp <= 1_000


def test_the_frontier_is_lowest_at_the_best_share(demand: Demand) -> None:
    rules = ProviderRules(horizon=CostHorizon.LONG_RUN)
    best = choose_providers(demand, rules)
    points = trace_frontier(demand, rules, step_bp=2_500)
    assert [p.target_bp for p in points] == [0, 2_500, 5_000, 7_500, 10_000]
    costs = [p.choice.evaluated_pence if p.choice else None for p in points]
    assert min(c for c in costs if c is not None) >= best.evaluated_pence
    below = [c for p, c in zip(points, costs, strict=True) if p.target_bp <= best.own_bp]
    assert below == sorted(below, key=lambda c: -(c or 0))
    above = [c for p, c in zip(points, costs, strict=True) if p.target_bp > best.own_bp]
    held = [c for c in above if c is not None]
    assert held == sorted(held)
    assert points[0].choice is not None
    assert points[0].choice.pieces == ()


def test_discounts_lots_and_least_numbers_hold(demand: Demand) -> None:
    supplier_id = demand.sellers[0].supplier.supplier_id
    plain = choose_providers(demand, ProviderRules(max_own_bp=0))
    rules = ProviderRules(
        max_own_bp=0,
        discounts=(BidDiscount(supplier_id=supplier_id, from_contracts=2, discount_bp=3_000),),
    )
    assert choose_providers(demand, rules).evaluated_pence <= plain.evaluated_pence
    lot = (demand.routes[0].route_id, demand.routes[1].route_id)
    tied = choose_providers(demand, ProviderRules(lots=(lot,)))
    of = {r.route_id: r.provider_id for r in tied.routes}
    assert of[lot[0]] == of[lot[1]]
    least = choose_providers(demand, ProviderRules(min_routes=((supplier_id, 3),)))
    n = sum(r.provider_id == supplier_id for r in least.routes)
    assert n == 0 or n >= 3


def test_risk_and_change_are_counted_and_never_paid(demand: Demand) -> None:
    rules = ProviderRules(
        max_own_bp=0, hand_back_bp=1_000, hand_back_shock_bp=2_000, transition_pence=76_000
    )
    found = choose_providers(demand, rules)
    for route in found.routes:
        # A tenth of a fifth of the price; 760 pounds over 760 days.
        assert abs(route.risk_pence - route.price_pence // 50) <= 1
        is_moved = route.before_id not in ("", route.provider_id)
        assert route.transition_pence == (100 if is_moved else 0)
    assert found.paid_pence == sum(r.price_pence for r in found.routes)


def test_each_suppliers_own_terms_hold(demand: Demand) -> None:
    free = choose_providers(demand, ProviderRules(max_own_bp=0))
    counts = Counter(r.provider_id for r in free.routes)
    supplier_id, n = counts.most_common(1)[0]
    fewer = choose_providers(
        demand, ProviderRules(max_own_bp=0, most_routes=((supplier_id, n - 1),))
    )
    assert sum(r.provider_id == supplier_id for r in fewer.routes) <= n - 1
    assert fewer.evaluated_pence >= free.evaluated_pence
    # Its own chance and rise, a fifth of a half; others keep theirs, a tenth of a fifth.
    rules = ProviderRules(
        max_own_bp=0,
        hand_back_bp=1_000,
        hand_back_shock_bp=2_000,
        hand_backs=((supplier_id, 2_000, 5_000),),
        transition_pence=76_000,
        transitions=((supplier_id, 152_000),),
    )
    for route in choose_providers(demand, rules).routes:
        part, moved = (10, 200) if route.provider_id == supplier_id else (50, 100)
        assert abs(route.risk_pence - route.price_pence // part) <= 1
        is_moved = route.before_id not in ("", route.provider_id)
        assert route.transition_pence == (moved if is_moved else 0)


def test_tables_are_read_whole_or_refused_with_every_problem(tmp_path: Path) -> None:
    known = {"supplier_ids": {"S1", "S2"}, "route_ids": {"R1", "R2", "R3"}}
    files = {
        "terms": "supplier_id,least_routes,most_routes,transition_pounds,hand_back_percent,"
        "hand_back_rise_percent\nS1,2,5,150,4,12.5\nS2,,,,,\n",
        "discounts": "supplier_id,from_routes,discount_percent\nS1,3,2.5\nS1,6,5\n",
        "lots": "lot,route_id\nA,R1\nA,R3\n",
    }
    paths = {name: tmp_path / f"{name}.csv" for name in files}
    for name, text in files.items():
        paths[name].write_text(text)
    rules = add_tables(ProviderRules(), **known, **paths)
    assert rules.min_routes == (("S1", 2),)
    assert rules.most_routes == (("S1", 5),)
    assert rules.transitions == (("S1", 15_000),)
    assert rules.hand_backs == (("S1", 400, 1_250),)
    assert [(d.from_contracts, d.discount_bp) for d in rules.discounts] == [(3, 250), (6, 500)]
    assert rules.lots == (("R1", "R3"),)
    bad = {
        "terms": (
            "supplier_id,least_routes,most_routes,hand_back_percent\nS9,,,\nS1,5,2,4\n",
            ["Q006", "Q008", "Q008"],
        ),
        "discounts": (
            "supplier_id,from_routes,discount_percent\nS9,3,2\nS1,3,2\nS1,3,4\n",
            ["Q006", "Q008"],
        ),
        "lots": ("lot,route_id\nA,R9\n", ["Q006"]),
    }
    for name, (text, codes) in bad.items():
        paths[name].write_text(text)
        with pytest.raises(InputError) as caught:
            add_tables(ProviderRules(), **known, **{name: paths[name]})
        assert [p.code for p in caught.value.problems] == codes


def test_one_more_vehicle_never_makes_the_day_dearer(demand: Demand) -> None:
    points = value_vehicles(demand, ProviderRules(), "bus", range(-2, 3))
    paid = [p.paid_pence for p in points]
    assert paid == sorted(paid, reverse=True)
    assert [p.n_vehicles for p in points] == list(
        range(points[0].n_vehicles, points[0].n_vehicles + len(points))
    )


def test_the_last_vehicle_that_pays_is_found() -> None:
    # Each costs 50 a day; the first saves 80, the second 60, the third 40.
    points = [
        FleetPoint(
            vehicle_type_id="bus",
            n_vehicles=n,
            paid_pence=paid,
            fixed_pence=50 * n,
            is_proven=True,
        )
        for n, paid in ((0, 500), (1, 420), (2, 360), (3, 320))
    ]
    assert find_last_paying(points) == 2
    assert find_last_paying(points[:3]) is None


def test_what_is_not_proven_of_a_vehicle_is_said_as_a_range() -> None:
    # Each costs 50. Without a vehicle at least 490 and at most 500, with one 420 to 425, with
    # two 372 to 380: the first saves 490 - 425 = 65 to 500 - 420 = 80, so it pays; the second
    # saves 420 - 380 = 40 to 425 - 372 = 53, so nobody knows yet.
    def point(n: int, paid_pence: int, bound_pence: int) -> FleetPoint:
        return FleetPoint(
            vehicle_type_id="bus",
            n_vehicles=n,
            paid_pence=paid_pence,
            fixed_pence=50 * n,
            is_proven=paid_pence == bound_pence,
            bound_pence=bound_pence,
        )

    points = [point(0, 500, 490), point(1, 425, 420), point(2, 380, 372)]
    first, second = value_each(points)
    assert (first.least_saved_pence, first.saved_pence, first.most_saved_pence) == (65, 75, 80)
    assert (second.least_saved_pence, second.most_saved_pence) == (40, 53)
    assert find_last_paying(points) is None
    # A bound of a larger fleet holds for a smaller: with two at least 378, one is at least 378.
    weak = [point(0, 500, 100), point(1, 425, 0), point(2, 380, 378)]
    assert value_each(weak)[0].most_saved_pence == 500 - 378
    # Once two cost 380 for sure, the second saves 425 - 380 = 45 at most; at 369 it saves 51 at
    # least, and the third, at 368, a penny.
    assert find_last_paying([*points[:2], point(2, 380, 380)]) == 1
    assert find_last_paying([*points[:2], point(2, 369, 369), point(3, 368, 368)]) == 2


def test_a_false_choice_is_found_out(demand: Demand) -> None:
    found = choose_providers(demand)
    n = len(demand.routes)
    check_choice(found, n)
    for words, false in (
        ("are chosen for", replace(found, routes=found.routes[1:])),
        ("routes cost", replace(found, paid_pence=found.paid_pence + 1)),
        ("parts come to", replace(found, evaluated_pence=found.evaluated_pence + 1)),
    ):
        with pytest.raises(IdentityError, match=words):
            check_choice(false, n)


def test_suppliers_short_of_vehicles_get_no_more_than_they_can_run(
    case: tuple[Plan, Inputs, TravelMatrix],
) -> None:
    plan, inputs, matrix = case
    tight = replace(
        inputs,
        suppliers=tuple(
            replace(
                s,
                vehicles=tuple(
                    SupplierVehicles(vehicle_type_id=v.vehicle_type_id, n_vehicles=1)
                    for v in s.vehicles
                ),
            )
            for s in inputs.suppliers
        ),
    )
    demand = build_demand(plan, tight, matrix)
    found = choose_providers(demand)
    held: dict[tuple[str, str], list[int]] = {}
    for r, chosen in enumerate(found.routes):
        if chosen.provider_id != OWN_PROVIDER_ID:
            held.setdefault((chosen.provider_id, chosen.vehicle_type_id), []).append(r)
    for routes in held.values():
        order = sorted(routes, key=lambda r: demand.routes[r].start_s)
        for a, b in pairwise(order):
            run = demand.reach.find_between(demand.routes[a], demand.routes[b])
            assert run is not None
            assert demand.routes[a].end_s + run[0] <= demand.routes[b].start_s


def test_most_apart_is_that_of_trying_every_set(demand: Demand) -> None:
    routes = list(range(len(demand.routes)))[:8]

    def share(a: int, b: int) -> bool:
        first, second = sorted((a, b), key=lambda r: demand.routes[r].start_s)
        run = demand.reach.find_between(demand.routes[first], demand.routes[second])
        gap_s = demand.routes[second].start_s - demand.routes[first].end_s
        return run is not None and 0 <= run[0] <= gap_s

    most = max(
        sum(chosen)
        for chosen in product((0, 1), repeat=len(routes))
        if not any(
            share(a, b)
            for i, a in enumerate(routes)
            for j, b in enumerate(routes)
            if i < j and chosen[i] and chosen[j]
        )
    )
    apart = find_most_apart(demand, routes)
    assert len(apart) == most
    assert not any(share(a, b) for a in apart for b in apart if a < b)


def test_hours_add_up_to_the_time_that_is_worked(
    case: tuple[Plan, Inputs, TravelMatrix],
) -> None:
    plan, inputs, _ = case
    hours = measure_hours(plan, inputs)
    bought = sum(
        r.end_s - r.start_s
        for d in plan.duties
        if d.provider_id != OWN_PROVIDER_ID
        for r in d.routes
    )
    assert sum(h.bought_s for h in hours) == bought
    own = [d for d in plan.duties if d.provider_id == OWN_PROVIDER_ID]
    assert all(h.most_own <= len(own) for h in hours)
    assert (sum(h.own_school_s + h.own_day_s for h in hours) > 0) == bool(own)


def test_spare_hours_are_worth_their_margin(case: tuple[Plan, Inputs, TravelMatrix]) -> None:
    plan, inputs, _ = case
    spare = value_spare(plan, inputs, n_days=190, margin_bp=2_000, sold_bp=5_000)
    # Five hours of each free vehicle, half of them sold, a fifth of avoidable cost each.
    hours = spare.n_vehicles * 5
    due = hours * (spare.price_pence - spare.avoidable_pence) / 2
    assert abs(spare.contribution_pence - due) <= 1
    assert spare.price_pence == round(spare.avoidable_pence * 1.2)
    assert spare.contribution_year_pence == 190 * spare.contribution_pence
    none = value_spare(plan, inputs, n_days=190, margin_bp=0)
    assert none.contribution_pence == 0
