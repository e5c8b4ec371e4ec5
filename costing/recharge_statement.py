"""What others pay, set out: by payer for the day and the year, and as price lines."""

from __future__ import annotations

from collections.abc import Sequence

from costing.recharges import RechargeLine, RechargeYear, build_income_lines, sum_by_payer
from data.statements import Heading, Measure, Statement, StatementTable, check_identity


def build_recharge_statement(
    lines: Sequence[RechargeLine], cost_pence: int, year: RechargeYear | None, basis: str
) -> Statement:
    """Set out what others pay towards a service day and its year; no passenger is named.

    Parameters
    ----------
    cost_pence
        Of the day's plan, which the income is taken off. [pence]
    year
        None where one date was planned.

    Raises
    ------
    IdentityError
        If payers, routes and lines do not come to the same.
    """
    sums = sum_by_payer(lines)
    income_pence = sum(line.income_pence for line in lines)
    priced = build_income_lines(lines)
    check_identity("recharges by payer", sum(sums.values()), "all lines", income_pence)
    check_identity(
        "price lines of income", -sum(x.amount_pence for x in priced), "all", income_pence
    )
    by_year = dict(year.income_pence) if year is not None else {}
    people = {
        key: len(
            {
                x.recharge.passenger_id
                for x in lines
                if (x.recharge.payer, x.recharge.kind) == key
            }
        )
        for key in {*sums, *by_year}
    }
    year_pence = sum(by_year.values()) if year is not None else None
    tables = (
        StatementTable(
            name="By payer",
            headings=(
                Heading(name="Payer"),
                Heading(name="Kind"),
                Heading(name="Passengers", measure=Measure.COUNT),
                Heading(name="Income a day", measure=Measure.POUNDS),
                Heading(name="Income a year", measure=Measure.POUNDS),
            ),
            rows=tuple(
                (*key, people[key], sums.get(key, 0), by_year.get(key) if year else None)
                for key in sorted({*sums, *by_year})
            ),
            total=("All", "", len({x.recharge.passenger_id for x in lines}), income_pence,
                   year_pence),
            notes=("The day is the plan's date; the year counts each date's own plan.",),
        ),
        StatementTable(
            name="Net cost",
            headings=(
                Heading(name="Amount"),
                Heading(name="A day", measure=Measure.POUNDS),
                Heading(name="A year", measure=Measure.POUNDS),
            ),
            rows=(
                ("Cost of the plan", cost_pence, year.cost_pence if year else None),
                ("Income from others", -income_pence,
                 None if year_pence is None else -year_pence),
            ),
            total=("Net cost", cost_pence - income_pence, year.net_pence if year else None),
        ),
        StatementTable(
            name="Price lines",
            headings=(
                Heading(name="Duty"),
                Heading(name="Route"),
                Heading(name="Kind"),
                Heading(name="Payer"),
                Heading(name="Amount", measure=Measure.POUNDS),
            ),
            rows=tuple(
                (x.duty_id, x.route_id or "", x.item, x.note, x.amount_pence) for x in priced
            ),
            total=("All", "", "", "", -income_pence),
        ),
    )  # fmt: skip
    return Statement(
        title="Recharges and contributions: income in the plan's price lines",
        basis=basis,
        tables=tables,
    )
