"""The register of people who act on plans, awards and papers: in which roles, and when.

Not passengers. An id belongs to one person for ever, so that an old approval always says who
gave it; roles begin and end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from data.errors import RefusedError

PERSON_ID = re.compile(r"[a-z][a-z0-9._-]{1,39}")
"""What a person's id may be: lower-case letters, digits, ``.``, ``-`` and ``_``."""


class Role(StrEnum):
    """What a person may do."""

    PLANNER = "planner"
    COMMISSIONER = "commissioner"
    ASSURER = "assurer"
    VIEWER = "viewer"
    SUPPLIER = "supplier"
    DRIVER = "driver"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTerm:
    """A role held from a moment until another; ``to_utc`` is None while it lasts."""

    role: Role
    from_utc: datetime
    to_utc: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody in the register.

    Attributes
    ----------
    terms
        Every role ever held, in order of its beginning.
    """

    person_id: str
    name: str
    terms: tuple[RoleTerm, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        """Roles held now."""
        return frozenset(term.role for term in self.terms if term.to_utc is None)


class FindsPeople(Protocol):
    """What knows the register: an open store."""

    def find_person(self, person_id: str) -> Person | None:
        """Find a person by id, or None."""


def require_person(store: FindsPeople, person_id: str, *roles: Role) -> Person:
    """Find a person who holds at least one of the roles; any role will do if none is named.

    Raises
    ------
    RefusedError
        If the register has no such person, or they hold none of the roles now.

    Examples
    --------
    ``require_person(store, "a.hart", Role.PLANNER)`` gives the person, or refuses.
    """
    person = store.find_person(person_id)
    if person is None:
        raise RefusedError(
            f"The register of people has no {person_id[:60]!r}. "
            "Add them: `wayfare people add PERSON_ID --name NAME --role ROLE`."
        )
    if not person.roles:
        raise RefusedError(f"{person_id} holds no role any more and may not act.")
    if roles and not person.roles & set(roles):
        wanted = " or ".join(roles)
        raise RefusedError(
            f"{person_id} is {' and '.join(sorted(person.roles))}, not {wanted}, and may not "
            "do this."
        )
    return person


def require_other(person: Person, acted: dict[str, str]) -> None:
    """Refuse a person who has acted on the same thing before (two people decide, W4).

    Parameters
    ----------
    acted
        What each person id did, e.g. ``{"a.hart": "wrote it"}``.

    Raises
    ------
    RefusedError
        If the person is among them.
    """
    if person.person_id in acted:
        raise RefusedError(
            f"{person.person_id} {acted[person.person_id]}; another person must do this."
        )
