"""Chains of the search of paired requests: their state, their best plan in and out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.kernels import pair_search as search
from routing.kernels import pair_state as k
from routing.kernels.met import build_met


def build_paired_state(data: k.PairData, seed: int, chain: int) -> k.PairState:
    """Build the empty state of one chain, with its own random numbers."""
    n, n_routes, length = (int(data.par[p]) for p in (k.P_N, k.P_ROUTES, k.P_LEN))
    slots = 2 * n_routes + 2
    rng = np.random.SeedSequence([seed, chain]).generate_state(4, np.uint32).astype(np.int64)
    rng[0] |= 1
    num = np.zeros(k.N_NUM, dtype=np.int64)
    num[k.N_OPEN] = n_routes
    return k.PairState(
        num=num,
        rng=rng,
        pos=np.zeros((slots, k.N_POS, length), dtype=np.int32),
        aboard=np.zeros((slots, length, len(data.par) - k.P_CAP), dtype=np.int32),
        gap=np.zeros((slots, length, length), dtype=np.int32),
        rt=np.zeros((slots, 3), dtype=np.int64),
        memo=np.zeros((n, slots, 3), dtype=np.int64),
        ins=np.zeros((k.N_INS, max(length, n)), dtype=np.int64),
        lst=np.zeros((k.N_LST, max(2 * n, slots) + 4), dtype=np.int32),
        score=np.ones((2, k.N_SIZES), dtype=np.float64),
        met=build_met(n, length),
    )


def load_routes(data: k.PairData, state: k.PairState, routes: Sequence[Sequence[int]]) -> None:
    """Make routes the present and the best plan of a chain."""
    state.lst[k.BEST_LEN] = 0
    at = 0
    for r, route in enumerate(routes):
        state.lst[k.BEST_LEN, r] = len(route)
        state.lst[k.BEST_NODE, at : at + len(route)] = route
        at += len(route)
    search.run(data, state, search.DO_LOAD, 0, 1, 0.0)


def read_routes(state: k.PairState) -> list[tuple[int, ...]]:
    """Read the best plan of a chain."""
    routes = []
    at = 0
    for length in state.lst[k.BEST_LEN].tolist():
        if length:
            routes.append(tuple(state.lst[k.BEST_NODE, at : at + length].tolist()))
        at += length
    return routes
