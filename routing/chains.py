"""Chains of the search of a session's routes: their state, their best plan in and out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.construct import pack_start
from routing.kernels import search
from routing.kernels import state as k
from routing.kernels.met import I64, build_met
from routing.route_pool import Found, Nodes

Packed = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
"""Nodes of all routes one after the other, length and offer of each, and the places chosen."""


_LEAST_PENCE = 20
"""Least price of leaving somebody out, from which a tenth more is more. [pence]"""


@dataclass(slots=True, eq=False)
class SessionChain:
    """One of the searches that run side by side.

    Attributes
    ----------
    data, state
        What the kernels work on.
    met
        Routes set down for a choice among them; without room until that is wanted.
    """

    data: k.Data
    state: k.State
    met: I64

    @property
    def cost_pence(self) -> int:
        """Cost of the best plan. [pence]"""
        return int(self.state.num[k.BEST])

    def make_room(self) -> None:
        """Make room for routes to be set down."""
        par = self.data.par
        n_kinds = int(par[k.P_OFFERS]) if par[k.P_LIMITED] else 1
        self.met = build_met(int(par[k.P_N]), int(par[k.P_MAX_LEN]) + 2, n_kinds)

    def run(self, task: int, *, how: int = 0, n_steps: int = 1, heat: float = 0.0) -> None:
        """Let the kernel do a task of `routing.kernels.search`."""
        search.run(self.data, self.state, self.met, task, how, n_steps, heat)

    def settle_price(self, lacking: float, n_steps: int) -> None:
        """Move the price of leaving somebody out so that about a part of all plans does.

        Parameters
        ----------
        lacking
            Wanted part of the plans passed through.
        n_steps
            Steps since the last time.
        """
        num = self.state.num
        is_cheap = num[k.N_LACKING] > lacking * n_steps
        price = int(num[k.PRICE]) * (11 if is_cheap else 9) // 10
        num[k.PRICE] = min(max(price, _LEAST_PENCE), int(self.data.par[k.P_UNSERVED]))
        num[k.N_LACKING] = 0

    def load(self, packed: Packed) -> None:
        """Make packed routes the present and the best plan."""
        nodes, lengths, offers, points = packed
        lst = self.state.lst
        lst[k.BEST_CHOICE, : len(points)] = points
        lst[k.BEST_LEN] = 0
        lst[k.BEST_LEN, : len(lengths)] = lengths
        lst[k.BEST_OFFER] = -1
        lst[k.BEST_OFFER, : len(offers)] = offers
        lst[k.BEST_NODE, : len(nodes)] = nodes
        self.run(search.DO_LOAD)

    def load_found(self, found: Sequence[Found]) -> None:
        """Make routes, each by its kind of vehicle, the present and the best plan."""
        nodes, lengths = pack_start([nodes for nodes, _ in found])
        kinds = np.array([kind for _, kind in found], dtype=np.int32)
        self.load((nodes, lengths, kinds, self.state.lst[k.BEST_CHOICE, :0]))

    def load_start(self, start: Sequence[Sequence[int]]) -> None:
        """Make routes, each by its cheapest offer, the present and the best plan."""
        nodes, lengths = pack_start(start)
        cheapest = np.full(len(lengths), -1, dtype=np.int32)
        n = len(self.state.memo)
        self.load((nodes, lengths, cheapest, self.state.lst[k.BEST_CHOICE, :n].copy()))

    def pack(self) -> Packed:
        """Copy the best plan."""
        lst = self.state.lst
        is_used = lst[k.BEST_LEN] > 0
        lengths = lst[k.BEST_LEN, is_used]
        nodes = lst[k.BEST_NODE, : int(lengths.sum())].copy()
        points = lst[k.BEST_CHOICE, : len(self.state.memo)].copy()
        return nodes, lengths, lst[k.BEST_OFFER, is_used], points

    def list_present(self) -> list[tuple[Nodes, int, int]]:
        """List the routes of the present plan, their costs and their kinds of vehicle."""
        st = self.state
        rows = np.flatnonzero(st.rt[: int(self.data.par[k.P_ROUTES]), k.LEN])
        kinds = st.rt[:, k.OFFER] * (self.data.par[k.P_LIMITED] > 0)
        return [
            (
                tuple(st.pos[r, : int(st.rt[r, k.LEN]), k.NODE].tolist()),
                int(st.rt[r, k.COST]),
                int(kinds[r]),
            )
            for r in rows.tolist()
        ]


def build_chains(data: k.Data, seed: int, n_chains: int) -> list[SessionChain]:
    """Build chains, each with its own random numbers and the choices it may change."""
    return [
        SessionChain(_share_data(data), build_state(data, seed, c), np.zeros(0, dtype=np.int64))
        for c in range(max(1, n_chains))
    ]


def _share_data(data: k.Data) -> k.Data:
    """Share what is given, but for what a chain changes when it chooses a place."""
    if not len(data.choices):
        return data
    return data._replace(
        req=data.req.copy(),
        node_row=data.node_row.copy(),
        keys=data.keys.copy(),
        choices=data.choices.copy(),
    )


def build_state(data: k.Data, seed: int, chain: int) -> k.State:
    """Build the empty state of one chain, with its own random numbers."""
    n, n_routes = int(data.par[k.P_N]), int(data.par[k.P_ROUTES])
    length, words = int(data.par[k.P_MAX_LEN]) + 2, int(data.par[k.P_WORDS])
    rng = np.random.SeedSequence([seed, chain]).generate_state(4, np.uint32).astype(np.int64)
    rng[0] |= 1
    rows = 2 * n_routes + 1
    lst = np.zeros((k.N_LST, max(2 * n + 4, int(data.par[k.P_OFFERS]))), dtype=np.int32)
    first = int(data.par[k.P_FIRST])
    lst[k.CHOICE : k.BEST_CHOICE + 1, :n] = data.links[first : first + n]
    num = np.zeros(k.N_NUM, dtype=np.int64)
    num[k.PRICE] = data.par[k.P_UNSERVED]
    return k.State(
        num=num,
        rng=rng,
        pos=np.zeros((rows, length, 5), dtype=np.int32),
        rt=np.zeros((rows, k.N_RT), dtype=np.int64),
        rate=np.zeros((rows, 4), dtype=np.float64),
        mask=np.zeros((rows + 1, words), dtype=np.uint64),
        lst=lst,
        seen=np.zeros((n_routes, 2), dtype=np.int64),
        seq=np.zeros((4, length), dtype=np.int32),
        seg=np.zeros((16, 8), dtype=np.int64),
        bits=np.zeros(words, dtype=np.uint64),
        memo=np.full((n, k.N_MEMO, 2), -1, dtype=np.int64),
    )


def begin_chains(chains: Sequence[SessionChain], start: Sequence[Sequence[int]]) -> None:
    """Load the start, put the absent in, and give every chain the best greedy start."""
    first = chains[0]
    n = int(first.data.par[k.P_N])
    n_aboard = sum(node < n for route in start for node in route)
    orders = 1 if n_aboard == n else 5
    best: tuple[int, Packed] | None = None
    points = first.pack()[3]
    for how in range(orders):
        first.state.lst[k.BEST_CHOICE, :n] = points
        first.load_start(start)
        first.run(search.DO_BUILD, how=how)
        if best is None or first.cost_pence < best[0]:
            best = (first.cost_pence, first.pack())
    for chain in chains:
        if best is not None:
            chain.load(best[1])
