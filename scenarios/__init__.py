"""Stories: a case, solved, checked, priced and measured."""

from scenarios.case import CaseResult, Search, build_case_matrix, price_exactly, solve_case
from scenarios.measures import find_rides, measure_plan, measure_rides
from scenarios.record import build_run

__all__ = [
    "CaseResult",
    "Search",
    "build_case_matrix",
    "build_run",
    "find_rides",
    "measure_plan",
    "measure_rides",
    "price_exactly",
    "solve_case",
]
