"""Improving whole duties: the fewest vehicles, then the least drive."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from data.errors import SolverError
from routing.duty_problem import DutyProblem, Nodes, rank_neighbours
from routing.kernels import duty_search as search
from routing.kernels import duty_state as k

_CHUNK = 100
"""Steps of each chain between looks at the clock and at each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySettings:
    """Numbers of the search, with the defaults found by measurement.

    Attributes
    ----------
    fleet_share
        Part of the limit after which the number of duties is kept and only the drive improved.
    warm, cold
        Temperatures at the start and end of both parts, as a share of the mean drive per
        request.
    max_nodes, max_visits
        Most nodes, and visits of sites, of a duty.
    check
        ``off``, ``phase`` (the result is counted from scratch) or ``step`` (every step is).
    """

    blink_permille: int = 10
    longest_string: int = 10
    n_removed: int = 10
    n_neighbours: int = 100
    fleet_share: float = 0.85
    warm: float = 0.04
    cold: float = 0.0035
    max_nodes: int = 118
    max_visits: int = 60
    check: str = "phase"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySolution:
    """The best duties found.

    Attributes
    ----------
    duties
        Nodes of each, sorted by their smallest request.
    unserved
        Requests on none.
    drive
        Of all duties together, from and to the yard. [ticks]
    limit
        What ended the search: ``steps``, ``seconds``, ``interrupted`` or ``none``.
    """

    duties: tuple[Nodes, ...]
    unserved: tuple[int, ...]
    drive: int
    steps: int = 0
    limit: str = "none"

    @property
    def rank(self) -> tuple[int, int, int]:
        """What is minimised, the weightier first: unserved, duties, drive."""
        return len(self.unserved), len(self.duties), self.drive


def improve_duties(
    problem: DutyProblem,
    start: Sequence[Sequence[int]] = (),
    *,
    steps: int | None = None,
    seconds: float | None = None,
    seed: int = 1,
    n_chains: int = 1,
    n_workers: int = 1,
    max_duties: int | None = None,
    clock: Callable[[], float] = time.monotonic,
    on_better: Callable[[float, DutySolution], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    settings: DutySettings | None = None,
) -> DutySolution:
    """Carry all requests with the fewest duties, then with the least drive.

    Equal seed, steps and number of chains give the same duties, whatever the number of workers.

    Parameters
    ----------
    start
        Duties to begin with, each request at most once; whoever is on none is put in, and a
        duty that is not allowed is taken apart.
    steps
        Steps of all chains together.
    seconds
        By `clock`. With neither limit the start is only completed.
    n_chains, n_workers
        Searches side by side that share what they find, and threads for them.
    max_duties
        Most vehicles; by default one for each request.
    on_better
        Told the seconds used and each better solution.
    should_stop
        Asked between chunks of steps. Ctrl-C does the same.

    Raises
    ------
    SolverError
        If the search contradicts itself; nothing of it is returned.
    ValueError
        If the start carries a request twice, or has duties longer than the settings allow.
    """
    how = settings or DutySettings()
    _raise_if_malformed(problem, start, how)
    n_duties = problem.n_requests if max_duties is None else max_duties
    if problem.n_requests == 0 or n_duties <= 0:
        return DutySolution(duties=(), unserved=tuple(range(problem.n_requests)), drive=0)
    data = pack_duties(problem, how, n_duties=max(n_duties, len(start)))
    chains = [build_state(data, seed, c) for c in range(max(1, n_chains))]
    run = _Run(problem, data, chains, how, steps, seconds, clock, on_better, should_stop)
    with ThreadPoolExecutor(max_workers=max(1, min(n_workers, len(chains)))) as pool:
        run.begin(start, n_duties)
        run.go(pool if n_workers > 1 else None)
    solution = run.read_best()
    if how.check != "off":
        check_duties(problem, solution)
    return solution


def _raise_if_malformed(
    problem: DutyProblem, start: Sequence[Sequence[int]], how: DutySettings
) -> None:
    """Raise for a start that is no list of duties at all."""
    n = problem.n_requests
    seen: set[int] = set()
    for duty in start:
        if len(duty) > how.max_nodes:
            raise ValueError(f"a duty of {len(duty)} nodes; at most {how.max_nodes}")
        for node in duty:
            if not 0 <= node < n + problem.n_sites:
                raise ValueError(f"there is no node {node}")
            if node in seen:
                raise ValueError(f"request {node} is carried twice")
            if node < n:
                seen.add(node)


def check_duties(problem: DutyProblem, solution: DutySolution) -> None:
    """Count a solution from scratch, by other code than the search's.

    Raises
    ------
    SolverError
        If a duty is not allowed, somebody is carried twice or nowhere, or the drive is wrong.
    """
    n = problem.n_requests
    carried = sorted(v for duty in solution.duties for v in duty if v < n)
    if sorted([*carried, *solution.unserved]) != list(range(n)):
        raise SolverError("the search lost a request or carries one twice")
    for duty in solution.duties:
        if problem.find_times(duty) is None:
            raise SolverError("the search made a duty that has no schedule")
    if sum(problem.find_drive(duty) for duty in solution.duties) != solution.drive:
        raise SolverError("the search counted another drive than there is from scratch")


def pack_duties(problem: DutyProblem, how: DutySettings, *, n_duties: int) -> k.DutyData:
    """Pack a problem for the kernels."""
    par = np.zeros(k.N_PAR, dtype=np.int64)
    for entry, value in (
        (k.P_N, problem.n_requests),
        (k.P_DUTIES, n_duties),
        (k.P_CAPACITY, problem.capacity),
        (k.P_MAX_LEN, how.max_nodes),
        (k.P_MAX_VISITS, how.max_visits),
        (k.P_YARD, problem.yard_row),
        (k.P_BLINK, how.blink_permille),
        (k.P_STRING, how.longest_string),
        (k.P_REMOVE, how.n_removed),
        (k.P_CHECK, int(how.check == "step")),
    ):
        par[entry] = value
    req = np.stack(
        [
            problem.request_row,
            problem.request_site,
            problem.service,
            problem.site_service,
            problem.max_ride,
            problem.from_,
            problem.by,
            problem.load,
        ],
        axis=1,
    )
    site = np.stack(
        [problem.site_row, problem.site_from, problem.site_by, problem.site_dwell], axis=1
    )
    return k.DutyData(
        par=par,
        req=np.ascontiguousarray(req, dtype=np.int32),
        site=np.ascontiguousarray(site, dtype=np.int32),
        node_row=np.concatenate([problem.request_row, problem.site_row]).astype(np.int32),
        road=np.ascontiguousarray(
            np.stack([problem.drive, problem.drive.T], axis=2), dtype=np.int32
        ),
        near=rank_neighbours(problem, n_neighbours=how.n_neighbours),
        neglog=-np.log((np.arange(4096) + 0.5) / 4096),
    )


def build_state(data: k.DutyData, seed: int, chain: int) -> k.DutyState:
    """Build the empty state of one chain, with its own random numbers."""
    n, n_duties = int(data.par[k.P_N]), int(data.par[k.P_DUTIES])
    length = int(data.par[k.P_MAX_LEN]) + 2
    rng = np.random.SeedSequence([seed, chain]).generate_state(4, np.uint32).astype(np.int64)
    rng[0] |= 1
    return k.DutyState(
        num=np.zeros(k.N_NUM, dtype=np.int64),
        rng=rng,
        pos=np.zeros((2 * n_duties, length, k.N_POS), dtype=np.int32),
        rt=np.zeros((2 * n_duties, k.N_RT), dtype=np.int64),
        lst=np.zeros((k.N_LST, 2 * n + n_duties + 4), dtype=np.int32),
        seen=np.zeros((n_duties, 2), dtype=np.int64),
        weight=np.ones(n, dtype=np.int64),
        tried=np.full(n, -1, dtype=np.int64),
        seq=np.zeros((5, length), dtype=np.int64),
        seg=np.zeros((8, length), dtype=np.int64),
    )


class _Run:
    """One search: its limits, its chains, the best they found."""

    def __init__(
        self,
        problem: DutyProblem,
        data: k.DutyData,
        chains: list[k.DutyState],
        how: DutySettings,
        steps: int | None,
        seconds: float | None,
        clock: Callable[[], float],
        on_better: Callable[[float, DutySolution], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.problem, self.data, self.chains, self.how = problem, data, chains, how
        self.steps, self.seconds, self.clock = steps, seconds, clock
        self.on_better, self.should_stop = on_better, should_stop
        # Compiled before the clock starts.
        search.run(data, chains[0], search.DO_STEPS, 0, 0.0)
        self.began = clock()
        self.done = 0
        self.limit = "none"
        self.best: DutySolution | None = None
        self.partial: DutySolution | None = None
        self.unit = 1.0
        self.is_fleet = True

    def share(self) -> float:
        """Part of the limit that is used."""
        used = [0.0]
        if self.steps is not None:
            used.append(self.done / max(1, self.steps))
        if self.seconds is not None:
            used.append((self.clock() - self.began) / max(1e-9, self.seconds))
        return min(1.0, max(used))

    def begin(self, start: Sequence[Sequence[int]], n_duties: int) -> None:
        """Load the start into every chain and put everybody in once."""
        for chain in self.chains:
            self._load(chain, start, max(n_duties, 1))
        first = self.chains[0]
        search.run(self.data, first, search.DO_STEPS, 1, 0.0)
        self._raise_on_error()
        self._keep(first)
        self.unit = max(1.0, int(first.num[k.TOTAL]) / self.problem.n_requests)
        self._share_best()

    def go(self, pool: Executor | None) -> None:
        """Run chunks until the limit; chunks of a step limit never depend on the clock."""
        if self.steps is None and self.seconds is None:
            return
        try:
            while True:
                share = self.share()
                if share >= 1.0:
                    is_steps = self.steps is not None and self.done >= self.steps
                    self.limit = "steps" if is_steps else "seconds"
                    break
                if self.should_stop is not None and self.should_stop():
                    self.limit = "interrupted"
                    break
                self._turn_to_drive(share)
                self._run_chunk(pool, share)
        except KeyboardInterrupt:
            self.limit = "interrupted"

    def _turn_to_drive(self, share: float) -> None:
        """Leave the number of duties when its part of the limit is over."""
        if not self.is_fleet or self.best is None:
            return
        if share >= self.how.fleet_share or len(self.best.duties) < 2:
            self.is_fleet = False
            self._share_best()

    def read_best(self) -> DutySolution:
        """The best solution, or what there is of one if nobody was ever wholly aboard."""
        found = self.best or self.partial or self._read(self.chains[0])
        return DutySolution(
            duties=found.duties,
            unserved=found.unserved,
            drive=found.drive,
            steps=self.done,
            limit=self.limit,
        )

    def _run_chunk(self, pool: Executor | None, share: float) -> None:
        n_steps = _CHUNK
        if self.steps is not None:
            left = -(-(self.steps - self.done) // len(self.chains))
            n_steps = max(1, min(_CHUNK, left))
        at = share / self.how.fleet_share
        if not self.is_fleet:
            at = (share - self.how.fleet_share) / max(1e-9, 1.0 - self.how.fleet_share)
        at = min(1.0, max(0.0, at))
        heat = self.unit * self.how.warm * (self.how.cold / self.how.warm) ** at
        task = (self.data, search.DO_STEPS, n_steps, heat)
        if pool is None:
            for chain in self.chains:
                search.run(task[0], chain, *task[1:])
        else:
            jobs: list[Future[int]] = [
                pool.submit(search.run, task[0], chain, *task[1:]) for chain in self.chains
            ]
            for job in jobs:
                job.result()
        self.done += n_steps * len(self.chains)
        self._raise_on_error()
        n_fewer = sum(self._keep(chain) for chain in self.chains)
        if n_fewer > 0 and self.is_fleet:
            self._share_best()
        if self.best is None:
            plans = [self._read(chain) for chain in self.chains]
            if self.partial is not None:
                plans.append(self.partial)
            self.partial = min(plans, key=lambda plan: plan.rank)

    def _keep(self, chain: k.DutyState) -> bool:
        """Keep a chain's plan if it is complete and better; whether it has fewer duties."""
        if chain.num[k.N_ABSENT] > 0:
            return False
        lengths = chain.lst[k.BEST_LEN, : int(self.data.par[k.P_DUTIES])]
        rank = (0, int((lengths > 0).sum()), int(chain.num[k.BEST]))
        if self.best is not None and rank >= self.best.rank:
            return False
        is_fewer = self.best is None or rank[1] < len(self.best.duties)
        nodes = chain.lst[k.BEST_NODE]
        duties: list[Nodes] = []
        at = 0
        for length in lengths[lengths > 0].tolist():
            duties.append(tuple(nodes[at : at + length].tolist()))
            at += length
        self.best = DutySolution(
            duties=tuple(sorted(duties, key=min)),
            unserved=(),
            drive=int(chain.num[k.BEST]),
            steps=self.done,
        )
        if self.on_better is not None:
            self.on_better(self.clock() - self.began, self.best)
        return is_fewer

    def _share_best(self) -> None:
        """Let every chain go on from the best plan, less one duty while fewer are sought."""
        if self.best is None:
            return
        n = len(self.best.duties)
        for chain in self.chains:
            self._load(chain, self.best.duties, n)
            if self.is_fleet and n > 1:
                search.run(self.data, chain, search.DO_CLOSE, 0, 0.0)

    def _load(self, chain: k.DutyState, duties: Sequence[Sequence[int]], n_open: int) -> None:
        chain.num[k.N_OPEN] = n_open
        chain.lst[k.BEST_LEN] = 0
        nodes = [node for duty in duties for node in duty]
        chain.lst[k.BEST_LEN, : len(duties)] = [len(duty) for duty in duties]
        chain.lst[k.BEST_NODE, : len(nodes)] = nodes
        search.run(self.data, chain, search.DO_LOAD, 0, 0.0)

    def _read(self, chain: k.DutyState) -> DutySolution:
        """Read a chain's present plan."""
        duties = [
            tuple(chain.pos[r, : int(chain.rt[r, k.LEN]), k.NODE].tolist())
            for r in range(int(chain.num[k.N_OPEN]))
            if chain.rt[r, k.LEN] > 0
        ]
        return DutySolution(
            duties=tuple(sorted(duties, key=min)),
            unserved=tuple(sorted(chain.lst[k.ABSENT, : int(chain.num[k.N_ABSENT])].tolist())),
            drive=int(chain.num[k.TOTAL]),
        )

    def _raise_on_error(self) -> None:
        for chain in self.chains:
            if chain.num[k.ERROR]:
                raise SolverError(
                    f"the search contradicts itself (code {int(chain.num[k.ERROR])}) after "
                    f"{self.done} steps; nothing of it is kept"
                )
