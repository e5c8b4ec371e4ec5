"""Sheets of the plan summary about what runs: duties, routes, dates, and who is left."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from data.money import CostBasis
from reports.cells import Column, Kind, Sheet
from reports.facts import COST_BASES, RouteFacts, RunFacts
from reports.words import REASON_WORDS, SESSION_WORDS


def write_duties(sheet: Sheet, facts: RunFacts) -> None:
    """Write one row per vehicle and crew's day."""
    cost: dict[str, int] = defaultdict(int)
    full: dict[str, int] = defaultdict(int)
    for line in facts.run.lines:
        if line.basis in COST_BASES:
            cost[line.duty_id] += line.amount_pence
        if line.basis is not CostBasis.RECOVERABLE_VAT:
            full[line.duty_id] += line.amount_pence
    columns = (
        Column(heading="Duty", width=16),
        Column(heading="Provider", width=26),
        Column(heading="Vehicle type", width=22),
        Column(heading="Vehicle", width=10),
        Column(heading="Crew", kind=Kind.WRAPPED, width=16),
        Column(heading="Rate card", width=16),
        Column(heading="Routes", kind=Kind.COUNT, width=8),
        Column(heading="Passenger journeys", kind=Kind.COUNT, width=11),
        Column(heading="First boarding", kind=Kind.TIME, width=10),
        Column(heading="Last alighting", kind=Kind.TIME, width=10),
        Column(heading="Miles with passengers", kind=Kind.MILES, width=11),
        Column(heading="Miles without", kind=Kind.MILES, width=10),
        Column(heading="Cost, £", kind=Kind.POUNDS, width=12),
        Column(heading="Full cost, £", kind=Kind.POUNDS, width=12),
    )
    rows = [
        [
            duty.duty_id,
            facts.provider_names.get(duty.provider_id, duty.provider_id),
            facts.vehicle_types[duty.vehicle_type_id].name,
            duty.vehicle_id,
            ", ".join(duty.crew_ids),
            duty.rate_card_id,
            len(duty.routes),
            sum(len(r.passenger_ids) for r in duty.routes),
            duty.routes[0].start_s,
            duty.routes[-1].end_s,
            sum(r.loaded_m for r in duty.routes),
            sum(run.drive_m for run in duty.dead_runs),
            cost[duty.duty_id],
            full[duty.duty_id],
        ]
        for duty in facts.run.plan.duties
    ]
    sheet.write_title("Duties", "A duty is one vehicle and crew's day.")
    sheet.write_table(columns, rows)


def write_routes(sheet: Sheet, facts: RunFacts) -> None:
    """Write one row per loaded journey."""
    columns = (
        Column(heading="Route", width=20),
        Column(heading="Session", width=24),
        Column(heading="Provider", width=26),
        Column(heading="Vehicle type", width=20),
        Column(heading="Duty", width=16),
        Column(heading="Sites", kind=Kind.WRAPPED, width=34),
        Column(heading="Passengers", kind=Kind.COUNT, width=11),
        Column(heading="in wheelchair spaces", kind=Kind.COUNT, width=11),
        Column(heading="Assistants", kind=Kind.COUNT, width=11),
        Column(heading="Start", kind=Kind.TIME, width=8),
        Column(heading="End", kind=Kind.TIME, width=8),
        Column(heading="Miles with passengers", kind=Kind.MILES, width=11),
        Column(heading="Longest ride, minutes", kind=Kind.MINUTES, width=10),
        Column(heading="Rides over guide", kind=Kind.COUNT, width=9),
        Column(heading="Cost, £", kind=Kind.POUNDS, width=10),
        Column(heading="Full cost, £", kind=Kind.POUNDS, width=10),
        Column(heading="Cost a passenger, £", kind=Kind.POUNDS, width=10),
    )
    sheet.write_title(
        "Routes",
        "A route is one loaded journey in one session. Cost of a whole duty is shared to its "
        "routes; the last column is rounded.",
    )
    sheet.write_table(columns, [_build_route_row(facts, one) for one in facts.routes])


def _build_route_row(facts: RunFacts, one: RouteFacts) -> list[Any]:
    """Build the row of one route."""
    return [
        one.route.route_id,
        SESSION_WORDS[one.route.session],
        facts.provider_names.get(one.duty.provider_id, one.duty.provider_id),
        facts.vehicle_types[one.duty.vehicle_type_id].name,
        one.duty.duty_id,
        ", ".join(facts.sites[s].name for s in one.site_ids),
        one.n_passengers,
        one.n_wheelchair_spaces,
        one.route.n_assistants,
        one.route.start_s,
        one.route.end_s,
        one.route.loaded_m,
        one.longest_ride_s,
        one.n_over_guide,
        one.cost_pence,
        one.full_cost_pence,
        one.cost_pence // one.n_passengers if one.n_passengers else None,
    ]


def write_unserved(sheet: Sheet, facts: RunFacts) -> None:
    """Write who is not carried, why, and what would help."""
    columns = (
        Column(heading="Passenger", width=14),
        Column(heading="Session", width=28),
        Column(heading="Reason", kind=Kind.WRAPPED, width=44),
        Column(heading="Code", width=26),
        Column(heading="Evidence", kind=Kind.WRAPPED, width=40),
        Column(heading="What would help", kind=Kind.WRAPPED, width=50),
    )
    rows = [
        [
            one.passenger_id,
            SESSION_WORDS[one.session],
            REASON_WORDS[one.reason],
            one.reason.value,
            ", ".join(f"{name} {value:,}" for name, value in one.evidence),
            one.relaxation,
        ]
        for one in facts.run.plan.unserved
    ]
    sheet.write_title(
        "Passengers not carried",
        "Everybody with a journey is aboard a route or listed here." if rows else "Nobody.",
    )
    sheet.write_table(columns, rows)


def write_dates(sheet: Sheet, facts: RunFacts) -> None:
    """Write which plan runs on which date."""
    timetable = facts.run.timetable
    if timetable is None:
        return
    columns = (
        Column(heading="Date", kind=Kind.DATE, width=14),
        Column(heading="Weekday", width=14),
        Column(heading="Day type", width=24),
        Column(heading="Plan", width=44),
    )
    plan_ids = {plan.day_type.day_type_id: plan.plan_id for plan in timetable.plans}
    rows = [
        [day, f"{day:%A}", day_type_id, plan_ids.get(day_type_id, "no plan")]
        for day, day_type_id in timetable.dates
    ]
    sheet.write_title("Dates", "The plan that runs on each date of the calendars.")
    sheet.write_table(columns, rows)
