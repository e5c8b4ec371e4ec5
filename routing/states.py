"""The state of a day type's search: routes, duties, and what it starts from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from data.places import Session
from data.plans import Duty
from routing.day import DayCase, Nodes
from routing.day_duties import DayDuties
from routing.mirror import mirror_routes
from routing.problem import SessionProblem

IntArray = NDArray[np.int64]

MIRROR = {Session.PM: Session.AM, Session.DAY_HOME: Session.DAY_OUT}
"""The outward session whose routes a homeward session starts from."""


@dataclass(slots=True, kw_only=True)
class DayState:
    """The best of a day type so far.

    Attributes
    ----------
    scarcity
        (o, 2) price of each offer's vehicles that the next search of routes goes by. [pence]
    duties_s
        How long the last choice of duties took. [s]
    """

    problems: dict[Session, SessionProblem] = field(default_factory=dict)
    routes: dict[Session, tuple[Nodes, ...]] = field(default_factory=dict)
    duties: DayDuties | None = None
    scarcity: IntArray | None = None
    steps: int = 0
    duties_s: float = 0.0

    def copy(self) -> DayState:
        """Copy the state, so that the search can go on from it."""
        return replace(self, problems=dict(self.problems), routes=dict(self.routes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The base day, whose duties other days are to share, or a plan to start from.

    Attributes
    ----------
    state
        Routes of the reference with the problems they are stated in.
    pence
        Price of each passenger carried by another duty than in the reference. [pence]
    """

    state: DayState
    duties: tuple[Duty, ...]
    pence: int


def label_routes(state: DayState, session: Session) -> dict[str, str]:
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


def find_start(
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
    if session in state.routes:
        return mirror_routes(state.problems[session], state.routes[session], problem)
    if reference is not None and session in reference.state.routes:
        return mirror_routes(
            reference.state.problems[session], reference.state.routes[session], problem
        )
    if source is not None and source in state.problems:
        return mirror_routes(state.problems[source], state.routes[source], problem)
    return ()


def count_unserved(case: DayCase, state: DayState) -> int:
    """Count the journeys that no duty of the state carries."""
    aboard = 0
    if state.duties is not None:
        aboard = sum(
            len(state.duties.planned[i].work.passenger_ids)
            for draft in state.duties.drafts
            for i in draft.works
        )
    return sum(len(t) for t in case.travellers.values()) - aboard
