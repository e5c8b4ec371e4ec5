"""A paired problem as the arrays of its kernels: narrower windows, neighbours, sort keys."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.kernels import pair_state as k
from routing.paired.problem import MAX_TICKS, PairedProblem

Int64Array = NDArray[np.int64]

_FEW_ROUTES = 20
"""Up to so many vehicles every route is looked at for every request."""


def pack_paired(
    problem: PairedProblem,
    *,
    n_neighbours: int = 60,
    n_candidates: int = 40,
    blink_permille: int = 10,
    longest_string: int = 8,
    check: int = 0,
) -> k.PairData:
    """Pack a problem for the kernels.

    Parameters
    ----------
    n_neighbours
        Related requests that are kept of each.
    n_candidates
        Of these, how many name the routes that are looked at where routes are many.
    check
        1 recounts every route after every step.
    """
    n = problem.n_requests
    leg = problem.duration_t.astype(np.int64) + problem.service_t[:, None]
    np.fill_diagonal(leg, 0)
    is_triangle = _keeps_triangle(leg)
    earliest, latest = narrow_windows(problem, is_triangle=is_triangle)
    node = np.zeros((2 * n + 2, 3), dtype=np.int32)
    node[:, k.FROM], node[:, k.BY] = earliest, latest
    has_limit = problem.max_ride_t >= 0
    span = np.where(has_limit, problem.max_ride_t + problem.service_t[:n], MAX_TICKS)
    node[:n, k.SPAN] = np.minimum(span, MAX_TICKS)
    road = np.empty((2 * n + 2, 2 * n + 2, 4), dtype=np.int32)
    road[:, :, k.OUT_T], road[:, :, k.BACK_T] = leg, leg.T
    road[:, :, k.OUT_C], road[:, :, k.BACK_C] = problem.cost_c, problem.cost_c.T
    par = np.zeros(k.P_CAP + len(problem.capacity), dtype=np.int64)
    par[k.P_N] = n
    par[k.P_ROUTES] = n_routes = min(problem.n_vehicles, n)
    par[k.P_LEN] = find_longest(problem, leg, earliest, latest)
    par[k.P_DIMS] = len(problem.capacity)
    par[k.P_ROUTE_T] = problem.max_route_t
    par[k.P_FIXED] = problem.vehicle_c
    par[k.P_UNSERVED] = problem.unserved_c
    par[k.P_RIDES] = bool(has_limit.any())
    par[k.P_TRIANGLE] = is_triangle
    par[k.P_WAIT] = problem.is_waiting_aboard
    par[k.P_NEAR] = 0 if n_routes <= _FEW_ROUTES else min(n_candidates, n - 1)
    par[k.P_BLINK], par[k.P_STRING] = blink_permille, longest_string
    par[k.P_CHECK] = check
    par[k.P_CAP :] = problem.capacity
    spread = (np.arange(4096) + 0.5) / 4096
    return k.PairData(
        par=par,
        node=node,
        road=road,
        load=np.ascontiguousarray(problem.load, dtype=np.int32),
        near=find_related(leg, problem.cost_c, earliest, latest, n_neighbours),
        keys=_build_keys(problem, earliest, latest),
        neglog=-np.log(spread),
    )


def _keeps_triangle(leg: Int64Array) -> bool:
    """Whether no way over a third node, its service included, is shorter."""
    return all(bool((leg[:, [v]] + leg[[v], :] >= leg).all()) for v in range(len(leg)))


def narrow_windows(
    problem: PairedProblem, *, is_triangle: bool
) -> tuple[Int64Array, Int64Array]:
    """Narrow the windows to what ride limits and, where triangles hold, drives leave of them.

    Returns
    -------
    earliest, latest
        (2 n + 2,) begin of service; no schedule of any route is lost. [ticks]
    """
    n = problem.n_requests
    earliest, latest = problem.from_t.astype(np.int64), problem.by_t.astype(np.int64)
    leg = problem.duration_t.astype(np.int64) + problem.service_t[:, None]
    pick, drop = slice(0, n), slice(n, 2 * n)
    span = np.where(
        problem.max_ride_t >= 0, problem.max_ride_t + problem.service_t[:n], 4 * MAX_TICKS
    )
    own = leg[np.arange(n), np.arange(n, 2 * n)]
    for _ in range(2):
        if is_triangle:
            earliest[pick] = np.maximum(earliest[pick], earliest[2 * n] + leg[2 * n, pick])
            earliest[drop] = np.maximum(earliest[drop], earliest[pick] + own)
            latest[drop] = np.minimum(latest[drop], latest[2 * n + 1] - leg[drop, 2 * n + 1])
            latest[pick] = np.minimum(latest[pick], latest[drop] - own)
        earliest[pick] = np.maximum(earliest[pick], earliest[drop] - span)
        latest[drop] = np.minimum(latest[drop], latest[pick] + span)
    # A window turned round stays so: whoever has one is served by nobody.
    return earliest, np.maximum(latest, -1)


def find_longest(
    problem: PairedProblem, leg: Int64Array, earliest: Int64Array, latest: Int64Array
) -> int:
    """Find how many nodes a route can have at most, its ends included."""
    n = problem.n_requests
    if n == 0:
        return 2
    span = latest[2 * n + 1] - earliest[2 * n]
    if problem.max_route_t >= 0:
        span = min(span, problem.max_route_t)
    off = leg[: 2 * n].copy()
    off[np.arange(2 * n), np.arange(2 * n)] = 4 * MAX_TICKS
    off[:, 2 * n] = 4 * MAX_TICKS
    least = np.sort(off.min(axis=1))
    fits = int(np.searchsorted(np.cumsum(least), span, side="right"))
    return min(2 * n, fits + fits % 2) + 2


def find_related(
    leg: Int64Array,
    cost_c: NDArray[np.int32],
    earliest: Int64Array,
    latest: Int64Array,
    n_neighbours: int,
) -> NDArray[np.int32]:
    """Rank the other requests by how well they ride together, in place and time.

    A leg between two nodes counts its cost and, at the mean cost of a tick, the waiting it
    forces; what the windows forbid counts for nothing.

    Returns
    -------
    near
        (n, q) requests, the closest first.
    """
    n = (len(leg) - 2) // 2
    width = max(0, min(n_neighbours, n - 1))
    inner, money = leg[: 2 * n, : 2 * n], cost_c[: 2 * n, : 2 * n].astype(np.float64)
    rate = money.sum() / max(1, inner.sum())
    wait = earliest[None, : 2 * n] - latest[: 2 * n, None] - inner
    one_way = money + rate * np.maximum(wait, 0)
    late = earliest[: 2 * n, None] + inner > latest[None, : 2 * n]
    one_way[late] = 1e15
    both = np.minimum(one_way, one_way.T)
    together = both[:n, :n] + both[n:, n:]
    after = np.minimum(one_way[n:, :n], one_way[n:, :n].T)
    apart = np.minimum(together, 2 * after)
    np.fill_diagonal(apart, np.inf)
    return np.argsort(apart, axis=1, kind="stable")[:, :width].astype(np.int32)


def _build_keys(problem: PairedProblem, earliest: Int64Array, latest: Int64Array) -> Int64Array:
    """Sort keys, largest first: far, near, early, hemmed in, heavy."""
    n = problem.n_requests
    pick, drop = np.arange(n), np.arange(n, 2 * n)
    far = problem.cost_c[2 * n, pick].astype(np.int64) + problem.cost_c[drop, 2 * n + 1]
    keys = np.empty((n, k.N_KEYS), dtype=np.int64)
    keys[:, 0], keys[:, 1] = far, -far
    keys[:, 2] = -earliest[pick]
    keys[:, 3] = -np.minimum(latest[pick] - earliest[pick], latest[drop] - earliest[drop])
    keys[:, 4] = problem.load.sum(axis=1)
    return keys
