"""Where the search begins: given routes made to fit the problem."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.evaluate import evaluate_route
from routing.problem import SessionProblem

Nodes = tuple[int, ...]
Packed = tuple[NDArray[np.int32], NDArray[np.int32]]
"""Nodes of all routes one after the other, and the length of each."""


def build_start(problem: SessionProblem, routes: Sequence[Sequence[str]]) -> tuple[Nodes, ...]:
    """Build a start for the search from routes of another plan.

    Passengers who are not in the problem are left out, sites that lose their last passenger
    too; a site that is missing is visited at the end. From a route that breaks a rule,
    passengers are taken off one by one until it keeps them all: the search will put them
    elsewhere.

    Parameters
    ----------
    routes
        Ids of passengers and sites of each route, homes before sites: the order of an outward
        route, the reverse of a homeward one. So a morning route is a start for the afternoon.

    Returns
    -------
    routes
        Allowed routes as nodes, no passenger twice.
    """
    n = problem.n_requests
    request_at = {p: i for i, p in enumerate(problem.passenger_ids)}
    site_at = {s: j for j, s in enumerate(problem.site_ids)}
    seen: set[int] = set()
    start: list[Nodes] = []
    for route in routes:
        nodes: list[int] = []
        for name in route:
            i = request_at.get(name)
            if i is not None and i not in seen:
                seen.add(i)
                nodes.append(i)
            elif i is None and name in site_at and n + site_at[name] not in nodes:
                nodes.append(n + site_at[name])
        fitted = mend_route(problem, nodes)
        if fitted:
            start.append(fitted)
    return tuple(start)


def mend_route(problem: SessionProblem, nodes: Sequence[int]) -> Nodes:
    """Mend a route: sites after their passengers, then passengers off until it is allowed.

    Of all passengers (with their group) whose leaving makes the route allowed, the one leaves
    who leaves the cheapest route; if none does, the last to board leaves first.
    """
    route = _order_sites(problem, nodes)
    while route:
        if evaluate_route(problem, route).is_feasible:
            return route
        riders = [i for i in route if i < problem.n_requests]
        best: tuple[int, Nodes] | None = None
        for g in dict.fromkeys(int(problem.group[i]) for i in riders):
            left = _order_sites(
                problem,
                [v for v in route if v >= problem.n_requests or int(problem.group[v]) != g],
            )
            facts = evaluate_route(problem, left) if left else None
            if facts is not None and facts.is_feasible:
                cost = facts.search_pence(problem)
                if best is None or cost < best[0]:
                    best = (cost, left)
        if best is not None:
            return best[1]
        last = int(problem.group[riders[-1]])
        route = _order_sites(
            problem,
            [v for v in route if v >= problem.n_requests or int(problem.group[v]) != last],
        )
    return ()


def _order_sites(problem: SessionProblem, nodes: Sequence[int]) -> Nodes:
    """Drop visits without passengers, add those missing, and put each after its passengers."""
    n = problem.n_requests
    riders = [i for i in nodes if i < n]
    last = {int(problem.request_site[i]): at for at, i in enumerate(nodes) if i < n}
    if not riders:
        return ()
    ordered: list[int] = []
    late: list[int] = []
    for at, node in enumerate(nodes):
        if node < n or (node - n in last and last[node - n] < at):
            ordered.append(node)
    placed = {node - n for node in ordered if node >= n}
    late = [j for j in last if j not in placed]
    late.sort(key=lambda j: (int(problem.site_by_s[j]), j))
    ordered += [n + j for j in late]
    while ordered and ordered[-1] < n:
        ordered.pop()
    return tuple(ordered)


def pack_start(routes: Sequence[Sequence[int]]) -> Packed:
    """Pack routes for the kernels: all nodes one after the other, and the lengths."""
    nodes = [node for route in routes for node in route]
    return (
        np.array(nodes, dtype=np.int32),
        np.array([len(route) for route in routes], dtype=np.int32),
    )
