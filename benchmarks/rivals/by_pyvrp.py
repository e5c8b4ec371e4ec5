"""PyVRP: pairs, windows, capacities, types and route limits; no limit on rides."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyvrp

from benchmarks.families.family import OnBetter, Solution, VehicleRoute
from benchmarks.rivals.model import RivalModel, RivalType

FAR = 1 << 34
"""Distance to a node that a vehicle may not serve."""


class _UntilCpu:
    """Stop after so many CPU seconds of this process, telling each better cost."""

    def __init__(self, seconds: float, tell: Callable[[float, float], None]) -> None:
        self.seconds, self.tell = seconds, tell
        self.began = time.process_time()
        self.best = float("inf")

    def __call__(self, best_cost: float) -> bool:
        used = time.process_time() - self.began
        # An infeasible best has a cost beyond all numbers.
        if best_cost < min(self.best, 1 << 60):
            self.best = best_cost
            self.tell(used, best_cost)
        return used >= self.seconds


class PyVrp:
    """The rival."""

    def find_relaxed(self, model: RivalModel) -> tuple[str, ...]:
        """Rides without a safe opening of the pick-up are not limited."""
        is_open = any(p.max_ride is not None and p.safe_from is None for p in model.pairs)
        return ("ride limits",) if is_open else ()

    def solve(
        self,
        model: RivalModel,
        *,
        seconds: float,
        seed: int,
        threads: int,
        on_better: OnBetter | None = None,
    ) -> Solution | None:
        """Solve; one thread is all it has."""
        data = _build_data(model)

        def tell(used: float, cost: float) -> None:
            if on_better is not None:
                on_better(used, Solution(routes=(), cost=model.find_cost(cost)))

        result = pyvrp.solve(
            data,
            stop=_UntilCpu(seconds, tell),
            seed=seed,
            collect_stats=False,
            display=False,
        )
        routes = tuple(_read_route(model, route) for route in result.best.routes())
        return Solution(routes=routes, cost=model.find_cost(min(result.cost(), 1e18)))


def _build_data(model: RivalModel) -> pyvrp.ProblemData:
    """Build its data; a vehicle without the skill finds the nodes that need it far away."""
    durations, distances = model.find_durations(), model.find_distances()
    for table in (durations, distances):
        np.fill_diagonal(table, 0)
    far: list[Any] = [distances, distances]
    took: list[Any] = [durations, durations]
    if model.has_skill:
        far[1] = distances.copy()
        far[1][:, model.needs_skill] = FAR
    clients = [
        pyvrp.Client(
            location=v,
            pickup=[int(x) for x in model.load[v]],
            service_duration=model.up(model.service[v]),
            tw_early=model.up(model.from_time[v]),
            tw_late=model.down(model.by_time[v]),
        )
        for v in model.visits
    ]
    shipments = []
    for pair in model.pairs:
        p, d = pair.pick_up, pair.drop
        opens = model.from_time[p] if pair.safe_from is None else pair.safe_from
        shipments.append(
            pyvrp.Shipment(
                pickup_location=p,
                delivery_location=d,
                pickup_tw_early=model.up(opens),
                pickup_tw_late=model.down(model.by_time[p]),
                pickup_service_duration=model.up(model.service[p]),
                delivery_tw_early=model.up(model.from_time[d]),
                delivery_tw_late=model.down(model.by_time[d]),
                delivery_service_duration=model.up(model.service[d]),
                amount=[int(x) for x in model.load[p]],
            )
        )
    ends = sorted({t.start for t in model.types} | {t.end for t in model.types})
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(0, 0) for _ in range(model.n_nodes)],
        clients=clients,
        depots=[pyvrp.Depot(location=v) for v in ends],
        vehicle_types=[_build_type(model, t, ends) for t in model.types],
        distance_matrices=far if model.has_skill else far[:1],
        duration_matrices=took if model.has_skill else took[:1],
        shipments=shipments,
    )


def _build_type(model: RivalModel, kind: RivalType, ends: list[int]) -> pyvrp.VehicleType:
    limits: dict[str, Any] = {}
    if kind.max_time is not None:
        limits["shift_duration"] = model.down(kind.max_time)
    if kind.max_distance is not None:
        limits["max_distance"] = model.down(kind.max_distance)
    return pyvrp.VehicleType(
        num_available=kind.n_vehicles,
        capacity=list(kind.capacity),
        start_depot=ends.index(kind.start),
        end_depot=ends.index(kind.end),
        fixed_cost=model.find_money(kind.fixed),
        tw_early=model.up(kind.from_time),
        tw_late=model.down(kind.by_time),
        unit_distance_cost=round(kind.per_distance * model.money),
        unit_duration_cost=round(kind.per_time * model.money),
        profile=int(model.has_skill and not kind.is_skilled),
        **limits,
    )


def _read_route(model: RivalModel, route: pyvrp.Route) -> VehicleRoute:
    kind = model.types[route.vehicle_type()]
    nodes = [kind.start]
    times = []
    for step in route.schedule():
        times.append((step.start_time + step.wait_duration) / model.ticks)
        if step.is_client():
            nodes.append(model.visits[step.idx])
        elif step.is_pickup():
            nodes.append(model.pairs[step.idx].pick_up)
        elif step.is_delivery():
            nodes.append(model.pairs[step.idx].drop)
    nodes.append(kind.end)
    is_whole = len(times) == len(nodes) and bool(np.all(np.diff(times) >= 0))
    return VehicleRoute(
        vehicle=kind.name, nodes=tuple(nodes), times=tuple(times) if is_whole else ()
    )


RIVAL = PyVrp()
