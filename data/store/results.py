"""Results worked out beside runs: tenders, bids, awards, choices of provider.

Each is one document under its own hash, with what it was made from: a result is never changed,
a new one is kept beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from data.accounts import Accounts
from data.alternatives import AlternativesStudy
from data.appraisals import AppraisalStudy, OptionsStudy
from data.award_steps import AwardStep
from data.choices import ProviderStudy
from data.erasures import Erasure
from data.errors import StoreError
from data.inputs import fingerprint, read_document, write_document
from data.outturn import ActualBook, Baseline
from data.papers import Paper, SignOff
from data.price_models import PriceModelStudy
from data.runs import LATEST
from data.statements import KeptStatement
from data.store import models
from data.store.rows import insert_one, read_stamp, write_stamp
from data.studies import StudyRecord
from data.tenders import Award, BidBook, Tender
from data.training import TrainingStudy
from data.uncertainty import DrawsStudy

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """What a type of result is called, and which of its fields are its id and its parent's."""

    name: str
    id_field: str
    parent_field: str


_KINDS: dict[type, _Kind] = {
    Tender: _Kind(name="tender", id_field="tender_id", parent_field="run_id"),
    BidBook: _Kind(name="bids", id_field="book_id", parent_field="tender_id"),
    Accounts: _Kind(name="accounts", id_field="accounts_id", parent_field="place"),
    AppraisalStudy: _Kind(name="appraisal", id_field="study_id", parent_field="draws_id"),
    AwardStep: _Kind(name="award step", id_field="step_id", parent_field="award_id"),
    KeptStatement: _Kind(name="statement", id_field="statement_id", parent_field="topic"),
    AlternativesStudy: _Kind(name="alternatives", id_field="study_id", parent_field="place"),
    Award: _Kind(name="award", id_field="award_id", parent_field="book_id"),
    OptionsStudy: _Kind(name="options", id_field="study_id", parent_field="place"),
    PriceModelStudy: _Kind(name="price models", id_field="study_id", parent_field="tender_id"),
    DrawsStudy: _Kind(name="draws", id_field="study_id", parent_field="run_id"),
    Paper: _Kind(name="paper", id_field="paper_id", parent_field="study_id"),
    SignOff: _Kind(name="sign-off", id_field="sign_off_id", parent_field="paper_id"),
    Baseline: _Kind(name="baseline", id_field="baseline_id", parent_field="paper_id"),
    ActualBook: _Kind(name="outturn", id_field="book_id", parent_field="baseline_id"),
    StudyRecord: _Kind(name="study", id_field="study_id", parent_field="name"),
    ProviderStudy: _Kind(name="providers", id_field="study_id", parent_field="run_id"),
    TrainingStudy: _Kind(name="training", id_field="study_id", parent_field="place"),
    Erasure: _Kind(name="erasure", id_field="erasure_id", parent_field="place"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultSummary:
    """One line of the history of results.

    Attributes
    ----------
    parent_id
        The run or result it was made from.
    """

    result_id: str
    kind: str
    place: str
    parent_id: str
    created_utc: datetime
    code_version: str


def find_kind_name(kind: type) -> str:
    """Find what a type of result is called."""
    return _KINDS[kind].name


def list_result_kinds() -> tuple[type, ...]:
    """List the types of results that the store keeps."""
    return tuple(_KINDS)


def find_result_type(name: str) -> type:
    """Find the type of results of a name.

    Raises
    ------
    KeyError
        If no type is called so.
    """
    return {about.name: kind for kind, about in _KINDS.items()}[name]


def save_result_row(connection: sa.Connection, value: Any, place: str) -> str:
    """Save a result; the same one again changes nothing. Returns its id.

    Raises
    ------
    StoreError
        If another result has its id, or what is read back differs.
    """
    kind = _KINDS[type(value)]
    result_id = str(getattr(value, kind.id_field))
    content = fingerprint(value)
    table = models.results
    found = connection.execute(
        sa.select(table.c.fingerprint).where(table.c.result_id == result_id)
    ).scalar()
    if found is not None:
        if found != content:
            raise StoreError(f"The store holds another {kind.name} {result_id}.")
        return result_id
    insert_one(
        connection,
        table,
        {
            "result_id": result_id,
            "kind": kind.name,
            "place": place,
            "parent_id": str(getattr(value, kind.parent_field)),
            "created_utc": write_stamp(value.created_utc),
            "code_version": value.code_version,
            "fingerprint": content,
            "body": write_document(value).decode(),
        },
    )
    if read_result_row(connection, type(value), result_id) != value:
        raise StoreError(
            f"The {kind.name} {result_id} does not read back as it was written; nothing was "
            "saved."
        )
    return result_id


def read_result_row(connection: sa.Connection, kind: type[T], result_id: str) -> T:
    """Read a result by its full id.

    Raises
    ------
    StoreError
        If there is none, or it was changed behind the program's back.
    """
    table = models.results
    row = connection.execute(
        sa.select(table.c.body, table.c.fingerprint).where(
            table.c.result_id == result_id, table.c.kind == _KINDS[kind].name
        )
    ).one_or_none()
    if row is None:
        raise StoreError(f"The store holds no {_KINDS[kind].name} {result_id}.")
    body = row.body.encode()
    # Of the text kept, not of what is read from it: a kind that gained a field with a default
    # still reads its older results.
    is_whole = hashlib.sha256(body).hexdigest() == row.fingerprint
    value = read_document(kind, body) if is_whole else None
    if not isinstance(value, kind):
        raise StoreError(
            f"The {_KINDS[kind].name} {result_id} does not match its hash: the store was "
            "changed from outside. Restore a backup."
        )
    return value


_COUNT = sa.select(sa.func.count()).where(models.results.c.kind == sa.bindparam("kind"))
"""Asked at every request of a page: put together once."""


def count_result_rows(connection: sa.Connection, kind: type) -> int:
    """Count the results of a kind in all places."""
    return int(connection.execute(_COUNT, {"kind": _KINDS[kind].name}).scalar_one())


def find_result_id(
    connection: sa.Connection,
    kind: type,
    result_id: str,
    place: str | None,
    parent_id: str | None = None,
) -> str:
    """Find a full id from an id, an unmistakable beginning of one, or ``latest``.

    Parameters
    ----------
    parent_id
        Only results made from this run or result.

    Raises
    ------
    StoreError
        If none or more than one answers to it.
    """
    name = _KINDS[kind].name
    table = models.results
    query = sa.select(table.c.result_id).where(table.c.kind == name)
    if place is not None:
        query = query.where(table.c.place == place)
    if parent_id is not None:
        query = query.where(table.c.parent_id == parent_id)
    if result_id == LATEST:
        newest = query.order_by(table.c.created_utc.desc(), table.c.result_no.desc())
        found = connection.execute(newest.limit(1)).scalar()
        if found is None:
            of = f" of {parent_id or place}" if parent_id or place else ""
            raise StoreError(f"The store holds no {name}{of} yet.")
        return str(found)
    begun = query.where(table.c.result_id.startswith(result_id, autoescape=True))
    ids = [str(one) for one in connection.execute(begun.order_by(table.c.result_id)).scalars()]
    if result_id in ids:
        return result_id
    if not ids:
        raise StoreError(f"The store holds no {name} {result_id}.")
    if len(ids) > 1:
        raise StoreError(f"{len(ids)} of kind {name} begin with {result_id}; give more of it.")
    return ids[0]


def list_result_rows(
    connection: sa.Connection, place: str | None, kind: type | None
) -> tuple[ResultSummary, ...]:
    """List results, the newest first."""
    table = models.results
    # Not their documents, which are megabytes.
    told = (
        table.c.result_id,
        table.c.kind,
        table.c.place,
        table.c.parent_id,
        table.c.created_utc,
        table.c.code_version,
    )
    query = sa.select(*told).order_by(table.c.created_utc.desc(), table.c.result_no.desc())
    if place is not None:
        query = query.where(table.c.place == place)
    if kind is not None:
        query = query.where(table.c.kind == _KINDS[kind].name)
    return tuple(
        ResultSummary(
            result_id=row.result_id,
            kind=row.kind,
            place=row.place,
            parent_id=row.parent_id,
            created_utc=read_stamp(row.created_utc),
            code_version=row.code_version,
        )
        for row in connection.execute(query)
    )
