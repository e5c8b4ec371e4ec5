"""Compile the search before the clock of a plan runs."""

from __future__ import annotations

from data.costs import CostModel
from data.demand import find_travellers
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import DayType


def compile_search(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    *,
    day_type: DayType,
    has_bound: bool = False,
) -> None:
    """Compile the kernels of the route search, or load them where they are kept.

    The first use of a version compiles for some ten seconds; done apart, it does not eat the
    time that a plan is given. One step on the day's smallest session is enough.

    Parameters
    ----------
    has_bound
        Compile the kernels of the proven bound too.
    """
    from routing.improve import improve_session
    from routing.problem_building import build_session_problem

    sizes = {s: len(find_travellers(inputs, day_type, s)) for s in Session}
    busy = [s for s in Session if sizes[s]]
    if not busy:
        return
    smallest = min(busy, key=lambda s: (sizes[s], s))
    problem = build_session_problem(
        inputs, matrix, cost_model, day_type=day_type, session=smallest
    )
    improve_session(problem, (), steps=1, seed=1)
    if has_bound:
        from routing.bounds.pricing import compile_pricing

        compile_pricing(problem)
