"""Everything the store holds on one person, found by looking at every text of every table."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from data.store import models

IDENTITY_KINDS = ("passengers", "homes", "demands", "locks")
"""Kinds of records that belong to one passenger, with the field that says whose they are."""


class SubjectKind(StrEnum):
    """Whose data are held: the kind of their records in a snapshot."""

    PASSENGER = "passengers"
    CREW = "crews"

    @property
    def label(self) -> str:
        """One of them, in words."""
        return "passenger" if self is SubjectKind.PASSENGER else "member of the crew"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectIds:
    """Identifiers that lead to a passenger, or to a member of the crew.

    Attributes
    ----------
    subject_id
        Of the passenger or of the member of the crew; all else is a passenger's.
    place_ids
        Places of their homes that nobody and nothing else uses.
    names
        Every name they were ever held under.
    """

    subject_id: str
    home_ids: frozenset[str] = frozenset()
    demand_ids: frozenset[str] = frozenset()
    lock_ids: frozenset[str] = frozenset()
    place_ids: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    @property
    def tokens(self) -> frozenset[str]:
        """All identifiers; not the names, which may be somebody else's too."""
        return (self.home_ids | self.demand_ids | self.lock_ids | self.place_ids) | {
            self.subject_id
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """One row that speaks of a person: where it is, and what it says."""

    table: str
    key: str
    values: tuple[tuple[str, str], ...]


def find_subject_ids(
    connection: sa.Connection,
    subject_ids: Collection[str],
    kind: SubjectKind = SubjectKind.PASSENGER,
) -> dict[str, SubjectIds]:
    """Find the identifiers of people, over all places and every state ever kept."""
    if kind is SubjectKind.CREW:
        return {one: SubjectIds(subject_id=one) for one in subject_ids}
    return _find_passenger_ids(connection, subject_ids)


def _find_passenger_ids(
    connection: sa.Connection, passenger_ids: Collection[str]
) -> dict[str, SubjectIds]:
    documents = models.documents
    records: dict[str, list[dict[str, Any]]] = {}
    shared: dict[str, set[str]] = {}
    query = sa.select(documents.c.kind, documents.c.body).where(
        documents.c.kind.notin_(("header", "order", "policy", "own_costs", "rate_cards"))
    )
    for kind, body in connection.execute(query):
        value = json.loads(body)
        if kind in IDENTITY_KINDS and value.get("passenger_id") in passenger_ids:
            records.setdefault(f"{kind} {value['passenger_id']}", []).append(value)
        elif kind != "places":
            for field in ("place_id", "base_place_id", "area_centre_place_id"):
                if value.get(field):
                    shared.setdefault("places", set()).add(value[field])
    found = {}
    for passenger_id in passenger_ids:
        mine = {kind: records.get(f"{kind} {passenger_id}", []) for kind in IDENTITY_KINDS}
        found[passenger_id] = SubjectIds(
            subject_id=passenger_id,
            home_ids=frozenset(r["home_id"] for r in mine["homes"]),
            demand_ids=frozenset(r["demand_id"] for r in mine["demands"]),
            lock_ids=frozenset(r["lock_id"] for r in mine["locks"]),
            place_ids=frozenset(r["place_id"] for r in mine["homes"])
            - shared.get("places", set()),
            names=frozenset(r["name"] for r in mine["passengers"]) - {""},
        )
    return found


def build_pattern(tokens: Iterable[str]) -> re.Pattern[str]:
    """Build what finds identifiers that stand alone: not as a part of another."""
    found = "|".join(re.escape(t) for t in sorted(tokens, key=lambda t: (-len(t), t)))
    return re.compile(rf"(?<![\w-])(?:{found})(?![\w-])")


def list_text_columns(table: sa.Table) -> list[sa.Column[Any]]:
    """List the columns of a table that can hold an identifier or words; hashes cannot."""
    return [
        c
        for c in table.columns
        if isinstance(c.type, sa.String) and c.type.length not in (models.HASH.length, 27)
    ]


def find_rows(
    connection: sa.Connection, table: sa.Table, tokens: Collection[str]
) -> Iterator[tuple[Any, list[sa.Column[Any]]]]:
    """Find rows of a table in which an identifier stands alone, with the columns it is in."""
    columns = list_text_columns(table)
    if not columns or not tokens:
        return
    pattern = build_pattern(tokens)
    # The engine passes over what cannot hold one; the pattern decides. The sets are small.
    wanted = [c.contains(t, autoescape=True) for c in columns for t in sorted(tokens)]
    # Both engines limit how deep an expression may be.
    for start in range(0, len(wanted), 200):
        query = sa.select(table).where(sa.or_(*wanted[start : start + 200]))
        for row in connection.execute(query).all():
            hit = [c for c in columns if pattern.search(str(getattr(row, c.name) or ""))]
            if hit:
                yield row, hit


def list_person_rows(connection: sa.Connection, ids: SubjectIds) -> tuple[HeldRow, ...]:
    """List every row that speaks of a passenger, table by table, as text.

    The bytes of imported files are not unpacked here; the files that hold the passenger are
    named by `find_import_files`.
    """
    found: dict[tuple[str, str], HeldRow] = {}
    for table in models.metadata.sorted_tables:
        if table.name == "import_files":
            continue
        for row, _ in find_rows(connection, table, ids.tokens):
            key = ", ".join(str(getattr(row, c.name)) for c in table.primary_key.columns)
            values = tuple(
                (c.name, str(getattr(row, c.name)))
                for c in table.columns
                if getattr(row, c.name) is not None
            )
            found[table.name, key] = HeldRow(table=table.name, key=key, values=values)
    return tuple(found.values())


def holds_any(content: bytes, tokens: Collection[str], names: Collection[str] = ()) -> bool:
    """Say whether a file holds an identifier or a name, also packed as a workbook is.

    What cannot be unpacked or is too large to be looked at is said to hold them: it is erased
    rather than kept by mistake.
    """
    import io
    import zipfile
    import zlib

    pattern = build_pattern({*tokens, *names})
    parts = [content]
    if content.startswith(b"PK"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(e.file_size for e in archive.infolist()) > 1 << 30:
                    return True
                parts = [archive.read(e) for e in archive.infolist()]
        except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError,
                NotImplementedError):  # fmt: skip
            return True
    elif content.startswith(b"%PDF"):
        return True
    for part in parts:
        for encoding in ("utf-8", "utf-16-le", "cp1252"):
            if pattern.search(_plain(part.decode(encoding, errors="ignore"))):
                return True
    return False


def _plain(text: str) -> str:
    """Undo the escapes of XML and HTML in which a name may stand."""
    import html

    return html.unescape(text)


def find_import_files(connection: sa.Connection, ids: Collection[SubjectIds]) -> list[str]:
    """Find imported files whose bytes hold a passenger; their SHA-256s."""
    table = models.import_files
    tokens = {t for one in ids for t in one.tokens}
    names = {n for one in ids for n in one.names}
    return [
        sha256
        for sha256, body in connection.execute(sa.select(table.c.sha256, table.c.body))
        if body and holds_any(bytes(body), tokens, names)
    ]
