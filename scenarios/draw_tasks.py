"""What a worker does with a draw: plans its year in full, or estimates it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from data.runs import RunRecord
from scenarios.case import Search
from scenarios.demand_line import DemandLine
from scenarios.quick_year import (
    PlannedYear,
    QuickYear,
    StudyGround,
    estimate_years,
    look_at_draw,
)
from scenarios.study import build_case, solve_study_case


def plan_draw(
    shared: tuple[StudyGround, RunRecord, Search, datetime],
    scenario_id: str,
    values: Mapping[str, float],
) -> PlannedYear:
    """Plan a draw of a scenario in full, as its run at most likely values was."""
    ground, start, search, created_utc = shared
    story = next((s for s in ground.stories if s.scenario_id == scenario_id), None)
    case = build_case(ground.inputs, story, ground.stories, search, start=start, values=values)
    run = solve_study_case(
        case, ground.network, created_utc=created_utc, matrices=ground.matrices
    )
    if run.timetable is None or run.measures is None:
        raise ValueError("a draw was planned for one date, not a year")
    drawn = look_at_draw(ground, scenario_id, values)
    return PlannedYear(
        demand_key=drawn.demand_key,
        price_key=drawn.price_key,
        timetable=run.timetable,
        year_pence=run.measures.year_pence,
        n_violations=len({v for r in run.checks for v in r.violations}),
        n_unserved=run.measures.n_unserved,
    )


def estimate_draws(
    shared: tuple[StudyGround, Mapping[int | None, PlannedYear]],
    scenario_id: str,
    draws: Sequence[Mapping[str, float]],
    without: int | None,
    line: DemandLine | None = None,
) -> list[QuickYear]:
    """Estimate the years of draws of one demand from the planned ones, without one of them."""
    ground, held = shared
    planned = [year for k, year in held.items() if k is None or k != without]
    return estimate_years(ground, planned, scenario_id, draws, line)


__all__ = ["estimate_draws", "plan_draw"]
