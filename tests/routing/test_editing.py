"""Edits of a plan by hand: done as asked, the rest worked out, broken rules named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

import costing
import routing
from data.errors import EditError
from data.places import Session
from data.plan_edits import (
    Carrier,
    Edit,
    GiveDuty,
    GiveRoute,
    MergeRoutes,
    MovePassenger,
    MoveStop,
    SplitRoute,
)
from data.plans import Duty, Plan, PlanState, Route
from routing import PlanEditor
from tests.routing.grid_day import build_grid, find_carried, plan_grid

NEVER = {
    *("DRIVE_TIME", "DRIVE_DISTANCE", "DEAD_RUN_DISTANCE", "ALIGHTS_BEFORE_BOARDING"),
    *("JOURNEY_MISSING", "JOURNEY_TWICE", "SITE_WRONG", "STOP_NOT_OWN", "HOME_DWELL"),
    *("ROUTE_ID_TWICE", "DUTY_ID_TWICE", "LAYOUT_UNKNOWN", "ASSISTANTS_SHORT"),
}
"""What no edit may break: it is of how a route is told, not of what the planner chose."""


@cache
def editor() -> PlanEditor:
    """One editor for all tests: nothing of one edit may stay behind for the next."""
    grid = build_grid()
    return PlanEditor(
        plan_grid(), grid.inputs, grid.matrix, grid.cost_model, judge=routing.find_violations
    )


def find_codes(plan: Plan) -> set[str]:
    """The codes of what a plan breaks, by the checker."""
    grid = build_grid()
    return {v.code for v in routing.find_violations(plan, grid.inputs, grid.matrix)}


def price(plan: Plan) -> int:
    inputs = build_grid().inputs
    return costing.total_cost_pence(costing.price_plan(plan, inputs, inputs.service_date))


def find_route(plan: Plan, passenger_id: str, session: Session) -> Route:
    return next(
        r for r in plan.routes if r.session is session and passenger_id in r.passenger_ids
    )


def find_free() -> list[str]:
    """Everybody of the morning without fixed companions who rides with others, in order."""
    people = {p.passenger_id: p for p in build_grid().inputs.passengers}
    return sorted(
        p
        for r in plan_grid().routes
        if r.session is Session.AM and len(r.passenger_ids) > 1
        for p in r.passenger_ids
        if not people[p].together_with and not people[p].assistant_id
    )


def assert_nobody_lost(before: Plan, after: Plan) -> None:
    """Everybody rides once, in every session, as before."""
    assert sorted(find_carried(after)) == sorted(find_carried(before))


def assert_others_untouched(before: Plan, after: Plan, duty_ids: set[str]) -> None:
    """Duties that an edit does not concern are the very objects they were."""
    old = {d.duty_id: d for d in before.duties}
    for duty in after.duties:
        if duty.duty_id not in duty_ids:
            assert duty is old[duty.duty_id]


def owner(plan: Plan, route_id: str) -> Duty:
    return next(d for d in plan.duties if any(r.route_id == route_id for r in d.routes))


def test_moved_passenger_rides_on_the_other_route_and_nobody_else_is_touched() -> None:
    plan, person = plan_grid(), find_free()[0]
    was = find_route(plan, person, Session.AM)
    for to in (r for r in plan.routes if r.session is Session.AM and r is not was):
        edit = MovePassenger(passenger_id=person, session=Session.AM, route_id=to.route_id)
        after = editor().apply(plan, edit)
        assert find_route(after, person, Session.AM).route_id == to.route_id
        assert_nobody_lost(plan, after)
        assert_others_untouched(
            plan, after, {owner(plan, was.route_id).duty_id, owner(plan, to.route_id).duty_id}
        )
        assert after.state is PlanState.EDITED
        assert (after.cost_pence, after.bound_pence) == (None, None)


def test_places_found_keep_every_rule_and_cost_what_they_say() -> None:
    plan = plan_grid()
    for person in find_free()[:4]:
        places = editor().find_places(plan, person, Session.AM)
        assert 1 <= len(places) <= 3
        for place in places:
            after = editor().apply(plan, place.edit)
            assert find_codes(after) == set()
            assert price(after) - price(plan) == place.added_pence
            ridden = find_route(after, person, Session.AM)
            assert owner(after, ridden.route_id).duty_id == place.duty_id


def test_a_passenger_off_the_plan_is_placed_where_they_were_at_no_more_cost() -> None:
    # A starter: everybody is carried but one, whom the first place takes up again.
    plan, person = plan_grid(), find_free()[1]
    grid = build_grid()
    without = replace(
        grid.inputs,
        demands=tuple(d for d in grid.inputs.demands if d.passenger_id != person),
    )
    less = routing.repair_plan(
        plan, without, grid.matrix, grid.cost_model, judge=routing.find_violations
    ).plan
    starting = PlanEditor(
        less, grid.inputs, grid.matrix, grid.cost_model, judge=routing.find_violations
    )
    after = less
    for session in (Session.AM, Session.PM):
        best = starting.find_places(after, person, session)[0]
        after = starting.apply(after, best.edit)
    assert find_codes(after) == set()
    assert_nobody_lost(plan, after)


def test_too_many_on_one_route_are_carried_all_the_same_and_the_rules_named() -> None:
    # Each morning route is put on the next one: nobody is lost, and what that breaks is named.
    plan = plan_grid()
    routes = [r for r in plan.routes if r.session is Session.AM]
    seen: set[str] = set()
    for route, into in pairwise(routes):
        after = editor().apply(
            plan, MergeRoutes(route_id=route.route_id, into_route_id=into.route_id)
        )
        assert_nobody_lost(plan, after)
        assert route.route_id not in {r.route_id for r in after.routes}
        seen |= find_codes(after)
    assert seen & {"RIDE_LIMIT", "WINDOW_LATE", "WINDOW_EARLY", "LAYOUT_SEATS", "TRAVELS_ALONE"}
    assert not seen & NEVER


def test_a_new_route_is_not_named_as_one_that_was_given_away() -> None:
    plan = plan_grid()
    first, last = plan.duties[0], plan.duties[-1]
    route = next(r for r in first.routes if r.session is Session.AM)
    given = editor().apply(plan, GiveRoute(route_id=route.route_id, duty_id=last.duty_id))
    person = next(p for p in find_free() if p not in route.passenger_ids)
    after = editor().apply(
        given,
        MovePassenger(passenger_id=person, session=Session.AM, duty_id=first.duty_id),
    )
    ids = [r.route_id for r in after.routes]
    assert len(ids) == len(set(ids))
    assert find_route(after, person, Session.AM).route_id != route.route_id


def test_a_stop_moved_there_and_back_gives_the_same_money() -> None:
    plan = plan_grid()
    route = max((r for r in plan.routes if r.session is Session.AM), key=lambda r: len(r.stops))
    there = editor().apply(plan, MoveStop(route_id=route.route_id, from_number=1, to_number=2))
    back = editor().apply(there, MoveStop(route_id=route.route_id, from_number=2, to_number=1))
    assert [s.place_id for s in there.routes[plan.routes.index(route)].stops] != [
        s.place_id for s in route.stops
    ]
    assert price(back) == price(plan)
    assert find_codes(back) == set()


@pytest.mark.parametrize("session", [Session.AM, Session.PM])
def test_nobody_gets_off_before_they_got_on(session: Session) -> None:
    route = next(r for r in plan_grid().routes if r.session is session)
    n = len(route.stops)
    ends = (1, n) if session.is_homeward else (n, 1)
    with pytest.raises(EditError, match="get off before"):
        editor().apply(
            plan_grid(),
            MoveStop(route_id=route.route_id, from_number=ends[0], to_number=ends[1]),
        )


def test_a_duty_given_to_another_vehicle_keeps_its_times_and_says_what_does_not_fit() -> None:
    plan = plan_grid()
    for duty in plan.duties[:4]:
        for carrier in editor().carriers:
            now = Carrier(
                provider_id=duty.provider_id,
                vehicle_type_id=duty.vehicle_type_id,
                base_place_id=duty.base_place_id or "",
            )
            if carrier == now:
                with pytest.raises(EditError, match="already"):
                    editor().apply(plan, GiveDuty(duty_id=duty.duty_id, carrier=carrier))
                continue
            after = editor().apply(plan, GiveDuty(duty_id=duty.duty_id, carrier=carrier))
            given = next(d for d in after.duties if d.duty_id == duty.duty_id)
            assert (given.provider_id, given.vehicle_type_id) == (
                carrier.provider_id,
                carrier.vehicle_type_id,
            )
            assert [r.passenger_ids for r in given.routes] == [
                r.passenger_ids for r in duty.routes
            ]
            assert "LAYOUT_UNKNOWN" not in find_codes(after)


def test_split_and_merged_again_carries_the_same_people_on_the_same_route() -> None:
    plan = plan_grid()
    route = max(
        (r for r in plan.routes if r.session is Session.AM), key=lambda r: len(r.passenger_ids)
    )
    person = next(p for p in route.passenger_ids if p in find_free())
    apart = editor().apply(plan, SplitRoute(route_id=route.route_id, passenger_ids=(person,)))
    alone = find_route(apart, person, Session.AM)
    assert alone.route_id != route.route_id
    assert_nobody_lost(plan, apart)
    assert find_codes(apart) == set()
    joined = editor().apply(
        apart, MergeRoutes(route_id=alone.route_id, into_route_id=route.route_id)
    )
    assert set(find_route(joined, person, Session.AM).passenger_ids) == set(route.passenger_ids)
    assert find_codes(joined) == set()


def test_a_route_given_away_is_worked_by_the_other_duty() -> None:
    plan = plan_grid()
    route = plan.duties[0].routes[0]
    target = plan.duties[-1]
    after = editor().apply(plan, GiveRoute(route_id=route.route_id, duty_id=target.duty_id))
    assert owner(after, route.route_id).duty_id == target.duty_id
    assert_nobody_lost(plan, after)
    new = editor().apply(plan, GiveRoute(route_id=route.route_id))
    assert owner(new, route.route_id).duty_id not in {d.duty_id for d in plan.duties}
    assert find_codes(new) == set()


def _refused() -> list[Edit]:
    plan = plan_grid()
    am = [r for r in plan.routes if r.session is Session.AM]
    pm = next(r for r in plan.routes if r.session is Session.PM)
    person = am[0].passenger_ids[0]
    return [
        MovePassenger(passenger_id="nobody", session=Session.AM, route_id=am[0].route_id),
        MovePassenger(passenger_id=person, session=Session.AM, route_id="R-none"),
        MovePassenger(passenger_id=person, session=Session.AM, route_id=pm.route_id),
        MovePassenger(passenger_id=person, session=Session.AM, route_id=am[0].route_id),
        MoveStop(route_id=am[0].route_id, from_number=0, to_number=1),
        MoveStop(route_id=am[0].route_id, from_number=1, to_number=99),
        GiveDuty(duty_id="D-none", carrier=Carrier(provider_id="own", vehicle_type_id="car4")),
        GiveDuty(
            duty_id=plan.duties[0].duty_id,
            carrier=Carrier(provider_id="nobody", vehicle_type_id="car4"),
        ),
        GiveRoute(route_id=plan.duties[0].routes[0].route_id, duty_id=plan.duties[0].duty_id),
        SplitRoute(route_id=am[0].route_id, passenger_ids=am[0].passenger_ids),
        SplitRoute(route_id=am[0].route_id, passenger_ids=("nobody",)),
        MergeRoutes(route_id=am[0].route_id, into_route_id=am[0].route_id),
        MergeRoutes(route_id=am[0].route_id, into_route_id=pm.route_id),
    ]


@pytest.mark.parametrize("number", range(13))
def test_an_edit_without_meaning_is_refused_and_leaves_nothing_behind(number: int) -> None:
    edit = _refused()[number]
    with pytest.raises(EditError):
        editor().apply(plan_grid(), edit)
    # The next edit starts from the plan it is given, whatever was tried before.
    person = find_free()[0]
    best = editor().find_places(plan_grid(), person, Session.AM)[0].edit
    assert find_codes(editor().apply(plan_grid(), best)) == set()


Draw = Callable[[st.DataObject, Plan], Edit]


def _draw_edit(data: st.DataObject, plan: Plan) -> Edit:
    """Draw any edit of a plan, sensible or not."""
    route = data.draw(st.sampled_from(plan.routes))
    other = data.draw(st.sampled_from(plan.routes))
    duty = data.draw(st.sampled_from(plan.duties))
    carrier = data.draw(st.sampled_from(editor().carriers))
    person = data.draw(st.sampled_from(route.passenger_ids))
    stop = st.integers(1, len(route.stops))
    return data.draw(
        st.sampled_from(
            [
                MovePassenger(
                    passenger_id=person, session=route.session, route_id=other.route_id
                ),
                MovePassenger(passenger_id=person, session=route.session, carrier=carrier),
                MovePassenger(passenger_id=person, session=route.session, duty_id=duty.duty_id),
                MoveStop(
                    route_id=route.route_id,
                    from_number=data.draw(stop),
                    to_number=data.draw(stop),
                ),
                GiveDuty(duty_id=duty.duty_id, carrier=carrier),
                GiveRoute(route_id=route.route_id, duty_id=duty.duty_id),
                GiveRoute(route_id=route.route_id, carrier=carrier),
                SplitRoute(route_id=route.route_id, passenger_ids=(person,), carrier=carrier),
                MergeRoutes(route_id=route.route_id, into_route_id=other.route_id),
            ]
        )
    )


@settings(max_examples=25, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.data())
def test_any_edits_leave_everybody_aboard_once_and_legs_as_the_matrix_has_them(
    data: st.DataObject,
) -> None:
    plan = plan_grid()
    for _ in range(3):
        edit = _draw_edit(data, plan)
        try:
            after = editor().apply(plan, edit)
        except EditError:
            continue
        assert_nobody_lost(plan, after)
        ids = [r.route_id for r in after.routes]
        assert len(set(ids)) == len(ids)
        # Whatever else an edit breaks, nothing is driven that no road allows.
        assert not find_codes(after) & NEVER
        price(after)
        plan = after
