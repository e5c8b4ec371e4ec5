"""A kept plan repaired for changed inputs: priced, checked and measured like any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from costing import build_cost_model
from data.changes import ChangeBudget, FrontierPoint, Repair
from data.demand import find_day_type, find_day_types
from data.errors import InfeasibleError
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import DayType, Plan, Timetable
from routing import find_frontier, find_violations, repair_plan
from scenarios.case import CaseResult, KeepPlan, complete_case


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedCase:
    """What a repair came to.

    Attributes
    ----------
    shown
        The repair of the day that is shown.
    others
        Those of the timetable's other days.
    """

    result: CaseResult
    shown: Repair
    others: tuple[Repair, ...] = ()


def repair_case(
    inputs: Inputs,
    matrix: TravelMatrix,
    plan: Plan,
    timetable: Timetable | None = None,
    *,
    budget: ChangeBudget | None = None,
    keep: KeepPlan = lambda plan: plan,
) -> RepairedCase:
    """Repair a plan, or every plan of a timetable, for changed inputs.

    Parameters
    ----------
    plan
        The plan of the day that is shown.
    timetable
        The timetable it is part of, or None to repair one date alone.
    keep
        Keeps a plan and returns what is read back from where it was kept (C2).

    Raises
    ------
    InfeasibleError
        If no site is open on the date to be shown.
    ModelError
        If no offer or rate covers the demand at all.
    """
    shown_on = inputs.service_date
    if timetable is None and plan.service_date is not None:
        shown_on = plan.service_date
    day_type = find_day_type(inputs, shown_on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {shown_on.isoformat()}: nothing to repair.")
    model = build_cost_model(inputs, shown_on)
    day_types: tuple[DayType, ...] = (day_type,)
    known: Sequence[Plan] = (plan,)
    if timetable is not None:
        day_types, dates = find_day_types(inputs)
        known = timetable.plans
        timetable = replace(timetable, dates=tuple(sorted(dates.items())))
    repairs = {
        d.day_type_id: repair_plan(
            replace(_find_like(known, d), service_date=shown_on if d == day_type else None),
            inputs,
            matrix,
            model,
            judge=find_violations,
            day_type=d,
            budget=budget,
        )
        for d in (day_type, *(d for d in day_types if d != day_type))
    }
    plans = tuple(repair.plan for repair in repairs.values())
    if timetable is not None:
        timetable = replace(timetable, plans=plans)
    result = complete_case(
        inputs, matrix, model, plans, timetable=timetable, day_type=day_type, keep=keep
    )
    return RepairedCase(
        result=result,
        shown=repairs[day_type.day_type_id],
        others=tuple(r for k, r in repairs.items() if k != day_type.day_type_id),
    )


def find_case_frontier(
    inputs: Inputs,
    matrix: TravelMatrix,
    plan: Plan,
    *,
    prices_pence: Sequence[int],
    seconds: float | None = None,
    steps: int | None = None,
    seed: int = 1,
    shift_s: int = 300,
    keep: KeepPlan = lambda plan: plan,
) -> tuple[tuple[FrontierPoint, CaseResult], ...]:
    """Find what disturbing more passengers of a plan would save, each point a case.

    Parameters
    ----------
    plan
        The plan of the date that is shown, of whatever inputs: it is repaired first.
    prices_pence
        Prices of a passenger carried by another duty that are planned at. [pence]
    seconds, steps
        Limits of the search at each price. [s]
    shift_s
        A pick-up or drop-off moved by more than this counts. [s]
    keep
        As for `repair_case`.

    Returns
    -------
    Points in order of passengers disturbed, priced and checked; the first is the repaired plan.

    Raises
    ------
    InfeasibleError
        If no site is open on the date.
    """
    shown_on = plan.service_date or inputs.service_date
    day_type = find_day_type(inputs, shown_on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {shown_on.isoformat()}: nothing to repair.")
    model = build_cost_model(inputs, shown_on)
    points = find_frontier(
        replace(plan, day_type=day_type, service_date=shown_on),
        inputs,
        matrix,
        model,
        judge=find_violations,
        prices_pence=prices_pence,
        seconds=seconds,
        steps=steps,
        seed=seed,
        shift_s=shift_s,
    )
    return tuple(
        (
            point,
            complete_case(
                inputs,
                matrix,
                model,
                (point.plan,),
                timetable=None,
                day_type=day_type,
                keep=keep,
            ),
        )
        for point in points
    )


def _find_like(plans: Sequence[Plan], day_type: DayType) -> Plan:
    """Find the plan of a day type, or of the day most like it."""
    return min(
        plans,
        key=lambda p: (
            p.day_type != day_type,
            p.day_type.open_calendar_ids != day_type.open_calendar_ids,
            p.day_type.weekday != day_type.weekday,
            p.day_type.week != day_type.week,
            p.day_type.day_type_id,
        ),
    )
