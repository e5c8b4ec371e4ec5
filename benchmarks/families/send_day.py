"""Special-needs mornings: ``python -m benchmarks send-day FOLDER ...``, cost in pounds.

The files' rules differ from wayfare's own in three points, which the problem's settings
express: an assistant takes no seat, one assistant serves any number, and a depot type's way
from and to the depot is charged by mile and hour like the route. Travel times are used as
given; some break the triangle rule.

Nodes of a solution are passengers from 0, then schools; a vehicle is the name of its type.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.families.family import OnBetter, Solution, VehicleRoute, Verdict
from benchmarks.families.send_day_files import Rider, SendDayCase, VehicleType, read_case
from data.errors import InfeasibleError, SolverError
from data.places import Session
from data.policy import Policy
from routing.constants import ALWAYS_BY_S, ALWAYS_FROM_S
from routing.evaluate import evaluate_route
from routing.improve import SessionSolution, improve_session
from routing.neighbours import find_neighbours
from routing.offers import OPEN_END_M, OfferPrices
from routing.problem import SessionProblem
from routing.schedule import build_segments, find_arrivals, find_schedule

MOST_SCHOOLS = 2
METRES_PER_MILE = 1_609.344
N_NEIGHBOURS = 100
_SEARCH_SHARE = 0.06
"""Part of a bound's time in which short searches find routes to begin with."""
BEST_KNOWN = {
    "day_0900_40": 15_963.0,
    "day_0900_40_one_bell": 16_314.0,
    "day_0200_12": 3_685.0,
    "day_0100_08": 2_146.4,
}
"""Best cost of the measured references that came with the files. [pounds]"""


class SendDay:
    """The family of special-needs mornings."""

    name = "send-day"

    def read(self, path: Path) -> SendDayCase:
        """Read a folder.

        Raises
        ------
        InputError
            If a file is missing or malformed; with every problem.
        InfeasibleError
            If a passenger cannot be served by a vehicle of their own.
        """
        case = read_case(path)
        _raise_if_infeasible(case)
        return case

    def find_best_known(self, path: Path) -> float | None:
        """Find the best cost that came with the files, by the folder's name."""
        return BEST_KNOWN.get(path.name)

    def solve(
        self,
        case: SendDayCase,
        *,
        seconds: float,
        seed: int,
        threads: int = 1,
        on_better: OnBetter | None = None,
    ) -> Solution:
        """Solve by `routing.improve`; ``seconds`` is CPU time of each thread."""
        clock: Callable[[], float] = time.thread_time
        if threads > 1:
            clock = partial(_mean_cpu_s, threads)
        began = clock()
        problem = build_problem(case)

        def tell(seconds_used: float, found: SessionSolution) -> None:
            if on_better is not None:
                on_better(seconds_used, _describe(problem, found))

        found = improve_session(
            problem,
            seconds=max(0.0, seconds - (clock() - began)),
            seed=seed,
            n_chains=threads,
            n_workers=threads,
            clock=clock,
            on_better=tell if on_better is not None else None,
        )
        return _describe(problem, found)

    def judge(self, case: SendDayCase, solution: Solution) -> Verdict:
        """Count pounds from the files and name each broken rule, with numbers as given."""
        types = {t.name: t for t in case.types}
        served: dict[int, int] = {}
        found: list[str] = []
        cost = 0.0
        for number, route in enumerate(solution.routes, start=1):
            where = f"route {number}"
            if route.vehicle not in types:
                found.append(f"{where}: there is no type {route.vehicle!r}")
                continue
            faults = _judge_shape(case, route)
            if not faults:
                faults = _judge_route(case, route, types[route.vehicle])
                cost += _price_route(case, route, types[route.vehicle])
            found += [f"{where}: {fault}" for fault in faults]
            for node in route.nodes:
                served[node] = served.get(node, 0) + 1
        for i in range(len(case.riders)):
            if served.get(i, 0) != 1:
                found.append(f"passenger {i} is collected {served.get(i, 0)} times")
        return Verdict(cost=cost, violations=tuple(found))

    def find_bound(
        self, case: SendDayCase, solution: Solution, *, seconds: float, threads: int = 1
    ) -> float:
        """Prove how little any plan costs; ``seconds`` is CPU time of each thread. [pounds]"""
        from routing.bounds import bound_session, collect_routes

        clock = partial(_mean_cpu_s, threads)
        problem, began = build_problem(case), clock()
        met = collect_routes(problem, seconds=_SEARCH_SHARE * seconds, clock=clock)
        bound = bound_session(
            problem,
            seconds=seconds - (clock() - began),
            threads=threads,
            start=[*(route.nodes for route in solution.routes), *met],
            upper_pence=round(100 * solution.cost),
            clock=clock,
        )
        return bound.bound_pence / 100


FAMILY = SendDay()


def _mean_cpu_s(threads: int) -> float:
    """CPU time of the process, shared out to its threads. [s]"""
    return time.process_time() / threads


def _raise_if_infeasible(case: SendDayCase) -> None:
    """Raise for passengers whom no vehicle can bring to school in time."""
    reasons = []
    for i, rider in enumerate(case.riders):
        direct_s = int(case.duration_s[i, len(case.riders) + rider.school])
        if direct_s > rider.max_ride_s:
            reasons.append(
                f"passenger {i} rides {direct_s} s at least, over the limit of "
                f"{rider.max_ride_s} s"
            )
        if not any(_fits(rider, kind) for kind in case.types):
            reasons.append(f"no vehicle type holds passenger {i}")
    if reasons:
        raise InfeasibleError(f"{case.name} has no plan: " + "; ".join(reasons))


def _fits(rider: Rider, kind: VehicleType) -> bool:
    return rider.seats <= kind.seats and rider.wheelchair <= kind.spaces


def _describe(problem: SessionProblem, found: SessionSolution) -> Solution:
    """Describe what the search found in the numbers of the files."""
    routes = []
    for nodes in found.routes:
        facts = evaluate_route(problem, nodes)
        segments = build_segments(problem, nodes)
        schedule = find_schedule(segments)
        if schedule is None:
            raise SolverError(f"the search made a route without a schedule: {nodes}")
        arrivals = list(find_arrivals(segments, schedule, schedule.from_s))
        routes.append(
            VehicleRoute(
                vehicle=problem.offers.offer_ids[facts.best_offer],
                nodes=nodes,
                times=_find_times(problem, nodes, arrivals),
            )
        )
    return Solution(
        routes=tuple(routes),
        cost=found.cost_pence / 100,
        extra=(("vehicles", len(routes)), ("unserved", len(found.unserved))),
    )


def _find_times(
    problem: SessionProblem, nodes: tuple[int, ...], arrivals: list[int]
) -> tuple[float, ...]:
    """Find when each pick-up and each visit begins, backwards from the arrivals. [s]"""
    times: list[float] = []
    n = problem.n_requests
    behind = -1
    for node in reversed(nodes):
        if node >= n:
            times.append(float(arrivals.pop()))
        else:
            drive = problem.duration_s[problem.row_of(node), problem.row_of(behind)]
            times.append(times[-1] - float(drive) - float(problem.service_s[node]))
        behind = node
    return tuple(reversed(times))


def _judge_shape(case: SendDayCase, route: VehicleRoute) -> list[str]:
    """Name what makes it no route at all: nodes, their number and order, times."""
    n, k = len(case.riders), len(case.schools)
    found = [f"there is no node {v}" for v in route.nodes if not 0 <= v < n + k]
    if found or not route.nodes:
        return found or ["it is empty"]
    if len(route.times) != len(route.nodes):
        return [f"{len(route.nodes)} nodes have {len(route.times)} times"]
    if len(set(route.nodes)) < len(route.nodes):
        found.append("a node is on it twice")
    visits = [v for v in route.nodes if v >= n]
    if len(visits) > MOST_SCHOOLS:
        found.append(f"it visits {len(visits)} schools")
    if route.nodes[-1] < n:
        found.append("it does not end at a school")
    at = {v: p for p, v in enumerate(route.nodes)}
    for v in route.nodes:
        if v < n and at.get(n + case.riders[v].school, -1) < at[v]:
            found.append(f"passenger {v} is not brought to school {case.riders[v].school}")
    for v in visits:
        if not any(i < n and case.riders[i].school == v - n for i in route.nodes):
            found.append(f"it visits school {v - n} for nobody")
    return found


def _judge_route(case: SendDayCase, route: VehicleRoute, kind: VehicleType) -> list[str]:
    """Name each rule that a route of the right shape breaks."""
    n = len(case.riders)
    found = []
    aboard: dict[int, float] = {}
    for p, (node, at_s) in enumerate(zip(route.nodes, route.times, strict=True)):
        if p:
            found += _judge_leg(case, route, p)
        if node < n:
            aboard[node] = at_s + case.riders[node].boarding_s
            seats = sum(case.riders[i].seats for i in aboard)
            spaces = sum(case.riders[i].wheelchair for i in aboard)
            if seats > kind.seats or spaces > kind.spaces:
                found.append(
                    f"after node {node} {seats} seats and {spaces} wheelchair spaces are "
                    f"taken, a {kind.name} has {kind.seats} and {kind.spaces}"
                )
            continue
        school = case.schools[node - n]
        if not school.from_s <= at_s <= school.by_s:
            found.append(
                f"school {node - n} is reached at {at_s:g}, its window is "
                f"{school.from_s}-{school.by_s}"
            )
        for i in [i for i in aboard if case.riders[i].school == node - n]:
            ride_s = at_s - aboard.pop(i)
            if ride_s > case.riders[i].max_ride_s:
                found.append(
                    f"passenger {i} rides {ride_s:g} s, over {case.riders[i].max_ride_s} s"
                )
    riders = [i for i in route.nodes if i < n]
    if len(riders) > 1:
        found += [f"passenger {i} does not travel alone" for i in riders if case.riders[i].solo]
    return found


def _judge_leg(case: SendDayCase, route: VehicleRoute, p: int) -> list[str]:
    """Name what is wrong with the drive to node p: too short, or with waiting aboard."""
    n = len(case.riders)
    before, node = route.nodes[p - 1], route.nodes[p]
    is_pick_up = before < n
    service = (
        case.riders[before].boarding_s if is_pick_up else case.schools[before - n].alighting_s
    )
    spare_s = route.times[p] - route.times[p - 1] - service - int(case.duration_s[before, node])
    if spare_s < 0:
        return [f"node {node} is reached {-spare_s:g} s too soon after node {before}"]
    if spare_s > 0 and is_pick_up:
        return [f"{spare_s:g} s of waiting after passenger {before}"]
    return []


def _price_route(case: SendDayCase, route: VehicleRoute, kind: VehicleType) -> float:
    """Price a route by its own times. [pounds]"""
    n = len(case.riders)
    first, last = route.nodes[0], route.nodes[-1]
    seconds = route.times[-1] + case.schools[last - n].alighting_s - route.times[0]
    legs = list(zip(route.nodes, route.nodes[1:], strict=False))
    metres = sum(int(case.distance_m[a, b]) for a, b in legs)
    if kind.is_at_depot:
        depot = n + len(case.schools)
        seconds += int(case.duration_s[depot, first]) + int(case.duration_s[last, depot])
        metres += int(case.distance_m[depot, first]) + int(case.distance_m[last, depot])
    fixed, per_hour = kind.fixed_pounds, kind.hour_pounds
    if any(i < n and case.riders[i].assistant for i in route.nodes):
        fixed += kind.assistant_pounds
        per_hour += kind.assistant_hour_pounds
    return fixed + kind.mile_pounds * metres / METRES_PER_MILE + per_hour * seconds / 3_600


def build_problem(case: SendDayCase, *, n_neighbours: int = N_NEIGHBOURS) -> SessionProblem:
    """Build the session's problem of a case."""
    n, k = len(case.riders), len(case.schools)
    offers = _build_offers(case.types, depot_row=n + k)

    def column(rows: tuple[Any, ...], name: str) -> np.ndarray[Any, np.dtype[np.int32]]:
        return np.array([getattr(row, name) for row in rows], dtype=np.int32)

    zero = np.zeros(n, dtype=np.int32)
    shared: dict[str, Any] = {
        "request_row": np.arange(n, dtype=np.int32),
        "request_site": column(case.riders, "school"),
        "service_s": column(case.riders, "boarding_s"),
        "site_row": np.arange(n, n + k, dtype=np.int32),
        "site_from_s": column(case.schools, "from_s"),
        "site_by_s": column(case.schools, "by_s"),
        "site_dwell_s": column(case.schools, "alighting_s"),
        "duration_s": case.duration_s,
    }
    return SessionProblem(
        session=Session.AM,
        day_type_id=case.name,
        policy=Policy(shared_assistant_ratio=1_000_000, is_mixing_children_and_adults=True),
        max_sites=MOST_SCHOOLS,
        passenger_ids=tuple(f"p{i:04d}" for i in range(n)),
        home_ids=tuple(f"h{i:04d}" for i in range(n)),
        assistant_ids=("",) * n,
        site_ids=tuple(f"s{j:03d}" for j in range(k)),
        place_ids=tuple(f"x{r:04d}" for r in range(n + k + 1)),
        site_service_s=zero,
        max_ride_s=column(case.riders, "max_ride_s"),
        from_s=np.full(n, ALWAYS_FROM_S, dtype=np.int32),
        by_s=np.full(n, ALWAYS_BY_S, dtype=np.int32),
        n_seats=column(case.riders, "seats"),
        n_spaces=column(case.riders, "wheelchair"),
        n_crew=zero,
        n_shared=column(case.riders, "assistant"),
        n_trained_crew=zero,
        n_trained_shared=zero,
        is_alone=column(case.riders, "solo").astype(np.bool_),
        is_adult=np.zeros(n, dtype=np.bool_),
        group=np.arange(n, dtype=np.int32),
        apart_start=np.zeros(n + 1, dtype=np.int32),
        apart_with=np.zeros(0, dtype=np.int32),
        is_allowed=np.ones((n, offers.n_offers), dtype=np.bool_),
        distance_m=case.distance_m,
        offers=offers,
        scarcity_pence=np.zeros(offers.n_offers, dtype=np.int64),
        labels=np.zeros((0, n), dtype=np.int32),
        label_pence=np.zeros(0, dtype=np.int64),
        neighbours=find_neighbours(n_neighbours=n_neighbours, **shared),
        assistant_seats=0,
        **shared,
    )


def _build_offers(types: tuple[VehicleType, ...], depot_row: int) -> OfferPrices:
    """Build one offer of each vehicle type; pounds become thousandths of a penny exactly."""
    o = len(types)

    def whole(name: str, unit: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.array([round(getattr(t, name) * unit) for t in types], dtype=np.int64)

    zero = np.zeros(o, dtype=np.int64)
    at_depot = np.array([t.is_at_depot for t in types], dtype=np.bool_)
    many = np.full(o, 1_000_000, dtype=np.int64)
    names = tuple(t.name for t in types)
    return OfferPrices(
        offer_ids=names,
        provider_ids=names,
        vehicle_type_ids=names,
        is_own=np.zeros(o, dtype=np.bool_),
        includes_dead=at_depot,
        base_row=np.where(at_depot, depot_row, -1).astype(np.int32),
        has_lift=np.ones(o, dtype=np.bool_),
        layout_seats=whole("seats", 1).astype(np.int32)[:, None],
        layout_spaces=whole("spaces", 1).astype(np.int32)[:, None],
        max_assistants=np.full(o, 1, dtype=np.int64),
        max_trained=zero,
        n_vehicles=many,
        is_open=np.ones(o, dtype=np.bool_),
        is_priced_alone=np.ones(o, dtype=np.bool_),
        area_place_ids=("",) * o,
        area_radius_m=np.full(o, -1, dtype=np.int64),
        fixed_pence=whole("fixed_pounds", 100),
        band_to_m=np.full((o, 1), OPEN_END_M, dtype=np.int64),
        band_mpence=whole("mile_pounds", 100_000)[:, None],
        dead_mpence=zero,
        hour_mpence=whole("hour_pounds", 100_000),
        waiting_mpence=zero,
        minimum_pence=zero,
        assistant_pence=whole("assistant_pounds", 100),
        assistant_hour_mpence=whole("assistant_hour_pounds", 100_000),
        trained_pence=zero,
        trained_hour_mpence=zero,
        day_pair_pence=np.full(o, -1, dtype=np.int64),
        day_included_m=zero,
        day_excess_mpence=zero,
        vat_bp=zero,
        extra_s=zero,
        min_s=zero,
    )
