"""The routes that a search met, and the best plan that can be put together from them.

A search drops good routes with the plans they stood in. The cheapest choice of known routes
that serves everybody once joins what was found at different times (Rochat and Taillard,
Probabilistic diversification and intensification in local search for vehicle routing, Journal
of Heuristics 1, 1995). What requests are worth to that choice tells the search which of the
routes it tries and drops are worth keeping.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from routing.kernels.met import I64, read_met, write_worth
from routing.route_choice import FloatArray, RouteChoice

Nodes = tuple[int, ...]
Found = tuple[Nodes, int]
"""Nodes of a route and the kind of its vehicle."""

_MOST = 30_000
"""Routes that are kept; beyond, those that the last prices call dearest are let go."""
_OVER = 0.002
"""Routes that cost so much more than they are worth are kept, as a share of the plan."""
_GROWTH = 0.25
"""Part of the steps so far after which it is chosen again, if that is more than `every`."""


class RoutePool:
    """Routes by the requests they serve and the kind of vehicle, each set at its cheapest.

    Parameters
    ----------
    n_requests
        Nodes below this are requests; others are places on the way.
    unserved
        Price of a request that is on no route. [cost units]
    vehicles
        How many vehicles of each kind there are; None for one kind of any number.
    every
        Steps of a chain between two choices, at least.

    Attributes
    ----------
    program
        Value of the last linear program: no choice of known routes costs less. [cost units]
    """

    def __init__(
        self,
        n_requests: int,
        unserved: int,
        *,
        every: int,
        vehicles: Sequence[int] | None = None,
    ) -> None:
        self.n_requests = n_requests
        self.unserved = unserved
        self.vehicles = vehicles
        self.every = every
        self._next = every
        self.n_choices = 0
        self.program = math.inf
        self._routes: dict[tuple[int, Nodes], tuple[int, Nodes]] = {}
        self._worth: FloatArray | None = None
        self._most_over = 0

    def __len__(self) -> int:
        return len(self._routes)

    def wait(self, n_steps: int) -> None:
        """Let so many steps of a chain be those before the first route was known."""
        self._next = n_steps + self.every

    def is_due(self, n_steps: int) -> bool:
        """Whether it is time to choose, after so many steps of a chain."""
        return n_steps >= self._next

    def add(self, nodes: Iterable[int], cost: int, kind: int = 0) -> None:
        """Keep a route, unless its requests are known to be served for no more."""
        route = tuple(nodes)
        n = self.n_requests
        served = tuple(sorted([node for node in route if node < n]))
        key = (kind, served)
        old = self._routes.get(key)
        if served and (old is None or cost < old[0]):
            self._routes[key] = (cost, route)

    def read(self, met: I64) -> None:
        """Keep the routes that a chain has set down since the last reading."""
        for cost, kind, length, *nodes in read_met(met):
            self.add(nodes[:length], cost, kind)

    def tell(self, met: I64) -> None:
        """Tell a chain what requests are worth, so that it knows what to set down."""
        if self._worth is not None:
            write_worth(met, self._worth, self._most_over)

    def choose(
        self, upper: int, n_steps: int, *, is_whole: bool = True
    ) -> tuple[int, tuple[Found, ...]] | None:
        """Choose routes that serve everybody once for less than a known plan.

        Parameters
        ----------
        upper
            Cost of the known plan. [cost units]
        n_steps
            Steps of a chain so far; they say when to choose again.
        is_whole
            Whether routes are wanted; else it only finds what requests are worth.

        Returns
        -------
        cost, routes
            None if none is found, which proves nothing.
        """
        self.n_choices += 1
        self._next = n_steps + max(self.every, int(_GROWTH * n_steps))
        keys = list(self._routes)
        choice = RouteChoice(
            [self._routes[key][0] for key in keys],
            [served for _, served in keys],
            n_requests=self.n_requests,
            unserved=self.unserved,
            upper=upper,
            kinds=[kind for kind, _ in keys],
            vehicles=self.vehicles,
        )
        if not keys or not choice.relax(self._worth):
            return None
        self._worth = choice.worth
        self.program = choice.value
        self._most_over = round(max(choice.gap, _OVER * upper))
        chosen = choice.choose() if is_whole else []
        found = [(*self._routes[keys[c]], keys[c][0]) for c in chosen]
        self._thin(keys, choice.reduced)
        cost = sum(cost for cost, _, _ in found)
        if not found or cost >= upper:
            return None
        return cost, tuple((route, kind) for _, route, kind in found)

    def _thin(self, keys: Sequence[tuple[int, Nodes]], reduced: FloatArray) -> None:
        """Let go of the routes that are dearest by the last prices, once there are many."""
        if len(keys) > _MOST:
            kept = np.argsort(reduced, kind="stable")[: _MOST // 2]
            self._routes = {keys[c]: self._routes[keys[c]] for c in kept.tolist()}


@cache
def compile_choice() -> None:
    """Load and compile what a choice needs, so that no clock counts it."""
    pool = RoutePool(2, 100, every=1)
    for nodes, cost in (((0,), 10), ((1,), 10), ((0, 1), 15)):
        pool.add(nodes, cost)
    pool.choose(20, 1)
