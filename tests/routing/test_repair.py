"""Repair: yesterday's plan fits today's inputs again, and nothing else is changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import costing
import routing
from data.changes import ChangeBudget, ChangeKind, Repair
from data.inputs import Inputs, write_document
from data.passengers import AssistantNeed, Passenger, Wheelchair
from data.plans import Duty, Plan, PlanState, UnservedReason
from tests.routing.grid_day import Grid, build_grid, find_carried, plan_grid

Change = Callable[[Inputs, np.random.Generator], Inputs]


def repair(inputs: Inputs, plan: Plan | None = None, **values: Any) -> Repair:
    """Repair the grid's plan for these inputs; what holds of every repair is asserted."""
    given = plan or plan_grid()
    grid = build_grid(inputs)
    found = routing.repair_plan(
        given, inputs, grid.matrix, grid.cost_model, judge=routing.find_violations, **values
    )
    assert_sound(found, given, grid)
    return found


def assert_sound(found: Repair, given: Plan, grid: Grid) -> None:
    """No rule broken, everybody once, money exact, nothing told that is not so."""
    listed = [(u.passenger_id, u.session) for u in found.plan.unserved]
    assert sorted(find_carried(found.plan) + listed) == sorted(grid.travellers())
    assert all(u.evidence and u.relaxation for u in found.plan.unserved)
    lines = costing.price_plan(found.plan, grid.inputs, grid.inputs.service_date)
    report = routing.check_plan(found.plan, grid.inputs, grid.matrix, lines=lines)
    assert report.violations == ()
    assert found.plan.cost_pence == costing.total_cost_pence(lines)
    before = {d.duty_id: d for d in given.duties}
    after = {d.duty_id: d for d in found.plan.duties}
    told = {c.duty_id for c in found.duties}
    for duty_id in before.keys() | after.keys():
        assert (before.get(duty_id) != after.get(duty_id)) is (duty_id in told)
    for one in found.wide:
        assert len(one.duty_ids) > 2
        assert set(one.left_ids) <= set(one.duty_ids)
        assert one.n_tried > 0
    moved = {(d.session, d.passenger_id) for d in found.disturbances}
    for duty_id in after.keys() - told:
        for route in after[duty_id].routes:
            assert not {(route.session, p) for p in route.passenger_ids} & moved
    known = [c for c in found.duties if c.before_pence is not None or c.duty_id not in before]
    if found.before_pence is not None and len(known) == len(found.duties):
        gained = sum((c.after_pence or 0) - (c.before_pence or 0) for c in found.duties)
        assert found.plan.cost_pence == found.before_pence + gained


def find_duties(plan: Plan, passenger_id: str) -> list[Duty]:
    """The duties that carry somebody."""
    return [d for d in plan.duties if any(passenger_id in r.passenger_ids for r in d.routes)]


def without(inputs: Inputs, passenger_id: str) -> Inputs:
    """The inputs after somebody has left."""
    kept = tuple(d for d in inputs.demands if d.passenger_id != passenger_id)
    return replace(inputs, demands=kept)


def change_passenger(inputs: Inputs, passenger_id: str, **values: Any) -> Inputs:
    """The inputs with other needs of somebody."""
    return replace(
        inputs,
        passengers=tuple(
            replace(p, **values) if p.passenger_id == passenger_id else p
            for p in inputs.passengers
        ),
    )


def find_people() -> list[str]:
    """Everybody the plan carries who rides with others and with no fixed companions."""
    people = {p.passenger_id: p for p in build_grid().inputs.passengers}
    shared = {
        p for r in plan_grid().routes if len(r.passenger_ids) > 1 for p in r.passenger_ids
    }
    return sorted(p for p in shared if not people[p].together_with)


def test_nothing_changed_gives_back_the_very_plan() -> None:
    found = repair(build_grid().inputs)
    assert found.plan is plan_grid()
    assert (found.changes, found.duties, found.disturbances) == ((), (), ())
    assert found.before_pence == plan_grid().cost_pence


@pytest.mark.parametrize("number", [0, 3, 7, 11])
def test_leaver_changes_only_the_duties_that_carried_them(number: int) -> None:
    person = find_people()[number]
    found = repair(without(build_grid().inputs, person))
    assert {c.kind for c in found.changes} == {ChangeKind.LEAVER}
    assert {c.passenger_id for c in found.changes} == {person}
    assert {c.duty_id for c in found.duties} == {
        d.duty_id for d in find_duties(plan_grid(), person)
    }
    assert len(found.duties) <= 2
    assert found.plan.state is PlanState.REPAIRED
    assert (found.n_crew_changed, found.n_new_companions) == (0, 0)
    left = {mark for c in found.duties for mark in c.left}
    assert {mark.split("/")[1] for mark in left} == {person}


@pytest.mark.parametrize("number", [0, 3, 7, 11])
def test_starter_changes_at_most_two_duties(number: int) -> None:
    inputs, person = build_grid().inputs, find_people()[number]
    less = repair(without(inputs, person)).plan
    found = repair(inputs, less)
    assert {c.kind for c in found.changes} == {ChangeKind.STARTER}
    assert found.plan.unserved == ()
    assert 1 <= len(found.duties) <= 2
    joined = {mark.split("/")[1] for c in found.duties for mark in c.joined}
    assert joined == {person}
    # Coming back costs no more than having left saved, a few metres' detour apart.
    assert found.plan.cost_pence is not None
    assert plan_grid().cost_pence is not None
    assert found.plan.cost_pence <= 1.05 * plan_grid().cost_pence  # type: ignore[operator]


@pytest.mark.parametrize(
    "need",
    [
        {"travels_alone": True},
        {"wheelchair": Wheelchair.STAYS, "needs_lift": True},
        {"assistant": AssistantNeed.ONE_TO_ONE},
    ],
)
def test_new_need_changes_at_most_two_duties_or_is_explained(need: dict[str, Any]) -> None:
    n_wide = 0
    for person in find_people()[1:12:4]:
        found = repair(change_passenger(build_grid().inputs, person, **need))
        n_wide += bool(found.wide)
        assert len(found.duties) <= 2 or [w.passenger_id for w in found.wide] == [person]
        carried = {p for p, _ in find_carried(found.plan)}
        assert person in carried or person in {u.passenger_id for u in found.plan.unserved}
    assert n_wide <= 1


@pytest.mark.parametrize("number", [1, 5, 9])
def test_move_of_home_changes_at_most_two_duties(number: int) -> None:
    inputs, people = build_grid().inputs, find_people()
    person, other = people[number], people[-number]
    place = next(h.place_id for h in inputs.homes if h.passenger_id == other)
    homes = tuple(
        replace(h, place_id=place) if h.passenger_id == person else h for h in inputs.homes
    )
    found = repair(replace(inputs, homes=homes))
    assert {c.passenger_id for c in found.changes} == {person}
    assert {c.kind for c in found.changes} == {ChangeKind.HOME_MOVED}
    assert len(found.duties) <= 2
    assert found.plan.unserved == ()


def test_vehicle_off_the_road_is_replaced_and_the_routes_stay() -> None:
    inputs, plan = build_grid().inputs, plan_grid()
    own = next(d for d in plan.duties if d.provider_id == "own")
    left = tuple(v for v in inputs.vehicles if v.vehicle_id != own.vehicle_id)
    found = repair(replace(inputs, vehicles=left))
    assert {c.kind for c in found.changes} == {ChangeKind.VEHICLE_GONE}
    assert [c.duty_id for c in found.duties] == [own.duty_id]
    after = next(d for d in found.plan.duties if d.duty_id == own.duty_id)
    assert after.vehicle_id != own.vehicle_id
    assert [r.passenger_ids for r in after.routes] == [r.passenger_ids for r in own.routes]
    aboard = {p for r in own.routes for p in r.passenger_ids}
    assert found.n_crew_changed == len(aboard)


def test_driver_who_is_ill_is_replaced_and_nobody_is_moved() -> None:
    inputs, plan = build_grid().inputs, plan_grid()
    own = next(d for d in plan.duties if d.provider_id == "own")
    left = tuple(c for c in inputs.crews if c.crew_id != own.crew_ids[0])
    found = repair(replace(inputs, crews=left))
    assert {c.kind for c in found.changes} == {ChangeKind.CREW_GONE}
    assert [c.duty_id for c in found.duties] == [own.duty_id]
    assert found.n_shifted == 0


def test_all_own_vehicles_gone_are_worked_by_suppliers_or_said() -> None:
    inputs = build_grid().inputs
    found = repair(replace(inputs, vehicles=()))
    assert {d.provider_id for d in found.plan.duties} != {"own"}
    assert all(d.provider_id != "own" for d in found.plan.duties)


def test_new_need_of_riding_alone_takes_the_person_off_and_nobody_else() -> None:
    person = find_people()[4]
    found = repair(change_passenger(build_grid().inputs, person, travels_alone=True))
    assert ChangeKind.RULE_BROKEN in {c.kind for c in found.changes}
    assert "TRAVELS_ALONE" in {code for c in found.changes for code in c.codes}
    moved = {mark.split("/")[1] for c in found.duties for mark in (*c.joined, *c.left)}
    assert moved == {person}


def test_new_companions_ride_together_at_once() -> None:
    people = find_people()
    inputs = build_grid().inputs
    sites = {d.passenger_id: d.site_id for d in inputs.demands}
    first = people[0]
    second = next(
        p
        for p in people
        if sites[p] == sites[first]
        and find_duties(plan_grid(), p) != find_duties(plan_grid(), first)
    )
    linked = change_passenger(inputs, first, together_with=frozenset({second}))
    linked = change_passenger(linked, second, together_with=frozenset({first}))
    found = repair(linked)
    for route in found.plan.routes:
        assert (first in route.passenger_ids) is (second in route.passenger_ids)


def test_supplier_that_ends_gives_its_routes_to_others() -> None:
    inputs, plan = build_grid().inputs, plan_grid()
    bought = sorted({d.provider_id for d in plan.duties} - {"own"})
    gone = bought[0]
    left = replace(
        inputs,
        suppliers=tuple(s for s in inputs.suppliers if s.supplier_id != gone),
        rate_cards=tuple(c for c in inputs.rate_cards if c.supplier_id != gone),
    )
    found = repair(left)
    assert all(d.provider_id != gone for d in found.plan.duties)
    assert found.before_pence is None


def test_earlier_bell_is_met_without_a_new_search() -> None:
    inputs = build_grid().inputs
    sites = tuple(
        replace(s, arrive_by_s=s.arrive_by_s - 300) if k == 0 else s
        for k, s in enumerate(inputs.sites)
    )
    repair(replace(inputs, sites=sites))


def test_impossible_journey_is_proven_and_listed() -> None:
    person = find_people()[2]
    found = repair(change_passenger(build_grid().inputs, person, max_ride_s=1))
    listed = {u.passenger_id: u.reason for u in found.plan.unserved}
    assert listed == {person: UnservedReason.RIDE_LIMIT_UNDER_DIRECT}
    # And carried again when the limit is lifted.
    again = repair(build_grid().inputs, found.plan)
    assert again.plan.unserved == ()


def test_nobody_is_carried_beyond_the_change_budget() -> None:
    inputs, person = build_grid().inputs, find_people()[3]
    less = repair(without(inputs, person)).plan
    strict = ChangeBudget(max_companions=0)
    found = repair(inputs, less, budget=strict)
    assert found.n_new_companions == 0
    assert all(
        len(r.passenger_ids) == 1 for r in found.plan.routes if person in r.passenger_ids
    )
    nowhere = replace(
        inputs, suppliers=tuple(replace(s, vehicles=()) for s in inputs.suppliers)
    )
    own = replace(less, duties=tuple(d for d in less.duties if d.provider_id == "own"))
    squeezed = repair(nowhere, own, budget=replace(strict, max_shifted=0, max_crew=0))
    assert squeezed.n_new_companions == 0
    assert squeezed.n_shifted == 0


def test_assistant_needed_from_now_on_comes_aboard() -> None:
    person = find_people()[6]
    found = repair(
        change_passenger(build_grid().inputs, person, assistant=AssistantNeed.ONE_TO_ONE)
    )
    for route in found.plan.routes:
        if person in route.passenger_ids:
            assert route.n_assistants >= 1


def test_plan_of_a_weekday_is_repaired_into_that_of_another() -> None:
    from data.demand import find_day_types

    grid = build_grid()
    other = next(
        d
        for d in find_day_types(grid.inputs)[0]
        if d != grid.day_type and d.open_calendar_ids == grid.day_type.open_calendar_ids
    )
    given = replace(plan_grid(), service_date=None)
    found = routing.repair_plan(
        given,
        grid.inputs,
        grid.matrix,
        grid.cost_model,
        judge=routing.find_violations,
        day_type=other,
    )
    assert found.plan.day_type == other
    assert routing.check_plan(found.plan, grid.inputs, grid.matrix).violations == ()


def leave(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """Somebody leaves."""
    return without(inputs, _draw(rng, inputs.passengers).passenger_id)


def skip_a_session(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """One journey is not made any more."""
    gone = inputs.demands[int(rng.integers(len(inputs.demands)))]
    return replace(inputs, demands=tuple(d for d in inputs.demands if d != gone))


def move(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """Somebody moves to where somebody else lives."""
    here, there = (inputs.homes[int(rng.integers(len(inputs.homes)))] for _ in range(2))
    return replace(
        inputs,
        homes=tuple(
            replace(h, place_id=there.place_id) if h == here else h for h in inputs.homes
        ),
    )


def lose_a_vehicle(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """An own vehicle is off the road."""
    gone = inputs.vehicles[int(rng.integers(len(inputs.vehicles)))] if inputs.vehicles else None
    return replace(inputs, vehicles=tuple(v for v in inputs.vehicles if v != gone))


def lose_a_crew(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """A member of the crew is ill."""
    gone = inputs.crews[int(rng.integers(len(inputs.crews)))] if inputs.crews else None
    return replace(inputs, crews=tuple(c for c in inputs.crews if c != gone))


def need_more(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """Somebody needs an assistant, another seat, or to ride alone."""
    needs: list[dict[str, Any]] = [
        {"assistant": AssistantNeed.ONE_TO_ONE},
        {"n_seats": 2},
        {"travels_alone": True, "together_with": frozenset()},
        {"max_ride_s": 1_200},
    ]
    values = needs[int(rng.integers(4))]
    return change_passenger(inputs, _draw(rng, inputs.passengers).passenger_id, **values)


def move_a_bell(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """A site asks for arrival ten minutes earlier."""
    at = int(rng.integers(len(inputs.sites)))
    sites = list(inputs.sites)
    by_s = max(sites[at].arrive_from_s, sites[at].arrive_by_s - 600)
    sites[at] = replace(sites[at], arrive_by_s=by_s)
    return replace(inputs, sites=tuple(sites))


def shrink_a_supplier(inputs: Inputs, rng: np.random.Generator) -> Inputs:
    """A supplier has one vehicle of each type."""
    at = int(rng.integers(len(inputs.suppliers)))
    suppliers = list(inputs.suppliers)
    held = tuple(replace(v, n_vehicles=min(1, v.n_vehicles)) for v in suppliers[at].vehicles)
    suppliers[at] = replace(suppliers[at], vehicles=held)
    return replace(inputs, suppliers=tuple(suppliers))


def _draw(rng: np.random.Generator, people: tuple[Passenger, ...]) -> Passenger:
    free = [p for p in people if not p.together_with]
    return free[int(rng.integers(len(free)))]


CHANGES: tuple[Change, ...] = (
    leave,
    skip_a_session,
    move,
    lose_a_vehicle,
    lose_a_crew,
    need_more,
    move_a_bell,
    shrink_a_supplier,
)


@given(
    seed=st.integers(0, 10**6),
    names=st.lists(st.sampled_from(range(len(CHANGES))), min_size=1, max_size=8),
)
@settings(max_examples=25, deadline=None)
def test_any_changes_are_repaired_soundly_and_the_same_way_again(
    seed: int, names: list[int]
) -> None:
    rng = np.random.default_rng(seed)
    inputs = build_grid().inputs
    for name in names:
        inputs = CHANGES[name](inputs, rng)
    found = repair(inputs)
    again = repair(inputs)
    assert write_document(again.plan) == write_document(found.plan)
    # And back: whoever left comes again, every vehicle too.
    repair(build_grid().inputs, found.plan)


def test_who_starts_rides_with_those_they_ride_with_on_other_days() -> None:
    grid = build_grid()
    # Being with the same people on all days is worth more here than any way costs.
    policy = replace(grid.inputs.policy, weekday_difference_pence=1_000_000)
    inputs = replace(grid.inputs, policy=policy)
    n_moved = 0
    for passenger in [p for p in inputs.passengers if not p.together_with][:4]:
        mine = passenger.passenger_id
        plan = repair(without(inputs, mine), plan_grid()).plan
        at_once = repair(inputs, plan).plan
        for other in plan.routes:
            usual = {(other.session, mine): frozenset(other.passenger_ids)}
            found = repair(inputs, plan, usual=usual).plan
            met = {p for r in found.routes if mine in r.passenger_ids for p in r.passenger_ids}
            known = {
                p for r in at_once.routes if mine in r.passenger_ids for p in r.passenger_ids
            }
            if met & usual[other.session, mine] and not known & usual[other.session, mine]:
                n_moved += 1
                break
    assert n_moved >= 1
