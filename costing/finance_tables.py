"""Rows of the finance tables turned into what is reckoned with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from costing.central import CentralOffer, Runner
from costing.company_plan import ItemKind, PlanItem
from costing.contracts import Contract
from costing.day_services import DayContract
from costing.invoices import DayRecord, InvoiceLine
from costing.recharges import Recharge
from costing.savings import Saving
from data.errors import InputError
from data.imports import read_single_table
from data.imports.finance import blame, check_choice
from data.imports.finance_rows import (
    CentralRow,
    CompanyRow,
    ContractRow,
    DayContractRow,
    InvoiceRow,
    RechargeRow,
    RecordRow,
    SavingRow,
)
from data.imports.single import TableRow


def read_central(path: Path) -> tuple[CentralOffer, ...]:
    """Read central lines; Q007 a runner not known, Q008 two costs of one line."""
    rows = read_single_table(path, CentralRow)
    problems = []
    first: dict[str, TableRow[CentralRow]] = {}
    for row in rows:
        problems += check_choice(path, row.number, "runner", row.value.runner, list(Runner))
        held = first.setdefault(row.value.line, row)
        if held.value.today_pounds != row.value.today_pounds:
            cause = f"Row {held.number} gives the line another cost today."
            problems.append(blame(path, "Q008", row.number, "today_pounds", cause, "Mend."))
    if problems:
        raise InputError(problems)
    return tuple(
        CentralOffer(
            line=r.value.line,
            today_pence=r.value.today_pounds,
            runner=Runner(r.value.runner),
            price_pence=r.value.price_pounds,
            avoidable_bp=r.value.avoidable_percent,
            transition_pence=r.value.transition_pounds,
            stranded_years=r.value.stranded_years,
            source=r.value.source,
        )
        for r in rows
    )


def read_day_contracts(path: Path) -> tuple[DayContract, ...]:
    """Read contract lines of day services."""
    return tuple(
        DayContract(
            phase=r.value.phase,
            service=r.value.service,
            contract_pence=r.value.annual_contract_pounds,
            places=r.value.places or None,
            site_id=r.value.site_id,
            occupancy_bp=r.value.occupancy_percent,
        )
        for r in read_single_table(path, DayContractRow)
    )


def read_savings(path: Path) -> tuple[Saving, ...]:
    """Read the savings register."""
    return tuple(
        Saving(
            saving_id=r.value.saving_id,
            title=r.value.title,
            starts_on=r.value.starts_on,
            yearly_pence=r.value.yearly_pounds,
            one_off_pence=r.value.one_off_pounds,
            cost_pence=r.value.cost_pounds,
            is_cashable=r.value.cashable,
            ramp_months=r.value.ramp_months,
            risk_bp=r.value.risk_percent,
            budget_line=r.value.budget_line,
            group=r.value.group,
            owner=r.value.owner,
            impact=r.value.impact,
            run_id=r.value.run_id,
        )
        for r in read_single_table(path, SavingRow, key="saving_id")
    )


def read_company_items(path: Path) -> tuple[PlanItem, ...]:
    """Read the items of the company's plan; Q007 a kind not known."""
    rows = read_single_table(path, CompanyRow)
    problems = [
        p
        for r in rows
        for p in check_choice(path, r.number, "kind", r.value.kind, list(ItemKind))
    ]
    if problems:
        raise InputError(problems)
    return tuple(
        PlanItem(
            name=r.value.name,
            kind=ItemKind(r.value.kind),
            amount_pence=r.value.pounds,
            growth_bp=r.value.growth_percent,
            from_year=r.value.from_year,
            to_year=r.value.to_year,
            source=r.value.source,
        )
        for r in rows
    )


def read_contracts(path: Path) -> tuple[Contract, ...]:
    """Read the register; Q008 dates reversed, or indexed by more than the whole price."""
    rows = read_single_table(path, ContractRow, key="contract_id")
    problems = []
    for r in rows:
        v = r.value
        if v.ends_on < v.starts_on:
            cause = "The contract ends before it begins."
            problems.append(blame(path, "Q008", r.number, "ends_on", cause, "Correct it."))
        if v.cpi_percent + v.fuel_percent + v.pay_percent > 10_000:
            cause = "More than the whole price is indexed."
            problems.append(blame(path, "Q008", r.number, "cpi_percent", cause, "Lower it."))
    if problems:
        raise InputError(problems)
    return tuple(_build_contract(r.value) for r in rows)


def _build_contract(v: ContractRow) -> Contract:
    weights = {"cpi": v.cpi_percent, "fuel": v.fuel_percent, "pay": v.pay_percent}
    return Contract(
        contract_id=v.contract_id,
        supplier_id=v.supplier_id,
        route=v.route,
        starts_on=v.starts_on,
        ends_on=v.ends_on,
        price_pence=v.price_pounds,
        notice_days=v.notice_days,
        weights={name: weight for name, weight in weights.items() if weight},
        lag_months=v.lag_months,
        cap_bp=v.cap_percent,
        mile_pence=v.mile_pounds,
        planned_tenth_miles=None if v.planned_miles is None else (v.planned_miles + 5) // 10,
        absent_bp=v.absent_percent,
        late_pence=v.late_pounds,
        missed_pence=v.missed_pounds,
        assistant_pence=v.assistant_pounds,
        ride_pence=v.ride_pounds,
        complaint_pence=v.complaint_pounds,
        deduction_cap_bp=v.deduction_cap_percent,
    )


def read_invoices(path: Path) -> tuple[InvoiceLine, ...]:
    """Read invoice lines."""
    return tuple(
        InvoiceLine(
            row=r.number,
            invoice=r.value.invoice,
            supplier_id=r.value.supplier_id,
            contract_id=r.value.contract_id,
            service_date=r.value.service_date,
            amount_pence=r.value.amount_pounds,
            miles=None if r.value.miles is None else (r.value.miles + 5) // 10,
        )
        for r in read_single_table(path, InvoiceRow)
    )


def read_records(path: Path, contracts: Sequence[Contract]) -> tuple[DayRecord, ...]:
    """Read what was run; Q008 more run than due, or a date twice; Q006 no such contract."""
    rows = read_single_table(path, RecordRow)
    known = {c.contract_id for c in contracts}
    seen: dict[tuple[str, object], int] = {}
    problems = []
    for r in rows:
        key = (r.value.contract_id, r.value.service_date)
        if r.value.contract_id not in known:
            cause = "There is no such contract."
            problems.append(blame(path, "Q006", r.number, "contract_id", cause, "Correct it."))
        if r.value.run > r.value.due:
            cause = "More journeys were run than were due."
            problems.append(blame(path, "Q008", r.number, "run", cause, "Correct it."))
        if max(r.value.late, r.value.over_ride, r.value.without_assistant) > r.value.run:
            cause = "More journeys fell short than were run."
            problems.append(blame(path, "Q008", r.number, "late", cause, "Correct it."))
        if key in seen:
            cause = f"Row {seen[key]} has the contract and date too."
            problems.append(blame(path, "Q008", r.number, "service_date", cause, "Keep one."))
        seen.setdefault(key, r.number)
    if problems:
        raise InputError(problems)
    return tuple(
        DayRecord(
            contract_id=r.value.contract_id,
            service_date=r.value.service_date,
            n_due=r.value.due,
            n_run=r.value.run,
            n_passengers=r.value.passengers,
            n_late=r.value.late,
            n_over_ride=r.value.over_ride,
            n_without_assistant=r.value.without_assistant,
            n_complaints=r.value.complaints,
        )
        for r in rows
    )


def read_recharges(path: Path) -> tuple[Recharge, ...]:
    """Read who pays towards whom; identifiers are never shown in a problem."""
    rows = read_single_table(path, RechargeRow, secret=frozenset({"passenger_id"}))
    total: dict[str, int] = {}
    problems = []
    for r in rows:
        total[r.value.passenger_id] = total.get(r.value.passenger_id, 0) + r.value.share_percent
        if total[r.value.passenger_id] > 10_000:
            cause = "More than the passenger's whole cost would be charged on."
            problems.append(blame(path, "Q008", r.number, "share_percent", cause, "Lower it."))
    if problems:
        raise InputError(problems)
    return tuple(
        Recharge(
            passenger_id=r.value.passenger_id,
            payer=r.value.payer,
            kind=r.value.kind,
            share_bp=r.value.share_percent,
            day_pence=r.value.day_pounds,
        )
        for r in rows
    )
