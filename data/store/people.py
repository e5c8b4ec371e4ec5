"""Rows of the register of people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from data.errors import RefusedError
from data.people import PERSON_ID, Person, Role, RoleTerm
from data.store import models
from data.store.rows import insert_all, read_stamp, write_stamp

_PEOPLE = sa.select(models.people).order_by(models.people.c.person_id)
_TERMS = sa.select(models.person_roles).order_by(
    models.person_roles.c.from_utc, models.person_roles.c.role
)
# Asked at every request of a page: put together once.
_ID: sa.BindParameter[str] = sa.bindparam("person_id")
_PERSON = _PEOPLE.where(models.people.c.person_id == _ID)
_PERSON_TERMS = _TERMS.where(models.person_roles.c.person_id == _ID)


def read_person_rows(
    connection: sa.Connection, person_id: str | None = None
) -> tuple[Person, ...]:
    """Read people in order of their ids: all, or the one with an id."""
    query, held, given = _PEOPLE, _TERMS, {}
    if person_id is not None:
        query, held, given = _PERSON, _PERSON_TERMS, {"person_id": person_id}
    of: dict[str, list[RoleTerm]] = {}
    for row in connection.execute(held, given):
        of.setdefault(row.person_id, []).append(
            RoleTerm(
                role=Role(row.role),
                from_utc=read_stamp(row.from_utc),
                to_utc=None if row.to_utc is None else read_stamp(row.to_utc),
            )
        )
    return tuple(
        Person(person_id=row.person_id, name=row.name, terms=tuple(of.get(row.person_id, ())))
        for row in connection.execute(query, given)
    )


def add_person_rows(
    connection: sa.Connection,
    person_id: str,
    name: str,
    roles: Iterable[Role],
    *,
    now_utc: datetime,
) -> Person:
    """Add a person, or further roles of one who is there under the same name.

    Raises
    ------
    RefusedError
        If the id is not one, belongs to somebody of another name, or nothing would change.
    """
    if not PERSON_ID.fullmatch(person_id):
        raise RefusedError(
            f"{person_id[:60]!r} cannot be an id: 2 to 40 lower-case letters, digits, ., - "
            "and _, a letter first."
        )
    name = " ".join(name.split())
    if not name or not name.isprintable() or len(name) > 100:
        raise RefusedError(f"Give {person_id} a printable name of at most 100 letters.")
    wanted = sorted(set(roles))
    found = read_person_rows(connection, person_id)
    if not found:
        connection.execute(
            sa.insert(models.people).values(
                person_id=person_id, name=name, added_utc=write_stamp(now_utc)
            )
        )
    elif found[0].name != name:
        raise RefusedError(
            f"{person_id} belongs to somebody of another name; an id is never given to a "
            "second person."
        )
    new = [role for role in wanted if not found or role not in found[0].roles]
    if not new:
        raise RefusedError(f"Name a role that {person_id} does not hold yet.")
    insert_all(
        connection,
        models.person_roles,
        [
            {"person_id": person_id, "role": str(role), "from_utc": write_stamp(now_utc)}
            for role in new
        ],
    )
    return read_person_rows(connection, person_id)[0]


def end_person_rows(
    connection: sa.Connection, person_id: str, roles: Iterable[Role], *, now_utc: datetime
) -> Person:
    """End roles of a person, all of them if none is named; the person stays on record.

    Raises
    ------
    RefusedError
        If there is no such person, or they hold none of the roles.
    """
    found = read_person_rows(connection, person_id)
    if not found:
        raise RefusedError(f"The register of people has no {person_id[:60]!r}.")
    ending = (set(roles) or found[0].roles) & found[0].roles
    if not ending:
        raise RefusedError(f"{person_id} holds no such role: nothing to end.")
    table = models.person_roles
    connection.execute(
        sa.update(table)
        .where(
            table.c.person_id == person_id,
            table.c.role.in_([str(role) for role in ending]),
            table.c.to_utc.is_(None),
        )
        .values(to_utc=write_stamp(now_utc))
    )
    return read_person_rows(connection, person_id)[0]
