"""Erasing people from the store: records blanked, identifiers replaced, hashes made anew.

Costs, totals and checkers' reports stay, under a pseudonym that leads nowhere. What is verified
by a hash gets its new one, and whatever names an old hash gets the new one too, so that the
store reads back as before. The caller rewrites the file afterwards, free pages included.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from data.checks import CheckReport
from data.eligibility import CaseEvent
from data.erasures import Erasure
from data.errors import RefusedError
from data.inputs import fingerprint, read_document, write_document
from data.nights import Candidate, Proposal, Publication
from data.passengers import Passenger
from data.personal.register import find_stored_types
from data.places import Home, Place
from data.store import models, snapshots
from data.store.deferring import deferred_references
from data.store.person_rows import (
    PersonIds,
    build_pattern,
    find_import_files,
    find_person_ids,
    find_rows,
)
from data.store.plans import read_plan_rows
from data.store.results import find_result_type, save_result_row
from data.store.rows import write_list

NOT_BORN = date(1900, 1, 1)
"""Stands in the place of an erased birth date."""

_UNCHANGED = frozenset({"documents", "import_files", "audit_entries"})
"""Tables not renamed in: the first two have ways of their own; the log of who did and read what
is a chain that nobody may change, and keeps the bare identifier for its own time."""

_TYPED: Mapping[str, tuple[str, type]] = {
    "candidates": ("body", Candidate),
    "publications": ("body", Publication),
    "proposals": ("body", Proposal),
    "check_reports": ("document", CheckReport),
}


def erase_person_rows(
    connection: sa.Connection,
    place: str,
    passenger_ids: Collection[str],
    *,
    person_id: str,
    reason: str,
    now_utc: datetime,
    code_version: str,
    current_hash: str | None,
) -> tuple[Erasure, tuple[PersonIds, ...]]:
    """Erase passengers who are carried no more; in one transaction of the caller.

    Parameters
    ----------
    current_hash
        Fingerprint of the place's current inputs, in which nobody of them may stand.

    Raises
    ------
    RefusedError
        If one is not known, is carried now, or has an identifier that means something else too.
    """
    found = find_person_ids(connection, sorted(set(passenger_ids)))
    ids = tuple(found.values())
    _refuse_unknown(connection, ids)
    tokens = frozenset(t for one in ids for t in one.tokens)
    _refuse_current(connection, ids, tokens, current_hash)
    names = _build_names(ids)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    counts: dict[str, int] = {}
    with deferred_references(connection):
        counts["import files"] = _empty_files(connection, ids)
        counts["quarantined rows"] = _empty_quarantine(connection, ids)
        counts["eligibility events"] = _drop_cases(connection, ids)
        counts["edited cells"] = _empty_edits(connection, tokens)
        touched = _find_touched_snapshots(connection, tokens)
        plans = _find_touched_plans(connection, tokens)
        hashes = _blank_documents(connection, ids, names, counts)
        for table in models.metadata.sorted_tables:
            if table.name not in _UNCHANGED:
                n_rows = _rename_rows(connection, table, tokens, names)
                if n_rows:
                    counts[f"rows of {table.name}"] = n_rows
        hashes |= _rehash_plans(connection, plans)
        hashes |= _rehash_snapshots(connection, touched)
        _settle_hashes(connection, hashes)
    stamp = now_utc.strftime("%Y%m%dT%H%M%S")
    done = Erasure(
        erasure_id=f"{place}-erasure-{stamp}-{secrets.token_hex(3)}",
        place=place,
        created_utc=now_utc,
        code_version=code_version,
        person_id=person_id,
        reason=reason,
        pseudonyms=tuple(sorted(names[one.passenger_id] for one in ids)),
        counts=tuple(sorted((k, n) for k, n in counts.items() if n)),
    )
    save_result_row(connection, done, place)
    return done, ids


def _refuse_unknown(connection: sa.Connection, ids: Collection[PersonIds]) -> None:
    for one in ids:
        held = connection.execute(
            sa.select(models.record_versions.c.record_no)
            .where(
                models.record_versions.c.kind == "passengers",
                models.record_versions.c.record_id == one.passenger_id,
            )
            .limit(1)
        ).scalar()
        if held is None:
            raise RefusedError("The store holds no passenger with that identifier.")


def _refuse_current(
    connection: sa.Connection,
    ids: Collection[PersonIds],
    tokens: Collection[str],
    current_hash: str | None,
) -> None:
    """Refuse who is carried now, and an identifier that means something else as well."""
    reserved = _find_reserved_words()
    if any(t.casefold() in reserved for t in tokens):
        raise RefusedError(
            "An identifier of the passenger is also a word of wayfare's own; it cannot be told "
            "apart everywhere. Nothing was erased."
        )
    if current_hash is None:
        return
    current = snapshots.read_snapshot(connection, current_hash)
    if {one.passenger_id for one in ids} & {p.passenger_id for p in current.passengers}:
        raise RefusedError(
            "The passenger stands in the current inputs and is carried. Import the inputs "
            "without them first; nothing was erased."
        )
    if build_pattern(tokens).search(write_document(current).decode()):
        raise RefusedError(
            "An identifier of the passenger is used for something else in the current inputs "
            "too. Rename that first; nothing was erased."
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


def _build_names(ids: Collection[PersonIds]) -> dict[str, str]:
    """Build a pseudonym for every identifier, by chance alone: no key leads back."""
    names: dict[str, str] = {}
    for one in ids:
        stem = f"erased-{secrets.token_hex(6)}"
        names[one.passenger_id] = stem
        for kind in ("home", "demand", "lock", "place"):
            for number, token in enumerate(sorted(getattr(one, f"{kind}_ids")), 1):
                names.setdefault(token, f"{stem}-{kind}{number}")
    return names


def _empty_files(connection: sa.Connection, ids: Collection[PersonIds]) -> int:
    """Empty the imported files that hold them; their hashes, counts and dates stay."""
    held = find_import_files(connection, ids)
    table = models.import_files
    for sha256 in held:
        connection.execute(
            sa.update(table).where(table.c.sha256 == sha256).values(body=b"", n_bytes=0)
        )
    return len(held)


def _empty_quarantine(connection: sa.Connection, ids: Collection[PersonIds]) -> int:
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


def _drop_cases(connection: sa.Connection, ids: Collection[PersonIds]) -> int:
    """Drop their eligibility cases: what they rest on cannot be told without them."""
    table = models.eligibility_events
    cases = set()
    for row, _ in find_rows(connection, table, {one.passenger_id for one in ids}):
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
    for table in (models.stops, models.stop_passengers, models.dead_runs, models.unserved):
        found |= {row.plan_no for row, _ in find_rows(connection, table, tokens)}
    return sorted(found)


def _blank_documents(
    connection: sa.Connection,
    ids: Collection[PersonIds],
    names: Mapping[str, str],
    counts: dict[str, int],
) -> dict[str, str]:
    """Blank their own records and rename them in others; returns new hashes by old ones."""
    table, versions = models.documents, models.record_versions
    tokens = frozenset(names)
    hashes: dict[str, str] = {}
    for row, _ in list(find_rows(connection, table, tokens)):
        body = _blank(row.kind, row.body, ids, names)
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


def _blank(kind: str, body: str, ids: Collection[PersonIds], names: Mapping[str, str]) -> str:
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


def _rename_rows(
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


def _rehash_plans(connection: sa.Connection, plan_numbers: list[int]) -> dict[str, str]:
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


def _rehash_snapshots(connection: sa.Connection, touched: list[str]) -> dict[str, str]:
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


def _settle_hashes(connection: sa.Connection, hashes: dict[str, str]) -> None:
    """Put new hashes for old ones everywhere; what that changes is hashed anew in its turn.

    A document can only name what was there before it, so this ends.
    """
    todo = dict(hashes)
    while todo:
        for table in models.metadata.sorted_tables:
            if table.name not in _UNCHANGED - {"documents"}:
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
