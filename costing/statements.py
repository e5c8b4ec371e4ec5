"""Answers about money set out as statements, with the identities that hold in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from costing.central import CentralChoice, choose_central
from costing.company_plan import CompanyYear
from costing.contracts import Contract, Indices, price_contract
from costing.day_services import DayCost, Reconciliation
from costing.invoices import LineFinding, Reason, Scorecard, Spend
from costing.savings import BudgetYear, SavingYear
from data.statements import Heading, Measure, Statement, StatementTable, check_identity
from data.units import divide_half_up

_P, _N, _D = Measure.POUNDS, Measure.COUNT, Measure.TENTHS

BY_CONTRACT, BY_YEAR = "By contract", "By year"
"""Tables that are drawn too."""


def _headings(*names: str | tuple[str, Measure]) -> tuple[Heading, ...]:
    return tuple(
        Heading(name=name) if isinstance(name, str) else Heading(name=name[0], measure=name[1])
        for name in names
    )


def _tenths(share_bp: int | None) -> int | None:
    """Turn hundredths of a per cent into tenths of one."""
    return None if share_bp is None else divide_half_up(share_bp, 10)


def build_central_statement(choices: Sequence[CentralChoice], basis: str) -> Statement:
    """Set out who could run each central line."""
    for c in choices:
        check_identity(
            f"{c.offer.line}: avoidable and stranded cost",
            c.avoidable_pence + c.stranded_pence,
            "today's",
            c.offer.today_pence,
        )
    best = choose_central(choices)
    return Statement(
        title="Central costs: who could run them",
        basis=basis,
        tables=(
            StatementTable(
                name="Each way",
                headings=_headings(
                    "Line", "Run by", ("Today", _P), ("Price", _P), ("Avoidable", _P),
                    ("Stranded", _P), ("Saving a year", _P), ("Transition", _P),
                    ("Net over 5 years", _P), ("Payback, months", _D),
                    ("Break-even, % avoidable", _D), "Source",
                ),
                rows=tuple(
                    (
                        c.offer.line, c.offer.runner.value, c.offer.today_pence,
                        c.offer.price_pence, c.avoidable_pence, c.stranded_pence,
                        c.saving_pence, c.offer.transition_pence, c.net_pence,
                        c.payback_tenths, _tenths(c.break_even_bp), c.offer.source,
                    )
                    for c in choices
                ),
                notes=(
                    "Saving a year: avoidable cost less the price. Stranded cost stays, for as "
                    "many years as stated.",
                ),
            ),
            StatementTable(
                name="Best of each line",
                headings=_headings(
                    "Line", "Best", ("Net over 5 years", _P), ("Payback, months", _D)
                ),
                rows=tuple(
                    (line, "stays with the company", 0, None)
                    if held is None
                    else (line, held.offer.runner.value, held.net_pence, held.payback_tenths)
                    for line, held in best.items()
                ),
                total=(
                    "All", "", sum(h.net_pence for h in best.values() if h is not None), None,
                ),
            ),
        ),
    )  # fmt: skip


def build_day_statement(
    costs: Sequence[DayCost], sums: Sequence[Reconciliation], basis: str
) -> Statement:
    """Set out what attended days cost, and whether lines add up to printed totals."""
    warnings = tuple(
        f"Phase {s.phase}: the lines add up to {s.lines_pence // 100:,} pounds and the printed "
        f"total is {s.printed_pence // 100:,}: {s.difference_pence // 100:,} apart."
        for s in sums
        if s.printed_pence is not None and s.difference_pence
    )
    return Statement(
        title="Day services: what an attended day costs",
        basis=basis,
        warnings=warnings,
        tables=(
            StatementTable(
                name="Attended days",
                headings=_headings(
                    "Service", ("Contract a year", _P), ("Places", _N), ("Days", _N),
                    ("Occupied, %", _D), ("A day, full", _P), ("A day, as occupied", _P),
                    ("Transport", _P), ("With transport", _P),
                ),
                rows=tuple(
                    (
                        c.contract.service, c.contract.contract_pence, c.contract.places,
                        c.n_days, _tenths(c.occupancy_bp), c.full_pence, c.actual_pence,
                        c.transport_pence, c.with_transport_pence,
                    )
                    for c in costs
                ),
                notes=("Full: contract / (days x places). As occupied: full / occupied.",),
            ),
            StatementTable(
                name="Reconciliation",
                headings=_headings(
                    "Phase", ("Sum of lines", _P), ("Printed total", _P), ("Difference", _P)
                ),
                rows=tuple(
                    (s.phase, s.lines_pence, s.printed_pence, s.difference_pence) for s in sums
                ),
            ),
        ),
    )  # fmt: skip


def build_savings_statement(
    rows: Sequence[SavingYear], budget: Sequence[BudgetYear], basis: str
) -> Statement:
    """Set out the savings register year by year against the budget."""
    years = sorted({r.year for r in rows})
    by_id: dict[str, list[SavingYear]] = {}
    for r in rows:
        by_id.setdefault(r.saving.saving_id, []).append(r)
    cash = sum(r.counted_pence for r in rows if r.saving.is_cashable)
    check_identity(
        "cashable savings", cash, "the budget's", sum(b.cashable_pence for b in budget)
    )
    return Statement(
        title="Savings register",
        basis=basis,
        tables=(
            _build_years_table(rows, budget),
            StatementTable(
                name="Proposals",
                headings=_headings(
                    "Id", "Proposal", "Kind", "Budget line", ("Risk, %", _D),
                    ("Cost counted", _P),
                    *((_year(y), _P) for y in years), "Impact", "Run",
                ),
                rows=tuple(
                    (
                        held[0].saving.saving_id, held[0].saving.title,
                        "cashable" if held[0].saving.is_cashable else "avoided",
                        held[0].saving.budget_line, _tenths(held[0].saving.risk_bp),
                        sum(r.cost_pence for r in held), *(r.counted_pence for r in held),
                        held[0].saving.impact, held[0].saving.run_id,
                    )
                    for held in by_id.values()
                ),
                total=(
                    "All", "", "", "", None,
                    sum(r.cost_pence for held in by_id.values() for r in held),
                    *(sum(r.counted_pence for r in rows if r.year == y) for y in years), "", "",
                ),
                notes=(
                    "After risk. Of proposals of one group only the largest of each year "
                    "counts, so that nothing is saved twice.",
                ),
            ),
            StatementTable(
                name="Budget",
                headings=_headings(
                    "Line", "Year", ("Budget", _P), ("Cashable savings", _P),
                    ("Cost to implement", _P), ("After", _P),
                ),
                rows=tuple(
                    (
                        b.line or "no budget line", _year(b.year), b.budget_pence,
                        b.cashable_pence, b.cost_pence, b.after_pence,
                    )
                    for b in budget
                ),
            ),
        ),
    )  # fmt: skip


def _build_years_table(
    rows: Sequence[SavingYear], budget: Sequence[BudgetYear]
) -> StatementTable:
    """Set out savings and budget by year; budgets are of the lines that have one."""
    years = sorted({r.year for r in rows} | {b.year for b in budget})
    cells = []
    for year in years:
        mine = [r for r in rows if r.year == year]
        held = [b for b in budget if b.year == year and b.budget_pence is not None]
        cells.append(
            (
                _year(year),
                sum(r.counted_pence for r in mine if r.saving.is_cashable),
                sum(r.counted_pence for r in mine if not r.saving.is_cashable),
                sum(r.cost_pence for r in mine),
                sum(b.budget_pence or 0 for b in held) if held else None,
                sum(b.after_pence or 0 for b in held) if held else None,
            )
        )
    return StatementTable(
        name=BY_YEAR,
        headings=_headings(
            "Year", ("Cashable", _P), ("Avoided", _P), ("Cost to implement", _P),
            ("Budget", _P), ("Budget after", _P),
        ),
        rows=tuple(cells),
        notes=("Budgets are those of the lines that have one.",),
    )  # fmt: skip


def build_moves_table(
    statement: Statement, rows: Sequence[tuple[str, int, str, str, int]]
) -> Statement:
    """Add what budget moves between directorates, if any does.

    Parameters
    ----------
    rows
        Line, financial year, directorate, directorate it moves to ('' for none), pence.
    """
    places = sorted({r[2] for r in rows} | {r[3] for r in rows if r[3]})
    if not any(r[3] for r in rows):
        return statement
    years = sorted({r[1] for r in rows})
    cells = []
    for year in years:
        for place in places:
            before = sum(r[4] for r in rows if r[1] == year and r[2] == place)
            after = sum(r[4] for r in rows if r[1] == year and (r[3] or r[2]) == place)
            cells.append((place, _year(year), before, after, after - before))
    check_identity("moves between directorates", sum(c[4] for c in cells), "nought", 0)
    table = StatementTable(
        name="Directorates",
        headings=_headings(
            "Directorate", "Year", ("Before", _P), ("After", _P), ("Moved in", _P)
        ),
        rows=tuple(cells),
    )
    return replace(statement, tables=(*statement.tables, table))


def _year(year: int) -> str:
    return f"{year}/{(year + 1) % 100:02d}"


def build_company_statement(
    years: Sequence[CompanyYear], basis: str, first_year: int
) -> Statement:
    """Set out the company's profit and loss, cash and balance."""
    heads = _headings("Line", *((_year(first_year + y.year - 1), _P) for y in years))

    def table(name: str, fields: Mapping[str, str], notes: tuple[str, ...]) -> StatementTable:
        return StatementTable(
            name=name,
            headings=heads,
            rows=tuple(
                (words, *(getattr(y, field) for y in years)) for field, words in fields.items()
            ),
            notes=notes,
        )

    low = min((y.cash_pence for y in years), default=0)
    warnings = ("Cash falls below nought: the plan needs funding.",) if low < 0 else ()
    return Statement(
        title="The company's five years",
        basis=basis,
        warnings=warnings,
        tables=(
            table(
                "Profit and loss",
                {
                    "income_pence": "Income", "cost_pence": "Cost",
                    "depreciation_pence": "Depreciation", "tax_pence": "Tax",
                    "surplus_pence": "Surplus after tax",
                },
                (),
            ),
            table(
                "Cash and balance",
                {
                    "capital_pence": "Bought in the year", "assets_pence": "Assets",
                    "debtors_pence": "Debtors", "cash_pence": "Cash",
                    "creditors_pence": "Creditors", "reserves_pence": "Reserves",
                },
                ("Assets + debtors + cash - creditors = reserves, checked each year.",),
            ),
        ),
    )  # fmt: skip


def build_register_statement(
    contracts: Sequence[Contract],
    indices: Indices,
    on: date,
    spend: Mapping[str, Spend],
    basis: str,
) -> Statement:
    """Set out contracts with their price on a date, notice and spend to date.

    Parameters
    ----------
    spend
        By contract; nothing where neither invoices nor records of what was run are given.
    """
    rows = []
    for c in contracts:
        price = price_contract(c, indices, on)
        days = "ended" if on > c.ends_on else f"until {c.last_notice_on.isoformat()}"
        spent = spend.get(c.contract_id)
        rows.append(
            (
                c.contract_id, c.supplier_id, c.route, c.starts_on.isoformat(),
                c.ends_on.isoformat(), c.price_pence, price, price - c.price_pence, days,
                None if spent is None else spent.n_days,
                None if spent is None else spent.invoiced_pence,
                None if spent is None else spent.due_pence,
            )
        )  # fmt: skip

    def total(column: int) -> int | None:
        values = [value for row in rows if isinstance(value := row[column], int)]
        return sum(values) if values else None

    notes = () if spend else ("Spend to date needs invoices or records of what was run.",)
    return Statement(
        title=f"Contracts on {on.isoformat()}",
        basis=basis,
        tables=(
            StatementTable(
                name="Contracts",
                headings=_headings(
                    "Contract", "Supplier", "Route", "From", "To", ("A day, as let", _P),
                    ("A day now", _P), ("Indexation", _P), "Notice", ("Days to date", _N),
                    ("Invoiced to date", _P), ("Due to date", _P),
                ),
                rows=tuple(rows),
                total=(
                    "All", "", "", "", "", total(5), total(6), total(7), "", total(9),
                    total(10), total(11),
                ),
                notes=notes,
            ),
        ),
    )  # fmt: skip


def build_invoice_statement(findings: Sequence[LineFinding], basis: str) -> Statement:
    """Set out every difference between what is claimed and what is due."""
    claimed = sum(f.line.amount_pence for f in findings)
    due = sum(f.due_pence for f in findings)
    differences = [f for f in findings if f.difference_pence or f.reason is not Reason.NONE]
    by_reason = {r: [f for f in differences if f.reason is r] for r in Reason}
    check_identity(
        "differences by reason",
        sum(f.difference_pence for held in by_reason.values() for f in held),
        "claimed less due",
        claimed - due,
    )
    return Statement(
        title="Invoices against contracts and what was run",
        basis=basis,
        tables=(
            StatementTable(
                name="By reason",
                headings=_headings("Reason", ("Lines", _N), ("Claimed less due", _P)),
                rows=tuple(
                    (reason.value, len(held), sum(f.difference_pence for f in held))
                    for reason, held in by_reason.items()
                    if held
                ),
                total=("All differences", len(differences), claimed - due),
                notes=(f"{len(findings):,} lines read.",),
            ),
            _build_contracts_table(findings),
            StatementTable(
                name="Differences",
                headings=_headings(
                    ("Row", _N), "Invoice", "Contract", "Date", ("Claimed", _P), ("Due", _P),
                    ("Difference", _P), "Reason",
                ),
                rows=tuple(
                    (
                        f.line.row, f.line.invoice, f.line.contract_id,
                        f.line.service_date.isoformat(), f.line.amount_pence, f.due_pence,
                        f.difference_pence, f.reason.value,
                    )
                    for f in differences
                ),
                total=(
                    None, "All lines", "", "", claimed, due, claimed - due,
                    "those without a difference included",
                ),
            ),
        ),
    )  # fmt: skip


def _build_contracts_table(findings: Sequence[LineFinding]) -> StatementTable:
    """Set out what is claimed and what is due by contract, the largest difference first."""
    of: dict[str, list[LineFinding]] = {}
    for finding in findings:
        of.setdefault(finding.line.contract_id, []).append(finding)
    rows: list[tuple[str, int, int, int, int]] = [
        (
            contract_id or "none named",
            len(held),
            sum(f.line.amount_pence for f in held),
            sum(f.due_pence for f in held),
            sum(f.difference_pence for f in held),
        )
        for contract_id, held in of.items()
    ]
    rows.sort(key=lambda row: (-abs(row[4]), -row[2], row[0]))
    return StatementTable(
        name=BY_CONTRACT,
        headings=_headings(
            "Contract", ("Lines", _N), ("Claimed", _P), ("Due", _P), ("Difference", _P)
        ),
        rows=tuple(rows),
        total=(
            "All",
            len(findings),
            sum(row[2] for row in rows),
            sum(row[3] for row in rows),
            sum(row[4] for row in rows),
        ),
    )


def build_scorecard_statement(cards: Sequence[Scorecard], basis: str) -> Statement:
    """Set out how contracts performed and what the payment mechanism takes off."""
    return Statement(
        title="Contract performance",
        basis=basis,
        tables=(
            StatementTable(
                name="Scorecards",
                headings=_headings(
                    "Contract", "Supplier", "Month", ("Journeys due", _N), ("Run, %", _D),
                    ("On time, %", _D), ("Ride in limit, %", _D), ("Assistant there, %", _D),
                    ("Complaints", _N), ("Price", _P), ("Deduction", _P), ("Before cap", _P),
                ),
                rows=tuple(
                    (
                        c.contract_id, c.supplier_id, c.month, c.n_due, _tenths(c.run_bp),
                        _tenths(c.on_time_bp), _tenths(c.ride_bp), _tenths(c.assistant_bp),
                        c.n_complaints, c.price_pence, c.deduction_pence, c.uncapped_pence,
                    )
                    for c in cards
                ),
                total=(
                    "All", "", "", sum(c.n_due for c in cards), None, None, None, None,
                    sum(c.n_complaints for c in cards), sum(c.price_pence for c in cards),
                    sum(c.deduction_pence for c in cards),
                    sum(c.uncapped_pence for c in cards),
                ),
            ),
        ),
    )  # fmt: skip
