"""Questions about money answered from tables: what the command line and the page both ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from costing.contracts import Contract, Indices, find_missing_indices
from costing.finance_tables import read_contracts, read_invoices, read_records, read_savings
from costing.invoices import check_invoices
from costing.savings import profile_budget, profile_savings
from costing.statements import (
    build_invoice_statement,
    build_moves_table,
    build_savings_statement,
)
from data.errors import InputError
from data.imports.finance import blame, read_budget_rows, read_indices
from data.statements import Statement


def read_needed_indices(
    path: Path | None, held: tuple[Contract, ...], on: date | None
) -> Indices:
    """Read index values; refuse if a price on the date needs one that is not there.

    Raises
    ------
    InputError
        With every value that is missing (Q009).
    """
    values = read_indices(path) if path is not None else {}
    missing = find_missing_indices(held, values, on) if on is not None else []
    if missing:
        name = path if path is not None else Path("indices")
        raise InputError(
            [
                blame(name, "Q009", None, "month", f"{what} is missing.", "Add it.")
                for what in missing
            ]
        )
    return values


def answer_invoices(
    table: Path,
    contracts: Path,
    *,
    records: Path | None = None,
    indices: Path | None = None,
    is_service_day: Callable[[str, date], bool] | None = None,
    basis: str,
) -> Statement:
    """Check invoices against contracts and what was run.

    Parameters
    ----------
    is_service_day
        Whether anybody has a journey on a route on a date; None where that is not asked.
    basis
        Year and price base of the amounts.

    Raises
    ------
    InputError
        With every fault of the tables.
    """
    held = read_contracts(contracts)
    lines = read_invoices(table)
    ran = read_records(records, held) if records is not None else ()
    last = max((line.service_date for line in lines), default=None)
    values = read_needed_indices(indices, held, last)
    if is_service_day is None:
        found = check_invoices(lines, held, indices=values, records=ran)
    else:
        found = check_invoices(
            lines, held, indices=values, records=ran, is_service_day=is_service_day
        )
    return build_invoice_statement(found, basis)


def answer_savings(
    table: Path,
    budget: Path | None = None,
    *,
    first_year: int,
    n_years: int,
    basis: str,
) -> Statement:
    """Profile the savings register by year, beside the budget where one is given.

    Raises
    ------
    InputError
        With every fault of the tables.
    """
    rows = profile_savings(read_savings(table), first_year=first_year, n_years=n_years)
    held = read_budget_rows(budget) if budget is not None else ()
    lines = {(r.value.line, r.value.financial_year): r.value.pounds for r in held}
    moves = [
        (
            r.value.line,
            r.value.financial_year,
            r.value.directorate,
            r.value.moves_to,
            r.value.pounds,
        )
        for r in held
    ]
    statement = build_savings_statement(rows, profile_budget(rows, lines), basis)
    return build_moves_table(statement, moves)
