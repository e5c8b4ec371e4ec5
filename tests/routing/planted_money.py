"""Violations planted in the day and the money of a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from data.money import CostBasis
from tests.routing.planted import Planted, Planter, plants


@plants("DAY_TYPE_DATE")
def plan_another_week(p: Planter) -> Planted | None:
    if p.plan.service_date is None:
        return None
    day_type = replace(p.plan.day_type, weekday=(p.plan.day_type.weekday + 1) % 7)
    return p.planted(plan=replace(p.plan, day_type=day_type))


@plants("DAY_TYPE_DATE")
def plan_a_closed_day(p: Planter) -> Planted | None:
    if p.plan.service_date is None:
        return None
    on = p.plan.service_date + timedelta(days=2)
    return p.planted(plan=replace(p.plan, service_date=on))


@plants("DAY_TYPE_UNKNOWN")
def invent_calendar(p: Planter) -> Planted | None:
    open_ids = p.plan.day_type.open_calendar_ids | {"never"}
    day_type = replace(p.plan.day_type, open_calendar_ids=open_ids)
    return p.planted(plan=replace(p.plan, day_type=day_type))


@plants("DATE_NO_CALENDAR")
def plan_beyond_calendars(p: Planter) -> Planted | None:
    return p.planted(plan=replace(p.plan, service_date=date(2031, 5, 5)))


@plants("COST_TOTAL")
def believe_the_search(p: Planter) -> Planted | None:
    plan = replace(p.plan, cost_pence=p.plan.cost_pence + 1)
    return p.planted(plan=plan, over=1, is_only=True)


@plants("FULL_COST_TOTAL")
def forget_fixed_cost(p: Planter) -> Planted | None:
    plan = replace(p.plan, full_cost_pence=p.plan.full_cost_pence - 1)
    return p.planted(plan=plan, over=1, is_only=True)


@plants("BOUND_OVER_COST")
def prove_the_impossible(p: Planter) -> Planted | None:
    if p.plan.unserved:
        return None
    plan = replace(p.plan, bound_pence=p.plan.cost_pence + 5)
    return p.planted(plan=plan, over=5, is_only=True)


def _change_line(p: Planter, **changes: Any) -> Planted:
    line = p.draw.pick(p.case.lines)
    lines = tuple(replace(x, **changes) if x is line else x for x in p.case.lines)
    return p.planted(lines=lines, is_only=True)


@plants("COST_LINE_PLAN")
def price_another_plan(p: Planter) -> Planted | None:
    return _change_line(p, plan_id="another")


@plants("COST_LINE_UNKNOWN")
def price_unknown_route(p: Planter) -> Planted | None:
    return _change_line(p, route_id="R-none")


@plants("COST_LINE_UNKNOWN")
def price_unknown_duty(p: Planter) -> Planted | None:
    stranger = replace(p.case.lines[0], duty_id="D-none", amount_pence=0)
    return p.planted(lines=(*p.case.lines, stranger), is_only=True)


@plants("COST_LINE_UNKNOWN")
def share_with_unknown_route(p: Planter) -> Planted | None:
    return _change_line(p, route_id=None, shared_by=("R-none",))


@plants("COST_LINE_BASIS")
def charge_to_another(p: Planter) -> Planted | None:
    return _change_line(p, provider_id="T9")


@plants("COST_LINE_BASIS")
def buy_from_oneself(p: Planter) -> Planted | None:
    line = p.draw.pick(p.case.lines)
    is_bought = line.basis in (CostBasis.CONTRACT, CostBasis.RECOVERABLE_VAT)
    basis = CostBasis.AVOIDABLE if is_bought else CostBasis.CONTRACT
    lines = tuple(replace(x, basis=basis) if x is line else x for x in p.case.lines)
    return p.planted(lines=lines)


@plants("DUTY_NOT_PRICED")
def run_for_nothing(p: Planter) -> Planted | None:
    spot = p.spot()
    lines = tuple(x for x in p.case.lines if x.duty_id != spot.duty.duty_id)
    return p.planted(spot, "duty", lines=lines)
