"""What the own company costs, by activity: from its ledger to each route, tied to the penny.

Each cost centre falls on the work by what makes it arise (hours, vehicle days, miles, route
days, other cost). Hours, days and miles that were paid for and are on no route carry their part
too: it is shown as unused, not spread over the routes, so that a route is not made dearer by
work that the company lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.accounts import (
    Accounts,
    Activity,
    CostCentre,
    CrewRecord,
    EntryKind,
    VehicleRecord,
    WorkRecord,
)
from data.company_costs import (
    CentreCost,
    CompanyCost,
    CustomerMargin,
    Layer,
    Release,
    TieOut,
    WorkCost,
)
from data.errors import IdentityError
from data.fleet import CrewRole
from data.units import divide_half_up, split_pence

UNUSED = "~unused"
"""Key of what is on no route; after every identifier that people use."""

Amounts = dict[str, int]
"""Pence by work id, and by `UNUSED`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Books:
    """What allocation looks up."""

    accounts: Accounts
    vehicles: Mapping[str, VehicleRecord]
    ledger: Mapping[str, int]


def cost_company(accounts: Accounts) -> CompanyCost:
    """Allocate the ledger to the work, and tie it out.

    Raises
    ------
    IdentityError
        If what is allocated, unused and without a driver does not add up to the ledger (M3).
    """
    ledger: dict[str, int] = defaultdict(int)
    for line in accounts.lines:
        if line.kind is EntryKind.COST:
            ledger[line.cost_centre_id] += line.amount_pence
    books = _Books(
        accounts=accounts,
        vehicles={v.vehicle_id: v for v in accounts.vehicles},
        ledger=ledger,
    )
    held: dict[tuple[str, Activity, Layer], int] = defaultdict(int)
    centres: list[CentreCost] = []
    direct: dict[Layer, Amounts] = {layer: defaultdict(int) for layer in Layer}
    order = sorted(accounts.cost_centres, key=lambda c: c.activity is Activity.OVERHEAD)
    for centre in order:
        allocated: Amounts = defaultdict(int)
        for layer, pence in _split_layers(centre, ledger[centre.cost_centre_id]).items():
            found = _allocate(centre, pence, books, direct)
            for key, amount in found.items():
                held[key, centre.activity, layer] += amount
                allocated[key] += amount
                if centre.activity is not Activity.OVERHEAD:
                    direct[layer][key] += amount
        centres.append(_build_centre(centre, ledger[centre.cost_centre_id], allocated, books))
    works = tuple(_build_work(work, held) for work in accounts.works)
    found_cost = CompanyCost(
        accounts=accounts,
        centres=tuple(centres),
        works=works,
        unused=_build_unused(held),
        customers=_build_customers(accounts, works),
        releases=_find_releases(books),
        ties=_tie_out(accounts, centres, works),
    )
    _check(found_cost, ledger)
    return found_cost


def _split_layers(centre: CostCentre, pence: int) -> dict[Layer, int]:
    """Split a cost into what stops soon, what stops later, and what stays."""
    short = divide_half_up(pence * centre.short_run_bp, 10_000)
    long = divide_half_up(pence * centre.long_run_bp, 10_000)
    return {Layer.SHORT_RUN: short, Layer.LONG_RUN: long - short, Layer.FIXED: pence - long}


def _allocate(
    centre: CostCentre, pence: int, books: _Books, direct: Mapping[Layer, Amounts]
) -> Amounts:
    """Allocate one layer of a cost centre; empty where nothing drives it."""
    works = [w for w in books.accounts.works if _is_of(centre, books.vehicles[w.vehicle_id])]
    if centre.activity is Activity.CREW:
        return _split(pence, *_weigh_hours(centre, works, books.accounts.crews))
    if centre.activity in (Activity.VEHICLE, Activity.SITE):
        return _allocate_vehicles(centre, pence, works, books.accounts.vehicles)
    if centre.activity is Activity.MILES:
        return _split(pence, *_weigh_miles(centre, works, books.accounts.vehicles))
    if centre.activity is Activity.CENTRAL:
        return _split(pence, {w.work_id: w.n_days for w in works}, 0)
    whole: Amounts = defaultdict(int)
    for amounts in direct.values():
        for key, amount in amounts.items():
            whole[key] += amount
    if centre.vehicle_type_id or centre.depot_id:
        ids = {w.work_id for w in works}
        whole = {key: amount for key, amount in whole.items() if key in ids}
    weights = {key: max(0, amount) for key, amount in whole.items() if key != UNUSED}
    return _split(pence, weights, max(0, whole.get(UNUSED, 0)))


def _is_of(centre: CostCentre, vehicle: VehicleRecord) -> bool:
    """Whether a vehicle is among those a cost centre is for."""
    return centre.vehicle_type_id in ("", vehicle.vehicle_type_id) and (
        centre.depot_id in ("", vehicle.depot_id)
    )


def _split(pence: int, weights: Mapping[str, int], unused: int) -> Amounts:
    """Split an amount over work and what is unused; empty where all weigh nothing."""
    parts = {key: weight for key, weight in weights.items() if weight > 0}
    if unused > 0:
        parts[UNUSED] = unused
    if not parts:
        return {}
    keys = sorted(parts)
    return dict(zip(keys, split_pence(pence, [parts[k] for k in keys], keys), strict=True))


def _weigh_hours(
    centre: CostCentre, works: Sequence[WorkRecord], crews: Sequence[CrewRecord]
) -> tuple[dict[str, int], int]:
    """Weigh work by paid seconds of the role; unused is what was paid for beyond it."""
    weights = {
        w.work_id: (0 if centre.role is CrewRole.ASSISTANT else w.driver_s)
        + (0 if centre.role is CrewRole.DRIVER else w.assistant_s)
        for w in works
    }
    paid_s = sum(
        c.paid_s
        for c in crews
        if centre.role in (None, c.role) and centre.depot_id in ("", c.depot_id)
    )
    # A centre for one vehicle type has no crew of its own to hold the hours against.
    if centre.vehicle_type_id:
        paid_s = 0
    return weights, max(0, paid_s - sum(weights.values()))


def _weigh_miles(
    centre: CostCentre, works: Sequence[WorkRecord], vehicles: Sequence[VehicleRecord]
) -> tuple[dict[str, int], int]:
    """Weigh work by metres; unused is what odometers show beyond it."""
    recorded: dict[str, int] = defaultdict(int)
    for work in works:
        recorded[work.vehicle_id] += work.total_m
    unused_m = sum(
        max(0, v.odometer_m - recorded[v.vehicle_id]) for v in vehicles if _is_of(centre, v)
    )
    return {w.work_id: w.total_m for w in works}, unused_m


def count_used_days(works: Sequence[WorkRecord]) -> dict[str, int]:
    """Count the days each duty works: those of its route that runs most often."""
    found: dict[str, int] = defaultdict(int)
    for work in works:
        found[work.duty_id] = max(found[work.duty_id], work.n_days)
    return dict(found)


def _allocate_vehicles(
    centre: CostCentre,
    pence: int,
    works: Sequence[WorkRecord],
    vehicles: Sequence[VehicleRecord],
) -> Amounts:
    """Split by days to vehicles, their duties and unused days; then by hours to routes."""
    mine = [v for v in vehicles if _is_of(centre, v) and v.n_days > 0]
    if not mine:
        return {}
    ids = [v.vehicle_id for v in mine]
    found: Amounts = defaultdict(int)
    shares = split_pence(pence, [v.n_days for v in mine], ids)
    for vehicle, share in zip(mine, shares, strict=True):
        held = [w for w in works if w.vehicle_id == vehicle.vehicle_id]
        days = count_used_days(held)
        unused = max(0, vehicle.n_days - sum(days.values()))
        for duty_id, amount in _split(share, days, unused).items():
            if duty_id == UNUSED:
                found[UNUSED] += amount
                continue
            routes = [w for w in held if w.duty_id == duty_id]
            keys = [w.work_id for w in routes]
            weights = [w.driver_s for w in routes]
            for key, part in zip(keys, split_pence(amount, weights, keys), strict=True):
                found[key] += part
        if not days and not unused:
            found[UNUSED] += share
    return dict(found)


def _build_centre(
    centre: CostCentre, ledger_pence: int, allocated: Amounts, books: _Books
) -> CentreCost:
    printed = [
        t.amount_pence
        for t in books.accounts.totals
        if t.kind is EntryKind.COST and t.cost_centre_id == centre.cost_centre_id
    ]
    unused = allocated.get(UNUSED, 0)
    to_work = sum(allocated.values()) - unused
    return CentreCost(
        cost_centre_id=centre.cost_centre_id,
        name=centre.name,
        activity=centre.activity,
        ledger_pence=ledger_pence,
        printed_pence=printed[0] if printed else None,
        work_pence=to_work,
        unused_pence=unused,
        undriven_pence=ledger_pence - to_work - unused,
        short_run_bp=centre.short_run_bp,
        long_run_bp=centre.long_run_bp,
    )


def _build_work(work: WorkRecord, held: Mapping[tuple[str, Activity, Layer], int]) -> WorkCost:
    return WorkCost(
        work=work,
        amounts=tuple(
            (activity, layer, held.get((work.work_id, activity, layer), 0))
            for activity in Activity
            for layer in Layer
        ),
    )


def _build_unused(
    held: Mapping[tuple[str, Activity, Layer], int],
) -> tuple[tuple[Activity, Layer, int], ...]:
    return tuple(
        (activity, layer, held.get((UNUSED, activity, layer), 0))
        for activity in Activity
        for layer in Layer
    )


def _build_customers(
    accounts: Accounts, works: Sequence[WorkCost]
) -> tuple[CustomerMargin, ...]:
    """Set each customer's income against what its work costs."""
    income: dict[str, int] = defaultdict(int)
    for line in accounts.lines:
        if line.kind is EntryKind.INCOME:
            income[line.customer_id] += line.amount_pence
    by_customer: dict[str, list[WorkCost]] = defaultdict(list)
    for cost in works:
        by_customer[cost.work.customer_id].append(cost)
    return tuple(
        CustomerMargin(
            customer_id=customer_id,
            income_pence=income[customer_id],
            short_run_pence=sum(c.short_run_pence for c in by_customer[customer_id]),
            long_run_pence=sum(c.long_run_pence for c in by_customer[customer_id]),
            full_pence=sum(c.full_pence for c in by_customer[customer_id]),
            n_journeys=sum(c.work.n_journeys for c in by_customer[customer_id]),
        )
        for customer_id in sorted(income.keys() | by_customer.keys())
    )


def _find_releases(books: _Books) -> tuple[Release, ...]:
    """Find when long-run cost can stop: vehicles at disposal, crews at contract end.

    The long-run part of a vehicle or crew cost centre falls on its vehicles by days, on its
    crews by hours; what has no date is listed without one.
    """
    found: dict[tuple[str, str], int] = defaultdict(int)
    for centre in books.accounts.cost_centres:
        layers = _split_layers(centre, books.ledger.get(centre.cost_centre_id, 0))
        pence = layers[Layer.LONG_RUN]
        holders: list[tuple[str, int, str]] = []
        if centre.activity is Activity.VEHICLE:
            holders = [
                (v.vehicle_id, v.n_days, v.disposal_on.isoformat() if v.disposal_on else "")
                for v in books.accounts.vehicles
                if _is_of(centre, v) and v.n_days > 0
            ]
        elif centre.activity is Activity.CREW:
            holders = [
                (
                    c.crew_id,
                    c.paid_s,
                    c.contract_ends_on.isoformat() if c.contract_ends_on else "",
                )
                for c in books.accounts.crews
                if centre.role in (None, c.role)
                and centre.depot_id in ("", c.depot_id)
                and c.paid_s > 0
            ]
        if not holders:
            found["", centre.activity] += pence
            continue
        shares = split_pence(pence, [h[1] for h in holders], [h[0] for h in holders])
        for (_, _, on), share in zip(holders, shares, strict=True):
            found[on, centre.activity] += share
    return tuple(
        Release(on=on, activity=Activity(activity), pence=pence)
        for (on, activity), pence in sorted(found.items(), key=lambda x: (not x[0][0], x[0]))
        if pence
    )


def _tie_out(
    accounts: Accounts, centres: Sequence[CentreCost], works: Sequence[WorkCost]
) -> tuple[TieOut, ...]:
    """Set what the ledger says against what the records say, unit by unit."""
    cost = sum(x.amount_pence for x in accounts.lines if x.kind is EntryKind.COST)
    income = sum(x.amount_pence for x in accounts.lines if x.kind is EntryKind.INCOME)
    rows = [
        TieOut(words=f"Ledger, {kind}: lines against the printed total", unit="pence",
               left=amount, right=total.amount_pence)
        for kind, amount in ((EntryKind.COST, cost), (EntryKind.INCOME, income))
        for total in accounts.totals
        if total.kind is kind and not total.cost_centre_id
    ]  # fmt: skip
    rows.append(
        TieOut(
            words="Cost: ledger against work, unused and without a driver",
            unit="pence",
            left=cost,
            right=sum(c.work_pence + c.unused_pence + c.undriven_pence for c in centres),
        )
    )
    rows.append(
        TieOut(
            words="Cost: ledger against what is allocated to work or unused",
            unit="pence",
            left=cost,
            right=sum(c.work_pence + c.unused_pence for c in centres),
        )
    )
    for role in CrewRole:
        rows.append(
            TieOut(
                words=f"Hours paid against hours on work, {role}s",
                unit="s",
                left=sum(c.paid_s for c in accounts.crews if c.role is role),
                right=sum(
                    w.work.driver_s if role is CrewRole.DRIVER else w.work.assistant_s
                    for w in works
                ),
            )
        )
    days: dict[str, int] = defaultdict(int)
    by_vehicle: dict[str, list[WorkRecord]] = defaultdict(list)
    for work in accounts.works:
        by_vehicle[work.vehicle_id].append(work)
    for vehicle_id, held in by_vehicle.items():
        days[vehicle_id] = sum(count_used_days(held).values())
    rows.append(
        TieOut(
            words="Vehicle days there against days on work",
            unit="days",
            left=sum(v.n_days for v in accounts.vehicles),
            right=sum(days.values()),
        )
    )
    read = {v.vehicle_id for v in accounts.vehicles if v.odometer_m >= 0}
    rows.append(
        TieOut(
            words="Miles by odometer against miles on work",
            unit="m",
            left=sum(v.odometer_m for v in accounts.vehicles if v.vehicle_id in read),
            right=sum(w.total_m for w in accounts.works if w.vehicle_id in read),
        )
    )
    return tuple(rows)


def _check(found: CompanyCost, ledger: Mapping[str, int]) -> None:
    """Check that work, unused and undriven cost are the ledger, and customers the work."""
    whole = sum(ledger.values())
    parts = sum(c.full_pence for c in found.works) + sum(p for _, _, p in found.unused)
    parts += sum(c.undriven_pence for c in found.centres)
    lost = ledger.keys() - {c.cost_centre_id for c in found.accounts.cost_centres}
    customers = sum(c.full_pence for c in found.customers)
    if lost or parts != whole or customers != sum(c.full_pence for c in found.works):
        raise IdentityError(
            f"the ledger has {whole} pence of cost; work, unused and undriven come to {parts}, "
            f"customers to {customers}; cost centres without a record: {sorted(lost)}"
        )
