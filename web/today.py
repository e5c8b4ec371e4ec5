"""How a service date stands, put together for the first page of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data.access import DriverNote
from data.demand import find_day_type
from data.errors import InputError
from data.inputs import Inputs
from data.nights import BreachKind, Proposal, ProposalState, Publication
from data.plans import Plan
from data.store import KeptChange, RunSummary
from reports import describe_count
from scenarios import find_rides
from web.rendering import ZONE
from web.state import WebState

DAYS_AHEAD = 14
"""How far the next service date is looked for, as the night's own health check does. [days]"""

CAUSE_WORDS: Mapping[str, str] = {
    "absence": "Absence",
    "leaver": "Leaver",
    "starter": "Starter",
    "move": "Change of address",
    "address_withheld": "Address withheld",
    "vehicle_off": "Vehicle off the road",
    "crew_off": "Crew away",
    "site_closed": "Site closed",
    "site_leaves_early": "Site closes early",
    "unserved": "Not carried",
    "saving": "Saving",
}
"""What the causes that the night names are called."""

BREACH_WORDS: Mapping[BreachKind, str] = {
    BreachKind.TIME: "another pick-up or drop-off time",
    BreachKind.PROVIDER: "another provider",
    BreachKind.VEHICLE_TYPE: "another kind of vehicle",
    BreachKind.CREW: "another crew",
    BreachKind.ASSISTANT: "another assistant",
    BreachKind.COMPANIONS: "new companions",
    BreachKind.STOP: "another stop",
    BreachKind.UNSERVED: "not carried any more",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RideBreach:
    """One passenger whose ride is longer than the guide of their phase.

    Attributes
    ----------
    ride_s, guide_s
        The ride, walk to the stop included, and the guide. [s]
    """

    passenger_id: str
    duty_id: str
    route_id: str
    session: str
    ride_s: int
    guide_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the page of a date shows.

    Attributes
    ----------
    on
        The date, or None if no calendar has service within two weeks.
    publication, plan
        What is published for it, or None.
    versions
        All publications of the date, the newest first.
    changes
        What is different on the date.
    rides
        Rides over the guide, the longest first.
    waiting
        Proposals that wait for a person.
    latest
        The newest run, which stands in where nothing is published yet.
    notes
        What drivers said of the date, the newest first.
    """

    title: str
    on: date | None
    publication: Publication | None
    plan: Plan | None
    versions: tuple[Publication, ...]
    changes: tuple[KeptChange, ...]
    rides: tuple[RideBreach, ...]
    waiting: tuple[Proposal, ...]
    latest: RunSummary | None
    notes: tuple[DriverNote, ...]

    @property
    def unseen(self) -> tuple[DriverNote, ...]:
        """Reports of drivers that nobody has looked at."""
        return tuple(n for n in self.notes if n.kind != "confirmed" and not n.seen_by)


def find_next_date(inputs: Inputs, now_utc: datetime) -> date | None:
    """Find the next date with service, or None if no calendar has one within two weeks."""
    today = now_utc.astimezone(ZONE).date()
    for n in range(1, DAYS_AHEAD + 1):
        candidate = today + timedelta(days=n)
        try:
            if find_day_type(inputs, candidate) is not None:
                return candidate
        except InputError:
            return None
    return None


def find_today(state: WebState, now_utc: datetime, on: date | None = None) -> Today:
    """Find how a date stands, the next service date by default.

    Raises
    ------
    StoreError
        If the place has no inputs.
    """
    store, place = state.store, state.place
    inputs = state.read_inputs()
    used = on or find_next_date(inputs, now_utc)
    versions = () if used is None else store.nights.list_publications(place, used)
    publication = versions[0] if versions else None
    plan = None if publication is None else state.read_plan(publication.plan_no)
    return Today(
        title=inputs.title,
        on=used,
        publication=publication,
        plan=plan,
        versions=versions,
        changes=() if used is None else store.nights.list_changes(place, used),
        rides=() if publication is None or plan is None
        else _recall_breaches(state, publication, plan),
        waiting=store.nights.list_proposals(place, ProposalState.WAITING),
        latest=next(iter(store.list_runs(place)), None),
        notes=() if used is None else store.messages.list_notes(place, used),
    )  # fmt: skip


def _recall_breaches(
    state: WebState, publication: Publication, plan: Plan
) -> tuple[RideBreach, ...]:
    """Recall the long rides of a published plan by all that they hang on."""
    key = (publication.plan_no, publication.inputs_hash, publication.run_id)
    return state.breaches.find(key, lambda: find_ride_breaches(state, publication, plan))


def find_ride_breaches(
    state: WebState, publication: Publication, plan: Plan
) -> tuple[RideBreach, ...]:
    """Find the rides of a published plan that are longer than their guides."""
    inputs = state.read_inputs(publication.inputs_hash)
    walks = state.find_run(publication.run_id).walks if publication.run_id else ()
    phases = {p.passenger_id: p.phase for p in inputs.passengers}
    rides = find_rides(plan, inputs, walks)
    found = []
    for duty in plan.duties:
        for route in duty.routes:
            # One ride per passenger aboard, in order of the plan's routes.
            for _ in route.passenger_ids:
                passenger_id, ride_s = next(rides)
                guide_s = inputs.policy.ride_guide_s(phases[passenger_id])
                if ride_s > guide_s:
                    found.append(
                        RideBreach(
                            passenger_id=passenger_id,
                            duty_id=duty.duty_id,
                            route_id=route.route_id,
                            session=route.session,
                            ride_s=ride_s,
                            guide_s=guide_s,
                        )
                    )
    return tuple(sorted(found, key=lambda ride: ride.guide_s - ride.ride_s))


def count_breaches(proposal: Proposal) -> tuple[str, ...]:
    """Say for how many passengers a proposal changes what, the most first."""
    people: dict[BreachKind, set[str]] = {}
    for breach in proposal.breaches:
        people.setdefault(breach.kind, set()).add(breach.passenger_id)
    most_first = sorted(people.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(
        f"{describe_count(len(who), 'passenger')}: {BREACH_WORDS[kind]}"
        for kind, who in most_first
    )
