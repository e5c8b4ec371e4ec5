"""Plans as pages name and show them: what is published, what a run made, what a draft makes.

A plan has one name in addresses: ``day~2026-09-16``, ``run~<run id>``, ``draft~7``, ``latest``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from costing import price_plan, total_cost_pence
from data.errors import ModelError, StoreError
from data.inputs import Inputs
from data.money import CostLine
from data.nights import Publication
from data.places import Session
from data.plan_edits import Draft, DraftState
from data.plans import Duty, Plan, Route, Stop
from data.runs import LATEST
from reports import build_provider_names
from scenarios import find_journeys
from web.desks import Desks
from web.rendering import format_short_date
from web.state import KEPT_PARTS, Recent, WebState

DAYS_LISTED = 14
"""Dates looked at for publications in the list of plans: back and ahead. [days]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteRow:
    """One route as lists and the map show it.

    Attributes
    ----------
    cost_pence
        Lines of the route itself; lines of its whole duty are the duty's. [pence]
    longest_s
        Longest time aboard. [s]
    """

    route_id: str
    duty_id: str
    session: Session
    provider_id: str
    provider: str
    vehicle_type: str
    site_ids: tuple[str, ...]
    sites: str
    start_s: int
    end_s: int
    n_passengers: int
    n_stops: int
    n_seats: int
    n_assistants: int
    loaded_m: int
    longest_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPlan:
    """A plan with what it is judged by.

    Attributes
    ----------
    ref
        Its name in addresses.
    label
        What people call it.
    standing
        What a draft of it starts from: for a published date what families know.
    lines
        Exact cost lines; none where it has no price.
    rows
        One for every route.
    reasons
        Why duties are not what they were: (duty ids, text).
    version
        Which version of a draft or of a date's publications it is.
    parts
        What pages made of it that hangs on it and on no visitor; gone with it, when another
        version is shown or somebody was erased.
    """

    ref: str
    label: str
    plan: Plan
    standing: Plan
    inputs: Inputs
    inputs_hash: str
    lines: tuple[CostLine, ...]
    rows: tuple[RouteRow, ...]
    reasons: tuple[tuple[tuple[str, ...], str], ...] = ()
    draft_no: int | None = None
    version: int = 0
    parts: Recent = field(default_factory=lambda: Recent(KEPT_PARTS), compare=False, repr=False)


def list_refs(state: WebState) -> list[tuple[str, str, str]]:
    """List what can be shown, newest first: (name in addresses, what it is, more words)."""
    store, found = state.store, []
    today = state.now().date()
    near = timedelta(days=DAYS_LISTED)
    for publication in store.nights.list_current(state.place, today - near, today + near):
        on = publication.service_date
        words = f"version {publication.version_no}, {publication.state}"
        found.append((f"day~{on}", f"Published for {format_short_date(on)}", words))
    for draft in store.drafts.list_drafts(state.place):
        if draft.state is not DraftState.CLOSED:
            words = f"{draft.n_done} edits, {draft.changed_by}"
            found.append((f"draft~{draft.draft_no}", f"Draft: {draft.title}", words))
    for run in store.list_runs(state.place)[:20]:
        title = run.title or run.kind
        words = f"{run.created_utc:%d %b %Y %H:%M} UTC"
        found.append((f"run~{run.run_id}", f"Run: {title}", words))
    return found


def find_shown(state: WebState, desks: Desks, ref: str) -> ShownPlan:
    """Find a plan by its name in addresses.

    Raises
    ------
    StoreError
        If there is none of the name.
    """
    kind, _, name = ref.partition("~")
    state.forget_erased()
    if kind == "day" and name:
        return _find_day(state, name)
    if kind == "draft" and name.isdecimal() and len(name) < 10:
        draft = state.store.drafts.read_draft(state.place, int(name))
        return find_shown_draft(state, desks, draft)
    if ref == "latest" or (kind == "run" and name):
        run_id = state.store.find_run_id(name or LATEST, state.place)
        return state.shown.find(("run", run_id), lambda: _show_run(state, run_id))
    raise StoreError(f"There is no plan called {ref[:60]!r}.")


def find_shown_draft(state: WebState, desks: Desks, draft: Draft) -> ShownPlan:
    """Find the plan that a draft makes; a version of a draft never changes."""

    def show() -> ShownPlan:
        with desks.using(draft) as desk:
            edited, walks = desk.apply(draft.done), desk.matrix.walks
        return ShownPlan(
            ref=f"draft~{draft.draft_no}",
            label=f"Draft {draft.draft_no}: {draft.title}",
            plan=edited.plan,
            standing=edited.plan,
            inputs=edited.inputs,
            inputs_hash=draft.inputs_hash,
            lines=edited.lines,
            rows=build_rows(edited.plan, edited.inputs, walks),
            draft_no=draft.draft_no,
            version=draft.version_no,
        )

    return state.shown.find(("draft", draft.draft_no, draft.version_no), show)


def _show_run(state: WebState, run_id: str) -> ShownPlan:
    """Show the plan of a run."""
    run = state.store.read_run_day(run_id)
    inputs = state.read_inputs(run.inputs_hash)
    return ShownPlan(
        ref=f"run~{run.run_id}",
        label=f"Run of {run.created_utc:%d %b %Y %H:%M} UTC",
        plan=run.plan,
        standing=run.plan,
        inputs=inputs,
        inputs_hash=run.inputs_hash,
        lines=run.lines,
        rows=build_rows(run.plan, inputs, run.walks),
    )


def _find_day(state: WebState, name: str) -> ShownPlan:
    """Find what is published for a date."""
    try:
        on = date.fromisoformat(name)
    except ValueError:
        raise StoreError(f"There is no plan called {name[:60]!r}.") from None
    publication = state.store.nights.find_publication(state.place, on)
    if publication is None:
        raise StoreError(f"Nothing is published for {on.isoformat()}.")
    key = ("day", on, publication.version_no)
    return state.shown.find(key, lambda: _show_publication(state, publication))


def _show_publication(state: WebState, publication: Publication) -> ShownPlan:
    """Show a published plan."""
    on, inputs = publication.service_date, state.read_inputs(publication.inputs_hash)
    plan = state.read_plan(publication.plan_no)
    walks = state.find_run(publication.run_id).walks if publication.run_id else ()
    return ShownPlan(
        ref=f"day~{on.isoformat()}",
        label=f"Published for {format_short_date(on)}, version {publication.version_no}",
        plan=plan,
        standing=state.read_plan(publication.standing_no),
        inputs=inputs,
        inputs_hash=publication.inputs_hash,
        lines=price_lines(plan, inputs),
        rows=build_rows(plan, inputs, walks),
        reasons=tuple((r.duty_ids, r.text) for r in publication.explanation.reasons),
        version=publication.version_no,
    )


def price_lines(plan: Plan, inputs: Inputs) -> tuple[CostLine, ...]:
    """Price a plan line by line; nothing where it has no price."""
    try:
        return price_plan(plan, inputs, plan.service_date or inputs.service_date)
    except ModelError:
        return ()


def price_duty_lines(shown: ShownPlan, duty: Duty) -> tuple[tuple[CostLine, ...], int]:
    """Find the cost lines of a duty and what they come to as its plan counts them. [pence]"""
    lines = tuple(line for line in shown.lines if line.duty_id == duty.duty_id)
    return lines, total_cost_pence(lines)


def build_rows(
    plan: Plan, inputs: Inputs, walks: tuple[tuple[str, str, int], ...]
) -> tuple[RouteRow, ...]:
    """Build a row for every route, in order of sessions and starts.

    Parameters
    ----------
    walks
        As for `find_journeys`: rides begin at the door.
    """
    names = build_provider_names(inputs)
    sites = {s.site_id: s.name for s in inputs.sites}
    types = {t.vehicle_type_id: t.name for t in inputs.vehicle_types}
    longest: dict[str, int] = {}
    for ride in find_journeys(plan, inputs, walks):
        longest[ride.route_id] = max(ride.ride_s, longest.get(ride.route_id, 0))
    rows = []
    for duty, route in iterate_routes(plan):
        site_ids = tuple(dict.fromkeys(s.site_id for s in route.stops if s.site_id))
        rows.append(
            RouteRow(
                route_id=route.route_id,
                duty_id=duty.duty_id,
                session=route.session,
                provider_id=duty.provider_id,
                provider=names.get(duty.provider_id, duty.provider_id),
                vehicle_type=types.get(duty.vehicle_type_id, duty.vehicle_type_id),
                site_ids=site_ids,
                sites=", ".join(sites.get(s, s) for s in site_ids),
                start_s=route.start_s,
                end_s=route.end_s,
                n_passengers=len(route.passenger_ids),
                n_stops=len(route.stops),
                n_seats=route.layout.n_seats,
                n_assistants=route.n_assistants,
                loaded_m=route.loaded_m,
                longest_s=longest.get(route.route_id, 0),
            )
        )
    order = list(Session)
    return tuple(sorted(rows, key=lambda r: (order.index(r.session), r.start_s, r.route_id)))


def iterate_routes(plan: Plan) -> Iterator[tuple[Duty, Route]]:
    """Go through the routes of a plan with their duties."""
    for duty in plan.duties:
        for route in duty.routes:
            yield duty, route


def find_route(plan: Plan, route_id: str) -> tuple[Duty, Route]:
    """Find a route of a plan and its duty.

    Raises
    ------
    StoreError
        If the plan has none of the id.
    """
    for duty, route in iterate_routes(plan):
        if route.route_id == route_id:
            return duty, route
    raise StoreError(f"The plan has no route {route_id[:60]!r}: it may have been changed.")


def count_loads(route: Route, inputs: Inputs) -> list[tuple[int, int]]:
    """Count seats (assistants too) and wheelchair spaces taken as each stop is left."""
    people = {p.passenger_id: p for p in inputs.passengers}
    seats, spaces, found = route.n_assistants, 0, []
    for stop in route.stops:
        for sign, ids in ((1, stop.boarding), (-1, stop.alighting)):
            for passenger_id in ids:
                person = people.get(passenger_id)
                seats += sign * (person.n_seats_taken if person else 1)
                spaces += sign * (person.n_wheelchair_spaces if person else 0)
        found.append((seats, spaces))
    return found


def name_stop(stop: Stop, inputs: Inputs, protected: frozenset[str]) -> str:
    """Name a stop as a planner knows it: a site, a pick-up point, a home by its postcode."""
    if stop.site_id is not None:
        return next((s.name for s in inputs.sites if s.site_id == stop.site_id), stop.site_id)
    for point in inputs.pick_up_points:
        if point.place_id == stop.place_id:
            return point.name
    if stop.place_id in protected:
        return "Home (address withheld)"
    place = next((p for p in inputs.places if p.place_id == stop.place_id), None)
    return f"Home, {place.postcode}" if place is not None and place.postcode else "Home"


def find_protected(inputs: Inputs) -> frozenset[str]:
    """Find the places that must be on no map and in no list."""
    return frozenset(h.place_id for h in inputs.homes if h.is_protected)
