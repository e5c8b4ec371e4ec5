"""School buses with mixed loads: the files of Park, Tae and Kim (2012).

A folder holds Schools.txt (ID, X, Y, AMEARLY, AMLATE) and Stops.txt (ID, X_COORD, Y_COORD,
EP_ID, STUDENT_COUNT), tab-separated, coordinates in feet, times as HHMM. The rules that are not
in the files are those of the paper: yard at (105600, 105600), Manhattan distance at 20 mph
(29.3333 ft/s), 66 seats, 19 + 2.6 s for each student to board a stop, 29 + 1.9 s for each to
alight, a limit on the ride from leaving the stop to the beginning of alighting at the school,
which lies between AMEARLY and AMLATE. A bus works through the whole morning: any sequence of
stops and schools, with free waiting. Cost is the number of buses, then the drive from and to
the yard (``extra``: ``driving_s``).

The ride limit is 2 700 s; ``FOLDER@5400`` reads a folder with another.

Park, Tae and Kim, A post-improvement procedure for the mixed load school bus routing problem,
European Journal of Operational Research 217(1), 2012.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.families.family import OnBetter, Solution, VehicleRoute, Verdict
from benchmarks.families.school_bus_files import SchoolBusCase, read_case
from data.errors import InfeasibleError, SolverError
from routing.duty_problem import DutyProblem, Nodes
from routing.duty_search import DutySolution, improve_duties

YARD_FT = (105_600.0, 105_600.0)
FEET_PER_S = 29.3333
N_SEATS = 66
YARD = 0
"""Number of the yard in a solution; stops and schools have their IDs."""
TICKS_PER_S = 1_000
"""The search counts thousandths of a second and rounds drives up: what it allows is allowed."""
TOLERANCE_S = 1e-6
_POSTED = Path(__file__).parents[1] / "instances" / "school_bus" / "posted.csv"
"""Buses of the mixed-load solutions posted in 2012, re-checked against the rules above. They
chain finished trips; plans that search trips and chains together are another model."""


class SchoolBus:
    """The family of school-bus files (`benchmarks.families.family.Family`)."""

    name = "school-bus"

    def __init__(self, *, ride_cap_s: int = 2_700) -> None:
        self.ride_cap_s = ride_cap_s

    def read(self, path: Path, *, ride_cap_s: float | None = None) -> SchoolBusCase:
        """Read a folder.

        Parameters
        ----------
        ride_cap_s
            Limit on the ride instead of the one of the path, or of the family. [s]

        Raises
        ------
        InputError
            If a file is missing or malformed; with every problem.
        InfeasibleError
            If a stop cannot be served by a bus of its own.
        """
        folder, cap_s = self._split(path)
        case = read_case(folder, cap_s if ride_cap_s is None else round(ride_cap_s))
        _raise_if_infeasible(case)
        return case

    def find_best_known(self, path: Path, *, ride_cap_s: float | None = None) -> float | None:
        """Find the posted number of buses of a known folder and ride limit."""
        folder, cap_s = self._split(path)
        if ride_cap_s is not None:
            cap_s = round(ride_cap_s)
        with _POSTED.open(newline="") as file:
            for row in csv.DictReader(file):
                if row["file"] == folder.name and int(row["ride_cap_s"]) == cap_s:
                    return float(row["buses"])
        return None

    def solve(
        self,
        case: SchoolBusCase,
        *,
        seconds: float,
        seed: int,
        threads: int = 1,
        on_better: OnBetter | None = None,
    ) -> Solution:
        """Solve by `routing.duty_search`; ``seconds`` is CPU time of each thread."""
        problem, node_ids = _build_problem(case)

        def translate(found: DutySolution) -> Solution:
            routes = [
                _describe(str(number), nodes, problem, node_ids)
                for number, nodes in enumerate(found.duties, start=1)
            ]
            drive_s = sum(_drive_s(case, route) for route in routes)
            return Solution(
                routes=tuple(routes),
                cost=float(len(routes)),
                extra=(("driving_s", drive_s), ("unserved", float(len(found.unserved)))),
            )

        def tell(seconds_used: float, found: DutySolution) -> None:
            if on_better is not None:
                on_better(seconds_used, translate(found))

        clock: Callable[[], float] = time.thread_time
        if threads > 1:
            clock = partial(_mean_cpu_s, threads)
        found = improve_duties(
            problem,
            seconds=seconds,
            seed=seed,
            n_chains=threads,
            n_workers=threads,
            clock=clock,
            on_better=tell if on_better is not None else None,
        )
        return translate(found)

    def judge(self, case: SchoolBusCase, solution: Solution) -> Verdict:
        """Count buses and name each broken rule, from the files' numbers unrounded."""
        found: list[str] = []
        served: dict[int, int] = {}
        for route in solution.routes:
            found += _judge_route(case, route, served)
        for stop in case.stops:
            times = served.get(stop.stop_id, 0)
            if times != 1:
                found.append(f"stop {stop.stop_id} is served {times} times")
        return Verdict(cost=float(len(solution.routes)), violations=tuple(found))

    def _split(self, path: Path) -> tuple[Path, int]:
        """Split the ride limit off a path; without one it is the family's."""
        stem, mark, cap = path.name.rpartition("@")
        if mark and cap.isdecimal() and not path.exists():
            return path.with_name(stem), int(cap)
        return path, self.ride_cap_s


FAMILY = SchoolBus()


def _mean_cpu_s(threads: int) -> float:
    """CPU time of the process, shared out to its threads. [s]"""
    return time.process_time() / threads


def drive_between_s(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Drive between two points in feet. [s]"""
    return (abs(a[0] - b[0]) + abs(a[1] - b[1])) / FEET_PER_S


def _raise_if_infeasible(case: SchoolBusCase) -> None:
    """Raise for stops that no bus can serve, each with the reason."""
    schools = {s.school_id: s for s in case.schools}
    reasons = []
    for stop in case.stops:
        school = schools[stop.school_id]
        direct_s = drive_between_s((stop.x_ft, stop.y_ft), (school.x_ft, school.y_ft))
        if direct_s > case.ride_cap_s:
            reasons.append(
                f"stop {stop.stop_id} is {direct_s:.1f} s from school {school.school_id}, "
                f"over the ride limit of {case.ride_cap_s} s"
            )
        if stop.n_students > N_SEATS:
            reasons.append(
                f"stop {stop.stop_id} has {stop.n_students} students for {N_SEATS} seats"
            )
    if reasons:
        raise InfeasibleError(f"{case.name} has no plan: " + "; ".join(reasons))


def _build_problem(case: SchoolBusCase) -> tuple[DutyProblem, list[int]]:
    """Build the duty problem in ticks, and the ID of each node."""
    n, m = len(case.stops), len(case.schools)
    position = {s.school_id: j for j, s in enumerate(case.schools)}
    points = np.array(
        [(s.x_ft, s.y_ft) for s in case.stops]
        + [(s.x_ft, s.y_ft) for s in case.schools]
        + [YARD_FT]
    )
    feet = np.abs(points[:, None, :] - points[None, :, :]).sum(axis=2)
    # The last digits of the sums are noise; without it a drive of a whole tick grows by one.
    drive = np.ceil(np.round(feet / FEET_PER_S * TICKS_PER_S, 6)).astype(np.int32)

    def ticks(values: list[float]) -> NDArray[np.int32]:
        return np.array([round(v * TICKS_PER_S) for v in values], dtype=np.int32)

    students = [float(s.n_students) for s in case.stops]
    problem = DutyProblem(
        request_row=np.arange(n, dtype=np.int32),
        request_site=np.array([position[s.school_id] for s in case.stops], dtype=np.int32),
        service=ticks([19 + 2.6 * c for c in students]),
        site_service=ticks([1.9 * c for c in students]),
        max_ride=np.full(n, case.ride_cap_s * TICKS_PER_S, dtype=np.int32),
        from_=np.full(n, -(2**29), dtype=np.int32),
        by=np.full(n, 2**29, dtype=np.int32),
        load=np.array([s.n_students for s in case.stops], dtype=np.int32),
        site_row=np.arange(n, n + m, dtype=np.int32),
        site_from=ticks([float(s.from_s) for s in case.schools]),
        site_by=ticks([float(s.by_s) for s in case.schools]),
        site_dwell=ticks([29.0] * m),
        drive=drive,
        capacity=N_SEATS,
        yard_row=n + m,
        ticks_per_s=TICKS_PER_S,
    )
    node_ids = [s.stop_id for s in case.stops] + [s.school_id for s in case.schools]
    return problem, node_ids


def _describe(
    vehicle: str, nodes: Nodes, problem: DutyProblem, node_ids: list[int]
) -> VehicleRoute:
    """Describe a duty in the numbers of the file, with its way from and to the yard."""
    times = problem.find_times(nodes)
    if times is None:
        raise SolverError(f"bus {vehicle} has no schedule")
    yard = problem.yard_row
    out = int(problem.drive[yard, problem.row_of(nodes[0])])
    back = int(problem.drive[problem.row_of(nodes[-1]), yard])
    last = times[-1] + problem.find_services(nodes)[-1]
    moments = [times[0] - out, *times, last + back]
    return VehicleRoute(
        vehicle=vehicle,
        nodes=(YARD, *(node_ids[v] for v in nodes), YARD),
        times=tuple(t / TICKS_PER_S for t in moments),
    )


def _places(case: SchoolBusCase) -> dict[int, tuple[float, float]]:
    places = {YARD: YARD_FT}
    places |= {s.school_id: (s.x_ft, s.y_ft) for s in case.schools}
    return places | {s.stop_id: (s.x_ft, s.y_ft) for s in case.stops}


def _drive_s(case: SchoolBusCase, route: VehicleRoute) -> float:
    places = _places(case)
    at = [places[v] for v in route.nodes]
    return sum(drive_between_s(a, b) for a, b in pairwise(at))


def _judge_route(case: SchoolBusCase, route: VehicleRoute, served: dict[int, int]) -> list[str]:
    """Name what one bus breaks; counts who is served."""
    name = f"bus {route.vehicle}"
    schools = {s.school_id: s for s in case.schools}
    stops = {s.stop_id: s for s in case.stops}
    places = _places(case)
    unknown = [v for v in route.nodes if v not in places]
    if unknown:
        return [f"{name} goes to {unknown[0]}, which is not in the files"]
    if len(route.nodes) < 2 or route.nodes[0] != YARD or route.nodes[-1] != YARD:
        return [f"{name} does not begin and end at the yard"]
    if len(route.times) != len(route.nodes):
        return [f"{name} has {len(route.times)} times for {len(route.nodes)} nodes"]
    found = []
    aboard: dict[int, float] = {}
    ready_s = route.times[0]
    for p in range(1, len(route.nodes)):
        node, at_s = route.nodes[p], route.times[p]
        reach_s = ready_s + drive_between_s(places[route.nodes[p - 1]], places[node])
        if not at_s >= reach_s - TOLERANCE_S:
            found.append(f"{name} is at {node} {reach_s - at_s:.3f} s too soon")
        ready_s = at_s
        if node in stops:
            ready_s += 19 + 2.6 * stops[node].n_students
            if node in aboard:
                found.append(f"{name} boards stop {node} twice")
            aboard[node] = ready_s
            n_aboard = sum(stops[v].n_students for v in aboard)
            if n_aboard > N_SEATS:
                found.append(f"{name} has {n_aboard} students aboard after {node}")
        elif node in schools:
            school = schools[node]
            if not school.from_s - TOLERANCE_S <= at_s <= school.by_s + TOLERANCE_S:
                found.append(f"{name} reaches school {node} at {at_s:.3f} s, out of hours")
            ready_s += 29
            for stop_id in [v for v in aboard if stops[v].school_id == node]:
                ride_s = at_s - aboard.pop(stop_id)
                served[stop_id] = served.get(stop_id, 0) + 1
                ready_s += 1.9 * stops[stop_id].n_students
                if ride_s > case.ride_cap_s + TOLERANCE_S:
                    found.append(f"{name} carries stop {stop_id} for {ride_s:.3f} s")
        elif p < len(route.nodes) - 1:
            found.append(f"{name} is at the yard between trips")
    found += [f"{name} never brings stop {v} to its school" for v in aboard]
    return found
