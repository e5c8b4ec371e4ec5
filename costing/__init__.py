"""Money: rate cards, own-fleet cost, exact prices."""

from costing.alternatives import price_alternatives
from costing.answers import answer_invoices, answer_savings
from costing.appraisal import (
    AppraisalBasis,
    appraise_option,
    find_line_pence,
    flag_assumptions,
    profile_plan,
)
from costing.award_steps import list_award_steps, take_award_step
from costing.awards import award_tender, check_award
from costing.bids import build_objections
from costing.carbon import find_co2e_mg_per_km, measure_carbon, sum_carbon
from costing.charges import Charge
from costing.company import cost_company
from costing.compare import compare_plan
from costing.day_services import Attendance
from costing.day_use import measure_hours, value_spare
from costing.guide_prices import GuidePrices, find_guide_prices
from costing.lots import build_lots, build_tender
from costing.model import build_cost_model
from costing.option_money import ContractBasis, cost_options
from costing.paid import PaidRoutes, find_paid
from costing.present_values import find_discount_factor, find_rise
from costing.price_models import simulate_price_models
from costing.prices import find_duties_pence, price_plan
from costing.provider_choice import (
    check_choice,
    choose_providers,
    solve_providers,
)
from costing.provider_demand import build_demand
from costing.provider_frontier import (
    find_last_paying,
    trace_frontier,
    value_each,
    value_vehicles,
)
from costing.reassign import Reassigned, reassign_plan
from costing.savings import Saving, split_savings
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
from costing.statements import BY_CONTRACT, BY_YEAR
from costing.totals import CostTotals, build_totals, total_cost_pence, total_full_cost_pence
from costing.year import YearCost, find_year_pence, price_year
from data.runs import RouteAlternatives, YearRow

__all__ = [
    "BY_CONTRACT",
    "BY_YEAR",
    "AppraisalBasis",
    "Attendance",
    "Charge",
    "ContractBasis",
    "CostTotals",
    "GuidePrices",
    "PaidRoutes",
    "Reassigned",
    "RouteAlternatives",
    "RouteCost",
    "RouteFacts",
    "Saving",
    "ShouldCost",
    "YearCost",
    "YearRow",
    "answer_invoices",
    "answer_savings",
    "appraise_option",
    "award_tender",
    "build_cost_model",
    "build_demand",
    "build_journey_shares",
    "build_lots",
    "build_objections",
    "build_tender",
    "build_totals",
    "check_award",
    "check_choice",
    "choose_providers",
    "compare_plan",
    "cost_company",
    "cost_options",
    "find_co2e_mg_per_km",
    "find_discount_factor",
    "find_duties_pence",
    "find_guide_prices",
    "find_last_paying",
    "find_least_should_cost",
    "find_line_pence",
    "find_paid",
    "find_rise",
    "find_year_pence",
    "flag_assumptions",
    "list_award_steps",
    "measure_carbon",
    "measure_hours",
    "price_alternatives",
    "price_plan",
    "price_should_cost",
    "price_year",
    "profile_plan",
    "reassign_plan",
    "share_duty_costs",
    "share_route_costs",
    "simulate_price_models",
    "solve_providers",
    "split_savings",
    "sum_carbon",
    "take_award_step",
    "total_cost_pence",
    "total_full_cost_pence",
    "trace_frontier",
    "value_each",
    "value_spare",
    "value_vehicles",
]
