"""What a search of bell times found, as tables: steps, schools, journeys."""

from __future__ import annotations

from collections.abc import Sequence

from data.inputs import Inputs
from data.places import Session
from data.statements import Heading, Measure, Statement, StatementTable, Value
from data.units import format_time
from scenarios.bells import BellStep, find_home_times

TEXT, COUNT, POUNDS = Measure.TEXT, Measure.COUNT, Measure.POUNDS


def build_bell_statement(steps: Sequence[BellStep], inputs: Inputs) -> Statement:
    """Build the statement of a search: each step's worth, the new times, who is affected.

    Parameters
    ----------
    steps
        As `scenarios.search_bells` returns them: the plan without moves comes first.
    """
    savings = [step.fixed_pence - step.cost_pence for step in steps]
    gains = [b - a for a, b in zip([0, *savings], savings, strict=False)]
    return Statement(
        title=f"Bell times: {inputs.title}",
        basis=(
            f"{steps[0].plan.service_date or inputs.service_date:%-d %B %Y}, pounds a day at "
            "exact prices; savings are against no bell moved, searched for as long"
        ),
        tables=(
            _build_steps(steps, gains, inputs),
            _build_schools(steps[-1], inputs),
            _build_journeys(steps, inputs),
        ),
        warnings=("Other pupils of these schools are affected too; they are not in the data.",),
    )


def _build_steps(
    steps: Sequence[BellStep], gains: Sequence[int], inputs: Inputs
) -> StatementTable:
    names = {s.site_id: s.name for s in inputs.sites}
    rows: list[tuple[Value, ...]] = []
    for k, (step, gain_pence) in enumerate(zip(steps, gains, strict=True)):
        what, minutes = "no bell moved", 0
        if step.moves:
            what, minutes = names[step.moves[-1].site_id], step.moves[-1].shift_s // 60
        rows.append(
            (
                k,
                what,
                f"{minutes:+d}" if minutes else "",
                step.cost_pence,
                step.fixed_pence,
                gain_pence,
                step.fixed_pence - step.cost_pence,
                step.n_duties,
                step.n_vehicles,
                step.n_passengers,
                step.n_pick_ups,
            )
        )
    return StatementTable(
        name="Steps",
        headings=(
            Heading(name="Step", measure=COUNT),
            Heading(name="School that moves", is_wide=True),
            Heading(name="Minutes"),
            Heading(name="Cost a day", measure=POUNDS),
            Heading(name="With no bell moved", measure=POUNDS),
            Heading(name="This step saves", measure=POUNDS),
            Heading(name="All steps save", measure=POUNDS),
            Heading(name="Duties", measure=COUNT),
            Heading(name="Vehicles at once", measure=COUNT),
            Heading(name="Passengers of schools moved", measure=COUNT),
            Heading(name="Journeys moved over 5 min", measure=COUNT),
        ),
        rows=tuple(rows),
        notes=(
            "Each step keeps the moves before it. Minutes: + later, - earlier, for morning and "
            "afternoon alike.",
            "Journeys moved: pick-ups (homeward: drop-offs) at home more than five minutes off "
            "the plan without moves, at any school.",
        ),
    )


def _build_schools(step: BellStep, inputs: Inputs) -> StatementTable:
    sites = {s.site_id: s for s in inputs.sites}
    rows: list[tuple[Value, ...]] = []
    for move in step.moves:
        site = sites[move.site_id]
        people = {d.passenger_id for d in inputs.demands if d.site_id == move.site_id}
        times = (site.arrive_from_s, site.arrive_by_s, site.leave_from_s, site.leave_by_s)
        before = [format_time(t) for t in times]
        after = [format_time(t + move.shift_s) for t in times]
        rows.append(
            (
                site.name,
                f"{move.shift_s // 60:+d}",
                f"{before[0]} to {before[1]}",
                f"{after[0]} to {after[1]}",
                f"{before[2]} to {before[3]}",
                f"{after[2]} to {after[3]}",
                len(people),
            )
        )
    return StatementTable(
        name="Schools",
        headings=(
            Heading(name="School", is_wide=True),
            Heading(name="Minutes"),
            Heading(name="Arrivals now"),
            Heading(name="Arrivals then"),
            Heading(name="Leaving now"),
            Heading(name="Leaving then"),
            Heading(name="Passengers", measure=COUNT),
        ),
        rows=tuple(rows),
    )


def _build_journeys(steps: Sequence[BellStep], inputs: Inputs) -> StatementTable:
    moved = {move.site_id for move in steps[-1].moves}
    before, after = find_home_times(steps[0].plan), find_home_times(steps[-1].plan)
    at_school = {
        (route.session, p): stop.site_id
        for route in steps[-1].plan.routes
        for stop in route.stops
        if stop.site_id is not None
        for p in (*stop.boarding, *stop.alighting)
    }
    names = {s.site_id: s.name for s in inputs.sites}
    order = list(Session)
    rows: list[tuple[Value, ...]] = []
    for key in sorted(after, key=lambda k: (order.index(k[0]), k[1])):
        was_s, now_s = before.get(key), after[key]
        site_id = at_school.get(key)
        if was_s == now_s or (site_id not in moved and was_s is None):
            continue
        rows.append(
            (
                key[1],
                str(key[0]),
                names.get(site_id or "", ""),
                "yes" if site_id in moved else "",
                None if was_s is None else format_time(was_s),
                format_time(now_s),
                None if was_s is None else f"{round((now_s - was_s) / 60):+d}",
            )
        )
    return StatementTable(
        name="Journeys",
        headings=(
            Heading(name="Passenger"),
            Heading(name="Session"),
            Heading(name="School", is_wide=True),
            Heading(name="Its bell moves"),
            Heading(name="At home now"),
            Heading(name="At home then"),
            Heading(name="Minutes"),
        ),
        rows=tuple(rows),
        notes=("Everybody whose time at home is another one in the last plan.",),
    )
