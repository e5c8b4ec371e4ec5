"""Sections 5.1 to 5.5: a duty in time, its dead runs, its base, and drivers' hours."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from data.plans import DeadRun, Duty, Route
from data.units import S_PER_DAY
from routing.checks.case import Case, find_drive, is_own
from routing.checks.findings import Findings, Where, format_clock, format_duration


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDue:
    """A dead run as the rules demand it; `drive_s` is None where there is no path."""

    from_place_id: str
    to_place_id: str
    before_route: int
    depart_s: int
    arrive_s: int
    drive_s: int
    drive_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapDue:
    """What happens before a route (or after the last): the runs, and the standing time. [s]"""

    runs: tuple[RunDue, ...]
    standing_s: int


def check_duty(case: Case, duty: Duty, findings: Findings) -> None:
    """Check a duty's base, order, dead runs and hours."""
    where = Where(duty_id=duty.duty_id)
    if not duty.routes:
        findings.add("DUTY_EMPTY", where, "the duty has no routes.")
    base_id = _check_base(case, duty, where, findings)
    if not duty.routes or any(not route.stops for route in duty.routes):
        return
    gaps = build_gaps(case, duty, base_id, findings)
    _check_runs(duty, base_id, [run for gap in gaps for run in gap.runs], where, findings)
    _check_depot_hours(case, duty, base_id, gaps, where, findings)
    _check_hours(case, duty, gaps, where, findings)


def build_gaps(case: Case, duty: Duty, base_id: str | None, findings: Findings) -> list[GapDue]:
    """Build what the rules demand before each route of a duty and after the last one.

    All routes must have stops.
    """
    return [
        _build_gap(case, duty, base_id, position, findings)
        for position in range(len(duty.routes) + 1)
    ]


def find_span(gaps: list[GapDue], routes: tuple[Route, ...]) -> tuple[int, int]:
    """First departure and last arrival of a duty. [s after midnight]"""
    starts = [run.depart_s for gap in gaps for run in gap.runs]
    ends = [run.arrive_s for gap in gaps for run in gap.runs]
    return (
        min([*starts, *(route.start_s for route in routes)]),
        max([*ends, *(route.end_s for route in routes)]),
    )


def find_duty_span(case: Case, duty: Duty) -> tuple[int, int] | None:
    """First departure and last arrival as the rules demand them, or None without any route."""
    if not duty.routes or any(not route.stops for route in duty.routes):
        return None
    quiet = Findings(plan_id=case.plan.plan_id)
    return find_span(build_gaps(case, duty, find_base(case, duty), quiet), duty.routes)


def find_base(case: Case, duty: Duty) -> str | None:
    """Find the base a duty must have; the stated one where vehicle or provider is not known."""
    if is_own(duty):
        vehicle = case.vehicles.get(duty.vehicle_id or "")
        depot = case.depots.get(vehicle.depot_id) if vehicle else None
        return depot.place_id if depot else duty.base_place_id
    supplier = case.suppliers.get(duty.provider_id)
    return supplier.base_place_id if supplier else duty.base_place_id


def _check_base(case: Case, duty: Duty, where: Where, findings: Findings) -> str | None:
    """Check the stated base; give the one the duty must have."""
    base_id = find_base(case, duty)
    if is_own(duty) and base_id not in {d.place_id for d in case.depots.values()}:
        findings.add("BASE_WRONG", where, f"base {duty.base_place_id} is no depot.")
    elif duty.base_place_id != base_id:
        findings.add(
            "BASE_WRONG", where, f"the base is {duty.base_place_id}, it must be {base_id}."
        )
    return base_id


def _build_run(
    case: Case,
    ends: tuple[str, str],
    route: Route,
    before_route: int,
    *,
    depart_s: int | None = None,
    arrive_s: int | None = None,
) -> RunDue | None:
    """Build a dead run in a route's period from its departure or arrival; None without path."""
    drive = find_drive(case, *ends, route.session.period)
    if drive is None:
        return None
    begin_s = depart_s if depart_s is not None else (arrive_s or 0) - drive[0]
    return RunDue(
        from_place_id=ends[0],
        to_place_id=ends[1],
        before_route=before_route,
        depart_s=begin_s,
        arrive_s=begin_s + drive[0],
        drive_s=drive[0],
        drive_m=drive[1],
    )


def _build_gap(
    case: Case, duty: Duty, base_id: str | None, position: int, findings: Findings
) -> GapDue:
    """Build what the rules demand before the route at a position, or after the last one."""
    before = duty.routes[position - 1] if position else None
    after = duty.routes[position] if position < len(duty.routes) else None
    to_base = from_base = None
    if base_id is not None and before is not None:
        ends = (before.stops[-1].place_id, base_id)
        to_base = _build_run(case, ends, before, position, depart_s=before.end_s)
    if base_id is not None and after is not None:
        ends = (base_id, after.stops[0].place_id)
        from_base = _build_run(case, ends, after, position, arrive_s=after.start_s)
    where = Where(duty_id=duty.duty_id, route_id=(after or duty.routes[-1]).route_id)
    if before is None or after is None:
        run = to_base or from_base
        if base_id is not None and run is None:
            findings.add("NO_PATH", where, f"no path between the route and base {base_id}.")
        return GapDue(runs=(run,) if run else (), standing_s=0)
    gap_s = after.start_s - before.end_s
    if gap_s < 0:
        findings.add(
            "ROUTES_OVERLAP",
            where,
            f"begins at {format_clock(after.start_s)}, before route {before.route_id} ends at "
            f"{format_clock(before.end_s)}.",
            found=after.start_s,
            limit=before.end_s,
            unit="s",
        )
    if to_base is not None and from_base is not None:
        by_base_s = to_base.drive_s + from_base.drive_s
        if gap_s >= case.inputs.own_costs.split_gap_s and by_base_s <= gap_s:
            return GapDue(runs=(to_base, from_base), standing_s=gap_s - by_base_s)
    ends = (before.stops[-1].place_id, after.stops[0].place_id)
    direct = _build_run(case, ends, after, position, depart_s=before.end_s)
    if direct is None:
        findings.add("NO_PATH", where, f"no path from {ends[0]} to {ends[1]}.")
        return GapDue(runs=(), standing_s=max(gap_s, 0))
    if 0 <= gap_s < direct.drive_s:
        findings.add(
            "GAP_TOO_SHORT",
            where,
            f"the drive from route {before.route_id} takes {format_duration(direct.drive_s)}, "
            f"the gap is {format_duration(gap_s)}.",
            found=gap_s,
            limit=direct.drive_s,
            unit="s",
        )
    return GapDue(runs=(direct,), standing_s=max(gap_s - direct.drive_s, 0))


def _key(run: DeadRun | RunDue) -> tuple[int, str, str]:
    return run.before_route, run.from_place_id, run.to_place_id


def _check_runs(
    duty: Duty, base_id: str | None, due: list[RunDue], where: Where, findings: Findings
) -> None:
    """Check the stated dead runs against those the rules demand, one to one."""
    findings.n_legs += len(due)
    left = Counter(_key(run) for run in duty.dead_runs)
    stated = {_key(run): run for run in reversed(duty.dead_runs)}
    by_base = Counter(run.before_route for run in due)
    inner = range(1, len(duty.routes))
    turned = set()
    for position in inner:
        shown = [run for run in duty.dead_runs if run.before_route == position]
        is_by_base = any(base_id in (r.from_place_id, r.to_place_id) for r in shown) and (
            len(shown) == 2
        )
        at = Where(duty_id=duty.duty_id, route_id=duty.routes[position].route_id)
        if by_base[position] == 2 and len(shown) == 1:
            findings.add(
                "GAP_NOT_BY_BASE", at, f"the gap before it is to be driven by base {base_id}."
            )
            turned.add(position)
        elif by_base[position] == 1 and is_by_base:
            findings.add("GAP_NOT_DIRECT", at, "the gap before it is to be driven directly.")
            turned.add(position)
    for run in due:
        if run.before_route in turned:
            continue
        if left[_key(run)]:
            left[_key(run)] -= 1
            _compare_run(duty, stated[_key(run)], run, findings)
        elif run.from_place_id != run.to_place_id:
            findings.add(
                "DEAD_RUN_MISSING",
                where,
                f"the run from {run.from_place_id} to {run.to_place_id} at "
                f"{format_clock(run.depart_s)} is missing (before_route {run.before_route}).",
            )
    for (before_route, from_id, to_id), n_left in left.items():
        if n_left and before_route not in turned:
            findings.add(
                "DEAD_RUN_EXTRA",
                where,
                f"the run from {from_id} to {to_id} (before_route {before_route}) belongs "
                "nowhere.",
                found=n_left,
                limit=0,
                unit="runs",
            )


def _compare_run(duty: Duty, stated: DeadRun, due: RunDue, findings: Findings) -> None:
    """Compare a stated dead run with what it must be."""
    position = min(due.before_route, len(duty.routes) - 1)
    where = Where(duty_id=duty.duty_id, route_id=duty.routes[position].route_id)
    run = f"the run from {due.from_place_id} to {due.to_place_id}"
    for code, word, found, limit in (
        ("DEAD_RUN_DEPART", "departs", stated.depart_s, due.depart_s),
        ("DEAD_RUN_ARRIVE", "arrives", stated.arrive_s, due.arrive_s),
    ):
        if found != limit:
            findings.add(
                code,
                where,
                f"{run} {word} at {format_clock(found)}, it must be {format_clock(limit)}.",
                found=found,
                limit=limit,
                unit="s",
            )
    if stated.drive_m != due.drive_m:
        findings.add(
            "DEAD_RUN_DISTANCE",
            where,
            f"{run} states {stated.drive_m} m, the matrix has {due.drive_m} m.",
            found=stated.drive_m,
            limit=due.drive_m,
            unit="m",
        )


def _check_depot_hours(
    case: Case,
    duty: Duty,
    base_id: str | None,
    gaps: list[GapDue],
    where: Where,
    findings: Findings,
) -> None:
    """Check that the depot is open from first departure to last arrival."""
    if not is_own(duty):
        return
    vehicle = case.vehicles.get(duty.vehicle_id or "")
    depots = [
        depot
        for depot in case.depots.values()
        if (depot.depot_id == vehicle.depot_id if vehicle else depot.place_id == base_id)
    ]
    if not depots:
        return
    depot = depots[0]
    first_s, last_s = find_span(gaps, duty.routes)
    for is_broken, word, time_s, limit_s in (
        (first_s < depot.opens_s, "leaves depot", first_s, depot.opens_s),
        (last_s > depot.closes_s, "returns to depot", last_s, depot.closes_s),
    ):
        if is_broken:
            findings.add(
                "DEPOT_CLOSED",
                where,
                f"{word} {depot.depot_id} at {format_clock(time_s)}; it is open from "
                f"{format_clock(depot.opens_s)} to {format_clock(depot.closes_s)}.",
                found=time_s,
                limit=limit_s,
                unit="s",
            )


def _check_hours(
    case: Case, duty: Duty, gaps: list[GapDue], where: Where, findings: Findings
) -> None:
    """Check drivers' hours of a day (HRS-1 to HRS-3)."""
    policy = case.inputs.policy
    first_s, last_s = find_span(gaps, duty.routes)
    driving_s, stretch_s = _measure_driving(case, duty, gaps)
    spread_s = last_s - first_s
    span = f"from {format_clock(first_s)} to {format_clock(last_s)}"
    for code, found, limit, words in (
        ("HOURS_DRIVING", driving_s, policy.max_driving_s, "driving"),
        (
            "HOURS_BREAK",
            stretch_s,
            policy.break_after_driving_s,
            f"driving without a break of {format_duration(policy.break_s)}",
        ),
        ("HOURS_SPREAD", spread_s, policy.max_spread_s, span),
        ("HOURS_REST", spread_s, S_PER_DAY - policy.min_rest_s, f"{span}, for the rest due"),
    ):
        if found > limit:
            findings.add(
                code,
                where,
                f"{format_duration(found)} {words}, the limit is {format_duration(limit)}.",
                found=found,
                limit=limit,
                unit="s",
            )


def _measure_driving(case: Case, duty: Duty, gaps: list[GapDue]) -> tuple[int, int]:
    """Measure all driving, and the longest driving between two breaks. [s]

    A break is standing time of at least ``break_s`` after a direct run, or at the base between
    the run to it and the run from it. Standing at a stop of a route is no break.
    """
    break_s = case.inputs.policy.break_s
    driving_s = stretch_s = longest_s = 0
    for position, gap in enumerate(gaps):
        for number, run in enumerate(gap.runs):
            is_from_base = number == 1
            if is_from_base and gap.standing_s >= break_s:
                stretch_s = 0
            driving_s += run.drive_s
            stretch_s += run.drive_s
            longest_s = max(longest_s, stretch_s)
        if len(gap.runs) < 2 and gap.standing_s >= break_s:
            stretch_s = 0
        if position < len(duty.routes):
            route_s = _measure_route_driving(case, duty.routes[position])
            driving_s += route_s
            stretch_s += route_s
            longest_s = max(longest_s, stretch_s)
    return driving_s, longest_s


def _measure_route_driving(case: Case, route: Route) -> int:
    """Measure the driving of a route by the matrix, as stated where it has no path. [s]"""
    total_s = 0
    for before, stop in zip(route.stops, route.stops[1:], strict=False):
        drive = find_drive(case, before.place_id, stop.place_id, route.session.period)
        total_s += drive[0] if drive is not None else stop.drive_s
    return total_s
