"""From duty drafts to the duties of a plan: routes with clock times, dead runs, names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import DeadRun, Duty, Route
from routing.crews import CrewNames, CrewNeed, name_crews
from routing.duty_rules import DutyRules
from routing.evaluate import RouteFacts, evaluate_route
from routing.pairing import DutyDraft
from routing.problem import SessionProblem
from routing.stops import build_route
from routing.works import Span, Work


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedRoute:
    """A route of one session: what it is for the search and what for the duties."""

    problem: SessionProblem
    facts: RouteFacts
    work: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Who of the named assistants is the own company's, and who must be medically trained."""

    own: frozenset[str]
    trained_names: frozenset[str]


def find_staff(inputs: Inputs) -> Staff:
    """Find what `plan_route` asks of the staff."""
    return Staff(
        own=frozenset(c.crew_id for c in inputs.crews),
        trained_names=frozenset(
            p.assistant_id
            for p in inputs.passengers
            if p.assistant_id and p.needs_trained_assistant
        ),
    )


def plan_route(
    problem: SessionProblem, nodes: Sequence[int], matrix: TravelMatrix, staff: Staff
) -> PlannedRoute:
    """Turn a route of a session into what the duties work with."""
    facts = evaluate_route(problem, nodes)
    rows = [problem.row_of(node) for node in nodes]
    if problem.is_homeward:
        rows.reverse()
    legs = pairwise(rows)
    turn = problem.is_homeward
    drive_s = sum(int(problem.duration_s[(b, a) if turn else (a, b)]) for a, b in legs)
    outside = [i for i in facts.assistant_ids if i not in staff.own]
    requests = [node for node in nodes if node < problem.n_requests]
    work = Work(
        session=problem.session,
        passenger_ids=tuple(problem.passenger_ids[i] for i in requests),
        first_idx=matrix.index[problem.place_ids[rows[0]]],
        last_idx=matrix.index[problem.place_ids[rows[-1]]],
        span=Span(
            from_s=facts.start_from_s,
            to_s=facts.start_by_s,
            elapsed_s=facts.duration_s,
        ),
        drive_s=drive_s,
        waiting_s=facts.waiting_s,
        loaded_m=facts.loaded_m,
        n_assistants=facts.n_assistants,
        n_trained_assistants=facts.n_trained,
        n_crew_assistants=max(0, facts.n_assistants - len(outside)),
        n_crew_trained=max(0, facts.n_trained - len(staff.trained_names & set(outside))),
        assistant_ids=facts.assistant_ids,
        offers=facts.is_offered,
    )
    return PlannedRoute(problem=problem, facts=facts, work=work)


def name_duties(
    drafts: Sequence[DutyDraft],
    planned: Sequence[PlannedRoute],
    rules: DutyRules,
    usual: Sequence[Duty] = (),
    tired: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    """Name duties ``D001``, ``D002``, ...; a duty like one of another day keeps its name.

    Parameters
    ----------
    usual
        Duties of the reference day. A duty takes the name of the one of its own provider,
        vehicle type and base that it shares most passengers with, ties settled by order.
    tired
        Names that may not be used.
    """
    from scipy.optimize import linear_sum_assignment

    names: list[str] = [""] * len(drafts)
    known = find_duty_marks(usual)
    taken = sorted(set(known) - tired)
    if usual and drafts:
        kinds = {d.duty_id: (d.provider_id, d.vehicle_type_id, d.base_place_id) for d in usual}
        shared = np.zeros((len(drafts), len(taken)), dtype=np.int64)
        for k, draft in enumerate(drafts):
            mine, kind = _find_marks(draft, planned), _find_kind(rules, draft)
            for j, name in enumerate(taken):
                if kinds[name] == kind:
                    shared[k, j] = len(mine & known[name])
        for row, column in zip(*linear_sum_assignment(-shared), strict=True):
            if shared[row, column] > 0:
                names[int(row)] = taken[int(column)]
    number = 0
    used = set(known) | tired
    for k in range(len(drafts)):
        while not names[k]:
            number += 1
            if f"D{number:03d}" not in used:
                names[k] = f"D{number:03d}"
    return tuple(names)


def _find_kind(rules: DutyRules, draft: DutyDraft) -> tuple[str, str, str | None]:
    model, o = rules.model, draft.offer
    base = model.base_place_ids[o] or None
    return model.provider_ids[o], model.vehicle_type_ids[o], base


def _find_marks(draft: DutyDraft, planned: Sequence[PlannedRoute]) -> frozenset[str]:
    return frozenset(
        f"{planned[i].work.session}/{p}"
        for i in draft.works
        for p in planned[i].work.passenger_ids
    )


def find_duty_marks(duties: Sequence[Duty]) -> dict[str, frozenset[str]]:
    """Find the ``session/passenger`` marks of each duty of a plan."""
    return {
        duty.duty_id: frozenset(
            f"{route.session}/{p}" for route in duty.routes for p in route.passenger_ids
        )
        for duty in duties
    }


def build_duties(
    inputs: Inputs,
    rules: DutyRules,
    planned: Sequence[PlannedRoute],
    drafts: Sequence[DutyDraft],
    *,
    usual: Sequence[Duty] = (),
    tired: frozenset[str] = frozenset(),
) -> tuple[tuple[Duty, ...], tuple[DutyDraft, ...]]:
    """Build the plan's duties with routes, dead runs, vehicles and crews.

    Parameters
    ----------
    usual
        Duties of the reference day, whose names, vehicles and crews are kept where possible.
    tired
        Duty ids that may not be used.

    Returns
    -------
    duties, unnamed
        Duties by id; drafts of own duties that no vehicle or crew was left for.
    """
    ids = name_duties(drafts, planned, rules, usual, tired)
    built = [
        _build_duty(rules, planned, draft, duty_id)
        for draft, duty_id in zip(drafts, ids, strict=True)
    ]
    known = {
        d.duty_id: CrewNames(vehicle_id=d.vehicle_id, crew_ids=d.crew_ids)
        for d in usual
        if d.vehicle_id is not None
    }
    own = [k for k, draft in enumerate(drafts) if rules.model.is_own[draft.offer]]
    needs = [
        find_need(rules, [planned[i].work for i in drafts[k].works], drafts[k], built[k])
        for k in own
    ]
    names = dict(zip(own, name_crews(inputs, needs, usual=known), strict=True))
    duties: list[Duty] = []
    unnamed: list[DutyDraft] = []
    for k, duty in enumerate(built):
        if k not in names:
            duties.append(duty)
            continue
        named = names[k]
        if named is None:
            unnamed.append(drafts[k])
        else:
            duties.append(replace(duty, vehicle_id=named.vehicle_id, crew_ids=named.crew_ids))
    return tuple(sorted(duties, key=lambda d: d.duty_id)), tuple(unnamed)


def _build_duty(
    rules: DutyRules, planned: Sequence[PlannedRoute], draft: DutyDraft, duty_id: str
) -> Duty:
    """Build one duty with its routes and dead runs, without names."""
    model = rules.model
    counts: dict[str, int] = {}
    routes: list[Route] = []
    for i, start_s in zip(draft.works, draft.starts_s, strict=True):
        session = planned[i].work.session
        counts[session] = counts.get(session, 0) + 1
        routes.append(
            build_route(
                planned[i].problem,
                planned[i].facts,
                start_s,
                draft.offer,
                route_id=f"{duty_id}-{session}-{counts[session]}",
            )
        )
    return Duty(
        duty_id=duty_id,
        provider_id=model.provider_ids[draft.offer],
        vehicle_type_id=model.vehicle_type_ids[draft.offer],
        routes=tuple(routes),
        dead_runs=build_dead_runs(rules, draft, routes),
        base_place_id=model.base_place_ids[draft.offer] or None,
        rate_card_id=model.rate_card_ids[draft.offer] or None,
    )


def build_dead_runs(
    rules: DutyRules, draft: DutyDraft, routes: Sequence[Route]
) -> tuple[DeadRun, ...]:
    """Build the runs from base, between routes and back to base."""
    offer = draft.offer
    base = rules.model.base_place_ids[offer]
    works = [rules.works[i] for i in draft.works]
    runs: list[DeadRun] = []

    def add(
        from_id: str, to_id: str, time: tuple[int, int], before: int, *, to_base: bool
    ) -> None:
        drive_s, drive_m = time
        if to_base or from_id != base:
            depart_s = routes[before - 1].end_s
        else:
            depart_s = routes[before].start_s - drive_s
        runs.append(
            DeadRun(
                from_place_id=from_id,
                to_place_id=to_id,
                depart_s=depart_s,
                arrive_s=depart_s + drive_s,
                drive_m=drive_m,
                before_route=before,
            )
        )

    for k, route in enumerate(routes):
        first = route.stops[0].place_id
        is_by_base = k > 0 and draft.is_by_base[k - 1]
        if k > 0:
            last = routes[k - 1].stops[-1].place_id
            if is_by_base:
                add(last, base, rules.back(offer, works[k - 1]), k, to_base=True)
            else:
                add(last, first, rules.direct(works[k - 1], works[k]), k, to_base=True)
        if base and (k == 0 or is_by_base):
            add(base, first, rules.lead(offer, works[k]), k, to_base=False)
    if base:
        last = routes[-1].stops[-1].place_id
        add(last, base, rules.back(offer, works[-1]), len(routes), to_base=True)
    return tuple(runs)


def find_need(
    rules: DutyRules, works: Sequence[Work], draft: DutyDraft, duty: Duty
) -> CrewNeed:
    """Find what an own duty of these routes needs of vehicle and crew."""
    return CrewNeed(
        duty_id=duty.duty_id,
        vehicle_type_id=duty.vehicle_type_id,
        base_place_id=str(duty.base_place_id),
        from_s=min(run.depart_s for run in duty.dead_runs),
        to_s=max(run.arrive_s for run in duty.dead_runs),
        needs_d1=bool(rules.model.needs_d1[draft.offer]),
        n_assistants=max(w.n_crew_assistants for w in works),
        n_trained_assistants=max(w.n_crew_trained for w in works),
        assistant_ids=tuple(sorted({i for w in works for i in w.assistant_ids})),
    )
