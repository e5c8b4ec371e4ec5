"""Pounds saved against passengers disturbed: plans made afresh at prices of continuity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from data.changes import FrontierPoint
from data.costs import CostModel
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import Plan
from routing.differences import Judge
from routing.disturbance import measure_disturbance
from routing.optimise import optimise
from routing.repair import repair_plan

PRICES_PENCE = (2_000, 500, 100, 0)
"""Prices of a passenger carried by another duty that are tried. [pence]"""


def find_frontier(
    plan: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    *,
    judge: Judge,
    prices_pence: Sequence[int] = PRICES_PENCE,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    n_workers: int = 2,
    shift_s: int = 300,
    should_stop: Callable[[], bool] | None = None,
) -> tuple[FrontierPoint, ...]:
    """Find what disturbing more passengers would save, from nobody to whoever it takes.

    The plan is repaired first, so that it fits the inputs. From there it is searched on at each
    price of continuity. A plan that disturbs more passengers than another and saves no more is
    left out.

    Parameters
    ----------
    judge
        The checker, as `routing.repair_plan` takes it.
    prices_pence
        Price of each passenger carried in a session by another duty. [pence]
    seconds, steps
        Limits of the search at each price; steps make the frontier repeatable. [s]
    shift_s
        A pick-up or drop-off moved by more than this counts. [s]

    Returns
    -------
    Points in order of passengers disturbed; the first is the repaired plan and saves nothing.
    """
    start = repair_plan(plan, inputs, matrix, cost_model, judge=judge).plan
    if start.cost_pence is None:
        start = replace(start, cost_pence=0)
    points = [_measure(start, start, max(prices_pence, default=0), shift_s)]
    for price_pence in sorted(prices_pence, reverse=True):
        if should_stop is not None and should_stop():
            break
        found = optimise(
            inputs,
            matrix,
            cost_model,
            day_type=start.day_type,
            service_date=start.service_date,
            seconds=seconds,
            steps=steps,
            seed=seed,
            n_workers=n_workers,
            start=start,
            continuity_pence=price_pence,
            should_stop=should_stop,
        )
        if len(found.unserved) <= len(start.unserved):
            points.append(_measure(start, found, price_pence, shift_s))
    return _keep_best(points)


def _measure(start: Plan, plan: Plan, price_pence: int, shift_s: int) -> FrontierPoint:
    """Measure a plan against the one it started from."""
    found = measure_disturbance(start, plan, shift_s=shift_s)
    return FrontierPoint(
        continuity_pence=price_pence,
        plan=plan,
        saved_pence=(start.cost_pence or 0) - (plan.cost_pence or 0),
        n_disturbed=len(
            {
                d.passenger_id
                for d in found
                if d.is_crew_changed or d.is_shifted or d.is_stop_moved
            }
        ),
        n_crew_changed=len({d.passenger_id for d in found if d.is_crew_changed}),
        n_shifted=len({d.passenger_id for d in found if d.is_shifted}),
        n_stop_moved=len({d.passenger_id for d in found if d.is_stop_moved}),
        n_new_companions=len({d.passenger_id for d in found if d.new_companions}),
    )


def _keep_best(points: Sequence[FrontierPoint]) -> tuple[FrontierPoint, ...]:
    """Keep the points that save more than every one that disturbs no more passengers."""
    kept: list[FrontierPoint] = []
    for point in sorted(points, key=lambda p: (p.n_disturbed, -p.saved_pence)):
        if not kept or point.saved_pence > kept[-1].saved_pence:
            kept.append(point)
    return tuple(kept)
