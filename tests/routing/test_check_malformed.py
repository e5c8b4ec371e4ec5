"""However malformed a plan is, the checker answers with violations and never breaks down."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import InputError
from data.fleet import Layout
from data.inputs import write_document
from data.places import Week
from data.plan_files import read_plan_bytes
from data.plans import DayType, Duty, Plan, Route, Timetable
from routing.check import build_report_lines, check_plan, check_timetable
from routing.checks.completing import complete_plan
from tests.routing.plan_factory import GoodCase, build_good_case
from tests.routing.plan_people import Draw

N_CASES = 12
N_FUZZ = int(os.environ.get("WAYFARE_FUZZED_PLANS", "150"))
STRANGE: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1,
    59,
    86_401,
    10**12,
    -(10**12),
    10**13,
    10**30,
    1.5,
    float("nan"),
    float("inf"),
    "",
    "nobody",
    "own",
    "pm",
    "day_out",
    "B",
    "2026-02-30",
    "9999-12-31",
    "0001-01-01",
    "\x00",
    "\ud800",
    "\u202e",
    "x" * 5_000,
    [],
    {},
    [[]],
    {"x": 1},
    ["nobody", "nobody"],
)

_CASES: dict[int, GoodCase] = {}


def _case(seed: int) -> GoodCase:
    if seed not in _CASES:
        _CASES[seed] = build_good_case(seed)
    return _CASES[seed]


def _document(case: GoodCase) -> dict[str, Any]:
    plan = json.loads(write_document(case.plan))
    return {"format": "wayfare-plan", "version": 1, "plan": plan}


def _slots(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a document with every key or position in it."""
    found = []
    if isinstance(value, dict):
        found += [(value, key) for key in value]
        children = list(value.values())
    elif isinstance(value, list):
        found += [(value, i) for i in range(len(value))]
        children = value
    else:
        return []
    return found + [slot for child in children for slot in _slots(child)]


def _mutate(document: Any, draw: Draw, *, is_wild: bool) -> None:
    """Change one random value of a document in place."""
    container, key = draw.pick(_slots(document["plan"]))
    old = container[key]
    action = draw.between(1, 6)
    if action == 1 and isinstance(container, list):
        container.insert(key, json.loads(json.dumps(old)))
    elif action == 2 and isinstance(container, list):
        del container[key]
    elif action == 3 and is_wild and isinstance(container, dict):
        container[str(draw.pick(STRANGE))[:10]] = container.pop(key)
    elif action == 4 and is_wild:
        container[key] = draw.pick(STRANGE)
    elif isinstance(old, bool) or old is None:
        container[key] = draw.pick((None, "nobody"))
    elif isinstance(old, int):
        container[key] = draw.pick((old + 1, old - 1, -old, 0, draw.between(-(10**6), 10**6)))
    elif isinstance(old, str):
        other, at = draw.pick(_slots(document["plan"]))
        container[key] = other[at] if isinstance(other[at], str) else old
    elif isinstance(old, list):
        container[key] = draw.pick(([], old[::-1], old + old, old[:1]))


def _judge(plan: Plan, case: GoodCase) -> None:
    report = check_plan(plan, case.inputs, case.matrix, lines=case.lines)
    assert len(report.report_hash) == 64
    assert build_report_lines(report)
    assert all(v.sentence.endswith((".", ".)")) for v in report.violations)
    complete_plan(plan, case.inputs, case.matrix)
    days = (case.inputs.service_date, date.min, date.max)
    dates = tuple((day, plan.day_type.day_type_id) for day in days)
    timetable = Timetable(timetable_id="t", plans=(plan, plan), dates=dates)
    assert not check_timetable(timetable, case.inputs, case.matrix).is_good


@settings(max_examples=N_FUZZ, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32), n_changes=st.integers(1, 8))
def test_changed_documents_are_read_and_judged_or_refused(seed: int, n_changes: int) -> None:
    draw = Draw(seed)
    case = _case(seed % N_CASES)
    document = _document(case)
    is_wild = draw.chance(50)
    for _ in range(n_changes):
        _mutate(document, draw, is_wild=is_wild)
    raw = json.dumps(document).encode()
    try:
        plan = read_plan_bytes(raw)
    except InputError as error:
        problems = error.problems
    else:
        assert isinstance(plan, Plan)
        _judge(plan, case)
        return
    assert problems
    assert all(problem.cause and problem.suggestion for problem in problems)
    assert all(problem.column.startswith("$") for problem in problems)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_random_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(InputError):
        read_plan_bytes(raw)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_damaged_files_are_refused_or_judged(seed: int) -> None:
    """Bytes lost, doubled or changed, as a bad disk or a bad transfer would leave them."""
    draw = Draw(seed)
    case = _case(seed % N_CASES)
    raw = bytearray(json.dumps(_document(case)).encode())
    for _ in range(draw.between(1, 3)):
        at = draw.between(0, len(raw) - 1)
        if draw.chance(30):
            del raw[at : at + draw.between(1, 50)]
        else:
            raw[at] = draw.between(0, 255)
    try:
        plan = read_plan_bytes(bytes(raw))
    except InputError:
        return
    assert isinstance(plan, Plan)
    check_plan(plan, case.inputs, case.matrix)


def _with_duties(change: Callable[[Duty], Duty]) -> Callable[[Plan], Plan]:
    return lambda plan: replace(plan, duties=tuple(change(duty) for duty in plan.duties))


def _with_routes(change: Callable[[Route], Route]) -> Callable[[Plan], Plan]:
    return _with_duties(
        lambda duty: replace(duty, routes=tuple(change(route) for route in duty.routes))
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: replace(plan, duties=()),
        lambda plan: replace(plan, duties=plan.duties * 3),
        lambda plan: replace(plan, unserved=plan.unserved * 2, duties=()),
        lambda plan: replace(
            plan,
            day_type=DayType(
                day_type_id="", weekday=-5, week=Week.B, open_calendar_ids=frozenset()
            ),
        ),
        _with_duties(lambda duty: replace(duty, routes=())),
        _with_duties(lambda duty: replace(duty, routes=duty.routes[::-1])),
        _with_duties(lambda duty: replace(duty, provider_id="", base_place_id="Z")),
        _with_duties(lambda duty: replace(duty, vehicle_id=None, crew_ids=("", ""))),
        _with_duties(lambda duty: replace(duty, dead_runs=duty.dead_runs * 2)),
        _with_duties(lambda duty: replace(duty, vehicle_type_id="Z")),
        _with_routes(lambda route: replace(route, stops=())),
        _with_routes(lambda route: replace(route, stops=route.stops[:1])),
        _with_routes(lambda route: replace(route, stops=route.stops[::-1])),
        _with_routes(
            lambda route: replace(
                route, n_assistants=-9, layout=Layout(n_seats=-1, n_wheelchair_spaces=-1)
            )
        ),
        _with_routes(
            lambda route: replace(
                route,
                stops=tuple(
                    replace(s, place_id="Z", site_id="Z", boarding=("Z",), alighting=("Z",))
                    for s in route.stops
                ),
            )
        ),
        _with_routes(
            lambda route: replace(
                route,
                stops=tuple(
                    replace(s, arrive_s=-(10**11), leave_s=10**11) for s in route.stops
                ),
            )
        ),
    ],
)
def test_malformed_plans_are_judged(change: Callable[[Plan], Plan]) -> None:
    for seed in range(4):
        case = _case(seed)
        plan = change(case.plan)
        report = check_plan(plan, case.inputs, case.matrix, lines=case.lines)
        assert not report.is_good
        _judge(plan, case)


def test_matrix_without_places_is_answered_with_missing_paths() -> None:
    case = _case(0)
    matrix = replace(case.matrix, place_ids=(), duration_s={}, distance_m={}, walks=())
    report = check_plan(case.plan, case.inputs, matrix)
    assert "NO_PATH" in report.codes
