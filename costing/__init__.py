"""Money: rate cards, own-fleet cost, exact prices."""

from costing.alternatives import price_alternatives
from costing.model import build_cost_model
from costing.prices import price_plan
from costing.shares import RouteCost, share_duty_costs, share_route_costs
from costing.totals import CostTotals, build_totals, total_cost_pence, total_full_cost_pence
from costing.year import YearCost, price_year
from data.runs import RouteAlternatives, YearRow

__all__ = [
    "CostTotals",
    "RouteAlternatives",
    "RouteCost",
    "YearCost",
    "YearRow",
    "build_cost_model",
    "build_totals",
    "price_alternatives",
    "price_plan",
    "price_year",
    "share_duty_costs",
    "share_route_costs",
    "total_cost_pence",
    "total_full_cost_pence",
]
