"""Names of a place that point at what holds now: its inputs, its approved run, its dates."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from data.errors import StaleWriteError
from data.store import models

INPUTS = "inputs"
"""Points at the fingerprint of the current inputs."""

APPROVED_RUN = "approved_run"
"""Points at the id of the run whose timetable was approved."""


def name_day(service_date: date) -> str:
    """Name what points at the number of the publication that runs on a date."""
    return f"day:{service_date.isoformat()}"


def find_target(connection: sa.Connection, place: str, name: str) -> str | None:
    """Find what a name of a place points at, or None."""
    table = models.pointers
    return connection.execute(
        sa.select(table.c.target).where(table.c.place == place, table.c.name == name)
    ).scalar()


def move_pointer(
    connection: sa.Connection, place: str, name: str, target: str, expected: str | None = None
) -> None:
    """Point a name of a place at a new target; the transaction's write lock keeps others out.

    Parameters
    ----------
    expected
        What it points at as the caller last saw it; None to move it from wherever it points.

    Raises
    ------
    StaleWriteError
        If it points elsewhere by now.
    """
    table = models.pointers
    here = sa.and_(table.c.place == place, table.c.name == name)
    stale = f"The {name} of {place} were changed by someone else. Read them again and repeat."
    found = connection.execute(
        sa.select(table.c.target, table.c.version_no).where(here)
    ).one_or_none()
    if expected is not None and (found is None or found.target != expected):
        raise StaleWriteError(stale)
    if found is None:
        connection.execute(
            sa.insert(table).values(place=place, name=name, target=target, version_no=1)
        )
        return
    moved = connection.execute(
        sa.update(table)
        .where(here, table.c.version_no == found.version_no)
        .values(target=target, version_no=found.version_no + 1)
    )
    if moved.rowcount != 1:
        raise StaleWriteError(stale)
