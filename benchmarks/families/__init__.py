"""The families of benchmark files, each found by its name and imported only when it is used."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import cast

from benchmarks.families.family import Family

MODULES = {
    "darp": "darp",
    "school-bus": "school_bus",
    "pdptw": "pdptw",
    "hvrp": "hvrp",
    "send-day": "send_day",
    "place": "place",
    "county": "county",
}
"""Family name as the command line has it -> module of this package."""


def is_there(name: str) -> bool:
    """Whether the module of a family is there."""
    return find_spec(f"benchmarks.families.{MODULES[name]}") is not None


def find_family(name: str) -> Family:
    """Find a family by its name.

    Raises
    ------
    KeyError
        If there is no family of that name.
    """
    module = import_module(f"benchmarks.families.{MODULES[name]}")
    return cast("Family", module.FAMILY)
