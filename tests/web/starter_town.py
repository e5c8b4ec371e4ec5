"""The made-up town whose plan was made before somebody started who is in the records now."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from data.inputs import Inputs
from data.networks import RoadNetwork
from data.places import Session
from data.plans import Plan
from data.store import Store
from data.workspace import Workspace
from routing import build_sample_network, find_violations, repair_plan, write_network
from routing.road_graph import fingerprint_network
from scenarios import Search, build_run, complete_case
from tests.reports.hand_made import STAMP
from tests.routing.grid_day import Grid, build_grid, plan_grid
from tests.web.places import PEOPLE, publish


def keep_run(store: Store, grid: Grid, plan: Plan, inputs: Inputs) -> str:
    """Keep a run of a plan, made of inputs; return its id."""
    done = complete_case(
        inputs, grid.matrix, grid.cost_model, (plan,), timetable=None, day_type=plan.day_type
    )
    search = Search(steps=1, only=inputs.service_date)
    run = build_run(inputs, grid.matrix, search, done, created_utc=STAMP)
    store.save_run(run)
    return run.run_id


def find_starter() -> str:
    """Somebody with no fixed companions who rides in the morning."""
    people = {p.passenger_id: p for p in build_grid().inputs.passengers}
    return next(
        p
        for r in plan_grid().routes
        if r.session is Session.AM and len(r.passenger_ids) > 1
        for p in r.passenger_ids
        if not people[p].together_with and not people[p].assistant_id
    )


SOURCE = "Contains roads of nowhere & more."


def build_streets() -> RoadNetwork:
    """Build the town's roads as if they were streets and not a scheme."""
    made = replace(build_sample_network("grid"), flags=(), attribution=(SOURCE,))
    return replace(made, fingerprint=fingerprint_network(made))


def build_starter_town(root: Path, *, is_published: bool = True) -> Workspace:
    """Build the town with the plan, the starter and the people who work there."""
    grid = build_grid()
    workspace = Workspace(root=root, place="grid")
    workspace.open_folder()
    write_network(build_sample_network("grid"), workspace.network_path)
    before = replace(
        grid.inputs,
        demands=tuple(d for d in grid.inputs.demands if d.passenger_id != find_starter()),
    )
    plan = repair_plan(
        plan_grid(), before, grid.matrix, grid.cost_model, judge=find_violations
    ).plan
    with Store.open(workspace.store_path) as store:
        store.save_inputs(before, created_utc=STAMP, code_version="test")
        for person_id, (name, roles) in PEOPLE.items():
            store.add_person(person_id, name, roles, now_utc=STAMP)
        keep_run(store, grid, plan, before)
        store.save_inputs(grid.inputs, created_utc=STAMP, code_version="test")
        if is_published:
            assert grid.inputs.service_date is not None
            publish(store, grid.inputs.service_date, "c" * 64, workspace.place)
    return workspace
