"""Pricing of all runs: least reduced prices proven, routes found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from routing.bounds.classes import OfferClasses, build_classes
from routing.kernels import bound_state as b
from routing.kernels.bound_run import price_run
from routing.problem import SessionProblem

FloatArray = NDArray[np.float64]

EPS_PENCE = 0.1
"""Reduced prices above minus this are not looked for. [pence]"""
FLOAT_PENCE = 0.05
"""More than single precision can lose along a route. [pence]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Routes of one class that end at one site and may visit another before (-1: none)."""

    g: int
    last: int
    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """How hard a run is priced.

    Attributes
    ----------
    width_s
        Bucket of the tables. [s]
    n_labels, n_level
        Most labels altogether, and of one number of riders.
    n_scan
        Labels looked at for dominance.
    is_elementary
        Every rider is remembered; found prices are real, but the run is not proven cheaper.
    n_columns
        Most routes wanted.
    only_tables
        No labels.
    n_loose
        Most routes wanted that what was left out may hold, real or not.
    """

    width_s: int = 30
    n_labels: int = 300_000
    n_level: int = 300_000
    n_scan: int = 100
    is_elementary: bool = False
    n_columns: int = 8
    n_spans: int = 4
    n_friends: int = 4
    only_tables: bool = False
    n_loose: int = 0


FLOOR = Mode(width_s=60, n_spans=1, n_friends=0, only_tables=True)
"""Enough to find what a route costs at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What pricing a run came to.

    Attributes
    ----------
    least_pence
        No route of the run has a reduced price below it. [pence]
    best_pence
        Least reduced price found. [pence]
    routes
        Nodes of the routes found, and their reduced prices.
    loose
        The same of routes that what was left out may hold: never dearer than real ones.
    """

    least_pence: float
    best_pence: float
    n_labels: int
    n_cut: int
    routes: tuple[tuple[float, tuple[int, ...]], ...]
    loose: tuple[tuple[float, tuple[int, ...]], ...] = ()


NOT_PRICED = Priced(least_pence=float("-inf"), best_pence=0.0, n_labels=0, n_cut=0, routes=())


class Pricer:
    """Everything pricing needs, packed once for the kernels.

    Parameters
    ----------
    n_threads
        Runs priced at the same time.

    Attributes
    ----------
    hold
        (tiers, k, buckets) what own vehicles pay for being held; see `routing.bounds.fleet`.
        [pence]
    """

    def __init__(
        self, problem: SessionProblem, classes: OfferClasses, *, n_threads: int = 1
    ) -> None:
        self.problem, self.classes = problem, classes
        self.n_threads = n_threads
        self.data = _pack(problem, classes)
        self.n_pairs = max(1, problem.max_sites)
        self.hold = np.zeros((3, problem.n_sites, _N_HOLD))
        self.works: SimpleQueue[b.BoundWork] = SimpleQueue()
        self.most_riders = 0
        self.runs = self._find_runs()
        self._pool = ThreadPoolExecutor(max_workers=max(1, n_threads))
        self._n_works = 0

    def _find_runs(self) -> tuple[Run, ...]:
        problem, data = self.problem, self.data
        k = problem.n_sites
        runs = []
        for g in range(self.classes.n_classes):
            riders = [int(data.allowed[g, problem.request_site == j].sum()) for j in range(k)]
            for last in range(k):
                if not riders[last]:
                    continue
                runs.append(Run(g=g, last=last, first=-1))
                self.most_riders = max(self.most_riders, riders[last])
                if problem.max_sites < 2:
                    continue
                for first in range(k):
                    if first == last or not riders[first]:
                        continue
                    reach_s = int(data.site[last, b.S_BY] - data.site[first, b.S_FROM])
                    if reach_s < int(data.site[first, b.S_DWELL]):
                        continue
                    runs.append(Run(g=g, last=last, first=first))
                    self.most_riders = max(self.most_riders, riders[last] + riders[first])
        return tuple(runs)

    def count_riders(self, run: Run) -> int:
        """Count the riders of a run."""
        site = self.problem.request_site
        both = (site == run.last) | (site == run.first)
        return int((both & self.data.allowed[run.g]).sum())

    def price(self, pi: FloatArray, run: Run, mode: Mode) -> Priced:
        """Price one run at these prices of the riders. [pence]"""
        work = self._borrow()
        work.hold[:] = self.hold
        try:
            code = self._encode(mode)
            price_run(self.data, work, pi, run.g, run.last, run.first, code, EPS_PENCE)
            return _read(work, mode)
        finally:
            self.works.put(work)

    def _encode(self, mode: Mode) -> NDArray[np.int64]:
        code = np.zeros(b.N_MODE, dtype=np.int64)
        code[b.M_WIDTH] = mode.width_s
        code[b.M_LABELS] = mode.n_labels
        code[b.M_LEVEL] = mode.n_level
        code[b.M_SCAN] = mode.n_scan
        code[b.M_ELEMENTARY] = mode.is_elementary
        code[b.M_COLUMNS] = min(mode.n_columns, _MOST_COLUMNS)
        code[b.M_SPANS] = mode.n_spans
        code[b.M_MIX] = self.problem.policy.is_mixing_children_and_adults
        code[b.M_TABLES] = mode.only_tables
        code[b.M_BITS] = mode.n_friends
        code[b.M_LOOSE] = mode.n_loose
        return code

    def find_floor(self, run: Run) -> float:
        """Find what a route of a run costs at least. [pence]"""
        nothing = np.zeros(self.problem.n_requests)
        return self.price(nothing, run, FLOOR).least_pence

    def price_all(
        self,
        pi: FloatArray,
        runs: Sequence[Run],
        mode: Mode,
        *,
        is_over: Callable[[], bool] = lambda: False,
    ) -> list[Priced]:
        """Price several runs in order, side by side where there are threads.

        Those whose turn comes when it is over are not priced: nothing is proven of them.
        """

        def price(run: Run) -> Priced:
            return NOT_PRICED if is_over() else self.price(pi, run, mode)

        if self.n_threads < 2:
            return [price(run) for run in runs]
        return list(self._pool.map(price, runs))

    def _borrow(self) -> b.BoundWork:
        try:
            return self.works.get_nowait()
        except Exception:
            return self._build_work()

    def _build_work(self) -> b.BoundWork:
        m = max(1, self.most_riders)
        words = -(-m // 64)
        cap = int(self.data.load_cap.max(initial=1))
        longest = int(self.data.req[:, b.R_RIDE].max(initial=0))
        n_buckets = longest // _LEAST_WIDTH_S + 2
        flat = (_MOST_SPANS + 1) * (cap + 1) * m * n_buckets << _MOST_FRIENDS
        return b.BoundWork(
            local=np.zeros(m, dtype=np.int64),
            count=np.zeros(4, dtype=np.int64),
            arc_s=np.zeros((m + 2, m + 2), dtype=np.int64),
            arc_p=np.zeros((m + 2, m + 2)),
            arc_f=np.zeros((m + 2, m + 2), dtype=np.float32),
            node_p=np.zeros(m),
            near=np.zeros((m, m), dtype=np.uint8),
            mask=np.zeros((m, words), dtype=np.uint64),
            limit=np.zeros(m, dtype=np.int64),
            v1=np.empty(flat, dtype=np.float32),
            row=np.zeros(n_buckets, dtype=np.float32),
            friend=np.zeros((2, m, max(1, _MOST_FRIENDS)), dtype=np.int64),
            map=np.zeros((m, m, 1 << _MOST_FRIENDS), dtype=np.int16),
            first=np.zeros((m, n_buckets), dtype=np.float32),
            join=np.zeros(_MOST_SPANS + 1),
            edge=np.zeros(_MOST_SPANS + 1, dtype=np.int64),
            lab=np.zeros((_MOST_LABELS, b.N_LAB), dtype=np.int32),
            cost=np.zeros(_MOST_LABELS),
            least=np.zeros(_MOST_LABELS),
            mem=np.zeros((_MOST_LABELS, words), dtype=np.uint64),
            head=np.zeros((2 * m + 1) * (cap + 1), dtype=np.int64),
            list=np.zeros((2, _MOST_LABELS), dtype=np.int64),
            best=np.zeros(m, dtype=np.int64),
            out=np.zeros(8),
            column=np.zeros((_MOST_COLUMNS, 4 * (m + cap) + 16), dtype=np.int64),
            column_p=np.zeros((2, max(m, _MOST_COLUMNS))),
            bins=np.zeros(512, dtype=np.int64),
            cut=np.zeros(m + 2, dtype=np.int64),
            hold=np.zeros(self.hold.shape),
        )


def compile_pricing(problem: SessionProblem) -> None:
    """Compile the pricing of runs, or load it where it is kept."""
    classes = build_classes(problem, most=1)
    pricer = Pricer(problem, classes)
    if pricer.runs:
        pricer.price(np.zeros(problem.n_requests), pricer.runs[0], FLOOR)


_MOST_COLUMNS = 64
_MOST_LABELS = 400_000
_MOST_SPANS = 4
_MOST_FRIENDS = 5
_LEAST_WIDTH_S = 30
_N_HOLD = 480


def _read(work: b.BoundWork, mode: Mode) -> Priced:
    out = work.out
    found: list[tuple[float, tuple[int, ...]]] = []
    for c in range(int(out[b.O_FOUND])):
        nodes = work.column[c]
        length = int(np.argmax(nodes < 0))
        found.append((float(work.column_p[1, c]), tuple(nodes[:length].tolist())))
    is_open = mode.only_tables or mode.is_elementary
    least = (
        float(out[b.O_ROOT])
        if is_open
        else max(
            float(out[b.O_ROOT]), min(float(out[b.O_BEST]), float(out[b.O_TRUNC]), -EPS_PENCE)
        )
    )
    return Priced(
        least_pence=least - FLOAT_PENCE,
        best_pence=min(0.0, float(out[b.O_BEST])),
        n_labels=int(out[b.O_LABELS]),
        n_cut=int(out[b.O_CUT]),
        routes=tuple(found[: len(found) - int(out[b.O_LOOSE])]),
        loose=tuple(found[len(found) - int(out[b.O_LOOSE]) :]),
    )


def _pack(problem: SessionProblem, classes: OfferClasses) -> b.BoundData:
    """Pack a problem for the kernels."""
    n = problem.n_requests
    req = np.zeros((n, b.N_REQ), dtype=np.int64)
    for column, values in (
        (b.R_ROW, problem.request_row),
        (b.R_SITE, problem.request_site),
        (b.R_SERVICE, problem.service_s),
        (b.R_SITE_SERVICE, problem.site_service_s),
        (b.R_RIDE, problem.max_ride_s),
        (b.R_SEATS, problem.n_seats),
        (b.R_SPACES, problem.n_spaces),
        (b.R_ADULT, problem.is_adult),
    ):
        req[:, column] = values
    layouts = classes.layouts
    if n and (problem.n_seats > 0).all():
        req[:, b.R_LOAD] = problem.n_seats
        cap = layouts[:, :, 0].max(axis=1, initial=0)
    else:
        req[:, b.R_LOAD] = np.maximum(problem.n_seats + problem.n_spaces, 1)
        cap = np.where(layouts[:, :, 0] < 0, 0, layouts.sum(axis=2)).max(axis=1, initial=0)
        if n and int((problem.n_seats + problem.n_spaces).min()) < 1:
            cap = np.maximum(cap, n)
    order = np.argsort(problem.request_site, kind="stable")
    return b.BoundData(
        req=req,
        site=np.stack(
            [problem.site_row, problem.site_from_s, problem.site_by_s, problem.site_dwell_s],
            axis=1,
        ).astype(np.int64),
        duration=np.ascontiguousarray(problem.duration_s, dtype=np.int64),
        distance=np.ascontiguousarray(problem.distance_m, dtype=np.int64),
        rate=np.stack(
            [classes.fixed_pence, classes.m_pence, classes.s_pence, classes.wait_pence], axis=1
        ),
        layout=layouts,
        load_cap=np.maximum(cap, 0).astype(np.int64),
        start=classes.start_pence,
        end=classes.end_pence,
        allowed=np.ascontiguousarray(classes.is_allowed & ~problem.is_alone),
        near=np.zeros((n, n), dtype=np.uint8),
        apart_start=problem.apart_start.astype(np.int64),
        apart_with=problem.apart_with.astype(np.int64),
        site_start=np.searchsorted(
            problem.request_site[order], np.arange(problem.n_sites + 1)
        ).astype(np.int64),
        site_riders=order.astype(np.int64),
        tier=classes.tier.astype(np.int64),
    )
