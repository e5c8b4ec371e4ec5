"""Each route of a plan priced both ways: as bought from anyone who could, and as own fleet."""

from __future__ import annotations

from datetime import date

from costing.own_alone import price_own_alone
from costing.prices import price_plan
from costing.route_market import build_route_market
from costing.shares import share_duty_costs
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plans import Plan
from data.runs import RouteAlternatives


def price_alternatives(
    plan: Plan, inputs: Inputs, matrix: TravelMatrix, on: date | None = None
) -> tuple[RouteAlternatives, ...]:
    """Price each route of a plan as bought and as own fleet, in order of the plan's routes.

    As bought: by every rate card of a supplier with a vehicle type that fits the load, the
    licence for it, the assistants, and an area that holds the route, who is not barred by any
    passenger. Dead miles are from the supplier's base and back. A day rate counts where it
    would hold for the duty's first AM and first PM route, split by their loaded distance.

    As own fleet: one piece of work from the nearest depot with a vehicle type that fits, and
    back; in full with half a vehicle's day and overhead.

    Capacity is not looked at: each row answers "what if this route alone were given to ...".
    Formula F5 is the difference of two columns.

    Parameters
    ----------
    matrix
        Travel times and distances between the plan's places, depots and bases.
    on
        Date whose rates hold; the plan's service date, or else that of the inputs, by default.

    Raises
    ------
    NoRateError
        If the plan itself has no price on the date.
    ModelError
        If the plan names passengers or places that the inputs or the matrix have not.
    """
    date_priced = on or plan.service_date or inputs.service_date
    costs = share_duty_costs(price_plan(plan, inputs, date_priced), plan)
    on_market = build_route_market(plan, inputs, matrix, date_priced)
    book, reach, needs = on_market.book, on_market.reach, on_market.needs
    market = on_market.prices
    rows: list[RouteAlternatives] = []
    duties = [duty for duty in plan.duties for _ in duty.routes]
    for r, (duty, route, cost) in enumerate(zip(duties, plan.routes, costs, strict=True)):
        own = price_own_alone(route, needs[r], reach, book)
        best = market.find_best(r)
        seller = None if best is None else market.sellers[best]
        rows.append(
            RouteAlternatives(
                plan_id=plan.plan_id,
                duty_id=duty.duty_id,
                route_id=route.route_id,
                session=route.session,
                provider_id=duty.provider_id,
                vehicle_type_id=duty.vehicle_type_id,
                planned_pence=cost.cost_pence,
                planned_full_pence=cost.full_cost_pence,
                n_rate_cards=market.count_cards(r),
                bought_pence=None if best is None else int(market.cost_pence[r, best]),
                bought_provider_id=seller.supplier.supplier_id if seller else "",
                bought_vehicle_type_id=seller.vehicle_type.vehicle_type_id if seller else "",
                bought_rate_card_id=seller.terms.rate_card_id if seller else "",
                own_avoidable_pence=own.avoidable_pence if own else None,
                own_full_pence=own.full_pence if own else None,
                own_vehicle_type_id=own.vehicle_type_id if own else "",
                own_depot_id=own.depot_id if own else "",
            )
        )
    return tuple(rows)
