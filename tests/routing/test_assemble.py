"""From drafts to duties: names kept from day to day, dead runs, what a crew must hold."""

from __future__ import annotations

from dataclasses import replace

from data.plans import Duty
from routing.assemble import (
    build_dead_runs,
    build_duties,
    find_duty_marks,
    find_need,
    name_duties,
)
from routing.day import DayCase
from routing.day_duties import DayDuties
from routing.starts import read_reference
from tests.routing.grid_day import build_grid, plan_grid


def make_day() -> DayDuties:
    """The duties that the grid's plan keeps."""
    grid, plan = build_grid(), plan_grid()
    case = DayCase(grid.inputs, grid.matrix, grid.cost_model, grid.day_type)
    found = read_reference(case, plan, 0).state
    return case.keep_duties(found.problems, found.routes, usual=plan.duties)


def test_duties_like_those_of_another_day_keep_their_names() -> None:
    day, plan = make_day(), plan_grid()
    names = name_duties(day.drafts, day.planned, day.rules, plan.duties)
    carried = [
        {
            f"{day.planned[i].work.session}/{p}"
            for i in d.works
            for p in day.planned[i].work.passenger_ids
        }
        for d in day.drafts
    ]
    marks = find_duty_marks(plan.duties)
    assert all(marks[name] == mine for name, mine in zip(names, carried, strict=True))


def test_new_duties_take_the_first_free_names_that_nobody_tired_has() -> None:
    day = make_day()
    n = len(day.drafts)
    assert name_duties(day.drafts, day.planned, day.rules) == tuple(
        f"D{k:03d}" for k in range(1, n + 1)
    )
    tired = frozenset({"D001", "D003"})
    names = name_duties(day.drafts, day.planned, day.rules, tired=tired)
    assert not set(names) & tired
    assert names[:2] == ("D002", "D004")
    assert len(set(names)) == n


def test_tired_duty_gives_its_work_to_another_name() -> None:
    day, plan = make_day(), plan_grid()
    names = name_duties(
        day.drafts, day.planned, day.rules, plan.duties, frozenset({plan.duties[0].duty_id})
    )
    assert plan.duties[0].duty_id not in names
    assert len(set(names)) == len(names)


def test_duty_of_another_provider_is_another_duty() -> None:
    day, plan = make_day(), plan_grid()
    # All usual duties are said to be somebody else's: no name is taken over.
    others = tuple(replace(d, provider_id="nobody") for d in plan.duties)
    names = name_duties(day.drafts, day.planned, day.rules, others)
    assert not set(names) & {d.duty_id for d in plan.duties}


def test_dead_runs_join_base_and_routes_without_a_gap() -> None:
    day, plan = make_day(), plan_grid()
    by_marks = {frozenset(m): name for name, m in find_duty_marks(plan.duties).items()}
    duties = {d.duty_id: d for d in plan.duties}
    for draft in day.drafts:
        mark = frozenset(
            f"{day.planned[i].work.session}/{p}"
            for i in draft.works
            for p in day.planned[i].work.passenger_ids
        )
        duty = duties[by_marks[mark]]
        runs = build_dead_runs(day.rules, draft, duty.routes)
        assert runs == duty.dead_runs
        if duty.base_place_id:
            assert runs[0].from_place_id == duty.base_place_id == runs[-1].to_place_id
            assert runs[0].arrive_s == duty.routes[0].start_s
            assert runs[-1].depart_s == duty.routes[-1].end_s


def find_own(day: DayDuties) -> tuple[int, Duty]:
    """The first own duty of the day and its draft's position."""
    for k, draft in enumerate(day.drafts):
        if day.rules.model.is_own[draft.offer]:
            marks = {p for i in draft.works for p in day.planned[i].work.passenger_ids}
            duty = next(
                d for d in day.duties if {p for r in d.routes for p in r.passenger_ids} == marks
            )
            return k, duty
    raise AssertionError("the grid has own duties")


def test_crew_must_hold_the_duty_from_first_departure_to_last_arrival() -> None:
    day = make_day()
    k, duty = find_own(day)
    works = [day.planned[i].work for i in day.drafts[k].works]
    need = find_need(day.rules, works, day.drafts[k], duty)
    assert need.from_s == duty.dead_runs[0].depart_s
    assert need.to_s == duty.dead_runs[-1].arrive_s
    assert need.n_assistants == max(r.n_assistants for r in duty.routes)
    assert len(duty.crew_ids) == 1 + need.n_assistants


def test_own_duty_without_a_crew_is_told_and_not_built() -> None:
    grid, plan, day = build_grid(), plan_grid(), make_day()
    nobody = replace(grid.inputs, crews=())
    duties, unnamed = build_duties(
        nobody, day.rules, day.planned, day.drafts, usual=plan.duties
    )
    own = [d for d in day.drafts if day.rules.model.is_own[d.offer]]
    assert own
    assert list(unnamed) == own
    assert all(d.provider_id != "own" for d in duties)
    assert len(duties) + len(unnamed) == len(day.drafts)
