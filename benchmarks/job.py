"""One run in a process of its own, ended by force if it does not end by itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SETUP_WALL_S = 1_200.0
"""Most wall time for reading, travel times and compiling before the clock starts. [s]"""
NATIVE = "native.json"
"""The plan in its family's own format, beside what the process told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one run is asked to do.

    Attributes
    ----------
    file
        Path of the file or folder, or the name of a place.
    seconds
        CPU time of one thread; of each thread where there are two. [s]
    options
        Settings of the family's reader, e.g. the ride cap of school buses.
    bound_s
        CPU time for a proven bound after the search, outside its clock; 0 for none. [s]
    """

    family: str
    file: str
    engine: str
    seed: int
    seconds: float
    threads: int = 1
    options: tuple[tuple[str, float | str], ...] = field(default=())
    bound_s: float = 0.0

    @property
    def wall_limit_s(self) -> float:
        """Wall time after which the run is ended: a busy machine gives a sixth of its time."""
        return 6.0 * (self.seconds + self.bound_s) + 60.0

    @property
    def cpu_limit_s(self) -> float:
        """CPU time after which the run is ended. [s]"""
        return 1.25 * self.threads * (self.seconds + self.bound_s) + 60.0


def read_job(text: str) -> Job:
    """Read a job that `write_job` wrote."""
    given = json.loads(text)
    given["options"] = tuple((k, v) for k, v in given["options"])
    return Job(**given)


def write_job(job: Job) -> str:
    """Write a job as JSON."""
    return json.dumps(asdict(job))


def find_version(engine: str) -> str:
    """Find what exactly an engine is: our code's fingerprint, or a library's release."""
    from benchmarks.rivals import RIVALS, find_rival_version
    from data.versions import find_code_version

    return find_rival_version(engine) if engine in RIVALS else find_code_version()


def run_job(job: Job) -> dict[str, Any]:
    """Run a job in its own process.

    Returns
    -------
    Keys ``row`` (the figures), ``document`` (the plan, or None) and ``native`` (the text of the
    plan in its family's own format, or None); or ``error``, ``exit_code`` where the file turned
    out to be malformed or infeasible.
    """
    row = find_empty_row(job)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        told = Path(folder) / "told.jsonl"
        words = [sys.executable, "-m", "benchmarks.child", str(told)]
        began = time.monotonic()
        with (Path(folder) / "said.txt").open("w+b") as said:
            # Its own group, so that whatever it starts ends with it.
            child = subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
                stdout=said,
                stderr=said,
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,
            )
            try:
                assert child.stdin is not None  # noqa: S101
                child.stdin.write(write_job(job).encode())
                child.stdin.close()
                why = _wait(child, told, job)
            finally:
                if child.poll() is None:
                    os.killpg(child.pid, signal.SIGKILL)
                    child.wait()
            said.seek(0)
            words_said = said.read().decode(errors="replace")
        lines = _read_lines(told)
        native = told.with_name(NATIVE)
        own_format = native.read_text(encoding="utf-8") if native.exists() else None
    result = next((line for line in lines if "row" in line or "error" in line), None)
    if result is None:
        row["wall_s"] = round(time.monotonic() - began, 2)
        row["curve"] = [line["better"] for line in lines if "better" in line]
        row["ended"] = why or f"ended with code {child.returncode}: {words_said[-400:].strip()}"
        return {"row": row, "document": None, "native": None}
    if "row" in result:
        return {
            "row": row | result["row"],
            "document": result["document"],
            "native": own_format,
        }
    return dict(result)


def find_empty_row(job: Job) -> dict[str, Any]:
    """Find the row of a run of which nothing is known yet."""
    return {
        "family": job.family,
        "file": name_file(job),
        "engine": job.engine,
        "seed": job.seed,
        "seconds": job.seconds,
        "threads": job.threads,
        "cpu_s": None,
        "wall_s": None,
        "cost": None,
        "best_known": None,
        "gap_pct": None,
        "feasible": False,
        "violations": 0,
        "broken": [],
        "bound": None,
        "proven_gap_pct": None,
        "relaxed": [],
        "ended": "",
        "curve": [],
        "version": find_version(job.engine),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def name_file(job: Job) -> str:
    """Name the file of a job, with the options that make it another case."""
    rest = [f"{k}={v:g}" if isinstance(v, float) else f"{k}={v}" for k, v in job.options]
    return " ".join([Path(job.file).name, *rest])


def find_gap_pct(cost: float | None, base: float | None) -> float | None:
    """Find by how many per cent a cost is above a base; None where either is unknown."""
    if cost is None or base is None or base == 0:
        return None
    return round(100.0 * (cost - base) / base, 4)


def _wait(child: subprocess.Popen[bytes], told: Path, job: Job) -> str:
    """Wait for the end; why it must be ended by force, empty if it ended by itself."""
    began = time.monotonic()
    started: float | None = None
    while child.poll() is None:
        now = time.monotonic()
        if started is None and told.exists() and told.stat().st_size > 0:
            started = now
        if started is None and now - began > SETUP_WALL_S:
            return f"stopped: not ready after {SETUP_WALL_S:g} s of wall time"
        if started is not None and now - started > job.wall_limit_s:
            return f"stopped: no answer after {job.wall_limit_s:g} s of wall time"
        time.sleep(0.05)
    if child.returncode == -signal.SIGXCPU:
        return f"stopped: no answer after {job.cpu_limit_s:g} s of CPU time"
    return ""


def _read_lines(path: Path) -> list[Mapping[str, Any]]:
    if not path.exists():
        return []
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            lines.append(json.loads(text))
        except ValueError:  # the last line of a process that was ended by force
            continue
    return lines
