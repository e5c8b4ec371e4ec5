"""The register of people for its administrator: roles, accounts; and the audit log."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.access import Account
from data.errors import RefusedError
from data.inputs import fingerprint
from data.people import Person, Role
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other, show_form
from web.openings import ALERTED, REASONS
from web.passwords import give_set_up_code
from web.rendering import render
from web.roles import Permission
from web.settings import SignIn

router = APIRouter()

MANAGE = Permission.MANAGE_PEOPLE
PAGE = 100
"""Entries of the audit log on a page."""


@router.get("/people")
def show_people(request: Request, visit: Annotated[Visit, allow(MANAGE)]) -> Response:
    """Show everybody in the register."""
    return _show_all(request, visit, show_form())


@router.post("/people")
def add_person(
    request: Request,
    visit: Annotated[Visit, allow(MANAGE)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Add somebody to the register."""
    person_id, name = posted.text("person_id"), posted.text("name")
    roles = posted.texts("roles")
    form = show_form({"person_id": person_id, "name": name, "roles": roles})
    if not roles or not set(roles) <= set(Role):
        form = form.add_error("roles", "Choose at least one role")
    elif visit.store.find_person(person_id) is not None:
        form = form.add_error("person_id", "This id belongs to somebody already")
    if not form.errors:
        try:
            with visit.recording("person.add", "people", person_id):
                visit.store.add_person(
                    person_id, name, [Role(r) for r in roles], now_utc=visit.now_utc
                )
        except RefusedError as error:
            field = "person_id" if "cannot be an id" in str(error) else "name"
            form = form.add_error(field, str(error))
    if form.errors:
        return _show_all(request, visit, form)
    return see_other(f"/people/{person_id}")


@router.get("/people/{person_id}")
def show_person(
    request: Request, person_id: str, visit: Annotated[Visit, allow(MANAGE)]
) -> Response:
    """Show one person with their account."""
    return _show_one(request, visit, _find(visit, person_id), show_form())


@router.post("/people/{person_id}/roles")
def change_roles(
    request: Request,
    person_id: str,
    visit: Annotated[Visit, allow(MANAGE)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Begin and end roles; nobody changes their own."""
    person = _find(visit, person_id)
    _refuse_own(visit, person_id)
    wanted = {Role(text) for text in posted.texts("roles") if text in set(Role)}
    before = fingerprint(person)
    if wanted - person.roles:
        with visit.recording("person.roles", "people", person_id, before_hash=before):
            visit.store.add_person(
                person_id, person.name, sorted(wanted - person.roles), now_utc=visit.now_utc
            )
    if person.roles - wanted:
        with visit.recording("person.roles", "people", person_id, before_hash=before):
            visit.store.end_person(
                person_id, sorted(person.roles - wanted), now_utc=visit.now_utc
            )
    return see_other(f"/people/{person_id}")


@router.post("/people/{person_id}/account")
def change_account(
    request: Request,
    person_id: str,
    visit: Annotated[Visit, allow(MANAGE)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Say for whom somebody works, whom the provider calls so, and whether they may sign in."""
    person = _find(visit, person_id)
    _refuse_own(visit, person_id)
    works_for, subject = posted.text("works_for"), posted.text("subject")
    is_disabled = posted.text("is_disabled") == "yes"
    form = show_form({"works_for": works_for, "subject": subject})
    inputs = visit.state.read_inputs()
    known = {s.supplier_id for s in inputs.suppliers} | {c.crew_id for c in inputs.crews}
    if works_for and works_for not in known:
        form = form.add_error("works_for", "There is no supplier or crew member of this id")
    other = visit.store.accounts.find_subject(subject)
    if other is not None and other.person_id != person_id:
        form = form.add_error("subject", "Somebody else is known by this subject")
    if form.errors:
        return _show_one(request, visit, person, form)
    account = visit.store.accounts.find_account(person_id) or Account(person_id=person_id)
    changed = replace(account, works_for=works_for, subject=subject, is_disabled=is_disabled)
    with visit.recording("account.change", "people", person_id):
        visit.store.accounts.save_account(changed)
    return see_other(f"/people/{person_id}")


@router.post("/people/{person_id}/set-up-code")
def make_set_up_code(
    request: Request, person_id: str, visit: Annotated[Visit, allow(MANAGE)]
) -> Response:
    """Give somebody a code to set a password with; their old one and its sessions end."""
    person = _find(visit, person_id)
    _refuse_own(visit, person_id)
    account = visit.store.accounts.find_account(person_id) or Account(person_id=person_id)
    changed, code = give_set_up_code(account, visit.now_utc)
    with visit.recording("account.set_up_code", "people", person_id):
        visit.store.accounts.save_account(changed)
    return _show_one(request, visit, person, show_form(), code=code)


@router.get("/audit")
def show_audit(
    request: Request,
    visit: Annotated[Visit, allow(Permission.READ_AUDIT)],
    before: int | None = None,
    person_id: str = "",
    action: str = "",
    record_id: str = "",
) -> Response:
    """Show the audit log, the newest first, and whether its chain holds."""
    entries = visit.store.audit.list_entries(
        visit.place,
        person_id=person_id.strip(),
        action=action.strip(),
        record_id=record_id.strip(),
        before_no=before,
        most=PAGE,
    )
    return render(
        request,
        "people/audit.html",
        entries=entries,
        breaks=visit.store.audit.find_breaks(),
        alerts=visit.store.audit.list_entries(visit.place, action=ALERTED, most=5),
        asked={"person_id": person_id, "action": action, "record_id": record_id},
        older=entries[-1].entry_no if len(entries) == PAGE else None,
        reasons=REASONS,
    )


def _find(visit: Visit, person_id: str) -> Person:
    person = visit.store.find_person(person_id)
    if person is None:
        raise RefusedError("The register has nobody of this id.")
    return person


def _refuse_own(visit: Visit, person_id: str) -> None:
    """Nobody gives themselves a role or an account (W4)."""
    if person_id == visit.person_id and visit.state.settings.sign_in is not SignIn.NONE:
        raise RefusedError("Another administrator must change your own entry.")


def _show_all(request: Request, visit: Visit, form: Form) -> Response:
    accounts = {a.person_id: a for a in visit.store.accounts.list_accounts()}
    return render(
        request,
        "people/list.html",
        status_code=422 if form.errors else 200,
        people=visit.store.list_people(),
        accounts=accounts,
        roles=list(Role),
        form=form,
    )


def _show_one(
    request: Request, visit: Visit, person: Person, form: Form, code: str = ""
) -> Response:
    account = visit.store.accounts.find_account(person.person_id)
    return render(
        request,
        "people/person.html",
        status_code=422 if form.errors else 200,
        person=person,
        held=account or Account(person_id=person.person_id),
        roles=list(Role),
        is_own=person.person_id == visit.person_id
        and visit.state.settings.sign_in is not SignIn.NONE,
        code=code,
        form=form,
    )
