"""Bell times: which sites to move by how much, so that vehicles can serve more of them.

A bell moved lets a vehicle that has served one school reach the next. Candidates are sieved by
how many routes could be chained if only they were moved; the best few are planned again from
the plan in hand with an equal search, and the one that saves most is kept. The plan without any
move is searched on for as long, so that a gain of searching is not taken for one of bells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from costing import build_cost_model
from data.demand import find_day_type
from data.errors import InfeasibleError
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session, Site
from data.plans import Plan, Route
from data.units import S_PER_DAY
from routing import check_plan, optimise
from scenarios.case import price_exactly

NOTICEABLE_S = 300
"""A pick-up that moves by more than this is counted as changed. [s]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRange:
    """How far a site's times may move.

    Attributes
    ----------
    earlier_s, later_s, step_s
        Most it may begin earlier and later, in steps. [s]
    """

    site_id: str
    earlier_s: int
    later_s: int
    step_s: int

    def list_shifts(self) -> tuple[int, ...]:
        """List the shifts allowed, without nought. [s]"""
        n_earlier, n_later = self.earlier_s // self.step_s, self.later_s // self.step_s
        return tuple(k * self.step_s for k in range(-n_earlier, n_later + 1) if k)


@dataclass(frozen=True, slots=True, kw_only=True)
class BellMove:
    """One site's times moved. [s]"""

    site_id: str
    shift_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BellStep:
    """A plan with some bells moved.

    Attributes
    ----------
    n_vehicles
        Most vehicles out at one time over the sessions: those that a session's chains need.
    cost_pence
        Of the shown day, exactly priced. [pence]
    fixed_pence
        The same day with no bell moved, searched for as long. [pence]
    n_passengers
        Passengers carried to sites whose bells move; the sites' other pupils are affected too.
    n_pick_ups
        Journeys whose stop at home moves by more than five minutes against the plan without
        moves.
    n_violations
        Hard rules broken, by the independent checker.
    """

    moves: tuple[BellMove, ...]
    plan: Plan
    n_duties: int
    n_vehicles: int
    cost_pence: int
    fixed_pence: int
    n_unserved: int
    n_passengers: int
    n_pick_ups: int
    n_violations: int


def move_bells(inputs: Inputs, moves: Sequence[BellMove]) -> Inputs:
    """Move all four times of sites.

    Raises
    ------
    InfeasibleError
        If a site would open before midnight or close after it.
    """
    shifts = {move.site_id: move.shift_s for move in moves}

    def moved(site: Site) -> Site:
        shift_s = shifts.get(site.site_id, 0)
        if not shift_s:
            return site
        times: dict[str, Any] = {
            name: getattr(site, name) + shift_s
            for name in ("arrive_from_s", "arrive_by_s", "leave_from_s", "leave_by_s")
        }
        if min(times.values()) < 0 or max(times.values()) > S_PER_DAY:
            raise InfeasibleError(f"{site.name} cannot move by {shift_s // 60} minutes.")
        return replace(site, **times)

    return replace(inputs, sites=tuple(moved(s) for s in inputs.sites))


def search_bells(
    inputs: Inputs,
    matrix: TravelMatrix,
    ranges: Sequence[BellRange],
    *,
    most_moves: int = 5,
    n_candidates: int = 3,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    n_workers: int = 2,
    on: date | None = None,
    start: Plan | None = None,
    on_step: Callable[[BellStep], None] | None = None,
) -> tuple[BellStep, ...]:
    """Search for bells to move, one site after the other.

    Parameters
    ----------
    most_moves
        Most sites that move.
    start
        A plan of the date to begin with, e.g. last night's.
    n_candidates
        Moves planned again at each step.
    seconds, steps
        Limit of each plan; steps make the answer repeatable. [s]
    on_step
        Told of every step as soon as it is known.

    Returns
    -------
    The plan without moves, then one step for each further site, each cheaper than the one
    before; it ends where no candidate saves anything.

    Raises
    ------
    InfeasibleError
        If no site is open on the date.
    """
    shown_on = on or inputs.service_date
    day_type = find_day_type(inputs, shown_on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {shown_on.isoformat()}.")
    model = build_cost_model(inputs, shown_on)

    def plan(moves: tuple[BellMove, ...], begin: Plan | None) -> Plan:
        return optimise(
            move_bells(inputs, moves),
            matrix,
            model,
            day_type=day_type,
            service_date=shown_on,
            seconds=seconds,
            steps=steps,
            seed=seed,
            n_workers=n_workers,
            start=begin,
        )

    def measure(moves: tuple[BellMove, ...], found: Plan, fixed: Plan) -> BellStep:
        moved = move_bells(inputs, moves)
        priced, lines, _ = price_exactly(found, moved, shown_on)
        report = check_plan(priced, moved, matrix, lines=lines)
        return _measure(priced, moves, first, fixed, len(report.violations), inputs)

    fixed = first = plan((), start)
    found = [measure((), fixed, fixed)]
    if on_step is not None:
        on_step(found[0])
    while len(found) <= most_moves:
        here = found[-1]
        fixed = plan((), fixed)
        taken = {move.site_id for move in here.moves}
        free = [r for r in ranges if r.site_id not in taken]
        candidates = rank_moves(here.plan, move_bells(inputs, here.moves), matrix, free)
        best: BellStep | None = None
        for move in candidates[:n_candidates]:
            moves = (*here.moves, move)
            step = measure(moves, plan(moves, here.plan), fixed)
            if step.n_unserved > here.n_unserved or step.n_violations:
                continue
            if best is None or step.cost_pence < best.cost_pence:
                best = step
        if best is None or best.cost_pence >= min(here.cost_pence, best.fixed_pence):
            break
        found.append(best)
        if on_step is not None:
            on_step(best)
    return tuple(found)


def rank_moves(
    plan: Plan, inputs: Inputs, matrix: TravelMatrix, ranges: Sequence[BellRange]
) -> tuple[BellMove, ...]:
    """Rank moves by how many vehicles the plan's routes would need, were only they moved.

    A sieve, not a figure anybody is shown: routes keep their stops and vehicle type, move
    with their sites within the windows, and may follow each other on any vehicle of the type.
    A route that serves another site too cannot move, and is left as it is.
    """
    routes = _find_spans(plan, inputs, matrix)
    base = sum(_count_chains(routes, matrix, {}).values())
    scored = []
    for allowed in ranges:
        for shift_s in allowed.list_shifts():
            n = sum(_count_chains(routes, matrix, {allowed.site_id: shift_s}).values())
            if n <= base:
                scored.append((n, abs(shift_s), allowed.site_id, shift_s))
    moves: list[BellMove] = []
    for _, _, site_id, shift_s in sorted(scored):
        # one shift of each site: the others of the same site score alike
        if all(move.site_id != site_id for move in moves):
            moves.append(BellMove(site_id=site_id, shift_s=shift_s))
    return tuple(moves)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """A route as its chaining sees it: earliest end and latest start within the windows. [s]"""

    session: Session
    vehicle_type_id: str
    site_ids: frozenset[str]
    first: int
    last: int
    end_s: int
    start_s: int


def _find_spans(plan: Plan, inputs: Inputs, matrix: TravelMatrix) -> list[_Span]:
    sites = {s.site_id: s for s in inputs.sites}
    spans = []
    for duty in plan.duties:
        for route in duty.routes:
            earlier_s, later_s = _find_slack(route, sites)
            spans.append(
                _Span(
                    session=route.session,
                    vehicle_type_id=duty.vehicle_type_id,
                    site_ids=frozenset(s.site_id for s in route.stops if s.site_id),
                    first=matrix.index[route.stops[0].place_id],
                    last=matrix.index[route.stops[-1].place_id],
                    end_s=route.end_s - earlier_s,
                    start_s=route.start_s + later_s,
                )
            )
    return spans


def _find_slack(route: Route, sites: dict[str, Site]) -> tuple[int, int]:
    """Find how far a route may move as a whole within its sites' windows. [s]"""
    earlier_s = later_s = S_PER_DAY
    for stop in route.stops:
        if stop.site_id is None:
            continue
        site = sites[stop.site_id]
        at_s = stop.leave_s if route.session.is_homeward else stop.arrive_s
        from_s, by_s = (
            (site.leave_from_s, site.leave_by_s)
            if route.session.is_homeward
            else (site.arrive_from_s, site.arrive_by_s)
        )
        earlier_s = min(earlier_s, max(0, at_s - from_s))
        later_s = min(later_s, max(0, by_s - at_s))
    return earlier_s, later_s


def _count_chains(
    spans: Sequence[_Span], matrix: TravelMatrix, shifts: dict[str, int]
) -> dict[tuple[Session, str], int]:
    """Count the vehicles of each session and type that a largest chaining of routes needs.

    Routes less the most pairs that can follow each other (a matching; Dilworth's theorem where
    following is transitive).
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import maximum_bipartite_matching

    groups: dict[tuple[Session, str], list[_Span]] = {}
    for span in spans:
        groups.setdefault((span.session, span.vehicle_type_id), []).append(span)
    found = {}
    for key, held in groups.items():
        shift_s = np.array([_find_shift(span, shifts) for span in held])
        end_s = np.array([span.end_s for span in held]) + shift_s
        start_s = np.array([span.start_s for span in held]) + shift_s
        drive_s = matrix.duration_s[key[0].period][
            np.ix_([span.last for span in held], [span.first for span in held])
        ]
        follows = (drive_s >= 0) & (end_s[:, None] + drive_s <= start_s[None, :])
        np.fill_diagonal(follows, val=False)
        matched = maximum_bipartite_matching(csr_matrix(follows), perm_type="column")
        found[key] = len(held) - int((matched >= 0).sum())
    return found


def _find_shift(span: _Span, shifts: dict[str, int]) -> int:
    """Find by how much a route moves: only one whose every site moves alike. [s]"""
    moved = {shifts.get(site_id, 0) for site_id in span.site_ids}
    return moved.pop() if len(moved) == 1 else 0


def _measure(
    plan: Plan,
    moves: tuple[BellMove, ...],
    first: Plan,
    fixed: Plan,
    n_violations: int,
    inputs: Inputs,
) -> BellStep:
    moved_sites = {move.site_id for move in moves}
    before, after = find_home_times(first), find_home_times(plan)
    return BellStep(
        moves=moves,
        plan=plan,
        n_duties=len(plan.duties),
        n_vehicles=max(
            (
                sum(any(r.session is session for r in duty.routes) for duty in plan.duties)
                for session in Session
            ),
            default=0,
        ),
        cost_pence=plan.cost_pence or 0,
        fixed_pence=fixed.cost_pence or 0,
        n_unserved=len({u.passenger_id for u in plan.unserved}),
        n_passengers=len({d.passenger_id for d in inputs.demands if d.site_id in moved_sites}),
        n_pick_ups=sum(
            abs(after[key] - at_s) > NOTICEABLE_S
            for key, at_s in before.items()
            if key in after
        ),
        n_violations=n_violations,
    )


def find_home_times(plan: Plan) -> dict[tuple[Session, str], int]:
    """Find when each passenger is at the home stop in each session. [s after midnight]"""
    return {
        (route.session, passenger_id): stop.arrive_s
        for route in plan.routes
        for stop in route.stops
        if stop.site_id is None
        for passenger_id in (*stop.boarding, *stop.alighting)
    }
