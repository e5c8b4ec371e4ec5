"""The way in and the way out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.access import Account
from data.people import Person
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other, show_form
from web.navigation import find_sections
from web.passwords import (
    find_password_fault,
    hash_code,
    hash_password,
    is_password,
    is_set_up_code,
)
from web.people_work import save_account
from web.rendering import render
from web.roles import Permission, find_permissions
from web.second_factor import find_step
from web.settings import SignIn
from web.throttling import build_limits, count_failure, find_wait_s, forget_failures

router = APIRouter()

WRONG = "The id, the password or the code is wrong"
"""One answer for every fault, so that nobody learns which ids there are."""


@router.get("/sign-in")
def show_sign_in(
    request: Request, visit: Annotated[Visit, allow(Permission.OPEN)], then: str = "/"
) -> Response:
    """Show who may come in, or ask for id and password."""
    return _show(request, visit, then, show_form())


@router.post("/sign-in")
def sign_in(
    request: Request,
    visit: Annotated[Visit, allow(Permission.OPEN)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Begin a new session."""
    then = find_local(posted.text("then"))
    if visit.state.settings.sign_in is SignIn.NONE:
        person = visit.store.find_person(posted.text("person_id"))
        if person is None or not person.roles:
            form = show_form({"person_id": posted.text("person_id")})
            return _show(
                request, visit, then, form.add_error("person_id", "Choose who you are")
            )
        begin_session(request, visit, person.person_id)
        return see_other(find_home(person) if then == "/" else then)
    return _sign_in_account(request, visit, posted, then)


@router.post("/sign-out")
def sign_out(
    request: Request, visit: Annotated[Visit, allow(Permission.OWN_ACCOUNT)]
) -> Response:
    """End the session everywhere its token might be."""
    if visit.session is not None:
        with visit.recording("session.end", "people", visit.person_id):
            visit.state.sessions.end_session(visit.session.token, visit.now_utc)
    request.state.session = None
    response = see_other("/sign-in")
    response.headers["clear-site-data"] = '"cache", "storage"'
    return response


@router.get("/set-up")
def show_set_up(
    request: Request, visit: Annotated[Visit, allow(Permission.OPEN)], person_id: str = ""
) -> Response:
    """Ask somebody new for their set-up code and a password."""
    return render(request, "sign_in/set_up.html", form=show_form({"person_id": person_id}))


@router.post("/set-up")
def set_up(
    request: Request,
    visit: Annotated[Visit, allow(Permission.OPEN)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Set the first password of somebody who was given a set-up code."""
    person_id, code = posted.text("person_id"), posted.text("code")
    password = _read_password(posted)
    form = show_form({"person_id": person_id, "code": code})
    limits = build_limits(person_id, visit.address)
    wait_s = find_wait_s(visit.store.accounts, limits, visit.now_utc)
    account = visit.store.accounts.find_account(person_id)
    if wait_s:
        form = form.add_error("code", _say_wait(wait_s))
    elif account is None or not is_set_up_code(account, code, visit.now_utc):
        count_failure(visit.store.accounts, limits, visit.now_utc)
        form = form.add_error(
            "code", "This code is wrong, used or too old. Ask the administrator for another"
        )
    person = visit.store.find_person(person_id)
    words = (person_id, visit.place, *(() if person is None else person.name.split()))
    fault = find_password_fault(password, words)
    if fault:
        form = form.add_error("password", fault)
    if form.errors or account is None:
        return render(request, "sign_in/set_up.html", status_code=422, form=form)
    changed = replace(
        account, password_hash=hash_password(password), password_utc=visit.now_utc
    )
    save_account(visit, "account.set_up", changed)
    return see_other(f"/sign-in?person_id={quote(person_id)}")


def find_local(address: str) -> str:
    """The address if it leads into this page, else the first page: never to another site."""
    # Two slashes, or one and a backslash, begin the name of a host.
    is_local = address.startswith("/") and address[1:2] not in ("/", "\\")
    return address if is_local and address.isprintable() else "/"


def find_home(person: Person) -> str:
    """The first section that somebody may see."""
    sections = find_sections(find_permissions(person.roles), "/")
    return str(sections[0]["href"]) if sections else "/account"


def begin_session(request: Request, visit: Visit, person_id: str) -> None:
    """Begin a session of a person under a new token; the browser's old one ends."""
    sessions = visit.state.sessions
    if visit.session is not None:
        sessions.end_session(visit.session.token, visit.now_utc)
    request.state.session = sessions.open_session(person_id, visit.now_utc)


def _sign_in_account(request: Request, visit: Visit, posted: Posted, then: str) -> Response:
    """Begin a session if id, password and second factor are right."""
    book = visit.store.accounts
    person_id = posted.text("person_id")
    limits = build_limits(person_id, visit.address)
    form = show_form({"person_id": person_id})
    wait_s = find_wait_s(book, limits, visit.now_utc)
    if wait_s:
        response = _show(request, visit, then, form.add_error("person_id", _say_wait(wait_s)))
        response.status_code = 429
        response.headers["retry-after"] = str(wait_s)
        return response
    account = book.find_account(person_id)
    person = visit.store.find_person(person_id)
    is_right = is_password(account, _read_password(posted))
    if (
        not is_right
        or account is None
        or person is None
        or not person.roles
        or account.is_disabled
        or not _is_second_factor(visit, account, posted.text("second_factor"))
    ):
        count_failure(book, limits, visit.now_utc)
        visit.store.audit.add_entry(
            visit.build_entry("session.refused", "people", person_id[:40])
        )
        return _show(request, visit, then, form.add_error("person_id", WRONG))
    forget_failures(book, limits, visit.now_utc)
    with visit.recording("session.begin", "people", person_id):
        begin_session(request, visit, person_id)
    return see_other(find_home(person) if then == "/" else then)


def _is_second_factor(visit: Visit, account: Account, code: str) -> bool:
    """Whether the second factor is right: a code not used before, or a recovery code."""
    if not account.second_factor:
        return True
    secret = visit.state.seals.unseal(account.second_factor)
    step = find_step(secret, code, visit.now_utc)
    if step is not None:
        return visit.store.accounts.use_step(account.person_id, step)
    return visit.store.accounts.use_recovery(account.person_id, hash_code(code))


def _read_password(posted: Posted) -> str:
    """Read a password as it was typed, blanks and all."""
    return next((value for key, value in posted.fields if key == "password"), "")


def _say_wait(wait_s: int) -> str:
    return f"Too many attempts from here. Try again in {wait_s} seconds"


def _show(request: Request, visit: Visit, then: str, form: Form) -> Response:
    """Show the register to choose from, or the fields of an account."""
    is_choosing = visit.state.settings.sign_in is SignIn.NONE
    config = visit.state.settings.config
    provider = None if config is None else config.provider
    people = [p for p in visit.store.list_people() if p.roles] if is_choosing else []
    return render(
        request,
        "sign_in/choose.html" if is_choosing else "sign_in/account.html",
        status_code=422 if form.errors else 200,
        people=people,
        then=find_local(then),
        provider_name=None if provider is None else provider.name,
        form=form,
    )
