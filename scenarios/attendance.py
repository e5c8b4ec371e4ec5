"""Attended days of sites in a run's year, with the transport they cost."""

from __future__ import annotations

from costing import Attendance
from data.demand import find_day_types, find_travellers
from data.inputs import Inputs
from data.places import Session
from data.runs import RunRecord
from data.units import divide_half_up


def measure_attendance(inputs: Inputs, run: RunRecord) -> tuple[Attendance, ...]:
    """Measure attended days and transport of every day service.

    Transport is the share of the run's shown day that falls on the site's passengers, times
    the year's attended days over that day's; out and home together. [pence]
    """
    day_types, dates = find_day_types(inputs)
    sites = [s for s in inputs.sites if s.is_day_service]
    attended = {s.site_id: 0 for s in sites}
    n_days = {s.site_id: 0 for s in sites}
    by_type = {d.day_type_id: d for d in day_types}
    counts: dict[str, dict[str, int]] = {}
    for on in sorted(dates):
        day_type = by_type[dates[on]]
        found = counts.get(day_type.day_type_id)
        if found is None:
            found = {s.site_id: 0 for s in sites}
            for t in find_travellers(inputs, day_type, Session.DAY_OUT):
                found[t.site_id] += 1
            counts[day_type.day_type_id] = found
        for site in sites:
            if site.calendar_id in day_type.open_calendar_ids:
                n_days[site.site_id] += 1
                attended[site.site_id] += found[site.site_id]
    shown = {
        t.passenger_id: t.site_id
        for t in find_travellers(inputs, run.plan.day_type, Session.DAY_OUT)
    }
    pence = {s.site_id: 0 for s in sites}
    for share in run.shares:
        site_id = shown.get(share.passenger_id)
        if site_id is not None and share.session in (Session.DAY_OUT, Session.DAY_HOME):
            pence[site_id] += share.amount_pence
    on_day = {s.site_id: list(shown.values()).count(s.site_id) for s in sites}
    return tuple(
        Attendance(
            site_id=s.site_id,
            n_days=n_days[s.site_id],
            n_attended=attended[s.site_id],
            transport_pence=(
                divide_half_up(pence[s.site_id] * attended[s.site_id], on_day[s.site_id])
                if on_day[s.site_id]
                else 0
            ),
        )
        for s in sites
    )
