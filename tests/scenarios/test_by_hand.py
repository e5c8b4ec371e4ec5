"""Today's hand-made plan, priced and judged for the whole year without any search."""

from __future__ import annotations

from data.plans import PlanState
from data.samples import build_sample
from routing import build_sample_network
from scenarios.case import build_case_matrix, price_by_hand


def test_todays_plan_is_priced_for_every_date_and_judged() -> None:
    inputs = build_sample("grid")
    matrix = build_case_matrix(inputs, build_sample_network("grid"))
    result = price_by_hand(inputs, matrix)
    assert result.plan.state is PlanState.BASELINE
    assert result.timetable is not None
    # The shown day is the one that a plan's run has beside it for comparison.
    assert result.baseline is not None
    assert result.plan.cost_pence == result.baseline.cost_pence
    assert result.measures.year_pence == sum(p.n_dates * p.cost_pence for p in result.year)
    days = {p.day_type.day_type_id for p in result.timetable.plans}
    assert {day for _, day in result.timetable.dates} <= days
    assert len(result.checks) == 2
    assert {s.passenger_id for s in result.shares}
