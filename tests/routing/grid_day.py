"""The sample place ``grid`` made ready for planning, and one plan of its day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import costing
import routing
from data.costs import CostModel
from data.demand import find_day_type, find_travellers
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.places import Session
from data.plans import DayType, Duty, Plan
from data.samples import build_sample

STEPS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Everything that a plan of the grid's service day is made from."""

    inputs: Inputs
    matrix: TravelMatrix
    cost_model: CostModel
    day_type: DayType

    def plan(self, **values: Any) -> Plan:
        """Plan the service day: 300 steps, seed 1, unless `values` say otherwise."""
        wanted: dict[str, Any] = {"steps": STEPS, "seed": 1} | values
        return routing.optimise(
            self.inputs,
            self.matrix,
            self.cost_model,
            day_type=self.day_type,
            service_date=self.inputs.service_date,
            **wanted,
        )

    def travellers(self) -> list[tuple[str, Session]]:
        """Everybody who travels, session by session."""
        return [
            (t.passenger_id, session)
            for session in Session
            for t in find_travellers(self.inputs, self.day_type, session)
        ]


@cache
def _build_matrix() -> TravelMatrix:
    inputs = build_sample("grid")
    return routing.build_matrix(
        routing.build_sample_network("grid"),
        inputs.places,
        policy=inputs.policy,
        walks_wanted=routing.find_walks_wanted(inputs),
    )


def build_grid(inputs: Inputs | None = None) -> Grid:
    """Make the grid ready; `inputs` are the sample's, perhaps changed, with all its places."""
    given = inputs or build_sample("grid")
    day_type = find_day_type(given, given.service_date)
    assert day_type is not None
    return Grid(
        inputs=given,
        matrix=_build_matrix(),
        cost_model=costing.build_cost_model(given, given.service_date),
        day_type=day_type,
    )


@cache
def plan_grid() -> Plan:
    """The plan of the unchanged grid."""
    return build_grid().plan()


def find_own(plan: Plan) -> list[Duty]:
    """The own company's duties."""
    return [duty for duty in plan.duties if duty.provider_id == "own"]


def find_carried(plan: Plan) -> list[tuple[str, Session]]:
    """Everybody aboard a route, once per route and boarding."""
    return [(p, route.session) for route in plan.routes for p in route.passenger_ids]
