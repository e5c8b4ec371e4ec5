"""Where the passengers of a session may be collected, so that the search can choose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.inputs import Inputs
from routing.offers import find_allowed_offers
from routing.pickups import Option, PickUps
from routing.problem import PointChoices, SessionProblem
from routing.problem_building import find_walk_s

IntArray = NDArray[np.int64]


def add_choices(
    problem: SessionProblem,
    inputs: Inputs,
    options: Mapping[str, Sequence[Option]],
    pick_ups: PickUps,
) -> SessionProblem:
    """Add where passengers may be collected to a problem, the present places among it.

    Companions who ride together keep their places, and a place that fewer or other offers may
    serve than the present one is left out, so that whoever changes place keeps all the rules.

    Parameters
    ----------
    options
        Places of each passenger with the walk there, home's door with a walk of 0 m. [m]
    pick_ups
        Where everybody is now, who is not at home's door.
    """
    n = problem.n_requests
    homes = {h.home_id: h.place_id for h in inputs.homes}
    sizes = np.bincount(problem.group) if n else np.zeros(0, dtype=np.int64)
    wanted: list[tuple[int, Option]] = []
    now_m = np.zeros(n, dtype=np.int64)
    for i, passenger_id in enumerate(problem.passenger_ids):
        mine = sorted(set(options.get(passenger_id, ())))
        now = pick_ups.get(passenger_id, (homes[problem.home_ids[i]], 0))
        now_m[i] = now[1]
        is_free = sizes[problem.group[i]] == 1 and not problem.is_alone[i]
        if is_free and len(mine) > 1 and now in mine:
            wanted += [(i, option) for option in mine]
    if not wanted:
        return problem
    row = {place_id: r for r, place_id in enumerate(problem.place_ids)}
    is_allowed = _find_allowed(problem, inputs, wanted, row)
    kept = [
        (i, option)
        for (i, option), offers in zip(wanted, is_allowed, strict=True)
        if np.array_equal(offers, problem.is_allowed[i])
    ]
    counts = np.bincount([i for i, _ in kept], minlength=n)
    kept = [(i, option) for i, option in kept if counts[i] > 1]
    counts = np.bincount(np.array([i for i, _ in kept], dtype=np.int64), minlength=n)
    policy = problem.policy
    limits_s = [
        int(problem.max_ride_s[i])
        + find_walk_s(policy, int(now_m[i]))
        - find_walk_s(policy, walk_m)
        for i, (_, walk_m) in kept
    ]
    return replace(
        problem,
        points=PointChoices(
            start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            row=np.array([row[place_id] for _, (place_id, _) in kept], dtype=np.int64),
            walk_m=np.array([walk_m for _, (_, walk_m) in kept], dtype=np.int64),
            max_ride_s=np.array(limits_s, dtype=np.int64),
        ),
    )


def _find_allowed(
    problem: SessionProblem,
    inputs: Inputs,
    wanted: Sequence[tuple[int, Option]],
    row: Mapping[str, int],
) -> NDArray[np.bool_]:
    """Find the offers that may carry each passenger from each place."""
    places = {p.place_id: p for p in inputs.places}
    sites = {s.site_id: places[s.place_id] for s in inputs.sites}
    passengers = {p.passenger_id: p for p in inputs.passengers}
    return find_allowed_offers(
        inputs,
        problem.offers,
        [passengers[problem.passenger_ids[i]] for i, _ in wanted],
        [
            (places[place_id], sites[problem.site_ids[int(problem.request_site[i])]])
            for i, (place_id, _) in wanted
        ],
        [k for k in inputs.locks if k.session in (None, problem.session)],
        problem.duration_s,
        row,
    )


def find_present(problem: SessionProblem) -> IntArray:
    """Find which of the choices each request has now, -1 for a request without any."""
    found = np.full(problem.n_requests, -1, dtype=np.int64)
    points = problem.points
    if points is None:
        return found
    for i in range(problem.n_requests):
        for c in range(int(points.start[i]), int(points.start[i + 1])):
            is_there = points.row[c] == problem.request_row[i]
            if is_there and points.max_ride_s[c] == problem.max_ride_s[i]:
                found[i] = c
    return found


def move_points(problem: SessionProblem, chosen: Sequence[int]) -> SessionProblem:
    """Let requests be collected where they were chosen to be; -1 leaves one where it is.

    Parameters
    ----------
    chosen
        Position among the problem's choices for each request; may be empty.
    """
    points = problem.points
    if points is None or not len(chosen):
        return problem
    rows, limits = problem.request_row.copy(), problem.max_ride_s.copy()
    for i, c in enumerate(chosen):
        if c >= 0:
            rows[i], limits[i] = points.row[c], points.max_ride_s[c]
    return replace(problem, request_row=rows, max_ride_s=limits, alone_pence=None)


def read_present(problem: SessionProblem) -> PickUps:
    """Read where the requests that have choices are collected now, with the walk. [m]"""
    points = problem.points
    if points is None:
        return {}
    return {
        problem.passenger_ids[i]: (problem.place_ids[points.row[c]], int(points.walk_m[c]))
        for i, c in enumerate(find_present(problem).tolist())
        if c >= 0
    }
