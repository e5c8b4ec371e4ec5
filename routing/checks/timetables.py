"""The dates of a timetable, and a day off in every fortnight (HRS-4)."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

from data.demand import find_day_types
from data.errors import InputError
from data.inputs import Inputs
from data.plans import Plan, Timetable
from routing.checks.findings import Findings, Where

FORTNIGHT_DAYS = 14
MOST_DAYS_IN_FORTNIGHT = 12
"""Days of a fortnight a duty may fall on at most (HRS-4 as the rules of a plan set it)."""


def check_dates(timetable: Timetable, inputs: Inputs, findings: Findings) -> None:
    """Check that every date with an open site, and no other, runs its day type's plan."""
    where = Where()
    plans = Counter(plan.day_type.day_type_id for plan in timetable.plans)
    for day_type_id, n_plans in plans.items():
        if n_plans > 1:
            findings.add(
                "PLAN_TWICE",
                where,
                f"day type {day_type_id} has {n_plans} plans.",
                found=n_plans,
                limit=1,
                unit="plans",
            )
    for on, n_entries in Counter(on for on, _ in timetable.dates).items():
        if n_entries > 1:
            findings.add(
                "DATE_TWICE",
                where,
                f"{on} is listed {n_entries} times.",
                found=n_entries,
                limit=1,
                unit="entries",
            )
    try:
        day_types, due = find_day_types(inputs)
    except InputError as error:
        findings.add("DATE_NO_CALENDAR", where, "; ".join(p.cause for p in error.problems))
        return
    found = dict(timetable.dates)
    for on in sorted({*due, *found}):
        if on not in found:
            findings.add("DATE_WITHOUT_PLAN", where, f"{on} ({due[on]}) has no plan.")
        elif on not in due:
            findings.add("DATE_CLOSED", where, f"{on} runs {found[on]}; no site is open.")
        elif found[on] not in plans:
            findings.add("PLAN_MISSING", where, f"{on} runs {found[on]}, which has no plan.")
        elif found[on] != due[on]:
            findings.add("DATE_DAY_TYPE", where, f"{on} runs {found[on]}, it is {due[on]}.")
    known = {day_type.day_type_id: day_type for day_type in day_types}
    for plan in timetable.plans:
        if known.get(plan.day_type.day_type_id) != plan.day_type:
            findings.add(
                "DAY_TYPE_UNKNOWN",
                where,
                f"plan {plan.plan_id} is for day type {plan.day_type.day_type_id}, which the "
                "calendars do not give in this form.",
            )
    _check_rate_card_dates(timetable, inputs, findings)


def _check_rate_card_dates(timetable: Timetable, inputs: Inputs, findings: Findings) -> None:
    """Check that every rate card is valid on every date on which its duty runs."""
    cards = {card.rate_card_id: card for card in inputs.rate_cards}
    dates = _find_dates(timetable)
    for plan in timetable.plans:
        for duty in plan.duties:
            card = cards.get(duty.rate_card_id or "")
            if card is None:
                continue
            outside = [
                on
                for on in dates[plan.day_type.day_type_id]
                if not card.valid_from <= on <= card.valid_to
            ]
            if outside:
                findings.add(
                    "RATE_CARD_DATE",
                    Where(duty_id=duty.duty_id),
                    f"rate card {card.rate_card_id} is valid from {card.valid_from} to "
                    f"{card.valid_to}; plan {plan.plan_id} also runs on {len(outside)} "
                    f"date(s) outside, the first {min(outside)}.",
                    found=len(outside),
                    limit=0,
                    unit="days",
                )


def _find_dates(timetable: Timetable) -> defaultdict[str, list[date]]:
    """Find the dates on which each day type runs."""
    dates: defaultdict[str, list[date]] = defaultdict(list)
    for on, day_type_id in timetable.dates:
        dates[day_type_id].append(on)
    return dates


def check_fortnights(timetable: Timetable, findings: Findings) -> None:
    """Check that no duty and no member of a crew works more than 12 of any 14 days."""
    dates = _find_dates(timetable)
    worked: defaultdict[tuple[str, str], set[date]] = defaultdict(set)
    for plan in timetable.plans:
        for key in _find_workers(plan):
            worked[key].update(dates[plan.day_type.day_type_id])
    for (word, worker_id), days in sorted(worked.items()):
        worst = max(
            ((_count_fortnight(days, first), first) for first in days),
            default=(0, date.min),
            key=lambda entry: (entry[0], -entry[1].toordinal()),
        )
        if worst[0] > MOST_DAYS_IN_FORTNIGHT:
            findings.add(
                "HOURS_FORTNIGHT",
                Where(duty_id=worker_id if word == "duty" else None),
                f"{word} {worker_id} works {worst[0]} of the 14 days from {worst[1]}, the "
                f"limit is {MOST_DAYS_IN_FORTNIGHT}.",
                found=worst[0],
                limit=MOST_DAYS_IN_FORTNIGHT,
                unit="days",
            )


def _find_workers(plan: Plan) -> set[tuple[str, str]]:
    """Find a plan's duties and crews."""
    duties = {("duty", duty.duty_id) for duty in plan.duties}
    return duties | {("crew", crew_id) for duty in plan.duties for crew_id in duty.crew_ids}


def _count_fortnight(days: set[date], first: date) -> int:
    """Count the days worked in the fortnight from a date."""
    start = first.toordinal()
    return sum(start <= day.toordinal() < start + FORTNIGHT_DAYS for day in days)
