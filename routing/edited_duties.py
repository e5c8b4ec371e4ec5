"""Duties put together again after an edit: by the rules if that can be, else as told.

A duty that keeps the rules is timed like any repaired one: those aboard keep their times as far
as it can be done. One that cannot keep them is built all the same, so that the checker can say
what it breaks before anybody decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from data.fleet import OWN_PROVIDER_ID
from data.places import Session
from data.plans import Duty, Route
from routing.assemble import build_dead_runs, find_need
from routing.pairing import DutyDraft
from routing.repair_day import Nodes, Piece, has_room
from routing.repair_state import Repairing
from routing.stops import build_route_anyway, fit_layout
from routing.works import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A route of a duty as an edit wants it.

    Attributes
    ----------
    was
        The route of that id before, or None.
    is_same
        Nothing about the route itself changes.
    """

    route_id: str
    session: Session
    nodes: Nodes
    was: Route | None = None
    is_same: bool = False


def read_parts(work: Repairing, duty: Duty) -> list[Part]:
    """Read the routes of a duty as they are."""
    return [
        Part(
            route_id=route.route_id,
            session=route.session,
            nodes=work.day.read_nodes(route),
            was=route,
            is_same=True,
        )
        for route in duty.routes
    ]


def remake_duty(
    work: Repairing, duty_id: str, offer: int, parts: Sequence[Part], before: Duty | None
) -> Duty:
    """Put a duty together: exactly where the rules hold, else as told.

    Parameters
    ----------
    before
        The duty of that id as it was, whose vehicle and crew stay where they can.
    """
    return _make_by_rules(work, duty_id, offer, parts, before) or _make_as_told(
        work, duty_id, offer, parts, before
    )


def _make_by_rules(
    work: Repairing, duty_id: str, offer: int, parts: Sequence[Part], before: Duty | None
) -> Duty | None:
    """Put a duty together as a repair would; None where that breaks a rule."""
    pieces = []
    for part in parts:
        planned = work.day.plan_nodes(part.session, part.nodes)
        if planned is None:
            return None
        was = part.was
        is_kept = (
            part.is_same
            and was is not None
            and was.end_s - was.start_s == planned.work.span.elapsed_s
        )
        wanted_s = was.start_s if is_kept and was is not None else None
        if wanted_s is None:
            wanted_s = work.places.retime(planned, part.session)
        pieces.append(
            Piece(
                planned=planned,
                route_id=part.route_id,
                wanted_s=wanted_s,
                route=was if is_kept else None,
            )
        )
    draft = work.day.draft(offer, pieces)
    return None if draft is None else work.day.build(duty_id, draft, pieces, before)


def _make_as_told(
    work: Repairing, duty_id: str, offer: int, parts: Sequence[Part], before: Duty | None
) -> Duty:
    """Put a duty together whatever it breaks, its routes in order of their starts."""
    day, model = work.day, work.day.model
    routes = sorted(
        (_build_part(work, part, offer) for part in parts),
        key=lambda route: (route.start_s, route.route_id),
    )
    works = [_read_work(work, route) for route in routes]
    rules = day.rules_for(works)
    draft = DutyDraft(
        offer=offer,
        works=tuple(range(len(works))),
        starts_s=tuple(route.start_s for route in routes),
        is_by_base=tuple(
            rules.is_by_base(
                offer,
                second.start_s - first.end_s,
                rules.back(offer, works[k])[0] + rules.lead(offer, works[k + 1])[0],
            )
            for k, (first, second) in enumerate(pairwise(routes))
        ),
        cost_pence=0,
    )
    duty = Duty(
        duty_id=duty_id,
        provider_id=model.provider_ids[offer],
        vehicle_type_id=model.vehicle_type_ids[offer],
        routes=tuple(routes),
        dead_runs=build_dead_runs(rules, draft, routes),
        base_place_id=model.base_place_ids[offer] or None,
        rate_card_id=model.rate_card_ids[offer] or None,
    )
    if duty.provider_id != OWN_PROVIDER_ID:
        return duty
    names = day.name_crew(duty_id, find_need(rules, works, draft, duty), before)
    if names is not None:
        return replace(duty, vehicle_id=names.vehicle_id, crew_ids=names.crew_ids)
    if before is not None and day.find_offer(before) == offer:
        return replace(duty, vehicle_id=before.vehicle_id, crew_ids=before.crew_ids)
    return duty


def _build_part(work: Repairing, part: Part, offer: int) -> Route:
    """Build one route: as it was but for its layout, by the rules, or as told."""
    day = work.day
    problem = day.problem(part.session)
    if part.is_same and part.was is not None:
        if has_room(day, offer, part.was):
            return part.was
        return replace(part.was, layout=fit_layout(problem, part.nodes, offer))
    planned = day.plan_nodes(part.session, part.nodes)
    wanted_s = part.was.start_s if part.was is not None else None
    if planned is not None:
        wanted_s = work.places.retime(planned, part.session) or wanted_s
    return build_route_anyway(
        problem, part.nodes, offer, route_id=part.route_id, wanted_s=wanted_s
    )


def _read_work(work: Repairing, route: Route) -> Work:
    """Read what a built route needs; named assistants of others come along."""
    read = work.day.read_work(route)
    own = {c.crew_id for c in work.inputs.crews}
    n_outside = sum(name not in own for name in route.assistant_ids)
    return replace(
        read,
        n_crew_assistants=max(0, route.n_assistants - n_outside),
        n_crew_trained=max(0, route.n_trained_assistants - n_outside),
    )
