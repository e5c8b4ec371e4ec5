"""The full pass: ``python -m benchmarks pass``, stopped and taken up again at any time.

wayfare runs on all files with seeds 1 to 5, the rivals on a panel of twelve with seeds 1 and
2, the county once for an hour. Files are those shipped; ``--instances`` names a folder with
more, laid out in the same way.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.door import read_engines, read_seeds, run_jobs
from benchmarks.job import Job

SHIPPED = Path(__file__).with_name("instances")
RESULTS = Path(__file__).with_name("results")
PATTERNS = {
    "darp": ("darp/*.txt",),
    "pdptw": ("pdptw/*.txt",),
    "hvrp": ("hvrp/*.txt", "hvrp/HFVRP/*.txt"),
    "school-bus": ("school_bus/*/Stops.txt", "school_bus/input/*/Stops.txt"),
    "send-day": ("send_day/*/travel.npz",),
}
PANEL = (
    *(("darp", name) for name in ("a4-48.txt", "b8-96.txt", "R1a.txt", "R6b.txt")),
    *(("pdptw", name) for name in ("lc101.txt", "lr103.txt", "lrc105.txt")),
    *(("hvrp", name) for name in ("HVRP13.txt", "HVRP20.txt")),
    *(("school-bus", name) for name in ("RSRB01", "CSCB02")),
    ("send-day", "day_0100_08"),
)
"""Family and name of the files that rivals run on."""
COUNTY = "rutland-6000-300"
COUNTY_S = 3_600.0
RIVALS = ("ortools", "pyvrp", "vroom")


def find_files(folders: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Find every file of every family; the first folder that has a name gives it."""
    seen: set[tuple[str, str]] = set()
    for folder in folders:
        for family, patterns in PATTERNS.items():
            for pattern in patterns:
                for path in sorted(folder.glob(pattern)):
                    file = (
                        path
                        if path.suffix == ".txt" and "school" not in family
                        else path.parent
                    )
                    if (family, file.name) not in seen:
                        seen.add((family, file.name))
                        yield family, file


def build_pass(
    folders: Sequence[Path], *, seconds: float, engines: Sequence[str], seeds: Sequence[int]
) -> list[Job]:
    """Build the jobs of a pass, the panel first, so that a stopped pass shows most."""
    files = list(find_files(folders))
    panel = [(f, p) for f, p in files if (f, p.name) in PANEL]
    jobs: list[Job] = []

    def add(chosen: list[tuple[str, Path]], engine: str, given: Sequence[int]) -> None:
        if engine in engines:
            jobs.extend(
                Job(family=f, file=str(p), engine=engine, seed=s, seconds=seconds)
                for s in given
                for f, p in chosen
                # Those that know no ride limit have nothing to say of school buses.
                if f != "school-bus" or engine in ("wayfare", "ortools")
            )

    for seed in seeds[:2]:
        for engine in ("wayfare", *RIVALS):
            add(panel, engine, (seed,))
    for seed in seeds:
        add(
            [pair for pair in files if seed not in seeds[:2] or pair not in panel],
            "wayfare",
            (seed,),
        )
    if "wayfare" in engines:
        jobs.append(
            Job(
                family="county",
                file=COUNTY,
                engine="wayfare",
                seed=1,
                seconds=COUNTY_S,
                threads=2,
            )
        )
    return jobs


def main(words: Sequence[str], show: Callable[[str], None] = print) -> int:
    """Run what of the pass is not in the ledger yet."""
    parser = argparse.ArgumentParser(prog="benchmarks pass", description=__doc__)
    today = datetime.now(UTC).date().isoformat()
    parser.add_argument("--instances", type=Path, action="append", default=[], metavar="FOLDER")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", type=read_seeds, default=(1, 2, 3, 4, 5))
    parser.add_argument("--engine", type=read_engines, default=("wayfare", *RIVALS))
    parser.add_argument("--ledger", type=Path, default=RESULTS / f"{today}-pass.jsonl")
    parser.add_argument("--only", action="append", metavar="FAMILY", help="of these families")
    parser.add_argument("--panel", action="store_true", help="the panel's files only")
    parser.add_argument(
        "--keep", action="store_true", help="runs of older code stand as done too"
    )
    parser.add_argument("--list", action="store_true", help="only say what would be run")
    given = parser.parse_args(list(words))
    jobs = build_pass(
        [SHIPPED, *given.instances],
        seconds=given.seconds,
        engines=given.engine,
        seeds=given.seeds,
    )
    if given.only:
        jobs = [job for job in jobs if job.family in given.only]
    if given.panel:
        jobs = [job for job in jobs if (job.family, Path(job.file).name) in PANEL]
    if given.list:
        for job in jobs:
            show(
                f"{job.family} {Path(job.file).name} {job.engine} {job.seed} {job.seconds:g} s"
            )
        return 0
    return run_jobs(jobs, show=show, warn=show, ledger=given.ledger, is_older_good=given.keep)
