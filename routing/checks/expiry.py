"""Section 4, papers with a last date: nobody and nothing is used after it."""

from __future__ import annotations

from datetime import date

from data.fleet import CrewRole
from data.plans import Duty
from routing.checks.case import Case, is_own
from routing.checks.findings import Findings, Where


def is_over(until: date | None, on: date) -> bool:
    """Whether a paper has run out on a date; its last date is a good one."""
    return until is not None and on > until


def check_expiry(case: Case, duty: Duty, findings: Findings) -> None:
    """Check licence and DBS check of everybody aboard for the own company, and its vehicle."""
    where = Where(duty_id=duty.duty_id)
    aboard = {*duty.crew_ids, *(a for route in duty.routes for a in route.assistant_ids)}
    for crew_id in sorted(aboard):
        member = case.crews.get(crew_id)
        if member is None:
            continue
        if is_over(member.checks_until, case.on):
            findings.add(
                "CREW_CHECKS",
                where,
                f"the DBS check of {crew_id} ran out on {member.checks_until}.",
            )
        if member.role is CrewRole.DRIVER and is_over(member.licence_until, case.on):
            findings.add(
                "CREW_LICENCE",
                where,
                f"the driving licence of {crew_id} ran out on {member.licence_until}.",
            )
    if not is_own(duty):
        return
    vehicle = case.vehicles.get(duty.vehicle_id or "")
    if vehicle is None:
        return
    if is_over(vehicle.inspection_until, case.on):
        findings.add(
            "VEHICLE_INSPECTION",
            where,
            f"the MOT or annual test of {vehicle.vehicle_id} ran out on "
            f"{vehicle.inspection_until}.",
        )
    kind = case.vehicle_types.get(vehicle.vehicle_type_id)
    depot = case.depots.get(vehicle.depot_id)
    if (
        kind is not None
        and depot is not None
        and kind.needs_psv_licence
        and is_over(depot.operator_licence_until, case.on)
    ):
        findings.add(
            "OPERATOR_LICENCE",
            where,
            f"the operator licence of depot {depot.depot_id} ran out on "
            f"{depot.operator_licence_until}.",
        )
