"""The API: the place served, and the description of the API itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel

from nightly.health import find_health
from web.access import Visit, allow
from web.limits import entering
from web.roles import Permission

router = APIRouter(tags=["place"])


class Up(BaseModel):
    """That the page is up and reads its store."""

    status: Literal["up"] = "up"


class HealthShown(BaseModel):
    """How a place stands.

    Attributes
    ----------
    next_date, state
        The next date with service, and in which state it is published; None for neither.
    last_published_utc
        When anything was published last.
    n_waiting
        Proposals that wait for a person.
    faults
        What a person has to mend; empty for a healthy place.
    """

    next_date: date | None
    state: str | None
    last_published_utc: datetime | None
    n_waiting: int
    free_bytes: int
    store_bytes: int
    faults: tuple[str, ...]


class PlaceShown(BaseModel):
    """The place served, and how much there is of it."""

    place: str
    title: str
    inputs_hash: str
    is_synthetic: bool
    n_passengers: int
    n_sites: int
    n_runs: int


@router.get("/place")
def read_place(visit: Annotated[Visit, allow(Permission.READ_PLANS)]) -> PlaceShown:
    """Read which place is served."""
    inputs_hash = visit.store.find_inputs_hash(visit.place)
    inputs = visit.state.read_inputs(inputs_hash)
    return PlaceShown(
        place=visit.place,
        title=inputs.title,
        inputs_hash=inputs_hash,
        is_synthetic=inputs.is_synthetic,
        n_passengers=len(inputs.passengers),
        n_sites=len(inputs.sites),
        n_runs=len(visit.store.list_runs(visit.place)),
    )


@router.get("/health")
def read_up(visit: Annotated[Visit, allow(Permission.OPEN)]) -> Up:
    """Read whether the page is up and reads its store; needs no token."""
    visit.store.find_person("")
    return Up()


@router.get("/health/place")
def read_health(visit: Annotated[Visit, allow(Permission.READ_PLANS)]) -> HealthShown:
    """Read how the place stands: what is published, disk, store, calendars."""
    with entering(visit):
        found = find_health(visit.state.workspace, visit.now_utc)
    return HealthShown(
        next_date=found.next_date,
        state=None if found.current is None else str(found.current.state),
        last_published_utc=None if found.last is None else found.last.published_utc,
        n_waiting=found.n_waiting,
        free_bytes=found.free_bytes,
        store_bytes=found.store_bytes,
        faults=found.faults,
    )


@router.get("/openapi.json", include_in_schema=False)
def read_openapi(
    request: Request, visit: Annotated[Visit, allow(Permission.OWN_ACCOUNT)]
) -> dict[str, Any]:
    """Read the description of the API."""
    description: dict[str, Any] = request.app.openapi()
    return description
