"""The register of people as its administrator works on it, from pages and from programs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from dataclasses import replace

from data.access import Account
from data.errors import InputError, Problem, RefusedError, Severity, StoreError
from data.inputs import fingerprint
from data.people import Person, Role
from web.access import Visit
from web.passwords import give_set_up_code
from web.settings import SignIn

MOST_SUBJECT = 200
"""Letters of what a provider calls somebody."""


def find_somebody(visit: Visit, person_id: str) -> Person:
    """Find a person of the register.

    Raises
    ------
    StoreError
        If it has nobody of the id.
    """
    person = visit.store.find_person(person_id)
    if person is None:
        raise StoreError("The register has nobody of this id.")
    return person


def find_held_account(visit: Visit, person_id: str) -> Account:
    """Find the account of somebody, or an empty one."""
    return visit.store.accounts.find_account(person_id) or Account(person_id=person_id)


def is_own(visit: Visit, person_id: str) -> bool:
    """Whether an entry is of who asks, at a page that people sign in to."""
    return person_id == visit.person_id and visit.state.settings.sign_in is not SignIn.NONE


def add_somebody(visit: Visit, person_id: str, name: str, roles: Collection[str]) -> Person:
    """Add somebody to the register.

    Raises
    ------
    InputError
        If the id, the name or a role cannot be; each is named by its field.
    """
    faults: dict[str, str] = {}
    if not roles or not set(roles) <= set(Role):
        faults["roles"] = "Choose at least one role"
    elif visit.store.find_person(person_id) is not None:
        faults["person_id"] = "This id belongs to somebody already"
    _refuse(faults)
    try:
        with visit.recording("person.add", "people", person_id):
            return visit.store.add_person(
                person_id, name, [Role(r) for r in roles], now_utc=visit.now_utc
            )
    except RefusedError as error:
        field = "person_id" if "cannot be an id" in str(error) else "name"
        _refuse({field: str(error)})
        raise


def set_roles(visit: Visit, person_id: str, roles: Collection[Role]) -> Person:
    """Begin and end roles until somebody holds these; nobody changes their own (W4).

    Raises
    ------
    StoreError
        If the register has nobody of the id.
    RefusedError
        If it is one's own entry.
    """
    person = _find_other(visit, person_id)
    apply_roles(visit, person, set(roles), before_hash=fingerprint(person))
    return find_somebody(visit, person_id)


def apply_roles(
    visit: Visit, person: Person, roles: Set[Role], *, before_hash: str = ""
) -> None:
    """Begin the roles that somebody does not hold yet, and end those that they are not to hold.

    Parameters
    ----------
    before_hash
        Fingerprint of the entry before, for the audit log.
    """
    person_id = person.person_id
    begun, ended = sorted(roles - person.roles), sorted(person.roles - roles)
    if begun:
        with visit.recording("person.roles", "people", person_id, before_hash=before_hash):
            visit.store.add_person(person_id, person.name, begun, now_utc=visit.now_utc)
    if ended:
        with visit.recording("person.roles", "people", person_id, before_hash=before_hash):
            visit.store.end_person(person_id, ended, now_utc=visit.now_utc)


def set_account(
    visit: Visit, person_id: str, *, works_for: str, subject: str, is_disabled: bool
) -> Account:
    """Say for whom somebody works, what the provider calls them, and whether they may sign in.

    Raises
    ------
    StoreError
        If the register has nobody of the id.
    RefusedError
        If it is one's own entry.
    InputError
        If nobody is known by what they are to work for, or the subject is somebody else's.
    """
    _find_other(visit, person_id)
    faults: dict[str, str] = {}
    inputs = visit.state.read_inputs()
    known = {s.supplier_id for s in inputs.suppliers} | {c.crew_id for c in inputs.crews}
    if works_for and works_for not in known:
        faults["works_for"] = "There is no supplier or crew member of this id"
    other = visit.store.accounts.find_subject(subject)
    if len(subject) > MOST_SUBJECT:
        faults["subject"] = f"Use at most {MOST_SUBJECT} letters"
    elif other is not None and other.person_id != person_id:
        faults["subject"] = "Somebody else is known by this subject"
    _refuse(faults)
    changed = replace(
        find_held_account(visit, person_id),
        works_for=works_for,
        subject=subject,
        is_disabled=is_disabled,
    )
    save_account(visit, "account.change", changed)
    return changed


def give_code(visit: Visit, person_id: str) -> str:
    """Give somebody a code to set a password with; their old one and its sessions end.

    Raises
    ------
    StoreError
        If the register has nobody of the id.
    RefusedError
        If it is one's own entry.
    """
    _find_other(visit, person_id)
    changed, code = give_set_up_code(find_held_account(visit, person_id), visit.now_utc)
    save_account(visit, "account.set_up_code", changed)
    return code


def save_account(visit: Visit, action: str, account: Account) -> None:
    """Keep what an account now is, under the action's name in the audit log."""
    with visit.recording(action, "people", account.person_id):
        visit.store.accounts.save_account(account)


def list_faults(error: InputError) -> Mapping[str, str]:
    """List what a form shows beside its fields of what was refused here."""
    return {problem.column: problem.cause for problem in error.problems}


def _refuse(faults: Mapping[str, str]) -> None:
    if faults:
        raise InputError(
            [
                Problem(
                    code="W005",
                    severity=Severity.ERROR,
                    column=field,
                    cause=cause,
                    suggestion="Give another value.",
                )
                for field, cause in faults.items()
            ]
        )


def _find_other(visit: Visit, person_id: str) -> Person:
    """Find whose entry is to change; nobody gives themselves a role or an account (W4)."""
    person = find_somebody(visit, person_id)
    if is_own(visit, person_id):
        raise RefusedError("Another administrator must change your own entry.")
    return person
