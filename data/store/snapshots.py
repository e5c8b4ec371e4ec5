"""Inputs in the store: one document per record, with the span of snapshots it was valid in.

A snapshot is a state of all inputs of a place. Its records are rows of ``record_versions``,
each valid from one snapshot to another of the same place; documents are shared by fingerprint.
So a snapshot costs what changed since the one before, and a record's rows are its history.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from data.errors import StoreError
from data.fleet import Crew, Supplier, Vehicle, VehicleType
from data.inputs import Inputs, fingerprint, read_document, write_document
from data.money import Assumption, OwnCosts, RateCard
from data.passengers import Demand, Passenger
from data.places import (
    Calendar,
    Depot,
    EarlyClosing,
    Gate,
    Home,
    Nation,
    PickUpPoint,
    Place,
    Site,
)
from data.plans import CurrentRoute, Lock
from data.policy import Policy
from data.store.models import documents, record_versions, snapshots
from data.store.rows import insert_all, insert_one, read_stamp, write_stamp
from data.units import LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One kept state of a place's inputs."""

    inputs_hash: str
    place: str
    title: str
    created_utc: datetime
    code_version: str
    n_records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordVersion:
    """One version of a record: its document and the stamps of its first and last snapshot.

    Attributes
    ----------
    to_utc
        When a snapshot first did not hold it any more; None while it holds.
    """

    document: str
    fingerprint: str
    from_utc: datetime
    to_utc: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """The fields of inputs that are no records."""

    place: str
    title: str
    service_date: date
    year_from: date
    year_to: date
    is_synthetic: bool
    attribution: tuple[str, ...]
    nation: Nation = field(default=Nation.ENGLAND, metadata=LATE)


_HEADER = "header"

_SINGLES: Mapping[str, type] = {"own_costs": OwnCosts, "policy": Policy}
"""Fields of `Inputs` that are one record each."""

_LISTS: Mapping[str, tuple[type, Callable[[Any], str]]] = {
    "places": (Place, lambda r: r.place_id),
    "passengers": (Passenger, lambda r: r.passenger_id),
    "homes": (Home, lambda r: r.home_id),
    "demands": (Demand, lambda r: r.demand_id),
    "sites": (Site, lambda r: r.site_id),
    "gates": (Gate, lambda r: r.gate_id),
    "calendars": (Calendar, lambda r: r.calendar_id),
    "early_closings": (EarlyClosing, lambda r: f"{r.site_id}/{r.on.isoformat()}"),
    "depots": (Depot, lambda r: r.depot_id),
    "vehicle_types": (VehicleType, lambda r: r.vehicle_type_id),
    "vehicles": (Vehicle, lambda r: r.vehicle_id),
    "crews": (Crew, lambda r: r.crew_id),
    "suppliers": (Supplier, lambda r: r.supplier_id),
    "rate_cards": (RateCard, lambda r: r.rate_card_id),
    "pick_up_points": (PickUpPoint, lambda r: r.pick_up_point_id),
    "locks": (Lock, lambda r: r.lock_id),
    "current_routes": (
        CurrentRoute,
        lambda r: f"{r.route_name}/{r.session}/{r.sequence:04d}/{r.passenger_id}",
    ),
    "assumptions": (Assumption, lambda r: r.name),
}
"""Fields of `Inputs` that are lists of records, with the type and the id of one."""

_HEADER_FIELDS = tuple(_Header.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class _Record:
    """A record on its way to the store."""

    kind: str
    record_id: str
    body: bytes
    fingerprint: str


def save_snapshot(
    connection: sa.Connection,
    inputs: Inputs,
    *,
    created_utc: datetime,
    code_version: str,
    chain: str = "",
) -> str:
    """Keep the inputs; the same inputs again change nothing.

    Parameters
    ----------
    chain
        History the snapshot belongs to: the place's own by default, or that of a what-if case,
        which must not stand between two states of the place.

    Returns
    -------
    The fingerprint of the inputs, under which they are read.
    """
    inputs_hash = fingerprint(inputs)
    if _find_snapshot_no(connection, inputs_hash) is not None:
        return inputs_hash
    records, orders = _build_records(inputs)
    place = chain or inputs.place
    number = insert_one(
        connection,
        snapshots,
        {
            "inputs_hash": inputs_hash,
            "place": place,
            "title": inputs.title,
            "created_utc": write_stamp(created_utc),
            "code_version": code_version,
            "n_records": len(records),
            "orders": orders,
        },
    )
    _save_documents(connection, records)
    versions = record_versions
    open_rows = {
        (row.kind, row.record_id): row
        for row in connection.execute(
            sa.select(
                versions.c.record_no,
                versions.c.kind,
                versions.c.record_id,
                versions.c.fingerprint,
            ).where(versions.c.place == place, versions.c.to_no.is_(None))
        )
    }
    wanted = {(r.kind, r.record_id): r for r in records}
    ended = [
        row.record_no
        for key, row in open_rows.items()
        if key not in wanted or wanted[key].fingerprint != row.fingerprint
    ]
    if ended:
        connection.execute(
            sa.update(versions)
            .where(versions.c.record_no == sa.bindparam("b_record_no"))
            .values(to_no=number),
            [{"b_record_no": record_no} for record_no in ended],
        )
    insert_all(
        connection,
        versions,
        [
            {
                "place": place,
                "kind": record.kind,
                "record_id": record.record_id,
                "fingerprint": record.fingerprint,
                "from_no": number,
                "to_no": None,
            }
            for key, record in wanted.items()
            if key not in open_rows or open_rows[key].fingerprint != record.fingerprint
        ],
    )
    return inputs_hash


def read_snapshot(connection: sa.Connection, inputs_hash: str) -> Inputs:
    """Read inputs back, equal to what was saved.

    Raises
    ------
    StoreError
        If they are not in the store, or a document was changed behind the program's back.
    """
    number = _find_snapshot_no(connection, inputs_hash)
    if number is None:
        raise StoreError(f"The store holds no inputs {inputs_hash[:12]}.")
    head = connection.execute(
        sa.select(snapshots).where(snapshots.c.snapshot_no == number)
    ).one()
    versions = record_versions
    rows = connection.execute(
        sa.select(
            versions.c.kind, versions.c.record_id, documents.c.fingerprint, documents.c.body
        )
        .join(documents, documents.c.fingerprint == versions.c.fingerprint)
        .where(
            versions.c.place == head.place,
            versions.c.from_no <= number,
            sa.or_(versions.c.to_no.is_(None), versions.c.to_no > number),
        )
    ).all()
    bodies: dict[str, dict[str, bytes]] = {}
    for row in rows:
        body = row.body.encode()
        if hashlib.sha256(body).hexdigest() != row.fingerprint:
            raise StoreError(
                f"The record {row.record_id} of {row.kind} in inputs {inputs_hash[:12]} does "
                "not match its fingerprint: somebody changed the store. Restore a backup."
            )
        bodies.setdefault(row.kind, {})[row.record_id] = body
    if len(rows) != head.n_records:
        raise StoreError(
            f"Inputs {inputs_hash[:12]} have {len(rows)} records in the store, not the "
            f"{head.n_records} that were saved. Restore a backup."
        )
    return _build_inputs(bodies, json.loads(head.orders))


def list_snapshots(connection: sa.Connection, place: str | None) -> tuple[Snapshot, ...]:
    """List kept inputs, the newest first."""
    query = sa.select(snapshots).order_by(snapshots.c.snapshot_no.desc())
    if place is not None:
        query = query.where(snapshots.c.place == place)
    return tuple(
        Snapshot(
            inputs_hash=row.inputs_hash,
            place=row.place,
            title=row.title,
            created_utc=read_stamp(row.created_utc),
            code_version=row.code_version,
            n_records=row.n_records,
        )
        for row in connection.execute(query)
    )


def read_record_history(
    connection: sa.Connection, place: str, kind: str, record_id: str
) -> tuple[RecordVersion, ...]:
    """Read every version of one record, the oldest first."""
    versions = record_versions
    begun, ended = snapshots.alias("begun"), snapshots.alias("ended")
    rows = connection.execute(
        sa.select(
            documents.c.body,
            documents.c.fingerprint,
            begun.c.created_utc.label("from_utc"),
            ended.c.created_utc.label("to_utc"),
        )
        .select_from(versions)
        .join(documents, documents.c.fingerprint == versions.c.fingerprint)
        .join(begun, begun.c.snapshot_no == versions.c.from_no)
        .outerjoin(ended, ended.c.snapshot_no == versions.c.to_no)
        .where(
            versions.c.place == place,
            versions.c.kind == kind,
            versions.c.record_id == record_id,
        )
        .order_by(versions.c.from_no)
    )
    return tuple(
        RecordVersion(
            document=row.body,
            fingerprint=row.fingerprint,
            from_utc=read_stamp(row.from_utc),
            to_utc=None if row.to_utc is None else read_stamp(row.to_utc),
        )
        for row in rows
    )


def find_record_type(kind: str) -> type | None:
    """Find the type of the records of a kind; None for what is no record, as an order."""
    if kind == _HEADER:
        return _Header
    if kind in _SINGLES:
        return _SINGLES[kind]
    return _LISTS[kind][0] if kind in _LISTS else None


def _find_snapshot_no(connection: sa.Connection, inputs_hash: str) -> int | None:
    """Find the number of a snapshot, or None."""
    return connection.execute(
        sa.select(snapshots.c.snapshot_no).where(snapshots.c.inputs_hash == inputs_hash)
    ).scalar()


def _save_documents(connection: sa.Connection, records: list[_Record]) -> None:
    """Save the documents that the store does not hold yet."""
    new = {r.fingerprint: r for r in records}
    wanted = sorted(new)
    # Asked in slices: both engines limit the number of bound values of one statement.
    for start in range(0, len(wanted), 500):
        known = connection.execute(
            sa.select(documents.c.fingerprint).where(
                documents.c.fingerprint.in_(wanted[start : start + 500])
            )
        )
        for (found,) in known:
            del new[found]
    insert_all(
        connection,
        documents,
        [
            {"fingerprint": r.fingerprint, "kind": r.kind, "body": r.body.decode()}
            for _, r in sorted(new.items())
        ],
    )


def _build_records(inputs: Inputs) -> tuple[list[_Record], str]:
    """Build the records of inputs, and the order of each list that is not sorted by id."""
    header = _Header(**{name: getattr(inputs, name) for name in _HEADER_FIELDS})
    records = [_build_record(_HEADER, _HEADER, header)]
    records += [_build_record(name, name, getattr(inputs, name)) for name in _SINGLES]
    orders: dict[str, str] = {}
    for kind, (_, id_of) in _LISTS.items():
        ids: list[str] = []
        seen: dict[str, int] = {}
        for value in getattr(inputs, kind):
            record_id = id_of(value)
            seen[record_id] = seen.get(record_id, 0) + 1
            if seen[record_id] > 1:
                # The store keeps what it is given; repeated ids are the import's affair.
                record_id = f"{record_id}#{seen[record_id]}"
            ids.append(record_id)
            records.append(_build_record(kind, record_id, value))
        if ids != sorted(ids):
            order = _build_record("order", kind, None, json.dumps(ids).encode())
            orders[kind] = order.record_id
            records.append(order)
    return records, json.dumps(sorted(orders))


def _build_record(kind: str, record_id: str, value: Any, body: bytes | None = None) -> _Record:
    """Build one record from a domain value, or from a body that is ready."""
    used = write_document(value) if body is None else body
    return _Record(kind, record_id, used, hashlib.sha256(used).hexdigest())


def _build_inputs(bodies: dict[str, dict[str, bytes]], ordered_kinds: list[str]) -> Inputs:
    """Build inputs from the documents of their records."""
    header = read_document(_Header, bodies[_HEADER][_HEADER])
    fields: dict[str, Any] = {name: getattr(header, name) for name in _HEADER_FIELDS}
    for name, single in _SINGLES.items():
        fields[name] = read_document(single, bodies[name][name])
    for kind, (record_type, _) in _LISTS.items():
        held = bodies.get(kind, {})
        ids = json.loads(bodies["order"][kind]) if kind in ordered_kinds else sorted(held)
        many = b"[" + b",".join(held[record_id] for record_id in ids) + b"]"
        fields[kind] = read_document(tuple[record_type, ...], many)  # type: ignore[valid-type]
    return Inputs(**fields)
