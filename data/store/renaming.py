"""Identifiers of the erased replaced, and their own records blanked, wherever they stand."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from data.checks import CheckReport
from data.eligibility import CaseEvent
from data.fleet import Crew
from data.inputs import read_document, write_document
from data.nights import Candidate, Proposal, Publication
from data.passengers import Passenger
from data.places import Home, Place
from data.store import models, snapshots
from data.store.person_rows import build_pattern, find_rows
from data.store.results import find_result_type

NOT_BORN = date(1900, 1, 1)
"""Stands in the place of an erased birth date."""

UNCHANGED = frozenset({"documents", "import_files", "audit_entries"})
"""Tables not renamed in: the first two have ways of their own; the log of who did and read what
is a chain that nobody may change, and keeps the bare identifier for its own time."""

_TYPED: Mapping[str, tuple[str, type]] = {
    "candidates": ("body", Candidate),
    "publications": ("body", Publication),
    "proposals": ("body", Proposal),
    "check_reports": ("document", CheckReport),
}


def blank_documents(
    connection: sa.Connection,
    names: Mapping[str, str],
    counts: dict[str, int],
) -> dict[str, str]:
    """Blank their own records and rename them in others; returns new hashes by old ones."""
    table, versions = models.documents, models.record_versions
    tokens = frozenset(names)
    hashes: dict[str, str] = {}
    for row, _ in list(find_rows(connection, table, tokens)):
        body = _blank(row.kind, row.body, names)
        new = hashlib.sha256(body.encode()).hexdigest()
        if new == row.fingerprint:
            continue
        hashes[row.fingerprint] = new
        known = connection.execute(
            sa.select(table.c.kind).where(table.c.fingerprint == new)
        ).scalar()
        if known is None:
            connection.execute(
                sa.insert(table).values(fingerprint=new, kind=row.kind, body=body)
            )
        connection.execute(
            sa.update(versions)
            .where(versions.c.fingerprint == row.fingerprint)
            .values(fingerprint=new)
        )
        connection.execute(sa.delete(table).where(table.c.fingerprint == row.fingerprint))
    counts["records"] = len(hashes)
    return hashes


def _blank(kind: str, body: str, names: Mapping[str, str]) -> str:
    """Blank a record that is theirs; rename them in any other."""
    value = json.loads(body)
    renamed = json.dumps(_rename(value, names), ensure_ascii=False, separators=(",", ":"))
    if kind == "passengers" and value["passenger_id"] in names:
        old = read_document(Passenger, body.encode())
        bare = Passenger(
            passenger_id=names[old.passenger_id],
            name="",
            birth_date=NOT_BORN,
            phase=old.phase,
        )
        return write_document(bare).decode()
    if kind == "homes" and value["home_id"] in names:
        home = read_document(Home, renamed.encode())
        return write_document(
            replace(home, pick_up_from_s=None, received_from_s=None, received_by_s=None)
        ).decode()
    if kind == "places" and value["place_id"] in names:
        bare_place = Place(
            place_id=names[value["place_id"]], easting_m=0, northing_m=0, lon=0.0, lat=0.0
        )
        return write_document(bare_place).decode()
    if kind == "crews" and value["crew_id"] in names:
        member = read_document(Crew, renamed.encode())
        bare_crew = Crew(crew_id=member.crew_id, role=member.role, depot_id=member.depot_id)
        return write_document(bare_crew).decode()
    record = snapshots.find_record_type(kind)
    if record is None:
        return renamed
    return write_document(read_document(record, renamed.encode())).decode()


def _rename(
    value: Any, names: Mapping[str, str], pattern: re.Pattern[str] | None = None
) -> Any:
    """Rename identifiers in every text of a document; numbers and field names stay."""
    used = build_pattern(names) if pattern is None else pattern
    if isinstance(value, str):
        return used.sub(lambda m: names[m.group()], value)
    if isinstance(value, list):
        return [_rename(one, names, used) for one in value]
    if isinstance(value, dict):
        return {key: _rename(one, names, used) for key, one in value.items()}
    return value


def _rename_text(text: str, names: Mapping[str, str]) -> str:
    """Rename in a column that holds JSON or plain words."""
    if text[:1] in ("[", "{"):
        try:
            value = json.loads(text)
        except ValueError:
            value = None
        if value is not None:
            return json.dumps(_rename(value, names), ensure_ascii=False, separators=(",", ":"))
    return str(_rename(text, names))


def rename_rows(
    connection: sa.Connection,
    table: sa.Table,
    tokens: Collection[str],
    names: Mapping[str, str],
) -> int:
    """Rename in every row of a table; typed documents are written in their own form again."""
    n_rows = 0
    for row, columns in list(find_rows(connection, table, tokens)):
        values: dict[str, str] = {}
        for column in columns:
            text = _rename_text(str(getattr(row, column.name)), names)
            values[column.name] = _canonise(table.name, column.name, row, text)
        here = sa.and_(*(c == getattr(row, c.name) for c in table.primary_key.columns))
        connection.execute(sa.update(table).where(here).values(**values))
        n_rows += 1
    return n_rows


def _canonise(table: str, column: str, row: Any, text: str) -> str:
    """Write a typed document as the program would: lists that stand for sets sorted anew."""
    kind: type | None = None
    if table in _TYPED and _TYPED[table][0] == column:
        kind = _TYPED[table][1]
    elif (table, column) == ("results", "body"):
        kind = find_result_type(row.kind)
    elif (table, column) == ("eligibility_events", "body"):
        kind = CaseEvent
    if kind is None:
        return text
    return write_document(read_document(kind, text.encode())).decode()
