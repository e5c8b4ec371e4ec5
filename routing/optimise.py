"""The whole search of one day type: routes of all sessions, duties, crews, a plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from data.costs import CostModel
from data.inputs import Inputs, write_document
from data.networks import TravelMatrix
from data.places import Session
from data.plans import DayType, Plan, PlanState, SearchRecord, Unserved
from routing.day import DayCase
from routing.progress import Budget, Progress
from routing.reasons import explain_unserved
from routing.rounds import N_CHAINS, ROUNDS, STARTED, search_day
from routing.starts import read_points, read_reference
from routing.states import DayState


def optimise(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    *,
    day_type: DayType,
    service_date: date | None = None,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    n_workers: int = 2,
    start: Plan | None = None,
    continuity_pence: int = 0,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
    on_better: Callable[[Plan], None] | None = None,
    every_s: float | None = None,
) -> Plan:
    """Plan one day type: routes of all sessions joined into duties at least money.

    Demands that no plan can carry are proven first and listed with their evidence. Then routes
    are searched for session by session, the way home starting from the way out, in rounds with
    the duties: what vehicles are worth to the duties goes back into the next search of routes.

    Parameters
    ----------
    seconds
        Wall time. [s]
    steps
        Search steps over all sessions and rounds; makes the plan repeatable. With neither limit
        the first routes found are joined into duties.
    n_workers
        Threads. They do not change the plan that a step limit gives.
    start
        A plan to start from. Its duties, routes and pick-up points are the first plan found, as
        far as they still hold, so that nothing dearer comes out.
    continuity_pence
        Price of each passenger carried in a session by another duty than in `start`. [pence]
    progress
        Told how far the search is.
    should_stop
        Asked between chunks of steps; True, or Ctrl-C, keeps the best plan so far.
    on_better
        Given every complete plan that is better than all before it, as soon as it is found.
    every_s
        With a limit in seconds: make a complete plan of what was found about this often, so
        that `on_better` waits no longer for one. [s]

    Returns
    -------
    Plan whose ``cost_pence`` is the search's own exact money, without the prices of unserved
    passengers and of different crews.

    Raises
    ------
    SolverError
        If a solver fails or contradicts itself.
    """
    budget = Budget(seconds=seconds, steps=steps, progress=progress, should_stop=should_stop)
    budget.report("proving what cannot be carried")
    points = read_points(inputs, matrix, start.duties) if start is not None else None
    case = DayCase(
        inputs,
        matrix,
        cost_model,
        day_type,
        pick_ups=points,
        is_choosing=continuity_pence == 0,
    )

    def build(state: DayState) -> Plan:
        return build_plan(
            case, state, budget, seed=seed, service_date=service_date, n_workers=n_workers
        )

    state = search_day(
        case,
        budget,
        seed=seed,
        n_workers=n_workers,
        reference=read_reference(case, start, continuity_pence) if start is not None else None,
        rounds=STARTED if start is not None else ROUNDS,
        on_better=None if on_better is None else lambda better: on_better(build(better)),
        every_s=every_s,
    )
    return build(state)


def build_plan(
    case: DayCase,
    state: DayState,
    budget: Budget,
    *,
    seed: int,
    service_date: date | None,
    n_workers: int = 1,
) -> Plan:
    """Build the plan of the best state, with the reason for everybody who is not carried."""
    duties = state.duties.duties if state.duties else ()
    unserved: list[Unserved] = []
    for session in Session:
        unserved.extend(case.proofs[session])
    unserved.extend(explain_unserved(case, state.problems, state.routes, state.duties))
    is_timed = budget.limit in ("seconds", "interrupted")
    plan = Plan(
        plan_id="",
        place=case.inputs.place,
        day_type=case.day_type,
        service_date=service_date,
        duties=duties,
        unserved=tuple(
            sorted(unserved, key=lambda u: (list(Session).index(u.session), u.passenger_id))
        ),
        state=PlanState.OPTIMISED,
        cost_pence=state.duties.cost_pence if state.duties else 0,
        search=SearchRecord(
            seed=seed,
            steps=state.steps,
            limit=budget.limit,
            cpu_s=round(budget.cpu_s, 3) if is_timed else 0.0,
            wall_s=round(budget.used_s, 3) if is_timed else 0.0,
            n_workers=max(1, min(n_workers, N_CHAINS)),
        ),
        flags=case.matrix.flags,
    )
    return replace(plan, plan_id=name_plan(plan))


def name_plan(plan: Plan) -> str:
    """Name a plan after its content: place, day type and 10 digits of a fingerprint.

    The search record is left out, so that equal duties have equal names.
    """
    content = replace(plan, plan_id="", search=SearchRecord())
    digest = hashlib.sha256(write_document(content)).hexdigest()[:10]
    return f"{plan.place}-{plan.day_type.day_type_id}-{digest}"
