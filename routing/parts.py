"""A county planned in parts, side by side, with other borders in every round.

Passengers are parted by where their sites lie, companions together; own vehicles, crews and
suppliers' vehicles are shared out, so that the parts' duties never need the same one and the
whole is a plan. In every later round the borders run another way: a duty that lies within one
part stays there with its vehicle and crew, and those that cross a border form a part of their
own, so that no seam stays and the cost of the whole never rises.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from data.costs import CostModel
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import DayType, Duty, Plan, SearchRecord
from routing.lots import Cards, find_earned_by, find_lots, take_discounts
from routing.optimise import name_plan, optimise
from routing.parting import Part, build_parts
from routing.progress import Progress, ProgressReport
from routing.repair_day import RepairDay

PART_PASSENGERS = 700
"""Passengers of a part: enough for good routes, few enough to search well."""
FIRST_S = 1.5
"""Search time of each part in the first round, so that a whole plan stands early. [s]"""
LEAST_ROUND_S = 8.0
"""Least search time of a part in a later round. [s]"""
MOST_ROUNDS = 8
FILLED = 0.7
"""Share of the workers' time that parts are given: they end at different times, and building
problems and proving duties take time beside the search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartLimit:
    """How long a part is searched, by time or by steps. [s]"""

    seconds: float | None
    steps: int | None
    seed: int


def optimise_parts(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    *,
    day_type: DayType,
    service_date: date | None = None,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    n_workers: int = 2,
    start: Plan | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_better: Callable[[Plan], None] | None = None,
    part_passengers: int = PART_PASSENGERS,
    cluster: str = "",
) -> Plan:
    """Plan one day type of a large council in parts, in parallel.

    Parameters
    ----------
    seconds
        Wall time; the first whole plan may need more. [s]
    steps
        Search steps over all parts and rounds; makes the plan repeatable, whatever the number
        of workers.
    n_workers
        Processes on this machine.
    start
        A plan whose duties the parts start from, as far as they still hold.
    on_better
        Given every whole plan, each cheaper than the one before.
    cluster
        Address of a Dask scheduler to send the parts to, in place of this machine's processes.

    Returns
    -------
    Plan whose ``cost_pence`` is the sum of its parts' exact money.

    Raises
    ------
    SolverError
        If a solver fails or contradicts itself.
    """
    began_s = time.monotonic()
    n_parts = max(1, round(len(inputs.passengers) / part_passengers))
    rounds = _find_rounds(n_parts, n_workers, seconds, steps)
    best: Plan | None = None
    used_steps, used_cpu_s = 0, 0.0
    limit = "steps" if steps is not None else "seconds"
    for number in range(rounds + MOST_ROUNDS):
        if number >= rounds and not _has_time(began_s, seconds):
            break
        if best is not None and _is_over(began_s, seconds, should_stop):
            limit = "interrupted" if should_stop is not None and should_stop() else limit
            break
        if progress is not None:
            used_s = time.monotonic() - began_s
            progress(
                ProgressReport(
                    stage=f"round {number + 1}: {n_parts} parts",
                    seconds_used=used_s,
                    seconds_left=None if seconds is None else max(0.0, seconds - used_s),
                    best_cost_pence=None if best is None else best.cost_pence,
                    n_unserved=0 if best is None else len(best.unserved),
                )
            )
        # A plan given as a start may not fit these inputs whole: it is searched from, not kept.
        cards = _find_cards(cost_model, best or start)
        priced = replace(take_discounts(cost_model, cards), discounted=None)
        parts = build_parts(inputs, matrix, priced, best or start, n_parts, number)
        left_s = None if seconds is None else seconds - (time.monotonic() - began_s)
        limits = [
            _share_limit(parts, k, number, rounds, n_workers, left_s, steps, seed)
            for k in range(len(parts))
        ]
        plans = _run(parts, limits, day_type, n_workers, cluster)
        used_steps += sum(plan.search.steps for plan in plans)
        used_cpu_s += sum(plan.search.cpu_s for plan in plans)
        found = join_plans(inputs, matrix, day_type, service_date, plans)
        if find_earned_by(cost_model, found.duties) != cards:
            found = replace(found, cost_pence=_price_earned(inputs, matrix, cost_model, found))
        if best is None or _is_better(found, best):
            best = found
            if on_better is not None:
                on_better(
                    _stamp(found, seed, used_steps, used_cpu_s, limit, began_s, n_workers)
                )
    assert best is not None  # noqa: S101
    return _stamp(best, seed, used_steps, used_cpu_s, limit, began_s, n_workers)


def _find_cards(model: CostModel, plan: Plan | None) -> Cards:
    """Find the lot discounts that a round assumes: all at first, then what the plan earned."""
    if plan is None:
        return frozenset(find_lots(model))
    return find_earned_by(model, plan.duties)


def _price_earned(
    inputs: Inputs, matrix: TravelMatrix, cost_model: CostModel, plan: Plan
) -> int:
    """Price a plan by the lot discounts it has earned, as a whole and not by parts. [pence]"""
    prices = RepairDay(plan, inputs, matrix, cost_model, {}, {}).price_day(plan.duties)
    return sum(pence or 0 for pence in prices.values())


def _has_time(began_s: float, seconds: float | None) -> bool:
    """Whether a round more than was reckoned with still fits."""
    left_s = 0.0 if seconds is None else seconds - (time.monotonic() - began_s)
    return left_s >= 2 * LEAST_ROUND_S


def _is_over(
    began_s: float, seconds: float | None, should_stop: Callable[[], bool] | None
) -> bool:
    if should_stop is not None and should_stop():
        return True
    return seconds is not None and time.monotonic() - began_s >= seconds - 1.0


def _is_better(found: Plan, best: Plan) -> bool:
    """Whether a plan leaves fewer journeys, or costs less with as few left."""
    return (len(found.unserved), found.cost_pence or 0) < (
        len(best.unserved),
        best.cost_pence or 0,
    )


def _find_rounds(n_parts: int, n_workers: int, seconds: float | None, steps: int | None) -> int:
    """Find how many rounds there is time for."""
    if n_parts == 1:
        return 1
    if seconds is None:
        return 1 if steps is None else 3
    each_s = LEAST_ROUND_S * math.ceil(n_parts / max(1, n_workers))
    return 1 + min(MOST_ROUNDS, max(0, int(seconds / (1.5 * each_s))))


def _share_limit(
    parts: Sequence[Part],
    k: int,
    number: int,
    rounds: int,
    n_workers: int,
    left_s: float | None,
    steps: int | None,
    seed: int,
) -> PartLimit:
    """Find the limit of one part: its share of the round, the first round being short."""
    share = parts[k].n_journeys / max(1, sum(p.n_journeys for p in parts))
    part_seed = seed * 1_000 + number * 100 + k
    if steps is not None:
        return PartLimit(
            seconds=None, steps=max(1, round(steps * share / rounds)), seed=part_seed
        )
    if left_s is None:
        return PartLimit(seconds=None, steps=None, seed=part_seed)
    if number == 0 and rounds > 1:
        return PartLimit(seconds=FIRST_S, steps=None, seed=part_seed)
    round_s = FILLED * left_s / max(1, rounds - number) * min(n_workers, len(parts))
    return PartLimit(seconds=max(FIRST_S, round_s * share), steps=None, seed=part_seed)


def _run(
    parts: Sequence[Part],
    limits: Sequence[PartLimit],
    day_type: DayType,
    n_workers: int,
    cluster: str,
) -> list[Plan]:
    """Plan parts in processes, here or on a cluster."""
    from joblib import Parallel, delayed, parallel_config

    # the longest first, so that no worker begins one when the others are done
    order = sorted(range(len(parts)), key=lambda k: (-parts[k].n_journeys, k))
    place = sorted(range(len(parts)), key=lambda k: order[k])
    tasks = [delayed(plan_part)(parts[k], limits[k], day_type) for k in order]
    if cluster:
        from distributed import Client

        with Client(cluster), parallel_config(backend="dask"):
            found = list(Parallel()(tasks))
        return [found[k] for k in place]
    if n_workers == 1 or len(parts) == 1:
        return [
            plan_part(part, limit, day_type) for part, limit in zip(parts, limits, strict=True)
        ]
    found = list(Parallel(n_jobs=n_workers, backend="loky")(tasks))
    return [found[k] for k in place]


def plan_part(part: Part, limit: PartLimit, day_type: DayType) -> Plan:
    """Plan one part with one thread."""
    return optimise(
        part.inputs,
        part.matrix,
        part.cost_model,
        day_type=day_type,
        seconds=limit.seconds,
        steps=limit.steps,
        seed=limit.seed,
        n_workers=1,
        start=part.start,
    )


def join_plans(
    inputs: Inputs,
    matrix: TravelMatrix,
    day_type: DayType,
    service_date: date | None,
    plans: Sequence[Plan],
) -> Plan:
    """Join the plans of parts into one, its duties numbered anew."""
    duties: list[Duty] = []
    for plan in plans:
        for duty in plan.duties:
            duty_id = f"D{len(duties) + 1:04d}"
            routes = tuple(
                replace(route, route_id=f"{duty_id}-{route.session}-{k + 1}")
                for k, route in enumerate(duty.routes)
            )
            duties.append(replace(duty, duty_id=duty_id, routes=routes))
    unserved = sorted(
        (u for plan in plans for u in plan.unserved), key=lambda u: (u.session, u.passenger_id)
    )
    whole = Plan(
        plan_id="",
        place=inputs.place,
        day_type=day_type,
        service_date=service_date,
        duties=tuple(duties),
        unserved=tuple(unserved),
        cost_pence=sum(plan.cost_pence or 0 for plan in plans),
        flags=matrix.flags,
    )
    return replace(whole, plan_id=name_plan(whole))


def _stamp(
    plan: Plan,
    seed: int,
    steps: int,
    cpu_s: float,
    limit: str,
    began_s: float,
    n_workers: int,
) -> Plan:
    """Give a plan the record of its search; the CPU time is that of all parts together."""
    wall_s = 0.0 if limit == "steps" else round(time.monotonic() - began_s, 3)
    record = SearchRecord(
        seed=seed,
        steps=steps,
        limit=limit,
        cpu_s=0.0 if limit == "steps" else round(cpu_s, 3),
        wall_s=wall_s,
        n_workers=n_workers,
    )
    return replace(plan, search=record)
