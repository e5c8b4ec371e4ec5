"""Section 5.8: electric vehicles, their range between charges, and the chargers of depots."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from data.fleet import Electric
from data.plans import Duty, Route
from routing.checks.case import Case, find_drive, is_own
from routing.checks.duties import GapDue, build_gaps, find_base
from routing.checks.findings import Findings, Where


def check_ranges(case: Case, findings: Findings) -> None:
    """Check that batteries last from charge to charge, and that there are chargers enough."""
    n_charging: Counter[str] = Counter()
    for duty in case.plan.duties:
        vehicle_type = case.vehicle_types.get(duty.vehicle_type_id)
        electric = vehicle_type.electric if vehicle_type is not None else None
        if electric is None or not duty.routes or any(not r.stops for r in duty.routes):
            continue
        # What is wrong with the gaps themselves is said where duties are checked.
        quiet = Findings(plan_id=case.plan.plan_id)
        gaps = build_gaps(case, duty, find_base(case, duty), quiet)
        most_m = _measure_lowest(case, duty, gaps, electric, is_charging=is_own(duty))
        if most_m > electric.range_m:
            findings.add(
                "RANGE",
                Where(duty_id=duty.duty_id),
                f"the battery would be {most_m} m of range below full; it lasts "
                f"{electric.range_m} m.",
                found=most_m,
                limit=electric.range_m,
                unit="m",
            )
        without_m = _measure_lowest(case, duty, gaps, electric, is_charging=False)
        vehicle = case.vehicles.get(duty.vehicle_id or "")
        if is_own(duty) and vehicle is not None and without_m > electric.range_m:
            n_charging[vehicle.depot_id] += 1
    for depot_id, n in sorted(n_charging.items()):
        depot = case.depots.get(depot_id)
        if depot is not None and n > depot.n_chargers:
            findings.add(
                "CHARGERS_SHORT",
                Where(),
                f"{n} duties of depot {depot_id} need a charge during the day; it has "
                f"{depot.n_chargers} chargers.",
                found=n,
                limit=depot.n_chargers,
                unit="chargers",
            )


def _measure_lowest(
    case: Case, duty: Duty, gaps: list[GapDue], electric: Electric, *, is_charging: bool
) -> int:
    """Measure how far below full the battery ever is, in range. [m]"""
    used_m = most_m = 0
    for position, gap in enumerate(gaps):
        for number, run in enumerate(gap.runs):
            if number == 1 and is_charging:
                used_m = max(0, used_m - electric.find_charged_m(gap.standing_s))
            used_m += run.drive_m
            most_m = max(most_m, used_m)
        if position < len(duty.routes):
            used_m += _measure_route(case, duty.routes[position])
            most_m = max(most_m, used_m)
    return most_m


def _measure_route(case: Case, route: Route) -> int:
    """Measure a route by the matrix, as stated where it has no path. [m]"""
    total_m = 0
    for before, stop in pairwise(route.stops):
        drive = find_drive(case, before.place_id, stop.place_id, route.session.period)
        total_m += drive[1] if drive is not None else stop.drive_m
    return total_m
