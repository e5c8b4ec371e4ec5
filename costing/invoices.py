"""Invoices against contracts and what was run: every difference in pence, with its reason.

Each line is due what the contract pays for what happened on its date. Reasons are tested in the
order of `Reason`; the first that takes money off a line names the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from costing.contracts import Contract, Indices, price_contract
from data.units import divide_half_up


class Reason(StrEnum):
    """Why a line is due something else than is claimed."""

    UNKNOWN = "no such contract"
    SUPPLIER = "another supplier's contract"
    DATE = "outside the contract's dates"
    TWICE = "claimed already"
    CLOSED = "nobody travels that day"
    NOT_RUN = "recorded as not run"
    ABSENT = "nobody travelled"
    MILES = "miles beyond those planned"
    PRICE = "not the contract's price"
    NONE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line: a day of a contract.

    Attributes
    ----------
    miles
        Miles claimed in tenths, or None.
    amount_pence
        Claimed, net of VAT. [pence]
    """

    row: int
    invoice: str
    supplier_id: str
    contract_id: str
    service_date: date
    amount_pence: int
    miles: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRecord:
    """What happened on one date of one contract.

    Attributes
    ----------
    n_due, n_run
        Journeys that were due, and that were run.
    n_late, n_over_ride, n_without_assistant, n_complaints
        Journeys late at the site, rides over the limit, without an assistant they needed, and
        complaints upheld.
    n_passengers
        Who travelled.
    """

    contract_id: str
    service_date: date
    n_due: int = 2
    n_run: int = 2
    n_passengers: int = 1
    n_late: int = 0
    n_over_ride: int = 0
    n_without_assistant: int = 0
    n_complaints: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFinding:
    """A line with what is due. [pence]"""

    line: InvoiceLine
    due_pence: int
    reason: Reason

    @property
    def difference_pence(self) -> int:
        """Claimed less due. [pence]"""
        return self.line.amount_pence - self.due_pence


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """What a contract has come to by a date. [pence]

    Attributes
    ----------
    invoiced_pence
        As claimed; None without invoices.
    due_pence
        What its terms pay for the days invoiced, or without invoices for those run.
    """

    n_days: int
    invoiced_pence: int | None
    due_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """One contract in one month.

    Attributes
    ----------
    on_time_bp, ride_bp, assistant_bp, run_bp
        Shares of journeys that kept to it. [0.01 %]
    deduction_pence
        What the payment mechanism takes off, after its cap. [pence]
    """

    contract_id: str
    supplier_id: str
    month: str
    n_due: int
    run_bp: int
    on_time_bp: int
    ride_bp: int
    assistant_bp: int
    n_complaints: int
    price_pence: int
    uncapped_pence: int
    deduction_pence: int


def check_invoices(
    lines: Sequence[InvoiceLine],
    contracts: Sequence[Contract],
    *,
    indices: Indices,
    records: Sequence[DayRecord] = (),
    is_service_day: Callable[[str, date], bool] = lambda route, on: True,
) -> tuple[LineFinding, ...]:
    """Check every line.

    Parameters
    ----------
    is_service_day
        Whether anybody has a journey on a route on a date.
    """
    by_id = {c.contract_id: c for c in contracts}
    happened = {(r.contract_id, r.service_date): r for r in records}
    seen: set[tuple[str, date]] = set()
    found = []
    for line in lines:
        contract = by_id.get(line.contract_id)
        due, reason = 0, Reason.NONE
        key = (line.contract_id, line.service_date)
        if contract is None:
            reason = Reason.UNKNOWN
        elif contract.supplier_id != line.supplier_id:
            reason = Reason.SUPPLIER
        elif not contract.starts_on <= line.service_date <= contract.ends_on:
            reason = Reason.DATE
        elif key in seen:
            reason = Reason.TWICE
        elif not is_service_day(contract.route, line.service_date):
            reason = Reason.CLOSED
        else:
            seen.add(key)
            due, reason = _find_due(line, contract, indices, happened.get(key))
        found.append(LineFinding(line=line, due_pence=due, reason=reason))
    return tuple(found)


def _find_due(
    line: InvoiceLine, contract: Contract, indices: Indices, record: DayRecord | None
) -> tuple[int, Reason]:
    """Find what a line in order is due, and why it is not what is claimed. [pence]

    Miles below those planned come off; miles beyond them are paid only if agreed, so they are
    not due.
    """
    price = price_contract(contract, indices, line.service_date)
    beyond = 0
    if None not in (contract.mile_pence, contract.planned_tenth_miles, line.miles):
        beyond = (line.miles or 0) - (contract.planned_tenth_miles or 0)
    per_mile = contract.mile_pence or 0
    if record is not None and record.n_due and record.n_run < record.n_due:
        due = divide_half_up(price * record.n_run, record.n_due)
        reason = Reason.NOT_RUN
    elif record is not None and not record.n_passengers:
        due, reason = divide_half_up(price * contract.absent_bp, 10_000), Reason.ABSENT
    elif beyond < 0:
        due, reason = price + divide_half_up(per_mile * beyond, 10), Reason.MILES
    else:
        due, reason = price, Reason.PRICE
        if beyond and line.amount_pence == price + divide_half_up(per_mile * beyond, 10):
            reason = Reason.MILES
    return due, (Reason.NONE if due == line.amount_pence else reason)


def build_scorecards(
    records: Sequence[DayRecord], contracts: Sequence[Contract], *, indices: Indices
) -> tuple[Scorecard, ...]:
    """Score every contract month by month, with what the payment mechanism takes off."""
    by_id = {c.contract_id: c for c in contracts}
    groups: dict[tuple[str, str], list[DayRecord]] = {}
    for record in records:
        if record.contract_id in by_id:
            month = f"{record.service_date:%Y-%m}"
            groups.setdefault((record.contract_id, month), []).append(record)
    found = []
    for (contract_id, month), held in sorted(groups.items()):
        contract = by_id[contract_id]
        due, run = sum(r.n_due for r in held), sum(r.n_run for r in held)
        price = sum(price_contract(contract, indices, r.service_date) for r in held)
        late = sum(r.n_late for r in held)
        rides = sum(r.n_over_ride for r in held)
        alone = sum(r.n_without_assistant for r in held)
        complaints = sum(r.n_complaints for r in held)
        uncapped = (
            late * contract.late_pence
            + (due - run) * contract.missed_pence
            + alone * contract.assistant_pence
            + rides * contract.ride_pence
            + complaints * contract.complaint_pence
        )
        cap = divide_half_up(price * contract.deduction_cap_bp, 10_000)
        found.append(
            Scorecard(
                contract_id=contract_id,
                supplier_id=contract.supplier_id,
                month=month,
                n_due=due,
                run_bp=_share(run, due),
                on_time_bp=_share(run - late, run),
                ride_bp=_share(run - rides, run),
                assistant_bp=_share(run - alone, run),
                n_complaints=complaints,
                price_pence=price,
                uncapped_pence=uncapped,
                deduction_pence=min(cap, uncapped),
            )
        )
    return tuple(found)


def _share(part: int, whole: int) -> int:
    return 10_000 if not whole else divide_half_up(max(0, part) * 10_000, whole)


def measure_spend(
    contracts: Sequence[Contract],
    lines: Sequence[InvoiceLine],
    *,
    indices: Indices,
    on: date,
    records: Sequence[DayRecord] = (),
    is_invoiced: bool = True,
) -> dict[str, Spend]:
    """Measure what each contract has come to by a date, that day in.

    Parameters
    ----------
    is_invoiced
        Whether `lines` are what was invoiced; else spend is what the days recorded as run are
        due.
    """
    held = [line for line in lines if line.service_date <= on]
    if not is_invoiced:
        suppliers = {c.contract_id: c.supplier_id for c in contracts}
        held = [
            InvoiceLine(
                row=number,
                invoice="",
                supplier_id=suppliers.get(record.contract_id, ""),
                contract_id=record.contract_id,
                service_date=record.service_date,
                amount_pence=0,
            )
            for number, record in enumerate(records)
            if record.service_date <= on
        ]
    found = {}
    findings = check_invoices(held, contracts, indices=indices, records=records)
    for contract in contracts:
        mine = [f for f in findings if f.line.contract_id == contract.contract_id]
        claimed = sum(f.line.amount_pence for f in mine)
        found[contract.contract_id] = Spend(
            n_days=len({f.line.service_date for f in mine}),
            invoiced_pence=claimed if is_invoiced else None,
            due_pence=sum(f.due_pence for f in mine),
        )
    return found
