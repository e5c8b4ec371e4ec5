"""Sections 1.2 and 2.2 to 2.5: drives, dwell, arrivals and windows of sites, to the second."""

from __future__ import annotations

from data.places import Site
from data.plans import Duty, Route, Stop
from routing.checks.case import Case, find_drive, route_where
from routing.checks.findings import Findings, Where, format_clock, format_duration


def check_times(case: Case, duty: Duty, route: Route, findings: Findings) -> None:
    """Check every drive, dwell and arrival of a route, and the windows of its sites."""
    where = route_where(duty, route)
    for position, stop in enumerate(route.stops):
        at = where.at_stop(position)
        if position:
            _check_leg(case, route, position, at, findings)
        elif stop.drive_s or stop.drive_m:
            findings.add(
                "FIRST_STOP_DRIVE",
                at,
                f"the first stop states a drive of {stop.drive_s} s and {stop.drive_m} m.",
                found=stop.drive_s,
                limit=0,
                unit="s",
            )
        if stop.site_id is None:
            _check_home_dwell(case, route, stop, at, findings)
            continue
        site = case.sites.get(stop.site_id)
        if site is not None:
            _check_site_dwell(case, route, position, site, at, findings)
            _check_window(route, stop, site, at, findings)


def measure_handling_s(case: Case, route: Route, stop: Stop) -> int:
    """Measure the time all boarding and alighting at a stop takes, one after the other. [s]

    Strangers, who are named as such elsewhere, take no time.
    """
    passengers = case.passengers
    boarding = (passengers[p].boarding_s for p in stop.boarding if p in passengers)
    alighting = (passengers[p].alighting_s for p in stop.alighting if p in passengers)
    return sum(boarding) + sum(alighting)


def _check_leg(case: Case, route: Route, position: int, at: Where, findings: Findings) -> None:
    """Check a drive against the matrix, and the arrival against the drive."""
    before, stop = route.stops[position - 1], route.stops[position]
    findings.n_legs += 1
    drive = find_drive(case, before.place_id, stop.place_id, route.session.period)
    if drive is None:
        findings.add(
            "NO_PATH",
            at,
            f"the matrix has no path from {before.place_id} to {stop.place_id} "
            f"in period {route.session.period}.",
        )
        return
    drive_s, drive_m = drive
    if stop.drive_s != drive_s:
        findings.add(
            "DRIVE_TIME",
            at,
            f"states a drive of {stop.drive_s} s, the matrix has {drive_s} s.",
            found=stop.drive_s,
            limit=drive_s,
            unit="s",
        )
    if stop.drive_m != drive_m:
        findings.add(
            "DRIVE_DISTANCE",
            at,
            f"states a drive of {stop.drive_m} m, the matrix has {drive_m} m.",
            found=stop.drive_m,
            limit=drive_m,
            unit="m",
        )
    due_s = before.leave_s + drive_s
    if stop.arrive_s != due_s:
        findings.add(
            "ARRIVE_TIME",
            at,
            f"arrives at {format_clock(stop.arrive_s)}; leaving stop {position} at "
            f"{format_clock(before.leave_s)} and driving {format_duration(drive_s)} it is "
            f"{format_clock(due_s)}.",
            found=stop.arrive_s,
            limit=due_s,
            unit="s",
        )


def _check_home_dwell(
    case: Case, route: Route, stop: Stop, at: Where, findings: Findings
) -> None:
    """Check that a home stop takes exactly its passengers' time."""
    need_s = measure_handling_s(case, route, stop)
    dwell_s = stop.leave_s - stop.arrive_s
    if dwell_s != need_s:
        findings.add(
            "HOME_DWELL",
            at,
            f"stands {format_duration(dwell_s)}; its passengers take "
            f"{format_duration(need_s)}, and there is no waiting at a home stop.",
            passengers=(*stop.boarding, *stop.alighting),
            found=dwell_s,
            limit=need_s,
            unit="s",
        )


def _check_site_dwell(
    case: Case, route: Route, position: int, site: Site, at: Where, findings: Findings
) -> None:
    """Check that a site visit takes its time, and no more at the end of a route."""
    stop = route.stops[position]
    need_s = site.dwell_s + measure_handling_s(case, route, stop)
    dwell_s = stop.leave_s - stop.arrive_s
    is_end = position == (0 if route.session.is_homeward else len(route.stops) - 1)
    if dwell_s < need_s:
        findings.add(
            "SITE_DWELL_SHORT",
            at,
            f"stands {format_duration(dwell_s)} at site {site.site_id}; the visit takes "
            f"{format_duration(need_s)}.",
            found=dwell_s,
            limit=need_s,
            unit="s",
        )
    elif is_end and dwell_s > need_s:
        word = "first" if route.session.is_homeward else "last"
        findings.add(
            "SITE_WAIT_AT_END",
            at,
            f"waits {format_duration(dwell_s - need_s)} at site {site.site_id}, the {word} "
            "stop, where there is no waiting.",
            found=dwell_s,
            limit=need_s,
            unit="s",
        )


def _check_window(route: Route, stop: Stop, site: Site, at: Where, findings: Findings) -> None:
    """Check arrival at, or departure from, a site against its window (TIME-2)."""
    if route.session.is_homeward:
        time_s, from_s, by_s = stop.leave_s, site.leave_from_s, site.leave_by_s
        early, late, word, people = "LEAVE_EARLY", "LEAVE_LATE", "leaves", stop.boarding
    else:
        time_s, from_s, by_s = stop.arrive_s, site.arrive_from_s, site.arrive_by_s
        early, late, word, people = "WINDOW_EARLY", "WINDOW_LATE", "reaches", stop.alighting
    window = f"{format_clock(from_s)} to {format_clock(by_s)}"
    for code, is_broken, limit_s, side in (
        (early, time_s < from_s, from_s, "before"),
        (late, time_s > by_s, by_s, "after"),
    ):
        if is_broken:
            findings.add(
                code,
                at,
                f"{word} site {site.site_id} at {format_clock(time_s)}, "
                f"{format_duration(abs(time_s - limit_s))} {side} its window {window}.",
                passengers=people,
                found=time_s,
                limit=limit_s,
                unit="s",
            )
