"""The checker passes every good plan and names every violation planted in one."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace

import pytest

from data.checks import CheckReport, Violation
from data.fleet import OWN_PROVIDER_ID, Layout
from data.places import Session
from routing.check import build_report_lines, check_plan
from routing.checks.codes import CHECK_CODES
from tests.routing import (
    planted_company,
    planted_duties,
    planted_journeys,
    planted_money,
    planted_people,
    planted_routes,
)
from tests.routing.plan_factory import GoodCase, build_good_case
from tests.routing.planted import MUTATIONS, Planted, Planter

N_GOOD = int(os.environ.get("WAYFARE_GOOD_PLANS", "300"))
N_GOOD_SLOW = int(os.environ.get("WAYFARE_GOOD_PLANS_SLOW", "2000"))
N_PLANTED = 4
MOST_TRIES = 300

TIMETABLE_CODES = {
    "DATE_CLOSED",
    "DATE_DAY_TYPE",
    "DATE_TWICE",
    "DATE_WITHOUT_PLAN",
    "HOURS_FORTNIGHT",
    "PLAN_MISSING",
    "PLAN_TWICE",
}
"""Codes that only a timetable can raise, planted in its own tests."""

_CASES: dict[int, GoodCase] = {}


def _case(seed: int) -> GoodCase:
    if seed not in _CASES:
        _CASES[seed] = build_good_case(seed)
    return _CASES[seed]


def _check(case: GoodCase) -> CheckReport:
    return check_plan(case.plan, case.inputs, case.matrix, lines=case.lines)


def _assert_good(seeds: range) -> None:
    alarms = {
        seed: [str(v) for v in report.violations]
        for seed in seeds
        if not (report := _check(build_good_case(seed))).is_good
    }
    assert alarms == {}


def test_good_plans_raise_no_alarm() -> None:
    _assert_good(range(N_GOOD))


@pytest.mark.slow
def test_thousands_of_good_plans_raise_no_alarm() -> None:
    _assert_good(range(10_000, 10_000 + N_GOOD_SLOW))


def test_factory_covers_every_feature() -> None:
    """Good plans that lack a feature would prove nothing about it."""
    seen: Counter[str] = Counter()
    for seed in range(60):
        case = _case(seed)
        people = {p.passenger_id: p for p in case.inputs.passengers}
        points = {point.place_id for point in case.inputs.pick_up_points}
        for duty in case.plan.duties:
            seen["own duty" if duty.provider_id == OWN_PROVIDER_ID else "bought duty"] += 1
            seen["supplier without base"] += duty.base_place_id is None
            seen["chained routes"] += len(duty.routes) > 1
            inner = [r for r in duty.dead_runs if 0 < r.before_route < len(duty.routes)]
            seen["gap by base"] += any(r.to_place_id == duty.base_place_id for r in inner)
            seen["direct gap"] += any(
                duty.base_place_id not in (r.from_place_id, r.to_place_id) for r in inner
            )
            pair = {route.session for route in duty.routes} >= {Session.AM, Session.PM}
            seen["day pair"] += pair and duty.rate_card_id is not None
            for route in duty.routes:
                aboard = [people[p] for p in route.passenger_ids]
                sites = [s for s in route.stops if s.site_id is not None]
                seen[f"session {route.session}"] += 1
                seen["mixed sites"] += len(sites) == 2
                inside = sites[1:] if route.session.is_homeward else sites[:-1]
                seen["waiting at a site"] += any(_waits(case, s) for s in inside)
                seen["pick-up point"] += any(s.place_id in points for s in route.stops)
                seen["named assistant"] += bool(route.assistant_ids)
                seen["trained assistant"] += route.n_trained_assistants > 0
                seen["siblings"] += any(p.together_with for p in aboard)
                seen["travels alone"] += any(p.travels_alone for p in aboard)
                seen["wheelchair space"] += any(p.n_wheelchair_spaces for p in aboard)
                seen["spaces layout"] += route.layout.n_wheelchair_spaces > 0
                seen["several at a stop"] += any(
                    len(s.boarding) > 1 and s.site_id is None for s in route.stops
                )
        seen["unserved"] += len(case.plan.unserved)
        seen["locks"] += len(case.inputs.locks)
        seen["apart"] += any(p.apart_from for p in people.values())
        seen["standing plan"] += case.plan.service_date is None
    rare = {feature: n for feature, n in seen.items() if n < 5}
    assert rare == {}
    assert len(seen) == 25


def _waits(case: GoodCase, stop: object) -> bool:
    people = {p.passenger_id: p for p in case.inputs.passengers}
    (site,) = (s for s in case.inputs.sites if s.site_id == stop.site_id)
    takes_s = sum(people[p].alighting_s for p in stop.alighting)
    takes_s += sum(people[p].boarding_s for p in stop.boarding)
    return stop.leave_s - stop.arrive_s > site.dwell_s + takes_s


def _is_named(violation: Violation, planted: Planted) -> bool:
    """Whether a violation names the place and the amount that were planted."""
    spot = planted.spot
    if planted.over is not None and violation.over != planted.over:
        return False
    if spot is None or planted.level == "plan":
        return True
    if violation.duty_id != spot.duty.duty_id:
        return False
    if planted.level == "duty":
        return True
    if violation.route_id != spot.route.route_id:
        return False
    return planted.level == "route" or violation.stop_number == spot.s + 1


@pytest.mark.parametrize(
    ("code", "mutation"), MUTATIONS, ids=[f"{c}-{m.__name__}" for c, m in MUTATIONS]
)
def test_planted_violation_is_named(code: str, mutation: object) -> None:
    n_planted = 0
    for seed in range(MOST_TRIES):
        case = _case(seed)
        planted = mutation(Planter(case, seed))
        if planted is None:
            continue
        report = check_plan(planted.plan, planted.inputs, planted.matrix, lines=planted.lines)
        found = [v for v in report.violations if v.code == code]
        assert any(_is_named(v, planted) for v in found), (
            f"seed {seed}: {planted.spot} over {planted.over}, found {report.violations}"
        )
        if planted.is_only:
            assert set(report.codes) == {code}, f"seed {seed}: {report.violations}"
        n_planted += 1
        if n_planted == N_PLANTED:
            return
    pytest.fail(f"{code} could be planted only {n_planted} times")


def test_every_code_is_planted() -> None:
    planting = (
        planted_company,
        planted_duties,
        planted_journeys,
        planted_money,
        planted_people,
        planted_routes,
    )
    homes = {mutation.__module__ for _, mutation in MUTATIONS}
    assert homes == {module.__name__ for module in planting}
    assert {code for code, _ in MUTATIONS} | TIMETABLE_CODES == set(CHECK_CODES)
    assert len(MUTATIONS) >= 60


def test_one_second_on_any_stop_is_caught() -> None:
    """Every stored time of every stop is under a rule: no second can be changed unseen."""
    n_changed = 0
    for seed in range(3):
        case = _case(seed)
        planter = Planter(case, seed)
        for spot in planter.spots:
            for field in ("arrive_s", "leave_s"):
                for by_s in (-1, 1):
                    time_s = getattr(spot.stop, field) + by_s
                    plan = planter.with_stop(spot, **{field: time_s})
                    report = check_plan(plan, case.inputs, case.matrix, lines=case.lines)
                    n_changed += 1
                    assert not report.is_good, (seed, spot, field, by_s)
    assert n_changed > 200


def test_every_ride_is_measured_to_the_second() -> None:
    """With no ride allowed at all, the checker tells each ride as the factory timed it."""
    for seed in range(30):
        case = _case(seed)
        people = tuple(replace(p, max_ride_s=-1) for p in case.inputs.passengers)
        report = check_plan(case.plan, replace(case.inputs, passengers=people), case.matrix)
        assert set(report.codes) == {"RIDE_LIMIT"}
        found = {(v.route_id, v.passenger_ids, v.found) for v in report.violations}
        assert found == {(r.route_id, (r.passenger_id,), r.ride_s) for r in case.rides}


def test_every_limit_without_own_is_found_to_the_second() -> None:
    """The limit is the larger of the cap and the share of the direct drive, rounded down."""
    for seed in range(10):
        case = _case(seed)
        people = tuple(replace(p, max_ride_s=None) for p in case.inputs.passengers)
        policy = replace(
            case.inputs.policy,
            ride_cap_primary_s=-1,
            ride_cap_secondary_s=-1,
            ride_cap_adult_s=-1,
            direct_ride_bp=1_234,
        )
        inputs = replace(case.inputs, passengers=people, policy=policy)
        report = check_plan(case.plan, inputs, case.matrix)
        found = {(v.route_id, v.passenger_ids, v.limit) for v in report.violations}
        due = {
            (r.route_id, (r.passenger_id,), r.direct_s * 1_234 // 10_000)
            for r in case.rides
            if r.ride_s > r.direct_s * 1_234 // 10_000
        }
        assert found == due


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("max_driving_s", "HOURS_DRIVING"),
        ("break_after_driving_s", "HOURS_BREAK"),
        ("max_spread_s", "HOURS_SPREAD"),
    ],
)
def test_every_duty_is_measured_to_the_second(name: str, code: str) -> None:
    for seed in range(30):
        case = _case(seed)
        policy = replace(case.inputs.policy, **{name: -1})
        report = check_plan(case.plan, replace(case.inputs, policy=policy), case.matrix)
        due = {
            x.duty_id: {
                "HOURS_DRIVING": x.driving_s,
                "HOURS_BREAK": x.stretch_s,
                "HOURS_SPREAD": x.end_s - x.start_s,
            }[code]
            for x in case.duties
        }
        assert {v.duty_id: v.found for v in report.violations} == due
        assert set(report.codes) == {code}


def test_every_peak_load_is_counted() -> None:
    """With a layout of no seat and no space, the checker tells each route's largest loads."""
    for seed in range(30):
        case = _case(seed)
        people = {p.passenger_id: p for p in case.inputs.passengers}
        empty = Layout(n_seats=-1, n_wheelchair_spaces=-1)
        duties, due = [], set()
        for duty in case.plan.duties:
            routes = [replace(route, layout=empty) for route in duty.routes]
            duties.append(replace(duty, routes=tuple(routes)))
            for route in duty.routes:
                loads = [
                    [
                        people[p]
                        for i, stop in enumerate(route.stops)
                        for p in stop.boarding
                        if i <= moment
                        and not any(p in s.alighting for s in route.stops[: moment + 1])
                    ]
                    for moment in range(len(route.stops))
                ]
                seats = max(sum(p.n_seats_taken for p in load) for load in loads)
                spaces = max(sum(p.n_wheelchair_spaces for p in load) for load in loads)
                due.add(("LAYOUT_SEATS", route.route_id, seats + route.n_assistants))
                due.add(("LAYOUT_SPACES", route.route_id, spaces))
        plan = replace(case.plan, duties=tuple(duties))
        report = check_plan(plan, case.inputs, case.matrix)
        found = {
            (v.code, v.route_id, v.found)
            for v in report.violations
            if v.code in ("LAYOUT_SEATS", "LAYOUT_SPACES")
        }
        assert found == due


def test_violations_carry_ids_and_no_personal_values() -> None:
    for code, mutation in MUTATIONS[::5]:
        planted = next(
            (x for seed in range(20) if (x := mutation(Planter(_case(seed), seed)))), None
        )
        assert planted is not None, code
        report = check_plan(planted.plan, planted.inputs, planted.matrix)
        shown = "\n".join([str(report), *build_report_lines(report, n_most=10_000)])
        assert "Name of" not in shown
        assert "2014" not in shown


def test_money_is_not_judged_without_lines() -> None:
    case = _case(1)
    plan = replace(case.plan, cost_pence=1)
    report = check_plan(plan, case.inputs, case.matrix)
    assert report.is_good
    assert report.cost_pence is None


def test_costs_come_from_lines_not_from_the_plan() -> None:
    case = _case(2)
    plan = replace(case.plan, cost_pence=1, full_cost_pence=2)
    report = check_plan(plan, case.inputs, case.matrix, lines=case.lines)
    assert report.codes == ("COST_TOTAL", "FULL_COST_TOTAL")
    assert report.cost_pence == case.plan.cost_pence
    assert report.full_cost_pence == case.plan.full_cost_pence


def test_counts_tell_what_was_looked_at() -> None:
    case = _case(3)
    report = _check(case)
    counts = report.counts
    assert counts.n_duties == len(case.plan.duties)
    assert counts.n_routes == len(case.plan.routes)
    assert counts.n_stops == sum(len(r.stops) for r in case.plan.routes)
    assert counts.n_carried == len(case.rides)
    assert counts.n_unserved == len(case.plan.unserved)
    assert counts.n_journeys == counts.n_carried + counts.n_unserved
    assert counts.n_lines == len(case.lines)
    n_inner = sum(len(r.stops) - 1 for r in case.plan.routes)
    assert counts.n_legs >= n_inner + len(case.plan.duties) - 1


def test_ride_guide_reports_and_never_condemns() -> None:
    case = _case(4)
    policy = replace(case.inputs.policy, ride_guide_primary_s=1, ride_guide_secondary_s=1)
    report = check_plan(case.plan, replace(case.inputs, policy=policy), case.matrix)
    assert report.is_good
    assert sum(row.n_rides for row in report.ride_guide) == len(case.rides)
    longest_s = max(ride.ride_s for ride in case.rides)
    assert max(row.worst_s for row in report.ride_guide) == longest_s
    n_above = sum(ride.ride_s > 1 for ride in case.rides)
    assert sum(row.n_above for row in report.ride_guide) == n_above


def test_equal_plans_give_equal_reports_and_others_another_hash() -> None:
    case = _case(5)
    assert _check(case) == _check(build_good_case(5))
    assert _check(case).report_hash == _check(build_good_case(5)).report_hash
    other = replace(case, plan=replace(case.plan, plan_id="other"))
    assert _check(case).report_hash != _check(other).report_hash


def test_report_text_names_rule_place_and_hashes() -> None:
    case = _case(6)
    spot = Planter(case, 6).spot(lambda x: x.s > 0)
    plan = Planter(case, 6).with_stop(spot, drive_m=spot.stop.drive_m + 3)
    report = check_plan(plan, case.inputs, case.matrix)
    text = "\n".join(build_report_lines(report))
    assert "DRIVE_DISTANCE" in text
    assert f"stop {spot.s + 1}" in text
    assert "[3 m]" in text
    assert report.report_hash in text
    assert "0 rule" not in text
    assert "GOOD" in "\n".join(build_report_lines(_check(case)))
