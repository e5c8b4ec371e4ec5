"""Pounds saved against passengers disturbed."""

from __future__ import annotations

from dataclasses import replace

import costing
import routing
from tests.routing.grid_day import build_grid, plan_grid


def test_frontier_saves_more_only_by_disturbing_more() -> None:
    grid = build_grid()
    # A hasty plan leaves something to be saved.
    hasty = grid.plan(steps=None)
    points = routing.find_frontier(
        hasty,
        grid.inputs,
        grid.matrix,
        grid.cost_model,
        judge=routing.find_violations,
        prices_pence=(100_000, 50, 0),
        steps=60,
    )
    first = points[0]
    assert (first.saved_pence, first.n_disturbed, first.n_new_companions) == (0, 0, 0)
    assert first.plan.cost_pence == hasty.cost_pence
    assert len(points) >= 2
    disturbed = [p.n_disturbed for p in points]
    saved = [p.saved_pence for p in points]
    assert disturbed == sorted(disturbed)
    assert saved == sorted(set(saved))
    for point in points:
        lines = costing.price_plan(point.plan, grid.inputs, grid.inputs.service_date)
        report = routing.check_plan(point.plan, grid.inputs, grid.matrix, lines=lines)
        assert report.violations == ()
        assert hasty.cost_pence is not None
        assert point.plan.cost_pence == hasty.cost_pence - point.saved_pence


def test_frontier_starts_from_the_plan_as_it_fits_today() -> None:
    grid, plan = build_grid(), plan_grid()
    gone = plan.routes[0].passenger_ids[0]
    left = tuple(d for d in grid.inputs.demands if d.passenger_id != gone)
    today = build_grid(replace(grid.inputs, demands=left))
    points = routing.find_frontier(
        plan,
        today.inputs,
        today.matrix,
        today.cost_model,
        judge=routing.find_violations,
        prices_pence=(),
    )
    assert len(points) == 1
    assert all(gone not in r.passenger_ids for r in points[0].plan.routes)
