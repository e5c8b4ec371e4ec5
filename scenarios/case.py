"""A case: inputs and roads in; plans, exact prices, check reports and measures out.

Pure but for the matrix cache: files, clocks and the store stay with the caller, who hands in
how a plan is kept and read back, so that the checker judges what the store gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from costing import (
    build_cost_model,
    price_alternatives,
    price_plan,
    price_year,
    share_route_costs,
    total_cost_pence,
    total_full_cost_pence,
)
from data.checks import CheckReport
from data.collecting import collecting_seldom
from data.costs import CostModel
from data.demand import find_day_type
from data.errors import InfeasibleError
from data.expiry import bar_expired
from data.inputs import Inputs, fingerprint
from data.money import CostLine
from data.networks import RoadNetwork, TravelMatrix
from data.plans import DayType, Plan, Timetable
from data.runs import (
    Measures,
    PassengerShare,
    RouteAlternatives,
    YearPart,
    build_year_parts,
)
from data.versions import find_code_version
from routing import (
    ProgressReport,
    bound_plan,
    build_baseline,
    build_matrix,
    check_plan,
    check_timetable,
    compile_search,
    find_bound_s,
    find_walks_wanted,
    optimise,
    optimise_parts,
    optimise_timetable,
)
from scenarios.measures import measure_plan, measure_rides

LARGE = 1_500
"""Passengers above which a single date is planned in parts, side by side."""

Start = Timetable | Plan
"""What a search starts from."""

KeepPlan = Callable[[Plan], Plan]
"""Keeps a plan and returns what is read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How long and how a case is searched; every field is part of the run record.

    Attributes
    ----------
    seconds, steps
        Limits: wall time, or search steps, which make the plan repeatable. [s]
    only
        Plan this date alone instead of the whole timetable.
    cluster
        Address of a Dask scheduler that parts of a large council are sent to.
    """

    seconds: float | None = 60.0
    steps: int | None = None
    seed: int = 1
    n_workers: int = 2
    only: date | None = None
    cluster: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What a case came to.

    Attributes
    ----------
    plan
        The plan of the day that is shown, priced exactly.
    timetable
        The plans of all day types, or None where one date was planned.
    objective_gap_pence
        Exact price less the search's own objective, over all plans: 0 unless the search or the
        pricing has a defect. [pence]
    checks
        On what was read back: the shown plan with its cost lines, then the whole timetable.
    """

    plan: Plan
    timetable: Timetable | None
    lines: tuple[CostLine, ...]
    shares: tuple[PassengerShare, ...]
    measures: Measures
    checks: tuple[CheckReport, ...]
    objective_gap_pence: int
    alternatives: tuple[RouteAlternatives, ...] = ()
    year: tuple[YearPart, ...] = ()
    baseline: Plan | None = None
    baseline_lines: tuple[CostLine, ...] = ()
    baseline_measures: Measures | None = None

    @property
    def n_violations(self) -> int:
        """Hard rules broken, over all plans, each counted once."""
        return len({v for report in self.checks for v in report.violations})


def build_case_matrix(
    inputs: Inputs,
    network: RoadNetwork,
    *,
    cache_folder: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> TravelMatrix:
    """Build or open the travel matrix of all places of the inputs, with the walks wanted."""
    return build_matrix(
        network,
        inputs.places,
        policy=inputs.policy,
        walks_wanted=find_walks_wanted(inputs),
        cache_folder=cache_folder,
        progress=progress,
    )


def price_exactly(
    plan: Plan, inputs: Inputs, on: date
) -> tuple[Plan, tuple[CostLine, ...], int]:
    """Price a plan from rate cards and own cost alone.

    Returns
    -------
    plan, lines, gap_pence
        The plan with its exact cost, its cost lines, and exact less what the search said.
        [pence]
    """
    lines = price_plan(plan, inputs, on)
    cost_pence = total_cost_pence(lines)
    gap_pence = 0 if plan.cost_pence is None else cost_pence - plan.cost_pence
    priced = replace(
        plan,
        cost_pence=cost_pence,
        full_cost_pence=total_full_cost_pence(lines),
        code_version=find_code_version(),
    )
    return priced, lines, gap_pence


@collecting_seldom()
def solve_case(
    inputs: Inputs,
    matrix: TravelMatrix,
    search: Search,
    *,
    start: Start | None = None,
    keep: KeepPlan = lambda plan: plan,
    progress: Callable[[ProgressReport], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> CaseResult:
    """Plan, price, check and measure a case.

    Parameters
    ----------
    start
        What the search starts from, as far as it holds: a timetable, day by day, or a plan of
        the shown day.
    keep
        Keeps a plan and returns what is read back from where it was kept (C2).
    should_stop
        Asked by the search now and then; True ends it with the best plan so far.

    Raises
    ------
    InfeasibleError
        If no site is open on the date to be shown.
    ModelError
        If no offer or rate covers the demand at all.
    """
    shown_on = search.only or inputs.service_date
    day_type = find_day_type(inputs, shown_on)
    if day_type is None:
        raise InfeasibleError(f"no site is open on {shown_on.isoformat()}: nothing to plan.")
    # What may not be used that day is not there for the search; the checker sees all of it.
    able = bar_expired(inputs, shown_on)
    model = build_cost_model(able, shown_on)
    if progress is not None:
        progress(
            ProgressReport(stage="compiling the search", seconds_used=0.0, seconds_left=None)
        )
    bound_s = find_bound_s(search.seconds)
    search_s = None if search.seconds is None else search.seconds - bound_s
    compile_search(able, matrix, model, day_type=day_type, has_bound=bound_s > 0)
    shared: dict[str, Any] = {
        "seconds": search_s,
        "steps": search.steps,
        "seed": search.seed,
        "n_workers": search.n_workers,
        "start": start,
        "progress": progress,
        "should_stop": should_stop,
    }
    timetable: Timetable | None = None
    found: tuple[Plan, ...]
    if search.only is None:
        timetable = optimise_timetable(able, matrix, model, **shared)
        found = timetable.plans
    else:
        if isinstance(start, Timetable):
            own = (plan for plan in start.plans if plan.day_type == day_type)
            shared["start"] = next(own, None)
        shared |= {"day_type": day_type, "service_date": shown_on}
        if len(inputs.passengers) > LARGE:
            plan = optimise_parts(able, matrix, model, cluster=search.cluster, **shared)
        else:
            plan = optimise(able, matrix, model, **shared)
        found = (plan,)
    if bound_s > 0:
        found = tuple(
            _bound(plan, able, matrix, model, search, bound_s, should_stop)
            if plan.day_type == day_type
            else plan
            for plan in found
        )
    if able is not inputs:
        model = build_cost_model(inputs, shown_on)
    return complete_case(
        inputs, matrix, model, found, timetable=timetable, day_type=day_type, keep=keep
    )


def complete_case(
    inputs: Inputs,
    matrix: TravelMatrix,
    model: CostModel,
    found: Sequence[Plan],
    *,
    timetable: Timetable | None,
    day_type: DayType,
    keep: KeepPlan = lambda plan: plan,
) -> CaseResult:
    """Price, keep, check and measure plans, however they were made.

    Parameters
    ----------
    found
        The plan of the day that is shown, or all plans of the timetable.
    timetable
        Which plan runs when, or None for one date.
    day_type
        Of the day that is shown.
    """
    inputs_hash = fingerprint(inputs)
    plans: list[Plan] = []
    kept: list[Plan] = []
    lines_of: dict[str, tuple[CostLine, ...]] = {}
    gap_pence = 0
    for plan in found:
        stamped = replace(plan, inputs_hash=inputs_hash, matrix_hash=matrix.fingerprint)
        on = plan.service_date or inputs.service_date
        priced, lines_of[plan.plan_id], gap = price_exactly(stamped, inputs, on)
        gap_pence += abs(gap)
        plans.append(priced)
        kept.append(keep(priced))
    at = next(i for i, p in enumerate(plans) if p.day_type == day_type)
    lines = lines_of[plans[at].plan_id]
    checks: tuple[CheckReport, ...] = (check_plan(kept[at], inputs, matrix, lines=lines),)
    if timetable is not None:
        timetable = replace(timetable, plans=tuple(plans))
        read_back = replace(timetable, plans=tuple(kept))
        checks += (check_timetable(read_back, inputs, matrix),)
    return _assemble(
        inputs, matrix, model, plans[at], timetable, lines, checks, gap_pence, keep
    )


def _bound(
    plan: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    model: CostModel,
    search: Search,
    bound_s: float,
    should_stop: Callable[[], bool] | None,
) -> Plan:
    """Put the proven bound of a plan's day beside it."""
    found = bound_plan(
        inputs,
        matrix,
        model,
        plan,
        seconds=bound_s,
        n_workers=search.n_workers,
        should_stop=should_stop or (lambda: False),
    )
    if found.bound_pence <= 0:
        return plan
    return replace(plan, bound_pence=found.bound_pence, bound_policy=found.policy)


def _assemble(
    inputs: Inputs,
    matrix: TravelMatrix,
    model: CostModel,
    shown: Plan,
    timetable: Timetable | None,
    lines: tuple[CostLine, ...],
    checks: tuple[CheckReport, ...],
    gap_pence: int,
    keep: KeepPlan,
) -> CaseResult:
    """Add year, shares, baseline and measures to the checked plans."""
    year = price_year(timetable, inputs) if timetable is not None else None
    measures = measure_plan(
        shown,
        inputs,
        lines,
        rides=measure_rides(shown, inputs, matrix.walks),
        year_pence=dict(year.provider_pence) if year is not None else None,
        year_full_pence=year.full_cost_pence if year is not None else 0,
    )
    baseline: Plan | None = None
    baseline_lines: tuple[CostLine, ...] = ()
    baseline_measures: Measures | None = None
    if inputs.current_routes:
        made = build_baseline(inputs, matrix, model, shown.day_type)
        on = shown.service_date or inputs.service_date
        baseline, baseline_lines, _ = price_exactly(
            replace(made, inputs_hash=shown.inputs_hash, matrix_hash=shown.matrix_hash),
            inputs,
            on,
        )
        baseline_measures = measure_plan(
            baseline,
            inputs,
            baseline_lines,
            rides=measure_rides(baseline, inputs, matrix.walks),
        )
        keep(baseline)
    return CaseResult(
        plan=shown,
        timetable=timetable,
        lines=lines,
        shares=share_route_costs(lines, shown, inputs),
        measures=measures,
        checks=checks,
        objective_gap_pence=gap_pence,
        alternatives=price_alternatives(shown, inputs, matrix, shown.service_date),
        year=build_year_parts(year.rows) if year is not None else (),
        baseline=baseline,
        baseline_lines=baseline_lines,
        baseline_measures=baseline_measures,
    )
