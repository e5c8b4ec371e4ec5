"""Stories: a case, solved, checked, priced and measured."""

from scenarios.best_routes import (
    Option,
    build_option_inputs,
    build_options,
    compare_best_routes,
)
from scenarios.case import CaseResult, Search, build_case_matrix, price_exactly, solve_case
from scenarios.measures import find_rides, measure_plan, measure_rides
from scenarios.priced_routes import find_priced_routes
from scenarios.providers import JointStep, plan_jointly, study_providers
from scenarios.rate_benchmark import benchmark_rates
from scenarios.record import build_run

__all__ = [
    "CaseResult",
    "JointStep",
    "Option",
    "Search",
    "benchmark_rates",
    "build_case_matrix",
    "build_option_inputs",
    "build_options",
    "build_run",
    "compare_best_routes",
    "find_priced_routes",
    "find_rides",
    "measure_plan",
    "measure_rides",
    "plan_jointly",
    "price_exactly",
    "solve_case",
    "study_providers",
]
