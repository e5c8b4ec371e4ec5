"""Generator of good plans: random inputs, built backwards so that a random plan obeys them.

Routes are drawn first and timed from the matrix; windows, limits, hours, areas and numbers of
vehicles are then set around them, in half of all draws without any slack. Shares no code with
the checker. Covers own and supplier duties, all sessions, mixed sites with waiting, pick-up
points, chained routes, named assistants, siblings, two homes, two layouts, day pairs, locks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from data.demand import find_day_type
from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.money import CostBasis, CostLine, OwnCosts, PayRate
from data.networks import TravelMatrix
from data.places import PickUpPoint, Session
from data.plans import Duty, Plan, Route, Unserved
from tests.routing.plan_draft import Draft
from tests.routing.plan_fleet import (
    OwnCompany,
    build_locks,
    build_own_company,
    build_rate_cards,
    build_suppliers,
)
from tests.routing.plan_inputs import (
    build_calendars,
    build_demands,
    build_homes,
    build_passengers,
    build_policy,
    build_sites,
    build_unserved,
)
from tests.routing.plan_people import TYPES
from tests.routing.plan_routes import RouteDraft

PAY = PayRate(pay_mpence_per_hour=1_300_000, worked_minutes_per_year=60_000)


@dataclass(frozen=True, kw_only=True)
class GoodCase:
    """A good plan with all it is judged against, and what the factory knows of it."""

    seed: int
    plan: Plan
    inputs: Inputs
    matrix: TravelMatrix
    lines: tuple[CostLine, ...]
    rides: tuple[RideFact, ...]
    duties: tuple[DutyFact, ...]


@dataclass(frozen=True, kw_only=True)
class RideFact:
    """A ride as the factory timed it; `alights_s` on the way home only. [s]"""

    passenger_id: str
    session: Session
    route_id: str
    ride_s: int
    direct_s: int
    alights_s: int | None


@dataclass(frozen=True, kw_only=True)
class DutyFact:
    """A duty as the factory timed it. [s]"""

    duty_id: str
    driving_s: int
    stretch_s: int
    start_s: int
    end_s: int


def build_good_case(seed: int) -> GoodCase:
    """Build one good plan; equal seeds give equal cases."""
    draft = Draft(seed)
    policy = build_policy(draft)
    unserved = build_unserved(draft)
    sites = build_sites(draft)
    own = build_own_company(draft)
    passengers = build_passengers(draft)
    inputs = Inputs(
        place="factory",
        title="Made by the plan factory",
        service_date=draft.on,
        year_from=draft.on - timedelta(days=3),
        year_to=draft.on + timedelta(days=3),
        places=draft.world.build_places(),
        passengers=passengers,
        homes=build_homes(draft),
        demands=build_demands(draft, unserved),
        sites=sites,
        calendars=build_calendars(draft),
        depots=tuple(own.depots),
        vehicle_types=TYPES,
        vehicles=tuple(own.vehicles),
        crews=tuple(own.crews),
        suppliers=build_suppliers(draft),
        rate_cards=build_rate_cards(draft),
        own_costs=OwnCosts(types=(), driver=PAY, assistant=PAY, split_gap_s=draft.split_gap_s),
        policy=policy,
        pick_up_points=tuple(
            PickUpPoint(pick_up_point_id=f"U-{place}", name=place, place_id=place)
            for place in draft.points
        ),
        locks=build_locks(draft),
    )
    plan = _build_plan(draft, inputs, unserved, own)
    lines = _build_lines(draft, plan)
    cost_pence = sum(x.amount_pence for x in lines if x.basis in _IN_COST)
    full_pence = cost_pence + sum(x.amount_pence for x in lines if x.basis is CostBasis.FIXED)
    plan = replace(
        plan,
        cost_pence=cost_pence,
        full_cost_pence=full_pence,
        bound_pence=cost_pence - draft.draw.slack(100),
    )
    return GoodCase(
        seed=seed,
        plan=plan,
        inputs=inputs,
        matrix=draft.world.build_matrix(),
        lines=lines,
        rides=tuple(
            RideFact(
                passenger_id=person.person_id,
                session=session,
                route_id=route_id,
                ride_s=ride_s,
                direct_s=direct_s,
                alights_s=person.alights.get(session),
            )
            for person in draft.people
            for session, route_id, ride_s, direct_s in person.rides
        ),
        duties=tuple(
            DutyFact(
                duty_id=duty.duty_id,
                driving_s=duty.driving_s,
                stretch_s=duty.stretch_s,
                start_s=duty.span[0],
                end_s=duty.span[1],
            )
            for duty in draft.duties
        ),
    )


_IN_COST = (CostBasis.CONTRACT, CostBasis.AVOIDABLE)


def _build_plan(
    draft: Draft, inputs: Inputs, unserved: list[Unserved], own: OwnCompany
) -> Plan:
    """Freeze the duties and make a plan of them."""
    day_type = find_day_type(inputs, draft.on)
    if day_type is None:
        raise AssertionError("the factory's date is open")
    duties = []
    for duty in draft.duties:
        is_own = duty.provider_id == OWN_PROVIDER_ID
        duties.append(
            Duty(
                duty_id=duty.duty_id,
                provider_id=duty.provider_id,
                vehicle_type_id=duty.kind.vehicle_type_id,
                routes=tuple(_freeze_route(route) for route in duty.routes),
                dead_runs=tuple(duty.runs),
                base_place_id=duty.base,
                vehicle_id=f"V-{duty.duty_id}" if is_own else None,
                crew_ids=own.crew_of.get(duty.duty_id, ()),
                rate_card_id=None if is_own else f"R-{duty.provider_id}",
            )
        )
    return Plan(
        plan_id=f"plan-{draft.seed}",
        place="factory",
        day_type=day_type,
        service_date=draft.on if draft.draw.chance(70) else None,
        duties=tuple(duties),
        unserved=tuple(unserved),
    )


def _freeze_route(route: RouteDraft) -> Route:
    """Freeze a route."""
    return Route(
        route_id=route.route_id,
        session=route.session,
        stops=route.stops,
        layout=route.layout,
        n_assistants=route.n_assistants,
        n_trained_assistants=route.n_trained,
        assistant_ids=route.names,
    )


def _build_lines(draft: Draft, plan: Plan) -> tuple[CostLine, ...]:
    """Invent cost lines for every duty; only their sums and owners matter to a checker."""
    draw = draft.draw
    lines = []
    for duty in plan.duties:
        is_own = duty.provider_id == OWN_PROVIDER_ID
        bases = (
            (CostBasis.AVOIDABLE, CostBasis.FIXED)
            if is_own
            else (CostBasis.CONTRACT, CostBasis.RECOVERABLE_VAT)
        )
        for number, basis in enumerate(bases):
            route_ids = tuple(route.route_id for route in duty.routes)
            has_route = draw.chance(50)
            lines.append(
                CostLine(
                    plan_id=plan.plan_id,
                    duty_id=duty.duty_id,
                    route_id=draw.pick(route_ids) if has_route else None,
                    provider_id=duty.provider_id,
                    basis=basis,
                    item="fixed" if number == 0 else "other",
                    quantity=1,
                    unit="route",
                    rate_mpence=1_000,
                    amount_pence=draw.between(1, 20_000),
                    shared_by=() if has_route else route_ids,
                )
            )
    return tuple(lines)
