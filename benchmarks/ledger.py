"""The ledger of runs: JSON lines, appended as each run ends; what is done is not run again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.job import Job, find_version, name_file

KEYS = ("family", "file", "engine", "seed", "seconds", "threads", "version")
"""What tells one run from another."""


def find_key(row: dict[str, Any], *, with_version: bool = True) -> tuple[Any, ...]:
    """Find what tells a run from others."""
    return tuple(row.get(k) for k in (KEYS if with_version else KEYS[:-1]))


def find_job_key(job: Job, *, with_version: bool = True) -> tuple[Any, ...]:
    """Find what will tell the run of a job from others."""
    row = {
        "family": job.family,
        "file": name_file(job),
        "engine": job.engine,
        "seed": job.seed,
        "seconds": job.seconds,
        "threads": job.threads,
        "version": find_version(job.engine) if with_version else "",
    }
    return find_key(row, with_version=with_version)


def read_rows(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Read the rows of ledgers in the order they were written.

    A last line cut short by a stop is left out: its run is done again.
    """
    rows = []
    for path in paths:
        if not path.exists():
            continue
        for text in path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(text)
            except ValueError:
                continue
            if isinstance(row, dict) and "family" in row:
                rows.append(row)
    return rows


def add_row(path: Path, row: dict[str, Any]) -> None:
    """Add the row of a run, safely on disk before the next one begins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_cut = path.exists() and path.stat().st_size > 0 and not _ends_line(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if is_cut else "") + json.dumps(row, allow_nan=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _ends_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"
