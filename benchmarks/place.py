"""Whole weeks of a sample place: ``python -m benchmarks place southend --seconds 60``.

Each seed runs in a process of its own, so that nothing is shared but compiled kernels. Inputs
and travel times are made before the clock starts; pricing and checking come after it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

PLACES = ("southend", "rutland", "grid", "newport")


def read_seeds(text: str) -> tuple[int, ...]:
    """Read seeds as written: ``1-3``, ``1,5,9`` or ``2-4,8``.

    Examples
    --------
    >>> read_seeds("1-3"), read_seeds("2-3,8")
    ((1, 2, 3), (2, 3, 8))
    """
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds += range(int(first), int(last or first) + 1)
    if not seeds or min(seeds) < 0:
        raise ValueError(f"no seeds in {text!r}")
    return tuple(seeds)


def measure_place(
    place: str, *, seconds: float | None, steps: int | None, seed: int, n_workers: int = 2
) -> dict[str, object]:
    """Plan a place's week once; figures of the service date as the exact price has them.

    Parameters
    ----------
    seconds
        Wall time of the search. [s]
    """
    from cli.compiling import compile_kernels, is_compiled
    from costing import build_cost_model
    from data.samples import build_sample
    from data.versions import find_code_version
    from routing import build_sample_network, check_timetable, optimise_timetable
    from scenarios import build_case_matrix, price_exactly

    inputs = build_sample(place)
    matrix = build_case_matrix(inputs, build_sample_network(place))
    model = build_cost_model(inputs, inputs.service_date)
    if not is_compiled():
        compile_kernels()
    wall_from, cpu_from = time.monotonic(), time.process_time()
    timetable = optimise_timetable(
        inputs, matrix, model, seconds=seconds, steps=steps, seed=seed, n_workers=n_workers
    )
    wall_s, cpu_s = time.monotonic() - wall_from, time.process_time() - cpu_from
    found = check_timetable(timetable, inputs, matrix)
    plan, _, gap_pence = price_exactly(timetable.plans[0], inputs, inputs.service_date)
    return {
        "place": place,
        "seed": seed,
        "seconds": seconds,
        "steps": steps,
        "cpu_s": round(cpu_s, 2),
        "wall_s": round(wall_s, 2),
        "cost_pence": plan.cost_pence,
        "unserved": len({u.passenger_id for u in plan.unserved}),
        "violations": len(found.violations),
        "routes": len(plan.routes),
        "duties": len(plan.duties),
        "objective_gap_pence": gap_pence,
        "plan_id": plan.plan_id,
        "code_version": find_code_version(),
    }


def main(arguments: Sequence[str], show: Callable[[str], None] = print) -> int:
    """Run every seed asked for; 1 if a plan breaks a rule or its cost is not exact."""
    parser = argparse.ArgumentParser(prog="benchmarks place", description=__doc__)
    parser.add_argument("place", choices=PLACES)
    limits = parser.add_mutually_exclusive_group()
    limits.add_argument("--seconds", type=float, help="wall time of a search (60)")
    limits.add_argument("--steps", type=int, help="steps of a search instead of its time")
    parser.add_argument("--seeds", type=read_seeds, default=(1, 2, 3), help="e.g. 1-3")
    parser.add_argument("--json", action="store_true", help="one JSON line a run")
    parser.add_argument("--here", action="store_true", help="run in this process")
    given = parser.parse_args(arguments)
    seconds = 60.0 if given.seconds is None and given.steps is None else given.seconds
    is_bad = False
    for seed in given.seeds:
        if given.here:
            row = measure_place(given.place, seconds=seconds, steps=given.steps, seed=seed)
        else:
            limit = (
                ["--steps", str(given.steps)] if given.steps else ["--seconds", str(seconds)]
            )
            command = [sys.executable, "-m", "benchmarks", "place", given.place, *limit]
            command += ["--seeds", str(seed), "--json", "--here"]
            done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True)
            if not done.stdout:
                return 1
            row = json.loads(done.stdout.splitlines()[-1])
        is_bad = is_bad or bool(row["violations"]) or bool(row["objective_gap_pence"])
        if given.json:
            show(json.dumps(row))
        else:
            pounds = int(str(row["cost_pence"])) // 100
            show(
                f"{row['place']:<9} seed {row['seed']:<3} £{pounds:>7,} a day  "
                f"{row['unserved']} unserved  {row['routes']} routes  {row['duties']} duties  "
                f"{row['violations']} violations  {row['cpu_s']} s CPU  {row['wall_s']} s"
            )
    return int(is_bad)
