"""Violations planted in routes: shape, times, windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data.places import Session
from data.plans import Stop
from tests.routing.planted import Planted, Planter, Spot, plants


def _first(spot: Spot) -> bool:
    return spot.s == 0


def _later(spot: Spot) -> bool:
    return spot.s > 0


@plants("ROUTE_EMPTY")
def take_all_stops(p: Planter) -> Planted | None:
    spot = p.spot(_first)
    return p.planted(spot, "route", plan=p.with_route(spot, stops=()))


@plants("ROUTE_NO_PASSENGERS")
def leave_everybody(p: Planter) -> Planted | None:
    spot = p.spot(_first)
    stops = tuple(replace(stop, boarding=(), alighting=()) for stop in spot.route.stops)
    return p.planted(spot, "route", plan=p.with_route(spot, stops=stops))


@plants("ROUTE_END")
def cut_off_end_site(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_outward and x.s == len(x.route.stops) - 2 and not x.is_site)
    if spot is None:
        return None
    return p.planted(spot, "stop", plan=p.with_stops(spot, lambda stops: stops.pop()))


@plants("ROUTE_END")
def cut_off_first_site(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: not x.is_outward and _first(x) and not _second_is_site(x))
    if spot is None:
        return None
    return p.planted(spot, "route", plan=p.with_stops(spot, lambda stops: stops.pop(0)))


def _second_is_site(spot: Spot) -> bool:
    return spot.route.stops[1].site_id is not None


@plants("PLACE_UNKNOWN")
def name_unknown_place(p: Planter) -> Planted | None:
    spot = p.spot()
    return p.planted(spot, "stop", plan=p.with_stop(spot, place_id="nowhere"))


@plants("SITE_UNKNOWN")
def name_unknown_site(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site)
    return p.planted(spot, "stop", plan=p.with_stop(spot, site_id="no-site"))


@plants("SITE_PLACE")
def stop_beside_site(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site)
    elsewhere = p.spot(lambda x: not x.is_site).stop.place_id
    return p.planted(spot, "stop", plan=p.with_stop(spot, place_id=elsewhere))


@plants("SITE_SESSION")
def run_in_other_session(p: Planter) -> Planted | None:
    other = {
        Session.AM: Session.DAY_OUT,
        Session.DAY_OUT: Session.AM,
        Session.PM: Session.DAY_HOME,
        Session.DAY_HOME: Session.PM,
    }
    spot = p.spot(lambda x: x.is_site)
    plan = p.with_route(spot, session=other[spot.route.session])
    return p.planted(spot, "stop", plan=plan)


@plants("SITE_TWICE")
def visit_site_twice(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site)
    again = replace(spot.stop, boarding=(), alighting=(), drive_s=0, drive_m=0)
    plan = p.with_stops(spot, lambda stops: stops.insert(spot.s, again))
    return p.planted(spot, "stop", plan=plan, over=1)


@plants("STOP_EMPTY")
def halt_for_nobody(p: Planter) -> Planted | None:
    spot = p.spot(_later)
    before = spot.route.stops[spot.s - 1]
    halt = Stop(
        place_id=before.place_id,
        site_id=None,
        arrive_s=before.leave_s,
        leave_s=before.leave_s,
    )
    plan = p.with_stops(spot, lambda stops: stops.insert(spot.s, halt))
    return p.planted(spot, "stop", plan=plan, is_only=True)


@plants("BOARDING_AT_SITE")
def board_at_site(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site and x.is_outward)
    if spot is None:
        return None
    plan = p.with_stop(spot, boarding=spot.stop.alighting[:1])
    return p.planted(spot, "stop", plan=plan)


@plants("ALIGHTING_AT_HOME")
def alight_at_home_outward(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: not x.is_site and x.is_outward and x.s > 0)
    if spot is None:
        return None
    plan = p.with_stop(spot, alighting=spot.route.stops[0].boarding[:1])
    return p.planted(spot, "stop", plan=plan)


@plants("ALIGHTING_AT_SITE")
def alight_at_site_homeward(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site and not x.is_outward)
    if spot is None:
        return None
    plan = p.with_stop(spot, alighting=spot.stop.boarding[:1])
    return p.planted(spot, "stop", plan=plan)


@plants("BOARDING_AT_HOME")
def board_at_home_homeward(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: not x.is_site and not x.is_outward)
    if spot is None:
        return None
    plan = p.with_stop(spot, boarding=spot.stop.alighting[:1])
    return p.planted(spot, "stop", plan=plan)


@plants("BOARDS_TWICE")
def board_twice(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: not x.is_site and x.is_outward and x.s > 0)
    if spot is None:
        return None
    boarding = (*spot.stop.boarding, spot.route.stops[0].boarding[0])
    return p.planted(spot, "stop", plan=p.with_stop(spot, boarding=boarding), over=1)


@plants("ALIGHTS_TWICE")
def alight_twice(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: not x.is_site and not x.is_outward and _has_before(x))
    if spot is None:
        return None
    earlier = next(s for s in spot.route.stops[: spot.s] if s.alighting)
    alighting = (*spot.stop.alighting, earlier.alighting[0])
    return p.planted(spot, "stop", plan=p.with_stop(spot, alighting=alighting), over=1)


def _has_before(spot: Spot) -> bool:
    return any(stop.alighting for stop in spot.route.stops[: spot.s])


@plants("NEVER_ALIGHTS")
def keep_somebody_aboard(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: bool(x.stop.alighting))
    return p.planted(spot, "route", plan=p.with_stop(spot, alighting=spot.stop.alighting[1:]))


@plants("NEVER_BOARDS")
def let_a_stranger_alight(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: bool(x.stop.boarding))
    return p.planted(spot, "route", plan=p.with_stop(spot, boarding=spot.stop.boarding[1:]))


@plants("ALIGHTS_BEFORE_BOARDING")
def turn_order_round(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_outward and _first(x))
    if spot is None:
        return None
    return p.planted(spot, "route", plan=p.with_route(spot, stops=spot.route.stops[::-1]))


@plants("SITE_WRONG")
def alight_at_other_site(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site and x.s > 0 and x.is_outward)
    other = p.spot(
        lambda x: (
            spot is not None and (x.d, x.r) == (spot.d, spot.r) and x.is_site and x.s != spot.s
        )
    )
    if spot is None or other is None:
        return None

    def change(stops: list[Stop]) -> None:
        stops[other.s] = replace(other.stop, alighting=other.stop.alighting[1:])
        stops[spot.s] = replace(
            spot.stop, alighting=(*spot.stop.alighting, other.stop.alighting[0])
        )

    return p.planted(spot, "stop", plan=p.with_stops(spot, change))


@plants("HOME_DWELL")
def leave_home_a_second_late(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: not x.is_site)
    plan = p.with_stop(spot, leave_s=spot.stop.leave_s + 1)
    return p.planted(spot, "stop", plan=plan, over=1)


@plants("HOME_DWELL")
def forget_boarding_time(p: Planter) -> Planted | None:
    ride = p.ride(lambda x: not x.session.is_homeward)
    if ride is None:
        return None
    spot = p.spot_of(ride)
    person = next(x for x in p.inputs.passengers if x.passenger_id == ride.passenger_id)
    inputs = p.with_person(ride.passenger_id, boarding_s=person.boarding_s + 7)
    return p.planted(spot, "stop", inputs=inputs, over=7)


@plants("SITE_DWELL_SHORT")
def leave_site_too_soon(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site and x.s == (len(x.route.stops) - 1) * x.is_outward)
    plan = p.with_stop(spot, leave_s=spot.stop.leave_s - 3)
    return p.planted(spot, "stop", plan=plan, over=3)


@plants("SITE_WAIT_AT_END")
def wait_at_end(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site and x.s == (len(x.route.stops) - 1) * x.is_outward)
    plan = p.with_stop(spot, leave_s=spot.stop.leave_s + 60)
    return p.planted(spot, "stop", plan=plan, over=60)


@plants("FIRST_STOP_DRIVE")
def drive_to_first_stop(p: Planter) -> Planted | None:
    spot = p.spot(_first)
    return p.planted(spot, "stop", plan=p.with_stop(spot, drive_s=12), over=12, is_only=True)


@plants("NO_PATH")
def close_the_road(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: _later(x) and x.route.stops[x.s - 1].place_id != x.stop.place_id)
    if spot is None:
        return None
    matrix, period = p.case.matrix, spot.route.session.period
    times = dict(matrix.duration_s)
    times[period] = np.array(times[period])
    before = spot.route.stops[spot.s - 1].place_id
    times[period][matrix.index[before], matrix.index[spot.stop.place_id]] = -1
    return p.planted(spot, "stop", matrix=replace(matrix, duration_s=times))


@plants("DRIVE_TIME")
def state_a_faster_drive(p: Planter) -> Planted | None:
    spot = p.spot(_later)
    plan = p.with_stop(spot, drive_s=spot.stop.drive_s - 1)
    return p.planted(spot, "stop", plan=plan, over=1, is_only=True)


@plants("DRIVE_DISTANCE")
def state_a_shorter_drive(p: Planter) -> Planted | None:
    spot = p.spot(_later)
    plan = p.with_stop(spot, drive_m=spot.stop.drive_m - 1)
    return p.planted(spot, "stop", plan=plan, over=1, is_only=True)


@plants("ARRIVE_TIME")
def arrive_a_second_early(p: Planter) -> Planted | None:
    spot = p.spot(_later)
    plan = p.with_stop(spot, arrive_s=spot.stop.arrive_s - 1)
    return p.planted(spot, "stop", plan=plan, over=1)


def _move_window(p: Planter, spot: Spot | None, **limits: int) -> Planted | None:
    if spot is None:
        return None
    inputs = p.with_one("sites", "site_id", spot.stop.site_id, **limits)
    return p.planted(spot, "stop", inputs=inputs, over=5, is_only=True)


@plants("WINDOW_EARLY")
def open_site_later(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site and x.is_outward)
    return spot and _move_window(p, spot, arrive_from_s=spot.stop.arrive_s + 5)


@plants("WINDOW_LATE")
def ring_bell_earlier(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site and x.is_outward)
    return spot and _move_window(p, spot, arrive_by_s=spot.stop.arrive_s - 5)


@plants("LEAVE_EARLY")
def close_site_later(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site and not x.is_outward)
    return spot and _move_window(p, spot, leave_from_s=spot.stop.leave_s + 5)


@plants("LEAVE_LATE")
def clear_site_earlier(p: Planter) -> Planted | None:
    spot = p.spot(lambda x: x.is_site and not x.is_outward)
    return spot and _move_window(p, spot, leave_by_s=spot.stop.leave_s - 5)
