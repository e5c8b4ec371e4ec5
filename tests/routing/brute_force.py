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
    """Find the least cost of all plans, unserved passengers at their price. [pence]

    Where vehicles are limited, each route takes one of its offer for itself.
    """
    n = problem.n_requests
    is_limited = problem.is_limited
    best_route: dict[tuple[frozenset[int], int], int] = {}
    for size in range(1, n + 1):
        for riders in combinations(range(n), size):
            for facts in (evaluate_route(problem, r) for r in list_routes(problem, riders)):
                if not facts.is_feasible:
                    continue
                offers = facts.is_offered.nonzero()[0] if is_limited else [facts.best_offer]
                for offer in map(int, offers):
                    key = frozenset(riders), offer if is_limited else 0
                    cost = facts.search_pence(problem, offer)
                    best_route[key] = min(cost, best_route.get(key, cost))
    vehicles = tuple(problem.offers.n_vehicles.tolist()) if is_limited else (n,)
    best: dict[tuple[frozenset[int], tuple[int, ...]], int] = {}

    def solve(left: frozenset[int], spare: tuple[int, ...]) -> int:
        if not left:
            return 0
        if (left, spare) not in best:
            first = min(left)
            options = [problem.policy.unserved_pence + solve(left - {first}, spare)]
            for (riders, kind), cost in best_route.items():
                if first in riders and riders <= left and spare[kind]:
                    fewer = (*spare[:kind], spare[kind] - 1, *spare[kind + 1 :])
                    options.append(cost + solve(left - riders, fewer))
            best[left, spare] = min(options)
        return best[left, spare]

    return solve(frozenset(range(n)), vehicles)
