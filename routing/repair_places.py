"""Where companions without a place could ride: on a route there is, on one of their own.

Every insertion into every route is estimated by the drive it adds; the best few are evaluated
exactly, with the duty timed so that those aboard keep their times as far as it can be done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.changes import ChangeBudget
from data.places import Session
from data.plans import Duty, Route
from routing.assemble import PlannedRoute
from routing.disturbance import JourneyKey, Ride
from routing.pairing import DutyDraft
from routing.problem import SessionProblem
from routing.reasons import find_alone
from routing.repair_day import Nodes, Piece, RepairDay
from routing.stops import build_route

N_NEAR = 60
"""Routes that come nearest, whose every insertion is estimated."""
N_ROUTES = 10
"""Routes that are looked at exactly for each place wanted."""
N_POSITIONS = 2
"""Insertions that are looked at exactly in each of them."""
N_POSITIONS_FEW = 10
"""The same where only a few duties may be changed."""
N_POSITIONS_SWAPPED = 3
"""The same for each other vehicle that might work the duty."""
N_DUTIES = 20
"""Duties that a route of its own is tried on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A duty as it would be.

    Attributes
    ----------
    duty_id
        Existing duty, or '' for a new one.
    added_pence
        What it adds to the cost. [pence]
    """

    duty_id: str
    draft: DutyDraft
    pieces: tuple[Piece, ...]
    added_pence: int


class Places:
    """Looks for places in the duties of a day.

    Parameters
    ----------
    rides
        How everybody rode before the repair.

    Attributes
    ----------
    n_tried
        Ways that were looked at exactly so far.
    n_routes, n_duties
        Routes looked at exactly for each place wanted, and duties that a route of its own is
        tried on.
    """

    def __init__(
        self, day: RepairDay, rides: Mapping[JourneyKey, Ride], budget: ChangeBudget
    ) -> None:
        self.day, self.rides, self.budget = day, rides, budget
        self.n_tried = 0
        self.n_routes, self.n_duties = N_ROUTES, N_DUTIES
        self._shapes: dict[int, tuple[Route, Nodes, NDArray[np.int64]]] = {}

    def find_joins(
        self,
        session: Session,
        group: Sequence[int],
        *,
        among: Collection[str] | None = None,
        route_id: str | None = None,
    ) -> list[Option]:
        """Find places on routes there are.

        Parameters
        ----------
        group
            Requests that ride together.
        among
            Duties that may be changed; all by default.
        route_id
            The only route that will do, e.g. because their companions ride on it.
        """
        problem = self.day.problem(session)
        n_positions = N_POSITIONS if among is None else N_POSITIONS_FEW
        is_allowed = np.logical_and.reduce(problem.is_allowed[list(group)])
        routes: list[_Candidate] = []
        for duty in self.day.duties.values():
            if among is not None and duty.duty_id not in among:
                continue
            offer = self.day.find_offer(duty)
            if offer is None or not is_allowed[offer]:
                continue
            for k, route in enumerate(duty.routes):
                if route.session is session and route_id in (None, route.route_id):
                    routes.append((duty.duty_id, k, *self._read_shape(route)))
        near = [
            (added_s, duty_id, k, longer)
            for duty_id, k, nodes, rows in _find_nearest(problem, routes, group)
            for added_s, longer in insert_all(problem, nodes, rows, group, n_positions)
        ]
        near.sort()
        found: list[Option] = []
        seen: dict[tuple[str, int], int] = {}
        for _, duty_id, k, nodes in near:
            if len(seen) >= self.n_routes and (duty_id, k) not in seen:
                continue
            if seen.get((duty_id, k), 0) >= n_positions:
                continue
            self.n_tried += 1
            seen[duty_id, k] = seen.get((duty_id, k), 0) + 1
            option = self._change_route(self.day.duties[duty_id], k, nodes)
            if option is not None:
                found.append(option)
        return found

    def find_swaps(
        self, session: Session, group: Sequence[int], among: Collection[str]
    ) -> list[Option]:
        """Find places on routes whose duty another kind of vehicle or provider would work.

        Everybody aboard is disturbed by that, so it is for when no vehicle of these duties can
        carry the group, e.g. because somebody needs a wheelchair space now.
        """
        day, problem = self.day, self.day.problem(session)
        is_allowed = np.logical_and.reduce(problem.is_allowed[list(group)])
        found: list[Option] = []
        for duty_id in sorted(among & day.duties.keys()):
            duty = day.duties[duty_id]
            own, before_pence = day.find_offer(duty), day.price(duty)
            free = [o for o in np.flatnonzero(is_allowed).tolist() if o != own]
            free = [o for o in free if day.count_free(o) > 0]
            if before_pence is None:
                continue
            for k, route in enumerate(duty.routes):
                if route.session is not session:
                    continue
                nodes, rows = self._read_shape(route)
                for _, longer in insert_all(problem, nodes, rows, group, N_POSITIONS_SWAPPED):
                    pieces = self._put_route(duty, k, longer)
                    for offer in free if pieces is not None else ():
                        self.n_tried += 1
                        draft = day.draft(offer, pieces or ())
                        if draft is not None:
                            found.append(
                                Option(
                                    duty_id=duty_id,
                                    draft=draft,
                                    pieces=tuple(pieces or ()),
                                    added_pence=draft.cost_pence - before_pence,
                                )
                            )
        return found

    def find_own_routes(
        self,
        planned: PlannedRoute,
        wanted_s: int | None = None,
        *,
        among: Collection[str] | None = None,
        new_duty: bool = True,
    ) -> list[Option]:
        """Find who could work a route as well, in duties there are or in a new one."""
        day = self.day
        offers = np.flatnonzero(planned.work.offers).tolist()
        piece = Piece(planned=planned, route_id="", wanted_s=wanted_s)
        found: list[Option] = []
        for offer in offers if new_duty else ():
            self.n_tried += 1
            draft = day.draft(offer, [piece])
            if draft is not None and day.count_free(offer) > 0:
                found.append(
                    Option(
                        duty_id="", draft=draft, pieces=(piece,), added_pence=draft.cost_pence
                    )
                )
        for duty in self._find_near(planned, set(offers), among):
            pieces = day.read_pieces(duty)
            before_pence = day.price(duty)
            offer_of = day.find_offer(duty)
            if pieces is None or before_pence is None or offer_of is None:
                continue
            at_s = wanted_s
            if at_s is None:
                at_s = (planned.work.span.from_s + planned.work.span.to_s) // 2
            order = sorted(
                [*((p.wanted_s or 0, k, p) for k, p in enumerate(pieces)), (at_s, -1, piece)],
                key=lambda entry: entry[:2],
            )
            longer = tuple(entry[2] for entry in order)
            self.n_tried += 1
            draft = day.draft(offer_of, longer)
            if draft is not None:
                found.append(
                    Option(
                        duty_id=duty.duty_id,
                        draft=draft,
                        pieces=longer,
                        added_pence=draft.cost_pence - before_pence,
                    )
                )
        return found

    def find_alone(self, session: Session, group: Sequence[int]) -> PlannedRoute | None:
        """Find the route of these companions alone, None where there is none."""
        facts = find_alone(self.day.problem(session), group)
        return self.day.plan_nodes(session, facts.nodes) if facts.is_feasible else None

    def retime(
        self, planned: PlannedRoute, session: Session, route: Route | None = None
    ) -> int | None:
        """Find the start at which most of those who rode before keep their times. [s]"""
        problem, facts = planned.problem, planned.facts
        offer = int(np.flatnonzero(facts.is_offered)[0])
        built = build_route(problem, facts, facts.start_from_s, offer, route_id="")
        deltas = []
        for stop in built.stops:
            for p in stop.alighting if session.is_homeward else stop.boarding:
                before = self.rides.get((session, p))
                if before is not None and (route is None or before.route_id == route.route_id):
                    deltas.append(before.arrive_s - stop.arrive_s)
        if not deltas:
            return None if route is None else route.start_s
        slack_s = facts.start_by_s - facts.start_from_s
        choices = sorted({min(max(d, 0), slack_s) for d in deltas})
        shift_s = self.budget.shift_s
        best = min(
            choices,
            key=lambda c: (
                sum(abs(d - c) > shift_s for d in deltas),
                sum(abs(d - c) for d in deltas),
                c,
            ),
        )
        return facts.start_from_s + best

    def _put_route(self, duty: Duty, k: int, nodes: Nodes) -> list[Piece] | None:
        """Put other nodes in the place of a duty's route; None where that breaks a rule."""
        session = duty.routes[k].session
        planned = self.day.plan_nodes(session, nodes)
        pieces = None if planned is None else self.day.read_pieces(duty)
        if planned is None or pieces is None:
            return None
        pieces[k] = Piece(
            planned=planned,
            route_id=duty.routes[k].route_id,
            wanted_s=self.retime(planned, session, duty.routes[k]),
        )
        return pieces

    def _change_route(self, duty: Duty, k: int, nodes: Nodes) -> Option | None:
        """Give a duty a route with other nodes, worked by the vehicle it has."""
        day = self.day
        offer, before_pence = day.find_offer(duty), day.price(duty)
        pieces = self._put_route(duty, k, nodes)
        if offer is None or before_pence is None or pieces is None:
            return None
        draft = day.draft(offer, pieces)
        if draft is None:
            return None
        return Option(
            duty_id=duty.duty_id,
            draft=draft,
            pieces=tuple(pieces),
            added_pence=draft.cost_pence - before_pence,
        )

    def _find_near(
        self, planned: PlannedRoute, offers: set[int], among: Collection[str] | None
    ) -> list[Duty]:
        """Find the duties that come by nearest to where a route begins or ends."""
        rules, work, at = self.day.rules, planned.work, self.day.matrix.index
        near = []
        for duty in self.day.duties.values():
            if among is not None and duty.duty_id not in among:
                continue
            if self.day.find_offer(duty) not in offers:
                continue
            ways = []
            for route in duty.routes:
                if route.end_s <= work.span.to_s:
                    last = at[route.stops[-1].place_id]
                    ways.append(rules.drive(work.session.period, last, work.first_idx)[0])
                else:
                    first = at[route.stops[0].place_id]
                    ways.append(rules.drive(route.session.period, work.last_idx, first)[0])
            near.append((min(w if w >= 0 else 10**6 for w in ways), duty.duty_id))
        return [self.day.duties[name] for _, name in sorted(near)[: self.n_duties]]

    def _read_shape(self, route: Route) -> tuple[Nodes, NDArray[np.int64]]:
        """Read a route's nodes and their rows, once for every route there is."""
        known = self._shapes.get(id(route))
        if known is None:
            nodes = self.day.read_nodes(route)
            problem = self.day.problem(route.session)
            rows = np.array([problem.row_of(node) for node in nodes], dtype=np.int64)
            known = (route, nodes, rows)
            self._shapes[id(route)] = known
        return known[1], known[2]


_Candidate = tuple[str, int, Nodes, NDArray[np.int64]]
"""Duty, number of the route in it, its nodes and their rows."""


def _find_nearest(
    problem: SessionProblem, routes: Sequence[_Candidate], group: Sequence[int]
) -> list[_Candidate]:
    """Find the routes that come nearest to companions and to their sites.

    The way there and back from the nearest node stands for what a stop would add.
    """
    held = [route for route in routes if route[2]]
    if len(held) <= N_NEAR:
        return held
    rows = np.concatenate([route[3] for route in held])
    starts = np.cumsum([0, *(len(route[3]) for route in held)])[:-1]
    wanted = {problem.row_of(i) for i in group}
    wanted |= {int(problem.site_row[problem.request_site[i]]) for i in group}
    away_s = np.zeros(len(held), dtype=np.int64)
    for row in sorted(wanted):
        there = problem.duration_s[row, rows].astype(np.int64) + problem.duration_s[rows, row]
        away_s += np.minimum.reduceat(there, starts)
    order = np.argsort(away_s, kind="stable")[:N_NEAR]
    return [held[k] for k in order.tolist()]


def insert_all(
    problem: SessionProblem,
    nodes: Nodes,
    rows: NDArray[np.int64],
    group: Sequence[int],
    n_positions: int,
) -> list[tuple[int, Nodes]]:
    """Insert a group into a route at the places that add least driving; with what they add."""
    if not nodes:
        return []
    first, *others = group
    found = _insert(problem, nodes, rows, first, n_positions)
    for request in others:
        longer = []
        for added_s, route in found:
            now = np.array([problem.row_of(node) for node in route], dtype=np.int64)
            best = _insert(problem, route, now, request, 1)
            longer += [(added_s + more_s, longest) for more_s, longest in best]
        found = longer
    return found


def _insert(
    problem: SessionProblem,
    nodes: Nodes,
    rows: NDArray[np.int64],
    request: int,
    n_positions: int,
) -> list[tuple[int, Nodes]]:
    """Insert one request, and its site where the route does not visit it yet; best first."""
    site = problem.n_requests + int(problem.request_site[request])
    added = _measure(problem, rows, problem.row_of(request))
    if site in nodes:
        positions = added[: nodes.index(site) + 1]
        order = np.argsort(positions, kind="stable")[:n_positions]
        return [(int(added[k]), (*nodes[:k], request, *nodes[k:])) for k in order.tolist()]
    sites = [node for node in nodes if node >= problem.n_requests]
    if len(set(sites)) >= problem.max_sites:
        return []
    more = _measure(problem, rows, problem.row_of(site))
    pairs = sorted(
        (int(added[k] + more[q]), k, q) for q in range(1, len(nodes) + 1) for k in range(q + 1)
    )[:n_positions]
    return [
        (total, (*nodes[:k], request, *nodes[k:q], site, *nodes[q:])) for total, k, q in pairs
    ]


def _measure(problem: SessionProblem, rows: NDArray[np.int64], row: int) -> NDArray[np.int64]:
    """Measure the drive that a row adds before each node, and after the last. [s]"""
    to = problem.duration_s[row, rows].astype(np.int64)
    back = problem.duration_s[rows, row].astype(np.int64)
    legs = problem.duration_s[rows[:-1], rows[1:]].astype(np.int64)
    added = np.empty(len(rows) + 1, dtype=np.int64)
    added[0] = to[0]
    added[1:-1] = back[:-1] + to[1:] - legs
    added[-1] = back[-1]
    return added
