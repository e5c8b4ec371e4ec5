"""VROOM: pairs, windows, capacities, types; no limit on rides nor on the time of a route.

Its own time limit is wall time and is all it has; it mostly ends by itself before it.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import vroom

from benchmarks.families.family import OnBetter, Solution, VehicleRoute
from benchmarks.rivals.model import RivalModel, RivalType

LEVEL = 5
"""Its most thorough exploration."""
SKILL = 1
MOST = (1 << 32) - 2
MONEY_A_UNIT = 1_000
"""Its prices are whole numbers for an hour and for a thousand units of distance."""


class Vroom:
    """The rival."""

    def find_relaxed(self, model: RivalModel) -> tuple[str, ...]:
        """Rides without a safe opening of the pick-up, and times of routes, are not limited."""
        relaxed = []
        if any(p.max_ride is not None and p.safe_from is None for p in model.pairs):
            relaxed.append("ride limits")
        if any(t.max_time is not None for t in model.types):
            relaxed.append("times of routes")
        return tuple(relaxed)

    def solve(
        self,
        model: RivalModel,
        *,
        seconds: float,
        seed: int,
        threads: int,
        on_better: OnBetter | None = None,
    ) -> Solution | None:
        """Solve; the seed does nothing, as the method has no chance in it."""
        given = vroom.Input()
        durations = np.minimum(model.find_durations(), MOST).astype(np.uint32)
        distances = np.minimum(model.find_distances(), MOST).astype(np.uint32)
        given.set_durations_matrix(profile="car", matrix_input=durations)
        given.set_distances_matrix(profile="car", matrix_input=distances)
        vehicles = []
        for kind in model.types:
            # Vehicles beyond the tasks are of no use and cost time.
            n_tasks = len(model.visits) + len(model.pairs)
            for _ in range(min(kind.n_vehicles, n_tasks)):
                vehicles.append(kind)
                given.add_vehicle(_build_vehicle(model, kind, len(vehicles) - 1))
        given.add_job([_build_job(model, v) for v in model.visits])
        for number in range(len(model.pairs)):
            _add_pair(given, model, number)
        found = given.solve(
            exploration_level=LEVEL, nb_threads=threads, timeout=timedelta(seconds=seconds)
        )
        return _read_solution(model, found, vehicles)


def _build_vehicle(model: RivalModel, kind: RivalType, number: int) -> vroom.Vehicle:
    # Of a thousand ticks of distance, and of 3 600 ticks of time.
    per_km = round(kind.per_distance / model.ticks * 1_000 * MONEY_A_UNIT)
    per_hour = round(kind.per_time / model.ticks * 3_600 * MONEY_A_UNIT)
    far = None if kind.max_distance is None else model.down(kind.max_distance)
    return vroom.Vehicle(
        number,
        start=kind.start,
        end=kind.end,
        capacity=list(kind.capacity),
        skills={SKILL} if kind.is_skilled else set(),
        time_window=vroom.TimeWindow(
            model.up(kind.from_time), min(MOST, model.down(kind.by_time))
        ),
        costs=vroom.VehicleCosts(
            fixed=round(kind.fixed * MONEY_A_UNIT), per_hour=per_hour, per_km=per_km
        ),
        max_distance=MOST if far is None else far,
    )


def _find_window(model: RivalModel, node: int, opens: float | None = None) -> vroom.TimeWindow:
    begin = model.up(model.from_time[node] if opens is None else opens)
    return vroom.TimeWindow(max(0, begin), min(MOST, model.down(model.by_time[node])))


def _find_skills(model: RivalModel, node: int) -> set[int]:
    return {SKILL} if model.has_skill and model.needs_skill[node] else set()


def _build_job(model: RivalModel, node: int) -> vroom.Job:
    return vroom.Job(
        node,
        location=node,
        default_service=model.up(model.service[node]),
        pickup=vroom.Amount([int(x) for x in model.load[node]]),
        skills=_find_skills(model, node),
        time_windows=[_find_window(model, node)],
    )


def _add_pair(given: vroom.Input, model: RivalModel, number: int) -> None:
    pair = model.pairs[number]
    p, d = pair.pick_up, pair.drop
    given.add_shipment(
        vroom.ShipmentStep(
            p,
            p,
            default_service=model.up(model.service[p]),
            time_windows=[_find_window(model, p, pair.safe_from)],
        ),
        vroom.ShipmentStep(
            d,
            d,
            default_service=model.up(model.service[d]),
            time_windows=[_find_window(model, d)],
        ),
        vroom.Amount([int(x) for x in model.load[p]]),
        _find_skills(model, p) | _find_skills(model, d),
    )


def _read_solution(
    model: RivalModel, found: vroom.Solution, vehicles: list[RivalType]
) -> Solution:
    routes = []
    for number, steps in found.routes.groupby("vehicle_id", sort=True):
        kind = vehicles[int(number)]
        nodes, times = [], []
        for step in steps.itertuples():
            nodes.append(int(step.location_index))
            times.append((step.arrival + step.waiting_time) / model.ticks)
        routes.append(VehicleRoute(vehicle=kind.name, nodes=tuple(nodes), times=tuple(times)))
    return Solution(routes=tuple(routes), cost=found.summary.cost / MONEY_A_UNIT)


RIVAL = Vroom()
