"""The made-up own company: vehicle types, vehicles, crews and what they cost."""

from __future__ import annotations

from collections.abc import Sequence

from data.fleet import Crew, CrewRole, Layout, Vehicle, VehicleType
from data.money import Assumption, OwnCosts, OwnTypeCost, PayRate

CAR = "car4"
WAV_CAR = "wav4"
MPV = "mpv6"
MINIBUS_8 = "minibus8"
WAV_8 = "wav8"
MINIBUS_16 = "minibus16"
MINIBUS_16_LIFT = "minibus16-lift"
MIDIBUS_22 = "midibus22"
COACH_49 = "coach49"


def _type(
    type_id: str,
    name: str,
    layouts: Sequence[tuple[int, int]],
    *,
    seats: int,
    lift: bool,
    co2e: int,
) -> VehicleType:
    """Build a vehicle type whose places before adaptation are its seats and the driver's."""
    return VehicleType(
        vehicle_type_id=type_id,
        name=name,
        layouts=tuple(Layout(n_seats=s, n_wheelchair_spaces=w) for s, w in layouts),
        has_lift=lift,
        n_passenger_seats=seats,
        n_places_before_adaptation=seats + 1,
        co2e_g_per_km=co2e,
    )


def build_vehicle_types() -> tuple[VehicleType, ...]:
    """Build the vehicle types; layouts and emissions are assumed (grade C)."""
    return (
        _type(CAR, "Car, 4 seats", [(4, 0)], seats=4, lift=False, co2e=170),
        _type(WAV_CAR, "Accessible taxi", [(4, 0), (2, 1)], seats=4, lift=True, co2e=200),
        _type(MPV, "People carrier, 6 seats", [(6, 0)], seats=6, lift=False, co2e=200),
        _type(MINIBUS_8, "Minibus, 8 seats", [(8, 0)], seats=8, lift=False, co2e=240),
        _type(
            WAV_8,
            "Accessible minibus, 8 seats",
            [(8, 0), (6, 1), (4, 2)],
            seats=8,
            lift=True,
            co2e=250,
        ),
        _type(MINIBUS_16, "Minibus, 16 seats", [(16, 0)], seats=16, lift=False, co2e=320),
        _type(
            MINIBUS_16_LIFT,
            "Minibus, 16 seats, with lift",
            [(15, 0), (12, 1), (9, 2), (6, 3), (3, 4)],
            seats=16,
            lift=True,
            co2e=340,
        ),
        _type(MIDIBUS_22, "Midibus, 22 seats", [(22, 0)], seats=22, lift=False, co2e=480),
        _type(COACH_49, "Coach, 49 seats", [(49, 0)], seats=49, lift=False, co2e=820),
    )


OWN_MIX_BP = (
    (MINIBUS_16_LIFT, 5_600),
    (WAV_8, 2_000),
    (MINIBUS_16, 1_400),
    (CAR, 1_000),
)
"""Own vehicles by type. [0.01 %]"""


def split_count(total: int, shares: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Split a count by shares so that the parts add up (largest remainder)."""
    whole = sum(share for _, share in shares)
    parts = {key: total * share // whole for key, share in shares}
    order = sorted(shares, key=lambda row: (-(total * row[1] % whole), row[0]))
    for key, _ in order[: total - sum(parts.values())]:
        parts[key] += 1
    return parts


def build_vehicles(n_vehicles: int, depot_ids: Sequence[str]) -> tuple[Vehicle, ...]:
    """Build the own vehicles, spread evenly over the depots type by type."""
    kinds = [kind for kind, n in split_count(n_vehicles, OWN_MIX_BP).items() for _ in range(n)]
    return tuple(
        Vehicle(
            vehicle_id=f"V{i + 1:03d}",
            vehicle_type_id=kind,
            depot_id=depot_ids[i % len(depot_ids)],
        )
        for i, kind in enumerate(kinds)
    )


def build_crews(vehicles: Sequence[Vehicle], depot_ids: Sequence[str]) -> tuple[Crew, ...]:
    """Build drivers and assistants for the vehicles, depot by depot.

    One driver in six has no D1; every depot has at least as many drivers with D1 and CPC as
    vehicles of nine or more seats, one driver more than vehicles, and 1.4 assistants a vehicle
    of whom one in five is medically trained. One driver in eight starts late and ends early.
    """
    crews: list[Crew] = []
    n_drivers = n_assistants = 0
    for depot_id in depot_ids:
        here = [v for v in vehicles if v.depot_id == depot_id]
        n_large = sum(v.vehicle_type_id in (MINIBUS_16, MINIBUS_16_LIFT) for v in here)
        wanted = len(here) + max(1, len(here) // 10)
        n_without = min(max(1, wanted // 6), wanted - n_large)
        for i in range(wanted):
            n_drivers += 1
            is_licensed = i < wanted - n_without
            is_short = n_drivers % 8 == 0
            crews.append(
                Crew(
                    crew_id=f"DR{n_drivers:03d}",
                    role=CrewRole.DRIVER,
                    depot_id=depot_id,
                    has_d1=is_licensed,
                    has_cpc=is_licensed,
                    from_s=(6 * 60 + (30 if is_short else 0)) * 60,
                    to_s=(17 * 60 + 30) * 60 if is_short else 18 * 3600 + 1800,
                )
            )
        for i in range(max(2, (len(here) * 14 + 9) // 10)):
            n_assistants += 1
            crews.append(
                Crew(
                    crew_id=f"AS{n_assistants:03d}",
                    role=CrewRole.ASSISTANT,
                    depot_id=depot_id,
                    is_medically_trained=i % 5 == 0,
                    from_s=6 * 3600,
                    to_s=18 * 3600 + 1800,
                )
            )
    return tuple(crews)


# Vehicle type, running in pence a mile, purchase in pounds, life in years.
_TYPE_COSTS = (
    (CAR, 25, 22_000, 7),
    (WAV_8, 35, 45_000, 8),
    (MINIBUS_16, 45, 55_000, 10),
    (MINIBUS_16_LIFT, 45, 79_000, 10),
)

STANDING_PENCE_PER_YEAR = 450_000
"""Insurance, tax, tracking, compliance: 4,500 pounds a vehicle and year, grade C."""


def build_own_costs() -> OwnCosts:
    """Build the own company's cost parameters (formulas F1, F2).

    22.5 worked hours a week in 39 weeks, NJC pay points of 2025/26.
    """
    worked_minutes = 52_650  # 22.5 h x 39 weeks
    return OwnCosts(
        types=tuple(
            OwnTypeCost(
                vehicle_type_id=type_id,
                running_mpence=running * 1_000,
                vehicle_pence_per_year=purchase * 100 // years,
                standing_pence_per_year=STANDING_PENCE_PER_YEAR,
            )
            for type_id, running, purchase, years in _TYPE_COSTS
        ),
        driver=PayRate(pay_mpence_per_hour=1_347_000, worked_minutes_per_year=worked_minutes),
        assistant=PayRate(
            pay_mpence_per_hour=1_305_000, worked_minutes_per_year=worked_minutes
        ),
        trained_assistant_extra_mpence_per_hour=60_000,
        days_per_year=253,  # dates with any service: adult days, school days among them
    )


def build_company_assumptions() -> tuple[Assumption, ...]:
    """List what the own company's figures stand on."""
    rows = [
        ("driver_pay", "13.47", "pounds an hour", "2025/26", "NJC scale, SCP 6", "A"),
        ("assistant_pay", "13.05", "pounds an hour", "2025/26", "NJC scale, SCP 4", "A"),
        ("trained_extra", "0.60", "pounds an hour", "2026", "working assumption", "C"),
        ("leave", "16", "% on worked hours", "2026", "28 days and bank holidays", "C"),
        ("pension", "20", "% of pay", "2026-29", "fund valuations, range 15 to 29.4", "C"),
        ("levy", "0.5", "% of pay", "2025-26", "HMRC apprenticeship levy", "A"),
        ("employer_ni", "15", "% above 5,000 a year", "2025-26", "HMRC", "A"),
        ("cover", "6", "% of paid hours", "2026", "sickness and training", "C"),
        ("min_paid", "2.25", "hours a piece of work", "2026", "split shift", "C"),
        ("overhead", "12", "% of direct cost", "2026", "company ledger needed", "C"),
        ("standing", "4,500", "pounds a vehicle and year", "2026", "range 3,000-8,000", "C"),
        ("minibus_running", "0.45", "pounds a mile", "2026", "range 0.30-0.65", "C"),
        ("small_running", "0.25 car, 0.35 WAV", "pounds a mile", "2026", "scaled", "C"),
        (
            "minibus_lift_purchase",
            "79,000 over 10 years",
            "pounds",
            "2024-25",
            "Rutland, Rotherham: 65,000-93,000",
            "B",
        ),
        (
            "other_purchase",
            "minibus 55,000 over 10 years, WAV 45,000 over 8, car 22,000 over 7",
            "pounds",
            "2026",
            "working assumption",
            "C",
        ),
        ("vehicle_days", "253", "days a year", "2026", "dates with any service", "C"),
        ("fleet", "30", "own vehicles in southend", "2026", "size and mix made up", "C"),
    ]
    return tuple(
        Assumption(name=f"own.{n}", value=v, unit=u, year=y, source=s, grade=g)
        for n, v, u, y, s, g in rows
    )
