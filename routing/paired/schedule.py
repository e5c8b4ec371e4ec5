"""The earliest schedule of one paired route, by plain longest paths."""

from __future__ import annotations

from collections.abc import Sequence

from routing.paired.problem import PairedProblem

Limit = tuple[int, int, int]
"""(u, v, w): the begin at v is at least w after the begin at u; -1 is the origin of time."""


def find_limits(problem: PairedProblem, route: Sequence[int]) -> list[Limit] | None:
    """List every rule of a route as differences of begins; None if loads or order break one.

    Parameters
    ----------
    route
        Nodes without the ends.
    """
    n = problem.n_requests
    nodes = [2 * n, *route, 2 * n + 1]
    limits: list[Limit] = []
    aboard: dict[int, int] = {}
    done: set[int] = set()
    load = [0] * len(problem.capacity)
    for q, node in enumerate(nodes):
        limits.append((-1, q, int(problem.from_t[node])))
        limits.append((q, -1, -int(problem.by_t[node])))
        if q:
            before = nodes[q - 1]
            leg = int(problem.service_t[before]) + int(problem.duration_t[before, node])
            limits.append((q - 1, q, leg))
            if aboard and not problem.is_waiting_aboard:
                limits.append((q, q - 1, -leg))
        if node < n:
            if node in done or node in aboard:
                return None
            aboard[node] = q
        elif node < 2 * n:
            i = node - n
            if i not in aboard:
                return None
            if problem.max_ride_t[i] >= 0:
                ride = int(problem.max_ride_t[i]) + int(problem.service_t[i])
                limits.append((q, aboard[i], -ride))
            del aboard[i]
            done.add(i)
        if node < 2 * n:
            sign = 1 if node < n else -1
            for d in range(len(load)):
                load[d] += sign * int(problem.load[node % n, d])
                if load[d] > problem.capacity[d]:
                    return None
    if problem.max_route_t >= 0:
        limits.append((len(nodes) - 1, 0, -problem.max_route_t))
    return None if aboard else limits


def find_begins(problem: PairedProblem, route: Sequence[int]) -> tuple[int, ...] | None:
    """Find the earliest begin of service at every node of a route, the ends included. [ticks]

    Returns
    -------
    begins
        The least that meets every rule; None if nothing does.
    """
    limits = find_limits(problem, route)
    if limits is None:
        return None
    m = len(route) + 2
    begins = [0] * m
    for _ in range(m + 2):
        is_done = True
        for u, v, w in limits:
            least = w if u < 0 else begins[u] + w
            if v < 0:
                if least > 0:
                    return None
            elif begins[v] < least:
                begins[v] = least
                is_done = False
        if is_done:
            return tuple(begins)
    return None
