"""The API of plans as the pages show them: which there are, their routes, the map."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict

from data.places import Session
from data.plans import Plan
from web.access import Visit, allow
from web.api.paging import Page, Paging
from web.desks import Desks, get_desks
from web.plan_map import build_plan_map
from web.roles import Permission
from web.shown import find_shown, list_refs

router = APIRouter(tags=["plans"])

Planning = Annotated[Desks, Depends(get_desks)]
Reader = Annotated[Visit, allow(Permission.READ_PLANS)]


class PlanListed(BaseModel):
    """A plan that can be read: its name in addresses and what it is."""

    ref: str
    label: str
    about: str


class RouteShown(BaseModel):
    """One route of a plan; times in seconds after midnight of the service day."""

    model_config = ConfigDict(from_attributes=True)

    route_id: str
    duty_id: str
    session: Session
    provider_id: str
    vehicle_type: str
    site_ids: tuple[str, ...]
    start_s: int
    end_s: int
    n_passengers: int
    n_stops: int
    n_seats: int
    n_assistants: int
    loaded_m: int
    longest_s: int


@router.get("/plans")
def list_plans(visit: Reader, paging: Paging) -> Page[PlanListed]:
    """List the plans that can be read, the newest first."""
    return paging.cut(
        list_refs(visit.state), lambda r: PlanListed(ref=r[0], label=r[1], about=r[2])
    )


@router.get("/plans/{ref}")
def read_plan(ref: str, visit: Reader, desks: Planning) -> Plan:
    """Read a whole plan."""
    return find_shown(visit.state, desks, ref).plan


@router.get("/plans/{ref}/routes")
def read_routes(ref: str, visit: Reader, desks: Planning, paging: Paging) -> Page[RouteShown]:
    """Read the routes of a plan, page by page."""
    rows = find_shown(visit.state, desks, ref).rows
    return paging.cut(rows, RouteShown.model_validate)


@router.get("/plans/{ref}/map")
def read_map(ref: str, visit: Reader, desks: Planning) -> dict[str, Any]:
    """Read lines, stops and times of a plan's routes, without passengers."""
    return build_plan_map(find_shown(visit.state, desks, ref), desks.find_network())
