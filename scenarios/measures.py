"""What people compare: counts, miles, money and ride times of a checked, priced plan."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.money import CostBasis, CostLine
from data.plans import Duty, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMeasures:
    """One provider's part of a service day.

    Attributes
    ----------
    cost_pence
        Own company at avoidable cost, suppliers at contract price, net of recoverable VAT.
    full_cost_pence
        The same with the own company's fixed cost.
    year_pence
        Sum over the calendar's dates of the plan that runs, on the basis of ``cost_pence``.
    """

    provider_id: str
    name: str
    n_passenger_journeys: int
    n_routes: int
    n_duties: int
    loaded_m: int
    dead_m: int
    cost_pence: int
    full_cost_pence: int
    year_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RideMeasures:
    """Ride times against the guide of a phase (TIME-1), in journeys.

    Attributes
    ----------
    guide_s, worst_s, median_s
        [s]
    """

    phase: str
    guide_s: int
    n_journeys: int
    n_over_guide: int
    median_s: int
    worst_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The figures of one service day, and its year.

    Attributes
    ----------
    n_passengers
        Entitled to travel that day; ``n_carried`` of them in every session they travel in.
    n_unserved
        Passengers with at least one session unserved.
    """

    n_passengers: int
    n_carried: int
    n_unserved: int
    n_routes: int
    n_duties: int
    n_own_vehicles: int
    loaded_m: int
    dead_m: int
    cost_pence: int
    full_cost_pence: int
    year_pence: int
    year_full_pence: int
    bound_pence: int | None
    providers: tuple[ProviderMeasures, ...]
    rides: tuple[RideMeasures, ...]


def measure_plan(
    plan: Plan,
    inputs: Inputs,
    lines: tuple[CostLine, ...],
    rides: tuple[RideMeasures, ...],
    year_pence: dict[str, int],
    year_full_pence: int,
) -> Measures:
    """Measure a priced plan.

    Parameters
    ----------
    lines
        Exact cost lines of the plan.
    rides
        Ride times as the checker found them.
    year_pence
        Cost of the year per provider. [pence]
    year_full_pence
        Cost of the year with the own company's fixed cost. [pence]
    """
    names = {s.supplier_id: s.name for s in inputs.suppliers} | {OWN_PROVIDER_ID: "Own company"}
    duties: dict[str, list[Duty]] = defaultdict(list)
    for duty in plan.duties:
        duties[duty.provider_id].append(duty)
    cost: dict[str, int] = defaultdict(int)
    full: dict[str, int] = defaultdict(int)
    for line in lines:
        if line.basis in (CostBasis.CONTRACT, CostBasis.AVOIDABLE):
            cost[line.provider_id] += line.amount_pence
        if line.basis in (CostBasis.CONTRACT, CostBasis.AVOIDABLE, CostBasis.FIXED):
            full[line.provider_id] += line.amount_pence
    providers = tuple(
        ProviderMeasures(
            provider_id=provider_id,
            name=names.get(provider_id, provider_id),
            n_passenger_journeys=sum(
                len(r.passenger_ids) for d in duties[provider_id] for r in d.routes
            ),
            n_routes=sum(len(d.routes) for d in duties[provider_id]),
            n_duties=len(duties[provider_id]),
            loaded_m=sum(r.loaded_m for d in duties[provider_id] for r in d.routes),
            dead_m=sum(run.drive_m for d in duties[provider_id] for run in d.dead_runs),
            cost_pence=cost[provider_id],
            full_cost_pence=full[provider_id],
            year_pence=year_pence.get(provider_id, 0),
        )
        for provider_id in sorted({*duties, *full, *year_pence})
    )
    aboard = {p for route in plan.routes for p in route.passenger_ids}
    unserved = {u.passenger_id for u in plan.unserved}
    return Measures(
        n_passengers=len(aboard | unserved),
        n_carried=len(aboard - unserved),
        n_unserved=len(unserved),
        n_routes=len(plan.routes),
        n_duties=len(plan.duties),
        n_own_vehicles=len({d.vehicle_id for d in duties[OWN_PROVIDER_ID]}),
        loaded_m=sum(p.loaded_m for p in providers),
        dead_m=sum(p.dead_m for p in providers),
        cost_pence=sum(cost.values()),
        full_cost_pence=sum(full.values()),
        year_pence=sum(year_pence.values()),
        year_full_pence=year_full_pence,
        bound_pence=plan.bound_pence,
        providers=providers,
        rides=rides,
    )
