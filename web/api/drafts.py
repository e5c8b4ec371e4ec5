"""The API of drafts: begin, try, keep, undo, search, propose; as the pages do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from data.errors import StoreError
from data.places import Session
from data.plan_edits import Draft, DraftSearch, DraftState, Edit, Effect, PlaceFound
from web.access import Visit, allow
from web.api.paging import Page, Paging
from web.desks import Desks, get_desks
from web.draft_search import begin_search
from web.roles import Permission
from web.shown import find_shown
from web.work import (
    begin_draft,
    compare_published,
    keep_edit,
    measure_draft,
    propose_draft,
    try_edit,
)

router = APIRouter(tags=["drafts"])

Planning = Annotated[Desks, Depends(get_desks)]
Reader = Annotated[Visit, allow(Permission.READ_PLANS)]
Editor = Annotated[Visit, allow(Permission.EDIT_PLANS)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class DraftWanted(BaseModel):
    """Which plan a draft is begun of."""

    ref: str = Field(max_length=200)
    title: str = Field(default="", max_length=80)


class EditWanted(BaseModel):
    """A change, and the version of the draft that its writer saw."""

    version_no: int = Field(ge=1, le=2**31)
    edit: Edit


class StepWanted(BaseModel):
    """How many changes are to hold, and the version of the draft that was seen."""

    version_no: int = Field(ge=1, le=2**31)
    n_done: int = Field(ge=0, le=100_000)


class SearchWanted(BaseModel):
    """How long a search may take, and the version of the draft that was seen. [s]"""

    version_no: int = Field(ge=1, le=2**31)
    seconds: int = Field(ge=10, le=3_600)


class DraftShown(BaseModel):
    """A draft with what it comes to against the plan it starts from."""

    draft: Draft
    effect: Effect
    is_sound: bool
    waiting: list[tuple[Session, str]]


class DraftListed(BaseModel):
    """A draft in a list."""

    model_config = ConfigDict(from_attributes=True)

    draft_no: int
    title: str
    service_date: date
    base_label: str
    n_done: int
    version_no: int
    state: DraftState
    changed_by: str
    changed_utc: datetime


@router.get("/drafts")
def list_drafts(visit: Reader, paging: Paging) -> Page[DraftListed]:
    """List the drafts of the place, the one changed last first."""
    return paging.cut(visit.store.drafts.list_drafts(visit.place), DraftListed.model_validate)


@router.post("/drafts", status_code=201)
def begin(wanted: DraftWanted, visit: Editor, desks: Planning) -> Draft:
    """Begin a draft of a plan, judged by the newest records."""
    return begin_draft(visit, find_shown(visit.state, desks, wanted.ref), wanted.title)


@router.get("/drafts/{draft_no}")
def read_draft(draft_no: Number, visit: Reader, desks: Planning) -> DraftShown:
    """Read a draft and its effect."""
    draft = _find(visit, draft_no)
    with desks.using(draft) as desk:
        edited, effect = measure_draft(desk, draft)
        waiting = desk.find_waiting(draft.done)
    return DraftShown(
        draft=draft, effect=effect, is_sound=edited.is_sound, waiting=list(waiting)
    )


@router.get("/drafts/{draft_no}/published")
def compare_with_published(draft_no: Number, visit: Reader, desks: Planning) -> Effect:
    """Tell what lies between the published plan of the draft's date and the draft."""
    return compare_published(visit, desks, _find(visit, draft_no))[2]


@router.post("/drafts/{draft_no}/try")
def try_change(draft_no: Number, wanted: EditWanted, visit: Editor, desks: Planning) -> Effect:
    """Tell what a change would come to; nothing is kept."""
    return try_edit(desks, _find(visit, draft_no), wanted.edit).effect


@router.post("/drafts/{draft_no}/edits", status_code=201)
def keep_change(draft_no: Number, wanted: EditWanted, visit: Editor, desks: Planning) -> Draft:
    """Keep a change; 409 if somebody else changed the draft since it was read."""
    return keep_edit(visit, desks, _find(visit, draft_no, wanted.version_no), wanted.edit)


@router.post("/drafts/{draft_no}/step")
def step(draft_no: Number, wanted: StepWanted, visit: Editor) -> Draft:
    """Undo or redo changes: the first `n_done` hold from now on."""
    draft = _find(visit, draft_no, wanted.version_no)
    with visit.recording("draft.step", "draft", str(draft_no)):
        return visit.store.drafts.change_draft(
            draft, n_done=wanted.n_done, person_id=visit.person_id, changed_utc=visit.now_utc
        )


@router.get("/drafts/{draft_no}/places/{session}/{passenger_id}")
def find_places(
    draft_no: Number, session: Session, passenger_id: str, visit: Reader, desks: Planning
) -> list[PlaceFound]:
    """Find the three best places for a passenger."""
    draft = _find(visit, draft_no)
    with desks.using(draft) as desk:
        return list(desk.find_places(draft.done, passenger_id, session))


@router.get("/drafts/{draft_no}/search")
def read_search(draft_no: Number, visit: Reader) -> DraftSearch:
    """Read how far the newest search around the draft's changes is."""
    _find(visit, draft_no)
    for search in visit.store.drafts.list_searches(draft_no):
        return search
    raise StoreError(f"No search was asked for around draft {draft_no}.")


@router.post("/drafts/{draft_no}/search", status_code=202)
def ask_search(draft_no: Number, wanted: SearchWanted, visit: Editor) -> DraftSearch:
    """Begin a search around the draft's changes, in the background."""
    draft = _find(visit, draft_no, wanted.version_no)
    return begin_search(visit, draft, wanted.seconds)


@router.delete("/drafts/{draft_no}/search", status_code=202)
def stop_search(draft_no: Number, visit: Editor) -> DraftSearch:
    """Ask the search under way to end with the best plan so far."""
    search = read_search(draft_no, visit)
    visit.store.drafts.stop_search(search.search_no)
    return visit.store.drafts.read_search(search.search_no)


@router.post("/drafts/{draft_no}/propose", status_code=201)
def propose(draft_no: Number, visit: Editor, desks: Planning) -> dict[str, int]:
    """Propose the draft's plan, for another person to approve."""
    return {"proposal_no": propose_draft(visit, desks, _find(visit, draft_no)).proposal_no}


def _find(visit: Visit, draft_no: int, version_no: int | None = None) -> Draft:
    """Find a draft, in the version that was seen where one is named."""
    draft = visit.store.drafts.read_draft(visit.place, draft_no)
    return draft if version_no is None else replace(draft, version_no=version_no)
