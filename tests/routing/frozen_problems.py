"""Stored problems that guard the quality of the search, and what it reached on each.

``python -m tests.routing.frozen_problems`` searches them afresh and writes what it reaches; do
so only for a change of the search that is better on the whole, and say so with it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields
from pathlib import Path

import numpy as np

from benchmarks.families.send_day import FAMILY, build_problem
from data.places import Session
from routing.improve import improve_session
from routing.problem import SessionProblem
from tests.routing.random_problems import make_problem

STORED = Path(__file__).with_name("frozen_problems.json")
DAY = Path(__file__).parents[2] / "benchmarks" / "instances" / "send_day" / "day_0100_08"
N_DRAWN = 32
N_STEPS = 3_000
N_DAY_STEPS = 20_000


def list_frozen() -> dict[str, tuple[SessionProblem, int]]:
    """List the problems by name, each with its number of steps: drawn ones and a whole day."""
    found = {}
    for seed in range(N_DRAWN):
        problem = make_problem(
            9_000 + seed,
            n_requests=20 + seed,
            n_sites=2 + seed % 5,
            n_offers=3 + seed % 9,
            max_sites=1 + seed % 4,
            tight=(seed % 5) / 5,
            plain=seed % 4 == 0,
            session=Session.PM if seed % 2 else Session.AM,
        )
        found[f"drawn-{seed:02d}"] = (problem, N_STEPS)
    found["day_0100_08"] = (build_problem(FAMILY.read(DAY)), N_DAY_STEPS)
    return found


def hash_problem(problem: SessionProblem) -> str:
    """Hash all numbers of a problem, so that a drifting generator is not taken for a search."""
    digest = hashlib.sha256()
    for part in (problem, problem.offers):
        for field in fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                digest.update(np.ascontiguousarray(value).astype(np.int64).tobytes())
    return digest.hexdigest()[:16]


def search_frozen(problem: SessionProblem, n_steps: int) -> tuple[int, int]:
    """Find how many are left unserved from nothing, and what the routes cost. [pence]"""
    found = improve_session(problem, steps=n_steps, seed=1)
    n_unserved = len(found.unserved)
    return n_unserved, found.cost_pence - n_unserved * problem.policy.unserved_pence


def read_stored() -> dict[str, tuple[str, int, int]]:
    """Read the hash, the unserved and the cost of each stored problem. [pence]"""
    stored = json.loads(STORED.read_text(encoding="utf-8"))
    return {name: (str(row[0]), int(row[1]), int(row[2])) for name, row in stored.items()}


if __name__ == "__main__":
    rows = {
        name: [hash_problem(problem), *search_frozen(problem, n_steps)]
        for name, (problem, n_steps) in list_frozen().items()
    }
    lines = ",\n".join(f" {json.dumps(k)}: {json.dumps(v)}" for k, v in rows.items())
    STORED.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
