"""Repairs of a sample place's plan: ``python -m benchmarks repair southend --each 8``.

A plan is made, then changed inputs are drawn: leavers, starters, moves of home, new needs,
vehicles off the road, each alone, and many at once. Every repair is checked, and priced anew
by the exact price; CPU seconds are of the repair alone, the checker in it counted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from benchmarks.families.place import PlaceCase, build_place_case
from data.changes import Repair
from data.errors import InfeasibleError
from data.inputs import Inputs
from data.passengers import AssistantNeed, Passenger, Wheelchair
from data.plans import Plan

Change = Callable[[Inputs, Plan, np.random.Generator], Inputs]


def _draw_rider(inputs: Inputs, plan: Plan, draw: np.random.Generator) -> str:
    """Draw somebody whom the plan carries and who has no fixed companions."""
    people = {p.passenger_id: p for p in inputs.passengers}
    riders = sorted({p for route in plan.routes for p in route.passenger_ids if p in people})
    free = [p for p in riders if not people[p].together_with and not people[p].assistant_id]
    return free[int(draw.integers(len(free)))]


def let_leave(inputs: Inputs, plan: Plan, draw: np.random.Generator) -> Inputs:
    """Let somebody travel no more."""
    gone = _draw_rider(inputs, plan, draw)
    return replace(inputs, demands=tuple(d for d in inputs.demands if d.passenger_id != gone))


def move_home(inputs: Inputs, plan: Plan, draw: np.random.Generator) -> Inputs:
    """Let somebody move to where somebody else lives, anywhere in the place."""
    mover = _draw_rider(inputs, plan, draw)
    others = [h.place_id for h in inputs.homes if h.passenger_id != mover]
    place_id = others[int(draw.integers(len(others)))]
    return replace(
        inputs,
        homes=tuple(
            replace(h, place_id=place_id) if h.passenger_id == mover else h
            for h in inputs.homes
        ),
    )


def give_need(inputs: Inputs, plan: Plan, draw: np.random.Generator) -> Inputs:
    """Give somebody a need: an assistant, a wheelchair to stay in, or to travel alone."""
    person, kind = _draw_rider(inputs, plan, draw), int(draw.integers(3))

    def change(p: Passenger) -> Passenger:
        if p.passenger_id != person:
            return p
        if kind == 0:
            return replace(p, assistant=AssistantNeed.ONE_TO_ONE)
        if kind == 1:
            return replace(p, wheelchair=Wheelchair.STAYS, needs_lift=True)
        return replace(p, travels_alone=True)

    return replace(inputs, passengers=tuple(change(p) for p in inputs.passengers))


def take_vehicle(inputs: Inputs, plan: Plan, draw: np.random.Generator) -> Inputs:
    """Take an own vehicle that the plan uses off the road."""
    there = {v.vehicle_id for v in inputs.vehicles}
    used = sorted({d.vehicle_id for d in plan.duties if d.vehicle_id in there})
    if not used:
        return inputs
    gone = used[int(draw.integers(len(used)))]
    return replace(inputs, vehicles=tuple(v for v in inputs.vehicles if v.vehicle_id != gone))


CHANGES: dict[str, Change] = {
    "leaver": let_leave,
    "move": move_home,
    "new need": give_need,
    "vehicle gone": take_vehicle,
}
"""Kinds of change that are drawn; a starter is a leaver who comes back."""


def make_plan(case: PlaceCase, *, seconds: float, seed: int) -> Plan:
    """Make the plan that is repaired."""
    from data.demand import find_day_type
    from routing import optimise, optimise_parts

    on = case.inputs.service_date
    day_type = find_day_type(case.inputs, on)
    if day_type is None:
        raise InfeasibleError("no site is open on the service date: nothing to plan.")
    plan = optimise if len(case.inputs.passengers) <= 1_500 else optimise_parts
    return plan(
        case.inputs,
        case.matrix,
        case.model,
        day_type=day_type,
        service_date=on,
        seconds=seconds,
        seed=seed,
    )


def repair_once(case: PlaceCase, inputs: Inputs, plan: Plan) -> tuple[Repair, float]:
    """Repair a plan for changed inputs; the CPU seconds that took."""
    from costing import build_cost_model
    from routing import find_violations, repair_plan

    model = build_cost_model(inputs, inputs.service_date)
    began = time.process_time()
    found = repair_plan(plan, inputs, case.matrix, model, judge=find_violations)
    return found, time.process_time() - began


def judge_repair(case: PlaceCase, inputs: Inputs, found: Repair) -> tuple[int, int]:
    """Count broken rules, and pence between the repair's cost and the exact price."""
    from costing import price_plan, total_cost_pence
    from routing import check_plan

    lines = price_plan(found.plan, inputs, inputs.service_date)
    report = check_plan(found.plan, inputs, case.matrix, lines=lines)
    off_pence = total_cost_pence(lines) - (found.plan.cost_pence or 0)
    return len(report.violations), abs(off_pence)


def measure_kind(
    case: PlaceCase, plan: Plan, kind: str, *, n_times: int, n_changes: int, seed: int
) -> dict[str, object]:
    """Measure repairs of one kind, or of all kinds mixed, with so many changes each."""
    kinds = list(CHANGES)
    rows: list[tuple[float, int, int, int, int, int]] = []
    for number in range(n_times):
        draw = np.random.default_rng([seed, number, *kind.encode()])
        inputs, given = case.inputs, plan
        for n in range(n_changes):
            name = kinds[n % len(kinds)] if kind == "mixed" else kind
            way = CHANGES["leaver" if name == "starter" else name]
            inputs = way(inputs, plan, draw)
        if kind == "starter":
            given, inputs = repair_once(case, inputs, plan)[0].plan, case.inputs
        found, cpu_s = repair_once(case, inputs, given)
        n_broken, off_pence = judge_repair(case, inputs, found)
        changed = {c.passenger_id for c in found.changes}
        others = {d.passenger_id for d in found.disturbances} - changed
        rows.append(
            (
                cpu_s,
                len(found.duties),
                n_broken,
                off_pence,
                len(found.plan.unserved) - len(given.unserved),
                len(others),
            )
        )
    columns = list(zip(*rows, strict=True))
    duties = sorted(int(n) for n in columns[1])
    return {
        "kind": kind,
        "changes": n_changes,
        "times": n_times,
        "cpu_s_mean": round(sum(columns[0]) / n_times, 2),
        "cpu_s_most": round(max(columns[0]), 2),
        "duties_changed": duties if n_changes == 1 else duties[-1],
        "at_most_2": sum(n <= 2 for n in duties),
        "violations": sum(columns[2]),
        "pence_off": sum(columns[3]),
        "more_unserved": sum(columns[4]),
        "others_disturbed_most": max(columns[5]),
    }


def main(words: Sequence[str] | None = None) -> int:
    """Make a plan, repair it for each kind of change, and print a line of JSON for each."""
    parser = argparse.ArgumentParser(prog="benchmarks repair")
    parser.add_argument("place", nargs="?", default="southend")
    parser.add_argument("--passengers", type=int, default=None)
    parser.add_argument("--sites", type=int, default=None)
    parser.add_argument("--seconds", type=float, default=60.0, help="wall time of the plan")
    parser.add_argument("--each", type=int, default=8, help="repairs of each kind")
    parser.add_argument("--many", type=int, default=300, help="changes at once; 0 for none")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(words)
    case = build_place_case(given.place, n_passengers=given.passengers, n_sites=given.sites)
    plan = make_plan(case, seconds=given.seconds, seed=given.seed)
    facts = {
        "place": given.place,
        "passengers": len(case.inputs.passengers),
        "duties": len(plan.duties),
        "routes": len(plan.routes),
        "cost_pence": plan.cost_pence,
        "unserved": len(plan.unserved),
    }
    print(json.dumps(facts), flush=True)
    jobs = [(kind, given.each, 1) for kind in (*CHANGES, "starter") if given.each]
    jobs += [("mixed", 1, given.many)] if given.many else []
    is_sound = True
    for kind, n_times, n_changes in jobs:
        row = measure_kind(
            case, plan, kind, n_times=n_times, n_changes=n_changes, seed=given.seed
        )
        is_sound = is_sound and not row["violations"] and not row["pence_off"]
        print(json.dumps(row), flush=True)
    return 0 if is_sound else 1
