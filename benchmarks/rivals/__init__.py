"""The rivals: OR-Tools routing, PyVRP and VROOM, each behind one call.

Every family describes its case once, as a `benchmarks.rivals.model.RivalModel`; every rival
states as many of the model's rules as it can and names those it had to relax.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Protocol

from benchmarks.families.family import OnBetter, Solution
from benchmarks.rivals.model import RivalModel

RIVALS = {"ortools": "ortools", "pyvrp": "pyvrp", "vroom": "pyvroom"}
"""Rival as the command line names it -> its distribution on the package index."""


class Rival(Protocol):
    """One rival."""

    def find_relaxed(self, model: RivalModel) -> tuple[str, ...]:
        """Name the rules of the model that it cannot state."""
        ...

    def solve(
        self,
        model: RivalModel,
        *,
        seconds: float,
        seed: int,
        threads: int,
        on_better: OnBetter | None = None,
    ) -> Solution | None:
        """Solve within CPU seconds; None if it found no plan."""
        ...


def find_rival(name: str) -> Rival:
    """Find a rival by its name.

    Raises
    ------
    ImportError
        If its library is not installed; ``make bench`` installs them all.
    """
    module = import_module(f"benchmarks.rivals.by_{name}")
    rival: Rival = module.RIVAL
    return rival


def find_rival_version(name: str) -> str:
    """Find the version of a rival's library, e.g. ``ortools 9.15.6755``; empty if absent."""
    try:
        return f"{RIVALS[name]} {version(RIVALS[name])}"
    except PackageNotFoundError:
        return ""


def build_rival_model(family: str, case: object) -> RivalModel:
    """Describe a family's case for the rivals.

    Raises
    ------
    NotImplementedError
        If no rival can attempt the family.
    """
    if family in ("place", "county"):
        raise NotImplementedError(
            f"no rival can attempt {family}: duties, rate cards and layouts are beyond them"
        )
    module = import_module(f"benchmarks.rivals.from_{family.replace('-', '_')}")
    model: RivalModel = module.build_model(case)
    return model
