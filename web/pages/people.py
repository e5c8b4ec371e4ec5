"""The register of people for its administrator: roles, accounts; and the audit log."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from data.errors import InputError
from data.people import Person, Role
from web.access import Visit, allow
from web.forms import Form, Posted, read_posted, see_other, show_form
from web.openings import ALERTED, REASONS
from web.people_work import (
    add_somebody,
    find_held_account,
    find_somebody,
    give_code,
    is_own,
    list_faults,
    set_account,
    set_roles,
)
from web.rendering import render
from web.roles import Permission

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
    try:
        add_somebody(visit, person_id, name, roles)
    except InputError as error:
        return _show_all(request, visit, _add_faults(form, error))
    return see_other(f"/people/{person_id}")


@router.get("/people/{person_id}")
def show_person(
    request: Request, person_id: str, visit: Annotated[Visit, allow(MANAGE)]
) -> Response:
    """Show one person with their account."""
    return _show_one(request, visit, find_somebody(visit, person_id), show_form())


@router.post("/people/{person_id}/roles")
def change_roles(
    request: Request,
    person_id: str,
    visit: Annotated[Visit, allow(MANAGE)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Begin and end roles; nobody changes their own."""
    wanted = [Role(text) for text in posted.texts("roles") if text in set(Role)]
    set_roles(visit, person_id, wanted)
    return see_other(f"/people/{person_id}")


@router.post("/people/{person_id}/account")
def change_account(
    request: Request,
    person_id: str,
    visit: Annotated[Visit, allow(MANAGE)],
    posted: Annotated[Posted, Depends(read_posted)],
) -> Response:
    """Say for whom somebody works, whom the provider calls so, and whether they may sign in."""
    works_for, subject = posted.text("works_for"), posted.text("subject")
    is_disabled = posted.text("is_disabled") == "yes"
    try:
        set_account(
            visit, person_id, works_for=works_for, subject=subject, is_disabled=is_disabled
        )
    except InputError as error:
        form = show_form({"works_for": works_for, "subject": subject})
        person = find_somebody(visit, person_id)
        return _show_one(request, visit, person, _add_faults(form, error))
    return see_other(f"/people/{person_id}")


@router.post("/people/{person_id}/set-up-code")
def make_set_up_code(
    request: Request, person_id: str, visit: Annotated[Visit, allow(MANAGE)]
) -> Response:
    """Give somebody a code to set a password with; their old one and its sessions end."""
    code = give_code(visit, person_id)
    return _show_one(request, visit, find_somebody(visit, person_id), show_form(), code=code)


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


def _add_faults(form: Form, error: InputError) -> Form:
    """Show beside its field what was refused."""
    for field, text in list_faults(error).items():
        form = form.add_error(field, text)
    return form


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
    return render(
        request,
        "people/person.html",
        status_code=422 if form.errors else 200,
        person=person,
        held=find_held_account(visit, person.person_id),
        roles=list(Role),
        is_own=is_own(visit, person.person_id),
        code=code,
        form=form,
    )
