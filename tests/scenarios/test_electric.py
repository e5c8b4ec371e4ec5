"""A whole day with electric vehicles: planned by the search, judged by the checker."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.fleet import OWN_PROVIDER_ID
from data.inputs import Inputs
from data.plans import Duty, Plan
from routing.check import check_plan
from scenarios.changes import KINDS, apply_changes
from tests.routing.grid_day import Grid, build_grid

RANGE_MILES = 30


@pytest.fixture(scope="module")
def electric() -> tuple[Grid, Plan]:
    """The grid's day with own vehicles of 30 miles' range, and a charger for each."""
    grid = build_grid()
    types = sorted({v.vehicle_type_id for v in grid.inputs.vehicles})
    change = {
        "kind": "electrify_fleet", "vehicle_type_ids": types, "range_miles": RANGE_MILES,
        "charge_kw": 7, "kwh_per_mile": 0.6,
    }  # fmt: skip
    changes = (KINDS["electrify_fleet"].model_validate(change),)
    inputs = apply_changes(grid.inputs, changes, seed=1).inputs
    town = build_grid(inputs)
    return town, town.plan(steps=60)


def measure_m(duty: Duty) -> int:
    return sum(r.loaded_m for r in duty.routes) + sum(x.drive_m for x in duty.dead_runs)


def find_own(plan: Plan) -> list[Duty]:
    return [d for d in plan.duties if d.provider_id == OWN_PROVIDER_ID]


def without_chargers(inputs: Inputs) -> Inputs:
    return replace(inputs, depots=tuple(replace(d, n_chargers=0) for d in inputs.depots))


def test_the_search_uses_the_charge_between_the_peaks(electric: tuple[Grid, Plan]) -> None:
    town, plan = electric
    assert check_plan(plan, town.inputs, town.matrix).violations == ()
    assert not plan.unserved
    # Some duty drives farther than one battery lasts: 30 miles are 48 280 m.
    longest_m = max(measure_m(d) for d in find_own(plan))
    assert longest_m > 48_280
    report = check_plan(plan, without_chargers(town.inputs), town.matrix)
    assert "CHARGERS_SHORT" in report.codes


def test_without_chargers_every_day_fits_one_battery(electric: tuple[Grid, Plan]) -> None:
    town, _ = electric
    bare = replace(town, inputs=without_chargers(town.inputs))
    plan = bare.plan(steps=60)
    assert check_plan(plan, bare.inputs, bare.matrix).violations == ()
    assert all(measure_m(d) <= 48_280 for d in find_own(plan))
