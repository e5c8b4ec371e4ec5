"""Runs in the store: one row for the run, and rows for all that belongs to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from data.checks import CheckReport
from data.errors import StoreError
from data.inputs import fingerprint, read_document, write_document
from data.money import CostBasis, CostLine
from data.places import Session
from data.plans import Plan, Timetable
from data.runs import (
    Measures,
    PassengerShare,
    RouteAlternatives,
    RunRecord,
    YearPart,
)
from data.store import models
from data.store.plans import read_plan_rows, save_plan_rows
from data.store.rows import (
    insert_all,
    insert_one,
    read_pairs,
    read_stamp,
    read_texts,
    write_list,
    write_stamp,
)

Flat = TypeVar("Flat", PassengerShare, RouteAlternatives, YearPart)

SHOWN, TIMETABLE, BASELINE = "shown", "timetable", "baseline"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDay:
    """The day of a run that is shown, without the year's other plans: a tenth of the reading.

    Attributes are those of `RunRecord`.
    """

    run_id: str
    created_utc: datetime
    inputs_hash: str
    plan: Plan
    lines: tuple[CostLine, ...]
    walks: tuple[tuple[str, str, int], ...]


def save_run_rows(connection: sa.Connection, run: RunRecord) -> None:
    """Save a run and its plans; the same run again changes nothing.

    Raises
    ------
    StoreError
        If its inputs are not in the store, or another run has its id.
    """
    content = fingerprint(run)
    found = connection.execute(
        sa.select(models.runs.c.fingerprint).where(models.runs.c.run_id == run.run_id)
    ).scalar()
    if found is not None:
        if found != content:
            raise StoreError(f"The store holds another run {run.run_id}.")
        return
    held = sa.select(models.snapshots.c.snapshot_no).where(
        models.snapshots.c.inputs_hash == run.inputs_hash
    )
    if connection.execute(held).scalar() is None:
        raise StoreError(
            f"The inputs {run.inputs_hash[:12]} are not in the store. Save them first."
        )
    plan_numbers = _save_plans(connection, run)
    number = insert_one(connection, models.runs, _build_head(run) | {"fingerprint": content})
    _save_parts(connection, run, number, plan_numbers)
    if read_run_rows(connection, run.run_id) != run:
        raise StoreError(
            f"The run {run.run_id} does not read back as it was written; nothing was saved."
        )


def read_run_rows(connection: sa.Connection, run_id: str) -> RunRecord:
    """Read a run back from its rows.

    Raises
    ------
    StoreError
        If there is none, or a check report does not match its hash.
    """
    head = connection.execute(
        sa.select(models.runs).where(models.runs.c.run_id == run_id)
    ).one_or_none()
    if head is None:
        raise StoreError(f"The store holds no run {run_id}.")
    number = int(head.run_no)
    plans: dict[str, list[Plan]] = {SHOWN: [], TIMETABLE: [], BASELINE: []}
    held: dict[int, Plan] = {}
    for row in _read_rows(connection, models.run_plans, number):
        if row.plan_no not in held:
            held[row.plan_no] = read_plan_rows(connection, row.plan_no)
        plans[row.role].append(held[row.plan_no])
    timetable = None
    if head.timetable_id is not None:
        timetable = Timetable(
            timetable_id=head.timetable_id,
            plans=tuple(plans[TIMETABLE]),
            dates=tuple(
                (row.service_date, row.day_type_id)
                for row in _read_rows(connection, models.timetable_dates, number)
            ),
        )
    lines: dict[str, list[CostLine]] = {SHOWN: [], BASELINE: []}
    for row in _read_rows(connection, models.cost_lines, number):
        lines[row.role].append(_read_line(row))
    return RunRecord(
        run_id=head.run_id,
        kind=head.kind,
        place=head.place,
        created_utc=read_stamp(head.created_utc),
        code_version=head.code_version,
        inputs_hash=head.inputs_hash,
        matrix_hash=head.matrix_hash,
        plan=plans[SHOWN][0],
        title=head.title,
        settings=_read_text_pairs(head.settings),
        seed=head.seed,
        steps=head.steps,
        limit=head.search_limit,
        versions=_read_text_pairs(head.versions),
        timetable=timetable,
        baseline=plans[BASELINE][0] if plans[BASELINE] else None,
        lines=tuple(lines[SHOWN]),
        baseline_lines=tuple(lines[BASELINE]),
        shares=_read_flat_rows(connection, models.passenger_shares, number, PassengerShare),
        alternatives=_read_flat_rows(
            connection, models.route_alternatives, number, RouteAlternatives
        ),
        year=_read_flat_rows(connection, models.year_parts, number, YearPart),
        checks=tuple(
            _read_check(row) for row in _read_rows(connection, models.check_reports, number)
        ),
        measures=read_measures(head.measures),
        baseline_measures=read_measures(head.baseline_measures),
        walks=_read_walks(head),
        is_synthetic=head.is_synthetic,
        attribution=read_texts(head.attribution),
    )


def read_run_day(connection: sa.Connection, run_id: str) -> RunDay:
    """Read the day of a run that is shown, by the run's full id."""
    runs, roles, lines = models.runs, models.run_plans, models.cost_lines
    head = connection.execute(sa.select(runs).where(runs.c.run_id == run_id)).one()
    shown = (roles.c.run_no == head.run_no) & (roles.c.role == SHOWN)
    plan_no = connection.execute(sa.select(roles.c.plan_no).where(shown)).scalar_one()
    priced = sa.select(lines).where(lines.c.run_no == head.run_no, lines.c.role == SHOWN)
    return RunDay(
        run_id=head.run_id,
        created_utc=read_stamp(head.created_utc),
        inputs_hash=head.inputs_hash,
        plan=read_plan_rows(connection, int(plan_no)),
        lines=tuple(
            _read_line(row)
            for row in connection.execute(priced.order_by(*lines.primary_key.columns))
        ),
        walks=_read_walks(head),
    )


def _read_walks(head: Any) -> tuple[tuple[str, str, int], ...]:
    """Read the walks asked of passengers back."""
    return tuple((str(h), str(p), int(m)) for h, p, m in read_pairs(head.walks))


def _save_plans(connection: sa.Connection, run: RunRecord) -> list[tuple[str, int, int]]:
    """Save the run's plans; return role, position in the role, and number of each."""
    roles: list[tuple[str, tuple[Plan, ...]]] = [(SHOWN, (run.plan,))]
    if run.timetable is not None:
        roles.append((TIMETABLE, run.timetable.plans))
    if run.baseline is not None:
        roles.append((BASELINE, (run.baseline,)))
    return [
        (role, position, save_plan_rows(connection, plan))
        for role, plans in roles
        for position, plan in enumerate(plans)
    ]


def _save_parts(
    connection: sa.Connection,
    run: RunRecord,
    number: int,
    plan_numbers: list[tuple[str, int, int]],
) -> None:
    """Save all that belongs to the run but its plans."""
    insert_all(
        connection,
        models.run_plans,
        [
            {"run_no": number, "role": role, "position": position, "plan_no": plan_no}
            for role, position, plan_no in plan_numbers
        ],
    )
    if run.timetable is not None:
        insert_all(
            connection,
            models.timetable_dates,
            [
                {
                    "run_no": number,
                    "position": position,
                    "service_date": day,
                    "day_type_id": day_type_id,
                }
                for position, (day, day_type_id) in enumerate(run.timetable.dates)
            ],
        )
    insert_all(connection, models.cost_lines, _build_line_rows(number, SHOWN, run.lines))
    insert_all(
        connection, models.cost_lines, _build_line_rows(number, BASELINE, run.baseline_lines)
    )
    for table, records in (
        (models.passenger_shares, run.shares),
        (models.route_alternatives, run.alternatives),
        (models.year_parts, run.year),
    ):
        insert_all(connection, table, _build_flat_rows(number, records))
    insert_all(
        connection,
        models.check_reports,
        [
            {
                "run_no": number,
                "position": position,
                "plan_id": report.plan_id,
                "report_hash": report.report_hash,
                "n_violations": len(report.violations),
                "document": write_document(report).decode(),
            }
            for position, report in enumerate(run.checks)
        ],
    )


def _build_head(run: RunRecord) -> dict[str, Any]:
    """Build the row of the run itself."""
    return {
        "run_id": run.run_id,
        "kind": run.kind,
        "place": run.place,
        "title": run.title,
        "created_utc": write_stamp(run.created_utc),
        "code_version": run.code_version,
        "inputs_hash": run.inputs_hash,
        "matrix_hash": run.matrix_hash,
        "seed": run.seed,
        "steps": run.steps,
        "search_limit": run.limit,
        "timetable_id": None if run.timetable is None else run.timetable.timetable_id,
        "settings": write_list(run.settings),
        "versions": write_list(run.versions),
        "walks": write_list(run.walks),
        "attribution": write_list(run.attribution),
        "is_synthetic": run.is_synthetic,
        "measures": _write_measures(run.measures),
        "baseline_measures": _write_measures(run.baseline_measures),
    }


def _build_line_rows(number: int, role: str, lines: Iterable[CostLine]) -> list[dict[str, Any]]:
    """Build the rows of cost lines."""
    return [
        {
            "run_no": number,
            "role": role,
            "position": position,
            "plan_id": line.plan_id,
            "duty_id": line.duty_id,
            "route_id": line.route_id,
            "provider_id": line.provider_id,
            "basis": line.basis.value,
            "item": line.item,
            "quantity": line.quantity,
            "unit": line.unit,
            "rate_mpence": line.rate_mpence,
            "amount_pence": line.amount_pence,
            "note": line.note,
            "shared_by": write_list(line.shared_by),
        }
        for position, line in enumerate(lines)
    ]


def _read_rows(connection: sa.Connection, table: sa.Table, run_no: int) -> list[Any]:
    """Read a run's rows of one table in the order of its key."""
    query = sa.select(table).where(table.c.run_no == run_no)
    return list(connection.execute(query.order_by(*table.primary_key.columns)))


def _build_flat_rows(number: int, records: Iterable[Any]) -> list[dict[str, Any]]:
    """Build the rows of records whose fields are the columns of their table."""
    rows = []
    for position, record in enumerate(records):
        row = {field.name: getattr(record, field.name) for field in fields(record)}
        if "session" in row:
            row["session"] = row["session"].value
        rows.append({"run_no": number, "position": position} | row)
    return rows


def _read_flat_rows(
    connection: sa.Connection, table: sa.Table, number: int, kind: type[Flat]
) -> tuple[Flat, ...]:
    """Read records back whose fields are the columns of their table."""
    names = [field.name for field in fields(kind)]
    found = []
    for row in _read_rows(connection, table, number):
        values = {name: getattr(row, name) for name in names}
        if "session" in values:
            values["session"] = Session(values["session"])
        found.append(kind(**values))
    return tuple(found)


def _read_line(row: Any) -> CostLine:
    """Read one cost line back."""
    return CostLine(
        plan_id=row.plan_id,
        duty_id=row.duty_id,
        route_id=row.route_id,
        provider_id=row.provider_id,
        basis=CostBasis(row.basis),
        item=row.item,
        quantity=row.quantity,
        unit=row.unit,
        rate_mpence=row.rate_mpence,
        amount_pence=row.amount_pence,
        note=row.note,
        shared_by=read_texts(row.shared_by),
    )


def _read_check(row: Any) -> CheckReport:
    """Read a check report back and hold it against its hash (C2)."""
    body = row.document.encode()
    if hashlib.sha256(body).hexdigest() != row.report_hash:
        raise StoreError(
            f"The check report of plan {row.plan_id} does not match its hash: the store was "
            "changed from outside. Restore a backup."
        )
    report = read_document(CheckReport, body)
    assert isinstance(report, CheckReport)  # noqa: S101  read_document made it
    return report


def _write_measures(measures: Measures | None) -> str | None:
    """Write figures as text, or nothing."""
    return None if measures is None else write_document(measures).decode()


def read_measures(text: str | None) -> Measures | None:
    """Read figures back, or nothing."""
    if text is None:
        return None
    measures = read_document(Measures, text.encode())
    assert isinstance(measures, Measures)  # noqa: S101  read_document made it
    return measures


def _read_text_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Read named texts back."""
    return tuple((str(name), str(value)) for name, value in json.loads(text))
