"""The timetable: plans of all day types of the year, which share their routes.

The base day, that of the inputs' service date, is planned with most of the time. The other day
types start from its routes, with a price on every passenger whose duty differs, so that
passengers and crews know the same routes every day. Days with equal demand share one search.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from data.costs import CostModel
from data.demand import find_day_type, find_day_types, find_travellers
from data.errors import InfeasibleError
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import DayType, Plan, Timetable
from routing.day import DayCase
from routing.optimise import FOLLOWING, Reference, build_plan, name_plan, search_day
from routing.progress import Budget, Progress

BASE_SHARE = 0.6
"""Share of the time that the base day is planned with."""
MAX_DAY_SHARE = 0.25
"""Most of the remaining time that one other day type is planned with."""


def optimise_timetable(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    *,
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    n_workers: int = 2,
    progress: Progress | None = None,
    dates: Sequence[date] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Timetable:
    """Plan every day type of the year so that they share routes and duties.

    Parameters
    ----------
    seconds
        Wall time of all day types together. [s]
    steps
        Search steps of all day types together; makes the timetable repeatable.
    dates
        Dates to plan, by default every date of the year on which a site is open.
    should_stop
        Asked between chunks of steps; True, or Ctrl-C, keeps the best plans so far. Day types
        that were not reached are planned without search, from the base day.

    Returns
    -------
    Timetable; its first plan is that of the base day.

    Raises
    ------
    InfeasibleError
        If no site is open on any date.
    InputError
        If a date has no calendar data.
    SolverError
        If a solver fails or contradicts itself.
    """
    day_types, date_types = _find_days(inputs, dates)
    if not day_types:
        raise InfeasibleError("no site is open on any date: there is nothing to plan.")
    base = _find_base(inputs, day_types)
    others = [d for d in day_types if d != base]
    demand = {d.day_type_id: _describe_demand(inputs, d) for d in day_types}
    kinds = {demand[d.day_type_id] for d in others} - {demand[base.day_type_id]}
    share = BASE_SHARE if kinds else 1.0
    whole = Budget(seconds=seconds, steps=steps, progress=progress, should_stop=should_stop)
    budget = whole.part(share)
    case = DayCase(inputs, matrix, cost_model, base)
    state = search_day(case, budget, seed=seed, n_workers=n_workers)
    on = inputs.service_date
    first = build_plan(
        case,
        state,
        budget,
        seed=seed,
        service_date=on if date_types.get(on) == base.day_type_id else None,
    )
    plans = [first]
    made: dict[str, Plan] = {demand[base.day_type_id]: first}
    reference = Reference(
        case=case,
        state=state,
        duties=first.duties,
        pence=inputs.policy.weekday_difference_pence,
    )
    sizes = {d.day_type_id: _count_travellers(inputs, d) for d in others}
    left = sorted(others, key=lambda d: (-sizes[d.day_type_id], d.day_type_id))
    for k, day_type in enumerate(left):
        key = demand[day_type.day_type_id]
        if key not in made:
            waiting = {demand[d.day_type_id]: sizes[d.day_type_id] for d in left[k:]}
            weight = sum(n for kind, n in waiting.items() if kind not in made)
            part = min(MAX_DAY_SHARE, sizes[day_type.day_type_id] / max(1, weight))
            made[key] = _plan_other(
                reference, day_type, whole.rest(part), seed=seed, n_workers=n_workers
            )
        plans.append(_stamp(made[key], day_type))
    return Timetable(
        timetable_id=_name(inputs, plans, date_types),
        plans=(plans[0], *sorted(plans[1:], key=lambda p: p.day_type.day_type_id)),
        dates=tuple(sorted(date_types.items())),
    )


def _find_days(
    inputs: Inputs, dates: Sequence[date] | None
) -> tuple[tuple[DayType, ...], dict[date, str]]:
    """Find the day types to plan and the dates they run on."""
    day_types, date_types = find_day_types(inputs)
    if dates is not None:
        date_types = {on: date_types[on] for on in sorted(dates) if on in date_types}
        day_types = tuple(d for d in day_types if d.day_type_id in set(date_types.values()))
    return day_types, date_types


def _find_base(inputs: Inputs, day_types: Sequence[DayType]) -> DayType:
    """Find the base day: that of the service date, else the one with the most travellers."""
    shown = find_day_type(inputs, inputs.service_date)
    if shown is not None and shown in day_types:
        return shown
    return max(day_types, key=lambda d: (_count_travellers(inputs, d), d.day_type_id))


def _count_travellers(inputs: Inputs, day_type: DayType) -> int:
    return sum(len(find_travellers(inputs, day_type, session)) for session in Session)


def _describe_demand(inputs: Inputs, day_type: DayType) -> str:
    """Fingerprint who travels where: days with one fingerprint need the same plan."""
    digest = hashlib.sha256()
    for session in Session:
        for t in find_travellers(inputs, day_type, session):
            digest.update(f"{session}|{t.passenger_id}|{t.site_id}|{t.home_id}\n".encode())
    return digest.hexdigest()


def _plan_other(
    reference: Reference, day_type: DayType, budget: Budget, *, seed: int, n_workers: int
) -> Plan:
    """Plan a day type from the routes of the base day."""
    base = reference.case
    case = DayCase(base.inputs, base.matrix, base.cost_model, day_type, pick_ups=base.pick_ups)
    state = search_day(
        case, budget, seed=seed, n_workers=n_workers, reference=reference, rounds=FOLLOWING
    )
    return build_plan(case, state, budget, seed=seed, service_date=None)


def _stamp(plan: Plan, day_type: DayType) -> Plan:
    """Give a plan of equal demand its day type and its own name."""
    if plan.day_type == day_type:
        return plan
    other = replace(plan, day_type=day_type, service_date=None)
    return replace(other, plan_id=name_plan(other))


def _name(inputs: Inputs, plans: Sequence[Plan], dates: dict[date, str]) -> str:
    """Name a timetable after its plans and dates."""
    digest = hashlib.sha256()
    for plan in sorted(plans, key=lambda p: p.plan_id):
        digest.update(plan.plan_id.encode())
    for on, day_type_id in sorted(dates.items()):
        digest.update(f"{on.isoformat()}={day_type_id};".encode())
    return f"{inputs.place}-timetable-{digest.hexdigest()[:10]}"
