"""Today's hand-made plan: priced as it stands, or mended until it keeps every rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from costing import build_cost_model
from data.costs import CostModel
from data.demand import find_day_type, find_day_types
from data.errors import InfeasibleError
from data.inputs import Inputs, fingerprint
from data.networks import TravelMatrix
from data.plans import Plan, Timetable
from routing import build_baseline, find_violations, repair_plan
from scenarios.case import CaseResult, KeepPlan, complete_case


def price_by_hand(
    inputs: Inputs,
    matrix: TravelMatrix,
    *,
    only: date | None = None,
    keep: KeepPlan = lambda plan: plan,
) -> CaseResult:
    """Price, check and measure today's hand-made plan, for the whole year or one date.

    Nothing is searched. The plan may break rules: the check reports name them.

    Raises
    ------
    InfeasibleError
        If no site is open on the date to be shown.
    """
    shown_on = only or inputs.service_date
    day_type = find_day_type(inputs, shown_on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {shown_on.isoformat()}: nothing to plan.")
    model = build_cost_model(inputs, shown_on)
    if only is not None:
        plan = replace(build_baseline(inputs, matrix, model, day_type), service_date=only)
        return complete_case(
            inputs, matrix, model, (plan,), timetable=None, day_type=day_type, keep=keep
        )
    timetable = build_by_hand(inputs, matrix, model)
    return complete_case(
        inputs,
        matrix,
        model,
        timetable.plans,
        timetable=timetable,
        day_type=day_type,
        keep=keep,
    )


def build_by_hand(inputs: Inputs, matrix: TravelMatrix, model: CostModel) -> Timetable:
    """Build today's routes as a timetable of every day type."""
    day_types, dates = find_day_types(inputs)
    return Timetable(
        timetable_id=f"{inputs.place}-by-hand-{fingerprint(inputs)[:10]}",
        plans=tuple(build_baseline(inputs, matrix, model, one) for one in day_types),
        dates=tuple(sorted(dates.items())),
    )


def mend_by_hand(inputs: Inputs, matrix: TravelMatrix) -> Timetable:
    """Mend today's routes, day by day, with as little changed as keeps every rule.

    What a search starts from that is to improve today's plan rather than make another: it can
    only end in a plan that costs no more.
    """
    model = build_cost_model(inputs, inputs.service_date)
    timetable = build_by_hand(inputs, matrix, model)

    def mend(plan: Plan) -> Plan:
        return repair_plan(
            plan, inputs, matrix, model, judge=find_violations, day_type=plan.day_type
        ).plan

    return replace(
        timetable,
        timetable_id=f"{timetable.timetable_id}-mended",
        plans=tuple(mend(plan) for plan in timetable.plans),
    )


__all__ = ["build_by_hand", "mend_by_hand", "price_by_hand"]
