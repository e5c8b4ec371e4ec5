"""Section 4: loads at every moment, assistants, lift and licence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from data.fleet import OWN_PROVIDER_ID, CrewRole
from data.passengers import AssistantNeed, Passenger
from data.plans import Duty, Route
from routing.checks.case import Case, passengers_aboard, route_where
from routing.checks.expiry import is_over
from routing.checks.findings import Findings, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantsNeeded:
    """How many assistants a set of passengers needs, and who by name."""

    n_assistants: int
    named: tuple[str, ...]


def find_assistants_needed(passengers: Iterable[Passenger], ratio: int) -> AssistantsNeeded:
    """Count the assistants passengers need together (4.2)."""
    group = tuple(passengers)
    named = sorted({p.assistant_id for p in group if p.assistant_id is not None})
    unnamed = [p for p in group if p.assistant_id is None]
    n_one_to_one = sum(p.assistant is AssistantNeed.ONE_TO_ONE for p in unnamed)
    n_shared = sum(p.assistant is AssistantNeed.SHARED for p in unnamed)
    return AssistantsNeeded(
        n_assistants=n_one_to_one + len(named) + -(-n_shared // ratio), named=tuple(named)
    )


def check_loads(case: Case, duty: Duty, route: Route, findings: Findings) -> None:
    """Check loads, assistants and lift of a route."""
    where = route_where(duty, route)
    aboard = [case.passengers[p] for p in passengers_aboard(route) if p in case.passengers]
    _check_counts(route, where, findings)
    _check_assistants(case, route, aboard, where, findings)
    _check_layout(case, duty, route, where, findings)
    kind = case.vehicle_types.get(duty.vehicle_type_id)
    if kind is None or kind.has_lift:
        return
    needing = [p.passenger_id for p in aboard if p.n_wheelchair_spaces or p.needs_lift]
    if needing:
        findings.add(
            "LIFT_MISSING",
            where,
            f"vehicle type {kind.vehicle_type_id} has no lift, which {', '.join(needing)} "
            "need(s).",
            passengers=needing,
            found=len(needing),
            limit=0,
            unit="passengers",
        )


def _check_counts(route: Route, where: Where, findings: Findings) -> None:
    """Check the route's own counts for sense."""
    for word, count in (
        ("assistants", route.n_assistants),
        ("trained assistants", route.n_trained_assistants),
        ("seats", route.layout.n_seats),
        ("wheelchair spaces", route.layout.n_wheelchair_spaces),
    ):
        if count < 0:
            findings.add(
                "COUNT_NEGATIVE",
                where,
                f"states {count} {word}.",
                found=count,
                limit=0,
                unit=word,
            )
    if route.n_trained_assistants > route.n_assistants:
        findings.add(
            "TRAINED_OVER_ALL",
            where,
            f"{route.n_trained_assistants} trained assistants among {route.n_assistants}.",
            found=route.n_trained_assistants,
            limit=route.n_assistants,
            unit="assistants",
        )
    n_distinct = len(set(route.assistant_ids))
    if len(route.assistant_ids) > min(route.n_assistants, n_distinct):
        findings.add(
            "ASSISTANT_IDS_OVER",
            where,
            f"lists {len(route.assistant_ids)} assistants by name ({n_distinct} of them "
            f"different) among {route.n_assistants}.",
            found=len(route.assistant_ids),
            limit=min(route.n_assistants, n_distinct),
            unit="assistants",
        )


def _check_assistants(
    case: Case, route: Route, aboard: list[Passenger], where: Where, findings: Findings
) -> None:
    """Check that no vehicle departs short of an assistant (CAP-3)."""
    ratio = case.inputs.policy.shared_assistant_ratio
    needed = find_assistants_needed(aboard, ratio)
    trained = find_assistants_needed((p for p in aboard if p.needs_trained_assistant), ratio)
    for code, word, found, limit, people in (
        (
            "ASSISTANTS_SHORT",
            "assistants",
            route.n_assistants,
            needed.n_assistants,
            [p for p in aboard if p.assistant is not AssistantNeed.NONE or p.assistant_id],
        ),
        (
            "TRAINED_SHORT",
            "trained assistants",
            route.n_trained_assistants,
            trained.n_assistants,
            [p for p in aboard if p.needs_trained_assistant],
        ),
    ):
        if found < limit:
            findings.add(
                code,
                where,
                f"has {found} {word}, its passengers need {limit}.",
                passengers=(p.passenger_id for p in people),
                found=found,
                limit=limit,
                unit="assistants",
            )
    for assistant_id in needed.named:
        if assistant_id not in route.assistant_ids:
            holders = [p.passenger_id for p in aboard if p.assistant_id == assistant_id]
            findings.add(
                "ASSISTANT_NOT_LISTED",
                where,
                f"assistant {assistant_id} of {', '.join(holders)} is not listed.",
                passengers=holders,
            )


def _check_layout(
    case: Case, duty: Duty, route: Route, where: Where, findings: Findings
) -> None:
    """Check the layout, and the load at every moment against it (CAP-1)."""
    layout = route.layout
    kind = case.vehicle_types.get(duty.vehicle_type_id)
    shown = f"{layout.n_seats} seats and {layout.n_wheelchair_spaces} wheelchair spaces"
    if kind is not None and layout not in kind.layouts:
        findings.add(
            "LAYOUT_UNKNOWN",
            where,
            f"vehicle type {kind.vehicle_type_id} has no layout of {shown}.",
        )
    peak_seats, peak_spaces = _find_peaks(case, route)
    for code, word, peak, limit in (
        ("LAYOUT_SEATS", "seats", peak_seats, layout.n_seats),
        ("LAYOUT_SPACES", "wheelchair spaces", peak_spaces, layout.n_wheelchair_spaces),
    ):
        if peak is not None and peak[0] > limit:
            n_taken, position, people = peak
            findings.add(
                code,
                where.at_stop(position),
                f"leaves with {n_taken} {word} taken, the layout has {limit}.",
                passengers=people,
                found=n_taken,
                limit=limit,
                unit=word,
            )


_Peak = tuple[int, int, tuple[str, ...]]


def _find_peaks(case: Case, route: Route) -> tuple[_Peak | None, _Peak | None]:
    """Find the largest load of seats and of spaces: amount, stop, who is aboard."""
    aboard: dict[str, None] = {}
    peak_seats: _Peak | None = None
    peak_spaces: _Peak | None = None
    for position, stop in enumerate(route.stops):
        for passenger_id in stop.alighting:
            aboard.pop(passenger_id, None)
        aboard.update(dict.fromkeys(stop.boarding))
        known = [case.passengers[p] for p in aboard if p in case.passengers]
        n_seats = sum(p.n_seats_taken for p in known) + route.n_assistants
        n_spaces = sum(p.n_wheelchair_spaces for p in known)
        people = tuple(aboard)
        if peak_seats is None or n_seats > peak_seats[0]:
            peak_seats = (n_seats, position, people)
        if peak_spaces is None or n_spaces > peak_spaces[0]:
            peak_spaces = (n_spaces, position, people)
    return peak_seats, peak_spaces


def check_licence(case: Case, duty: Duty, findings: Findings) -> None:
    """Check the provider's licence for the vehicle, and the own driver's (LIC-1 to LIC-3)."""
    where = Where(duty_id=duty.duty_id)
    kind = case.vehicle_types.get(duty.vehicle_type_id)
    if kind is None:
        findings.add(
            "VEHICLE_TYPE_UNKNOWN", where, f"vehicle type {duty.vehicle_type_id} is not known."
        )
        return
    if duty.provider_id == OWN_PROVIDER_ID:
        if kind.needs_psv_licence:
            _check_driver_licence(case, duty, where, findings)
        return
    supplier = case.suppliers.get(duty.provider_id)
    if supplier is None:
        return
    has_permit = (
        supplier.has_section_19_permit
        and not supplier.is_for_profit
        and not is_over(supplier.section_19_permit_until, case.on)
    )
    has_psv = supplier.has_psv_licence and not is_over(supplier.psv_licence_until, case.on)
    has_private_hire = supplier.has_private_hire_licence and not is_over(
        supplier.private_hire_licence_until, case.on
    )
    if kind.needs_psv_licence and not (has_psv or has_permit):
        findings.add(
            "LICENCE_PSV",
            where,
            f"supplier {supplier.supplier_id} has no licence for the "
            f"{kind.n_passenger_seats} passenger seats of type {kind.vehicle_type_id}.",
            found=kind.n_passenger_seats,
            limit=8,
            unit="seats",
        )
    if not kind.needs_psv_licence and not (has_private_hire or has_psv):
        findings.add(
            "LICENCE_PRIVATE_HIRE",
            where,
            f"supplier {supplier.supplier_id} has neither a private hire nor a PSV licence.",
        )


def _check_driver_licence(case: Case, duty: Duty, where: Where, findings: Findings) -> None:
    """Check that the driver of nine or more seats has D1 and CPC (LIC-3)."""
    for crew_id in duty.crew_ids:
        member = case.crews.get(crew_id)
        if member is None or member.role is not CrewRole.DRIVER:
            continue
        for code, word, has_it, until in (
            ("DRIVER_D1", "D1", member.has_d1, member.d1_until),
            ("DRIVER_CPC", "CPC", member.has_cpc, member.cpc_until),
        ):
            if not has_it:
                findings.add(code, where, f"driver {crew_id} has no {word}.")
            elif is_over(until, case.on):
                findings.add(code, where, f"the {word} of driver {crew_id} ran out on {until}.")
