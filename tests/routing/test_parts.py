"""A county in parts: nobody is lost, nothing is used twice, and borders move."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costing import build_cost_model, price_plan, total_cost_pence
from data.costs import CostModel
from data.demand import find_day_type
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import DayType, Plan
from data.samples import build_sample
from routing import (
    build_matrix,
    build_sample_network,
    check_plan,
    find_walks_wanted,
    optimise_parts,
)
from routing.parting import build_parts, part_passengers_by_site, share_out


@functools.cache
def county() -> tuple[Inputs, TravelMatrix, CostModel, DayType]:
    """Build a small county of 160 passengers and 14 sites."""
    inputs = build_sample("southend", n_passengers=160, n_sites=14)
    matrix = build_matrix(
        build_sample_network("southend"),
        inputs.places,
        policy=inputs.policy,
        walks_wanted=find_walks_wanted(inputs),
    )
    day_type = find_day_type(inputs, inputs.service_date)
    assert day_type is not None
    return inputs, matrix, build_cost_model(inputs, inputs.service_date), day_type


def plan(steps: int, n_workers: int = 1, part_passengers: int = 55) -> Plan:
    inputs, matrix, model, day_type = county()
    return optimise_parts(
        inputs,
        matrix,
        model,
        day_type=day_type,
        service_date=inputs.service_date,
        steps=steps,
        n_workers=n_workers,
        part_passengers=part_passengers,
    )


@functools.cache
def planned() -> Plan:
    return plan(900)


@given(
    st.integers(0, 500),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 50)), min_size=1, max_size=9),
)
def test_what_is_shared_out_is_all_there_is(total: int, rows: list[tuple[int, int]]) -> None:
    taken, weights = [t for t, _ in rows], [w for _, w in rows]
    found = share_out(total, taken, weights)
    assert all(f >= t for f, t in zip(found, taken, strict=True))
    if any(weights):
        assert sum(found) == max(total, sum(taken))


def test_every_journey_and_vehicle_is_in_one_part_and_companions_in_the_same() -> None:
    inputs, matrix, model, _ = county()
    for number, start in ((0, None), (1, planned())):
        parts = build_parts(inputs, matrix, model, start, 3, number)
        demands = [d.demand_id for p in parts for d in p.inputs.demands]
        assert sorted(demands) == sorted(d.demand_id for d in inputs.demands)
        vehicles = [v.vehicle_id for p in parts for v in p.inputs.vehicles]
        assert sorted(vehicles) == sorted(v.vehicle_id for v in inputs.vehicles)
        crews = [c.crew_id for p in parts for c in p.inputs.crews]
        assert len(crews) == len(set(crews)) <= len(inputs.crews)
        for supplier in inputs.suppliers:
            for held in supplier.vehicles:
                n = sum(
                    v.n_vehicles
                    for p in parts
                    for s in p.inputs.suppliers
                    if s.supplier_id == supplier.supplier_id
                    for v in s.vehicles
                    if v.vehicle_type_id == held.vehicle_type_id
                )
                assert n == held.n_vehicles
        for part in parts:
            ids = {p.passenger_id for p in part.inputs.passengers}
            for p in part.inputs.passengers:
                assert p.together_with <= ids or start is not None
            known = set(part.matrix.place_ids)
            assert {h.place_id for h in part.inputs.homes} <= known


def test_borders_turn_from_round_to_round() -> None:
    inputs = county()[0]
    first = part_passengers_by_site(inputs, 3, 0.0)
    later = part_passengers_by_site(inputs, 3, 2.4)
    assert set(first) == {p.passenger_id for p in inputs.passengers}
    pairs = {(first[p], later[p]) for p in first}
    assert len(pairs) > 3  # some neighbours are parted otherwise


def test_the_whole_is_a_plan_that_the_checker_passes_at_its_exact_price() -> None:
    inputs, matrix, _, _ = county()
    found = planned()
    lines = price_plan(found, inputs, inputs.service_date)
    assert total_cost_pence(lines) == found.cost_pence
    report = check_plan(found, inputs, matrix)
    assert [str(v) for v in report.violations] == []
    assert found.search.limit == "steps"


def test_duties_stay_whole_in_a_part_or_the_seam_and_no_round_costs_more() -> None:
    inputs, matrix, model, _ = county()
    start = planned()
    parts = build_parts(inputs, matrix, model, start, 3, 1)
    held = [d.duty_id for p in parts if p.start is not None for d in p.start.duties]
    assert sorted(held) == sorted(d.duty_id for d in start.duties)
    seen: list[int] = []
    inputs, matrix, model, day_type = county()
    optimise_parts(
        inputs, matrix, model, day_type=day_type, steps=600, n_workers=1, part_passengers=55,
        on_better=lambda better: seen.append(better.cost_pence or 0),
    )  # fmt: skip
    assert seen == sorted(seen, reverse=True)


def test_steps_give_the_same_plan_whatever_the_number_of_processes() -> None:
    alone, together = plan(300), plan(300, n_workers=2)
    assert together.plan_id == alone.plan_id
    assert together.duties == alone.duties


def test_one_part_is_the_plain_search() -> None:
    found = plan(100, part_passengers=10_000)
    inputs, matrix, _, _ = county()
    assert not check_plan(found, inputs, matrix).violations


@pytest.mark.slow
def test_a_dask_cluster_gives_the_same_plan() -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1) as cluster:
        inputs, matrix, model, day_type = county()
        found = optimise_parts(
            inputs, matrix, model, day_type=day_type, service_date=inputs.service_date,
            steps=300, part_passengers=55, cluster=cluster.scheduler_address,
        )  # fmt: skip
    assert found.duties == plan(300).duties


def test_a_cut_matrix_says_what_the_whole_says() -> None:
    inputs, matrix, model, _ = county()
    part = build_parts(inputs, matrix, model, None, 3, 0)[0].matrix
    at = np.array([matrix.index[p] for p in part.place_ids])
    for period, times in part.duration_s.items():
        assert np.array_equal(times, matrix.duration_s[period][np.ix_(at, at)])
