"""Parting a county: people by their sites, vehicles, crews and suppliers shared out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from data.costs import CostModel
from data.fleet import Crew, CrewRole, Supplier, Vehicle
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import Demand, Direction
from data.plans import Duty, LockKind, Plan

TURN = math.pi * (3 - math.sqrt(5))
"""The golden angle by which borders turn from round to round: no two rounds cut alike."""

Journey = tuple[str, Direction]
"""A passenger's way out or home."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a county, a whole day of its own.

    Attributes
    ----------
    start
        Its duties of the round before, or None.
    """

    inputs: Inputs
    matrix: TravelMatrix
    cost_model: CostModel
    start: Plan | None
    n_journeys: int


def build_parts(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    plan: Plan | None,
    n_parts: int,
    number: int,
) -> tuple[Part, ...]:
    """Part a county along borders that turn with the number of the round.

    Parameters
    ----------
    plan
        Duties of the round before. Those that cross a border form the last part.
    """
    part_of = part_passengers_by_site(inputs, n_parts, TURN * number)
    duties: list[list[Duty]] = [[] for _ in range(n_parts + 1)]
    seam = n_parts
    at: dict[Journey, int] = {}
    for duty in plan.duties if plan is not None else ():
        journeys = _find_journeys(duty)
        homes = {part_of[p] for p, _ in journeys}
        k = homes.pop() if len(homes) == 1 else seam
        duties[k].append(duty)
        at.update(dict.fromkeys(journeys, k))
    demands: list[list[Demand]] = [[] for _ in range(n_parts + 1)]
    for d in inputs.demands:
        demands[at.get((d.passenger_id, d.direction), part_of[d.passenger_id])].append(d)
    used = [k for k in range(n_parts + 1) if demands[k]]
    weights = [len(demands[k]) for k in used]
    held = [duties[k] for k in used]
    fleets = _share_vehicles(inputs, held, weights)
    crews = _share_crews(inputs, held, fleets)
    markets = _share_suppliers(inputs, held, weights)
    return tuple(
        _build_part(
            inputs, matrix, cost_model, plan, demands[k], held[n], fleets[n], crews[n],
            markets[n],
        )
        for n, k in enumerate(used)
    )  # fmt: skip


def _find_journeys(duty: Duty) -> set[Journey]:
    return {
        (p, Direction.HOME if route.session.is_homeward else Direction.OUT)
        for route in duty.routes
        for p in route.passenger_ids
    }


def part_passengers_by_site(inputs: Inputs, n_parts: int, angle: float) -> dict[str, int]:
    """Part passengers into n parts of like size, those who must ride together in one.

    Groups lie where their sites do; they are cut in two again and again, across the longer
    side of what is cut, in axes turned by the angle. [radians]
    """
    groups = _find_groups(inputs)
    places = {p.place_id: p for p in inputs.places}
    at = {s.site_id: places[s.place_id] for s in inputs.sites}
    sums: dict[int, list[float]] = {}
    for d in inputs.demands:
        row = sums.setdefault(groups[d.passenger_id], [0.0, 0.0, 0.0])
        row[0] += at[d.site_id].easting_m
        row[1] += at[d.site_id].northing_m
        row[2] += 1.0
    sizes: dict[int, int] = {}
    for group in groups.values():
        sizes[group] = sizes.get(group, 0) + 1
    names = sorted(sizes)
    centre = np.array(
        [
            (sums[g][0] / sums[g][2], sums[g][1] / sums[g][2]) if g in sums else (0.0, 0.0)
            for g in names
        ]
    ).reshape(-1, 2)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    turned = centre @ turn
    weight = np.array([sizes[g] for g in names], dtype=np.int64)
    part = np.zeros(len(names), dtype=np.int64)
    _cut(turned, weight, np.arange(len(names)), n_parts, 0, part)
    of_group = {g: int(part[i]) for i, g in enumerate(names)}
    return {p: of_group[g] for p, g in groups.items()}


def _cut(
    points: NDArray[np.float64],
    weight: NDArray[np.int64],
    rows: NDArray[np.int64],
    n_parts: int,
    first: int,
    part: NDArray[np.int64],
) -> None:
    """Cut rows into parts numbered from the first, across the longer side."""
    if n_parts == 1 or len(rows) < 2:
        part[rows] = first
        return
    held = points[rows]
    axis = int(np.argmax(held.max(axis=0) - held.min(axis=0)))
    order = rows[np.lexsort((rows, points[rows, 1 - axis], points[rows, axis]))]
    left = n_parts // 2
    share = np.cumsum(weight[order]) / weight[order].sum()
    at = int(np.clip(np.searchsorted(share, left / n_parts), 1, len(order) - 1))
    _cut(points, weight, order[:at], left, first, part)
    _cut(points, weight, order[at:], n_parts - left, first + left, part)


def _find_groups(inputs: Inputs) -> dict[str, int]:
    """Number passengers who must ride together alike: companions, named assistants, locks."""
    parent: dict[str, str] = {p.passenger_id: p.passenger_id for p in inputs.passengers}

    def find(p: str) -> str:
        while parent[p] != p:
            parent[p] = parent[parent[p]]
            p = parent[p]
        return p

    first: dict[tuple[str, str], str] = {}
    links: list[tuple[str, str]] = []
    for rider in inputs.passengers:
        mine = rider.passenger_id
        links += [(mine, q) for q in sorted(rider.together_with) if q in parent]
        if rider.assistant_id:
            links.append((mine, first.setdefault(("assistant", rider.assistant_id), mine)))
    for lock in inputs.locks:
        if lock.kind is LockKind.PASSENGER_ON_ROUTE and lock.passenger_id in parent:
            mate = first.setdefault(("route", lock.target_id), lock.passenger_id)
            links.append((lock.passenger_id, mate))
    for p, q in links:
        a, b = sorted((find(p), find(q)))
        parent[b] = a
    numbers: dict[str, int] = {}
    return {p: numbers.setdefault(find(p), len(numbers)) for p in sorted(parent)}


def share_out(total: int, taken: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Share a number out: what is taken stays, the rest by weight, largest remainders first.

    Examples
    --------
    >>> share_out(10, [1, 0, 3], [1, 1, 2])
    [3, 2, 5]
    """
    rest = max(0, total - sum(taken))
    whole = sum(weights) or 1
    exact = [rest * w for w in weights]
    found = [t + e // whole for t, e in zip(taken, exact, strict=True)]
    order = sorted(range(len(weights)), key=lambda k: (-(exact[k] % whole), k))
    missing = sum(taken) + rest - sum(found)
    for k in order[:missing]:
        found[k] += 1
    return found


def _share_vehicles(
    inputs: Inputs, held: Sequence[Sequence[Duty]], weights: Sequence[int]
) -> list[list[Vehicle]]:
    """Share out own vehicles: a duty keeps its own, spare ones go by weight."""
    owner = {d.vehicle_id: n for n, duties in enumerate(held) for d in duties if d.vehicle_id}
    groups: dict[tuple[str, str], list[Vehicle]] = {}
    for v in inputs.vehicles:
        groups.setdefault((v.depot_id, v.vehicle_type_id), []).append(v)
    found: list[list[Vehicle]] = [[] for _ in held]
    for turn, vehicles in enumerate(groups.values()):
        taken = [sum(owner.get(v.vehicle_id) == n for v in vehicles) for n in range(len(held))]
        # small groups would all go to the first part: each begins with another one
        order = [(n + turn) % len(held) for n in range(len(held))]
        counts = share_out(
            len(vehicles), [taken[n] for n in order], [weights[n] for n in order]
        )
        spare = [v for v in vehicles if v.vehicle_id not in owner]
        for n, count in zip(order, counts, strict=True):
            found[n] += [v for v in vehicles if owner.get(v.vehicle_id) == n]
            n_more = count - taken[n]
            found[n] += spare[:n_more]
            spare = spare[n_more:]
    return found


def _share_crews(
    inputs: Inputs, held: Sequence[Sequence[Duty]], fleets: Sequence[Sequence[Vehicle]]
) -> list[list[Crew]]:
    """Share out own crews: a duty keeps its own, the others go where vehicles went."""
    owner = {c: n for n, duties in enumerate(held) for d in duties for c in d.crew_ids}
    groups: dict[tuple[str, CrewRole, bool, bool], list[Crew]] = {}
    for c in inputs.crews:
        mark = (c.depot_id, c.role, c.has_d1 and c.has_cpc, c.is_medically_trained)
        groups.setdefault(mark, []).append(c)
    found: list[list[Crew]] = [[] for _ in held]
    for key, crews in groups.items():
        weights = [sum(v.depot_id == key[0] for v in fleet) for fleet in fleets]
        taken = [sum(owner.get(c.crew_id) == n for c in crews) for n in range(len(held))]
        counts = share_out(len(crews), taken, weights)
        spare = [c for c in crews if c.crew_id not in owner]
        for n, count in enumerate(counts):
            found[n] += [c for c in crews if owner.get(c.crew_id) == n]
            n_more = count - taken[n]
            found[n] += spare[:n_more]
            spare = spare[n_more:]
    return found


def _share_suppliers(
    inputs: Inputs, held: Sequence[Sequence[Duty]], weights: Sequence[int]
) -> list[list[Supplier]]:
    """Share out suppliers' vehicles and assistants: duties keep what they use."""
    n_parts = len(held)
    found: list[list[Supplier]] = [[] for _ in held]
    for turn, supplier in enumerate(inputs.suppliers):
        order = [(n + turn) % n_parts for n in range(n_parts)]
        mine = [[d for d in ds if d.provider_id == supplier.supplier_id] for ds in held]
        turned = [weights[n] for n in order]

        def share(total: int, taken: list[int], order: list[int] = order,
                  turned: list[int] = turned) -> list[int]:  # fmt: skip
            counts = share_out(total, [taken[n] for n in order], turned)
            return [counts[order.index(n)] for n in range(n_parts)]

        vehicles = {
            v.vehicle_type_id: share(
                v.n_vehicles,
                [sum(d.vehicle_type_id == v.vehicle_type_id for d in ds) for ds in mine],
            )
            for v in supplier.vehicles
        }
        assistants = share(supplier.n_assistants, [_count_aboard(ds, False) for ds in mine])
        trained = share(supplier.n_trained_assistants, [_count_aboard(ds, True) for ds in mine])
        for n in range(n_parts):
            found[n].append(
                replace(
                    supplier,
                    vehicles=tuple(
                        replace(v, n_vehicles=vehicles[v.vehicle_type_id][n])
                        for v in supplier.vehicles
                    ),
                    n_assistants=assistants[n],
                    n_trained_assistants=trained[n],
                )
            )
    return found


def _count_aboard(duties: Sequence[Duty], is_trained: bool) -> int:
    """Count the assistants aboard in the session that needs most of them."""
    by_session: dict[str, int] = {}
    for route in (route for duty in duties for route in duty.routes):
        n = route.n_trained_assistants if is_trained else route.n_assistants
        by_session[route.session] = by_session.get(route.session, 0) + n
    return max(by_session.values(), default=0)


def _build_part(
    inputs: Inputs,
    matrix: TravelMatrix,
    cost_model: CostModel,
    plan: Plan | None,
    demands: Sequence[Demand],
    duties: Sequence[Duty],
    vehicles: Sequence[Vehicle],
    crews: Sequence[Crew],
    suppliers: Sequence[Supplier],
) -> Part:
    """Build one part: its people, its share of vehicles, and the places they need."""
    ids = {d.passenger_id for d in demands}
    sites = {d.site_id for d in demands}
    homes = tuple(h for h in inputs.homes if h.passenger_id in ids)
    places = {h.place_id for h in homes}
    places |= {s.place_id for s in inputs.sites if s.site_id in sites}
    places |= {d.place_id for d in inputs.depots}
    places |= {b for b in cost_model.base_place_ids if b}
    places |= {a for a in cost_model.area_place_ids if a}
    walks = tuple(w for w in matrix.walks if w[0] in places)
    places |= {point for _, point, _ in walks}
    part = replace(
        inputs,
        passengers=tuple(p for p in inputs.passengers if p.passenger_id in ids),
        homes=homes,
        demands=tuple(demands),
        sites=tuple(s for s in inputs.sites if s.site_id in sites),
        places=tuple(p for p in inputs.places if p.place_id in places),
        pick_up_points=tuple(p for p in inputs.pick_up_points if p.place_id in places),
        vehicles=tuple(vehicles),
        crews=tuple(crews),
        suppliers=tuple(suppliers),
        locks=tuple(k for k in inputs.locks if k.passenger_id in ids),
        current_routes=(),
        gates=(),
    )
    return Part(
        inputs=part,
        matrix=cut_matrix(matrix, places, walks),
        cost_model=_limit_model(cost_model, part),
        start=None if plan is None else replace(plan, duties=tuple(duties), unserved=()),
        n_journeys=len(demands),
    )


def cut_matrix(
    matrix: TravelMatrix, places: set[str], walks: tuple[tuple[str, str, int], ...]
) -> TravelMatrix:
    """Cut a matrix down to some places; times and distances between them stay."""
    kept = tuple(p for p in matrix.place_ids if p in places)
    at = np.array([matrix.index[p] for p in kept], dtype=np.int64)
    cut = np.ix_(at, at)
    return TravelMatrix(
        place_ids=kept,
        duration_s={k: np.ascontiguousarray(a[cut]) for k, a in matrix.duration_s.items()},
        distance_m={k: np.ascontiguousarray(a[cut]) for k, a in matrix.distance_m.items()},
        walks=walks,
        flags=matrix.flags,
        attribution=matrix.attribution,
        fingerprint=matrix.fingerprint,
        far_from_road=tuple(p for p in matrix.far_from_road if p in places),
    )


def _limit_model(model: CostModel, part: Inputs) -> CostModel:
    """Limit a cost model's vehicles and crews to those of a part; prices stay."""
    depots = {d.place_id: d.depot_id for d in part.depots}
    own: dict[tuple[str, str], int] = {}
    for v in part.vehicles:
        key = (v.depot_id, v.vehicle_type_id)
        own[key] = own.get(key, 0) + 1
    bought: Mapping[tuple[str, str], int] = {
        (s.supplier_id, v.vehicle_type_id): v.n_vehicles
        for s in part.suppliers
        for v in s.vehicles
    }
    counts = [
        own.get((depots.get(model.base_place_ids[o], ""), model.vehicle_type_ids[o]), 0)
        if model.is_own[o]
        else bought.get((model.provider_ids[o], model.vehicle_type_ids[o]), 0)
        for o in range(len(model.offer_ids))
    ]
    drivers = [c for c in part.crews if c.role is CrewRole.DRIVER]
    others = [c for c in part.crews if c.role is not CrewRole.DRIVER]
    return replace(
        model,
        n_vehicles=np.array(counts, dtype=np.int64),
        n_own_drivers=len(drivers),
        n_own_d1_drivers=sum(c.has_d1 and c.has_cpc for c in drivers),
        n_own_assistants=len(others),
        n_own_trained_assistants=sum(c.is_medically_trained for c in others),
    )
