"""Mending the duties that somebody leaves, that break a rule or have lost their vehicle."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from data.places import Session
from data.plans import Duty, Route
from routing.assemble import PlannedRoute
from routing.mirror import mend_route
from routing.problem import SessionProblem
from routing.repair_day import Nodes, Piece
from routing.repair_state import LooseRoute, Repairing


def mend(work: Repairing) -> None:
    """Mend every duty that somebody leaves, that breaks a rule or that lost its vehicle."""
    touched = set(work.found.broken)
    gone = work.found.loose | work.proofs.keys()
    for duty in work.plan.duties:
        aboard = {(r.session, p) for r in duty.routes for p in r.passenger_ids}
        if aboard & gone:
            touched.add(duty.duty_id)
    excess = set(work.day.find_excess())
    for duty_id in sorted(touched | excess):
        mend_duty(work, work.before[duty_id], must_move=duty_id in excess)
    place_routes(work)


def place_routes(work: Repairing) -> None:
    """Give every route that lost its duty to somebody."""
    while work.loose_routes:
        _place_route(work, work.loose_routes.pop(0))


def mend_duty(work: Repairing, duty: Duty, *, must_move: bool) -> None:
    """Mend one duty: its routes, then who works it."""
    out = set() if must_move or _is_good(work, duty) else _find_misfits(work, duty)
    pieces: list[Piece] = []
    for route in duty.routes:
        without = [p for p in route.passenger_ids if p in out or _is_gone(work, route, p)]
        for p in out & set(route.passenger_ids):
            if not _is_gone(work, route, p):
                work.waiting.add((route.session, p))
                # All their duties that break a rule change, be it for an assistant more.
                mine = {r.duty_id for (_, q), r in work.rides.items() if q == p}
                mine = mine & work.found.broken | {duty.duty_id}
                work.touched.setdefault(p, set()).update(mine)
                work.left[p] = work.left.get(p, frozenset()) | mine
        nodes = work.day.read_nodes(route, without)
        nodes = _mend_nodes(work, duty, route.session, nodes)
        planned = work.day.plan_nodes(route.session, nodes) if nodes else None
        if planned is None:
            continue
        is_same = not without and nodes == work.day.read_nodes(route)
        wanted_s = work.places.retime(planned, route.session, route)
        is_same = is_same and route.end_s - route.start_s == planned.work.span.elapsed_s
        pieces.append(
            Piece(
                planned=planned,
                route_id=route.route_id,
                wanted_s=route.start_s if is_same else wanted_s,
                route=route if is_same and _is_good(work, duty) else None,
            )
        )
    work.day.drop(duty.duty_id)
    while pieces:
        if _work_duty(work, duty, pieces, must_move=must_move):
            return
        # The route with the fewest aboard goes elsewhere until the others can be worked.
        least = min(pieces, key=lambda p: (len(p.planned.work.passenger_ids), p.route_id))
        pieces.remove(least)
        work.loose_routes.append(LooseRoute(least.planned, least.wanted_s))
    work.tally.drop(duty.duty_id)


def _is_gone(work: Repairing, route: Route, passenger_id: str) -> bool:
    """Whether somebody leaves a route anyway."""
    key = (route.session, passenger_id)
    return key in work.found.loose or key in work.proofs


def _is_good(work: Repairing, duty: Duty) -> bool:
    """Whether nothing but people getting off is wrong with a duty's routes."""
    return duty.duty_id not in work.found.broken


def _find_misfits(work: Repairing, duty: Duty) -> set[str]:
    """Find the companions without whom the duty's own vehicle and crew can work all the rest.

    Another vehicle would disturb everybody aboard, and so would a route taken apart. Those go
    without whom the rest need no more assistants, seats or spaces than the plan gave them: they
    are the ones whose needs grew. Nobody goes where the duty can be worked with all of them, or
    not without any of them either.
    """
    offer = work.day.find_offer(duty)
    if offer is None or _can_work(work, duty, offer, set()):
        return set()
    loads: dict[frozenset[str], int] = {}
    for route in duty.routes:
        problem = work.day.problem(route.session)
        for p in route.passenger_ids:
            if _is_gone(work, route, p):
                continue
            group = problem.group[work.day.find_request(route.session, p)]
            members = np.flatnonzero(problem.group == group).tolist()
            people = frozenset(problem.passenger_ids[i] for i in members)
            load = sum(_measure_load(problem, i) for i in members)
            loads[people] = max(load, loads.get(people, 0))
    order = sorted(loads, key=lambda held: (len(held), -loads[held], sorted(held)))
    for is_provided in (True, False):
        for people in order:
            if _can_work(work, duty, offer, people, is_provided=is_provided):
                return set(people)
    return set()


def _can_work(
    work: Repairing,
    duty: Duty,
    offer: int,
    out: Collection[str],
    *,
    is_provided: bool = False,
) -> bool:
    """Whether the duty's routes can be worked without some of those aboard.

    Parameters
    ----------
    is_provided
        With no more assistants, seats or spaces than the plan has.
    """
    pieces = []
    for route in duty.routes:
        gone = [p for p in route.passenger_ids if p in out or _is_gone(work, route, p)]
        nodes = work.day.read_nodes(route, gone)
        if not nodes:
            continue
        planned = work.day.plan_nodes(route.session, nodes)
        if planned is None or (is_provided and not _is_provided(route, planned)):
            return False
        wanted_s = work.places.retime(planned, route.session, route)
        pieces.append(Piece(planned=planned, route_id=route.route_id, wanted_s=wanted_s))
    draft = work.day.draft(offer, pieces) if pieces else None
    return draft is not None and (work.day.build(duty.duty_id, draft, pieces, duty) is not None)


def _is_provided(route: Route, planned: PlannedRoute) -> bool:
    """Whether a route of the plan has all that these passengers of it need."""
    facts, problem = planned.facts, planned.problem
    seats = facts.peak_seats + facts.n_assistants * problem.assistant_seats
    return (
        facts.n_assistants <= route.n_assistants
        and facts.n_trained <= route.n_trained_assistants
        and seats <= route.layout.n_seats
        and facts.peak_spaces <= route.layout.n_wheelchair_spaces
    )


def _measure_load(problem: SessionProblem, request: int) -> int:
    """Measure what a request takes up, in seats; a wheelchair's space counts as four."""
    seats = int(problem.n_seats[request]) + 4 * int(problem.n_spaces[request])
    return seats + int(problem.n_crew[request]) + int(problem.n_shared[request])


def _mend_nodes(work: Repairing, duty: Duty, session: Session, nodes: Nodes) -> Nodes:
    """Mend a route: as it is, in another order, or without those who break it."""
    problem = work.day.problem(session)
    n = problem.n_requests
    while any(node < n for node in nodes):
        if work.day.plan_nodes(session, nodes) is not None:
            return nodes
        whole = mend_route(problem, nodes)
        if len(whole) == 1 and len(whole[0]) == len(nodes):
            return whole[0]
        nodes = _take_out(work, duty, session, nodes)
    return ()


def _take_out(work: Repairing, duty: Duty, session: Session, nodes: Nodes) -> Nodes:
    """Take out the companions without whom a route keeps the rules: the heaviest load."""
    problem = work.day.problem(session)
    n = problem.n_requests
    groups = sorted({int(problem.group[i]) for i in nodes if i < n})
    ways = []
    for group in groups:
        left = [i for i in nodes if i >= n or int(problem.group[i]) != group]
        wanted = {n + int(problem.request_site[i]) for i in left if i < n}
        rest = tuple(i for i in left if i < n or i in wanted)
        is_fine = not rest or work.day.plan_nodes(session, rest) is not None
        out = [i for i in nodes if i < n and int(problem.group[i]) == group]
        load = sum(_measure_load(problem, i) for i in out)
        ways.append((not is_fine, -len(rest), -load, group, rest))
    _, _, _, group, rest = min(ways)
    for i in nodes:
        if i < n and int(problem.group[i]) == group:
            person = problem.passenger_ids[i]
            work.waiting.add((session, person))
            work.touched.setdefault(person, set()).add(duty.duty_id)
    return rest


def _work_duty(
    work: Repairing, duty: Duty, pieces: Sequence[Piece], *, must_move: bool
) -> bool:
    """Find who works a duty: who did, else the cheapest who can."""
    own = work.day.find_offer(duty)
    offers = [] if own is None or must_move else [own]
    drafts = []
    for offer in offers or range(work.day.rules.n_offers):
        draft = work.day.draft(offer, pieces)
        if draft is not None:
            drafts.append((draft.cost_pence, offer, draft))
    for _, _, draft in sorted(drafts, key=lambda d: d[:2]):
        made = work.day.build(duty.duty_id, draft, pieces, duty)
        if made is not None:
            work.put(made)
            return True
    return bool(offers) and _work_duty(work, duty, pieces, must_move=True)


def _place_route(work: Repairing, loose: LooseRoute) -> None:
    """Give a whole route to whoever can work it, else look for places one by one."""
    options = work.places.find_own_routes(loose.planned, loose.wanted_s)
    for option in sorted(options, key=lambda o: (o.added_pence, o.duty_id)):
        if work.take(option):
            return
    route = loose.planned.work
    work.waiting |= {(route.session, p) for p in route.passenger_ids}
