"""What of a plan no longer fits: found by comparing it with the inputs."""

from __future__ import annotations

from dataclasses import replace

import routing
from data.changes import ChangeKind
from data.inputs import Inputs
from data.places import Session
from data.plans import Plan
from routing.differences import Differences, find_differences
from routing.disturbance import find_rides, measure_disturbance
from tests.routing.grid_day import build_grid, plan_grid


def find(inputs: Inputs, plan: Plan | None = None) -> Differences:
    """The differences between the grid's plan and these inputs."""
    return find_differences(
        plan or plan_grid(), inputs, build_grid().matrix, routing.find_violations
    )


def test_plan_made_for_the_inputs_differs_in_nothing() -> None:
    found = find(build_grid().inputs)
    assert (found.changes, found.loose, found.waiting, found.broken) == (
        (),
        frozenset(),
        frozenset(),
        frozenset(),
    )


def test_leaver_starter_and_mover_are_told_apart_journey_by_journey() -> None:
    grid, plan = build_grid(), plan_grid()
    people = sorted({p for r in plan.routes for p in r.passenger_ids})
    leaver, mover, other = people[0], people[5], people[10]
    carried = {(r.session, p) for r in plan.routes for p in r.passenger_ids}
    place = next(h.place_id for h in grid.inputs.homes if h.passenger_id == other)
    changed = replace(
        grid.inputs,
        demands=tuple(d for d in grid.inputs.demands if d.passenger_id != leaver),
        homes=tuple(
            replace(h, place_id=place) if h.passenger_id == mover else h
            for h in grid.inputs.homes
        ),
    )
    # Nobody is aboard the plan's last duty: those people start.
    last = plan.duties[-1]
    less = replace(plan, duties=plan.duties[:-1])
    starters = {(r.session, p) for r in last.routes for p in r.passenger_ids}
    found = find(changed, less)
    kinds: dict[ChangeKind, set[tuple[Session, str]]] = {}
    for change in found.changes:
        if change.session is not None and change.passenger_id is not None:
            kinds.setdefault(change.kind, set()).add((change.session, change.passenger_id))
    mine = {p: {k for k in carried if k[1] == p} - starters for p in (leaver, mover)}
    assert kinds.get(ChangeKind.LEAVER, set()) == mine[leaver]
    assert kinds.get(ChangeKind.HOME_MOVED, set()) == mine[mover]
    assert kinds[ChangeKind.STARTER] == {k for k in starters if k[1] != leaver}
    assert found.loose == mine[leaver] | mine[mover]
    assert found.waiting == kinds[ChangeKind.STARTER] | mine[mover]


def test_vehicle_and_driver_who_are_gone_name_their_duties() -> None:
    grid, plan = build_grid(), plan_grid()
    first, second = [d for d in plan.duties if d.provider_id == "own"][:2]
    changed = replace(
        grid.inputs,
        vehicles=tuple(v for v in grid.inputs.vehicles if v.vehicle_id != first.vehicle_id),
        crews=tuple(c for c in grid.inputs.crews if c.crew_id not in second.crew_ids),
    )
    found = find(changed)
    assert {(c.kind, c.duty_ids) for c in found.changes} == {
        (ChangeKind.VEHICLE_GONE, (first.duty_id,)),
        (ChangeKind.CREW_GONE, (second.duty_id,)),
    }
    assert found.broken == {first.duty_id, second.duty_id}
    assert not found.loose


def test_rule_that_a_duty_breaks_now_is_told_with_its_code() -> None:
    grid, plan = build_grid(), plan_grid()
    route = next(r for r in plan.routes if len(r.passenger_ids) > 1)
    alone = route.passenger_ids[0]
    changed = replace(
        grid.inputs,
        passengers=tuple(
            replace(p, travels_alone=True) if p.passenger_id == alone else p
            for p in grid.inputs.passengers
        ),
    )
    found = find(changed)
    assert {c.kind for c in found.changes} == {ChangeKind.RULE_BROKEN}
    assert all("TRAVELS_ALONE" in c.codes for c in found.changes)


def test_plan_disturbs_nobody_against_itself_and_everybody_by_another_crew() -> None:
    plan = plan_grid()
    assert measure_disturbance(plan, plan) == ()
    other = replace(
        plan, duties=tuple(replace(d, provider_id="other", crew_ids=()) for d in plan.duties)
    )
    found = measure_disturbance(plan, other)
    assert {(d.session, d.passenger_id) for d in found} == set(find_rides(plan.duties))
    assert all(d.is_crew_changed and not d.is_shifted and not d.new_companions for d in found)


def test_shift_counts_from_the_seconds_given_on() -> None:
    plan = plan_grid()
    duty = plan.duties[0]
    late = replace(
        duty,
        routes=tuple(
            replace(
                r,
                stops=tuple(
                    replace(s, arrive_s=s.arrive_s + 200, leave_s=s.leave_s + 200)
                    for s in r.stops
                ),
            )
            for r in duty.routes
        ),
    )
    after = replace(plan, duties=(late, *plan.duties[1:]))
    aboard = {(r.session, p) for r in duty.routes for p in r.passenger_ids}
    for shift_s, is_shifted in ((199, True), (200, False)):
        found = measure_disturbance(plan, after, shift_s=shift_s)
        assert {(d.session, d.passenger_id) for d in found} == aboard
        assert {d.is_shifted for d in found} == {is_shifted}
        assert {d.after_s - d.before_s for d in found} == {200}
