"""The supplier's and the driver's own pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, Response

from data.errors import InputError
from reports import SESSION_WORDS
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other, show_form
from web.own_desk import (
    KINDS,
    find_confirmed,
    keep_note,
    list_driver_days,
    list_supplier_days,
    read_supplier_duty,
)
from web.rendering import render
from web.roles import Permission

router = APIRouter()

DRIVER, SUPPLIER = Permission.WORK_OWN_DAY, Permission.READ_OWN_ROUTES


@router.get("/supplier")
def show_supplier(request: Request, visit: Annotated[Visit, allow(SUPPLIER)]) -> Response:
    """Show a supplier's own routes of the next school days."""
    days = list_supplier_days(visit)
    return render(request, "own/supplier.html", days=days, session_words=SESSION_WORDS)


@router.get("/supplier/{on}/{duty_id}")
def show_supplier_duty(
    request: Request, on: date, duty_id: str, visit: Annotated[Visit, allow(SUPPLIER)]
) -> Response:
    """Show one duty of a supplier with its stops; another's is as unknown as none."""
    day, duty = read_supplier_duty(visit, on, duty_id)
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
    minutes, text = posted.text("minutes"), posted.text("text")
    form = show_form({"kind": kind, "minutes": minutes, "text": text, "duty_id": duty_id})
    given = int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 4 else 0
    try:
        keep_note(visit, on, duty_id, kind, minutes=given, text=text)
    except InputError as error:
        for problem in error.problems:
            form = form.add_error(problem.column, problem.cause)
        return _show_driver(request, visit, form)
    return see_other(f"/driver?sent={kind}")


def _show_driver(request: Request, visit: Visit, form: Form) -> Response:
    days = list_driver_days(visit)
    confirmed = find_confirmed(visit, days)
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
