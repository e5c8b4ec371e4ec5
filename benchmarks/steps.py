"""What a step of the route search costs with one rate card or another.

``python -m benchmarks steps [FOLDER]`` searches one special-needs morning, by default the one
shipped, under price lists that ask ever more of the pricing, and prints CPU microseconds a
step. The prices differ and so do the plans; what is compared is the work.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.families.send_day import FAMILY, build_problem
from benchmarks.ledger import add_row
from data.versions import find_code_version
from routing.improve import SearchSettings, improve_session
from routing.offers import OPEN_END_M, OfferPrices
from routing.problem import SessionProblem

STEPS = "steps"
"""What the ledger calls these rows."""
SHIPPED = Path(__file__).parent / "instances" / "send_day" / "day_0100_08"
N_SUPPLIERS = 10


def build_lists(problem: SessionProblem) -> dict[str, SessionProblem]:
    """Build the price lists by name; all hold the vehicle types of the folder."""
    p = problem.offers
    o = p.n_offers
    ends = np.array([[5_000, 15_000, OPEN_END_M]] * o, dtype=np.int64)
    falling = np.round(p.band_mpence * np.array([[1.2, 1.0, 0.8]])).astype(np.int64)
    banded = replace(p, band_to_m=ends, band_mpence=falling)
    least = replace(banded, minimum_pence=p.fixed_pence + 500)
    pair = replace(
        least,
        day_pair_pence=np.where(np.arange(o) == 0, 2 * p.fixed_pence + 3_000, -1),
        day_included_m=np.full(o, 20_000, dtype=np.int64),
        day_excess_mpence=p.band_mpence[:, 0],
    )
    every = replace(
        pair,
        waiting_mpence=p.hour_mpence // 2,
        vat_bp=np.where(np.arange(o) % 2 == 0, 2_000, 0),
    )
    lists = {
        "plain": p,
        "three bands": banded,
        "bands, minimum": least,
        "bands, minimum, day pair": pair,
        "and waiting, VAT": every,
        f"the same of {N_SUPPLIERS} suppliers": _multiply(every),
        "their lot discounts assumed": _discount(_multiply(every)),
    }
    return {name: _change(problem, offers) for name, offers in lists.items()}


def _multiply(p: OfferPrices) -> OfferPrices:
    """Repeat the offers for several suppliers, none of whom is dearer throughout."""
    values: dict[str, Any] = {}
    for field in fields(OfferPrices):
        value = getattr(p, field.name)
        if isinstance(value, np.ndarray):
            values[field.name] = np.concatenate([value] * N_SUPPLIERS)
        else:
            values[field.name] = tuple(
                f"{v}-{s}" if v else v for s in range(N_SUPPLIERS) for v in value
            )
    number = np.arange(N_SUPPLIERS).repeat(p.n_offers)
    values["fixed_pence"] = values["fixed_pence"] + 60 * number
    values["hour_mpence"] = values["hour_mpence"] - 20_000 * number
    return OfferPrices(**values)


def _discount(p: OfferPrices) -> OfferPrices:
    """Take a tenth off every rate, as a round does that assumes a lot discount."""
    names = ("fixed_pence", "band_mpence", "hour_mpence", "waiting_mpence", "minimum_pence")
    lower = {name: getattr(p, name) * 9 // 10 for name in (*names, "day_excess_mpence")}
    pair = np.where(p.day_pair_pence < 0, -1, p.day_pair_pence * 9 // 10)
    return replace(p, day_pair_pence=pair, **lower)


def _change(problem: SessionProblem, offers: OfferPrices) -> SessionProblem:
    """Put other offers into a problem."""
    allowed = np.ones((problem.n_requests, offers.n_offers), dtype=np.bool_)
    scarcity = np.zeros(offers.n_offers, dtype=np.int64)
    return replace(problem, offers=offers, is_allowed=allowed, scarcity_pence=scarcity)


def measure_step_us(problem: SessionProblem, *, n_steps: int, seed: int) -> float:
    """Measure the mean CPU time of a step, the compiling and the start left out. [us]"""
    improve_session(problem, steps=1, seed=seed, n_chains=1)
    began = time.thread_time()
    start = improve_session(problem, seed=seed, n_chains=1)
    start_s = time.thread_time() - began
    began = time.thread_time()
    how = SearchSettings(check="off")
    improve_session(problem, start.routes, steps=n_steps, seed=seed, n_chains=1, settings=how)
    return 1e6 * max(0.0, time.thread_time() - began - start_s) / n_steps


def main(words: Sequence[str] | None = None) -> int:
    """Measure each price list and print a line of it."""
    parser = argparse.ArgumentParser(prog="benchmarks steps")
    parser.add_argument("folder", type=Path, nargs="?", default=SHIPPED)
    parser.add_argument("--steps", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ledger", type=Path, metavar="FILE", help="write each list there")
    given = parser.parse_args(words)
    problem = build_problem(FAMILY.read(given.folder))
    for name, listed in build_lists(problem).items():
        step_us = measure_step_us(listed, n_steps=given.steps, seed=given.seed)
        n_offers = listed.offers.n_offers
        print(f"{name:28} {n_offers:3} offers {step_us:7.1f} us a step", flush=True)
        if given.ledger is not None:
            row = {
                "family": STEPS,
                "file": name,
                "engine": "wayfare",
                "seed": given.seed,
                "seconds": 0.0,
                "threads": 1,
                "version": find_code_version(),
                "date": datetime.now(UTC).isoformat(timespec="seconds"),
                "n_offers": n_offers,
                "n_steps": given.steps,
                "step_us": round(step_us, 2),
            }
            add_row(given.ledger, row)
    return 0
