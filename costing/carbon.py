"""Carbon: each duty's metres at its vehicle type's factor, shared by its routes."""

from __future__ import annotations

from collections import Counter, defaultdict

from costing.own_fleet import find_dead_runs
from costing.supplier_prices import find_dead_m
from data.carbon import ProviderCarbon, RouteCarbon
from data.errors import IdentityError, ModelError
from data.fleet import VehicleType
from data.inputs import Inputs
from data.money import OwnCosts
from data.plans import Plan, Timetable
from data.units import MM_PER_MILE, divide_half_up, split_pence

MG_M_PER_G_KM = 1_000_000
"""Metres times milligrams a kilometre, in a gram."""


def find_co2e_mg_per_km(vehicle_type: VehicleType, costs: OwnCosts) -> int:
    """Find a vehicle type's factor: of its fuel and of the electricity that it draws. [mg/km]

    Watt-hours a mile times grams a kilowatt-hour are milligrams a mile.
    """
    fuel_mg = 1_000 * vehicle_type.co2e_g_per_km
    if vehicle_type.electric is None:
        return fuel_mg
    mg_per_mile = vehicle_type.electric.energy_wh_per_mile * costs.electricity_co2e_g_per_kwh
    return fuel_mg + divide_half_up(mg_per_mile * 1_000_000, MM_PER_MILE)


def measure_carbon(plan: Plan, inputs: Inputs) -> tuple[RouteCarbon, ...]:
    """Measure what each route emits on a service day, in order of the plan's routes.

    A duty emits all its metres, loaded and empty, times its type's factor, rounded once to
    whole grams; its routes share that by their metres with the empty runs that go with them.

    Raises
    ------
    ModelError
        If a duty names a vehicle type that does not exist.
    IdentityError
        If routes do not have all the metres of their duty.
    """
    factors = {
        t.vehicle_type_id: find_co2e_mg_per_km(t, inputs.own_costs)
        for t in inputs.vehicle_types
    }
    found: list[RouteCarbon] = []
    for duty in plan.duties:
        if duty.vehicle_type_id not in factors:
            raise ModelError(
                f"duty {duty.duty_id!r} names vehicle type {duty.vehicle_type_id!r}, which "
                "does not exist"
            )
        dead_m = find_dead_m(duty)
        metres = [r.loaded_m + dead for r, dead in zip(duty.routes, dead_m, strict=True)]
        runs_m = sum(run.drive_m for gap in find_dead_runs(duty) for run in gap)
        if sum(dead_m) != runs_m:
            raise IdentityError(f"duty {duty.duty_id!r}: empty runs are not all on its routes")
        grams = divide_half_up(sum(metres) * factors[duty.vehicle_type_id], MG_M_PER_G_KM)
        shares = split_pence(grams, metres, [r.route_id for r in duty.routes])
        found += [
            RouteCarbon(
                duty_id=duty.duty_id,
                route_id=route.route_id,
                session=route.session,
                provider_id=duty.provider_id,
                vehicle_type_id=duty.vehicle_type_id,
                n_passengers=len(route.passenger_ids),
                loaded_m=route.loaded_m,
                total_m=total_m,
                co2e_g=share,
            )
            for route, total_m, share in zip(duty.routes, metres, shares, strict=True)
        ]
    return tuple(found)


def sum_carbon(
    plan: Plan, inputs: Inputs, timetable: Timetable | None = None
) -> tuple[ProviderCarbon, ...]:
    """Add up what each provider's routes emit on the day, and over the year's dates.

    Parameters
    ----------
    timetable
        Plans of all day types with their dates; None where one date was planned.
    """
    year: dict[str, int] = defaultdict(int)
    if timetable is not None:
        days = Counter(
            day_type_id
            for on, day_type_id in timetable.dates
            if inputs.year_from <= on <= inputs.year_to
        )
        for day_type_id, n_dates in days.items():
            for row in measure_carbon(timetable.plan_of(day_type_id), inputs):
                year[row.provider_id] += n_dates * row.co2e_g
    rows: dict[str, list[RouteCarbon]] = defaultdict(list)
    for row in measure_carbon(plan, inputs):
        rows[row.provider_id].append(row)
    return tuple(
        ProviderCarbon(
            provider_id=provider_id,
            n_routes=len(rows[provider_id]),
            n_passenger_journeys=sum(r.n_passengers for r in rows[provider_id]),
            total_m=sum(r.total_m for r in rows[provider_id]),
            co2e_g=sum(r.co2e_g for r in rows[provider_id]),
            year_co2e_g=year[provider_id] if timetable is not None else None,
        )
        for provider_id in sorted(rows.keys() | year.keys())
    )
