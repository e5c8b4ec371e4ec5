"""Choosing among routes met: as cheap as any choice can be, repeatable, never a worse plan."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from routing.route_choice import RouteChoice
from routing.route_pool import RoutePool

Routes = dict[tuple[int, ...], int]


def make_routes(seed: int, n: int, n_routes: int) -> Routes:
    """Routes of one to four requests at prices near a common worth, and everybody alone."""
    rng = np.random.default_rng(seed)
    routes: Routes = {(i,): int(rng.integers(80, 120)) for i in range(n)}
    for _ in range(n_routes):
        key = tuple(sorted(rng.choice(n, size=rng.integers(2, 5), replace=False).tolist()))
        routes[key] = int(40 + 50 * len(key) + rng.integers(0, 40))
    return routes


def find_least(routes: Routes, n: int, max_routes: int) -> int | None:
    """The least cost of serving all once, by dynamic programming over sets of requests."""
    least: dict[tuple[int, int], int] = {(0, 0): 0}
    for size in range(max_routes):
        for (done, used), cost in list(least.items()):
            if used != size:
                continue
            first = next((i for i in range(n) if not done >> i & 1), None)
            for key, price in routes.items():
                bits = sum(1 << i for i in key)
                if first in key and not done & bits:
                    state = (done | bits, used + 1)
                    least[state] = min(least.get(state, 1 << 60), cost + price)
    return min((c for (done, _), c in least.items() if done == (1 << n) - 1), default=None)


def choose(
    routes: Routes, n: int, max_routes: int, upper: int
) -> tuple[int, list[tuple[int, ...]]]:
    """Choose among routes; cost 0 for nothing under the known plan."""
    keys = list(routes)
    choice = RouteChoice(
        [routes[key] for key in keys],
        keys,
        n_requests=n,
        unserved=10_000,
        upper=upper,
        vehicles=[max_routes],
    )
    assert choice.relax(None)
    found = [keys[c] for c in choice.choose()]
    return sum(routes[key] for key in found), found


def test_choice_costs_the_least_that_any_choice_can() -> None:
    n_found = 0
    for seed in range(30):
        n = 6 + seed % 4
        routes, most = make_routes(seed, n, 25), 3 + seed % 4
        least = find_least(routes, n, most)
        # The known plan costs a bit more than the best, or there is none.
        cost, found = choose(routes, n, most, 5_000 if least is None else least + 60)
        assert cost == (least or 0)
        if least is not None:
            n_found += 1
            assert sorted(i for key in found for i in key) == list(range(n))
            assert len(found) <= most
            assert choose(routes, n, most, least) == (0, [])
    assert n_found > 15


def test_program_is_never_above_a_choice_and_duals_pay_for_every_route() -> None:
    for seed in range(20):
        routes = make_routes(seed, 9, 30)
        keys = list(routes)
        costs = [routes[key] for key in keys]
        choice = RouteChoice(
            costs, keys, n_requests=9, unserved=10_000, upper=1_000, vehicles=[6]
        )
        assert choice.relax(None)
        least = find_least(routes, 9, 6)
        assert least is not None
        assert choice.value <= least + 1e-6
        # Strong duality by hand: what all requests and all six routes are worth is the value.
        assert abs(choice.worth[:9].sum() + 6 * choice.worth[9] - choice.value) < 1e-6
        assert choice.worth[9] <= 1e-9
        for cost, key, reduced in zip(costs, keys, choice.reduced, strict=True):
            paid = sum(choice.worth[i] for i in key) + choice.worth[9]
            assert abs(cost - paid - reduced) < 1e-6
            assert reduced > -1e-6


def test_pool_keeps_the_cheapest_route_of_each_set_and_joins_what_no_plan_had() -> None:
    # No plan so far had both good halves, 0 1 for 12 and 3 2 for 13. Nodes 4 and 5 are places.
    pool = RoutePool(4, 1_000, every=10)
    pool.add((0, 1, 4), 12)
    pool.add((1, 0, 4), 15)
    pool.add((2, 3, 5), 28)
    pool.add((3, 2, 5), 13)
    pool.add((0, 1, 2, 3, 4), 45)
    assert len(pool) == 3
    assert [pool.is_due(steps) for steps in (9, 10)] == [False, True]
    found = pool.choose(40, 10)
    assert found is not None
    assert found[0] == 25
    assert sorted(found[1]) == [((0, 1, 4), 0), ((3, 2, 5), 0)]
    assert pool.choose(25, 20) is None
    assert [pool.is_due(steps) for steps in (29, 30)] == [False, True]


def find_least_of_kinds(
    routes: dict[tuple[int, tuple[int, ...]], int], n: int, vehicles: tuple[int, ...]
) -> int | None:
    """The least cost of serving all once with so many vehicles of each kind, by trying all."""

    def solve(left: frozenset[int], spare: tuple[int, ...]) -> int | None:
        if not left:
            return 0
        costs = []
        for (kind, key), price in routes.items():
            if min(left) in key and left >= set(key) and spare[kind]:
                fewer = (*spare[:kind], spare[kind] - 1, *spare[kind + 1 :])
                rest = solve(left - set(key), fewer)
                if rest is not None:
                    costs.append(price + rest)
        return min(costs, default=None)

    return solve(frozenset(range(n)), vehicles)


def test_choice_keeps_to_the_vehicles_of_each_kind() -> None:
    n_found = n_bound = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        n, vehicles = 7, (1 + seed % 2, 1 + seed % 3, 1)
        routes = {
            (kind, key): cost + 15 * kind + int(rng.integers(0, 9))
            for key, cost in make_routes(seed, n, 25).items()
            for kind in range(3)
            if rng.random() < 0.7
        }
        least = find_least_of_kinds(routes, n, vehicles)
        pool = RoutePool(n, 10_000, every=1, vehicles=vehicles)
        for (kind, key), cost in routes.items():
            pool.add(key, cost, kind)
        found = pool.choose(5_000 if least is None else least + 60, 1)
        assert (None if found is None else found[0]) == least
        if found is not None:
            kinds = [kind for _, kind in found[1]]
            assert sum(routes[kind, key] for key, kind in found[1]) == least
            assert all(kinds.count(kind) <= vehicles[kind] for kind in range(3))
            n_found += 1
            n_bound += find_least_of_kinds(routes, n, (n, n, n)) != least
    assert n_found > 15
    assert n_bound > 5


def test_limit_on_looks_ends_the_search_for_a_choice() -> None:
    rng = np.random.default_rng(5)
    keys = [key for size in (3, 4) for key in combinations(range(14), size)]
    costs = [100 * len(key) + int(rng.integers(0, 9)) for key in keys]
    choice = RouteChoice(costs, keys, n_requests=14, unserved=10_000, upper=1_500)
    assert choice.relax(None)
    assert choice.choose(1) == []
