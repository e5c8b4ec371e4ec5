"""The supplier's and the driver's own pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

from data.access import DriverNote
from reports import SESSION_WORDS
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other, show_form
from web.own_work import OwnDay, find_driver_days, find_supplier_days
from web.rendering import render
from web.roles import Permission

router = APIRouter()

DRIVER, SUPPLIER = Permission.WORK_OWN_DAY, Permission.READ_OWN_ROUTES
KINDS = {
    "late": "I am running late",
    "vehicle": "Trouble with the vehicle",
    "passenger_absent": "A passenger was not there",
    "address": "Trouble at a stop",
    "other": "Something else",
}
LONGEST_TEXT = 200
MOST_MINUTES = 240


@router.get("/supplier")
def show_supplier(request: Request, visit: Annotated[Visit, allow(SUPPLIER)]) -> Response:
    """Show a supplier's own routes of the next school days."""
    days = (
        find_supplier_days(visit.state, visit.works_for, visit.now_utc)
        if visit.works_for
        else ()
    )
    return render(request, "own/supplier.html", days=days, session_words=SESSION_WORDS)


@router.get("/supplier/{on}/{duty_id}")
def show_supplier_duty(
    request: Request, on: date, duty_id: str, visit: Annotated[Visit, allow(SUPPLIER)]
) -> Response:
    """Show one duty of a supplier with its stops; another's is as unknown as none."""
    found = (
        (day, duty)
        for day in find_supplier_days(visit.state, visit.works_for, visit.now_utc)
        for duty in day.duties
        if day.on == on and duty.duty_id == duty_id and visit.works_for
    )
    day, duty = next(found, (None, None))
    if day is None or duty is None or day.publication is None:
        raise HTTPException(404)
    visit.store.audit.add_entry(visit.build_entry("duty.read", "duty", f"{on} {duty_id}"))
    return render(request, "own/duty.html", day=day, duty=duty, session_words=SESSION_WORDS)


@router.get("/driver")
def show_driver(request: Request, visit: Annotated[Visit, allow(DRIVER)]) -> Response:
    """Show a driver's day, and the next."""
    return _show_driver(request, visit, show_form())


@router.get("/driver/worker.mjs")
def read_worker(visit: Annotated[Visit, allow(DRIVER)]) -> Response:
    """Read what keeps the day readable without a network; it may act below ``/driver``."""
    path = Path(__file__).parents[1] / "static" / "driver-worker.mjs"
    # Its own folder is /driver/, and the day is the page above it.
    headers = {"service-worker-allowed": "/driver"}
    return FileResponse(path, media_type="text/javascript", headers=headers)


@router.post("/driver/{on}/notes")
def add_note(
    request: Request,
    on: date,
    visit: Annotated[Visit, allow(DRIVER)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Keep that a driver has read the day, or what they report of it."""
    duty_id, kind = posted.text("duty_id"), posted.text("kind")
    days = find_driver_days(visit.state, visit.works_for, visit.now_utc)
    day = next((d for d in days if d.on == on and d.publication is not None), None)
    if day is None or day.publication is None or duty_id not in {
        d.duty_id for d in day.duties
    }:  # fmt: skip
        raise HTTPException(404)
    minutes, text = posted.text("minutes"), posted.text("text")
    form = show_form({"kind": kind, "minutes": minutes, "text": text, "duty_id": duty_id})
    if kind not in KINDS and kind != "confirmed":
        form = form.add_error("kind", "Choose what you report")
    if kind == "late" and not (minutes.isdigit() and 1 <= int(minutes) <= MOST_MINUTES):
        form = form.add_error("minutes", f"Enter minutes from 1 to {MOST_MINUTES}")
    if len(text) > LONGEST_TEXT:
        form = form.add_error("text", f"Use at most {LONGEST_TEXT} letters")
    if form.errors:
        return _show_driver(request, visit, form)
    with visit.recording(f"note.{kind}", "driver_note", f"{on} {duty_id}"):
        visit.store.messages.add_note(
            DriverNote(
                note_no=0,
                place=visit.place,
                duty_id=duty_id,
                plan_id=day.publication.plan_id,
                kind=kind,
                person_id=visit.person_id,
                at_utc=visit.now_utc,
                service_date=on,
                minutes=int(minutes) if kind == "late" else 0,
                text=text if kind != "confirmed" else "",
            )
        )
    return see_other(f"/driver?sent={kind}")


def _show_driver(request: Request, visit: Visit, form: Form) -> Response:
    days: tuple[OwnDay, ...] = ()
    if visit.works_for:
        days = find_driver_days(visit.state, visit.works_for, visit.now_utc)
    confirmed = {
        (note.service_date, note.duty_id, note.plan_id)
        for day in days
        for note in visit.store.messages.list_notes(visit.place, day.on)
        if note.kind == "confirmed" and note.person_id == visit.person_id
    }
    sent = request.query_params.get("sent", "")
    return render(
        request,
        "own/driver.html",
        status_code=422 if form.errors else 200,
        days=days,
        confirmed=confirmed,
        kinds=KINDS,
        sent=sent if sent in KINDS or sent == "confirmed" else "",
        form=form,
        session_words=SESSION_WORDS,
    )
