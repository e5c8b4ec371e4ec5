"""The one door of the families: words to jobs, jobs to lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.families import MODULES, find_family, is_there
from benchmarks.job import Job, name_file, run_job
from benchmarks.ledger import add_row, find_job_key, find_key, read_rows
from benchmarks.plan_documents import write_plan
from data.errors import InputError, Problem, WayfareError

ENGINES = ("wayfare", "ortools", "pyvrp", "vroom")
PLACES = ("southend", "rutland", "grid", "newport")
Show = Callable[[str], None]


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


def read_engines(text: str) -> tuple[str, ...]:
    """Read engines as written, e.g. ``wayfare,vroom``."""
    engines = tuple(part.strip() for part in text.split(",") if part.strip())
    if not engines or not set(engines) <= set(ENGINES):
        raise ValueError(f"engines are {', '.join(ENGINES)}; found {text!r}")
    return engines


def build_parser(family: str) -> argparse.ArgumentParser:
    """Build the reader of a family's words."""
    parser = argparse.ArgumentParser(prog=f"benchmarks {family}")
    if family == "place":
        parser.add_argument("files", choices=PLACES, nargs="+", metavar="PLACE")
    elif family == "county":
        parser.add_argument("--passengers", type=int, default=6_000)
        parser.add_argument("--sites", type=int, default=300)
        parser.add_argument("--place", choices=PLACES, default="rutland", help="its roads")
    else:
        parser.add_argument("files", nargs="+", metavar="FILE")
    if family == "school-bus":
        parser.add_argument("--ride-cap", type=int, help="longest ride [s] (2700)")
    if family in ("place", "county"):
        parser.add_argument("--steps", type=int, help="steps of the search, not seconds")
    parser.add_argument("--engine", type=read_engines, action="append", help="(wayfare)")
    parser.add_argument("--seconds", type=float, default=60.0, help="CPU s of a thread (60)")
    parser.add_argument("--seeds", type=read_seeds, default=(1,), help="e.g. 1-5 (1)")
    parser.add_argument("--threads", type=int, choices=(1, 2), default=1)
    parser.add_argument("--bound", type=float, default=0.0, help="CPU s for a proven bound")
    parser.add_argument("--json", action="store_true", help="one JSON line a run")
    parser.add_argument("--plans", type=Path, metavar="FOLDER", help="write each plan there")
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="skip what stands there")
    return parser


def build_jobs(family: str, given: argparse.Namespace) -> list[Job]:
    """Build the jobs that the words ask for: all engines of a file side by side."""
    options: list[tuple[str, float | str]] = []
    files = [str(f) for f in getattr(given, "files", ())]
    if family == "county":
        files = [f"{given.place}-{given.passengers}-{given.sites}"]
    if getattr(given, "ride_cap", None) is not None:
        files = [f"{file}@{given.ride_cap}" for file in files]
    if getattr(given, "steps", None) is not None:
        options.append(("steps", float(given.steps)))
    engines = [e for part in given.engine or [("wayfare",)] for e in part]
    return [
        Job(
            family=family,
            file=file,
            engine=engine,
            seed=seed,
            seconds=given.seconds,
            threads=given.threads,
            options=tuple(options),
            bound_s=given.bound,
        )
        for file in files
        for seed in given.seeds
        for engine in dict.fromkeys(engines)
    ]


def main(
    family: str, words: Sequence[str], show: Show = print, warn: Show | None = None
) -> int:
    """Run a family's jobs.

    Returns
    -------
    0; 1 if a plan of wayfare breaks a rule or there is none; 30 for malformed files (nothing is
    run), 35 for infeasible ones.
    """
    warn = warn or _warn
    given = build_parser(family).parse_args(list(words))
    if not is_there(family):
        warn(f"the family {family} is not there yet")
        return 2
    jobs = build_jobs(family, given)
    code = check_files(jobs, warn)
    if code:
        return code
    return run_jobs(
        jobs, show=show, warn=warn, ledger=given.ledger, plans=given.plans, is_json=given.json
    )


def check_files(jobs: Iterable[Job], warn: Show) -> int:
    """Read every file once before anything runs; one report of all that is wrong."""
    problems: list[Problem] = []
    cases = dict.fromkeys((j.family, j.file, j.options) for j in jobs)
    impossible: list[str] = []
    for family, file, options in cases:
        if family in ("place", "county"):
            continue
        reader: Callable[..., Any] = find_family(family).read
        try:
            reader(Path(file), **dict(options))
        except InputError as error:
            problems += error.problems
        except WayfareError as error:
            impossible.append(f"{Path(file).name}: {error}")
    if problems:
        warn(str(InputError(problems)))
        return InputError.exit_code
    if impossible:
        warn("\n".join(impossible))
        return 35
    return 0


def run_jobs(
    jobs: Sequence[Job],
    *,
    show: Show,
    warn: Show,
    ledger: Path | None = None,
    plans: Path | None = None,
    is_json: bool = False,
    is_older_good: bool = False,
) -> int:
    """Run jobs one after the other, but for those that stand in the ledger."""
    code = 0
    done = set()
    if ledger is not None:
        rows = read_rows([ledger])
        done = {find_key(row, with_version=not is_older_good) for row in rows}
    for job in jobs:
        if ledger is not None and find_job_key(job, with_version=not is_older_good) in done:
            continue
        result = run_job(job)
        if "error" in result:
            warn(f"{name_file(job)} ({job.engine}): {result['error']}")
            code = max(code, int(result["exit_code"]))
            continue
        row, document = result["row"], result["document"]
        if ledger is not None:
            add_row(ledger, row)
        if plans is not None and document is not None:
            name = f"{job.family}-{name_file(job)}-{job.engine}-{job.seed}".replace(" ", "-")
            write_plan(document, plans / f"{name}.json")
            if result["native"] is not None:
                (plans / f"{name}.plan.json").write_text(result["native"], encoding="utf-8")
        show(json.dumps(row, allow_nan=False) if is_json else describe_row(row))
        if job.engine == "wayfare" and not row["feasible"]:
            code = max(code, 1)
    return code


def describe_row(row: dict[str, Any]) -> str:
    """Describe a run in one line for a person."""

    def figure(value: float | None, form: str) -> str:
        return "-" if value is None else format(value, form)

    text = (
        f"{row['file']:<24} {row['engine']:<8} seed {row['seed']:<3} "
        f"{figure(row['cost'], ',.2f'):>12}  gap {figure(row['gap_pct'], '.2f'):>6} %  "
        f"proven {figure(row['proven_gap_pct'], '.2f'):>6} %  "
        f"{figure(row['cpu_s'], '.1f'):>6} s CPU"
    )
    if row["ended"]:
        return f"{text}  {row['ended']}"
    if not row["feasible"]:
        return f"{text}  {row['violations']} violations, first: {row['broken'][0]}"
    return text


def judge(words: Sequence[str], show: Show = print, warn: Show | None = None) -> int:
    """Judge a plan somebody made: ``judge FAMILY FILE PLAN``; 1 if it breaks a rule."""
    from benchmarks.plan_documents import read_plan

    parser = argparse.ArgumentParser(prog="benchmarks judge")
    parser.add_argument("family", choices=[f for f in MODULES if f not in ("place", "county")])
    parser.add_argument("file", type=Path)
    parser.add_argument("plan", type=Path)
    given = parser.parse_args(list(words))
    family = find_family(given.family)
    try:
        verdict = family.judge(family.read(given.file), read_plan(given.plan))
    except WayfareError as error:
        (warn or _warn)(str(error))
        return error.exit_code
    show(f"cost {verdict.cost:,.4f}; {len(verdict.violations)} violations")
    for broken in verdict.violations:
        show(broken)
    return int(bool(verdict.violations))


def _warn(text: str) -> None:
    print(text, file=sys.stderr)
