"""Good choices of provider to begin with: another choice moved towards a share of its own.

The exact search needs long to find its first answer where the own company must carry much more
or much less than is cheapest. One piece of work is exchanged at a time, the cheapest a journey
first, wherever every other row still holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from costing.programs import is_kept
from costing.provider_demand import Demand
from costing.provider_program import ProviderProgram, find_vehicles
from data.choices import ProviderRules


def move_share(
    program: ProviderProgram,
    demand: Demand,
    rules: ProviderRules,
    taken: frozenset[int],
    n_shares: int,
) -> frozenset[int] | None:
    """Move a choice to the share of journeys that the rules ask for.

    Parameters
    ----------
    program
        With the rows of the shares, the last `n_shares` ones.
    taken
        Columns of a choice that keeps all other rows.

    Returns
    -------
    Columns of a choice that keeps every row; None where this way leads to none.
    """
    state = _State(program, demand, taken, n_shares)
    n_all = sum(state.journeys)
    most = rules.max_own_bp * n_all // 10_000
    least = -(-rules.min_own_bp * n_all // 10_000)
    if state.n_own > most:
        state.give_away(most)
    elif state.n_own < least:
        state.take_on(least)
    kept = {c for c in state.taken if not state.is_vehicle(c)}
    found = frozenset(kept | find_vehicles(program.columns, program.choice.rows, kept))
    return found if is_kept(program.choice, found) else None


class _State:
    """A choice while routes change hands, with the sum of every row."""

    def __init__(
        self,
        program: ProviderProgram,
        demand: Demand,
        taken: frozenset[int],
        n_shares: int,
    ) -> None:
        self.columns = program.columns
        rows = program.choice.rows[: len(program.choice.rows) - n_shares]
        self.journeys = [len(route.passenger_ids) for route in demand.routes]
        self.limits: list[tuple[int | None, int | None]] = []
        self.rows_of: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for row in rows:
            if any(k == -1 and self.is_vehicle(c) for c, k in row.terms):
                continue  # As many vehicles are kept as are needed.
            for c, k in row.terms:
                self.rows_of[c].append((len(self.limits), k))
            self.limits.append((row.low, row.high))
        self.taken = {c for c in taken if not self.is_vehicle(c)}
        self.sums = [0] * len(self.limits)
        for c in self.taken:
            self._count(c, 1)
        # What each route costs alone with each seller, the cheapest first.
        self.bought: dict[int, list[int]] = defaultdict(list)
        for c, column in enumerate(self.columns):
            if column.seller is not None and len(column.routes) == 1:
                self.bought[column.routes[0]].append(c)
        for held in self.bought.values():
            held.sort(key=lambda c: (self.columns[c].cost_pence, c))

    def is_vehicle(self, c: int) -> bool:
        """Whether a column stands for a vehicle kept."""
        column = self.columns[c]
        return not column.routes and bool(column.vehicle_type_id)

    @property
    def n_own(self) -> int:
        """Journeys that the own company carries."""
        return sum(self._weigh(c) for c in self.taken if self.columns[c].piece is not None)

    def _weigh(self, c: int) -> int:
        return sum(self.journeys[r] for r in self.columns[c].routes)

    def _count(self, c: int, sign: int) -> None:
        for row, k in self.rows_of[c]:
            self.sums[row] += sign * k

    def _is_held(self, changed: Iterable[int]) -> bool:
        """Whether the rows that some columns touch hold."""
        for c in changed:
            for row, _ in self.rows_of[c]:
                low, high = self.limits[row]
                if (low is not None and self.sums[row] < low) or (
                    high is not None and self.sums[row] > high
                ):
                    return False
        return True

    def _exchange(self, away: Sequence[int], by: Sequence[int]) -> bool:
        """Exchange columns; nothing changes where a row would not hold."""
        for c in away:
            self._count(c, -1)
        for c in by:
            self._count(c, 1)
        if self._is_held((*away, *by)):
            self.taken -= set(away)
            self.taken |= set(by)
            return True
        for c in by:
            self._count(c, -1)
        for c in away:
            self._count(c, 1)
        return False

    def give_away(self, most: int) -> None:
        """Let suppliers run own pieces of work until the own company carries so many."""

        def price(c: int) -> tuple[int, int]:
            routes = self.columns[c].routes
            others = [self.columns[self.bought[r][0]].cost_pence for r in routes]
            more_pence = sum(others) - self.columns[c].cost_pence
            return more_pence * 1_000 // max(1, self._weigh(c)), c

        own = [
            c
            for c in self.taken
            if self.columns[c].piece is not None
            and all(self.bought[r] for r in self.columns[c].routes)
        ]
        n_own = self.n_own
        for c in sorted(own, key=price):
            if n_own <= most:
                return
            if self._sell(c):
                n_own -= self._weigh(c)

    def _sell(self, piece: int) -> bool:
        """Let suppliers run the routes of one piece, the cheapest that have a vehicle."""
        self._count(piece, -1)
        by: list[int] = []
        for r in self.columns[piece].routes:
            for c in self.bought[r]:
                self._count(c, 1)
                # The row of the route itself is whole again with its new column.
                if self._is_held([c]):
                    by.append(c)
                    break
                self._count(c, -1)
        is_done = len(by) == len(self.columns[piece].routes) and self._is_held([piece, *by])
        if is_done:
            self.taken -= {piece}
            self.taken |= set(by)
            return True
        for c in by:
            self._count(c, -1)
        self._count(piece, 1)
        return False

    def take_on(self, least: int) -> None:
        """Let the own company run bought routes until it carries so many journeys."""
        runner = {
            self.columns[c].routes[0]: c
            for c in self.taken
            if self.columns[c].seller is not None and len(self.columns[c].routes) == 1
        }
        offers = []
        for c, column in enumerate(self.columns):
            if column.piece is not None and all(r in runner for r in column.routes):
                paid_pence = sum(self.columns[runner[r]].cost_pence for r in column.routes)
                more_pence = column.cost_pence - paid_pence
                offers.append((more_pence * 1_000 // max(1, self._weigh(c)), c))
        n_own = self.n_own
        for _, c in sorted(offers):
            if n_own >= least:
                return
            routes = self.columns[c].routes
            if all(r in runner for r in routes) and self._exchange(
                [runner[r] for r in routes], [c]
            ):
                for r in routes:
                    del runner[r]
                n_own += self._weigh(c)
