"""When the papers of drivers, assistants, vehicles and operators run out, and what that bars.

A date of None means that nobody recorded it: nothing is barred by it, and nothing is said. The
last date is a good one: a licence until 31 August may be used on 31 August.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from data.fleet import Crew, CrewRole, Supplier, Vehicle
from data.inputs import Inputs

AHEAD_DAYS = 56
"""Warned so many days ahead: what the Disclosure and Barring Service and a course may take."""


class Paper(StrEnum):
    """A paper that runs out, by the right that asks for it."""

    LICENCE = "driving licence"
    """Road Traffic Act 1988 s. 87; the photocard is renewed every 10 years (s. 99)."""
    D1 = "D1 entitlement"
    """Minibus of 9 to 16 passenger seats for pay (LIC-3): Road Traffic Act 1988 s. 99A."""
    CPC = "CPC"
    """35 hours of training in 5 years: Vehicle Drivers (CPC) Regulations 2007 reg. 9."""
    CHECKS = "enhanced DBS check"
    """Safeguarding Vulnerable Groups Act 2006; renewal by the council's policy."""
    INSPECTION = "MOT or annual test"
    """Road Traffic Act 1988 ss. 47 and 53."""
    OPERATOR = "operator licence"
    """Public Passenger Vehicles Act 1981 s. 12 (LIC-2), by operating centre."""
    PRIVATE_HIRE = "private hire licence"
    """Local Government (Miscellaneous Provisions) Act 1976 s. 55 (LIC-1)."""
    PSV = "PSV operator licence"
    """Public Passenger Vehicles Act 1981 s. 12 (LIC-2)."""
    PERMIT = "section 19 permit"
    """Transport Act 1985 s. 19: five years at most (LIC-2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """A paper that has run out or soon will.

    Attributes
    ----------
    kind, holder_id
        ``crew``, ``vehicle``, ``depot`` or ``supplier``, and which.
    until
        Last date on which it is good.
    bars
        What is not planned after that date.
    """

    kind: str
    holder_id: str
    paper: Paper
    until: date
    bars: str


def find_expiries(inputs: Inputs) -> tuple[Expiry, ...]:
    """Find every paper with a date, the first to run out first."""
    found: list[Expiry] = []

    def note(kind: str, holder_id: str, paper: Paper, until: date | None, bars: str) -> None:
        if until is not None:
            found.append(
                Expiry(kind=kind, holder_id=holder_id, paper=paper, until=until, bars=bars)
            )

    for c in inputs.crews:
        if c.role is CrewRole.DRIVER:
            note("crew", c.crew_id, Paper.LICENCE, c.licence_until, "drives nothing")
            if c.has_d1:
                note("crew", c.crew_id, Paper.D1, c.d1_until, "drives up to eight seats only")
            if c.has_cpc:
                note("crew", c.crew_id, Paper.CPC, c.cpc_until, "drives up to eight seats only")
        note("crew", c.crew_id, Paper.CHECKS, c.checks_until, "is with no passenger")
    for v in inputs.vehicles:
        note("vehicle", v.vehicle_id, Paper.INSPECTION, v.inspection_until, "stays in")
    for d in inputs.depots:
        note(
            "depot", d.depot_id, Paper.OPERATOR, d.operator_licence_until,
            "its vehicles of nine or more seats stay in",
        )  # fmt: skip
    for s in inputs.suppliers:
        if s.has_private_hire_licence:
            until = s.private_hire_licence_until
            note("supplier", s.supplier_id, Paper.PRIVATE_HIRE, until, "no small vehicle of it")
        if s.has_psv_licence:
            note("supplier", s.supplier_id, Paper.PSV, s.psv_licence_until, "no bus of it")
        if s.has_section_19_permit:
            until = s.section_19_permit_until
            note("supplier", s.supplier_id, Paper.PERMIT, until, "no bus of it")
    return tuple(sorted(found, key=lambda e: (e.until, e.kind, e.holder_id, e.paper)))


def bar_expired(inputs: Inputs, on: date) -> Inputs:
    """Take out of inputs what may not be used on a date because a paper has run out.

    Returns
    -------
    The same inputs where nothing has run out.
    """
    if not any(expiry.until < on for expiry in find_expiries(inputs)):
        return inputs
    large = {t.vehicle_type_id for t in inputs.vehicle_types if t.needs_psv_licence}
    closed = {d.depot_id for d in inputs.depots if _is_over(d.operator_licence_until, on)}
    return replace(
        inputs,
        crews=tuple(
            _bar_crew(c, on)
            for c in inputs.crews
            if not _is_over(c.checks_until, on)
            and not (c.role is CrewRole.DRIVER and _is_over(c.licence_until, on))
        ),
        vehicles=tuple(
            v
            for v in inputs.vehicles
            if not _is_over(v.inspection_until, on) and not _is_closed(v, closed, large)
        ),
        suppliers=tuple(_bar_supplier(s, on) for s in inputs.suppliers),
    )


def _is_over(until: date | None, on: date) -> bool:
    return until is not None and until < on


def _is_closed(vehicle: Vehicle, closed: set[str], large: set[str]) -> bool:
    return vehicle.depot_id in closed and vehicle.vehicle_type_id in large


def _bar_crew(crew: Crew, on: date) -> Crew:
    return replace(
        crew,
        has_d1=crew.has_d1 and not _is_over(crew.d1_until, on),
        has_cpc=crew.has_cpc and not _is_over(crew.cpc_until, on),
    )


def _bar_supplier(supplier: Supplier, on: date) -> Supplier:
    return replace(
        supplier,
        has_private_hire_licence=supplier.has_private_hire_licence
        and not _is_over(supplier.private_hire_licence_until, on),
        has_psv_licence=supplier.has_psv_licence
        and not _is_over(supplier.psv_licence_until, on),
        has_section_19_permit=supplier.has_section_19_permit
        and not _is_over(supplier.section_19_permit_until, on),
    )
