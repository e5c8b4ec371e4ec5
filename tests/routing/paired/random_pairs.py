"""Random paired problems and routes, and oracles that share no code with the engine."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from routing.paired.problem import PairedProblem


def make_pairs(
    seed: int,
    *,
    n_requests: int = 6,
    n_vehicles: int = 2,
    tight: float = 0.5,
    is_triangle: bool = True,
    is_waiting_aboard: bool = True,
    is_fewest_vehicles: bool = False,
    vehicle_c: int = 0,
) -> PairedProblem:
    """A problem on a plane; `tight` runs from 0 (everything fits) to 1 (little does)."""
    rng = np.random.default_rng([seed, n_requests, n_vehicles])
    n = n_requests
    xy = rng.integers(0, 60, size=(2 * n + 2, 2))
    xy[2 * n + 1] = xy[2 * n] if seed % 2 else xy[2 * n + 1]
    between = np.abs(xy[:, None, :] - xy[None, :, :]).sum(axis=2)
    duration = between.copy()
    if not is_triangle:
        duration = duration + rng.integers(0, 40, size=between.shape)
    np.fill_diagonal(duration, 0)
    service = rng.integers(0, 8, size=2 * n + 2)
    service[2 * n + 1] = 0
    horizon = int(2_000 - 1_200 * tight)
    from_t = np.zeros(2 * n + 2, dtype=np.int64)
    by_t = np.full(2 * n + 2, horizon)
    width = int(40 + (1 - tight) * 400)
    for i in range(n):
        node = i + n * int(rng.integers(0, 2))
        from_t[node] = rng.integers(60, max(61, horizon - width - 100))
        by_t[node] = from_t[node] + rng.integers(width // 2, width)
    direct = duration[np.arange(n), np.arange(n, 2 * n)]
    ride = direct + rng.integers(5, 10 + int(300 * (1 - tight)), size=n)
    ride[rng.random(n) < 0.3] = -1
    dims = 1 + seed % 3
    whole = np.int32
    return PairedProblem(
        duration_t=duration.astype(whole),
        cost_c=(between + rng.integers(0, 3, size=between.shape)).astype(whole),
        from_t=from_t.astype(whole),
        by_t=by_t.astype(whole),
        service_t=service.astype(whole),
        load=rng.integers(0, 3, size=(n, dims)).astype(whole),
        capacity=rng.integers(2, 5, size=dims).astype(whole),
        max_ride_t=ride.astype(whole),
        max_route_t=-1 if seed % 4 == 0 else int(horizon * (0.5 + 0.4 * (1 - tight))),
        n_vehicles=n_vehicles,
        vehicle_c=vehicle_c,
        unserved_c=5_000,
        is_fewest_vehicles=is_fewest_vehicles,
        is_waiting_aboard=is_waiting_aboard,
    )


def make_order(rng: np.random.Generator, n: int, size: int) -> list[int]:
    """A random route of `size` requests, each picked up before it is dropped off."""
    chosen = rng.permutation(n)[:size]
    nodes = [int(i) for i in chosen for _ in range(2)]
    rng.shuffle(nodes)
    seen: set[int] = set()
    route = []
    for i in nodes:
        route.append(i + n if i in seen else i)
        seen.add(i)
    return route


def find_closure(problem: PairedProblem, route: list[int]) -> np.ndarray | None:
    """All longest paths between the nodes of a route and the origin (last row), by Floyd.

    None if a cycle is positive, that is if no schedule exists, or if a load is too much. The
    rules are written out here once more, not taken from the engine.
    """
    n = problem.n_requests
    nodes = [2 * n, *route, 2 * n + 1]
    m = len(nodes)
    never = -(10**12)
    most = np.full((m + 1, m + 1), never, dtype=np.int64)
    np.fill_diagonal(most, 0)

    def limit(u: int, v: int, w: int) -> None:
        most[u, v] = max(most[u, v], w)

    aboard = np.zeros(len(problem.capacity), dtype=np.int64)
    n_aboard = 0
    for q, v in enumerate(nodes):
        limit(m, q, int(problem.from_t[v]))
        limit(q, m, -int(problem.by_t[v]))
        if q + 1 < m:
            if v < n:
                aboard += problem.load[v]
                n_aboard += 1
            elif v < 2 * n:
                aboard -= problem.load[v - n]
                n_aboard -= 1
            if (aboard > problem.capacity).any():
                return None
            leg = int(problem.service_t[v]) + int(problem.duration_t[v, nodes[q + 1]])
            limit(q, q + 1, leg)
            if n_aboard and not problem.is_waiting_aboard:
                limit(q + 1, q, -leg)
        if v < n and problem.max_ride_t[v] >= 0:
            drop = nodes.index(v + n)
            limit(drop, q, -int(problem.max_ride_t[v]) - int(problem.service_t[v]))
    if problem.max_route_t >= 0:
        limit(m - 1, 0, -problem.max_route_t)
    for k in range(m + 1):
        most = np.maximum(most, most[:, [k]] + most[[k], :])
    return None if (np.diagonal(most) > 0).any() else most


def has_schedule(problem: PairedProblem, route: list[int]) -> bool:
    """Whether the rules of a route can be met, by a search for a positive cycle."""
    return find_closure(problem, route) is not None


def count_cost(problem: PairedProblem, route: list[int]) -> int:
    """Cost of one route."""
    n = problem.n_requests
    if not route:
        return 0
    nodes = [2 * n, *route, 2 * n + 1]
    return problem.vehicle_c + sum(int(problem.cost_c[a, b]) for a, b in pairwise(nodes))


def find_orders(n: int, members: tuple[int, ...]) -> Iterator[list[int]]:
    """Every order of some requests with each pick-up before its drop-off."""
    nodes = [v for i in members for v in (i, i + n)]
    for order in itertools.permutations(nodes):
        if all(order.index(i) < order.index(i + n) for i in members):
            yield list(order)


def find_optimum(problem: PairedProblem) -> int:
    """Least cost of any plan, by trying all."""
    n = problem.n_requests
    route_c: dict[tuple[int, ...], int] = {}
    for size in range(1, n + 1):
        for members in itertools.combinations(range(n), size):
            costs = [
                count_cost(problem, order)
                for order in find_orders(n, members)
                if has_schedule(problem, order)
            ]
            if costs:
                route_c[members] = min(costs)
    best = n * problem.unserved_c
    for owners in itertools.product(range(-1, problem.n_vehicles), repeat=n):
        total = owners.count(-1) * problem.unserved_c
        for vehicle in set(owners) - {-1}:
            members = tuple(i for i in range(n) if owners[i] == vehicle)
            total += route_c.get(members, 10**9)
        best = min(best, total)
    return best
