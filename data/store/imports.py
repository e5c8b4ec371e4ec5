"""Imports in the store: the original bytes, the rows counted, the rows put in quarantine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from data.errors import StoreError
from data.imports.report import QuarantinedRow, SheetCount
from data.store import models
from data.store.rows import (
    insert_all,
    insert_one,
    read_stamp,
    read_texts,
    write_list,
    write_stamp,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord:
    """One import as it is remembered."""

    import_no: int
    place: str
    created_utc: datetime
    code_version: str
    inputs_hash: str | None
    counts: tuple[SheetCount, ...]
    n_quarantined: int


def save_import_rows(
    connection: sa.Connection,
    *,
    place: str,
    files: Mapping[str, bytes],
    counts: Sequence[SheetCount],
    rejected: Sequence[QuarantinedRow],
    inputs_hash: str | None,
    created_utc: datetime,
    code_version: str,
) -> int:
    """Save one import; return its number.

    Raises
    ------
    StoreError
        If a count speaks of a file whose bytes are not among `files`.
    """
    hashes = {hashlib.sha256(body).hexdigest(): body for body in files.values()}
    strange = sorted({c.file_name for c in counts if c.sha256 not in hashes})
    if strange:
        raise StoreError(f"The original bytes of {', '.join(strange)} are missing.")
    save_files(connection, files)
    number = insert_one(
        connection,
        models.imports,
        {
            "place": place,
            "created_utc": write_stamp(created_utc),
            "code_version": code_version,
            "inputs_hash": inputs_hash,
        },
    )
    insert_all(
        connection,
        models.import_counts,
        [
            {"import_no": number, "position": position, **asdict(count)}
            for position, count in enumerate(counts)
        ],
    )
    insert_all(
        connection,
        models.quarantine,
        [
            {
                "import_no": number,
                "position": position,
                "file_name": row.file_name,
                "sheet": row.sheet,
                "row_no": row.row,
                "codes": write_list(row.codes),
                "cells": write_list(row.cells),
            }
            for position, row in enumerate(rejected)
        ],
    )
    return number


def save_files(connection: sa.Connection, files: Mapping[str, bytes]) -> None:
    """Save original bytes under their SHA-256; those that are there stay as they are."""
    hashes = {hashlib.sha256(body).hexdigest(): body for body in files.values()}
    table = models.import_files
    held = set(
        connection.execute(
            sa.select(table.c.sha256).where(table.c.sha256.in_(sorted(hashes)))
        ).scalars()
    )
    insert_all(
        connection,
        table,
        [
            {"sha256": sha256, "n_bytes": len(body), "body": body}
            for sha256, body in sorted(hashes.items())
            if sha256 not in held
        ],
    )


def list_import_rows(connection: sa.Connection, place: str | None) -> tuple[ImportRecord, ...]:
    """List imports with their counts, the newest first."""
    table = models.imports
    query = sa.select(table).order_by(table.c.import_no.desc())
    if place is not None:
        query = query.where(table.c.place == place)
    counts: dict[int, list[SheetCount]] = {}
    columns = models.import_counts.c
    for row in connection.execute(
        sa.select(models.import_counts).order_by(columns.import_no, columns.position)
    ):
        counts.setdefault(row.import_no, []).append(
            SheetCount(
                file_name=row.file_name,
                sha256=row.sha256,
                sheet=row.sheet,
                n_read=row.n_read,
                n_accepted=row.n_accepted,
                n_rejected=row.n_rejected,
                n_blank=row.n_blank,
                n_header=row.n_header,
            )
        )
    held = models.quarantine.c.import_no
    counted = connection.execute(sa.select(held, sa.func.count("*")).group_by(held))
    quarantined = {int(row[0]): int(row[1]) for row in counted}
    return tuple(
        ImportRecord(
            import_no=row.import_no,
            place=row.place,
            created_utc=read_stamp(row.created_utc),
            code_version=row.code_version,
            inputs_hash=row.inputs_hash,
            counts=tuple(counts.get(row.import_no, ())),
            n_quarantined=quarantined.get(row.import_no, 0),
        )
        for row in connection.execute(query)
    )


def read_import_bytes(connection: sa.Connection, sha256: str) -> bytes:
    """Read the original bytes of an imported file.

    Raises
    ------
    StoreError
        If they are not in the store, or are not what was imported.
    """
    table = models.import_files
    body = connection.execute(sa.select(table.c.body).where(table.c.sha256 == sha256)).scalar()
    if body is None:
        raise StoreError(f"The store holds no imported file {sha256[:12]}.")
    if not body:
        raise StoreError(
            f"The imported file {sha256[:12]} was erased: its retention was over, or it held "
            "somebody who was erased."
        )
    if hashlib.sha256(body).hexdigest() != sha256:
        raise StoreError(f"The imported file {sha256[:12]} was changed. Restore a backup.")
    return bytes(body)


def read_quarantine_rows(
    connection: sa.Connection, import_no: int
) -> tuple[QuarantinedRow, ...]:
    """Read the rows an import put in quarantine, in the order they were read."""
    table = models.quarantine
    query = sa.select(table).where(table.c.import_no == import_no).order_by(table.c.position)
    return tuple(
        QuarantinedRow(
            file_name=row.file_name,
            sheet=row.sheet,
            row=row.row_no,
            codes=read_texts(row.codes),
            cells=tuple((str(name), str(value)) for name, value in json.loads(row.cells)),
        )
        for row in connection.execute(query)
    )
