"""Hashes made anew after an erasure, and put wherever an old one stood."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from data.inputs import fingerprint
from data.store import models, snapshots
from data.store.plans import read_plan_rows
from data.store.renaming import UNCHANGED


def rehash_plans(connection: sa.Connection, plan_numbers: list[int]) -> dict[str, str]:
    """Hash plans anew; returns new hashes by old ones."""
    table = models.plans
    hashes = {}
    for number in plan_numbers:
        old = connection.execute(
            sa.select(table.c.fingerprint).where(table.c.plan_no == number)
        ).scalar_one()
        new = fingerprint(read_plan_rows(connection, number))
        if new != old:
            hashes[old] = new
            connection.execute(
                sa.update(table).where(table.c.plan_no == number).values(fingerprint=new)
            )
    return hashes


def rehash_snapshots(connection: sa.Connection, touched: list[str]) -> dict[str, str]:
    """Name inputs by their new fingerprint, so that runs made from them can be shown again.

    Two states that differed in an erased person alone are equal now: whatever was made from
    either is led to one of them, and the other stays in the history under a name of no inputs.
    """
    table = models.snapshots
    taken = set(connection.execute(sa.select(table.c.inputs_hash)).scalars()) - set(touched)
    hashes = {}
    for old in touched:
        new = fingerprint(snapshots.read_snapshot(connection, old))
        if new == old:
            taken.add(new)
            continue
        hashes[old] = new
        if new in taken:
            unused = hashlib.sha256(f"same inputs as {new} since {old}".encode()).hexdigest()
            connection.execute(
                sa.update(table).where(table.c.inputs_hash == old).values(inputs_hash=unused)
            )
        taken.add(new)
    return hashes


def settle_hashes(connection: sa.Connection, hashes: dict[str, str]) -> None:
    """Put new hashes for old ones everywhere; what that changes is hashed anew in its turn.

    A document can only name what was there before it, so this ends.
    """
    todo = dict(hashes)
    while todo:
        for table in models.metadata.sorted_tables:
            if table.name not in UNCHANGED - {"documents"}:
                _replace_hashes(connection, table, todo)
        todo = _rehash_bodies(connection)


def _replace_hashes(
    connection: sa.Connection, table: sa.Table, hashes: Mapping[str, str]
) -> None:
    pattern = re.compile(r"\b[0-9a-f]{64}\b")
    columns = [c for c in table.columns if isinstance(c.type, sa.String)]
    # The plans' and documents' own were renamed when they were made anew.
    keys = list(table.primary_key.columns)
    for row in connection.execute(sa.select(table)).all():
        values = {}
        for column in columns:
            text = getattr(row, column.name)
            if not text or len(text) < 64:
                continue
            new = pattern.sub(lambda m: hashes.get(m.group(), m.group()), text)
            if new != text:
                values[column.name] = new
        if values:
            here = sa.and_(*(c == getattr(row, c.name) for c in keys))
            connection.execute(sa.update(table).where(here).values(**values))


def _rehash_bodies(connection: sa.Connection) -> dict[str, str]:
    """Hash every verified document anew; returns the hashes that changed."""
    hashes: dict[str, str] = {}

    def settle(table: sa.Table, body: str, held: str, find: Callable[[Any, str], str]) -> None:
        for row in connection.execute(sa.select(table)).all():
            new = find(row, getattr(row, body))
            old = getattr(row, held)
            if new != old:
                hashes[old] = new
                here = sa.and_(*(c == getattr(row, c.name) for c in table.primary_key.columns))
                connection.execute(sa.update(table).where(here).values(**{held: new}))

    def plain(_row: Any, text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    settle(models.check_reports, "document", "report_hash", plain)
    settle(models.results, "body", "fingerprint", plain)
    settle(models.eligibility_events, "body", "fingerprint", plain)
    settle(models.publications, "body", "fingerprint", plain)
    return hashes
