"""Random suppliers, vehicles, crews and locks around a draft: fifth part of the factory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, hypot

from data.fleet import (
    OWN_PROVIDER_ID,
    Crew,
    CrewRole,
    Supplier,
    SupplierVehicles,
    Vehicle,
)
from data.money import Rate, RateBasis, RateCard
from data.places import Depot, Session
from data.plans import Lock, LockKind
from tests.routing.plan_draft import Draft
from tests.routing.plan_people import BUS, TYPES
from tests.routing.plan_routes import DutyDraft, RouteDraft


@dataclass(kw_only=True)
class OwnCompany:
    """The own company, and the crew of each of its duties."""

    vehicles: list[Vehicle]
    crews: list[Crew]
    depots: list[Depot]
    crew_of: dict[str, tuple[str, ...]]


def build_suppliers(draft: Draft) -> tuple[Supplier, ...]:
    """Build suppliers with the vehicles and assistants that are out, and their area."""
    draw = draft.draw
    suppliers = []
    for which, base in enumerate(draft.bases):
        out = [d for d in draft.duties if d.provider_id == f"T{which}"]
        has_permit = any(d.kind is BUS for d in out) and draw.chance(40)
        needs_hire = any(d.kind is not BUS for d in out)
        centre = base or draft.depots[0]
        is_bounded = draw.chance(60)
        reach_m = _find_reach(draft, out, centre) + draw.slack(500)
        suppliers.append(
            Supplier(
                supplier_id=f"T{which}",
                name=f"Supplier {which}",
                vehicles=tuple(
                    SupplierVehicles(
                        vehicle_type_id=kind.vehicle_type_id,
                        n_vehicles=sum(d.kind is kind for d in out) + draw.slack(2),
                    )
                    for kind in TYPES
                ),
                base_place_id=base,
                area_centre_place_id=centre if is_bounded else None,
                area_radius_m=reach_m if is_bounded else None,
                has_private_hire_licence=needs_hire and (has_permit or draw.chance(70)),
                has_psv_licence=not has_permit,
                has_section_19_permit=has_permit,
                is_for_profit=not has_permit,
                n_assistants=_find_most_out(out, "n_assistants") + draw.slack(2),
                n_trained_assistants=_find_most_out(out, "n_trained") + draw.slack(2),
            )
        )
    return tuple(suppliers)


def _find_reach(draft: Draft, duties: list[DutyDraft], centre: str) -> int:
    """Distance of the furthest stop from a centre, rounded up. [m]"""
    x0, y0 = draft.world.points[centre]
    places = {s.place_id for d in duties for r in d.routes for s in r.stops}
    points = [draft.world.points[place_id] for place_id in places]
    return max((ceil(hypot(x - x0, y - y0)) for x, y in points), default=100)


def _find_most_out(duties: list[DutyDraft], name: str) -> int:
    """Most assistants of a kind out in one session."""
    routes = [route for duty in duties for route in duty.routes]
    return max(sum(getattr(r, name) for r in routes if r.session is s) for s in Session)


def build_rate_cards(draft: Draft) -> tuple[RateCard, ...]:
    """Build a card for each supplier, valid on the date: some with day rates for a pair."""
    draw = draft.draw
    day_sessions = frozenset({Session.AM, Session.PM})
    cards = []
    for which in range(len(draft.bases)):
        rates = [
            Rate(basis=RateBasis.FIXED, amount_mpence=2_000_000),
            Rate(basis=RateBasis.ASSISTANT, amount_mpence=1_500_000),
        ]
        if draw.chance(50):
            pair = Rate(
                basis=RateBasis.DAY_PAIR,
                amount_mpence=9_000_000,
                sessions=day_sessions,
                to_m=20_000,
            )
            rates = [
                pair,
                *(
                    Rate(
                        basis=RateBasis.LOADED_MILE,
                        amount_mpence=250_000,
                        vehicle_type_id=kind.vehicle_type_id,
                    )
                    for kind in TYPES
                ),
            ]
        cards.append(
            RateCard(
                rate_card_id=f"R-T{which}",
                supplier_id=f"T{which}",
                valid_from=draft.on - timedelta(days=draw.slack(300)),
                valid_to=draft.on + timedelta(days=draw.slack(300)),
                rates=tuple(rates),
            )
        )
    return tuple(cards)


def build_own_company(draft: Draft) -> OwnCompany:
    """Build vehicles, crews and depots as the own duties need them."""
    draw = draft.draw
    own = OwnCompany(vehicles=[], crews=[], depots=[], crew_of={})
    for place_id in draft.depots:
        duties = [
            d for d in draft.duties if d.provider_id == OWN_PROVIDER_ID and d.base == place_id
        ]
        spans = [duty.span for duty in duties] or [(8 * 3600, 9 * 3600)]
        own.depots.append(
            Depot(
                depot_id=f"depot-{place_id}",
                name="Depot",
                place_id=place_id,
                opens_s=min(start for start, _ in spans) - draw.slack(600),
                closes_s=max(end for _, end in spans) + draw.slack(600),
            )
        )
        for duty in duties:
            _add_own_duty(draft, own, duty, f"depot-{place_id}")
    return own


def _add_own_duty(draft: Draft, own: OwnCompany, duty: DutyDraft, depot_id: str) -> None:
    """Add the vehicle and crew of one own duty."""
    draw = draft.draw
    start_s, end_s = duty.span
    own.vehicles.append(
        Vehicle(
            vehicle_id=f"V-{duty.duty_id}",
            vehicle_type_id=duty.kind.vehicle_type_id,
            depot_id=depot_id,
        )
    )
    is_large = duty.kind is BUS
    hours = {"from_s": start_s - draw.slack(600), "to_s": end_s + draw.slack(600)}
    crew = [
        Crew(
            crew_id=f"C-{duty.duty_id}",
            role=CrewRole.DRIVER,
            depot_id=depot_id,
            has_d1=is_large or draw.chance(30),
            has_cpc=is_large or draw.chance(30),
            **hours,
        )
    ]
    n_trained = max(_count_trained_crew(route) for route in duty.routes)
    n_helpers = max(route.n_assistants - len(route.names) for route in duty.routes)
    for number in range(max(n_helpers, n_trained)):
        crew.append(
            Crew(
                crew_id=f"A-{duty.duty_id}-{number}",
                role=CrewRole.ASSISTANT,
                depot_id=depot_id,
                is_medically_trained=number < n_trained,
                **hours,
            )
        )
    own.crews += crew
    own.crew_of[duty.duty_id] = tuple(member.crew_id for member in crew)


def _count_trained_crew(route: RouteDraft) -> int:
    """Trained assistants of the crew: all but the passengers' own named ones."""
    named = {p.assistant_id for p in route.people if p.is_trained and p.assistant_id}
    return route.n_trained - len(named)


def build_locks(draft: Draft) -> tuple[Lock, ...]:
    """Draw locks that the plan happens to respect."""
    draw = draft.draw
    locks = []
    routes = [(duty, route) for duty in draft.duties for route in duty.routes]
    for number in range(draw.between(0, 4)):
        duty, route = draw.pick(routes)
        kind = draw.pick(tuple(LockKind))
        person = draw.pick(route.people)
        pairs = [(person, "T9")]
        if kind is LockKind.PASSENGER_ON_ROUTE:
            pairs = [(p, f"label-{route.route_id}") for p in route.people]
        elif kind is LockKind.PASSENGER_ON_SUPPLIER:
            pairs = [(person, duty.provider_id)]
        locks += [
            Lock(
                lock_id=f"L{number}-{i}",
                kind=kind,
                passenger_id=who.person_id,
                target_id=target,
                session=route.session,
            )
            for i, (who, target) in enumerate(pairs)
        ]
    return tuple(locks)
