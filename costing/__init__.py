"""Money: rate cards, own-fleet cost, exact prices."""

from costing.alternatives import price_alternatives
from costing.charges import Charge
from costing.model import build_cost_model
from costing.prices import price_plan
from costing.shares import RouteCost, share_duty_costs, share_route_costs
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
    "Charge",
    "CostTotals",
    "RouteAlternatives",
    "RouteCost",
    "RouteFacts",
    "ShouldCost",
    "YearCost",
    "YearRow",
    "build_cost_model",
    "build_totals",
    "find_least_should_cost",
    "price_alternatives",
    "price_plan",
    "price_should_cost",
    "price_year",
    "share_duty_costs",
    "share_route_costs",
    "total_cost_pence",
    "total_full_cost_pence",
]
