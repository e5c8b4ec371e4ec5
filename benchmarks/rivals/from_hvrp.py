"""A mixed-fleet file for the rivals."""

from __future__ import annotations

import numpy as np

from benchmarks.families.hvrp_files import HvrpCase
from benchmarks.rivals.model import NEVER, RivalModel, RivalType


def build_model(case: HvrpCase) -> RivalModel:
    """Describe a case: customers are visited and collected from."""
    m = case.n_customers + 1
    types = tuple(
        RivalType(
            name=str(k),
            n_vehicles=t.n_vehicles,
            capacity=(t.capacity,),
            fixed=t.fixed,
            per_distance=t.per_distance,
            max_time=case.max_distance,
        )
        for k, t in enumerate(case.types)
        if t.n_vehicles
    )
    service = np.full(m, case.service)
    service[0] = 0.0
    return RivalModel(
        distance=case.distance,
        duration=case.distance,
        service=service,
        from_time=np.zeros(m),
        by_time=np.full(m, NEVER),
        load=case.demand[:, None],
        types=types,
        needs_skill=np.zeros(m, dtype=np.bool_),
        visits=tuple(range(1, m)),
        ticks=1_000,
        money=10,
    )
