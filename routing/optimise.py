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
from routing.day import DayCase, DayDuties, Nodes
from routing.improve import Progress as SessionProgress
from routing.improve import SearchSettings, improve_session
from routing.mirror import mirror_routes
from routing.problem import Continuity, SessionProblem
from routing.progress import Budget, Progress
from routing.reasons import explain_unserved

IntArray = NDArray[np.int64]

MIRROR = {Session.PM: Session.AM, Session.DAY_HOME: Session.DAY_OUT}
"""The outward session whose routes a homeward session starts from."""
DUTIES_S = 0.003
"""Time to make duties, a journey, before it has been measured. [s]"""
LEAST_PROOF_S = 2.0
"""Least time for proving the choice of duties. [s]"""
LEAST_SEARCH_S = 0.02
"""Least time for the routes of a session. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPlan:
    """One round of routes and duties.

    Attributes
    ----------
    share
        Its part of the search time.
    warm
        Temperature at its start, as a share of the mean cost per request.
    is_fresh
        The sessions home start from the routes out, mirrored, not from their own last ones.
    out_weight, home_weight
        Time per passenger of the sessions out and home, relative to each other.
    """

    share: float
    warm: float
    is_fresh: bool = False
    out_weight: float = 1.0
    home_weight: float = 1.0


ROUNDS = (
    RoundPlan(share=0.4, warm=1.0, is_fresh=True, out_weight=0.65, home_weight=0.35),
    *(RoundPlan(share=0.12, warm=warm) for warm in (0.06, 0.05, 0.04, 0.03, 0.03)),
)
"""The routes out are made first and those home from them; then both are fitted to each other
and to what vehicles are worth, a little at a time. Measured against fewer and hotter rounds."""
WARM_HOME = 0.3
"""Temperature at which a session home is taken up from the mirrored routes out."""
FOLLOWING = (RoundPlan(share=1.0, warm=0.05),)
"""The only round of a day that follows the base day."""


@dataclass(slots=True, kw_only=True)
class DayState:
    """The best of a day type so far.

    Attributes
    ----------
    scarcity
        (o, 2) price of each offer's vehicles that the next search of routes goes by. [pence]
    """

    problems: dict[Session, SessionProblem] = field(default_factory=dict)
    routes: dict[Session, tuple[Nodes, ...]] = field(default_factory=dict)
    duties: DayDuties | None = None
    scarcity: IntArray | None = None
    steps: int = 0

    def copy(self) -> DayState:
        """Copy the state, so that the search can go on from it."""
        return replace(self, problems=dict(self.problems), routes=dict(self.routes))


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
    rounds: Sequence[RoundPlan] = ROUNDS,
) -> DayState:
    """Search routes and duties of a day type in rounds, keeping the best."""
    current = DayState()
    if start is not None:
        current.routes = read_start(case, start)
    best = current.copy()
    scarcity = reference.state.scarcity if reference is not None else None
    duties_s = DUTIES_S * sum(len(t) for t in case.travellers.values())
    rounds = _find_rounds(rounds, budget, duties_s)
    for number, plan in enumerate(rounds):
        part = plan.share / sum(later.share for later in rounds[number:])
        left_s = budget.left_s
        if number and left_s is not None and left_s < 2 * duties_s:
            break
        round_ = _Round(
            case=case,
            budget=budget,
            plan=plan,
            number=number,
            steps=None if budget.steps is None else round(budget.steps * plan.share),
            seconds=None
            if left_s is None
            else max(0.0, left_s - duties_s * (len(rounds) - number)) * part,
            scarcity=scarcity,
            seed=seed,
            n_workers=n_workers,
            reference=reference,
        )
        try:
            round_.search(current)
        except KeyboardInterrupt:
            budget.interrupt()
            if number:
                break
            round_.complete(current)
        began_s = budget.used_s
        current.duties = _make_duties(case, current, budget, reference)
        duties_s = budget.used_s - began_s
        if best.duties is None or current.duties.search_pence < best.duties.search_pence:
            best = current.copy()
            budget.best_cost_pence = current.duties.cost_pence
            budget.n_unserved = _count_unserved(case, current)
        budget.report("duties")
        found = current.duties.scarcity_pence
        # Smoothed: bare duals swing, as routes made for one price make it wrong.
        scarcity = found if scarcity is None else (2 * scarcity + found) // 3
        n_steps = current.steps
        current = best.copy()
        current.steps = n_steps
        if budget.is_over() or budget.limit == "none":
            break
    best.steps = current.steps
    best.scarcity = scarcity
    return best


def _find_rounds(
    rounds: Sequence[RoundPlan], budget: Budget, duties_s: float
) -> tuple[RoundPlan, ...]:
    """Find how many rounds there is time for, duties taking a quarter of it at most."""
    if budget.seconds is None or duties_s <= 0:
        return tuple(rounds)
    return tuple(rounds[: max(2, int(budget.seconds / (4 * duties_s)))])


def _make_duties(
    case: DayCase, state: DayState, budget: Budget, reference: Reference | None
) -> DayDuties:
    """Make the duties of the present routes within the time left."""
    seconds = None
    if budget.steps is None and budget.left_s is not None:
        seconds = max(LEAST_PROOF_S, budget.left_s / 2)
    return case.plan_duties(
        state.problems,
        state.routes,
        seconds=seconds,
        usual=reference.duties if reference else (),
        usual_pence=reference.pence if reference else 0,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """One search of the routes of every session.

    Attributes
    ----------
    steps, seconds
        Limits of the round over all its sessions; [s].
    """

    case: DayCase
    budget: Budget
    plan: RoundPlan
    number: int
    steps: int | None
    seconds: float | None
    scarcity: IntArray | None
    seed: int
    n_workers: int
    reference: Reference | None

    def search(self, state: DayState) -> None:
        """Search the sessions in turn, each with its share of what is left of the round."""
        case, budget = self.case, self.budget
        weights = {
            s: len(case.travellers[s])
            * (self.plan.home_weight if s in MIRROR else self.plan.out_weight)
            for s in case.sessions
        }
        crews = find_crews(state.duties) if state.duties else {}
        end_s = None if self.seconds is None else budget.used_s + self.seconds
        steps_left = self.steps
        for k, session in enumerate(case.sessions):
            weight = weights[session] / sum(weights[s] for s in case.sessions[k:])
            seconds = steps = None
            if steps_left is not None:
                steps = max(1, round(steps_left * weight))
                steps_left = max(0, steps_left - steps)
            elif end_s is not None:
                seconds = max(LEAST_SEARCH_S, (end_s - budget.used_s) * weight)
            self._search_session(state, session, crews, steps, seconds)
            # From now on its own routes, not the last round's duties, say who rides together.
            crews.pop(session, None)

    def complete(self, state: DayState) -> None:
        """Give every session that has no routes yet the first ones found."""
        for session in self.case.sessions:
            if session not in state.problems:
                self._search_session(state, session, {}, None, None)

    def _find_continuity(
        self,
        state: DayState,
        session: Session,
        crews: Mapping[Session, Mapping[str, str]],
    ) -> list[Continuity]:
        """Find the crews a session's passengers have on the other way, and on the base day."""
        found: list[Continuity] = []
        pairs = [*MIRROR.items(), *((b, a) for a, b in MIRROR.items())]
        other = next((b for a, b in pairs if a is session), None)
        if other is not None and other in state.problems:
            labels = crews.get(other) or _label_routes(state, other)
            found.append(
                Continuity(labels=labels, pence=self.case.inputs.policy.different_crew_pence)
            )
        if self.reference is not None:
            labels = {
                p: duty.duty_id
                for duty in self.reference.duties
                for route in duty.routes
                if route.session is session
                for p in route.passenger_ids
            }
            found.append(Continuity(labels=labels, pence=self.reference.pence))
        return found

    def _search_session(
        self,
        state: DayState,
        session: Session,
        crews: Mapping[Session, Mapping[str, str]],
        steps: int | None,
        seconds: float | None,
    ) -> None:
        order = list(Session).index(session)
        half = int(session.is_homeward)
        is_mirrored = self.plan.is_fresh and self.reference is None
        problem = self.case.build_problem(
            session,
            scarcity_pence=None if self.scarcity is None else self.scarcity[:, half],
            continuity=self._find_continuity(state, session, crews),
        )
        start = _find_start(session, state, problem, self.reference, is_mirrored=is_mirrored)
        warm = self.plan.warm
        if is_mirrored and session in MIRROR and start:
            warm = WARM_HOME
        solution = improve_session(
            problem,
            start,
            steps=steps,
            seconds=seconds,
            seed=self.seed * 1_000 + self.number * 10 + order,
            n_workers=self.n_workers,
            on_progress=_tell(self.budget, session),
            should_stop=self.budget.is_over,
            settings=SearchSettings(warm=warm if start else 1.0),
        )
        state.problems[session] = problem
        state.routes[session] = solution.routes
        state.steps += solution.steps
        if solution.limit == "interrupted":
            self.budget.interrupt()


def _tell(budget: Budget, session: Session) -> Callable[[SessionProgress], None]:
    """Pass on the progress of one session, at most four times a second."""
    last = [-1.0]

    def tell(_: SessionProgress) -> None:
        if budget.used_s - last[0] >= 0.25:
            last[0] = budget.used_s
            budget.report(f"routes of session {session}")

    return tell


def _label_routes(state: DayState, session: Session) -> dict[str, str]:
    """Name the route that carries each passenger in a session."""
    problem = state.problems[session]
    return {
        problem.passenger_ids[node]: f"{k:05d}"
        for k, nodes in enumerate(state.routes[session])
        for node in nodes
        if node < problem.n_requests
    }


def find_crews(duties: DayDuties) -> dict[Session, dict[str, str]]:
    """Find the duty that carries each passenger in each session."""
    crews: dict[Session, dict[str, str]] = {}
    for k, draft in enumerate(duties.drafts):
        for i in draft.works:
            work = duties.planned[i].work
            for passenger_id in work.passenger_ids:
                crews.setdefault(work.session, {})[passenger_id] = f"{k:05d}"
    return crews


def _find_start(
    session: Session,
    state: DayState,
    problem: SessionProblem,
    reference: Reference | None,
    *,
    is_mirrored: bool,
) -> tuple[Nodes, ...]:
    """Find the routes a session's search starts from.

    Parameters
    ----------
    is_mirrored
        A session home starts from the routes out where there are any.
    """
    source = MIRROR.get(session)
    if is_mirrored and source is not None and source in state.problems:
        return mirror_routes(state.problems[source], state.routes[source], problem)
    if session in state.routes and session in state.problems:
        return mirror_routes(state.problems[session], state.routes[session], problem)
    if session in state.routes:
        return state.routes[session]
    if reference is not None and session in reference.state.routes:
        return mirror_routes(
            reference.state.problems[session], reference.state.routes[session], problem
        )
    if source is not None and source in state.problems:
        return mirror_routes(state.problems[source], state.routes[source], problem)
    return ()


def read_start(case: DayCase, plan: Plan) -> dict[Session, tuple[Nodes, ...]]:
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
