"""Money: rate cards, own-fleet cost, exact prices."""

from costing.alternatives import price_alternatives
from costing.awards import award_tender, check_award
from costing.bids import build_objections
from costing.charges import Charge
from costing.company import cost_company
from costing.compare import compare_plan
from costing.day_services import Attendance
from costing.lots import build_lots, build_tender
from costing.model import build_cost_model
from costing.paid import PaidRoutes, find_paid
from costing.prices import price_plan
from costing.reassign import Reassigned, reassign_plan
from costing.shares import (
    RouteCost,
    build_journey_shares,
    share_duty_costs,
    share_route_costs,
)
from costing.should_cost import (
    RouteFacts,
    ShouldCost,
    find_least_should_cost,
    price_should_cost,
)
from costing.totals import CostTotals, build_totals, total_cost_pence, total_full_cost_pence
from costing.year import YearCost, price_year
from data.runs import RouteAlternatives, YearRow

__all__ = [
    "Attendance",
    "Charge",
    "CostTotals",
    "PaidRoutes",
    "Reassigned",
    "RouteAlternatives",
    "RouteCost",
    "RouteFacts",
    "ShouldCost",
    "YearCost",
    "YearRow",
    "award_tender",
    "build_cost_model",
    "build_journey_shares",
    "build_lots",
    "build_objections",
    "build_tender",
    "build_totals",
    "check_award",
    "compare_plan",
    "cost_company",
    "find_least_should_cost",
    "find_paid",
    "price_alternatives",
    "price_plan",
    "price_should_cost",
    "price_year",
    "reassign_plan",
    "share_duty_costs",
    "share_route_costs",
    "total_cost_pence",
    "total_full_cost_pence",
]
