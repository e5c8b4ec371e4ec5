"""Chains of a search that keep the routes they meet and go on from the best choice of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from data.errors import SolverError
from routing.kernels.met import I64, read_met
from routing.route_pool import Found, Nodes, RoutePool

_FROM = 0.6
"""Part of the limit from which on the search goes on from what is chosen."""
_JUDGED_FROM = 0.3
"""Part of the limit from which on a choice may be found hopeless."""
_HOPELESS = 0.015
"""A plan so much dearer than the program is not made cheaper by a choice, as a share."""
_HOPELESS_WARM = 0.04
"""The same while the search is warm, and its plan dearer than it will be."""
_SPARE = 1.25
"""Time kept for the last choice, in times of the longest so far."""


class Chain(Protocol):
    """State of one chain."""

    @property
    def met(self) -> I64:
        """Routes set down."""
        ...


C = TypeVar("C", bound=Chain)


class Combiner(Generic[C]):
    """Chooses among the routes of all chains, and lets one of them go on from there.

    Parameters
    ----------
    chains
        The chains.
    present
        Routes of the plans that the chains begin with, what each costs, and its vehicle's kind.
    read_cost
        Cost of the best plan of a chain. [cost units]
    load
        Makes routes the present and the best plan of a chain.
    clock
        What counts the seconds.
    """

    def __init__(
        self,
        pool: RoutePool,
        chains: Sequence[C],
        *,
        present: Sequence[tuple[Nodes, int, int]],
        read_cost: Callable[[C], int],
        load: Callable[[C, Sequence[Found]], None],
        clock: Callable[[], float],
    ) -> None:
        self.pool, self.chains = pool, chains
        self.read_cost, self.load, self.clock = read_cost, load, clock
        self.choice_s = 0.0  # to be kept for the last choice
        self.is_hopeless = False
        for nodes, cost, kind in present:
            pool.add(nodes, cost, kind)
        for chain in chains:
            read_met(chain.met)

    def gather(self, n_steps: int, share: float) -> None:
        """Keep the routes met since the last time; choose among all when it is time.

        While the search is warm it is only told what requests are worth: sent back to what was
        found before, again and again, it would stay there. Where the routes leave so much room
        under the plan that no choice of whole ones is found, it is given up for good.

        Parameters
        ----------
        n_steps
            Steps of each chain so far.
        share
            Part of the limit that is used.
        """
        if self.is_hopeless:
            return
        for chain in self.chains:
            self.pool.read(chain.met)
        if self.pool.is_due(n_steps):
            self.choose(n_steps, is_whole=share >= _FROM)
            most = _HOPELESS if share >= _FROM else _HOPELESS_WARM
            least = min(self.read_cost(chain) for chain in self.chains)
            self.is_hopeless = share >= _JUDGED_FROM and self.pool.program < (1 - most) * least

    def finish(self, n_steps: int) -> None:
        """Choose a last time, if the search was long enough to choose at all."""
        if self.pool.n_choices and not self.is_hopeless:
            self.choose(n_steps, is_whole=True)

    def choose(self, n_steps: int, *, is_whole: bool) -> None:
        """Let the chain with the dearest plan go on from the best choice of routes."""
        began = self.clock()
        costs = [self.read_cost(chain) for chain in self.chains]
        found = self.pool.choose(min(costs), n_steps, is_whole=is_whole)
        for chain in self.chains:
            self.pool.tell(chain.met)
        if found is not None:
            chain = self.chains[costs.index(max(costs))]
            self.load(chain, found[1])
            if self.read_cost(chain) != found[0]:
                raise SolverError(
                    f"routes chosen for {found[0]} cost {self.read_cost(chain)} together"
                )
        self.choice_s = max(self.choice_s, _SPARE * (self.clock() - began))
