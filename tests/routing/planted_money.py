"""Violations planted in the day and the money of a plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from data.money import CostBasis, Rate, RateBasis
from tests.routing.planted import Planted, Planter, is_bought, plants


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


@plants("COST_LINE_RATE")
def charge_without_the_discount(p: Planter) -> Planted | None:
    """The lines stand at 10.00 pounds; the card says another price, discount or none."""
    spot = p.spot(is_bought)
    if spot is None or spot.duty.rate_card_id is None:
        return None
    cards = {card.rate_card_id: card for card in p.inputs.rate_cards}
    card = cards[spot.duty.rate_card_id]
    if not any(rate.basis is RateBasis.FIXED for rate in card.rates):
        return None
    n_routes = sum(len(d.routes) for d in p.plan.duties if d.rate_card_id == card.rate_card_id)
    wrong = p.draw.chance(50)
    inputs = p.with_one(
        "rate_cards",
        "rate_card_id",
        card.rate_card_id,
        valid_from=p.inputs.service_date,
        # The factory's lines are at 1 000 mpence: right with the discount alone.
        rates=(Rate(basis=RateBasis.FIXED, amount_mpence=2_000 if not wrong else 3_000),),
        discount_from_routes=n_routes + 1 if not wrong else n_routes,
        discount_bp=5_000,
    )
    return p.planted(spot, "duty", inputs=inputs)
