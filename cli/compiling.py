"""The search's kernels are compiled once on a machine, before any planning time is counted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cli.stopping import leaving_at_once


def prepare_search(tell: Callable[[str], None]) -> None:
    """Compile the search where this machine has not done so yet, saying that it takes a while.

    Ctrl-C leaves at once: nothing was searched yet that could be kept.
    """
    if not is_compiled():
        tell("compiling the search for this machine, once: about a minute")
        with leaving_at_once():
            compile_kernels()


def is_compiled() -> bool:
    """Say whether compiled kernels of this version are on disk."""
    from routing.kernels.jit import find_cache_folder

    folder = find_cache_folder()
    return bool(folder) and any(Path(folder).rglob("search.*.nbc"))


def compile_kernels() -> None:
    """Compile every kernel of the search by planning a tiny made-up town."""
    from costing import build_cost_model
    from data.demand import find_day_type
    from data.samples import build_sample
    from routing import build_matrix, build_sample_network, optimise

    inputs = build_sample("grid", n_passengers=10)
    day_type = find_day_type(inputs, inputs.service_date)
    if day_type is None:
        return
    matrix = build_matrix(build_sample_network("grid"), inputs.places, policy=inputs.policy)
    model = build_cost_model(inputs, inputs.service_date)
    optimise(inputs, matrix, model, day_type=day_type, steps=30, n_workers=1)
