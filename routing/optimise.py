"""The whole search of one day type: routes of all sessions, duties, crews, a plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from data.costs import CostModel
from data.inputs import Inputs, write_document
from data.networks import TravelMatrix
from data.places import Session
from data.plans import DayType, Duty, Plan, PlanState, SearchRecord, Unserved
from routing.day import DayCase, DayDuties, Nodes, mirror_routes
from routing.improve import Progress as SessionProgress
from routing.improve import SearchSettings, improve_session
from routing.problem import Continuity, SessionProblem
from routing.progress import Budget, Progress
from routing.reasons import explain_unserved
from routing.works import HALVES

IntArray = NDArray[np.int64]

MIRROR = {Session.PM: Session.AM, Session.DAY_HOME: Session.DAY_OUT}
"""The outward session whose routes a homeward session starts from."""
ROUND_SHARES = (0.5, 0.3, 0.2)
"""Shares of the search time of the rounds of routes and duties."""
WARM_AGAIN = 0.15
"""Temperature at which a session is taken up again, as a share of the mean cost per request."""
DUTIES_SHARE = 0.12
"""Share of the wall time kept for making duties."""
MAX_SCARCITY_PENCE = 20_000
"""Most that the scarcity of an offer counts in the search of routes. [pence]"""


@dataclass(slots=True, kw_only=True)
class DayState:
    """The best of a day type so far."""

    problems: dict[Session, SessionProblem] = field(default_factory=dict)
    routes: dict[Session, tuple[Nodes, ...]] = field(default_factory=dict)
    duties: DayDuties | None = None
    steps: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The base day, whose duties other days are to share.

    Attributes
    ----------
    pence
        Price of each passenger carried by another duty than on the base day. [pence]
    """

    case: DayCase
    state: DayState
    duties: tuple[Duty, ...]
    pence: int


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
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
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
        A plan whose routes the search starts from.
    progress
        Told how far the search is.
    should_stop
        Asked between chunks of steps; True, or Ctrl-C, keeps the best plan so far.

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
    case = DayCase(inputs, matrix, cost_model, day_type)
    state = search_day(case, budget, seed=seed, n_workers=n_workers, start=start)
    return build_plan(case, state, budget, seed=seed, service_date=service_date)


def search_day(
    case: DayCase,
    budget: Budget,
    *,
    seed: int,
    n_workers: int,
    start: Plan | None = None,
    reference: Reference | None = None,
    shares: Sequence[float] = ROUND_SHARES,
) -> DayState:
    """Search routes and duties of a day type in rounds, keeping the best."""
    best = DayState()
    current = DayState()
    if start is not None:
        current.routes = _read_start(case, start)
    scarcity: IntArray | None = None
    for number, share in enumerate(shares):
        try:
            _search_round(
                case, current, budget, share, number, scarcity, seed, n_workers, reference
            )
        except KeyboardInterrupt:
            budget.interrupt()
        if set(current.routes) == set(case.sessions):
            current.duties = _make_duties(case, current, budget, reference)
            if best.duties is None or current.duties.search_pence < best.duties.search_pence:
                best = replace(
                    current, problems=dict(current.problems), routes=dict(current.routes)
                )
                budget.best_cost_pence = current.duties.cost_pence
                budget.n_unserved = _count_unserved(case, current)
            budget.report("duties")
            scarcity = np.minimum(current.duties.scarcity_pence, MAX_SCARCITY_PENCE)
            current = replace(
                best,
                problems=dict(best.problems),
                routes=dict(best.routes),
                steps=current.steps,
            )
        if budget.is_over() or budget.limit == "none":
            break
    best.steps = current.steps
    return best


def _make_duties(
    case: DayCase, state: DayState, budget: Budget, reference: Reference | None
) -> DayDuties:
    seconds = None
    if budget.steps is None and budget.seconds is not None:
        seconds = max(2.0, budget.seconds * DUTIES_SHARE / 2)
    return case.plan_duties(
        state.problems,
        state.routes,
        seconds=seconds,
        usual=reference.duties if reference else (),
    )


def _search_round(
    case: DayCase,
    state: DayState,
    budget: Budget,
    share: float,
    number: int,
    scarcity: IntArray | None,
    seed: int,
    n_workers: int,
    reference: Reference | None,
) -> None:
    """Search the routes of every session once."""
    weights = {s: float(len(case.travellers[s])) for s in case.sessions}
    total = sum(weights.values())
    crews = find_crews(state.duties) if state.duties else {}
    for session in case.sessions:
        continuity = _find_continuity(case, session, state, crews, reference)
        half = 1 if session in HALVES[1] else 0
        problem = case.build_problem(
            session,
            scarcity_pence=None if scarcity is None else scarcity[:, half],
            continuity=continuity,
        )
        start = _find_start(case, session, state, problem, reference)
        is_fresh = number == 0 and session not in state.routes and not start
        part = share * weights[session] / total
        seconds = steps = None
        if budget.steps is not None:
            steps = max(1, round(budget.steps * part))
        elif budget.seconds is not None:
            seconds = budget.seconds * (1 - DUTIES_SHARE) * part
            seconds = max(0.05, min(seconds, (budget.left_s or 0.0) - 0.1))
        solution = improve_session(
            problem,
            start,
            steps=steps,
            seconds=seconds,
            seed=seed * 1_000 + number * 10 + list(Session).index(session),
            n_workers=n_workers,
            on_progress=_tell(budget, session),
            should_stop=budget.is_over,
            settings=SearchSettings() if is_fresh else SearchSettings(warm=WARM_AGAIN),
        )
        state.problems[session] = problem
        state.routes[session] = solution.routes
        state.steps += solution.steps
        if solution.limit == "interrupted":
            budget.interrupt()


def _tell(budget: Budget, session: Session) -> Callable[[SessionProgress], None]:
    """Pass on the progress of one session, at most four times a second."""
    last = [-1.0]

    def tell(_: SessionProgress) -> None:
        if budget.used_s - last[0] >= 0.25:
            last[0] = budget.used_s
            budget.report(f"routes of session {session}")

    return tell


def find_crews(duties: DayDuties) -> dict[Session, dict[str, str]]:
    """Find the duty that carries each passenger in each session."""
    crews: dict[Session, dict[str, str]] = {}
    for k, draft in enumerate(duties.drafts):
        for i in draft.works:
            work = duties.planned[i].work
            for passenger_id in work.passenger_ids:
                crews.setdefault(work.session, {})[passenger_id] = f"{k:05d}"
    return crews


def _find_continuity(
    case: DayCase,
    session: Session,
    state: DayState,
    crews: Mapping[Session, Mapping[str, str]],
    reference: Reference | None,
) -> list[Continuity]:
    """Find the crews a session's passengers had on the other way, and on the base day."""
    pence = case.inputs.policy.different_crew_pence
    found: list[Continuity] = []
    other = next(
        (b if session is a else a for a, b in MIRROR.items() if session in (a, b)), None
    )
    if other is not None and other in crews:
        found.append(Continuity(labels=crews[other], pence=pence))
    elif other is not None and session in MIRROR and other in state.routes:
        problem = state.problems[other]
        labels = {
            problem.passenger_ids[node]: f"{k:05d}"
            for k, nodes in enumerate(state.routes[other])
            for node in nodes
            if node < problem.n_requests
        }
        found.append(Continuity(labels=labels, pence=pence))
    if reference is not None:
        labels = {
            p: duty.duty_id
            for duty in reference.duties
            for route in duty.routes
            if route.session is session
            for p in route.passenger_ids
        }
        found.append(Continuity(labels=labels, pence=reference.pence))
    return found


def _find_start(
    case: DayCase,
    session: Session,
    state: DayState,
    problem: SessionProblem,
    reference: Reference | None,
) -> tuple[Nodes, ...]:
    """Find the routes a session's search starts from."""
    if session in state.routes and session in state.problems:
        return mirror_routes(state.problems[session], state.routes[session], problem)
    if session in state.routes:
        return state.routes[session]
    if reference is not None and session in reference.state.routes:
        return mirror_routes(
            reference.state.problems[session], reference.state.routes[session], problem
        )
    source = MIRROR.get(session)
    if source is not None and source in state.routes and source in state.problems:
        return mirror_routes(state.problems[source], state.routes[source], problem)
    return ()


def _read_start(case: DayCase, plan: Plan) -> dict[Session, tuple[Nodes, ...]]:
    """Read the routes of a plan as nodes of this day type's problems."""
    routes: dict[Session, tuple[Nodes, ...]] = {}
    for session in case.sessions:
        problem = case.build_problem(session)
        request_at = {p: i for i, p in enumerate(problem.passenger_ids)}
        site_at = {s: problem.n_requests + j for j, s in enumerate(problem.site_ids)}
        found: list[Nodes] = []
        for route in plan.routes:
            if route.session is not session:
                continue
            nodes: list[int] = []
            stops = route.stops[::-1] if session.is_homeward else route.stops
            for stop in stops:
                if stop.site_id is not None:
                    nodes += [site_at[stop.site_id]] if stop.site_id in site_at else []
                    continue
                ids = stop.alighting[::-1] if session.is_homeward else stop.boarding
                nodes += [request_at[p] for p in ids if p in request_at]
            found.append(tuple(nodes))
        routes[session] = mirror_routes(problem, found, problem)
    return routes


def _count_unserved(case: DayCase, state: DayState) -> int:
    aboard = 0
    if state.duties is not None:
        aboard = sum(
            len(state.duties.planned[i].work.passenger_ids)
            for draft in state.duties.drafts
            for i in draft.works
        )
    return sum(len(t) for t in case.travellers.values()) - aboard


def build_plan(
    case: DayCase,
    state: DayState,
    budget: Budget,
    *,
    seed: int,
    service_date: date | None,
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
