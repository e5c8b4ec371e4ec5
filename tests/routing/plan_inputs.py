"""Random inputs around a draft, so that its plan obeys them: fourth part of the factory."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from data.fleet import OWN_PROVIDER_ID
from data.passengers import Demand, Direction, Passenger, Phase
from data.places import Calendar, Home, Session, Site, SiteKind, Week
from data.plans import Unserved, UnservedReason
from data.policy import Policy
from tests.routing.plan_draft import Draft
from tests.routing.plan_people import Person, build_person

OUTWARD_OF = {False: (Session.AM, Session.PM), True: (Session.DAY_OUT, Session.DAY_HOME)}


def build_policy(draft: Draft) -> Policy:
    """Set limits that the plan just meets, or meets with slack."""
    draw = draft.draw
    bp = draw.pick((10_000, 15_000, 20_000))
    caps = {phase: _find_cap(draft, phase, bp) for phase in Phase}
    spans = [end - start for start, end in (duty.span for duty in draft.duties)]
    n_sites = [len({h.site_id for h in r.halts} - {None}) for r in draft.routes]
    return Policy(
        ride_cap_primary_s=caps[Phase.PRIMARY],
        ride_cap_secondary_s=max(caps[Phase.SECONDARY], caps[Phase.POST_16]),
        ride_cap_adult_s=caps[Phase.ADULT],
        direct_ride_bp=bp,
        max_sites_per_route=max(n_sites) + draw.slack(1),
        is_mixing_children_and_adults=draft.is_mixing,
        shared_assistant_ratio=draft.ratio,
        max_driving_s=max(duty.driving_s for duty in draft.duties) + draw.slack(3_600),
        max_spread_s=max(spans) + draw.slack(3_600),
        min_rest_s=86_400 - max(spans) - draw.slack(3_600),
        break_after_driving_s=max(d.stretch_s for d in draft.duties) + draw.slack(3_600),
        break_s=draft.break_s,
    )


def _find_cap(draft: Draft, phase: Phase, bp: int) -> int:
    """Longest ride of a phase beyond what its direct drive allows, and some slack. [s]"""
    beyond = [
        ride_s
        for person in draft.people
        if person.phase is phase
        for _, _, ride_s, direct_s in person.rides
        if ride_s > direct_s * bp // 10_000
    ]
    return max(beyond, default=600) + draft.draw.slack(600)


def build_sites(draft: Draft) -> tuple[Site, ...]:
    """Set windows around the visits; add a site that is closed."""
    draw = draft.draw
    sites = []
    for found in draft.sites.values():
        arrivals = found.arrivals or [8 * 3600]
        leavings = found.leavings or [15 * 3600]
        sites.append(
            Site(
                site_id=found.site_id,
                name=f"Site {found.site_id}",
                kind=SiteKind.DAY_CENTRE if found.is_day else SiteKind.SPECIAL_SCHOOL,
                place_id=found.place_id,
                arrive_from_s=min(arrivals) - draw.slack(900),
                arrive_by_s=max(arrivals) + draw.slack(900),
                leave_from_s=min(leavings) - draw.slack(900),
                leave_by_s=max(leavings) + draw.slack(900),
                calendar_id="adult" if found.is_day else "term",
                dwell_s=found.dwell_s,
            )
        )
    closed = Site(
        site_id="SX",
        name="Closed",
        kind=SiteKind.SCHOOL,
        place_id=draft.world.add("S"),
        arrive_from_s=0,
        arrive_by_s=86_400,
        leave_from_s=0,
        leave_by_s=86_400,
        calendar_id="shut",
    )
    return (*sites, closed)


def build_calendars(draft: Draft) -> tuple[Calendar, ...]:
    """Two calendars open on the date and one that is not."""
    span = {
        "first_date": draft.on - timedelta(days=3),
        "last_date": draft.on + timedelta(days=3),
        "week_b_dates": frozenset({draft.on} if draft.week is Week.B else ()),
    }
    opens = {"term": draft.on, "adult": draft.on, "shut": draft.on + timedelta(days=1)}
    return tuple(
        Calendar(calendar_id=name, name=name, open_dates=frozenset({on}), **span)
        for name, on in opens.items()
    )


def build_passengers(draft: Draft) -> tuple[Passenger, ...]:
    """Freeze people with limits of their own, and keep apart some who never met."""
    draw = draft.draw
    apart: dict[str, set[str]] = {p.person_id: set() for p in draft.people}
    for one in draft.people:
        other = draw.pick(draft.people)
        met = {r.route_id for r in draft.routes if one in r.people and other in r.people}
        if other is one or met or other.person_id in one.siblings or draw.chance(60):
            continue
        apart[one.person_id].add(other.person_id)
        apart[other.person_id].add(one.person_id)
    return tuple(_freeze(draft, p, frozenset(apart[p.person_id])) for p in draft.people)


def _freeze(draft: Draft, person: Person, apart: frozenset[str]) -> Passenger:
    """Freeze one person."""
    draw = draft.draw
    walks = [draft.world.walk(person.home_of(s), w) for s, w in person.walks.items()]
    walks_home = any(session.is_homeward for session in person.walks)
    longest_s = max((ride_s for _, _, ride_s, _ in person.rides), default=0)
    carriers = {d.provider_id for d in draft.duties for r in d.routes if person in r.people}
    others = sorted({"T0", "T1", "T2", OWN_PROVIDER_ID} - carriers)
    return Passenger(
        passenger_id=person.person_id,
        name=f"Name of {person.person_id}",
        birth_date=date(2014, 5, 1),
        phase=person.phase,
        wheelchair=person.wheelchair,
        needs_lift=person.needs_lift,
        n_seats=person.n_seats,
        assistant=person.assistant,
        assistant_id=person.assistant_id,
        needs_trained_assistant=person.is_trained,
        travels_alone=person.travels_alone,
        apart_from=apart,
        together_with=person.siblings,
        max_ride_s=longest_s + draw.slack(600) if draw.chance(50) else None,
        walk_limit_m=max(walks) + draw.slack(200) if walks else 0,
        boarding_s=person.boarding_s,
        alighting_s=person.alighting_s,
        must_be_received=not walks_home and draw.chance(60),
        barred_suppliers=frozenset(other for other in others if draw.chance(30)),
    )


def build_homes(draft: Draft) -> tuple[Home, ...]:
    """Build homes to leave from and to come back to, with times that the plan just meets."""
    draw = draft.draw
    homes = []
    for person in draft.people:
        earliest = min(person.pick_ups.values(), default=None)
        alights = list(person.alights.values())
        is_early = earliest is not None and draw.chance(60)
        homes.append(
            Home(
                home_id=f"{person.person_id}-out",
                passenger_id=person.person_id,
                place_id=person.home_place,
                pick_up_from_s=earliest - draw.slack(600) if is_early else None,
            )
        )
        homes.append(
            Home(
                home_id=f"{person.person_id}-home",
                passenger_id=person.person_id,
                place_id=person.home_of(Session.PM),
                received_from_s=min(alights) - draw.slack(600) if alights else None,
                received_by_s=max(alights) + draw.slack(600) if alights else None,
            )
        )
    return tuple(homes)


def build_unserved(draft: Draft) -> list[Unserved]:
    """Draw people whom nobody carries, each with a reason."""
    draw = draft.draw
    unserved = []
    for _ in range(draw.between(0, 3)):
        site = draw.pick(list(draft.sites.values()))
        phase = Phase.ADULT if site.is_day else Phase.SECONDARY
        person = build_person(draft.world, len(draft.people), site.site_id, phase)
        draft.people.append(person)
        for session in OUTWARD_OF[site.is_day][: draw.between(1, 2)]:
            unserved.append(
                Unserved(
                    passenger_id=person.person_id,
                    session=session,
                    reason=UnservedReason.NO_CAPACITY_LEFT,
                    evidence=(("seats_short", 1),),
                    relaxation="One more seat.",
                )
            )
    return unserved


def build_demands(draft: Draft, unserved: list[Unserved]) -> tuple[Demand, ...]:
    """Build demand for every journey of the day, and demand that does not fall due."""
    draw = draft.draw
    people = {p.person_id: p for p in draft.people}
    due = [(p, session) for p in draft.people for session, _, _, _ in p.rides]
    due += [(people[u.passenger_id], u.session) for u in unserved]
    demands = [
        Demand(
            demand_id=f"E{number:04d}",
            passenger_id=person.person_id,
            site_id=person.site_id,
            home_id=f"{person.person_id}-{'home' if session.is_homeward else 'out'}",
            direction=Direction.HOME if session.is_homeward else Direction.OUT,
            weekdays=frozenset({draft.on.weekday(), draw.between(0, 4)}),
            weeks=frozenset({draft.week, draw.pick((Week.A, Week.B))}),
            starts_on=draft.on if draw.chance(30) else None,
            ends_on=draft.on if draw.chance(30) else None,
        )
        for number, (person, session) in enumerate(due)
    ]
    return (*demands, *_build_other_demands(draft))


def _build_other_demands(draft: Draft) -> list[Demand]:
    """Build demand of another weekday, week or date, and for a site that is closed."""
    day = timedelta(days=1)
    reasons: tuple[dict[str, Any], ...] = (
        {"weekdays": frozenset({(draft.on.weekday() + 1) % 7})},
        {"weeks": frozenset({Week.A if draft.week is Week.B else Week.B})},
        {"starts_on": draft.on + day},
        {"ends_on": draft.on - day},
        {"site_id": "SX"},
    )
    others = []
    for number, reason in enumerate(reasons):
        person = draft.draw.pick(draft.people)
        usual = {
            "demand_id": f"X{number}",
            "passenger_id": person.person_id,
            "site_id": person.site_id,
            "home_id": f"{person.person_id}-out",
            "direction": draft.draw.pick((Direction.OUT, Direction.HOME)),
        }
        others.append(Demand(**{**usual, **reason}))
    return others
