"""Erasing people from the store: records blanked, identifiers replaced, hashes made anew.

Costs, totals and checkers' reports stay, under a pseudonym that leads nowhere. What is verified
by a hash gets its new one, and whatever names an old hash gets the new one too, so that the
store reads back as before. The caller rewrites the file afterwards, free pages included.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from data.erasures import Erasure
from data.errors import RefusedError
from data.inputs import write_document
from data.personal.register import find_stored_types
from data.store import models, snapshots
from data.store.deferring import deferred_references
from data.store.person_rows import (
    SubjectIds,
    SubjectKind,
    build_pattern,
    find_import_files,
    find_rows,
    find_subject_ids,
)
from data.store.rehashing import rehash_plans, rehash_snapshots, settle_hashes
from data.store.renaming import UNCHANGED, blank_documents, rename_rows
from data.store.results import save_result_row
from data.store.rows import write_list


def erase_subject_rows(
    connection: sa.Connection,
    place: str,
    subject_ids: Collection[str],
    *,
    kind: SubjectKind = SubjectKind.PASSENGER,
    person_id: str,
    reason: str,
    now_utc: datetime,
    code_version: str,
    current_hash: str | None,
) -> tuple[Erasure, tuple[SubjectIds, ...]]:
    """Erase passengers who are carried no more, or crew who left; in the caller's transaction.

    Parameters
    ----------
    current_hash
        Fingerprint of the place's current inputs, in which nobody of them may stand.

    Raises
    ------
    RefusedError
        If one is not known, is carried now, or has an identifier that means something else too.
    """
    found = find_subject_ids(connection, sorted(set(subject_ids)), kind)
    ids = tuple(found.values())
    _refuse_unknown(connection, ids, kind)
    tokens = frozenset(t for one in ids for t in one.tokens)
    _refuse_current(connection, ids, tokens, current_hash, kind)
    names = _build_names(ids)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    counts: dict[str, int] = {}
    with deferred_references(connection):
        counts["import files"] = _empty_files(connection, ids)
        counts["quarantined rows"] = _empty_quarantine(connection, ids)
        if kind is SubjectKind.PASSENGER:
            counts["eligibility events"] = _drop_cases(connection, ids)
        counts["edited cells"] = _empty_edits(connection, tokens)
        touched = _find_touched_snapshots(connection, tokens)
        plans = _find_touched_plans(connection, tokens)
        hashes = blank_documents(connection, names, counts)
        for table in models.metadata.sorted_tables:
            if table.name not in UNCHANGED:
                n_rows = rename_rows(connection, table, tokens, names)
                if n_rows:
                    counts[f"rows of {table.name}"] = n_rows
        hashes |= rehash_plans(connection, plans)
        hashes |= rehash_snapshots(connection, touched)
        settle_hashes(connection, hashes)
    stamp = now_utc.strftime("%Y%m%dT%H%M%S")
    done = Erasure(
        erasure_id=f"{place}-erasure-{stamp}-{secrets.token_hex(3)}",
        place=place,
        created_utc=now_utc,
        code_version=code_version,
        person_id=person_id,
        reason=reason,
        pseudonyms=tuple(sorted(names[one.subject_id] for one in ids)),
        counts=tuple(sorted((k, n) for k, n in counts.items() if n)),
    )
    save_result_row(connection, done, place)
    return done, ids


def _refuse_unknown(
    connection: sa.Connection, ids: Collection[SubjectIds], kind: SubjectKind
) -> None:
    for one in ids:
        held = connection.execute(
            sa.select(models.record_versions.c.record_no)
            .where(
                models.record_versions.c.kind == kind,
                models.record_versions.c.record_id == one.subject_id,
            )
            .limit(1)
        ).scalar()
        if held is None:
            raise RefusedError(f"The store holds no {kind.label} with that identifier.")


def _refuse_current(
    connection: sa.Connection,
    ids: Collection[SubjectIds],
    tokens: Collection[str],
    current_hash: str | None,
    kind: SubjectKind,
) -> None:
    """Refuse who is carried now, and an identifier that means something else as well."""
    reserved = _find_reserved_words()
    if any(t.casefold() in reserved for t in tokens):
        raise RefusedError(
            f"An identifier of the {kind.label} is also a word of wayfare's own; it cannot be "
            "told apart everywhere. Nothing was erased."
        )
    _refuse_other_meaning(connection, tokens, kind)
    if current_hash is None:
        return
    current = snapshots.read_snapshot(connection, current_hash)
    if kind is SubjectKind.PASSENGER:
        here, is_what = {p.passenger_id for p in current.passengers}, "is carried"
    else:
        here, is_what = {c.crew_id for c in current.crews}, "works"
    if {one.subject_id for one in ids} & here:
        raise RefusedError(
            f"The {kind.label} stands in the current inputs and {is_what}. Import the inputs "
            "without them first; nothing was erased."
        )
    if build_pattern(tokens).search(write_document(current).decode()):
        raise RefusedError(
            f"An identifier of the {kind.label} is used for something else in the current "
            "inputs too. Rename that first; nothing was erased."
        )


def _refuse_other_meaning(
    connection: sa.Connection, tokens: Collection[str], kind: SubjectKind
) -> None:
    """Refuse an identifier that is somebody's of the staff, or a case's own, as well."""
    for column, what in (
        (models.people.c.person_id, "somebody in the register of people"),
        (models.eligibility_events.c.case_id, "an eligibility case"),
    ):
        if kind is SubjectKind.PASSENGER and what.endswith("case"):
            continue  # their own cases go with them
        held = sa.select(column).where(column.in_(sorted(tokens))).limit(1)
        if connection.execute(held).scalar() is not None:
            raise RefusedError(
                f"An identifier of the {kind.label} is also that of {what}. Nothing was erased."
            )


def _find_reserved_words() -> set[str]:
    """Find the values of every choice, and the field names, that stored documents hold."""
    from enum import Enum
    from typing import get_args, get_type_hints

    found: set[str] = set()

    def visit(hint: Any) -> None:
        if isinstance(hint, type) and issubclass(hint, Enum):
            found.update(str(m.value).casefold() for m in hint)
        for part in get_args(hint):
            visit(part)

    for kind in find_stored_types():
        for name, hint in get_type_hints(kind).items():
            found.add(name)
            visit(hint)
    return found


def _build_names(ids: Collection[SubjectIds]) -> dict[str, str]:
    """Build a pseudonym for every identifier, by chance alone: no key leads back."""
    names: dict[str, str] = {}
    for one in ids:
        stem = f"erased-{secrets.token_hex(6)}"
        names[one.subject_id] = stem
        for kind in ("home", "demand", "lock", "place"):
            for number, token in enumerate(sorted(getattr(one, f"{kind}_ids")), 1):
                names.setdefault(token, f"{stem}-{kind}{number}")
    return names


def _empty_files(connection: sa.Connection, ids: Collection[SubjectIds]) -> int:
    """Empty the imported files that hold them; their hashes, counts and dates stay."""
    held = find_import_files(connection, ids)
    table = models.import_files
    for sha256 in held:
        connection.execute(
            sa.update(table).where(table.c.sha256 == sha256).values(body=b"", n_bytes=0)
        )
    return len(held)


def _empty_quarantine(connection: sa.Connection, ids: Collection[SubjectIds]) -> int:
    table = models.quarantine
    wanted = {t for one in ids for t in one.tokens | one.names}
    n_rows = 0
    for row, _ in find_rows(connection, table, wanted):
        connection.execute(
            sa.update(table)
            .where(table.c.import_no == row.import_no, table.c.position == row.position)
            .values(cells=write_list(()))
        )
        n_rows += 1
    return n_rows


def _drop_cases(connection: sa.Connection, ids: Collection[SubjectIds]) -> int:
    """Drop their eligibility cases: what they rest on cannot be told without them."""
    table = models.eligibility_events
    cases = set()
    for row, _ in find_rows(connection, table, {one.subject_id for one in ids}):
        cases.add((row.place, row.case_id))
    n_rows = 0
    for place, case_id in cases:
        n_rows += connection.execute(
            sa.delete(table).where(table.c.place == place, table.c.case_id == case_id)
        ).rowcount
    return n_rows


def _empty_edits(connection: sa.Connection, tokens: Collection[str]) -> int:
    """Empty the cells of theirs that somebody edited; who did it, and when, stay."""
    table = models.field_changes
    n_rows = 0
    for row, columns in list(find_rows(connection, table, tokens)):
        if table.c.record_id in columns:
            here = sa.and_(*(c == getattr(row, c.name) for c in table.primary_key.columns))
            connection.execute(sa.update(table).where(here).values(was="", now=""))
            n_rows += 1
    return n_rows


def _find_touched_snapshots(connection: sa.Connection, tokens: Collection[str]) -> list[str]:
    """Find the snapshots in which a record names one of them."""
    prints = {row.fingerprint for row, _ in find_rows(connection, models.documents, tokens)}
    versions = models.record_versions
    spans: list[Any] = []
    wanted = sorted(prints)
    for start in range(0, len(wanted), 500):
        spans += connection.execute(
            sa.select(versions.c.place, versions.c.from_no, versions.c.to_no).where(
                versions.c.fingerprint.in_(wanted[start : start + 500])
            )
        ).all()
    heads = connection.execute(sa.select(models.snapshots)).all()
    return [
        h.inputs_hash
        for h in heads
        if any(
            s.place == h.place
            and s.from_no <= h.snapshot_no
            and (s.to_no is None or s.to_no > h.snapshot_no)
            for s in spans
        )
    ]


def _find_touched_plans(connection: sa.Connection, tokens: Collection[str]) -> list[int]:
    found: set[int] = set()
    for table in (
        models.stops,
        models.stop_passengers,
        models.dead_runs,
        models.unserved,
        models.duties,
        models.routes,
    ):
        found |= {row.plan_no for row, _ in find_rows(connection, table, tokens)}
    return sorted(found)
