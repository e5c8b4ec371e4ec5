"""Sections 5.6 and 5.7: vehicles, crews, suppliers, their areas and rate cards."""

from __future__ import annotations

from collections import Counter, defaultdict

from data.fleet import Crew, CrewRole, Supplier, Vehicle
from data.money import RateBasis, RateCard
from data.places import Session
from data.plans import Duty, Route
from routing.checks.case import Case, is_own, route_where
from routing.checks.duties import find_duty_span
from routing.checks.findings import Findings, Where, format_clock

RUN_BASES = frozenset(
    {
        RateBasis.FIXED,
        RateBasis.LOADED_MILE,
        RateBasis.HOUR,
        RateBasis.MINIMUM,
        RateBasis.DAY_PAIR,
    }
)
"""Bases that price a route itself; a card covers a vehicle type by one of these."""


def check_resources(case: Case, findings: Findings) -> None:
    """Check what every duty uses, one by one and together."""
    for duty in case.plan.duties:
        where = Where(duty_id=duty.duty_id)
        if is_own(duty):
            _check_own(case, duty, where, findings)
        elif duty.provider_id in case.suppliers:
            supplier = case.suppliers[duty.provider_id]
            _check_area(case, duty, supplier, findings)
            _check_rate_card(case, duty, supplier, where, findings)
        else:
            findings.add(
                "PROVIDER_UNKNOWN", where, f"provider {duty.provider_id} is not known."
            )
        if not is_own(duty) and (duty.vehicle_id is not None or duty.crew_ids):
            findings.add(
                "OWN_WITH_SUPPLIER",
                where,
                f"provider {duty.provider_id} cannot use the own company's vehicle or crew.",
            )
    _check_used_once(case, findings)
    _check_supplier_vehicles(case, findings)
    _check_supplier_assistants(case, findings)


def _check_own(case: Case, duty: Duty, where: Where, findings: Findings) -> None:
    """Check the vehicle and crew of an own duty."""
    if duty.rate_card_id is not None:
        findings.add(
            "RATE_CARD_OWN", where, f"an own duty names rate card {duty.rate_card_id}."
        )
    vehicle = None
    if duty.vehicle_id is None:
        findings.add("VEHICLE_MISSING", where, "an own duty names no vehicle.")
    elif duty.vehicle_id not in case.vehicles:
        findings.add("VEHICLE_UNKNOWN", where, f"vehicle {duty.vehicle_id} does not exist.")
    else:
        vehicle = case.vehicles[duty.vehicle_id]
        if vehicle.vehicle_type_id != duty.vehicle_type_id:
            findings.add(
                "VEHICLE_TYPE",
                where,
                f"vehicle {vehicle.vehicle_id} is of type {vehicle.vehicle_type_id}, "
                f"not {duty.vehicle_type_id}.",
            )
    crew = []
    for crew_id in dict.fromkeys(duty.crew_ids):
        if crew_id in case.crews:
            crew.append(case.crews[crew_id])
        else:
            findings.add("CREW_UNKNOWN", where, f"member of the crew {crew_id} does not exist.")
    n_drivers = sum(member.role is CrewRole.DRIVER for member in crew)
    if n_drivers != 1:
        findings.add(
            "DRIVER_COUNT",
            where,
            f"has {n_drivers} drivers.",
            found=n_drivers,
            limit=1,
            unit="drivers",
        )
    _check_crew_time(case, duty, crew, vehicle, where, findings)
    _check_crew_assistants(case, duty, crew, findings)


def _check_crew_time(
    case: Case,
    duty: Duty,
    crew: list[Crew],
    vehicle: Vehicle | None,
    where: Where,
    findings: Findings,
) -> None:
    """Check that a crew belongs to the vehicle's depot and works when the duty runs."""
    span = find_duty_span(case, duty)
    for member in crew:
        if vehicle is not None and member.depot_id != vehicle.depot_id:
            findings.add(
                "CREW_DEPOT",
                where,
                f"{member.role} {member.crew_id} belongs to depot {member.depot_id}, the "
                f"vehicle to {vehicle.depot_id}.",
            )
        if span is None:
            continue
        first_s, last_s = span
        for is_broken, word, time_s, limit_s in (
            (first_s < member.from_s, "begins", first_s, member.from_s),
            (last_s > member.to_s, "ends", last_s, member.to_s),
        ):
            if is_broken:
                findings.add(
                    "CREW_HOURS",
                    where,
                    f"{word} at {format_clock(time_s)}; {member.role} {member.crew_id} works "
                    f"from {format_clock(member.from_s)} to {format_clock(member.to_s)}.",
                    found=time_s,
                    limit=limit_s,
                    unit="s",
                )


def _check_crew_assistants(
    case: Case, duty: Duty, crew: list[Crew], findings: Findings
) -> None:
    """Check that the crew holds the assistants aboard each route.

    A named assistant who is not of the own company (a parent, the school's own staff) rides in
    addition to the crew.
    """
    assistants = {m.crew_id for m in crew if m.role is CrewRole.ASSISTANT}
    n_trained = sum(m.is_medically_trained for m in crew if m.role is CrewRole.ASSISTANT)
    for route in duty.routes:
        outside = {a for a in route.assistant_ids if a not in case.crews}
        trained_outside = {
            case.passengers[p].assistant_id
            for p in route.passenger_ids
            if p in case.passengers and case.passengers[p].needs_trained_assistant
        } & outside
        for code, word, found, limit in (
            (
                "CREW_ASSISTANTS",
                "assistants",
                len(assistants),
                route.n_assistants - len(outside),
            ),
            (
                "CREW_TRAINED",
                "trained assistants",
                n_trained,
                route.n_trained_assistants - len(trained_outside),
            ),
        ):
            if found < limit:
                findings.add(
                    code,
                    route_where(duty, route),
                    f"needs {limit} {word} of the crew, which has {found}.",
                    found=found,
                    limit=limit,
                    unit="assistants",
                )
        for crew_id in sorted(set(route.assistant_ids) & set(case.crews) - assistants):
            findings.add(
                "CREW_ASSISTANTS",
                route_where(duty, route),
                f"assistant {crew_id} is aboard but not an assistant of the duty's crew.",
            )


def _check_used_once(case: Case, findings: Findings) -> None:
    """Check that every own vehicle and member of a crew is used by one duty."""
    vehicles: defaultdict[str, list[str]] = defaultdict(list)
    crews: defaultdict[str, list[str]] = defaultdict(list)
    for duty in case.plan.duties:
        if duty.vehicle_id is not None:
            vehicles[duty.vehicle_id].append(duty.duty_id)
        for crew_id in duty.crew_ids:
            crews[crew_id].append(duty.duty_id)
    for code, word, used in (
        ("VEHICLE_TWICE", "vehicle", vehicles),
        ("CREW_TWICE", "member of the crew", crews),
    ):
        for thing_id, duty_ids in used.items():
            if len(duty_ids) > 1:
                findings.add(
                    code,
                    Where(duty_id=duty_ids[1]),
                    f"{word} {thing_id} is used {len(duty_ids)} times "
                    f"(duties {', '.join(duty_ids)}).",
                    found=len(duty_ids),
                    limit=1,
                    unit="duties",
                )


def _check_supplier_vehicles(case: Case, findings: Findings) -> None:
    """Check that no supplier puts out more vehicles of a type than it has."""
    used = Counter(
        (duty.provider_id, duty.vehicle_type_id)
        for duty in case.plan.duties
        if duty.provider_id in case.suppliers
    )
    for (supplier_id, type_id), n_duties in used.items():
        n_vehicles = sum(
            held.n_vehicles
            for held in case.suppliers[supplier_id].vehicles
            if held.vehicle_type_id == type_id
        )
        if n_duties > n_vehicles:
            duty_ids = [
                d.duty_id
                for d in case.plan.duties
                if (d.provider_id, d.vehicle_type_id) == (supplier_id, type_id)
            ]
            findings.add(
                "SUPPLIER_VEHICLES",
                Where(duty_id=duty_ids[max(n_vehicles, 0)]),
                f"supplier {supplier_id} runs {n_duties} duties with type {type_id} and has "
                f"{n_vehicles} (duties {', '.join(duty_ids)}).",
                found=n_duties,
                limit=n_vehicles,
                unit="vehicles",
            )


def _check_supplier_assistants(case: Case, findings: Findings) -> None:
    """Check that no supplier puts out more assistants in a session than it has."""
    aboard: Counter[tuple[str, Session]] = Counter()
    trained: Counter[tuple[str, Session]] = Counter()
    for duty in case.plan.duties:
        if duty.provider_id in case.suppliers:
            for route in duty.routes:
                aboard[duty.provider_id, route.session] += route.n_assistants
                trained[duty.provider_id, route.session] += route.n_trained_assistants
    for (supplier_id, session), n_assistants in aboard.items():
        supplier = case.suppliers[supplier_id]
        n_trained = trained[supplier_id, session]
        for code, word, found, limit in (
            ("SUPPLIER_ASSISTANTS", "assistants", n_assistants, supplier.n_assistants),
            (
                "SUPPLIER_TRAINED",
                "trained assistants",
                n_trained,
                supplier.n_trained_assistants,
            ),
        ):
            if found > limit:
                findings.add(
                    code,
                    Where(session=session),
                    f"supplier {supplier_id} has {found} {word} aboard and has only {limit}.",
                    found=found,
                    limit=limit,
                    unit="assistants",
                )


def _check_area(case: Case, duty: Duty, supplier: Supplier, findings: Findings) -> None:
    """Check that every place of a supplier's routes lies in its area."""
    centre = case.places.get(supplier.area_centre_place_id or "")
    radius_m = supplier.area_radius_m
    if centre is None or radius_m is None:
        return
    for route in duty.routes:
        _check_route_area(case, duty, route, (supplier, centre.place_id, radius_m), findings)


def _check_route_area(
    case: Case,
    duty: Duty,
    route: Route,
    area: tuple[Supplier, str, int],
    findings: Findings,
) -> None:
    """Check the stops of one route against an area: supplier, centre and radius. [m]"""
    from math import isqrt

    supplier, centre_id, radius_m = area
    centre = case.places[centre_id]
    for position, stop in enumerate(route.stops):
        place = case.places.get(stop.place_id)
        if place is None:
            continue
        east_m = place.easting_m - centre.easting_m
        north_m = place.northing_m - centre.northing_m
        square_m2 = east_m**2 + north_m**2
        if square_m2 > radius_m**2:
            away_m = isqrt(square_m2 - 1) + 1
            findings.add(
                "AREA",
                route_where(duty, route).at_stop(position),
                f"place {stop.place_id} is {away_m} m from the centre of supplier "
                f"{supplier.supplier_id}, whose area reaches {radius_m} m.",
                found=away_m,
                limit=radius_m,
                unit="m",
            )


def _check_rate_card(
    case: Case, duty: Duty, supplier: Supplier, where: Where, findings: Findings
) -> None:
    """Check that a supplier's duty names a card that is its own, valid and covers the type."""
    if duty.rate_card_id is None:
        findings.add("RATE_CARD_MISSING", where, "a supplier's duty names no rate card.")
        return
    card = case.rate_cards.get(duty.rate_card_id)
    if card is None:
        findings.add("RATE_CARD_UNKNOWN", where, f"rate card {duty.rate_card_id} is not known.")
        return
    if card.supplier_id != supplier.supplier_id:
        findings.add(
            "RATE_CARD_SUPPLIER",
            where,
            f"rate card {card.rate_card_id} is {card.supplier_id}'s, not "
            f"{supplier.supplier_id}'s.",
        )
    if not card.valid_from <= case.on <= card.valid_to:
        edge = card.valid_from if case.on < card.valid_from else card.valid_to
        findings.add(
            "RATE_CARD_DATE",
            where,
            f"rate card {card.rate_card_id} is valid from {card.valid_from} to "
            f"{card.valid_to}, not on {case.on}.",
            found=case.on.toordinal(),
            limit=edge.toordinal(),
            unit="days",
        )
    for route in duty.routes:
        if not covers(card, duty.vehicle_type_id, route.session):
            findings.add(
                "RATE_CARD_TYPE",
                route_where(duty, route),
                f"rate card {card.rate_card_id} has no price for type "
                f"{duty.vehicle_type_id} in session {route.session}.",
            )


def covers(card: RateCard, vehicle_type_id: str, session: Session) -> bool:
    """Whether a rate card prices a route of a vehicle type in a session."""
    return any(
        rate.basis in RUN_BASES
        and rate.vehicle_type_id in (None, vehicle_type_id)
        and session in rate.sessions
        for rate in card.rates
    )
