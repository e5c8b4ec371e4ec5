"""Why passengers who could have been carried alone are on no duty of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from data.places import Session
from data.plans import Unserved, UnservedReason
from routing.evaluate import RouteFacts, evaluate_route
from routing.problem import SessionProblem

if TYPE_CHECKING:
    from routing.day import DayCase
    from routing.day_duties import DayDuties

Nodes = tuple[int, ...]


def explain_unserved(
    case: DayCase,
    problems: Mapping[Session, SessionProblem],
    routes: Mapping[Session, Sequence[Nodes]],
    duties: DayDuties | None,
) -> tuple[Unserved, ...]:
    """Explain everybody who is on no duty and was not proven impossible beforehand."""
    aboard: set[tuple[Session, str]] = set()
    used = np.zeros((len(case.cost_model.offer_ids), 2), dtype=np.int64)
    if duties is not None:
        for draft in duties.drafts:
            works = [duties.planned[i].work for i in draft.works]
            aboard |= {(w.session, p) for w in works for p in w.passenger_ids}
            for half in {w.half for w in works}:
                used[draft.offer, half] += 1
    found: list[Unserved] = []
    for session in case.sessions:
        problem = problems.get(session)
        if problem is None:
            continue
        for i, passenger_id in enumerate(problem.passenger_ids):
            if (session, passenger_id) not in aboard:
                found.append(_explain(case, problem, i, used[:, int(session.is_homeward)]))
    return tuple(found)


def _explain(
    case: DayCase,
    problem: SessionProblem,
    request: int,
    used: np.ndarray,
) -> Unserved:
    """Explain one passenger: the group cannot be carried, or no vehicle is left for it."""
    group = [i for i in range(problem.n_requests) if problem.group[i] == problem.group[request]]
    facts = find_alone(problem, group)
    passenger_id = problem.passenger_ids[request]
    if facts.is_feasible:
        offers = np.flatnonzero(facts.is_offered)
        n_vehicles = int(case.cost_model.n_vehicles[offers].sum())
        n_used = int(used[offers].sum())
        names = sorted({case.cost_model.offer_ids[o] for o in offers.tolist()})
        return Unserved(
            passenger_id=passenger_id,
            session=problem.session,
            reason=UnservedReason.NO_CAPACITY_LEFT,
            evidence=(
                ("offers_able", len(names)),
                ("vehicles", n_vehicles),
                ("vehicles_used", n_used),
            ),
            relaxation=f"1 more vehicle and crew in session {problem.session}: "
            + ", ".join(names[:3]),
        )
    return Unserved(
        passenger_id=passenger_id,
        session=problem.session,
        reason=UnservedReason.NO_PLACE_FOUND_IN_TIME,
        evidence=(("companions", len(group)), ("orders_tried", _count_orders(problem, group))),
        relaxation=f"limits of the {len(group)} companion(s) together: {facts.broken_rule}",
    )


def _count_orders(problem: SessionProblem, group: Sequence[int]) -> int:
    return len(_find_orders(problem, group))


def find_alone(problem: SessionProblem, group: Sequence[int]) -> RouteFacts:
    """Find the facts of a route of these companions alone, feasible if any order is."""
    facts = [evaluate_route(problem, nodes) for nodes in _find_orders(problem, group)]
    return next((f for f in facts if f.is_feasible), facts[0])


def _find_orders(problem: SessionProblem, group: Sequence[int]) -> list[Nodes]:
    """Find orders of collecting a small group: all of them up to five, else as listed."""
    from itertools import permutations

    sites = sorted({problem.n_requests + int(problem.request_site[i]) for i in group})
    homes = permutations(group) if len(group) <= 5 else [tuple(group)]
    ends = list(permutations(sites)) if len(sites) <= 3 else [tuple(sites)]
    return [(*order, *end) for order in homes for end in ends]
