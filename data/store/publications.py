"""Publications in the store: content first, the pointer of the date last."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from data.errors import LockedError, StaleWriteError, StoreError
from data.inputs import fingerprint, read_document, write_document
from data.nights import Publication
from data.plans import Plan
from data.store import models, plans
from data.store.pointers import find_target, move_pointer, name_day
from data.store.rows import insert_one, write_stamp


def publish_row(
    connection: sa.Connection, publication: Publication, plan_hash: str
) -> Publication:
    """Publish a plan for its date inside a transaction that already holds the write lock.

    Raises
    ------
    LockedError
        If a later run has taken the place's fence.
    StaleWriteError
        If the plan in the store is not the one that the checker judged.
    """
    place, on = publication.place, publication.service_date
    fence_no = connection.execute(
        sa.select(models.fences.c.fence_no).where(models.fences.c.place == place)
    ).scalar()
    if fence_no != publication.fence_no:
        raise LockedError(
            f"A later run has taken over {place} (fence {fence_no}, this run has "
            f"{publication.fence_no}). Nothing was published by this one."
        )
    plan = plans.read_plan_rows(connection, publication.plan_no)
    if fingerprint(plan) != plan_hash:
        raise StaleWriteError(
            f"The plan {publication.plan_id} in the store is not the one that was checked. "
            "Nothing was published: restore a backup and run the night again."
        )
    table = models.publications
    known = connection.execute(
        sa.select(table).where(
            table.c.night_key == publication.night_key,
            table.c.state == publication.state.value,
            table.c.plan_no == publication.plan_no,
        )
    ).one_or_none()
    if known is not None:
        return read_publication_row(known)
    last = connection.execute(
        sa.select(sa.func.max(table.c.version_no)).where(
            table.c.place == place, table.c.service_date == on
        )
    ).scalar()
    kept = replace(publication, version_no=(last or 0) + 1)
    number = insert_one(
        connection,
        table,
        {
            "place": place,
            "service_date": on,
            "version_no": kept.version_no,
            "state": kept.state.value,
            "day_type_id": plan.day_type.day_type_id,
            "plan_no": kept.plan_no,
            "standing_no": kept.standing_no,
            "night_key": kept.night_key,
            "fence_no": kept.fence_no,
            "published_utc": write_stamp(kept.published_utc),
            "fingerprint": fingerprint(kept),
            "body": write_document(kept).decode(),
        },
    )
    move_pointer(connection, place, name_day(on), str(number))
    return kept


def find_current_row(
    connection: sa.Connection, place: str, service_date: date
) -> Publication | None:
    """Find what runs on a date: the pointer first, then what it points to."""
    table = models.publications
    target = find_target(connection, place, name_day(service_date))
    if target is None:
        return None
    row = connection.execute(
        sa.select(table).where(table.c.publication_no == int(target))
    ).one_or_none()
    if row is None:
        raise StoreError(
            f"The plan published for {service_date.isoformat()} is not in the store. "
            "Restore a backup."
        )
    return read_publication_row(row)


def list_current_rows(
    connection: sa.Connection, place: str, first: date, last: date
) -> tuple[Publication, ...]:
    """List what runs on the dates from one to another, the last date first."""
    pointers, table = models.pointers, models.publications
    targets = connection.execute(
        sa.select(pointers.c.target).where(
            pointers.c.place == place,
            pointers.c.name.between(name_day(first), name_day(last)),
        )
    ).scalars()
    wanted = [int(target) for target in targets]
    query = sa.select(table).where(table.c.publication_no.in_(wanted))
    rows = connection.execute(query.order_by(table.c.service_date.desc())).all()
    if len(rows) != len(wanted):
        raise StoreError("A plan that was published is not in the store. Restore a backup.")
    return tuple(read_publication_row(row) for row in rows)


def list_publication_rows(
    connection: sa.Connection, place: str, service_date: date | None
) -> tuple[Publication, ...]:
    """List publications of a place, or of one date, the newest first."""
    table = models.publications
    query = sa.select(table).where(table.c.place == place)
    if service_date is not None:
        query = query.where(table.c.service_date == service_date)
    query = query.order_by(table.c.publication_no.desc())
    return tuple(read_publication_row(row) for row in connection.execute(query))


def find_last_row(
    connection: sa.Connection, place: str, day_type_id: str, before: date
) -> tuple[Publication, Plan] | None:
    """Find the newest publication of a kind of day to a date, with its standing plan."""
    table = models.publications
    query = (
        sa.select(table)
        .where(
            table.c.place == place,
            table.c.day_type_id == day_type_id,
            table.c.service_date <= before,
        )
        .order_by(table.c.service_date.desc(), table.c.version_no.desc())
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return read_publication_row(row), plans.read_plan_rows(connection, row.standing_no)


def find_last_standing_row(connection: sa.Connection, place: str, before: date) -> Plan | None:
    """Find the standing plan of the newest publication before a date, of whatever day."""
    table = models.publications
    query = (
        sa.select(table.c.standing_no)
        .where(table.c.place == place, table.c.service_date < before)
        .order_by(table.c.service_date.desc(), table.c.version_no.desc())
        .limit(1)
    )
    number = connection.execute(query).scalar()
    return None if number is None else plans.read_plan_rows(connection, number)


def read_publication_row(row: sa.Row[tuple[object, ...]]) -> Publication:
    """Read a publication and refuse one that was changed from outside."""
    found = read_document(Publication, row.body.encode())
    if not isinstance(found, Publication) or fingerprint(found) != row.fingerprint:
        raise StoreError(
            f"Publication {row.publication_no} does not match its hash: the store was changed "
            "from outside. Restore a backup."
        )
    return found
