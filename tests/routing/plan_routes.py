"""Random routes and duties with exact times: second part of the plan factory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from data.fleet import VehicleType
from data.passengers import Phase
from data.places import Session
from data.plans import DeadRun, Layout, Stop
from tests.routing.plan_people import (
    Bundle,
    Draw,
    Person,
    World,
    build_bundle,
    build_person,
    count_assistants,
)

NOMINAL_S = {
    Session.AM: 7 * 3600 + 900,
    Session.DAY_OUT: 9 * 3600 + 900,
    Session.DAY_HOME: 14 * 3600,
    Session.PM: 15 * 3600 + 600,
}
HOME_OF_OUT = {Session.PM: Session.AM, Session.DAY_HOME: Session.DAY_OUT}


@dataclass
class SiteDraft:
    """A site in the making: its place and every visit, from which windows are made."""

    site_id: str
    place_id: str
    is_day: bool
    dwell_s: int
    arrivals: list[int] = field(default_factory=list)
    leavings: list[int] = field(default_factory=list)


@dataclass
class Halt:
    """A stop without times: a site with those served there, or a home stop."""

    place_id: str
    site_id: str | None
    people: list[Person]


@dataclass
class RouteDraft:
    """A route in the making."""

    route_id: str
    session: Session
    halts: list[Halt]
    bundles: list[Bundle]
    layout: Layout
    n_assistants: int
    n_trained: int
    stops: tuple[Stop, ...] = ()

    @property
    def people(self) -> list[Person]:
        """Everybody aboard."""
        return [person for bundle in self.bundles for person in bundle]

    @property
    def names(self) -> tuple[str, ...]:
        """Named assistants."""
        return tuple(sorted({p.assistant_id for p in self.people if p.assistant_id}))


@dataclass
class DutyDraft:
    """A duty in the making."""

    duty_id: str
    provider_id: str
    kind: VehicleType
    base: str | None
    routes: list[RouteDraft] = field(default_factory=list)
    runs: list[DeadRun] = field(default_factory=list)
    driving_s: int = 0
    stretch_s: int = 0

    @property
    def span(self) -> tuple[int, int]:
        """First departure and last arrival."""
        times = [t for run in self.runs for t in (run.depart_s, run.arrive_s)]
        times += [self.routes[0].stops[0].arrive_s, self.routes[-1].stops[-1].leave_s]
        return min(times), max(times)


def build_halts(draw: Draw, session: Session, bundles: Sequence[Bundle]) -> list[Halt]:
    """Draw the order of stops: each home before its site, or after it on the way home."""
    people = [person for bundle in bundles for person in bundle]
    sites = draw.shuffle(sorted({person.site_id for person in people}))
    early = [p for p in people if p.site_id == sites[0] or draw.chance(60)]
    late = [p for p in people if p not in early]
    halts = []
    for position, site_id in enumerate(sites):
        halts += _build_home_halts(draw, session, early if position == 0 else late)
        served = draw.shuffle([p for p in people if p.site_id == site_id])
        halts.append(Halt("", site_id, served))
    return halts[::-1] if session.is_homeward else halts


def _build_home_halts(draw: Draw, session: Session, people: Sequence[Person]) -> list[Halt]:
    """Draw home stops; those of one place share a stop, or follow each other at it."""
    halts: list[Halt] = []
    for person in draw.shuffle(people):
        place_id = person.stop_of(session)
        same = [h for h in halts if h.place_id == place_id]
        if same and draw.chance(80):
            same[0].people.append(person)
        else:
            halts.append(Halt(place_id, None, [person]))
    return halts


def find_layouts(
    halts: Sequence[Halt], session: Session, kind: VehicleType, n_assistants: int
) -> list[Layout]:
    """Layouts of a type that hold the load at every moment."""
    aboard: list[Person] = []
    need_seats = need_spaces = 0
    for halt in halts:
        is_boarding = (halt.site_id is None) is not session.is_homeward
        if is_boarding:
            aboard += halt.people
        else:
            aboard = [p for p in aboard if p not in halt.people]
        need_seats = max(need_seats, sum(p.seats for p in aboard) + n_assistants)
        need_spaces = max(need_spaces, sum(p.spaces for p in aboard))
    return [
        layout
        for layout in kind.layouts
        if layout.n_seats >= need_seats and layout.n_wheelchair_spaces >= need_spaces
    ]


def fit_route(
    draw: Draw,
    route_id: str,
    session: Session,
    bundles: list[Bundle],
    kind: VehicleType,
    ratio: int,
) -> RouteDraft | None:
    """Build a route for as many of the bundles as the vehicle holds, or None for none."""
    left = list(bundles)
    while left:
        people = [person for bundle in left for person in bundle]
        n_assistants = count_assistants(people, ratio) + (1 if draw.chance(10) else 0)
        n_trained = count_assistants([p for p in people if p.is_trained], ratio)
        halts = build_halts(draw, session, left)
        layouts = find_layouts(halts, session, kind, n_assistants)
        needs_lift = any(p.spaces or p.needs_lift for p in people)
        if layouts and (kind.has_lift or not needs_lift):
            layout = draw.pick(layouts)
            return RouteDraft(route_id, session, halts, left, layout, n_assistants, n_trained)
        left = left[:-1]
    return None


def build_bundles(
    world: World, number: int, site_ids: Sequence[str], phases: Sequence[Phase]
) -> list[Bundle]:
    """Draw new people for a route: somebody who travels alone, or several bundles."""
    draw = world.draw
    if draw.chance(10):
        person = build_person(world, number, site_ids[0], draw.pick(phases))
        person.travels_alone = True
        return [[person]]
    bundles: list[Bundle] = []
    for _ in range(draw.between(1, 5)):
        taken = number + sum(map(len, bundles))
        bundles.append(build_bundle(world, taken, site_ids, draw.pick(phases)))
    return bundles


def time_route(world: World, route: RouteDraft, sites: dict[str, SiteDraft], at_s: int) -> None:
    """Give a route its times from its first arrival on, and note what windows must allow."""
    stops: list[Stop] = []
    session = route.session
    now_s = at_s
    for number, halt in enumerate(route.halts):
        site = sites[halt.site_id] if halt.site_id is not None else None
        place_id = site.place_id if site else halt.place_id
        drive_s = drive_m = 0
        if stops:
            drive_s, drive_m = world.drive(stops[-1].place_id, place_id, session.period)
            now_s = stops[-1].leave_s + drive_s
        is_boarding = (site is None) is not session.is_homeward
        takes_s = sum(p.boarding_s if is_boarding else p.alighting_s for p in halt.people)
        leave_s = now_s + takes_s
        if site is not None:
            is_end = number == (0 if session.is_homeward else len(route.halts) - 1)
            leave_s += site.dwell_s + (0 if is_end else world.draw.slack(400))
            (site.leavings if session.is_homeward else site.arrivals).append(
                leave_s if session.is_homeward else now_s
            )
        ids = tuple(person.person_id for person in halt.people)
        stops.append(
            Stop(
                place_id=place_id,
                site_id=halt.site_id,
                arrive_s=now_s,
                leave_s=leave_s,
                boarding=ids if is_boarding else (),
                alighting=() if is_boarding else ids,
                drive_s=drive_s,
                drive_m=drive_m,
            )
        )
    route.stops = tuple(stops)
    _note_rides(world, route, sites)


def _note_rides(world: World, route: RouteDraft, sites: dict[str, SiteDraft]) -> None:
    """Note each passenger's ride, direct drive, collection and moment of alighting."""
    session = route.session
    site_stops = {h.site_id: s for h, s in zip(route.halts, route.stops, strict=True)}
    for halt, stop in zip(route.halts, route.stops, strict=True):
        if halt.site_id is not None:
            continue
        turn_s = stop.arrive_s
        for person in halt.people:
            begin_s = turn_s
            turn_s += person.alighting_s if session.is_homeward else person.boarding_s
            site_stop = site_stops[person.site_id]
            ends = (person.home_of(session), sites[person.site_id].place_id)
            if session.is_homeward:
                ride_s, ends = begin_s - site_stop.leave_s, ends[::-1]
                person.alights[session] = begin_s
            else:
                ride_s = site_stop.arrive_s - turn_s
                person.pick_ups[session] = stop.arrive_s
            if session in person.walks:
                # 4 800 metres an hour is four metres in three seconds.
                walk_m = world.walk(person.home_of(session), person.walks[session])
                ride_s += (3 * walk_m + 3) // 4
            direct_s = world.drive(*ends, session.period)[0]
            person.rides.append((session, route.route_id, ride_s, direct_s))


def join_duty(world: World, duty: DutyDraft, split_gap_s: int, break_s: int) -> None:
    """Give a duty its dead runs, and measure its driving."""
    unbroken = 0
    longest = 0

    def drive(one: str, other: str, session: Session, depart_s: int, k: int) -> int:
        nonlocal unbroken, longest
        run_s, run_m = world.drive(one, other, session.period)
        run = DeadRun(
            from_place_id=one,
            to_place_id=other,
            depart_s=depart_s,
            arrive_s=depart_s + run_s,
            drive_m=run_m,
            before_route=k,
        )
        if one != other or world.draw.chance(50):  # a run that goes nowhere may be left out
            duty.runs.append(run)
        duty.driving_s += run_s
        unbroken += run_s
        longest = max(longest, unbroken)
        return run_s

    for k, route in enumerate(duty.routes):
        first, session = route.stops[0], route.session
        if k == 0:
            if duty.base is not None:
                lead_s = world.drive(duty.base, first.place_id, session.period)[0]
                drive(duty.base, first.place_id, session, first.arrive_s - lead_s, 0)
        else:
            before = duty.routes[k - 1]
            last = before.stops[-1]
            gap_s = first.arrive_s - last.leave_s
            by_base_s = None
            if duty.base is not None and gap_s >= split_gap_s:
                back_s = world.drive(last.place_id, duty.base, before.session.period)[0]
                out_s = world.drive(duty.base, first.place_id, session.period)[0]
                by_base_s = back_s + out_s if back_s + out_s <= gap_s else None
            if by_base_s is not None and duty.base is not None:
                drive(last.place_id, duty.base, before.session, last.leave_s, k)
                unbroken = 0 if gap_s - by_base_s >= break_s else unbroken
                drive(duty.base, first.place_id, session, first.arrive_s - out_s, k)
            else:
                run_s = drive(last.place_id, first.place_id, session, last.leave_s, k)
                unbroken = 0 if gap_s - run_s >= break_s else unbroken
        route_s = sum(stop.drive_s for stop in route.stops)
        duty.driving_s += route_s
        unbroken += route_s
        longest = max(longest, unbroken)
    if duty.base is not None:
        route = duty.routes[-1]
        last = route.stops[-1]
        drive(last.place_id, duty.base, route.session, last.leave_s, len(duty.routes))
    duty.stretch_s = longest
