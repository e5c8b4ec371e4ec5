"""A month of nights on a sample place: ``python -m benchmarks month southend``.

Changes are drawn day by day. Three ways to live with them begin from one timetable: *repair*
never searches, *night* is what `wayfare nightly` does (repair, then savings inside the
envelope), *afresh* plans every morning from nothing. Every plan is checked. Disturbed is who
rides otherwise than they knew for such a day although neither they nor their vehicle, crew or
site changed; broken notice is who of them is beyond the envelope, of which families are to
have five working days' notice.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks.families.place import PlaceCase, build_place_case
from benchmarks.month_changes import RATES, Morning, draw_month, hold_back
from benchmarks.month_state import DayFigures, Month, Way, read_month, write_month
from data.changes import ChangeBudget
from data.demand import find_day_type
from data.inputs import Inputs, fingerprint
from data.nights import Envelope
from data.plans import Plan
from nightly.config import SearchSection
from nightly.day_inputs import DayInputs, apply_day_changes
from nightly.solve import DatePlan

WAYS = ("repair", "night", "afresh")


def main(words: Sequence[str] | None = None) -> int:
    """Run a month; print a line of JSON for each date and way, then the sums."""
    parser = argparse.ArgumentParser(prog="benchmarks month")
    parser.add_argument("place", nargs="?", default="southend")
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default="2026-11-02")
    parser.add_argument("--days", type=int, default=20, help="dates with service")
    parser.add_argument("--passengers", type=int, default=None)
    parser.add_argument("--steps", type=int, default=400, help="of each night's search")
    parser.add_argument("--first-steps", type=int, default=4_000, help="of the timetable")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=WAYS, action="append", help="ways to run")
    parser.add_argument("--folder", type=Path, default=None, help="go on with the month here")
    parser.add_argument("--turn", type=float, default=None, help="CPU seconds of this turn")
    parser.add_argument("--json", type=Path, default=None, help="file for all figures")
    parser.add_argument("--chart", type=Path, default=None, help="PNG")
    given = parser.parse_args(words)
    case = build_place_case(given.place, n_passengers=given.passengers)
    dates = find_dates(case.inputs, given.first, given.days)
    n_held = max(2, round(len(case.inputs.passengers) * 0.0016 * given.days))
    start, held = hold_back(case.inputs, n_held, given.seed)
    mornings = draw_month(case.inputs, held, dates, given.seed)
    month = begin_month(given, case, start, dates)
    keep = given.folder / "month.json" if given.folder is not None else None
    search = SearchSection(seconds=None, steps=given.steps, seed=given.seed, workers=1)
    for morning in mornings[month.n_done :]:
        if given.turn is not None and time.process_time() > given.turn:
            break
        for way in month.ways:
            month.rows.append(live_one(way, morning, case, search))
            print(json.dumps(asdict(month.rows[-1])), flush=True)
        month.n_done += 1
        if keep is not None:
            write_month(keep, month, time.process_time())
    record = build_record(month, case, mornings[: month.n_done])
    print(json.dumps({k: v for k, v in record.items() if k not in ("days_of", "rates")}))
    if given.json is not None:
        given.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if given.chart is not None:
        from benchmarks.month_chart import draw_month_chart

        given.chart.write_bytes(draw_month_chart(record))
    return 0 if not any(row.n_violations for row in month.rows) else 1


def begin_month(
    given: argparse.Namespace, case: PlaceCase, start: Inputs, dates: Sequence[date]
) -> Month:
    """Begin a month, or go on with the one that is kept."""
    settings = {
        "place": given.place,
        "passengers": len(case.inputs.passengers),
        "inputs": fingerprint(case.inputs),
        "first": dates[0].isoformat(),
        "days": len(dates),
        "steps": given.steps,
        "first_steps": given.first_steps,
        "seed": given.seed,
        "ways": given.only or list(WAYS),
    }
    if given.folder is not None:
        kept = read_month(given.folder / "month.json", settings)
        if kept is not None:
            return kept
    known = plan_first(case, start, dates, given.first_steps, given.seed)
    month = Month(
        settings=settings, ways=[Way(name=w, known=dict(known)) for w in settings["ways"]]
    )
    if given.folder is not None:
        given.folder.mkdir(parents=True, exist_ok=True)
        write_month(given.folder / "month.json", month, time.process_time())
    return month


def build_record(
    month: Month, case: PlaceCase, mornings: Sequence[Morning]
) -> dict[str, object]:
    """Build the record of what was lived through so far."""
    return {
        **{k: v for k, v in month.settings.items() if k not in ("ways", "inputs")},
        "passengers": len(case.inputs.passengers),
        "days": month.n_done,
        "happened": count_events(mornings),
        "rates": {r.name: [r.per_day, r.mean_days, r.basis] for r in RATES.values()},
        "ways": sum_up(month.rows),
        "days_of": [asdict(row) for row in month.rows],
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "cpu_s": round(month.cpu_s + time.process_time(), 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def find_dates(inputs: Inputs, first: date, n_days: int) -> tuple[date, ...]:
    """Find the dates with service from a date on."""
    found: list[date] = []
    on = first
    while len(found) < n_days and on <= inputs.year_to:
        if find_day_type(inputs, on) is not None:
            found.append(on)
        on += timedelta(days=1)
    return tuple(found)


def plan_first(
    case: PlaceCase, start: Inputs, dates: Sequence[date], steps: int, seed: int
) -> dict[str, Plan]:
    """Make the timetable that families know on the first day."""
    from routing import optimise_timetable

    made = optimise_timetable(
        replace(start, service_date=dates[0]),
        case.matrix,
        case.model,
        steps=steps,
        seed=seed,
        n_workers=1,
        dates=dates,
    )
    return {p.day_type.day_type_id: p for p in made.plans}


def live_one(way: Way, morning: Morning, case: PlaceCase, search: SearchSection) -> DayFigures:
    """Make one way's plan of one date, check it, and count."""
    from nightly.envelope import find_breaches
    from nightly.solve import find_companions, price_date, repair_date, repair_standing
    from routing import find_violations
    from routing.disturbance import measure_disturbance

    envelope = Envelope()
    began_s = time.process_time()
    day = apply_day_changes(morning.inputs, morning.changes, morning.on)
    day_type = find_day_type(day.standing, morning.on)
    assert day_type is not None  # noqa: S101  only dates with service are drawn
    reference = way.known[day_type.day_type_id]
    usual = None if way.last is None else find_companions(way.last)
    proposed_pence = 0
    if way.name == "afresh":
        plan = plan_afresh(day, case, search)
        standing = plan
    else:
        inside, wider = repair_date(reference, day, case.matrix, envelope, usual)
        best, beyond = inside, wider
        if way.name == "night":
            best, beyond = search_on(reference, inside, day, case, envelope, search)
            beyond = beyond or wider
        plan, standing = best.plan, best.standing
        if beyond is not None:
            proposed_pence = price_date(plan, day.inputs) - price_date(beyond.plan, day.inputs)
    cpu_s = time.process_time() - began_s
    _, forced = repair_standing(
        reference, day, case.matrix, ChangeBudget(shift_s=envelope.shift_s)
    )
    moved = {
        d.passenger_id
        for d in measure_disturbance(reference, plan, shift_s=60)
        if d.passenger_id not in forced.exempt
        and (d.is_shifted or d.is_crew_changed or d.is_stop_moved)
    }
    breaches = find_breaches(
        reference, plan, envelope, exempt=forced.exempt, joiners=forced.joiners
    )
    way.known[day_type.day_type_id] = standing
    way.last = standing
    return DayFigures(
        on=morning.on.isoformat(),
        way=way.name,
        cost_pence=price_date(plan, day.inputs),
        n_carried=sum(len(r.passenger_ids) for r in plan.routes),
        n_unserved=len(plan.unserved),
        n_disturbed=len(moved),
        n_broken=len({b.passenger_id for b in breaches}),
        n_violations=len(find_violations(plan, day.inputs, case.matrix)),
        proposed_pence=proposed_pence,
        cpu_s=round(cpu_s, 1),
    )


def plan_afresh(day: DayInputs, case: PlaceCase, search: SearchSection) -> Plan:
    """Plan a date from nothing."""
    from costing import build_cost_model
    from routing import optimise

    on = day.inputs.service_date
    day_type = find_day_type(day.inputs, on)
    assert day_type is not None  # noqa: S101  a closed site leaves the calendars open
    return optimise(
        day.inputs,
        case.matrix,
        build_cost_model(day.inputs, on),
        day_type=day_type,
        service_date=on,
        steps=search.steps,
        seed=search.seed,
        n_workers=1,
    )


def search_on(
    reference: Plan,
    inside: DatePlan,
    day: DayInputs,
    case: PlaceCase,
    envelope: Envelope,
    search: SearchSection,
) -> tuple[DatePlan, DatePlan | None]:
    """Search for savings as the night does; the repaired plan where there are none."""
    from nightly.savings import optimise_date

    better, beyond = optimise_date(
        reference, inside, day, case.matrix, envelope, search, seconds=None
    )
    return better or inside, beyond


def count_events(mornings: Sequence[Morning]) -> dict[str, int]:
    """Count what happened in the month."""
    found: dict[str, int] = {}
    for morning in mornings:
        for name, n in morning.counts:
            found[name] = found.get(name, 0) + n
    return found


def sum_up(rows: Sequence[DayFigures]) -> dict[str, dict[str, float]]:
    """Sum up each way's month."""
    found = {}
    for way in dict.fromkeys(r.way for r in rows):
        mine = [r for r in rows if r.way == way]
        weeks = len(mine) / 5
        found[way] = {
            "cost_pence": sum(r.cost_pence for r in mine),
            "unserved": sum(r.n_unserved for r in mine),
            "disturbed_a_week": round(sum(r.n_disturbed for r in mine) / weeks, 1),
            "broken_a_week": round(sum(r.n_broken for r in mine) / weeks, 1),
            "carried": sum(r.n_carried for r in mine),
            "violations": sum(r.n_violations for r in mine),
            "proposed_pence": sum(r.proposed_pence for r in mine),
            "cpu_s": round(sum(r.cpu_s for r in mine), 1),
        }
    return found
