"""The way in: who is there, and the way out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from web.access import Visit, allow
from web.forms import Posted, read_posted, see_other, show_form
from web.rendering import render
from web.roles import Permission

router = APIRouter()


@router.get("/sign-in")
def show_sign_in(
    request: Request, visit: Annotated[Visit, allow(Permission.OPEN)], then: str = "/"
) -> Response:
    """Show who may come in."""
    return _show(request, visit, then)


@router.post("/sign-in")
def sign_in(
    request: Request,
    visit: Annotated[Visit, allow(Permission.OPEN)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Begin a new session as the person chosen."""
    person = visit.store.find_person(posted.text("person_id"))
    then = find_local(posted.text("then"))
    if person is None or not person.roles:
        form = show_form({"person_id": posted.text("person_id")})
        return _show(request, visit, then, form.add_error("person_id", "Choose who you are"))
    if visit.session is not None:
        visit.state.sessions.end_session(visit.session.token, visit.now_utc)
    request.state.session = visit.state.sessions.open_session(person.person_id, visit.now_utc)
    return see_other(then)


def find_local(address: str) -> str:
    """The address if it leads into this page, else the first page: never to another site."""
    # Two slashes, or one and a backslash, begin the name of a host.
    is_local = address.startswith("/") and address[1:2] not in ("/", "\\")
    return address if is_local and address.isprintable() else "/"


def _show(request: Request, visit: Visit, then: str, form: object = None) -> Response:
    """Show the register to choose from."""
    return render(
        request,
        "sign_in/choose.html",
        status_code=200 if form is None else 422,
        people=[person for person in visit.store.list_people() if person.roles],
        then=find_local(then),
        **({} if form is None else {"form": form}),
    )
