"""A school-bus folder for the rivals: each stop is a pair with a drop of its own.

A visit of a school becomes the drops there one after the other; the fixed 29 s of a visit fall
on leaving the school. In the files' rules all alight at once: rides of the later drops are
counted up to 1.9 s for each student before them longer than they are, never shorter.
"""

from __future__ import annotations

import numpy as np

from benchmarks.families.family import VehicleRoute
from benchmarks.families.school_bus import FEET_PER_S, N_SEATS, YARD, YARD_FT
from benchmarks.families.school_bus_files import SchoolBusCase
from benchmarks.rivals.model import RivalModel, RivalPair, RivalType

A_BUS = 2e4
"""Seconds of driving that a bus is worth."""
VISIT_S = 29.0


def build_model(case: SchoolBusCase) -> RivalModel:
    """Describe a case: pick-ups, drops, then the yard."""
    n = len(case.stops)
    schools = {s.school_id: s for s in case.schools}
    at = [schools[s.school_id] for s in case.stops]
    xy = np.array(
        [(s.x_ft, s.y_ft) for s in case.stops] + [(s.x_ft, s.y_ft) for s in at] + [YARD_FT]
    )
    drive = np.abs(xy[:, None, :] - xy[None, :, :]).sum(axis=2) / FEET_PER_S
    school = np.array([-1] * n + [s.school_id for s in at] + [-1])
    is_leaving = (school[:, None] >= 0) & (school[:, None] != school[None, :])
    load = np.zeros((2 * n + 1, 1), dtype=np.int64)
    load[:n, 0] = [s.n_students for s in case.stops]
    students = load[:n, 0]
    node_ids = [s.stop_id for s in case.stops] + [s.school_id for s in at] + [YARD]
    latest = max(s.by_s for s in case.schools)
    closing = [float(latest)] * n + [float(s.by_s) for s in at] + [2.0 * latest]

    def finish(routes: tuple[VehicleRoute, ...]) -> tuple[VehicleRoute, ...]:
        return tuple(
            _join(route, str(number), node_ids) for number, route in enumerate(routes, start=1)
        )

    return RivalModel(
        distance=drive,
        duration=drive + VISIT_S * is_leaving,
        service=np.concatenate([19 + 2.6 * students, 1.9 * students, [0.0]]),
        from_time=np.array([0.0] * n + [float(s.from_s) for s in at] + [0.0]),
        by_time=np.array(closing),
        load=load,
        types=(
            RivalType(
                name="bus",
                n_vehicles=max(60, n // 3),
                capacity=(N_SEATS,),
                fixed=A_BUS,
                start=2 * n,
                end=2 * n,
                by_time=2.0 * latest,
            ),
        ),
        needs_skill=np.zeros(2 * n + 1, dtype=np.bool_),
        pairs=tuple(
            RivalPair(pick_up=i, drop=n + i, max_ride=float(case.ride_cap_s)) for i in range(n)
        ),
        ticks=1_000,
        finish=finish,
    )


def _join(route: VehicleRoute, vehicle: str, node_ids: list[int]) -> VehicleRoute:
    """Join drops at one school to one visit, which begins with the first of them."""
    n = (len(node_ids) - 1) // 2
    nodes: list[int] = []
    times: list[float] = []
    for k, node in enumerate(route.nodes):
        name = node_ids[node]
        if nodes and n <= node < 2 * n and nodes[-1] == name:
            continue
        nodes.append(name)
        times += route.times[k : k + 1]
    return VehicleRoute(vehicle=vehicle, nodes=tuple(nodes), times=tuple(times))
