"""The API of a supplier's and a driver's own work: their own records, and no more (W3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from web.access import Visit, allow
from web.own_desk import (
    CONFIRMED,
    LONGEST_TEXT,
    MOST_MINUTES,
    find_confirmed,
    keep_note,
    list_driver_days,
    list_supplier_days,
    read_supplier_duty,
)
from web.own_work import OwnDay, ShownDuty
from web.roles import Permission

router = APIRouter(tags=["own work"])

Driver = Annotated[Visit, allow(Permission.WORK_OWN_DAY)]
Supplier = Annotated[Visit, allow(Permission.READ_OWN_ROUTES)]
Duty = Annotated[str, Path(max_length=80)]


class OwnDayShown(BaseModel):
    """One's own work of a date.

    Attributes
    ----------
    version_no
        Of what is published; None where the plan is what stands now and may change.
    confirmed
        Duties of a driver that they have read as they are now.
    """

    on: date
    version_no: int | None
    plan_id: str
    duties: list[ShownDuty]
    confirmed: list[str] = []


class NoteWanted(BaseModel):
    """That a duty was read (``confirmed``), or what is reported of it."""

    model_config = ConfigDict(extra="forbid")

    duty_id: str = Field(max_length=80)
    kind: str = Field(max_length=40, examples=[CONFIRMED, "late"])
    minutes: int = Field(default=0, ge=0, le=MOST_MINUTES)
    text: str = Field(default="", max_length=LONGEST_TEXT)


class NoteKept(BaseModel):
    """What was kept."""

    on: date
    duty_id: str
    plan_id: str
    kind: str


@router.get("/own/supplier")
def list_own_routes(visit: Supplier) -> list[OwnDayShown]:
    """List a supplier's own routes of the next school days, without who is carried."""
    return [_show(day, _leave_out_stops(day)) for day in list_supplier_days(visit)]


@router.get("/own/supplier/{on}/{duty_id}")
def read_own_duty(on: date, duty_id: Duty, visit: Supplier) -> ShownDuty:
    """Read one published duty with its stops and who is carried; each reading is kept."""
    return read_supplier_duty(visit, on, duty_id)[1]


@router.get("/own/driver")
def list_own_days(visit: Driver) -> list[OwnDayShown]:
    """List a driver's own day, and the next."""
    days = list_driver_days(visit)
    confirmed = find_confirmed(visit, days)
    return [
        _show(
            day,
            day.duties,
            [d.duty_id for d in day.duties if (day.on, d.duty_id, _plan(day)) in confirmed],
        )
        for day in days
    ]


@router.post("/own/driver/{on}/notes", status_code=201)
def report(on: date, wanted: NoteWanted, visit: Driver) -> NoteKept:
    """Keep that a driver has read a duty, or what they report of it."""
    note = keep_note(
        visit, on, wanted.duty_id, wanted.kind, minutes=wanted.minutes, text=wanted.text
    )
    return NoteKept(on=on, duty_id=note.duty_id, plan_id=note.plan_id, kind=note.kind)


def _plan(day: OwnDay) -> str:
    return "" if day.publication is None else day.publication.plan_id


def _leave_out_stops(day: OwnDay) -> list[ShownDuty]:
    """Leave out who is carried: a duty says that when it is read by itself, which is kept."""
    return [
        replace(duty, routes=tuple(replace(route, stops=()) for route in duty.routes))
        for duty in day.duties
    ]


def _show(
    day: OwnDay, duties: Sequence[ShownDuty], confirmed: Sequence[str] = ()
) -> OwnDayShown:
    return OwnDayShown(
        on=day.on,
        version_no=None if day.publication is None else day.publication.version_no,
        plan_id=_plan(day),
        duties=list(duties),
        confirmed=list(confirmed),
    )
