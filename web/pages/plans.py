"""Plans: the list, the map with the list beside it, and the page of one route."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import FileResponse, Response

from costing import price_alternatives
from data.errors import ModelError
from data.plans import LockKind
from data.units import format_pounds
from reports import SESSION_WORDS, build_provider_names, describe_flags
from scenarios import find_journeys
from web.access import Visit, allow
from web.basemap import BasemapState
from web.desks import Desks, get_desks
from web.forms import Posted, read_posted, see_other
from web.plan_lists import Asked, Wanted, cut_page, find_wanted
from web.plan_map import PlanMap, build_plan_map, cut_plan_map
from web.rendering import render, render_part
from web.roles import Permission
from web.shown import (
    RouteRow,
    ShownPlan,
    count_loads,
    find_protected,
    find_route,
    find_shown,
    list_refs,
    name_stop,
    price_duty_lines,
)
from web.work import begin_draft

router = APIRouter()

Planning = Annotated[Desks, Depends(get_desks)]


@router.get("/plans")
def list_plans(
    request: Request, visit: Annotated[Visit, allow(Permission.READ_PLANS)]
) -> Response:
    """List the plans that can be looked at and worked on."""
    return render(request, "plans/list.html", refs=list_refs(visit.state))


@router.get("/plans/{ref}")
def show_plan(
    request: Request,
    ref: str,
    visit: Annotated[Visit, allow(Permission.READ_PLANS)],
    desks: Planning,
    wanted: Asked,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Response:
    """Show the routes of a plan on the map and, page by page, in the list beside it."""
    shown = find_shown(visit.state, desks, ref)
    network = desks.find_network()
    streets = visit.state.basemaps.find(network)
    basemap = "" if network is None or streets is BasemapState.NONE else network.fingerprint
    sources = () if network is None else network.attribution

    def build() -> dict[str, Any]:
        return build_plan_page(shown, wanted, page) | {"basemap": basemap, "sources": sources}

    body = render_part(
        request, shown.parts, (wanted, page, basemap, sources), "plans/plan_body.html", build
    )
    return render(request, "plans/plan.html", shown=shown, basemap=basemap, body=body)


@router.get("/plans/{ref}/map.json")
def read_map(
    ref: str,
    visit: Annotated[Visit, allow(Permission.READ_PLANS)],
    desks: Planning,
    wanted: Asked,
) -> Response:
    """Read what the map draws of a plan: the routes that the list's pages say."""
    shown = find_shown(visit.state, desks, ref)
    key = (shown.ref, shown.plan.plan_id, shown.inputs_hash, shown.version)

    def draw() -> PlanMap:
        return build_plan_map(shown, desks.find_network())

    def pack() -> bytes:
        whole = desks.recall(("map", *key), draw)
        ids = {row.route_id for row in find_wanted(shown, wanted)}
        return _pack(whole if len(ids) == len(shown.rows) else cut_plan_map(whole, ids))

    return _send_json(desks.recall(("packed map", *key, wanted), pack))


@router.get("/basemap/{fingerprint}.pmtiles")
def read_basemap(
    fingerprint: str,
    visit: Annotated[Visit, allow(Permission.READ_PLANS)],
    desks: Planning,
) -> Response:
    """Read the streets beneath the map, whole or by ranges; 202 while they are being made.

    Raises
    ------
    HTTPException
        404 if the place has other roads now, or none that can be drawn.
    """
    basemaps, network = visit.state.basemaps, desks.find_network()
    is_known = network is not None and network.fingerprint == fingerprint
    found = basemaps.find(network) if is_known else BasemapState.NONE
    if found is BasemapState.NONE:
        raise HTTPException(404)
    if found is BasemapState.MAKING:
        return Response(status_code=202, headers={"retry-after": "1"})
    return FileResponse(
        basemaps.find_path(fingerprint),
        media_type="application/vnd.pmtiles",
        # No personal data, and another network has another address.
        headers={"cache-control": "private, max-age=86400, immutable"},
    )


@router.get("/plans/{ref}/routes/{route_id}")
def show_route(
    request: Request,
    ref: str,
    route_id: str,
    visit: Annotated[Visit, allow(Permission.READ_PLANS)],
    desks: Planning,
) -> Response:
    """Show one route: stops, loads, rides, money, who else could work it, and why it is so."""
    shown = find_shown(visit.state, desks, ref)
    # What others would take for it hangs on the roads besides.
    key = (route_id, desks.read_network().fingerprint)
    body = render_part(
        request,
        shown.parts,
        key,
        "plans/route_body.html",
        lambda: build_route_page(shown, route_id, desks),
    )
    return render(request, "plans/route.html", shown=shown, route_id=route_id, body=body)


@router.post("/plans/{ref}/drafts")
def work_on_plan(
    ref: str,
    visit: Annotated[Visit, allow(Permission.EDIT_PLANS)],
    desks: Planning,
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Begin a draft of a plan, judged by the newest records."""
    shown = find_shown(visit.state, desks, ref)
    draft = begin_draft(visit, shown, posted.text("title"))
    return see_other(f"/drafts/{draft.draft_no}")


def build_plan_page(shown: ShownPlan, wanted: Wanted, page: int) -> dict[str, Any]:
    """Build what the page of a plan shows of it: figures, choices, one page of its list."""
    rows, inputs = shown.rows, shown.inputs
    return {
        "shown": shown,
        "listed": cut_page(find_wanted(shown, wanted), page),
        "n_all": len(rows),
        "wanted": wanted,
        "sessions": {s: SESSION_WORDS[s] for s in dict.fromkeys(r.session for r in rows)},
        "providers": sorted({(r.provider_id, r.provider) for r in rows}, key=lambda p: p[1]),
        "sites": sorted({(s.site_id, s.name) for s in inputs.sites}, key=lambda s: s[1]),
        "session_words": SESSION_WORDS,
        "flags": describe_flags(shown.plan.flags),
    }


def build_route_page(shown: ShownPlan, route_id: str, desks: Desks) -> dict[str, Any]:
    """Build what the page of a route shows."""
    duty, route = find_route(shown.plan, route_id)
    inputs, protected = shown.inputs, find_protected(shown.inputs)
    matrix = desks.find_matrix(inputs, shown.inputs_hash)
    lines, duty_pence = price_duty_lines(shown, duty)
    alone = replace(shown.plan, duties=(duty,), unserved=())
    try:
        priced = price_alternatives(alone, inputs, matrix, shown.plan.service_date)
    except ModelError:
        priced = ()
    rides = {
        j.passenger_id: j
        for j in find_journeys(alone, inputs, matrix.walks)
        if j.route_id == route_id
    }
    people = {p.passenger_id: p for p in inputs.passengers}
    names = build_provider_names(inputs)
    alternative = next((a for a in priced if a.route_id == route_id), None)
    row = next(r for r in shown.rows if r.route_id == route_id)
    stops = [
        {
            "stop": stop,
            "name": name_stop(stop, inputs, protected),
            "seats": seats,
            "spaces": spaces,
        }
        for stop, (seats, spaces) in zip(route.stops, count_loads(route, inputs), strict=True)
    ]
    return {
        "shown": shown,
        "duty": duty,
        "route": route,
        "row": row,
        "stops": stops,
        "rides": rides,
        "limits": {
            p: people[p].max_ride_s or inputs.policy.ride_cap_s(people[p].phase)
            for p in rides
            if p in people
        },
        "lines": lines,
        "duty_pence": duty_pence,
        "alternative": alternative,
        "providers": names,
        "vehicle_types": {t.vehicle_type_id: t.name for t in inputs.vehicle_types},
        "session_words": SESSION_WORDS,
        "why": explain_route(shown, row, stops, alternative, rides),
    }


def explain_route(
    shown: ShownPlan, row: RouteRow, stops: list[dict[str, Any]], alternative: Any, rides: Any
) -> list[str]:
    """Say in words what makes a route what it is."""
    inputs, said = shown.inputs, []
    people = {p.passenger_id: p for p in inputs.passengers}
    most = max((one["seats"] for one in stops), default=0)
    said.append(
        f"At its fullest {most} of {row.n_seats} seats are taken, assistants counted"
        + (": nobody else fits." if most >= row.n_seats else ".")
    )
    slack = [
        ((people[p].max_ride_s or inputs.policy.ride_cap_s(people[p].phase)) - j.ride_s, p)
        for p, j in rides.items()
        if p in people
    ]
    if slack:
        least_s, who = min(slack)
        said.append(
            f"The ride of {who} leaves {max(0, least_s) // 60} min to the limit"
            + (": another stop before theirs would break it." if least_s < 300 else ".")
        )
    if alternative is not None and alternative.bought_pence is not None:
        other = build_provider_names(inputs).get(
            alternative.bought_provider_id, alternative.bought_provider_id
        )
        less = alternative.planned_pence - alternative.bought_pence
        if alternative.bought_provider_id == row.provider_id:
            said.append(f"{other} is also the cheapest to buy this route alone from.")
        elif less > 0:
            said.append(
                f"Alone, {other} would work it for {format_pounds(less)} less; the duty as a "
                "whole has its vehicle for other routes too, or none of theirs is free."
            )
        else:
            said.append(
                f"Bought alone, the cheapest is {other}, for {format_pounds(-less)} more."
            )
    ids = set(rides)
    for lock in inputs.locks:
        if lock.passenger_id in ids and lock.session in (None, row.session):
            said.append(
                {
                    LockKind.PASSENGER_ON_ROUTE: f"{lock.passenger_id} is locked on this route "
                    f"({lock.target_id}).",
                    LockKind.PASSENGER_ON_SUPPLIER: f"{lock.passenger_id} is locked to "
                    f"{lock.target_id}.",
                    LockKind.PASSENGER_NOT_WITH_SUPPLIER: f"{lock.passenger_id} may not ride "
                    f"with {lock.target_id}.",
                }[lock.kind]
            )
    for passenger_id in sorted(ids & people.keys()):
        person = people[passenger_id]
        if person.travels_alone:
            said.append(f"{passenger_id} travels alone.")
        together = sorted(person.together_with & ids)
        if together and passenger_id < together[0]:
            said.append(f"{passenger_id} must ride with {', '.join(together)}.")
    said += [text for duty_ids, text in shown.reasons if row.duty_id in duty_ids]
    return said


def _pack(value: Any) -> bytes:
    """Pack a document: half a megabyte of lines goes through the wire as a tenth of it."""
    plain = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return gzip.compress(plain, compresslevel=4, mtime=0)


def _send_json(packed: bytes) -> Response:
    return Response(packed, media_type="application/json", headers={"content-encoding": "gzip"})
