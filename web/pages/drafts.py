"""Drafts: a plan worked on, each change with its effect before it is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from data.errors import EditError, RefusedError, StaleWriteError, StoreError
from data.inputs import fingerprint
from data.places import Session
from data.plan_edits import Draft, DraftState, TakePlan
from reports import SESSION_WORDS, build_provider_names
from web.access import Visit, allow
from web.desks import Desks, get_desks
from web.draft_search import begin_search
from web.forms import Form, Posted, read_posted, see_other
from web.pages.plans import build_route_page
from web.rendering import render
from web.roles import Permission
from web.shown import find_shown_draft
from web.work import (
    Tried,
    compare_published,
    describe_edit,
    keep_edit,
    list_carriers,
    list_route_choices,
    measure_draft,
    propose_draft,
    read_edit,
    try_edit,
)

router = APIRouter()

Planning = Annotated[Desks, Depends(get_desks)]
Reader = Annotated[Visit, allow(Permission.READ_PLANS)]
Editor = Annotated[Visit, allow(Permission.EDIT_PLANS)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Sent = Annotated[Posted, Depends(read_posted)]

SECONDS = (30, 60, 180, 600)
"""How long a search may be asked to take. [s]"""


@router.get("/drafts/{draft_no}")
def show_draft(request: Request, draft_no: Number, visit: Reader, desks: Planning) -> Response:
    """Show a draft: what it comes to, its changes, who waits, its routes."""
    return _show_draft(
        request, visit, desks, visit.store.drafts.read_draft(visit.place, draft_no)
    )


@router.get("/drafts/{draft_no}/routes/{route_id}")
def show_draft_route(
    request: Request, draft_no: Number, route_id: str, visit: Reader, desks: Planning
) -> Response:
    """Show one route of a draft, with all that can be done to it."""
    draft = visit.store.drafts.read_draft(visit.place, draft_no)
    return _show_route(request, visit, desks, draft, route_id)


@router.get("/drafts/{draft_no}/places/{session}/{passenger_id}")
def show_places(
    request: Request,
    draft_no: Number,
    session: Session,
    passenger_id: str,
    visit: Reader,
    desks: Planning,
) -> Response:
    """Show the three best places for a passenger, each with its whole effect."""
    draft = visit.store.drafts.read_draft(visit.place, draft_no)
    with desks.using(draft) as desk:
        places = desk.find_places(draft.done, passenger_id, session)
        names = build_provider_names(desk.inputs)
        types = {t.vehicle_type_id: t.name for t in desk.inputs.vehicle_types}
    return render(
        request,
        "drafts/places.html",
        draft=draft,
        passenger_id=passenger_id,
        session=session,
        session_words=SESSION_WORDS,
        places=[(place, try_edit(desks, draft, place.edit)) for place in places],
        providers=names,
        vehicle_types=types,
    )


@router.get("/drafts/{draft_no}/published")
def compare_with_published(
    request: Request, draft_no: Number, visit: Reader, desks: Planning
) -> Response:
    """Show what lies between the published plan of the date and the draft."""
    draft = visit.store.drafts.read_draft(visit.place, draft_no)
    publication, edited, effect = compare_published(visit, desks, draft)
    return render(
        request,
        "drafts/published.html",
        draft=draft,
        publication=publication,
        edited=edited,
        effect=effect,
        session_words=SESSION_WORDS,
    )


@router.post("/drafts/{draft_no}/try")
def try_change(
    request: Request, draft_no: Number, visit: Editor, desks: Planning, posted: Sent
) -> Response:
    """Show what a change would come to; nothing is kept."""
    draft = visit.store.drafts.read_draft(visit.place, draft_no)
    try:
        tried = try_edit(desks, draft, read_edit(posted))
    except EditError as error:
        return _show_fault(request, draft, posted, str(error))
    return render(
        request,
        "drafts/effect.html",
        draft=draft,
        tried=tried,
        then=_find_then(draft, posted),
        session_words=SESSION_WORDS,
    )


@router.post("/drafts/{draft_no}/edits")
def keep_change(
    request: Request, draft_no: Number, visit: Editor, desks: Planning, posted: Sent
) -> Response:
    """Keep a change in the draft as its writer saw it."""
    draft = _find_version(visit, draft_no, posted)
    try:
        keep_edit(visit, desks, draft, read_edit(posted))
    except EditError as error:
        return _show_fault(request, draft, posted, str(error))
    except StaleWriteError as error:
        return _show_stale(request, visit, desks, draft_no, posted, str(error))
    return see_other(_find_then(draft, posted))


@router.post("/drafts/{draft_no}/undo")
def undo_change(draft_no: Number, visit: Editor, desks: Planning, posted: Sent) -> Response:
    """Undo the last change that holds; it can be done again."""
    return _step(visit, _find_version(visit, draft_no, posted), -1)


@router.post("/drafts/{draft_no}/redo")
def redo_change(draft_no: Number, visit: Editor, desks: Planning, posted: Sent) -> Response:
    """Do the change again that was undone last."""
    return _step(visit, _find_version(visit, draft_no, posted), 1)


@router.post("/drafts/{draft_no}/records")
def take_up_records(draft_no: Number, visit: Editor, posted: Sent) -> Response:
    """Judge the draft by the newest records from now on."""
    draft = _find_version(visit, draft_no, posted)
    with visit.recording("draft.records", "draft", str(draft_no)):
        visit.store.drafts.change_draft(
            draft,
            inputs_hash=visit.store.find_inputs_hash(visit.place),
            person_id=visit.person_id,
            changed_utc=visit.now_utc,
        )
    return see_other(f"/drafts/{draft_no}")


@router.post("/drafts/{draft_no}/close")
def close_draft(draft_no: Number, visit: Editor, posted: Sent) -> Response:
    """Close a draft; it stays on record."""
    draft = _find_version(visit, draft_no, posted)
    with visit.recording("draft.close", "draft", str(draft_no)):
        visit.store.drafts.change_draft(
            draft,
            state=DraftState.CLOSED,
            person_id=visit.person_id,
            changed_utc=visit.now_utc,
        )
    return see_other("/plans")


@router.post("/drafts/{draft_no}/propose")
def propose(draft_no: Number, visit: Editor, desks: Planning, posted: Sent) -> Response:
    """Propose a draft's plan, for another person to approve."""
    proposal = propose_draft(visit, desks, _find_version(visit, draft_no, posted))
    return see_other(f"/proposals/{proposal.proposal_no}")


@router.get("/drafts/{draft_no}/search")
def show_search(request: Request, draft_no: Number, visit: Reader) -> Response:
    """Show how far the newest search around a draft's edits is."""
    return render(
        request,
        "drafts/search.html",
        draft=visit.store.drafts.read_draft(visit.place, draft_no),
        search=next(iter(visit.store.drafts.list_searches(draft_no)), None),
        choices=SECONDS,
    )


@router.post("/drafts/{draft_no}/search")
def ask_search(draft_no: Number, visit: Editor, posted: Sent) -> Response:
    """Begin a search around the draft's edits, in a process of its own."""
    draft = _find_version(visit, draft_no, posted)
    given = posted.text("seconds")
    seconds = int(given) if given.isdigit() and int(given) in SECONDS else SECONDS[1]
    begin_search(visit, draft, seconds)
    return see_other(f"/drafts/{draft_no}#search")


@router.post("/drafts/{draft_no}/search/stop")
def stop_search(draft_no: Number, visit: Editor) -> Response:
    """End the search under way; the best plan so far is kept."""
    for search in visit.store.drafts.list_searches(draft_no)[:1]:
        visit.store.drafts.stop_search(search.search_no)
    return see_other(f"/drafts/{draft_no}#search")


@router.post("/drafts/{draft_no}/search/take")
def take_found(
    request: Request, draft_no: Number, visit: Editor, desks: Planning, posted: Sent
) -> Response:
    """Show what taking the plan found would come to, as any other change."""
    draft = visit.store.drafts.read_draft(visit.place, draft_no)
    search = next(iter(visit.store.drafts.list_searches(draft_no)), None)
    if search is None or search.plan_no is None:
        raise StoreError("The search found no better plan.")
    plan = visit.store.nights.read_plan(search.plan_no)
    tried = try_edit(desks, draft, TakePlan(plan_hash=fingerprint(plan), plan_id=plan.plan_id))
    return render(
        request,
        "drafts/effect.html",
        draft=draft,
        tried=tried,
        then=f"/drafts/{draft_no}",
        session_words=SESSION_WORDS,
        is_old=search.version_no != draft.version_no,
    )


def _find_version(visit: Visit, draft_no: int, posted: Posted) -> Draft:
    """Find a draft in the version that the sender of a form saw.

    Raises
    ------
    StaleWriteError
        If somebody else changed it meanwhile; only edits can be repeated on what is now.
    """
    draft = visit.store.drafts.read_draft(visit.place, draft_no)
    seen = posted.text("version_no")
    if not seen.isdigit():
        raise RefusedError("The form does not say which version of the draft it was made for.")
    return replace(draft, version_no=min(int(seen), 2**31))


def _step(visit: Visit, draft: Draft, by: int) -> Response:
    """Undo or redo one change."""
    n_done = draft.n_done + by
    if not 0 <= n_done <= len(draft.edits):
        return see_other(f"/drafts/{draft.draft_no}")
    with visit.recording("draft.step", "draft", str(draft.draft_no)):
        visit.store.drafts.change_draft(
            draft, n_done=n_done, person_id=visit.person_id, changed_utc=visit.now_utc
        )
    return see_other(f"/drafts/{draft.draft_no}#changes")


def _find_then(draft: Draft, posted: Posted) -> str:
    """Find where to go on to: a page of the draft, never another address."""
    then = posted.text("then")
    home = f"/drafts/{draft.draft_no}"
    return then if then == home or then.startswith(f"{home}/routes/") else home


def _show_fault(request: Request, draft: Draft, posted: Posted, fault: str) -> Response:
    """Show why a change has no meaning."""
    return render(
        request,
        "drafts/effect.html",
        status_code=422,
        draft=draft,
        tried=None,
        then=_find_then(draft, posted),
        form=Form(errors={"": fault}),
        session_words=SESSION_WORDS,
    )


def _show_stale(
    request: Request, visit: Visit, desks: Desks, draft_no: int, posted: Posted, told: str
) -> Response:
    """Tell who was first, and show what the change would come to on the draft as it is now."""
    draft = visit.store.drafts.read_draft(visit.place, draft_no)
    tried: Tried | None = None
    errors = {"": told}
    try:
        tried = try_edit(desks, draft, read_edit(posted))
    except EditError as error:
        errors["edit"] = str(error)
    return render(
        request,
        "drafts/effect.html",
        status_code=409,
        draft=draft,
        tried=tried,
        then=_find_then(draft, posted),
        form=Form(errors=errors),
        session_words=SESSION_WORDS,
    )


def _show_draft(request: Request, visit: Visit, desks: Desks, draft: Draft) -> Response:
    with desks.using(draft) as desk:
        edited, effect = measure_draft(desk, draft)
        waiting = desk.find_waiting(draft.done)
        words = [describe_edit(edit, desk.inputs) for edit in draft.edits]
    shown = find_shown_draft(visit.state, desks, draft)
    return render(
        request,
        "drafts/draft.html",
        draft=draft,
        edited=edited,
        effect=effect,
        words=words,
        waiting=waiting,
        rows=shown.rows,
        locks=edited.inputs.locks,
        session_words=SESSION_WORDS,
        search=next(iter(visit.store.drafts.list_searches(draft.draft_no)), None),
        choices=SECONDS,
        published=visit.store.nights.find_publication(visit.place, draft.service_date),
        is_outdated=draft.inputs_hash != visit.store.find_inputs_hash(visit.place),
    )


def _show_route(
    request: Request, visit: Visit, desks: Desks, draft: Draft, route_id: str
) -> Response:
    shown = find_shown_draft(visit.state, desks, draft)
    page: dict[str, Any] = build_route_page(shown, route_id, desks)
    with desks.using(draft) as desk:
        edited = desk.apply(draft.done)
        carriers = list_carriers(desk)
    route = page["route"]
    return render(
        request,
        "drafts/route.html",
        draft=draft,
        carriers=carriers,
        routes=list_route_choices(edited.plan, route.session, route_id),
        duties=[d.duty_id for d in edited.plan.duties if d.duty_id != page["duty"].duty_id],
        violations=[
            v
            for v in edited.violations
            if v.route_id == route_id or (not v.route_id and v.duty_id == page["duty"].duty_id)
        ],
        locks=[
            k
            for k in edited.inputs.locks
            if k.passenger_id in route.passenger_ids and k.session in (None, route.session)
        ],
        **page,
    )
