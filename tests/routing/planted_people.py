"""Violations planted around passengers: homes, rides, walks, company, loads, assistants."""

from __future__ import annotations

from dataclasses import replace

from data.fleet import Layout
from data.passengers import Passenger, Phase, Wheelchair
from tests.routing.plan_factory import RideFact
from tests.routing.planted import Planted, Planter, find_others, find_stranger, plants


def _person(p: Planter, passenger_id: str) -> Passenger:
    return next(x for x in p.inputs.passengers if x.passenger_id == passenger_id)


def _home_id(ride: RideFact) -> str:
    return f"{ride.passenger_id}-{'home' if ride.session.is_homeward else 'out'}"


def _home_place(p: Planter, ride: RideFact) -> str:
    return next(h.place_id for h in p.inputs.homes if h.home_id == _home_id(ride))


def _is_walking(p: Planter, ride: RideFact) -> bool:
    return p.spot_of(ride).stop.place_id != _home_place(p, ride)


@plants("PICK_UP_EARLY")
def collect_too_early(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: not x.session.is_homeward)
    if ride is None:
        return None
    spot = p.spot_of(ride)
    earliest_s = spot.stop.arrive_s + 9
    inputs = p.with_one("homes", "home_id", _home_id(ride), pick_up_from_s=earliest_s)
    return p.planted(spot, "stop", inputs=inputs, over=9, is_only=True)


def _plant_reception(p: Planter, limit: str, shift_s: int) -> Planted | None:
    ride = p.ride(lambda x: x.session.is_homeward and not _is_walking(p, x))
    if ride is None or ride.alights_s is None:
        return None
    person = replace(_person(p, ride.passenger_id), must_be_received=True)
    people = tuple(
        person if x.passenger_id == person.passenger_id else x for x in p.inputs.passengers
    )
    homes = tuple(
        replace(h, **{limit: ride.alights_s + shift_s}) if h.home_id == _home_id(ride) else h
        for h in p.inputs.homes
    )
    inputs = replace(p.inputs, passengers=people, homes=homes)
    return p.planted(p.spot_of(ride), "stop", inputs=inputs, over=2, is_only=True)


@plants("RECEIVED_EARLY")
def come_before_anybody_is_in(p: Planter) -> Planted | None:
    return _plant_reception(p, "received_from_s", 2)


@plants("RECEIVED_LATE")
def come_after_they_have_left(p: Planter) -> Planted | None:
    return _plant_reception(p, "received_by_s", -2)


@plants("RIDE_LIMIT")
def ride_over_own_limit(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: x.ride_s > 1)
    if ride is None:
        return None
    inputs = p.with_person(ride.passenger_id, max_ride_s=ride.ride_s - 1)
    return p.planted(p.spot_of(ride), "stop", inputs=inputs, over=1, is_only=True)


@plants("RIDE_LIMIT")
def ride_over_cap_of_phase(p: Planter) -> Planted | None:
    ride = p.ride(
        lambda x: x.ride_s > x.direct_s + 4 and _person(p, x.passenger_id).max_ride_s is None
    )
    if ride is None:
        return None
    phase = _person(p, ride.passenger_id).phase
    word = {Phase.PRIMARY: "primary", Phase.ADULT: "adult"}.get(phase, "secondary")
    inputs = p.with_policy(direct_ride_bp=10_000, **{f"ride_cap_{word}_s": ride.ride_s - 4})
    return p.planted(p.spot_of(ride), "stop", inputs=inputs, over=4, is_only=True)


@plants("RIDE_LIMIT")
def ride_over_share_of_direct(p: Planter) -> Planted | None:
    ride = p.ride(
        lambda x: x.ride_s > x.direct_s > 0 and _person(p, x.passenger_id).max_ride_s is None
    )
    if ride is None:
        return None
    inputs = p.with_policy(
        direct_ride_bp=10_000,
        ride_cap_primary_s=0,
        ride_cap_secondary_s=0,
        ride_cap_adult_s=0,
    )
    over = ride.ride_s - ride.direct_s
    return p.planted(p.spot_of(ride), "stop", inputs=inputs, over=over, is_only=True)


@plants("RIDE_LIMIT")
def count_the_walk_as_ride(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: _is_walking(p, x))
    if ride is None:
        return None
    inputs = p.with_person(ride.passenger_id, max_ride_s=ride.ride_s - 1)
    return p.planted(p.spot_of(ride), "stop", inputs=inputs, over=1, is_only=True)


@plants("STOP_NOT_OWN")
def stop_at_a_neighbours(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: not x.is_site)
    other = p.spot(lambda x: not x.is_site and x.stop.place_id.startswith("H"))
    if other is None or other.stop.place_id == spot.stop.place_id:
        return None
    plan = p.with_stop(spot, place_id=other.stop.place_id)
    return p.planted(spot, "stop", plan=plan)


@plants("WALK_NOT_ALLOWED")
def walk_from_door_to_door(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: _is_walking(p, x))
    if ride is None:
        return None
    inputs = p.with_person(ride.passenger_id, walk_limit_m=0)
    return p.planted(p.spot_of(ride), "stop", inputs=inputs, is_only=True)


@plants("WALK_LIMIT")
def walk_too_far(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: _is_walking(p, x))
    if ride is None:
        return None
    spot = p.spot_of(ride)
    pair = (_home_place(p, ride), spot.stop.place_id)
    (walk_m,) = (m for a, b, m in p.case.matrix.walks if (a, b) == pair)
    inputs = p.with_person(ride.passenger_id, walk_limit_m=walk_m - 1)
    return p.planted(spot, "stop", inputs=inputs, over=1, is_only=True)


@plants("WALK_UNKNOWN")
def walk_where_no_path_is(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: _is_walking(p, x))
    if ride is None:
        return None
    matrix = replace(p.case.matrix, walks=())
    return p.planted(p.spot_of(ride), "stop", matrix=matrix, is_only=True)


@plants("RECEIVED_AT_POINT")
def leave_at_pick_up_point(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: x.session.is_homeward and _is_walking(p, x))
    if ride is None:
        return None
    inputs = p.with_person(ride.passenger_id, must_be_received=True)
    return p.planted(p.spot_of(ride), "stop", inputs=inputs, is_only=True)


@plants("TRAVELS_ALONE")
def put_solo_traveller_in_company(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: bool(find_others(p.spot_of(x), x.passenger_id)))
    if ride is None:
        return None
    inputs = p.with_person(ride.passenger_id, travels_alone=True)
    spot = p.spot_of(ride)
    over = len(find_others(spot, ride.passenger_id))
    return p.planted(spot, "route", inputs=inputs, over=over, is_only=True)


@plants("APART")
def put_enemies_together(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: bool(find_others(p.spot_of(x), x.passenger_id)))
    if ride is None:
        return None
    spot = p.spot_of(ride)
    other = p.draw.pick(find_others(spot, ride.passenger_id))
    inputs = p.with_person(ride.passenger_id, apart_from=frozenset({other}))
    return p.planted(spot, "route", inputs=inputs, is_only=True)


@plants("TOGETHER")
def part_friends(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: find_stranger(p, x) is not None)
    if ride is None:
        return None
    other = find_stranger(p, ride)
    one = _person(p, ride.passenger_id)
    inputs = p.with_person(
        ride.passenger_id, together_with=one.together_with | {other.passenger_id}
    )
    return p.planted(inputs=inputs, over=1, is_only=True)


@plants("ASSISTANT_SPLIT")
def share_assistant_over_two_routes(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: find_stranger(p, x) is not None)
    if ride is None:
        return None
    other = find_stranger(p, ride)
    people = tuple(
        replace(x, assistant_id="N-both")
        if x.passenger_id in (ride.passenger_id, other.passenger_id)
        else x
        for x in p.inputs.passengers
    )
    return p.planted(inputs=replace(p.inputs, passengers=people), over=1)


@plants("SITES_PER_ROUTE")
def allow_fewer_sites(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: len({s.site_id for s in x.route.stops} - {None}) == 2)
    if spot is None:
        return None
    inputs = p.with_policy(max_sites_per_route=1)
    return p.planted(spot, "route", inputs=inputs, over=1, is_only=True)


@plants("MIXED_AGES")
def mix_ages(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: bool(find_others(p.spot_of(x), x.passenger_id)))
    if ride is None:
        return None
    other = find_others(p.spot_of(ride), ride.passenger_id)[0]
    is_adult = _person(p, other).phase is Phase.ADULT
    inputs = replace(
        p.with_person(ride.passenger_id, phase=Phase.PRIMARY if is_adult else Phase.ADULT),
        policy=replace(p.inputs.policy, is_mixing_children_and_adults=False),
    )
    return p.planted(p.spot_of(ride), "route", inputs=inputs)


@plants("COUNT_NEGATIVE")
def count_backwards(p: Planter) -> Planted | None:
    spot = p.spot()
    plan = p.with_route(spot, n_trained_assistants=-2)
    return p.planted(spot, "route", plan=plan, over=2)


@plants("LAYOUT_UNKNOWN")
def invent_layout(p: Planter) -> Planted | None:
    spot = p.spot()
    layout = Layout(n_seats=60, n_wheelchair_spaces=9)
    return p.planted(spot, "route", plan=p.with_route(spot, layout=layout), is_only=True)


@plants("LAYOUT_SEATS")
def widen_passenger(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: _person(p, x.passenger_id).wheelchair is not Wheelchair.STAYS)
    if ride is None:
        return None
    inputs = p.with_person(ride.passenger_id, n_seats=40)
    return p.planted(p.spot_of(ride), "route", inputs=inputs, is_only=True)


@plants("LAYOUT_SPACES")
def use_layout_without_spaces(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: _person(p, x.passenger_id).wheelchair is Wheelchair.STAYS)
    if ride is None:
        return None
    spot = p.spot_of(ride)
    kind = next(
        t for t in p.inputs.vehicle_types if t.vehicle_type_id == spot.duty.vehicle_type_id
    )
    plan = p.with_route(spot, layout=kind.layouts[0])
    return p.planted(spot, "route", plan=plan, is_only=True)


@plants("ASSISTANTS_SHORT")
def send_one_assistant_too_few(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: p.spot_of(x).route.n_assistants > 0)
    if ride is None:
        return None
    spot = p.spot_of(ride)
    plan = p.with_route(spot, n_assistants=0, n_trained_assistants=0, assistant_ids=())
    needing = [
        x
        for x in spot.route.passenger_ids
        if _person(p, x).assistant != "none" or _person(p, x).assistant_id
    ]
    return p.planted(spot, "route", plan=plan) if needing else None


@plants("TRAINED_SHORT")
def send_untrained_assistants(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.route.n_trained_assistants > 0)
    if spot is None:
        return None
    n_trained = spot.route.n_trained_assistants
    plan = p.with_route(spot, n_trained_assistants=n_trained - 1)
    return p.planted(spot, "route", plan=plan, over=1, is_only=True)


@plants("TRAINED_OVER_ALL")
def train_more_than_there_are(p: Planter) -> Planted | None:
    spot = p.spot()
    plan = p.with_route(spot, n_trained_assistants=spot.route.n_assistants + 3)
    return p.planted(spot, "route", plan=plan, over=3)


@plants("ASSISTANT_NOT_LISTED")
def send_another_assistant(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: bool(x.route.assistant_ids))
    if spot is None:
        return None
    return p.planted(spot, "route", plan=p.with_route(spot, assistant_ids=()))


@plants("ASSISTANT_IDS_OVER")
def list_an_assistant_twice(p: Planter) -> Planted | None:
    spot = p.spot()
    n_assistants = spot.route.n_assistants
    plan = p.with_route(spot, assistant_ids=("N-x",) * (n_assistants + 1))
    return p.planted(spot, "route", plan=plan)


@plants("LIFT_MISSING")
def need_a_lift_in_a_car(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: p.spot_of(x).duty.vehicle_type_id == "car")
    if ride is None:
        return None
    inputs = p.with_person(ride.passenger_id, needs_lift=True)
    return p.planted(p.spot_of(ride), "route", inputs=inputs, over=1, is_only=True)


@plants("PASSENGER_UNKNOWN")
def carry_unknown_passenger(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: not x.is_site and x.is_outward)
    if spot is None:
        return None
    plan = p.with_stop(spot, boarding=(*spot.stop.boarding, "nobody"))
    return p.planted(spot, "route", plan=plan)
