"""Resettling: never dearer than repair, by the rules, and nothing without a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

import costing
import routing
from data.inputs import Inputs
from data.plans import Plan
from tests.routing.grid_day import Grid, build_grid, find_carried, plan_grid


def resettle(inputs: Inputs, plan: Plan, *, is_everywhere: bool = False) -> Plan:
    """Resettle a plan of the grid; what holds of every resettled plan is asserted."""
    grid = build_grid(inputs)
    found = routing.resettle_plan(
        plan,
        inputs,
        grid.matrix,
        grid.cost_model,
        judge=routing.find_violations,
        is_everywhere=is_everywhere,
    )
    assert_sound(found, grid)
    return found


def assert_sound(plan: Plan, grid: Grid) -> None:
    """No rule broken, everybody once, money exact."""
    listed = [(u.passenger_id, u.session) for u in plan.unserved]
    assert sorted(find_carried(plan) + listed) == sorted(grid.travellers())
    lines = costing.price_plan(plan, grid.inputs, grid.inputs.service_date)
    report = routing.check_plan(plan, grid.inputs, grid.matrix, lines=lines)
    assert report.violations == ()
    assert plan.cost_pence == costing.total_cost_pence(lines)


def without(inputs: Inputs, people: set[str]) -> Inputs:
    kept = tuple(d for d in inputs.demands if d.passenger_id not in people)
    return replace(inputs, demands=kept)


@pytest.fixture(scope="module")
def settled() -> Plan:
    """A plan of the grid in which no try saves anything."""
    inputs, plan = build_grid().inputs, plan_grid()
    found = resettle(inputs, plan, is_everywhere=True)
    assert (found.cost_pence or 0) <= (plan.cost_pence or 0)
    again = resettle(inputs, found, is_everywhere=True)
    assert again.cost_pence == found.cost_pence
    return found


def test_a_day_that_nobody_left_stays_the_very_plan(settled: Plan) -> None:
    assert resettle(build_grid().inputs, settled) is settled


@pytest.mark.parametrize("n", [1, 2, 4])
def test_it_costs_no_more_than_the_repaired_plan_and_leaves_nobody_out(
    settled: Plan, n: int
) -> None:
    grid = build_grid()
    fewest = sorted(settled.routes, key=lambda r: (len(r.passenger_ids), r.route_id))
    people = {p for route in fewest[:n] for p in route.passenger_ids}
    inputs = without(grid.inputs, people)
    repaired = routing.repair_plan(
        settled, inputs, grid.matrix, grid.cost_model, judge=routing.find_violations
    ).plan
    found = resettle(inputs, settled)
    assert (found.cost_pence or 0) <= (repaired.cost_pence or 0) <= (settled.cost_pence or 0)
    assert {u.passenger_id for u in found.unserved} <= {
        u.passenger_id for u in settled.unserved
    }
    # equal arguments give an equal plan
    assert resettle(inputs, settled) == found
