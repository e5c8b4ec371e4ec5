"""The cheapest plan of a small session by trying everything."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

from routing.evaluate import evaluate_route
from routing.problem import SessionProblem


def list_routes(problem: SessionProblem, riders: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """List every order of the riders with every place of the visits of their sites."""
    n = problem.n_requests
    sites = sorted({n + int(problem.request_site[i]) for i in riders})
    for order in permutations(riders):
        yield from _place_sites(problem, order, sites)


def _place_sites(
    problem: SessionProblem, order: tuple[int, ...], sites: list[int]
) -> Iterator[tuple[int, ...]]:
    if not sites:
        if order[-1] >= problem.n_requests:
            yield order
        return
    site, rest = sites[0], sites[1:]
    last = max(
        at
        for at, i in enumerate(order)
        if i < problem.n_requests and problem.n_requests + int(problem.request_site[i]) == site
    )
    for at in range(last + 1, len(order) + 1):
        yield from _place_sites(problem, (*order[:at], site, *order[at:]), rest)


def find_optimum(problem: SessionProblem) -> int:
    """Find the least cost of all plans, unserved passengers at their price. [pence]"""
    n = problem.n_requests
    best_route: dict[frozenset[int], int] = {}
    for size in range(1, n + 1):
        for riders in combinations(range(n), size):
            costs = [
                facts.search_pence(problem)
                for facts in (evaluate_route(problem, r) for r in list_routes(problem, riders))
                if facts.is_feasible
            ]
            if costs:
                best_route[frozenset(riders)] = min(costs)
    best: dict[frozenset[int], int] = {frozenset(): 0}

    def solve(left: frozenset[int]) -> int:
        if left not in best:
            first = min(left)
            options = [problem.policy.unserved_pence + solve(left - {first})]
            options += [
                cost + solve(left - riders)
                for riders, cost in best_route.items()
                if first in riders and riders <= left
            ]
            best[left] = min(options)
        return best[left]

    return solve(frozenset(range(n)))
