"""The plans of one date made without a search: repaired, or stale.

Pure: inputs, reference and limits in, plans out. Keeping, checking and publishing are the
caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from costing import build_cost_model, price_plan, total_cost_pence
from data.changes import Change, ChangeBudget, ChangeKind
from data.demand import find_day_type
from data.errors import InfeasibleError
from data.inputs import Inputs
from data.money import CostLine
from data.networks import TravelMatrix
from data.nights import Breach, Envelope
from data.plans import Plan, PlanState
from nightly.day_inputs import DayInputs
from nightly.envelope import JourneyKey, find_breaches
from routing import find_violations, repair_plan

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
    usual: Mapping[JourneyKey, frozenset[str]] | None = None,
) -> tuple[DatePlan, DatePlan | None]:
    """Repair what families know for a date.

    Parameters
    ----------
    reference
        Standing plan that families know for such a day.
    usual
        With whom passengers ride on other days, from `find_companions`: whoever starts is put
        with the same ones where that costs little.

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
    free, forced = repair_standing(
        reference, day, matrix, ChangeBudget(shift_s=envelope.shift_s)
    )
    wide = judge_plan(reference, free, envelope, forced)
    if not wide.breaches:
        return wide, None
    strict = ChangeBudget(
        shift_s=envelope.shift_s,
        max_shifted=0,
        max_crew=0 if not envelope.may_change_crew else None,
        exempt=forced.exempt,
    )
    kept, _ = repair_standing(reference, day, matrix, strict, usual)
    inside = judge_plan(reference, kept, envelope, forced)
    if len(inside.breaches) < len(wide.breaches):
        return inside, wide
    return wide, None


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
    lines: dict[str, list[CostLine]] = {d.duty_id: [] for d in plan.duties}
    for line in price_plan(plan, inputs, plan.service_date or inputs.service_date):
        if line.duty_id in lines:
            lines[line.duty_id].append(line)
    return {duty_id: total_cost_pence(mine) for duty_id, mine in lines.items()}


def find_companions(plan: Plan) -> dict[JourneyKey, frozenset[str]]:
    """Find with whom everybody rides who does not ride alone."""
    return {
        (route.session, p): frozenset(route.passenger_ids) - {p}
        for route in plan.routes
        for p in route.passenger_ids
        if len(route.passenger_ids) > 1
    }


def repair_standing(
    reference: Plan,
    day: DayInputs,
    matrix: TravelMatrix,
    budget: ChangeBudget,
    usual: Mapping[JourneyKey, frozenset[str]] | None = None,
) -> tuple[DatePlan, Forced]:
    """Repair the standing plan for the standing inputs, then the date's for the date's.

    Returns
    -------
    The plan, not yet compared with the envelope, and whom the changes concern.
    """
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
        usual=usual,
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
            usual=usual,
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


def judge_plan(reference: Plan, made: DatePlan, envelope: Envelope, forced: Forced) -> DatePlan:
    """Say where a plan of the date leaves the envelope."""
    breaches = find_breaches(
        reference, made.plan, envelope, exempt=forced.exempt, joiners=forced.joiners
    )
    return replace(made, breaches=breaches)


def price_date(plan: Plan, inputs: Inputs) -> int:
    """Price a plan exactly. [pence]"""
    return total_cost_pence(price_plan(plan, inputs, plan.service_date or inputs.service_date))
