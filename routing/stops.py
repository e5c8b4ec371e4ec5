"""From a searched route to the stops of a plan, in clock time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from data.errors import PlanError
from data.fleet import Layout
from data.plans import Route, Stop
from routing.evaluate import (
    RouteFacts,
    count_assistants,
    evaluate_route,
    find_broken_rule,
    measure_peaks,
)
from routing.problem import SessionProblem
from routing.schedule import Segments, build_segments, find_arrivals, find_schedule

_Halt = tuple[list[int], int, int]
"""Nodes of one halt, its solving arrival and departure."""


def build_route(
    problem: SessionProblem,
    nodes: Sequence[int] | RouteFacts,
    start_s: int,
    offer: int,
    *,
    route_id: str,
) -> Route:
    """Build the plan's route: clock times, merged stops, layout and assistants.

    Consecutive requests at one place become one stop, in the order of their service.

    Parameters
    ----------
    nodes
        The route in the solving direction, or its facts.
    start_s
        Clock time of the first arrival, within the facts' interval. [s after midnight]
    offer
        Position of the offer that runs the route.

    Raises
    ------
    PlanError
        If the route breaks a rule or the offer may not run it.
    ValueError
        If the start lies outside the interval.
    """
    facts = nodes if isinstance(nodes, RouteFacts) else evaluate_route(problem, nodes)
    if facts.segments is None or facts.schedule is None:
        raise PlanError(
            f"route {route_id!r} breaks the rule {facts.broken_rule!r}", (facts.broken_rule,)
        )
    if not facts.is_offered[offer]:
        raise PlanError(
            f"offer {problem.offers.offer_ids[offer]!r} may not run route {route_id!r}",
            ("no_offer",),
        )
    solving_s = start_s
    if problem.is_homeward:
        solving_s = problem.to_real_s(start_s + facts.duration_s)
    arrivals = find_arrivals(facts.segments, facts.schedule, solving_s)
    halts = _find_halts(problem, facts.nodes, arrivals, facts.segments.last_s)
    return Route(
        route_id=route_id,
        session=problem.session,
        stops=_write_stops(problem, halts),
        layout=choose_layout(problem, facts, offer),
        n_assistants=facts.n_assistants,
        n_trained_assistants=facts.n_trained,
        assistant_ids=facts.assistant_ids,
    )


def build_route_anyway(
    problem: SessionProblem,
    nodes: Sequence[int],
    offer: int,
    *,
    route_id: str,
    wanted_s: int | None = None,
) -> Route:
    """Build a route that may break rules, so that it can be shown what it breaks.

    Where its times can keep the rules they do, near the start wanted; else it is at no site too
    late, homeward leaves each as early as it may. Its layout is the one of the offer that holds
    most of the load where none holds it all.

    Parameters
    ----------
    wanted_s
        Clock time at which it would best start; None for as late outward, as early homeward, as
        may be. [s after midnight]

    Raises
    ------
    PlanError
        If somebody would board after their site, or a site is missing: that is no route.
    """
    if find_broken_rule(problem, nodes) == "shape":
        raise PlanError(f"route {route_id!r} is no route: a site before its passengers", ())
    segments = build_segments(problem, nodes)
    arrivals = _find_arrivals_anyway(problem, segments, wanted_s)
    seats, spaces = measure_peaks(problem, nodes)
    requests = [node for node in nodes if node < problem.n_requests]
    n_assistants, n_trained = count_assistants(problem, requests)
    seats += n_assistants * problem.assistant_seats
    return Route(
        route_id=route_id,
        session=problem.session,
        stops=_write_stops(problem, _find_halts(problem, nodes, arrivals, segments.last_s)),
        layout=_choose_layout(problem, seats, spaces, offer),
        n_assistants=n_assistants,
        n_trained_assistants=n_trained,
        assistant_ids=tuple(sorted({problem.assistant_ids[i] for i in requests} - {""})),
    )


def _find_arrivals_anyway(
    problem: SessionProblem, segments: Segments, wanted_s: int | None
) -> tuple[int, ...]:
    """Find arrivals at the sites that keep the rules, or else those that are least late."""
    schedule = find_schedule(segments)
    if schedule is not None:
        start_s = schedule.by_s
        if wanted_s is not None:
            start_s = wanted_s
            if problem.is_homeward:
                start_s = problem.to_real_s(wanted_s + schedule.duration_s)
        start_s = min(max(start_s, schedule.from_s), schedule.by_s)
        return find_arrivals(segments, schedule, start_s)
    sites = [node - problem.n_requests for node in segments.site_nodes]
    since_first_s = (0, *accumulate(segments.gap_s))
    at_s = min(int(problem.site_by_s[j]) - s for j, s in zip(sites, since_first_s, strict=True))
    arrivals = [at_s]
    for j, gap_s in zip(sites[1:], segments.gap_s, strict=True):
        arrivals.append(max(arrivals[-1] + gap_s, int(problem.site_from_s[j])))
    return tuple(arrivals)


def fit_layout(problem: SessionProblem, nodes: Sequence[int], offer: int) -> Layout:
    """Fit the layout of an offer to whoever rides, be it too small for them."""
    seats, spaces = measure_peaks(problem, nodes)
    requests = [node for node in nodes if node < problem.n_requests]
    n_assistants, _ = count_assistants(problem, requests)
    return _choose_layout(
        problem, seats + n_assistants * problem.assistant_seats, spaces, offer
    )


def choose_layout(problem: SessionProblem, facts: RouteFacts, offer: int) -> Layout:
    """Choose the layout with the fewest wheelchair spaces, then the fewest seats, that fits."""
    seats = facts.peak_seats + facts.n_assistants * problem.assistant_seats
    return _choose_layout(problem, seats, facts.peak_spaces, offer)


def _choose_layout(problem: SessionProblem, seats: int, spaces: int, offer: int) -> Layout:
    """Choose the layout that leaves fewest without room, then the least one."""
    pairs = zip(
        problem.offers.layout_seats[offer].tolist(),
        problem.offers.layout_spaces[offer].tolist(),
        strict=True,
    )
    n_spaces, n_seats = min(
        ((n_spaces, n_seats) for n_seats, n_spaces in pairs if n_seats >= 0),
        key=lambda held: (max(0, seats - held[1]) + max(0, spaces - held[0]), held),
    )
    return Layout(n_seats=n_seats, n_wheelchair_spaces=n_spaces)


def _find_halts(
    problem: SessionProblem, nodes: Sequence[int], arrivals: Sequence[int], last_s: int
) -> list[_Halt]:
    """Find when each halt begins and ends, in solving time, from the arrivals at the sites."""
    n = problem.n_requests
    halts: list[_Halt] = []
    segment: list[int] = []
    k = 0
    for node in nodes:
        segment.append(node)
        if node < n:
            continue
        backward: list[_Halt] = [([node], arrivals[k], arrivals[k])]
        for i in reversed(segment[:-1]):
            later = backward[-1]
            row, next_row = problem.row_of(i), problem.row_of(later[0][0])
            if row == next_row and later[0][0] < n:
                later[0].insert(0, i)
                backward[-1] = (later[0], later[1] - int(problem.service_s[i]), later[2])
                continue
            leave_s = later[1] - int(problem.duration_s[row, next_row])
            backward.append(([i], leave_s - int(problem.service_s[i]), leave_s))
        backward.reverse()
        if halts:
            site, arrive_s, _ = halts[-1]
            drive_s = int(
                problem.duration_s[problem.row_of(site[0]), problem.row_of(backward[0][0][0])]
            )
            halts[-1] = (site, arrive_s, backward[0][1] - drive_s)
        halts += backward
        segment = []
        k += 1
    last, arrive_s, _ = halts[-1]
    halts[-1] = (last, arrive_s, arrive_s + last_s)
    return halts


def _write_stops(problem: SessionProblem, halts: list[_Halt]) -> tuple[Stop, ...]:
    """Write halts as stops in clock time; a homeward session is turned round again."""
    n = problem.n_requests
    is_home = problem.is_homeward
    order = [i for halt in halts for i in halt[0] if i < n]
    ordered = halts
    if is_home:
        order.reverse()
        ordered = [
            (halt[0][::-1], problem.to_real_s(halt[2]), problem.to_real_s(halt[1]))
            for halt in reversed(halts)
        ]
    stops: list[Stop] = []
    last_node = -1
    for nodes, arrive_s, leave_s in ordered:
        row = problem.row_of(nodes[0])
        drive_s = drive_m = 0
        if stops:
            before = problem.row_of(last_node)
            a, b = (row, before) if is_home else (before, row)
            drive_s = int(problem.duration_s[a, b])
            drive_m = int(problem.distance_m[a, b])
        is_site = nodes[0] >= n
        site = nodes[0] - n
        here = [i for i in order if problem.request_site[i] == site] if is_site else nodes
        ids = tuple(problem.passenger_ids[i] for i in here)
        boards = is_site == is_home
        stops.append(
            Stop(
                place_id=problem.place_ids[row],
                site_id=problem.site_ids[site] if is_site else None,
                arrive_s=arrive_s,
                leave_s=leave_s,
                boarding=ids if boards else (),
                alighting=() if boards else ids,
                drive_s=drive_s,
                drive_m=drive_m,
            )
        )
        last_node = nodes[0]
    return tuple(stops)
