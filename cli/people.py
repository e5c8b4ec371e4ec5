"""Commands on the register of people who propose, assure and approve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import DATA_FOLDER, FolderOption, PlaceOption, find_place, now, say

if TYPE_CHECKING:
    from data.people import Person, Role

app = typer.Typer(help="Who may plan, assure and approve.", no_args_is_help=True)

PersonArgument = Annotated[str, typer.Argument(help="Id, e.g. a.hart; never given twice.")]
RolesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        help="planner, commissioner, assurer, viewer, supplier, driver or administrator; "
        "may be repeated.",
    ),
]


@app.command("add")
def add_person(
    person_id: PersonArgument,
    place: PlaceOption,
    name: Annotated[str, typer.Option("--name", help="Name as it stands on papers.")],
    role: RolesOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Add a person, or a further role of one who is there."""
    from data.store import Store

    roles = _read_roles(role)
    if not roles:
        raise typer.BadParameter("name at least one role.", param_hint="--role")
    with Store.open(find_place(folder, place, may_be_sample=True).store_place) as store:
        say(_describe(store.add_person(person_id, name, roles, now_utc=now())))


@app.command("list")
def list_people(place: PlaceOption, folder: FolderOption = DATA_FOLDER) -> None:
    """List the register: roles held now, and those ended."""
    from data.store import Store

    with Store.open(find_place(folder, place).store_place) as store:
        found = store.list_people()
    for person in found:
        say(_describe(person))
    if not found:
        say("nobody yet; `wayfare people add PERSON_ID --name NAME --role ROLE` adds one.")


@app.command("end")
def end_person(
    person_id: PersonArgument,
    place: PlaceOption,
    role: RolesOption = None,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """End a role of a person, or all; what they signed before stays valid and theirs."""
    from data.store import Store

    with Store.open(find_place(folder, place).store_place) as store:
        say(_describe(store.end_person(person_id, _read_roles(role), now_utc=now())))


@app.command("account")
def give_account(
    person_id: PersonArgument,
    place: PlaceOption,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Give a person a code to set up their account on the page with.

    The code is shown once and works for three days. A password, second factor and sessions
    they had end. The first administrator is let in like this.
    """
    from data.access import Account
    from data.audit import AuditEntry
    from data.people import require_person
    from data.store import Store
    from web.passwords import give_set_up_code

    with Store.open(find_place(folder, place).store_place) as store:
        require_person(store, person_id)
        known = store.accounts.find_account(person_id)
        account, code = give_set_up_code(known or Account(person_id=person_id), now())
        entry = AuditEntry(
            place=place,
            at_utc=now(),
            person_id="",
            action="account.set_up_code",
            kind="people",
            record_id=person_id,
        )
        with store.audit.recording(entry):
            store.accounts.save_account(account)
    say(f"{person_id} sets a password at /set-up with this code: {code}")


def _read_roles(texts: list[str] | None) -> list[Role]:
    from data.people import Role

    known = [str(role) for role in Role]
    for text in texts or ():
        if text not in known:
            raise typer.BadParameter(
                f"{text!r} is no role (there are: {', '.join(known)}).", param_hint="--role"
            )
    return [Role(text) for text in texts or ()]


def _describe(person: Person) -> str:
    held = ", ".join(sorted(person.roles)) or "no role now"
    ended = [
        f"{term.role} until {term.to_utc:%Y-%m-%d}" for term in person.terms if term.to_utc
    ]
    return f"{person.person_id:<20}{person.name}: {held}" + (
        f" ({', '.join(ended)})" if ended else ""
    )
