"""Random duties before they are frozen: third part of the plan factory."""

from __future__ import annotations

from datetime import date, timedelta

from data.fleet import OWN_PROVIDER_ID
from data.passengers import Phase
from data.places import Session, Week
from tests.routing.plan_people import TYPES, Bundle, Draw, Person, World
from tests.routing.plan_routes import (
    HOME_OF_OUT,
    NOMINAL_S,
    DutyDraft,
    RouteDraft,
    SiteDraft,
    build_bundles,
    fit_route,
    join_duty,
    time_route,
)

CHAINS = (
    (Session.AM,),
    (Session.AM, Session.AM),
    (Session.AM, Session.PM),
    (Session.PM,),
    (Session.DAY_OUT, Session.DAY_HOME),
    (Session.AM, Session.DAY_OUT, Session.DAY_HOME, Session.PM),
    (Session.AM, Session.AM, Session.DAY_OUT, Session.PM, Session.PM),
    (Session.DAY_HOME, Session.PM),
)
CHILDREN = (Phase.PRIMARY, Phase.SECONDARY, Phase.POST_16)


class Draft:
    """One case in the making: people, sites, bases and duties with exact times."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.draw = draw = Draw(seed)
        self.world = World(draw)
        self.ratio = draw.between(2, 6)
        self.is_mixing = draw.chance(30)
        self.break_s = draw.pick((900, 1_800))
        self.people: list[Person] = []
        self.duties: list[DutyDraft] = []
        days = 7 * draw.between(0, 8) + draw.between(0, 4)
        self.on = date(2026, 9, 7) + timedelta(days=days)
        self.week = draw.pick((Week.A, Week.B))
        self.sites = {
            f"S{i}": SiteDraft(f"S{i}", self.world.add("S"), i in (1, 3), draw.between(0, 240))
            for i in range(draw.between(3, 5))
        }
        self.depots = [self.world.add("D") for _ in range(draw.between(1, 2))]
        self.bases = [self.world.add("B") if draw.chance(60) else None for _ in range(3)]
        self.points = [self.world.add("K") for _ in range(2)]
        while not self.duties:
            self._make_duties()
        self.split_gap_s = self._choose_split_gap()
        for duty in self.duties:
            join_duty(self.world, duty, self.split_gap_s, self.break_s)

    @property
    def routes(self) -> list[RouteDraft]:
        """All routes, in order of duties."""
        return [route for duty in self.duties for route in duty.routes]

    def _make_duties(self) -> None:
        """Draw duties with their routes."""
        draw = self.draw
        for number in range(draw.between(2, 5)):
            if draw.chance(50):
                provider, base = OWN_PROVIDER_ID, draw.pick(self.depots)
            else:
                which = draw.between(0, 2)
                provider, base = f"T{which}", self.bases[which]
            duty = DutyDraft(f"D{number}", provider, draw.pick(TYPES), base)
            for session in draw.pick(CHAINS):
                self._make_route(duty, session)
            if duty.routes:
                self.duties.append(duty)

    def _make_route(self, duty: DutyDraft, session: Session) -> None:
        """Draw one route, time it after the route before, and add it to its duty."""
        draw, world = self.draw, self.world
        bundles = self._find_waiting(session)
        if not bundles or draw.chance(25):
            bundles = self._find_new(session)
        for person in (person for bundle in bundles for person in bundle):
            if not person.walks and not person.spaces and draw.chance(20):
                person.walks[session] = draw.pick(self.points)
                world.walk(person.home_of(session), person.walks[session])
        route_id = f"{duty.duty_id}R{len(duty.routes)}"
        route = fit_route(draw, route_id, session, bundles, duty.kind, self.ratio)
        if route is None:
            return
        start_s = NOMINAL_S[session] + draw.between(0, 2_000)
        first = route.halts[0]
        place_id = self.sites[first.site_id].place_id if first.site_id else first.place_id
        if duty.routes:
            last = duty.routes[-1].stops[-1]
            ready_s = last.leave_s + world.drive(last.place_id, place_id, session.period)[0]
            # Often the next route follows as soon as the vehicle can be there.
            start_s = ready_s + draw.slack(1_000) if draw.chance(40) else max(start_s, ready_s)
        time_route(world, route, self.sites, start_s)
        duty.routes.append(route)

    def _find_new(self, session: Session) -> list[Bundle]:
        """Draw new people for one or two sites of the session's kind."""
        draw = self.draw
        is_day = session in (Session.DAY_OUT, Session.DAY_HOME)
        site_ids = [s.site_id for s in self.sites.values() if s.is_day is is_day]
        chosen = draw.shuffle(site_ids)[: draw.between(1, 2)]
        phases = (Phase.ADULT,) if is_day else CHILDREN
        if is_day and self.is_mixing:
            phases = (Phase.ADULT, Phase.POST_16)
        bundles = build_bundles(self.world, len(self.people), chosen, phases)
        self.people += [person for bundle in bundles for person in bundle]
        return bundles

    def _find_waiting(self, session: Session) -> list[Bundle]:
        """Some of those who came together and have no way home yet."""
        outward = HOME_OF_OUT.get(session)
        routes = [r for d in self.duties for r in d.routes if r.session is outward]
        for route in self.draw.shuffle(routes):
            waiting = [
                bundle
                for bundle in route.bundles
                if not any(ride[0] is session for p in bundle for ride in p.rides)
            ]
            taken = [bundle for bundle in waiting if self.draw.chance(75)]
            if taken:
                return taken
        return []

    def _choose_split_gap(self) -> int:
        """An hour, or just as long as some gap, or a second longer."""
        gaps = [
            after.stops[0].arrive_s - before.stops[-1].leave_s
            for duty in self.duties
            for before, after in zip(duty.routes, duty.routes[1:], strict=False)
        ]
        gap_s = self.draw.pick(gaps) + self.draw.between(0, 1) if gaps else 0
        return gap_s if gap_s > 600 and self.draw.chance(50) else 3_600
