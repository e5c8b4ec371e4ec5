"""Improving the routes of a paired problem: chains of ruin and recreate on threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

from data.errors import SolverError
from routing.combining import Combiner
from routing.kernels import pair_search as search
from routing.kernels import pair_state as k
from routing.paired.chains import build_paired_state, load_routes, read_routes
from routing.paired.packing import pack_paired
from routing.paired.problem import PairedProblem
from routing.paired.schedule import find_begins
from routing.route_pool import RoutePool

Routes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedSolution:
    """The best routes found.

    Attributes
    ----------
    routes
        Nodes of each route without its ends, sorted by the smallest.
    unserved
        Requests on no route.
    cost_c
        Legs, vehicles and the unserved. [cost units]
    limit
        What ended the search: ``steps``, ``seconds``, ``interrupted`` or ``none``.
    """

    routes: Routes
    unserved: tuple[int, ...]
    cost_c: int
    steps: int = 0
    limit: str = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedSettings:
    """Numbers of the search, with the defaults found by measurement."""

    n_neighbours: int = 60
    n_candidates: int = 40
    blink_permille: int = 10
    longest_string: int = 8
    sizes: tuple[int, ...] = (2, 4, 6, 9, 12, 16, 22, 30)
    even: int = 16
    ways: tuple[int, ...] = (24, 10, 6, 4, 20)
    orders: tuple[int, ...] = (8, 4, 4, 4, 4, 4, 36)
    warm: float = 0.4
    """Temperature at the start, as a share of the mean cost per request."""
    cold: float = 0.02
    """Temperature at the end, as a share of the mean cost per request."""
    n_rounds: int = 20
    """Rounds between which the chains share what they found."""
    choose_every: int = 15_000
    """Steps of a chain, at least, between two choices among all routes met; 0 for none."""
    fleet_share: float = 0.2
    """Most of the limit that is spent on doing with fewer vehicles."""
    chunk: int = 50
    check: str = "phase"
    """``off``, ``phase`` (the result is counted from scratch) or ``step`` (every step is)."""


OnBetterPlan = Callable[[float, int, Routes], None]
"""Told the seconds used, the cost and the routes of each better plan."""


def improve_paired(
    problem: PairedProblem,
    start: Sequence[Sequence[int]] = (),
    *,
    steps: int | None = None,
    seconds: float | None = None,
    seed: int = 1,
    n_chains: int = 2,
    n_workers: int = 1,
    clock: Callable[[], float] = time.monotonic,
    on_better: OnBetterPlan | None = None,
    should_stop: Callable[[], bool] | None = None,
    settings: PairedSettings | None = None,
) -> PairedSolution:
    """Improve the routes of a paired problem.

    Equal seed, steps and number of chains give the same routes, whatever the number of workers.

    Parameters
    ----------
    start
        Routes to begin with, nodes without the ends; whoever is on none is put in.
    steps
        Steps of all chains together.
    seconds
        Time by `clock`. With neither limit the start is only completed.
    n_chains
        Searches that run side by side and share what they find.
    n_workers
        Threads; more than chains are of no use.
    clock
        What counts the seconds, e.g. `time.process_time` for one worker.
    on_better
        Called between chunks of steps.
    should_stop
        Asked between chunks; the best routes so far are returned. Ctrl-C does the same.

    Raises
    ------
    SolverError
        If the search contradicts itself; nothing of it is returned.
    """
    how = settings or PairedSettings()
    began = clock()
    n = problem.n_requests
    if n == 0 or problem.n_vehicles == 0:
        cost_c = n * problem.unserved_c
        return PairedSolution(routes=(), unserved=tuple(range(n)), cost_c=cost_c)
    data = pack_paired(
        problem,
        n_neighbours=how.n_neighbours,
        n_candidates=how.n_candidates,
        blink_permille=how.blink_permille,
        longest_string=how.longest_string,
        check=1 if how.check == "step" else 0,
    )
    data.par[k.P_EVEN] = how.even
    data.par[k.P_SIZES : k.P_SIZES + k.N_SIZES] = how.sizes
    data.par[k.P_WAYS : k.P_WAYS + len(how.ways)] = how.ways
    data.par[k.P_ORDERS : k.P_ORDERS + len(how.orders)] = how.orders
    chains = [build_paired_state(data, seed, c) for c in range(max(1, n_chains))]
    run = _Run(data, chains, how, steps, seconds, clock, began, on_better, should_stop)
    with ThreadPoolExecutor(max_workers=max(1, min(n_workers, len(chains)))) as pool:
        run.go(pool, problem, start)
    solution = run.read_best(problem)
    if how.check != "off":
        _check(problem, solution)
    return solution


class _Run:
    """One search: its limits, its phases, what it has used."""

    def __init__(
        self,
        data: k.PairData,
        chains: list[k.PairState],
        how: PairedSettings,
        steps: int | None,
        seconds: float | None,
        clock: Callable[[], float],
        began: float,
        on_better: OnBetterPlan | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.data, self.chains, self.how = data, chains, how
        self.steps, self.seconds, self.clock, self.began = steps, seconds, clock, began
        self.on_better, self.should_stop = on_better, should_stop
        self.done = 0
        self.limit = "none"
        self.told: int | None = None
        self.combiner: Combiner[k.PairState] | None = None

    def share(self) -> float:
        """Part of the limit that is used."""
        used = [0.0]
        if self.steps is not None:
            used.append(self.done / max(1, self.steps))
        if self.seconds is not None:
            # The last choice among routes needs its time too.
            last_s = self.combiner.choice_s if self.combiner is not None else 0.0
            used.append((self.clock() - self.began) / max(1e-9, self.seconds - last_s))
        return min(1.0, max(used))

    def is_over(self) -> bool:
        """Whether a limit is reached or somebody asks to stop."""
        if self.share() >= 1.0:
            by_steps = self.steps is not None and self.done >= self.steps
            self.limit = "steps" if by_steps else "seconds"
        elif self.should_stop is not None and self.should_stop():
            self.limit = "interrupted"
        return self.limit != "none"

    def go(
        self,
        pool: ThreadPoolExecutor,
        problem: PairedProblem,
        start: Sequence[Sequence[int]],
    ) -> None:
        """Complete the start, find a plan for everybody, save vehicles, save money."""
        self.begin(problem, start)
        if self.steps is None and self.seconds is None:
            return
        try:
            if problem.is_fewest_vehicles or self.chains[0].num[k.N_ABSENT]:
                self.save_vehicles(pool, problem)
            self.save_money(pool)
        except KeyboardInterrupt:
            self.limit = "interrupted"

    def begin(self, problem: PairedProblem, start: Sequence[Sequence[int]]) -> None:
        """Load the start, put the absent in, and give every chain the best of these starts."""
        first = self.chains[0]
        n_aboard = sum(len(route) // 2 for route in start)
        starts: list[tuple[int, list[tuple[int, ...]]]] = []
        for order in range(1 if n_aboard == problem.n_requests else k.N_KEYS + 2):
            load_routes(self.data, first, start)
            search.run(self.data, first, search.DO_BUILD, order, 1, 0.0)
            starts.append((int(first.num[k.BEST]), read_routes(first)))
        best = min(starts, key=lambda found: found[0])
        for chain in self.chains:
            load_routes(self.data, chain, best[1])

    def run_chunk(self, pool: ThreadPoolExecutor, task: int, heat: float) -> None:
        """Run the same number of steps on every chain."""
        n_steps = self.how.chunk
        if self.steps is not None:
            left = -(-(self.steps - self.done) // len(self.chains))
            n_steps = max(1, min(n_steps, left))
        jobs = [
            pool.submit(search.run, self.data, c, task, 0, n_steps, heat) for c in self.chains
        ]
        for job in jobs:
            job.result()
        self.done += n_steps * len(self.chains)
        for chain in self.chains:
            if chain.num[k.ERROR]:
                raise SolverError(
                    f"the search contradicts itself (code {int(chain.num[k.ERROR])}) after "
                    f"{self.done} steps; nothing of it is kept"
                )

    def unit(self) -> float:
        """Mean cost of a request in the plan that the search goes on from."""
        n_aboard = int(self.data.par[k.P_N]) - int(self.chains[0].num[k.N_ABSENT])
        return max(1.0, int(self.chains[0].num[k.TOTAL]) / max(1, n_aboard))

    def save_vehicles(self, pool: ThreadPoolExecutor, problem: PairedProblem) -> None:
        """Look for a plan that leaves nobody out, then for one with a vehicle less."""
        best = read_routes(self.chains[0])
        n_open = int(self.chains[0].num[k.N_OPEN])
        is_whole = int(self.chains[0].num[k.N_ABSENT]) == 0
        if is_whole:
            n_open = len(best)
        while self.share() < self.how.fleet_share and not self.is_over():
            tried = best
            if is_whole:
                if not problem.is_fewest_vehicles or n_open <= 1:
                    break
                counts = self.chains[0].lst[k.COUNT]
                loss = [
                    int(counts[[v for v in r if v < len(problem.load)]].sum()) for r in best
                ]
                out = min(range(len(best)), key=lambda r: (loss[r], len(best[r]), r))
                tried = best[:out] + best[out + 1 :]
            for chain in self.chains:
                chain.num[k.N_OPEN] = n_open - 1 if is_whole else n_open
                load_routes(self.data, chain, tried)
            heat = self.unit() * self.how.cold
            found = None
            while found is None and self.share() < self.how.fleet_share and not self.is_over():
                self.run_chunk(pool, search.DO_FLEET, heat)
                found = next((c for c in self.chains if c.num[k.N_ABSENT] == 0), None)
            if found is None:
                break
            n_open = int(found.num[k.N_OPEN])
            is_whole, best = True, read_routes(found)
            n_open = len(best) if problem.is_fewest_vehicles else n_open
        for chain in self.chains:
            chain.num[k.N_OPEN] = n_open
            load_routes(self.data, chain, best)

    def save_money(self, pool: ThreadPoolExecutor) -> None:
        """Anneal; chunks of a step limit never depend on the clock."""
        unit = self.unit()
        first = self.share()
        next_share = 1.0 / self.how.n_rounds
        before = self.done
        self.combiner = self.begin_combiner()
        while not self.is_over():
            share = (self.share() - first) / max(1e-9, 1.0 - first)
            if share >= next_share:
                self.exchange()
                next_share = (int(share * self.how.n_rounds) + 1) / self.how.n_rounds
            heat = unit * self.how.warm * (self.how.cold / self.how.warm) ** share
            self.run_chunk(pool, search.DO_STEPS, heat)
            if self.combiner is not None:
                self.combiner.gather((self.done - before) // len(self.chains), share)
            self.report()
        if self.combiner is not None and self.limit != "interrupted":
            self.combiner.finish((self.done - before) // len(self.chains))
            self.report()

    def begin_combiner(self) -> Combiner[k.PairState] | None:
        """Begin to keep the routes met, with those of the present plans; None if not asked."""
        if self.how.choose_every <= 0:
            return None
        pool = RoutePool(
            int(self.data.par[k.P_N]),
            int(self.data.par[k.P_UNSERVED]),
            vehicles=[int(self.chains[0].num[k.N_OPEN])],
            every=self.how.choose_every,
        )
        present = []
        for chain in self.chains:
            for slot in chain.lst[k.SLOT, : int(self.data.par[k.P_ROUTES])].tolist():
                nodes = chain.pos[slot, k.NODE, 1 : int(chain.rt[slot, k.LEN]) - 1]
                present.append((tuple(nodes.tolist()), int(chain.rt[slot, k.COST]), 0))
        return Combiner(
            pool,
            self.chains,
            present=present,
            read_cost=lambda chain: int(chain.num[k.BEST]),
            load=lambda chain, found: load_routes(
                self.data, chain, [nodes for nodes, _ in found]
            ),
            clock=self.clock,
        )

    def exchange(self) -> None:
        """Let the chain with the dearest plan go on from the cheapest chain's best plan."""
        costs = [int(c.num[k.BEST]) for c in self.chains]
        best = min(range(len(costs)), key=lambda c: (costs[c], c))
        worst = max(range(len(costs)), key=lambda c: (costs[c], c))
        if costs[worst] > costs[best]:
            load_routes(self.data, self.chains[worst], read_routes(self.chains[best]))

    def report(self) -> None:
        """Tell of a better plan."""
        if self.on_better is None:
            return
        best = min(self.chains, key=lambda c: int(c.num[k.BEST]))
        cost_c = int(best.num[k.BEST])
        if self.told is None or cost_c < self.told:
            self.told = cost_c
            self.on_better(self.clock() - self.began, cost_c, tuple(read_routes(best)))

    def read_best(self, problem: PairedProblem) -> PairedSolution:
        """Read the best plan of all chains."""
        costs = [int(c.num[k.BEST]) for c in self.chains]
        best = min(range(len(costs)), key=lambda c: (costs[c], c))
        routes = read_routes(self.chains[best])
        aboard = {node for route in routes for node in route}
        return PairedSolution(
            routes=tuple(sorted(routes, key=min)),
            unserved=tuple(i for i in range(problem.n_requests) if i not in aboard),
            cost_c=costs[best],
            steps=self.done,
            limit=self.limit,
        )


def _check(problem: PairedProblem, solution: PairedSolution) -> None:
    """Count a solution from scratch, by other code than the search's."""
    n = problem.n_requests
    total = len(solution.unserved) * problem.unserved_c
    for route in solution.routes:
        if find_begins(problem, route) is None:
            raise SolverError(f"the search made a route that breaks a rule: {route}")
        whole = [2 * n, *route, 2 * n + 1]
        total += problem.vehicle_c
        total += sum(int(problem.cost_c[a, b]) for a, b in pairwise(whole))
    if total != solution.cost_c or len(solution.routes) > problem.n_vehicles:
        raise SolverError(f"the search counted {solution.cost_c}, from scratch it is {total}")
