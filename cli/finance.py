"""Commands on the company's and the council's money: central costs, savings, contracts."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import (
    DATA_FOLDER,
    FolderOption,
    JsonOption,
    PlaceOption,
    RunOption,
    find_place,
    now,
    say,
)

if TYPE_CHECKING:
    from costing.contracts import Contract, Indices
    from costing.day_services import Attendance
    from data.statements import Statement

app = typer.Typer(help="Central costs, day services, savings.", no_args_is_help=True)
contracts_app = typer.Typer(help="Contracts, invoices, performance.", no_args_is_help=True)

TableArgument = Annotated[Path, typer.Argument(help="Table, CSV or workbook.")]
BookOption = Annotated[Path | None, typer.Option("--out", help="Workbook to write.")]
BasisOption = Annotated[
    str,
    typer.Option("--basis", help="Year and price base of the amounts, named on each page."),
]
BASIS = "pounds as stated, price base not named"
DAY = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="Date.")]


@app.command("central")
def central(
    table: TableArgument, out: BookOption = None, basis: BasisOption = BASIS,
    as_json: JsonOption = False,
) -> None:  # fmt: skip
    """Weigh who could run each central line.

    Columns: line, today_pounds, runner (company, council, shared, market), price_pounds,
    avoidable_percent, transition_pounds, stranded_years, source.
    """
    from costing.central import weigh_central
    from costing.finance_tables import read_central
    from costing.statements import build_central_statement

    _show(build_central_statement(weigh_central(read_central(table)), basis), out, as_json)


@app.command("day-services")
def day_services(
    table: TableArgument,
    place: Annotated[str, typer.Option("--place", help="Add transport of this place.")] = "",
    run_id: RunOption = "latest",
    days: Annotated[int, typer.Option("--days", min=1, help="Days open a year.")] = 253,
    printed: Annotated[
        list[str] | None, typer.Option("--printed", help="Printed total: PHASE=POUNDS.")
    ] = None,
    out: BookOption = None,
    basis: BasisOption = BASIS,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Show what an attended day costs.

    Columns: phase, service, people, places, annual_contract_pounds, site_id,
    occupancy_percent. With --place the occupancy and transport of its day services are those of
    a kept run.
    """
    from costing.day_services import cost_day_services, reconcile_contracts
    from costing.finance_tables import read_day_contracts
    from costing.statements import build_day_statement

    contracts = read_day_contracts(table)
    attendance: tuple[Attendance, ...] = ()
    if place:
        from data.store import Store
        from scenarios.attendance import measure_attendance

        workspace = find_place(folder, place)
        with Store.open(workspace.store_place) as store:
            run = store.find_run(run_id, place)
            inputs = store.read_inputs(run.inputs_hash)
        attendance = measure_attendance(inputs, run)
    costs = cost_day_services(contracts, attendance, days_per_year=days)
    sums = reconcile_contracts(contracts, _read_printed(printed or []))
    _show(build_day_statement(costs, sums, basis), out, as_json)


@app.command("savings")
def savings(
    table: TableArgument,
    budget: Annotated[
        Path | None, typer.Option("--budget", help="Budget: line, financial_year, pounds.")
    ] = None,
    first_year: Annotated[
        int, typer.Option("--first-year", help="Financial year, by the year it begins in.")
    ] = 2026,
    years: Annotated[int, typer.Option("--years", min=1, max=15)] = 5,
    out: BookOption = None,
    basis: BasisOption = BASIS,
    as_json: JsonOption = False,
) -> None:
    """Profile the savings register by year.

    Columns: saving_id, title, starts_on, yearly_pounds, one_off_pounds, cost_pounds, cashable,
    ramp_months, risk_percent, budget_line, group, owner, impact, run_id. Of proposals of one
    group only the largest counts in each year.
    """
    from costing.answers import answer_savings

    found = answer_savings(table, budget, first_year=first_year, n_years=years, basis=basis)
    _show(found, out, as_json)


@app.command("company")
def company(
    table: TableArgument,
    first_year: Annotated[int, typer.Option("--first-year")] = 2026,
    years: Annotated[int, typer.Option("--years", min=1, max=15)] = 5,
    debtor_days: Annotated[int, typer.Option("--debtor-days", min=0)] = 30,
    creditor_days: Annotated[int, typer.Option("--creditor-days", min=0)] = 30,
    tax: Annotated[float, typer.Option("--tax-percent", min=0, max=100)] = 25.0,
    out: BookOption = None,
    basis: BasisOption = BASIS,
    as_json: JsonOption = False,
) -> None:
    """Work out the company's profit, cash and balance.

    Columns: name, kind (income, cost, depreciation, capital, opening_cash, opening_assets,
    opening_debtors, opening_creditors), pounds, growth_percent, from_year, to_year, source.
    """
    from costing.company_plan import plan_company
    from costing.finance_tables import read_company_items
    from costing.statements import build_company_statement

    found = plan_company(
        read_company_items(table),
        n_years=years,
        debtor_days=debtor_days,
        creditor_days=creditor_days,
        tax_bp=round(tax * 100),
    )
    _show(build_company_statement(found, basis, first_year), out, as_json)


@app.command("recharges")
def recharges(
    table: TableArgument,
    place: PlaceOption,
    run_id: RunOption = "latest",
    out: BookOption = None,
    basis: BasisOption = BASIS,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Price what others pay on a kept run's day and year, as price lines of its plan.

    Columns: passenger_id, payer, kind (other council, looked after, spare seat, post-16, ...),
    share_percent, day_pounds.
    """
    from costing.finance_tables import read_recharges
    from costing.recharge_statement import build_recharge_statement
    from costing.recharges import price_recharge_year, price_recharges
    from data.store import Store

    found = read_recharges(table)
    workspace = find_place(folder, place)
    with Store.open(workspace.store_place) as store:
        run = store.find_run(run_id, place)
        inputs = store.read_inputs(run.inputs_hash)
    year = None
    if run.timetable is not None:
        year = price_recharge_year(found, run.timetable, inputs)
    lines = price_recharges(found, run.shares, run.plan)
    cost_pence = sum(share.amount_pence for share in run.shares)
    _show(build_recharge_statement(lines, cost_pence, year, basis), out, as_json)


RegisterArgument = Annotated[Path, typer.Argument(help="Register of contracts.")]
IndexOption = Annotated[
    Path | None, typer.Option("--indices", help="Index values: index, month, value.")
]


@contracts_app.command("register")
def register(
    contracts: RegisterArgument,
    on: DAY,
    indices: IndexOption = None,
    invoiced: Annotated[
        Path | None, typer.Option("--invoices", help="Invoice lines, for spend to date.")
    ] = None,
    records: Annotated[
        Path | None,
        typer.Option("--records", help="What was run: spend to date is due on what ran."),
    ] = None,
    out: BookOption = None,
    basis: BasisOption = BASIS,
    as_json: JsonOption = False,
) -> None:
    """Show contracts with the price of a day on a date, notice and spend to date.

    Columns: contract_id, supplier_id, route, starts_on, ends_on, price_pounds, notice_days,
    cpi_percent, fuel_percent, pay_percent, lag_months, cap_percent, mile_pounds,
    planned_miles, absent_percent, late_pounds, missed_pounds, assistant_pounds, ride_pounds,
    complaint_pounds, deduction_cap_percent.
    """
    from costing.finance_tables import read_contracts, read_invoices, read_records
    from costing.invoices import measure_spend
    from costing.statements import build_register_statement

    held = read_contracts(contracts)
    values = _read_indices(indices, held, on)
    spend = {}
    if invoiced is not None or records is not None:
        spend = measure_spend(
            held,
            read_invoices(invoiced) if invoiced is not None else (),
            indices=values,
            on=on.date(),
            records=read_records(records, held) if records is not None else (),
            is_invoiced=invoiced is not None,
        )
    _show(build_register_statement(held, values, on.date(), spend, basis), out, as_json)


@contracts_app.command("invoices")
def invoices(
    table: Annotated[Path, typer.Argument(help="Invoice lines.")],
    contracts: Annotated[Path, typer.Option("--contracts", help="Register of contracts.")],
    records: Annotated[
        Path | None, typer.Option("--records", help="What was run, by contract and date.")
    ] = None,
    indices: IndexOption = None,
    place: Annotated[
        str, typer.Option("--place", help="Check dates against this place's calendars.")
    ] = "",
    out: BookOption = None,
    basis: BasisOption = BASIS,
    as_json: JsonOption = False,
    folder: FolderOption = DATA_FOLDER,
) -> None:
    """Check invoices against contracts and what was run.

    Columns: invoice, supplier_id, contract_id, service_date, miles, amount_pounds. Every
    difference is listed in pence with its reason.
    """
    from costing.answers import answer_invoices

    is_service_day = None
    if place:
        from data.store import Store
        from scenarios.service_days import build_service_days

        workspace = find_place(folder, place)
        with Store.open(workspace.store_place) as store:
            is_service_day = build_service_days(
                store.read_inputs(store.find_inputs_hash(place))
            )
    found = answer_invoices(
        table,
        contracts,
        records=records,
        indices=indices,
        is_service_day=is_service_day,
        basis=basis,
    )
    _show(found, out, as_json)


@contracts_app.command("scorecard")
def scorecard(
    records: Annotated[Path, typer.Argument(help="What was run, by contract and date.")],
    contracts: Annotated[Path, typer.Option("--contracts", help="Register of contracts.")],
    indices: IndexOption = None,
    out: BookOption = None,
    basis: BasisOption = BASIS,
    as_json: JsonOption = False,
) -> None:
    """Score contracts and the deductions of their terms.

    Columns: contract_id, service_date, due, run, passengers, late, over_ride,
    without_assistant, complaints.
    """
    from costing.finance_tables import read_contracts, read_records
    from costing.invoices import build_scorecards
    from costing.statements import build_scorecard_statement

    held = read_contracts(contracts)
    ran = read_records(records, held)
    last = max((r.service_date for r in ran), default=None)
    values = _read_indices(
        indices, held, None if last is None else datetime.combine(last, datetime.min.time())
    )
    cards = build_scorecards(ran, held, indices=values)
    _show(build_scorecard_statement(cards, basis), out, as_json)


def _read_indices(
    path: Path | None, held: tuple[Contract, ...], on: datetime | None
) -> Indices:
    from costing.answers import read_needed_indices

    return read_needed_indices(path, held, None if on is None else on.date())


def _read_printed(texts: list[str]) -> dict[str, int]:
    found = {}
    for text in texts:
        phase, _, pounds = text.partition("=")
        try:
            found[phase.strip()] = int(pounds.replace(",", "")) * 100
        except ValueError:
            raise typer.BadParameter(
                f"{text!r} is not PHASE=POUNDS", param_hint="--printed"
            ) from None
    return found


def _show(statement: Statement, out: Path | None, as_json: bool) -> None:
    """Print a statement, and write its workbook if asked."""
    from data.versions import find_code_version
    from reports.files import write_whole
    from reports.statement_book import (
        build_statement_book,
        build_statement_lines,
        build_statement_record,
    )

    if as_json:
        say(json.dumps(build_statement_record(statement)))
    else:
        for line in build_statement_lines(statement):
            say(line)
    if out is not None:
        book = build_statement_book(
            statement, code_version=find_code_version(), created_utc=now()
        )
        path = write_whole(out, book)
        if not as_json:
            say(f"written: {path}")
