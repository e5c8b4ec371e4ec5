"""Made-up books of the made-up own company: a year's ledger and its records, labelled so.

The ledger follows the company's cost parameters with seeded noise, so that allocation has
something to find: hours paid beyond the work, vehicles that stand idle, miles to the garage.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np

from data.accounts import (
    Accounts,
    Activity,
    CostCentre,
    CrewRecord,
    EntryKind,
    LedgerLine,
    LedgerTotal,
    VehicleRecord,
    WorkRecord,
    name_accounts,
)
from data.fleet import CrewRole, Vehicle
from data.inputs import Inputs
from data.units import divide_half_up, split_pence
from data.versions import find_code_version

SEND, ADULT, OTHER, HIRE = "SEND", "ADULT", "COUNCIL-B", "HIRE"
"""Customers: school transport, adult services, another council, hire between the peaks."""

N_SCHOOL_DAYS, N_DAYS = 190, 253

DRIVER_HOUR_PENCE, ASSISTANT_HOUR_PENCE = 2_032, 1_966
"""Loaded hours of a driver on SCP 6 and an assistant on SCP 4, 2025/26 (formula F1)."""

CENTRES = (
    ("CC10", "Drivers", Activity.CREW, CrewRole.DRIVER, 7_000, 10_000),
    ("CC11", "Passenger assistants", Activity.CREW, CrewRole.ASSISTANT, 8_000, 10_000),
    ("CC20", "Vehicle leases and purchase", Activity.VEHICLE, None, 0, 10_000),
    ("CC21", "Insurance, tax, tracking", Activity.VEHICLE, None, 1_000, 10_000),
    ("CC30", "Fuel, tyres, servicing", Activity.MILES, None, 10_000, 10_000),
    ("CC40", "Depot", Activity.SITE, None, 0, 3_000),
    ("CC50", "Scheduling and supervision", Activity.CENTRAL, None, 0, 5_000),
    ("CC60", "Finance, IT, personnel recharge", Activity.OVERHEAD, None, 0, 2_000),
)


def build_sample_accounts(inputs: Inputs, *, created_utc: datetime, seed: int = 1) -> Accounts:
    """Build a year's books for the own company of some inputs; equal seeds, equal books.

    Raises
    ------
    ValueError
        If the inputs have no own vehicles.
    """
    if not inputs.vehicles:
        raise ValueError(
            "the inputs have no own vehicles, so there is no company to keep books"
        )
    rng = np.random.default_rng(seed)
    year = inputs.year_from.year - 1
    first = inputs.year_from.replace(year=year)
    last = inputs.year_to.replace(year=inputs.year_to.year - 1)
    works = _build_works(inputs.vehicles, rng)
    vehicles = _build_vehicles(inputs.vehicles, works, last, rng)
    crews = _build_crews(inputs, works, last)
    lines = (
        *_build_costs(inputs, vehicles, crews, first, rng),
        *_build_income(works, first),
    )
    made = Accounts(
        accounts_id="",
        place=inputs.place,
        created_utc=created_utc,
        code_version=find_code_version(),
        title=f"Own company of {inputs.place}, made up",
        from_on=first,
        to_on=last,
        price_base=f"{year}/{(year + 1) % 100:02d}",
        is_synthetic=True,
        cost_centres=tuple(
            CostCentre(
                cost_centre_id=centre_id,
                name=name,
                activity=activity,
                role=role,
                short_run_bp=short,
                long_run_bp=long,
            )
            for centre_id, name, activity, role, short, long in CENTRES
        ),
        lines=tuple(lines),
        totals=_build_totals(lines),
        vehicles=vehicles,
        crews=crews,
        works=works,
    )
    return name_accounts(made)


def _build_works(
    vehicles: Sequence[Vehicle], rng: np.random.Generator
) -> tuple[WorkRecord, ...]:
    """Build a school duty per vehicle, and day-service, other and hire work for some."""
    made: list[WorkRecord] = []

    def add(
        vehicle: Vehicle, name: str, customer_id: str, n_days: int, minutes: int, n_aboard: int
    ) -> None:
        with_assistant = customer_id in (SEND, ADULT)
        metres = int(minutes * rng.integers(330, 480))
        made.append(
            WorkRecord(
                work_id=f"W{len(made) + 1:03d}",
                duty_id=f"D-{vehicle.vehicle_id}",
                route_id=f"{vehicle.vehicle_id}-{name}",
                customer_id=customer_id,
                vehicle_id=vehicle.vehicle_id,
                n_days=n_days,
                driver_s=60 * minutes * n_days,
                assistant_s=60 * minutes * n_days if with_assistant else 0,
                total_m=metres * n_days,
                n_journeys=n_aboard * n_days,
            )
        )

    # The last vehicle is kept in reserve: it costs and runs nothing.
    for i, vehicle in enumerate(vehicles[:-1] if len(vehicles) > 2 else vehicles):
        n_aboard = int(rng.integers(3, 13))
        customer_id = OTHER if i % 9 == 8 else SEND
        for name in ("AM", "PM"):
            add(vehicle, name, customer_id, N_SCHOOL_DAYS, int(rng.integers(95, 135)), n_aboard)
        if i % 3 == 0:
            for name in ("OUT", "HOME"):
                add(vehicle, name, ADULT, N_DAYS, int(rng.integers(50, 80)), n_aboard // 2 + 1)
        elif i % 5 == 1:
            add(vehicle, "HIRE", HIRE, 60, 90, 8)
    return tuple(made)


def _build_vehicles(
    vehicles: Sequence[Vehicle],
    works: Sequence[WorkRecord],
    last: date,
    rng: np.random.Generator,
) -> tuple[VehicleRecord, ...]:
    """Build records of vehicles: odometers show a little more than the work."""
    return tuple(
        VehicleRecord(
            vehicle_id=v.vehicle_id,
            vehicle_type_id=v.vehicle_type_id,
            depot_id=v.depot_id,
            n_days=N_DAYS,
            odometer_m=sum(w.total_m for w in works if w.vehicle_id == v.vehicle_id)
            + int(rng.integers(200, 900)) * 1_609,
            disposal_on=last + timedelta(days=int(rng.integers(1, 9)) * 365) if i % 4 else None,
        )
        for i, v in enumerate(vehicles)
    )


def _build_crews(
    inputs: Inputs, works: Sequence[WorkRecord], last: date
) -> tuple[CrewRecord, ...]:
    """Build records of crews: about a tenth of the paid hours is on no route."""
    made = []
    for role, worked_s in (
        (CrewRole.DRIVER, sum(w.driver_s for w in works)),
        (CrewRole.ASSISTANT, sum(w.assistant_s for w in works)),
    ):
        held = [c for c in inputs.crews if c.role is role]
        paid_s = divide_half_up(worked_s * 110, 100 * 60) * 60
        shares = split_pence(paid_s // 60, [1] * len(held), [c.crew_id for c in held])
        made += [
            CrewRecord(
                crew_id=c.crew_id,
                role=role,
                depot_id=c.depot_id,
                paid_s=60 * minutes,
                contract_ends_on=last + timedelta(days=120) if i % 6 == 5 else None,
            )
            for i, (c, minutes) in enumerate(zip(held, shares, strict=True))
        ]
    return tuple(made)


def _build_costs(
    inputs: Inputs,
    vehicles: Sequence[VehicleRecord],
    crews: Sequence[CrewRecord],
    first: date,
    rng: np.random.Generator,
) -> list[LedgerLine]:
    """Build the year's cost, month by month."""
    types = {t.vehicle_type_id: t for t in inputs.own_costs.types}

    def pay(role: CrewRole, pence: int) -> int:
        return divide_half_up(sum(c.paid_s for c in crews if c.role is role) * pence, 3_600)

    year = {
        "CC10": pay(CrewRole.DRIVER, DRIVER_HOUR_PENCE),
        "CC11": pay(CrewRole.ASSISTANT, ASSISTANT_HOUR_PENCE),
        "CC20": sum(types[v.vehicle_type_id].vehicle_pence_per_year for v in vehicles),
        "CC21": sum(types[v.vehicle_type_id].standing_pence_per_year for v in vehicles),
        "CC30": divide_half_up(
            sum(v.odometer_m * types[v.vehicle_type_id].running_mpence for v in vehicles),
            1_609_344,
        ),
        "CC40": 4_200_000 + 60_000 * len(vehicles),
        "CC50": 6_800_000 + 110_000 * len(vehicles),
        "CC60": 5_500_000 + 90_000 * len(vehicles),
    }
    names = {row[0]: row[1] for row in CENTRES}
    lines: list[LedgerLine] = []
    for centre_id, pence in year.items():
        noise = [int(n) for n in rng.integers(80, 121, 12)]
        months = split_pence(pence, noise, [f"{m:02d}" for m in range(12)])
        for month, amount in enumerate(months):
            lines.append(
                LedgerLine(
                    line_id=f"{centre_id}-{month + 1:02d}",
                    posted_on=_find_month_end(first, month),
                    kind=EntryKind.COST,
                    amount_pence=amount,
                    cost_centre_id=centre_id,
                    account="Made up",
                    text=names[centre_id],
                )
            )
    return lines


def _build_income(works: Sequence[WorkRecord], first: date) -> list[LedgerLine]:
    """Build the year's income: a price an hour for each customer, billed month by month."""
    hour_pence = {SEND: 7_050, ADULT: 6_500, OTHER: 5_900, HIRE: 4_700}
    lines = []
    for customer_id, pence in hour_pence.items():
        driver_s = sum(w.driver_s for w in works if w.customer_id == customer_id)
        if not driver_s:
            continue
        whole = divide_half_up(driver_s * pence, 3_600)
        months = split_pence(whole, [1] * 12, [f"{m:02d}" for m in range(12)])
        for month, amount in enumerate(months):
            lines.append(
                LedgerLine(
                    line_id=f"INV-{customer_id}-{month + 1:02d}",
                    posted_on=_find_month_end(first, month),
                    kind=EntryKind.INCOME,
                    amount_pence=amount,
                    customer_id=customer_id,
                    account="Made up",
                    text="Transport",
                )
            )
    return lines


def _find_month_end(first: date, month: int) -> date:
    """Find the last day of the month so many months after the first one."""
    at = first.month - 1 + month + 1
    return date(first.year + at // 12, at % 12 + 1, 1) - timedelta(days=1)


def _build_totals(lines: Sequence[LedgerLine]) -> tuple[LedgerTotal, ...]:
    """Build the totals that the ledger prints."""
    sums: dict[tuple[EntryKind, str], int] = {}
    for line in lines:
        for key in dict.fromkeys(((line.kind, ""), (line.kind, line.cost_centre_id))):
            sums[key] = sums.get(key, 0) + line.amount_pence
    return tuple(
        LedgerTotal(kind=kind, cost_centre_id=centre_id, amount_pence=pence)
        for (kind, centre_id), pence in sorted(sums.items())
    )
