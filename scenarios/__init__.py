"""Stories: a case, solved, checked, priced and measured."""

from data.eligibility import Answer
from scenarios.appraisal import PLAN_LINE, PLAN_ONCE
from scenarios.bell_statement import build_bell_statement
from scenarios.bells import BellMove, BellRange, BellStep, move_bells, search_bells
from scenarios.best_routes import (
    Option,
    build_option_inputs,
    build_options,
    compare_best_routes,
)
from scenarios.case import (
    CaseResult,
    Search,
    build_case_matrix,
    complete_case,
    price_exactly,
    solve_case,
)
from scenarios.changes import KINDS
from scenarios.definition import Scenario, build_scenario, read_scenario, read_scenarios
from scenarios.drawing import DrawsWanted, draw_and_keep
from scenarios.draws import DrawSettings
from scenarios.draws_statement import build_draws_statement
from scenarios.edit_search import AroundEdits, hold_edits, search_around
from scenarios.editing import EditedPlan, PlanDesk, measure_effect
from scenarios.eligibility import EligibilityCase, EligibilityFinding, assess_case
from scenarios.library import find_study_folder, list_library, list_studies, read_library_text
from scenarios.measures import (
    JourneyRide,
    find_journeys,
    find_rides,
    measure_plan,
    measure_rides,
)
from scenarios.options import Appraisal, OptionsTable, appraise_options, draw_first_places
from scenarios.options_table import read_options
from scenarios.policy_study import CaseUnderPolicies, EqualityRow, suppress_table
from scenarios.priced_routes import find_bid_prices, find_priced_routes
from scenarios.providers import JointStep, plan_jointly, study_providers
from scenarios.rate_benchmark import benchmark_rates
from scenarios.record import build_run
from scenarios.repairing import RepairedCase, find_case_frontier, repair_case
from scenarios.sampling import Method, choose_drawn, find_numbers
from scenarios.service_days import build_service_days
from scenarios.solving import find_kept_run, keep_study, solve_and_keep, solve_stories
from scenarios.study import (
    Case,
    CaseFigures,
    Comparison,
    Difference,
    build_case,
    compare,
    read_figures,
    solve_study_case,
)
from scenarios.study_file import (
    StudyFile,
    check_study,
    find_planned,
    read_definition,
    read_ranges,
)
from scenarios.training.candidates import find_candidates
from scenarios.training.files import build_training_scenario, read_cohort
from scenarios.training.programme import build_programme
from scenarios.training.study import (
    TrainingSearch,
    build_training_study,
    find_timetable_date,
)
from scenarios.travel_policies import TravelPolicy

__all__ = [
    "KINDS",
    "PLAN_LINE",
    "PLAN_ONCE",
    "Answer",
    "Appraisal",
    "AroundEdits",
    "BellMove",
    "BellRange",
    "BellStep",
    "Case",
    "CaseFigures",
    "CaseResult",
    "CaseUnderPolicies",
    "Comparison",
    "Difference",
    "DrawSettings",
    "DrawsWanted",
    "EditedPlan",
    "EligibilityCase",
    "EligibilityFinding",
    "EqualityRow",
    "JointStep",
    "JourneyRide",
    "Method",
    "Option",
    "OptionsTable",
    "PlanDesk",
    "RepairedCase",
    "Scenario",
    "Search",
    "StudyFile",
    "TrainingSearch",
    "TravelPolicy",
    "appraise_options",
    "assess_case",
    "benchmark_rates",
    "build_bell_statement",
    "build_case",
    "build_case_matrix",
    "build_draws_statement",
    "build_option_inputs",
    "build_options",
    "build_programme",
    "build_run",
    "build_scenario",
    "build_service_days",
    "build_training_scenario",
    "build_training_study",
    "check_study",
    "choose_drawn",
    "compare",
    "compare_best_routes",
    "complete_case",
    "draw_and_keep",
    "draw_first_places",
    "find_bid_prices",
    "find_candidates",
    "find_case_frontier",
    "find_journeys",
    "find_kept_run",
    "find_numbers",
    "find_planned",
    "find_priced_routes",
    "find_rides",
    "find_study_folder",
    "find_timetable_date",
    "hold_edits",
    "keep_study",
    "list_library",
    "list_studies",
    "measure_effect",
    "measure_plan",
    "measure_rides",
    "move_bells",
    "plan_jointly",
    "price_exactly",
    "read_cohort",
    "read_definition",
    "read_figures",
    "read_library_text",
    "read_options",
    "read_ranges",
    "read_scenario",
    "read_scenarios",
    "repair_case",
    "search_around",
    "search_bells",
    "solve_and_keep",
    "solve_case",
    "solve_stories",
    "solve_study_case",
    "study_providers",
    "suppress_table",
]
