"""Sheets of the plan summary about money: totals, lines, make or buy, year, shares."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from data.money import CostBasis
from reports.cells import Column, Kind, Sheet
from reports.facts import COST_BASES, RunFacts
from reports.words import BASIS_WORDS, SESSION_WORDS

_UNIT_WORDS = {"m": "metres", "s": "seconds", "m in bands": "metres in bands"}
_PER_WORDS = {"m": "mile", "s": "hour", "pence": "£", "m in bands": "see note"}


def write_totals(sheet: Sheet, facts: RunFacts) -> None:
    """Write what the cost lines of each provider add up to."""
    sums: dict[str, dict[CostBasis, int]] = defaultdict(lambda: defaultdict(int))
    for line in facts.run.lines:
        sums[line.provider_id][line.basis] += line.amount_pence
    sheet.write_title(
        "Totals of the cost lines",
        "Filter the sheet Cost lines by provider and kind of cost: amounts add up to these.",
    )
    columns = (
        Column(heading="Provider", width=34),
        *(
            Column(heading=f"{BASIS_WORDS[b]}, £", kind=Kind.POUNDS, width=18)
            for b in CostBasis
        ),
        Column(heading="Cost a day, £", kind=Kind.POUNDS, width=16),
        Column(heading="Full cost a day, £", kind=Kind.POUNDS, width=16),
        Column(heading="Paid in all, £", kind=Kind.POUNDS, width=16),
    )
    rows: list[list[Any]] = []
    for provider_id in sorted(sums):
        by_basis = [sums[provider_id][basis] for basis in CostBasis]
        cost = sum(sums[provider_id][basis] for basis in COST_BASES)
        full = cost + sums[provider_id][CostBasis.FIXED]
        name = facts.provider_names.get(provider_id, provider_id)
        rows.append([name, *by_basis, cost, full, sum(by_basis)])
    totals = [sum(column) for column in zip(*(row[1:] for row in rows), strict=True)]
    sheet.write_table(columns, rows, total=["All", *totals] if rows else None)


def write_alternatives(sheet: Sheet, facts: RunFacts) -> None:
    """Write what each route would cost as bought and as own fleet (formula F5)."""
    columns = (
        Column(heading="Route", width=20),
        Column(heading="Session", width=24),
        Column(heading="Provider in the plan", width=26),
        Column(heading="Cost in the plan, £", kind=Kind.POUNDS, width=12),
        Column(heading="Full cost in the plan, £", kind=Kind.POUNDS, width=12),
        Column(heading="Rate cards that can serve it", kind=Kind.COUNT, width=11),
        Column(heading="Cheapest supplier", width=26),
        Column(heading="Bought, £", kind=Kind.POUNDS, width=12),
        Column(heading="Own vehicle type", width=20),
        Column(heading="Own, avoidable, £", kind=Kind.POUNDS, width=12),
        Column(heading="Own, full, £", kind=Kind.POUNDS, width=12),
        Column(heading="Bought less own avoidable, £", kind=Kind.POUNDS, width=14),
        Column(heading="Bought less own full, £", kind=Kind.POUNDS, width=14),
    )
    rows: list[list[Any]] = []
    for one in facts.run.alternatives:
        bought, own, full = one.bought_pence, one.own_avoidable_pence, one.own_full_pence
        own_type = facts.vehicle_types.get(one.own_vehicle_type_id)
        rows.append(
            [
                one.route_id,
                SESSION_WORDS[one.session],
                facts.provider_names.get(one.provider_id, one.provider_id),
                one.planned_pence,
                one.planned_full_pence,
                one.n_rate_cards,
                facts.provider_names.get(one.bought_provider_id, one.bought_provider_id),
                bought,
                own_type.name if own_type is not None else "no own vehicle fits",
                own,
                full,
                None if bought is None or own is None else bought - own,
                None if bought is None or full is None else bought - full,
            ]
        )
    sheet.write_title(
        "Make or buy, route by route",
        "Each route on its own, given to the cheapest supplier who can serve it, or run alone "
        "by the own company. A positive difference speaks for the own company.",
    )
    sheet.write_table(columns, rows)


def write_lines(sheet: Sheet, facts: RunFacts) -> None:
    """Write every cost line with all it is made of."""
    columns = (
        Column(heading="Duty", width=16),
        Column(heading="Route", kind=Kind.WRAPPED, width=24),
        Column(heading="Provider", width=26),
        Column(heading="Kind of cost", width=30),
        Column(heading="Item", width=22),
        Column(heading="Quantity", kind=Kind.COUNT, width=12),
        Column(heading="Unit", width=12),
        Column(heading="Rate, £", kind=Kind.RATE, width=14),
        Column(heading="per", width=12),
        Column(heading="Amount, £", kind=Kind.POUNDS, width=14),
        Column(heading="Note", kind=Kind.WRAPPED, width=40),
    )
    rows = [
        [
            line.duty_id,
            line.route_id if line.route_id is not None else ", ".join(line.shared_by),
            facts.provider_names.get(line.provider_id, line.provider_id),
            BASIS_WORDS[line.basis],
            line.item.replace("_", " "),
            line.quantity,
            _UNIT_WORDS.get(line.unit, line.unit),
            line.rate_mpence,
            _PER_WORDS.get(line.unit, line.unit),
            line.amount_pence,
            line.note,
        ]
        for line in facts.run.lines
    ]
    sheet.write_title(
        "Cost lines",
        "Amount = quantity x rate, for metres divided by 1,609.344, for seconds by 3,600, for "
        "pence by 100; each line rounded once, half a penny up.",
    )
    sheet.write_table(columns, rows)


def write_year(sheet: Sheet, facts: RunFacts) -> None:
    """Write what the year's cost is the sum of."""
    columns = (
        Column(heading="Day type", width=20),
        Column(heading="Provider", width=28),
        Column(heading="First date", kind=Kind.DATE, width=14),
        Column(heading="Last date", kind=Kind.DATE, width=14),
        Column(heading="Dates", kind=Kind.COUNT, width=8),
        Column(heading="Cost a date, £", kind=Kind.POUNDS, width=14),
        Column(heading="Full cost a date, £", kind=Kind.POUNDS, width=14),
        Column(heading="VAT recovered a date, £", kind=Kind.POUNDS, width=14),
        Column(heading="Cost of the dates, £", kind=Kind.POUNDS, width=16),
        Column(heading="Full cost of the dates, £", kind=Kind.POUNDS, width=16),
    )
    rows: list[list[Any]] = [
        [
            part.day_type_id,
            facts.provider_names.get(part.provider_id, part.provider_id),
            part.first_date,
            part.last_date,
            part.n_dates,
            part.cost_pence,
            part.full_cost_pence,
            part.recoverable_vat_pence,
            part.n_dates * part.cost_pence,
            part.n_dates * part.full_cost_pence,
        ]
        for part in facts.run.year
    ]
    total = ["All", None, None, None, None, None, None, None]
    sheet.write_title(
        "The year",
        "The cost of a year is the sum over its dates of the plan that runs on each; dates on "
        "which a provider costs the same stand together.",
    )
    sheet.write_table(
        columns, rows, total=[*total, sum(r[8] for r in rows), sum(r[9] for r in rows)]
    )


def write_shares(sheet: Sheet, facts: RunFacts) -> None:
    """Write each passenger's exact share of what their route costs."""
    columns = (
        Column(heading="Passenger", width=14),
        Column(heading="Session", width=28),
        Column(heading="Route", width=24),
        Column(heading="Duty", width=18),
        Column(heading="Share of the day's cost, £", kind=Kind.POUNDS, width=18),
    )
    rows: list[list[Any]] = [
        [s.passenger_id, SESSION_WORDS[s.session], s.route_id, s.duty_id, s.amount_pence]
        for s in facts.run.shares
    ]
    sheet.write_title(
        "Passenger shares",
        "Shares add up to the day's cost to the penny. What would be saved if one passenger "
        "left is a different figure: the difference between two plans.",
    )
    total = ["All", None, None, None, sum(r[4] for r in rows)]
    sheet.write_table(columns, rows, total=total)
