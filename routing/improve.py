"""Improving the routes of one session: chains of ruin and recreate on threads."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from data.errors import SolverError
from routing.chains import SessionChain, begin_chains, build_chains
from routing.combining import Combiner
from routing.construct import Nodes
from routing.evaluate import evaluate_route
from routing.kernels import search
from routing.kernels import state as k
from routing.packing import find_useful_offers, pack_problem
from routing.points import move_points
from routing.problem import SessionProblem
from routing.route_pool import RoutePool

_WARM = 1.0
"""Temperature at the start, as a share of the mean cost per request."""
_COLD = 0.01
"""Temperature at the end, as a share of the mean cost per request."""
_TELL = 0.005
"""Part of the limit between two tellings of better routes."""
_N_ROUNDS = 20
"""Rounds between which the chains share what they found."""
_MET_FROM = 0.3
"""Part of the limit from which on routes met are kept for a choice among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a search is.

    Attributes
    ----------
    share
        Part of the limit that is used, 0 to 1.
    cost_pence
        Best cost so far, with the price of the unserved. [pence]
    """

    share: float
    steps: int
    seconds: float
    cost_pence: int
    n_unserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSolution:
    """The best routes found for a session.

    Attributes
    ----------
    routes
        Nodes of each route in the solving direction, sorted by their smallest request.
    unserved
        Requests on no route.
    cost_pence
        What the search minimised: prices, scarcity, continuity, unserved. [pence]
    limit
        What ended the search: ``steps``, ``seconds``, ``interrupted`` or ``none``.
    points
        Which of the problem's choices each request has (-1 for none), for
        `routing.points.move_points`; empty where nobody has a choice.
    offers
        Offer of each route where vehicles are limited; else empty: each has its cheapest.
    """

    routes: tuple[Nodes, ...]
    unserved: tuple[int, ...]
    cost_pence: int
    steps: int = 0
    limit: str = "none"
    history: tuple[Progress, ...] = field(default=())
    points: tuple[int, ...] = ()
    offers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """Numbers of the search, with the defaults found by measurement."""

    n_candidates: int = 25
    blink_permille: int = 10
    longest_string: int = 8
    n_removed: int = 10
    warm: float = _WARM
    cold: float = _COLD
    n_rounds: int = _N_ROUNDS
    n_changes: int = 30
    """How often in 100 steps routes change vehicles, where these are limited."""
    lacking: float = 0.0
    """Part of the plans passed through that leave somebody out: what this costs on the way
    follows from it. 0 for what it costs in the end, which few plans then do."""
    choose_every: int = 0
    """Steps of a chain, at least, between two choices among all routes met; 0 for none."""
    check: str = "phase"
    """``off``, ``phase`` (the result is counted from scratch) or ``step`` (every step is)."""


def improve_session(
    problem: SessionProblem,
    start: Sequence[Sequence[int]] = (),
    *,
    steps: int | None = None,
    seconds: float | None = None,
    seed: int = 1,
    n_chains: int = 2,
    n_workers: int = 1,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    settings: SearchSettings | None = None,
    clock: Callable[[], float] = time.monotonic,
    on_better: Callable[[float, SessionSolution], None] | None = None,
) -> SessionSolution:
    """Improve the routes of a session.

    Equal seed, steps and number of chains give the same routes, whatever the number of workers.
    A limit in seconds depends on the machine.

    Parameters
    ----------
    start
        Routes to begin with, e.g. of `routing.construct.build_start`; whoever is on none is put
        in. May be empty.
    steps
        Steps of all chains together.
    seconds
        By `clock`. With neither limit the start is only completed.
    n_chains
        Searches that run side by side and share what they find.
    n_workers
        Threads; more than chains are of no use.
    on_progress
        Called between chunks of steps.
    should_stop
        Asked between chunks; the best routes so far are returned. Ctrl-C does the same.
    clock
        What counts the seconds; benchmarks count those of the processor.
    on_better
        Told the seconds and the routes whenever better ones were found, at most
        some 200 times.

    Raises
    ------
    SolverError
        If the search contradicts itself; nothing of it is returned.
    """
    how = settings or SearchSettings()
    began = clock()
    if problem.n_requests == 0 or problem.offers.n_offers == 0:
        everybody = tuple(range(problem.n_requests))
        return SessionSolution(
            routes=(),
            unserved=everybody,
            cost_pence=len(everybody) * problem.policy.unserved_pence,
        )
    data = pack_problem(
        problem,
        n_candidates=how.n_candidates,
        blink_permille=how.blink_permille,
        longest_string=how.longest_string,
        n_removed=how.n_removed,
        check=1 if how.check == "step" else 0,
        n_changes=how.n_changes,
    )
    chains = build_chains(data, seed, n_chains)
    begin_chains(chains, start)
    run = _Run(chains, how, steps, seconds, began, on_progress, should_stop, clock)
    if on_better is not None:
        run.on_better = lambda: on_better(clock() - began, _read_best(problem, chains, run))
    n_threads = min(n_workers, len(chains))
    if n_threads > 1:
        with ThreadPoolExecutor(max_workers=n_threads) as pool:
            run.go(pool)
    else:
        # In this thread, so that its own clock counts the work.
        run.go(None)
    solution = _read_best(problem, chains, run)
    if how.check != "off":
        _check(problem, solution)
    return solution


class _Run:
    """One search: its limits, its rounds, what it has used."""

    def __init__(
        self,
        chains: Sequence[SessionChain],
        how: SearchSettings,
        steps: int | None,
        seconds: float | None,
        began: float,
        on_progress: Callable[[Progress], None] | None,
        should_stop: Callable[[], bool] | None,
        clock: Callable[[], float],
    ) -> None:
        self.clock = clock
        self.on_better: Callable[[], None] | None = None
        self.told: tuple[float, int] | None = None
        self.data, self.chains, self.how = chains[0].data, chains, how
        self.combiner: Combiner[SessionChain] | None = None
        self.steps, self.seconds, self.began = steps, seconds, began
        self.on_progress, self.should_stop = on_progress, should_stop
        self.done = 0
        self.limit = "none"
        self.history: list[Progress] = []
        total = int(chains[0].state.num[k.TOTAL])
        self.unit = max(1.0, total / max(1, int(self.data.par[k.P_N])))

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

    def go(self, pool: ThreadPoolExecutor | None) -> None:
        """Run chunks until the limit; chunks of a step limit never depend on the clock."""
        if self.steps is None and self.seconds is None:
            return
        if not self.data.par[k.P_MOVABLE]:
            return
        chunk = 100
        self.report()
        next_share = 1.0 / self.how.n_rounds
        try:
            while True:
                share = self.share()
                if share >= 1.0:
                    self.limit = "steps" if self.steps is not None else "seconds"
                    if self.steps is not None and self.done < self.steps:
                        self.limit = "seconds"
                    break
                if self.should_stop is not None and self.should_stop():
                    self.limit = "interrupted"
                    break
                if share >= next_share:
                    self.exchange()
                    next_share = (int(share * self.how.n_rounds) + 1) / self.how.n_rounds
                self.run_chunk(pool, chunk, share)
                self.combine(share)
                self.report()
            if self.combiner is not None and self.limit != "interrupted":
                self.combiner.finish(self.done // len(self.chains))
                self.report()
        except KeyboardInterrupt:
            self.limit = "interrupted"

    def combine(self, share: float) -> None:
        """Keep the routes met and choose among them, once the search is long and cool."""
        every, n_steps = self.how.choose_every, self.done // len(self.chains)
        if self.combiner is not None:
            self.combiner.gather(n_steps, share)
        elif 0 < every <= 2 * n_steps and share >= _MET_FROM and not len(self.data.choices):
            for chain in self.chains:
                chain.make_room()
            limited = bool(self.data.par[k.P_LIMITED])
            vehicles = self.data.offer[:, k.O_VEHICLES].tolist() if limited else None
            pool = RoutePool(
                int(self.data.par[k.P_N]),
                int(self.data.par[k.P_UNSERVED]),
                vehicles=vehicles,
                every=every,
            )
            pool.wait(n_steps)
            self.combiner = Combiner(
                pool,
                self.chains,
                present=[route for chain in self.chains for route in chain.list_present()],
                read_cost=lambda chain: chain.cost_pence,
                load=lambda chain, found: chain.load_found(found),
                clock=self.clock,
            )

    def run_chunk(self, pool: ThreadPoolExecutor | None, chunk: int, share: float) -> None:
        """Run the same number of steps on every chain."""
        n_steps = chunk
        if self.steps is not None:
            left = -(-(self.steps - self.done) // len(self.chains))
            n_steps = max(1, min(chunk, left))
        heat = self.unit * self.how.warm * (self.how.cold / self.how.warm) ** share

        def work(chain: SessionChain) -> None:
            chain.run(search.DO_STEPS, n_steps=n_steps, heat=heat)

        spread = map if pool is None else pool.map
        for _ in spread(work, self.chains):
            pass
        self.done += n_steps * len(self.chains)
        for chain in self.chains:
            if self.how.lacking > 0.0:
                chain.settle_price(self.how.lacking, n_steps)
            code = int(chain.state.num[k.ERROR])
            if code:
                raise SolverError(
                    f"the search contradicts itself (code {code}) after {self.done} steps; "
                    "nothing of it is kept"
                )

    def exchange(self) -> None:
        """Let the chain with the dearest plan go on from the cheapest chain's best plan."""
        if len(self.chains) < 2:
            return
        costs = [c.cost_pence for c in self.chains]
        best = min(range(len(costs)), key=lambda c: (costs[c], c))
        worst = max(range(len(costs)), key=lambda c: (costs[c], c))
        if costs[worst] > costs[best]:
            self.chains[worst].load(self.chains[best].pack())

    def report(self) -> None:
        """Tell how far the search is."""
        if self.on_better is not None:
            share, cost = self.share(), min(c.cost_pence for c in self.chains)
            if self.told is None or (cost < self.told[1] and share >= self.told[0]):
                self.told = (share + _TELL, cost)
                self.on_better()
        if self.on_progress is None:
            return
        best = min(self.chains, key=lambda c: c.cost_pence)
        self.on_progress(
            Progress(
                share=self.share(),
                steps=self.done,
                seconds=self.clock() - self.began,
                cost_pence=best.cost_pence,
                n_unserved=int(best.state.num[k.N_ABSENT]),
            )
        )


def _read_best(
    problem: SessionProblem, chains: Sequence[SessionChain], run: _Run
) -> SessionSolution:
    """Read the best plan of all chains."""
    costs = [c.cost_pence for c in chains]
    best = min(range(len(costs)), key=lambda c: (costs[c], c))
    nodes, lengths, offers, points = chains[best].pack()
    found: list[tuple[Nodes, int]] = []
    at = 0
    useful = find_useful_offers(problem)
    for length, offer in zip(lengths.tolist(), offers.tolist(), strict=True):
        found.append((tuple(nodes[at : at + length].tolist()), int(useful[offer])))
        at += length
    found.sort(key=lambda route: min(route[0]))
    routes = tuple(nodes for nodes, _ in found)
    aboard = {node for route in routes for node in route}
    return SessionSolution(
        routes=routes,
        unserved=tuple(i for i in range(problem.n_requests) if i not in aboard),
        cost_pence=costs[best],
        steps=run.done,
        limit=run.limit,
        history=tuple(run.history),
        points=() if problem.points is None else tuple(points.tolist()),
        offers=tuple(offer for _, offer in found) if problem.is_limited else (),
    )


def _check(problem: SessionProblem, solution: SessionSolution) -> None:
    """Count a solution from scratch, by other code than the search's."""
    problem = move_points(problem, solution.points)
    total = len(solution.unserved) * problem.policy.unserved_pence
    offers = solution.offers or (None,) * len(solution.routes)
    for route, offer in zip(solution.routes, offers, strict=True):
        facts = evaluate_route(problem, route)
        if not facts.is_feasible:
            raise SolverError(f"the search made a route that breaks {facts.broken_rule!r}")
        total += facts.search_pence(problem, offer)
    for offer, n_routes in Counter(solution.offers).items():
        if n_routes > problem.offers.n_vehicles[offer]:
            raise SolverError(f"the search used {n_routes} vehicles of offer {offer}")
    if total != solution.cost_pence:
        raise SolverError(
            f"the search counted {solution.cost_pence} pence, from scratch it is {total}"
        )
