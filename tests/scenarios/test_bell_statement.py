"""The statement of a search of bells: what each step is worth, new times, who is affected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from data.plans import Plan
from data.units import format_time
from scenarios import BellMove, BellStep, build_bell_statement
from tests.routing.grid_day import build_grid, plan_grid


def shift_plan(plan: Plan, by_s: int) -> Plan:
    """A plan with every stop of its first duty's first route at another time."""
    duty = plan.duties[0]
    route = duty.routes[0]
    stops = tuple(
        replace(s, arrive_s=s.arrive_s + by_s, leave_s=s.leave_s + by_s) for s in route.stops
    )
    moved = replace(duty, routes=(replace(route, stops=stops), *duty.routes[1:]))
    return replace(plan, duties=(moved, *plan.duties[1:]))


def make_step(moves: tuple[BellMove, ...], plan: Plan, **values: Any) -> BellStep:
    """A step that costs 900 pounds where no bell moved costs 1,000."""
    base: dict[str, Any] = {
        "n_duties": 9,
        "n_vehicles": 8,
        "cost_pence": 90_000,
        "fixed_pence": 100_000,
        "n_unserved": 0,
        "n_passengers": 5,
        "n_pick_ups": 3,
        "n_violations": 0,
    }
    return BellStep(moves=moves, plan=plan, **(base | values))


def test_steps_show_what_each_adds_and_the_schools_their_new_times() -> None:
    inputs, plan = build_grid().inputs, plan_grid()
    schools = [s for s in inputs.sites if not s.is_day_service]
    first = BellMove(site_id=schools[0].site_id, shift_s=-900)
    second = BellMove(site_id=schools[1].site_id, shift_s=600)
    found = build_bell_statement(
        [
            make_step((), plan, cost_pence=100_000),
            make_step((first,), plan),
            make_step((first, second), plan, cost_pence=88_000, fixed_pence=99_500),
        ],
        inputs,
    )
    steps, sites, journeys = found.tables
    # 1,000 - 900 = 100; then 995 - 880 = 115, of which the second step is 15.
    assert [(row[1], row[2], row[5], row[6]) for row in steps.rows] == [
        ("no bell moved", "", 0, 0),
        (schools[0].name, "-15", 10_000, 10_000),
        (schools[1].name, "+10", 1_500, 11_500),
    ]
    assert [row[0] for row in sites.rows] == [schools[0].name, schools[1].name]
    assert str(sites.rows[0][3]).endswith(format_time(schools[0].arrive_by_s - 900))
    assert str(sites.rows[1][5]).startswith(format_time(schools[1].leave_from_s + 600))
    assert journeys.rows == ()


def test_everybody_whose_time_at_home_changes_is_listed_with_the_minutes() -> None:
    inputs, plan = build_grid().inputs, plan_grid()
    route = plan.duties[0].routes[0]
    last = route.stops[-1] if not route.session.is_homeward else route.stops[0]
    move = BellMove(site_id=str(last.site_id), shift_s=-600)
    steps = [make_step((), plan), make_step((move,), shift_plan(plan, -600))]
    rows = build_bell_statement(steps, inputs).tables[2].rows
    assert {row[0] for row in rows} == set(route.passenger_ids)
    assert {row[6] for row in rows} == {"-10"}
    here = {*last.boarding, *last.alighting}
    assert {row[0] for row in rows if row[3] == "yes"} == here
