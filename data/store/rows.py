"""Small things every part of the store needs: stamps, lists as text, many rows at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa


def write_stamp(stamp: datetime) -> str:
    """Write a UTC stamp as text that sorts, to the microsecond.

    Raises
    ------
    ValueError
        If the stamp has no zone.
    """
    if stamp.tzinfo is None:
        raise ValueError("a stamp in the store must carry its zone")
    return stamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read_stamp(text: str) -> datetime:
    """Read a stamp back, in UTC."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def write_list(values: Iterable[Any]) -> str:
    """Write a short closed list as JSON text."""
    return json.dumps(list(values), ensure_ascii=False, separators=(",", ":"))


def read_texts(text: str) -> tuple[str, ...]:
    """Read a list of texts back."""
    return tuple(json.loads(text))


def read_pairs(text: str) -> tuple[tuple[Any, ...], ...]:
    """Read a list of lists back, as tuples."""
    return tuple(tuple(item) for item in json.loads(text))


def insert_all(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows, none being fine."""
    if rows:
        connection.execute(sa.insert(table), [dict(row) for row in rows])


def insert_one(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> int:
    """Insert one row of a table that numbers its rows; return its number."""
    key = connection.execute(sa.insert(table).values(**row)).inserted_primary_key
    assert key is not None  # noqa: S101  every table has a key
    return int(key[0])
