"""The plans of one date: repaired, optimised inside the envelope, or stale.

Pure: inputs, reference and limits in, plans out. Keeping, checking and publishing are the
caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from costing import build_cost_model, price_plan, total_cost_pence
from data.changes import Change, ChangeBudget, ChangeKind
from data.demand import find_day_type
from data.errors import InfeasibleError
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.nights import Breach, Envelope
from data.plans import Duty, Plan, PlanState
from nightly.config import SearchSection
from nightly.day_inputs import DayInputs
from nightly.envelope import find_breaches
from routing import find_violations, optimise, repair_plan

_RESOURCE = {
    ChangeKind.VEHICLE_GONE,
    ChangeKind.CREW_GONE,
    ChangeKind.OFFER_GONE,
    ChangeKind.RULE_BROKEN,
}
_JOINS = {ChangeKind.STARTER, ChangeKind.HOME_MOVED, ChangeKind.SITE_CHANGED}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatePlan:
    """A plan for one date with the standing plan behind it.

    Attributes
    ----------
    breaches
        Where it leaves the envelope against what families know.
    """

    plan: Plan
    standing: Plan
    breaches: tuple[Breach, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forced:
    """Whom changes concern: no envelope holds for them.

    Attributes
    ----------
    exempt
        Who changed themselves, or rides on a duty that cannot run as it did.
    joiners
        Who starts or moves.
    """

    exempt: frozenset[str] = frozenset()
    joiners: frozenset[str] = frozenset()

    def __or__(self, other: Forced) -> Forced:
        return Forced(exempt=self.exempt | other.exempt, joiners=self.joiners | other.joiners)


def repair_date(
    reference: Plan,
    day: DayInputs,
    matrix: TravelMatrix,
    envelope: Envelope,
) -> tuple[DatePlan, DatePlan | None]:
    """Repair what families know for a date.

    Parameters
    ----------
    reference
        Standing plan that families know for such a day.

    Returns
    -------
    inside, wider
        The plan that leaves the envelope least; and, where it leaves journeys out that a plan
        outside the envelope would carry, that one, for a person to approve.

    Raises
    ------
    InfeasibleError
        If no site is open on the date.
    """
    free, forced = _repair(reference, day, matrix, ChangeBudget(shift_s=envelope.shift_s))
    wide = _judge(reference, free, envelope, forced)
    if not wide.breaches:
        return wide, None
    strict = ChangeBudget(
        shift_s=envelope.shift_s,
        max_shifted=0,
        max_crew=0 if not envelope.may_change_crew else None,
        exempt=forced.exempt,
    )
    kept, _ = _repair(reference, day, matrix, strict)
    inside = _judge(reference, kept, envelope, forced)
    if len(inside.breaches) < len(wide.breaches):
        return inside, wide
    return wide, None


def optimise_date(
    reference: Plan,
    repaired: DatePlan,
    day: DayInputs,
    matrix: TravelMatrix,
    envelope: Envelope,
    search: SearchSection,
    *,
    seconds: float | None,
    should_stop: Callable[[], bool] | None = None,
) -> tuple[DatePlan | None, DatePlan | None]:
    """Search on from a repaired plan for savings.

    Duties between which passengers pass are taken together or not at all, so that what saves
    money inside the envelope is published although something else would leave it.

    Parameters
    ----------
    repaired
        From `repair_date`.
    seconds
        Wall time of the search. [s]

    Returns
    -------
    inside, wider
        A cheaper plan inside the envelope, or None; a plan that is cheaper still and leaves
        it, for a person to approve, or None.
    """
    standing = repaired.standing
    model = build_cost_model(day.standing, day.standing.service_date)
    found = optimise(
        day.standing,
        matrix,
        model,
        day_type=standing.day_type,
        service_date=standing.service_date,
        seconds=seconds,
        steps=search.steps,
        seed=search.seed,
        n_workers=search.workers,
        start=standing,
        continuity_pence=search.continuity_pence,
        should_stop=should_stop,
    )
    _, forced = _repair(reference, day, matrix, ChangeBudget(shift_s=envelope.shift_s))
    whole = _settle(reference, found, day, matrix, envelope, forced)
    was = _price(repaired.plan, day.inputs)
    if whole is not None and _price(whole.plan, day.inputs) >= was:
        whole = None
    if whole is not None and not whole.breaches:
        return whole, None
    mixed = _adopt(standing, found, day, envelope, forced, reference)
    inside = None
    if mixed is not None:
        inside = _settle(reference, mixed, day, matrix, envelope, forced)
        if inside is not None and (inside.breaches or _price(inside.plan, day.inputs) >= was):
            inside = None
    return inside, whole


def withdraw_people(reference: Plan, day: DayInputs, old: Inputs, matrix: TravelMatrix) -> Plan:
    """Take those who must not be carried off the plan families know, and change nothing else.

    Parameters
    ----------
    old
        Inputs that the plan was made from; today's changes of vehicles, crews and data are
        left out.
    """
    on = day.inputs.service_date
    carried = {d.demand_id for d in day.inputs.demands}
    dropped = {d.demand_id for d in day.standing.demands} - carried
    less = replace(
        old,
        service_date=on,
        demands=tuple(d for d in old.demands if d.demand_id not in dropped),
    )
    start = replace(reference, service_date=on)
    found = repair_plan(
        start,
        less,
        matrix,
        build_cost_model(less, on),
        judge=find_violations,
        day_type=reference.day_type,
    )
    return replace(found.plan, state=PlanState.STALE)


def price_duties(plan: Plan, inputs: Inputs) -> dict[str, int]:
    """Price each duty of a plan on its date, as the plan's own cost counts it. [pence]"""
    lines = price_plan(plan, inputs, plan.service_date or inputs.service_date)
    return {
        d.duty_id: total_cost_pence(line for line in lines if line.duty_id == d.duty_id)
        for d in plan.duties
    }


def _repair(
    reference: Plan, day: DayInputs, matrix: TravelMatrix, budget: ChangeBudget
) -> tuple[DatePlan, Forced]:
    """Repair the standing plan for the standing inputs, then the date's for the date's."""
    on = day.inputs.service_date
    day_type = find_day_type(day.standing, on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {on.isoformat()}: nothing runs.")
    standing = repair_plan(
        replace(reference, service_date=on),
        day.standing,
        matrix,
        build_cost_model(day.standing, on),
        judge=find_violations,
        day_type=day_type,
        budget=budget,
    )
    forced = _find_forced(reference, standing.changes)
    plan = standing.plan
    if day.is_changed:
        dated = repair_plan(
            plan,
            day.inputs,
            matrix,
            build_cost_model(day.inputs, on),
            judge=find_violations,
            day_type=day_type,
            budget=budget,
        )
        forced |= _find_forced(plan, dated.changes)
        plan = dated.plan
    plan = replace(plan, state=PlanState.REPAIRED, service_date=on)
    return DatePlan(plan=plan, standing=standing.plan, breaches=()), forced


def _find_forced(plan: Plan, changes: Sequence[Change]) -> Forced:
    """Find whom changes concern."""
    gone = {d for c in changes if c.kind in _RESOURCE for d in c.duty_ids}
    people = {c.passenger_id for c in changes if c.passenger_id}
    for duty in plan.duties:
        if duty.duty_id in gone:
            people |= {p for r in duty.routes for p in r.passenger_ids}
    return Forced(
        exempt=frozenset(people),
        joiners=frozenset(
            c.passenger_id for c in changes if c.kind in _JOINS and c.passenger_id
        )
        | frozenset(
            p
            for d in plan.duties
            if d.duty_id in gone
            for r in d.routes
            for p in r.passenger_ids
        ),
    )


def _judge(reference: Plan, made: DatePlan, envelope: Envelope, forced: Forced) -> DatePlan:
    """Say where a plan of the date leaves the envelope."""
    breaches = find_breaches(
        reference, made.plan, envelope, exempt=forced.exempt, joiners=forced.joiners
    )
    return replace(made, breaches=breaches)


def _settle(
    reference: Plan,
    standing: Plan,
    day: DayInputs,
    matrix: TravelMatrix,
    envelope: Envelope,
    forced: Forced,
) -> DatePlan | None:
    """Make the plan of the date from a new standing plan; None if it breaks a rule."""
    if find_violations(standing, day.standing, matrix):
        return None
    plan = standing
    if day.is_changed:
        on = day.inputs.service_date
        plan = repair_plan(
            standing,
            day.inputs,
            matrix,
            build_cost_model(day.inputs, on),
            judge=find_violations,
            budget=ChangeBudget(shift_s=envelope.shift_s),
        ).plan
    plan = replace(plan, state=PlanState.OPTIMISED, service_date=day.inputs.service_date)
    made = DatePlan(plan=plan, standing=standing, breaches=())
    return _judge(reference, made, envelope, forced)


def _adopt(
    standing: Plan,
    found: Plan,
    day: DayInputs,
    envelope: Envelope,
    forced: Forced,
    reference: Plan,
) -> Plan | None:
    """Take from a found plan the groups of duties that save money inside the envelope."""
    before = price_duties(standing, day.standing)
    after = price_duties(found, day.standing)
    old = {d.duty_id: d for d in standing.duties}
    new = {d.duty_id: d for d in found.duties}
    kept = dict(old)
    is_any = False
    for old_ids, new_ids in _group_duties(standing, found):
        saved = sum(before[d] for d in old_ids) - sum(after[d] for d in new_ids)
        if saved <= 0:
            continue
        part = replace(found, duties=tuple(new[d] for d in sorted(new_ids)), unserved=())
        whole = replace(reference, duties=reference.duties)
        if find_breaches(whole, part, envelope, exempt=forced.exempt, joiners=forced.joiners):
            continue
        trial = {k: d for k, d in kept.items() if k not in old_ids}
        fresh = _rename([new[d] for d in sorted(new_ids)], old_ids, trial)
        kept = trial | fresh
        is_any = True
    if not is_any:
        return None
    duties = tuple(kept[k] for k in sorted(kept))
    return replace(standing, plan_id=f"{found.plan_id}-part", duties=duties, cost_pence=None)


def _rename(
    duties: Sequence[Duty], old_ids: Collection[str], taken: Mapping[str, Duty]
) -> dict[str, Duty]:
    """Give new duties the ids of those they replace, then ids that nobody has."""
    free = sorted(old_ids)
    named = {}
    for duty in duties:
        name = free.pop(0) if free else duty.duty_id
        while name in taken or name in named:
            name = f"{name}x"
        routes = tuple(
            replace(r, route_id=f"{name}-{n + 1}") for n, r in enumerate(duty.routes)
        )
        named[name] = replace(duty, duty_id=name, routes=routes)
    return named


def _group_duties(before: Plan, after: Plan) -> list[tuple[set[str], set[str]]]:
    """Group the duties of two plans between which passengers pass, each group closed."""
    import networkx as nx

    graph: nx.Graph[tuple[str, ...]] = nx.Graph()
    for mark, plan in (("old", before), ("new", after)):
        for duty in plan.duties:
            graph.add_node((mark, duty.duty_id))
            for route in duty.routes:
                for p in route.passenger_ids:
                    graph.add_edge((mark, duty.duty_id), ("rides", route.session, p))
    return [
        ({n[1] for n in group if n[0] == "old"}, {n[1] for n in group if n[0] == "new"})
        for group in sorted(nx.connected_components(graph), key=lambda g: min(map(str, g)))
    ]


def _price(plan: Plan, inputs: Inputs) -> int:
    """Price a plan exactly. [pence]"""
    return total_cost_pence(price_plan(plan, inputs, plan.service_date or inputs.service_date))
