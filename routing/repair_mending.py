"""Mending the duties that somebody leaves, that break a rule or have lost their vehicle."""

from __future__ import annotations

from collections.abc import Sequence

from data.places import Session
from data.plans import Duty
from routing.mirror import mend_route
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
    pieces: list[Piece] = []
    for route in duty.routes:
        without = [
            p
            for p in route.passenger_ids
            if (route.session, p) in work.found.loose or (route.session, p) in work.proofs
        ]
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


def _is_good(work: Repairing, duty: Duty) -> bool:
    """Whether nothing but people getting off is wrong with a duty's routes."""
    return duty.duty_id not in work.found.broken


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
    """Take out the companions without whom a route keeps the rules, or the first ones."""
    problem = work.day.problem(session)
    n = problem.n_requests
    groups = sorted({int(problem.group[i]) for i in nodes if i < n})
    ways = []
    for group in groups:
        left = [i for i in nodes if i >= n or int(problem.group[i]) != group]
        wanted = {n + int(problem.request_site[i]) for i in left if i < n}
        rest = tuple(i for i in left if i < n or i in wanted)
        is_fine = not rest or work.day.plan_nodes(session, rest) is not None
        ways.append((not is_fine, -len(rest), group, rest))
    _, _, group, rest = min(ways)
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
