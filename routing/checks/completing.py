"""Plans made elsewhere: drives and dead runs they leave out, taken from matrix and rules."""

from __future__ import annotations

from dataclasses import replace

from data.inputs import Inputs
from data.networks import TravelMatrix
from data.plan_files import NOT_STATED
from data.plans import DeadRun, Duty, Plan, Route
from routing.checks.case import Case, build_case, find_drive
from routing.checks.duties import build_gaps, find_base
from routing.checks.findings import Findings

COMPLETED_NOTE = "The file states no drives: they and the dead runs are taken from the matrix."


def is_without_drives(plan: Plan) -> bool:
    """Whether a plan with drives to state states none of them, nor any dead run."""
    later = [stop for route in plan.routes for stop in route.stops[1:]]
    return (
        bool(later)
        and all(stop.drive_s == NOT_STATED and stop.drive_m == NOT_STATED for stop in later)
        and not any(duty.dead_runs for duty in plan.duties)
    )


def complete_plan(plan: Plan, inputs: Inputs, matrix: TravelMatrix) -> Plan:
    """Complete a plan that states ids and times only, so that it can be judged and priced.

    Where there is no path nothing is filled in, and the checker says so.
    """
    case = build_case(plan, inputs, matrix)
    duties = tuple(
        replace(duty, routes=tuple(_complete_route(case, route) for route in duty.routes))
        for duty in plan.duties
    )
    return replace(plan, duties=tuple(_complete_runs(case, duty) for duty in duties))


def _complete_route(case: Case, route: Route) -> Route:
    """Fill in the drives between a route's stops."""
    stops = list(route.stops[:1])
    for before, stop in zip(route.stops, route.stops[1:], strict=False):
        drive = find_drive(case, before.place_id, stop.place_id, route.session.period)
        drive_s, drive_m = drive if drive is not None else (0, 0)
        stops.append(replace(stop, drive_s=drive_s, drive_m=drive_m))
    return replace(route, stops=tuple(stops))


def _complete_runs(case: Case, duty: Duty) -> Duty:
    """Fill in the dead runs that the rules demand."""
    if not duty.routes or any(not route.stops for route in duty.routes):
        return duty
    quiet = Findings(plan_id=case.plan.plan_id)
    gaps = build_gaps(case, duty, find_base(case, duty), quiet)
    return replace(
        duty,
        dead_runs=tuple(
            DeadRun(
                from_place_id=run.from_place_id,
                to_place_id=run.to_place_id,
                depart_s=run.depart_s,
                arrive_s=run.arrive_s,
                drive_m=run.drive_m,
                before_route=run.before_route,
            )
            for gap in gaps
            for run in gap.runs
        ),
    )
