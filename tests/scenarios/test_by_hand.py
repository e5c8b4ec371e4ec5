"""Today's hand-made plan, priced and judged for the whole year without any search."""

from __future__ import annotations

from datetime import UTC, datetime

from costing import find_year_pence
from data.plans import PlanState
from data.samples import build_sample
from routing import build_sample_network, find_violations
from scenarios.by_hand import mend_by_hand, price_by_hand
from scenarios.case import Search, build_case_matrix
from scenarios.definition import build_scenario
from scenarios.study import build_case, solve_study_case


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


def test_a_search_from_todays_routes_keeps_rules_and_costs_no_more_than_they_mended() -> None:
    inputs, network = build_sample("grid"), build_sample_network("grid")
    story = build_scenario(
        {
            "scenario_id": "same",
            "title": "Same providers",
            "planned": "from_today",
            "changes": [{"kind": "keep_providers"}],
        },
        "same.toml",
    )
    search = Search(seconds=None, steps=20, n_workers=1)
    case = build_case(inputs, story, (story,), search)
    assert case.is_from_today
    assert build_case(inputs, None, (), search).case_key != case.case_key
    matrix = build_case_matrix(case.inputs, network)
    mended = mend_by_hand(case.inputs, matrix)
    assert not any(find_violations(plan, case.inputs, matrix) for plan in mended.plans)
    run = solve_study_case(case, network, created_utc=datetime(2026, 11, 22, tzinfo=UTC))
    assert run.measures is not None
    assert run.plan.state is PlanState.OPTIMISED
    assert not any(report.violations for report in run.checks)
    assert run.measures.year_pence <= find_year_pence(mended, case.inputs)
    # everybody is still carried by today's provider
    today = {(r.passenger_id, r.session): r.provider_id for r in inputs.current_routes}
    for duty in run.plan.duties:
        for route in duty.routes:
            for passenger_id in route.passenger_ids:
                assert today.get((passenger_id, route.session), duty.provider_id) == (
                    duty.provider_id
                )
