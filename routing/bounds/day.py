"""The proven bound of a day: the sum of its sessions' bounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from data.costs import CostModel
from data.demand import find_travellers
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Plan
from routing.bounds.result import BoundProgress, SessionBound
from routing.bounds.session import bound_session
from routing.lots import take_discounts
from routing.problem_building import build_session_problem
from routing.starts import read_points, read_routes

BOUND_SHARE = 0.15
"""Part of a plan's time that goes to its bound."""
BOUND_MOST_S = 120.0
"""Longest time for the bound of a plan. [s]"""
BOUND_LEAST_S = 0.3
"""Times shorter than this prove nothing worth saying. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBound:
    """A proven bound on what a day can cost.

    Attributes
    ----------
    bound_pence
        No day's plan of the policy costs less. [pence]
    policy
        What plans it holds for, in words.
    sessions
        The parts it is the sum of.
    """

    bound_pence: int
    policy: str
    sessions: tuple[tuple[Session, SessionBound], ...]


def find_bound_s(seconds: float | None) -> float:
    """Find how much of a plan's time goes to its bound; none without a limit. [s]"""
    if seconds is None or seconds * BOUND_SHARE < BOUND_LEAST_S:
        return 0.0
    return min(seconds * BOUND_SHARE, BOUND_MOST_S)


def bound_plan(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    plan: Plan,
    *,
    seconds: float,
    n_workers: int = 1,
    clock: Callable[[], float] = time.monotonic,
    on_progress: Callable[[Session, BoundProgress], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> DayBound:
    """Prove how little a day can cost that carries whom a plan carries.

    The cost of a day is the sum of its duties, and a duty costs no less than the sum of its
    routes' linear prices (`routing.bounds.classes`); each session's bound is on the sum of such
    prices of all routes of that session. So the sum of the sessions' bounds is a bound of the
    day. At each moment no more own vehicles are out than there are (`routing.bounds.fleet`).
    Crews and suppliers' limits, which only make plans dearer, are left out.

    Parameters
    ----------
    plan
        Says who is carried in each session and where everybody is collected.
    seconds
        Time by `clock`, by default wall time. [s]
    """
    # Rates are never lower than with every lot discount, whoever earns it.
    cost_model = take_discounts(cost_model)
    points = read_points(inputs, matrix, plan.duties)
    aboard: dict[Session, set[str]] = {session: set() for session in Session}
    for route in plan.routes:
        aboard[route.session] |= set(route.passenger_ids)
    sessions = [s for s in Session if aboard[s]]
    n_all = sum(len(aboard[s]) for s in sessions)
    found: list[tuple[Session, SessionBound]] = []
    for session in sessions:
        problem = build_session_problem(
            inputs,
            matrix,
            cost_model,
            day_type=plan.day_type,
            session=session,
            travellers=[
                t
                for t in find_travellers(inputs, plan.day_type, session)
                if t.passenger_id in aboard[session]
            ],
            pick_ups=points.get(session, {}),
        )
        part_s = seconds * len(aboard[session]) / max(1, n_all)
        found.append(
            (
                session,
                bound_session(
                    problem,
                    seconds=part_s,
                    threads=n_workers,
                    clock=clock,
                    is_day=True,
                    start=read_routes(problem, plan),
                    should_stop=should_stop,
                    on_progress=_name_session(session, on_progress),
                ),
            )
        )
    policies = sorted({b.policy for _, b in found})
    return DayBound(
        bound_pence=sum(b.bound_pence for _, b in found),
        policy=f"the same passengers and stops, {'; '.join(policies)}",
        sessions=tuple(found),
    )


def _name_session(
    session: Session, tell: Callable[[Session, BoundProgress], None] | None
) -> Callable[[BoundProgress], None] | None:
    """Tell the progress of a session with its name."""
    if tell is None:
        return None
    listener = tell
    return lambda report: listener(session, report)
