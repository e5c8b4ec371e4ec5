"""What other shares of self-delivery, and other fleets, would cost on the same routes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from costing.clock import find_left_s, read_clock_s
from costing.provider_choice import SolvedChoice, solve_near, solve_providers
from costing.provider_demand import Demand
from costing.provider_limits import find_vehicle_day_pence
from costing.provider_program import build_provider_program
from data.choices import (
    CostHorizon,
    FleetPoint,
    FrontierPoint,
    ProviderRules,
    VehicleValue,
)
from data.errors import InfeasibleError, SolverError


def trace_frontier(
    demand: Demand,
    rules: ProviderRules,
    *,
    best: SolvedChoice | None = None,
    step_bp: int = 1_000,
    seconds: int = 60,
    seed: int = 1,
) -> tuple[FrontierPoint, ...]:
    """Find the least cost of each share of self-delivery, from none to all.

    Below the best share the own company carries at most the share, above it at least; the best
    itself is found first, so that every point is the least cost that the share allows. A point
    that a choice found for another share keeps is at most as dear as that one.

    Parameters
    ----------
    best
        The least cost of any share, where it is known.
    seconds
        For all points together. [s]
    """
    end_s = read_clock_s() + seconds
    targets = list(range(0, 10_001, step_bp))
    program = build_provider_program(demand, rules)
    if best is None:
        n_left = len(targets) + 1
        best = solve_providers(demand, rules, seconds=find_left_s(end_s, n_left), seed=seed)
    found: dict[int, FrontierPoint] = {}
    # Nothing and everything first: what keeps them keeps the shares on their side too. Then
    # from the best outwards: each share begins with its neighbour's choice, moved on.
    own_bp = best.choice.own_bp
    down = [replace(rules, max_own_bp=t) for t in reversed(targets) if t <= own_bp]
    up = [replace(rules, min_own_bp=t) for t in targets if t > own_bp]
    for side in (down, up):
        near = [best]
        for wanted in (*side[-1:], *side[:-1]):
            target_bp = wanted.min_own_bp if side is up else wanted.max_own_bp
            choice, is_impossible = None, False
            try:
                solved = solve_near(
                    demand,
                    wanted,
                    program,
                    near,
                    seconds=find_left_s(end_s, len(targets) - len(found)),
                    seed=seed,
                )
                choice = solved.choice
                near = [*near[:2], solved]
            except InfeasibleError:
                is_impossible = True
            except SolverError:
                pass
            found[target_bp] = FrontierPoint(
                target_bp=target_bp, choice=choice, is_impossible=is_impossible
            )
    return tuple(found[t] for t in targets)


def value_vehicles(
    demand: Demand,
    rules: ProviderRules,
    vehicle_type_id: str,
    changes: Sequence[int],
    *,
    start: SolvedChoice | None = None,
    seconds: int = 60,
    seed: int = 1,
) -> tuple[FleetPoint, ...]:
    """Find what a day costs with more or fewer own vehicles of a type, each with its crew.

    Parameters
    ----------
    changes
        By how many, e.g. ``range(-3, 6)``.
    start
        The best choice in the short run with the vehicles there are, where it is known.
    seconds
        For all of them together. [s]
    """
    n_now = sum(v.vehicle_type_id == vehicle_type_id for v in demand.book.inputs.vehicles)
    day_pence = find_vehicle_day_pence(demand.book, vehicle_type_id)
    end_s = read_clock_s() + seconds
    points = []
    near = [] if start is None else [start]
    wanted_changes = [change for change in changes if n_now + change >= 0]
    for number, change in enumerate(wanted_changes):
        wanted = replace(
            rules,
            horizon=CostHorizon.SHORT_RUN,
            extra_vehicles=((vehicle_type_id, change),),
        )
        # What fewer vehicles can do, more can: no number begins worse than the one before it.
        try:
            solved = solve_near(
                demand,
                wanted,
                build_provider_program(demand, wanted),
                near,
                seconds=find_left_s(end_s, len(wanted_changes) - number),
                seed=seed,
            )
        except (InfeasibleError, SolverError):
            continue
        near = [*near[:1], solved]
        found = solved.choice
        points.append(
            FleetPoint(
                vehicle_type_id=vehicle_type_id,
                n_vehicles=n_now + change,
                paid_pence=found.evaluated_pence,
                fixed_pence=(n_now + change) * day_pence,
                is_proven=found.is_proven,
                bound_pence=found.bound_pence,
            )
        )
    return tuple(points)


def value_each(points: Sequence[FleetPoint]) -> tuple[VehicleValue, ...]:
    """Find what each further vehicle saves, as found and as proven.

    The least cost lies between a choice found and its bound; no vehicle makes the day dearer,
    so a bound holds for every smaller fleet too.

    Parameters
    ----------
    points
        By number of vehicles, from the fewest.
    """
    # From the largest fleet down, each with the greatest bound of those with more vehicles.
    bounds: list[int] = []
    for point in reversed(points):
        bounds.append(max(point.least_pence, *bounds[-1:]) if bounds else point.least_pence)
    bounds.reverse()
    values = []
    for i, (before, after) in enumerate(pairwise(points)):
        values.append(
            VehicleValue(
                n_vehicles=after.n_vehicles,
                saved_pence=before.paid_pence - after.paid_pence,
                least_saved_pence=max(0, bounds[i] - after.paid_pence),
                most_saved_pence=before.paid_pence - bounds[i + 1],
                cost_pence=after.fixed_pence - before.fixed_pence,
            )
        )
    return tuple(values)


def find_last_paying(points: Sequence[FleetPoint]) -> int | None:
    """Find the number of vehicles from which one more no longer saves what it costs a day.

    Only what is proven counts: None where the first vehicle that does not surely pay could, or
    where all of them pay.
    """
    for value in value_each(points):
        if value.most_saved_pence < value.cost_pence:
            return value.n_vehicles - 1
        if value.least_saved_pence < value.cost_pence:
            return None
    return None
