"""Load on the page: ``python -m benchmarks load --folder wayfare-data --place southend``.

People go through the pages of a copied place, each in a session of its own, thinking five
seconds between pages, while a search for a plan may run beside at low priority (promises L1 to
L3). The page is served by a process of its own; printed are milliseconds on the wall as a
person waits, errors, and CPU milliseconds of the serving process for each request, which the
load of the machine does not change.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PAGES = (
    "/",
    "/plans",
    "/plans/latest",
    "/plans/latest?session=am&page=2",
    "/records",
    "/money",
)
"""What people look at; each as often as another."""

THINK_S = 5.0
SERVE = "from cli import main; main()"


def find_percentile(times: Sequence[float], per_cent: int) -> float:
    """Find the smallest time that so many per cent do not exceed.

    Examples
    --------
    >>> find_percentile([3.0, 1.0, 2.0, 4.0], 50), find_percentile([1.0], 95)
    (2.0, 1.0)
    """
    ranked = sorted(times)
    return ranked[max(0, -(-len(ranked) * per_cent // 100) - 1)]


async def visit(
    url: str, seed: int, until: float, times: dict[str, list[float]], errors: list[str]
) -> None:
    """Go from page to page as one person until the time is over."""
    import httpx

    draw = random.Random(seed)  # noqa: S311  which page next is no secret
    async with httpx.AsyncClient(base_url=url, timeout=60) as client:
        await asyncio.sleep(draw.uniform(0, THINK_S))
        while time.monotonic() < until:
            page = draw.choice(PAGES)
            began = time.monotonic()
            try:
                answer = await client.get(page)
            except httpx.HTTPError as error:
                errors.append(f"{page}: {type(error).__name__}")
            else:
                times[page].append(time.monotonic() - began)
                if answer.status_code != 200:
                    errors.append(f"{page}: {answer.status_code}")
            await asyncio.sleep(draw.uniform(0, 2 * THINK_S))


def read_process(pid: int) -> tuple[float, int]:
    """Read what a process has worked and how much memory it holds. [CPU s, kB]"""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text()
    held = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK"), int(held.split()[1])


async def measure(url: str, pid: int, *, users: int, seconds: float) -> dict[str, Any]:
    """Measure so many people for so long, every page having been opened once before."""
    import httpx

    async with httpx.AsyncClient(base_url=url, timeout=120) as client:
        for page in PAGES:
            (await client.get(page)).raise_for_status()
    times, errors = defaultdict[str, list[float]](list), list[str]()
    cpu_s, held = read_process(pid)
    until = time.monotonic() + seconds
    await asyncio.gather(*(visit(url, k, until, times, errors) for k in range(users)))
    after_s, held_after = read_process(pid)
    every = [one for found in times.values() for one in found]
    return {
        "users": users,
        "seconds": seconds,
        "requests": len(every),
        "errors": errors[:5],
        "p50_ms": round(1_000 * find_percentile(every, 50)),
        "p95_ms": round(1_000 * find_percentile(every, 95)),
        "p99_ms": round(1_000 * find_percentile(every, 99)),
        "cpu_ms_each": round(1_000 * (after_s - cpu_s) / len(every), 1),
        "memory_grew_per_cent": round(100 * (held_after - held) / held, 1),
        "load_1min": round(os.getloadavg()[0], 1),
        "p95_ms_of": {p: round(1_000 * find_percentile(t, 95)) for p, t in times.items()},
    }


def main(words: Sequence[str] | None = None) -> int:
    """Measure the page of a place with a plan and print a line of JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks load")
    parser.add_argument("--folder", type=Path, default=Path("wayfare-data"))
    parser.add_argument("--place", default="southend")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--solve", action="store_true", help="plan the place beside it")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        # What people do is kept: the place itself stays as it was.
        shutil.copytree(given.folder / given.place, Path(folder) / given.place)
        named = ["--folder", folder, "--place", given.place]
        served = [*named, "--as", "load", "--port", "0"]
        children = [
            _start(["people", "add", "load", "--role", "planner", "--name", "L", *named])
        ]
        children[0].wait()
        page = _start(["serve", *served], out=subprocess.PIPE)
        children.append(page)
        solving: subprocess.Popen[str] | None = None
        if given.solve:
            limit = ["--seconds", str(given.seconds)]
            solving = _start(["plan", *named, *limit], nice=10)
            children.append(solving)
        try:
            assert page.stdout is not None  # noqa: S101  it was asked for
            url = page.stdout.readline().split()[-1]
            found = asyncio.run(
                measure(url, page.pid, users=given.users, seconds=given.seconds)
            )
            # A search that ended at once would prove nothing.
            solved_s = None if solving is None else round(read_process(solving.pid)[0], 1)
            print(json.dumps({"place": given.place, "solve_cpu_s": solved_s, **found}))
        finally:
            for child in children:
                child.terminate()
                child.wait()
    return 0


def _start(
    words: Sequence[str], *, nice: int = 0, out: int = subprocess.DEVNULL
) -> subprocess.Popen[str]:
    """Start a command of ours in a process of its own."""
    return subprocess.Popen(
        ["nice", "-n", str(nice), sys.executable, "-c", SERVE, *words],  # noqa: S607
        stdout=out,
        stderr=None if out == subprocess.PIPE else subprocess.DEVNULL,
        text=True,
    )
