"""Today's plan made exact: everybody on their own route, provider and order, nothing better."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from costing import build_cost_model, price_plan, total_cost_pence
from data.costs import CostModel
from data.demand import find_day_types, find_travellers
from data.inputs import Inputs
from data.networks import TravelMatrix
from data.passengers import Demand, Direction, Passenger
from data.places import Period, Session
from data.plans import CurrentRoute, DayType, Plan, PlanState, UnservedReason
from data.samples import build_sample
from routing.baseline import build_baseline
from routing.check import check_plan
from routing.matrix import build_matrix
from routing.network import build_sample_network
from tests.routing.small_town import (
    DAY_TYPE,
    make_cost_model,
    make_inputs,
    make_matrix,
    make_passenger,
)

DAYS = ("wed-a-adult+school", "mon-b-adult+school", "fri-a-adult")


@cache
def make_grid() -> tuple[Inputs, TravelMatrix, CostModel]:
    inputs = build_sample("grid")
    matrix = build_matrix(build_sample_network("grid"), inputs.places, policy=inputs.policy)
    return inputs, matrix, build_cost_model(inputs, inputs.service_date)


def find_day(name: str) -> DayType:
    day_types, _ = find_day_types(make_grid()[0])
    return next(d for d in day_types if d.day_type_id == name)


@cache
def build_grid_baseline(name: str) -> Plan:
    return build_baseline(*make_grid(), find_day(name))


def find_rides(plan: Plan) -> dict[tuple[Session, str], tuple[str, str, str]]:
    """Provider, vehicle type and route of everybody aboard; fails for anybody aboard twice."""
    rides: dict[tuple[Session, str], tuple[str, str, str]] = {}
    for duty in plan.duties:
        for route in duty.routes:
            for p in route.passenger_ids:
                assert (route.session, p) not in rides
                rides[route.session, p] = (
                    duty.provider_id,
                    duty.vehicle_type_id,
                    route.route_id,
                )
    return rides


@pytest.mark.parametrize("name", DAYS)
def test_every_traveller_is_aboard_once_or_listed_once(name: str) -> None:
    plan = build_grid_baseline(name)
    inputs = make_grid()[0]
    expected = {
        (s, t.passenger_id) for s in Session for t in find_travellers(inputs, find_day(name), s)
    }
    aboard = set(find_rides(plan))
    listed = [(u.session, u.passenger_id) for u in plan.unserved]
    assert len(listed) == len(set(listed))
    assert not aboard & set(listed)
    assert aboard | set(listed) == expected
    assert plan.state is PlanState.BASELINE
    assert len(aboard) >= 12


@pytest.mark.parametrize("name", DAYS)
def test_provider_vehicle_type_route_and_order_are_todays(name: str) -> None:
    plan = build_grid_baseline(name)
    rides = find_rides(plan)
    rows = {(r.session, r.passenger_id): r for r in make_grid()[0].current_routes}
    names: dict[str, set[str]] = {}
    for key, (provider, type_id, route_id) in rides.items():
        assert (provider, type_id) == (rows[key].provider_id, rows[key].vehicle_type_id)
        names.setdefault(route_id, set()).add(rows[key].route_name)
    assert all(len(found) == 1 for found in names.values())
    # Different routes today are different routes here, and none is cut in two.
    pairs = [(*found, route_id.split("-")[1]) for route_id, found in names.items()]
    assert len(pairs) == len(set(pairs))
    for route in plan.routes:
        doors = [s for s in route.stops if s.site_id is None]
        order = [p for s in doors for p in (s.boarding or s.alighting)]
        places = [rows[route.session, p].sequence for p in order]
        assert places == sorted(places)


def test_baseline_is_deterministic_whatever_the_order_of_the_rows() -> None:
    inputs, matrix, cost_model = make_grid()
    first = build_grid_baseline(DAYS[0])
    again = build_baseline(inputs, matrix, cost_model, find_day(DAYS[0]))
    assert again == first
    turned = replace(inputs, current_routes=inputs.current_routes[::-1])
    assert build_baseline(turned, matrix, cost_model, find_day(DAYS[0])) == first


@pytest.mark.parametrize("name", DAYS)
def test_cost_is_the_price_by_the_rate_cards(name: str) -> None:
    inputs = make_grid()[0]
    plan = build_grid_baseline(name)
    assert plan.cost_pence is not None
    assert plan.cost_pence > 0
    lines = price_plan(plan, inputs, inputs.service_date)
    assert plan.cost_pence == total_cost_pence(lines)


@pytest.mark.parametrize("name", DAYS)
def test_plan_of_today_has_true_times_and_breaks_limits_only(name: str) -> None:
    # A hand-made plan may be late or over a limit; it never invents a drive or a passenger.
    inputs, matrix, _ = make_grid()
    rules = {v.rule for v in check_plan(build_grid_baseline(name), inputs, matrix).violations}
    assert rules <= {"2.5", "2.6"}


def make_town(*rows: CurrentRoute, people: tuple[Passenger, ...] = ()) -> Inputs:
    """The line with demand to and from school-1 and these rows of today's plan."""
    inputs = make_inputs(*people, current_routes=rows)
    demands = tuple(
        Demand(
            demand_id=f"{home.passenger_id}-{direction}",
            passenger_id=home.passenger_id,
            site_id="school-1",
            home_id=home.home_id,
            direction=direction,
        )
        for home in inputs.homes
        for direction in Direction
    )
    return replace(inputs, demands=demands)


def make_row(passenger: str, sequence: int, **values: str | Session) -> CurrentRoute:
    given: dict[str, object] = {
        "route_name": "R1",
        "session": Session.AM,
        "provider_id": "cabs",
        "vehicle_type_id": "car",
        **values,
    }
    return CurrentRoute(passenger_id=passenger, sequence=sequence, **given)  # type: ignore[arg-type]


def test_times_of_a_route_are_worked_backwards_from_the_bell() -> None:
    # c, then a, then school: the detour stays. Arrival 31 500 - 300 = 31 200. Home-a to school
    # 240 s, 60 s boarding: at home-a at 30 900. Home-c to home-a 2 x 60 + 5 = 125 s, 60 s
    # boarding: at home-c at 30 715.
    town = make_town(make_row("c", 1), make_row("a", 2))
    plan = build_baseline(town, make_matrix(), make_cost_model(), DAY_TYPE)
    (route,) = plan.routes
    assert [(s.place_id, s.arrive_s, s.leave_s, s.drive_m) for s in route.stops][:2] == [
        ("home-c", 30_715, 30_775, 0),
        ("home-a", 30_900, 30_960, 1_200),
    ]
    last = route.stops[-1]
    assert (last.place_id, last.arrive_s, last.drive_s, last.drive_m) == (
        "school-1",
        31_200,
        240,
        2_400,
    )
    listed = {(u.session, u.passenger_id): u for u in plan.unserved}
    assert set(listed) == {(Session.AM, "b")} | {(Session.PM, p) for p in "abc"}
    assert all(u.reason is UnservedReason.NO_CAPACITY_LEFT for u in plan.unserved)
    # a has a place today in the morning, b none at all: neither is on a route home.
    assert listed[Session.PM, "a"].evidence == (
        ("current_routes", 0),
        ("current_routes_other_sessions", 1),
    )
    assert listed[Session.AM, "b"].evidence[1] == ("current_routes_other_sessions", 0)
    assert listed[Session.AM, "b"].relaxation == "1 row of today's plan in session am"


def test_row_of_a_provider_without_a_rate_is_listed_so() -> None:
    rows = (make_row("a", 1), make_row("b", 1, route_name="R2", provider_id="gone"))
    plan = build_baseline(make_town(*rows), make_matrix(), make_cost_model(), DAY_TYPE)
    assert {p for _, p in find_rides(plan)} == {"a"}
    reasons = {u.passenger_id: u.reason for u in plan.unserved if u.session is Session.AM}
    assert reasons == {
        "b": UnservedReason.NO_VALID_RATE,
        "c": UnservedReason.NO_CAPACITY_LEFT,
    }
    (told,) = [u for u in plan.unserved if (u.session, u.passenger_id) == (Session.AM, "b")]
    assert told.evidence == (
        ("current_routes", 1),
        ("passengers_on_it", 1),
        ("offers_of_provider_and_type", 0),
    )
    assert told.relaxation.startswith("1 valid rate of gone for car")


def test_route_without_a_price_in_its_session_is_listed_so() -> None:
    priced = np.ones((2, 4), dtype=np.bool_)
    priced[1, list(Session).index(Session.AM)] = False
    rows = (make_row("a", 1), make_row("b", 2), make_row("a", 1, session=Session.PM))
    plan = build_baseline(
        make_town(*rows), make_matrix(), make_cost_model(is_priced=priced), DAY_TYPE
    )
    assert set(find_rides(plan)) == {(Session.PM, "a")}
    told = {u.passenger_id: u for u in plan.unserved if u.session is Session.AM}
    for p in "ab":
        assert told[p].reason is UnservedReason.NO_VALID_RATE
        assert told[p].evidence == (
            ("current_routes", 1),
            ("passengers_on_it", 2),
            ("offers_priced_in_session", 0),
        )
        assert told[p].relaxation == "1 price of cabs for car in session am (route R1)"


def test_route_whose_driving_leaves_no_break_is_listed_with_its_driving() -> None:
    town = make_town(make_row("a", 1))
    short = replace(town, policy=replace(town.policy, break_after_driving_s=200))
    plan = build_baseline(short, make_matrix(), make_cost_model(), DAY_TYPE)
    (told,) = [u for u in plan.unserved if (u.session, u.passenger_id) == (Session.AM, "a")]
    # Home-a to school-1 are four minutes' driving.
    assert told.reason is UnservedReason.NO_CAPACITY_LEFT
    assert told.evidence[-2:] == (("offers_priced_in_session", 1), ("drive_s", 240))


def test_route_without_a_road_is_listed_so() -> None:
    matrix = make_matrix()
    times = matrix.duration_s[Period.MORNING_PEAK].copy()
    times[matrix.index["home-a"], matrix.index["school-1"]] = -1
    cut = replace(matrix, duration_s={**matrix.duration_s, Period.MORNING_PEAK: times})
    rows = (make_row("a", 1), make_row("b", 1, route_name="R2"))
    plan = build_baseline(make_town(*rows), cut, make_cost_model(), DAY_TYPE)
    reasons = {u.passenger_id: u.reason for u in plan.unserved if u.session is Session.AM}
    assert reasons["a"] is UnservedReason.NO_ROAD
    told = next(u for u in plan.unserved if (u.session, u.passenger_id) == (Session.AM, "a"))
    assert told.evidence == (("current_routes", 1), ("passengers_on_it", 1))
    assert "1 road between two stops of route R1" in told.relaxation
    assert {p for _, p in find_rides(plan)} == {"b"}


def test_row_of_somebody_who_does_not_travel_puts_nobody_aboard() -> None:
    town = make_town(
        make_row("a", 1), make_row("b", 2), people=(make_passenger("a"), make_passenger("b"))
    )
    without = replace(town, demands=tuple(d for d in town.demands if d.passenger_id != "b"))
    plan = build_baseline(without, make_matrix(), make_cost_model(), DAY_TYPE)
    assert set(find_rides(plan)) == {(Session.AM, "a")}
    assert "b" not in {u.passenger_id for u in plan.unserved}
