"""The API: who asks, the register of people, and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from data.audit import AuditEntry
from data.people import Person, Role
from web.access import Visit, allow
from web.api.paging import Page, Paging
from web.people_work import (
    MOST_SUBJECT,
    add_somebody,
    find_held_account,
    find_somebody,
    give_code,
    set_account,
    set_roles,
)
from web.roles import Permission

router = APIRouter(tags=["people"])

MOST = 200


class Me(BaseModel):
    """Who asks, and what they may do."""

    person_id: str
    name: str
    roles: list[str]
    permissions: list[str]


Manager = Annotated[Visit, allow(Permission.MANAGE_PEOPLE)]
Id = Annotated[str, Path(max_length=40)]


class PersonShown(BaseModel):
    """Somebody of the register.

    Attributes
    ----------
    roles
        Held now; none for somebody who left.
    works_for
        Supplier, or member of a crew, of somebody in that role.
    subject
        What the provider of sign-in calls them.
    """

    person_id: str
    name: str
    roles: list[Role]
    works_for: str
    subject: str
    is_disabled: bool
    has_password: bool


class PersonWanted(BaseModel):
    """Somebody to be added."""

    model_config = ConfigDict(extra="forbid")

    person_id: str = Field(max_length=60, examples=["e.brook"])
    name: str = Field(max_length=200)
    roles: list[Role] = Field(max_length=len(Role))


class RolesWanted(BaseModel):
    """The roles that somebody is to hold: those that are not here end, and stay on record."""

    model_config = ConfigDict(extra="forbid")

    roles: list[Role] = Field(max_length=len(Role))


class AccountWanted(BaseModel):
    """For whom somebody works, what the provider calls them, whether they are kept out."""

    model_config = ConfigDict(extra="forbid")

    works_for: str = Field(default="", max_length=60)
    subject: str = Field(default="", max_length=MOST_SUBJECT)
    is_disabled: bool = False


class CodeGiven(BaseModel):
    """A code to set a password with; it is in this answer alone."""

    code: str


class EntryShown(BaseModel):
    """One entry of the audit log."""

    entry_no: int
    at_utc: datetime
    person_id: str
    roles: list[str]
    address: str
    action: str
    kind: str
    record_id: str
    before_hash: str
    after_hash: str
    reason: str
    previous_hash: str
    entry_hash: str


class AuditPage(BaseModel):
    """Entries, the newest first; ask for those before the last to go on."""

    items: list[EntryShown]
    next_before: int | None


@router.get("/me")
def read_me(visit: Annotated[Visit, allow(Permission.OWN_ACCOUNT)]) -> Me:
    """Read who asks."""
    return Me(
        person_id=visit.person_id,
        name="" if visit.person is None else visit.person.name,
        roles=[] if visit.person is None else sorted(visit.person.roles),
        permissions=sorted(visit.permissions),
    )


@router.get("/people")
def list_people(visit: Manager, paging: Paging) -> Page[PersonShown]:
    """List the register of people."""
    return paging.cut(visit.store.list_people(), lambda person: _show_person(visit, person))


@router.post("/people", status_code=201)
def add(wanted: PersonWanted, visit: Manager) -> PersonShown:
    """Add somebody with their roles."""
    person = add_somebody(visit, wanted.person_id, wanted.name, wanted.roles)
    return _show_person(visit, person)


@router.get("/people/{person_id}")
def read_person(person_id: Id, visit: Manager) -> PersonShown:
    """Read one person."""
    return _show_person(visit, find_somebody(visit, person_id))


@router.put("/people/{person_id}/roles")
def change_roles(person_id: Id, wanted: RolesWanted, visit: Manager) -> PersonShown:
    """Begin and end roles; nobody changes their own."""
    return _show_person(visit, set_roles(visit, person_id, wanted.roles))


@router.put("/people/{person_id}/account")
def change_account(person_id: Id, wanted: AccountWanted, visit: Manager) -> PersonShown:
    """Say for whom somebody works, and whether they may sign in; nobody changes their own."""
    set_account(visit, person_id, **wanted.model_dump())
    return _show_person(visit, find_somebody(visit, person_id))


@router.post("/people/{person_id}/set-up-code", status_code=201)
def make_set_up_code(person_id: Id, visit: Manager) -> CodeGiven:
    """Give somebody a code to set a password with; their old one and its sessions end."""
    return CodeGiven(code=give_code(visit, person_id))


@router.get("/audit")
def list_audit(
    visit: Annotated[Visit, allow(Permission.READ_AUDIT)],
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> AuditPage:
    """List the audit log."""
    found = visit.store.audit.list_entries(visit.place, before_no=before, most=limit)
    return AuditPage(
        items=[_show(entry) for entry in found],
        next_before=found[-1].entry_no if len(found) == limit else None,
    )


def _show(entry: AuditEntry) -> EntryShown:
    return EntryShown(**{name: getattr(entry, name) for name in EntryShown.model_fields})


def _show_person(visit: Visit, person: Person) -> PersonShown:
    account = find_held_account(visit, person.person_id)
    return PersonShown(
        person_id=person.person_id,
        name=person.name,
        roles=sorted(person.roles),
        works_for=account.works_for,
        subject=account.subject,
        is_disabled=account.is_disabled,
        has_password=bool(account.password_hash),
    )
