"""Pick-up points: where passengers who may walk are collected together.

Passengers of one site who may walk to a common point are collected there: as few stops as can
be, then as little walking as can be. Who shares no point is collected at home's door. Those who
live at one place share one door, and a door where somebody must be collected anyway costs no
stop more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from data.demand import Traveller
from data.errors import SolverError
from data.inputs import Inputs
from data.networks import TravelMatrix

PickUps = dict[str, tuple[str, int]]
"""Passenger id -> (place id of the pick-up point, walk [m])."""

Option = tuple[str, int]
"""Place id of a pick-up point and the walk to it. [m]"""


def choose_pick_ups(
    inputs: Inputs,
    matrix: TravelMatrix,
    travellers: Sequence[Traveller],
    *,
    is_possible: Callable[[Traveller, str, int], bool] | None = None,
    fixed: Mapping[str, Option] | None = None,
) -> PickUps:
    """Choose pick-up points for the travellers of one session.

    Parameters
    ----------
    travellers
        Who travels in the session; nobody else is given a point.
    is_possible
        Whether a traveller can be carried from a place after a walk [m] at all; a traveller who
        cannot be carried from home is given a possible point whatever it costs.
    fixed
        Points that passengers already have, or their home's door with a walk of 0 m, kept where
        they are still possible, so that days share their stops.

    Returns
    -------
    Point and walk of each passenger who walks; the others are collected at home.
    """
    options = find_options(inputs, matrix, travellers, is_possible=is_possible)
    homes = {h.home_id: h.place_id for h in inputs.homes}
    by_site: dict[str, list[Traveller]] = {}
    at_door: dict[str, set[str]] = {}
    for t in sorted(travellers, key=lambda t: (t.passenger_id, t.site_id, t.home_id)):
        if any(place_id != homes[t.home_id] for place_id, _ in options.get(t.passenger_id, ())):
            by_site.setdefault(t.site_id, []).append(t)
        else:
            at_door.setdefault(t.site_id, set()).add(homes[t.home_id])
    chosen: PickUps = {}
    for site_id in sorted(by_site):
        walkers = by_site[site_id]
        rows: list[list[Option]] = []
        for t in walkers:
            mine = list(options[t.passenger_id])
            known = (fixed or {}).get(t.passenger_id)
            rows.append([known] if known in mine else mine)
        doors = {homes[t.home_id] for t in walkers} & at_door.get(site_id, set())
        taken = cover([*rows, *([(door, 0)] for door in sorted(doors))])[: len(rows)]
        for t, (place_id, walk_m) in zip(walkers, taken, strict=True):
            if place_id != homes[t.home_id]:
                chosen[t.passenger_id] = (place_id, walk_m)
    return chosen


def find_options(
    inputs: Inputs,
    matrix: TravelMatrix,
    travellers: Sequence[Traveller],
    *,
    is_possible: Callable[[Traveller, str, int], bool] | None = None,
) -> dict[str, tuple[Option, ...]]:
    """Find the points each traveller may walk to; last home's door, where it is possible.

    Whoever may not walk is left out.
    """
    walks = matrix.walks_from
    points = {p.place_id for p in inputs.pick_up_points}
    passengers = {p.passenger_id: p for p in inputs.passengers}
    homes = {h.home_id: h for h in inputs.homes}
    options: dict[str, tuple[Option, ...]] = {}
    for t in travellers:
        passenger = passengers[t.passenger_id]
        if passenger.walk_limit_m <= 0:
            continue
        if t.session.is_homeward and passenger.must_be_received:
            continue
        door = homes[t.home_id].place_id
        options[t.passenger_id] = tuple(
            (place_id, walk_m)
            for place_id, walk_m in [*sorted(walks.get(door, ())), (door, 0)]
            if walk_m <= passenger.walk_limit_m
            and (place_id in points or (place_id, walk_m) == (door, 0))
            and (is_possible is None or is_possible(t, place_id, walk_m))
        )
    return options


def cover(rows: Sequence[Sequence[Option]]) -> tuple[Option, ...]:
    """Choose one option for each row: fewest places, then least walk, proven.

    Parameters
    ----------
    rows
        Options of each passenger, at least one each.

    Raises
    ------
    SolverError
        If the solver fails.

    Examples
    --------
    >>> cover([[("P1", 300), ("home 1", 0)], [("P1", 200), ("home 2", 0)], [("home 3", 0)]])
    (('P1', 300), ('P1', 200), ('home 3', 0))
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    if all(len(row) == 1 for row in rows):
        return tuple(row[0] for row in rows)
    places = sorted({place_id for row in rows for place_id, _ in row})
    at = {place_id: i for i, place_id in enumerate(places)}
    flat = [(r, place_id, walk_m) for r, row in enumerate(rows) for place_id, walk_m in row]
    n, k, m = len(rows), len(places), len(flat)
    stop_price = 1 + sum(max(walk_m for _, walk_m in row) for row in rows)
    costs = np.array([stop_price] * k + [walk_m for _, _, walk_m in flat], dtype=float)
    # One option for each row; an option only at a place that is used.
    entries = [(r, k + f, 1.0) for f, (r, _, _) in enumerate(flat)]
    entries += [(n + f, k + f, -1.0) for f in range(m)]
    entries += [(n + f, at[place_id], 1.0) for f, (_, place_id, _) in enumerate(flat)]
    matrix = csr_array(
        ([v for _, _, v in entries], ([r for r, _, _ in entries], [c for _, c, _ in entries])),
        shape=(n + m, k + m),
    )
    result = milp(
        costs,
        constraints=LinearConstraint(matrix, [1.0] * n + [0.0] * m, [1.0] * n + [np.inf] * m),
        integrality=np.ones(k + m),
        bounds=Bounds(0.0, 1.0),
        options={"mip_rel_gap": 0.0},  # by default a plan 0.01 % dearer would do
    )
    if result.status != 0:
        raise SolverError(f"no cover of pick-up points found: {result.message}")
    used = {flat[f][0]: flat[f][1:] for f in range(m) if result.x[k + f] > 0.5}
    return tuple(used[r] for r in range(n))
