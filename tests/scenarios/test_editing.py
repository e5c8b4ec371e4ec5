"""Effects are exact, undoing brings back what was, a search keeps what was decided."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

import costing
import routing
from data.errors import EditError
from data.inputs import fingerprint
from data.places import Session
from data.plan_edits import (
    AddLock,
    GiveDuty,
    MovePassenger,
    RemoveLock,
    SearchProgress,
    TakePlan,
    apply_locks,
)
from data.plans import LockKind, Plan
from routing.disturbance import measure_disturbance
from scenarios import PlanDesk, hold_edits, search_around
from tests.routing.grid_day import build_grid, plan_grid


@cache
def desk() -> PlanDesk:
    grid = build_grid()
    return PlanDesk(plan_grid(), grid.inputs, grid.matrix, find_plan=find_plan)


def find_plan(plan_hash: str) -> Plan:
    """The one plan that these tests keep: that of another seed."""
    other = other_plan()
    if plan_hash != fingerprint(other):
        raise EditError("no such plan")
    return other


@cache
def other_plan() -> Plan:
    return build_grid().plan(seed=3)


def find_rider(session: Session = Session.AM) -> str:
    """Somebody who rides with others and has no fixed companions."""
    people = {p.passenger_id: p for p in build_grid().inputs.passengers}
    return next(
        p
        for r in plan_grid().routes
        if r.session is session and len(r.passenger_ids) > 1
        for p in r.passenger_ids
        if not people[p].together_with and not people[p].assistant_id
    )


def move() -> MovePassenger:
    """The cheapest other place of a rider."""
    return desk().find_places((), find_rider(), Session.AM)[0].edit


def test_the_effect_is_the_difference_of_two_exact_prices_and_two_checks() -> None:
    inputs = build_grid().inputs
    after, effect = desk().try_edit((), move())
    for plan, stated in ((plan_grid(), effect.before_pence), (after.plan, effect.after_pence)):
        lines = costing.price_plan(plan, inputs, inputs.service_date)
        assert costing.total_cost_pence(lines) == stated
    assert effect.added_pence == sum(
        (d.after_pence or 0) - (d.before_pence or 0) for d in effect.duties
    )
    assert effect.violations == routing.find_violations(after.plan, inputs, desk().matrix)
    assert find_rider() in effect.passenger_ids


def test_everybody_whose_journey_differs_is_named_and_nobody_else() -> None:
    after, effect = desk().try_edit((), move())
    named = {(r.session, r.passenger_id) for r in effect.rides}
    differ = {(d.session, d.passenger_id) for d in measure_disturbance(plan_grid(), after.plan)}
    assert differ <= named
    ride = next(r for r in effect.rides if r.passenger_id == find_rider())
    assert ride.before_route_id != ride.after_route_id
    assert ride.after_ride_s is not None
    assert ride.after_ride_s > 0


def test_a_lock_broken_by_the_plan_shows_and_goes_with_the_lock() -> None:
    person = find_rider()
    provider = next(
        d.provider_id
        for d in plan_grid().duties
        for r in d.routes
        if r.session is Session.AM and person in r.passenger_ids
    )
    forbid = AddLock(
        lock_id="L1",
        lock=LockKind.PASSENGER_NOT_WITH_SUPPLIER,
        passenger_ids=(person,),
        target_id=provider,
        session=Session.AM,
    )
    _, effect = desk().try_edit((), forbid)
    assert {v.code for v in effect.new_violations} == {"LOCK_BARRED"}
    assert effect.added_pence == 0
    places = desk().find_places((forbid,), person, Session.AM)
    assert places
    assert provider not in {place.provider_id for place in places}
    after, moved = desk().try_edit((forbid,), places[0].edit)
    assert {v.code for v in moved.gone_violations} == {"LOCK_BARRED"}
    assert after.is_sound
    _, undone = desk().try_edit((forbid,), RemoveLock(lock_ids=("L1/1",)))
    assert {v.code for v in undone.gone_violations} == {"LOCK_BARRED"}
    with pytest.raises(EditError, match="not there"):
        desk().apply((RemoveLock(lock_ids=("L1/1",)),))


def test_locks_of_edits_are_one_row_a_passenger() -> None:
    add = AddLock(
        lock_id="L", lock=LockKind.PASSENGER_ON_ROUTE, passenger_ids=("p", "q"), target_id="R"
    )
    locks = apply_locks((), (add,))
    assert [(k.lock_id, k.passenger_id) for k in locks] == [("L/1", "p"), ("L/2", "q")]
    assert apply_locks(locks, (RemoveLock(lock_ids=("L/1",)),)) == locks[1:]


def test_undone_edits_leave_no_trace() -> None:
    first = desk().apply(())
    desk().apply((move(),))
    assert desk().apply(()) == first
    again = PlanDesk(plan_grid(), desk().inputs, desk().matrix, find_plan=find_plan)
    assert again.apply((move(),)) == desk().apply((move(),))


def test_a_taken_plan_is_the_plan_and_goes_on_being_edited() -> None:
    take = TakePlan(plan_hash=fingerprint(other_plan()), plan_id=other_plan().plan_id)
    taken = desk().apply((take,))
    assert taken.plan.duties == other_plan().duties
    places = desk().find_places((take,), find_rider(), Session.AM)
    after = desk().apply((take, places[0].edit))
    assert after.is_sound
    assert after.plan.duties != taken.plan.duties


def test_a_starter_waits_until_placed() -> None:
    grid, person = build_grid(), find_rider()
    less = replace(
        grid.inputs, demands=tuple(d for d in grid.inputs.demands if d.passenger_id != person)
    )
    base = routing.repair_plan(
        plan_grid(), less, grid.matrix, grid.cost_model, judge=routing.find_violations
    ).plan
    mine = PlanDesk(base, grid.inputs, grid.matrix, find_plan=find_plan)
    waiting = mine.find_waiting(())
    assert {p for _, p in waiting} == {person}
    assert {v.code for v in mine.first.violations} == {"JOURNEY_MISSING"}
    edits = ()
    for session, p in waiting:
        edits = (*edits, mine.find_places(edits, p, session)[0].edit)
    assert mine.find_waiting(edits) == ()
    assert mine.apply(edits).is_sound


def test_a_search_around_edits_keeps_them_and_every_rule() -> None:
    edits = (move(),)
    edited = desk().apply(edits)
    states: list[SearchProgress] = []
    better: list[Plan] = []
    found = search_around(
        desk(), edits, steps=200, progress=states.append, on_better=better.append
    )
    assert found.let_go == ()
    for plan in better:
        assert not routing.find_violations(plan, edited.inputs, desk().matrix)
        assert (plan.cost_pence or 0) < (edited.plan.cost_pence or 0)
    if found.plan is not None:
        assert found.plan == better[-1]
        held = next(
            set(r.passenger_ids)
            for r in edited.plan.routes
            if r.session is Session.AM and find_rider() in r.passenger_ids
        )
        after = next(
            set(r.passenger_ids)
            for r in found.plan.routes
            if r.session is Session.AM and find_rider() in r.passenger_ids
        )
        assert held <= after
    assert states
    assert all(s.start_pence == edited.plan.cost_pence for s in states)


def test_an_edit_that_breaks_a_rule_is_not_held() -> None:
    duty = next(d for d in plan_grid().duties if d.provider_id == "own")
    for carrier in desk().carriers:
        if carrier.provider_id != "own":
            continue
        try:
            edit = GiveDuty(duty_id=duty.duty_id, carrier=carrier)
            edited = desk().apply((edit,))
        except EditError:
            continue
        locks, let_go = hold_edits(edited, (edit,))
        if edited.violations:
            assert let_go
            assert not locks
            return
        assert not let_go
        assert locks
