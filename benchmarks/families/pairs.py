"""What dial-a-ride and pick-up and delivery files share: the case, its solving, its judge.

Codes of faults: BF01 no readable file, BF02 empty, BF03 number of words, BF04 no number, BF05
nodes out of order, BF06 window turned round, BF07 negative service, BF08 the head counts other
nodes, BF09 no count or limit, BF10 loads of a pair differ, BF11 a pair names others.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.families.family import OnBetter, Solution, VehicleRoute, Verdict
from data.errors import InfeasibleError, InputError, ModelError, Problem, Severity
from routing.paired.improve import Routes, improve_paired
from routing.paired.problem import PairedProblem
from routing.paired.schedule import find_begins
from routing.route_pool import compile_choice

TOLERANCE = 1e-6
"""What a rule may be broken by before the judge says so, in the file's units."""
_FINEST = 1e5
"""Ticks to a unit of time, and cost units to a unit of distance, where the numbers allow."""
_MOST_TICKS = 2.5e8
"""Times and distances in ticks stay under this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One line of a file: the depot, a pick-up or a drop-off."""

    x: float
    y: float
    service: float
    load: float
    from_: float
    by: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedCase:
    """A dial-a-ride or pick-up and delivery file; all numbers in the file's units.

    Attributes
    ----------
    nodes
        As the file numbers them; travel times and costs are straight lines between them.
    start, end
        The nodes where vehicles begin and finish.
    pairs
        Pick-up and drop-off of each request.
    max_ride
        Longest time from the end of service at a pick-up to the begin at its drop-off.
    max_route
        Longest time from leaving the start to reaching the end.
    is_fewest_vehicles
        Whether the number of vehicles comes before distance.
    """

    name: str
    n_vehicles: int
    capacity: float
    nodes: tuple[Node, ...]
    start: int
    end: int
    pairs: tuple[tuple[int, int], ...]
    max_ride: float | None
    max_route: float | None
    is_fewest_vehicles: bool

    def distance(self, a: int, b: int) -> float:
        """Straight line between two nodes."""
        one, other = self.nodes[a], self.nodes[b]
        return math.hypot(one.x - other.x, one.y - other.y)


class Faults:
    """Gathers every fault of a file, to raise them once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: list[Problem] = []

    def add(self, code: str, row: int | None, column: str, value: str, cause: str) -> None:
        """Note one fault."""
        self.found.append(
            Problem(
                code=code,
                severity=Severity.ERROR,
                file=str(self.path),
                row=row,
                column=column,
                value=value[:40],
                cause=cause,
                suggestion="Correct the file, or take it again from where it is published.",
            )
        )

    def stop_if_any(self) -> None:
        """Raise all faults found so far."""
        if self.found:
            raise InputError(self.found)


def read_rows(path: Path, faults: Faults) -> list[tuple[int, list[str]]]:
    """Read the words of every line that has any, with the line's number from 1."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        faults.add("BF01", None, "", "", f"The file cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        faults.add("BF01", None, "", "", "The file is not text.")
    else:
        lines = enumerate(text.splitlines(), start=1)
        rows = [(row, line.split()) for row, line in lines if line.strip()]
        if len(rows) > 1:
            return rows
        faults.add("BF02", None, "", "", "The file is empty, or ends after its head.")
    raise InputError(faults.found)


def read_numbers(
    row: int, words: list[str], names: Sequence[str], faults: Faults, *, n_needed: int
) -> list[float] | None:
    """Read the numbers of one line; None, and faults, if one is missing or no number."""
    if not n_needed <= len(words) <= len(names):
        wanted = f"{n_needed} to {len(names)}" if n_needed < len(names) else f"{n_needed}"
        faults.add(
            "BF03", row, "", " ".join(words), f"{len(words)} words where {wanted} belong."
        )
        return None
    numbers = []
    for name, word in zip(names, words, strict=False):
        try:
            number = float(word)
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or abs(number) > _MOST_TICKS:
            faults.add("BF04", row, name, word, f"{name} is no number, or too large a one.")
        numbers.append(number)
    return numbers if len(faults.found) == 0 or not any(map(math.isnan, numbers)) else None


def check_case(case: PairedCase, path: Path) -> None:
    """Prove that each request could be served alone, and the totals could be.

    Raises
    ------
    InfeasibleError
        With every request that no vehicle can serve, and why.
    """
    reasons = [reason for pair in case.pairs for reason in _find_reasons(case, *pair)]
    if case.pairs and case.n_vehicles < 1:
        reasons.append("there is no vehicle")
    if reasons:
        more = f"\n(+{len(reasons) - 20} more)" if len(reasons) > 20 else ""
        raise InfeasibleError(
            f"{path}: {len(reasons)} reason(s) why no plan exists:\n"
            + "\n".join(reasons[:20])
            + more
        )


def _find_reasons(case: PairedCase, pick: int, drop: int) -> list[str]:
    """Why no vehicle can serve a request even alone; triangles hold, so alone is easiest."""
    a, b = case.nodes[pick], case.nodes[drop]
    start, end = case.nodes[case.start], case.nodes[case.end]
    what = f"request {pick} to {drop}"
    found = []
    if a.load > case.capacity:
        found.append(f"{what}: load {a.load:g} is over the capacity {case.capacity:g}")
    direct = case.distance(pick, drop)
    if case.max_ride is not None and direct > case.max_ride + TOLERANCE:
        found.append(f"{what}: the direct ride {direct:g} is over the limit {case.max_ride:g}")
    out = start.service + case.distance(case.start, pick)
    home = b.service + case.distance(drop, case.end)
    begin = max(a.from_, start.from_ + out)
    if begin > a.by + TOLERANCE:
        found.append(f"{what}: node {pick} is reached at {begin:g}, its window ends {a.by:g}")
    at_drop = max(b.from_, begin + a.service + direct)
    if at_drop > b.by + TOLERANCE:
        found.append(f"{what}: node {drop} is reached at {at_drop:g}, its window ends {b.by:g}")
    if at_drop + home > end.by + TOLERANCE:
        found.append(f"{what}: the end is reached at {at_drop + home:g}, after {end.by:g}")
    if case.max_ride is not None and b.from_ - a.by - a.service > case.max_ride + TOLERANCE:
        found.append(f"{what}: the windows lie further apart than the ride limit")
    least = out + home + max(a.service + direct, b.from_ - a.by)
    if case.max_route is not None and least > case.max_route + TOLERANCE:
        found.append(f"{what}: a route takes {least:g}, the limit is {case.max_route:g}")
    return found


def find_scale(case: PairedCase) -> float:
    """Find how many ticks to a unit of time and distance keep all numbers small enough."""
    far = max(abs(v) for node in case.nodes for v in (node.x, node.y)) * 3
    late = max(max(node.by, node.from_, node.service) for node in case.nodes)
    largest = max(far, late, case.max_ride or 0.0, case.max_route or 0.0, 1.0)
    return min(_FINEST, 10.0 ** math.floor(math.log10(_MOST_TICKS / largest)))


def build_problem(case: PairedCase, scale: float) -> PairedProblem:
    """Turn a case into the engine's whole ticks, always to the safe side.

    Travel, service and openings are rounded up, closings and limits down, so a plan of the
    problem keeps every rule of the file; distances are rounded to the nearest.
    """
    order = [p for p, _ in case.pairs] + [d for _, d in case.pairs] + [case.start, case.end]
    nodes = [case.nodes[v] for v in order]
    xy = np.array([(node.x, node.y) for node in nodes])
    between = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])

    def up(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.ceil(np.array(values) * scale - 1e-6).astype(np.int32)

    def down(values: Sequence[float]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.floor(np.array(values) * scale + 1e-6).astype(np.int32)

    n = len(case.pairs)
    ride = -1 if case.max_ride is None else int(down([case.max_ride])[0])
    fine = 1e3
    return PairedProblem(
        duration_t=np.ceil(between * scale - 1e-6).astype(np.int32),
        cost_c=np.rint(between * scale).astype(np.int32),
        from_t=up([max(0.0, node.from_) for node in nodes]),
        by_t=down([node.by for node in nodes]),
        service_t=up([node.service for node in nodes]),
        load=np.ceil(np.array([[node.load] for node in nodes[:n]]) * fine).astype(np.int32),
        capacity=np.array([math.floor(case.capacity * fine)], dtype=np.int32),
        max_ride_t=np.full(n, ride, dtype=np.int32),
        max_route_t=-1 if case.max_route is None else int(down([case.max_route])[0]),
        n_vehicles=min(case.n_vehicles, n),
        unserved_c=int(2 * scale * max(1.0, float(between.max()))) * 20,
        is_fewest_vehicles=case.is_fewest_vehicles,
    )


@cache
def _warm_up() -> None:
    """Compile or load the kernels, so that no clock counts it."""
    point = {"service": 0.0, "from_": 0.0, "by": 9.0}
    nodes = tuple(Node(x=float(v), y=0.0, load=float(v == 1), **point) for v in range(3))
    case = PairedCase(
        name="", n_vehicles=1, capacity=1.0, nodes=nodes, start=0, end=0, pairs=((1, 2),),
        max_ride=None, max_route=None, is_fewest_vehicles=False,
    )  # fmt: skip
    improve_paired(build_problem(case, 100.0), steps=1, n_chains=1)
    compile_choice()


def solve_case(
    case: PairedCase,
    *,
    seconds: float,
    seed: int,
    threads: int = 1,
    on_better: OnBetter | None = None,
) -> Solution:
    """Solve a case with wayfare's engine; see `benchmarks.families.family.Family`."""
    _warm_up()
    scale = find_scale(case)
    began = time.process_time()

    def clock() -> float:
        return time.process_time() / threads

    def tell(used: float, _cost_c: int, routes: Routes) -> None:
        if on_better is not None:
            on_better(used, _build_solution(case, problem, routes, scale))

    problem = build_problem(case, scale)
    left = max(0.0, seconds - (time.process_time() - began) / threads)
    found = improve_paired(
        problem,
        seconds=left,
        seed=seed,
        n_chains=threads,
        n_workers=threads,
        clock=clock,
        on_better=tell if on_better is not None else None,
    )
    return _build_solution(case, problem, found.routes, scale)


def bound_case(case: PairedCase, solution: Solution, *, seconds: float) -> float:
    """Prove how little any plan that serves every request drives, in the file's units.

    Distances are rounded to the nearest cost unit, so each leg may lose half a one.
    """
    from routing.bounds import bound_paired

    scale = find_scale(case)
    order = [*(p for p, _ in case.pairs), *(d for _, d in case.pairs)]
    at = {node: place for place, node in enumerate(order)}
    start = [[at[v] for v in route.nodes if v in at] for route in solution.routes]
    found = bound_paired(build_problem(case, scale), seconds=seconds, start=start)
    legs = len(order) + case.n_vehicles
    return max(0.0, (found.bound_c - legs) / scale)


def _build_solution(
    case: PairedCase, problem: PairedProblem, routes: Routes, scale: float
) -> Solution:
    """Give routes in the file's numbers, with the earliest times that keep every rule."""
    order = [p for p, _ in case.pairs] + [d for _, d in case.pairs]
    out = []
    cost = 0.0
    for vehicle, route in enumerate(routes, start=1):
        begins = find_begins(problem, route)
        if begins is None:
            raise ModelError(f"the search made a route that breaks a rule: {route}")
        nodes = (case.start, *(order[v] for v in route), case.end)
        cost += sum(case.distance(a, b) for a, b in pairwise(nodes))
        out.append(
            VehicleRoute(
                vehicle=str(vehicle), nodes=nodes, times=tuple(t / scale for t in begins)
            )
        )
    n_served = sum(len(route) // 2 for route in routes)
    return Solution(
        routes=tuple(out),
        cost=cost,
        extra=(
            ("vehicles", float(len(out))),
            ("unserved", float(len(case.pairs) - n_served)),
        ),
    )


def judge_case(case: PairedCase, solution: Solution) -> Verdict:
    """Count a solution's distance and name every rule it breaks.

    Written from the rules of the files and plain Python alone. A route without times is given
    its earliest ones that keep the rules, or, if nothing does, those of driving at once.
    """
    broken: list[str] = []
    cost = 0.0
    served: dict[int, str] = {}
    used = [route for route in solution.routes if len(route.nodes) > 2]
    if len(used) > case.n_vehicles:
        broken.append(f"{len(used)} vehicles are used, there are {case.n_vehicles}")
    names = [route.vehicle for route in used]
    broken += [
        f"vehicle {v} drives two routes" for v in sorted(set(names)) if names.count(v) > 1
    ]
    for route in used:
        bad = [v for v in route.nodes if not 0 <= v < len(case.nodes)]
        if bad:
            broken.append(f"vehicle {route.vehicle}: there is no node {bad[0]}")
            continue
        cost += sum(
            case.distance(a, b) for a, b in zip(route.nodes, route.nodes[1:], strict=False)
        )
        broken += _judge_order(case, route, served)
        broken += _judge_times(case, route)
    broken += [f"request {p} to {d} is not served" for p, d in case.pairs if p not in served]
    return Verdict(cost=cost, violations=tuple(broken))


def _judge_order(case: PairedCase, route: VehicleRoute, served: dict[int, str]) -> list[str]:
    """Rules of order, pairing and load of one route; notes who is served."""
    who = f"vehicle {route.vehicle}"
    broken = []
    if route.nodes[0] != case.start or route.nodes[-1] != case.end:
        broken.append(f"{who}: it does not start at {case.start} and end at {case.end}")
    drop_of = dict(case.pairs)
    pick_of = {d: p for p, d in case.pairs}
    aboard: set[int] = set()
    load = 0.0
    for node in route.nodes[1:-1]:
        if node in drop_of:
            if node in served:
                broken.append(f"{who}: node {node} is also served by vehicle {served[node]}")
            served[node] = route.vehicle
            aboard.add(node)
            load += case.nodes[node].load
            if load > case.capacity + TOLERANCE:
                over = load - case.capacity
                broken.append(f"{who}: {over:g} over its capacity when leaving node {node}")
        elif node in pick_of:
            if pick_of[node] not in aboard:
                broken.append(f"{who}: node {node} without its pick-up {pick_of[node]} before")
            else:
                aboard.discard(pick_of[node])
                load -= case.nodes[pick_of[node]].load
        else:
            broken.append(f"{who}: node {node} is the depot, in the middle of a route")
    broken += [f"{who}: node {drop_of[p]} is missing after {p}" for p in sorted(aboard)]
    return broken


def _judge_times(case: PairedCase, route: VehicleRoute) -> list[str]:
    """Rules of time of one route."""
    who = f"vehicle {route.vehicle}"
    nodes = route.nodes
    times = route.times or _find_times(case, nodes)
    if len(times) != len(nodes):
        return [f"{who}: {len(times)} times for {len(nodes)} nodes"]
    broken = []
    pick_of = {d: p for p, d in case.pairs}
    begun: dict[int, float] = {}
    for q, (node, begin) in enumerate(zip(nodes, times, strict=True)):
        facts = case.nodes[node]
        if not math.isfinite(begin):
            broken.append(f"{who}: node {node} has no time")
            continue
        if begin < facts.from_ - TOLERANCE:
            broken.append(f"{who}: node {node} begins {facts.from_ - begin:g} too early")
        if begin > facts.by + TOLERANCE:
            broken.append(f"{who}: node {node} begins {begin - facts.by:g} too late")
        if q:
            free = times[q - 1] + case.nodes[nodes[q - 1]].service
            short = free + case.distance(nodes[q - 1], node) - begin
            if short > TOLERANCE:
                broken.append(f"{who}: node {node} begins {short:g} before it can be reached")
        pick = pick_of.get(node)
        if case.max_ride is not None and pick is not None and pick in begun:
            over = begin - begun[pick] - case.nodes[pick].service - case.max_ride
            if over > TOLERANCE:
                broken.append(f"{who}: ride {pick} to {node} is {over:g} over the limit")
        begun[node] = begin
    if case.max_route is not None and times[-1] - times[0] > case.max_route + TOLERANCE:
        over = times[-1] - times[0] - case.max_route
        broken.append(f"{who}: the route is {over:g} over its duration")
    return broken


def _find_times(case: PairedCase, nodes: tuple[int, ...]) -> tuple[float, ...]:
    """Find the earliest times that keep the rules, by raising them until nothing is broken."""
    at = {node: q for q, node in enumerate(nodes)}
    first = [case.nodes[node].from_ for node in nodes]
    for q in range(1, len(nodes)):
        free = first[q - 1] + case.nodes[nodes[q - 1]].service
        first[q] = max(first[q], free + case.distance(nodes[q - 1], nodes[q]))
    times = list(first)
    for _ in range(len(nodes) + 2):
        before = list(times)
        if case.max_route is not None:
            times[0] = max(times[0], times[-1] - case.max_route)
        for p, d in case.pairs:
            if case.max_ride is not None and p in at and d in at:
                least = times[at[d]] - case.max_ride - case.nodes[p].service
                times[at[p]] = max(times[at[p]], least)
        for q in range(1, len(nodes)):
            free = times[q - 1] + case.nodes[nodes[q - 1]].service
            times[q] = max(times[q], free + case.distance(nodes[q - 1], nodes[q]))
        if times == before:
            return tuple(times)
    return tuple(first)
