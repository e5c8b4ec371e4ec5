"""The API: the place served, and the description of the API itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from web.access import Visit, allow
from web.roles import Permission

router = APIRouter(tags=["place"])


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


@router.get("/openapi.json", include_in_schema=False)
def read_openapi(
    request: Request, visit: Annotated[Visit, allow(Permission.OWN_ACCOUNT)]
) -> dict[str, Any]:
    """Read the description of the API."""
    description: dict[str, Any] = request.app.openapi()
    return description
