"""Tests of the search of one day type, on the sample place ``grid``."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import costing
import routing
from data.inputs import fingerprint, write_document
from data.places import Session
from data.plans import Plan, PlanState, UnservedReason
from routing.optimise import name_plan
from routing.progress import ProgressReport
from tests.routing.grid_day import (
    STEPS,
    Grid,
    build_grid,
    find_carried,
    find_own,
    plan_grid,
)

SHUFFLED = ("passengers", "demands", "homes", "vehicles", "suppliers", "crews", "places")


@pytest.fixture(scope="module")
def grid() -> Grid:
    """The unchanged grid."""
    return build_grid()


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Its plan."""
    return plan_grid()


def assert_complete(plan: Plan, grid: Grid) -> None:
    """Everybody is carried or listed once, no rule is broken, and the money is exact."""
    listed = [(u.passenger_id, u.session) for u in plan.unserved]
    assert sorted(find_carried(plan) + listed) == sorted(grid.travellers())
    lines = costing.price_plan(plan, grid.inputs, grid.inputs.service_date)
    report = routing.check_plan(plan, grid.inputs, grid.matrix, lines=lines)
    assert report.violations == ()
    assert plan.cost_pence == costing.total_cost_pence(lines)


def test_plan_carries_or_lists_everybody_once_at_exact_money(plan: Plan, grid: Grid) -> None:
    assert_complete(plan, grid)
    assert plan.duties
    assert plan.state is PlanState.OPTIMISED
    assert plan.service_date == grid.inputs.service_date
    assert plan.flags == grid.matrix.flags


def test_nobody_is_left_out_where_vehicles_are_plenty(plan: Plan) -> None:
    assert plan.unserved == ()


def test_search_record_tells_limit_seed_and_steps_but_no_clock(plan: Plan) -> None:
    search = plan.search
    assert (search.limit, search.seed) == ("steps", 1)
    # Shares of the steps are rounded by round and session, three rounds of four sessions.
    assert abs(search.steps - STEPS) <= 12
    assert (search.cpu_s, search.wall_s) == (0.0, 0.0)
    assert search.n_workers == 2


@pytest.mark.parametrize("n_workers", [1, 2])
def test_equal_seed_and_steps_give_equal_bytes(plan: Plan, grid: Grid, n_workers: int) -> None:
    again = grid.plan(n_workers=n_workers)
    assert again.search.n_workers == n_workers
    search = replace(again.search, n_workers=plan.search.n_workers)
    assert write_document(replace(again, search=search)) == write_document(plan)


@pytest.mark.parametrize("seed", [1, 2])
def test_order_of_rows_does_not_change_the_plan(plan: Plan, grid: Grid, seed: int) -> None:
    draw = np.random.default_rng(seed)
    rows: dict[str, Any] = {}
    for name in SHUFFLED:
        given = getattr(grid.inputs, name)
        rows[name] = tuple(given[int(k)] for k in draw.permutation(len(given)))
    shuffled = build_grid(replace(grid.inputs, **rows))
    assert fingerprint(shuffled.inputs) != fingerprint(grid.inputs)
    found = replace(shuffled.plan(), inputs_hash=plan.inputs_hash)
    assert write_document(found) == write_document(plan)


def test_another_process_with_other_hashes_gives_equal_bytes(plan: Plan) -> None:
    code = (
        "from data.inputs import fingerprint\n"
        "from tests.routing.grid_day import plan_grid\n"
        "print(fingerprint(plan_grid()))"
    )
    root = Path(__file__).parents[2]
    seeds = {"PYTHONHASHSEED": "4711", "PYTHONPATH": str(root)}
    found = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | seeds,
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == fingerprint(plan)


def test_another_seed_gives_another_search(plan: Plan, grid: Grid) -> None:
    other = grid.plan(seed=2)
    assert_complete(other, grid)
    assert write_document(other.duties) != write_document(plan.duties)


def test_name_follows_content_and_not_the_search(plan: Plan) -> None:
    assert plan.plan_id == name_plan(plan)
    assert name_plan(replace(plan, search=replace(plan.search, seed=9))) == plan.plan_id
    assert name_plan(replace(plan, duties=plan.duties[1:])) != plan.plan_id


def test_without_limits_the_first_routes_make_a_complete_plan(plan: Plan, grid: Grid) -> None:
    found = grid.plan(steps=None)
    assert (found.search.limit, found.search.steps) == ("none", 0)
    assert_complete(found, grid)
    assert found.cost_pence is not None
    assert plan.cost_pence is not None
    assert plan.cost_pence < found.cost_pence


def test_no_time_at_all_still_gives_a_complete_plan(grid: Grid) -> None:
    found = grid.plan(steps=None, seconds=0)
    assert found.search.limit == "seconds"
    assert_complete(found, grid)


@pytest.mark.parametrize("limits", [{"steps": STEPS}, {"steps": None, "seconds": 30.0}])
def test_stop_wish_at_once_still_gives_a_complete_plan(
    grid: Grid, limits: dict[str, int | float | None]
) -> None:
    found = grid.plan(should_stop=lambda: True, **limits)
    assert found.search.limit == "interrupted"
    assert found.search.steps < STEPS
    assert_complete(found, grid)


def find_stops(plan: Plan) -> dict[tuple[str, Session], str]:
    """Where everybody is collected or brought to."""
    return {
        (p, route.session): stop.place_id
        for route in plan.routes
        for stop in route.stops
        if stop.site_id is None
        for p in (stop.boarding or stop.alighting)
    }


def test_plan_given_as_a_start_is_found_again_without_search(plan: Plan, grid: Grid) -> None:
    again = grid.plan(steps=None, start=plan)
    assert_complete(again, grid)
    assert again.unserved == ()
    assert again.cost_pence is not None
    assert plan.cost_pence is not None
    assert again.cost_pence <= plan.cost_pence
    assert find_stops(again) == find_stops(plan)


def test_search_from_a_start_never_comes_out_dearer(plan: Plan, grid: Grid) -> None:
    again = grid.plan(steps=60, start=plan, seed=5, continuity_pence=100_000)
    assert_complete(again, grid)
    # At a thousand pounds for each passenger moved nobody is: the very duties come back.
    assert {d.duty_id for d in again.duties} == {d.duty_id for d in plan.duties}
    assert find_stops(again) == find_stops(plan)
    assert again.cost_pence is not None
    assert plan.cost_pence is not None
    assert again.cost_pence <= plan.cost_pence


def test_every_better_plan_is_told_at_once_and_complete(grid: Grid) -> None:
    told: list[Plan] = []
    found = grid.plan(on_better=told.append)
    assert told
    for better in told:
        assert_complete(better, grid)
    assert write_document(told[-1].duties) == write_document(found.duties)


@pytest.mark.parametrize("n_left", [0, 1, 3])
def test_own_duties_never_outnumber_own_vehicles(grid: Grid, n_left: int) -> None:
    fewer = build_grid(replace(grid.inputs, vehicles=grid.inputs.vehicles[:n_left]))
    found = fewer.plan()
    assert_complete(found, fewer)
    assert len(find_own(found)) <= n_left
    vehicles = {v.vehicle_id for v in fewer.inputs.vehicles}
    assert {duty.vehicle_id for duty in find_own(found)} <= vehicles


def test_without_suppliers_those_left_over_are_listed_with_evidence(grid: Grid) -> None:
    alone = build_grid(
        replace(grid.inputs, suppliers=(), rate_cards=(), vehicles=grid.inputs.vehicles[:1])
    )
    found = alone.plan()
    assert_complete(found, alone)
    assert {duty.provider_id for duty in found.duties} == {"own"}
    full = [u for u in found.unserved if u.reason is UnservedReason.NO_CAPACITY_LEFT]
    assert full
    assert all(u.evidence and u.relaxation for u in full)


def test_progress_tells_time_in_order_and_the_cost_found(plan: Plan, grid: Grid) -> None:
    told: list[ProgressReport] = []
    found = grid.plan(progress=told.append)
    assert write_document(found) == write_document(plan)
    used = [report.seconds_used for report in told]
    assert len(told) >= 2
    assert used == sorted(used)
    assert all(report.seconds_left is None and report.stage for report in told)
    costs = [r.best_cost_pence for r in told if r.best_cost_pence is not None]
    assert costs[-1] == plan.cost_pence
