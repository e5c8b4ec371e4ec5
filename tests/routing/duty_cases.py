"""Random problems of whole duties, and duties on them."""

from __future__ import annotations

import numpy as np

from routing.duty_problem import DutyProblem, Nodes
from routing.duty_search import DutySettings, build_state, pack_duties
from routing.kernels import duty_routes
from routing.kernels import duty_state as k

OPEN = 2**29


def make_duty_problem(
    seed: int,
    *,
    n_requests: int = 12,
    n_sites: int = 4,
    has_windows: bool = True,
    is_metric: bool = True,
    has_yard: bool = True,
) -> DutyProblem:
    """Stops and sites on a grid of minutes, site windows over a morning of some hours."""
    rng = np.random.default_rng(seed)
    n, m = n_requests, n_sites
    at = rng.integers(0, 40, (n + m + 1, 2)) * 30
    drive = np.abs(at[:, None, :] - at[None, :, :]).sum(axis=2)
    if not is_metric:
        drive = drive * rng.integers(50, 160, drive.shape) // 100
    np.fill_diagonal(drive, 0)
    site_from = rng.integers(7 * 60, 11 * 60, m) * 60
    from_ = np.full(n, -OPEN)
    by = np.full(n, OPEN)
    site = rng.integers(0, m, n)
    if has_windows:
        some = rng.random(n) < 0.3
        from_ = np.where(some, site_from[site] - rng.integers(20, 60, n) * 60, from_)
        by = np.where(some, from_ + rng.integers(10, 60, n) * 60, by)

    def int32(values: object) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.asarray(values, dtype=np.int32)

    direct = drive[np.arange(n), n + site]
    return DutyProblem(
        request_row=int32(np.arange(n)),
        request_site=int32(site),
        service=int32(rng.integers(20, 120, n)),
        site_service=int32(rng.integers(5, 60, n)),
        max_ride=int32(direct + rng.integers(300, 3_000, n)),
        from_=int32(from_),
        by=int32(by),
        load=int32(rng.integers(1, 5, n)),
        site_row=int32(np.arange(n, n + m)),
        site_from=int32(site_from),
        site_by=int32(site_from + rng.integers(5, 40, m) * 60),
        site_dwell=int32(rng.integers(0, 120, m)),
        drive=int32(drive),
        capacity=10,
        yard_row=n + m if has_yard else -1,
    )


def make_duty(rng: np.random.Generator, problem: DutyProblem, n_aboard: int) -> Nodes:
    """Some requests in order of their sites' windows, visits put in where they may go."""
    n = problem.n_requests
    chosen = rng.choice(n, size=min(n, n_aboard), replace=False).tolist()
    chosen.sort(key=lambda i: problem.site_from[problem.request_site[i]] + rng.integers(2_000))
    nodes: list[int] = []
    aboard: list[int] = []
    for i in chosen:
        nodes.append(i)
        aboard.append(int(problem.request_site[i]))
        while aboard and rng.random() < 0.55:
            site = aboard[int(rng.integers(len(aboard)))]
            nodes.append(n + site)
            aboard = [j for j in aboard if j != site]
    for site in sorted(set(aboard), key=lambda j: int(problem.site_from[j])):
        nodes.append(n + site)
    return tuple(nodes)


def load_duty(
    problem: DutyProblem, duty: Nodes, settings: DutySettings | None = None
) -> tuple[k.DutyData, k.DutyState, bool]:
    """Put a duty in row 0 of a new state by the kernels' source; whether it is allowed."""
    how = settings or DutySettings(blink_permille=0, n_neighbours=5)
    data = pack_duties(problem, how, n_duties=3)
    state = build_state(data, 1, 0)
    state.pos[0, : len(duty), k.NODE] = duty
    state.rt[0, k.LEN] = len(duty)
    return data, state, bool(duty_routes.refresh.py_func(data, state, 0))


def grow_duty(rng: np.random.Generator, problem: DutyProblem, n_tries: int) -> Nodes:
    """A duty that is allowed, requests put in at random places wherever they can be."""
    n = problem.n_requests
    duty: Nodes = ()
    for _ in range(n_tries):
        i = int(rng.integers(n))
        p = int(rng.integers(len(duty) + 1))
        t = int(rng.integers(p, len(duty) + 1))
        visit = n + int(problem.request_site[i])
        trial = (*duty[:p], i, *duty[p:t], visit, *duty[t:])
        if visit in duty[p:] and rng.random() < 0.5:
            trial = (*duty[:p], i, *duty[p:])
        if not has_idle_visit(problem, trial) and problem.find_times(trial) is not None:
            duty = trial
    return duty


def has_idle_visit(problem: DutyProblem, duty: Nodes) -> bool:
    """Whether a duty visits a site where nobody alights."""
    n = problem.n_requests
    aboard: list[int] = []
    for v in duty:
        if v < n:
            aboard.append(n + int(problem.request_site[v]))
        elif v not in aboard:
            return True
        else:
            aboard = [w for w in aboard if w != v]
    return False
