"""The process of one run: ``python -m benchmarks.child TOLD``, the job on standard input.

What it finds goes line by line into the file TOLD: first that the clock runs, then each better
cost, at last the figures and the plan. Reading, travel times, compiling and judging stand
outside the clock.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from inspect import signature
from pathlib import Path
from typing import Any

from benchmarks.families import find_family
from benchmarks.families.family import Family, Solution, Verdict
from benchmarks.job import NATIVE, Job, find_gap_pct, find_version, name_file, read_job
from benchmarks.plan_documents import build_document, read_document
from benchmarks.rivals import RIVALS, build_rival_model, find_rival
from data.errors import ModelError, WayfareError

MOST_POINTS = 240
MOST_BROKEN = 10


def main(told: Path) -> int:
    """Run the job on standard input."""
    job = read_job(sys.stdin.read())
    with told.open("w", encoding="utf-8") as file:

        def tell(line: dict[str, Any]) -> None:
            file.write(json.dumps(line, allow_nan=False) + "\n")
            file.flush()

        try:
            tell(do_job(job, tell, told.with_name(NATIVE)))
        except WayfareError as error:
            tell({"error": str(error), "exit_code": error.exit_code})
    return 0


def do_job(job: Job, tell: Callable[[dict[str, Any]], None], native: Path) -> dict[str, Any]:
    """Read, solve against the clock, judge; the last line of the process.

    Parameters
    ----------
    native
        Where a family with a plan format of its own writes the plan in it.
    """
    family = find_family(job.family)
    case = read_case(family, job)
    solve, relaxed = _prepare(family, case, job)
    curve: list[list[float]] = []
    wall_from, cpu_from = time.monotonic(), time.process_time()

    def on_better(_: float, better: Solution) -> None:
        # One clock for all engines, that of this process.
        point = [round(time.process_time() - cpu_from, 3), round(better.cost, 4)]
        curve.append(point)
        tell({"better": point})

    tell({"began": True})
    _limit_cpu(job)
    solution = solve(on_better)
    cpu_s, wall_s = time.process_time() - cpu_from, time.monotonic() - wall_from
    row: dict[str, Any] = {
        "cpu_s": round(cpu_s, 3),
        "wall_s": round(wall_s, 3),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "best_known": find_best_known(family, job),
        "relaxed": list(relaxed),
        "curve": _thin(curve),
    }
    if solution is None:
        row["ended"] = "no plan found"
        return {"row": row, "document": None}
    if job.bound_s > 0 and job.engine == "wayfare":
        row |= _find_bound(family, case, job, solution)
    about: dict[str, object] = {
        "family": job.family,
        "file": name_file(job),
        "engine": job.engine,
    }
    about |= {"seed": job.seed, "seconds": job.seconds, "threads": job.threads}
    about |= {"version": find_version(job.engine)}
    document = build_document(solution, about)
    if type(solution) is Solution:
        # Judged as a reader of the document would judge it.
        solution = read_document(json.loads(json.dumps(document)))
    write = getattr(family, "write_native", None)
    if write is not None:
        write(solution, native)
    verdict = family.judge(case, solution)
    row |= find_figures(solution, verdict, row["best_known"], row.get("bound"))
    return {"row": row, "document": document}


def find_figures(
    solution: Solution, verdict: Verdict, best_known: float | None, bound: float | None
) -> dict[str, Any]:
    """Find the figures of a judged solution; a broken plan has no gap to anything."""
    is_good = not verdict.violations
    bound = solution.bound if bound is None else bound
    cost = round(verdict.cost, 4)
    return {
        **dict(solution.extra),
        "cost": cost,
        "feasible": is_good,
        "violations": len(verdict.violations),
        "broken": list(verdict.violations[:MOST_BROKEN]),
        "gap_pct": find_gap_pct(cost, best_known) if is_good else None,
        "bound": bound,
        "proven_gap_pct": find_gap_pct(cost, bound) if is_good else None,
    }


def read_case(family: Family, job: Job) -> Any:
    """Read the case of a job with the options it asks for."""
    reader: Callable[..., Any] = family.read
    return reader(Path(job.file), **dict(job.options))


def find_best_known(family: Family, job: Job) -> float | None:
    """Find the best cost in print, of the case that the options make of the file."""
    find: Callable[..., float | None] = family.find_best_known
    known = signature(find).parameters
    return find(Path(job.file), **{k: v for k, v in job.options if k in known})


def _prepare(
    family: Family, case: Any, job: Job
) -> tuple[Callable[[Any], Solution | None], tuple[str, ...]]:
    """Make an engine ready, compiled and all; and name the rules it relaxes."""
    limits = {"seconds": job.seconds, "seed": job.seed, "threads": job.threads}
    if job.engine in RIVALS:
        try:
            model = build_rival_model(job.family, case)
            rival = find_rival(job.engine)
        except (ImportError, NotImplementedError) as error:
            raise ModelError(f"{job.engine} cannot run {job.family}: {error}") from error
        relaxed = (*rival.find_relaxed(model), *model.beyond)

        def solve_rival(on_better: Any) -> Solution | None:
            found = rival.solve(model, **limits, on_better=on_better)  # type: ignore[arg-type]
            if found is None:
                return None
            routes = found.routes if model.finish is None else model.finish(found.routes)
            n_used = sum(len(route.nodes) > 2 for route in found.routes)
            extra = (("vehicles", float(n_used)),)
            return Solution(routes=routes, cost=found.cost, extra=extra)

        return solve_rival, relaxed
    warm = getattr(family, "warm", None)
    if warm is not None:
        warm()
    else:
        # Kernels compile, or load, on first use.
        family.solve(case, seconds=0.01, seed=job.seed)
    return lambda on_better: family.solve(case, **limits, on_better=on_better), ()  # type: ignore[arg-type]


def _find_bound(family: Family, case: Any, job: Job, solution: Solution) -> dict[str, Any]:
    """Find a proven bound where the family knows how; its CPU time is counted apart."""
    find = getattr(family, "find_bound", None)
    if find is None:
        return {}
    began = time.process_time()
    bound = find(case, solution, seconds=job.bound_s, threads=job.threads)
    return {"bound": bound, "bound_cpu_s": round(time.process_time() - began, 2)}


def _limit_cpu(job: Job) -> None:
    """Have the system end this process if it goes far beyond its CPU time."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + job.cpu_limit_s) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def _thin(curve: list[list[float]]) -> list[list[float]]:
    """Keep the ends of a curve and evenly spread points between."""
    if len(curve) <= MOST_POINTS:
        return curve
    step = (len(curve) - 1) / (MOST_POINTS - 1)
    return [curve[round(k * step)] for k in range(MOST_POINTS)]


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
