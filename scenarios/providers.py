"""Who should run what: fixed routes exactly, and routes planned anew for each size of fleet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from costing import (
    build_demand,
    measure_carbon,
    measure_hours,
    solve_providers,
    trace_frontier,
    value_spare,
    value_vehicles,
)
from data.choices import (
    CostHorizon,
    FleetPoint,
    JointPoint,
    ProviderRules,
    ProviderStudy,
)
from data.demand import find_day_type, find_day_types
from data.errors import ModelError
from data.fleet import OWN_PROVIDER_ID, Crew, Vehicle
from data.inputs import Inputs, fingerprint
from data.money import Rate, RateCard
from data.networks import TravelMatrix
from data.plans import Plan
from data.runs import RunRecord
from data.units import divide_half_up
from data.versions import find_code_version
from scenarios.case import Search, price_exactly, solve_case

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class JointStep:
    """One way to ask the search for more or less self-delivery.

    Attributes
    ----------
    fleet_bp
        Own vehicles and crews, of those there are. [0.01 %]
    push_bp
        What the search adds to suppliers' rates, so that it keeps more; the plan is priced
        without it. [0.01 %]
    """

    fleet_bp: int
    push_bp: int = 0


JOINT_STEPS = (
    JointStep(fleet_bp=0),
    JointStep(fleet_bp=5_000),
    JointStep(fleet_bp=10_000),
    JointStep(fleet_bp=15_000),
    JointStep(fleet_bp=20_000, push_bp=5_000),
    JointStep(fleet_bp=30_000, push_bp=30_000),
)
"""From nothing of our own to nearly everything."""


def study_providers(
    run: RunRecord,
    inputs: Inputs,
    matrix: TravelMatrix,
    rules: ProviderRules,
    *,
    created_utc: datetime,
    step_bp: int = 1_000,
    fleet_changes: Sequence[int] = (),
    joint: Sequence[JointStep] = (),
    search: Search | None = None,
    seconds: int = 300,
    seed: int = 1,
    margin_bp: int = 1_500,
    sold_bp: int = 5_000,
    progress: Callable[[str], None] = lambda text: None,
) -> ProviderStudy:
    """Study who should run what on the routes of a kept run, and on routes planned anew.

    Parameters
    ----------
    fleet_changes
        Own vehicles more or fewer of the commonest type, for the value of one more.
    joint
        Fleets for which routes are planned anew, with `search`; none for fixed routes alone.
    seconds
        For all choices on fixed routes together; what is not proven then is given with the
        least that it could be. Programs are built and relaxed whatever that takes. [s]
    margin_bp, sold_bp
        Margin on, and share sold of, hours between the peaks. [0.01 %]

    Raises
    ------
    ModelError
        If the inputs are not those of the run.
    """
    if fingerprint(inputs) != run.inputs_hash:
        raise ModelError(f"run {run.run_id} was made from other inputs")
    on = run.plan.service_date or inputs.service_date
    demand = build_demand(run.plan, inputs, matrix, on)
    # A fifth of the time for each horizon, most of the rest for the frontier.
    best = {}
    for horizon in CostHorizon:
        progress(f"least cost in the {horizon.replace('_', ' ')}")
        best[horizon] = solve_providers(
            demand, replace(rules, horizon=horizon), seconds=max(1, seconds // 5), seed=seed
        )
    progress("the frontier of self-delivery")
    frontier = trace_frontier(
        demand,
        replace(rules, horizon=CostHorizon.LONG_RUN),
        best=best[CostHorizon.LONG_RUN],
        step_bp=step_bp,
        seconds=max(1, 2 * seconds // 5),
        seed=seed,
    )
    fleet: tuple[FleetPoint, ...] = ()
    type_id = _find_commonest(inputs)
    if fleet_changes and type_id:
        progress("what one more vehicle saves")
        fleet = value_vehicles(
            demand,
            rules,
            type_id,
            sorted({0, *fleet_changes}),
            start=best[CostHorizon.SHORT_RUN],
            seconds=max(1, seconds // 5),
            seed=seed,
        )
    points = []
    for step in joint:
        progress(f"routes planned anew with {step.fleet_bp // 100} % of the fleet")
        points.append(plan_jointly(inputs, matrix, step, search or Search(only=on)))
    n_days = count_like_days(inputs, run.plan)
    made = fingerprint((run.run_id, rules, created_utc, frontier, fleet, tuple(points)))
    return ProviderStudy(
        study_id=f"{run.place}-providers-{created_utc:%Y%m%dT%H%M%SZ}-{made[:8]}",
        place=run.place,
        run_id=run.run_id,
        inputs_hash=run.inputs_hash,
        created_utc=created_utc,
        code_version=find_code_version(),
        title=run.title,
        priced_on=on.isoformat(),
        n_days=n_days,
        planned_pence=run.plan.cost_pence or 0,
        best=tuple(found.choice for found in best.values()),
        frontier=frontier,
        fleet=fleet,
        joint=tuple(points),
        hours=measure_hours(run.plan, inputs),
        spare=value_spare(
            run.plan, inputs, n_days=n_days, margin_bp=margin_bp, sold_bp=sold_bp
        ),
        is_synthetic=run.is_synthetic,
        flags=run.plan.flags,
    )


def _find_commonest(inputs: Inputs) -> str:
    """Find the own vehicle type of which there are most."""
    types = [v.vehicle_type_id for v in inputs.vehicles]
    return min(types, key=lambda t: (-types.count(t), t), default="")


def count_like_days(inputs: Inputs, plan: Plan) -> int:
    """Count the dates of the year on which the same calendars are open as on the plan's day."""
    day_types, dates = find_day_types(inputs)
    like = {
        t.day_type_id
        for t in day_types
        if t.open_calendar_ids == plan.day_type.open_calendar_ids
    }
    return sum(day_type_id in like for day_type_id in dates.values())


def plan_jointly(
    inputs: Inputs, matrix: TravelMatrix, step: JointStep, search: Search
) -> JointPoint:
    """Plan routes anew for a size of the own fleet; the search sees everybody's prices.

    Raises
    ------
    ModelError
        If nobody at all can carry anybody.
    """
    fleet = scale_fleet(inputs, step.fleet_bp)
    seen = replace(
        fleet, rate_cards=tuple(_push_card(card, step.push_bp) for card in inputs.rate_cards)
    )
    on = search.only or inputs.service_date
    if find_day_type(inputs, on) is None:
        raise ModelError(f"no site is open on {on.isoformat()}")
    result = solve_case(replace(seen, current_routes=()), matrix, replace(search, only=on))
    plan, _, _ = price_exactly(result.plan, fleet, on)
    own = [d for d in plan.duties if d.provider_id == OWN_PROVIDER_ID]
    n_own = sum(len(r.passenger_ids) for d in own for r in d.routes)
    n_all = sum(len(r.passenger_ids) for r in plan.routes)
    return JointPoint(
        fleet_bp=step.fleet_bp,
        n_vehicles=len(fleet.vehicles),
        n_out=len(own),
        own_bp=n_own * 10_000 // max(1, n_all),
        n_routes=len(plan.routes),
        n_unserved=len({u.passenger_id for u in plan.unserved}),
        n_violations=result.n_violations,
        paid_pence=plan.cost_pence or 0,
        full_pence=plan.full_cost_pence or 0,
        co2e_g=sum(row.co2e_g for row in measure_carbon(plan, inputs)),
    )


def scale_fleet(inputs: Inputs, fleet_bp: int) -> Inputs:
    """Scale own vehicles and crews, each kind at each depot alike, rounded half up."""

    def more_of(vehicle: Vehicle, n: int) -> Vehicle:
        return replace(vehicle, vehicle_id=f"{vehicle.vehicle_id}-more{n}")

    def more_like(crew: Crew, n: int) -> Crew:
        return replace(crew, crew_id=f"{crew.crew_id}-more{n}")

    return replace(
        inputs,
        vehicles=_scale(
            inputs.vehicles, lambda v: (v.vehicle_type_id, v.depot_id), more_of, fleet_bp
        ),
        crews=_scale(inputs.crews, lambda c: replace(c, crew_id=""), more_like, fleet_bp),
    )


def _scale(
    items: Sequence[T],
    find_kind: Callable[[T], Hashable],
    repeat: Callable[[T, int], T],
    share_bp: int,
) -> tuple[T, ...]:
    """Keep the first of each kind, or repeat them."""
    kinds: dict[Hashable, list[T]] = {}
    for item in items:
        kinds.setdefault(find_kind(item), []).append(item)
    made: list[T] = []
    for held in kinds.values():
        for i in range(divide_half_up(len(held) * share_bp, 10_000)):
            n, at = divmod(i, len(held))
            made.append(repeat(held[at], n) if n else held[at])
    return tuple(made)


def _push_card(card: RateCard, push_bp: int) -> RateCard:
    """Raise every rate of a card for the search to see."""
    if push_bp == 0:
        return card

    def raised(rate: Rate) -> Rate:
        amount = divide_half_up(rate.amount_mpence * (10_000 + push_bp), 10_000)
        return replace(rate, amount_mpence=amount)

    return replace(card, rates=tuple(raised(rate) for rate in card.rates))
