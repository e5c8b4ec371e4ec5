"""The checker: judges any plan against the rules of a plan, in whole seconds, metres and pence.

Written from `docs/reference/rules.md` and the types of `data` alone: it shares no code with the
search and imports `data` and numpy only. Tolerance is zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from data.checks import CheckCounts, CheckReport, Violation
from data.inputs import Inputs, fingerprint
from data.money import CostLine
from data.networks import TravelMatrix
from data.plan_files import read_plan_or_timetable
from data.plans import Plan, Timetable
from routing.checks.case import Case, build_case
from routing.checks.company import check_companions, check_company, find_carried
from routing.checks.completing import COMPLETED_NOTE, complete_plan, is_without_drives
from routing.checks.duties import check_duty
from routing.checks.everybody import (
    Entitled,
    check_day_type,
    check_everybody,
    check_ids,
    check_providers,
)
from routing.checks.expiry import check_expiry
from routing.checks.findings import Findings
from routing.checks.loads import check_licence, check_loads
from routing.checks.money import check_money
from routing.checks.ranges import check_ranges
from routing.checks.reasons import find_doubts
from routing.checks.resources import check_resources
from routing.checks.rides import Ride, check_rides, measure_ride_guide
from routing.checks.shape import check_shape
from routing.checks.text import build_report_lines
from routing.checks.times import check_times
from routing.checks.timetables import check_dates, check_fortnights

__all__ = [
    "build_report_lines",
    "check_plan",
    "check_timetable",
    "find_violations",
    "judge_file",
]


def check_plan(
    plan: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    *,
    lines: Sequence[CostLine] | None = None,
) -> CheckReport:
    """Judge a plan against every rule.

    Never raises on a plan that breaks rules, however badly: unknown ids, empty routes, missing
    places and doubled ids are violations like any other.

    Parameters
    ----------
    plan
        Any plan; one that was stored should be read back from the store first (C2).
    inputs, matrix
        What the plan must obey: well-formed inputs, and travel times and distances. [s], [m]
    lines
        The plan's cost lines, or None to leave its money unjudged. Totals are sums of these
        lines; a plan that states others is in violation (C9).

    Returns
    -------
    CheckReport
        Violations in order of the plan, counts, ride guide (TIME-1) and fingerprints.
    """
    return _judge(plan, inputs, matrix, lines, fingerprint(inputs))


def find_violations(plan: Plan, inputs: Inputs, matrix: TravelMatrix) -> tuple[Violation, ...]:
    """Find what a plan breaks, money apart, without the fingerprints of a report.

    For a repair, which asks what of yesterday's plan still holds and has a second in all.
    """
    findings = Findings(plan_id=plan.plan_id)
    _find(build_case(plan, inputs, matrix), findings)
    return tuple(findings.violations)


def check_timetable(timetable: Timetable, inputs: Inputs, matrix: TravelMatrix) -> CheckReport:
    """Judge a timetable: its plans, its dates, and a day off in every fortnight (HRS-4).

    Returns
    -------
    CheckReport
        Violations of the plans and of the timetable; ``parts`` has the report of each plan.
    """
    inputs_hash = fingerprint(inputs)
    parts = tuple(_judge(p, inputs, matrix, None, inputs_hash) for p in timetable.plans)
    findings = Findings(plan_id=timetable.timetable_id)
    check_dates(timetable, inputs, findings)
    check_fortnights(timetable, findings)
    total: Counter[str] = Counter()
    for part in parts:
        for name in CheckCounts.__slots__:
            total[name] += getattr(part.counts, name)
    return CheckReport(
        plan_id=timetable.timetable_id,
        day_type_id="",
        plan_hash=fingerprint(timetable),
        inputs_hash=inputs_hash,
        matrix_hash=matrix.fingerprint,
        violations=(
            *(violation for part in parts for violation in part.violations),
            *findings.violations,
        ),
        counts=CheckCounts(**total),
        flags=tuple(sorted({flag for part in parts for flag in part.flags})),
        parts=parts,
    )


def judge_file(path: Path, inputs: Inputs, matrix: TravelMatrix) -> CheckReport:
    """Judge a plan file: one plan or a whole timetable, made here or elsewhere.

    A plan that states ids and times but no drives at all is completed from the matrix first; a
    note of the report says so.

    Raises
    ------
    InputError
        With every fault of the file, if it is not in the documented format.
    """
    found = read_plan_or_timetable(path)
    plans = found.plans if isinstance(found, Timetable) else (found,)
    is_bare = any(is_without_drives(plan) for plan in plans)
    if is_bare:
        plans = tuple(
            complete_plan(plan, inputs, matrix) if is_without_drives(plan) else plan
            for plan in plans
        )
    if isinstance(found, Timetable):
        report = check_timetable(replace(found, plans=plans), inputs, matrix)
    else:
        report = check_plan(plans[0], inputs, matrix)
    return replace(report, notes=(*report.notes, COMPLETED_NOTE)) if is_bare else report


def _judge(
    plan: Plan,
    inputs: Inputs,
    matrix: TravelMatrix,
    lines: Sequence[CostLine] | None,
    inputs_hash: str,
) -> CheckReport:
    """Judge a plan against inputs whose fingerprint is known."""
    case = build_case(plan, inputs, matrix)
    findings = Findings(plan_id=plan.plan_id)
    rides, entitled = _find(case, findings)
    costs = check_money(case, lines, findings) if lines is not None else (None, None)
    return CheckReport(
        plan_id=plan.plan_id,
        day_type_id=plan.day_type.day_type_id,
        plan_hash=fingerprint(plan),
        inputs_hash=inputs_hash,
        matrix_hash=matrix.fingerprint,
        violations=tuple(findings.violations),
        counts=_count(plan, entitled, findings, lines or ()),
        ride_guide=measure_ride_guide(case, rides),
        cost_pence=costs[0],
        full_cost_pence=costs[1],
        flags=tuple(sorted({*plan.flags, *matrix.flags})),
        notes=_build_notes(case, inputs_hash),
    )


def _find(case: Case, findings: Findings) -> tuple[list[Ride], Entitled]:
    """Find every violation but those of money; also the rides, and who is to be carried."""
    plan = case.plan
    rides: list[Ride] = []
    check_ids(case, findings)
    check_day_type(case, findings)
    for duty in plan.duties:
        check_licence(case, duty, findings)
        check_expiry(case, duty, findings)
        check_duty(case, duty, findings)
        for route in duty.routes:
            check_shape(case, duty, route, findings)
            check_times(case, duty, route, findings)
            check_company(case, duty, route, findings)
            check_loads(case, duty, route, findings)
            rides += check_rides(case, duty, route, findings)
    carried = find_carried(case)
    check_companions(case, carried, findings)
    check_resources(case, findings)
    check_ranges(case, findings)
    check_providers(case, carried, findings)
    return rides, check_everybody(case, carried, findings)


def _count(
    plan: Plan, entitled: Entitled, findings: Findings, lines: Sequence[CostLine]
) -> CheckCounts:
    """Count what was looked at."""
    return CheckCounts(
        n_passengers=entitled.n_passengers,
        n_journeys=entitled.n_journeys,
        n_carried=entitled.n_carried,
        n_unserved=entitled.n_unserved,
        n_stops=sum(len(route.stops) for route in plan.routes),
        n_routes=len(plan.routes),
        n_duties=len(plan.duties),
        n_legs=findings.n_legs,
        n_lines=len(lines),
    )


def _build_notes(case: Case, inputs_hash: str) -> tuple[str, ...]:
    """Write what a reader should know that breaks no rule."""
    plan = case.plan
    notes = []
    if plan.matrix_hash and plan.matrix_hash != case.matrix.fingerprint:
        notes.append("The plan was made with another travel matrix than it is judged against.")
    if plan.inputs_hash and plan.inputs_hash != inputs_hash:
        notes.append("The plan was made from other inputs than it is judged against.")
    n_bare = sum(not u.evidence or not u.relaxation for u in plan.unserved)
    if n_bare:
        notes.append(f"{n_bare} unserved journey(s) lack evidence in numbers or a relaxation.")
    return (*notes, *find_doubts(case))
