"""A whole night: ``python -m benchmarks night --passengers 6000 --sites 300``.

A place is made and planned by the product's own commands, 300 things change (or none:
``night southend --changes 0``), and `wayfare nightly` runs as its timer would start it. Told
are the times at which plans were kept, checked, and the memory and CPU of the night's
processes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from data.inputs import Inputs
from data.store import Store

HEADINGS = "kind,id,first_date,last_date,leaves_at\n"


def main(words: Sequence[str] | None = None) -> int:
    """Run one night and print a line of JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks night")
    parser.add_argument("place", nargs="?", default="newport")
    parser.add_argument("--passengers", type=int, default=None, help="else the sample's own")
    parser.add_argument("--sites", type=int, default=None)
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--steps", type=int, default=2_000, help="of the plan begun from")
    parser.add_argument("--seconds", type=float, default=0, help="of the night's search")
    parser.add_argument("--documents", action="store_true", help="write them too")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=None, help="keep the place here")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="wayfare-night-") as made:
        print(json.dumps(run_one(given, given.folder or Path(made))))
    return 0


def run_one(given: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Make the place, change it, and run its night."""
    at = ("--place", given.place, "--folder", str(folder))
    store_path = folder / given.place / "wayfare.sqlite"
    if not store_path.is_file():
        sizes: list[str] = []
        for name, size in (("passengers", given.passengers), ("sites", given.sites)):
            sizes += [] if size is None else [f"--{name}", str(size)]
        _command("sample", *at, *sizes)
        with Store.open(store_path) as store:
            on = store.read_inputs(store.find_inputs_hash(given.place)).service_date
        _command("plan", *at, "--only", on.isoformat(), "--steps", str(given.steps))
        _command("people", "add", "p.one", "--name", "P", "--role", "planner", *at)
        _command("approve", "latest", "--as", "p.one", *at)
    with Store.open(store_path) as store:
        inputs = store.read_inputs(store.find_inputs_hash(given.place))
        changed, table = draw_changes(inputs, given.changes, given.seed)
        store.save_inputs(changed, created_utc=datetime.now(UTC), code_version="benchmark")
    (folder / "changes.csv").write_text(table, encoding="utf-8")
    documents = "true" if given.documents else "false"
    config = folder / "night.toml"
    config.write_text(
        f'place = "{given.place}"\nfolder = "."\ndocuments = {documents}\n'
        f"[search]\nseconds = {given.seconds}\n[import]\nchanges = 'changes.csv'\n",
        encoding="utf-8",
    )
    kept: list[tuple[float, str]] = []
    ended, began_s = threading.Event(), time.monotonic()
    watcher = threading.Thread(target=_watch, args=(store_path, given.place, kept, ended))
    watcher.start()
    try:
        code, done, used = _run_night(config, inputs.service_date.isoformat())
        wall_s = time.monotonic() - began_s
    finally:
        ended.set()
        watcher.join()
    record = json.loads(done)
    return {
        "place": given.place,
        "passengers": len(inputs.passengers),
        "sites": len(inputs.sites),
        "changes": given.changes,
        "search_s": given.seconds,
        "exit_code": code,
        "state": record["state"],
        "stages": record["stages"],
        "needs": record["needs"],
        "kept": [[state, round(at_s - began_s, 1)] for at_s, state in kept],
        "wall_s": round(wall_s, 1),
        "cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "most_memory_mb": used.ru_maxrss // 1024,
        "load": round(os.getloadavg()[0], 1),
    }


def _run_night(config: Path, on: str) -> tuple[int, str, resource.struct_rusage]:
    """Run the night; its exit code, what it printed, and what it and its processes used."""
    words = ("nightly", "--config", str(config), "--date", on, "--json")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(_build_line(*words), stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode not in (0, 10, 11):
            raise SystemExit(f"{process.returncode}\n{err.read().decode()[-2000:]}")
        return process.returncode, out.read().decode(), used


def draw_changes(inputs: Inputs, n_changes: int, seed: int) -> tuple[Inputs, str]:
    """Draw changes: a sixth moves of home in the standing data, the others of the day."""
    draw = np.random.default_rng(seed)
    on = inputs.service_date.isoformat()
    n_moves = n_changes // 6
    movers = {
        inputs.homes[int(i)].home_id for i in draw.permutation(len(inputs.homes))[:n_moves]
    }
    places = sorted({h.place_id for h in inputs.homes})
    homes = tuple(
        replace(h, place_id=places[int(draw.integers(len(places)))])
        if h.home_id in movers
        else h
        for h in inputs.homes
    )
    n_rest = n_changes - n_moves
    rows: list[str] = []
    for kind, ids, share in (
        ("vehicle_off", [v.vehicle_id for v in inputs.vehicles], 0.06),
        ("crew_off", [c.crew_id for c in inputs.crews], 0.08),
        ("site_closed", [s.site_id for s in inputs.sites], 0.01),
        ("passenger_left", [p.passenger_id for p in inputs.passengers[::2]], 0.15),
        ("passenger_absent", [p.passenger_id for p in inputs.passengers[1::2]], 1.0),
    ):
        n = min(len(ids), n_rest - len(rows), max(1, round(share * n_rest)))
        rows += [f"{kind},{ids[int(i)]},{on},," for i in draw.permutation(len(ids))[:n]]
    return replace(inputs, homes=homes), HEADINGS + "\n".join(rows) + "\n"


def _watch(
    path: Path, place: str, kept: list[tuple[float, str]], ended: threading.Event
) -> None:
    """Note when each plan was kept."""
    while not ended.wait(1.0):
        with Store.open(path) as store:
            found = [
                c.state.value
                for night in store.nights.list_nights(place)[:1]
                for c in store.nights.list_candidates(night.night_no)
            ]
        now_s = time.monotonic()
        kept += [(now_s, state) for state in found[len(kept) :]]


def _command(*words: str) -> str:
    """Run a command of the product; its standard output."""
    done = subprocess.run(_build_line(*words), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(words)}: {done.returncode}\n{done.stderr[-2000:]}")
    return done.stdout


def _build_line(*words: str) -> list[str]:
    """Build the command line of a command of the product."""
    return [sys.executable, "-c", "from cli import main; main()", *words]
