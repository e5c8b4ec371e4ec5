"""OR-Tools routing: every rule of the neutral description, guided local search, one thread.

It limits itself by wall time only; the time is counted here by the process's CPU clock, asked
between its moves, with three times that as wall time in case it never asks.
"""

from __future__ import annotations

import time
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from benchmarks.families.family import OnBetter, Solution, VehicleRoute
from benchmarks.rivals.model import RivalModel, RivalType

MOST = 1 << 50
UNSERVED = 1 << 44
WALL_PER_CPU = 3


class OrTools:
    """The rival."""

    def find_relaxed(self, model: RivalModel) -> tuple[str, ...]:
        """It can state every rule of the description."""
        return ()

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
        began = time.process_time()
        routing, manager, vehicles = _build_routing(model)

        def is_over() -> bool:
            return time.process_time() - began >= seconds

        best = [float("inf")]

        def tell() -> None:
            cost = routing.CostVar().Max()
            if on_better is not None and cost < best[0]:
                best[0] = cost
                used = time.process_time() - began
                on_better(used, Solution(routes=(), cost=model.find_cost(cost)))

        routing.AddAtSolutionCallback(tell)
        routing.AddSearchMonitor(routing.solver().CustomLimit(is_over))
        how = pywrapcp.DefaultRoutingSearchParameters()
        first = routing_enums_pb2.FirstSolutionStrategy
        how.first_solution_strategy = first.PARALLEL_CHEAPEST_INSERTION
        ways = routing_enums_pb2.LocalSearchMetaheuristic
        how.local_search_metaheuristic = ways.GUIDED_LOCAL_SEARCH
        how.time_limit.FromMilliseconds(int(1_000 * WALL_PER_CPU * seconds))
        found = routing.SolveWithParameters(how)
        if found is None:
            return None
        routes = _read_routes(model, routing, manager, vehicles, found)
        if not routes:
            # Everybody left out is no plan.
            return None
        return Solution(routes=routes, cost=model.find_cost(found.ObjectiveValue()))


def _build_routing(model: RivalModel) -> tuple[Any, Any, list[RivalType]]:
    n_tasks = len(model.visits) + len(model.pairs)
    vehicles = [t for t in model.types for _ in range(min(t.n_vehicles, n_tasks))]
    manager = pywrapcp.RoutingIndexManager(
        model.n_nodes, len(vehicles), [t.start for t in vehicles], [t.end for t in vehicles]
    )
    routing = pywrapcp.RoutingModel(manager)
    _add_costs(model, routing, manager, vehicles)
    time_dimension = _add_times(model, routing, manager, vehicles)
    for k in range(model.load.shape[1]):
        loads = [int(x) for x in model.load[:, k]]
        for pair in model.pairs:
            loads[pair.drop] = -loads[pair.pick_up]
        index = routing.RegisterUnaryTransitVector(loads)
        capacity = [t.capacity[k] for t in vehicles]
        routing.AddDimensionWithVehicleCapacity(index, 0, capacity, True, f"load{k}")
    solver = routing.solver()
    for pair in model.pairs:
        p, d = manager.NodeToIndex(pair.pick_up), manager.NodeToIndex(pair.drop)
        routing.AddPickupAndDelivery(p, d)
        solver.Add(routing.VehicleVar(p) == routing.VehicleVar(d))
        solver.Add(time_dimension.CumulVar(p) <= time_dimension.CumulVar(d))
        if pair.max_ride is not None:
            most = model.down(pair.max_ride) + model.up(model.service[pair.pick_up])
            solver.Add(time_dimension.CumulVar(d) - time_dimension.CumulVar(p) <= most)
    used = {v for pair in model.pairs for v in (pair.pick_up, pair.drop)} | set(model.visits)
    ends = {t.start for t in vehicles} | {t.end for t in vehicles}
    for node in range(model.n_nodes):
        if node in ends:
            continue
        # Nobody needs to go where there is nothing to do.
        routing.AddDisjunction([manager.NodeToIndex(node)], UNSERVED if node in used else 0)
    return routing, manager, vehicles


def _add_costs(
    model: RivalModel, routing: Any, manager: Any, vehicles: list[RivalType]
) -> None:
    """Distance at each vehicle's price, and what a vehicle costs at all."""
    prices = sorted({t.per_distance for t in vehicles})
    distances = model.find_distances()
    index = {
        price: routing.RegisterTransitMatrix((distances * round(price * model.money)).tolist())
        for price in prices
    }
    for number, kind in enumerate(vehicles):
        routing.SetArcCostEvaluatorOfVehicle(index[kind.per_distance], number)
        routing.SetFixedCostOfVehicle(model.find_money(kind.fixed), number)
    if any(t.max_distance is not None for t in vehicles):
        far = [MOST if t.max_distance is None else model.down(t.max_distance) for t in vehicles]
        plain = routing.RegisterTransitMatrix(distances.tolist())
        routing.AddDimensionWithVehicleCapacity(plain, 0, far, True, "distance")
    if model.has_skill:
        skilled = [number for number, t in enumerate(vehicles) if t.is_skilled]
        for node in range(model.n_nodes):
            if model.needs_skill[node]:
                at = manager.NodeToIndex(node)
                routing.VehicleVar(at).SetValues([-1, *skilled])


def _add_times(model: RivalModel, routing: Any, manager: Any, vehicles: list[RivalType]) -> Any:
    """Service and travel, windows, the time a route may take and what it costs."""
    services = [model.up(s) for s in model.service]
    took = model.find_durations()
    for node, service in enumerate(services):
        took[node] += service
    index = routing.RegisterTransitMatrix(took.tolist())
    latest = max(
        max(model.down(t.by_time) for t in vehicles),
        max(model.down(b) for b in model.by_time),
    )
    routing.AddDimension(index, latest, latest, False, "time")
    dimension = routing.GetDimensionOrDie("time")
    ends = {t.start for t in vehicles} | {t.end for t in vehicles}
    for node in range(model.n_nodes):
        if node not in ends:
            at = manager.NodeToIndex(node)
            window = max(0, model.up(model.from_time[node])), model.down(model.by_time[node])
            dimension.CumulVar(at).SetRange(*window)
    for number, kind in enumerate(vehicles):
        window = max(0, model.up(kind.from_time)), model.down(kind.by_time)
        dimension.CumulVar(routing.Start(number)).SetRange(*window)
        dimension.CumulVar(routing.End(number)).SetRange(*window)
        if kind.max_time is not None:
            dimension.SetSpanUpperBoundForVehicle(model.down(kind.max_time), number)
        if kind.per_time:
            price = round(kind.per_time * model.money)
            dimension.SetSpanCostCoefficientForVehicle(price, number)
        routing.AddVariableMinimizedByFinalizer(dimension.CumulVar(routing.End(number)))
    return dimension


def _read_routes(
    model: RivalModel, routing: Any, manager: Any, vehicles: list[RivalType], found: Any
) -> tuple[VehicleRoute, ...]:
    dimension = routing.GetDimensionOrDie("time")
    routes = []
    for number, kind in enumerate(vehicles):
        if not routing.IsVehicleUsed(found, number):
            continue
        nodes, times = [], []
        at = routing.Start(number)
        while True:
            nodes.append(manager.IndexToNode(at))
            times.append(found.Min(dimension.CumulVar(at)) / model.ticks)
            if routing.IsEnd(at):
                break
            at = found.Value(routing.NextVar(at))
        routes.append(VehicleRoute(vehicle=kind.name, nodes=tuple(nodes), times=tuple(times)))
    return tuple(routes)


RIVAL = OrTools()
