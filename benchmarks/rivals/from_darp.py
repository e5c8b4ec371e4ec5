"""Dial-a-ride, and pick-up and delivery files, for the rivals."""

from __future__ import annotations

import numpy as np

from benchmarks.families.family import VehicleRoute
from benchmarks.families.pairs import PairedCase
from benchmarks.rivals.model import RivalModel, RivalPair, RivalType

A_VEHICLE = 1e4
"""Distance that a vehicle is worth where fewer come first."""


def build_model(case: PairedCase) -> RivalModel:
    """Describe a case; nodes are those of the file."""
    m = len(case.nodes)
    xy = np.array([(node.x, node.y) for node in case.nodes])
    between = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])
    start, end = case.nodes[case.start], case.nodes[case.end]
    kind = RivalType(
        name="1",
        n_vehicles=case.n_vehicles,
        capacity=(int(case.capacity),),
        fixed=A_VEHICLE if case.is_fewest_vehicles else 0.0,
        start=case.start,
        end=case.end,
        from_time=start.from_,
        by_time=end.by,
        max_time=case.max_route,
    )
    load = np.zeros((m, 1), dtype=np.int64)
    for p, _ in case.pairs:
        load[p, 0] = int(case.nodes[p].load)
    service = np.array([node.service for node in case.nodes])
    service[[case.start, case.end]] = 0.0
    return RivalModel(
        distance=between,
        duration=between,
        service=service,
        from_time=np.array([node.from_ for node in case.nodes]),
        by_time=np.array([node.by for node in case.nodes]),
        load=load,
        types=(kind,),
        needs_skill=np.zeros(m, dtype=np.bool_),
        pairs=tuple(
            RivalPair(pick_up=p, drop=d, max_ride=case.max_ride) for p, d in case.pairs
        ),
        ticks=1_000,
        finish=_number,
    )


def _number(routes: tuple[VehicleRoute, ...]) -> tuple[VehicleRoute, ...]:
    """Number the vehicles; the judge finds the best times itself."""
    return tuple(
        VehicleRoute(vehicle=str(k), nodes=route.nodes)
        for k, route in enumerate(routes, start=1)
    )
