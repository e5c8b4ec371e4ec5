"""Read the company's books: every sheet, every problem at once, all or nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from data.accounts import (
    Accounts,
    Activity,
    CostCentre,
    CrewRecord,
    EntryKind,
    LedgerLine,
    LedgerTotal,
    VehicleRecord,
    WorkRecord,
    name_accounts,
)
from data.fleet import CrewRole
from data.imports.files import read_files
from data.imports.forms import count_forms, stage_forms
from data.imports.references import check_references, read_all_keys
from data.imports.report import FileRecord, ImportReport, OriginalFile
from data.imports.rows_ledger import LEDGER_SHEETS
from data.imports.staging import Record, Staging
from data.units import S_PER_HOUR, format_miles, format_pounds
from data.versions import find_code_version

_KEYED = ("cost_centres", "ledger", "vehicle_records", "crew_records", "work_records")
"""Sheets whose first column names the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerImport:
    """What reading the books came to.

    Attributes
    ----------
    accounts
        None when they are refused.
    """

    accounts: Accounts | None
    report: ImportReport
    originals: tuple[OriginalFile, ...]


def read_ledger(path: Path, *, place: str, created_utc: datetime) -> LedgerImport:
    """Read the company's books from a workbook or a folder of CSV.

    Returns
    -------
    The accounts are None if any error stands: books are read whole or not at all.
    """
    staging = Staging(path.name)
    originals, grids = read_files(path, staging, is_mapped=True)
    if not staging.is_blocked:
        stage_forms(staging, grids, LEDGER_SHEETS)
    accounts = None
    hashes = {f.name: f.sha256 for f in originals}
    if not staging.is_blocked:
        _check(staging)
        if not any(staged.rejected for staged in staging.sheets.values()):
            accounts = _build(staging, place, created_utc, hashes)
    report = ImportReport(
        source=path.name,
        files=tuple(
            FileRecord(name=f.name, sha256=f.sha256, n_bytes=len(f.content)) for f in originals
        ),
        counts=count_forms(staging, hashes),
        problems=staging.sorted_problems(),
        is_accepted=accounts is not None,
    )
    return LedgerImport(accounts=accounts, report=report, originals=originals)


def _check(staging: Staging) -> None:
    """Run every check that looks beyond one cell."""
    for sheet in _KEYED:
        _check_twice(staging, sheet)
    check_references(staging, read_all_keys(staging))
    _check_period(staging)
    for record in staging.records("cost_centres"):
        row = record.value
        if row.long_run_bp < row.short_run_bp:
            staging.note(
                "H007", "cost_centres", record, "long_run_bp", value=row.long_run_bp / 100,
                short=f"{row.short_run_bp / 100:g}",
            )  # fmt: skip
    for record in staging.records("ledger"):
        row = record.value
        if row.kind is EntryKind.COST and not row.cost_centre_id:
            staging.note("H003", "ledger", record, "cost_centre_id")
        if row.kind is EntryKind.INCOME and not row.customer_id:
            staging.note("H004", "ledger", record, "customer_id")
    _check_totals(staging)
    _check_hours(staging)
    _check_vehicles(staging)
    _check_drivers(staging)
    _check_customers(staging)


def _check_twice(staging: Staging, sheet: str) -> None:
    if sheet not in staging.sheets:
        return
    key = staging.sheets[sheet].spec.key
    first: dict[str, Record] = {}
    for record in staging.records(sheet):
        identifier = getattr(record.value, key)
        if identifier in first:
            staging.note(
                "X001", sheet, record, key, value=identifier, first=first[identifier].row
            )
        first.setdefault(identifier, record)


def _check_period(staging: Staging) -> None:
    """Check that there is one period, and that every posting lies in it."""
    records = staging.records("period")
    for record in records[1:]:
        staging.note("H006", "period", record, count=len(records))
    if not records:
        return
    period = records[0].value
    if period.to_on < period.from_on:
        staging.note(
            "H005", "period", records[0], "to_on", value=period.to_on, last=period.to_on
        )
        return
    for record in staging.records("ledger"):
        posted_on = record.value.posted_on
        if not period.from_on <= posted_on <= period.to_on:
            staging.note(
                "H002", "ledger", record, "posted_on", value=posted_on,
                first=period.from_on, last=period.to_on,
            )  # fmt: skip


def _check_totals(staging: Staging) -> None:
    """Check that the postings add up to each printed total, to the penny."""
    sums: dict[tuple[EntryKind, str], int] = defaultdict(int)
    for record in staging.records("ledger"):
        row = record.value
        sums[row.kind, ""] += row.amount_pence
        if row.kind is EntryKind.COST and row.cost_centre_id:
            sums[row.kind, row.cost_centre_id] += row.amount_pence
    first: dict[tuple[EntryKind, str], Record] = {}
    for record in staging.records("ledger_totals"):
        row = record.value
        key = (row.kind, row.cost_centre_id or "")
        if key in first:
            staging.note("H013", "ledger_totals", record, first=first[key].row)
        first.setdefault(key, record)
        found = sums.get(key, 0)
        if found != row.amount_pence:
            staging.note(
                "H001", "ledger_totals", record, "amount_pence",
                value=format_pounds(row.amount_pence),
                found=format_pounds(found),
                printed=format_pounds(row.amount_pence),
                difference=format_pounds(abs(found - row.amount_pence)),
            )  # fmt: skip


def _check_hours(staging: Staging) -> None:
    """Ask where work has more hours than the crews were paid for."""
    for role, attribute in ((CrewRole.DRIVER, "driver_s"), (CrewRole.ASSISTANT, "assistant_s")):
        paid_s = sum(
            r.value.paid_s for r in staging.records("crew_records") if r.value.role is role
        )
        worked_s = sum(getattr(r.value, attribute) for r in staging.records("work_records"))
        if worked_s > paid_s and "work_records" in staging.sheets:
            staging.note(
                "H009", "work_records", None, attribute, role=role.value,
                worked=f"{worked_s / S_PER_HOUR:,.1f}", paid=f"{paid_s / S_PER_HOUR:,.1f}",
            )  # fmt: skip


def _check_vehicles(staging: Staging) -> None:
    """Ask where a vehicle's work has more miles or days than the vehicle."""
    metres: Counter[str] = Counter()
    days: dict[str, dict[str, int]] = defaultdict(dict)
    for record in staging.records("work_records"):
        row = record.value
        metres[row.vehicle_id] += row.total_m
        held = days[row.vehicle_id]
        held[row.duty_id] = max(held.get(row.duty_id, 0), row.n_days)
    for record in staging.records("vehicle_records"):
        row = record.value
        if 0 <= row.odometer_m < metres[row.vehicle_id]:
            staging.note(
                "H010", "vehicle_records", record, "odometer_m",
                worked=format_miles(metres[row.vehicle_id]),
                driven=format_miles(row.odometer_m),
            )  # fmt: skip
        worked = sum(days[row.vehicle_id].values())
        if worked > row.n_days:
            staging.note(
                "H011", "vehicle_records", record, "n_days", value=row.n_days,
                worked=worked, there=row.n_days,
            )  # fmt: skip


def _check_drivers(staging: Staging) -> None:
    """Ask where a cost centre has cost and nothing to allocate it by."""
    vehicles = [r.value for r in staging.records("vehicle_records")]
    crews = [r.value for r in staging.records("crew_records")]
    n_works = len(staging.records("work_records"))
    for record in staging.records("cost_centres"):
        row = record.value
        mine = [
            v
            for v in vehicles
            if row.vehicle_type_id in ("", v.vehicle_type_id)
            and row.depot_id in ("", v.depot_id)
        ]
        is_driven = bool(mine) and n_works > 0
        if row.activity is Activity.CREW:
            is_driven = is_driven and any(row.role in (None, c.role) for c in crews)
        if not is_driven:
            staging.note("H008", "cost_centres", record, name=row.name)


def _check_customers(staging: Staging) -> None:
    """Ask about customers with income and no work, or work and no income."""
    income = {
        r.value.customer_id: r
        for r in reversed(staging.records("ledger"))
        if r.value.kind is EntryKind.INCOME and r.value.customer_id
    }
    work = {r.value.customer_id: r for r in reversed(staging.records("work_records"))}
    for customer_id in sorted(income.keys() ^ work.keys()):
        has_income = customer_id in income
        staging.note(
            "H012",
            "ledger" if has_income else "work_records",
            income[customer_id] if has_income else work[customer_id],
            "customer_id",
            value=customer_id,
            customer=customer_id,
            has="income" if has_income else "work",
            lacks="work" if has_income else "income",
        )


def _build(
    staging: Staging, place: str, created_utc: datetime, hashes: dict[str, str]
) -> Accounts:
    """Build the accounts of rows without fault."""
    period = staging.accepted("period")[0].value

    def rows(sheet: str) -> list[dict[str, Any]]:
        return [
            {key: value for key, value in record.value if value is not None}
            for record in staging.accepted(sheet)
        ]

    made = Accounts(
        accounts_id="",
        place=place,
        created_utc=created_utc,
        code_version=find_code_version(),
        title=period.title,
        from_on=period.from_on,
        to_on=period.to_on,
        price_base=period.price_base,
        is_synthetic=period.is_synthetic,
        cost_centres=tuple(CostCentre(**r) for r in rows("cost_centres")),
        lines=tuple(LedgerLine(**r) for r in rows("ledger")),
        totals=tuple(LedgerTotal(**r) for r in rows("ledger_totals")),
        vehicles=tuple(VehicleRecord(**r) for r in rows("vehicle_records")),
        crews=tuple(CrewRecord(**r) for r in rows("crew_records")),
        works=tuple(WorkRecord(**r) for r in rows("work_records")),
        files=tuple(sorted(hashes.items())),
    )
    return name_accounts(made)
