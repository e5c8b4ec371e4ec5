"""A plan given as the start of a search: its routes, pick-up points and duties read back."""

from __future__ import annotations

from collections.abc import Sequence

from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import Duty, Plan
from routing.day import DayCase, Nodes
from routing.problem import SessionProblem
from routing.states import DayState, Reference


def read_reference(case: DayCase, plan: Plan, pence: int) -> Reference:
    """Read a plan as what a search starts from, and is held to at a price. [pence]"""
    problems = {session: case.build_problem(session) for session in case.sessions}
    state = DayState(
        problems=problems,
        routes={s: read_routes(problem, plan) for s, problem in problems.items()},
    )
    return Reference(state=state, duties=plan.duties, pence=pence)


def read_routes(problem: SessionProblem, plan: Plan) -> tuple[Nodes, ...]:
    """Read the routes of a plan's session as nodes; who does not travel any more drops out."""
    request_at = {p: i for i, p in enumerate(problem.passenger_ids)}
    site_at = {s: problem.n_requests + j for j, s in enumerate(problem.site_ids)}
    found: list[Nodes] = []
    for route in plan.routes:
        if route.session is not problem.session:
            continue
        nodes: list[int] = []
        for stop in route.stops[::-1] if problem.is_homeward else route.stops:
            if stop.site_id is not None:
                nodes += [site_at[stop.site_id]] if stop.site_id in site_at else []
                continue
            ids = stop.alighting[::-1] if problem.is_homeward else stop.boarding
            nodes += [request_at[p] for p in ids if p in request_at]
        found.append(tuple(nodes))
    return tuple(found)


def read_points(
    inputs: Inputs, matrix: TravelMatrix, duties: Sequence[Duty]
) -> dict[Session, dict[str, tuple[str, int]]]:
    """Read where everybody is collected or brought to, with the walk from home. [m]

    A stop that is neither a home of the passenger nor within a known walk of one is left out.
    """
    homes: dict[str, list[str]] = {}
    for home in inputs.homes:
        homes.setdefault(home.passenger_id, []).append(home.place_id)
    walks = matrix.walk_m
    points: dict[Session, dict[str, tuple[str, int]]] = {}
    for route in (route for duty in duties for route in duty.routes):
        mine = points.setdefault(route.session, {})
        for stop in route.stops:
            for p in stop.alighting if route.session.is_homeward else stop.boarding:
                known = homes.get(p, [])
                if stop.place_id in known:
                    mine[p] = (stop.place_id, 0)
                    continue
                ways = [walks[h, stop.place_id] for h in known if (h, stop.place_id) in walks]
                if ways:
                    mine[p] = (stop.place_id, min(ways))
    return points
